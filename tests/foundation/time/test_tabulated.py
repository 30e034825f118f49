"""Authority: the tabulated function itself."""

import numpy as np
import pytest

from moonstead.foundation.time.tabulated import Tabulated

ROUNDING = 4e-15  # [1] a polynomial of degree 5 near 1, refitted


def polynomial(time):
    x = time / 100.0
    return np.stack([x**5 - x**3, 2.0 - x], axis=1)


def derivative(time):
    x = time / 100.0
    return np.stack([(5 * x**4 - 3 * x**2) / 100.0, np.full_like(x, -0.01)], axis=1)


@pytest.mark.parametrize("count", [1, 30, 5_000])  # few rows in a block, then many
def test_a_polynomial_of_the_same_degree_comes_back_with_its_derivative(count):
    time = np.random.default_rng(count).uniform(-100.0, 100.0, count)
    values, rates = Tabulated(polynomial, 7.0, 5)(time)
    np.testing.assert_allclose(values, polynomial(time), atol=ROUNDING)
    np.testing.assert_allclose(rates, derivative(time), atol=ROUNDING)


@pytest.mark.parametrize("count", [8, 4_000])
def test_times_that_are_not_finite_give_nothing(count):
    time = np.linspace(0.0, 50.0, count)
    time[[1, 3]] = np.nan, np.inf
    values, rates = Tabulated(polynomial, 7.0, 5)(time)
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(values[:, 0])), [1, 3])
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(rates[:, 1])), [1, 3])


def test_no_time_at_all_gives_empty_columns():
    values, rates = Tabulated(polynomial, 7.0, 5)(np.empty(0))
    assert values.shape == rates.shape == (0, 2)


def test_each_block_is_made_once():
    calls = []

    def counted(time):
        calls.append(time.size)
        return polynomial(time)

    table = Tabulated(counted, 10.0, 5)
    for _ in range(3):
        table(np.array([1.0, 11.0, 12.0]))
    assert calls == [6, 6]
