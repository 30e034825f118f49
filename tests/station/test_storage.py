"""Authority: stoichiometry, the worked example of ASTM E1049-85, closed forms of the fading law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.station.battery import Battery
from moonstead.station.battery_ageing import COLDEST, XU_2018, capacity_share, in_the_cold, rainflow
from moonstead.station.fuel_cells import (
    ENERGY_OF_HYDROGEN,
    RegenerativeFuelCell,
    as_battery,
    fuel_cell_balance,
)
from moonstead.station.grid import Bus, Store
from moonstead.station.grid_ledger import grid_ledger
from moonstead.station.loads import Load

HOUR, YEAR = 3600.0, 31_557_600.0
GRAM = 1e-3  # [kg] what the ledger of masses promises
CELL = RegenerativeFuelCell("rfc", 20e3, 10e3, 30.0, 0.8, 0.55)


def test_hydrogen_holds_its_higher_heating_value():
    assert pytest.approx(141.8e6, rel=1e-3) == ENERGY_OF_HYDROGEN  # the usual rounded figure
    assert as_battery(CELL).capacity == pytest.approx(30.0 * 39.39 * 3.6e6, rel=1e-3)  # 39.4 kWh/kg


def test_a_month_on_a_fuel_cell_keeps_every_gram_and_joule():
    tdb = np.arange(0.0, 30 * 24 + 1.0) * HOUR
    sun = np.where(np.arange(tdb.size) % 300 < 150, 1.0, 0.0)
    bus = Bus("hub", sun, {"pv": 25e3 * sun}, [Load("lab", 4e3)], [Store("rfc", as_battery(CELL), initial_charge=0.3)])
    ledger = grid_ledger(tdb, [bus])
    tanks = fuel_cell_balance(CELL, ledger.stored[:, 0], ledger.charge_loss[:, 0], ledger.discharge_loss[:, 0])
    total = tanks.hydrogen + tanks.oxygen + tanks.water
    assert np.ptp(total) <= GRAM
    # 8.94 kg of water for each kg of hydrogen
    assert total[0] == pytest.approx(30.0 * 18.01528 / 2.01588, abs=GRAM)
    assert np.all(tanks.water >= -GRAM) and np.all(tanks.hydrogen >= 0.0)
    np.testing.assert_allclose(tanks.oxygen, tanks.hydrogen * 15.9994 / 2.01588, rtol=1e-12)
    made = np.maximum(np.diff(tanks.hydrogen), 0.0)
    np.testing.assert_allclose(made * ENERGY_OF_HYDROGEN, 0.8 * ledger.charged[:, 0], atol=1.0)
    np.testing.assert_allclose(tanks.electrolyser_heat, 0.2 * ledger.charged[:, 0], atol=1.0)
    np.testing.assert_allclose(tanks.cell_heat, ledger.delivered[:, 0] * (1 / 0.55 - 1), rtol=1e-9, atol=1.0)
    assert CELL.round_trip_efficiency == pytest.approx(0.44)


def test_rainflow_counts_the_example_of_the_standard():
    # ASTM E1049-85, figure 6: half cycles of 3, 4, 6, 8 and 9, 8 ... and one full cycle of 4
    depths, _, counts = rainflow([-2, 1, -3, 5, -1, 3, -4, 4, -2])
    found = {d: float(counts[depths == d].sum()) for d in np.unique(depths)}
    assert found == {3.0: 0.5, 4.0: 1.5, 6.0: 0.5, 8.0: 1.0, 9.0: 0.5}


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=60))
def test_rainflow_counts_all_that_was_moved(series):
    depths, means, counts = rainflow(series)
    moved = np.abs(np.diff(series)).sum()
    assert 2.0 * counts @ depths == pytest.approx(moved, abs=1e-9)
    assert np.all((means >= 0.0) & (means <= 1.0)) and np.all(depths <= np.ptp(series) + 1e-12)


def test_a_stored_battery_fades_by_the_calendar_alone():
    tdb = np.linspace(0.0, 5 * YEAR, 201)
    kept = capacity_share(tdb, np.full(201, 0.5), 298.15)
    fading = XU_2018.calendar * 5 * YEAR
    last = 0.0575 * np.exp(-121.0 * fading) + 0.9425 * np.exp(-fading)
    # the last value is the mean of the last step, whose half is short beside five years
    assert kept[-1] == pytest.approx(last, rel=1e-3)
    assert 0.85 < kept[-1] < 0.90  # published curves: some 12 % in five years
    warm, full = capacity_share(tdb, np.full(201, 0.5), 308.15), capacity_share(tdb, np.ones(201), 298.15)
    assert warm[-1] < kept[-1] and full[-1] < kept[-1]


def test_deep_cycles_cost_what_the_law_says():
    tdb = np.arange(2001) * HOUR
    charge = np.where(np.arange(2001) % 2 == 0, 0.9, 0.1)
    kept = capacity_share(tdb, charge, 298.15)
    stress = 1.0 / (1.40e5 * 0.8**-0.501 - 1.23e5)
    mean_rate = 4.14e-10 * 0.5 * (np.exp(1.04 * 0.4) + np.exp(-1.04 * 0.4))
    fading = 1000 * stress + mean_rate * tdb[-1]
    assert kept[-1] == pytest.approx(0.0575 * np.exp(-121 * fading) + 0.9425 * np.exp(-fading), rel=1e-4)
    shallow = capacity_share(tdb, np.where(np.arange(2001) % 2 == 0, 0.6, 0.4), 298.15)
    assert shallow[-1] > kept[-1]


def test_an_aged_battery_begins_where_its_age_left_it():
    tdb = np.linspace(0.0, YEAR, 11)
    aged = capacity_share(tdb, np.full(11, 0.5), 298.15, age=4 * YEAR)
    new = capacity_share(np.linspace(0.0, 5 * YEAR, 51), np.full(51, 0.5), 298.15)
    np.testing.assert_allclose(aged, new[-10:], rtol=1e-9)


def test_cold_takes_capacity_and_power():
    battery = Battery(3.6e6, 1e3, 2e3)
    assert in_the_cold(battery, 298.15) == battery
    cold = in_the_cold(battery, 263.15)
    assert cold.capacity < battery.capacity and cold.discharge_limit < 0.5 * battery.discharge_limit
    assert in_the_cold(battery, 320.0).discharge_limit == battery.discharge_limit


@pytest.mark.parametrize(
    "make",
    [
        lambda: RegenerativeFuelCell("x", 0.0, 1.0, 1.0, 0.8, 0.5),
        lambda: RegenerativeFuelCell("x", 1.0, 1.0, 0.0, 0.8, 0.5),
        lambda: RegenerativeFuelCell("x", 1.0, 1.0, 1.0, 1.2, 0.5),
        lambda: RegenerativeFuelCell("x", 1.0, 1.0, 1.0, 0.8, 0.5, 1.0),
        lambda: fuel_cell_balance(CELL, [0.0, 1.0], [0.0, 0.0], [0.0]),
        lambda: fuel_cell_balance(CELL, [0.0, 1e12], [0.0], [0.0]),
        lambda: rainflow([1.0]),
        lambda: rainflow([1.0, np.nan]),
        lambda: capacity_share([0.0, 1.0], [0.5, 0.5], COLDEST - 1.0),
        lambda: capacity_share([0.0, 1.0], [0.5, 1.5], 298.15),
        lambda: capacity_share([0.0, 0.0], [0.5, 0.5], 298.15),
        lambda: in_the_cold(Battery(1.0), 200.0),
    ],
)
def test_misuse_is_told(make):
    with pytest.raises(InvalidInput):
        make()
