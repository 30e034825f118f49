"""Columns of times as CCSDS text: calendar or day of year, in whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.time.leap_seconds import DAY, NOON, ends_with_leap_second, tai_of_utc, utc_day_and_second
from moonstead.foundation.time.scales import TT_MINUS_TAI, tai_seconds, tdb_minus_tt

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

GPS_MINUS_TAI = -19  # [s] exact, since 1980
DAYS_1970_TO_2000 = 10_957
FRACTION_DIGITS = 15  # of a second that are read: both numbers of their quotient are exact
FINE_DIGITS = 7  # of a second: a double resolves 1.2e-7 s of TDB past J2000 until 2034
FIRST_DAY, LAST_DAY = -730_119, 2_921_939  # [d past 2000-01-01] 0001-01-01 and 9999-12-31


def parse_times(texts: Sequence[str], scale: str, earth_orientation: EarthOrientation | None = None) -> Array:
    """Times of CCSDS ASCII time codes, calendar (A) or day of year (B), with any number of decimals.

    Parameters
    ----------
    texts : N str
        For example ``2035-01-01T00:00:00.000``, ``2035-001T00:00:00``, with or without a ``Z`` at the end, which CCSDS
        allows in every time system.
    scale : str
        ``"UTC"``, ``"TAI"``, ``"TT"``, ``"TDB"``, ``"GPS"`` or ``"UT1"``.
    earth_orientation : EarthOrientation, optional
        Needed for UT1 only.

    Returns
    -------
    (N,) [s TDB past J2000]
        NaN where a text is not a time of that scale: wrong form, no such day, a second 60 that is no leap second,
        UTC before 1972.

    Raises
    ------
    InvalidInput
        The scale is unknown, or UT1 is asked for without Earth orientation.

    Source
    ------
    CCSDS 301.0-B-4 (2010), 3.5.1; CCSDS 502.0-B-3 (2023), 7.5.10.
    """
    if len(texts) == 0:
        return np.empty(0)
    day, second, fraction, good = read_clock(texts)
    if scale == "UTC":
        leap = good & (second == DAY)
        for row in np.flatnonzero(leap):
            good[row] = ends_with_leap_second(int(day[row]))
        reading = np.zeros(day.size, dtype=np.int64)
        for one in np.unique(day[good]):
            start = tai_of_utc(int(one), 0)
            rows = good & (day == one)
            if start is None:
                good[rows] = False
            else:
                reading[rows] = start + second[rows]
        tdb = _tdb_of_tai(reading, fraction)
    else:
        good &= second < DAY
        tdb = _tdb_of_steady(day * DAY - NOON + second, fraction, scale, earth_orientation)
    return np.where(good, tdb, np.nan)


def format_times(
    tdb: Array, scale: str, earth_orientation: EarthOrientation | None = None, digits: int | None = None
) -> list[str]:
    """Calendar text of times, all with the same number of decimals.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, finite.
    scale : str
        ``"UTC"``, ``"TAI"``, ``"TT"``, ``"TDB"``, ``"GPS"`` or ``"UT1"``.
    earth_orientation : EarthOrientation, optional
        Needed for UT1 only.
    digits : int, optional
        Decimals of the second. Left out, three where every time is a whole millisecond as closely as a double can say
        it, else seven.

    Returns
    -------
    list of N str
        For example ``2035-01-01T00:00:00.000``; a leap second is ``23:59:60``.

    Raises
    ------
    InvalidInput
        A time is not finite or lies outside the years 1 to 9999, the scale is unknown, or UT1 is asked for without
        Earth orientation.
    OutsideSpan
        UTC before 1972-01-01.

    Source
    ------
    CCSDS 301.0-B-4 (2010), 3.5.1.1.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if not np.all(np.isfinite(tdb)):
        raise InvalidInput("a time that is not finite cannot be written; remove the row")
    whole = np.floor(tdb)
    fraction = (tdb - whole) + _scale_minus_tdb(tdb, scale, earth_orientation)
    if digits is None:
        resolution = 1.5 * np.spacing(np.abs(tdb))
        off = np.abs(fraction * 1e3 - np.round(fraction * 1e3)) * 1e-3
        digits = 3 if np.all(off <= resolution) else FINE_DIGITS
    ticks = np.round(fraction * 10.0**digits).astype(np.int64)
    carry, ticks = np.divmod(ticks, 10**digits)
    reading = whole.astype(np.int64) + carry
    if scale == "UTC":
        day_float, second_float, _ = utc_day_and_second(reading.astype(np.float64))
        if np.any(np.isnan(day_float)):
            raise OutsideSpan(
                "UTC with whole leap seconds begins on 1972-01-01; write these times in TAI, TT or TDB instead"
            )
        day, second = day_float.astype(np.int64), second_float.astype(np.int64)
    else:
        day, second = np.divmod(reading + NOON, DAY)
    if tdb.size and not (day.min() >= FIRST_DAY and day.max() <= LAST_DAY):
        raise InvalidInput("a time lies outside the years 1 to 9999 that text can say")
    stamps = ((day + DAYS_1970_TO_2000) * DAY + np.minimum(second, DAY - 1)).astype("datetime64[s]")
    texts: list[str] = np.datetime_as_string(stamps, unit="s").tolist()
    for row in np.flatnonzero(second == DAY):
        texts[row] = texts[row][:-2] + "60"
    if digits == 0:
        return texts
    return [f"{text}.{tick:0{digits}d}" for text, tick in zip(texts, ticks.tolist(), strict=True)]


def read_clock(texts: Sequence[str]) -> tuple[Whole, Whole, Array, NDArray[np.bool_]]:
    """Days and seconds of CCSDS ASCII time codes, before any scale is thought of.

    Parameters
    ----------
    texts : N str
        At least one; see `parse_times`.

    Returns
    -------
    day, second, fraction, good : (N,) int [d past 2000-01-01], (N,) int [s], (N,) [s], (N,) bool
        Whole second of the day, 86 400 for a second 60, and its fraction; which rows are sound.

    Source
    ------
    CCSDS 301.0-B-4 (2010), 3.5.1.
    """
    size = max(max(map(len, texts)) + 2, 24)  # two more: a day of year makes the time of day begin two columns earlier
    codes = np.array([text.encode("ascii", "replace") for text in texts], dtype=f"S{size}")
    chars = codes.view(np.uint8).reshape(len(texts), size)
    length = np.count_nonzero(chars, axis=1)
    rows = np.arange(len(texts))
    zulu = chars[rows, np.maximum(length - 1, 0)] == ord("Z")
    chars[rows[zulu], length[zulu] - 1] = 0

    calendar = chars[:, 7] == ord("-")
    # The time of day begins at column 10 (calendar) or 8 (day of year): one layout for both.
    clock = np.where(calendar[:, np.newaxis], chars[:, 10:], np.pad(chars[:, 8:], ((0, 0), (0, 2)))[:, : size - 10])
    digits = chars.astype(np.int64) - ord("0")
    ticks = clock.astype(np.int64) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    ticks_ok = (ticks >= 0) & (ticks <= 9)

    good = np.all(is_digit[:, :4], axis=1) & (chars[:, 4] == ord("-"))
    good &= np.where(calendar, np.all(is_digit[:, [5, 6, 8, 9]], axis=1), np.all(is_digit[:, 5:8], axis=1))
    good &= (clock[:, 0] == ord("T")) & (clock[:, 3] == ord(":")) & (clock[:, 6] == ord(":"))
    good &= np.all(ticks_ok[:, [1, 2, 4, 5, 7, 8]], axis=1)

    year = digits[:, 0] * 1000 + digits[:, 1] * 100 + digits[:, 2] * 10 + digits[:, 3]
    month = np.where(calendar, digits[:, 5] * 10 + digits[:, 6], 1)
    number = np.where(calendar, digits[:, 8] * 10 + digits[:, 9], digits[:, 5] * 100 + digits[:, 6] * 10 + digits[:, 7])
    good &= (year >= 1) & (month >= 1) & (month <= 12)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + np.where(calendar, 1, 12)).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= (number >= 1) & (number <= after - first)
    day = first + number - 1 - DAYS_1970_TO_2000

    hour, minute, second = (ticks[:, i] * 10 + ticks[:, i + 1] for i in (1, 4, 7))
    good &= (hour <= 23) & (minute <= 59) & ((second <= 59) | ((second == 60) & (hour == 23) & (minute == 59)))
    second_of_day = hour * 3600 + minute * 60 + second

    tail, tail_ok = ticks[:, 10:], ticks_ok[:, 10:]
    decimals = np.count_nonzero(clock[:, 10:], axis=1)
    written = np.arange(tail.shape[1]) < decimals[:, np.newaxis]
    good &= np.where(clock[:, 9] == ord("."), decimals >= 1, (clock[:, 9] == 0) & (decimals == 0))
    good &= np.all(tail_ok | ~written, axis=1)
    # A quotient of two whole numbers is the double nearest to the text, however long its neighbours are.
    ticked = np.where(written & tail_ok, tail, 0)[:, :FRACTION_DIGITS]
    fraction = (ticked @ 10 ** np.arange(FRACTION_DIGITS - 1, FRACTION_DIGITS - 1 - ticked.shape[1], -1)) / (
        10.0**FRACTION_DIGITS
    )
    return day, second_of_day, fraction, good


def _tdb_of_tai(whole: Whole, fraction: Array) -> Array:
    """TDB past J2000 [s] of TAI past 2000-01-01T12:00:00 TAI in two parts, rounded once."""
    tt = whole + fraction + TT_MINUS_TAI
    return whole + (fraction + (TT_MINUS_TAI + tdb_minus_tt(tt)))


def _tdb_of_steady(whole: Whole, fraction: Array, scale: str, earth_orientation: EarthOrientation | None) -> Array:
    """TDB past J2000 [s] of a reading past 2000-01-01T12:00:00 in a scale without leap seconds."""
    if scale == "TDB":
        return whole + fraction
    if scale == "TAI":
        return _tdb_of_tai(whole, fraction)
    if scale == "GPS":
        return _tdb_of_tai(whole - GPS_MINUS_TAI, fraction)
    if scale == "TT":
        return whole + (fraction + tdb_minus_tt(whole + fraction))
    if scale == "UT1":
        tai = whole + fraction
        for _ in range(3):  # UT1 - TAI drifts by some 1e-8 s/s: each round gains seven digits
            ahead = _ut1_minus_tai(tai, earth_orientation)
            tai = whole + (fraction - ahead)
        return _tdb_of_tai(whole, fraction - ahead)
    raise InvalidInput(f"time system {scale!r} is unknown; known are UTC, TAI, TT, TDB, GPS and UT1")


def _scale_minus_tdb(tdb: Array, scale: str, earth_orientation: EarthOrientation | None) -> Array:
    """Reading of a scale minus TDB [s]; of TAI where the scale is UTC."""
    if scale == "TDB":
        return np.zeros_like(tdb)
    to_tt = -tdb_minus_tt(tdb)
    if scale == "TT":
        return to_tt
    to_tai = to_tt - TT_MINUS_TAI
    if scale in ("TAI", "UTC"):
        return to_tai
    if scale == "GPS":
        return to_tai + GPS_MINUS_TAI
    if scale == "UT1":
        return to_tai + _ut1_minus_tai(tai_seconds(tdb), earth_orientation)
    raise InvalidInput(f"time system {scale!r} is unknown; known are UTC, TAI, TT, TDB, GPS and UT1")


def _ut1_minus_tai(tai: Array, earth_orientation: EarthOrientation | None) -> Array:
    if earth_orientation is None:
        raise InvalidInput("times in UT1 need Earth orientation: pass earth_orientation=data.earth_orientation")
    return earth_orientation.at(tai).ut1_minus_tai
