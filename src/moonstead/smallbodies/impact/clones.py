"""Random orbits of the cloud: how many of them hit, as a check of everything cleverer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.smallbodies.impact.answer import CloneCount
from moonstead.smallbodies.impact.outlook import Outlook, Passages
from moonstead.smallbodies.impact.wilson import wilson_interval

Array = NDArray[np.float64]

APART = 2.0 * SECONDS_PER_DAY  # [s] impacts farther apart than this belong to different returns


@dataclass(frozen=True, eq=False)
class Clones:
    """Random orbits and what became of them.

    Attributes
    ----------
    points : (N, k) [1]
        Of the cloud.
    passages : Passages
        What they passed and hit.
    """

    points: Array
    passages: Passages

    def count(self, target: str) -> CloneCount:
        """How many hit a body [1], with the 95 % interval."""
        hits, drawn = self.hits(target).size, len(self.points)
        return CloneCount(drawn, hits, hits / drawn, wilson_interval(hits, drawn))

    def hits(self, target: str) -> NDArray[np.int64]:
        """Rows of the passages that are impacts on a body [1]."""
        return np.flatnonzero(self.passages.impact & (self.passages.body == target))

    def returns(self, target: str) -> list[NDArray[np.int64]]:
        """Rows of impacts on a body [1], in groups of one return each."""
        return impact_groups(self.passages, self.hits(target))


def impact_groups(passages: Passages, hits: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Impacts in groups of one return each.

    Parameters
    ----------
    passages : Passages
        Of many orbits.
    hits : (H,) [1]
        Rows that are impacts on one body.

    Returns
    -------
    list of (h,) [1]
        Rows, in the order of time.

    Source
    ------
    Single linkage in time: a gap of two days parts two returns.
    """
    if hits.size == 0:
        return []
    ordered = hits[np.argsort(passages.tdb[hits], kind="stable")]
    return np.split(ordered, np.flatnonzero(np.diff(passages.tdb[ordered]) > APART) + 1)


def flown_clones(outlook: Outlook, count: int, rng: np.random.Generator) -> Clones:
    """Random orbits of the cloud, flown to the end.

    Each coordinate of the cloud is drawn once from each of `count` strata of equal probability. That lessens the noise
    of the count; intervals that take the draws for independent are then on the safe side.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    count : int
        How many.
    rng : Generator
        Seeded by the caller.

    Returns
    -------
    Clones
        With all their passages.

    Source
    ------
    Latin hypercube: McKay, Beckman & Conover (1979), Technometrics 21, 239, doi:10.2307/1268522.
    """
    from scipy.special import ndtri

    size = outlook.cloud.size
    strata = np.stack([rng.permutation(count) for _ in range(size)], axis=1).reshape(count, size)
    points = np.ascontiguousarray(ndtri((strata + rng.random((count, size))) / count))
    return Clones(points, outlook.passages(points))
