"""Screening as a whole: blocks, threads, interruptions, objects that fail, and a collision that happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from screening_cases import START, elements, low_shell, lunar_orbits

from moonstead.dynamics.mean_elements import joined
from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import FrameMismatch, InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.mixed_objects import MixedObjects
from moonstead.monitoring.objects import Sgp4Objects, TrajectoryObjects
from moonstead.monitoring.screening.block import screen_block
from moonstead.monitoring.screening.screen import screen

HOUR = 3600.0
IRIDIUM_COSMOS = "monitoring/catalogs/iridium33_cosmos2251_2009.3le"


@pytest.mark.truth
def test_the_collision_of_2009_is_found_where_its_elements_put_it(shared_data, validation):
    objects = Sgp4Objects(read_mean_elements(shared_data / IRIDIUM_COSMOS).elements)
    start = Epoch.parse("2009-02-10T12:00:00").tdb()
    found = screen(objects, start, start + 24.0 * HOUR, 5e3).encounters
    assert len(found) == 1
    assert {int(found.first_id[0]), int(found.second_id[0])} == {24946, 22675}
    told = {"capability": "conjunction screening", "authority": "Iridium 33 and Cosmos 2251, python-sgp4", "cases": 1}
    moment = Epoch.parse("2009-02-10T16:55:59.796").tdb()
    # Half a unit of the last digit that is given.
    validation(
        quantity="time of closest approach", error=abs(found.tdb_tca[0] - moment), unit="s", tolerance=5e-4, **told
    )
    validation(quantity="miss distance", error=abs(found.miss_distance[0] - 698.0), unit="m", tolerance=0.5, **told)
    validation(
        quantity="relative speed", error=abs(found.relative_speed[0] - 11_647.0), unit="m/s", tolerance=0.5, **told
    )


def test_threads_and_blocks_change_nothing():
    objects = Sgp4Objects(low_shell(150, np.random.default_rng(21)))
    one = screen(objects, START, START + 6.0 * HOUR, 20e3)
    two = screen(objects, START, START + 6.0 * HOUR, 20e3, threads=2)
    first, second = (screen(objects, START + a * HOUR, START + (a + 3.0) * HOUR, 20e3) for a in (0.0, 3.0))
    assert len(one.encounters) > 50
    np.testing.assert_array_equal(one.encounters.tdb_tca, two.encounters.tdb_tca)
    parts = np.concatenate([first.encounters.tdb_tca, second.encounters.tdb_tca])
    np.testing.assert_allclose(one.encounters.tdb_tca, parts, rtol=0.0, atol=1e-6)


def test_an_interrupted_screening_goes_on_from_the_last_block(tmp_path, monkeypatch):
    objects = Sgp4Objects(low_shell(100, np.random.default_rng(22)))
    span = (START, START + 7.0 * HOUR)
    whole = screen(objects, *span, 30e3)

    def interrupt(done, _):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(objects, *span, 30e3, keep=tmp_path, progress=interrupt)
    screened = []

    def counted(objects, span, *rest):
        screened.append(span.start)
        return screen_block(objects, span, *rest)

    monkeypatch.setattr("moonstead.monitoring.screening.screen.screen_block", counted)
    resumed = screen(objects, *span, 30e3, keep=tmp_path)
    assert len(screened) == 2
    np.testing.assert_array_equal(whole.encounters.tdb_tca, resumed.encounters.tdb_tca)
    screen(objects, *span, 31e3, keep=tmp_path)
    assert len(screened) == 6, "blocks of another question are not taken"


def test_a_block_cut_short_on_disk_is_computed_again(tmp_path):
    objects = Sgp4Objects(low_shell(60, np.random.default_rng(23)))
    whole = screen(objects, START, START + 2.0 * HOUR, 30e3, keep=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(path.read_bytes()[:1000])
    again = screen(objects, START, START + 2.0 * HOUR, 30e3, keep=tmp_path)
    np.testing.assert_array_equal(whole.encounters.tdb_tca, again.encounters.tdb_tca)


def test_who_decays_is_screened_until_then_and_told_with_the_reason():
    random = np.random.default_rng(24)
    falling = elements(np.array([6.52e6]), np.array([1e-3]), np.array([1.0]), random, drag=0.05)
    objects = Sgp4Objects(joined([low_shell(20, random), falling]))
    found = screen(objects, START, START + 24.0 * HOUR, 5e3)
    (failed,) = found.failed
    assert (failed.row, failed.object_id, failed.name) == (20, int(falling.object_id[0]), "made-up 0")
    assert 0.0 < failed.screened < 24.0 * HOUR
    assert failed.reason
    assert np.all(np.isfinite(found.encounters.miss_distance))


def test_one_object_alone_or_none_meets_nobody():
    for count in (0, 1):
        found = screen(Sgp4Objects(low_shell(count, np.random.default_rng(25))), START, START + HOUR, 5e3)
        assert (len(found.encounters), len(found.proximity_intervals), found.failed) == (0, 0, ())


def test_elements_and_ephemerides_are_screened_together():
    sets = low_shell(90, np.random.default_rng(26))
    catalogue = Sgp4Objects(sets)
    data = DataContext.installed()
    mixed = MixedObjects([catalogue, TrajectoryObjects([Copy(catalogue, 3)], [5])], data)
    found = screen(mixed, START, START + HOUR, 100e3)
    alone = screen(catalogue, START, START + HOUR, 100e3)
    own = (alone.encounters.first_row == 3) | (alone.encounters.second_row == 3)
    twin = found.encounters.second_row == 90
    assert own.sum() > 1
    np.testing.assert_allclose(found.encounters.tdb_tca[twin], alone.encounters.tdb_tca[own], rtol=0.0, atol=1e-3)
    pair = (found.proximity_intervals.first_row == 3) & (found.proximity_intervals.second_row == 90)
    assert found.proximity_intervals.least_distance[pair] == pytest.approx([0.0], abs=0.01)


class Copy:
    """The ephemeris, in the axes of the ICRF, of an object that is in the catalogue too."""

    name, center, span = "copy", "EARTH", (START - HOUR, START + 3.0 * HOUR)

    def __init__(self, objects, row):
        from moonstead.foundation.frames.standard import ICRF

        self.frame, self._objects, self._row = ICRF, objects, row

    def state(self, tdb):
        from moonstead.foundation.frames.frame import rotation

        own = self._objects.states(tdb, [self._row])[0][:, :, 0]
        return rotation(self._objects.frame, self.frame, np.asarray(tdb), DataContext.installed()).state(own)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"stop": START}, "starts before it stops"),
        ({"stop": np.nan}, "starts before it stops"),
        ({"distance": -1.0}, "distance"),
        ({"threads": 0}, "threads"),
        ({"primaries": [7]}, "primaries"),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else "",
)
def test_nonsense_is_refused_by_name(wrong, words):
    objects = Sgp4Objects(low_shell(3, np.random.default_rng(27)))
    with pytest.raises(InvalidInput, match=words):
        screen(objects, **{"start": START, "stop": START + HOUR, "distance": 5e3, **wrong})


def test_objects_of_two_centres_are_not_mixed():
    moon = TrajectoryObjects(lunar_orbits(2, np.random.default_rng(28)))
    with pytest.raises(FrameMismatch, match="MOON"):
        MixedObjects([Sgp4Objects(low_shell(2, np.random.default_rng(29))), moon], DataContext.installed())
    other = replace(moon.trajectories[1], name="stray")
    object.__setattr__(other, "center", "EARTH")
    with pytest.raises(FrameMismatch, match="stray"):
        TrajectoryObjects([moon.trajectories[0], other])
