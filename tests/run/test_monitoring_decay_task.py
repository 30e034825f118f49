"""Decay in a scenario: windows by date, and what is told where there is none. Authority: the re-entry of CZ-5B."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.report.build import build_report
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.scenario.load import load_scenario

SCENARIO = """
title = "What comes down"
start = 2021-05-06T00:00:00Z
stop = 2021-05-06T01:00:00Z

[[partner]]
id = "cmsa"
name = "China Manned Space Agency"

[monitoring]
space_weather = "{folder}/spaceweather/SW-All.csv.gz"
histories = ["{folder}/decay/CZ5B_2021.tle", "{folder}/maneuver/Envisat_27386_2002-2017.tle.gz"]
as_of = 2021-05-06T00:00:00Z
"""


@pytest.fixture(scope="module")
def run(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("decay")
    scenario = folder / "scenario.toml"
    scenario.write_text(SCENARIO.format(folder=shared_data / "monitoring"))
    run_scenario(scenario, folder / "run", data=DataContext.installed(), workers=1)
    build_report(folder / "run")
    return folder / "run"


def facts(run, name):
    tasks = json.loads((run / "manifest.json").read_text())["tasks"]
    return next(task["facts"] for task in tasks if task["id"] == name)


def test_each_history_is_a_task_known_by_its_content_and_date(shared_data, tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO.format(folder=shared_data / "monitoring"))
    tasks = [task for task in make_plan(load_scenario(path).scenario) if task.id.startswith("decay.")]
    assert [task.id for task in tasks] == ["decay.1", "decay.2"]
    assert all(len(task.fragment[key]) == 64 for task in tasks for key in ("sha256", "weather_sha256"))
    assert tasks[0].fragment["as_of"] == Epoch.parse("2021-05-06T00:00:00Z").tdb()


def test_the_window_of_the_date_holds_the_re_entry_that_came(run):
    told = facts(run, "decay.1")
    first, last = told["window_90"]
    assert first < "2021-05-09T02:24:00Z" < last
    assert told["last_set_utc"] < "2021-05-06T00:00:00Z"
    assert sum(told["band_share"]) == pytest.approx(1.0)


def test_windows_narrow_with_the_dates_and_are_in_order(run):
    table = read_table(run / "tables" / "decay.1.parquet").columns
    assert len(table["tdb"]) >= 3
    assert np.all(np.diff(table["tdb"]) > 0.0)
    for low, high in (("low_90", "low_50"), ("low_50", "median"), ("median", "high_50"), ("high_50", "high_90")):
        assert np.all(table[low] < table[high])
    width = table["high_90"] - table["low_90"]
    assert width[-1] < width[0]


def test_an_object_that_stays_up_is_told_without_a_window(run):
    told = facts(run, "decay.2")
    assert "years" in told["why_not"]
    history = read_table(run / "tables" / "decay-history.2.parquet").columns
    assert len(history["tdb"]) <= 2000
    assert 750e3 < np.median(history["mean_altitude"]) < 800e3
    assert not (run / "tables" / "decay.2.parquet").exists()


def test_the_report_shows_windows_track_and_altitudes(run):
    page = (run / "report.html").read_text()
    assert "Decay and re-entry" in page
    for name in ("decay-windows-1", "decay-track-1", "decay-altitudes-1", "decay-altitudes-2"):
        assert f'id="{name}"' in page
    assert "decay-windows-2" not in page
    figures = re.findall(r'data-plot="decay[^"]*">(.*?)</script>', page)
    assert len(figures) == 4
    assert all(json.loads(each)["data"] for each in figures)
