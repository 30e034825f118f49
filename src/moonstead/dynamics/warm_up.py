"""Compiling the kernels of motion ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.dynamics import propagate_warm_up, sgp4_many
from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ICRF


def warm_up(data: DataContext) -> None:
    """Run every kernel of propagation and interpolation on tiny input; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Not read: the kernels of this floor need no data to compile.
    """
    propagate_warm_up.warm_up()
    sgp4_many.warm_up()
    nodes = np.arange(4.0)
    states = np.zeros((4, 6))
    for method in ("hermite", "lagrange"):
        TabulatedTrajectory("still", "MOON", ICRF, nodes, states, 3, method).state(np.array([1.5]))
