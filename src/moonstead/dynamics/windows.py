"""Windows: the intervals of time in which something holds, with and, or, not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Disjoint intervals in rising order within a span that was searched.

    Attributes
    ----------
    starts, stops : (K,) [s TDB past J2000]
        Edges of the intervals; ``starts[k] < stops[k] < starts[k + 1]``.
    span : (2,) [s TDB past J2000]
        What was searched. Outside it nothing is known, so `~` looks only inside it.
    """

    starts: Array
    stops: Array
    span: tuple[float, float]

    @classmethod
    def of(cls, starts: ArrayLike, stops: ArrayLike, span: tuple[float, float]) -> Windows:
        """Windows from intervals in any order: cut to the span, empty ones dropped, touching ones joined.

        Parameters
        ----------
        starts, stops : (K,) [s TDB past J2000]
            Edges of the intervals.
        span : (2,) [s TDB past J2000]
            What was searched.

        Returns
        -------
        Windows
            Disjoint and rising.

        Raises
        ------
        InvalidInput
            The span is empty or reversed, starts and stops differ in length, or an edge is not a number.
        """
        first, last = float(span[0]), float(span[1])
        if not first < last:
            raise InvalidInput(f"the span of windows must run forward; got {first!r} to {last!r} [s TDB past J2000]")
        starts = np.clip(np.atleast_1d(np.asarray(starts, dtype=np.float64)), first, last)
        stops = np.clip(np.atleast_1d(np.asarray(stops, dtype=np.float64)), first, last)
        if starts.shape != stops.shape:
            raise InvalidInput(f"{starts.size} starts do not pair with {stops.size} stops")
        if np.any(np.isnan(starts)) or np.any(np.isnan(stops)):
            raise InvalidInput("an edge of a window is not a number [s TDB past J2000]")
        kept = stops > starts
        order = np.argsort(starts[kept], kind="stable")
        starts, stops = starts[kept][order], stops[kept][order]
        if starts.size:
            reach = np.maximum.accumulate(stops)
            opens = np.concatenate(([True], starts[1:] > reach[:-1]))
            closes = np.concatenate((opens[1:], [True]))
            starts, stops = starts[opens], reach[closes]
        return cls(starts, stops, (first, last))

    @classmethod
    def all(cls, span: tuple[float, float]) -> Windows:
        """The whole span [s TDB past J2000] as one window."""
        return cls.of([span[0]], [span[1]], span)

    @classmethod
    def none(cls, span: tuple[float, float]) -> Windows:
        """No window in the span [s TDB past J2000]."""
        return cls.of([], [], span)

    def __len__(self) -> int:
        return int(self.starts.size)

    def __and__(self, other: Windows) -> Windows:
        self._require_same_span(other)
        return ~(~self | ~other)

    def __or__(self, other: Windows) -> Windows:
        self._require_same_span(other)
        starts = np.concatenate((self.starts, other.starts))
        return Windows.of(starts, np.concatenate((self.stops, other.stops)), self.span)

    def __invert__(self) -> Windows:
        starts = np.concatenate(([self.span[0]], self.stops))
        return Windows.of(starts, np.concatenate((self.starts, [self.span[1]])), self.span)

    def __sub__(self, other: Windows) -> Windows:
        return self & ~other

    def durations(self) -> Array:
        """Length (K,) [s] of each window."""
        return self.stops - self.starts

    def total(self) -> float:
        """Sum [s] of all windows."""
        return float(np.sum(self.durations()))

    def fraction(self) -> float:
        """Share [1] of the span that the windows fill."""
        return self.total() / (self.span[1] - self.span[0])

    def longest(self) -> float:
        """Length [s] of the longest window; 0 where there is none."""
        return float(np.max(self.durations(), initial=0.0))

    def contains(self, tdb: ArrayLike) -> NDArray[np.bool_]:
        """Whether each time (N,) [s TDB past J2000] lies in a window; the start belongs to it, the stop does not."""
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        index = np.searchsorted(self.starts, tdb, side="right") - 1
        inside = index >= 0
        inside[inside] = tdb[inside] < self.stops[index[inside]]
        return inside

    def within(self, span: tuple[float, float]) -> Windows:
        """The part inside a shorter span [s TDB past J2000].

        Raises
        ------
        InvalidInput
            The new span reaches outside the one that was searched.
        """
        if span[0] < self.span[0] or span[1] > self.span[1]:
            raise InvalidInput(f"span {span} reaches outside {self.span}, the only span that was searched")
        return Windows.of(self.starts, self.stops, span)

    def _require_same_span(self, other: Windows) -> None:
        if self.span != other.span:
            raise InvalidInput(
                f"windows over different spans cannot be combined: {self.span} and {other.span}; use within() first"
            )
