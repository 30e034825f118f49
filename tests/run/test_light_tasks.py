"""Intervals, the precession cycle and all sites together: against the library, and against each other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.build import build_report
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.scenario.load import load_scenario

DAY = 86_400.0

TWO_SITES = """
title = "Two ridges"
start = 2035-01-01T00:00:00Z
stop = 2035-02-15T00:00:00Z

[analysis]
precession_cycle = true
horizon_azimuths = 72
light_step = "2 h"

[[partner]]
id = "us"
name = "Our institute"

[[site]]
id = "rim"
name = "Rim"
latitude = "-89.45 deg"
longitude = "222.69 deg"

[[site]]
id = "ridge"
latitude = "-88.74 deg"
longitude = "124.5 deg"
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("two-ridges")
    (folder / "two.toml").write_text(TWO_SITES)
    run_scenario(folder / "two.toml", folder / "run", data=DataContext.installed(), workers=1)
    build_report(folder / "run")
    return folder / "run"


def facts(run, task):
    tasks = json.loads((run / "manifest.json").read_text())["tasks"]
    return next(each["facts"] for each in tasks if each["id"] == task)


def test_every_figure_of_light_says_its_interval_and_its_terrain(run):
    figures = json.loads((run / "summary.json").read_text())["figures"]
    mean = [each for each in figures if each["name"].endswith("mean share of the Sun's light")]
    assert len(mean) == 2
    for each in mean:
        assert "LOLA 8 pixels per degree" in each["how"]
        assert "leaves open" in each["how"]
    nights = [each for each in figures if each["name"].endswith("longest night")]
    assert len(nights) == 2 and all("leaves open" in each["how"] for each in nights)


@pytest.mark.parametrize("key", ["rim-0m", "ridge-0m"])
def test_intervals_hold_what_they_belong_to(run, key):
    light = facts(run, f"light.{key}")
    assert light["interval"][0] <= light["mean_fraction"] <= light["interval"][1]
    assert light["longest_dark_interval"][0] <= light["longest_dark"] <= light["longest_dark_interval"][1]
    assert 0.0 <= light["interval"][0] < light["interval"][1] <= 1.0
    open_ground = facts(run, f"light-interval.{key.split('-')[0]}")[key]
    assert open_ground["unchosen_mean_fraction"][0] >= open_ground["mean_fraction"][0]


def test_the_cycle_has_eighteen_years_and_a_worst_one(run):
    years = read_table(run / "tables" / "light-years.rim-0m.parquet").columns
    found = facts(run, "light-cycle.rim-0m")
    assert years["mean_fraction"].size == 18
    assert found["worst_year_mean"] <= np.min(years["mean_fraction"]) + 1e-9
    assert found["longest_night"] >= np.max(years["longest_night"])
    assert np.min(years["mean_fraction"]) < found["mean_fraction"] < np.max(years["mean_fraction"])


def test_sites_together_are_lit_as_their_nights_say(run):
    together = facts(run, "light-together")
    own = [facts(run, f"light.{key}")["lit_fraction"] for key in ("rim-0m", "ridge-0m")]
    assert max(own) <= together["lit_any"] <= min(sum(own), 1.0)
    assert together["lit_any"] == pytest.approx(sum(own) - together["lit_all"])
    nights = read_table(run / "tables" / "common-nights.parquet").columns["duration"]
    assert together["longest_common_night"] == pytest.approx(np.max(nights))
    assert together["lit_any"] == pytest.approx(1.0 - np.sum(nights) / (45 * DAY), abs=1e-6)


def test_the_report_shows_years_and_pairs(run):
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "Year by year" in page and "Every pair of sites" in page
    assert "night-lengths-rim-0m" in page and "bands-ridge-0m" in page


def test_one_site_without_the_cycle_asks_for_neither(tmp_path):
    one = TWO_SITES.replace("precession_cycle = true", "").split('[[site]]\nid = "ridge"')[0]
    (tmp_path / "one.toml").write_text(one)
    tasks = [task.id for task in make_plan(load_scenario(tmp_path / "one.toml").scenario)]
    assert "light-interval.rim" in tasks
    assert not [task for task in tasks if task.startswith(("light-cycle", "light-together"))]
