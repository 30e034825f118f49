"""Manoeuvres of a low orbit found in its history of elements, and its decay between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.earth_orbit import GM

Array = NDArray[np.float64]

DAY = 86_400.0  # [s]
WINDOW = 3.0 * DAY  # on both sides of a change that lines are laid through
NEAREST = 2.0 * DAY  # between two manoeuvres that are told apart
SEARCHED = 1.0 * DAY  # around the largest step for the gap that fits best
FEWEST, ENOUGH = 4, 6  # element sets on each side: that there must be, that the window is widened for
CERTAIN = 3.0  # standard deviations that a manoeuvre must stand above its noise
NOISE = 5.0  # [m] least scatter of semi-major axes that is believed
HUBER = 1.5  # [1] residuals over their scatter from which on they count less
REWEIGHTED = 6  # times
SETTLING = 0.7 * DAY  # behind a manoeuvre that element sets still mix both orbits
BEFORE = 0.3 * DAY  # in front of it, likewise
SHORTEST = 4.0 * DAY  # of a stretch whose decay is measured


@dataclass(frozen=True)
class Manoeuvre:
    """A sudden change of a low orbit.

    Attributes
    ----------
    earliest, tdb, latest : float [s TDB past J2000]
        Epochs of the element sets between which it seems to lie, and the middle. Sets are fitted to days of tracking,
        so the burn itself may be half a day away.
    axis_change : float [m]
        Of the semi-major axis: positive for a reboost.
    axis_sigma : float [m]
        Its standard deviation, from the scatter of the element sets.
    delta_v : float [m/s]
        That does it along the velocity, with the sign of the change.
    delta_v_sigma : float [m/s]
        Its standard deviation.
    """

    earliest: float
    tdb: float
    latest: float
    axis_change: float
    axis_sigma: float
    delta_v: float
    delta_v_sigma: float


@dataclass(frozen=True, eq=False)
class DecayStretch:
    """Decay between two manoeuvres.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        First and last element set that was used.
    sets : int
        How many were.
    semi_major_axis : float [m]
        At the middle.
    rate : float [m/s]
        Of the semi-major axis: negative while it decays.
    rate_sigma : float [m/s]
        Its standard deviation, from the scatter of the sets; they err together over days, so it is a lower bound.
    """

    start: float
    stop: float
    sets: int
    semi_major_axis: float
    rate: float
    rate_sigma: float

    @property
    def middle(self) -> float:
        """Time [s TDB past J2000] halfway."""
        return 0.5 * (self.start + self.stop)


def find_manoeuvres(tdb: ArrayLike, semi_major_axis: ArrayLike, *, least_delta_v: float = 0.1) -> tuple[Manoeuvre, ...]:
    """Sudden changes of a semi-major axis that decays otherwise, upwards and downwards.

    At each gap between element sets a line with a step is laid through three days on both sides, insensitive to single
    bad sets; steps that are large and certain enough stay, the largest first.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Epochs of the elements, rising.
    semi_major_axis : (N,) [m]
        Mean semi-major axes.
    least_delta_v : float [m/s]
        Smaller manoeuvres are not looked for. Docking, undocking and storms look like 0.05 m/s.

    Returns
    -------
    tuple of Manoeuvre
        By time.

    Raises
    ------
    InvalidInput
        Times do not rise, lengths differ, values are not finite, or there are too few sets.

    Source
    ------
    Robust regression: Huber (1964), Ann. Math. Stat. 35, 73. Change of velocity: dv = n da / 2, Vallado (2013), section
    6.3. The idea of jumps in histories of elements: Lemmens & Krag (2014), J. Guid. Control Dyn. 37, 860,
    doi:10.2514/1.61300.
    """
    times, axes = _checked(tdb, semi_major_axis)
    if not (math.isfinite(least_delta_v) and least_delta_v > 0.0):
        raise InvalidInput(f"the least change of velocity must be positive [m/s]; got {least_delta_v!r}")
    motion = math.sqrt(GM / float(np.median(axes)) ** 3)
    gaps = 0.5 * (times[1:] + times[:-1])
    step, sigma = np.zeros(gaps.size), np.full(gaps.size, np.inf)

    def measure(rows: NDArray[np.int64], edges: Array) -> None:
        """Steps at gaps, from sets that no manoeuvre at the edges parts from them."""
        for k in rows:
            place = int(np.searchsorted(edges, gaps[k]))
            sets = _around(times, int(k), edges[place - 1] + SETTLING, edges[place] - BEFORE)
            step[k], sigma[k] = (_step(times, axes, int(k), sets) or (0.0, np.inf))[:2]

    measure(np.arange(gaps.size), np.array([-np.inf, np.inf]))
    chosen: list[int] = []
    while True:
        certain = (np.abs(step) * 0.5 * motion >= least_delta_v) & (np.abs(step) > CERTAIN * sigma)
        for known in chosen:
            certain[np.abs(gaps - gaps[known]) < NEAREST] = False
        if not np.any(certain):
            break
        best = _placed(times, axes, gaps, int(np.where(certain, np.abs(step), 0.0).argmax()))
        chosen.append(best)
        near = np.flatnonzero((np.abs(gaps - gaps[best]) < 2.0 * WINDOW) & (np.abs(gaps - gaps[best]) >= NEAREST))
        measure(near, np.array([-np.inf, *sorted(gaps[chosen]), np.inf]))
    chosen.sort()
    edges = [-math.inf, *(float(gaps[k]) for k in chosen), math.inf]
    manoeuvres = []
    for number, k in enumerate(chosen):
        low, high = edges[number] + SETTLING, edges[number + 2] - BEFORE
        found = _step(times, axes, k, _around(times, k, low, high))
        change, deviation = found[:2] if found is not None else (float(step[k]), float(sigma[k]))
        manoeuvres.append(
            Manoeuvre(
                float(times[k]),
                float(gaps[k]),
                float(times[k + 1]),
                change,
                deviation,
                0.5 * motion * change,
                0.5 * motion * deviation,
            )
        )
    return tuple(manoeuvres)


def decay_stretches(
    tdb: ArrayLike, semi_major_axis: ArrayLike, manoeuvres: tuple[Manoeuvre, ...]
) -> tuple[DecayStretch, ...]:
    """Decay between manoeuvres, by robust lines.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Epochs of the elements, rising.
    semi_major_axis : (N,) [m]
        Mean semi-major axes.
    manoeuvres : tuple of Manoeuvre
        As found; sets close to them are left out, and stretches shorter than four days.

    Returns
    -------
    tuple of DecayStretch
        By time.

    Raises
    ------
    InvalidInput
        As `find_manoeuvres`.

    Source
    ------
    Robust regression: Huber (1964), Ann. Math. Stat. 35, 73.
    """
    times, axes = _checked(tdb, semi_major_axis)
    edges = [-math.inf, *(each.tdb for each in manoeuvres), math.inf]
    stretches = []
    for low, high in pairwise(edges):
        inside = (times > low + SETTLING) & (times < high - BEFORE)
        if np.count_nonzero(inside) < 2 * FEWEST:
            continue
        own, size = times[inside], axes[inside]
        if own[-1] - own[0] < SHORTEST:
            continue
        middle = 0.5 * (own[0] + own[-1])
        design = np.stack((np.ones(own.size), (own - middle) / DAY), axis=1)
        solution, covariance = _robust(design, size)
        stretches.append(
            DecayStretch(
                float(own[0]),
                float(own[-1]),
                int(own.size),
                float(solution[0]),
                float(solution[1]) / DAY,
                math.sqrt(covariance[1, 1]) / DAY,
            )
        )
    return tuple(stretches)


def _checked(tdb: ArrayLike, semi_major_axis: ArrayLike) -> tuple[Array, Array]:
    times, axes = np.asarray(tdb, dtype=np.float64), np.asarray(semi_major_axis, dtype=np.float64)
    if times.ndim != 1 or times.shape != axes.shape or times.size < 2 * FEWEST:
        raise InvalidInput(
            f"a history of elements needs {2 * FEWEST} sets or more, one semi-major axis for each time; got "
            f"{times.shape} and {axes.shape}"
        )
    if not (np.all(np.isfinite(times)) and np.all(np.isfinite(axes)) and np.all(axes > 0.0)):
        raise InvalidInput("times and semi-major axes of a history must be finite, axes positive")
    if np.any(np.diff(times) <= 0.0):
        raise InvalidInput("the epochs of a history of elements must rise; sort them and drop sets of the same epoch")
    return times, axes


def _around(times: Array, gap: int, low: float, high: float) -> slice:
    """Sets within the window about a gap, or as many as are needed where they are sparse, between two edges."""
    middle = 0.5 * (times[gap] + times[gap + 1])
    first = min(int(np.searchsorted(times, middle - WINDOW)), gap + 1 - ENOUGH)
    last = max(int(np.searchsorted(times, middle + WINDOW)), gap + 1 + ENOUGH)
    return slice(max(first, int(np.searchsorted(times, low)), 0), min(last, int(np.searchsorted(times, high))))


def _step(times: Array, axes: Array, gap: int, sets: slice) -> tuple[float, float, float] | None:
    """Step [m] at a gap, its standard deviation, and the sum of residuals; None where there are too few sets."""
    own, size = times[sets], axes[sets]
    middle = 0.5 * (times[gap] + times[gap + 1])
    behind = own > middle
    if np.count_nonzero(behind) < FEWEST or np.count_nonzero(~behind) < FEWEST:
        return None
    design = np.stack((np.ones(own.size), (own - middle) / DAY, behind.astype(np.float64)), axis=1)
    solution, covariance = _robust(design, size)
    left = float(np.abs(size - design @ solution).sum())
    return float(solution[2]), math.sqrt(covariance[2, 2]), left


def _placed(times: Array, axes: Array, gaps: Array, near: int) -> int:
    """Gap close to another at which a step leaves the smallest residuals."""
    sets = _around(times, near, -math.inf, math.inf)
    best, least = near, math.inf
    for k in np.flatnonzero(np.abs(gaps - gaps[near]) < SEARCHED):
        found = _step(times, axes, int(k), sets)
        if found is not None and found[2] < least:
            best, least = int(k), found[2]
    return best


def _robust(design: Array, values: Array) -> tuple[Array, Array]:
    """Solution and covariance of a linear fit by Huber's weights."""
    reference = float(np.median(values))
    weights = np.ones(values.size)
    for _ in range(REWEIGHTED):
        weighted = design * weights[:, None]
        normal = weighted.T @ design
        solution = np.linalg.solve(normal, weighted.T @ (values - reference))
        residuals = np.abs(values - reference - design @ solution)
        scatter = max(1.4826 * float(np.median(residuals)), NOISE)
        weights = np.minimum(1.0, HUBER * scatter / np.maximum(residuals, 1e-12))
    solution[0] += reference
    return np.asarray(solution), np.asarray(np.linalg.inv(normal) * scatter**2)
