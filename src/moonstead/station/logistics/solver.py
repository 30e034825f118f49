"""HiGHS on the program of a campaign: in whole numbers, in fractions, and with all flights fixed."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.station.logistics.model import PlanModel

Array = NDArray[np.float64]
LEAST_TIME = 0.5  # [s] below it a search returns nothing
WHOLE = 1e-6  # [1] tolerance of HiGHS on whole numbers


def solve(model: PlanModel, limit: float, gap: float, low: Array, high: Array, whole: NDArray[np.int64]) -> Any:
    """Solve a model with HiGHS.

    Parameters
    ----------
    model : PlanModel
        Costs and rows.
    limit : float [s]
        Longest time.
    gap : float [1]
        Distance from the bound at which the search may end.
    low, high : (N,) [mixed]
        Bounds of the variables.
    whole : (N,)
        1 for variables in whole numbers.

    Returns
    -------
    OptimizeResult
        Of `scipy.optimize.milp`: x, fun, status, mip_dual_bound.

    Source
    ------
    HiGHS, Huangfu and Hall (2018), doi:10.1007/s12532-017-0130-5.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    with _silence():
        return milp(
            model.cost,
            integrality=whole,
            bounds=Bounds(low, high),
            constraints=LinearConstraint(model.matrix, model.lower, model.upper),
            options={"time_limit": max(limit, LEAST_TIME), "mip_rel_gap": gap, "presolve": True},
        )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep HiGHS from writing to standard output: it does so past its own options, into what may be JSON."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)  # what C still holds must not come out later
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def fixed_masses(model: PlanModel, x: Array, bounds: tuple[Array, Array] | None = None) -> tuple[Array, float]:
    """Masses with all flights fixed in whole numbers: exact to the tolerance of a linear program.

    Parameters
    ----------
    model : PlanModel
        Costs and rows.
    x : (N,) [mixed]
        A solution; its flights are rounded and kept.
    bounds : ((N,), (N,)) [mixed], optional
        Bounds of the variables; default those of the model.

    Returns
    -------
    ((N,) [mixed], float [1])
        Solution and cost.

    Raises
    ------
    NumericalFailure
        The rounded flights cannot be loaded.

    Source
    ------
    Rounding within the tolerance of HiGHS, then a linear program.
    """
    fixed = model.whole == 1
    low, high = (np.zeros(x.size), model.most.copy()) if bounds is None else (bounds[0].copy(), bounds[1].copy())
    low[fixed] = high[fixed] = np.round(x[fixed])
    found = solve(model, 60.0, 0.0, low, high, np.zeros_like(model.whole))
    if found.x is None:
        raise NumericalFailure(
            f"the flights that were found cannot be loaded ({found.message}); whole numbers were off by up to "
            f"{np.max(np.abs(x[fixed] - np.round(x[fixed]))):.1e}, {WHOLE:g} is the tolerance: change the step a little"
        )
    return np.asarray(found.x), float(found.fun)
