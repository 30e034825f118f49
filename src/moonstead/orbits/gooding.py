"""Orbits from three directions at any distance in time: ranges that Lambert's problem agrees with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.lambert import BRANCHES, lambert

Array = NDArray[np.float64]

ROUNDS = 20  # of Newton's method; solutions are met in five to fifteen
FASTEST = 1.5  # [1] of the speed of escape: faster conics are given up
LONGEST = 0.7  # [1] change of the logarithm of a range in one round
DIFFERENCE = 1e-6  # [1] of the logarithm of a range, for partial derivatives
FURTHEST = 10.0  # [1] of the largest distance: no range is sought beyond it
MET = 1e-9  # [rad] the middle direction is hit
SAME = 1e-5  # [1] ranges closer than this belong to one orbit


def gooding_orbits(
    directions: ArrayLike,
    observers: ArrayLike,
    tdb: ArrayLike,
    gm: float,
    distances: ArrayLike,
    *,
    revolutions: int = 0,
) -> Array:
    """States at the middle one of three times, of all orbits found that are seen in three directions.

    Parameters
    ----------
    directions : (3, 3) [1]
        Unit vectors, one row for each time, in axes that do not turn.
    observers : (3, 3) [m]
        Places of the observer, from the centre of attraction.
    tdb : (3,) [s TDB past J2000]
        Rising times; light time is left out.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.
    distances : (D,) [m]
        Distances from the centre at which the search starts, each for the first and for the last time: a few over all
        orbits that are thought of.
    revolutions : int
        Whole turns between the first and the last time, up to which is searched.

    Returns
    -------
    (K, 6) [m, m/s]
        About the centre, nearest first; none where nothing is found, and none beyond 1.5 times the speed of escape.
        Three directions in one plane with the centre
        leave many orbits or none.

    Raises
    ------
    InvalidInput
        Shapes do not fit, or the times do not rise.

    Source
    ------
    Gooding (1993), A New Procedure for Orbit Determination Based on Three Lines of Sight, Technical Report 93004 of the
    Royal Aerospace Establishment: two ranges are corrected until the conic through both places passes the middle
    direction. Here by Newton's method from many starts at once, in place of Halley's from one.
    """
    sights, places = np.asarray(directions, dtype=np.float64), np.asarray(observers, dtype=np.float64)
    times, radii = np.asarray(tdb, dtype=np.float64), np.atleast_1d(np.asarray(distances, dtype=np.float64))
    if sights.shape != (3, 3) or places.shape != (3, 3) or times.shape != (3,):
        raise InvalidInput(f"three directions, places and times are needed; got {sights.shape}, {places.shape}")
    if not np.all(np.diff(times) > 0.0) or revolutions < 0:
        raise InvalidInput(f"the times must rise and the turns be 0 or more; got {times.tolist()}, {revolutions}")
    starts = [_ranges(sights[row], places[row], radii) for row in (0, 2)]
    if not (starts[0].size and starts[1].size):
        return np.empty((0, 6))
    grid = np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1).reshape(-1, 2)
    furthest = float(np.log(FURTHEST * np.max(radii)))
    found = []
    for turns in range(revolutions + 1):
        for branch in BRANCHES if turns else BRANCHES[:1]:
            for retrograde in (False, True):
                problem = _Problem(sights, places, times, gm, turns, branch, retrograde, furthest)
                found.append(problem.solved(np.log(grid)))
    return _distinct(np.concatenate(found))


class _Problem:
    """One way round from the first place to the last."""

    def __init__(
        self,
        sights: Array,
        places: Array,
        times: Array,
        gm: float,
        turns: int,
        branch: str,
        retrograde: bool,
        furthest: float,
    ) -> None:
        self.sights, self.places, self.times, self.gm = sights, places, times, gm
        self.turns, self.branch, self.retrograde = turns, branch, retrograde
        self.furthest = furthest
        helper = np.eye(3)[int(np.argmin(np.abs(sights[1])))]
        first = np.cross(sights[1], helper)
        first /= np.linalg.norm(first)
        self.across = np.stack((first, np.cross(sights[1], first)))

    def solved(self, logs: Array) -> Array:
        """States (K, 6) at the middle time, with ranges in front, from starts (S, 2); converged ones alone."""
        alive = np.arange(logs.shape[0])
        logs = logs.copy()
        out = []
        steps = DIFFERENCE * np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        for _ in range(ROUNDS):
            around = (logs[alive][:, None, :] + steps).reshape(-1, 2)
            misses, states, ahead = self._miss(around)
            misses, states, ahead = misses.reshape(-1, 5, 2), states[::5], ahead[::5]
            miss = misses[:, 0]
            met = (np.linalg.norm(miss, axis=1) < MET) & ahead
            if np.any(met):
                out.append(np.column_stack((logs[alive][met], states[met])))
            first = (misses[:, 1] - misses[:, 2]) / (2.0 * DIFFERENCE)
            second = (misses[:, 3] - misses[:, 4]) / (2.0 * DIFFERENCE)
            size = first[:, 0] * second[:, 1] - second[:, 0] * first[:, 1]
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                move = np.column_stack(
                    (
                        second[:, 0] * miss[:, 1] - second[:, 1] * miss[:, 0],
                        first[:, 1] * miss[:, 0] - first[:, 0] * miss[:, 1],
                    )
                )
                move = move / size[:, None]
                move = move * np.minimum(1.0, LONGEST / np.max(np.abs(move), axis=1))[:, None]
            sound = np.all(np.isfinite(move), axis=1) & ~met
            alive = alive[sound]
            if not alive.size:
                break
            logs[alive] += move[sound]
        return np.concatenate(out) if out else np.empty((0, 8))

    def _miss(self, logs: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Angles (S, 2) [rad] by which conics pass the middle direction, their states then, and which lie ahead."""
        ranges = np.exp(np.clip(logs, 0.0, self.furthest))
        first = self.places[0] + ranges[:, :1] * self.sights[0]
        last = self.places[2] + ranges[:, 1:] * self.sights[2]
        arcs = lambert(
            first,
            last,
            self.times[2] - self.times[0],
            self.gm,
            revolutions=self.turns,
            branch=self.branch,
            retrograde=self.retrograde,
        )
        states = np.full((ranges.shape[0], 6), np.nan)
        speed = np.linalg.norm(arcs.departure_velocity, axis=1)
        escape = np.sqrt(2.0 * self.gm / np.linalg.norm(first, axis=1))
        good = (arcs.status == 0) & (speed < FASTEST * escape)
        if np.any(good):
            begun = np.column_stack((first[good], arcs.departure_velocity[good]))
            elapsed = np.full(begun.shape[0], self.times[1] - self.times[0])
            states[good] = two_body_states(begun, elapsed, self.gm)
        relative = states[:, :3] - self.places[1]
        distance = np.linalg.norm(relative, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            miss = relative @ self.across.T / distance[:, None]
            ahead = relative @ self.sights[1] > 0.0
        return miss, states, ahead


def _ranges(sight: Array, place: Array, radii: Array) -> Array:
    """Ranges [m] along a direction at which the distance from the centre is one of some."""
    along = float(place @ sight)
    under = along**2 - float(place @ place) + radii**2
    roots = np.sqrt(under[under > 0.0])
    ranges = np.concatenate((-along + roots, -along - roots))
    return np.sort(ranges[ranges > 1.0])


def _distinct(rows: Array) -> Array:
    """States (K, 6) of rows (R, 8) that differ in their ranges."""
    kept: list[Array] = []
    for row in rows[np.argsort(rows[:, 0])]:
        if not any(np.max(np.abs(row[:2] - other[:2])) < SAME and row[5:] @ other[5:] > 0.0 for other in kept):
            kept.append(row)
    return np.array([row[2:] for row in kept]).reshape(-1, 6)
