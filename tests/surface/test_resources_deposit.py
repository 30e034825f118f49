"""Authority: quantiles of the log-normal distribution in closed form; balances of mass and energy."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.resources_deposit import SAMPLES, Uncertain, deposit_yield

KILOWATT_HOUR = 3.6e6  # [J]
NINETY_FIVE = NormalDist().inv_cdf(0.95)
# Standard error of a 5 % quantile of `SAMPLES` normal draws, in standard deviations; four of them never happen.
SAMPLING = 4.0 * math.sqrt(0.05 * 0.95 / SAMPLES) / NormalDist().pdf(NINETY_FIVE)
EXACT = 1e-12  # relative; no spread, no sampling


def test_without_spread_the_balance_is_exact():
    found = deposit_yield(
        Uncertain(0.05), Uncertain(0.8), Uncertain(3.0 * KILOWATT_HOUR), Uncertain(0.01 * KILOWATT_HOUR), 25_000.0
    )
    for interval, expected in (
        (found.per_mass, 0.04),
        (found.product, 1000.0),
        (found.energy_per_mass, (3.0 + 0.01 / 0.04) * KILOWATT_HOUR),
        (found.per_energy, 1.0 / (3.25 * KILOWATT_HOUR)),
        (found.energy, 3250.0 * KILOWATT_HOUR),
    ):
        assert interval.low == pytest.approx(expected, rel=EXACT)
        assert interval.median == pytest.approx(expected, rel=EXACT)
        assert interval.high == pytest.approx(expected, rel=EXACT)
    assert set(found.causes.values()) == {0.0}


@pytest.mark.truth
def test_quantiles_are_those_of_the_log_normal_distribution(validation):
    grade, recovery, energy = Uncertain(0.02, 0.5), Uncertain(0.5, 0.2), Uncertain(10.0 * KILOWATT_HOUR, 0.3)
    found = deposit_yield(grade, recovery, energy, mass_moved=1e6)
    worst = 0.0
    for interval, median, sigma in (
        (found.per_mass, 0.01, math.hypot(math.log(1.5), math.log(1.2))),
        (found.energy_per_mass, 10.0 * KILOWATT_HOUR, math.log(1.3)),
        (found.product, 1e4, math.hypot(math.log(1.5), math.log(1.2))),
    ):
        for value, quantile in ((interval.low, -NINETY_FIVE), (interval.median, 0.0), (interval.high, NINETY_FIVE)):
            worst = max(worst, abs(math.log(value / median) / sigma - quantile))
    validation(
        capability="deposits",
        quantity="quantiles of yield and energy",
        authority="log-normal distribution, closed form",
        error=worst,
        unit="standard deviations",
        tolerance=SAMPLING,
        cases=9,
    )


def test_the_same_seed_gives_the_same_answer():
    inputs = (Uncertain(0.02, 0.5), Uncertain(0.5, 0.2), Uncertain(1e7, 0.3), Uncertain(1e5, 1.0))
    assert deposit_yield(*inputs) == deposit_yield(*inputs)
    assert deposit_yield(*inputs) != deposit_yield(*inputs, seed=2)


def test_what_is_known_worst_is_named_as_the_cause():
    found = deposit_yield(Uncertain(0.001, 1.0), Uncertain(0.5, 0.1), Uncertain(1e7, 0.1), Uncertain(1e5, 0.1))
    assert sum(found.causes.values()) == pytest.approx(1.0)
    assert max(found.causes, key=found.causes.__getitem__) == "grade"
    by_process = deposit_yield(Uncertain(0.9, 0.05), Uncertain(0.5, 0.1), Uncertain(1e7, 0.5))
    assert by_process.causes["process energy"] > 0.95


def test_no_ground_gives_more_than_itself():
    found = deposit_yield(Uncertain(0.9, 3.0), Uncertain(0.9, 3.0), Uncertain(1e7))
    assert found.per_mass.high <= 1.0


SPREADS = st.floats(0.0, 3.0)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-6, 1.0), SPREADS, st.floats(0.01, 1.0), SPREADS, st.floats(1e4, 1e9), SPREADS, st.floats(1.0, 1e9))
def test_intervals_are_ordered_and_yields_are_inverse_to_energies(grade, a, recovery, b, energy, c, mass):
    found = deposit_yield(
        Uncertain(grade, a), Uncertain(recovery, b), Uncertain(energy, c), Uncertain(0.01 * energy, a), mass
    )
    for interval in (found.per_mass, found.per_energy, found.energy_per_mass, found.product, found.energy):
        assert 0.0 < interval.low <= interval.median <= interval.high < math.inf
    assert found.per_energy.median == pytest.approx(1.0 / found.energy_per_mass.median, rel=1e-3)
    assert found.product.median == pytest.approx(mass * found.per_mass.median)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uncertain(0.0), "must be positive and finite"),
        (lambda: Uncertain(math.nan), "must be positive and finite"),
        (lambda: Uncertain(1.0, -0.1), "spread of a figure must be finite and not negative"),
        (lambda: deposit_yield(Uncertain(5.0), Uncertain(0.5), Uncertain(1e7)), "the grade of a deposit"),
        (
            lambda: deposit_yield(Uncertain(0.5), Uncertain(80.0), Uncertain(1e7)),
            "the recovery of a deposit",
        ),
        (lambda: deposit_yield(Uncertain(0.5), Uncertain(0.5), Uncertain(1e7), mass_moved=0.0), "mass that is moved"),
    ],
)
def test_impossible_figures_are_refused(make, message):
    with pytest.raises(InvalidInput, match=message):
        make()
