"""Small forces on satellites of the Earth: tides of the solid Earth, light of the Earth, recoil of a signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SOLAR_PRESSURE, SPEED_OF_LIGHT

Array = NDArray[np.float64]

LOVE_NUMBER = 0.3  # [1] k2 of the solid Earth, IERS Conventions (2010), table 6.3: 0.29525 to 0.30190
ALBEDO = 0.3  # [1] of the Earth, mean; the rest leaves as heat on all sides


def solid_tide_acceleration(position: Array, body_position: Array, gm: float) -> Array:
    """Pull of the bulge that a body raises on the solid Earth, of degree 2, its permanent part included.

    Parameters
    ----------
    position : (N, 3) [m]
        Geocentric place of the satellite, ICRF.
    body_position : (N, 3) [m]
        Geocentric place of the body, ICRF.
    gm : float [m^3/s^2]
        Of the body.

    Returns
    -------
    (N, 3) [m/s^2]
        To be added to a tide-free gravity field.

    Source
    ------
    Gradient of k2 GM R^5 / (d^3 r^3) P2(cos): Montenbruck & Gill (2000), Satellite Orbits, section 3.7.2, eq. 3.146
    with the Love number alone (no phase lag, no dependence on frequency).
    """
    radius = body("EARTH").equatorial_radius
    distance = np.linalg.norm(body_position, axis=1, keepdims=True)
    r = np.linalg.norm(position, axis=1, keepdims=True)
    here, there = position / r, body_position / distance
    cosine = np.sum(here * there, axis=1, keepdims=True)
    scale = 0.5 * LOVE_NUMBER * gm * radius**5 / (distance**3 * r**4)
    return np.asarray(scale * ((3.0 - 15.0 * cosine**2) * here + 6.0 * cosine * there))


def earth_light_pressure(position: Array, sun: Array) -> Array:
    """Pressure of sunlight that the Earth scatters back, and of its heat, on a black plate that faces the Earth.

    Parameters
    ----------
    position, sun : (N, 3) [m]
        Geocentric, in the same axes.

    Returns
    -------
    (N,) [N/m^2]
        Both together; it pushes away from the Earth.

    Source
    ------
    A sphere that scatters by Lambert's law, seen from far: Rodriguez-Solano, Hugentobler & Steigenberger (2012), Adv.
    Space Res. 49, 1113, doi:10.1016/j.asr.2012.01.016, eq. 1 and 2 (the analytical model).
    """
    distance = np.linalg.norm(position, axis=1)
    cosine = np.sum(position * sun, axis=1) / (distance * np.linalg.norm(sun, axis=1))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    scattered = ALBEDO * 2.0 / (3.0 * np.pi) * (np.sin(angle) + (np.pi - angle) * np.cos(angle))
    return np.asarray(
        SOLAR_PRESSURE * (body("EARTH").equatorial_radius / distance) ** 2 * (scattered + 0.25 * (1.0 - ALBEDO))
    )


def antenna_thrust(position: Array, power: float, mass: float) -> Array:
    """Recoil of the signal that a satellite sends to the Earth.

    Parameters
    ----------
    position : (N, 3) [m]
        Geocentric.
    power : float [W]
        Sent in all.
    mass : float [kg]
        Of the satellite.

    Returns
    -------
    (N, 3) [m/s^2]
        Away from the Earth.

    Source
    ------
    Momentum of a beam, power / c: Steigenberger, Thoelert & Montenbruck (2018), J. Geod. 92, 609,
    doi:10.1007/s00190-017-1082-2.
    """
    return np.asarray(position / np.linalg.norm(position, axis=1, keepdims=True) * (power / (SPEED_OF_LIGHT * mass)))
