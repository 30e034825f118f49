"""Authority: published figures, stoichiometric limits, and the least energy by physics."""

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.station.oxygen_plants import (
    CASES,
    KILOWATT_HOUR,
    OXYGEN_OF_ILMENITE,
    OXYGEN_PLANTS,
    Spread,
    oxygen_energy,
    oxygen_per_energy,
    oxygen_plant,
    oxygen_yield,
    plant_named,
)
from moonstead.station.substances import REGOLITH_OXYGEN
from moonstead.station.water_plants import (
    MODELLED,
    REFERENCE_ICE,
    excavation_energy,
    excavators,
    ice_water_energy,
    ice_water_least_energy,
    water_plant,
)


@pytest.mark.parametrize("name", OXYGEN_PLANTS)
@pytest.mark.parametrize("case", CASES)
def test_every_plant_balances_and_keeps_below_the_oxygen_of_the_ground(name, case):
    recipe = oxygen_plant(name, case=case)
    assert max(abs(mass) for mass in recipe.imbalance().values()) < 1e-9 * recipe.inputs["regolith"]
    assert 1.0 / recipe.inputs["regolith"] <= REGOLITH_OXYGEN
    assert recipe.outputs["oxygen"] == 1.0 and recipe.kind == "in-situ"


def test_hydrogen_reduction_at_ten_percent_is_as_published():
    # Leger et al. (2025), PNAS 122, e2306146122: 24.3 +- 5.8 kWh/kg
    energy = oxygen_energy(plant_named("hydrogen-reduction"))
    assert [value / KILOWATT_HOUR for value in (energy.low, energy.nominal, energy.high)] == pytest.approx(
        [18.5, 24.3, 30.1]
    )
    assert oxygen_yield(plant_named("hydrogen-reduction"), 1.0).high <= OXYGEN_OF_ILMENITE


def test_a_poor_grade_costs_more_ground_and_energy():
    plant = plant_named("hydrogen-reduction")
    rich, poor = oxygen_energy(plant, 0.10).nominal, oxygen_energy(plant, 0.01).nominal
    assert poor == pytest.approx(rich * (1.0 - plant.feed_share + 10.0 * plant.feed_share))
    assert oxygen_yield(plant, 0.01).nominal == pytest.approx(0.1 * oxygen_yield(plant, 0.10).nominal)
    assert oxygen_per_energy(plant, 0.01).nominal == pytest.approx(1.0 / poor)


def test_cases_run_from_much_need_to_little():
    for name in OXYGEN_PLANTS:
        needs = [oxygen_plant(name, case=case) for case in CASES]
        assert needs[0].energy >= needs[1].energy >= needs[2].energy
        assert needs[0].inputs["regolith"] >= needs[1].inputs["regolith"] >= needs[2].inputs["regolith"]


def test_heat_of_mirrors_does_not_burden_the_bus():
    plant = plant_named("carbothermal")
    assert oxygen_plant("carbothermal", solar_heat=True).energy == pytest.approx(0.18 * plant.energy.nominal)


def test_every_figure_says_where_it_comes_from():
    for plant in OXYGEN_PLANTS.values():
        assert plant.source and plant.maturity and plant.feedstock
        assert plant.verified or "unverified" in plant.source


def test_the_least_energy_of_ice_agrees_with_published_models():
    # published models of water from ice give 1.3 to 2.7 kWh/kg; 5 % of ice heated by 150 K gives 1.33
    least = ice_water_least_energy(REFERENCE_ICE)
    assert MODELLED.low * 0.98 <= least <= MODELLED.high
    assert ice_water_least_energy(0.01) > 2.5 * least


def test_water_from_ice_balances_and_needs_more_ground_where_it_is_poor():
    rich, poor = water_plant(0.10), water_plant(0.02)
    for recipe in (rich, poor):
        assert max(abs(mass) for mass in recipe.imbalance().values()) < 1e-9 * sum(recipe.inputs.values())
    assert poor.inputs["ice-bearing-regolith"] == pytest.approx(5.0 * rich.inputs["ice-bearing-regolith"])
    assert poor.energy > rich.energy
    spread = ice_water_energy(REFERENCE_ICE)
    assert spread.low / KILOWATT_HOUR == pytest.approx(1.3) and spread.high / KILOWATT_HOUR == pytest.approx(44.0)


def test_digging_is_counted_in_machines():
    assert excavators(10_000.0 / (5 * 86_400.0)) == pytest.approx(1.0)
    assert excavation_energy(2.0).nominal == pytest.approx(2.0 * 1.4 * 3600.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Spread(2.0, 1.0, 3.0), "rises from low"),
        (lambda: Spread(1.0, 1.0, 1.0).at("best"), "a case is one of"),
        (lambda: plant_named("magic"), "is not known"),
        (lambda: oxygen_plant("carbothermal", grade=0.1), "takes any regolith"),
        (lambda: oxygen_plant("hydrogen-reduction", grade=0.0), r"\(0, 1\]"),
        (lambda: oxygen_plant("hydrogen-reduction", case="best"), "a case is one of"),
        (lambda: water_plant(0.0), "ice fraction"),
        (lambda: water_plant(1.0), "ice fraction"),
        (lambda: ice_water_least_energy(0.05, 300.0, 250.0), "above that of the ground"),
        (lambda: excavation_energy(-1.0), "must not be negative"),
        (lambda: excavators(-1.0), "must not be negative"),
    ],
)
def test_impossible_plants_are_refused(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()
