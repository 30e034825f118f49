"""How tides of the solid Earth, of the oceans and of the pole change the degree-2 gravity of the Earth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.solid_tides import CENTURIES_PER_YEAR, SECULAR_POLE_X, SECULAR_POLE_Y
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ARCSECOND, DAYS_PER_JULIAN_CENTURY, SECONDS_PER_DAY
from moonstead.foundation.time.scales import tai_seconds, tt_centuries

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

# Love numbers of an anelastic Earth for orders 0, 1, 2; IERS Conventions (2010), table 6.3. The permanent tide counts
# with 0.30190 too, while tide-free fields were made with 0.3: 3e-11 of C20.
LOVE_NUMBERS = (0.301_90 + 0.0j, 0.298_30 - 0.001_44j, 0.301_02 - 0.001_30j)
# What the resonance of the core adds in the diurnal band: multipliers of the Delaunay arguments l, l', F, D, Omega,
# then amplitudes in and out of phase [1e-12]; the five largest of table 6.5a (recalled), others below 9e-12.
CORE_RESONANCE = np.array(
    [
        (0, 0, 0, 0, 0, 470.9, -30.2),  # K1
        (0, 0, 0, 0, 1, 68.1, -4.6),
        (0, 0, 2, -2, 2, -43.4, 2.9),  # P1
        (0, -1, 0, 0, 0, -20.6, 1.9),  # psi1
        (0, 0, 2, 0, 2, -6.8, 0.6),  # O1
    ]
)
# Tides of the oceans by FES2004: cycles a day, multipliers of the Delaunay arguments, then prograde cosine and sine and
# retrograde cosine and sine of C20 (two), C21 and C22, as a public copy of the file of the IERS has them (section 6.3).
# Its header says 1e-12; but 3.3 cm of water in the prograde M2 of C22 (Lambeck 1980) make 6.1e-10, and ranges to
# LAGEOS-2 ask for the same: the unit is 1e-11.
_OCEAN = """
 0  0  0  0  0  1    6.58128   0.00000   0.00000   0.00000   0.00000   0.00000   0.00000   0.00000   0.00000   0.00000
 0  0  0 -2  2 -2   -3.60843  -0.13143  -0.02618  -0.00564  -0.02319   0.00742   0.00265  -0.01063   0.00225   0.00695
 0 -1  0  0  0  0   -5.83353  -1.02368  -0.12292  -0.11630   0.02660   0.01479  -0.23957  -0.01116  -0.01491   0.00529
 0  0  0 -2  0 -2   -9.80623  -2.87460  -0.07331  -0.41232   0.18849   0.19707  -0.68073  -0.10677  -0.04377   0.09242
 1  0  0  2  0  2    2.24382   5.10695 -16.83767 -18.02652   9.64796   5.54088   3.83177  10.41277   1.01777  -0.34218
 1  0  0  2 -2  2   -0.64566   1.17738   6.70855   6.15415  -3.15573  -3.39930  -0.57428  -6.16136   0.11829   0.97652
 1  0  0  0  0  0   -1.93250   3.70709  20.22034  18.62745  -9.55722 -10.28875  -1.73444 -18.68962   0.42290   3.10616
 2  2  0  2  0  2    0.42022  -0.05385  -0.23277   0.20724  -0.30340   0.05970  -0.53858   1.64139   0.25606  -0.02039
 2  1  0  2  0  2    0.08496  -1.13876  -2.20945   0.54355  -1.52162  -0.02024  -7.03645  11.66906   1.97737   0.11509
 2  0  0  2  0  2   -0.00298 -15.54137 -12.07164  -4.38919  -3.09008   1.50139 -39.36214  46.75729   9.57270   5.24459
 2  0  0  2 -2  2    4.00046  -4.95800  -0.70871  -5.35861  -2.13862   3.06359 -15.68722  15.74867   0.49797   5.11081
 2  0  0  0  0  0    1.29050  -1.00981  -0.16354  -1.40636  -0.60157   0.91866  -4.11082   4.36794  -0.00807   1.39634
"""  # node, Ssa, Mm, Mf, O1, P1, K1, 2N2, N2, M2, S2, K2
OCEAN_TIDES = np.array([[float(word) for word in line.split()] for line in _OCEAN.strip().splitlines()])
OCEAN_UNIT = 1e-11
POLE_TIDE, POLE_TIDE_LAG = -1.333e-9, 0.0115  # [1/arcsec], [1]; IERS Conventions (2010), eq. 6.22
POLE_OF_FIELDS = (0.054, 0.357)  # [arcsec] mean pole of 2000, on which C21 and S21 of fields stand: section 6.1
OBLATENESS = -4.841_694_8e-4  # [1] normalised C20
ROOT_5, ROOT_15 = np.sqrt(5.0), np.sqrt(15.0)


def tidal_coefficients(tdb: ArrayLike, sun: Array, moon: Array, data: DataContext) -> Array:
    """Changes of the normalised degree-2 coefficients of the Earth's field, the permanent tide included.

    Left out: degrees 3 and 4, and tides of the oceans of less than a tenth of the largest.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    sun, moon : (N, 3) [m]
        From the Earth's centre, ITRF.
    data : DataContext
        Where Earth orientation comes from.

    Returns
    -------
    (N, 5) [1]
        C20, C21, S21, C22, S22: to be added to a tide-free field.

    Raises
    ------
    OutsideSpan
        A time lies before the first entry of Earth orientation.

    Source
    ------
    IERS Conventions (2010), Technical Note 36, equations 6.5 (drift of the pole), 6.6, 6.8, 6.15 and 6.22, with the
    secular pole of the update of 2018; oceans: Lyard et al. (2006), Ocean Dyn. 56, 394, doi:10.1007/s10236-006-0086-x.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    out = raised_coefficients(sun, body("SUN").gm) + raised_coefficients(moon, body("MOON").gm)
    out[:, 1:3] += core_resonance(tdb, data) + _pole(tdb, data)
    return out + ocean_coefficients(tdb, data)


def raised_coefficients(
    position: Array, gm: float, love_numbers: tuple[complex, complex, complex] = LOVE_NUMBERS
) -> Array:
    """Changes of the normalised degree-2 coefficients by the bulge that one body raises.

    Parameters
    ----------
    position : (N, 3) [m]
        Of the body from the Earth's centre, ITRF.
    gm : float [m^3/s^2]
        Of the body.
    love_numbers : (3,) complex [1]
        Of the orders 0, 1, 2.

    Returns
    -------
    (N, 5) [1]
        C20, C21, S21, C22, S22.

    Source
    ------
    IERS Conventions (2010), equation 6.6.
    """
    earth = body("EARTH")
    x, y, z = position.T
    distance = np.linalg.norm(position, axis=1)
    scale = gm / earth.gm * (earth.equatorial_radius / distance) ** 3 / 5.0
    x, y, z = x / distance, y / distance, z / distance
    first = ROOT_15 * z * (x - 1j * y) * love_numbers[1] * scale
    second = 0.5 * ROOT_15 * (x - 1j * y) ** 2 * love_numbers[2] * scale
    zonal = ROOT_5 * (1.5 * z * z - 0.5) * love_numbers[0].real * scale
    return np.column_stack((zonal, first.real, -first.imag, second.real, -second.imag))


def core_resonance(tdb: Array, data: DataContext) -> Array:
    """What the fluid core adds to C21 and S21 in the diurnal band.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where UT1 comes from.

    Returns
    -------
    (N, 2) [1]
        To be added to normalised C21 and S21.

    Source
    ------
    IERS Conventions (2010), equation 6.8b, table 6.5a.
    """
    angle = wave_arguments(tdb, CORE_RESONANCE[:, :5], data)
    within, beside = CORE_RESONANCE[:, 5] * 1e-12, CORE_RESONANCE[:, 6] * 1e-12
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.column_stack((sine @ within + cosine @ beside, cosine @ within - sine @ beside))


def ocean_coefficients(tdb: Array, data: DataContext) -> Array:
    """Changes of the normalised degree-2 coefficients by the tides of the oceans and the load they are.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where UT1 comes from.

    Returns
    -------
    (N, 5) [1]
        C20, C21, S21, C22, S22.

    Source
    ------
    IERS Conventions (2010), equation 6.15, with twelve waves of FES2004.
    """
    angle = wave_arguments(tdb, OCEAN_TIDES[:, 1:6], data, OCEAN_TIDES[:, 0])
    sine, cosine = np.sin(angle) * OCEAN_UNIT, np.cos(angle) * OCEAN_UNIT
    columns = [cosine @ OCEAN_TIDES[:, 6] + sine @ OCEAN_TIDES[:, 7]]
    for first in (8, 12):
        ahead_c, ahead_s, back_c, back_s = OCEAN_TIDES[:, first : first + 4].T
        columns.append(cosine @ (ahead_c + back_c) + sine @ (ahead_s + back_s))
        columns.append(cosine @ (ahead_s - back_s) - sine @ (ahead_c - back_c))
    return np.column_stack(columns)


def wave_arguments(tdb: Array, multipliers: Array, data: DataContext, cycles: ArrayLike = 1.0) -> Array:
    """Phases of tidal waves.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    multipliers : (W, 5) [1]
        Of the Delaunay arguments l, l', F, D, Omega.
    data : DataContext
        Where UT1 comes from.
    cycles : (W,) [1]
        A day, roughly: 0 for long periods, 1 for diurnal waves, 2 for half-diurnal ones.

    Returns
    -------
    (N, W) [rad]
        Sidereal time of Greenwich and half a turn, so many times, less the arguments.

    Source
    ------
    IERS Conventions (2010), section 6.2.1; sidereal time of 2006 and arguments of section 5.7.2 through ``erfa``.
    """
    century = tt_centuries(tdb)
    tai = tai_seconds(tdb)
    days = SECONDS_PER_DAY * DAYS_PER_JULIAN_CENTURY
    ut1 = (tai + data.earth_orientation.at(tai).ut1_minus_tai) / days * DAYS_PER_JULIAN_CENTURY
    sidereal = erfa.gmst06(2_451_545.0, ut1, 2_451_545.0, century * DAYS_PER_JULIAN_CENTURY)
    delaunay = (erfa.fal03, erfa.falp03, erfa.faf03, erfa.fad03, erfa.faom03)
    arguments = np.stack([each(century) for each in delaunay])
    return np.asarray((sidereal + np.pi)[:, None] * np.asarray(cycles) - (multipliers @ arguments).T)


def degree_two_pull(position: Array, coefficients: Array) -> Array:
    """Acceleration by degree-2 coefficients of the Earth's field.

    Parameters
    ----------
    position : (N, 3) [m]
        From the Earth's centre, ITRF.
    coefficients : (N, 5) [1]
        Normalised C20, C21, S21, C22, S22.

    Returns
    -------
    (N, 3) [m/s^2]
        In ITRF axes.

    Source
    ------
    Gradient of GM R^2 / r^5 times a quadratic form of the position: Heiskanen & Moritz (1967), Physical Geodesy,
    section 2-5, with full normalisation.
    """
    earth = body("EARTH")
    c20, c21, s21, c22, s22 = coefficients.T
    form = np.empty((len(position), 3, 3))
    form[:, 0, 0] = -0.5 * ROOT_5 * c20 + 0.5 * ROOT_15 * c22
    form[:, 1, 1] = -0.5 * ROOT_5 * c20 - 0.5 * ROOT_15 * c22
    form[:, 2, 2] = ROOT_5 * c20
    form[:, 0, 1] = form[:, 1, 0] = 0.5 * ROOT_15 * s22
    form[:, 0, 2] = form[:, 2, 0] = 0.5 * ROOT_15 * c21
    form[:, 1, 2] = form[:, 2, 1] = 0.5 * ROOT_15 * s21
    square = np.sum(position * position, axis=1)[:, None]
    turned = np.einsum("nij,nj->ni", form, position)
    value = np.sum(position * turned, axis=1)[:, None]
    return np.asarray(
        earth.gm * earth.equatorial_radius**2 / square**2.5 * (2.0 * turned - 5.0 * value / square * position)
    )


def _pole(tdb: Array, data: DataContext) -> Array:
    """Changes (N, 2) of C21 and S21: the tide of the pole, and its drift since the epoch of fields."""
    orientation = data.earth_orientation.at(tai_seconds(tdb))
    years = tt_centuries(tdb) / CENTURIES_PER_YEAR
    mean_x = (SECULAR_POLE_X[0] + SECULAR_POLE_X[1] * years) * 1e-3
    mean_y = (SECULAR_POLE_Y[0] + SECULAR_POLE_Y[1] * years) * 1e-3
    m1, m2 = orientation.pole_x / ARCSECOND - mean_x, mean_y - orientation.pole_y / ARCSECOND
    drift = np.sqrt(3.0) * OBLATENESS * ARCSECOND
    return np.column_stack(
        (
            POLE_TIDE * (m1 + POLE_TIDE_LAG * m2) + drift * (mean_x - POLE_OF_FIELDS[0]),
            POLE_TIDE * (m2 - POLE_TIDE_LAG * m1) - drift * (mean_y - POLE_OF_FIELDS[1]),
        )
    )
