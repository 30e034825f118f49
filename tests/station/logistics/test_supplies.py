"""Authority: the rates of SpaceNet as shared, typed anew in the package."""

import json

import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.station.imports import CLASSES_OF_SUPPLY, SupplyRates, crew_supply
from moonstead.station.logistics.legs import SHIPPED_LEGS, SPACENET
from moonstead.station.logistics.supplies import EVA_OXYGEN, EVA_WATER, open_loop_supplies

EXACT = 1e-12  # [1] sums of a dozen typed numbers
PRINTED = 0.005  # [kg/d] the note prints 11.55


@pytest.fixture(scope="module")
def published(shared_data):
    return json.loads((shared_data / "station" / "logistics_reference.json").read_text())


@pytest.mark.truth
def test_a_person_and_day_takes_what_spacenet_says(published, validation):
    rates = published["crew_rates_kg_per_crew_day"]
    by_hand = rates["water_before_recovery"] * (1.0 - rates["water_recovery_fraction"])
    by_hand += rates["clothing"] / rates["clothing_lifetime_days"]
    daily = ("food_support", "food_ambient", "food_rf", "oxygen", "nitrogen", "hygiene", "trash_bags")
    by_hand += sum(rates[name] for name in (*daily, "waste_containment"))
    assert by_hand == pytest.approx(11.55, abs=PRINTED)
    ours = sum(crew_supply().values())
    validation(
        capability="Logistics",
        quantity="supplies of a person and day",
        authority="SpaceNet 2.5r2, default rates",
        error=abs(ours - by_hand),
        unit="kg/d",
        tolerance=EXACT,
        cases=11,
    )


def test_kits_and_work_outside_are_those_of_spacenet(published):
    kits, mission, outside = (published[key] for key in ("per_crew_kg", "per_mission_kg", "per_eva_hour_kg"))
    rates = SupplyRates()
    assert rates.per_person == pytest.approx(sum(kits.values()), rel=EXACT)
    assert rates.per_mission == pytest.approx(sum(mission.values()), rel=EXACT)
    assert (outside["water"], outside["oxygen"]) == (EVA_WATER, EVA_OXYGEN)
    assert rates.absorber_per_eva_hour == outside["lithium_hydroxide"]
    assert list(CLASSES_OF_SUPPLY.values()) == published["classes_of_supply"]


def test_classes_of_a_visit_sum_to_all_that_it_takes(published):
    found = open_loop_supplies(4, 30.0, eva_person_hours=100.0)
    rates, outside = SupplyRates(), published["per_eva_hour_kg"]
    total = 4 * 30.0 * sum(crew_supply().values()) + 4 * rates.per_person + rates.per_mission
    assert sum(found.values()) == pytest.approx(total + 100.0 * sum(outside.values()), rel=EXACT)
    assert set(found) == {2, 3, 7} and found[7] == pytest.approx(4 * 30.0 * 0.1)


def test_nobody_needs_nothing():
    assert sum(open_loop_supplies(0, 30.0).values()) == 0.0
    with pytest.raises(InvalidInput, match="must not be negative"):
        open_loop_supplies(1, -1.0)


def test_shipped_legs_are_the_published_edges(published):
    edges = {edge["name"]: edge for edge in published["edges"]}
    down = next(leg for leg in SHIPPED_LEGS if (leg.origin, leg.to) == ("llo", "surface"))
    home = next(leg for leg in SHIPPED_LEGS if (leg.origin, leg.to) == ("llo", "earth"))
    for leg, name in ((down, "lunar orbit to south pole"), (home, "lunar orbit to Earth splashdown")):
        assert [burn.delta_v for burn in leg.burns] == [float(value) for value in edges[name]["dv_m_s"]]
        assert leg.duration == edges[name]["days"] * 86_400.0 and leg.source == SPACENET
