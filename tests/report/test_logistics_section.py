"""The report's page of transport says what the tables of the run say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import logistics
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.scenario.load import load_scenario

MISSIONS = Path(__file__).parents[1] / "run" / "missions.toml"
MINI = Path(__file__).parents[1] / "run" / "mini.toml"
KILOGRAM = 1.0


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("missions")
    path = out / "alone.toml"  # the visit goes without its cargo too, so that its loss is felt
    path.write_text(MISSIONS.read_text().replace('needs = ["cargo-1"]', ""))
    run_scenario(path, out / "run", data=DataContext.installed(), workers=1)
    return RunFolder.open(out / "run")


@pytest.fixture(scope="module")
def body(run):
    section = logistics.section(run)
    assert section is not None
    return section.body


def test_tasks_follow_from_missions_and_a_scenario_without_them_has_none():
    names = {task.id for task in make_plan(load_scenario(MISSIONS).scenario)}
    assert {"logistics.missions", "logistics.losses", "logistics.campaign"} <= names
    assert not any(task.id.startswith("logistics.") for task in make_plan(load_scenario(MINI).scenario))


def test_every_mass_of_the_calendar_is_accounted_for(run):
    columns = read_table(run.folder / "tables" / "logistics.calendar.parquet").columns
    burns = read_table(run.folder / "tables" / "logistics.burns.parquet").columns
    for k, mission in enumerate(columns["mission"]):
        own = [i for i, name in enumerate(burns["mission"]) if name == mission]
        assert columns["burnt"][k] == pytest.approx(burns["propellant"][own].sum())
        people = 100.0 * columns["people"][k] * (mission == "visit-1")  # those of the lander board in orbit
        parts = sum(columns[key][k] for key in ("dry", "burnt", "boiled_off", "cargo")) + people
        assert columns["mass"][k] == pytest.approx(parts, abs=KILOGRAM)
    assert np.all(columns["launcher_margin"] > 0.0)


def test_deliveries_of_missions_reach_the_ledger_of_the_stores(run):
    flows = read_table(run.folder / "tables" / "flows.hub.parquet").columns
    brought = [
        float(mass)
        for source, substance, mass in zip(flows["source"], flows["substance"], flows["mass"], strict=True)
        if source == "Earth" and substance == "food"
    ]
    assert sum(brought) == pytest.approx(250.0)


def test_the_lost_cargo_sends_people_home_and_the_page_says_so(run, body):
    facts = run.facts("logistics.losses")
    lost = next(one for one in facts["losses"] if one["lost"] == ["cargo-1"])
    assert [one["crew"] for one in lost["evacuated"]] == ["first"]
    assert "food:" in body and "first," in body and "days early" in body
    assert facts["chance"]["low"] == pytest.approx(
        1.0 - 0.05 * 0.98
    )  # lost cargo, and the visit that comes all the same
    assert "more at hub" in body


def test_calendar_masses_and_campaign_have_their_figures(body):
    for name in ("launch-calendar", "mission-masses", "campaign-flights"):
        assert f'data-plot="{name}"' in body
    assert "0 faults" in body and "proven to be the least" in body


def test_legs_stand_beside_the_computed_transfers(run, body):
    """The leg says 850 m/s; direct flights need 816 to 893 m/s, and what is saved is propellant."""
    found = {one["mission"]: one for one in run.facts("logistics.missions")["transfers"]}
    assert "The way to the Moon as given and as computed" in body
    for one in found.values():
        assert one["leg_delta_v"] == 850.0 and 800.0 < one["computed_delta_v"] < 900.0
        assert (one["computed_mass"] > one["mass"]) == (one["computed_delta_v"] > 850.0)
    assert "cargo-1" in found


def test_nothing_in_the_page_is_not_a_number(body):
    assert "NaN" not in body and "nan" not in body and "Infinity" not in body
