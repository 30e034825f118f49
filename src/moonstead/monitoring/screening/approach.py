"""Least distances of candidate pairs within their steps, from the polynomials between nodes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import comb

import numpy as np
from numpy.typing import NDArray

from moonstead.monitoring.screening.nodes import Nodes
from moonstead.monitoring.screening.sieve import Candidates

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

DEGREE = 5
OVERLAP = 0.5  # [s] that a step is looked beyond both ends, so that no minimum falls between two steps
CHUNK = 50_000  # candidates at once: 60 MB
BISECTIONS = 3  # or steps of Newton where the slope rises; after them all steps are of Newton, within the bounds
NEWTON_STEPS = 6


@dataclass(frozen=True, eq=False)
class Approaches:
    """Steps in which two objects come below the distance, as the polynomials have it.

    Attributes
    ----------
    first, second : (K,) int64
        Rows of the objects, first below second.
    start, stop : (K,) [s TDB past J2000]
        Ends of the step.
    start_distance, stop_distance : (K,) [m]
        Distances at the ends.
    tdb, distance, speed : (K,) [s TDB past J2000], [m], [m/s]
        Time of the least distance in the step, that distance, and the relative speed then.
    inside : (K,) bool
        Whether that is a minimum, not an end of the step.
    slack : (K,) [m]
        Bound of the error of the distances.
    """

    first: Integers
    second: Integers
    start: Array
    stop: Array
    start_distance: Array
    stop_distance: Array
    tdb: Array
    distance: Array
    speed: Array
    inside: NDArray[np.bool_]
    slack: Array

    def __len__(self) -> int:
        """Number of steps."""
        return int(self.tdb.size)

    def select(self, rows: NDArray[np.bool_] | Integers) -> Approaches:
        """Some of the steps, by (K,) of bool or rows [1]."""
        return Approaches(*(getattr(self, column.name)[rows] for column in fields(self)))


def joined_approaches(parts: list[Approaches]) -> Approaches:
    """All steps of several blocks, one after the other.

    Parameters
    ----------
    parts : list of Approaches
        At least one.

    Returns
    -------
    Approaches
    """
    return Approaches(*(np.concatenate([getattr(p, column.name) for p in parts]) for column in fields(Approaches)))


def approaches(nodes: Nodes, found: Candidates, distance: float) -> Approaches:
    """Least distances of candidates, of those that come below the distance or nearly so.

    Parameters
    ----------
    nodes : Nodes
        Objects through a block.
    found : Candidates
        Pairs and steps of that block.
    distance : float [m]
        Limit; kept is what stays below it plus the errors of both paths.

    Returns
    -------
    Approaches

    Source
    ------
    Quintic Hermite polynomials between nodes; root of the range rate by Newton's method between bounds.
    """
    parts = [
        _of_chunk(nodes, Candidates(found.step[a : a + CHUNK], found.first[a : a + CHUNK], found.second[a : a + CHUNK]))
        for a in range(0, max(found.step.size, 1), CHUNK)
    ]
    kept = [part.select(part.distance <= distance + part.slack) for part in parts]
    return joined_approaches(kept)


def _of_chunk(nodes: Nodes, found: Candidates) -> Approaches:
    step = found.step.astype(np.int64)
    edge = np.asarray(nodes.start + nodes.step * step, dtype=np.float64)
    relative = _polynomials(nodes, found.second, step) - _polynomials(nodes, found.first, step)
    half = 0.5 * nodes.step
    reach = half + OVERLAP
    low, high = np.full(step.size, -reach), np.full(step.size, reach)
    inside = (_range_rate(relative, low)[0] < 0.0) & (_range_rate(relative, high)[0] >= 0.0)
    when = np.zeros(step.size)
    for turn in range(BISECTIONS + NEWTON_STEPS):
        closing, bending = _range_rate(relative, when)
        low, high = np.where(closing < 0.0, when, low), np.where(closing < 0.0, high, when)
        with np.errstate(divide="ignore", invalid="ignore"):
            better = when - closing / bending
        if turn < BISECTIONS:
            better = np.where(bending > 0.0, better, np.nan)
        when = np.where((better >= low) & (better <= high), better, 0.5 * (low + high))
    ends = np.full(step.size, half)
    start_distance, stop_distance = _distance(relative, -ends), _distance(relative, ends)
    when = np.where(inside, when, np.where(start_distance <= stop_distance, -half, half))
    first, second = nodes.rows[found.first], nodes.rows[found.second]
    return Approaches(
        np.minimum(first, second),
        np.maximum(first, second),
        edge,
        edge + nodes.step,
        start_distance,
        stop_distance,
        edge + half + when,
        _distance(relative, when),
        np.linalg.norm(_value(relative, when)[1], axis=0),
        inside,
        nodes.error[found.first] + nodes.error[found.second] + 1.0,
    )


def _polynomials(nodes: Nodes, columns: NDArray[np.int32], step: Integers) -> Array:
    """Coefficients (6, 3, K) [m/s^p] of positions in the time from the middles of steps."""
    found = np.empty((DEGREE + 1, 3, step.size))
    owner = np.searchsorted(nodes.edges, columns, side="right") - 1
    for number, one in enumerate(nodes.classes):
        here = np.flatnonzero(owner == number)
        if not here.size:
            continue
        column = columns[here] - nodes.edges[number]
        interval, inside = np.divmod(step[here], one.stride)
        before, after = one.states[interval, :, column].T, one.states[interval + 1, :, column].T
        h = one.stride * nodes.step
        v0, v1 = h * before[3:], h * after[3:]
        a0, a1 = (0.5 * h * h * one.pulls[q, :, column].T for q in (interval, interval + 1))
        way = after[:3] - before[:3]
        powers = (
            before[:3], v0, a0,
            10.0 * way - 6.0 * v0 - 4.0 * v1 - 3.0 * a0 + a1,
            -15.0 * way + 8.0 * v0 + 7.0 * v1 + 3.0 * a0 - 2.0 * a1,
            6.0 * way - 3.0 * v0 - 3.0 * v1 - a0 + a1,
        )  # fmt: skip
        share = (inside + 0.5) / one.stride
        for p in range(DEGREE + 1):
            moved = sum(comb(q, p) * powers[q] * share ** (q - p) for q in range(p, DEGREE + 1))
            found[p][:, here] = moved / h**p
    return found


def _value(polynomials: Array, when: Array) -> tuple[Array, Array, Array]:
    """Positions, velocities and accelerations (3, K) of polynomials (6, 3, K) at times (K,)."""
    place, velocity, pull = (np.zeros(polynomials.shape[1:]) for _ in range(3))
    for p in range(DEGREE, -1, -1):
        pull = pull * when + velocity
        velocity = velocity * when + place
        place = place * when + polynomials[p]
    return place, velocity, 2.0 * pull


def _range_rate(polynomials: Array, when: Array) -> tuple[Array, Array]:
    """Half the derivative of the squared distance (K,) [m2/s], and its own derivative."""
    place, velocity, pull = _value(polynomials, when)
    return (
        np.einsum("ck,ck->k", place, velocity),
        np.einsum("ck,ck->k", velocity, velocity) + np.einsum("ck,ck->k", place, pull),
    )


def _distance(polynomials: Array, when: Array) -> Array:
    distance: Array = np.linalg.norm(_value(polynomials, when)[0], axis=0)
    return distance
