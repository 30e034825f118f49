"""Which pairs may come close, and in which step: a sieve that lets no encounter through its meshes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.kernel_cache import prepare
from moonstead.monitoring.screening.nodes import ORDINARY_ERROR, Nodes

Array = NDArray[np.float64]
Groups = NDArray[np.uint8]

FEW = 400  # primaries that are held against all others one by one, without sweeping the rest
FAST_SHARE = 0.002  # [1] of the objects is left out of the sweep for its speed, so that cells can be smaller
ROOM = 1 << 14  # candidates at first
LONERS_BELOW = 64  # objects fewer than these are swept whatever their speed


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs that may come below the distance, by the step.

    Attributes
    ----------
    step : (K,) int32
        Number of the step in its block.
    first, second : (K,) int32
        Columns of the nodes, first below second.
    """

    step: NDArray[np.int32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]


def bend(distance: float, speed: float, gradient: float, duration: float) -> float:
    """How far two freely moving objects that meet leave the straight line of their relative motion.

    Objects that meet feel almost the same gravity: their relative acceleration is at most the gradient of gravity
    times the distance between them, and that grows from the encounter on with their relative speed. What remains of
    the 9 m/s2 of each is some hundred metres over half a minute.

    Parameters
    ----------
    distance : float [m]
        Least distance at the encounter.
    speed : float [m/s]
        Relative speed at the encounter, at most.
    gradient : float [1/s2]
        Bound of the gradient of gravity along the way.
    duration : float [s]
        Between the encounter and the time whose tangent is followed.

    Returns
    -------
    float [m]
        Bound of the departure.

    Source
    ------
    d'' = g(r2) - g(r1), |d''| <= L |d|, so |d| <= D cosh(x) + V sinh(x) / sqrt(L) with x = sqrt(L) s (Groenwall); the
    tangent departs by the integral of s |d''|: D (x sinh x - cosh x + 1) + V (x cosh x - sinh x) / sqrt(L).
    """
    root = math.sqrt(gradient)
    x = root * duration
    return distance * (x * math.sinh(x) - math.cosh(x) + 1.0) + speed * (x * math.cosh(x) - math.sinh(x)) / root


def candidates(nodes: Nodes, distance: float, gradient: float, groups: Groups) -> Candidates:
    """All pairs and steps in which two objects may come below a distance.

    In the middle of each step the relative motion of two objects is followed along its tangent to both ends of the
    step; a pair is dropped only if that line stays above the distance by more than the errors of both paths and the
    bend of the relative motion (`bend`). So that not all pairs need to be formed, objects are sorted into cells wide
    enough that who may meet lies in the same or in neighbouring cells.

    Parameters
    ----------
    nodes : Nodes
        N objects through a block.
    distance : float [m]
        Limit.
    gradient : float [1/s2]
        Bound of the gradient of gravity where they fly.
    groups : (N,) uint8 [1]
        Of each column: 1 for a primary, 2 for what primaries are held against, 3 for both.

    Returns
    -------
    Candidates

    Source
    ------
    `bend`; cells as in linked-cell methods: Bentley & Friedman (1979), ACM Computing Surveys 11, 397,
    doi:10.1145/356789.356797 (recalled).
    """
    prepare()
    from moonstead.monitoring.screening.sieve_kernels import CELLS, LANE, hermite_coefficients, sieve_step

    size, half = nodes.rows.size, 0.5 * nodes.step
    limit = distance + bend(distance, 2.0 * nodes.fastest, gradient, half)
    primaries = np.flatnonzero(groups & 1)
    sweep = primaries.size > FEW
    apart = (nodes.error > ORDINARY_ERROR).astype(np.uint8)
    if not sweep:
        apart[primaries] = 1
    fastest = _ordinary_speed(nodes)
    coefficients = np.zeros((18, size), dtype=np.float32)
    active = np.zeros(size, dtype=np.uint8)
    shares, durations = np.empty(len(nodes.classes)), np.empty(len(nodes.classes))
    moving, cell = np.empty((6, size), dtype=np.float32), np.empty(size, dtype=np.int32)
    start = np.empty(CELLS + 2, dtype=np.int32)
    ordered, ordered_row = np.empty((size, 8), dtype=np.float32), np.empty(size, dtype=np.int32)
    near, near_row = np.empty((6, size + 2 * LANE), dtype=np.float32), np.empty(size + 2 * LANE, dtype=np.int32)
    lone, tally = np.empty(size, dtype=np.int32), np.empty(LANE, dtype=np.float32)
    error = nodes.error.astype(np.float32)
    found = np.empty((ROOM, 3), dtype=np.int32)
    count = 0
    for step in range(nodes.count):
        for number, one in enumerate(nodes.classes):
            interval, inside = divmod(step, one.stride)
            if inside == 0:
                first, last = nodes.edges[number], nodes.edges[number + 1]
                good = one.good[interval]
                active[first:last] = good
                before, after = one.states[interval], one.states[interval + 1]
                pull_before, pull_after = one.pulls[interval], one.pulls[interval + 1]
                if not good.all():  # what has no state is left out by `active`; zeros keep it finite
                    before, after = np.where(good, before, 0.0), np.where(good, after, 0.0)
                    pull_before, pull_after = np.where(good, pull_before, 0.0), np.where(good, pull_after, 0.0)
                duration = one.stride * nodes.step
                hermite_coefficients(before, after, pull_before, pull_after, duration, first, coefficients)
                durations[number] = duration
            shares[number] = (inside + 0.5) / one.stride
        while True:
            after_step = sieve_step(
                coefficients, nodes.edges, shares, durations, active, groups, apart, error,
                half, limit, ORDINARY_ERROR, fastest, sweep, step,
                moving, cell, start, ordered, ordered_row, near, near_row, lone, tally, found, count,
            )  # fmt: skip
            if after_step <= len(found):
                break
            larger = np.empty((2 * after_step, 3), dtype=np.int32)
            larger[:count] = found[:count]
            found = larger
        count = after_step
    chosen = found[:count]
    return Candidates(chosen[:, 0].copy(), chosen[:, 1].copy(), chosen[:, 2].copy())


def _ordinary_speed(nodes: Nodes) -> float:
    """Speed [m/s] that nearly all objects keep below; who does not is held against the others by itself."""
    if nodes.rows.size < LONERS_BELOW:
        return max(1.01 * nodes.fastest, 1.0)
    finite = np.concatenate([np.linalg.norm(one.states[0, 3:], axis=0)[one.good[0]] for one in nodes.classes])
    return max(float(np.quantile(finite, 1.0 - FAST_SHARE)), 1.0) if finite.size else 1.0
