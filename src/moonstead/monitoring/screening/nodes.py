"""Where all objects are through a block of steps: polynomials between nodes, and how far from the truth they may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.monitoring.objects import IRREGULAR, NO_STATE, MovingObjects

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

STRIDES = (24, 6, 3, 1)  # [steps] between nodes; blocks hold a multiple of the first
LARGEST_TURN = 0.55  # [rad] about the centre between nodes: 3 m of error in a circular orbit
PLACE_MARGIN = 4.0  # [1] on errors of position measured where the motion bends most, at the middle between two nodes
SPEED_MARGIN = (
    2.0  # [1] on what velocities differ there: what SGP4's depart from the motion of its positions, hardly more
)
ORDINARY_ERROR = 400.0  # [m] what the sweep allows each object; who errs more gets finer nodes, then its own limit
USELESS_ERROR = 5e4  # [m] from which a path is no path: SGP4 after decay, before it notices
ROUNDING = 5e-7  # [1] of the distance from the centre: some operations in float32, 6e-8 each


@dataclass(frozen=True, eq=False)
class NodeClass:
    """Objects whose nodes lie equally far apart.

    Attributes
    ----------
    rows : (K,) int64
        Rows of the objects.
    stride : int
        Steps between nodes.
    states : (M, 6, K) [m, m/s]
        At the nodes.
    pulls : (M, 3, K) [m/s2]
        Accelerations at the nodes.
    good : (M - 1, K) bool
        Whether both ends of an interval have states.
    """

    rows: Integers
    stride: int
    states: Array
    pulls: Array
    good: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Nodes:
    """All objects through a block of steps; columns are objects in the order of the classes.

    Attributes
    ----------
    start, step : float [s TDB past J2000], [s]
        First edge, and length of a step.
    count : int
        Steps in the block.
    classes : tuple of NodeClass
        Objects by the distance of their nodes.
    edges : (C + 1,) int64
        First column of each class.
    rows : (N,) int64
        Row of each column.
    error : (N,) [m]
        Bound of the error of positions anywhere in the block, with what float32 rounds off.
    status : (N,) uint8
        First status of a column that is not good; 0 where all are.
    fastest : float [m/s]
        Greatest speed at a node.
    """

    start: float
    step: float
    count: int
    classes: tuple[NodeClass, ...]
    edges: Integers
    rows: Integers
    error: Array
    status: NDArray[np.uint8]
    fastest: float


def make_nodes(objects: MovingObjects, start: float, step: float, count: int) -> Nodes:
    """Nodes of all objects through a block of steps.

    How far nodes may lie apart follows from the greatest angular rate of the orbit at the block's start; the error is
    then measured against the objects' own states where each object is lowest, and who errs more than
    `ORDINARY_ERROR` gets nodes at every step. There, and for objects that do not move smoothly, the error is measured
    in all steps, and what bends the path beyond gravity is added; steps with more than `USELESS_ERROR` are not
    screened.

    Parameters
    ----------
    objects : MovingObjects
        N objects.
    start : float [s TDB past J2000]
        First edge of the block.
    step : float [s]
        Length of a step.
    count : int
        Steps in the block.

    Returns
    -------
    Nodes

    Source
    ------
    Quintic Hermite interpolation: its error is h^6 / 46080 times the sixth derivative, which along a Kepler orbit is
    largest at the lowest point. Measured against the objects' own states all the same.
    """
    strides = _strides(objects, start, step)
    error = np.zeros(len(objects))
    status = np.zeros(len(objects), dtype=np.uint8)
    classes = []
    for stride in STRIDES:
        rows = np.flatnonzero(strides == stride)
        if not rows.size:
            continue
        one, codes = _class_of(objects, rows, stride, start, step, count)
        bad = ~one.good.all(axis=0)
        if stride > 1:
            error[rows] = _lowest_error(objects, one, start, step)
            finer = bad | ~(error[rows] <= ORDINARY_ERROR)
            strides[rows[finer]] = 1
            one = NodeClass(
                rows[~finer], stride, one.states[:, :, ~finer], one.pulls[:, :, ~finer], one.good[:, ~finer]
            )
        else:
            error[rows] = _all_errors(objects, one, start, step)
            first = np.argmax(codes != 0, axis=0)
            told = codes[first, np.arange(rows.size)]
            status[rows] = np.where((told == 0) & ~one.good.all(axis=0), IRREGULAR, told)
        if one.rows.size:
            classes.append(one)
    order = np.concatenate([one.rows for one in classes]) if classes else np.zeros(0, dtype=np.int64)
    edges = np.cumsum([0, *(one.rows.size for one in classes)])
    speeds = [_greatest_speed(one) for one in classes]
    return Nodes(
        start, step, count, tuple(classes), edges, order, error[order], status[order], max(speeds, default=0.0)
    )


def _strides(objects: MovingObjects, start: float, step: float) -> Integers:
    """Steps between nodes (N,) that the orbit at the start of a block allows."""
    states, status = objects.states(np.array([start]))
    position, velocity = states[0, :3], states[0, 3:]
    gm = body(objects.center).gm
    with np.errstate(invalid="ignore", divide="ignore"):
        radius = np.linalg.norm(position, axis=0)
        momentum = np.linalg.norm(np.cross(position, velocity, axis=0), axis=0)
        energy = 0.5 * np.sum(velocity**2, axis=0) - gm / radius
        eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * (momentum / gm) ** 2, 0.0))
        rate = momentum / (momentum**2 / (gm * (1.0 + eccentricity))) ** 2  # [rad/s] at the lowest point
    strides = np.ones(len(objects), dtype=np.int64)
    free = objects.smooth & (status[0] == 0) & np.isfinite(rate)
    for stride in reversed(STRIDES):
        strides[free & (rate * stride * step <= LARGEST_TURN)] = stride
    return strides


def _class_of(
    objects: MovingObjects, rows: Integers, stride: int, start: float, step: float, count: int
) -> tuple[NodeClass, NDArray[np.uint8]]:
    tdb: Array = start + step * stride * np.arange(-(-count // stride) + 1, dtype=np.float64)
    states, codes = objects.states(tdb, rows)
    there = (codes == 0) & np.isfinite(states).all(axis=1)
    codes = np.where((codes == 0) & ~there, NO_STATE, codes).astype(np.uint8)
    pulls = objects.accelerations(tdb, states, rows)
    there &= np.isfinite(pulls).all(axis=1)
    return NodeClass(rows, stride, states, pulls, there[1:] & there[:-1]), codes


def _lowest_error(objects: MovingObjects, one: NodeClass, start: float, step: float) -> Array:
    """Error (K,) [m] with margin in the interval in which each object is lowest: there its path bends most."""
    square = np.sum(one.states[:, :3] ** 2, axis=1)
    both = np.where(one.good, square[1:] + square[:-1], np.inf)
    lowest = np.argmin(both, axis=0)
    columns = np.arange(one.rows.size)
    duration = one.stride * step
    truth, _ = objects.pair_states(one.rows, start + duration * (lowest + 0.5))
    place, velocity = _middle(
        one.states[lowest, :, columns], one.states[lowest + 1, :, columns],
        one.pulls[lowest, :, columns], one.pulls[lowest + 1, :, columns], duration,
    )  # fmt: skip
    miss, drift = _with_margin(truth, place, velocity, step)
    return np.where(one.good.any(axis=0), miss + drift + ROUNDING * np.sqrt(_largest(square)), np.inf)


def _all_errors(objects: MovingObjects, one: NodeClass, start: float, step: float) -> Array:
    """Greatest error (K,) [m] with margin over all steps, and what acceleration beyond gravity adds."""
    steps = one.good.shape[0]
    truth, _ = objects.states(start + step * (np.arange(steps) + 0.5), one.rows)
    states, pulls = one.states.transpose(0, 2, 1), one.pulls.transpose(0, 2, 1)
    place, velocity = _middle(states[:-1], states[1:], pulls[:-1], pulls[1:], step)
    miss, drift = _with_margin(truth.transpose(0, 2, 1), place, velocity, step)
    position = one.states[:, :3]
    with np.errstate(invalid="ignore", divide="ignore"):
        radius = np.linalg.norm(position, axis=1)
        beyond = np.linalg.norm(one.pulls + body(objects.center).gm * position / radius[:, np.newaxis] ** 3, axis=1)
        error = miss + drift + 0.5 * (0.5 * step) ** 2 * np.maximum(beyond[1:], beyond[:-1])
        error = error + ROUNDING * np.maximum(radius[1:], radius[:-1])
    one.good[:] &= error <= USELESS_ERROR
    return np.max(np.where(one.good, error, 0.0), axis=0)


def _middle(before: Array, after: Array, pull_before: Array, pull_after: Array, duration: float) -> tuple[Array, Array]:
    """Position and velocity (..., 3) of the quintic Hermite polynomial at the middle of its interval."""
    h = duration
    place = 0.5 * (before[..., :3] + after[..., :3]) + h * (before[..., 3:] - after[..., 3:]) * 5.0 / 32.0
    place = place + h * h * (pull_before + pull_after) / 64.0
    velocity = (after[..., :3] - before[..., :3]) * 1.875 / h - 7.0 / 16.0 * (before[..., 3:] + after[..., 3:])
    velocity = velocity + h * (pull_after - pull_before) / 32.0
    return place, velocity


def _with_margin(truth: Array, place: Array, velocity: Array, step: float) -> tuple[Array, Array]:
    with np.errstate(invalid="ignore"):
        miss = np.linalg.norm(truth[..., :3] - place, axis=-1)
        drift = np.linalg.norm(truth[..., 3:] - velocity, axis=-1)
    return PLACE_MARGIN * miss, SPEED_MARGIN * 0.5 * step * drift


def _greatest_speed(one: NodeClass) -> float:
    """Greatest speed [m/s] at either end of a good interval."""
    speed = np.linalg.norm(one.states[:, 3:], axis=1)
    both = np.where(one.good, np.fmax(speed[1:], speed[:-1]), 0.0)
    return float(both.max(initial=0.0))


def _largest(square: Array) -> Array:
    """Largest of each column (K,) of (M, K), of what is finite."""
    largest: Array = np.max(np.where(np.isfinite(square), square, 0.0), axis=0)
    return largest
