"""When two uncertain objects overlap most, and for how long."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.equinoctial import ElementPair
from moonstead.monitoring.probability.segment import straight_passage

Array = NDArray[np.float64]

ROUNDS = 40  # of the search for the time of greatest overlap
SETTLED = 0.02  # [1] of a sigma, by which that time may still move
MOST_VALLEYS = 8
ZOOMS, ZOOM_TIMES = 10, 9
ROUND_VALLEY = 2.0  # [1] rise of the overlap over one step, below which a parabola fits it


@dataclass(frozen=True, eq=False)
class Passage:
    """When two uncertain objects overlap most, and for how long.

    Attributes
    ----------
    converged : bool
        Whether the time was found.
    time : float [s]
        Of greatest overlap, after the time of the states.
    sigma : float [s]
        Standard deviation in time of the rate of collisions of small bodies.
    gap : float [s]
        Between the three effective states, about a sigma.
    overlap : float [1]
        Squared distance in sigmas there, plus the logarithm of the determinant of the position's covariance [m^6].
    relative : (3, 6) [m, m/s]
        Effective relative states one gap before, at, and one gap after.
    spread : (3, 6, 6) [SI]
        Their covariances.
    """

    converged: bool
    time: float
    sigma: float
    gap: float
    overlap: float
    relative: Array
    spread: Array


def find_passage(pair: ElementPair, encounter: Encounter, segment: tuple[float, float]) -> Passage:
    """Time at which two uncertain objects overlap most, near that of the straight encounter.

    Parameters
    ----------
    pair : ElementPair
        Both objects.
    encounter : Encounter
        The same in states, for the first guess.
    segment : (float, float) [s]
        Where to seek.

    Returns
    -------
    Passage

    Source
    ------
    Hall, Baars & Casali (2023), A multistep probability of collision computational algorithm, AAS 23-398: least
    modified Mahalanobis distance of the points of peak overlap, by parabolas through three times.
    """
    guess, sigma = straight_passage(encounter)
    if not math.isfinite(sigma):
        return _lost()
    low, high = segment
    guess, sigma = min(max(guess, low), high), min(sigma, 0.1 * (high - low))
    for _ in range(ROUNDS):
        times = np.array([guess - sigma, guess, guess + sigma])
        relative, spread, status = pair.relative(times)
        if not np.all(status):
            # the tails of the distributions meet nowhere there: look nearer to the time of the states
            guess, sigma = 0.5 * guess, 0.5 * sigma
            if sigma < 1e-9:
                return _lost()
            continue
        q = overlaps(relative, spread)
        slope, bend = 0.5 * (q[2] - q[0]) / sigma, (q[2] - 2.0 * q[1] + q[0]) / sigma**2
        if not bend > 0.0:
            guess = guess + (sigma if slope < 0.0 else -sigma)
            sigma = 1.5 * sigma
            if not low <= guess <= high:
                return _lost()
            continue
        step, new_sigma = -slope / bend, math.sqrt(2.0 / bend)
        if abs(step) <= SETTLED * sigma and 0.8 < new_sigma / sigma < 1.25:
            return Passage(True, guess, new_sigma, sigma, float(q[1]), relative, spread)
        guess = min(max(guess + float(np.clip(step, -5.0 * sigma, 5.0 * sigma)), low), high)
        sigma = float(np.clip(new_sigma, 0.2 * sigma, 5.0 * sigma))
    return _lost()


def overlaps(relative: Array, spread: Array) -> Array:
    """Squared distances in sigmas plus logarithms of determinants [1], (T,), of states (T, 6) with spreads (T, 6, 6).

    Parameters
    ----------
    relative : (T, 6) [m, m/s]
        Relative states.
    spread : (T, 6, 6) [SI]
        Their covariances.

    Returns
    -------
    (T,) [1]
        The less, the likelier a meeting.

    Source
    ------
    Hall, Baars & Casali (2023), AAS 23-398: modified Mahalanobis distance.
    """
    position = spread[:, :3, :3]
    solved = np.linalg.solve(position, relative[:, :3, None])[..., 0]
    return np.asarray(np.einsum("ti,ti->t", relative[:, :3], solved) + np.linalg.slogdet(position)[1])


def valleys(pair: ElementPair, times: Array) -> list[tuple[float, float]]:
    """Times where the overlap of two slow objects is greatest, each with its standard deviation.

    Parameters
    ----------
    pair : ElementPair
        Both objects.
    times : (T,) [s]
        Where to look first.

    Returns
    -------
    list of (float, float) [s]
        The deepest eight at most.

    Source
    ------
    Least modified Mahalanobis distances, see `find_passage`, by repeated division.
    """

    def depth(where: Array) -> Array:
        relative, spread, status = pair.relative(where)
        values = np.full(where.size, np.inf)
        good = status == 1
        values[good] = overlaps(relative[good], spread[good])
        return values

    values = depth(times)
    inner = np.flatnonzero(np.isfinite(values))
    padded = np.concatenate(([np.inf], values, [np.inf]))
    lowest = inner[(padded[inner + 1] <= padded[inner]) & (padded[inner + 1] <= padded[inner + 2])]
    lowest = lowest[np.argsort(values[lowest])][:MOST_VALLEYS]
    found = []
    for row in lowest:
        left, right = times[max(row - 1, 0)], times[min(row + 1, times.size - 1)]
        for _ in range(ZOOMS):
            grid = np.linspace(left, right, ZOOM_TIMES)
            q = depth(grid)
            best = int(np.argmin(q))
            inside = 0 < best < ZOOM_TIMES - 1 and np.all(np.isfinite(q[best - 1 : best + 2]))
            if inside and q[best - 1] + q[best + 1] - 2.0 * q[best] < ROUND_VALLEY:
                break
            left, right = grid[max(best - 1, 0)], grid[min(best + 1, ZOOM_TIMES - 1)]
        step = grid[1] - grid[0]
        bend = (q[best - 1] + q[best + 1] - 2.0 * q[best]) / step**2 if inside else 0.0
        found.append((float(grid[best]), math.sqrt(2.0 / bend) if bend > 0.0 else float(step)))
    return found


def _lost() -> Passage:
    return Passage(False, math.nan, math.nan, math.nan, math.nan, np.zeros((3, 6)), np.zeros((3, 6, 6)))
