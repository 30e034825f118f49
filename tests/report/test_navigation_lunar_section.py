"""The report's page of navigation at the Moon says what the tables of the run say, with sources and intervals."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.html import number
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import navigation_lunar
from moonstead.run.engine import run_scenario

FILE = Path(__file__).parents[1] / "run" / "navigation.toml"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("navigation") / "run"
    run_scenario(FILE, out, data=DataContext.installed(), workers=1)
    return RunFolder.open(out)


@pytest.fixture(scope="module")
def body(run):
    section = navigation_lunar.section(run)
    assert section is not None
    return section.body


def figure_named(body, name):
    found = re.search(rf'data-plot="{name}">(.*?)</script>', body)
    assert found is not None, name
    return json.loads(found.group(1))


def test_sources_and_choices_stand_beside_the_numbers(body):
    assert "study of 2024: 2, then 11, then 21 satellites" in body
    assert "Chosen here" in body and "simulated" in body
    assert "10.0 (5.00 to 20.0)" in body


def test_service_is_that_of_the_tables(run, body):
    facts = run.facts("navigation-site.hub")
    assert number(100.0 * facts["share"]) in body
    low, nominal, high = facts["error_95"]
    assert f"{number(nominal)} ({number(low)} to {number(high)})" in body
    assert "the height is known to 20.0 m" in body


def test_figures_hold_the_series_the_sky_and_the_map(run, body):
    series = figure_named(body, "navigation-dop-hub")
    assert len(series["data"][0]["x"]) == 37
    sky = figure_named(body, "navigation-sky-hub")
    assert all(0.0 <= r <= 90.0 for trace in sky["data"] for r in trace["r"] if r is not None)
    heat = figure_named(body, "navigation-map-hub")["data"][0]
    assert len(heat["z"]) == 3 and len(heat["z"][0]) == 3
    assert figure_named(body, "navigation-error-hub")["layout"]["yaxis"]["type"] == "log"


def test_weak_signals_are_told_with_their_interval(run, body):
    low, _, high = run.facts("weak-signal.hub")["share"]
    assert f"{number(100.0 * low)} to {number(100.0 * high)} %" in body
    assert "GLONASS" in body and "Orbits are nominal" in body


def test_orbits_from_tracking_are_told(run, body):
    facts = run.facts("navigation-tracking.relay")
    assert number(facts["known"]) in body and number(facts["predicted"]) in body
    assert len(figure_named(body, "navigation-tracking")["data"]) == 2


def test_nothing_is_not_a_number(body):
    assert "NaN" not in body and "Infinity" not in body and ">nan<" not in body and ">inf<" not in body


def test_a_run_without_navigation_has_no_page(small_run):
    assert navigation_lunar.section(RunFolder.open(small_run)) is None
