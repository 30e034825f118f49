"""Time inside navigation: seconds of GPS time, and the bridge to the TDB of the rest of the library.

`gpst` counts seconds of GPS time past 1980-01-06T00:00:00 GPST, whatever the system: readers convert. As one float64
it resolves 0.12 us to 0.24 us, which is fine for an epoch and too coarse for a travel time: kernels take (`gpst`,
`offset`) apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.time.leap_seconds import tai_minus_utc
from moonstead.foundation.time.scales import tai_seconds, tdb_from_tai

Array = NDArray[np.float64]

TAI_MINUS_GPST = 19.0  # [s] exact
GPST_MINUS_BDT = 14.0  # [s] exact, but for the offset of the systems' clocks that messages carry
GLONASST_MINUS_UTC = 10_800.0  # [s] three hours
J2000_GPST = 630_763_200.0  # [s] from 1980-01-06T00:00:00 to 2000-01-01T12:00:00, both GPST
SECONDS_PER_WEEK = 604_800.0


def tdb_from_gpst(gpst: ArrayLike) -> Array:
    """Seconds of TDB past J2000 at times in GPS time.

    Parameters
    ----------
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST.

    Returns
    -------
    (N,) [s TDB past J2000]
        NaN where a time is NaN.

    Source
    ------
    Definition: TAI = GPST + 19 s (IS-GPS-200, 20.3.3.5.2.4, with Bulletin C); TDB as `tdb_from_tai`.
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    return tdb_from_tai(gpst - (J2000_GPST - TAI_MINUS_GPST))


def gpst_from_tdb(tdb: ArrayLike) -> Array:
    """Seconds of GPS time at times in TDB, the inverse of `tdb_from_gpst`.

    Parameters
    ----------
    tdb : (N,) or scalar [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) [s of GPST]
        Past 1980-01-06T00:00:00 GPST; NaN where a time is NaN.

    Source
    ------
    As `tdb_from_gpst`.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    return tai_seconds(tdb) + (J2000_GPST - TAI_MINUS_GPST)


def gpst_minus_utc(gpst: ArrayLike) -> Array:
    """Whole leap seconds between GPS time and UTC; held after the last announced one.

    Parameters
    ----------
    gpst : (N,) or scalar [s of GPST]
        Times past 1980-01-06T00:00:00 GPST.

    Returns
    -------
    (N,) [s]
        18 since 2017; NaN where a time is NaN.

    Source
    ------
    IERS Bulletin C, as `tai_minus_utc`.
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    return tai_minus_utc(gpst - (J2000_GPST - TAI_MINUS_GPST)) - TAI_MINUS_GPST


def week_and_second(gpst: ArrayLike) -> tuple[NDArray[np.int64], Array]:
    """GPS week, without rollover, and second of the week.

    Parameters
    ----------
    gpst : (N,) or scalar [s of GPST]
        Finite times past 1980-01-06T00:00:00 GPST.

    Returns
    -------
    week, second : (N,), (N,) [1], [s]
        0 <= second < 604 800.

    Source
    ------
    IS-GPS-200, 20.3.3.3.1.1: weeks of 604 800 s from 1980-01-06T00:00:00.
    """
    gpst = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    week = np.floor(gpst / SECONDS_PER_WEEK)
    return week.astype(np.int64), gpst - week * SECONDS_PER_WEEK
