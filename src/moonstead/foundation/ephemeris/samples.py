"""States at sampled times and the windows of neighbours that interpolation uses: SPK types 8, 9, 12, 13, 18."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.ephemeris.hermite import hermite_states, hermite_states_with_accelerations
from moonstead.foundation.ephemeris.lagrange import lagrange_states
from moonstead.foundation.ephemeris.segment_data import count_at, in_chunks, native, require_words
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

Interpolation = Callable[[Array, Array, Array], Array]

PACKETS_OF_TYPE_18: dict[int, tuple[int, Interpolation]] = {
    0: (12, hermite_states_with_accelerations),
    1: (6, lagrange_states),
}


@dataclass(frozen=True, slots=True)
class Samples:
    """A table of packets at rising times with the rule that interpolates it.

    Attributes
    ----------
    times : (n,) [s TDB past J2000]
        Sample times.
    packets : (n, k) memory map [km, km/s, km/s^2]
        One packet for each time, as in the file.
    window : int
        Number of neighbours that one interpolation uses.
    interpolation : callable
        (times (N, window), packets (N, window, k), tdb (N,)) -> states (N, 6).
    shortened : bool
        Whether the window loses samples at the ends of the table (type 18) or is shifted there (the others).
    """

    times: Array
    packets: Array
    window: int
    interpolation: Interpolation
    shortened: bool = False

    def states(self, tdb: Array) -> Array:
        """States (N, 6) [km, km/s] at times (N,) [s TDB past J2000]."""
        return in_chunks(self._states, tdb)

    def _states(self, tdb: Array) -> Array:
        first, size = windows(self.times, self.window, self.shortened, tdb)
        states = np.empty((tdb.size, 6))
        for width in np.unique(size):
            same = size == width
            rows = first[same, None] + np.arange(width)
            states[same] = self.interpolation(self.times[rows], native(self.packets[rows]), tdb[same])
        return states


def windows(times: Array, window: int, shortened: bool, tdb: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First index (N,) and number of samples (N,) of the window around each time.

    A window of even size has as many samples before the time as after it; one of odd size is centred on the nearest
    sample. At the ends of the table it is shifted into the table, or shortened to what lies within.

    Parameters
    ----------
    times : (n,) [s TDB past J2000]
        Sample times, rising.
    window : int
        Number of samples that one interpolation uses.
    shortened : bool
        Whether windows are cut at the ends of the table instead of shifted.
    tdb : (N,) [s TDB past J2000]
        Where to interpolate.

    Returns
    -------
    first, size : (N,), (N,) int
        Index of the first sample and number of samples.

    Source
    ------
    NAIF, SPK Required Reading, types 8, 9, 12, 13 and 18.
    """
    low = np.clip(np.searchsorted(times, tdb, side="left") - 1, 0, max(times.size - 2, 0))
    if window % 2 and times.size > 1:
        low = low + (tdb - times[low] >= times[low + 1] - tdb)
        first = low - window // 2
    else:
        first = low - (window // 2 - 1)
    if shortened:
        inside, end = np.maximum(first, 0), np.minimum(first + window, times.size)
        return inside, end - inside
    return np.clip(first, 0, times.size - window), np.full(tdb.size, window)


def read_even_samples(words: Array, kind: int) -> Samples:
    """Samples of a segment of type 8 (Lagrange) or 12 (Hermite), at equal steps.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.
    kind : int
        SPK type, 8 or 12.

    Returns
    -------
    Samples
        The table, still in the file.

    Raises
    ------
    InvalidInput
        The segment is damaged.

    Source
    ------
    NAIF, SPK Required Reading, types 8 and 12.
    """
    count, window = count_at(words, -1, "number of states"), count_at(words, -2, "window size") + 1
    start, step = float(words[-4]), float(words[-3])
    if not step > 0.0:
        raise InvalidInput(f"a type {kind} segment has a step of {step!r} s: the file is damaged; copy it again")
    require_words(words, 6 * count + 4, f"type {kind}")
    times: Array = start + step * np.arange(count, dtype=np.float64)
    return _samples(kind, times, words[: 6 * count].reshape(count, 6), window, _RULES[kind])


def read_uneven_samples(words: Array, kind: int) -> Samples:
    """Samples of a segment of type 9 (Lagrange) or 13 (Hermite), each with its own time.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.
    kind : int
        SPK type, 9 or 13.

    Returns
    -------
    Samples
        The table, still in the file.

    Raises
    ------
    InvalidInput
        The segment is damaged.

    Source
    ------
    NAIF, SPK Required Reading, types 9 and 13.
    """
    count, window = count_at(words, -1, "number of states"), count_at(words, -2, "window size") + 1
    require_words(words, 7 * count + 2, f"type {kind}")
    times = native(words[6 * count : 7 * count])
    return _samples(kind, times, words[: 6 * count].reshape(count, 6), window, _RULES[kind])


def read_mission_samples(words: Array) -> Samples:
    """Samples of a segment of type 18, subtype 0 (Hermite with accelerations) or 1 (Lagrange).

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.

    Returns
    -------
    Samples
        The table, still in the file.

    Raises
    ------
    InvalidInput
        The segment is of another subtype or damaged.

    Source
    ------
    NAIF, SPK Required Reading, type 18.
    """
    count, window = count_at(words, -1, "number of packets"), count_at(words, -2, "window size")
    subtype = float(words[-3])
    if subtype not in PACKETS_OF_TYPE_18:
        raise InvalidInput(f"a type 18 segment is of subtype {subtype:g}; only 0 and 1 are read")
    size, rule = PACKETS_OF_TYPE_18[int(subtype)]
    require_words(words, (size + 1) * count + 3, "type 18")
    times = native(words[size * count : (size + 1) * count])
    return _samples(18, times, words[: size * count].reshape(count, size), window, rule)


_RULES: dict[int, Interpolation] = {8: lagrange_states, 9: lagrange_states, 12: hermite_states, 13: hermite_states}


def _samples(kind: int, times: Array, packets: Array, window: int, rule: Interpolation) -> Samples:
    if window > times.size:
        raise InvalidInput(
            f"a type {kind} segment interpolates over {window} samples and has {times.size}: "
            "the file is damaged; copy it again"
        )
    if not np.all(np.diff(times) > 0.0):
        raise InvalidInput(f"the times of a type {kind} segment do not rise: the file is damaged; copy it again")
    return Samples(times, packets, window, rule, shortened=kind == 18)
