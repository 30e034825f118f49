"""Monitoring that is refused before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from moonstead.run.preflight_monitoring import monitoring_problems
from moonstead.scenario.load import load_scenario

FOLDER = Path(__file__).parent
GOOD = (FOLDER / "monitoring.toml").read_text()
OBJECTS = (FOLDER / "monitoring_objects.csv").read_text()


@pytest.fixture
def told(tmp_path):
    def of(scenario=GOOD, objects=OBJECTS):
        (tmp_path / "monitoring_objects.csv").write_text(objects)
        file = tmp_path / "changed.toml"
        file.write_text(scenario)
        return [str(problem.message) for problem in monitoring_problems(load_scenario(file))]

    return of


def test_a_good_scenario_has_no_problems(told):
    assert told() == []


def test_objects_that_the_catalogue_does_not_have_are_told(told):
    assert "no object 900001" in told(objects=OBJECTS.replace("900001", "900009"))[0]


def test_files_that_are_not_there_or_hold_something_else_are_told(told):
    more = 'duration = "12 h"\nspace_weather = "SW.csv"\nhistories = ["no.tle", "monitoring_objects.csv"]'
    messages = told(GOOD.replace('duration = "12 h"', more))
    assert "no file" in messages[0] and "SW.csv" in messages[0]
    assert "no.tle" in messages[1]
    assert "sets of 4 objects" in messages[2]
    assert "neither two-line" in told(objects="once upon a time")[0]
    assert "no file or store" in told(GOOD.replace("monitoring_objects.csv", "nothing.csv"))[0]


def test_the_shipped_scenario_of_a_day_finds_its_files_and_objects(shared_data):
    del shared_data  # its files are named in the scenario, by paths from its folder
    loaded = load_scenario(FOLDER.parents[1] / "scenarios" / "monitoring-day.toml")
    assert list(monitoring_problems(loaded)) == []


def test_a_store_is_a_catalogue_too(told, tmp_path):
    from moonstead.formats.mean_elements_file import read_mean_elements
    from moonstead.monitoring.catalogue.store import CatalogueStore

    store = CatalogueStore(tmp_path / "store", create=True)
    store.add_elements(read_mean_elements(FOLDER / "monitoring_objects.csv").require_clean())
    assert told(GOOD.replace("monitoring_objects.csv", "store")) == []
    (tmp_path / "folder").mkdir()
    assert "no store" in told(GOOD.replace("monitoring_objects.csv", "folder"))[0]
