"""Sensors of a scenario: maps, sight of protected craft and fireballs, from the run to the page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.monitoring.coverage.closed_forms import cap_share, footprint
from moonstead.report.build import build_report
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.run.tables import read_table
from moonstead.run.task import TaskInputs
from moonstead.run.watching import constellation_of
from moonstead.scenario.load import load_scenario

SCENARIO = """
title = "Who watches"
start = 2026-01-01T00:00:00Z
stop = 2026-01-01T06:00:00Z

[[partner]]
id = "cnsa"
name = "China National Space Administration"

[monitoring]
coverage_step = "10 min"
fireballs = "fireballs.csv"

[[spacecraft]]
id = "orbiter"
name = "Orbiter"
partner = "cnsa"

[spacecraft.orbit]
kind = "elements"
center = "MOON"
semi_major_axis = "6000 km"
eccentricity = 0.5
inclination = "60 deg"
node = "30 deg"
argument_of_periapsis = "90 deg"
true_anomaly = "0 deg"
frame = "MOON_PA"
epoch = 2026-01-01T00:00:00Z

[[protect]]
id = "orbiter"
spacecraft = "orbiter"

[[sensor]]
id = "ring"
name = "Ring of three"
kind = "satellite"
orbit = { kind = "geo", longitudes = ["0 deg", "120 deg", "-120 deg"] }

[[sensor]]
id = "tundra"
kind = "satellite"
orbit = { kind = "tundra", satellites = 2, longitude = "80 deg", apogee = "south" }

[[sensor]]
id = "eye"
kind = "satellite"
spacecraft = "orbiter"
minimum_elevation = "10 deg"

[[sensor]]
id = "radar"
kind = "radar"
latitude = "40 deg"
longitude = "10 deg"
minimum_elevation = "5 deg"
maximum_range = "2000 km"
reference_area = "1 m2"

[[sensor]]
id = "telescope"
kind = "telescope"
latitude = "-30 deg"
longitude = "-70 deg"
minimum_elevation = "15 deg"
limiting_magnitude = 19.0

[[sensor]]
id = "watcher"
kind = "satellite"
orbit = { kind = "geo", longitudes = ["60 deg"] }
limiting_magnitude = 18.0
sun_exclusion = "30 deg"
"""
HEADER = (
    '"Peak Brightness Date/Time (UT)","Latitude (deg.)","Longitude (deg.)","Altitude (km)","Velocity (km/s)","vx","vy",'
    '"vz","Total Radiated Energy (J)","Calculated Total Impact Energy (kt)"\n'
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sensors")
    energies = np.random.default_rng(3).uniform(size=90) ** -1.1 * 0.1
    rows = []
    for k, energy in enumerate(energies):
        place = f'"{abs(k - 45)}.0{"N" if k > 45 else "S"}","{k}.0E"'
        when = f"2001-{k // 28 + 1:02d}-{k % 28 + 1:02d} 00:00:00"
        rows.append(f'"{when}",{place},"","","","","","2.0e10","{energy:.3f}"\n')
    (folder / "fireballs.csv").write_text(HEADER + "".join(rows))
    path = folder / "scenario.toml"
    path.write_text(SCENARIO)
    return path


@pytest.fixture(scope="module")
def run(scenario: Path) -> Path:
    out = scenario.parent / "run"
    run_scenario(scenario, out, data=DataContext.installed(), workers=1)
    build_report(out)
    return out


def facts(run: Path, name: str) -> dict[str, Any]:
    tasks = json.loads((run / "manifest.json").read_text())["tasks"]
    found: dict[str, Any] = next(task["facts"] for task in tasks if task["id"] == name)
    return found


def test_sensors_become_tasks_by_what_they_watch(scenario: Path) -> None:
    tasks = {task.id: task for task in make_plan(load_scenario(scenario).scenario)}
    watched = {name: tasks[name].fragment["sensors"] for name in ("watch.earth", "watch.moon", "watch.shell")}
    assert [[one["id"] for one in ours] for ours in watched.values()] == [
        ["ring", "tundra"],
        ["eye"],
        ["radar", "telescope"],
    ]
    assert [one["id"] for one in tasks["seen.orbiter"].fragment["sensors"]] == ["telescope", "watcher"]
    assert tasks["watch.moon"].inputs == ("orbit.orbiter",)
    assert len(tasks["fireballs.cneos"].fragment["sha256"]) == 64


def test_satellites_see_what_their_footprints_add_up_to(run: Path) -> None:
    columns = read_table(run / "tables" / "watch.earth.parquet").columns
    number = float(np.sum(columns["number"] * columns["area"]))
    ring = 3.0 * float(cap_share(footprint(35_786e3, 0.0)))
    # two on the eccentric orbit see between the cap of its perigee and that of its apogee
    low, high = (2.0 * float(cap_share(footprint(height, 0.0))) for height in (24_400e3, 47_200e3))
    assert ring + low < number < ring + high
    bands = read_table(run / "tables" / "watch-bands.earth.parquet").columns
    assert np.all(bands["share_1"] >= bands["share_2"] - 1e-12)
    south, north = bands["share_1"][0], bands["share_1"][-1]
    assert south > north  # the poles are seen by the eccentric ones alone, which dwell over the south
    assert facts(run, "watch.earth")["shares"][0] > 0.9


def test_the_radar_sees_its_circle_of_the_shell(run: Path) -> None:
    columns = read_table(run / "tables" / "watch.shell.parquet").columns
    seen = np.degrees(columns["latitude"][columns["share_1"] == 1.0])
    assert seen.size and abs(float(np.mean(seen)) - 40.0) < 6.0


def test_who_sees_the_protected_craft_is_told_with_each_demand(run: Path) -> None:
    told = facts(run, "seen.orbiter")
    names = [row["name"] for row in told["rows"]]
    assert names == ["telescope", "watcher, GEO 60.0 E"]
    assert told["fraction"] >= max(row["fraction"] for row in told["rows"])
    assert {"lit", "bright", "moon", "elevation", "night"} <= set(told["rows"][0]["demands"])
    assert told["rows"][1]["fraction"] > 0.3


def test_fireballs_are_counted_and_shown(run: Path) -> None:
    told = facts(run, "fireballs.cneos")
    assert told["events"] == 90 and told["slope_interval"][0] < told["slope"] < told["slope_interval"][1]
    ring = told["detection"]["rows"][0]
    assert ring["name"] == "Ring of three" and ring["shares"][0]["share"] > 0.9


def test_the_page_shows_maps_tables_and_no_gaps_of_numbers(run: Path) -> None:
    page = (run / "report.html").read_text()
    begin = page.index('id="sensors"')
    part = page[begin : page.find("<section", begin)]
    for words in ("Coverage of the Earth", "Coverage of the Moon", "a shell 800 km", "Sight of protected", "Fireballs"):
        assert words in part
    for name in ("watch-number-earth", "watch-stereo_share-earth", "watch-latitude-moon", "fireballs-cneos"):
        assert f'data-plot="{name}"' in part
    assert not re.search(r"\bnan\b|\binf\b", part, re.IGNORECASE)


def test_altitudes_of_patterns_count_from_the_mean_radius() -> None:
    orbit = {
        "kind": "walker", "center": "EARTH", "altitude": 1e6, "inclination": 1.0, "satellites": 2, "planes": 1,
        "phasing": 0, "pattern": "delta",
    }  # fmt: skip
    assert constellation_of(orbit).semi_major_axis == pytest.approx(7_371_008.4)


def test_too_few_fireballs_are_a_warning_and_no_failure(scenario: Path, tmp_path: Path) -> None:
    lines = (scenario.parent / "fireballs.csv").read_text().splitlines(keepends=True)
    (tmp_path / "fireballs.csv").write_text("".join(lines[:10]))
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO)
    tasks = make_plan(load_scenario(path).scenario)
    task = next(task for task in tasks if task.id == "fireballs.cneos")
    output = task.resolve()(TaskInputs(task, DataContext.installed(), {}, tmp_path))
    assert not output.tables and "no rates of fireballs" in output.warnings[0] and "too few" in output.warnings[0]
