"""Which of several overlapping segments speaks at which time: the last one that covers it, as in SPICE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Spanned(Protocol):
    """Anything with a first and a last time."""

    @property
    def start(self) -> float:
        """First time [s TDB past J2000]."""

    @property
    def stop(self) -> float:
        """Last time [s TDB past J2000], included."""


S = TypeVar("S", bound=Spanned)


def winners(segments: Sequence[S], tdb: Array) -> NDArray[np.intp]:
    """Which of several segments speaks at each time: the last one that covers it.

    Parameters
    ----------
    segments : sequence
        In the order of their files.
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) int
        Index of a segment; -1 where none covers the time.

    Source
    ------
    NAIF, SPK Required Reading: the segment loaded last has precedence.
    """
    chosen = np.full(tdb.size, -1, dtype=np.intp)
    for index in range(len(segments) - 1, -1, -1):
        segment = segments[index]
        covered = (tdb >= segment.start) & (tdb <= segment.stop) & (chosen < 0)
        chosen[covered] = index
        if np.all(chosen >= 0):
            break
    return chosen


def sole_winner(segments: Sequence[S], start: float, stop: float) -> S | None:
    """The one segment that speaks throughout a span.

    Parameters
    ----------
    segments : sequence
        In the order of their files; the last one that covers a time speaks.
    start, stop : float [s TDB past J2000]
        The span, both ends included.

    Returns
    -------
    segment or None
        None where no segment covers all of it, or a later one interrupts.

    Source
    ------
    NAIF, SPK Required Reading: the segment loaded last has precedence.
    """
    for segment in reversed(segments):
        if segment.start <= start and stop <= segment.stop:
            return segment
        if segment.start <= stop and start <= segment.stop:
            return None
    return None


def joined_span(segments: Sequence[S], within: tuple[float, float]) -> tuple[float, float] | None:
    """The first gapless part of a span that segments cover together.

    Parameters
    ----------
    segments : sequence
        In any order; they may overlap.
    within : (2,) [s TDB past J2000]
        The span to look in.

    Returns
    -------
    (2,) [s TDB past J2000] or None
        None where they cover nothing of it.
    """
    first = last = None
    for start, stop in sorted((max(s.start, within[0]), min(s.stop, within[1])) for s in segments):
        if start > stop:
            continue
        if first is None or last is None:
            first, last = start, stop
        elif start <= last:
            last = max(last, stop)
    return None if first is None or last is None else (first, last)
