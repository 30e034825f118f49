"""Compile what the surface needs once, so that the first real call is not slow."""

from __future__ import annotations

import numpy as np

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.formats.raster_map import RasterMap
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.gnomonic_grid import gnomonic_grid
from moonstead.surface.ground_heat import ground_heat
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.horizon_map import horizon_map
from moonstead.surface.light import sun_fraction
from moonstead.surface.light_interval import light_interval
from moonstead.surface.light_map import light_map, pixel_light
from moonstead.surface.light_series import light_series
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.nested import nested_terrain
from moonstead.surface.regolith import HIGHLAND
from moonstead.surface.terrain import GlobalTerrain
from moonstead.surface.tiles import terrain_tile
from moonstead.surface.view_factors import ground_views

__all__ = ["warm_up"]


def warm_up(data: DataContext) -> None:
    """Run every kernel of the surface on a grid of 18 rows; the compiled code stays in numba's cache.

    Parameters
    ----------
    data : DataContext
        Where ephemeris and orientation come from; their kernels are run as well.
    """
    flat = GlobalTerrain("flat", np.zeros((18, 36)), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
    horizon = horizon_profile(flat, 0.0, 0.0, 2.0, azimuth_count=4, reach=4e5)
    map_of_it = MapProjection("gnomonic", 0.0, 0.0, LUNAR_MAP_RADIUS)
    heights = np.zeros((20, 20), dtype=np.float32)
    raster = RasterMap("flat", heights, map_of_it, -9.5e3, 9.5e3, 1e3, "m", "MOON_ME", "closed form", None, "height")
    horizon_profile(nested_terrain([terrain_tile(raster)], flat), 0.0, 0.0, 2.0, azimuth_count=4, reach=4e5)
    site = SurfacePoint("flat", "MOON", MOON_ME, 0.0, 0.0)
    sun_fraction(site, horizon, np.array([0.0, 1e6]), data)
    sky = moon_sky([0.0, 1e6], data)
    light_series(site, horizon, sky, data)
    finer = GlobalTerrain("flat", np.zeros((180, 360)), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
    light_interval(finer, 0.0, 0.0, 2.0, sky, data, horizon=horizon, members=2)
    levels = [
        gnomonic_grid(flat, 0.0, 0.0, half_width, spacing) for half_width, spacing in ((1.2e5, 1e3), (2.4e5, 2e3))
    ]
    horizons = horizon_map(levels, 8, rows=(119, 121), columns=(119, 121))
    light_map(horizons, sky, data)
    pixel_light(horizons, [0], [0], sky, data)
    ground_heat(HIGHLAND, np.array([0.0, 1e6]), np.array([300.0, 300.0]), tolerance=100.0)
    ground_views(np.diag([0.0, 10.0, 0.0]), 10.0)
