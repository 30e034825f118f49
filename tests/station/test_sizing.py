"""Authority: the closed form of one night, and the definition of "smallest" itself."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.battery import Battery
from moonstead.station.ledger import power_ledger
from moonstead.station.loads import Load
from moonstead.station.sizing import SIZING_TOLERANCE, smallest_battery

HOUR = 3600.0
KWH = 3.6e6  # [J]
TDB = np.arange(0.0, 60.0) * HOUR
NIGHT = np.where(
    (TDB > 9.5 * HOUR) & (TDB < 20.5 * HOUR), 0.0, 1.0
)  # dark from 10 h to 20 h, with a ramp of 1 h on each side
BATTERY = Battery(1.0, charge_efficiency=0.95, discharge_efficiency=0.9, least_charge=0.25)


def test_one_night_needs_its_energy_over_efficiency_and_depth():
    # the ramps give half of the power for one hour each: 10 h without Sun and 2 h at 50 % of the generation
    size = smallest_battery(TDB, {"pv": 1e4 * NIGHT}, NIGHT, [Load("x", 6e3)], BATTERY)
    needed = (10 * 6.0 + 2 * 1.0) * KWH / 0.9 / 0.75
    assert size.too_small <= needed <= size.capacity * (1 + 1e-12)
    assert size.capacity == pytest.approx(needed, rel=2 * SIZING_TOLERANCE)
    assert not size.ledger.shortages and size.ledger.summary().recovered
    assert "into a night of" in size.deciding
    assert size.ledger.summary().longest_night_bridged == size.ledger.summary().longest_night > 0.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=8, max_size=30), st.floats(100.0, 8e3), st.floats(0.3, 1.0))
def test_the_answer_serves_all_and_a_little_less_does_not(sun, power, reserve):
    sun = np.array([1.0, *sun])
    tdb = np.arange(sun.size) * HOUR
    loads = [Load("a", power), Load("b", 500.0, priority=2, reserve=0.3 * reserve)]
    size = smallest_battery(tdb, {"pv": 8e3 * sun}, sun, loads, BATTERY)
    assert not size.ledger.shortages
    assert size.capacity - size.too_small <= SIZING_TOLERANCE * size.capacity
    if size.capacity > 0.0:
        smaller = dataclasses.replace(BATTERY, capacity=size.too_small)
        assert power_ledger(tdb, {"pv": 8e3 * sun}, sun, loads, smaller).shortages


def test_a_reactor_that_covers_all_needs_no_battery():
    size = smallest_battery(TDB, {"fission": np.full(TDB.size, 6e3)}, NIGHT, [Load("x", 6e3)], BATTERY)
    assert size.capacity == 0.0 and size.deciding == ""


def test_a_weak_discharge_limit_is_named():
    weak = dataclasses.replace(BATTERY, discharge_limit=1e3)
    with pytest.raises(NumericalFailure, match="discharge limit"):
        smallest_battery(TDB, {"pv": 1e4 * NIGHT}, NIGHT, [Load("x", 6e3)], weak)


def test_a_meaningless_tolerance_is_refused():
    with pytest.raises(InvalidInput, match="tolerance"):
        smallest_battery(TDB, {"pv": NIGHT}, NIGHT, [], BATTERY, tolerance=0.0)
