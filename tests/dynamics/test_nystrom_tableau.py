"""The coefficients of RKN12(10)17M against the conditions of order, which are independent of where they were read.

Conditions: Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations I, section II.14.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from moonstead.dynamics.nystrom_tableau import (
    ERROR,
    INNER_ACCELERATION_WEIGHTS,
    INNER_SHARES,
    INNER_VELOCITY_WEIGHTS,
    INNER_WEIGHTS,
    LOWER_VELOCITY_WEIGHTS,
    LOWER_WEIGHTS,
    NODES,
    STAGE_WEIGHTS,
    STAGES,
    VELOCITY_ERROR,
    VELOCITY_WEIGHTS,
    WEIGHTS,
)

ROUNDING = 2e-14  # sums of terms up to 50, each rounded to 16 digits
FAILS = 1e-9  # a condition of an order that a method has not is missed by more
ORDERS = [(12, WEIGHTS, VELOCITY_WEIGHTS), (10, LOWER_WEIGHTS, LOWER_VELOCITY_WEIGHTS)]


def test_stages_only_look_back_and_lie_where_their_nodes_say():
    assert np.all(np.triu(STAGE_WEIGHTS) == 0.0)
    np.testing.assert_allclose(STAGE_WEIGHTS.sum(axis=1), NODES**2 / 2, atol=ROUNDING)


def test_stages_that_count_are_exact_for_accelerations_up_to_the_fourth_power_of_time():
    for power in range(5):
        exact = NODES ** (power + 2) / ((power + 1) * (power + 2))
        np.testing.assert_allclose((STAGE_WEIGHTS @ NODES**power)[6:], exact[6:], atol=ROUNDING)


@pytest.mark.parametrize(("order", "weights", "velocity_weights"), ORDERS)
def test_powers_of_time_are_integrated_to_the_order_and_no_further(order, weights, velocity_weights):
    for power in range(order):
        assert velocity_weights @ NODES**power == pytest.approx(1 / (power + 1), abs=ROUNDING)
        if power < order - 1:
            assert weights @ NODES**power == pytest.approx(1 / ((power + 1) * (power + 2)), abs=ROUNDING)
    assert abs(velocity_weights @ NODES**order - 1 / (order + 1)) > FAILS


@pytest.mark.parametrize(("order", "weights", "velocity_weights"), ORDERS)
def test_conditions_of_trees_with_branches_hold(order, weights, velocity_weights):
    """Along an acceleration that depends on position through one, two and three stages."""
    for powers in itertools.chain(*(itertools.product(range(order), repeat=depth) for depth in (1, 2, 3))):
        vector, exact, reached = np.ones(STAGES), 1.0, 0
        for power in powers:  # from the leaf to the root
            reached += power + 2
            exact /= (reached - 1) * reached
            vector = STAGE_WEIGHTS @ (NODES**power * vector)
        for root in range(order - reached):
            end = root + reached
            assert velocity_weights @ (NODES**root * vector) == pytest.approx(exact / (end + 1), abs=ROUNDING)
            if end + 2 <= order:
                value = exact / ((end + 1) * (end + 2))
                assert weights @ (NODES**root * vector) == pytest.approx(value, abs=ROUNDING)


def test_conditions_of_products_of_stages_hold():
    """Two branches meet: the second derivative of the acceleration."""
    branch = STAGE_WEIGHTS @ NODES**3
    for power in range(2):
        assert VELOCITY_WEIGHTS @ (NODES**power * branch**2) == pytest.approx(1 / (400 * (power + 11)), abs=ROUNDING)


def test_error_weights_vanish_for_all_that_both_orders_integrate():
    for power in range(9):
        assert abs(ERROR @ NODES**power) < ROUNDING
        assert abs(VELOCITY_ERROR @ NODES**power) < ROUNDING


def test_inner_nodes_are_exact_for_accelerations_up_to_the_tenth_power_of_time():
    nodes = np.append(NODES, 1.0)
    for power in range(11):
        samples = nodes**power
        np.testing.assert_allclose(INNER_ACCELERATION_WEIGHTS @ samples, INNER_SHARES**power, atol=1e-13)
        exact = INNER_SHARES ** (power + 1) / (power + 1)
        np.testing.assert_allclose(INNER_VELOCITY_WEIGHTS @ samples, exact, atol=1e-14)
        exact = INNER_SHARES ** (power + 2) / ((power + 1) * (power + 2))
        np.testing.assert_allclose(INNER_WEIGHTS @ samples, exact, atol=1e-14)
