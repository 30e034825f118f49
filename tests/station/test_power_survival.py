"""Authority: the exponential law of failures, the binomial distribution, closed forms of one night."""

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.station.battery import Battery
from moonstead.station.grid import Bus, Store
from moonstead.station.grid_inputs import prepare_grid
from moonstead.station.loads import Load
from moonstead.station.sizing_system import SIZE_TOLERANCE, Knob, size_system
from moonstead.station.survival import (
    JULIAN_YEAR,
    Failures,
    Uncertainty,
    binomial_interval,
    draw_futures,
    estimate_survival,
    in_future,
)

HOUR, DAY = 3600.0, 86_400.0
KWH = 3.6e6  # [J]
SPAN = (0.0, JULIAN_YEAR)
FAR = 0.999_9  # [1] confidence of intervals that a correct program leaves once in 10 000 seeds; the seeds are fixed


def _year(sources, loads, stores=(), steps=366, night=()):
    tdb = np.linspace(*SPAN, steps + 1)
    sun = np.ones(steps + 1)
    sun[list(night)] = 0.0
    powers = {name: np.full(steps, power) if np.ndim(power) == 0 else power for name, power in sources.items()}
    return prepare_grid(tdb, [Bus("hub", sun, powers, loads, stores)])


def test_a_single_source_survives_as_the_exponential_says():
    grid = _year({"reactor": 2e3}, [Load("x", 1e3)])
    futures = draw_futures(Uncertainty({"reactor": Failures(0.7, 10 * DAY)}), SPAN, 1, 600, seed=3)
    found = estimate_survival([grid], futures, 1)
    low, high = binomial_interval(found.survived, found.drawn, FAR)
    assert low <= np.exp(-0.7) <= high
    assert found.drawn - found.survived == len(found.first_shortages)
    assert all(SPAN[0] <= time < SPAN[1] for time in found.first_shortages)


def test_two_halves_carry_on_where_one_whole_does_not():
    half = Uncertainty({"array": Failures(2.0, 30 * DAY, share=0.5)})
    grid = _year({"array": 2e3}, [Load("x", 1e3)])
    assert estimate_survival([grid], draw_futures(half, SPAN, 1, 50, seed=1), 1).survived == 50


def test_times_between_failures_follow_their_law():
    futures = draw_futures(Uncertainty({"a": Failures(20.0, 1.0)}), SPAN, 1, 200, seed=5)
    first = np.array([future.outages["a"].starts[0] for future in futures if "a" in future.outages])
    assert kstest(first, "expon", args=(0.0, JULIAN_YEAR / 20.0)).pvalue > 1e-3


def test_the_same_future_comes_whatever_their_number():
    uncertainty = Uncertainty({"a": Failures(2.0, DAY)}, {"pv": (0.01, 0.05)}, output=0.1)
    few, many = draw_futures(uncertainty, SPAN, 3, 2, seed=9), draw_futures(uncertainty, SPAN, 3, 5, seed=9)
    for a, b in zip(few, many, strict=False):
        assert (a.light, a.dust, a.output) == (b.light, b.dust, b.output)
        assert [w.starts.tolist() for w in a.outages.values()] == [w.starts.tolist() for w in b.outages.values()]


def test_dust_and_spread_change_powers_as_drawn():
    grid = _year({"pv": 1e3}, [Load("x", 5e2)], [Store("battery", Battery(KWH))])
    future = draw_futures(Uncertainty(dust={"pv": (0.1, 0.1)}, demand=0.2), SPAN, 1, 1, seed=2)[0]
    changed = in_future([grid], future)
    assert changed.generation[-1, 0] == pytest.approx(900.0, rel=1e-3)
    assert np.unique(changed.demand / grid.demand) == pytest.approx([future.demand])


def test_a_failed_store_is_empty_for_as_long():
    grid = _year({"pv": 1e3}, [Load("x", 5e2)], [Store("battery", Battery(KWH))])
    future = draw_futures(Uncertainty({"battery": Failures(50.0, 20 * DAY)}), SPAN, 1, 1, seed=2)[0]
    out = future.outages["battery"]
    assert isinstance(out, Windows) and len(out)
    capacity = in_future([grid], future).capacity[:, 0]
    middles = 0.5 * (grid.tdb[1:] + grid.tdb[:-1])
    assert np.all(capacity[out.contains(middles)] < 1e-6 * KWH) and np.max(capacity) == KWH


@pytest.mark.truth
def test_intervals_are_those_of_the_exact_binomial_test(validation):
    worst, cases = 0.0, 0
    for trials in (1, 7, 100, 3000):
        for hits in sorted({0, 1, trials // 2, trials - 1, trials}):
            exact = binomtest(hits, trials).proportion_ci(0.95, "exact")
            found = binomial_interval(hits, trials)
            worst = max(worst, abs(found[0] - exact.low), abs(found[1] - exact.high))
            cases += 1
    validation(
        capability="Survival of power systems",
        quantity="ends of the Clopper-Pearson interval",
        authority="scipy.stats.binomtest",
        error=worst,
        unit="1",
        tolerance=1e-12,  # the same quantiles by another call
        cases=cases,
    )


NIGHT = range(100, 110)


def _site(light=1.0):
    power = np.full(366, 5e3) * light
    power[list(NIGHT)] = 0.0
    loads = [Load("life support", 1e3, 1), Load("oven", 2e3, 5, reserve=0.5)]
    # least charge 0 and no losses: the night needs what it lasts
    battery = Battery(100 * KWH, 1e5, 1e5, 1.0, 1.0, least_charge=0.0)
    return _year({"array": power}, loads, [Store("battery", battery)], night=NIGHT)


ARRAY = Knob("array", ("array",), (), 100.0, 2.0, scales=(0.1, 0.25, 0.5, 1.0))
BATTERY = Knob("battery", (), ("battery",), 100.0, 10.0)


def test_without_chance_the_smallest_store_is_the_energy_of_the_night():
    found = size_system([_site()], [ARRAY], BATTERY, Uncertainty(), probability=0.9, priority=1, samples=2)
    step = JULIAN_YEAR / 366
    # the oven takes its share of the store down to one half before the night is over: E / 2 falls at 3 kW, then 1 kW
    needed = {area: found.front[k].sizes[1] for k, area in enumerate(d.sizes[0] for d in found.front)}
    hours = 10 * step / HOUR
    # until the reserve both loads draw: E/2 = 3 kW t1, E/2 = 1 kW (T - t1), so E = 2 T 3 / 4
    assert needed[found.best.sizes[0]] == pytest.approx(1.5 * hours, rel=2 * SIZE_TOLERANCE)
    assert found.verified.probability == 1.0 and found.verdict in ("confirmed", "open")


def test_the_answer_is_confirmed_in_futures_that_the_search_did_not_see():
    uncertainty = Uncertainty({"array": Failures(1.0, 10 * DAY)}, {"array": (0.01, 0.03)})
    found = size_system(
        [_site(), _site(0.8)], [ARRAY], BATTERY, uncertainty, probability=0.8, priority=1, samples=60, seed=4
    )
    assert found.verified.probability >= 0.8 and found.verdict != "refuted"
    assert found.knobs == ("array", "battery")
    sizes = np.array([design.sizes for design in found.front])
    assert np.all(np.diff(sizes[:, 0]) > 0.0) and np.all(np.diff(sizes[:, 1]) < 0.0)  # a front: more of one, less of it
    assert found.best.weight == min(design.weight for design in found.front)
    again = size_system(
        [_site(), _site(0.8)], [ARRAY], BATTERY, uncertainty, probability=0.8, priority=1, samples=60, seed=4
    )
    assert again.best == found.best


def test_what_no_store_can_save_is_told():
    with pytest.raises(NumericalFailure, match="no choice of array"):
        size_system(
            [_site(0.05)], [ARRAY], BATTERY, Uncertainty(), probability=0.9, priority=1, samples=2
        )  # 250 W at best for 1 kW all year


@pytest.mark.parametrize(
    "make",
    [
        lambda: Failures(-1.0, 1.0),
        lambda: Failures(1.0, 0.0),
        lambda: Failures(1.0, 1.0, 0.0),
        lambda: Uncertainty(dust={"a": (0.2, 0.1)}),
        lambda: Uncertainty(output=0.9),
        lambda: draw_futures(Uncertainty(), SPAN, 1, 0, 1),
        lambda: binomial_interval(2, 1),
        lambda: Knob("x", (), (), 1.0, 1.0),
        lambda: Knob("x", ("a",), (), 1.0, 1.0, (2.0, 1.0)),
        lambda: size_system([_site()], [], BATTERY, Uncertainty(), probability=1.0, priority=1),
        lambda: size_system([_site()], [], ARRAY, Uncertainty(), probability=0.5, priority=1),
        lambda: size_system(
            [_site()], [Knob("x", ("no",), (), 1.0, 1.0)], BATTERY, Uncertainty(), probability=0.5, priority=1
        ),
        lambda: estimate_survival([_site()], [], 1),
    ],
)
def test_misuse_is_told(make):
    with pytest.raises(InvalidInput):
        make()
