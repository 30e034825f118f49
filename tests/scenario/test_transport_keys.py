"""What a scenario may say of vehicles, missions, legs and campaigns, and what it may not."""

from pathlib import Path

import pytest

from moonstead.scenario.load import load_scenario
from moonstead.scenario.missions import SupplyClass
from moonstead.scenario.problems import ScenarioError
from moonstead.station.imports import CLASSES_OF_SUPPLY

MISSIONS = Path(__file__).resolve().parents[1] / "run" / "missions.toml"
DAY = 86_400.0


def edited(tmp_path, old, new):
    text = MISSIONS.read_text()
    assert old in text
    path = tmp_path / "edited.toml"
    path.write_text(text.replace(old, new, 1))
    return path


def test_values_are_in_si():
    scenario = load_scenario(MISSIONS).scenario
    lander = scenario.transports[0]
    assert (lander.injected, lander.stages[0].dry, lander.stages[0].isp) == (27_000.0, 4_100.0, 314.0)
    assert lander.stages[0].boil_off == pytest.approx(1e-4 / DAY)
    assert scenario.legs[0].burns[0].delta_v == 850.0 and scenario.legs[0].origin == "tli"
    mission = scenario.missions[0]
    assert (mission.origin, mission.to, mission.cargo[0].mass) == ("earth", "hub", 250.0)
    assert not mission.comes_back and mission.window[0] == mission.window[1]
    assert scenario.missions[2].comes_back


def test_classes_are_those_of_the_library():
    assert SupplyClass.__args__ == tuple(CLASSES_OF_SUPPLY.values())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('transport = "cargo-lander"', 'transport = "cargo-landr"', 'no vehicle is called "cargo-landr"'),
        ('to = "hub"', 'to = "hubb"', 'no orbit, site or spacecraft is called "hubb"'),
        ('partner = "cnsa"\nlauncher', 'partner = "cnas"\nlauncher', 'no partner is called "cnas"'),
        ('needs = ["cargo-1"]', 'needs = ["cargo-7"]', 'no mission is called "cargo-7"'),
        ('needs = ["cargo-1"]', 'needs = ["visit-1"]', "cannot wait for itself"),
        ('lander = "lander-1"', 'lander = "landr-1"', 'no mission is called "landr-1"'),
        ('crews = ["first"]', 'crews = ["frist"]', 'no crew is called "frist"'),
        (
            'to = "hub"\ndepart = 2035-01-20',
            'to = "llo"\ndepart = 2035-01-20',
            'stays at "hub", the mission goes to "llo"',
        ),
        ('substance = "food"', 'substance = "methane"', '"hub" has no store of methane'),
        ('class = "crew operations"', 'class = "crew operation"', "crew operations"),
        ('injected = "27 t"', 'injected = "4 t"', "its stages weigh 4100 kg dry, the launcher brings 4000 kg"),
        ('isp = "314 s"', "", "a stage with propellant needs its specific impulse"),
        ('boil_off = "0.01 %/day"', 'boil_off = "5 %/h"', "loses all of its propellant"),
        ('delta_v = "850 m/s"', 'delta_v = "850 m"', "speed"),
        ('mass = "250 kg" }', 'mass = "250 kg", class = "crew provisions" }', "a substance or of a class of supply"),
        ('from = "tli"', 'from = "llo"', "the leg ends where it starts"),
        ('rate = "400 kg/yr"', 'rate = "400 kg/yr"\nmass = "1 t"', "a demand is a mass or a rate"),
        ('fuel = "methalox"', 'fuel = "kerosene"', "methalox"),
    ],
)
def test_a_mistake_is_told_by_name(tmp_path, old, new, message):
    with pytest.raises(ScenarioError, match=message):
        load_scenario(edited(tmp_path, old, new))
