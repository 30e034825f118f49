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
ROWS_PER_BLOCK = 16  # with fewer, one gather over all blocks is faster than a loop over them


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
        tables = [self._fit(int(number)) for number in index[order[starts]]]
        place = 2.0 * (np.where(finite, time, 0.0) / self.block - index) - 1.0
        if time.size < ROWS_PER_BLOCK * starts.size:
            which = np.empty(time.size, dtype=np.intp)
            which[order] = np.repeat(np.arange(starts.size), np.diff(starts, append=time.size))
            result = np.einsum("nk,nkc->nc", chebyshev.chebvander(place, self.degree), np.stack(tables)[which])
        else:
            result = np.empty((time.size, self._fit(0).shape[1] if not tables else tables[0].shape[1]))
            for table, first, last in zip(tables, starts, [*starts[1:], time.size][: starts.size], strict=True):
                rows = order[first:last]
                result[rows] = chebyshev.chebvander(place[rows], self.degree) @ table
        columns = result.shape[1]
        result[~finite] = np.nan
        return result[:, : columns // 2], result[:, columns // 2 :]
