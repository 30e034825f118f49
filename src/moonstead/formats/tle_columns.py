"""Two- and three-line element sets of a whole catalogue at once, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import MeanElements, joined, tai_of_utc_days
from moonstead.formats.element_rows import RowFault, row_fault
from moonstead.formats.tle import ALPHA_5, FIRST_YEAR, LEAST_LENGTH, LINE_LENGTH, OTHER_THEORIES, Tle, parse_tle
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Lines = NDArray[np.uint8]
Whole = NDArray[np.int64]

NAME, FIRST, SECOND, SKIPPED = 0, 1, 2, 3
BLANK = ord(" ")
# Columns (from 0) that every line has in common, and what stands there.
PUNCTUATION_1 = {1: " ", 8: " ", 17: " ", 23: ".", 32: " ", 34: ".", 43: " ", 52: " ", 61: " ", 63: " "}
PUNCTUATION_2 = {
    1: " ",
    7: " ",
    11: ".",
    16: " ",
    20: ".",
    25: " ",
    33: " ",
    37: ".",
    42: " ",
    46: ".",
    51: " ",
    54: ".",
}
DAYS_1970_TO_2000 = 10_957
TICKS = 1e8  # of a day: as fine as a set dates itself; one is 864 us, and its product with a whole number exact
DEGREE = np.pi / 180.0
REVOLUTION = 2.0 * np.pi / SECONDS_PER_DAY  # [rad/s] of one revolution a day
_LETTERS = np.full(256, -1, dtype=np.int64)
_LETTERS[[ord(letter) for letter in ALPHA_5]] = list(ALPHA_5.values())


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and where its lines stand in it."""

    raw: bytes
    starts: Whole
    stops: Whole  # without blanks at the end

    def line(self, row: int) -> str:
        return self.raw[self.starts[row] : self.stops[row]].decode("utf-8", "replace")

    def matrix(self, rows: Whole) -> Lines:
        """The first 69 characters of lines, blanks where a line has ended."""
        padded = np.frombuffer(self.raw + b" " * LINE_LENGTH, dtype=np.uint8)
        cut = np.lib.stride_tricks.sliding_window_view(padded, LINE_LENGTH)[self.starts[rows]]
        beyond = np.arange(LINE_LENGTH) >= (self.stops[rows] - self.starts[rows])[:, np.newaxis]
        return np.where(beyond, np.uint8(BLANK), cut)


def parse_tle_columns(raw: bytes) -> tuple[MeanElements, list[RowFault]]:
    """Element sets of a text of two- or three-line sets, and what in it is no set.

    Sets in the usual layout are read all at once; what differs from it goes to `parse_tle`, line by line, which knows
    every exception and says what is wrong.

    Parameters
    ----------
    raw : bytes
        The text. A line before an element line names the set after it; blank lines and lines with ``#`` are skipped.
        Tabs in place of blanks, as spreadsheets leave them, are turned back into columns.

    Returns
    -------
    elements : MeanElements
        The good sets in the order of the text.
    faults : list of RowFault
        The rest, in the order of the text.

    Source
    ------
    As `moonstead.formats.tle.parse_tle`.
    """
    text = _split(_in_columns(raw) if b"\t" in raw else raw)
    kind = _kinds(text)
    used = np.flatnonzero(kind != SKIPPED)
    kinds = kind[used]
    before = np.concatenate(([SKIPPED], kinds[:-1]))
    after = np.concatenate((kinds[1:], [SKIPPED]))
    found = [(int(used[k]), _lonely(text, int(used[k]), int(kinds[k]))) for k in _without_partner(kinds, before, after)]

    paired = np.flatnonzero((kinds == FIRST) & (after == SECOND))
    rows1, rows2 = used[paired], used[paired + 1] if paired.size else used[paired]
    named = before[paired] == NAME
    names = [_name(text.line(int(used[k - 1]))) if has else "" for k, has in zip(paired, named, strict=True)]

    lines1, lines2 = text.matrix(rows1), text.matrix(rows2)
    long = (text.stops[rows1] - text.starts[rows1] == LINE_LENGTH) & (
        text.stops[rows2] - text.starts[rows2] == LINE_LENGTH
    )
    columns, good = _columns(lines1, lines2)
    good &= long
    usual = np.flatnonzero(good)
    parts = [_elements({key: values[usual] for key, values in columns.items()}, [names[k] for k in usual.tolist()])]
    order = [usual]
    odd: list[int] = []
    singles: list[Tle] = []
    for k in np.flatnonzero(~good).tolist():
        line1, line2 = text.line(int(rows1[k])), text.line(int(rows2[k]))
        try:
            singles.append(parse_tle(line1, line2, names[k] or None))
            odd.append(k)
        except InvalidInput as error:
            blamed = 2 if "line 2" in str(error).partition(";")[0][:45] else 1
            row = int((rows1, rows2)[blamed - 1][k])
            found.append((row, row_fault(f"line {row + 1}", (line1, line2)[blamed - 1], str(error))))
    if singles:
        parts.append(elements_of_sets(singles))
        order.append(np.array(odd))
    elements = joined(parts)
    if singles:
        elements = elements.select(np.argsort(np.concatenate(order), kind="stable"))
    return elements, [fault for _, fault in sorted(found, key=lambda one: one[0])]


def elements_of_sets(sets: list[Tle]) -> MeanElements:
    """Columns of element sets that were read one by one.

    Parameters
    ----------
    sets : list of Tle
        Any number.

    Returns
    -------
    MeanElements
    """
    year = np.array([one.epoch_year for one in sets], dtype=np.int64)
    day = np.array([one.epoch_day for one in sets], dtype=np.float64)
    whole = np.floor(day)
    ticks = np.round((day - whole) * TICKS)
    second, fraction = tai_of_utc_days(_new_year(year) + whole.astype(np.int64) - 1, ticks * 864 / 1e6)
    return MeanElements.of(
        {
            "object_id": [one.catalog_number for one in sets],
            "name": ["" if one.name_line is None else one.name for one in sets],
            "designator": [long_designator(one.designator) for one in sets],
            "epoch_second": second,
            "epoch_fraction": fraction,
            "mean_motion": [one.mean_motion for one in sets],
            "eccentricity": [one.eccentricity for one in sets],
            "inclination": [one.inclination for one in sets],
            "node": [one.node for one in sets],
            "argument_of_perigee": [one.argument_of_perigee for one in sets],
            "mean_anomaly": [one.mean_anomaly for one in sets],
            "drag_term": [one.drag_term for one in sets],
            "mean_motion_rate": [one.mean_motion_rate for one in sets],
            "mean_motion_second": [one.mean_motion_second for one in sets],
            "element_set": [one.element_set for one in sets],
            "revolution": [one.revolution for one in sets],
            "classification": [one.classification.strip() for one in sets],
        }
    )


def long_designator(short: str) -> str:
    """International designator in the form of the catalogue: ``98067A`` becomes ``1998-067A``.

    Parameters
    ----------
    short : str
        As a two-line set has it.

    Returns
    -------
    str
        What is not of that form stays as it is.
    """
    short = short.strip()
    if len(short) < 6 or not (short[:5].isascii() and short[:5].isdecimal() and short[5:].isalpha()):
        return short
    year = int(short[:2])
    return f"{year + (1900 if year >= FIRST_YEAR else 2000)}-{short[2:]}"


def _in_columns(raw: bytes) -> bytes:
    """The text with element lines of tabs between their fields put back into columns; the checksum will tell."""
    lines = raw.splitlines()
    for row, line in enumerate(lines):
        parts = line.split(b"\t")
        if parts[0] == b"1" and len(parts) == 9:
            lines[row] = b"1 %6b %-8b %14b %10b %8b %8b %b %5b" % tuple(parts[1:])
        elif parts[0] == b"2" and len(parts) in (8, 9):
            motion = parts[7] if len(parts) == 8 else b"%11b%6b" % (parts[7], parts[8])
            lines[row] = b"2 %5b %8b %8b %7b %8b %8b %17b" % (*parts[1:7], motion)
    return b"\n".join(lines)


def _split(raw: bytes) -> _Text:
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    bytes_ = np.frombuffer(raw if raw.endswith(b"\n") else raw + b"\n", dtype=np.uint8)
    ends = np.flatnonzero(bytes_ == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))
    stops = ends.copy()
    while True:  # blanks at the ends of lines: as many rounds as the longest run of them
        trailing = (stops > starts) & ((bytes_[stops - 1] == BLANK) | (bytes_[stops - 1] == ord("\t")))
        if not np.any(trailing):
            return _Text(raw, starts, stops)
        stops -= trailing


def _kinds(text: _Text) -> NDArray[np.int64]:
    padded = np.frombuffer(text.raw + b"\n\n", dtype=np.uint8)
    first, second = padded[text.starts], padded[text.starts + 1]
    length = text.stops - text.starts
    element = (second == BLANK) & (length >= LEAST_LENGTH)
    kind = np.full(length.size, NAME)
    kind[element & (first == ord("1"))] = FIRST
    kind[element & (first == ord("2"))] = SECOND
    kind[(length == 0) | (first == ord("#"))] = SKIPPED
    return kind


def _without_partner(kinds: Whole, before: Whole, after: Whole) -> list[int]:
    lonely = (kinds == NAME) & (after != FIRST)
    lonely |= (kinds == FIRST) & (after != SECOND)
    lonely |= (kinds == SECOND) & (before != FIRST)
    return list(np.flatnonzero(lonely).tolist())


def _lonely(text: _Text, row: int, kind: int) -> RowFault:
    message = {
        NAME: "a name without the two lines of elements after it; complete or remove it",
        FIRST: "line 1 without its line 2 after it; fetch the set again",
        SECOND: "line 2 without its line 1 before it; fetch the set again",
    }[kind]
    return row_fault(f"line {row + 1}", text.line(row), message)


def _name(line: str) -> str:
    text = line.strip()
    return text[2:].strip() if text.startswith("0 ") else text


def _columns(one: Lines, two: Lines) -> tuple[dict[str, NDArray], Flags]:
    """Numbers of both lines of all sets, and which sets have the usual layout and a right checksum."""
    good = np.all((one < 128) & (two < 128), axis=1)
    for lines, marks in ((one, PUNCTUATION_1), (two, PUNCTUATION_2)):
        good &= np.all(lines[:, list(marks)] == [ord(mark) for mark in marks.values()], axis=1)
        digits = lines[:, :68].astype(np.int64) - ord("0")
        sums = np.where((digits >= 0) & (digits <= 9), digits, 0).sum(axis=1) + (lines[:, :68] == ord("-")).sum(axis=1)
        good &= lines[:, 68].astype(np.int64) - ord("0") == sums % 10
    good &= np.all(one[:, 2:7] == two[:, 2:7], axis=1)
    good &= (one[:, 62] < ord(OTHER_THEORIES[0])) | (one[:, 62] > ord(OTHER_THEORIES[-1]))

    def whole(lines: Lines, start: int, stop: int) -> Whole:
        value, ok = _digits(lines[:, start:stop])
        np.logical_and(good, ok, out=good)
        return value

    def filled(lines: Lines, start: int, stop: int) -> Whole:
        np.logical_and(good, lines[:, start] != BLANK, out=good)
        return whole(lines, start, stop)

    def decimal(lines: Lines, start: int, point: int, stop: int) -> Array:
        """Number with its point at a fixed column: one division of two exact numbers, as correct as text can be."""
        places = 10 ** (stop - point - 1)
        return (whole(lines, start, point) * places + filled(lines, point + 1, stop)) / places

    def signed(lines: Lines, column: int, size: Array) -> Array:
        sign = lines[:, column]
        np.logical_and(good, (sign == BLANK) | (sign == ord("+")) | (sign == ord("-")), out=good)
        return np.where(sign == ord("-"), -size, size)

    def exponential(start: int) -> Array:
        """Number such as `` 28098-4``; a division by a power of ten is correctly rounded, a product is not."""
        mantissa = filled(one, start + 1, start + 6).astype(np.float64)
        power = signed(one, start + 6, filled(one, start + 7, start + 8).astype(np.float64)) - 5.0
        return signed(one, start, np.where(power < 0, mantissa / 10.0 ** -np.minimum(power, 0), mantissa * 10.0**power))

    leading = _LETTERS[one[:, 2]]
    number, ok = _digits(one[:, 3:7])
    good &= ok & ((leading < 0) | np.all(one[:, 3:7] != BLANK, axis=1))
    first, ok = _digits(one[:, 2:3])
    good &= ok | (leading >= 0)
    year = filled(one, 18, 20)
    year += np.where(year >= FIRST_YEAR, 1900, 2000)
    day = whole(one, 20, 23)
    good &= (day >= 1) & (day <= 366)
    ticks = filled(one, 24, 32)
    second, fraction = tai_of_utc_days(_new_year(year) + day - 1, ticks * 864 / 1e6)
    columns: dict[str, NDArray] = {
        "object_id": np.where(leading >= 0, leading, first) * 10_000 + number,
        "designator": one[:, 9:17],
        "classification": one[:, 7],
        "epoch_second": second,
        "epoch_fraction": fraction,
        "mean_motion_rate": signed(one, 33, filled(one, 35, 43) / 1e8) * REVOLUTION / SECONDS_PER_DAY,
        "mean_motion_second": exponential(44) * REVOLUTION / SECONDS_PER_DAY**2,
        "drag_term": exponential(53),
        "element_set": whole(one, 64, 68),
        "inclination": decimal(two, 8, 11, 16) * DEGREE,
        "node": decimal(two, 17, 20, 25) * DEGREE,
        "eccentricity": filled(two, 26, 33) / 1e7,
        "argument_of_perigee": decimal(two, 34, 37, 42) * DEGREE,
        "mean_anomaly": decimal(two, 43, 46, 51) * DEGREE,
        "mean_motion": decimal(two, 52, 54, 63) * REVOLUTION,
        "revolution": whole(two, 63, 68),
    }
    good &= columns["mean_motion"] > 0.0
    return columns, good


def _digits(cut: Lines) -> tuple[Whole, Flags]:
    """Whole number in columns, blanks in front of it allowed, and whether there is nothing else."""
    digits = cut.astype(np.int64) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    blank = cut == BLANK
    good = np.all(is_digit | blank, axis=1) & ~np.any(is_digit[:, :-1] & blank[:, 1:], axis=1)
    return np.where(is_digit, digits, 0) @ (10 ** np.arange(cut.shape[1] - 1, -1, -1)), good


def _new_year(year: Whole) -> Whole:
    """Days past 2000-01-01 of 1 January."""
    return (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) - DAYS_1970_TO_2000


def _elements(columns: dict[str, NDArray], names: list[str]) -> MeanElements:
    count = len(names)
    designators, classes = (np.ascontiguousarray(columns.pop(key)) for key in ("designator", "classification"))
    unique, which = np.unique(designators.view("S8").ravel() if count else np.empty(0, "S8"), return_inverse=True)
    longer = [long_designator(one.decode("ascii")) for one in unique.tolist()]
    return MeanElements(
        name=tuple(names),
        designator=tuple(longer[k] for k in which.tolist()),
        classification=tuple(map(str.strip, classes.tobytes().decode("ascii"))),
        **columns,
    )
