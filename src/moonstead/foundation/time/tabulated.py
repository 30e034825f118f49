"""Slow series, tabulated: each block of days is fitted once and then costs a few multiplications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCKS_KEPT = 4096  # 180 years of 16-day blocks


@dataclass(frozen=True)
class Tabulated:
    """A slow function of time as Chebyshev series over blocks on a fixed grid, made when they are first needed.

    A value depends on its own time only, never on its neighbours in the call. The blocks are a memory of a pure
    function: forgetting them changes nothing but the speed.

    Attributes
    ----------
    function : (K,) [s] -> (K, C)
        The slow function.
    block : float [s]
        Length of a block.
    degree : int
        Degree of the series in one block.
    """

    function: Callable[[Array], Array]
    block: float
    degree: int
    _fit: Callable[[int], Array] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the nodes that all blocks share."""
        count = self.degree + 1
        nodes = np.cos(np.pi * (np.arange(count) + 0.5) / count)
        fit = chebyshev.chebvander(nodes, self.degree).T * (2.0 / count)
        fit[0] *= 0.5

        @lru_cache(maxsize=BLOCKS_KEPT)
        def block_coefficients(index: int) -> Array:
            values = fit @ self.function(self.block * (index + 0.5 * (nodes + 1.0)))
            slopes = np.zeros_like(values)
            slopes[:-1] = chebyshev.chebder(values, scl=2.0 / self.block, axis=0)
            return np.hstack([values, slopes])

        object.__setattr__(self, "_fit", block_coefficients)

    def __call__(self, time: Array) -> tuple[Array, Array]:
        """Values (N, C) and time derivatives (N, C) [1/s] at times (N,) [s]; NaN where a time is not finite."""
        time = np.asarray(time, dtype=np.float64)
        finite = np.isfinite(time)
        index = np.floor(np.where(finite, time, 0.0) / self.block)
        order = np.argsort(index, kind="stable")
        starts = np.flatnonzero(np.diff(index[order], prepend=-np.inf))
        columns = self._fit(int(index[order[0]]) if time.size else 0).shape[1]
        result = np.empty((time.size, columns))
        for first, last in zip(starts, [*starts[1:], time.size][: starts.size], strict=True):
            rows = order[first:last]
            number = index[rows[0]]
            place = 2.0 * (time[rows] / self.block - number) - 1.0
            result[rows] = chebyshev.chebvander(place, self.degree) @ self._fit(int(number))
        result[~finite] = np.nan
        return result[:, : columns // 2], result[:, columns // 2 :]
