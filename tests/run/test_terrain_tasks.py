"""Authority: the ground that the tile was filled from; the content of the file decides what is computed anew."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import pgda_tiles
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MissingData
from moonstead.foundation.map_projection import MapProjection
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections.sites import section
from moonstead.run.places import surface_point
from moonstead.run.preflight import examine
from moonstead.run.store import write_json
from moonstead.run.tables import write_table
from moonstead.run.task import TaskInputs
from moonstead.run.tasks.surface import draw_map, find_horizon, plan
from moonstead.scenario.load import load_scenario
from moonstead.surface.terrain import load_terrain

SOUTH = MapProjection("polar-stereographic", -0.5 * math.pi, 0.0, LUNAR_MAP_RADIUS)
PLACE = (math.radians(-88.80), math.radians(123.40))
TILE = "Site07_final_adj_5mpp_surf.tif"
SCENARIO = """
title = "A wall beside the mast"
start = 2035-01-01T00:00:00Z
stop = 2035-01-02T00:00:00Z

[[site]]
id = "hub"
latitude = "-88.80 deg"
longitude = "123.40 deg"
terrain = [{terrain}]
"""


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def write_tile(folder, wall):
    """Level ground at the height of the global grid, with a wall [m] 500 m to the right of the site; made up."""
    ground = float(load_terrain(DataContext.installed()).height(*PLACE))
    here = [float(a) for a in SOUTH.forward(*PLACE)]
    heights = np.full((401, 401), ground)
    heights[:, 250] += wall
    pgda_tiles.write_site_tile(folder, heights, here[0] - 2000.0, here[1] + 2000.0, site="Site07", spacing=10.0)
    return ground


@pytest.fixture
def scenario(tmp_path):
    pytest.importorskip("rasterio", reason="rasterio (extra geo) is not installed")

    def make(terrain):
        path = tmp_path / "walled.toml"
        path.write_text(SCENARIO.format(terrain=", ".join(f'"{layer}"' for layer in terrain)), encoding="utf-8")
        return load_scenario(path)

    return make


def output_of(task, function, data, folder):
    return function(TaskInputs(task, data, {}, folder))


def test_a_tile_beside_the_scenario_makes_map_and_skyline(scenario, data, tmp_path):
    ground = write_tile(tmp_path, 200.0)
    loaded = scenario([TILE, "lola-8ppd"])
    assert examine(loaded, data) == []
    tasks = {task.id.partition(".")[0]: task for task in plan(loaded.scenario)}
    drawn = output_of(tasks["map"], draw_map, data, tmp_path)
    assert drawn.facts["ground_height"] == pytest.approx(ground, abs=1e-3)
    assert drawn.facts["is_site_grade"]
    assert drawn.facts["caveat"] == ""
    assert drawn.facts["rings"][0]["level"] != drawn.facts["rings"][-1]["level"]
    assert [table.name for table in drawn.tables] == ["map.hub", "near-map.hub"]
    skyline = output_of(tasks["horizon"], find_horizon, data, tmp_path)
    columns = skyline.tables[0].columns
    ahead = (math.pi / 2.0 - PLACE[1]) % (2.0 * math.pi)  # the map's right, counted from north over east
    nearest = int(np.argmin(np.abs(columns["azimuth"] - ahead)))
    assert columns["elevation"][nearest] == pytest.approx(math.atan2(200.0, 500.0), abs=2e-3)
    assert columns["distance"][nearest] == pytest.approx(500.0, abs=5.0)
    assert "nested-terrain" in skyline.models
    point = surface_point(tasks["map"].fragment | {"mast": 3.0}, data)
    assert point.height == pytest.approx(ground + 3.0, abs=1e-3)
    assert "levels of terrain by distance" in page_of(drawn, skyline, loaded, tmp_path / "run")


def page_of(drawn, skyline, loaded, folder):
    """Section of the report from a folder that holds the two tasks."""
    from moonstead.scenario.load import plain

    (folder / "tables").mkdir(parents=True)
    for table in drawn.tables:
        write_table(table, folder / "tables")
    tasks = [{"id": "map.hub", "facts": dict(drawn.facts)}, {"id": "horizon.hub-0m", "facts": dict(skyline.facts)}]
    write_json(folder / "manifest.json", {"scenario": plain(loaded.scenario), "tasks": tasks})
    write_json(folder / "summary.json", {"figures": []})
    made = section(RunFolder.open(folder))
    assert made is not None
    return made.body


def test_what_is_computed_depends_on_the_content_of_the_file(scenario, tmp_path):
    keys = []
    for wall in (200.0, 200.0, 300.0):
        write_tile(tmp_path, wall)
        task = next(task for task in plan(scenario([TILE, "lola-8ppd"]).scenario) if task.id.startswith("horizon"))
        keys.append(task.key({}, {"lola-8ppd": "x"}, "code"))
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("terrain", "key", "message"),
    [
        (["Site99.tif", "lola-8ppd"], "site[0].terrain[0]", "there is no file"),
        ([TILE], "site[0].terrain", "has no far ring"),
        (["lola-8ppd", "lola-8ppd"], "site[0].terrain[1]", "named twice"),
        (["elsewhere.tif", "lola-8ppd"], "site[0].terrain[0]", 'does not hold the site "hub"'),
        (["walled.toml", "lola-8ppd"], "site[0].terrain[0]", "neither GeoTIFF"),
    ],
)
def test_terrain_that_cannot_be_used_is_told_with_its_key_and_line(terrain, key, message, scenario, data, tmp_path):
    write_tile(tmp_path, 0.0)
    pgda_tiles.write_geotiff(tmp_path / "elsewhere.tif", np.zeros((20, 20)), 10.0, 2e5, 2e5)
    (found,) = examine(scenario(terrain), data)
    assert found.key == key
    assert found.line == SCENARIO.splitlines().index("terrain = [{terrain}]") + 1
    assert message in found.message


def test_a_file_that_has_gone_is_missing_data(scenario, tmp_path):
    with pytest.raises(MissingData, match="no terrain file"):
        plan(scenario(["Site99.tif", "lola-8ppd"]).scenario)


def test_paths_start_from_the_folder_of_the_scenario(scenario, tmp_path):
    site = scenario([TILE, "lola-8ppd"]).scenario.sites[0]
    assert Path(site.terrain[0]) == tmp_path / TILE
    assert site.terrain[1] == "lola-8ppd"
