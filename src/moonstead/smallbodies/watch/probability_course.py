"""What an impact probability will do as the orbit gets better: rise to one or fall to nothing, and how likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

RULED_OUT = 1e-6  # [1] probability below which nobody asks any more
CERTAIN = 0.99  # [1] probability above which an impact is taken for granted
WIDEST = 9.0  # [sigma] reach of the integrals; beyond lies 2e-19 of a normal distribution
NODES = 6001  # of the integral over the place of the next solution
EDGE_NODES = 400  # more around each edge of an interval, in units of the sharper distribution
TOLD_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class ProbabilityCourse:
    """What the probability may become at each of T improvements, seen from today.

    Attributes
    ----------
    shrink : (T,) [1]
        Sigma along the line of variations then over that of today.
    expected : (T,) [1]
        Mean of the probability then: that of today, as no news is expected.
    if_impact, if_miss : (T,) [1]
        Its mean if the body will hit, and if it will not.
    quantiles : (T, 3) [1]
        5 %, 50 % and 95 % of what it may be.
    chance_ruled_out : (T,) [1]
        Chance that it is below `RULED_OUT`.
    chance_certain : (T,) [1]
        Chance that it is above `CERTAIN`.
    """

    shrink: Array
    expected: Array
    if_impact: Array
    if_miss: Array
    quantiles: Array
    chance_ruled_out: Array
    chance_certain: Array


def probability_course(starts: ArrayLike, stops: ArrayLike, shrink: ArrayLike) -> ProbabilityCourse:
    """Expected course of an impact probability while sigma along the line of variations shrinks.

    Today the body's place on the line is normal with mean 0 and sigma 1; the virtual impactors are intervals of it.
    After measurements that leave the sigma f, the solution m is normal with variance 1 - f^2 as seen from today, and
    the probability is what the normal distribution of mean m and sigma f has within the intervals.

    Parameters
    ----------
    starts, stops : (K,) [1]
        Edges of the intervals of impact, in sigmas of today from the nominal orbit.
    shrink : (T,) [1]
        Sigma after over sigma before, in (0, 1].

    Returns
    -------
    ProbabilityCourse
        One row for each `shrink`.

    Raises
    ------
    InvalidInput
        An interval runs backward, there is none, or a shrink lies outside (0, 1].

    Source
    ------
    Law of total probability for a Gaussian line of variations (Milani et al. 2005, Icarus 173, 362,
    doi:10.1016/j.icarus.2004.09.002, section 2). The width across the line is taken for negligible.
    """
    first, last = (np.atleast_1d(np.asarray(edge, dtype=np.float64)) for edge in (starts, stops))
    factors = np.atleast_1d(np.asarray(shrink, dtype=np.float64))
    if first.size == 0 or first.shape != last.shape or not np.all(last >= first):
        raise InvalidInput(f"intervals of impact need pairs of rising edges; got {first.tolist()} to {last.tolist()}")
    if not np.all((factors > 0.0) & (factors <= 1.0)):
        raise InvalidInput(f"sigma can only shrink: factors must lie in (0, 1]; got {factors.tolist()}")
    rows = [_after(first, last, float(factor)) for factor in factors]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return ProbabilityCourse(factors, *columns)


def probability_within(starts: ArrayLike, stops: ArrayLike, mean: ArrayLike = 0.0, sigma: float = 1.0) -> Array:
    """Share of a normal distribution within intervals.

    Parameters
    ----------
    starts, stops : (K,) [1]
        Edges of disjoint intervals.
    mean : (N,) [1]
        Of the distribution.
    sigma : float [1]
        Of the distribution.

    Returns
    -------
    (N,) [1]
        Probabilities.

    Source
    ------
    Differences of the normal distribution, each taken on the side where no digits are lost.
    """
    from scipy.special import ndtr

    middle = np.atleast_1d(np.asarray(mean, dtype=np.float64))[:, None]
    low = (np.atleast_1d(np.asarray(starts, dtype=np.float64))[None, :] - middle) / sigma
    high = (np.atleast_1d(np.asarray(stops, dtype=np.float64))[None, :] - middle) / sigma
    # both edges above the mean: use the upper tail
    flipped = low > 0.0
    low, high = np.where(flipped, -high, low), np.where(flipped, -low, high)
    share: Array = np.sum(ndtr(high) - ndtr(low), axis=1)
    return share


def impact_intervals(offsets: ArrayLike, probabilities: ArrayLike) -> tuple[Array, Array]:
    """Intervals of the line of variations that hit, from the offset and the probability of each virtual impactor.

    Parameters
    ----------
    offsets : (K,) [1]
        Sigmas from the nominal orbit to the most probable orbit that hits; either sign.
    probabilities : (K,) [1]
        Of each virtual impactor.

    Returns
    -------
    starts, stops : (K,) [1]
        From the offset outward, as far as the probability needs; around the nominal orbit where that hits too.

    Raises
    ------
    InvalidInput
        An offset is not finite, or a probability lies outside (0, 1].

    Source
    ------
    Inverse of the normal distribution; the width across the line is taken for negligible.
    """
    from scipy.special import ndtr, ndtri

    nearest, chance = (np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (offsets, probabilities))
    if not (np.all(np.isfinite(nearest)) and np.all((chance > 0.0) & (chance <= 1.0))):
        raise InvalidInput("virtual impactors need finite offsets and probabilities in (0, 1]")
    beyond = ndtr(-np.abs(nearest))
    around = chance >= beyond
    # the far edge by the upper tail, which keeps its digits
    far = np.where(around, 0.0, -ndtri(np.where(around, 0.5, beyond - chance)))
    half = np.minimum(ndtri(0.5 * (1.0 + chance)), WIDEST)
    near_edge, far_edge = np.abs(nearest), np.minimum(far, 2.0 * WIDEST)
    back = nearest < 0.0
    starts = np.where(around, -half, np.where(back, -far_edge, near_edge))
    stops = np.where(around, half, np.where(back, -near_edge, far_edge))
    return starts, stops


def _after(starts: Array, stops: Array, factor: float) -> tuple[float, float, float, list[float], float, float]:
    """Expected, if impact, if miss, quantiles, chances of ruled out and certain, for one shrink."""
    today = float(probability_within(starts, stops)[0])
    spread = np.sqrt(1.0 - factor**2)
    if spread < 1e-9:
        return today, today, today, [today] * 3, float(today < RULED_OUT), float(today > CERTAIN)
    place = _nodes(starts, stops, factor, spread)
    density = np.exp(-0.5 * (place / spread) ** 2) / (spread * np.sqrt(2.0 * np.pi))
    weight = density * np.gradient(place)
    weight /= np.sum(weight)
    then = probability_within(starts, stops, place, factor)
    expected = float(weight @ then)
    hit = float(weight @ then**2) / expected if expected > 0.0 else 0.0
    miss = float(weight @ (then * (1.0 - then))) / (1.0 - expected) if expected < 1.0 else 0.0
    order = np.argsort(then)
    reached = np.cumsum(weight[order])
    quantiles = [float(np.interp(share, reached, then[order])) for share in TOLD_QUANTILES]
    ruled_out = float(np.sum(weight[then < RULED_OUT]))
    certain = float(np.sum(weight[then > CERTAIN]))
    return expected, hit, miss, quantiles, ruled_out, certain


def _nodes(starts: Array, stops: Array, factor: float, spread: float) -> Array:
    """Places (M,) of the next solution: even over its distribution, dense where the probability changes."""
    edges = np.concatenate((starts, stops))
    near = edges[:, None] + factor * np.linspace(-WIDEST, WIDEST, EDGE_NODES)
    even = np.linspace(-WIDEST * spread, WIDEST * spread, NODES)
    every = np.unique(np.concatenate((even, near.ravel())))
    inside: Array = every[np.abs(every) <= WIDEST * spread]
    return inside
