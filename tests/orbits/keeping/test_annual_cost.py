"""Authority: closed forms of the normal and binomial distributions, brute force over drawn samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.annual_cost import AnnualCost, FailedRun, propellant_mass

COVERAGE = 0.03  # of 400 intervals at 95 %: three standard deviations of the count
CLOSED_FORM = 1e-12  # the same operations in double precision


def cost(delta_v, failures=()):
    values = np.asarray(delta_v, dtype=float)
    return AnnualCost("test", 31_557_600.0, values, np.where(np.isfinite(values), 50.0, np.nan), failures)


def test_percentiles_lie_between_order_statistics():
    assert cost(np.arange(101.0)).percentile(95.0) == pytest.approx(95.0, abs=CLOSED_FORM)


@pytest.mark.parametrize("percent", [50.0, 95.0])
def test_intervals_of_percentiles_hold_the_true_one_as_often_as_they_say(percent):
    generator = np.random.default_rng(3)
    truth = -math.log(1.0 - 0.01 * percent)
    held = [
        low <= truth <= high
        for low, high in (cost(generator.exponential(size=300)).percentile_interval(percent) for _ in range(400))
    ]
    assert np.mean(held) > 0.95 - COVERAGE


def test_intervals_of_the_mean_hold_the_true_one_as_often_as_they_say():
    generator = np.random.default_rng(4)
    held = [
        low <= 5.0 <= high
        for low, high in (cost(5.0 + generator.standard_normal(20)).mean_interval() for _ in range(400))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=COVERAGE)


def test_a_percentile_that_too_few_runs_bound_has_no_upper_end():
    assert cost(np.arange(1.0, 21.0)).percentile_interval(99.0)[1] == math.inf


def test_failed_runs_are_counted_and_left_out_of_the_statistics():
    found = cost([1.0, np.nan, 3.0], (FailedRun(1, 0.0, "met the Moon"),))
    assert (found.runs, found.mean(), found.failed_fraction()) == (3, 2.0, pytest.approx(1.0 / 3.0))
    assert found.failed_interval() == pytest.approx((0.00840, 0.90570), abs=1e-5)  # Clopper & Pearson, 1 of 3


def test_a_failure_that_nobody_tells_is_refused():
    with pytest.raises(InvalidInput, match="exactly the runs that failed"):
        cost([1.0, np.nan])


def test_propellant_of_a_small_change_is_mass_over_exhaust_speed():
    assert propellant_mass(1.0, 420e3, 300.0) == pytest.approx(420e3 / (9.80665 * 300.0), rel=2e-4)
    with pytest.raises(InvalidInput, match="specific impulse"):
        propellant_mass(1.0, 1.0, 0.0)
