"""Whether stated probabilities are frequencies: the reliability diagram and its binomial band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

EDGES = (0.0, 1e-4, 1e-2, 0.1, 0.3, 0.7, 0.9, 1.0)
BAND = 0.95  # [1] of the binomial distribution


@dataclass(frozen=True, eq=False)
class Reliability:
    """A reliability diagram of K bins, empty ones left out.

    Attributes
    ----------
    low, high : (K,) [1]
        Edges of the bins of stated probability.
    count : (K,) [1]
        Cases in each.
    stated : (K,) [1]
        Mean stated probability.
    hits : (K,) [1]
        How many came true.
    fewest, most : (K,) [1]
        Central 95 % of the hits that the stated probabilities allow.
    """

    low: Array
    high: Array
    count: NDArray[np.int64]
    stated: Array
    hits: NDArray[np.int64]
    fewest: NDArray[np.int64]
    most: NDArray[np.int64]

    @property
    def within(self) -> NDArray[np.bool_]:
        """Whether the hits of each bin (K,) [1] lie in the band."""
        return (self.hits >= self.fewest) & (self.hits <= self.most)


def reliability(stated: ArrayLike, came_true: ArrayLike, edges: ArrayLike = EDGES) -> Reliability:
    """Stated probabilities beside how often they came true.

    Parameters
    ----------
    stated : (N,) [1]
        Probabilities that were stated.
    came_true : (N,) [1]
        Whether the event happened.
    edges : (K + 1,) [1]
        Of the bins, rising from 0 to 1.

    Returns
    -------
    Reliability
        With the band of the exact distribution of a sum of unequal chances.

    Raises
    ------
    InvalidInput
        A probability lies outside [0, 1], or the two differ in length.

    Source
    ------
    Murphy & Winkler (1977), J. R. Stat. Soc. C 26, 41, doi:10.2307/2346866; band: Poisson's binomial distribution by
    convolution.
    """
    chances, true = np.asarray(stated, dtype=np.float64), np.asarray(came_true, dtype=np.bool_)
    if chances.shape != true.shape or not np.all((chances >= 0.0) & (chances <= 1.0)):
        raise InvalidInput("each stated probability must lie in [0, 1] and have an outcome")
    limits = np.asarray(edges, dtype=np.float64)
    place = np.clip(np.searchsorted(limits, chances, side="right") - 1, 0, limits.size - 2)
    rows = []
    for k in np.unique(place):
        inside = place == k
        fewest, most = _band(chances[inside])
        size, hits = int(np.sum(inside)), int(np.sum(true[inside]))
        rows.append((limits[k], limits[k + 1], size, float(np.mean(chances[inside])), hits, fewest, most))
    return Reliability(*(np.array(column) for column in zip(*rows, strict=True)))


def _band(chances: Array) -> tuple[int, int]:
    """Fewest and most events in the central band of the sum of independent events."""
    distribution = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, [1.0 - chance, chance])
    reached = np.cumsum(distribution)
    tail = 0.5 * (1.0 - BAND)
    return int(np.searchsorted(reached, tail)), int(np.searchsorted(reached, 1.0 - tail))
