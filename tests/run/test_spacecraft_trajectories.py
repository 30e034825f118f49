"""Orbits of a scenario: files agree with what they were made from, and what is stored comes back."""

import json
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.spk_writer import SampledStates, write_spk
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.time.epoch import Epoch
from moonstead.run.engine import run_scenario
from moonstead.run.store import RunStore
from moonstead.run.tables import read_table
from moonstead.run.trajectories import spacecraft_trajectory, stored_trajectory
from moonstead.scenario.load import load_scenario

MINI = Path(__file__).parent / "mini.toml"
FILE_ERROR = 1e-3  # [m] an OEM keeps 1e-7 m, an SPK 1e-9 m; the rest is interpolation between 60 s samples
TWO_WAYS = 0.5  # [m] local errors of 1e-11 of the distance, some 900 steps a week, grow along the orbit


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="module")
def flown(data):
    scenario = load_scenario(MINI).scenario
    return spacecraft_trajectory(scenario.spacecraft[0], scenario, data)


def with_orbit(tmp_path: Path, orbit: str, start: str = "2035-01-02", stop: str = "2035-01-03") -> Path:
    lines = MINI.read_text().replace("2035-01-01T00:00:00Z\nstop = 2035-01-11", f"{start}T00:00:00Z\nstop = {stop}")
    kept = [line if not line.startswith("orbit = ") else f"orbit = {orbit}" for line in lines.splitlines()]
    path = tmp_path / "file.toml"
    path.write_text("\n".join(kept))
    return path


def trajectory_of(path: Path, data: DataContext):
    scenario = load_scenario(path).scenario
    return scenario, spacecraft_trajectory(scenario.spacecraft[0], scenario, data)


def test_an_spk_file_flies_as_the_orbit_it_was_made_from(tmp_path, data, flown):
    tdb = np.arange(flown.span[0], flown.span[1], 60.0)
    write_spk(tmp_path / "relay.bsp", [SampledStates(-60001, 301, "RELAY", tdb, flown.state(tdb), 7)])
    scenario, read = trajectory_of(with_orbit(tmp_path, '{ kind = "spk", file = "relay.bsp", target = -60001 }'), data)
    times = np.linspace(*scenario.span(), 500)
    assert np.abs(read.state(times)[:, :3] - flown.state(times)[:, :3]).max() <= FILE_ERROR


def test_an_oem_of_one_run_is_an_orbit_of_another(tmp_path, small_run, data, flown):
    oem = small_run / "ephemerides" / "relay.oem"
    scenario, read = trajectory_of(with_orbit(tmp_path, f'{{ kind = "oem", file = "{oem}" }}'), data)
    times = np.linspace(*scenario.span(), 500)
    # 300 s between the states of the file: the interpolation of degree 7 near perilune takes the rest
    assert np.abs(read.state(times)[:, :3] - flown.state(times)[:, :3]).max() <= 1.0


def test_a_file_that_ends_too_early_is_refused_with_both_spans(tmp_path, small_run, data):
    oem = small_run / "ephemerides" / "relay.oem"
    path = with_orbit(tmp_path, f'{{ kind = "oem", file = "{oem}" }}', "2035-01-09", "2035-01-20")
    with pytest.raises(OutsideSpan, match="2035-01-11T00:00:00Z, the scenario runs from 2035-01-09"):
        trajectory_of(path, data)


def test_an_object_that_is_not_in_the_file_is_named(tmp_path, small_run, data):
    oem = small_run / "ephemerides" / "relay.oem"
    path = with_orbit(tmp_path, f'{{ kind = "oem", file = "{oem}", object = "LUNA" }}')
    with pytest.raises(InvalidInput, match="has no object 'LUNA'"):
        trajectory_of(path, data)


def test_what_a_task_stored_flies_as_before(small_run, data, flown):
    folder = next(small_run.glob("tasks/orbit.relay-*"))
    key = json.loads((folder / "result.json").read_text())["record"]["key"]
    result = RunStore(small_run).load("orbit.relay", key)
    times = np.linspace(flown.span[0], flown.span[1], 300)
    np.testing.assert_array_equal(stored_trajectory(result, data).state(times), flown.state(times))


def test_an_epoch_inside_the_span_is_flown_both_ways(tmp_path, data, flown):
    middle = Epoch.parse("2035-01-04T00:00:00Z").tdb()
    state = flown.state([middle])[0] / 1e3
    words = [
        [f'"{value!r} {unit}"' for value in part]
        for part, unit in ((state[:3].tolist(), "km"), (state[3:].tolist(), "km/s"))
    ]
    orbit = (
        '{ kind = "state", center = "MOON", frame = "ICRF", epoch = 2035-01-04T00:00:00Z, '
        f"position = [{', '.join(words[0])}], velocity = [{', '.join(words[1])}] }}"
    )
    _, again = trajectory_of(with_orbit(tmp_path, orbit, "2035-01-01", "2035-01-08"), data)
    times = np.linspace(again.span[0], again.span[1], 300)
    assert np.abs(again.state(times)[:, :3] - flown.state(times)[:, :3]).max() <= TWO_WAYS


def test_a_lost_spacecraft_is_told_and_the_run_goes_on(tmp_path, data):
    orbit = (
        '{ kind = "state", center = "MOON", frame = "ICRF", epoch = 2035-01-01T00:00:00Z, '
        'position = ["1850 km", "0 km", "0 km"], velocity = ["0 km/s", "1.5 km/s", "0 km/s"] }'
    )
    out = tmp_path / "run"
    told = run_scenario(with_orbit(tmp_path, orbit, "2035-01-01", "2035-01-03"), out, data=data, workers=1).warnings
    assert any("relay meets the surface at 2035-01-01T00:" in warning for warning in told)
    figures = json.loads((out / "summary.json").read_text())["figures"]
    fate = next(figure for figure in figures if figure["name"] == "relay: flies until")
    assert fate["verdict"] == "bad"
    contacts = read_table(out / "tables" / "contact.relay.earth--kashi.parquet").columns
    assert all(stop < "2035-01-01T01" for stop in contacts["stop_utc"])
