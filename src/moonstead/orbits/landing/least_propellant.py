"""Nonlinear programs of powered flight: one function, its differences, and what fails where it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure

Array = NDArray[np.float64]

DIFFERENCE = 1e-5  # [1] of a scaled variable, both ways: the error is of second order
MOST_ITERATIONS = 150
SETTLING = 12  # steps of Newton's method onto the constraints that the solver left nearly held
HELD = 1e-6  # [1] of a constraint's scale


@dataclass(frozen=True, eq=False)
class Program:
    """Cost and constraints of one choice of variables, all scaled to about one.

    Attributes
    ----------
    cost : float [1]
        To be least.
    equal : (E,) [1]
        To be zero.
    above : (U,) [1]
        To be zero or more.
    """

    cost: float
    equal: Array
    above: Array


def solve_program(
    function: Callable[[Array], Program],
    start: Array,
    bounds: list[tuple[float, float]],
    names: tuple[tuple[str, float, str], ...],
    above_name: tuple[str, float, str],
) -> tuple[Array, int]:
    """Variables of least cost that hold all constraints.

    Parameters
    ----------
    function : callable
        Variables (n,) to `Program`.
    start : (n,) [1]
        First guess.
    bounds : list of (float, float) [1]
        Of each variable.
    names : tuple of (str, float, str) [any unit]
        Of each equality: what messages call it, its scale and unit.
    above_name : (str, float, str) [any unit]
        Of the inequalities.

    Returns
    -------
    variables : (n,) [1]
        What was found.
    iterations : int
        Of the solver.

    Raises
    ------
    NumericalFailure
        The constraints cannot be held; the message names the worst one and what remains of it.

    Source
    ------
    Sequential least squares programming: Kraft (1988), DFVLR-FB 88-28, as in scipy; gradients by differences.
    """
    from scipy.optimize import minimize

    low, high = np.array(bounds).T
    seen: dict[bytes, Program] = {}
    slopes: dict[bytes, tuple[Array, Array, Array]] = {}

    def at(x: Array) -> Program:
        key = x.tobytes()
        if key not in seen:
            if len(seen) > 4:
                seen.clear()
            seen[key] = function(x)
        return seen[key]

    def slope(x: Array) -> tuple[Array, Array, Array]:
        key = x.tobytes()
        if key not in slopes:
            slopes.clear()
            slopes[key] = _differences(function, x, low, high)
        return slopes[key]

    answer = minimize(
        lambda x: at(x).cost,
        np.clip(start, low, high),
        jac=lambda x: slope(x)[0],
        bounds=bounds,
        method="SLSQP",
        constraints=[
            {"type": "eq", "fun": lambda x: at(x).equal, "jac": lambda x: slope(x)[1]},
            {"type": "ineq", "fun": lambda x: at(x).above, "jac": lambda x: slope(x)[2]},
        ],
        options={"maxiter": MOST_ITERATIONS, "ftol": 1e-8},
    )
    best = _settled(function, np.clip(answer.x, low, high), low, high)
    reached = function(best)
    worst = float(np.max(np.abs(reached.equal))) if reached.equal.size else 0.0
    lowest = float(np.min(reached.above)) if reached.above.size else 0.0
    if worst > HELD or lowest < -HELD:
        if worst >= -lowest:
            name, scale, unit = names[int(np.argmax(np.abs(reached.equal)))]
            missed = worst * scale
        else:
            name, scale, unit = above_name
            missed = -lowest * scale
        raise NumericalFailure(
            f"no flight holds all constraints: {name} still misses by {missed:.4g} {unit} after {answer.nit} steps "
            f"({answer.message}); take more thrust or a wider constraint"
        )
    return best, int(answer.nit)


def straight_lines(points: int, values: int) -> Array:
    """Matrix that spreads a few values over more points by straight lines between them.

    Parameters
    ----------
    points, values : int
        How many; both ends coincide.

    Returns
    -------
    (points, values) [1]

    Source
    ------
    Linear interpolation.
    """
    places = np.linspace(0.0, values - 1.0, points)[:, None]
    return np.maximum(1.0 - np.abs(places - np.arange(values)), 0.0)


def _differences(function: Callable[[Array], Program], x: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Slopes of the cost (n,), of equalities (E, n) and of inequalities (U, n)."""
    costs, equalities, inequalities = [], [], []
    for k in range(x.size):
        up, down = x.copy(), x.copy()
        up[k], down[k] = min(x[k] + DIFFERENCE, high[k]), max(x[k] - DIFFERENCE, low[k])
        step = max(up[k] - down[k], DIFFERENCE * DIFFERENCE)  # a variable that is held fast has no slope
        there, here = function(up), function(down)
        costs.append((there.cost - here.cost) / step)
        equalities.append((there.equal - here.equal) / step)
        inequalities.append((there.above - here.above) / step)
    return np.array(costs), np.stack(equalities, axis=1), np.stack(inequalities, axis=1)


def _settled(function: Callable[[Array], Program], x: Array, low: Array, high: Array) -> Array:
    """The nearest variables that hold the equalities and the inequalities that bind, those on bounds left there."""
    free = (x > low + 1e-9) & (x < high - 1e-9)
    for _ in range(SETTLING):
        here = function(x)
        binding = here.above < HELD
        miss = np.concatenate((here.equal, here.above[binding]))
        if np.max(np.abs(miss), initial=0.0) < 0.01 * HELD:
            break
        _, equal, above = _differences(function, x, low, high)
        slope = np.concatenate((equal, above[binding]))[:, free]
        step = np.linalg.lstsq(slope, -miss, rcond=1e-10)[0]
        x = x.copy()
        x[free] = np.clip(x[free] + step, low[free], high[free])
    return x
