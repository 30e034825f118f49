"""Axes of the Earth: the terrestrial frame, the frame of SGP4 and the mean equator of J2000."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import erfa
import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import DAYS_PER_JULIAN_CENTURY, J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.frames.rotation import Rotation
from moonstead.foundation.frames.turns import fixed, spinning, turn
from moonstead.foundation.time.earth_orientation import Orientation
from moonstead.foundation.time.scales import TT_MINUS_TAI, tdb_julian_date, tdb_minus_tt_and_rate
from moonstead.foundation.time.tabulated import Tabulated

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

EARTH_ROTATION_RATE = 2.0 * np.pi * 1.002_737_811_911_354_48 / SECONDS_PER_DAY  # [rad/s of UT1] IAU 2000 B1.8


def _celestial_pole(tdb: Array) -> Array:
    """X, Y of the celestial intermediate pole and the locator s of its origin (K, 3) [rad]."""
    return np.stack(erfa.xys06a(*tdb_julian_date(tdb)), axis=1)


# 16 days and degree 19 leave 2e-13 rad against the 2 000 terms of the series.
_CELESTIAL_POLE = Tabulated(_celestial_pole, 16 * SECONDS_PER_DAY, 19)


def itrf_from_icrf(tdb: Array, data: DataContext) -> Rotation:
    """Rotation from the ICRF to the International Terrestrial Reference Frame.

    IAU 2006/2000A precession-nutation with the celestial-pole offsets, the Earth rotation angle and polar motion of
    `data.earth_orientation`; the series of precession-nutation is fitted in blocks of 16 days to 2e-13 rad. Diurnal
    and half-diurnal tides in polar motion and UT1 are left out: at most 5 cm on the ground.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times; past the last prediction Earth orientation is held with a warning.
    data : DataContext
        Where Earth orientation comes from.

    Returns
    -------
    Rotation
        N matrices [1] and rates [1/s].

    Raises
    ------
    OutsideSpan
        A time lies before the first entry of Earth orientation.

    Source
    ------
    IERS Conventions (2010), Technical Note 36, chapter 5, eqs. 5.1 to 5.14; SOFA Tools for Earth Attitude, section 5.6.
    """
    turning = _turning_earth(tdb, data)
    orientation = turning.orientation
    with np.errstate(invalid="ignore"):
        # TDB in place of TT turns the terrestrial origin by 1e-17 rad.
        polar = erfa.pom00(orientation.pole_x, orientation.pole_y, erfa.sp00(*tdb_julian_date(tdb)))
    spun = _intermediate_rotation(tdb, orientation, turning.angle, turning.rate)
    lifted = turn(1, -orientation.pole_y)
    omega = -orientation.pole_x_rate[:, np.newaxis] * lifted[:, :, 1]
    omega[:, 0] -= orientation.pole_y_rate
    return spinning(polar, omega).after(spun)


def teme_from_icrf(tdb: Array, data: DataContext) -> Rotation:
    """Rotation from the ICRF to TEME, the true equator and mean equinox of date as SGP4 uses them.

    TEME differs from the pseudo-Earth-fixed axes, the ITRF without polar motion, by the Greenwich mean sidereal time
    of 1982 alone. The terrestrial origin's s' (6e-11 rad) is left out.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times; past the last prediction Earth orientation is held with a warning.
    data : DataContext
        Where Earth orientation comes from.

    Returns
    -------
    Rotation
        N matrices [1] and rates [1/s].

    Raises
    ------
    OutsideSpan
        A time lies before the first entry of Earth orientation.

    Source
    ------
    Vallado, Crawford, Hujsak & Kelso (2006), Revisiting Spacetrack Report #3, AIAA 2006-6753, appendix C,
    doi:10.2514/6.2006-6753; sidereal time: Aoki et al. (1982), Astron. Astrophys. 105, 359.
    """
    turning = _turning_earth(tdb, data)
    with np.errstate(invalid="ignore"):
        mean_time = np.asarray(erfa.gmst82(*turning.ut1))
    # Derivative of the 1982 polynomial beyond the turn of the Earth itself; T in centuries of UT1.
    t = tdb / (SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY)
    gained = (8_640_184.812_866 + t * (2 * 0.093_104 - t * 3 * 6.2e-6)) / (DAYS_PER_JULIAN_CENTURY * SECONDS_PER_DAY)
    mean_rate = 2.0 * np.pi / SECONDS_PER_DAY * (1.0 + gained) * (turning.rate / EARTH_ROTATION_RATE)
    return _intermediate_rotation(tdb, turning.orientation, turning.angle - mean_time, turning.rate - mean_rate)


def eme2000_from_icrf(tdb: Array, data: DataContext) -> Rotation:
    """Rotation from the ICRF to the mean equator and equinox of J2000: the frame bias, 23 mas in all.

    SPICE, Horizons and most orbit files write "J2000" or "EME2000" for axes that are the ICRF; use this frame only
    for data that were reduced with the FK5 equator.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times; only their number matters.
    data : DataContext
        Not used.

    Returns
    -------
    Rotation
        N equal matrices [1] and zero rates.

    Source
    ------
    IERS Conventions (2010), Technical Note 36, section 5.5.4, through ``erfa.bp06``.
    """
    return fixed(np.asarray(erfa.bp06(J2000_JULIAN_DATE, 0.0)[0]), tdb.size)


@dataclass(frozen=True, slots=True)
class _TurningEarth:
    """Orientation, UT1 as a two-part Julian date [d], Earth rotation angle (N,) [rad] and its rate [rad/s of TDB]."""

    orientation: Orientation
    ut1: tuple[Array, Array]
    angle: Array
    rate: Array


def _turning_earth(tdb: Array, data: DataContext) -> _TurningEarth:
    tdb_minus_tt, tdb_minus_tt_rate = tdb_minus_tt_and_rate(tdb)
    tdb_minus_tai = tdb_minus_tt + TT_MINUS_TAI
    orientation = data.earth_orientation.at(tdb - tdb_minus_tai)
    day, fraction = tdb_julian_date(tdb)
    ut1 = day, fraction + (orientation.ut1_minus_tai - tdb_minus_tai) / SECONDS_PER_DAY
    with np.errstate(invalid="ignore"):
        angle = np.asarray(erfa.era00(*ut1))
    rate = EARTH_ROTATION_RATE * (1.0 + orientation.ut1_minus_tai_rate) * (1.0 - tdb_minus_tt_rate)
    return _TurningEarth(orientation, ut1, angle, rate)


def _intermediate_rotation(tdb: Array, orientation: Orientation, angle: Array, angle_rate: Array) -> Rotation:
    """Rotation from the ICRF to the intermediate equator, and on about its pole by an angle with its rate."""
    values, rates = _CELESTIAL_POLE(tdb)
    x, y = values[:, 0] + orientation.offset_x, values[:, 1] + orientation.offset_y
    x_rate, y_rate = rates[:, 0] + orientation.offset_x_rate, rates[:, 1] + orientation.offset_y_rate
    # IERS Conventions (2010) eq. 5.10 and its derivative, with a = 1 / (1 + cos d).
    z = np.sqrt(1.0 - x * x - y * y)
    z_rate = -(x * x_rate + y * y_rate) / z
    a = 1.0 / (1.0 + z)
    a_rate = -a * a * z_rate
    xy_rate = -(a_rate * x * y + a * (x_rate * y + x * y_rate))
    matrix, rate = np.empty((tdb.size, 3, 3)), np.empty((tdb.size, 3, 3))
    matrix[:, 0, 0], rate[:, 0, 0] = 1.0 - a * x * x, -a_rate * x * x - 2.0 * a * x * x_rate
    matrix[:, 1, 1], rate[:, 1, 1] = 1.0 - a * y * y, -a_rate * y * y - 2.0 * a * y * y_rate
    matrix[:, 0, 1] = matrix[:, 1, 0] = -a * x * y
    rate[:, 0, 1] = rate[:, 1, 0] = xy_rate
    matrix[:, 2, 0], rate[:, 2, 0] = x, x_rate
    matrix[:, 0, 2], rate[:, 0, 2] = -x, -x_rate
    matrix[:, 2, 1], rate[:, 2, 1] = y, y_rate
    matrix[:, 1, 2], rate[:, 1, 2] = -y, -y_rate
    matrix[:, 2, 2], rate[:, 2, 2] = z, z_rate
    spin = np.zeros((tdb.size, 3))
    spin[:, 2] = angle_rate - rates[:, 2]
    return spinning(turn(3, angle - values[:, 2]), spin).after(Rotation(matrix, rate))
