"""Authority: conservation of energy, closed forms of charge and discharge, a plain-Python twin in fine steps."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.station.battery import Battery
from moonstead.station.ledger import power_ledger, warm_up
from moonstead.station.loads import Load

HOUR = 3600.0
KWH = 3.6e6  # [J]
BALANCE = 1e-9  # [1] the identity that the ledger promises
EDGE = 1e-6  # [s] closed forms at this size of numbers


def _ledger(generation, loads, battery, hours=1.0, sun=None, **options):
    generation = np.asarray(generation, dtype=np.float64)
    tdb = np.arange(generation.size) * hours * HOUR
    sun = np.where(generation > 0.0, 1.0, 0.0) if sun is None else sun
    return power_ledger(tdb, {"pv": generation}, sun, loads, battery, **options)


@st.composite
def stations(draw):
    steps = draw(st.integers(1, 40))
    power = st.floats(0.0, 5e4)
    generation = draw(st.lists(st.one_of(st.just(0.0), power), min_size=steps + 1, max_size=steps + 1))
    sun = draw(st.lists(st.floats(0.0, 1.0), min_size=steps + 1, max_size=steps + 1))
    duty = st.sampled_from(["always", "sunlit", "dark"])
    loads = [
        Load(f"load {i}", p, priority, reserve, d, daily_fraction=daily)
        for i, (p, priority, reserve, d, daily) in enumerate(
            draw(
                st.lists(
                    st.tuples(power, st.integers(1, 3), st.floats(0.0, 1.0), duty, st.floats(0.0, 1.0)), max_size=4
                )
            )
        )
    ]
    limit = st.one_of(st.just(np.inf), st.floats(0.0, 3e4))
    share = st.floats(0.5, 1.0)
    battery = Battery(
        draw(st.one_of(st.just(0.0), st.floats(1e3, 1e10))), draw(limit), draw(limit), draw(share), draw(share),
        draw(st.floats(0.0, 0.9)), draw(st.sampled_from([0.0, 0.01, 0.5])),
    )  # fmt: skip
    return generation, sun, loads, battery, draw(st.floats(0.0, 1.0))


@settings(max_examples=150, deadline=None)
@given(stations())
def test_every_joule_is_served_lost_spilled_or_stored(station):
    generation, sun, loads, battery, initial = station
    ledger = _ledger(generation, loads, battery, sun=np.array(sun), initial_charge=initial)
    assert ledger.imbalance() <= BALANCE
    scale = max(battery.capacity, 1.0)
    assert np.all(ledger.stored >= -1e-9 * scale) and np.all(ledger.stored <= battery.capacity * (1 + 1e-12))
    energy = ledger.demand * HOUR
    assert np.all(ledger.served >= 0.0) and np.all(ledger.served <= energy * (1 + 1e-9) + 1e-6)
    flows = (ledger.spilled, ledger.charge_loss, ledger.discharge_loss, ledger.self_loss)
    assert all(np.all(flow >= -1e-9 * max(scale, energy.sum(initial=1.0))) for flow in flows)
    missed = ledger.not_served.sum(axis=1) > 0.0
    middles = 0.5 * (ledger.tdb[1:] + ledger.tdb[:-1])
    touched = np.array(
        [
            np.any((ledger.shortage_windows.starts < m + HOUR / 2) & (ledger.shortage_windows.stops > m - HOUR / 2))
            for m in middles
        ]
    )
    assert np.all(touched[missed])  # nothing is missed outside a shortage


def test_balance_is_recorded_for_a_year(validation):
    warm_up()
    tdb = np.arange(0.0, 366 * 86400.0, 600.0)
    sun = np.clip(4.0 + 5.0 * np.sin(2.0 * np.pi * tdb / (29.53 * 86400.0)), 0.0, 1.0)
    loads = [Load(f"load {i}", 700.0, i, 0.02 * i) for i in range(10)]
    battery = Battery(800 * KWH, 2e4, 2e4, self_discharge_per_month=0.02)
    began = time.perf_counter()
    ledger = power_ledger(tdb, {"pv": 3e4 * sun, "fission": np.full(tdb.size, 800.0)}, sun, loads, battery)
    assert time.perf_counter() - began < 0.5  # the promise for a year in steps of 10 min
    validation(
        capability="Power ledger",
        quantity="energy balance of a year in steps of 10 min",
        authority="conservation of energy",
        error=ledger.imbalance(),
        unit="1",
        tolerance=BALANCE,
        cases=tdb.size - 1,
    )


@pytest.mark.nojit
def test_a_battery_bridges_a_night_for_exactly_its_usable_energy():
    # 10 kWh, 20 % kept, 90 % out: 7.2 kWh at 1 kW last 7.2 h
    battery = Battery(10 * KWH, charge_efficiency=1.0, discharge_efficiency=0.9, least_charge=0.2)
    ledger = _ledger(np.zeros(13), [Load("life support", 1e3)], battery)
    assert ledger.shortage_windows.starts[0] == pytest.approx(7.2 * HOUR, abs=EDGE)
    assert ledger.shortage_windows.stops[0] == 12 * HOUR
    only = ledger.shortages[0]
    assert only.cause == "battery empty" and only.night == (0.0, 12 * HOUR)
    assert only.energy == pytest.approx(4.8 * KWH) and only.not_served == {"life support": pytest.approx(4.8 * KWH)}
    assert (
        "7.2 h into a night of 12.0 h" in only.text
        and "pv at zero" in only.text
        and "life support 4.8 kWh" in only.text
    )
    summary = ledger.summary()
    assert summary.least_charge == pytest.approx(0.2) and summary.margin == 0.0
    assert summary.longest_night == 12 * HOUR and summary.longest_night_bridged == 0.0
    assert summary.shortage_duration == pytest.approx(4.8 * HOUR)


@pytest.mark.nojit
def test_a_battery_fills_within_a_step_and_the_rest_is_spilled():
    # 2 kW surplus at 50 % fill 1 kWh in 1 h; the step is 3 h long
    battery = Battery(1 * KWH, charge_efficiency=0.5, least_charge=0.0)
    ledger = _ledger([3e3, 3e3], [Load("x", 1e3)], battery, hours=3.0, initial_charge=0.0)
    assert ledger.stored[1] == pytest.approx(KWH)
    assert ledger.spilled[0] == pytest.approx(4 * KWH)
    assert ledger.charge_loss[0] == pytest.approx(1 * KWH)
    assert ledger.summary().recovered


def test_limits_of_power_bind():
    battery = Battery(
        100 * KWH, charge_limit=500.0, discharge_limit=600.0, charge_efficiency=1.0, discharge_efficiency=1.0
    )
    by_day = _ledger([2e3, 2e3], [Load("x", 1e3)], battery, initial_charge=0.5)
    assert by_day.stored[1] - by_day.stored[0] == pytest.approx(0.5 * KWH)
    by_night = _ledger([0.0, 0.0], [Load("x", 1e3)], battery)
    assert by_night.served[0, 0] == pytest.approx(0.6 * KWH)
    assert by_night.shortages[0].cause == "discharge limit"
    assert by_night.shortage_windows.total() == HOUR


def test_self_discharge_takes_its_monthly_share():
    ledger = _ledger(np.zeros(31), [], Battery(10 * KWH, self_discharge_per_month=0.03), hours=24.0)
    assert ledger.stored[-1] == pytest.approx(9.7 * KWH)
    assert ledger.self_loss.sum() == pytest.approx(0.3 * KWH)


@pytest.mark.nojit
def test_a_full_battery_is_topped_up_for_what_it_loses():
    battery = Battery(10 * KWH, charge_efficiency=0.8, self_discharge_per_month=0.03)
    ledger = _ledger(np.full(31, 1e3), [], battery, hours=24.0)
    np.testing.assert_array_equal(ledger.stored, 10 * KWH)
    leak = -np.log(0.97) / (30 * 86400.0)
    assert ledger.self_loss.sum() == pytest.approx(leak * 10 * KWH * 30 * 86400.0)
    assert ledger.charge_loss.sum() == pytest.approx(ledger.self_loss.sum() * 0.2 / 0.8)


def test_the_least_important_load_goes_first():
    loads = [Load("rover", 1e3, priority=3), Load("life support", 1e3, priority=1), Load("oven", 1e3, priority=2)]
    ledger = _ledger([1.5e3, 1.5e3], loads, Battery(0.0))
    served = {load.name: energy for load, energy in zip(ledger.loads, ledger.served[0], strict=True)}
    assert served == {"life support": 1.0 * KWH, "oven": 0.5 * KWH, "rover": 0.0}
    assert ledger.shortages[0].cause == "no battery"


@pytest.mark.nojit
def test_a_reserve_keeps_the_battery_for_the_important_load():
    # 10 kWh: both loads draw to 6 kWh (2 h), then life support alone down to 1 kWh (5 h)
    battery = Battery(10 * KWH, charge_efficiency=1.0, discharge_efficiency=1.0, least_charge=0.1)
    loads = [Load("life support", 1e3, 1), Load("rover", 1e3, 2, reserve=0.6)]
    ledger = _ledger(np.zeros(3), loads, battery, hours=4.0)
    np.testing.assert_allclose(ledger.served.sum(axis=0), [7 * KWH, 2 * KWH])
    assert ledger.shortage_windows.starts[0] == pytest.approx(2 * HOUR)
    assert ledger.shortages[0].cause == "battery empty"  # the gravest of the interval
    first = _ledger(np.zeros(2), loads, battery, hours=4.0)
    assert first.shortages[0].cause == "reserve kept" and set(first.shortages[0].not_served) == {"rover"}


def test_a_reactor_gap_is_named_in_the_cause():
    tdb = np.arange(5) * HOUR
    fission = np.array([1e3, 1e3, 0.0, 0.0, 1e3])
    ledger = power_ledger(tdb, {"fission": fission}, np.ones(5), [Load("x", 800.0)], Battery(0.0))
    assert [s.night for s in ledger.shortages] == [None]
    assert "by day" in ledger.shortages[0].text
    assert ledger.summary().energy_by_source == {"fission": pytest.approx(2.0 * KWH)}
    assert ledger.summary().not_served_by_load == {"x": pytest.approx(1.4 * KWH)}


def test_loads_in_windows_are_fed_only_then():
    pass_ = Windows.of([0.5 * HOUR], [1.25 * HOUR], (0.0, 4 * HOUR))
    ledger = _ledger(np.full(5, 1e3), [Load("radio", 400.0, duty="windows", windows=pass_)], Battery(0.0))
    np.testing.assert_allclose(ledger.served[:, 0], 400.0 * HOUR * np.array([0.5, 0.25, 0.0, 0.0]))


def _twin(ledger, initial, parts):
    """The same station in plain Python: many small steps, each first served, then charged or discharged."""
    battery = ledger.battery
    floors = [max(load.reserve, battery.least_charge) * battery.capacity for load in ledger.loads]
    energy, stored, served = initial * battery.capacity, [], np.zeros_like(ledger.served)
    stored.append(energy)
    for i, step in enumerate(np.diff(ledger.tdb)):
        made, dt = ledger.generation[i].sum(), step / parts
        for _ in range(parts):
            rest, left = made, min(battery.discharge_limit, 1e30)
            out = 0.0
            for j, wanted in enumerate(ledger.demand[i]):
                own = min(wanted, rest)
                rest -= own
                lent = min(wanted - own, left) if energy > floors[j] else 0.0
                left -= lent
                out += lent
                served[i, j] += (own + lent) * dt
            inflow = min(rest, battery.charge_limit) * battery.charge_efficiency
            energy += (inflow - out / battery.discharge_efficiency - battery.leak * energy) * dt
            energy = min(energy, battery.capacity)
        stored.append(energy)
    return np.array(stored), served


@pytest.mark.truth
def test_the_kernel_agrees_with_a_plain_twin_in_fine_steps(validation):
    rng = np.random.default_rng(7)
    parts, worst, cases = 4000, 0.0, 0
    for _ in range(6):
        generation = rng.uniform(0.0, 4e3, 9) * (rng.random(9) > 0.4)
        loads = [Load(f"{i}", rng.uniform(2e2, 1.5e3), i, rng.uniform(0.0, 0.7)) for i in range(3)]
        battery = Battery(
            rng.uniform(2, 8) * KWH,
            rng.uniform(5e2, 3e3),
            rng.uniform(8e2, 4e3),
            0.9,
            0.92,
            0.15,
            rng.choice([0.0, 0.9]),
        )
        ledger = _ledger(generation, loads, battery, initial_charge=0.7)
        stored, served = _twin(ledger, 0.7, parts)
        scale = battery.capacity
        worst = max(
            worst, np.max(np.abs(stored - ledger.stored)) / scale, np.max(np.abs(served - ledger.served)) / scale
        )
        cases += ledger.served.shape[0]
    validation(
        capability="Power ledger",
        quantity="stored and served energy over the capacity",
        authority="plain stepping with 4000 parts an hour",
        error=worst,
        unit="1",
        # the twin overruns a limit by up to one part of a step: 0.9 s at 7 kW over 2 kWh
        tolerance=1e-3,
        cases=cases,
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tdb": [0.0]}, "two rising times"),
        ({"tdb": [0.0, 0.0]}, "rising"),
        ({"sun": [0.0, 1.1]}, "sun_fraction"),
        ({"sun": [0.0, np.nan]}, "sun_fraction"),
        ({"power": [0.0, -1.0]}, "source 'pv'"),
        ({"power": [0.0, np.nan]}, "source 'pv'"),
        ({"loads": [Load("a", 1.0), Load("a", 2.0)]}, "different names"),
        ({"initial": 1.5}, "initial charge"),
    ],
)
def test_misuse_is_told(change, message):
    with pytest.raises(InvalidInput, match=message):
        power_ledger(
            change.get("tdb", [0.0, 1.0]),
            {"pv": change.get("power", [1.0, 1.0])},
            change.get("sun", [1.0, 1.0]),
            change.get("loads", []),
            Battery(1.0),
            initial_charge=change.get("initial", 1.0),
        )


@pytest.mark.parametrize(
    "options",
    [
        {"capacity": -1.0},
        {"capacity": np.inf},
        {"capacity": 1.0, "charge_efficiency": 0.0},
        {"capacity": 1.0, "least_charge": 1.0},
        {"capacity": 1.0, "discharge_limit": -1.0},
    ],
)
def test_impossible_batteries_are_refused(options):
    with pytest.raises(InvalidInput, match="battery"):
        Battery(**options)
