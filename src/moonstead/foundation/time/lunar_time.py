"""Lunar coordinate time TCL, and time at the lunar surface TL."""

from __future__ import annotations

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import (
    ASTRONOMICAL_UNIT,
    DAYS_PER_JULIAN_CENTURY,
    SECONDS_PER_DAY,
    SPEED_OF_LIGHT,
)
from moonstead.foundation.time.scales import COMMON_ORIGIN, tcg_minus_tt, tdb_julian_date, tdb_minus_tt
from moonstead.foundation.time.tabulated import Tabulated

Array = NDArray[np.float64]

# TL against TCL: (GM / R (1 + J2 / 2) + (turn R)^2 / 2) / c^2 at the equator of the reference radius, 1738 km.
L_L = 3.139_054e-11  # [1] 2.71214 us a day; Turyshev et al. (2024)
TCL_SPAN = (-3_124_180_800.0, 3_124_180_800.0)  # [s TDB past J2000] the years 1901 to 2098, within those of epv00

# TCL - TCG + v_E . r_EM / c^2, fitted over 1977 to 2099 to the quadrature of the relativistic rates at both centres
# with DE440: constant [s], rate [s/s], then sine amplitudes [s] of Delaunay arguments l, l', F, D. What is left: 1 ns.
_OFFSET, _RATE = -1.048_028_4e-4, -1.709_347_70e-11
_TERMS = (
    (1, 0, 0, 0, -470.997e-9),
    (1, 0, 0, -2, 92.711e-9),
    (0, 0, 0, 2, -58.704e-9),
    (2, 0, 0, 0, -12.848e-9),
    (0, 1, 0, 0, 10.017e-9),
    (2, 0, 0, -2, 4.564e-9),
    (1, 1, 0, -2, 4.101e-9),
    (0, 1, 0, -2, 4.037e-9),
    (1, 0, 0, 2, -3.454e-9),
    (1, -1, 0, 0, -3.026e-9),
    (0, 0, 0, 1, 2.570e-9),
    (1, 1, 0, 0, 2.295e-9),
    (1, 0, -2, 0, -1.769e-9),
    (0, 0, 2, -2, 1.260e-9),
    (1, 0, 0, -4, 0.721e-9),
    (0, 1, 0, 2, 0.613e-9),
)


def tcl_minus_tdb(tdb: Array) -> Array:
    """TCL - TDB at the centre of the Moon.

    Lunar coordinate time TCL is to the Moon what TCG is to the Earth: it reads as TCB at 1977-01-01T00:00:32.184 at
    the Moon's centre and runs with the Moon's speed and the potential of all other bodies. Here it is built on the
    Earth's: TCG - TDB from the series of Fairhead & Bretagnon, the product of the Earth's velocity and the Moon's
    geocentric position from the analytic theories of SOFA, and 16 periodic terms fitted to a quadrature of the
    rates with DE440.

    Against that quadrature the expression is within 40 ns from 1977 to 2098, most of it a difference of 1e-17 in the
    mean rate (0.3 ns a year); the published mean rate, which counts asteroids and the Kuiper belt, differs as little.
    Fine for planning and for rates of clocks; a navigation system that promises nanoseconds needs a numerical time
    ephemeris.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times from 1901 to 2098.

    Returns
    -------
    (N,) [s]
        About 1.07 s in 2027, growing 58.7 us a day; NaN outside these years and where a time is NaN.

    Source
    ------
    IAU 2024 resolution II; rate: Soffel et al. (2003), Astron. J. 126, 2687, doi:10.1086/378162, eq. 58, at the Moon.
    Theories: erfa ``epv00`` and ``moon98``. Published figures that the tests hold it against: Lu, Yang & Xie (2025),
    LTE440, arXiv:2506.19213; Turyshev et al. (2024), arXiv:2406.16147.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        known = (tdb >= TCL_SPAN[0]) & (tdb <= TCL_SPAN[1])
    return _TCL_MINUS_TDB(np.where(known, tdb, np.nan))[0][:, 0]


def tl_minus_tdb(tdb: Array) -> Array:
    """TL - TDB: what a clock at rest on the reference surface of the Moon shows, at the centre's coordinate time.

    TL is to TCL what TT is to TCG: it runs slower by the constant `L_L`, and both read the same at
    1977-01-01T00:00:32.184. A clock that lies h above that surface (1738 km at the equator) runs faster by g h / c^2:
    1.6 ns a day for each kilometre. No body has adopted a lunar time yet: IAU 2024
    resolution III asks for one, and other proposals scale by constants that differ by 3e-15, 0.2 ns a day.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times from 1901 to 2098.

    Returns
    -------
    (N,) [s]
        Grows 56.0256 us a day against TT; NaN outside these years and where a time is NaN.

    Source
    ------
    Turyshev, Williams, Boggs & Park (2024), arXiv:2406.16147; TCL as `tcl_minus_tdb`.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    offset = tcl_minus_tdb(tdb)
    return offset - L_L * (tdb + offset - COMMON_ORIGIN)


def _tcl_minus_tdb(tdb: Array) -> Array:
    offset = tdb_minus_tt(tdb)
    moon = np.asarray(erfa.moon98(*tdb_julian_date(tdb))["p"]) * ASTRONOMICAL_UNIT
    earth = np.asarray(erfa.epv00(*tdb_julian_date(tdb))[1]["v"]) * (ASTRONOMICAL_UNIT / SECONDS_PER_DAY)
    product = np.einsum("ni,ni->n", moon, earth) / SPEED_OF_LIGHT**2
    century = tdb / (SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY)
    arguments = np.stack([erfa.fal03(century), erfa.falp03(century), erfa.faf03(century), erfa.fad03(century)])
    terms = np.array(_TERMS)
    periodic = terms[:, 4] @ np.sin(terms[:, :4] @ arguments)
    geocentric = tcg_minus_tt(tdb - offset) - offset
    total: Array = geocentric - product + _OFFSET + _RATE * (tdb - COMMON_ORIGIN) + periodic
    return total[:, np.newaxis]


# 16 days and degree 23 leave less than 1e-13 s.
_TCL_MINUS_TDB = Tabulated(_tcl_minus_tdb, 16 * SECONDS_PER_DAY, 23)
