"""Watching for impact flashes from orbit: how much of the night side is in view, and how many flashes are seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.flash import INTO, LUMINOUS_EFFICIENCY, ZERO_MAGNITUDE
from moonstead.smallbodies.meteoroids import gruen_flux, meteoroid_speeds

__all__ = ["FlashWatch", "flash_rate", "flash_watch", "least_mass", "whole_moon_rate"]

Array = NDArray[np.float64]

PLACES = 2000  # [1] spread evenly over the Moon: shares of it are good to a percent
EXPOSURE = 0.033  # [s] of a frame of NELIOTA, 30 a second; most flashes last one or two
LIGHTEST, HEAVIEST = 1e-3, 0.1  # [kg] most flashes that were measured, Liakos et al. (2024); end of the flux law
MOST_AT_ONCE = 64  # [1] times in one go: memory


@dataclass(frozen=True, eq=False)
class FlashWatch:
    """What an orbiter sees of impacts over time.

    Attributes
    ----------
    night_in_view : (N,) [1]
        Share of the Moon's night side in the field of view.
    rate : (N,) [1/s]
        Flashes that are bright enough.
    mean_rate : float [1/s]
        Mean of the times.
    least_mass : (N,) [kg]
        Lightest body that is seen at the nearest point of the night side in view, at the mean speed; NaN where there is
        none.
    """

    night_in_view: Array
    rate: Array
    mean_rate: float
    least_mass: Array


def least_mass(
    distance: ArrayLike,
    speed: ArrayLike,
    limiting_magnitude: float,
    *,
    exposure: float = EXPOSURE,
    efficiency: float = LUMINOUS_EFFICIENCY.nominal,
) -> Array:
    """Lightest body whose flash is seen.

    Parameters
    ----------
    distance : (N,) [m]
        From the eye to the impact.
    speed : (N,) [m/s]
        Of the impact.
    limiting_magnitude : float [1]
        Faintest star in one frame, over the night side.
    exposure : float [s]
        Of a frame, in which the flash is taken to be whole.
    efficiency : float [1]
        Share of the energy that is visible light.

    Returns
    -------
    (N,) [kg]

    Raises
    ------
    InvalidInput
        A value is not positive.

    Source
    ------
    Suggs et al. (2014), Icarus 238, 23: ``E = f pi d^2 F t``, ``E = eta m v^2 / 2``.
    """
    away, fast = np.asarray(distance, dtype=np.float64), np.asarray(speed, dtype=np.float64)
    if not (np.all(away > 0.0) and np.all(fast > 0.0) and exposure > 0.0 and 0.0 < efficiency <= 1.0):
        raise InvalidInput(
            "flashes need positive distances [m], speeds [m/s] and exposure [s], and an efficiency up to 1"
        )
    light = INTO * math.pi * away**2 * ZERO_MAGNITUDE * 10.0 ** (-0.4 * limiting_magnitude) * exposure
    return np.asarray(2.0 * light / (efficiency * fast**2))


def flash_rate(
    distance: ArrayLike,
    limiting_magnitude: float,
    *,
    exposure: float = EXPOSURE,
    efficiency: float = LUMINOUS_EFFICIENCY.nominal,
) -> Array:
    """Flashes on an area of the Moon that are seen from a distance.

    Parameters
    ----------
    distance : (N,) [m]
        From the eye to the ground.
    limiting_magnitude : float [1]
        Faintest star in one frame.
    exposure : float [s]
        Of a frame.
    efficiency : float [1]
        Share of the energy that is visible light.

    Returns
    -------
    (N,) [1/m2/s]

    Raises
    ------
    InvalidInput
        A value is not positive.

    Source
    ------
    `gruen_flux` of `least_mass`, over `meteoroid_speeds`. Sporadic meteoroids only, no streams. Flashes of less than a
    gram have not been measured and are not counted, nor those of more than 100 g, where the flux law ends: the rate is
    the least that can be expected.
    """
    speeds, shares = meteoroid_speeds()
    away = np.atleast_1d(np.asarray(distance, dtype=np.float64))
    mass = least_mass(away[..., None], speeds, limiting_magnitude, exposure=exposure, efficiency=efficiency)
    flux = gruen_flux(np.clip(mass, LIGHTEST, HEAVIEST)) - gruen_flux(HEAVIEST)
    return np.asarray(flux @ shares)


def whole_moon_rate(mass: ArrayLike) -> Array:
    """Meteoroids of a mass or more that strike the whole Moon.

    Parameters
    ----------
    mass : (N,) [kg]
        Least mass.

    Returns
    -------
    (N,) [1/s]

    Raises
    ------
    InvalidInput
        A mass lies outside the span of the flux law.

    Source
    ------
    `gruen_flux` on the area of the sphere; the Moon's focusing of 2 % at 17 km/s is left out.
    """
    return gruen_flux(mass) * 4.0 * math.pi * LUNAR_MAP_RADIUS**2


def flash_watch(
    positions: ArrayLike,
    sun: ArrayLike,
    limiting_magnitude: float,
    *,
    field_of_view: float = 2.0 * math.pi,
    exposure: float = EXPOSURE,
    efficiency: float = LUMINOUS_EFFICIENCY.nominal,
) -> FlashWatch:
    """What an orbiter with a camera on the Moon's centre sees of impacts.

    Parameters
    ----------
    positions : (N, 3) [m]
        Of the orbiter from the Moon's centre, in any axes.
    sun : (N, 3) [any unit]
        Direction of the Sun from the Moon, in the same axes.
    limiting_magnitude : float [1]
        Faintest star in one frame, over the night side.
    field_of_view : float [rad]
        Full angle of the camera; what is larger than the Moon sees all of it.
    exposure : float [s]
        Of a frame.
    efficiency : float [1]
        Share of the energy that is visible light.

    Returns
    -------
    FlashWatch

    Raises
    ------
    InvalidInput
        Shapes do not fit, a place lies inside the Moon, or the field of view is not positive.

    Source
    ------
    `flash_rate` over the points of a Fibonacci lattice (Gonzalez 2010, Math. Geosci. 42, 49) that are in the field of
    view, over their horizon and dark: the Sun below their horizon.
    """
    eyes, light = (np.atleast_2d(np.asarray(x, dtype=np.float64)) for x in (positions, sun))
    if eyes.shape != light.shape or eyes.shape[1:] != (3,):
        raise InvalidInput(f"places and directions of the Sun (N, 3) are needed; got {eyes.shape} and {light.shape}")
    distance = np.linalg.norm(eyes, axis=1)
    if not (np.all(distance > LUNAR_MAP_RADIUS) and field_of_view > 0.0):
        raise InvalidInput("orbiters stand above the ground of the Moon, with a positive field of view [rad]")
    ground = _lattice()
    area = 4.0 * math.pi * LUNAR_MAP_RADIUS**2 / PLACES
    # the rate depends on the distance alone: interpolated in logarithms
    table = np.geomspace(max(np.min(distance) - LUNAR_MAP_RADIUS, 1.0), np.max(distance) + LUNAR_MAP_RADIUS, 200)
    rates = flash_rate(table, limiting_magnitude, exposure=exposure, efficiency=efficiency)
    mean_speed = float(np.dot(*meteoroid_speeds()))
    share, rate, lightest = (np.zeros(len(eyes)) for _ in range(3))
    for start in range(0, len(eyes), MOST_AT_ONCE):
        part = slice(start, start + MOST_AT_ONCE)
        lines = eyes[part, None, :] - LUNAR_MAP_RADIUS * ground[None, :, :]
        away = np.linalg.norm(lines, axis=2)
        over = np.einsum("tpk,pk->tp", lines, ground) > 0.0
        aside = np.einsum("tpk,tk->tp", lines, eyes[part]) / (away * distance[part, None])
        dark = light[part] @ ground.T < 0.0
        seen = over & dark & (aside >= math.cos(min(0.5 * field_of_view, math.pi)))
        share[part] = np.sum(seen, axis=1) / np.maximum(np.sum(dark, axis=1), 1)
        rate[part] = area * np.sum(np.where(seen, np.interp(away, table, rates), 0.0), axis=1)
        lightest[part] = np.min(np.where(seen, away, np.inf), axis=1)
    known = np.isfinite(lightest)
    mass = np.full(len(eyes), np.nan)
    mass[known] = least_mass(lightest[known], mean_speed, limiting_magnitude, exposure=exposure, efficiency=efficiency)
    return FlashWatch(share, rate, float(np.mean(rate)), mass)


def _lattice() -> Array:
    """Points (PLACES, 3) spread evenly over the unit sphere."""
    place = np.arange(PLACES) + 0.5
    height = 1.0 - 2.0 * place / PLACES
    turn = math.pi * (1.0 + math.sqrt(5.0)) * place
    across = np.sqrt(1.0 - height**2)
    return np.column_stack((across * np.cos(turn), across * np.sin(turn), height))
