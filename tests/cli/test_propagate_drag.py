"""`moonstead propagate` in the Earth's air, as the Sun drives it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.dynamics.atmosphere import nrlmsis_atmosphere
from moonstead.dynamics.forces import Drag
from moonstead.dynamics.propagate import propagate
from moonstead.foundation.data import DataContext
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.run.flight import force_model, initial_state
from moonstead.scenario.load_state import load_state

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "states" / "low_earth_orbit.toml"
SAME = 1e-6  # [m] the same computation, told in decimal


def answer(capsys, path, *arguments):
    code = execute(["propagate", str(path), *arguments, "--json"])
    told = capsys.readouterr()
    assert code == 0, told.err
    return json.loads(told.out)


def with_table(tmp_path, shared_data, epoch="2026-01-01T00:00:00Z"):
    """The example with the published table in place of its constant weather."""
    (tmp_path / "SW-All.csv.gz").symlink_to(shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz")
    lines = EXAMPLE.read_text(encoding="utf-8").replace("2026-01-01T00:00:00Z", epoch).splitlines()
    kept = [line for line in lines if not line.startswith(("f107 ", "f107a ", "ap "))]
    kept.insert(kept.index("[radiation]") - 1, 'space_weather = "SW-All.csv.gz"')
    path = tmp_path / "state.toml"
    path.write_text("\n".join(kept), encoding="utf-8")
    return path


def test_the_command_flies_the_same_air_as_the_library(capsys):
    found = answer(capsys, EXAMPLE, "--until", "3 h")
    assert found["forces"]["drag"]["atmosphere"].startswith("NRLMSIS 2.1 (pymsis ")
    state, data = load_state(EXAMPLE).state, DataContext.installed()
    start, stop = state.orbit.epoch.tdb, found["final"]["tdb_s"]
    model = force_model(state, stop)
    air = nrlmsis_atmosphere(start, stop, SpaceWeather.constant(150.0, 140.0, 12.0))
    assert isinstance(model.drag, Drag)
    np.testing.assert_array_equal(model.drag.atmosphere.packed(start, stop), air.table)
    flown = propagate(initial_state(state, model, data), stop, model, data)
    np.testing.assert_allclose(found["final"]["position_m"], flown.state(stop)[0, :3], rtol=0.0, atol=SAME)


def test_a_table_of_weather_is_read_beside_the_state_file_and_told_with_its_hash(tmp_path, shared_data, capsys):
    found = answer(capsys, with_table(tmp_path, shared_data), "--until", "-3 h")
    assert found["forces"]["drag"]["atmosphere"].endswith("SW-All.csv.gz")
    (told,) = [one for one in found["data"] if one["name"] == "space-weather"]
    assert len(told["sha256"]) == 64


@pytest.mark.parametrize(
    ("prepare", "key", "message"),
    [
        (lambda monkeypatch: monkeypatch.setitem(sys.modules, "pymsis", None), "drag.model", "moonstead[drag]"),
        (None, "drag.space_weather", "space weather was asked"),
    ],
    ids=["no pymsis", "weather ends before the flight"],
)
def test_what_is_missing_for_the_air_is_told_at_its_key(
    prepare, key, message, tmp_path, shared_data, monkeypatch, capsys
):
    path = EXAMPLE
    if prepare is None:
        path = with_table(tmp_path, shared_data, "2040-01-01T00:00:00Z")
    else:
        prepare(monkeypatch)
    assert execute(["propagate", str(path), "--until", "1 h", "--json"]) == 3
    told = json.loads(capsys.readouterr().err)
    (problem,) = told["problems"]
    assert problem["key"] == key
    assert message in problem["message"]
    assert "f107" in problem["remedy"]


def test_without_pymsis_the_standard_air_is_flown(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pymsis", None)
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("model ", "f107 ", "f107a ", "ap "))]
    path = tmp_path / "state.toml"
    path.write_text("\n".join(kept), encoding="utf-8")
    assert answer(capsys, path, "--until", "1 h")["forces"]["drag"]["atmosphere"] == "Vallado (2013), table 8-4"
