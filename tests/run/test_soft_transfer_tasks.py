"""Low-energy and flyby missions of a scenario: what they cost and reach, and what no way leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import transfers
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.transfers import mission_transfer
from moonstead.scenario.load import load_scenario

SCENARIO = Path(__file__).parent / "soft_transfers.toml"
KILOMETRE = 1e3  # [m]
DIRECT_INSERTION = 816.4  # [m/s] cheapest planar direct transfer, restricted three-body problem


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("soft-transfers") / "run"
    run_scenario(SCENARIO, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


def test_a_flyby_to_a_low_orbit_has_no_task():
    names = {task.id for task in make_plan(load_scenario(SCENARIO).scenario)}
    assert {"transfer.orbiter", "transfer.crew"} <= names
    assert "transfer.elsewhere" not in names


def test_a_low_energy_mission_arrives_softly(run):
    facts = run.facts("transfer.orbiter")
    way = facts["ways"][0]
    assert way["delta_v"]["insertion"] < 0.85 * DIRECT_INSERTION
    assert way["position_defect"] < KILOMETRE
    assert all(abs(target["reached"] - target["wanted"]) < KILOMETRE for target in way["targets"])
    assert facts["farthest"] > 1.2e9


def test_a_crew_meets_the_nrho_by_a_flyby(run):
    way = run.facts("transfer.crew")["ways"][0]
    assert list(way["delta_v"]) == ["injection", "flyby", "insertion"]
    assert 300.0 < way["delta_v"]["flyby"] + way["delta_v"]["insertion"] < 520.0
    assert way["position_defect"] < KILOMETRE


def test_the_report_shows_both(run):
    section = transfers.section(run)
    assert section is not None
    assert "Orbiter" in section.body and "Crew to the NRHO" in section.body
    assert "nan" not in section.body.lower().replace("finance", "")


def test_a_way_by_low_thrust_is_refused_by_name():
    with pytest.raises(InvalidInput, match="Tug: the way of a mission from the Earth by low thrust is not computed"):
        mission_transfer({"kind": "low-thrust", "name": "Tug"}, DataContext.installed())
