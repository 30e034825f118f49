"""Close approaches in a scenario. Authorities: the screening and the probability of the library, geometry of a page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.mean_elements_file import read_mean_elements
from moonstead.foundation.data import DataContext
from moonstead.monitoring.objects import Sgp4Objects
from moonstead.monitoring.probability.choose import choose
from moonstead.monitoring.probability.passages import assumed_encounter
from moonstead.monitoring.screening.screen import screen
from moonstead.report.html import number
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import monitoring_risks
from moonstead.run.engine import run_scenario
from moonstead.run.plan import make_plan
from moonstead.scenario.load import load_scenario

ERROR, GROWTH = np.array([100.0, 500.0, 100.0]), np.array([50.0, 1000.0, 50.0])  # [m], [m/d]: defaults of the scenario
DAY = 86_400.0
SCENARIO = """
title = "Who comes close"
start = 2026-07-20T00:00:00Z
stop = 2026-07-21T00:00:00Z

[[partner]]
id = "cnsa"
name = "China National Space Administration"

[monitoring]
catalogue = "monitoring_objects.csv"
distance = "10 km"
duration = "12 h"

[[protect]]
id = "station"
object = 900001
hard_body_radius = "60 m"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("conjunctions")
    shutil.copy(Path(__file__).parent / "monitoring_objects.csv", place)
    (place / "scenario.toml").write_text(SCENARIO)
    return place


@pytest.fixture(scope="module")
def run(folder):
    run_scenario(folder / "scenario.toml", folder / "run", data=DataContext.installed(), workers=1)
    return RunFolder.open(folder / "run")


@pytest.fixture(scope="module")
def columns(run):
    return run.table("conjunctions").columns


@pytest.fixture(scope="module")
def body(run):
    section = monitoring_risks.section(run)
    assert section is not None
    return section.body


def test_nothing_is_planned_where_nothing_can_meet(folder, tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(re.sub(r"catalogue = .*|\[\[protect\]\](.|\n)*", "", SCENARIO))
    assert not [task for task in make_plan(load_scenario(path).scenario) if task.id == "conjunctions"]


def test_every_passage_of_the_protected_object_is_a_row(run, columns, folder):
    objects = Sgp4Objects(read_mean_elements(folder / "monitoring_objects.csv").elements)
    row = objects.object_id.tolist().index(900001)
    found = screen(objects, columns["tdb"].min() - 1.0, columns["tdb"].max() + 1.0, 1e4, primaries=[row])
    assert len(found.encounters) == len(columns["tdb"]) == run.facts("conjunctions")["groups"][0]["passages"]
    np.testing.assert_allclose(np.sort(columns["tdb"]), np.sort(found.encounters.tdb_tca), atol=1e-3)
    np.testing.assert_allclose(np.sort(columns["miss"]), np.sort(found.encounters.miss_distance), atol=0.01)


def test_probabilities_fall_and_are_those_of_the_assumed_errors(columns, folder):
    assert np.all(np.diff(columns["pc"]) <= 0.0)
    elements = read_mean_elements(folder / "monitoring_objects.csv").elements
    objects = Sgp4Objects(elements)
    rows = [objects.object_id.tolist().index(columns[f"{which}_id"][0]) for which in ("first", "second")]
    states = objects.pair_states(rows, np.full(2, columns["tdb"][0]))[0]
    sigmas = [ERROR + GROWTH * abs(columns["tdb"][0] - elements.tdb[row]) / DAY for row in rows]
    chosen = choose(assumed_encounter(states[0], states[1], sigmas[0], sigmas[1], 65.0), samples=0)
    assert columns["hard_body_radius"][0] == 65.0  # 60 m of the station, 5 m of any other
    assert columns["pc"][0] == pytest.approx(chosen.pc, rel=1e-6)
    assert columns["pc_method"][0] == chosen.method


def test_the_plane_keeps_the_miss_of_fast_passages(columns):
    across = np.hypot(columns["miss_x"], columns["miss_y"])
    np.testing.assert_allclose(across, columns["miss"], rtol=1e-6)
    assert np.all(columns["sigma_major"] >= columns["sigma_minor"])


def test_the_list_tells_the_largest_probability_first(columns, body):
    assert number(float(columns["pc"][0])) in body and str(columns["tca_utc"][0]) in body
    assert body.index(number(float(columns["pc"][0]))) < body.index(number(float(columns["pc"][-1])))
    assert "are assumed" in body and "no warning" in body
    assert ">nan" not in re.sub(r"<script.*?</script>", "", body).lower()


def test_the_picture_has_ellipses_about_the_miss_and_the_hard_bodies_in_the_middle(columns, body):
    found = re.search(r'data-plot="encounter-1">(.*?)</script>', body)
    assert found is not None
    traces = json.loads(found.group(1))["data"]
    scale = 1e3 if "[km]" in found.group(1) else 1.0
    one = traces[0]
    middle = [0.5 * (max(one[axis]) + min(one[axis])) * scale for axis in ("x", "y")]
    assert middle == pytest.approx([columns["miss_x"][0], columns["miss_y"][0]], abs=2e-3 * columns["miss"][0])
    reach = np.hypot(np.array(one["x"]) * scale - middle[0], np.array(one["y"]) * scale - middle[1])
    assert reach.max() == pytest.approx(columns["sigma_major"][0], rel=0.01)
    assert max(traces[-1]["x"]) * scale == pytest.approx(columns["hard_body_radius"][0], rel=1e-3)
