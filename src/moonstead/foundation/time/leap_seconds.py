"""TAI - UTC: the whole leap seconds since 1972."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# IERS Bulletin C: first day with the offset, TAI - UTC [s].
LEAP_SECONDS: tuple[tuple[date, int], ...] = (
    (date(1972, 1, 1), 10),
    (date(1972, 7, 1), 11),
    (date(1973, 1, 1), 12),
    (date(1974, 1, 1), 13),
    (date(1975, 1, 1), 14),
    (date(1976, 1, 1), 15),
    (date(1977, 1, 1), 16),
    (date(1978, 1, 1), 17),
    (date(1979, 1, 1), 18),
    (date(1980, 1, 1), 19),
    (date(1981, 7, 1), 20),
    (date(1982, 7, 1), 21),
    (date(1983, 7, 1), 22),
    (date(1985, 7, 1), 23),
    (date(1988, 1, 1), 24),
    (date(1990, 1, 1), 25),
    (date(1991, 1, 1), 26),
    (date(1992, 7, 1), 27),
    (date(1993, 7, 1), 28),
    (date(1994, 7, 1), 29),
    (date(1996, 1, 1), 30),
    (date(1997, 7, 1), 31),
    (date(1999, 1, 1), 32),
    (date(2006, 1, 1), 33),
    (date(2009, 1, 1), 34),
    (date(2012, 7, 1), 35),
    (date(2015, 7, 1), 36),
    (date(2017, 1, 1), 37),
)

NOON = 43_200  # [s] of day: the count of seconds starts at noon of 2000-01-01
DAY = 86_400  # [s]
FIRST_DAY = date(2000, 1, 1).toordinal()

# UTC midnights, as seconds past 2000-01-01T12:00:00 UTC in days of 86 400 s, from which the offset holds.
_MIDNIGHTS = np.array([(day.toordinal() - FIRST_DAY) * DAY - NOON for day, _ in LEAP_SECONDS], dtype=np.int64)
_OFFSETS = np.array([offset for _, offset in LEAP_SECONDS], dtype=np.int64)
_TAI_STARTS = _MIDNIGHTS + _OFFSETS
_NEXT_TAI_STARTS = np.append(_TAI_STARTS[1:].astype(np.float64), np.inf)


def tai_minus_utc(tai: Array) -> Array:
    """Offset TAI - UTC, whole leap seconds; held after the last announced one.

    Parameters
    ----------
    tai : (N,) [s TAI past 2000-01-01T12:00:00 TAI]
        Times.

    Returns
    -------
    (N,) [s]
        NaN before 1972-01-01, when UTC was steered in rate and had no whole leap seconds, and where a time is NaN.

    Source
    ------
    IERS Bulletin C 1-72, through the leap second of 2016-12-31.
    """
    row = np.searchsorted(_TAI_STARTS, tai, side="right") - 1
    known = (row >= 0) & np.isfinite(tai)
    return np.where(known, _OFFSETS[np.maximum(row, 0)], np.nan)


def utc_day_and_second(tai: Array) -> tuple[Array, Array, Array]:
    """UTC day, second of day and length of that day.

    Parameters
    ----------
    tai : (N,) [s TAI past 2000-01-01T12:00:00 TAI]
        Times.

    Returns
    -------
    day, second, length : (N,) [d past 2000-01-01], (N,) [s], (N,) [s]
        The second runs past 86 400 within a leap second; NaN before 1972-01-01 and where a time is NaN.

    Source
    ------
    ITU-R TF.460: a positive leap second is 23:59:60 of the day that it ends; offsets as `tai_minus_utc`.
    """
    row = np.maximum(np.searchsorted(_TAI_STARTS, tai, side="right") - 1, 0)
    in_leap_second = tai >= _NEXT_TAI_STARTS[row] - 1.0
    count = tai - tai_minus_utc(tai) + NOON
    day = np.floor(count / DAY) - in_leap_second
    length = DAY + np.isin((day + 1.0) * DAY - NOON, _MIDNIGHTS[1:])
    return day, count - day * DAY, np.where(np.isnan(day), np.nan, length)


def tai_of_utc(day: int, second_of_day: int) -> int | None:
    """Whole second of TAI past 2000-01-01T12:00:00 TAI at a UTC day [d past 2000-01-01] and second of day [s].

    None before 1972-01-01.
    """
    row = int(np.searchsorted(_MIDNIGHTS, day * DAY - NOON, side="right")) - 1
    if row < 0:
        return None
    return day * DAY - NOON + second_of_day + int(_OFFSETS[row])


def ends_with_leap_second(day: int) -> bool:
    """Whether a UTC day [d past 2000-01-01] has 86 401 s."""
    return bool(np.any(_MIDNIGHTS[1:] == (day + 1) * DAY - NOON))
