"""Compiling the kernels of ranging ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.data import DataContext
from moonstead.smallbodies.orbit_fit.ranging_fit import Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import PULLING, ShortArcForces


def warm_up(data: DataContext) -> None:
    """Correct one orbit once; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Not read: all bodies stand where a table of zeros has them, the Sun 1 au away.
    """
    table = np.zeros((1, len(PULLING), 3, 2))
    table[0, :, 0, 0] = -ASTRONOMICAL_UNIT
    forces = ShortArcForces(-1e6, 2e6, table, np.full(len(PULLING), 1e15), np.ones(len(PULLING)))
    count = 3
    rows = RangingRows(
        np.arange(count),
        np.array([-600.0, 0.0, 600.0]),
        np.zeros((count, 6)),
        np.tile(np.eye(3), (count, 1, 1)),
        np.ones((count, 2)),
        np.zeros(count),
        np.zeros(count),
        np.zeros((count, 2)),
        np.array(["500"] * count),
    )
    orbit = np.array([[1.0, 0.0, 0.0, 0.0, 1e-7, 0.0, np.log(1e9), 0.0]])
    Observer(0.0, np.zeros(6), forces).fit(orbit, rows, free=6, most=1)
