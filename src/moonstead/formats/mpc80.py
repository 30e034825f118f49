"""Astrometry in records of 80 columns, the Minor Planet Center's format since the time of punched cards."""

from __future__ import annotations

import math
from collections.abc import Sequence

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.formats.astrometry_faults import Faults
from moonstead.formats.astrometry_rows import Observations, RejectedLine, blank_rows, observations_of
from moonstead.formats.fixed_width import Characters, character_table, number_column, texts
from moonstead.formats.mpc80_radar import read_radar_pairs
from moonstead.formats.packed_designation import unpack_columns
from moonstead.formats.utc_days import civil_day, tdb_of_utc_days
from moonstead.foundation.constants import ARCSECOND, ASTRONOMICAL_UNIT, SECONDS_PER_DAY

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

WIDTH = 80  # [characters] of a record
HEADERS = ("COD", "CON", "OBS", "MEA", "TEL", "NET", "BND", "COM", "NUM", "ACK", "AC2", "TYP", "PRE", "SUB")
SECOND_OF_TIME = 15.0 * ARCSECOND  # [rad]
# Column 15 to the modes of ADES; what is not here is no observation of ours.
MODES = {
    " ": "PHO",
    "P": "PHO",
    "A": "PHA",
    "e": "ENC",
    "C": "CCD",
    "c": "CCD",
    "D": "CCD",
    "d": "CCD",
    "B": "CMO",
    "n": "VID",
    "T": "MER",
    "M": "MIC",
    "E": "OCC",
    "H": "PMT",
    "N": "NOR",
    "S": "CCD",
    "V": "CCD",
}
WGS84 = 1  # ERFA's number of the ellipsoid
FIRST_CCD_YEAR = 1970  # the device was invented in 1969

_FETCH = "compare with the record at the Minor Planet Center, correct the columns or remove the line"


def read_mpc80(lines: Sequence[str], source: str = "") -> Observations:
    """Observations of records of 80 columns, with the second lines of satellites, rovers and radars.

    Parameters
    ----------
    lines : sequence of str
        All lines of a file.
    source : str
        Name of the file.

    Returns
    -------
    Observations
        Good rows in the order of the file; everything else that is not a header, a comment (``#``) or blank is among
        the refused lines.

    Source
    ------
    Minor Planet Center: Format for Optical Astrometric Observations; Satellite-Based Astrometry Format; Roving
    Observer Extensions; Radar Astrometry Format.
    """
    rejected: list[RejectedLine] = []
    cards: list[str] = []
    numbers: list[int] = []
    other = 0
    for number, line in enumerate(lines, 1):
        text = line.rstrip()
        if len(text) == WIDTH and text.isascii() and "\t" not in text and text.isprintable():
            cards.append(text)
            numbers.append(number)
        elif not text or text.startswith("#") or text[:4].rstrip() in HEADERS:
            other += 1
        else:
            rejected.append(_not_a_card(number, text))
    if not cards:
        return observations_of(blank_rows(0), rejected=rejected, other_lines=other, source=source)
    table, line_numbers = character_table(cards, WIDTH), np.array(numbers, dtype=np.int64)
    faults = Faults(len(cards), _FETCH)
    tdb, resolution = _times(table, faults)
    second, leads = _second_lines(table, line_numbers, faults)
    radar, radar_faults = read_radar_pairs(
        [(cards[k], cards[k + 1], numbers[k], float(tdb[k])) for k in np.flatnonzero((leads == ord("R")) & ~faults.any)]
    )
    for number, reason in radar_faults:
        faults.mark(line_numbers == number, reason, _FETCH)
    is_row = (second == 0) & (leads != ord("R")) & ~faults.any
    columns = _optical(table, tdb, resolution, leads, is_row, faults)
    keep = is_row & ~faults.any
    columns["line"], columns["text"] = line_numbers, np.array(cards)
    columns["second_line"] = np.where(np.isin(leads, [ord("S"), ord("V")]), np.append(line_numbers[1:], 0), 0)
    # A first line that is refused takes its second line with it.
    widowed = np.zeros(len(cards), dtype=bool)
    widowed[1:] = (second[1:] != 0) & faults.any[:-1] & (leads[:-1] != 0)
    faults.mark(widowed, "the line before it, which it belongs to, is refused", "correct that line")
    rejected.extend(faults.lines(cards, numbers))
    rejected.sort(key=lambda one: one.line)
    kept = {name: column[keep] for name, column in columns.items()}
    other += int(np.count_nonzero((second == ord("r")) & ~faults.any))
    return observations_of(kept, radar=radar, rejected=rejected, other_lines=other, source=source)


def _not_a_card(number: int, text: str) -> RejectedLine:
    if not text.isascii() or not text.isprintable():
        what, remedy = "a character that is not printable ASCII (a tab, an accent, damage)", "save the file as ASCII"
    elif len(text) > WIDTH:
        what, remedy = f"{len(text)} characters where a record has 80", "columns are shifted, or two lines are joined"
    else:
        what, remedy = f"{len(text)} characters where a record has 80", "columns are shifted, or the line is cut"
    return RejectedLine(number, text, what, remedy)


def _times(table: Characters, faults: Faults) -> tuple[Array, Array]:
    """Times [s TDB past J2000] and the unit of their last digit [s]."""
    year, month, day = number_column(table, 15, 19), number_column(table, 20, 22), number_column(table, 23, 32)
    written = year.is_number & month.is_number & day.is_number & (table[:, 19] == ord(" ")) & (table[:, 22] == ord(" "))
    faults.mark(~written, "columns 16 to 32 are no date of the form 'YYYY MM DD.ddddd'")
    whole = np.floor(day.value)
    date, exists = civil_day(year.value.astype(np.int64), month.value.astype(np.int64), whole.astype(np.int64))
    faults.mark(~exists, "columns 16 to 32: there is no such date")
    second = (day.value - whole) * SECONDS_PER_DAY
    # Echoes are timed to whole seconds, which decimals of a day cannot say: 1 s is 50 km of a radar's delay.
    echo = np.isin(table[:, 14], [ord("R"), ord("r")])
    second = np.where(echo & (day.unit * SECONDS_PER_DAY < 1.0), np.round(second), second)
    tdb = tdb_of_utc_days(date, second)
    faults.mark(~np.isfinite(tdb), "the date lies before 1860", "remove the line: clocks and stars are too uncertain")
    electronic = np.isin(table[:, 14], [ord(c) for c, mode in MODES.items() if mode in ("CCD", "CMO", "VID")])
    faults.mark(
        electronic & (year.value < FIRST_CCD_YEAR),
        f"an electronic detector (column 15) before {FIRST_CCD_YEAR}",
        "correct the year or column 15",
    )
    return tdb, day.unit * SECONDS_PER_DAY


def _second_lines(table: Characters, numbers: Whole, faults: Faults) -> tuple[Whole, NDArray[np.uint8]]:
    """Letter of each second line (0 elsewhere), and of each first line that has its second one (0 elsewhere)."""
    letter = table[:, 14]
    second, leads = np.zeros(letter.size, dtype=np.int64), np.zeros(letter.size, dtype=np.uint8)
    for upper in "SVR":
        small = letter == ord(upper.lower())
        second[small] = ord(upper.lower())
        capital = letter == ord(upper)
        follows = np.zeros_like(small)
        follows[1:] = (
            small[1:]
            & capital[:-1]
            & (numbers[1:] == numbers[:-1] + 1)
            & np.all(table[1:, :12] == table[:-1, :12], axis=1)
            & np.all(table[1:, 15:32] == table[:-1, 15:32], axis=1)
            & np.all(table[1:, 77:80] == table[:-1, 77:80], axis=1)
        )
        faults.mark(
            small & ~follows,
            f"a second line ({upper.lower()!r} in column 15) that does not follow its first line",
            "put it behind the line of the same object, time and station",
        )
        leading = np.append(follows[1:], False)
        faults.mark(
            capital & ~leading,
            f"{upper!r} in column 15, but the second line that must follow is missing",
            "without it nobody knows where the observer was: add it, or remove the line",
        )
        leads[leading] = ord(upper)
    return second, leads


def _optical(
    table: Characters, tdb: Array, time_resolution: Array, leads: NDArray[np.uint8], is_row: Flags, faults: Faults
) -> dict[str, NDArray]:
    """Columns of all records; what is wrong with the optical ones is marked."""
    columns = blank_rows(table.shape[0])
    columns["tdb"], columns["time_resolution"] = tdb, time_resolution
    columns["utc"] = texts(table, 15, 32)
    mode = np.full(256, "", dtype="<U3")
    for letter, name in MODES.items():
        mode[ord(letter)] = name
    columns["mode"] = mode[table[:, 14]]
    replaced = np.isin(table[:, 14], [ord("X"), ord("x")])
    faults.mark(is_row & replaced, "the Minor Planet Center has replaced this observation (X in column 15)", "nothing")
    faults.mark(is_row & (table[:, 14] == ord("O")), "an offset from a planet (O in column 15) is no place", "nothing")
    faults.mark(is_row & (columns["mode"] == ""), "column 15 has a letter that no kind of observation has")

    hours, hour_unit = _sexagesimal(table, 32, 34, 35, 37, 38, 44, is_row, "columns 33 to 44 (right ascension)", faults)
    faults.mark(is_row & (hours >= 24.0), "columns 33 to 44: a right ascension of 24 hours or more")
    degrees, degree_unit = _sexagesimal(table, 45, 47, 48, 50, 51, 56, is_row, "columns 45 to 56 (declination)", faults)
    sign = table[:, 44]
    faults.mark(is_row & ~np.isin(sign, [ord("+"), ord("-")]), "column 45 must be the sign of the declination")
    faults.mark(is_row & (degrees > 90.0), "columns 45 to 56: a declination beyond a pole")
    columns["right_ascension"] = hours * (3600.0 * SECOND_OF_TIME)
    columns["declination"] = np.where(sign == ord("-"), -degrees, degrees) * (3600.0 * ARCSECOND)
    columns["resolution"] = np.stack(
        [hour_unit * SECOND_OF_TIME * np.cos(columns["declination"]), degree_unit * ARCSECOND], axis=1
    )
    magnitude = number_column(table, 65, 70)
    faults.mark(is_row & ~(magnitude.is_number | magnitude.is_blank), "columns 66 to 70 are no magnitude")
    columns["magnitude"] = np.where(magnitude.is_number, magnitude.value, np.nan)
    for name, start, stop in (("band", 70, 71), ("catalogue", 71, 72), ("program", 13, 14), ("station", 77, 80)):
        columns[name] = texts(table, start, stop)
    faults.mark(is_row & (np.strings.str_len(columns["station"]) != 3), "columns 78 to 80 are no observatory code")
    columns["notes"] = np.where(np.strings.isalpha(columns["program"]), columns["program"], "")
    columns["objects"] = _objects(table, is_row, faults)
    _places(table, leads, is_row, columns, faults)
    return columns


def _sexagesimal(
    table: Characters, a: int, b: int, c: int, d: int, e: int, f: int, is_row: Flags, what: str, faults: Faults
) -> tuple[Array, Array]:
    """Hours or degrees of three fields, and the unit of the last digit in seconds of time or arc.

    Coarse places leave the last fields blank: ``12 34.56`` is minutes with decimals.
    """
    whole, minutes, seconds = number_column(table, a, b), number_column(table, c, d), number_column(table, e, f)
    coarse = number_column(table, c, f)
    in_minutes = table[:, d] == ord(".")
    blank_between = (table[:, b] == ord(" ")) & (in_minutes | (table[:, d] == ord(" ")))
    fine = minutes.is_number & seconds.is_number & ~in_minutes
    no_seconds = coarse.is_number & (in_minutes | seconds.is_blank)
    faults.mark(is_row & ~(whole.is_number & blank_between & (fine | no_seconds)), f"{what} are no such angle")
    minute = np.where(fine, minutes.value, coarse.value)
    second = np.where(fine, seconds.value, 0.0)
    faults.mark(is_row & ((minute >= 60.0) | (second >= 60.0)), f"{what}: 60 or more minutes or seconds")
    return whole.value + minute / 60.0 + second / 3600.0, np.where(fine, seconds.unit, 60.0 * coarse.unit)


def _objects(table: Characters, is_row: Flags, faults: Faults) -> NDArray[np.str_]:
    """Name of each object: a designation that stands beside a number anywhere in the file means that number."""
    keys, index = np.unique(np.ascontiguousarray(table[:, :12]).view("S12").ravel(), return_inverse=True)
    unpacked = [unpack_columns(key.decode("ascii").ljust(12)) for key in keys]
    number_of = {designation: number for number, designation in unpacked if number and designation}
    names = [number or number_of.get(designation or "", designation) or "" for number, designation in unpacked]
    found = np.array(names, dtype=np.str_)[index]
    faults.mark(is_row & (found == ""), "columns 1 to 12 are blank: no object is named")
    return found


def _places(
    table: Characters, leads: NDArray[np.uint8], is_row: Flags, columns: dict[str, NDArray], faults: Faults
) -> None:
    """Where satellites and rovers were, from the line behind each."""
    for row in np.flatnonzero(is_row & (leads == ord("S"))):
        card = bytes(table[row + 1]).decode("ascii")
        unit = {"1": 1000.0, "2": ASTRONOMICAL_UNIT}.get(card[32])
        vector = [_signed(card[start : start + 11]) for start in (34, 46, 58)]
        if unit is None or not all(map(math.isfinite, vector)):
            faults.mark_row(int(row), "its second line gives no place of the satellite (columns 33 to 69)")
            continue
        columns["observer_position"][row] = np.array(vector) * unit
    for row in np.flatnonzero(is_row & (leads == ord("V"))):
        card = bytes(table[row + 1]).decode("ascii")
        longitude, latitude, height = _signed(card[34:44]), _signed(card[45:55]), _signed(card[56:61])
        if not (math.isfinite(longitude + latitude + height) and abs(latitude) <= 90.0):
            faults.mark_row(int(row), "its second line gives no place of the observer (columns 35 to 61)")
            continue
        columns["site_position"][row] = erfa.gd2gc(WGS84, math.radians(longitude), math.radians(latitude), height)


def _signed(text: str) -> float:
    """Number whose sign may stand apart from its digits; NaN where it is none."""
    plain = text.replace(" ", "")
    try:
        return float(plain) if not set(plain) - set("+-.0123456789") else math.nan
    except ValueError:
        return math.nan
