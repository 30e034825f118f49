"""Conics for first guesses: from a perigee to the Moon's distance, and past the Moon."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.elements import mean_anomaly

Array = NDArray[np.float64]

STRAIGHT_BACK = 1e-9  # [1] of one plus the cosine between a place and an excess velocity
FASTEST = 20.0  # [1] largest eccentricity that is tried


def longest_climb(periapsis: float, distance: float, gm: float) -> float:
    """Time that the slowest conic takes from its periapsis to a distance: half an ellipse.

    Parameters
    ----------
    periapsis, distance : float [m]
        Of the conic, and to be reached.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    float [s]

    Source
    ------
    Kepler's third law.
    """
    return math.pi * math.sqrt((0.5 * (periapsis + distance)) ** 3 / gm)


def climbing_eccentricity(periapsis: float, distance: float, duration: float, gm: float) -> float:
    """Eccentricity of the conic that climbs from its periapsis to a distance in a given time.

    Parameters
    ----------
    periapsis, distance : float [m]
        Of the conic, and to be reached.
    duration : float [s]
        Time of the climb.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    float [1]

    Raises
    ------
    NumericalFailure
        No conic takes so long, or so short a time; the message gives the limits.

    Source
    ------
    Kepler's equation.
    """
    from scipy.optimize import brentq

    least = (distance - periapsis) / (distance + periapsis)

    def time(e: float) -> float:
        anomaly = math.acos(max(-1.0, min(1.0, (periapsis * (1.0 + e) / distance - 1.0) / e)))
        rate = math.sqrt(gm * abs(1.0 - e) ** 3 / periapsis**3)
        return float(mean_anomaly(np.array([anomaly]), np.array([e]))[0]) / rate

    ends = (least * (1.0 + 1e-13), FASTEST)
    longest, shortest = longest_climb(periapsis, distance, gm), time(FASTEST)
    if not shortest < duration < longest:
        raise NumericalFailure(
            f"no conic climbs from {periapsis / 1e3:.0f} km to {distance / 1e3:.0f} km in {duration / 86400.0:.3f} d: "
            f"possible are {shortest / 86400.0:.3f} to {longest / 86400.0:.3f} d"
        )

    def excess(e: float) -> float:
        # the parabola itself has no mean anomaly of this scaling; an eccentricity beside it serves as well
        return time(e + 1e-9 if abs(e - 1.0) < 1e-9 else e) - duration

    return float(brentq(excess, *ends, xtol=1e-14, rtol=1e-14))


def climbing_velocity(position: Array, normal: Array, periapsis: float, duration: float, gm: float) -> Array:
    """Velocity at a place that left its periapsis some time ago.

    Parameters
    ----------
    position : (3,) [m]
        The place.
    normal : (3,) [1]
        Of the orbit, at right angles to the position.
    periapsis : float [m]
        Distance of the periapsis.
    duration : float [s]
        Since then.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (3,) [m/s]
        On the way out.

    Raises
    ------
    NumericalFailure
        No conic takes this time.

    Source
    ------
    Vis-viva and conservation of angular momentum.
    """
    distance = float(np.linalg.norm(position))
    e = climbing_eccentricity(periapsis, distance, duration, gm)
    momentum = math.sqrt(gm * periapsis * (1.0 + e))
    across = momentum / distance
    radial = math.sqrt(max(gm * (2.0 / distance - (1.0 - e) / periapsis) - across**2, 0.0))
    up = position / distance
    return np.asarray(radial * up + across * np.cross(normal, up))


def planes_through(direction: Array, pole: Array, inclination: float) -> tuple[Array, Array]:
    """Both orbit planes of an inclination that hold a direction.

    Parameters
    ----------
    direction : (3,) [1]
        Within the plane; any length.
    pole : (3,) [1]
        From which the inclination counts; of length one.
    inclination : float [rad]
        0 to pi.

    Returns
    -------
    pair of (3,) [1]
        Normals. In the first orbit motion at `direction` goes towards the pole, in the second away from it.

    Raises
    ------
    InvalidInput
        The direction lies farther from the equator than the inclination reaches; the message gives the nearest one.

    Source
    ------
    Spherical trigonometry.
    """
    along = direction / np.linalg.norm(direction)
    latitude = math.asin(max(-1.0, min(1.0, float(along @ pole))))
    reach = math.cos(latitude) ** 2 - math.cos(inclination) ** 2
    if reach < 0.0:
        nearest = abs(latitude) if inclination < 0.5 * math.pi else math.pi - abs(latitude)
        raise InvalidInput(
            f"a plane inclined by {math.degrees(inclination):.3f} deg does not hold a direction "
            f"{math.degrees(latitude):.3f} deg from the equator: the nearest inclination is "
            f"{math.degrees(nearest):.3f} deg"
        )
    east = np.cross(pole, along)
    length = float(np.linalg.norm(east))
    if length < 1e-9:
        raise InvalidInput("the direction is the pole itself: every polar plane holds it, so none can be chosen")
    east /= length
    north = np.cross(along, east)
    # normal = cos(a) north - sin(a) east, where a is the azimuth's complement at the direction
    up = math.cos(inclination) / math.cos(latitude)
    side = math.sqrt(reach) / math.cos(latitude)
    return up * north - side * east, up * north + side * east


def arriving_periapsis(excess: Array, normal: Array, periapsis: float, gm: float) -> Array:
    """State at the periapsis of a hyperbola that comes in with an excess velocity.

    Parameters
    ----------
    excess : (3,) [m/s]
        Velocity far before the pass.
    normal : (3,) [1]
        Of the orbit; only its part at right angles to the excess velocity counts.
    periapsis : float [m]
        Distance.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (6,) [m, m/s]

    Source
    ------
    Geometry of the hyperbola: Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., section 12.3.
    """
    speed = float(np.linalg.norm(excess))
    along = excess / speed
    upright = normal - (normal @ along) * along
    upright /= np.linalg.norm(upright)
    aim = np.cross(along, upright)
    sine = 1.0 / (1.0 + periapsis * speed**2 / gm)
    cosine = math.sqrt(1.0 - sine**2)
    fastest = math.sqrt(speed**2 + 2.0 * gm / periapsis)
    return np.concatenate((periapsis * (sine * along + cosine * aim), fastest * (cosine * along - sine * aim)))


def leaving_periapsis(excess: Array, normal: Array, periapsis: float, gm: float) -> Array:
    """State at the periapsis of a hyperbola that goes out with an excess velocity.

    Parameters
    ----------
    excess : (3,) [m/s]
        Velocity far behind the pass.
    normal : (3,) [1]
        Of the orbit; only its part at right angles to the excess velocity counts.
    periapsis : float [m]
        Distance.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (6,) [m, m/s]

    Source
    ------
    As `arriving_periapsis`, with time reversed.
    """
    state = arriving_periapsis(-excess, -normal, periapsis, gm)
    return np.concatenate((state[:3], -state[3:]))


def leaving_velocities(position: Array, excess: Array, gm: float) -> Array:
    """Velocities at a place that go out with excess velocities.

    Parameters
    ----------
    position : (3,) [m]
        The place.
    excess : (N, 3) [m/s]
        Velocities far behind.
    gm : float [m^3/s^2]
        Gravitational parameter.

    Returns
    -------
    (N, 3) [m/s]
        Of the shorter way round; NaN where the excess velocity points straight back through the body.

    Source
    ------
    Battin (1999), An Introduction to the Mathematics and Methods of Astrodynamics, revised ed., section 7.8.
    """
    distance, speed = float(np.linalg.norm(position)), np.linalg.norm(excess, axis=1)[:, None]
    up, along = position / distance, excess / speed
    opening = 1.0 + along @ up
    opening = np.where(opening < STRAIGHT_BACK, np.nan, opening)[:, None]
    root = np.sqrt(gm / (distance * opening) + 0.25 * speed**2)
    return np.asarray((root + 0.5 * speed) * along + (root - 0.5 * speed) * up)
