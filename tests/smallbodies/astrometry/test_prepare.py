"""Observations made ready for a fit: observers about the Sun, rows that cannot be placed, biases taken off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.astrometry import read_astrometry
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.astrometry.biases import BiasTable
from moonstead.smallbodies.astrometry.observatories import earth_states
from moonstead.smallbodies.astrometry.prepare import prepare_observations

GOOD = "     K24B01X* C2024 01 20.90865 07 46 28.66 +45 23 28.3          18.0 GV~7h33K88"
SPACE = (
    "permID|mode|stn|sys|ctr|pos1|pos2|pos3|obsTime|ra|dec|astCat\n"
    "433|CCD|C51|ICRF_KM|399|-1234.5|2345.6|-6543.21|2015-03-04T05:06:07.8Z|10.5|20.25|UCAC4\n"
    "433|CCD|C51||||||2015-03-05T05:06:07.8Z|10.5|20.25|UCAC4\n"
    "433|CCD|247|WGS84|399|241.5|35.25|1234.5|2015-03-06T05:06:07.8Z|12.5|20.25|UCAC4\n"
    "433|CCD|XYZ||||||2015-03-07T05:06:07.8Z|12.5|20.25|UCAC4\n"
)


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


def test_every_observer_of_a_real_file_is_placed(shared_data: Path, data: DataContext) -> None:
    prepared = prepare_observations(read_astrometry(shared_data / "smallbodies" / "2024BX1.obs80"), data)
    assert prepared.count == 328
    from_earth = prepared.observer - earth_states(prepared.tdb, data)
    assert np.linalg.norm(from_earth[:, :3], axis=1) == pytest.approx(6.37e6, rel=0.005)
    assert np.linalg.norm(from_earth[:, 3:], axis=1).max() < 465.2  # [m/s] of the equator
    assert prepared.timing.min() >= 1.0
    assert "no table" in prepared.notes[0]


def test_rows_without_a_place_are_refused_and_the_others_kept(data: DataContext) -> None:
    prepared = prepare_observations(read_astrometry(SPACE), data)
    assert prepared.observations.line.tolist() == [2, 4]
    reasons = {one.line: one.reason for one in prepared.observations.rejected}
    assert set(reasons) == {3, 5}
    assert "no fixed place" in reasons[3]
    assert "'XYZ' is unknown" in reasons[5]
    from_earth = (prepared.observer - earth_states(prepared.tdb, data))[:, :3]
    # One part in 1e16 of the distance to the Sun.
    assert from_earth[0] == pytest.approx([-1_234_500.0, 2_345_600.0, -6_543_210.0], abs=1e-4)
    assert np.linalg.norm(from_earth[1]) == pytest.approx(6.3726e6, rel=1e-3)


def test_radar_stations_without_a_place_are_refused(data: DataContext) -> None:
    row = "99942\t2021-03-05 07:00:00\t112426746.52\t1.0\tus\t8560\t{}\t253\tC\n"
    prepared = prepare_observations(read_astrometry(row.format("253") + row.format("C51")), data)
    assert prepared.radar.count == 1
    assert prepared.radar_receiver.shape == (1, 6)
    assert np.linalg.norm(prepared.radar_receiver[0, :3]) == pytest.approx(ASTRONOMICAL_UNIT, rel=0.02)
    assert [one.line for one in prepared.observations.rejected] == [2]


def test_nothing_left_is_an_error_that_says_why(data: DataContext) -> None:
    with pytest.raises(InvalidInput, match="'QQQ' is unknown"):
        prepare_observations(read_astrometry(GOOD.replace("K88", "QQQ") + "\n"), data)
    with pytest.raises(InvalidInput, match="veres2017"):
        prepare_observations(read_astrometry(GOOD + "\n"), data, weights="best")


def test_biases_are_taken_off(data: DataContext) -> None:
    offset = np.tile(np.array([0.3, -0.2]) * ARCSECOND, (12, 1, 1))
    biases = BiasTable("V", 1, offset, np.zeros_like(offset), "made up")
    rows = read_astrometry(GOOD + "\n")
    prepared = prepare_observations(rows, data, bias_table=biases)
    cosine = np.cos(rows.declination)
    moved = (rows.right_ascension - prepared.right_ascension) * cosine / ARCSECOND
    assert moved == pytest.approx(0.3)
    assert (rows.declination - prepared.declination) / ARCSECOND == pytest.approx(-0.2)
    assert prepared.notes == ()


def test_rows_can_be_chosen_with_all_that_belongs_to_them(shared_data: Path, data: DataContext) -> None:
    prepared = prepare_observations(read_astrometry(shared_data / "smallbodies" / "2014AA.obs80"), data)
    first = prepared.take(np.arange(3))
    assert first.count == 3
    assert np.array_equal(first.observer, prepared.observer[:3])
    assert np.array_equal(first.sigma, prepared.sigma[:3])


def test_uniform_weights_are_uniform(data: DataContext) -> None:
    prepared = prepare_observations(read_astrometry(GOOD + "\n"), data, weights="uniform")
    assert prepared.sigma / ARCSECOND == pytest.approx(np.array([[0.5, 0.5]]))
