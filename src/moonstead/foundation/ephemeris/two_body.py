"""States joined by two-body motion: SPK type 5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.ephemeris.segment_data import count_at, in_chunks, native, require_words
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

SERIES_TERMS = 12  # of Stumpff's functions within |z| < 1: the next term is below 1e-23
MOST_STEPS = 200  # doublings and bisections between them reach every double


@dataclass(frozen=True, slots=True)
class TwoBodyStates:
    """States at rising times, and the gravitational parameter that joins them.

    Attributes
    ----------
    gm : float [km^3/s^2]
        Gravitational parameter.
    times : (n,) [s TDB past J2000]
        Times of the states.
    samples : (n, 6) memory map [km, km/s]
        The states.
    """

    gm: float
    times: Array
    samples: Array

    def states(self, tdb: Array) -> Array:
        """States (N, 6) [km, km/s] at times (N,) [s TDB past J2000]: both neighbours' orbits, blended by a cosine."""
        return in_chunks(self._states, tdb)

    def _states(self, tdb: Array) -> Array:
        last = self.times.size - 1
        after = np.searchsorted(self.times, tdb, side="right")
        low, high = np.clip(after - 1, 0, last), np.clip(after, 0, last)
        before_first = after == 0
        low[before_first] = high[before_first] = 0
        earlier = two_body_states(native(self.samples[low]), tdb - self.times[low], self.gm)
        later = two_body_states(native(self.samples[high]), tdb - self.times[high], self.gm)
        between = low != high
        step = np.where(between, self.times[high] - self.times[low], 1.0)
        phase = np.where(between, np.pi * (tdb - self.times[low]) / step, 0.0)
        weight = (0.5 + 0.5 * np.cos(phase))[:, None]
        drift = (-0.5 * np.pi * np.sin(phase) / step)[:, None]
        blended = weight * earlier + (1.0 - weight) * later
        blended[:, 3:] += drift * (earlier[:, :3] - later[:, :3])
        return blended


def read_two_body(words: Array) -> TwoBodyStates:
    """States of a segment of type 5.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.

    Returns
    -------
    TwoBodyStates
        The states, still in the file.

    Raises
    ------
    InvalidInput
        The segment is damaged.

    Source
    ------
    NAIF, SPK Required Reading, type 5.
    """
    count, gm = count_at(words, -1, "number of states"), float(words[-2])
    require_words(words, 7 * count + 2, "type 5")
    times = native(words[6 * count : 7 * count])
    if not (gm > 0.0 and np.all(np.diff(times) > 0.0)):
        raise InvalidInput("a type 5 segment has no GM or times that do not rise: the file is damaged; copy it again")
    return TwoBodyStates(gm, times, words[: 6 * count].reshape(count, 6))


def two_body_states(states: Array, elapsed: Array, gm: float) -> Array:
    """States after some time of motion about a point mass.

    Parameters
    ----------
    states : (N, 6) [km, km/s]
        States relative to the mass.
    elapsed : (N,) [s]
        Time to move on, or back where it is negative.
    gm : float [km^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (N, 6) [km, km/s]

    Source
    ------
    Universal variables with Stumpff's functions: Danby, Fundamentals of Celestial Mechanics (1988), section 6.9.
    """
    position, velocity = states[:, :3], states[:, 3:]
    distance = np.sqrt(np.sum(position * position, axis=1))
    radial = np.sum(position * velocity, axis=1)
    energy = 2.0 * gm / distance - np.sum(velocity * velocity, axis=1)
    s = _universal_variable(distance, radial, energy, gm, elapsed)
    c0, c1, c2, c3 = _stumpff(energy * s * s)
    reached = distance * c0 + radial * s * c1 + gm * s * s * c2
    f, g = 1.0 - gm / distance * s * s * c2, elapsed - gm * s * s * s * c3
    f_rate, g_rate = -gm / (reached * distance) * s * c1, 1.0 - gm / reached * s * s * c2
    moved = f[:, None] * position + g[:, None] * velocity
    return np.concatenate((moved, f_rate[:, None] * position + g_rate[:, None] * velocity), axis=1)


def _universal_variable(distance: Array, radial: Array, energy: Array, gm: float, elapsed: Array) -> Array:
    """Root s of Kepler's equation in universal variables; elapsed time rises with s, so it can be enclosed."""
    sign = np.where(elapsed < 0.0, -1.0, 1.0)
    goal, radial = np.abs(elapsed), sign * radial

    def time_and_distance(s: Array) -> tuple[Array, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            c0, c1, c2, c3 = _stumpff(energy * s * s)
            time = s * (distance * c1 + s * (radial * c2 + gm * s * c3))
            return np.where(np.isnan(time), np.inf, time), distance * c0 + s * (radial * c1 + gm * s * c2)

    low, high = np.zeros_like(goal), goal / distance
    for _ in range(MOST_STEPS):
        short = time_and_distance(high)[0] < goal
        if not np.any(short):
            break
        low[short], high[short] = high[short], 2.0 * high[short]
    s = 0.5 * (low + high)
    for _ in range(MOST_STEPS):
        time, reached = time_and_distance(s)
        early = time < goal
        low, high = np.where(early, s, low), np.where(early, high, s)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = s + (goal - time) / reached
        # far along a hyperbola time rises as an exponential, down which Newton's method only creeps
        inside = (newton >= low) & (newton <= high) & (time < 4.0 * goal)
        following = np.where(inside, newton, 0.5 * (low + high))
        settled = np.abs(following - s) <= 2.0 * np.spacing(s)
        s = following
        if np.all(settled):
            break
    return sign * s


def _stumpff(z: Array) -> tuple[Array, Array, Array, Array]:
    small = np.abs(z) < 1.0
    c2, c3 = _series(np.where(small, z, 0.0), 2), _series(np.where(small, z, 0.0), 3)
    c1, c0 = 1.0 - z * c3, 1.0 - z * c2
    if not np.all(small):
        root = np.sqrt(np.abs(z))
        safe = np.where(small, 1.0, z)
        with np.errstate(over="ignore", invalid="ignore"):
            far0 = np.where(z > 0.0, np.cos(root), np.cosh(np.where(z > 0.0, 0.0, root)))
            sine = np.where(z > 0.0, np.sin(root), np.sinh(np.where(z > 0.0, 0.0, root)))
            far1 = sine / np.where(small, 1.0, root)
            c0, c1 = np.where(small, c0, far0), np.where(small, c1, far1)
            c2, c3 = np.where(small, c2, (1.0 - far0) / safe), np.where(small, c3, (1.0 - far1) / safe)
    return c0, c1, c2, c3


def _series(z: Array, order: int) -> Array:
    total = np.ones_like(z)
    for k in range(SERIES_TERMS, 0, -1):
        total = 1.0 - z * total / ((2 * k + order - 1) * (2 * k + order))
    return total / (2.0 if order == 2 else 6.0)
