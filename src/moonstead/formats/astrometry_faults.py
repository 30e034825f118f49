"""What is wrong with the rows of a file: the first fault of each is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_rows import RejectedLine

Flags = NDArray[np.bool_]


class Faults:
    """The first fault of each of N rows.

    Parameters
    ----------
    count : int
        Number of rows N.
    remedy : str
        What to do, where a fault brings no remedy of its own.

    Attributes
    ----------
    any : (N,)
        Whether a row has a fault.
    """

    def __init__(self, count: int, remedy: str) -> None:
        self.any: Flags = np.zeros(count, dtype=bool)
        self._remedy = remedy
        self._said: dict[int, tuple[str, str]] = {}

    def mark(self, rows: Flags, reason: str, remedy: str | None = None) -> None:
        """Note a fault of rows that have none yet.

        Parameters
        ----------
        rows : (N,) bool
            Which rows.
        reason : str
            What is wrong.
        remedy : str, optional
            What to do; left out, the common remedy.
        """
        for row in np.flatnonzero(rows & ~self.any):
            self._said[int(row)] = (reason, remedy or self._remedy)
        self.any |= rows

    def mark_row(self, row: int, reason: str, remedy: str | None = None) -> None:
        """Note a fault of one row that has none yet.

        Parameters
        ----------
        row : int
            Its place.
        reason : str
            What is wrong.
        remedy : str, optional
            What to do; left out, the common remedy.
        """
        self._said.setdefault(row, (reason, remedy or self._remedy))
        self.any[row] = True

    def lines(self, texts: Sequence[str], numbers: Sequence[int]) -> list[RejectedLine]:
        """The rows with a fault, with their texts and line numbers (N each)."""
        return [RejectedLine(int(numbers[row]), texts[row], *said) for row, said in self._said.items()]
