"""Permanently shadowed ground: where the skyline stands above all that the Sun can ever reach."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.light_map import CENTIDEGREE, map_axes
from moonstead.surface.moon_sky import MoonSky

if TYPE_CHECKING:
    from moonstead.surface.gnomonic_grid import GnomonicGrid
    from moonstead.surface.horizon_map import HorizonMap

__all__ = [
    "SunEnvelope",
    "highest_limb",
    "is_permanently_shadowed",
    "pixel_areas",
    "shadow_map",
    "sun_ceiling",
    "sun_envelope",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SunEnvelope:
    """How far from the Moon's equator the Sun can stand overhead, and how large its disc can be.

    Attributes
    ----------
    south, north : float [rad]
        Lowest and highest latitude that the Sun stands over.
    angular_radius : float [rad]
        Of the largest disc.
    distance : float [m]
        Least distance of the Sun from the Moon's centre.
    """

    south: float
    north: float
    angular_radius: float
    distance: float


def sun_envelope(sky: MoonSky) -> SunEnvelope:
    """Bounds of the Sun's place over the Moon in a span; over `PRECESSION_CYCLE` they are those of our age.

    Parameters
    ----------
    sky : MoonSky
        The span, in steps short enough (a day) for the slow change of the Sun's latitude.

    Returns
    -------
    SunEnvelope

    Source
    ------
    Definition; 1.59 degrees over a precession cycle: Mazarico et al. (2011), Icarus 211, 1066,
    doi:10.1016/j.icarus.2010.10.030.
    """
    distance = np.linalg.norm(sky.sun, axis=1)
    latitude = np.arcsin(sky.sun[:, 2] / distance)
    nearest = float(np.min(distance))
    radius = math.asin(body_named("SUN").mean_radius / nearest)
    return SunEnvelope(float(np.min(latitude)), float(np.max(latitude)), radius, nearest)


def sun_ceiling(latitude: ArrayLike, azimuth: ArrayLike, envelope: SunEnvelope) -> Array:
    """Highest elevation that the Sun's centre reaches in a direction, at any time of the year and any hour.

    With latitude phi, azimuth A and the Sun over latitude b, ``sin b = sin phi sin e + cos phi cos e cos A``. The right
    side is rho cos(e - delta), so the elevations for which b stays within the envelope end at delta +- acos(sin b /
    rho) with b at one of its ends.

    Parameters
    ----------
    latitude : (N,) or scalar [rad]
        Of the site.
    azimuth : (M,) or scalar [rad]
        From north over east; the two broadcast against each other.
    envelope : SunEnvelope
        Where the Sun may stand.

    Returns
    -------
    (N,) [rad]
        Elevation of the centre, pi/2 where the Sun can pass overhead. The parallax of the site lowers a Sun near the
        horizon by up to 12 urad, which this bound leaves out on the safe side.

    Raises
    ------
    InvalidInput
        A latitude lies beyond a pole.

    Source
    ------
    Spherical triangle of pole, zenith and Sun.
    """
    site, turn = np.broadcast_arrays(np.asarray(latitude, dtype=np.float64), np.asarray(azimuth, dtype=np.float64))
    if np.any(np.abs(site) > 0.5 * math.pi + 1e-9):
        raise InvalidInput("a latitude must lie within pi/2 of the equator [rad]; is it in degrees?")
    return _ceiling(np.cos(site) * np.cos(turn), np.sin(site), envelope)


def _ceiling(level: Array, upright: Array, envelope: SunEnvelope) -> Array:
    """Elevation [rad] as in `sun_ceiling`, from the axial parts [1] of the direction's heading and of the vertical."""
    rho, delta = np.hypot(level, upright), np.arctan2(upright, level)
    lowest, highest = math.sin(envelope.south), math.sin(envelope.north)
    overhead = (upright >= lowest) & (upright <= highest)
    best = np.where(overhead, 0.5 * math.pi, -0.5 * math.pi)
    for sine in (lowest, highest):
        with np.errstate(invalid="ignore", divide="ignore"):
            reach = np.arccos(sine / rho)  # NaN where the whole vertical circle stays on one side of this latitude
        for sign in (-1.0, 1.0):
            angle = np.remainder(delta + sign * reach + math.pi, 2.0 * math.pi) - math.pi
            known = np.isfinite(angle) & (np.abs(angle) <= 0.5 * math.pi)
            best = np.where(known & (angle > best), angle, best)
    return np.asarray(best, dtype=np.float64)


def is_permanently_shadowed(horizon: HorizonProfile, envelope: SunEnvelope) -> bool:
    """Whether no part of the Sun ever rises above a skyline.

    Every point of the disc stands within one radius of the centre, so it stays below the ceiling of the centre's
    azimuth by a radius; what the ceiling changes within a radius to the side is added.

    Parameters
    ----------
    horizon : HorizonProfile
        The skyline, linear between its azimuths.
    envelope : SunEnvelope
        Over a precession cycle.

    Returns
    -------
    bool
        True is certain for this skyline. False means that the Sun comes as high as the skyline in some year, if its
        latitude is extreme when it stands in that direction; over a precession cycle it is so to a tenth of a degree.

    Source
    ------
    As `sun_ceiling`. Use: Mazarico et al. (2011), Icarus 211, 1066, doi:10.1016/j.icarus.2010.10.030.
    """
    ceiling = sun_ceiling(horizon.latitude, horizon.azimuth, envelope)
    return bool(np.all(horizon.elevation >= highest_limb(ceiling, envelope.angular_radius)))


def shadow_map(horizons: HorizonMap, envelope: SunEnvelope) -> NDArray[np.bool_]:
    """Permanently shadowed pixels of a map.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of the pixels.
    envelope : SunEnvelope
        Over a precession cycle.

    Returns
    -------
    (n, m) of bool
        True where no part of the Sun ever rises above the pixel's skyline.

    Raises
    ------
    InvalidInput
        The map's frame is not ``MOON_ME``.

    Source
    ------
    As `is_permanently_shadowed`; a direction of a gnomonic map is the heading whose part along the vertical is taken
    away: derivative of Snyder (1987), equations 22-4 and 22-5.
    """
    grid = horizons.grid
    if grid.frame != MOON_ME.name:
        raise InvalidInput(f"the Sun's ceiling is known in MOON_ME; the map {grid.name} is in {grid.frame}")
    right, upwards, outwards = map_axes(grid)
    headings = np.outer(np.sin(horizons.grid_azimuth), right) + np.outer(np.cos(horizons.grid_azimuth), upwards)
    dark = np.empty(grid.heights.shape, dtype=np.bool_)
    for row, y in enumerate(grid.y):
        up = np.outer(grid.x, right) + y * upwards + grid.projection.radius * outwards
        up /= np.linalg.norm(up, axis=1)[:, None]
        along = headings @ up.T
        level = (headings[:, 2:] - along * up[:, 2]) / np.sqrt(1.0 - along * along)
        ceiling = _ceiling(level, np.broadcast_to(up[:, 2], level.shape), envelope)
        skyline = np.asarray(horizons.centidegrees[:, row, :]) * CENTIDEGREE
        dark[row] = np.all(skyline >= highest_limb(ceiling, envelope.angular_radius), axis=0)
    return dark


def pixel_areas(grid: GnomonicGrid) -> Array:
    """Area of the pixels of a gnomonic map on the sphere.

    Parameters
    ----------
    grid : GnomonicGrid
        The map.

    Returns
    -------
    (n, m) [m^2]
        The spacing squared at the centre, less outwards.

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, section 22: the scale is 1/cos(c) across and 1/cos(c)^2 along the ray
    at an arc c from the centre.
    """
    radius = grid.projection.radius
    away = np.hypot(np.asarray(grid.x)[None, :], np.asarray(grid.y)[:, None])
    return np.asarray(grid.spacing**2 * (radius / np.hypot(away, radius)) ** 3, dtype=np.float64)


def highest_limb(ceiling: Array, angular_radius: float) -> Array:
    """Highest elevation of any point of the disc around a circle of azimuths.

    Parameters
    ----------
    ceiling : (M, ...) [rad]
        Of the centre, in M azimuths equally spaced over a full turn.
    angular_radius : float [rad]
        Of the disc.

    Returns
    -------
    (M, ...) [rad]
        A bound that holds between the azimuths as well, where a skyline is linear.

    Source
    ------
    Triangle inequality; what lies to the side and how far the curve bends between azimuths come from its neighbours.
    """
    step = 2.0 * math.pi / len(ceiling)
    aside = angular_radius / np.maximum(np.cos(ceiling), angular_radius) / step  # in azimuth steps
    best = ceiling
    for sign in (-1, 1):
        for whole in range(math.ceil(float(np.max(aside)))):
            part = np.clip(aside - whole, 0.0, 1.0)
            near, far = (np.roll(ceiling, sign * k, axis=0) for k in (whole, whole + 1))
            best = np.maximum(best, np.where(part > 0.0, near + part * (far - near), best))
    bend = np.abs(np.roll(ceiling, 1, axis=0) - 2.0 * ceiling + np.roll(ceiling, -1, axis=0)) / 8.0
    return np.asarray(best + bend + angular_radius)
