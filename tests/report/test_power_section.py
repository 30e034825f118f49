"""The report's pages of power say what the tables of the run say."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import partners, power
from moonstead.run.engine import run_scenario

GRID = Path(__file__).parents[1] / "run" / "grid.toml"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("grid")
    run_scenario(GRID, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


@pytest.fixture(scope="module")
def body(run):
    section = power.section(run)
    assert section is not None
    return section.body


def test_lines_are_told_once_with_what_they_lost(run, body):
    assert body.count("The cable") == 1 and "The ridge to camp" in body
    (line,) = run.facts("power.camp")["lines"]
    assert f"{100.0 * line['lost'] / (line['sent'] + line['sent_back']):.3g}" in body
    assert "from lines, net" in body


def test_stores_that_age_or_hold_gas_have_a_row(body):
    assert "fuel-cell" in body and "ridge-battery" in body and "left of it at the end" in body


def test_shade_and_shortages_are_told(body):
    assert "Light that other arrays take" in body
    assert "Shortages: the worst of" in body and "not served: " in body


def test_nothing_in_the_pages_is_not_a_number(body):
    assert "NaN" not in body and "nan" not in body and "Infinity" not in body


def test_owners_of_fuel_cells_are_listed(run):
    assert "fuel cell" in partners.section(run).body
