"""Ways to planets and landings of a scenario's missions: what the run folder and the report say of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import landings, planets
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.scenario.load import load_scenario

SCENARIO = Path(__file__).parent / "planets.toml"
MINI = Path(__file__).parent / "mini.toml"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("planets") / "run"
    run_scenario(SCENARIO, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


def test_tasks_follow_from_missions_and_a_scenario_without_them_has_none():
    names = {task.id for task in make_plan(load_scenario(SCENARIO).scenario)}
    assert {"planet.probe", "descent.cargo"} <= names
    rest = {task.id for task in make_plan(load_scenario(MINI).scenario)}
    assert not any(name.startswith(("planet.", "descent.")) for name in rest)


def test_a_probe_leaves_with_the_least_energy_of_its_window_and_arrives(run):
    facts = run.facts("planet.probe")
    one = next(arc for arc in facts["arcs"] if arc["type"] == "I")
    assert one["c3"] / 1e6 == pytest.approx(10.194, abs=0.01)
    assert one["departure_utc"].startswith("2035-06-2") and one["held_by"] == []
    assert facts["flown"]["b_plane_miss"] < 1e3 < facts["flown"]["uncorrected_miss"]
    table = read_table(run.folder / "tables" / "planet.probe.parquet").columns
    assert np.nanmin(table["c3"]) / 1e6 == pytest.approx(10.2, abs=0.3)


def test_cargo_lands_where_it_is_wanted_and_is_held_against_its_plan(run):
    facts = run.facts("descent.cargo")
    down = facts["descent"]
    assert facts["planned"]["landing"]["delta_v"] == 1950.0
    assert 1750.0 < down["delta_v"] < 1950.0
    assert down["position_defect"] < 0.15 and down["velocity_defect"] < 2e-3
    assert 0.0 < down["flown_propellant"] < facts["planned"]["landing"]["propellant"]
    table = read_table(run.folder / "tables" / "descent.cargo.parquet").columns
    assert np.all(table["height"][1:80] >= table["floor"][1:80] - 1.0)
    assert table["distance"][-1] < 1.0


def test_the_report_shows_both(run):
    way, ground = planets.section(run), landings.section(run)
    assert way is not None and "Probe to Mars" in way.body and "10.2" in way.body
    assert (
        ground is not None
        and "leg plans 1950 m/s" in ground.body
        and "nan" not in ground.body.lower().split("plotly")[0]
    )
