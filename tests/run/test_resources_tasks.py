"""Layers and deposits of a run: tables in SI, the report's page, changed files noticed, nothing missed without them."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from element_tables import write_grs_table, write_hydrogen_table
from moonstead.foundation.data import DataContext
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections.resources import section
from moonstead.run.preflight import examine
from moonstead.run.store import write_json
from moonstead.run.tables import write_table
from moonstead.run.task import TaskInputs
from moonstead.run.tasks.resources import plan
from moonstead.scenario.load import load_scenario, plain
from moonstead.surface.resources_deposit import Uncertain, deposit_yield
from pgda_tiles import write_geotiff

TEXT = """title = "Resources"
start = 2035-01-01T00:00:00Z
stop = 2035-01-03T00:00:00Z

[[site]]
id = "rim"
latitude = "-89.45 deg"
longitude = "222.69 deg"

[[site]]
id = "procellarum"
name = "Procellarum"
latitude = "10 deg"
longitude = "-40 deg"

[[resource_layer]]
id = "elements"
file = "lpgrs_high1_elem_abundance_5deg.tab"

[[resource_layer]]
id = "hydrogen"
file = "hydrogenhd.txt"

[[deposit]]
id = "soil"
name = "Soil at the rim"
site = "rim"
resource = "oxygen"
grade = "3 %"
grade_spread = "50 %"
recovery = "60 %"
process_energy = "24.3 kWh/kg"
process_energy_spread = "27 %"
excavation_energy = "0.5 kWh/t"
mass_moved = "100 t"
"""


@pytest.fixture
def scenario(tmp_path):
    write_grs_table(tmp_path, 5, lambda latitude, _: 1.0 if latitude < -60.0 else 8.0)
    write_hydrogen_table(tmp_path, hydrogen=lambda latitude, _: 147.0 if latitude < -80.0 else 50.0)
    path = tmp_path / "resources.toml"
    path.write_text(TEXT)
    return path


def resource_tasks(path):
    return plan(load_scenario(path).scenario)


def outputs(path, folder):
    data = DataContext.installed()
    return {task.id: task.resolve()(TaskInputs(task, data, {}, folder)) for task in resource_tasks(path)}


def run_folder(path, folder):
    """As much of a run folder as the page reads."""
    (folder / "tables").mkdir()
    found = outputs(path, folder)
    for output in found.values():
        for table in output.tables:
            write_table(table, folder / "tables")
    tasks = [{"id": name, "facts": dict(output.facts)} for name, output in found.items()]
    write_json(folder / "manifest.json", {"scenario": plain(load_scenario(path).scenario), "tasks": tasks})
    write_json(folder / "summary.json", {"figures": []})
    return RunFolder.open(folder)


def test_deposits_give_what_the_library_gives(scenario, tmp_path):
    output = outputs(scenario, tmp_path)["deposit.soil"]
    expected = deposit_yield(Uncertain(0.03, 0.5), Uncertain(0.6), Uncertain(24.3 * 3.6e6, 0.27), Uncertain(1.8e3), 1e5)
    (table,) = output.tables
    rows = dict(zip(table.columns["quantity"], range(len(table)), strict=True))
    assert table.columns["median"][rows["product per energy"]] == pytest.approx(expected.per_energy.median)
    assert table.columns["high"][rows["product"]] == pytest.approx(expected.product.high)
    assert [figure.unit for figure in output.figures] == ["kg/kWh", "kg/t"]
    assert output.figures[0].value == pytest.approx(expected.per_energy.median * 3.6e6)


def test_layers_give_their_values_at_every_site_and_what_follows(scenario, tmp_path):
    found = outputs(scenario, tmp_path)
    columns = found["resource.elements"].tables[0].columns
    at = {
        (site, quantity): k for k, (site, quantity) in enumerate(zip(columns["site"], columns["quantity"], strict=True))
    }
    assert columns["value"][at["rim", "Th"]] == pytest.approx(1e-6)
    assert columns["value"][at["procellarum", "Th"]] == pytest.approx(8e-6)
    rare = at["procellarum", "rare earths and Y"]
    assert columns["low"][rare] < columns["value"][rare] < columns["high"][rare]
    assert "KREEP" in columns["how"][rare]
    hydrogen = found["resource.hydrogen"]
    assert hydrogen.facts["simulated"]
    water = list(hydrogen.tables[0].columns["quantity"]).index("water")
    assert hydrogen.tables[0].columns["value"][water] == pytest.approx(147e-6 * 8.937, rel=1e-3)
    assert found["resource.elements"].models == ("lunar-prospector", "kreep")


def test_a_changed_file_makes_a_new_key(scenario):
    def key():
        return {task.id: task.key({}, {}, "code") for task in resource_tasks(scenario)}

    before = key()
    write_hydrogen_table(scenario.parent, hydrogen=lambda *_: 60.0)
    after = key()
    assert {name for name in before if before[name] != after[name]} == {"resource.hydrogen"}


def test_the_page_shows_intervals_units_and_the_caution(scenario, tmp_path):
    page = section(run_folder(scenario, tmp_path)).body
    words = re.sub(r"<[^>]+>", " ", page)
    assert "Soil at the rim" in words
    assert re.search(r"18\.0 \(9\.\d+ to 3\d\.\d\)", words)  # kg of oxygen for a tonne
    assert "8.00 ppm ± 0.200 ppm" in words
    assert "no ore map" in words
    assert "simulated, not measured" in words
    assert "process energy" in words
    assert "nan" not in words.lower().split()


def test_without_spreads_nothing_is_blamed(scenario, tmp_path):
    text = re.sub(r"\n\w+_spread = .*", "", TEXT)
    scenario.write_text(text)
    words = re.sub(r"<[^>]+>", " ", section(run_folder(scenario, tmp_path)).body)
    assert "no spread was given" in words
    assert "18.0 (" not in words


def test_a_scenario_without_resources_has_no_page_and_no_task(tmp_path):
    path = tmp_path / "bare.toml"
    path.write_text(TEXT.split("[[resource_layer]]")[0])
    assert resource_tasks(path) == []
    assert section(run_folder(path, tmp_path)) is None


def test_a_site_outside_a_map_shows_a_dash(tmp_path):
    pytest.importorskip("rasterio", reason="the extra geo is not installed")
    write_geotiff(tmp_path / "ice.tif", np.full((90, 90), 2.0), 1000.0, unit="percent")
    path = tmp_path / "ice.toml"
    head = TEXT.split("[[resource_layer]]")[0]
    path.write_text(head + '[[resource_layer]]\nid = "ice"\nfile = "ice.tif"\nquantity = "ice"\n')
    words = " ".join(re.sub(r"<[^>]+>", " ", section(run_folder(path, tmp_path)).body).split())
    assert "ice 2.00 % –" in words


@pytest.mark.parametrize(
    ("change", "message", "line"),
    [
        (lambda folder: (folder / "hydrogenhd.txt").unlink(), "there is no file", 22),
        (
            lambda folder: (folder / "hydrogenhd.txt").write_text("hello"),
            "line 1: not all columns are finite numbers",
            22,
        ),
    ],
)
def test_a_layer_that_cannot_be_read_is_told_with_its_line(scenario, change, message, line):
    loaded = load_scenario(scenario)
    change(scenario.parent)
    problems = [each for each in examine(loaded, DataContext.installed()) if message in each.message]
    assert [each.line for each in problems] == [line]


def test_facts_are_plain_values(scenario, tmp_path):
    for output in outputs(scenario, tmp_path).values():
        json.dumps(dict(output.facts), allow_nan=False)
