"""Probability of a virtual impactor by flown orbits: along each of many parallel lines, the stretch that hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.smallbodies.impact.outlook import SAME, Outlook, Passages
from moonstead.smallbodies.impact.virtual_impactors import Linearised

Array = NDArray[np.float64]

PADDING = 1.5  # [1] radii: how far beside the centre lines may pass by the linear map
THIN = 1e-9  # [1] of the disc: a narrower cloud is a line
ROUNDS = 6
CLOSE = 0.05  # [1] of the disc: how well the nearest point of a line is found
LONGEST = 7.0  # [1] standard deviations: no line is followed farther, beyond it holds 1e-12
LEVEL_95 = 1.959963984540054  # [1] standard deviations
SECANT = 1e-4  # [1] of the disc: a shorter step tells no slope


@dataclass(frozen=True, eq=False)
class SampledImpactor:
    """Orbits of a virtual impactor, each with its weight.

    Attributes
    ----------
    probability : float [1]
        Share of the cloud that hits.
    interval : (2,) [1]
        95 %: the scatter among lines, lines that could not be followed, and orbits that should hit and do not.
    points : (1 + M, k) [1]
        Of the cloud; the first is the mean orbit that hits and has no weight.
    weight : (1 + M,) [1]
        Probability that each stands for; 0 where it does not hit.
    rows : (1 + M,) [1]
        Rows of the passages; -1 where there is none.
    hit : (1 + M,) [1]
        Whether each hits.
    along : (1 + M,) [1]
        Place of each along the lines.
    passages : Passages
        What happened.
    """

    probability: float
    interval: tuple[float, float]
    points: Array
    weight: Array
    rows: NDArray[np.int64]
    hit: NDArray[np.bool_]
    along: Array
    passages: Passages


def sampled_impactor(outlook: Outlook, impactor: Linearised, count: int, rng: np.random.Generator) -> SampledImpactor:
    """Probability of a virtual impactor, without trust in linear maps over the cloud.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    impactor : Linearised
        Where to look.
    count : int
        Number of lines.
    rng : Generator
        Seeded by the caller.

    Returns
    -------
    SampledImpactor
        Probability [1] and orbits that hit.

    Source
    ------
    Line sampling: Pradlwarter, Schueller, Koutsourelis & Charmpis (2007), Struct. Saf. 29, 208,
    doi:10.1016/j.strusafe.2006.03.003: the lines run in the direction that moves the target point most, the
    integral along each is the normal distribution function at its ends, and only the mean over lines is random. Across,
    lines are drawn from the Gaussian cut to a strip about the disc.
    """
    left, sigma, right = np.linalg.svd(impactor.slopes, full_matrices=False)
    mean = left.T @ impactor.nominal
    lines, strip = _lines(impactor, mean, sigma, right, count, rng)
    offset, low, high, followed = _followed(outlook, impactor, lines, left.T @ impactor.axes, mean, sigma, right[0])
    share = np.where(followed, _between(low, high), 0.0)
    drawn = np.where(share > 0.0, _drawn(low, high, (rng.permutation(count) + rng.random(count)) / count), offset)
    points = np.concatenate((impactor.mean_point[None], lines + drawn[:, None] * right[0]))
    passages = outlook.passages(points, until_tdb=impactor.tdb + 2.0 * SAME)
    rows = passages.nearest(impactor.body, np.full(count + 1, impactor.tdb))
    hit = (rows >= 0) & passages.impact[rows]
    weight = np.concatenate(([0.0], strip * share / count))
    probability = float(np.sum(weight))
    astray = float(np.sum(weight[~hit]))
    scatter = LEVEL_95 * strip * float(np.std(share)) / np.sqrt(count)
    lost = strip * float(np.mean(~followed)) * float(np.max(share, initial=0.0))
    interval = (max(0.0, probability - scatter - astray), min(1.0, probability + scatter + astray + lost))
    along = points @ right[0]
    return SampledImpactor(probability, interval, points, np.where(hit, weight, 0.0), rows, hit, along, passages)


def _lines(
    impactor: Linearised, mean: Array, sigma: Array, right: Array, count: int, rng: np.random.Generator
) -> tuple[Array, float]:
    """Points (M, k) of lines that pass the disc by the linear map, and the share of all lines that do."""
    from scipy.special import ndtr, ndtri

    half, size = PADDING * impactor.radius, max(float(sigma[1]), THIN * impactor.radius)
    sign, far = np.sign(mean[1]) or 1.0, abs(mean[1])
    low, high = (float(ndtr((side * half - far) / size)) for side in (-1.0, 1.0))
    levels = (rng.permutation(count) + rng.random(count)) / count
    beside = sign * ndtri(np.clip(low + (high - low) * levels, np.finfo(float).tiny, 1.0 - 1e-16))
    lines = rng.standard_normal((count, impactor.point.size))
    lines += (beside - lines @ right[1])[:, None] * right[1]
    lines -= (lines @ right[0])[:, None] * right[0]
    return lines, high - low


def _followed(
    outlook: Outlook, impactor: Linearised, lines: Array, axes: Array, mean: Array, sigma: Array, direction: Array
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Nearest point, both ends of the stretch that hits, and whether it was found, (M,) each, along lines.

    A line that was followed and misses has its ends in one place.
    """
    count = len(lines)
    start = float(np.clip(-mean[0] / max(sigma[0], 1e-30), -LONGEST, LONGEST))
    offset, slope = np.full(count, start), np.tile([sigma[0], 0.0], (count, 1))
    before, place = np.full(count, np.nan), np.full((count, 2), np.nan)
    low, high, followed = np.zeros(count), np.zeros(count), np.zeros(count, dtype=bool)
    todo = np.arange(count)
    for _ in range(ROUNDS):
        passages = outlook.passages(lines[todo] + offset[todo, None] * direction, until_tdb=impactor.tdb + 2.0 * SAME)
        rows = passages.nearest(impactor.body, np.full(todo.size, impactor.tdb))
        todo, rows = todo[rows >= 0], rows[rows >= 0]
        if todo.size == 0:
            break
        point, radius = passages.point[rows] @ axes.T, passages.radius[rows]
        moved = np.linalg.norm(point - place[todo], axis=1) > SECANT * radius
        step = offset[todo] - before[todo]
        fresh = moved & (step != 0.0)
        slope[todo[fresh]] = (point[fresh] - place[todo[fresh]]) / step[fresh, None]
        here = slope[todo]
        squared = np.einsum("ni,ni->n", here, here)
        inner = np.einsum("ni,ni->n", point, here)
        wanted = np.clip(offset[todo] - inner / squared, -LONGEST, LONGEST)
        close = np.abs(wanted - offset[todo]) * np.sqrt(squared) < CLOSE * radius
        root = np.sqrt(np.maximum(inner**2 - squared * (np.einsum("ni,ni->n", point, point) - radius**2), 0.0))
        done = todo[close]
        low[done] = (offset[todo] + (-inner - root) / squared)[close]
        high[done] = (offset[todo] + (-inner + root) / squared)[close]
        followed[done] = True
        before[todo], place[todo] = offset[todo], point
        offset[todo] = np.where(close, offset[todo], wanted)
        todo = todo[~close]
        if todo.size == 0:
            break
    return offset, low, high, followed


def _between(low: Array, high: Array) -> Array:
    """Share (M,) [1] of a normal distribution between two ends, by the tail that keeps its digits."""
    from scipy.special import ndtr

    upper = low + high > 0.0
    return np.where(upper, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low))


def _drawn(low: Array, high: Array, levels: Array) -> Array:
    """Numbers (M,) of a normal distribution cut to [low, high], at levels between 0 and 1."""
    from scipy.special import ndtr, ndtri

    upper = low + high > 0.0
    first, last = np.where(upper, -high, low), np.where(upper, -low, high)
    start = ndtr(first)
    value = ndtri(np.clip(start + (ndtr(last) - start) * levels, np.finfo(float).tiny, 1.0 - 1e-16))
    return np.clip(np.where(upper, -value, value), low, high)
