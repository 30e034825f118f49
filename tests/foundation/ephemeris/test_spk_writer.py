"""Authority: SPICE N0067, which reads what we write."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from moonstead.foundation.ephemeris.ephemeris import Ephemeris
from moonstead.foundation.ephemeris.spk_writer import SampledStates, write_spk
from moonstead.foundation.errors import InvalidInput

POSITION = 1e-3  # [m] promised for files that others read
VELOCITY = 1e-6  # [m/s] promised for files that others read
ELLIPSE = [2237.4, 0.7, 1.0, 0.4, 1.6, 0.2, 8e8, 4902.800118]


def relay(spice, count=1201, target=-5001, name="relay"):
    tdb = 8e8 + 86_400.0 * np.sort(np.random.default_rng(3).uniform(0.0, 1.0, count))
    return SampledStates(target, "MOON", name, tdb, 1e3 * np.array([spice.conics(ELLIPSE, t) for t in tdb]))


@pytest.mark.truth
def test_spice_reads_our_file_as_we_do(spice, tmp_path, validation):
    trajectory, path = relay(spice), tmp_path / "relay.bsp"
    write_spk(path, [trajectory])
    times = np.random.default_rng(4).uniform(trajectory.tdb[0], trajectory.tdb[-1], 1000)
    spice.furnsh(str(path))
    theirs = 1e3 * np.array([spice.spkgeo(-5001, t, "J2000", 301)[0] for t in times])
    error = np.abs(Ephemeris.open(path).state(-5001, "MOON", times) - theirs)
    row = {"capability": "SPK writer, type 13", "authority": "SPICE N0067 (spiceypy)", "cases": times.size}
    validation(quantity="position", error=np.max(error[:, :3]), unit="m", tolerance=POSITION, **row)
    validation(quantity="velocity", error=np.max(error[:, 3:]), unit="m/s", tolerance=VELOCITY, **row)


@pytest.mark.truth
def test_the_samples_come_back_from_spice(spice, tmp_path, validation):
    trajectory, path = relay(spice), tmp_path / "relay.bsp"
    write_spk(path, [trajectory])
    spice.furnsh(str(path))
    theirs = 1e3 * np.array([spice.spkgeo(-5001, t, "J2000", 301)[0] for t in trajectory.tdb])
    row = {"capability": "SPK writer, samples", "authority": "SPICE N0067 (spiceypy)", "cases": trajectory.tdb.size}
    error = np.abs(theirs - trajectory.states)
    validation(quantity="position", error=np.max(error[:, :3]), unit="m", tolerance=POSITION, **row)
    validation(quantity="velocity", error=np.max(error[:, 3:]), unit="m/s", tolerance=VELOCITY, **row)


@pytest.mark.truth
def test_more_segments_than_one_summary_record_holds_are_all_found_by_spice(spice, tmp_path):
    trajectories = [relay(spice, 120, -6000 - k, f"satellite {k}") for k in range(60)]
    path = tmp_path / "constellation.bsp"
    write_spk(path, trajectories)
    spice.furnsh(str(path))
    assert set(spice.spkobj(str(path))) == {-6000 - k for k in range(60)}
    assert [s.name for s in Ephemeris.open(path).segments] == [f"satellite {k}" for k in range(60)]
    for trajectory in trajectories:
        state = 1e3 * spice.spkgeo(trajectory.target, trajectory.tdb[50], "J2000", 301)[0]
        np.testing.assert_allclose(state, trajectory.states[50], atol=POSITION)


@pytest.mark.parametrize("count", [2, 100, 101, 201])
def test_the_directory_of_times_fits_spice_at_its_edges(spice, tmp_path, count):
    trajectory = dataclasses.replace(relay(spice, count), degree=3)
    path = tmp_path / "relay.bsp"
    write_spk(path, [trajectory])
    spice.furnsh(str(path))
    theirs = 1e3 * np.array([spice.spkgeo(-5001, t, "J2000", 301)[0] for t in trajectory.tdb])
    np.testing.assert_allclose(theirs[:, :3], trajectory.states[:, :3], atol=POSITION)


def test_an_existing_file_is_replaced_and_no_draft_stays(spice, tmp_path):
    path = tmp_path / "relay.bsp"
    path.write_bytes(b"old")
    write_spk(path, [relay(spice)])
    assert [p.name for p in tmp_path.iterdir()] == ["relay.bsp"]
    assert Ephemeris.open(path).span(-5001, "MOON")[0] > 8e8


def changed(trajectory, **changes):
    return dataclasses.replace(trajectory, **changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: {"tdb": t.tdb[::-1]}, "times that do not rise at row 1; sort them"),
        (lambda t: {"tdb": np.where(np.arange(t.tdb.size) == 7, t.tdb[6], t.tdb)}, "do not rise at row 7"),
        (lambda t: {"states": np.where(np.arange(t.tdb.size)[:, None] == 5, np.nan, t.states)}, "no number in row 5"),
        (lambda t: {"tdb": t.tdb[:3], "states": t.states[:3]}, "3 samples; degree 7 needs 4"),
        (lambda t: {"degree": 6}, "degree 6; it must be odd"),
        (lambda t: {"states": t.states[:, :3]}, r"they must be \(N,\) and \(N, 6\)"),
        (lambda t: {"name": "x" * 41}, "40 characters or fewer"),
        (lambda t: {"target": 301}, "MOON relative to itself"),
    ],
)
def test_a_trajectory_that_spice_could_not_use_is_refused_and_nothing_is_written(spice, tmp_path, change, message):
    trajectory = relay(spice)
    with pytest.raises(InvalidInput, match=message):
        write_spk(tmp_path / "bad.bsp", [changed(trajectory, **change(trajectory))])
    assert not list(tmp_path.iterdir())


def test_an_empty_list_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="at least one trajectory"):
        write_spk(tmp_path / "none.bsp", [])
