"""A figure that is known within a span: the least, the usual and the largest of what is published."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from moonstead.foundation.errors import InvalidInput

__all__ = ["Interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the span it may lie in.

    Attributes
    ----------
    low, nominal, high : float [any unit]
        The least, the usual and the largest value that published laws and spans of their parameters give. The span is
        an envelope: no probability belongs to its ends.
    """

    low: float
    nominal: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.nominal <= self.high:
            raise InvalidInput(f"an interval needs low <= nominal <= high; got {self.low}, {self.nominal}, {self.high}")

    @classmethod
    def around(cls, nominal: float, values: Iterable[float]) -> Interval:
        """Span of some values about the usual one.

        Parameters
        ----------
        nominal : float [any unit]
            The usual value.
        values : iterable of float [any unit]
            What other laws or parameters give.

        Returns
        -------
        Interval
            From the least to the largest of all.
        """
        known = [nominal, *values]
        return cls(min(known), nominal, max(known))

    def through(self, law: Callable[[float], float]) -> Interval:
        """What a law that rises or falls makes of the three values [any unit]."""
        first, middle, last = (law(value) for value in (self.low, self.nominal, self.high))
        return Interval.around(middle, (first, last))

    def text(self, unit: str, scale: float = 1.0) -> str:
        """The figure with its span in words.

        Parameters
        ----------
        unit : str
            What to call the unit; empty for pure numbers.
        scale : float [any unit]
            Value of one unit.

        Returns
        -------
        str
            As "1.2 km (0.9 to 1.6)".
        """
        low, nominal, high = (_digits(value / scale) for value in (self.low, self.nominal, self.high))
        return f"{nominal} {unit} ({low} to {high})" if unit else f"{nominal} ({low} to {high})"

    def as_dict(self, scale: float = 1.0) -> dict[str, float]:
        """Plain values.

        Parameters
        ----------
        scale : float [any unit]
            Value of the unit that they are given in.

        Returns
        -------
        dict of str to float [any unit]
            "low", "nominal", "high".
        """
        return {"low": self.low / scale, "nominal": self.nominal / scale, "high": self.high / scale}


def _digits(value: float) -> str:
    return f"{value:.3g}" if value == 0.0 or not math.isfinite(value) or abs(value) < 1e5 else f"{value:.2e}"
