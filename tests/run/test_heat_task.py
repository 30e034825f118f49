"""Heat in a run: ground, hardware, heaters as loads of the bus, and the pages that show them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.foundation.data import DataContext
from moonstead.report.build import build_report
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.scenario.load import load_scenario

HEAT = Path(__file__).parent / "heat.toml"
MINI = Path(__file__).parent / "mini.toml"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("heat-run")
    run_scenario(HEAT, out, data=DataContext.installed(), workers=1)
    build_report(out)
    return out


def test_only_sites_with_warm_facilities_get_a_task():
    assert "heat.rim" in {task.id for task in make_plan(load_scenario(HEAT).scenario)}
    assert not any(task.id.startswith("heat.") for task in make_plan(load_scenario(MINI).scenario))


def test_the_series_covers_the_span_and_keeps_its_bounds(finished):
    scenario = load_scenario(HEAT).scenario
    table = read_table(finished / "tables" / "heat.rim.parquet")
    columns = table.columns
    start, stop = scenario.span()
    assert columns["tdb"][0] <= start < columns["tdb"][1]
    assert columns["tdb"][-1] == pytest.approx(stop)
    assert np.all(columns["lab temperature"] >= 283.0 - 1e-6)
    assert np.all(columns["lab heater"] >= 0.0)
    assert np.all((columns["surface"] > 20.0) & (columns["surface"] < 400.0))
    assert table.units["lab heater"] == "W"


def test_heaters_are_loads_of_the_bus(finished):
    facts = {task["id"]: task["facts"] for task in json.loads((finished / "manifest.json").read_text())["tasks"]}
    (lab, _) = facts["heat.rim"]["facilities"]
    assert lab["held"]
    assert lab["heater_energy"] > 0.0
    columns = read_table(finished / "tables" / "heat.rim.parquet").columns
    demand = read_table(finished / "tables" / "power.rim.parquet").columns["demand"]
    # standby of the lab and the sensor's load leave the rest to the heaters
    assert np.min(demand) >= 140.0 - 1e-9
    assert np.max(demand) >= np.max(columns["lab heater"])


def test_the_heater_replaces_at_most_what_the_blanket_and_closed_blades_lose(finished):
    columns = read_table(finished / "tables" / "heat.rim.parquet").columns
    blanket = 60.0 / (1.0 / (0.9 * 0.85 + 0.1 * 0.95) + 1.0 / 0.03)
    lost = STEFAN_BOLTZMANN * 283.0**4 * (blanket + 8.0 * 0.14)
    assert np.max(columns["lab heater"]) <= lost - 100.0 + 1e-6  # less what it dissipates on standby


def test_profiles_narrow_with_depth(finished):
    columns = read_table(finished / "tables" / "heat-depth.rim.parquet").columns
    swing = columns["warmest"] - columns["coldest"]
    assert swing[-1] < 0.2 * max(swing[0], 1.0)
    assert np.all(columns["coldest"] <= columns["mean"]) and np.all(columns["mean"] <= columns["warmest"])


def test_the_report_shows_ground_hardware_and_radiators(finished):
    page = (finished / "report.html").read_text()
    for words in ("Ground and hardware at rim", "heat-depth-rim", "needed [m2]", "survive"):
        assert words in page
    summary = json.loads((finished / "summary.json").read_text())["figures"]
    assert any(figure["name"] == "lab: heat to survive" and figure["verdict"] == "good" for figure in summary)
    assert not any("nan" in str(figure["value"]).lower() for figure in summary)
