"""What a scenario may say of crews, stores, processes and deliveries, and what it may not."""

from pathlib import Path

import pytest

from moonstead.run.site_stores_facts import IN_SITU
from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError
from moonstead.scenario.stores import GRADED, Amount, Process, RecipeName, Store
from moonstead.station.oxygen_plants import OXYGEN_PLANTS
from moonstead.station.processes_named import RECIPE_NAMES
from moonstead.station.substances import SUBSTANCES

STORES = Path(__file__).resolve().parents[1] / "run" / "stores.toml"
DAY = 86_400.0


def edited(tmp_path, old, new):
    text = STORES.read_text()
    assert old in text
    path = tmp_path / "edited.toml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_values_are_in_si():
    scenario = load_scenario(STORES).scenario
    store, plant, cabin = scenario.stores[0], scenario.processes[1], scenario.processes[3]
    assert (store.capacity, store.initial) == (100.0, 20.0)
    assert store.loss == pytest.approx(1e-3 / DAY)
    assert plant.rate == pytest.approx(30.0 / DAY)
    assert cabin.volume == 80.0
    assert scenario.processes[2].start_up == 6 * 3600.0
    assert scenario.crews[0].number == 3 and scenario.deliveries[0].mass == 25.0


def test_words_are_those_of_the_library():
    names = set(Store.model_fields["substance"].annotation.__args__)
    assert names == {*SUBSTANCES, "ice-bearing-regolith"}
    assert Amount.model_fields["substance"].annotation.__args__ == Store.model_fields["substance"].annotation.__args__
    assert set(RecipeName.__args__) == set(RECIPE_NAMES)
    assert set(GRADED) == {name for name, one in OXYGEN_PLANTS.items() if one.grade} | {"water-from-ice"}
    assert set(IN_SITU) == {*OXYGEN_PLANTS, "water-from-ice"}
    assert Process.model_fields["recipe"].default is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("until = 2035-01-13T12:00:00Z", "until = 2035-01-02T12:00:00Z", "`until` is not after `since`"),
        ("number = 3", "number = 1", "2 of 1 people cannot go outside"),
        ("number = 3", 'number = 3\nsleep = "20 h"', "more than a day"),
        ("number = 3", 'number = 3\nsleep = "30 h"', "out of range"),
        ('initial = "20 kg"', 'initial = "120 kg"', "starts with 120 kg and holds 100 kg"),
        ('loss = "0.1 %/day"', 'loss = "5 %/h"', "loses all that it holds"),
        ('substance = "oxygen"', 'substance = "oxygenn"', "oxygen"),
        ('rate = "20 kg/day"', 'rate = "20 kg"', "mass rate"),
        ('recipe = "condensation"\nrate = "20 kg/day"', 'recipe = "condensation"', "needs a rate or a facility"),
        ('recipe = "condensation"', "", "needs a recipe"),
        ('recipe = "condensation"', 'recipe = "condensation"\ngrade = "5 %"', "means nothing to condensation"),
        ('recipe = "condensation"', 'recipe = "condensation"\nvolume = "5 m3"', "belongs to cabin-leak"),
        ('volume = "80 m3"\n', "", "needs `volume`"),
        ('leak = "0.05 %/day"', 'leak = "5 %/h"', "loses all of its air"),
        ('facility = "smelter"', 'facility = "smelterr"', 'did you mean "smelter"'),
        ('id = "pantry"', 'id = "oxygen-tank"', "already names another store"),
        ('id = "water-plant"\nsite = "rim"', 'id = "water-plant"\nsite = "rm"', "no site is called"),
        ('substance = "food"\nmass = "25 kg"', 'substance = "methane"\nmass = "25 kg"', "no store of methane"),
        ('mass = "25 kg"\npartner = "us"', 'mass = "25 kg"\npartner = "them"', "no partner"),
    ],
)
def test_what_cannot_be_is_told(tmp_path, old, new, message):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(edited(tmp_path, old, new))
    assert message in str(caught.value)


def test_a_process_is_driven_from_its_own_site(tmp_path):
    other = '[[site]]\nid = "other"\nlatitude = "-88 deg"\nlongitude = "0 deg"\n\n[[crew]]'
    path = edited(tmp_path, "[[crew]]", other)
    text = path.read_text().replace('id = "oxygen-plant"\nsite = "rim"', 'id = "oxygen-plant"\nsite = "other"')
    path.write_text(text)
    with pytest.raises(ScenarioError, match='"smelter" stands at "rim"'):
        load_scenario(path)
