"""Heights of a part of the Moon, checked, on the pixels of the map that they were published on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.foundation.map_projection import MapProjection

if TYPE_CHECKING:
    from moonstead.formats.raster_map import RasterMap

__all__ = ["TerrainTile", "terrain_tile"]

Array = NDArray[np.float64]

LOWEST, HIGHEST = -10_000.0, 11_000.0  # [m] -9130 m in Antoniadi and 10 786 m at Engel'gardt, LOLA; with a margin
SAME_RADIUS = 1.0  # [m] spheres that differ by less are the same
MOON_RADII = (1_700_000.0, 1_800_000.0)  # [m] what a height in this range must be: a distance from the Moon's centre
EDGE_POINTS = 65  # along each edge, to find the cap that holds a tile
CAP_MARGIN = 1.01  # [1] of that cap, for what bulges between those points
WIDEST_CAP = math.radians(80.0)  # [rad] a wider map is treated as reaching anywhere


@dataclass(frozen=True, eq=False)
class TerrainTile:
    """Heights above the sphere of 1737.4 km on square pixels of a map, bilinear between pixel centres.

    Made by `terrain_tile`, which checks what the numbers mean.

    Attributes
    ----------
    name : str
        What reports call it.
    heights : (rows, columns) float32 [m]
        Above the sphere; row 0 is on top; NaN where there is none.
    projection : MapProjection
        How map coordinates follow from latitude and longitude.
    x, y : float [m]
        Map coordinates of the pixel centre in row 0 and column 0.
    spacing : float [m]
        Of pixel centres on the map.
    frame : str
        Body-fixed frame of latitude and longitude.
    source : str
        Instrument, data set and product.
    path : Path or None
        File that it was read from.
    """

    name: str
    heights: NDArray[np.float32]
    projection: MapProjection
    x: float
    y: float
    spacing: float
    frame: str
    source: str
    path: Path | None

    @property
    def radius(self) -> float:
        """Radius [m] of the sphere."""
        return self.projection.radius

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Map coordinates [m] of the outermost pixel centres: left, right, bottom, top."""
        rows, columns = self.heights.shape
        return self.x, self.x + (columns - 1) * self.spacing, self.y - (rows - 1) * self.spacing, self.y

    @property
    def is_round(self) -> bool:
        """Whether the columns go round the whole sphere."""
        return self.period > 0.0 and self.heights.shape[1] > self.period - 0.5

    @property
    def period(self) -> float:
        """Columns [1] that go around the sphere on an equirectangular map; 0 for other maps."""
        if self.projection.kind != "equirectangular":
            return 0.0
        return 2.0 * math.pi * self.radius * self.projection.scale / self.spacing

    @cached_property
    def center(self) -> tuple[float, float]:
        """Latitude and longitude [rad] of the middle."""
        left, right, bottom, top = self.extent
        latitude, longitude = self.projection.inverse(0.5 * (left + right), 0.5 * (bottom + top))
        return float(latitude), float(longitude)

    @property
    def place(self) -> str:
        """Middle of the tile as messages print it."""
        latitude, longitude = self.center
        return f"{math.degrees(latitude):.3f} {math.degrees(longitude):.3f} deg"

    @cached_property
    def cap(self) -> tuple[Array, float]:
        """Cap of the sphere that holds the tile: unit vector (3,) [1] of its middle and angular radius [rad]."""
        left, right, bottom, top = self.extent
        middle = unit_vector(*self.center)
        if self.period > 0.0 and right - left > 0.25 * self.period * self.spacing:
            return middle, math.pi
        share = np.linspace(0.0, 1.0, EDGE_POINTS)
        x = np.concatenate(
            (left + share * (right - left),) * 2 + (np.full(share.size, left), np.full(share.size, right))
        )
        y = np.concatenate(
            (np.full(share.size, bottom), np.full(share.size, top)) + (bottom + share * (top - bottom),) * 2
        )
        edge = unit_vector(*self.projection.inverse(x, y))
        arc = CAP_MARGIN * float(np.max(np.arctan2(np.linalg.norm(np.cross(edge, middle), axis=-1), edge @ middle)))
        return middle, arc if arc < WIDEST_CAP else math.pi

    @cached_property
    def shrink(self) -> tuple[float, float]:
        """Least ground distance per map distance [m/m] along x and along y, anywhere in the cap."""
        middle, arc = self.cap
        projection = self.projection
        if projection.kind == "equirectangular":
            farthest = min(abs(self.center[0]) + arc, 0.5 * math.pi)
            return min(1.0, math.cos(farthest) / projection.scale), 1.0
        from_center = float(np.arccos(np.clip(middle @ unit_vector(projection.latitude, projection.longitude), -1, 1)))
        cosine = math.cos(min(from_center + arc, math.pi))
        if projection.kind == "polar-stereographic":
            least = 0.5 * (1.0 + cosine) / projection.scale
        else:
            least = max(cosine, 0.0) ** 2
        return least, least

    @cached_property
    def resolution(self) -> float:
        """Distance [m] on the ground between two rows of pixels, in the middle of the tile."""
        if self.projection.kind == "equirectangular":
            return self.spacing
        middle = unit_vector(*self.center)
        cosine = float(middle @ unit_vector(self.projection.latitude, self.projection.longitude))
        if self.projection.kind == "polar-stereographic":
            return self.spacing * 0.5 * (1.0 + cosine) / self.projection.scale
        return self.spacing * cosine**1.5  # the mean of the gnomonic map's scales, across and along

    @cached_property
    def hole_fraction(self) -> float:
        """Share [1] of pixels without a height."""
        return float(np.mean(np.isnan(self.heights)))

    @property
    def hole_remark(self) -> str:
        """Sentence on how much is missing and where most of it is; empty where nothing is."""
        if self.hole_fraction == 0.0:
            return ""
        missing = np.isnan(self.heights)
        rows, columns = np.flatnonzero(missing.any(axis=1)), np.flatnonzero(missing.any(axis=0))
        x = self.x + 0.5 * (columns[0] + columns[-1]) * self.spacing
        y = self.y - 0.5 * (rows[0] + rows[-1]) * self.spacing
        latitude, longitude = np.degrees(self.projection.inverse(x, y))
        return (
            f"Terrain {self.name} has no height at {self.hole_fraction:.2%} of its pixels, about {latitude:.3f} "
            f"{longitude:.3f} deg; coarser terrain shows there."
        )

    @cached_property
    def max_height(self) -> float:
        """Largest height [m]."""
        return float(np.nanmax(self.heights))

    def height(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Height (N,) [m] at latitudes (N,) [rad] and longitudes (N,) [rad]; NaN outside and beside holes."""
        prepare()
        from moonstead.surface.nested_kernels import nested_heights_kernel

        shape = np.broadcast_shapes(np.shape(latitude), np.shape(longitude))
        points = [
            np.ascontiguousarray(np.broadcast_to(a, shape), dtype=np.float64).ravel() for a in (latitude, longitude)
        ]
        out, which = np.empty(points[0].size), np.empty(points[0].size, dtype=np.int64)
        nested_heights_kernel(self.heights.ravel(), level_rows([self]), self.radius, *points, out, which)
        return out.reshape(shape)

    def covers(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]:
        """Whether latitudes [rad] and longitudes [rad] lie (N,) [1] between the outermost pixels, holes or not."""
        column, row = self.pixel(latitude, longitude)
        rows, columns = self.heights.shape
        with np.errstate(invalid="ignore"):
            return (column >= 0.0) & (column <= columns - 1.0) & (row >= 0.0) & (row <= rows - 1.0)

    def pixel(self, latitude: ArrayLike, longitude: ArrayLike) -> tuple[Array, Array]:
        """Column and row (N,) [pixel] of latitudes [rad] and longitudes [rad]; NaN where the map cannot show one."""
        x, y = self.projection.forward(latitude, longitude)
        column = (x - self.x) / self.spacing
        if self.period > 0.0:
            column = np.mod(column, self.period)
        return column, (self.y - y) / self.spacing

    def coordinates(self, step: int = 1) -> tuple[Array, Array]:
        """Latitude and longitude (rows, columns) [rad] of every `step`-th pixel centre [pixel]."""
        rows, columns = self.heights.shape
        x = self.x + np.arange(0, columns, step) * self.spacing
        y = self.y - np.arange(0, rows, step) * self.spacing
        return self.projection.inverse(x[None, :], y[:, None])


def terrain_tile(raster: RasterMap) -> TerrainTile:
    """Terrain from a map of heights that was read from a file.

    Parameters
    ----------
    raster : RasterMap
        Heights [m] above the sphere of 1737.4 km in ``MOON_ME``, holes NaN.

    Returns
    -------
    TerrainTile
        A copy in single precision, good to 0.5 mm; closed where the columns of the map go round the Moon.

    Raises
    ------
    InvalidInput
        The map is not of heights in metres, has another sphere or frame, holds radii or what cannot be heights of
        the Moon, or nothing at all.
    """
    _refuse_other_ground(raster)
    heights = np.array(raster.values, dtype=np.float32)
    unknown = ~np.isfinite(heights)
    count = heights.size - int(np.count_nonzero(unknown))
    if min(heights.shape) < 2 or not count:
        raise InvalidInput(
            f"{_called(raster)} has {count} heights on {heights.shape[0]} x {heights.shape[1]} pixels; "
            "terrain needs 2 x 2 or more"
        )
    heights[unknown] = np.nan
    lowest, highest = float(np.nanmin(heights)), float(np.nanmax(heights))
    if MOON_RADII[0] <= lowest <= highest <= MOON_RADII[1]:
        raise InvalidInput(
            f"{_called(raster)} holds values from {lowest:.0f} to {highest:.0f} m: radius instead of height, distances "
            f"from the Moon's centre; subtract {LUNAR_MAP_RADIUS:.0f} m"
        )
    if lowest < LOWEST or highest > HIGHEST:
        raise InvalidInput(
            f"{_called(raster)} holds values from {lowest:g} to {highest:g} m; heights of the Moon lie between "
            f"{LOWEST:.0f} and {HIGHEST:.0f} m above 1737.4 km: wrong unit, or a value that marks holes?"
        )
    tile = TerrainTile(
        raster.name,
        heights,
        raster.projection,
        raster.x,
        raster.y,
        raster.spacing,
        raster.frame,
        raster.source,
        raster.path,
    )
    if tile.is_round:
        heights = np.concatenate((heights[:, : round(tile.period)], heights[:, :1]), axis=1)
    heights = np.ascontiguousarray(heights)
    heights.flags.writeable = False
    return TerrainTile(
        raster.name,
        heights,
        raster.projection,
        raster.x,
        raster.y,
        raster.spacing,
        raster.frame,
        raster.source,
        raster.path,
    )


def _refuse_other_ground(raster: RasterMap) -> None:
    if raster.unit != "m":
        raise InvalidInput(
            f"{_called(raster)} is in {raster.unit!r} ({raster.meaning}), not heights in metres; terrain needs "
            "a map of heights above the sphere of 1737.4 km"
        )
    if raster.frame != "MOON_ME":
        raise InvalidInput(
            f"{_called(raster)} is in the frame {raster.frame}; terrain needs MOON_ME, as lunar maps have"
        )
    if abs(raster.projection.radius - LUNAR_MAP_RADIUS) > SAME_RADIUS:
        raise InvalidInput(
            f"{_called(raster)} is drawn on a sphere of {raster.projection.radius:.0f} m; terrain of the Moon needs "
            f"{LUNAR_MAP_RADIUS:.0f} m: is it a map of another body?"
        )


def _called(raster: RasterMap) -> str:
    return f"terrain {raster.path.name if raster.path is not None else raster.name}"


def unit_vector(latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Unit vectors of points on the sphere.

    Parameters
    ----------
    latitude, longitude : (...) [rad]
        Points.

    Returns
    -------
    (..., 3) [1]
        In the body-fixed frame: x to the prime meridian, z to the north.

    Source
    ------
    Definition of planetocentric latitude and east longitude: Archinal et al. (2018), doi:10.1007/s10569-017-9805-5.
    """
    outward = np.cos(latitude)
    return np.stack((outward * np.cos(longitude), outward * np.sin(longitude), np.sin(latitude)), axis=-1)


def level_rows(tiles: list[TerrainTile] | tuple[TerrainTile, ...]) -> Array:
    """Tiles as the kernels of nested terrain read them.

    Parameters
    ----------
    tiles : sequence of TerrainTile
        In the order of their heights in one array.

    Returns
    -------
    (levels, numbers) [mixed]
        A row for each tile; columns as `nested_kernels` names them, those of ceilings still zero.

    Source
    ------
    Snyder (1987), doi:10.3133/pp1395, equations 21-4, 22-4 and 12-1, written for unit vectors.
    """
    prepare()
    from moonstead.surface import nested_kernels as k

    rows = np.zeros((len(tiles), k.WIDTH))
    first = 0
    for row, tile in zip(rows, tiles, strict=True):
        projection = tile.projection
        axis = unit_vector(projection.latitude, projection.longitude)
        east = np.array([-math.sin(projection.longitude), math.cos(projection.longitude), 0.0])
        row[k.RIGHT : k.RIGHT + 3], row[k.UP : k.UP + 3], row[k.AXIS : k.AXIS + 3] = east, np.cross(axis, east), axis
        stereographic = projection.kind == "polar-stereographic"
        row[k.STRETCH] = projection.radius * (2.0 * projection.scale if stereographic else 1.0)
        row[k.OFFSET] = 1.0 if stereographic else 0.0
        row[k.X], row[k.Y], row[k.SPACING] = tile.x, tile.y, tile.spacing
        row[k.ROWS], row[k.COLUMNS], row[k.FIRST] = *tile.heights.shape, first
        row[k.PERIOD] = tile.period
        row[k.LATITUDE], row[k.LONGITUDE] = projection.latitude, projection.longitude
        row[k.SHRINK_X], row[k.SHRINK_Y] = tile.shrink
        middle, arc = tile.cap
        row[k.CAP : k.CAP + 3], row[k.CAP_COSINE] = middle, math.cos(arc) if arc < math.pi else -2.0
        first += tile.heights.size
    return rows
