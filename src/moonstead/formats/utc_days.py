"""Days of UTC with decimals, as astronomers have written them since the nineteenth century."""

from __future__ import annotations

from datetime import date

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.time.leap_seconds import DAY, NOON, tai_of_utc
from moonstead.foundation.time.scales import TT_MINUS_TAI, tdb_minus_tt

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

FIRST_STEERED = date(1960, 1, 1).toordinal() - date(2000, 1, 1).toordinal()  # [d] first entry of `erfa.dat`
FIRST_DAY = date(1860, 1, 1).toordinal() - date(2000, 1, 1).toordinal()  # [d] first of the polynomials below
DAYS_PER_YEAR = 365.25

# TT - UT1 [s] as polynomials of the years past an origin: last year of use, origin, coefficients from the constant up.
DELTA_T: tuple[tuple[float, float, tuple[float, ...]], ...] = (
    (1900.0, 1860.0, (7.62, 0.5737, -0.251754, 0.01680668, -0.0004473624, 1.0 / 233_174.0)),
    (1920.0, 1900.0, (-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197)),
    (1941.0, 1920.0, (21.20, 0.84493, -0.076100, 0.0020936)),
    (1961.0, 1950.0, (29.07, 0.407, -1.0 / 233.0, 1.0 / 2547.0)),
)


def civil_day(year: Whole, month: Whole, day: Whole) -> tuple[Whole, Flags]:
    """Days past 2000-01-01 of calendar dates, and which dates exist.

    Parameters
    ----------
    year, month, day : (N,) [1]
        Of the Gregorian calendar.

    Returns
    -------
    (N,) [d], (N,)
        Days past 2000-01-01, 0 where there is no such date.

    Source
    ------
    Definition of the Gregorian calendar.
    """
    good = (month >= 1) & (month <= 12) & (year >= 1) & (year <= 9999)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= (day >= 1) & (day <= after - first)
    to_2000 = np.datetime64("2000-01-01", "D").astype(np.int64)
    return np.where(good, first + day - 1 - to_2000, 0), good


def tdb_of_utc_days(day: Whole, second: Array) -> Array:
    """Times of UTC days and seconds of them; before 1960 of Universal Time.

    Between 1960 and 1972 UTC was steered in rate. Before 1960 the clock's reading is taken as UT1, and TT - UT1 is a
    polynomial good to about a second: an object that moves 1"/min is off by 0.02".

    Parameters
    ----------
    day : (N,) [d past 2000-01-01]
        Days.
    second : (N,) [s]
        Seconds of the day.

    Returns
    -------
    (N,) [s TDB past J2000]
        NaN before 1860.

    Source
    ------
    IERS Bulletin C (from 1972); USNO, tai-utc.dat through ``erfa.dat`` (1960 to 1972); Espenak & Meeus (2006), Five
    Millennium Canon of Solar Eclipses, NASA/TP-2006-214141 (before 1960).
    """
    whole = np.zeros(day.size)
    extra = np.asarray(second, dtype=np.float64).copy()
    for one in np.unique(day):
        rows = day == one
        start = tai_of_utc(int(one), 0)
        if start is not None:
            whole[rows] = start
        elif one >= FIRST_STEERED:
            civil = date.fromordinal(date(2000, 1, 1).toordinal() + int(one))
            fraction = extra[rows] / SECONDS_PER_DAY
            whole[rows] = int(one) * DAY - NOON
            extra[rows] += erfa.dat(civil.year, civil.month, civil.day, np.clip(fraction, 0.0, 1.0))
        elif one >= FIRST_DAY:
            whole[rows] = int(one) * DAY - NOON
            extra[rows] += _tt_minus_ut1(2000.0 + int(one) / DAYS_PER_YEAR) - TT_MINUS_TAI
        else:
            whole[rows] = np.nan
    tt = whole + extra + TT_MINUS_TAI
    return whole + (extra + (TT_MINUS_TAI + tdb_minus_tt(tt)))


def tt_minus_ut(tdb: Array) -> Array:
    """TT less the clock's reading at times before 1972, as `tdb_of_utc_days` takes it.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times from 1860 to 1971.

    Returns
    -------
    (N,) [s]
        From 1960 TT - UTC, before that TT - UT1.

    Source
    ------
    As `tdb_of_utc_days`.
    """
    offsets = np.empty(tdb.size)
    days = np.floor((tdb + NOON) / DAY)
    for row, day in enumerate(days):
        if day >= FIRST_STEERED:
            civil = date.fromordinal(date(2000, 1, 1).toordinal() + int(day))
            offsets[row] = TT_MINUS_TAI + float(erfa.dat(civil.year, civil.month, civil.day, 0.5))
        else:
            offsets[row] = _tt_minus_ut1(2000.0 + day / DAYS_PER_YEAR)
    return offsets


def _tt_minus_ut1(year: float) -> float:
    origin, coefficients = next((o, c) for last, o, c in DELTA_T if year <= last)
    return float(np.polynomial.polynomial.polyval(year - origin, coefficients))
