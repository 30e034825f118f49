"""Authority: closed forms of polynomials and of motion without forces."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.response import cumulative_integral, hermite, state_response
from moonstead.foundation.errors import InvalidInput

ROUNDING = 1e-12


def test_a_cubic_is_integrated_without_error() -> None:
    time = np.linspace(0.0, 3.0, 31)
    values = 1.0 - 2.0 * time + 0.5 * time**2 + 4.0 * time**3
    exact = time - time**2 + time**3 / 6.0 + time**4
    np.testing.assert_allclose(cumulative_integral(values, 0.1), exact, atol=ROUNDING * 100)


def test_between_nodes_a_cubic_is_met_in_value() -> None:
    nodes = np.arange(5.0)
    values, rates = nodes**3 - nodes, 3.0 * nodes**2 - 1.0
    at = np.array([0.0, 0.3, 2.5, 3.999, 4.0])
    np.testing.assert_allclose(hermite(nodes, values, rates, at), at**3 - at, atol=ROUNDING)


def test_without_forces_a_constant_acceleration_gives_half_a_t_squared() -> None:
    time = 60.0 * np.arange(61)
    transition = np.tile(np.eye(6), (61, 1, 1))
    transition[:, :3, 3:] = time[:, None, None] * np.eye(3)
    push = np.array([1e-7, 0.0, -2e-7])
    moved = state_response(transition, np.tile(push, (61, 1))[:, :, None], 60.0)[:, :, 0]
    np.testing.assert_allclose(moved[:, :3], 0.5 * time[:, None] ** 2 * push, atol=1e-12)
    np.testing.assert_allclose(moved[:, 3:], time[:, None] * push, atol=1e-15)


def test_too_few_nodes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="N >= 4"):
        state_response(np.tile(np.eye(6), (3, 1, 1)), np.zeros((3, 3, 1)), 60.0)
