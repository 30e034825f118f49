"""Steps of slow pairs joined to intervals through which they stay close."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.monitoring.objects import MovingObjects
from moonstead.monitoring.screening.approach import Approaches
from moonstead.monitoring.screening.polish import closest, crossings
from moonstead.monitoring.screening.screening import ProximityIntervals

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

SEAM = 1e-3  # [s] by which ends of steps may differ and still be the same


def proximity(objects: MovingObjects, steps: Approaches, distance: float, speed: float) -> ProximityIntervals:
    """Intervals below the distance in which the relative speed at the least distance is below a speed.

    Parameters
    ----------
    objects : MovingObjects
        Where the states come from.
    steps : Approaches
        All steps of a span in which pairs come below the distance or nearly so.
    distance : float [m]
        Limit.
    speed : float [m/s]
        Relative speed at the least distance below which a passage is an interval, not an encounter.

    Returns
    -------
    ProximityIntervals
        In order of the pairs and of time.

    Source
    ------
    Definition: largest intervals below a distance; their ends as `polish.crossings`.
    """
    slow = np.unique(_pair(steps)[(steps.speed < speed)])
    steps = steps.select(np.isin(_pair(steps), slow))
    order = np.lexsort((steps.start, steps.second, steps.first))
    steps = steps.select(order)
    chain = _chains(steps, _near_at_start(objects, steps, distance))
    count = int(chain[-1]) + 1 if chain.size else 0
    first_of, last_of = np.searchsorted(chain, np.arange(count)), np.searchsorted(chain, np.arange(count), "right") - 1
    by_distance = np.lexsort((steps.distance, chain))
    least = by_distance[first_of]
    kept = np.flatnonzero(steps.speed[least] < speed)
    first_of, last_of, least = first_of[kept], last_of[kept], least[kept]
    first, second = steps.first[least], steps.second[least]
    tdb, _ = closest(objects, first, second, steps.tdb[least])
    # No minimum nearby: the least distance is where the span, or the life of one of both, begins or ends.
    tdb = np.where(steps.inside[least] & np.isfinite(tdb), tdb, steps.tdb[least])
    mine, other = objects.pair_states(first, tdb)[0], objects.pair_states(second, tdb)[0]
    least_distance = np.linalg.norm(other[:, :3] - mine[:, :3], axis=1)
    below = np.flatnonzero(least_distance <= distance)
    first_of, last_of, first, second, tdb = first_of[below], last_of[below], first[below], second[below], tdb[below]
    start = crossings(objects, first, second, _below_at(steps, first_of, tdb), steps.start[first_of], distance)
    stop = crossings(objects, first, second, _below_at(steps, last_of, tdb), steps.stop[last_of], distance)
    return ProximityIntervals(
        first, second, objects.object_id[first], objects.object_id[second], start, stop, tdb, least_distance[below],
        np.linalg.norm(other[below, 3:] - mine[below, 3:], axis=1),
    )  # fmt: skip


def in_intervals(first: Integers, second: Integers, tdb: Array, intervals: ProximityIntervals) -> NDArray[np.bool_]:
    """Which times (K,) of pairs lie in one of their proximity intervals.

    Parameters
    ----------
    first, second : (K,) int64 [1]
        Rows of each pair.
    tdb : (K,) [s TDB past J2000]
        Times.
    intervals : ProximityIntervals
        In order of the pairs and of time, those of a pair apart from each other.

    Returns
    -------
    (K,) bool

    Source
    ------
    Definition: between start and stop.
    """
    found = np.zeros(tdb.size, dtype=bool)
    if not len(intervals):
        return found
    pairs = (intervals.first_row << 32) + intervals.second_row
    mine = (first << 32) + second
    for row in np.flatnonzero(np.isin(mine, pairs)):
        own = pairs == mine[row]
        found[row] = bool(np.any((intervals.start[own] <= tdb[row]) & (tdb[row] <= intervals.stop[own])))
    return found


def _pair(steps: Approaches) -> Integers:
    pair: Integers = (steps.first << 32) + steps.second
    return pair


def _near_at_start(objects: MovingObjects, steps: Approaches, distance: float) -> NDArray[np.bool_]:
    """Whether each pair is below the distance where its step starts; where polynomials leave it open, states decide."""
    near = steps.start_distance <= distance
    rows = np.flatnonzero(np.abs(steps.start_distance - distance) <= steps.slack)
    mine, other = (objects.pair_states(one[rows], steps.start[rows])[0] for one in (steps.first, steps.second))
    near[rows] = np.linalg.norm(other[:, :3] - mine[:, :3], axis=1) <= distance
    return near


def _chains(steps: Approaches, near: NDArray[np.bool_]) -> Integers:
    """Number (K,) of the chain of each step: the pair is the same, and close where one step meets the next."""
    if not len(steps):
        return np.zeros(0, dtype=np.int64)
    meets = (_pair(steps)[1:] == _pair(steps)[:-1]) & (np.abs(steps.start[1:] - steps.stop[:-1]) < SEAM) & near[1:]
    return np.concatenate(([0], np.cumsum(~meets)))


def _below_at(steps: Approaches, rows: Integers, least: Array) -> Array:
    """A time below the limit in the step of each row: of its own least distance, or of the whole chain's."""
    return np.where((steps.start[rows] <= least) & (least <= steps.stop[rows]), least, steps.tdb[rows])
