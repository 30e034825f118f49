"""Axes of the Earth as precise orbits need them: daily values joined smoothly, and the tides within a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import ARCSECOND, DAYS_PER_JULIAN_CENTURY, SECONDS_PER_DAY
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE, itrf_from_icrf
from moonstead.foundation.frames.earth_tide_rotation import ALL_WAVES, COSINES, MULTIPLIERS, SINES
from moonstead.foundation.time.earth_orientation import POLE_X, POLE_Y, UT1_MINUS_TAI
from moonstead.foundation.time.scales import tai_seconds

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.foundation.frames.rotation import Rotation

Array = NDArray[np.float64]

_CENTURY = DAYS_PER_JULIAN_CENTURY * SECONDS_PER_DAY  # [s]


def precise_itrf_from_icrf(tdb: ArrayLike, data: DataContext) -> Rotation:
    """Rotation from the ICRF to the ITRF with what `itrf_from_icrf` leaves out.

    Between the daily values Earth orientation follows cubics, not straight lines, and the diurnal and half-diurnal
    tides in polar motion and UT1 are added: at 26 500 km these two are worth 10 cm to 20 cm. Rates of the small turn
    itself (1e-13 rad/s, 3 um/s there) are left out.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
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
    IERS Conventions (2010), Technical Note 36, section 5.5.1: interpolation, then tides and libration.
    """
    from moonstead.foundation.frames.rotation import Rotation

    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    plain = itrf_from_icrf(tdb, data)
    x, y, ut1 = np.moveaxis(_bend(tdb, data) + tidal_orientation(tdb, data), -1, 0)
    # a turn so small: ITRF = (1 + w x) of the plain one, R1(-y) R2(-x) R3(UT1)
    turn = np.stack([y, x, -EARTH_ROTATION_RATE * ut1], axis=-1)
    return Rotation(_turned(plain.matrix, turn), _turned(plain.rate, turn))


def tidal_orientation(tdb: ArrayLike, data: DataContext, waves: slice = ALL_WAVES) -> Array:
    """What ocean tides and libration add to polar motion and UT1 within a day.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where Earth orientation comes from, for the sidereal time.
    waves : slice
        Which waves of the table: all, `OCEAN_TIDES` or `LIBRATION`.

    Returns
    -------
    (N, 3) [rad, rad, s]
        Additions to x_p, y_p and UT1.

    Raises
    ------
    OutsideSpan
        A time lies before the first entry of Earth orientation.

    Source
    ------
    IERS Conventions (2010), tables 8.2, 8.3, 5.1; arguments: section 5.7.2 through ``erfa.fa*03``; sidereal time of
    1982 (Aoki et al. 1982), as the tables were made for.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    tai = tai_seconds(tdb)
    century = tdb / _CENTURY
    ut1 = (tai + data.earth_orientation.at(tai).ut1_minus_tai) / _CENTURY  # centuries of UT1
    sidereal = 67_310.548_41 + ut1 * (876_600.0 * 3600.0 + 8_640_184.812_866 + ut1 * 0.093_104)  # [s]
    delaunay = (erfa.fal03, erfa.falp03, erfa.faf03, erfa.fad03, erfa.faom03)
    arguments = np.stack([sidereal * 2.0 * np.pi / SECONDS_PER_DAY + np.pi, *(each(century) for each in delaunay)])
    angle = (MULTIPLIERS[waves] @ arguments).T
    change: Array = np.sin(angle) @ SINES[waves] + np.cos(angle) @ COSINES[waves]
    return np.asarray(change * np.array([ARCSECOND, ARCSECOND, 1.0]))


def _bend(tdb: Array, data: DataContext) -> Array:
    """What a cubic through four daily values differs from the straight line between two, (N, 3) [rad, rad, s]."""
    orientation = data.earth_orientation
    tai = tai_seconds(tdb)
    table = orientation.values[:, [POLE_X, POLE_Y, UT1_MINUS_TAI]]
    row = np.searchsorted(orientation.tai, tai, side="right") - 1
    inside = (row >= 1) & (row + 2 < orientation.tai.size)
    row = np.clip(row, 1, orientation.tai.size - 3)
    at = np.arange(-1, 3)
    times = orientation.tai[row[:, None] + at]
    cubic = np.zeros((tai.size, table.shape[1]))
    for k in range(4):
        others = np.delete(np.arange(4), k)
        weight = np.prod((tai[:, None] - times[:, others]) / (times[:, [k]] - times[:, others]), axis=1)
        cubic += weight[:, None] * table[row + at[k]]
    share = ((tai - times[:, 1]) / (times[:, 2] - times[:, 1]))[:, None]
    line = (1.0 - share) * table[row] + share * table[row + 1]
    return np.asarray(np.where(inside[:, None], cubic - line, 0.0))


def _turned(matrix: Array, turn: Array) -> Array:
    """Matrices (N, 3, 3) followed by small turns (N, 3) [rad]: each column c becomes c + turn x c."""
    return np.asarray(matrix + np.cross(turn[:, None, :], matrix.transpose(0, 2, 1)).transpose(0, 2, 1))
