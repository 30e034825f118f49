"""Compiling the kernels of propagation ahead of their first use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from moonstead.foundation.kernel_cache import prepare


def warm_up(progress: Callable[[str], None] | None = None) -> None:
    """Compile, or load from the cache, every kernel that `propagate` and its dense output use.

    Parameters
    ----------
    progress : callable or None
        Told the name of each step before it starts.
    """
    prepare()
    from moonstead.dynamics.adaptive_kernels import NYSTROM, integrate
    from moonstead.dynamics.dense_kernels import interpolate
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.forces_tables import static_tables

    tables = static_tables(ForceModel(degree=0, third_bodies=()))
    if progress is not None:
        progress("propagation")
    nodes = np.zeros((8, 3)), np.zeros((8, 3)), np.zeros((8, 3))
    nodes[0][0], nodes[1][0] = (1.9e6, 0.0, 0.0), (0.0, 1.6e3, 0.0)
    times = np.zeros(8)
    counters = np.array([1, 0, 0, 0], dtype=np.int64)
    integrate(
        NYSTROM,
        np.array([2.0, 1.0, 0.0, -1.0]),
        counters,
        1e-12,
        1.0,
        tables,
        times,
        *nodes,
        np.zeros(8, dtype=np.uint8),
    )
    if progress is not None:
        progress("dense output")
    one = np.zeros(1, dtype=np.int64)
    interpolate(np.zeros(1), one, one, one + 2, times, *nodes, np.zeros((1, 6)))
