"""Temperatures and cold traps of a real map: skylines of all pixels, a year of Sun, ground that warms ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.cold_traps import TemperatureMap, temperature_map
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.horizon_map import HorizonMap
from moonstead.surface.light_map import CENTIDEGREE, map_axes, pixel_light
from moonstead.surface.moon_sky import MoonSky
from moonstead.surface.regolith import HIGHLAND, Regolith
from moonstead.surface.scattered_light import sunlight
from moonstead.surface.view_factors import GroundViews, ground_views

__all__ = ["map_temperatures", "map_views"]

Array = NDArray[np.float64]

WIDEST = 120e3  # [m] from the middle: there a pixel of the tangent plane is 0.5 % off
FLAT = 1e15  # [m] radius of a map whose heights hold the curvature already


def map_views(horizons: HorizonMap) -> GroundViews:
    """What the pixels of a map see of each other, of ground beyond the map, and of the sky.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of all pixels, from all ground around.

    Returns
    -------
    GroundViews
        On the plane that touches the sphere in the middle of the map.

    Raises
    ------
    InvalidInput
        The map reaches further than 120 km from its middle.

    Source
    ------
    As `ground_views`; on the tangent plane the ground falls by d^2 / 2 R.
    """
    grid = horizons.grid
    if np.max(np.abs(grid.x)) > WIDEST or np.max(np.abs(grid.y)) > WIDEST:
        raise InvalidInput(
            f"temperatures are mapped within {WIDEST / 1e3:.0f} km of the middle of a map; {grid.name} is wider: map "
            "it in parts"
        )
    radius = grid.projection.radius
    x, y = np.meshgrid(grid.x, grid.y)
    fallen = np.asarray(grid.heights, dtype=np.float64) - (x**2 + y**2) / (2.0 * radius)
    return ground_views(fallen, grid.spacing, far_skyline=_skylines(horizons), sectors=_sectors(horizons), radius=FLAT)


def map_temperatures(
    horizons: HorizonMap, sky: MoonSky, data: DataContext, *, regolith: Regolith = HIGHLAND
) -> TemperatureMap:
    """Temperatures of all pixels of a map over a span of whole lunations, best 13.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of the ground itself: made without a mast.
    sky : MoonSky
        The span, which is taken to repeat itself; steps of 3 to 6 hours are enough.
    data : DataContext
        Where eclipses come from.
    regolith : Regolith
        Of the ground.

    Returns
    -------
    TemperatureMap
        Row by row as the map. 200 x 200 pixels and a year by 6 hours take about two minutes.

    Raises
    ------
    InvalidInput
        The skylines are those of a mast, the map is too wide, or has too many pixels for so many times.
    NumericalFailure
        As `temperature_map`.

    Source
    ------
    As `temperature_map` and `pixel_light`.
    """
    if horizons.mast > 0.0:
        raise InvalidInput(f"ground has the skylines of mast 0 m; these are those of {horizons.mast:g} m")
    grid = horizons.grid
    views = map_views(horizons)
    sun = sky.sun @ map_axes(grid).T
    distance = np.linalg.norm(sun, axis=1)
    rows, columns = (index.ravel() for index in np.indices(grid.heights.shape))
    beam = pixel_light(horizons, rows, columns, sky, data)
    beam *= sunlight(distance, 1.0).astype(np.float32)
    cosine = (views.normals @ (sun / distance[:, None]).T).astype(np.float32)
    return temperature_map(views, regolith, sky.tdb, beam, cosine)


def _sectors(horizons: HorizonMap) -> int:
    """Directions of the skylines that are kept: all, or every so many, at least 72 where there are as many."""
    count = horizons.grid_azimuth.size
    return next(count // skip for skip in range(max(count // 72, 1), 0, -1) if count % skip == 0)


def _skylines(horizons: HorizonMap) -> Array:
    """Skylines (n, m, K) [rad] against the tangent plane of the map's middle."""
    grid: GnomonicGrid = horizons.grid
    skip = horizons.grid_azimuth.size // _sectors(horizons)
    azimuth = horizons.grid_azimuth[::skip]
    x, y = np.meshgrid(grid.x, grid.y)
    outwards = (x[..., None] * np.sin(azimuth) + y[..., None] * np.cos(azimuth)) / grid.projection.radius
    local = np.moveaxis(horizons.centidegrees[::skip].astype(np.float64) * CENTIDEGREE, 0, -1)
    return np.asarray(np.clip(local - outwards, -0.5 * np.pi, 0.5 * np.pi))
