"""Times of closest approach and of crossing the limit, from the objects' own states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moonstead.monitoring.objects import MovingObjects

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

RESOLUTION = 2.5e-7  # [s] one unit in the last place of a time past J2000
MOST_STEPS = 120
HALVED = 4  # every fourth step halves: the slope leaves out relative acceleration, which rules where two hardly move
WIDEST = 16.0  # [s] how far a minimum may lie from where the polynomials have it


def closest(objects: MovingObjects, first: Integers, second: Integers, tdb: Array) -> tuple[Array, Array]:
    """Times of closest approach near given times: where the distance stops falling.

    Parameters
    ----------
    objects : MovingObjects
        Where the states come from.
    first, second : (K,) int64 [1]
        Rows of each pair.
    tdb : (K,) [s TDB past J2000]
        Close to the minima.

    Returns
    -------
    tdb : (K,) [s TDB past J2000]
        Times of closest approach; NaN where there is none within `WIDEST` or states are missing.
    relative : (K, 2, 6) [m, m/s]
        States of both objects then.

    Source
    ------
    Root of the range rate by Newton's method, kept between bounds that halve where it fails.
    """

    def range_rate(when: Array, rows: Integers) -> tuple[Array, Array]:
        mine, _ = objects.pair_states(first[rows], when)
        other, _ = objects.pair_states(second[rows], when)
        place, velocity = other[:, :3] - mine[:, :3], other[:, 3:] - mine[:, 3:]
        return np.einsum("kc,kc->k", place, velocity), np.einsum("kc,kc->k", velocity, velocity)

    found = _bracketed(range_rate, tdb, 0.25)
    states = np.full((tdb.size, 2, 6), np.nan)
    good = np.flatnonzero(np.isfinite(found))
    states[good, 0], _ = objects.pair_states(first[good], found[good])
    states[good, 1], _ = objects.pair_states(second[good], found[good])
    return found, states


def crossings(
    objects: MovingObjects, first: Integers, second: Integers, inner: Array, outer: Array, distance: float
) -> Array:
    """Times at which pairs cross a distance between a time below it and one above.

    Parameters
    ----------
    objects : MovingObjects
        Where the states come from.
    first, second : (K,) int64 [1]
        Rows of each pair.
    inner, outer : (K,) [s TDB past J2000]
        Times at which the distance is below and above the limit, in either order.
    distance : float [m]
        Limit.

    Returns
    -------
    (K,) [s TDB past J2000]
        Crossings; `outer` where the distance is not above the limit there.

    Source
    ------
    Root of the squared distance by Newton's method, kept between bounds that halve where it fails.
    """

    def beyond(when: Array, rows: Integers) -> tuple[Array, Array]:
        mine, _ = objects.pair_states(first[rows], when)
        other, _ = objects.pair_states(second[rows], when)
        place, velocity = other[:, :3] - mine[:, :3], other[:, 3:] - mine[:, 3:]
        return np.einsum("kc,kc->k", place, place) - distance**2, 2.0 * np.einsum("kc,kc->k", place, velocity)

    rows = np.arange(inner.size)
    at_outer, _ = beyond(outer, rows)
    todo = np.flatnonzero(at_outer > 0.0)
    found = outer.copy()
    low, high = inner[todo].copy(), outer[todo].copy()
    found[todo] = _solve(lambda when, k: beyond(when, todo[k]), low, high, 0.5 * (low + high))
    return found


def _bracketed(function: Callable[[Array, Integers], tuple[Array, Array]], guess: Array, width: float) -> Array:
    """Roots of a rising function near guesses, NaN where none lies within `WIDEST`."""
    low, high = guess - width, guess + width
    open_rows = np.arange(guess.size)
    while open_rows.size and width <= WIDEST:
        width *= 4.0
        below, above = function(low[open_rows], open_rows)[0], function(high[open_rows], open_rows)[0]
        low[open_rows] = np.where(below < 0.0, low[open_rows], guess[open_rows] - width)
        high[open_rows] = np.where(above > 0.0, high[open_rows], guess[open_rows] + width)
        open_rows = open_rows[~((below < 0.0) & (above > 0.0))]
    found = np.full(guess.size, np.nan)
    held = np.setdiff1d(np.arange(guess.size), open_rows)
    found[held] = _solve(lambda when, k: function(when, held[k]), low[held], high[held], guess[held])
    return found


def _solve(function: Callable[[Array, Integers], tuple[Array, Array]], low: Array, high: Array, guess: Array) -> Array:
    """Roots between `low`, where the function is negative, and `high`, where it is not; either may be the later."""
    found, todo = guess.copy(), np.arange(guess.size)
    for turn in range(MOST_STEPS):
        if not todo.size:
            break
        when = found[todo]
        value, slope = function(when, todo)
        below = value < 0.0
        low[todo], high[todo] = np.where(below, when, low[todo]), np.where(below, high[todo], when)
        with np.errstate(divide="ignore", invalid="ignore"):
            better = when - value / slope
        least, most = np.minimum(low[todo], high[todo]), np.maximum(low[todo], high[todo])
        trusted = (better >= least) & (better <= most) & (turn % HALVED != HALVED - 1)
        better = np.where(trusted, better, 0.5 * (least + most))
        found[todo] = better
        todo = todo[(np.abs(better - when) > RESOLUTION) & (most - least > RESOLUTION)]
    return found
