"""What every kind of SPK segment can answer, and how its tables are laid out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

CHUNK = 8192  # epochs worked on at once: their temporary arrays stay in the processor's cache


def in_chunks(states: Callable[[Array], Array], tdb: Array) -> Array:
    """States (N, 6) [km, km/s] at times (N,) [s TDB past J2000] from a function of fewer times, a chunk at a time.

    Parameters
    ----------
    states : (K,) [s TDB past J2000] -> (K, 6) [km, km/s]
        What a segment answers.
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N, 6) [km, km/s]
        Exactly what `states` gives at each time.

    Source
    ------
    As `states`.
    """
    result = np.empty((tdb.size, 6))
    for first in range(0, tdb.size, CHUNK):
        part = slice(first, first + CHUNK)
        result[part] = states(tdb[part])
    return result


class SegmentData(Protocol):
    """The data of one SPK segment."""

    def states(self, tdb: Array) -> Array:
        """States (N, 6) [km, km/s], in the segment's own axes and centre, at times (N,) [s TDB past J2000]."""


def native(words: Array) -> Array:
    """Words of a file as float64 of this machine.

    Parameters
    ----------
    words : array [as in the file]
        In the byte order of the file.

    Returns
    -------
    array [as in the file]
        The same words, C-contiguous.
    """
    return np.ascontiguousarray(words, dtype=np.float64)


def count_at(words: Array, index: int, what: str) -> int:
    """A positive whole number that a segment stores as a double.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.
    index : int
        Which word.
    what : str
        What it counts, for messages.

    Returns
    -------
    int

    Raises
    ------
    InvalidInput
        It is none: the file is damaged.
    """
    value = float(words[index]) if -words.size <= index < words.size else float("nan")
    if not (value == np.floor(value) and 0 < value < 2**31):
        raise InvalidInput(f"a segment's {what} is {value!r}, which is no count: the file is damaged; copy it again")
    return int(value)


def require_words(words: Array, needed: int, what: str) -> None:
    """Refuse a segment that is shorter than its own counts say.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.
    needed : int
        How many words the counts ask for.
    what : str
        Type of the segment, for messages.

    Raises
    ------
    InvalidInput
        The segment has fewer words than needed.
    """
    if words.size < needed:
        raise InvalidInput(
            f"a {what} segment needs {needed} words and has {words.size}: the file is damaged; copy it again"
        )
