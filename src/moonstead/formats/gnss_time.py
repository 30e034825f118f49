"""Clock readings of satellite navigation files as seconds of GPS time, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.utc_days import civil_day
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.leap_seconds import DAY, LEAP_SECONDS

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

SECONDS_PER_WEEK = 604_800
GPS_DAY = -7300  # [d past 2000-01-01] 1980-01-06, the start of GPS time
GPST_MINUS_TAI = -19  # [s]
BDT_WEEK = 1356  # GPS week of 2006-01-01, the start of BeiDou time
GPST_MINUS_BDT = 14  # [s]
MOSCOW = 10_800  # [s] by which the clocks of GLONASS are ahead of UTC
# Time systems as RINEX, SP3 and CLK name them, and what is added to their reading to get GPS time [s], besides the
# leap seconds of those that follow UTC.
# RINEX writes times of GLONASS as UTC with leap seconds, not as the clock of the system, which is three hours ahead.
OFFSETS = {
    "GPS": 0,
    "GAL": 0,
    "QZS": 0,
    "IRN": 0,
    "SBAS": 0,
    "BDT": GPST_MINUS_BDT,
    "BDS": GPST_MINUS_BDT,
    "TAI": GPST_MINUS_TAI,
    "UTC": 0,
    "GLO": 0,
    "GLONASST": -MOSCOW,
}
BY_UTC = ("UTC", "GLO", "GLONASST")
_LEAP_STARTS = np.array(
    [(day.toordinal() - 730_120 - GPS_DAY) * DAY + offset + GPST_MINUS_TAI for day, offset in LEAP_SECONDS],
    dtype=np.float64,
)  # 730 120: ordinal of 2000-01-01
_LEAP_DAYS = np.array([day.toordinal() - 730_120 for day, _ in LEAP_SECONDS], dtype=np.int64)
_LEAP_COUNTS = np.array([offset + GPST_MINUS_TAI for _, offset in LEAP_SECONDS], dtype=np.float64)


def gpst_from_civil(
    year: ArrayLike,
    month: ArrayLike,
    day: ArrayLike,
    hour: ArrayLike,
    minute: ArrayLike,
    second: ArrayLike,
    system: str = "GPS",
) -> Array:
    """GPS time of dates and clock readings.

    Parameters
    ----------
    year, month, day, hour, minute : (N,) or scalar [1]
        Of the Gregorian calendar; four digits of the year.
    second : (N,) or scalar [s]
        Of the minute: below 60; up to 61 in a leap second of UTC.
    system : str
        Time system of the reading: a key of `OFFSETS`.

    Returns
    -------
    (N,) [s GPST past 1980-01-06]
        NaN where there is no such date or reading.

    Raises
    ------
    InvalidInput
        The time system is unknown.

    Source
    ------
    RINEX 4.02, section 8.1 and table A2 (time systems); BDS-SIS-ICD 3.0, section 3.3 (BDT); IERS Bulletin C.
    """
    if system not in OFFSETS:
        raise InvalidInput(f"{system!r} is no time system; known are {', '.join(OFFSETS)}")
    fields = np.broadcast_arrays(*(np.atleast_1d(field) for field in (year, month, day, hour, minute)))
    whole = [np.asarray(field, dtype=np.int64) for field in fields]
    seconds = np.broadcast_to(np.asarray(second, dtype=np.float64), whole[0].shape)
    days, good = civil_day(whole[0], whole[1], whole[2])
    by_utc = system in BY_UTC
    last = 61.0 if by_utc else 60.0
    good &= (whole[3] >= 0) & (whole[3] < 24) & (whole[4] >= 0) & (whole[4] < 60) & (seconds >= 0.0) & (seconds < last)
    gpst = (days - GPS_DAY) * DAY + whole[3] * 3600 + whole[4] * 60 + seconds
    if by_utc:
        ahead = OFFSETS[system]
        row = np.searchsorted(_LEAP_DAYS, days + (whole[3] * 3600 + ahead < 0) * -1, side="right") - 1
        gpst = gpst + ahead + np.where(row >= 0, _LEAP_COUNTS[np.maximum(row, 0)], np.nan)
    else:
        gpst = gpst + OFFSETS[system]
    return np.where(good, gpst, np.nan)


def civil_from_gpst(gpst: ArrayLike, system: str = "GPS") -> tuple[Whole, Whole, Whole, Whole, Whole, Array]:
    """Dates and clock readings of GPS times.

    Parameters
    ----------
    gpst : (N,) or scalar [s GPST past 1980-01-06]
        Times, finite. Seconds are rounded to 1 us, the grain of such a time being 0.24 us.
    system : str
        Time system of the reading: a key of `OFFSETS`.

    Returns
    -------
    year, month, day, hour, minute : (N,) [1]
        Date and clock.
    second : (N,) [s]
        Of the minute; 60 and more within a leap second of UTC.

    Raises
    ------
    InvalidInput
        The time system is unknown, or a time is not finite.

    Source
    ------
    As `gpst_from_civil`.
    """
    if system not in OFFSETS:
        raise InvalidInput(f"{system!r} is no time system; known are {', '.join(OFFSETS)}")
    times = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    if not np.all(np.isfinite(times)):
        raise InvalidInput("a GPS time that is not finite has no date; leave such epochs out")
    leap = np.zeros(times.shape)
    if system in BY_UTC:
        upcoming = np.searchsorted(_LEAP_STARTS, times + 1.0, side="right") - 1
        leap = (times < _LEAP_STARTS[np.maximum(upcoming, 0)]).astype(np.float64)
        clock = times - leap_seconds(times) - leap - OFFSETS[system]
    else:
        clock = times - OFFSETS[system]
    clock = np.round(clock, 6)
    days = np.floor(clock / DAY)
    of_day = clock - days * DAY
    minutes = np.minimum(np.floor(of_day / 60.0), 1439.0)
    second = np.round(of_day - minutes * 60.0, 6) + leap
    dates = (days.astype(np.int64) + GPS_DAY) + np.datetime64("2000-01-01", "D").astype(np.int64)
    months = dates.astype("datetime64[D]").astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = dates - months.astype("datetime64[D]").astype(np.int64) + 1
    whole = minutes.astype(np.int64)
    return year, month, day, whole // 60, whole % 60, second


def leap_seconds(gpst: ArrayLike) -> Array:
    """GPS time less UTC: leap seconds since 1980.

    Parameters
    ----------
    gpst : (N,) or scalar [s GPST past 1980-01-06]
        Times.

    Returns
    -------
    (N,) [s]
        18 since 2017; held after the last announced leap second; NaN where a time is NaN.

    Source
    ------
    IERS Bulletin C, through the leap second of 2016-12-31.
    """
    times = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    row = np.searchsorted(_LEAP_STARTS, times, side="right") - 1
    return np.where(np.isfinite(times) & (row >= 0), _LEAP_COUNTS[np.maximum(row, 0)], np.nan)


def gpst_from_week(week: ArrayLike, second: ArrayLike, system: str = "GPS") -> Array:
    """GPS time of a week number and a second of the week.

    Parameters
    ----------
    week : (N,) or scalar [1]
        Full week (no rollover): of GPS for ``GPS``, ``GAL`` and ``QZS`` as RINEX writes them, of BeiDou for ``BDT``.
    second : (N,) or scalar [s]
        Of that week, in the time of the system; values outside of it are taken as they stand.
    system : str
        ``GPS``, ``GAL``, ``QZS``, ``IRN`` or ``BDT``.

    Returns
    -------
    (N,) [s GPST past 1980-01-06]
        Times.

    Raises
    ------
    InvalidInput
        The system has no weeks.

    Source
    ------
    RINEX 4.02, section 8.1: continuous weeks of Galileo are those of GPS; BDT starts at 2006-01-01 (GPS week 1356).
    """
    if system not in ("GPS", "GAL", "QZS", "IRN", "BDT", "BDS"):
        raise InvalidInput(f"{system!r} does not count weeks; GPS, GAL, QZS, IRN and BDT do")
    offset = OFFSETS[system]
    first = BDT_WEEK if offset else 0
    weeks = np.atleast_1d(np.asarray(week, dtype=np.float64)) + first
    return weeks * SECONDS_PER_WEEK + np.asarray(second, dtype=np.float64) + offset


def gps_week(gpst: ArrayLike) -> tuple[Whole, Array]:
    """GPS week and second of the week.

    Parameters
    ----------
    gpst : (N,) or scalar [s GPST past 1980-01-06]
        Times, finite.

    Returns
    -------
    week : (N,) [1]
        Full week since 1980-01-06.
    second : (N,) [s]
        0 to 604 800.

    Source
    ------
    Definition of GPS time (IS-GPS-200, section 3.3.4).
    """
    times = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    week = np.floor(times / SECONDS_PER_WEEK)
    return week.astype(np.int64), times - week * SECONDS_PER_WEEK


def gpst_text(gpst: float) -> str:
    """One GPS time as text.

    Parameters
    ----------
    gpst : float [s GPST past 1980-01-06]
        Time.

    Returns
    -------
    str
        ``2022-01-01T00:00:30 GPST``; ``unknown`` where the time is not finite.
    """
    if not np.isfinite(gpst):
        return "unknown"
    year, month, day, hour, minute, second = (field[0] for field in civil_from_gpst(gpst))
    seconds = f"{second:09.6f}".rstrip("0").rstrip(".")
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{seconds} GPST"
