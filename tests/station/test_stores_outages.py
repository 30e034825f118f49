"""Authority: small networks whose chain of causes is known beforehand; sums of SpaceNet."""

import json

import numpy as np
import pytest

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.imports import SUBSTANCE_CLASS, crew_supply, net_need, station_imports
from moonstead.station.life_support import water_electrolysis
from moonstead.station.network import stores_ledger
from moonstead.station.oxygen_plants import oxygen_plant
from moonstead.station.processes import Process, Recipe
from moonstead.station.stores import Delivery, Store
from moonstead.station.stores_outages import first_dry, store_outages
from moonstead.station.substances import SUBSTANCES, substance_named

HOUR = 3600.0
DAY = SECONDS_PER_DAY


def store(name, capacity, initial=0.0, **options):
    return Store(substance_named(name), capacity, initial, **options)


def crew(kilograms_per_day):
    recipe = Recipe("breath", {"oxygen": 1.0}, {}, {"oxygen": 1.0}, kind="consumer")
    return Process("crew", recipe, kilograms_per_day / DAY, 1)


def plant(kilograms_per_day, **options):
    return Process("plant", oxygen_plant("molten-regolith-electrolysis"), kilograms_per_day / DAY, 5, **options)


def test_a_night_without_power_is_found_behind_the_empty_store():
    # 2 kg in store, 2 kg a day used, 3 kg a day made by day: a night of 3 days empties the store after 36 h
    tdb = np.arange(0.0, 10 * DAY + 1.0, HOUR)
    power = np.ones(tdb.size - 1)
    power[5 * 24 : 8 * 24] = 0.0
    ledger = stores_ledger(
        tdb, [store("oxygen", 3.0, 2.0)], [crew(2.0), plant(3.0, facility="smelter")], power_share={"plant": power}
    )
    outages = store_outages(ledger)
    idle, short = outages
    assert (idle.what, idle.cause, idle.reference) == ("plant", "no power", "smelter")
    assert idle.start == 5 * DAY and idle.stop == 8 * DAY
    assert (short.what, short.cause, short.reference) == ("crew", "store empty", "oxygen")
    assert short.start == pytest.approx(6.5 * DAY, abs=HOUR) and short.stop == 8 * DAY
    assert short.missing == pytest.approx(3.0, abs=0.1)
    assert [link.reason for link in short.chain] == ["store empty", "no power"]
    assert short.chain[1].reference == "smelter" and short.chain[1].start == 5 * DAY
    assert "crew found no oxygen <- plant had no power from smelter" in short.text
    assert first_dry(ledger, outages) == {"oxygen": short}


def test_the_moment_of_want_is_exact_within_its_step():
    ledger = stores_ledger(np.arange(4) * DAY, [store("oxygen", 3.0, 2.5)], [crew(2.0)])
    (outage,) = store_outages(ledger)
    assert outage.start == pytest.approx(1.25 * DAY) and outage.missing == pytest.approx(3.5)
    assert [link.reason for link in outage.chain] == ["store empty", "no delivery"]


def test_the_chain_runs_through_the_plant_to_its_own_store():
    stores = [store("oxygen", 5.0, 1.0), store("potable-water", 20.0, 3.0), store("hydrogen", 9.0, when_full="vent")]
    split = Process("electrolysis", water_electrolysis(), 4.0 / DAY, 3)
    ledger = stores_ledger(np.arange(10) * DAY / 4, stores, [crew(2.0), split])
    (outage,) = store_outages(ledger)
    chain = [(link.what, link.reason, link.reference) for link in outage.chain]
    assert chain[:2] == [("crew", "store empty", "oxygen"), ("electrolysis", "store empty", "potable-water")]
    assert chain[2][1] == "no delivery" and "nothing fills the store of potable-water" in outage.text


def test_a_plant_that_does_what_it_can_is_too_slow():
    ledger = stores_ledger(np.arange(20) * DAY, [store("oxygen", 5.0, 4.0)], [crew(2.0), plant(1.5)])
    (outage,) = store_outages(ledger)
    assert outage.chain[-1].reason == "too slow" and outage.chain[-1].reference == "plant"


def test_outages_apart_by_less_than_the_bridge_are_one():
    power = np.array([0.0, 1.0, 0.0, 1.0])
    ledger = stores_ledger(np.arange(5) * HOUR, [store("oxygen", 5.0)], [plant(1.0)], power_share={"plant": power})
    assert len(store_outages(ledger)) == 2
    assert len(store_outages(ledger, bridge=HOUR)) == 1


def test_a_plant_that_waits_is_no_outage():
    ledger = stores_ledger(np.arange(5) * HOUR, [store("oxygen", 0.01)], [plant(1.0)])
    assert store_outages(ledger) == ()


@pytest.mark.truth
def test_supplies_of_a_person_add_up_as_in_spacenet(shared_data, validation):
    known = json.loads((shared_data / "station" / "logistics_reference.json").read_text())
    rates = known["crew_rates_kg_per_crew_day"]
    by_hand = rates["water_before_recovery"] * (1.0 - rates["water_recovery_fraction"])
    by_hand += rates["clothing"] / rates["clothing_lifetime_days"]
    names = (
        "food_support",
        "food_ambient",
        "food_rf",
        "oxygen",
        "nitrogen",
        "hygiene",
        "trash_bags",
        "waste_containment",
    )
    by_hand += sum(rates[name] for name in names)
    validation(
        capability="Imports",
        quantity="supplies of a person and day",
        authority="SpaceNet 2.5r2: 11.55 kg",
        error=abs(sum(crew_supply().values()) - by_hand),
        unit="kg",
        tolerance=1e-4,  # the file prints five digits
        cases=len(crew_supply()),
    )
    assert sum(crew_supply().values()) == pytest.approx(11.55, abs=0.005)


def ledgers(**options):
    made = {}
    for case, use in (("low", 1.6), ("nominal", 2.0), ("high", 2.4)):
        stores = [store("oxygen", 50.0, 10.0), store("food", 90.0, 90.0)]
        made[case] = stores_ledger(np.arange(11) * DAY, stores, [crew(use)], supplied=True, **options)
    return made


def test_imports_are_what_was_short_or_drawn_down():
    made = ledgers()
    assert net_need(made["nominal"])["oxygen"] == pytest.approx(20.0)
    found = station_imports(made, person_days=20.0, eva_person_hours=8.0, arrivals=(2,), dry_mass=1000.0)
    oxygen = found.by_substance["oxygen"]
    assert (oxygen.low, oxygen.nominal, oxygen.high) == pytest.approx((16.0, 20.0, 24.0))
    provisions = 20.0 + 20.0 * (0.27778 + 2.3 / 4.0)
    assert found.by_class[2].nominal == pytest.approx(provisions)
    assert found.by_class[3].nominal == pytest.approx(2 * 128.9 + 65.0 + 8.0 * 0.3625)
    assert found.by_class[4].nominal == pytest.approx(1000.0 * 0.05 * 10.0 / 365.25)
    assert found.by_class[7].nominal == pytest.approx(2.0)
    packed = sum(found.by_class[key].nominal for key in (2, 3, 4, 7))
    assert found.by_class[5].nominal == pytest.approx(0.2 * packed)
    assert found.total.low <= found.total.nominal <= found.total.high
    assert found.per_year.nominal == pytest.approx(found.total.nominal * 36.525)


def test_what_is_delivered_is_an_import_too():
    made = ledgers(deliveries=[Delivery(0.0, "oxygen", 30.0)])
    assert net_need(made["nominal"])["oxygen"] == pytest.approx(20.0)


def test_a_surplus_is_no_import():
    ledger = stores_ledger(np.arange(3) * DAY, [store("oxygen", 50.0)], [plant(2.0)], supplied=True)
    assert net_need(ledger) == {"oxygen": 0.0}


def test_every_class_names_a_known_substance():
    assert set(SUBSTANCE_CLASS) <= set(SUBSTANCES)


def test_misuse_of_imports_is_told():
    made = ledgers()
    with pytest.raises(InvalidInput, match="high is missing"):
        station_imports({k: made[k] for k in ("low", "nominal")}, person_days=1.0)
    with pytest.raises(InvalidInput, match="must not be negative"):
        station_imports(made, person_days=-1.0)
    other = stores_ledger(np.arange(3) * DAY, [store("oxygen", 50.0)], [], supplied=True)
    with pytest.raises(InvalidInput, match="same span"):
        station_imports(made | {"low": other}, person_days=1.0)
    with pytest.raises(InvalidInput, match="no store holds food"):
        other.index("food")
    with pytest.raises(InvalidInput, match="no process 'crew'"):
        other.units("crew")
