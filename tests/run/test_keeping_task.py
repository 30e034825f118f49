"""Station keeping in a run. Authority: the library with the same orbit and errors; the page says what the facts say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import keeping as page
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.some_tasks import compute_tasks
from moonstead.scenario.load import load_scenario

MINI = Path(__file__).parent / "mini.toml"
KEPT = """
[[spacecraft]]
id = "gate"
name = "Gate"
partner = "us"
mass = "20 t"
area = "120 m2"
orbit = { kind = "family", family = "nrho", point = "L2", branch = "south", resonance = "9:2" }
keeping = { runs = 16, specific_impulse = "230 s" }
"""


def written(folder, stop):
    kept = MINI.read_text().split("[[facility]]")[0] + KEPT
    path = folder / "kept.toml"
    path.write_text(kept.replace("stop = 2035-01-11", f"stop = {stop}"))
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    run_scenario(written(folder, "2035-03-02"), folder / "out", data=DataContext.installed(), workers=1)
    return RunFolder.open(folder / "out")


def test_a_year_is_told_with_percentiles_and_propellant(run):
    facts = run.facts("keeping.gate")
    shares = facts["percentiles"]
    assert 0.5 < shares["5"] <= shares["50"] <= shares["95"] < 10.0
    assert not facts["failures"] and facts["runs"] == 16
    exhaust = 9.80665 * 230.0
    assert facts["propellant"][1] == pytest.approx(20e3 * (1.0 - np.exp(-shares["50"] / exhaust)), rel=1e-9)
    columns = run.table("keeping.gate").columns
    mean = columns["burn_mean"].sum() * 365.25 * 86_400.0 / facts["duration"]
    assert mean == pytest.approx(facts["mean"], rel=1e-9)  # no run was lost
    assert np.all(columns["runs"] == 16)


def test_the_page_says_what_the_facts_say(run):
    facts = run.facts("keeping.gate")
    body = page.section(run).body
    assert f"{facts['mean']:.2f} (" in body and "Gate" in body and "nan" not in body.lower().replace("finance", "")
    assert "and more" in body  # sixteen runs do not bound their 99 %


def test_a_scenario_that_is_too_short_says_so(tmp_path):
    tasks = make_plan(load_scenario(written(tmp_path, "2035-01-11")).scenario)
    found = compute_tasks(tasks, ["keeping.gate"], DataContext.installed(), tmp_path / "kept")
    assert "too short" in found["keeping.gate"].facts["why_not"]


def test_nothing_is_planned_for_what_is_not_kept():
    assert not [task for task in make_plan(load_scenario(MINI).scenario) if task.id.startswith("keeping.")]
