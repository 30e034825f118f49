"""Entry interface: where a flight home meets the top of the atmosphere, and how steeply."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import WGS84, body
from moonstead.orbits.elements import kepler_elements, mean_anomaly
from moonstead.orbits.transfers.lunar_leg import NUDGE, EarthEnd, perigee_of

Array = NDArray[np.float64]

INTERFACE_ALTITUDE = 121_920.0  # [m] over the ellipsoid: 400 000 ft
ENTRY_ANGLE = math.radians(-6.0)  # [rad] of the flight path: Apollo's and Orion's class


def interface_distance(position: Array, pole: Array, altitude: float = INTERFACE_ALTITUDE) -> float:
    """Distance from the Earth's centre at which the interface is met near a place.

    Parameters
    ----------
    position : (3,) [m]
        Near the place; only its direction counts.
    pole : (3,) [1]
        Of the Earth, in the same axes.
    altitude : float [m]
        Of the interface over the ellipsoid.

    Returns
    -------
    float [m]
        Within a metre: the vertical departs from the radius by 3 mrad at most.

    Source
    ------
    Ellipse in polar coordinates, WGS 84.
    """
    sine = float(position @ pole) / float(np.linalg.norm(position))
    a, b = WGS84.equatorial_radius, WGS84.polar_radius
    return a * b / math.sqrt(b * b * (1.0 - sine * sine) + a * a * sine * sine) + altitude


def entry_of(states: Array, pole: Array, distance: float, angle: float) -> Array:
    """How far the conic of a state is from an entry at an angle.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        About the Earth.
    pole : (3,) [1]
        Of the Earth.
    distance : float [m]
        Of the interface from the centre.
    angle : float [rad]
        Wanted angle of the flight path there, negative downwards, without the Earth's spin.

    Returns
    -------
    (N, 3) [m, s, 1]
        Perigee less the one that gives the angle; time since the interface; cosine of the inclination.

    Source
    ------
    Energy and angular momentum of the conic.
    """
    gm = body("EARTH").gm
    perigee = perigee_of(states, pole, gm)
    speed2 = np.sum(states[:, 3:] ** 2, axis=1)
    energy = 0.5 * speed2 - gm / np.linalg.norm(states[:, :3], axis=1)
    momentum2 = 2.0 * (energy + gm / distance) * (distance * math.cos(angle)) ** 2
    eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * momentum2 / gm**2, 0.0))
    wanted = momentum2 / (gm * (1.0 + eccentricity))
    # the conic of the wanted perigee gives the time from interface to perigee; at the solution it is the flown one
    shape = kepler_elements(states, gm).eccentricity
    cosine = np.clip((wanted * (1.0 + shape) / distance - 1.0) / shape, -1.0, 1.0)
    down = _time_to(wanted, shape, np.arccos(cosine))
    return np.stack((perigee[:, 0] - wanted, perigee[:, 1] + down, perigee[:, 2]), axis=1)


def _time_to(periapsis: Array, eccentricity: Array, anomaly: Array) -> Array:
    """Times (N,) [s] between periapsis and a true anomaly."""
    e = np.where(np.abs(eccentricity - 1.0) < 1e-9, 1.0 + 1e-9, eccentricity)  # the parabola scales them otherwise
    return np.asarray(mean_anomaly(anomaly, e) / np.sqrt(body("EARTH").gm * np.abs(1.0 - e) ** 3 / periapsis**3))


def entry_with_partials(end: EarthEnd, pole: Array, distance: float, angle: float) -> tuple[Array, Array]:
    """Entry of a flight home, and its derivatives by the state at the Moon's end.

    Parameters
    ----------
    end : EarthEnd
        Flown.
    pole : (3,) [1]
        Of the Earth.
    distance : float [m]
        Of the interface.
    angle : float [rad]
        Wanted.

    Returns
    -------
    entry : (3,) [m, s, 1]
        As `entry_of`.
    partials : (3, 6) [mixed]
        By the state at the Moon's end.

    Source
    ------
    Central differences of the conic; chain rule through the state-transition matrix.
    """
    moved = end.state + np.concatenate((np.diag(NUDGE), -np.diag(NUDGE), np.zeros((1, 6))))
    values = entry_of(moved, pole, distance, angle)
    slopes = ((values[:6] - values[6:12]) / (2.0 * NUDGE[:, None])).T
    return values[12], slopes @ end.transition
