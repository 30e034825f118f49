"""Tiles of made-up ground in every projection, and plain numpy twins of how they are sampled."""

from __future__ import annotations

import math

import numpy as np

from moonstead.formats.raster_map import RasterMap
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.terrain import GlobalTerrain
from moonstead.surface.tiles import terrain_tile

SOUTH = MapProjection("polar-stereographic", -0.5 * math.pi, 0.0, LUNAR_MAP_RADIUS)


def raster(values, spacing, x, y, projection=SOUTH, **changed):
    """Map whose top left pixel centre lies at map coordinates [m]."""
    parts = {
        "name": "made up",
        "values": np.asarray(values, dtype=np.float32),
        "projection": projection,
        "x": x,
        "y": y,
        "spacing": spacing,
        "unit": "m",
        "frame": "MOON_ME",
        "source": "closed form",
        "path": None,
        "meaning": "height above the sphere of 1737400 m",
    }
    return RasterMap(**(parts | changed))


def made_tile(height, center, half_width, spacing, projection=SOUTH, **changed):
    """Tile about map coordinates [m] from a function of latitude and longitude [rad] that gives heights [m]."""
    count = round(half_width / spacing)
    axis = np.arange(-count, count + 1) * spacing
    x, y = center[0] + axis, center[1] - axis
    values = np.broadcast_to(height(*projection.inverse(x[None, :], y[:, None])), (y.size, x.size))
    return terrain_tile(raster(values, spacing, x[0], y[0], projection, **changed))


def flat_moon(height=0.0, rows=180):
    """The whole Moon at one height [m]."""
    return GlobalTerrain("flat", np.full((rows, 2 * rows), height), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")


def plain_tile_height(tile, latitude, longitude):
    """Plain numpy twin of a tile: bilinear on its own pixels, NaN outside and beside holes."""
    x, y = tile.projection.forward(latitude, longitude)
    column, row = (x - tile.x) / tile.spacing, (tile.y - y) / tile.spacing
    if tile.projection.kind == "equirectangular":
        column = np.mod(column, 2 * math.pi * tile.projection.scale * tile.radius / tile.spacing)
    rows, columns = tile.heights.shape
    with np.errstate(invalid="ignore"):
        within = (column >= 0) & (column <= columns - 1) & (row >= 0) & (row <= rows - 1)
    left = np.clip(np.floor(np.where(within, column, 0)).astype(int), 0, columns - 2)
    top = np.clip(np.floor(np.where(within, row, 0)).astype(int), 0, rows - 2)
    east, down = column - left, row - top
    grid = tile.heights.astype(float)
    upper = grid[top, left] * (1 - east) + grid[top, left + 1] * east
    lower = grid[top + 1, left] * (1 - east) + grid[top + 1, left + 1] * east
    return np.where(within, upper * (1 - down) + lower * down, np.nan)


def plain_nested_height(terrain, latitude, longitude):
    """Plain numpy twin of nested terrain: the finest level that has data wins."""
    out = terrain.base.height(latitude, longitude)
    for tile in reversed(terrain.tiles):
        found = plain_tile_height(tile, latitude, longitude)
        out = np.where(np.isfinite(found), found, out)
    return out
