"""Authority: arithmetic of days and kilograms, and the probability of independent failures by hand."""

import itertools

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.station.crew import CrewStay, metabolism
from moonstead.station.logistics.lost_launch import (
    DAY,
    MissionRole,
    SiteSupply,
    fallen_missions,
    loss_effect,
    supply_chance,
)
from moonstead.station.stores import Delivery, Store
from moonstead.station.substances import substance_named

STEP = DAY / 12.0  # [s] a store runs dry somewhere inside a step; people eat evenly, so a day holds it well
ROUNDING = 1e-12


def supply(food=20.0, stays=None):
    tdb = np.arange(0.0, 100.0 * DAY + 1.0, STEP)
    stores = (
        Store(substance_named("oxygen"), 500.0, 500.0),
        Store(substance_named("potable-water"), 2000.0, 2000.0),
        Store(substance_named("food"), 500.0, food),
    )
    stays = stays if stays is not None else (CrewStay("crew", 20.0 * DAY, 80.0 * DAY, 2),)
    return SiteSupply("hub", tdb, stores, tuple(stays), (), {})


def plan(success=1.0):
    return (
        MissionRole("cargo", 5.0 * DAY, success, (), (), (("hub", Delivery(10.0 * DAY, "food", 200.0)),)),
        MissionRole("lander", 8.0 * DAY, success),
        MissionRole("visit", 16.0 * DAY, success, ("lander",), ("crew",)),
    )


def test_without_a_loss_nobody_goes_short():
    effect = loss_effect(plan(), [], [supply()])
    assert effect.supplied and not effect.dry and not effect.cancelled and not effect.undelivered


def test_a_lost_cargo_empties_the_pantry_on_the_day_that_arithmetic_says():
    effect = loss_effect(plan(), ["cargo"], [supply()])
    per_day = 2 * metabolism().inputs["food"]
    dry = 20.0 + 20.0 / per_day  # [d]
    assert effect.undelivered == {"food": 200.0}
    found = next(one for one in effect.dry if one.substance == "food")
    assert found.start / DAY == pytest.approx(dry, abs=0.6)  # people eat in their waking hours
    assert found.after == pytest.approx(found.start - 5.0 * DAY)
    assert found.missing == pytest.approx(60.0 * per_day - 20.0, rel=0.01)  # their day is not quite the mean one
    more = loss_effect(plan(), ["cargo"], [supply(30.0)])
    assert found.missing - next(one for one in more.dry if one.substance == "food").missing == pytest.approx(10.0)
    assert [(one.crew, one.planned) for one in effect.evacuated] == [("crew", 80.0 * DAY)]
    assert effect.evacuated[0].by == found.start


def test_missions_that_need_a_lost_one_do_not_go_however_long_the_chain():
    chain = (MissionRole("a", 0.0), MissionRole("b", 1.0, needs=("a",)), MissionRole("c", 2.0, needs=("b",)))
    assert fallen_missions(chain, ["a"]) == ("b", "c")
    assert fallen_missions(chain, ["c"]) == ()
    effect = loss_effect(plan(), ["lander"], [supply()])
    assert effect.fallen == ("visit",) and effect.cancelled == ("crew",) and effect.supplied and not effect.dry
    with pytest.raises(InvalidInput, match="no mission is called 'cargoo'; there are cargo, lander, visit"):
        fallen_missions(plan(), ["cargoo"])


def test_the_chance_is_that_of_independent_failures_by_hand():
    chance = supply_chance(plan(0.9), [supply()])
    alone = 0.0
    stays = 0.0
    for cargo, lander, visit in itertools.product((True, False), repeat=3):
        probability = np.prod([0.9 if one else 0.1 for one in (cargo, lander, visit)])
        comes = lander and visit
        alone += probability * (cargo or not comes)
        stays += probability * (cargo and comes)
    assert chance.low == pytest.approx(alone, abs=ROUNDING) and chance.high == pytest.approx(alone, abs=ROUNDING)
    assert chance.crew_low["crew"] == pytest.approx(stays, abs=ROUNDING)


def test_what_was_not_looked_at_widens_the_interval():
    many = tuple(MissionRole(f"m{k}", 0.0, 0.7) for k in range(8))
    chance = supply_chance((*many, *plan(0.9)), [supply()])
    assert chance.low < chance.high and chance.low == pytest.approx(0.919, abs=0.919)
    true = 0.9 + 0.1 * (1.0 - 0.81)
    assert chance.low <= true <= chance.high


def test_the_stock_that_guards_a_loss_does_so():
    chance = supply_chance(plan(0.9), [supply()])
    wanted = chance.stock["hub", "food"]
    assert not loss_effect(plan(), ["cargo"], [supply(20.0 + wanted * 0.99)]).supplied
    assert loss_effect(plan(), ["cargo"], [supply(20.0 + wanted * 1.001)]).supplied
