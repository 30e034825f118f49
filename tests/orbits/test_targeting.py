"""Authority: roots that are known in closed form, and the least-norm property of linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.targeting import correct

ROUNDING = 1e-12  # [1] a few operations in double precision


def test_a_linear_constraint_is_met_by_the_shortest_change_in_one_step():
    found = correct(lambda x: np.array([x[0] + 2.0 * x[1] - 5.0]), [0.0, 0.0], [1.0, 1.0], [1e-9])
    np.testing.assert_allclose(found.variables, [1.0, 2.0], atol=1e-8)
    assert found.iterations <= 2


def test_scales_say_which_variable_should_move():
    found = correct(lambda x: (np.array([x[0] + x[1] - 1.0]), np.array([[1.0, 1.0]])), [0.0, 0.0], [3.0, 1.0], [1e-12])
    np.testing.assert_allclose(found.variables, [0.9, 0.1], atol=ROUNDING)  # in proportion to the squares of scales


def test_back_tracking_reaches_a_root_that_full_steps_overshoot():
    found = correct(lambda x: np.arctan(x), [3.0], [1.0], [1e-12])  # full Newton steps diverge beyond 1.39
    assert abs(found.variables[0]) < 1e-11


def test_a_failing_evaluation_shortens_the_step():
    def guarded(x):
        if x[0] < 0.5:
            raise NumericalFailure("too far")
        return np.array([np.log(x[0])]), np.array([[1.0 / x[0]]])

    assert correct(guarded, [2.5], [1.0], [1e-12]).variables[0] == pytest.approx(1.0, abs=1e-10)


def test_what_cannot_be_met_is_named_with_what_remains():
    with pytest.raises(NumericalFailure, match="perilune altitude still misses by 1"):
        correct(lambda x: x**2 + 1.0, [0.3], [1.0], [1e-6], names=("perilune altitude",))


def test_scales_that_do_not_fit_are_refused():
    with pytest.raises(InvalidInput, match="positive scale"):
        correct(lambda x: x, [1.0, 2.0], [1.0], [1.0])
    with pytest.raises(InvalidInput, match="tolerances are given"):
        correct(lambda x: x, [1.0, 2.0], [1.0, 1.0], [1.0])
