"""Time scales for arrays: from TDB to TT, TAI, UTC, UT1, TCB and TCG; lunar coordinate time is in `lunar_time`.

Every function takes times as float64 seconds of TDB past J2000 (2000-01-01T12:00:00 TDB), which resolve 0.1 us.
Julian dates come in two parts, day and fraction, that keep this resolution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import DAYS_PER_JULIAN_CENTURY, J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.time.leap_seconds import utc_day_and_second
from moonstead.foundation.time.tabulated import Tabulated

if TYPE_CHECKING:
    from moonstead.foundation.time.earth_orientation import EarthOrientation

Array = NDArray[np.float64]

TT_MINUS_TAI = 32.184  # [s] exact, by definition of TT
L_B = 1.550_519_768e-8  # [1] TDB against TCB, exact, IAU 2006 resolution B3
L_G = 6.969_290_134e-10  # [1] TT against TCG, exact, IAU 2000 resolution B1.9
TDB_ZERO = -6.55e-5  # [s] exact, IAU 2006 resolution B3
# 1977-01-01T00:00:32.184 on the coordinate time scale at hand (JD 2443144.5003725), where TT, TCG and TCB agree.
COMMON_ORIGIN = (2_443_144.5 - J2000_JULIAN_DATE) * SECONDS_PER_DAY + TT_MINUS_TAI  # [s past J2000]


def _two_parts(seconds: Array) -> tuple[Array, Array]:
    days = np.floor(seconds / SECONDS_PER_DAY)
    return J2000_JULIAN_DATE + days, (seconds - days * SECONDS_PER_DAY) / SECONDS_PER_DAY


def _fairhead_bretagnon(tdb: Array) -> Array:
    day, fraction = _two_parts(tdb)
    return np.asarray(erfa.dtdb(day, fraction, 0.0, 0.0, 0.0, 0.0))[:, np.newaxis]


# 16 days and degree 15 leave 8e-15 s against the series itself.
_TDB_MINUS_TT = Tabulated(_fairhead_bretagnon, 16 * SECONDS_PER_DAY, 15)


def tdb_minus_tt(tdb: Array) -> Array:
    """TDB - TT at the geocentre.

    The full series of 787 terms through ``erfa.dtdb``, fitted in blocks of 16 days to 1e-14 s. The series itself is
    good to about 10 ns against a numerical time ephemeris between 1950 and 2050 (3 ns in its periodic terms). SPICE
    uses one sine of the Earth's mean anomaly instead and differs by up to 40 us; expect that when epochs are compared.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times; TT in place of TDB changes the result by less than 1e-12 s.

    Returns
    -------
    (N,) [s]
        NaN where a time is NaN.

    Source
    ------
    Fairhead & Bretagnon (1990), Astron. Astrophys. 229, 240; SOFA routine ``dtdb`` with the observer at the
    geocentre, where the Universal Time argument has no effect.
    """
    return _TDB_MINUS_TT(np.atleast_1d(tdb))[0][:, 0]


def tdb_minus_tt_and_rate(tdb: Array) -> tuple[Array, Array]:
    """TDB - TT at the geocentre and its rate; see `tdb_minus_tt`.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,), (N,) [s], [s/s]
        TDB - TT and its derivative by TDB; NaN where a time is NaN.

    Source
    ------
    As `tdb_minus_tt`; the rate is the derivative of the fitted series.
    """
    values, rates = _TDB_MINUS_TT(np.atleast_1d(tdb))
    return values[:, 0], rates[:, 0]


def tai_seconds(tdb: Array) -> Array:
    """Seconds of TAI past 2000-01-01T12:00:00 TAI.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) [s TAI past 2000-01-01T12:00:00 TAI]
        NaN where a time is NaN.

    Source
    ------
    Definition: TT = TAI + 32.184 s; TDB - TT as `tdb_minus_tt`.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    return tdb - (tdb_minus_tt(tdb) + TT_MINUS_TAI)


def tdb_from_tai(tai: Array) -> Array:
    """Seconds of TDB past J2000 at times in TAI, the inverse of `tai_seconds`.

    Parameters
    ----------
    tai : (N,) [s TAI past 2000-01-01T12:00:00 TAI]
        Times.

    Returns
    -------
    (N,) [s TDB past J2000]
        NaN where a time is NaN.

    Source
    ------
    Definition: TT = TAI + 32.184 s; TDB - TT as `tdb_minus_tt`, taken at TT.
    """
    tai = np.atleast_1d(np.asarray(tai, dtype=np.float64))
    return tai + (TT_MINUS_TAI + tdb_minus_tt(tai + TT_MINUS_TAI))


def tdb_julian_date(tdb: Array) -> tuple[Array, Array]:
    """Julian date in TDB, day and fraction.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    day, fraction : (N,), (N,) [d]
        ``day`` ends in .0 at noon, 0 <= ``fraction`` < 1; NaN where a time is NaN.

    Source
    ------
    Definition: J2000 is the Julian date 2451545.0.
    """
    return _two_parts(np.atleast_1d(np.asarray(tdb, dtype=np.float64)))


def tt_julian_date(tdb: Array) -> tuple[Array, Array]:
    """Julian date in TT, day and fraction.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    day, fraction : (N,), (N,) [d]
        ``fraction`` may leave [0, 1) by the offset of the scales; NaN where a time is NaN.

    Source
    ------
    Definition: J2000 is the Julian date 2451545.0; TDB - TT as `tdb_minus_tt`.
    """
    day, fraction = tdb_julian_date(tdb)
    return day, fraction - tdb_minus_tt(tdb) / SECONDS_PER_DAY


def tai_julian_date(tdb: Array) -> tuple[Array, Array]:
    """Julian date in TAI, day and fraction.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    day, fraction : (N,), (N,) [d]
        ``fraction`` may leave [0, 1) by the offset of the scales; NaN where a time is NaN.

    Source
    ------
    Definition: TT = TAI + 32.184 s; TDB - TT as `tdb_minus_tt`.
    """
    day, fraction = tt_julian_date(tdb)
    return day, fraction - TT_MINUS_TAI / SECONDS_PER_DAY


def tt_centuries(tdb: Array) -> Array:
    """Julian centuries of TT past J2000, the argument of precession and nutation.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) [1]
        Centuries of 36 525 d; NaN where a time is NaN.

    Source
    ------
    Definition; TDB - TT as `tdb_minus_tt`.
    """
    return (tdb - tdb_minus_tt(tdb)) / (SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY)


def utc_julian_date(tdb: Array) -> tuple[Array, Array]:
    """Julian date in UTC as SOFA counts it: on a day with a leap second the fraction runs over 86 401 s.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times from 1972-01-01 UTC on; the last leap second announced is held.

    Returns
    -------
    day, fraction : (N,), (N,) [d]
        ``day`` is the midnight that begins the UTC day; NaN before 1972 and where a time is NaN.

    Source
    ------
    SOFA Time Scale and Calendar Tools, section 3.5 ("quasi-JD").
    """
    day, second, length = utc_day_and_second(tai_seconds(tdb))
    return J2000_JULIAN_DATE - 0.5 + day, second / length


def ut1_julian_date(tdb: Array, earth_orientation: EarthOrientation) -> tuple[Array, Array]:
    """Julian date in UT1, day and fraction.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    earth_orientation : EarthOrientation
        Measured and predicted UT1.

    Returns
    -------
    day, fraction : (N,), (N,) [d]
        NaN where a time is NaN.

    Raises
    ------
    OutsideSpan
        A time lies before the first entry.

    Source
    ------
    UT1 - TAI of the IERS series, as `EarthOrientation.at`.
    """
    ut1_minus_tai = earth_orientation.at(tai_seconds(tdb)).ut1_minus_tai
    day, fraction = tai_julian_date(tdb)
    return day, fraction + ut1_minus_tai / SECONDS_PER_DAY


def tcb_minus_tdb(tdb: Array) -> Array:
    """TCB - TDB, exact by definition.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) [s]
        NaN where a time is NaN.

    Source
    ------
    IAU 2006 resolution B3.
    """
    return (L_B * (np.asarray(tdb, dtype=np.float64) - COMMON_ORIGIN) - TDB_ZERO) / (1.0 - L_B)


def tcg_minus_tt(tt: Array) -> Array:
    """TCG - TT, exact by definition.

    Parameters
    ----------
    tt : (N,) [s TT past J2000]
        Times.

    Returns
    -------
    (N,) [s]
        NaN where a time is NaN.

    Source
    ------
    IAU 2000 resolution B1.9.
    """
    return L_G / (1.0 - L_G) * (np.asarray(tt, dtype=np.float64) - COMMON_ORIGIN)
