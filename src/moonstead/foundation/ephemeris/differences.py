"""Modified difference arrays, the output of JPL's orbit integrator: SPK types 1 and 21."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.ephemeris.segment_data import CHUNK, count_at, native, require_words
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

TYPE_1_ORDER = 15  # largest number of differences in a record of type 1


@dataclass(frozen=True, slots=True)
class DifferenceLines:
    """Difference lines, each good up to its final time.

    Attributes
    ----------
    order : int
        Largest number of differences that a line can hold.
    final_times : (n,) [s TDB past J2000]
        Last time of each line.
    lines : (n, 4 * order + 11) memory map [s, km, km/s, km/s^2]
        Reference time; step sizes (order); x, vx, y, vy, z, vz at the reference time; differences (3, order) of the
        acceleration; number of step sizes in use plus one; number of differences in use of x, y, z.
    """

    order: int
    final_times: Array
    lines: Array

    def states(self, tdb: Array) -> Array:
        """States (N, 6) [km, km/s] at times (N,) [s TDB past J2000]."""
        states = np.empty((tdb.size, 6))
        chosen = np.clip(np.searchsorted(self.final_times, tdb, side="left"), 0, self.final_times.size - 1)
        for first in range(0, tdb.size, CHUNK):
            rows = native(self.lines[chosen[first : first + CHUNK]])
            used = rows[:, 4 * self.order + 7]
            for count in np.unique(used):
                same = np.flatnonzero(used == count)
                states[first + same] = _line_states(rows[same], tdb[first + same], self.order, self._checked(count))
        return states

    def _checked(self, count: float) -> int:
        if not (count.is_integer() and 2 <= count <= self.order + 1):
            raise InvalidInput(f"a difference line claims {count!r} terms: the file is damaged; copy it again")
        return int(count)


def read_differences(words: Array, kind: int) -> DifferenceLines:
    """Difference lines of a segment of type 1 or 21.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.
    kind : int
        SPK type, 1 or 21.

    Returns
    -------
    DifferenceLines
        The lines, still in the file.

    Raises
    ------
    InvalidInput
        The segment is damaged.

    Source
    ------
    NAIF, SPK Required Reading, types 1 and 21.
    """
    count = count_at(words, -1, "number of difference lines")
    order = TYPE_1_ORDER if kind == 1 else count_at(words, -2, "difference line order")
    size = 4 * order + 11
    require_words(words, (size + 1) * count + (1 if kind == 1 else 2), f"type {kind}")
    final_times = native(words[size * count : (size + 1) * count])
    if not np.all(np.diff(final_times) > 0.0):
        raise InvalidInput(f"the times of a type {kind} segment do not rise: the file is damaged; copy it again")
    return DifferenceLines(order, final_times, words[: size * count].reshape(count, size))


def _line_states(rows: Array, tdb: Array, order: int, count: int) -> Array:
    """States (N, 6) of lines (N, 4 * order + 11) with `count` - 1 step sizes in use.

    The acceleration is a sum of modified divided differences; `weights` holds the coefficients of its first and
    second integral, built up from those of the highest integral by the recurrence of the integrator.

    Source
    ------
    NAIF, SPK Required Reading, types 1 and 21; the method: Krogh (1974), Changing stepsize in the integration of
    differential equations using modified divided differences, Lecture Notes in Mathematics 362, 22.
    """
    elapsed = tdb - rows[:, 0]
    steps = rows[:, 1 : count - 1].T
    reference = rows[:, order + 1 : order + 7]
    differences = rows[:, order + 7 : 4 * order + 7].reshape(len(rows), 3, order)
    terms = rows[:, 4 * order + 8 : 4 * order + 11]
    reach = np.concatenate((elapsed[None], elapsed + steps[:-1])) if count > 2 else steps
    rising, falling = reach / steps, elapsed / steps
    weights = np.repeat(1.0 / np.arange(1, count + 1)[:, None], len(rows), axis=1)
    for integral in range(count - 1, 1, -1):
        _lower(weights, rising, falling, integral, count - integral)
    position = _summed(differences, weights[1:], terms)
    _lower(weights, rising, falling, 1, count - 2)
    velocity = _summed(differences, weights, terms)
    elapsed = elapsed[:, None]
    states = np.empty((len(rows), 6))
    states[:, :3] = reference[:, 0::2] + elapsed * (reference[:, 1::2] + elapsed * position)
    states[:, 3:] = reference[:, 1::2] + elapsed * velocity
    return states


def _lower(weights: Array, rising: Array, falling: Array, integral: int, count: int) -> None:
    """Turn the coefficients of one integral into those of the integral below it, in place."""
    for j in range(count):
        weights[j + integral] = rising[j] * weights[j + integral - 1] - falling[j] * weights[j + integral]


def _summed(differences: Array, weights: Array, terms: Array) -> Array:
    total = np.zeros((len(differences), 3))
    for j in range(int(np.max(terms)) - 1, -1, -1):
        total += np.where(j < terms, differences[:, :, j] * weights[j][:, None], 0.0)
    return total
