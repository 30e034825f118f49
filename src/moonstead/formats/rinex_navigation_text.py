"""Lines, fields and numbers of RINEX navigation files, found for all records at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Characters = NDArray[np.uint8]

WIDTH = 80  # [characters] of a line
FIELD = 19  # [characters] of a number
FIRST_FIELDS, FIELDS = (23, 42, 61), (4, 23, 42, 61)  # columns where numbers begin: on the epoch line, on the others
BLANK = ord(" ")
LARGEST = 1e15  # no number of a navigation message is so large; its square is still a float

_NUMERIC = np.zeros(256, dtype=bool)
_NUMERIC[np.frombuffer(b"0123456789+-. EeDd", dtype=np.uint8)] = True
_EXPONENT = np.arange(256, dtype=np.uint8)
_EXPONENT[[ord("D"), ord("d")]] = ord("E")


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a text, without their line ends.

    Attributes
    ----------
    text : (B,) bytes
        All of it.
    start, length : (L,) int
        Where each line begins, and how many characters it has.
    whole : bool
        Whether the last line has a line end.
    """

    text: Characters
    start: Whole
    length: Whole
    whole: bool

    def __len__(self) -> int:
        """Count of lines."""
        return int(self.start.size)

    def table(self, rows: Whole, first: int, last: int) -> Characters:
        """Characters of chosen lines and columns.

        Parameters
        ----------
        rows : (K,) int
            Lines, from 0.
        first, last : int
            First column, and the one after the last.

        Returns
        -------
        (K, last - first) characters
            Blank past the end of a line.
        """
        columns = np.arange(first, last)
        where = self.start[rows][:, np.newaxis] + columns
        inside = columns < self.length[rows][:, np.newaxis]
        found = self.text[np.minimum(where, self.text.size - 1)]
        return np.where(inside, found, np.uint8(BLANK))

    def ends_in_a_number(self, shift: int) -> bool:
        """Whether the file was cut inside a number, where fields stand `shift` columns left of those of RINEX 3."""
        return not self.whole and (int(self.length[-1]) + shift) % FIELD != FIELDS[0]

    def line(self, row: int) -> str:
        """One line as text."""
        start = int(self.start[row])
        return self.text[start : start + int(self.length[row])].tobytes().decode("ascii", "replace")


def split_lines(text: bytes) -> Lines:
    """Lines of a text.

    Parameters
    ----------
    text : bytes
        With line feeds as line ends; carriage returns are blanks.

    Returns
    -------
    Lines
    """
    characters = np.frombuffer(text.replace(b"\r", b" ") if b"\r" in text else text, dtype=np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    whole = characters.size == 0 or characters[-1] == ord("\n")
    if not whole:
        ends = np.append(ends, characters.size)
    start = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1]) if ends.size else np.zeros(0, dtype=np.int64)
    length = ends - start
    return Lines(characters, start, length, bool(whole))


def whole_numbers(table: Characters) -> Whole:
    """Whole numbers of a few columns, blanks around them; -1 where there is none.

    Parameters
    ----------
    table : (K, width) characters
        The columns.

    Returns
    -------
    (K,) int
    """
    value = np.zeros(table.shape[0], dtype=np.int64)
    good = np.ones(table.shape[0], dtype=bool)
    begun, ended = np.zeros_like(good), np.zeros_like(good)
    for character in table.T:
        digit = (character >= ord("0")) & (character <= ord("9"))
        blank = character == BLANK
        good &= (digit & ~ended) | blank
        ended |= begun & blank
        begun |= digit
        value = np.where(digit, value * 10 + character.astype(np.int64) - ord("0"), value)
    return np.where(good & begun, value, -1)


def numbers(fields: Characters) -> tuple[Array, Flags]:
    """Numbers of Fortran fields (``D`` and ``E`` exponents) of any layout.

    Parameters
    ----------
    fields : (K, width) characters
        One field in each row.

    Returns
    -------
    value : (K,) [as in the file]
        NaN where the field is blank or no number.
    bad : (K,) bool
        Where the field is neither, or its number too large for any message.
    """
    blank = np.all(fields == BLANK, axis=1)
    bad = ~np.all(_NUMERIC[fields], axis=1)
    readable = np.flatnonzero(~blank & ~bad)
    value = np.full(fields.shape[0], np.nan)
    texts = np.ascontiguousarray(_EXPONENT[fields[readable]]).view(f"S{fields.shape[1]}").ravel()
    try:
        value[readable] = texts.astype(np.float64)
    except ValueError:  # some field has signs or points in the wrong places: one by one
        for row, text in zip(readable, texts, strict=True):
            try:
                value[row] = float(text)
            except ValueError:
                bad[row] = True
    large = np.abs(value) > LARGEST
    return np.where(large, np.nan, value), bad | large


def record_numbers(lines: Lines, first: Whole, count: int, shift: int = 0) -> tuple[Array, Flags]:
    """All numbers of records that begin on given lines and have the same count of lines.

    Parameters
    ----------
    lines : Lines
        The file.
    first : (K,) int
        Epoch lines.
    count : int
        Lines after the epoch line.
    shift : int
        Columns by which the fields stand further left than in RINEX 3: 1 in RINEX 2.

    Returns
    -------
    value : (K, 3 + 4 count) [as in the file]
        NaN where a field is blank or no number.
    bad : (K, 3 + 4 count) bool
        Where it is neither.
    """
    parts = [lines.table(first, column - shift, column - shift + FIELD) for column in FIRST_FIELDS]
    for line in range(1, count + 1):
        parts += [lines.table(first + line, column - shift, column - shift + FIELD) for column in FIELDS]
    value, bad = numbers(np.concatenate(parts))
    shape = (3 + 4 * count, first.size)
    return value.reshape(shape).T, bad.reshape(shape).T
