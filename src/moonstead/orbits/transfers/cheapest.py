"""The cheapest point where constraints hold, reached along them from one that is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.targeting import correct

Array = NDArray[np.float64]
WithGradient = Callable[[Array], tuple[float, Array]]
WithJacobian = Callable[[Array], tuple[Array, Array]]

FIRST_RADIUS = 1.0  # [1] in scaled variables
SMALLEST_RADIUS = 0.02  # [1] below which nothing is gained any more
GROWTH, SHRINKAGE = 1.6, 0.4
FLAT = 1e-3  # [1] share of the gradient that is left along the constraints at a minimum
RESTORATIONS = 20  # Newton steps from the first guess to the constraints
CORRECTIONS = 8  # Newton steps back to the constraints after each step along them


@dataclass(frozen=True, eq=False)
class Cheapest:
    """A point on the constraints from which no small step is cheaper.

    Attributes
    ----------
    variables : (n,) [mixed]
        The point.
    cost : float [any unit]
        The objective there.
    steps : int
        Accepted steps.
    """

    variables: Array
    cost: float
    steps: int


def cheapest(
    cost: WithGradient,
    constraints: WithJacobian,
    start: ArrayLike,
    scales: ArrayLike,
    tolerances: ArrayLike,
    *,
    most_steps: int = 40,
) -> Cheapest:
    """Follow the constraints downhill from a first guess.

    First the constraints are met from the guess. Then each step goes down the gradient that is left along them, by no
    more than a radius, and back onto them. The radius follows what was gained. It finds the nearest minimum, and is
    meant for functions that turn wild a little further away.

    Parameters
    ----------
    cost : callable
        Variables (n,) to the cost and its gradient (n,).
    constraints : callable
        Variables (n,) to constraints (m,), zero where they hold, and their Jacobian (m, n). It may raise
        `NumericalFailure`: the step is then shortened.
    start : (n,) [mixed]
        First guess.
    scales : (n,) [mixed]
        Size of a change of each variable that matters.
    tolerances : (m,) [mixed]
        Largest accepted value of each constraint.
    most_steps : int
        Steps along the constraints.

    Returns
    -------
    Cheapest
        The point.

    Raises
    ------
    NumericalFailure
        The constraints cannot be met from the first guess.
    InvalidInput
        Scales or tolerances do not fit.

    Source
    ------
    Gradient projection with restoration: Rosen (1961), J. SIAM 9, 514, doi:10.1137/0109044.
    """
    size = np.asarray(scales, dtype=np.float64)
    point = correct(constraints, start, size, tolerances, largest_step=2.0, most_steps=RESTORATIONS).variables
    value, gradient = cost(point)
    radius, taken = FIRST_RADIUS, 0
    _, jacobian = constraints(point)
    while taken < most_steps and radius > SMALLEST_RADIUS:
        slope = gradient * size
        left = slope - _onto_rows(jacobian * size, slope)
        length = float(np.linalg.norm(left))
        if length <= FLAT * float(np.linalg.norm(slope)):
            break
        try:
            trial = correct(
                constraints,
                point - radius * size * left / length,
                size,
                tolerances,
                largest_step=radius,
                most_steps=CORRECTIONS,
            ).variables
        except NumericalFailure:
            radius *= SHRINKAGE
            continue
        trial_value, trial_gradient = cost(trial)
        if trial_value >= value:
            radius *= SHRINKAGE
            continue
        point, value, gradient = trial, trial_value, trial_gradient
        _, jacobian = constraints(point)
        radius *= GROWTH
        taken += 1
    return Cheapest(point, value, taken)


def _onto_rows(matrix: Array, vector: Array) -> Array:
    """The part of a vector that lies in the space of a matrix's rows."""
    rows = np.linalg.qr(matrix.T)[0]
    part: Array = rows @ (rows.T @ vector)
    return part
