"""The cheapest flight near a first one that meets what is wanted of it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure

Array = NDArray[np.float64]

COST_SCALE = 10.0  # [m/s]
SPARE_SCALE = 3600.0  # [s]
FAILED_COST, FAILED_MISS, FAILED_SPARE = 1e4, 1e3, -1e6  # [m/s], [weights], [s] where nothing can be flown
ITERATIONS = 80


class _Task(Protocol):
    """A flight that follows from variables, the first of them a time [s TDB past J2000] within `window`."""

    window: tuple[float, float]

    def cost(self, variables: Array) -> tuple[float, Array]:
        """What is to be least [m/s], and its gradient (V,)."""

    def misses(self, variables: Array) -> tuple[Array, Array]:
        """What is to vanish (M,), and its Jacobian (M, V)."""

    def to_spare(self, variables: Array) -> tuple[float, Array]:
        """What may not be negative [s], and its gradient (V,)."""


def least_cost(task: _Task, seed: Array, scales: Array, weights: Array) -> Array:
    """Variables near a seed that cost least, by sequential quadratic programming; to be corrected afterwards.

    Parameters
    ----------
    task : object
        With `window`, `cost`, `misses` and `to_spare`; it raises `NumericalFailure` where nothing can be flown.
    seed : (V,) [mixed]
        Variables to begin from.
    scales : (V,) [mixed]
        Sizes of steps.
    weights : (M,) [mixed]
        Sizes of misses that weigh alike.

    Returns
    -------
    (V,) [mixed]
        The best that was found; its misses are small, not nothing.

    Source
    ------
    Kraft (1988), A software package for sequential quadratic programming, DFVLR-FB 88-28, as scipy has it.
    """
    from scipy.optimize import minimize

    kept: dict[bytes, tuple[tuple[float, Array], tuple[Array, Array], tuple[float, Array]]] = {}

    def at(scaled: Array) -> tuple[tuple[float, Array], tuple[Array, Array], tuple[float, Array]]:
        key = scaled.tobytes()
        if key not in kept:
            kept.clear()
            variables = seed + scaled * scales
            try:
                kept[key] = task.cost(variables), task.misses(variables), task.to_spare(variables)
            except NumericalFailure:
                still = np.zeros(seed.size)
                nothing = np.zeros((weights.size, seed.size))
                kept[key] = (FAILED_COST, still), (FAILED_MISS * weights, nothing), (FAILED_SPARE, still)
        return kept[key]

    free = np.full(seed.size - 1, np.inf)
    low = (np.concatenate(([task.window[0]], -free)) - seed) / scales
    high = (np.concatenate(([task.window[1]], free)) - seed) / scales
    answer = minimize(
        lambda x: at(x)[0][0] / COST_SCALE,
        np.zeros(seed.size),
        jac=lambda x: at(x)[0][1] * scales / COST_SCALE,
        method="SLSQP",
        bounds=list(zip(low, high, strict=True)),
        constraints=[
            {
                "type": "eq",
                "fun": lambda x: at(x)[1][0] / weights,
                "jac": lambda x: at(x)[1][1] * scales / weights[:, None],
            },
            {
                "type": "ineq",
                "fun": lambda x: at(x)[2][0] / SPARE_SCALE,
                "jac": lambda x: at(x)[2][1] * scales / SPARE_SCALE,
            },
        ],
        options={"maxiter": ITERATIONS, "ftol": 1e-6},
    )
    return np.asarray(seed + answer.x * scales)
