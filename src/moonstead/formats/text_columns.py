"""Texts in fixed columns as rows of characters, and numbers out of the same columns of all rows at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Lines = NDArray[np.uint8]

WIDTH = 80  # of a line


def text_lines(text: bytes) -> tuple[Lines, Rows]:
    """All lines of a text as rows of characters.

    Parameters
    ----------
    text : bytes
        Line ends single line feeds.

    Returns
    -------
    lines : (N, 80) characters
        Blanks beyond the end of a line; what stands beyond column 80 is cut off.
    starts : (N,) int
        Where each line begins in the text; -1 for an empty line.
    """
    raw = np.frombuffer(text if text.endswith(b"\n") else text + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(raw == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    if ends[0] >= WIDTH and np.all(ends - starts == ends[0]):  # lines of one length, as clock files have
        return raw.reshape(ends.size, -1)[:, :WIDTH], starts
    lengths = np.minimum(ends - starts, WIDTH)
    padded = np.concatenate((raw, np.full(WIDTH, ord(" "), dtype=np.uint8)))
    lines = np.lib.stride_tricks.sliding_window_view(padded, WIDTH)[starts]
    for length in np.unique(lengths[lengths < WIDTH]):
        lines[lengths == length, length:] = ord(" ")
    return lines, np.where(lengths > 0, starts, -1)


def long_lines(text: bytes, width: int) -> Rows:
    """Lines that have more characters than a format allows: mostly two lines of which one lost its end.

    Parameters
    ----------
    text : bytes
        Line ends single line feeds.
    width : int
        Most characters of a line.

    Returns
    -------
    (K,) int
        Their numbers, from 0.
    """
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
    return np.flatnonzero(np.diff(ends, prepend=-1) - 1 > width)


def decimals(lines: Lines, start: int, stop: int) -> Array:
    """Numbers in the same columns of all lines.

    Parameters
    ----------
    lines : (N, width) characters
        As `text_lines` gives them.
    start, stop : int
        First column (from 0), and the one after the last.

    Returns
    -------
    (N,) [as in the file]
        NaN where there is no number.
    """
    cut = np.ascontiguousarray(lines[:, start:stop]).view(f"S{stop - start}").ravel()
    try:
        return cut.astype(np.float64)
    except ValueError:
        return np.array([_decimal(field) for field in cut.tolist()])


def _decimal(field: bytes) -> float:
    try:
        return float(field.replace(b"D", b"E"))
    except ValueError:
        return float("nan")


def whole_numbers(lines: Lines, start: int, stop: int, missing: int) -> NDArray[np.int64]:
    """Whole numbers in the same columns of all lines.

    Parameters
    ----------
    lines : (N, width) characters
        As `text_lines` gives them.
    start, stop : int
        First column (from 0), and the one after the last.
    missing : int
        What to give where there is none.

    Returns
    -------
    (N,) int
    """
    cut = lines[:, start:stop].astype(np.int64)
    digits = cut - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    minus = cut == ord("-")
    good = (is_digit | minus | (cut == ord(" ")) | (cut == ord("+"))).all(axis=1) & is_digit.any(axis=1)
    value = np.zeros(lines.shape[0], dtype=np.int64)
    for column in range(stop - start):
        value = np.where(is_digit[:, column], value * 10 + digits[:, column], value)
    return np.where(good, np.where(minus.any(axis=1), -value, value), missing)
