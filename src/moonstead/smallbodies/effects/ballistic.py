"""Flights of ejecta over a sphere: Keplerian arcs from the ground to the ground, exact."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.errors import InvalidInput

__all__ = [
    "MOON_ESCAPE_SPEED",
    "MOON_GM",
    "flight_time",
    "highest_point",
    "launch_speed",
    "launch_speed_slope",
    "surface_range",
]

Array = NDArray[np.float64]

MOON_GM = body("MOON").gm  # [m3/s2]
MOON_ESCAPE_SPEED = math.sqrt(2.0 * MOON_GM / LUNAR_MAP_RADIUS)  # [m/s]


def launch_speed(
    angle: ArrayLike, elevation: ArrayLike, gm: float = MOON_GM, radius: float = LUNAR_MAP_RADIUS
) -> Array:
    """Speed that carries a body over an angle of the sphere.

    Parameters
    ----------
    angle : (N,) [rad]
        From the launch to the landing, along the flight: above pi for the long way round.
    elevation : (N,) [rad]
        Of the launch above the horizontal.
    gm : float [m3/s2]
        Of the body.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (N,) [m/s]
        NaN where no ellipse goes so far at this elevation.

    Raises
    ------
    InvalidInput
        An angle lies outside (0, 2 pi) or an elevation outside (0, pi/2).

    Source
    ------
    Kepler's ellipse through two points of a sphere (Bate, Mueller & White 1971, Fundamentals of Astrodynamics, 6.2):
    ``v^2 R / GM = sin(h) / (cos(theta) sin(theta + h))`` with half the angle h.
    """
    half, up = _checked(angle, elevation)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sin(half) / (np.cos(up) * np.sin(up + half))
    ratio = np.where((ratio > 0.0) & (ratio < 2.0), ratio, np.nan)
    return np.sqrt(ratio * gm / radius)


def launch_speed_slope(
    angle: ArrayLike, elevation: ArrayLike, gm: float = MOON_GM, radius: float = LUNAR_MAP_RADIUS
) -> Array:
    """Change of `launch_speed` per change of the angle at a fixed elevation.

    Parameters
    ----------
    angle : (N,) [rad]
        From the launch to the landing.
    elevation : (N,) [rad]
        Of the launch.
    gm : float [m3/s2]
        Of the body.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (N,) [m/s/rad]
        NaN where no ellipse goes so far.

    Raises
    ------
    InvalidInput
        An angle or an elevation is out of range.

    Source
    ------
    Derivative of the equation of `launch_speed`.
    """
    half, up = _checked(angle, elevation)
    speed = launch_speed(angle, elevation, gm, radius)
    return np.tan(up) / (2.0 * np.sin(up + half) ** 2) * gm / radius / (2.0 * speed)


def surface_range(
    speed: ArrayLike, elevation: ArrayLike, gm: float = MOON_GM, radius: float = LUNAR_MAP_RADIUS
) -> Array:
    """Angle of the sphere that a launch flies over before it lands.

    Parameters
    ----------
    speed : (N,) [m/s]
        At launch.
    elevation : (N,) [rad]
        Of the launch above the horizontal.
    gm : float [m3/s2]
        Of the body.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (N,) [rad]
        Between 0 and 2 pi; NaN at escape speed and above.

    Raises
    ------
    InvalidInput
        A speed is not positive or an elevation out of range.

    Source
    ------
    Inverse of `launch_speed`: ``tan(h) = q sin(theta) cos(theta) / (1 - q cos^2(theta))``, ``q = v^2 R / GM``.
    """
    fast, up = np.asarray(speed, dtype=np.float64), np.asarray(elevation, dtype=np.float64)
    if not (np.all(fast > 0.0) and np.all((up > 0.0) & (up < 0.5 * math.pi))):
        raise InvalidInput("launches need positive speeds [m/s] and elevations between 0 and pi/2 [rad]")
    ratio = fast**2 * radius / gm
    half = np.arctan2(ratio * np.sin(up) * np.cos(up), 1.0 - ratio * np.cos(up) ** 2)
    return np.where(ratio < 2.0, 2.0 * half, np.nan)


def flight_time(speed: ArrayLike, elevation: ArrayLike, gm: float = MOON_GM, radius: float = LUNAR_MAP_RADIUS) -> Array:
    """Time from the launch to the landing.

    Parameters
    ----------
    speed : (N,) [m/s]
        At launch.
    elevation : (N,) [rad]
        Of the launch above the horizontal.
    gm : float [m3/s2]
        Of the body.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (N,) [s]
        NaN at escape speed and above.

    Source
    ------
    Kepler's equation from the launch over the highest point to the landing, which mirrors it.
    """
    fast, up = np.asarray(speed, dtype=np.float64), np.asarray(elevation, dtype=np.float64)
    ratio = fast**2 * radius / gm
    with np.errstate(divide="ignore", invalid="ignore"):
        axis = radius / (2.0 - ratio)
        # e cos E and e sin E at launch; the highest point lies at E = pi
        e_cosine = 1.0 - radius / axis
        e_sine = np.sqrt(ratio * radius / axis) * np.sin(up)
        anomaly = np.arctan2(e_sine, e_cosine)
        time = 2.0 * np.sqrt(axis**3 / gm) * (math.pi - anomaly + e_sine)
    return np.where(ratio < 2.0, time, np.nan)


def highest_point(
    speed: ArrayLike, elevation: ArrayLike, gm: float = MOON_GM, radius: float = LUNAR_MAP_RADIUS
) -> Array:
    """Distance of the highest point of a flight from the centre.

    Parameters
    ----------
    speed : (N,) [m/s]
        At launch.
    elevation : (N,) [rad]
        Of the launch above the horizontal.
    gm : float [m3/s2]
        Of the body.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (N,) [m]
        Infinite at escape speed and above.

    Source
    ------
    ``a (1 + e)`` of Kepler's ellipse, ``e^2 = 1 - q (2 - q) cos^2(theta)``, ``q = v^2 R / GM``.
    """
    fast, up = np.asarray(speed, dtype=np.float64), np.asarray(elevation, dtype=np.float64)
    ratio = fast**2 * radius / gm
    eccentricity = np.sqrt(np.maximum(1.0 - ratio * (2.0 - ratio) * np.cos(up) ** 2, 0.0))
    with np.errstate(divide="ignore"):
        return np.where(ratio < 2.0, radius / np.maximum(2.0 - ratio, 1e-300) * (1.0 + eccentricity), np.inf)


def _checked(angle: ArrayLike, elevation: ArrayLike) -> tuple[Array, Array]:
    over, up = np.asarray(angle, dtype=np.float64), np.asarray(elevation, dtype=np.float64)
    if not (np.all((over > 0.0) & (over < 2.0 * math.pi)) and np.all((up > 0.0) & (up < 0.5 * math.pi))):
        raise InvalidInput("flights need angles between 0 and 2 pi and elevations between 0 and pi/2 [rad]")
    return 0.5 * over, up
