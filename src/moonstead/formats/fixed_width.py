"""Numbers in fixed columns, read for all rows of a file at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Characters = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What one field says in every row.

    Attributes
    ----------
    value : (N,) [as in the file]
        0 where the field is blank or no number.
    unit : (N,) [as in the file]
        Value of one unit of its last digit: 1, 0.1, 0.01 ...
    is_number, is_blank : (N,)
        Whether the field is a plain number (digits and at most one point, blanks around it), and whether it is empty.
    """

    value: Array
    unit: Array
    is_number: Flags
    is_blank: Flags


def character_table(lines: Sequence[str], width: int) -> Characters:
    """Characters (N, width) of lines that all have `width` ASCII characters."""
    return np.frombuffer("".join(lines).encode("ascii"), dtype=np.uint8).reshape(len(lines), width)


def texts(table: Characters, start: int, stop: int) -> NDArray[np.str_]:
    """Texts of columns `start` to `stop`, blanks around them dropped.

    Parameters
    ----------
    table : (N, width) characters
        As `character_table` gives it.
    start, stop : int
        First column (from 0), and the one after the last.

    Returns
    -------
    (N,) str
    """
    cut = np.ascontiguousarray(table[:, start:stop]).view(f"S{stop - start}").ravel()
    return np.strings.strip(cut.astype(np.str_))


def number_column(table: Characters, start: int, stop: int) -> Column:
    """Plain numbers without a sign in columns `start` to `stop` (from 0) of all rows.

    Parameters
    ----------
    table : (N, width) characters
        As `character_table` gives it.
    start, stop : int
        First column, and the one after the last, at most 18 columns.

    Returns
    -------
    Column
        Values [as in the file].
    """
    rows = table.shape[0]
    whole = np.zeros(rows, dtype=np.int64)
    decimals = np.zeros(rows, dtype=np.int64)
    begun, ended, after_point, has_digit = (np.zeros(rows, dtype=bool) for _ in range(4))
    good = np.ones(rows, dtype=bool)
    for place in range(start, stop):
        character = table[:, place]
        blank = character == ord(" ")
        point = character == ord(".")
        digit = (character >= ord("0")) & (character <= ord("9"))
        good &= blank | ((digit | point) & ~ended) & ~(point & after_point)
        ended |= begun & blank
        begun |= ~blank
        after_point |= point
        has_digit |= digit
        whole = np.where(digit, whole * 10 + (character.astype(np.int64) - ord("0")), whole)
        decimals += digit & after_point
    scale = np.power(10.0, decimals)
    good &= has_digit
    return Column(np.where(good, whole / scale, 0.0), 1.0 / scale, good, ~begun)
