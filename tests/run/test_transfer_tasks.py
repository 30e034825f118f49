"""Transfers of a scenario's missions: what they cost and reach, what the run folder and the report say of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.oem import read_oem
from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import transfers
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.scenario.load import load_scenario

SCENARIO = Path(__file__).parent / "transfers.toml"
MINI = Path(__file__).parent / "mini.toml"
KILOMETRE = 1e3  # [m]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("transfers") / "run"
    run_scenario(SCENARIO, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


def test_tasks_follow_from_missions_and_a_scenario_without_them_has_none():
    names = {task.id for task in make_plan(load_scenario(SCENARIO).scenario)}
    assert {"transfer.visit", "transfer.round", "transfer.hurried"} <= names
    assert not any(task.id.startswith("transfer.") for task in make_plan(load_scenario(MINI).scenario))


def test_a_visit_goes_there_and_home_and_reaches_what_it_claims(run):
    facts = run.facts("transfer.visit")
    there, home = facts["ways"]
    assert list(there["delta_v"]) == ["translunar injection", "lunar orbit insertion"]
    assert there["total_delta_v"] == pytest.approx(3948.9, rel=0.01)
    assert 780.0 < home["total_delta_v"] < 950.0
    for way in (there, home):
        assert way["position_defect"] < 10.0
        assert all(abs(target["reached"] - target["wanted"]) < KILOMETRE for target in way["targets"])
    assert there["departure_utc"][:10] in ("2035-01-05", "2035-01-06")
    assert len(facts["calendar"]) == 2
    assert facts["flight_time"] == pytest.approx(4.5 * 86_400.0)


def test_paths_begin_at_the_earth_and_end_at_the_moon_in_both_frames(run):
    path = read_table(run.folder / "tables" / "transfer.visit.parquet").columns
    there = path["way"] == 0.0
    assert path["earth_distance"][there][0] == pytest.approx(6578.1e3, abs=KILOMETRE)
    assert path["moon_distance"][there][-1] == pytest.approx(1837.4e3, abs=10 * KILOMETRE)
    axes = np.stack([path[f"rotating_{name}"][there] for name in "xyz"], axis=1)
    assert np.linalg.norm(axes[0] - [-0.01215, 0.0, 0.0]) < 0.02  # the parking orbit is that small beside 1
    assert np.linalg.norm(axes[-1] - [0.98785, 0.0, 0.0]) < 0.006
    oem = read_oem(run.folder / "ephemerides" / "transfer-visit.oem")
    assert oem.segments[-1].tdb[-1] == pytest.approx(path["tdb"][there][-1], abs=1e-3)
    assert (run.folder / "ephemerides" / "transfer-visit-home.oem").exists()


def test_a_free_return_has_one_burn(run):
    facts = run.facts("transfer.round")
    assert list(facts["ways"][0]["delta_v"]) == ["translunar injection"]
    assert facts["entry_speed"] == pytest.approx(11.0e3, rel=0.01)


def test_a_mission_without_a_way_is_told_and_does_not_stop_the_run(run):
    facts = run.facts("transfer.hurried")
    assert "direct flights take 1.5 to 7 days" in facts["reason"]
    assert any("In a day: no transfer was found" in text for text in run.manifest["warnings"])


def test_the_report_shows_budget_paths_and_what_was_not_found(run):
    section = transfers.section(run)
    assert section is not None
    for text in ("Visit: way home", "Round the Moon", "transfer-rotating", "transfer-inertial", "transfer-budget"):
        assert text in section.body
    assert "In a day: no transfer was found" in section.body
    assert "nan" not in section.body.lower().replace("finance", "")
