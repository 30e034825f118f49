"""Probability of an impact that few orbits of a sample come near: a density, smoothed on the target plane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.smallbodies.impact.outlook import SAME, Passages
from moonstead.smallbodies.impact.target_plane import disc_probability, plane_axes

Array = NDArray[np.float64]

NEAREST = 100  # orbits about the body that the density is made of
FEWEST = 8  # without them a sample says nothing about a return


def smoothed_probability(passages: Passages, target: str, weights: Array) -> float:
    """Probability that orbits between those of a weighted sample hit a body.

    Parameters
    ----------
    passages : Passages
        Of the orbits of the sample.
    target : str
        The body.
    weights : (N,) [1]
        Share of each orbit.

    Returns
    -------
    float [1]
        Summed over all returns.

    Source
    ------
    Kernel density of the hundred target points nearest to the centre, with the shape of their own covariance and
    Scott's width, n^(-1/6) in the plane: Scott (1992), Multivariate Density Estimation, section 6.3.
    """
    rows = np.flatnonzero(passages.body == target)
    if rows.size == 0:
        return 0.0
    rows = rows[np.argsort(passages.tdb[rows], kind="stable")]
    returns = np.split(rows, np.flatnonzero(np.diff(passages.tdb[rows]) > SAME) + 1)
    return min(1.0, sum(_of_return(passages, one, weights) for one in returns))


def _of_return(passages: Passages, rows: NDArray[np.int64], weights: Array) -> float:
    distance = np.linalg.norm(passages.point[rows], axis=1)
    ordered = rows[np.argsort(distance, kind="stable")]
    _, first = np.unique(passages.index[ordered], return_index=True)  # the nearest passage of each orbit
    near = ordered[np.sort(first)][:NEAREST]
    weight = weights[passages.index[near]]
    near, weight = near[weight > 0.0], weight[weight > 0.0]
    if near.size < FEWEST:
        return 0.0
    axes = plane_axes(passages.direction[near[0]])
    flat = passages.point[near] @ axes.T
    share = weight / np.sum(weight)
    middle = share @ flat
    spread = np.einsum("n,ni,nj->ij", share, flat - middle, flat - middle)
    effective = 1.0 / np.sum(share**2)
    kernel = spread * effective ** (-1.0 / 3.0)
    radius = passages.radius[near]
    each = [disc_probability(point, kernel, float(size))[0] for point, size in zip(flat, radius, strict=True)]
    return float(weight @ np.array(each))
