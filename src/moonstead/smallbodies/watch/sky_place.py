"""Where a small body stands on the sky, how it moves and shines, and how far off that may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import BARYCENTER, icrf_position, observe
from moonstead.dynamics.trajectories import BodyTrajectory
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.frames.standard import ICRF
from moonstead.smallbodies.motion.orbit import parameter_columns
from moonstead.smallbodies.watch.magnitude import apparent_magnitude

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SkyPlaces:
    """Astrometric places: with light time, without aberration, as measured against catalogue stars.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times at the observer.
    right_ascension, declination : (N,) [rad]
        ICRF; right ascension in [0, 2 pi).
    rate : (N,) [rad/s]
        Of the motion across the sky.
    position_angle : (N,) [rad]
        Of the motion, from north through east, in [0, 2 pi).
    distance, sun_distance : (N,) [m]
        From the observer and from the Sun.
    elongation, moon_separation : (N,) [rad]
        Angles to the Sun and to the Moon's centre, as seen by the observer.
    phase : (N,) [rad]
        Angle Sun, body, observer.
    moon_lit : (N,) [1]
        Lit share of the Moon's disc.
    magnitude : (N,) [1]
        Apparent V by H and G; NaN where H is unknown.
    semi_major, semi_minor : (N,) [rad]
        1 sigma of the place on the sky, along and across the error ellipse; NaN without a covariance.
    ellipse_angle : (N,) [rad]
        Position angle of the ellipse's long axis, in [0, pi).
    """

    tdb: Array
    right_ascension: Array
    declination: Array
    rate: Array
    position_angle: Array
    distance: Array
    sun_distance: Array
    elongation: Array
    moon_separation: Array
    phase: Array
    moon_lit: Array
    magnitude: Array
    semi_major: Array
    semi_minor: Array
    ellipse_angle: Array


def sky_places(
    flight: Flight, observer: Trajectory, tdb: ArrayLike, data: DataContext, *, ellipses: bool = False
) -> SkyPlaces:
    """Ephemeris of a small body from any observer.

    Parameters
    ----------
    flight : Flight
        The body; flown with partials if ellipses are wanted.
    observer : Trajectory
        A station, a site, a spacecraft or a body's centre.
    tdb : (N,) [s TDB past J2000]
        Times at the observer; the light left earlier, still within the flight.
    data : DataContext
        Where ephemeris and orientation come from.
    ellipses : bool
        Whether error ellipses are wanted, for an orbit with a covariance.

    Returns
    -------
    SkyPlaces
        One for each time.

    Raises
    ------
    OutsideSpan
        A time, or that at which the light left, lies outside the flight or the ephemeris.

    Source
    ------
    Explanatory Supplement to the Astronomical Almanac (2013), 3rd ed., sections 7.2 and 10.3. Ellipse: linear mapping
    of the covariance.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    seen = observe(flight, observer, times, ICRF, data, "light-time")
    line, velocity = seen[:, :3], seen[:, 3:]
    distance = np.linalg.norm(line, axis=1)
    toward = line / distance[:, None]
    east, north = sky_axes(toward)
    eastward = np.sum(velocity * east, axis=1) / distance
    northward = np.sum(velocity * north, axis=1) / distance

    left = times - distance / SPEED_OF_LIGHT
    from_sun = flight.state(left)[:, :3] - data.ephemeris.position("SUN", BARYCENTER, left)
    to_sun, to_moon = (_to_body(name, observer, times, data) for name in ("SUN", "MOON"))
    sun_from_moon = to_sun - to_moon
    orbit = flight.orbit
    phase = angle_between(from_sun, line)
    sun_distance = np.linalg.norm(from_sun, axis=1)
    magnitude = np.full(times.size, np.nan)
    if orbit.absolute_magnitude is not None:
        magnitude = apparent_magnitude(orbit.absolute_magnitude, sun_distance, distance, phase, orbit.slope)
    semi_major, semi_minor, ellipse_angle = (np.full(times.size, np.nan) for _ in range(3))
    if ellipses and orbit.covariance is not None:
        slopes = place_partials(flight, times, line)
        semi_major, semi_minor, ellipse_angle = ellipse_of(slopes @ orbit.covariance @ np.swapaxes(slopes, 1, 2))
    return SkyPlaces(
        times,
        np.mod(np.arctan2(line[:, 1], line[:, 0]), 2.0 * np.pi),
        np.arctan2(line[:, 2], np.hypot(line[:, 0], line[:, 1])),
        np.hypot(eastward, northward),
        np.mod(np.arctan2(eastward, northward), 2.0 * np.pi),
        distance,
        sun_distance,
        angle_between(line, to_sun),
        angle_between(line, to_moon),
        phase,
        0.5 * (1.0 - np.cos(angle_between(-to_moon, -sun_from_moon))),
        magnitude,
        semi_major,
        semi_minor,
        ellipse_angle,
    )


def place_partials(flight: Flight, tdb: Array, line: Array) -> Array:
    """Partials of the place on the sky by the parameters of the orbit's covariance.

    The light time is held: that is off by the body's speed over the speed of light, 1e-4.

    Parameters
    ----------
    flight : Flight
        Flown with partials.
    tdb : (N,) [s TDB past J2000]
        Times at the observer.
    line : (N, 3) [m]
        From the observer to the body, ICRF, with light time.

    Returns
    -------
    (N, 2, K) [mixed]
        [rad] per unit of the parameter, to the east (with the cosine of the declination) and to the north.

    Source
    ------
    Milani & Gronchi (2010), Theory of Orbit Determination, section 9.2.
    """
    distance = np.linalg.norm(line, axis=1)
    east, north = sky_axes(line / distance[:, None])
    moved = flight.partials(tdb - distance / SPEED_OF_LIGHT)[:, :3, parameter_columns(flight.orbit)]
    axes = np.stack((east, north), axis=1) / distance[:, None, None]
    return np.einsum("nij,njk->nik", axes, moved)


def sky_axes(toward: Array) -> tuple[Array, Array]:
    """Unit vectors to the east and to the north on the sky.

    Parameters
    ----------
    toward : (N, 3) [1]
        Directions, ICRF.

    Returns
    -------
    east, north : (N, 3) [1]
        At the celestial poles east is the y axis.

    Source
    ------
    Definition of right ascension and declination.
    """
    level = np.hypot(toward[:, 0], toward[:, 1])
    flat = level > 0.0
    cosine = np.divide(toward[:, 0], level, out=np.ones_like(level), where=flat)
    sine = np.divide(toward[:, 1], level, out=np.zeros_like(level), where=flat)
    east = np.stack((-sine, cosine, np.zeros_like(level)), axis=1)
    return east, np.cross(toward, east)


def toward_place(right_ascension: Array, declination: Array) -> Array:
    """Unit vectors toward places on the sky.

    Parameters
    ----------
    right_ascension, declination : (N,) [rad]
        ICRF.

    Returns
    -------
    (N, 3) [1]
        ICRF.

    Source
    ------
    Definition of right ascension and declination.
    """
    level = np.cos(declination)
    return np.stack((level * np.cos(right_ascension), level * np.sin(right_ascension), np.sin(declination)), axis=1)


def angle_between(first: Array, second: Array) -> Array:
    """Angles between vectors, exact near 0 and pi.

    Parameters
    ----------
    first, second : (N, 3) [any unit]
        The two vectors.

    Returns
    -------
    (N,) [rad]
        In [0, pi].

    Source
    ------
    Closed form by cross and scalar product.
    """
    across = np.linalg.norm(np.cross(first, second), axis=1)
    angle: Array = np.arctan2(across, np.sum(first * second, axis=1))
    return angle


def ellipse_of(covariance: Array) -> tuple[Array, Array, Array]:
    """Half axes and direction of 1-sigma ellipses.

    Parameters
    ----------
    covariance : (N, 2, 2) [any unit]
        By east and north.

    Returns
    -------
    semi_major, semi_minor : (N,) [any unit]
        Square roots of the eigenvalues.
    angle : (N,) [rad]
        Of the long axis, from north through east, in [0, pi).

    Source
    ------
    Eigenvalues of a symmetric matrix, closed form.
    """
    mean = 0.5 * (covariance[:, 0, 0] + covariance[:, 1, 1])
    difference = 0.5 * (covariance[:, 1, 1] - covariance[:, 0, 0])
    shared = covariance[:, 0, 1]
    reach = np.hypot(difference, shared)
    largest = mean + reach
    # the product of the eigenvalues keeps the digits that mean - reach loses
    product = covariance[:, 0, 0] * covariance[:, 1, 1] - shared**2
    smallest = np.divide(product, largest, out=np.zeros_like(largest), where=largest > 0.0)
    angle = np.mod(0.5 * np.arctan2(shared, difference), np.pi)
    return np.sqrt(np.maximum(largest, 0.0)), np.sqrt(np.maximum(smallest, 0.0)), angle


def _to_body(name: str, observer: Trajectory, tdb: Array, data: DataContext) -> Array:
    """From the observer to a body (N, 3) [m], ICRF, at the same time: the Moon's light time costs 0.7 arcsec."""
    body = BodyTrajectory(name, observer.center, data)
    here = icrf_position(observer, observer.center, tdb, data)
    if name == observer.center:
        return -here
    return body.state(tdb)[:, :3] - here
