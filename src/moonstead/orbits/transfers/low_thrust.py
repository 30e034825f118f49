"""Low thrust with the least propellant between two states: a sequence of linear programmes, in any motion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.transfers.directions import even_directions

Array = NDArray[np.float64]

PENALTY = 50.0  # [1] of a gap between segments, beside the change of velocity, both in the motion's units
DIRECTIONS = 60  # half-spaces that bound the length of each segment's acceleration to begin with
CUTS = 12  # of the latest directions of thrust, that are added to them
ROUNDS = 6  # in which half-spaces are added where an acceleration is longer than they tell
LONGER = 1e-3  # [1] of the limit: by how much it may be
FIRST_RADIUS = (0.1, 1.0)  # [1] largest change of a state in one step; of an acceleration over its limit
GOOD, POOR = 0.7, 0.1  # [1] gained over promised: above the radius grows, below it shrinks
GROWTH, SHRINKAGE = 2.0, 0.4
SMALLEST_RADIUS = 1e-7  # [1] of the first
NEARLY = 1e-4  # [1] gap from which Newton's method closes the rest
CLOSING = 12  # steps of it
SPARED = 0.002  # [1] of the limit that programmes leave, for half-spaces and for closing
OVER = 1e-6  # [1] of the limit, by which closing may exceed it
CLOSED = 1e-9  # [1] largest gap that is accepted, in the motion's units
SETTLED = 1e-6  # [1] of the change of velocity: promises below it end the search
MOST_STEPS = 120


class Segments(Protocol):
    """A motion under thrust, cut into segments of constant thrust, in units of its own."""

    @property
    def durations(self) -> Array:
        """Of the segments (N,) [1], normalised."""

    @property
    def exhaust(self) -> float:
        """Exhaust velocity [1], normalised."""

    def fly(self, segment: int, state: Array, acceleration: Array) -> tuple[Array, Array]:
        """State after a segment, and its derivatives.

        Parameters
        ----------
        segment : int
            Which.
        state : (6,) [1]
            At its start.
        acceleration : (3,) [1]
            Thrust over the mass at its start.

        Returns
        -------
        end : (6,) [1]
            State at its end.
        partials : (6, 9) [1]
            By state and acceleration.
        """


@dataclass(frozen=True, eq=False)
class LowThrustPath:
    """States and thrust of a transfer with low thrust.

    Attributes
    ----------
    states : (N + 1, 6) [1]
        At the ends of the segments, in the motion's units.
    accelerations : (N, 3) [1]
        Thrust over the mass at the start of each segment.
    masses : (N + 1,) [1]
        Over the mass at the start.
    largest_gap : float [1]
        Between segments.
    delta_v : float [1]
        Change of velocity by the rocket equation.
    steps : int
        Linear programmes.
    """

    states: Array
    accelerations: Array
    masses: Array
    largest_gap: float
    delta_v: float
    steps: int


def least_propellant(
    motion: Segments,
    start: ArrayLike,
    goal: ArrayLike,
    largest_acceleration: float,
    guess: ArrayLike,
    *,
    most_steps: int = MOST_STEPS,
) -> LowThrustPath:
    """Thrust that leads from one state to another in a fixed time with the least propellant.

    Each step solves a linear programme about the path known so far: gaps between segments may stay, at a price; the
    length of each acceleration is bounded by half-spaces that gather where it points. The step is kept where it gains
    what was promised, and the region that is trusted follows.

    Parameters
    ----------
    motion : Segments
        The motion and its segments.
    start, goal : (6,) [1]
        States at both ends, in the motion's units.
    largest_acceleration : float [1]
        Largest thrust over the mass at the start.
    guess : (N + 1, 6) [1]
        States at the ends of the segments, to begin with.
    most_steps : int
        Linear programmes after which the search gives up.

    Returns
    -------
    LowThrustPath
        With gaps below 1e-9.

    Raises
    ------
    InvalidInput
        Shapes do not match, or the limit is not positive.
    NumericalFailure
        The goal is not reached with this thrust in this time; the message tells the gap that is left.

    Source
    ------
    Successive convexification: Mao, Szmuk & Acikmese (2016), IEEE CDC 3636, doi:10.1109/CDC.2016.7798816; convex
    formulation of low thrust: Hofmann & Topputo (2021), J. Guid. Control Dyn. 44, 1313, doi:10.2514/1.G005839.
    """
    count = len(motion.durations)
    states = np.array(guess, dtype=np.float64)
    if states.shape != (count + 1, 6) or not (math.isfinite(largest_acceleration) and largest_acceleration > 0.0):
        raise InvalidInput(
            f"{count} segments want a guess of shape ({count + 1}, 6) and a positive acceleration; got {states.shape} "
            f"and {largest_acceleration!r}"
        )
    states[0], states[-1] = np.asarray(start, dtype=np.float64), np.asarray(goal, dtype=np.float64)
    thrust = np.zeros((count, 3))
    cuts: list[list[Array]] = [[] for _ in range(count)]
    flown = _fly(motion, states, thrust)
    price = _merit(motion, states, thrust, flown[0])
    radius = 1.0
    steps = 0
    for step in range(most_steps):
        steps = step + 1
        limits = (1.0 - SPARED) * largest_acceleration / _masses(motion, thrust)[:-1]
        new_states, new_thrust, promised = _programme(motion, states, thrust, flown, limits, cuts, radius)
        gap = float(np.max(np.abs(states[1:] - flown[0])))
        gain = price - promised
        if gap <= NEARLY and gain <= SETTLED * max(price, SETTLED):
            break
        new_flown = _fly(motion, new_states, new_thrust)
        new_price = math.inf if new_flown is None else _merit(motion, new_states, new_thrust, new_flown[0])
        ratio = (price - new_price) / gain if gain > 0.0 else -1.0
        if new_flown is not None and (ratio > 0.0 or (gain <= 0.0 and new_price <= price)):
            states, thrust, flown, price = new_states, new_thrust, new_flown, new_price
        if ratio > GOOD:
            radius = min(GROWTH * radius, 10.0)
        elif ratio < POOR:
            radius *= SHRINKAGE
        if radius < SMALLEST_RADIUS:
            break
    if float(np.max(np.abs(states[1:] - flown[0]))) <= NEARLY:
        states, thrust, flown = _closed(motion, states, thrust, flown)
    gap = float(np.max(np.abs(states[1:] - flown[0])))
    over = np.linalg.norm(thrust, axis=1) * _masses(motion, thrust)[:-1] / largest_acceleration
    if gap > CLOSED or over.max() > 1.0 + OVER:
        raise NumericalFailure(
            f"the goal is not reached with an acceleration of {largest_acceleration:g} in {np.sum(motion.durations):g} "
            f"(normalised): a gap of {gap:.2g} is left after {steps} steps; allow more time or more thrust, or give a "
            "better guess"
        )
    masses = _masses(motion, thrust)
    return LowThrustPath(states, thrust, masses, gap, -motion.exhaust * math.log(masses[-1]), steps)


def _fly(motion: Segments, states: Array, thrust: Array) -> Any:
    """Ends (N, 6) of all segments and their derivatives (N, 6, 9); None where one cannot be flown."""
    ends, partials = np.empty((len(thrust), 6)), np.empty((len(thrust), 6, 9))
    for place in range(len(thrust)):
        try:
            ends[place], partials[place] = motion.fly(place, states[place], thrust[place])
        except (NumericalFailure, InvalidInput):
            return None
    return ends, partials


def _masses(motion: Segments, thrust: Array) -> Array:
    shares = 1.0 - np.linalg.norm(thrust, axis=1) * motion.durations / motion.exhaust
    masses: Array = np.concatenate(([1.0], np.cumprod(shares)))
    return masses


def _merit(motion: Segments, states: Array, thrust: Array, ends: Array) -> float:
    gaps = float(np.sum(np.abs(states[1:] - ends)))
    return float(np.linalg.norm(thrust, axis=1) @ motion.durations) + PENALTY * gaps


def _programme(
    motion: Segments,
    states: Array,
    thrust: Array,
    flown: tuple[Array, Array],
    limits: Array,
    cuts: list[list[Array]],
    radius: float,
) -> tuple[Array, Array, float]:
    """New states and thrust of the linear programme about a path, and the merit that it promises."""
    from scipy import sparse
    from scipy.optimize import linprog

    ends, partials = flown
    count = len(thrust)
    inner = 6 * (count - 1)  # changes of the states between the ends
    at_u, at_s, at_v = inner, inner + 3 * count, inner + 4 * count
    total = at_v + 12 * count
    rows, columns, values = [], [], []

    def put(row: int, column: int, block: Array) -> None:
        r, c = np.nonzero(block)
        rows.append(row + r)
        columns.append(column + c)
        values.append(block[r, c])

    right = np.empty(6 * count)
    for k in range(count):
        a, b = partials[k, :, :6], partials[k, :, 6:]
        if k < count - 1:
            put(6 * k, 6 * k, np.eye(6))
        if k > 0:
            put(6 * k, 6 * (k - 1), -a)
        put(6 * k, at_u + 3 * k, -b)
        put(6 * k, at_v + 12 * k, -np.eye(6))
        put(6 * k, at_v + 12 * k + 6, np.eye(6))
        right[6 * k : 6 * k + 6] = ends[k] - b @ thrust[k] - states[k + 1]
    equal = sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(6 * count, total)
    )
    reach = np.empty((total, 2))
    reach[:inner] = np.array([-1.0, 1.0]) * radius * FIRST_RADIUS[0]
    wide = (radius * FIRST_RADIUS[1] * limits)[:, None]
    reach[at_u:at_s, 0] = np.maximum(thrust - wide, -limits[:, None]).reshape(-1)
    reach[at_u:at_s, 1] = np.minimum(thrust + wide, limits[:, None]).reshape(-1)
    reach[at_s:at_v] = np.stack((np.zeros(count), limits), axis=1)
    reach[at_v:] = [0.0, np.inf]
    cost = np.zeros(total)
    cost[at_s:at_v], cost[at_v:] = motion.durations, PENALTY
    for _ in range(ROUNDS):
        bounded = _half_spaces(cuts, at_u, at_s, total)
        answer = linprog(cost, bounded, np.zeros(bounded.shape[0]), equal, right, reach, method="highs")
        if answer.x is None:
            raise NumericalFailure(f"a linear programme of the transfer failed: {answer.message}")
        new_thrust = answer.x[at_u:at_s].reshape(-1, 3)
        size = np.linalg.norm(new_thrust, axis=1)
        longer = np.flatnonzero(size - answer.x[at_s:at_v] > LONGER * limits)
        if not longer.size:
            break
        for place in longer:
            cuts[place] = [*cuts[place][1 - CUTS :], new_thrust[place] / size[place]]
    new_states = states.copy()
    new_states[1:-1] += answer.x[:inner].reshape(-1, 6)
    gaps = float(np.sum(answer.x[at_v:]))
    return new_states, new_thrust, float(size @ motion.durations) + PENALTY * gaps


def _closed(
    motion: Segments, states: Array, thrust: Array, flown: tuple[Array, Array]
) -> tuple[Array, Array, tuple[Array, Array]]:
    """The path with the least change of states and thrust that closes its gaps: Newton's method."""
    count = len(thrust)
    for _ in range(CLOSING):
        gaps = (flown[0] - states[1:]).reshape(-1)
        if float(np.max(np.abs(gaps))) <= 0.1 * CLOSED:
            break
        matrix = np.zeros((6 * count, 6 * (count - 1) + 3 * count))
        for k in range(count):
            rows = slice(6 * k, 6 * k + 6)
            if k < count - 1:
                matrix[rows, 6 * k : 6 * k + 6] = np.eye(6)
            if k > 0:
                matrix[rows, 6 * k - 6 : 6 * k] = -flown[1][k, :, :6]
            matrix[rows, 6 * (count - 1) + 3 * k :][:, :3] = -flown[1][k, :, 6:]
        change = np.linalg.lstsq(matrix, gaps, rcond=None)[0]
        new_states, new_thrust = states.copy(), thrust + change[6 * (count - 1) :].reshape(-1, 3)
        new_states[1:-1] += change[: 6 * (count - 1)].reshape(-1, 6)
        new_flown = _fly(motion, new_states, new_thrust)
        if new_flown is None:
            break
        states, thrust, flown = new_states, new_thrust, new_flown
    return states, thrust, flown


def _half_spaces(cuts: list[list[Array]], at_u: int, at_s: int, total: int) -> Any:
    """Rows of the programme by which no acceleration is longer than its bound, in all known directions."""
    from scipy import sparse

    base = even_directions(DIRECTIONS)
    rows, columns, values, row = [], [], [], 0
    for k, known in enumerate(cuts):
        faces = np.vstack([base, *(cut[None] for cut in known)])
        place = row + np.arange(len(faces))
        rows += [np.repeat(place, 3), place]
        columns += [np.tile(at_u + 3 * k + np.arange(3), len(faces)), np.full(len(faces), at_s + k)]
        values += [faces.reshape(-1), -np.ones(len(faces))]
        row += len(faces)
    return sparse.csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(row, total)
    )
