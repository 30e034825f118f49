"""Compiling the kernels of precise point positioning ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.foundation.kernel_cache import prepare
from moonstead.navigation.ppp.batch import Equations, epoch_covariances, solve


def warm_up() -> None:
    """Run each kernel once on two epochs of five satellites."""
    prepare()
    from moonstead.navigation.ppp.arcs_kernels import find_arcs

    flags, values = np.ones((2, 5), dtype=np.bool_), np.zeros((2, 5))
    find_arcs(np.arange(2.0), flags, ~flags, values, values, np.ones(7), np.empty((2, 5), dtype=np.int64))
    satellite = np.tile(np.arange(5, dtype=np.int64), 2)
    names = np.column_stack([np.zeros_like(satellite), satellite, satellite])
    partials = np.random.default_rng(0).normal(size=(10, 6))
    node, share = np.zeros((2, 2), dtype=np.int64), np.zeros((2, 2))
    start = np.array([0, 5, 10], dtype=np.int64)
    equations = Equations(False, ("G",), ("G",) * 5, start, node, share, (2, 2), names, partials, np.zeros((10, 2)), 5)
    weight = np.ones((10, 2))
    epoch_covariances(equations, weight, solve(equations, weight).covariance())
