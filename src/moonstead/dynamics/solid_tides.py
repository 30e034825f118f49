"""How Sun, Moon and the motion of the pole lift and shift a point of the solid Earth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.foundation.time.scales import tai_seconds, tt_centuries, utc_julian_date

Array = NDArray[np.float64]

EARTH_RADIUS = 6_378_136.6  # [m] IERS Conventions (2010), table 1.1
MASS_RATIO = {"SUN": 332_946.0482, "MOON": 0.012_300_037_1}  # [1] of the Earth; as the Conventions' software
MILLIMETRE = 1e-3  # [m]
CENTURIES_PER_YEAR = 0.01

H2, H2_LATITUDE, L2, L2_LATITUDE = 0.6078, -0.0006, 0.0847, 0.0002  # [1] Conventions, section 7.1.1.1
H3, L3 = 0.292, 0.015  # [1]
L1_DIURNAL, L1_SEMIDIURNAL = 0.0012, 0.0024  # [1]
H_LATE_DIURNAL, L_LATE_DIURNAL = -0.0025, -0.0007  # [1] imaginary parts: the mantle follows late
H_LATE_SEMIDIURNAL, L_LATE_SEMIDIURNAL = -0.0022, -0.0007  # [1]

# Multiples of s, h, p, N', p_s beside tau; then radial in and out of phase, transverse in and out of phase [mm]
DIURNAL = np.array(
    [
        (-3, 0, 2, 0, 0, -0.01, 0.0, 0.0, 0.0),
        (-3, 2, 0, 0, 0, -0.01, 0.0, 0.0, 0.0),
        (-2, 0, 1, -1, 0, -0.02, 0.0, 0.0, 0.0),
        (-2, 0, 1, 0, 0, -0.08, 0.0, -0.01, 0.01),
        (-2, 2, -1, 0, 0, -0.02, 0.0, 0.0, 0.0),
        (-1, 0, 0, -1, 0, -0.10, 0.0, 0.0, 0.0),
        (-1, 0, 0, 0, 0, -0.51, 0.0, -0.02, 0.03),
        (-1, 2, 0, 0, 0, 0.01, 0.0, 0.0, 0.0),
        (0, -2, 1, 0, 0, 0.01, 0.0, 0.0, 0.0),
        (0, 0, -1, 0, 0, 0.02, 0.0, 0.0, 0.0),
        (0, 0, 1, 0, 0, 0.06, 0.0, 0.0, 0.0),
        (0, 0, 1, 1, 0, 0.01, 0.0, 0.0, 0.0),
        (0, 2, -1, 0, 0, 0.01, 0.0, 0.0, 0.0),
        (1, -3, 0, 0, 1, -0.06, 0.0, 0.0, 0.0),
        (1, -2, 0, -1, 0, 0.01, 0.0, 0.0, 0.0),
        (1, -2, 0, 0, 0, -1.23, -0.07, 0.06, 0.01),
        (1, -1, 0, 0, -1, 0.02, 0.0, 0.0, 0.0),
        (1, -1, 0, 0, 1, 0.04, 0.0, 0.0, 0.0),
        (1, 0, 0, -1, 0, -0.22, 0.01, 0.01, 0.0),
        (1, 0, 0, 0, 0, 12.00, -0.80, -0.67, -0.03),
        (1, 0, 0, 1, 0, 1.73, -0.12, -0.10, 0.0),
        (1, 0, 0, 2, 0, -0.04, 0.0, 0.0, 0.0),
        (1, 1, 0, 0, -1, -0.50, -0.01, 0.03, 0.0),
        (1, 1, 0, 0, 1, 0.01, 0.0, 0.0, 0.0),
        (0, 1, 0, 1, -1, -0.01, 0.0, 0.0, 0.0),
        (1, 2, -2, 0, 0, -0.01, 0.0, 0.0, 0.0),
        (1, 2, 0, 0, 0, -0.11, 0.01, 0.01, 0.0),
        (2, -2, 1, 0, 0, -0.01, 0.0, 0.0, 0.0),
        (2, 0, -1, 0, 0, -0.02, 0.0, 0.0, 0.0),
    ]
)
LONG_PERIOD = np.array(
    [
        (0, 0, 0, 1, 0, 0.47, 0.16, 0.23, 0.07),
        (0, 2, 0, 0, 0, -0.20, -0.11, -0.12, -0.05),
        (1, 0, -1, 0, 0, -0.11, -0.09, -0.08, -0.04),
        (2, 0, 0, 0, 0, -0.13, -0.15, -0.11, -0.07),
        (2, 0, 0, 1, 0, -0.05, -0.06, -0.05, -0.03),
    ]
)
# [deg], powers of Julian centuries: the Moon's mean longitude s of date, h, p, N', p_s, and tau + s at 0h
ARGUMENTS = {
    "s": (218.316_645_63, 481_267.881_94, -0.001_466_388_9, 1.851_39e-6, 0.0),
    "precession": (0.0, 1.396_971_278, 0.000_308_889, 2.1e-8, 7e-9),
    "h": (280.466_45, 36_000.769_748_9, 0.000_303_222_22, 2.0e-8, -6.54e-9),
    "p": (83.353_243_12, 4_069.013_635_25, -0.010_321_722_22, -1.249_91e-5, 5.263e-8),
    "n": (234.955_444_99, 1_934.136_261_97, -0.002_075_611_11, -2.139_44e-6, 1.65e-8),
    "ps": (282.937_340_98, 1.719_457_666_67, 0.000_456_888_89, -1.778e-8, -3.34e-9),
    "sidereal": (280.460_618_4, 36_000.770_053_6, 0.000_387_93, -2.58e-8, 0.0),
}
# Secular pole (2018): value at 2000.0 and rate a year, toward x and y [mas]
SECULAR_POLE_X, SECULAR_POLE_Y = (55.0, 1.677), (320.5, 3.460)
POLE_RADIAL, POLE_TRANSVERSE = -33.0 * MILLIMETRE, 9.0 * MILLIMETRE  # [m/arcsec]


def sun_and_moon(tdb: Array, data: DataContext) -> tuple[Array, Array]:
    """Where Sun and Moon stand, from the centre of the Earth in the ITRF.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris and Earth orientation come from.

    Returns
    -------
    sun, moon : (N, 3), (N, 3) [m]
        Geometric positions, without light time.

    Raises
    ------
    OutsideSpan, MissingData
        The ephemeris or Earth orientation does not cover a time.

    Source
    ------
    The ephemeris' own; rotation of IERS Conventions (2010), chapter 5.
    """
    turned = itrf_from_icrf(tdb, data).matrix
    sun, moon = (
        np.einsum("nij,nj->ni", turned, data.ephemeris.position(body, "EARTH", tdb)) for body in ("SUN", "MOON")
    )
    return sun, moon


def solid_tide(position: ArrayLike, sun: ArrayLike, moon: ArrayLike, tdb: ArrayLike) -> Array:
    """Displacement of a point by the tides of the solid Earth, as a tide-free frame such as the ITRF wants it.

    Degrees two and three with the latitude dependence and the lag of the mantle, and the resonance of the liquid core
    in the diurnal band; the permanent part is included, as in every ITRF coordinate. Ocean loading is not.

    Parameters
    ----------
    position : (3,) [m]
        Of the point, ITRF.
    sun, moon : (N, 3) [m]
        From the Earth's centre, ITRF.
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N, 3) [m]
        To be added to the tide-free position, ITRF.

    Raises
    ------
    InvalidInput
        The position is no point of the Earth's surface region, or the shapes do not match.

    Source
    ------
    IERS Conventions (2010), Technical Note 36, section 7.1.1, equations 7.5 to 7.13 and tables 7.3a, 7.3b, with the
    arguments of the Conventions' software dehanttideinel.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    place, up, north, east = _local_axes(position)
    bodies = {"SUN": _rows(sun, tdb.size, "sun"), "MOON": _rows(moon, tdb.size, "moon")}
    sine, cosine = up[2], np.hypot(up[0], up[1])
    longitude = np.arctan2(place[1], place[0])
    radial, northward, eastward = np.zeros(tdb.size), np.zeros(tdb.size), np.zeros(tdb.size)
    for name, vectors in bodies.items():
        distance = np.linalg.norm(vectors, axis=1)
        toward = vectors / distance[:, None]
        second = MASS_RATIO[name] * EARTH_RADIUS * (EARTH_RADIUS / distance) ** 3
        third = second * EARTH_RADIUS / distance
        c, to_north, to_east = toward @ up, toward @ north, toward @ east
        legendre = 0.5 * (3.0 * sine * sine - 1.0)
        h2, l2 = H2 + H2_LATITUDE * legendre, L2 + L2_LATITUDE * legendre
        radial += second * h2 * (1.5 * c * c - 0.5) + third * H3 * (2.5 * c**3 - 1.5 * c)
        across = 3.0 * second * l2 * c + third * L3 * (7.5 * c * c - 1.5)
        northward += across * to_north
        eastward += across * to_east

        z = toward[:, 2]
        flat = np.hypot(toward[:, 0], toward[:, 1])
        angle = longitude - np.arctan2(toward[:, 1], toward[:, 0])
        diurnal, twice = second * 3.0 * z * flat, second * 3.0 * flat * flat  # times P21, P22
        northward -= L1_DIURNAL * sine * diurnal * sine * np.cos(angle)
        eastward += L1_DIURNAL * sine * diurnal * (cosine**2 - sine**2) * np.sin(angle)
        northward -= 0.5 * L1_SEMIDIURNAL * sine * cosine * twice * np.cos(2.0 * angle)
        eastward -= 0.5 * L1_SEMIDIURNAL * sine * cosine * twice * sine * np.sin(2.0 * angle)
        radial -= H_LATE_DIURNAL * diurnal * sine * cosine * np.sin(angle)
        northward -= L_LATE_DIURNAL * diurnal * (cosine**2 - sine**2) * np.sin(angle)
        eastward -= L_LATE_DIURNAL * diurnal * sine * np.cos(angle)
        radial -= 0.25 * H_LATE_SEMIDIURNAL * twice * cosine**2 * np.sin(2.0 * angle)
        northward += 0.5 * L_LATE_SEMIDIURNAL * twice * sine * cosine * np.sin(2.0 * angle)
        eastward -= 0.5 * L_LATE_SEMIDIURNAL * twice * cosine * np.cos(2.0 * angle)
    core = _core_resonance(tdb, sine, cosine, longitude)
    return np.asarray(
        np.outer(radial + core[0], up) + np.outer(northward + core[1], north) + np.outer(eastward + core[2], east)
    )


def pole_tide(position: ArrayLike, tdb: ArrayLike, data: DataContext) -> Array:
    """Displacement of a point because the pole is not where it is on the mean.

    Parameters
    ----------
    position : (3,) [m]
        Of the point, ITRF.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where polar motion comes from.

    Returns
    -------
    (N, 3) [m]
        To be added to the position, ITRF: up to 25 mm upward, 7 mm sideways.

    Raises
    ------
    InvalidInput
        The position is no point of the Earth's surface region.
    OutsideSpan
        A time lies before the first entry of Earth orientation.

    Source
    ------
    IERS Conventions (2010), section 7.1.4, equation 7.26, with the secular pole of the update of 2018.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    place, up, north, east = _local_axes(position)
    orientation = data.earth_orientation.at(tai_seconds(tdb))
    years = tt_centuries(tdb) / CENTURIES_PER_YEAR
    arcseconds = np.degrees(1.0) * 3600.0
    m1 = orientation.pole_x * arcseconds - (SECULAR_POLE_X[0] + SECULAR_POLE_X[1] * years) * 1e-3
    m2 = -(orientation.pole_y * arcseconds - (SECULAR_POLE_Y[0] + SECULAR_POLE_Y[1] * years) * 1e-3)
    longitude = np.arctan2(place[1], place[0])
    sine, cosine = up[2], np.hypot(up[0], up[1])  # of the latitude: cosine and sine of the colatitude
    along = m1 * np.cos(longitude) + m2 * np.sin(longitude)
    across = m1 * np.sin(longitude) - m2 * np.cos(longitude)
    radial = POLE_RADIAL * 2.0 * sine * cosine * along
    northward = POLE_TRANSVERSE * (sine**2 - cosine**2) * along  # S_theta of the Conventions points south
    eastward = POLE_TRANSVERSE * sine * across
    return np.asarray(np.outer(radial, up) + np.outer(northward, north) + np.outer(eastward, east))


def _core_resonance(tdb: Array, sine: float, cosine: float, longitude: float) -> tuple[Array, Array, Array]:
    """Step 2 of the Conventions: radial, north, east [m] for the sine and cosine of a geocentric latitude."""
    century = tt_centuries(tdb)
    _, fraction = utc_julian_date(tdb)
    value = {name: np.polynomial.polynomial.polyval(century, terms) for name, terms in ARGUMENTS.items()}
    tau = 360.0 * fraction + value["sidereal"] - value["s"]
    s = value["s"] + value["precession"]
    arguments = np.stack((s, value["h"], value["p"], value["n"], value["ps"]))
    phase = np.radians(DIURNAL[:, :5] @ arguments + tau) + longitude
    r_in, r_out, t_in, t_out = DIURNAL[:, 5:].T * MILLIMETRE
    radial = 2.0 * sine * cosine * (r_in @ np.sin(phase) + r_out @ np.cos(phase))
    northward = (cosine**2 - sine**2) * (t_in @ np.sin(phase) + t_out @ np.cos(phase))
    eastward = sine * (t_in @ np.cos(phase) - t_out @ np.sin(phase))
    phase = np.radians(LONG_PERIOD[:, :5] @ arguments)
    r_in, r_out, t_in, t_out = LONG_PERIOD[:, 5:].T * MILLIMETRE
    radial += (1.5 * sine**2 - 0.5) * (r_in @ np.cos(phase) + r_out @ np.sin(phase))
    northward += 2.0 * sine * cosine * (t_in @ np.cos(phase) + t_out @ np.sin(phase))
    return radial, northward, eastward


def _local_axes(position: ArrayLike) -> tuple[Array, Array, Array, Array]:
    """The point, and unit vectors away from the Earth's centre, north and east."""
    place = np.asarray(position, dtype=np.float64)
    if place.shape != (3,) or not 6.2e6 < np.linalg.norm(place) < 6.6e6:
        raise InvalidInput(f"tides move points of the Earth's surface, given in ITRF metres (3,); got {position!r}")
    up = place / np.linalg.norm(place)
    longitude = np.arctan2(place[1], place[0])
    east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
    return place, up, np.cross(up, east), east


def _rows(vectors: ArrayLike, count: int, name: str) -> Array:
    rows = np.atleast_2d(np.asarray(vectors, dtype=np.float64))
    if rows.shape != (count, 3):
        raise InvalidInput(f"one position of the {name} for each of {count} times, got {rows.shape}")
    return rows
