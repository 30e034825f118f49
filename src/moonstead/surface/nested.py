"""Terrain in levels: fine tiles around a site, coarser ones around them, the whole Moon below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.nested_ceilings import with_ceilings
from moonstead.surface.terrain import LATITUDE_ROUNDING, GlobalTerrain, slope_of
from moonstead.surface.tiles import TerrainTile, level_rows

__all__ = ["NestedTerrain", "nested_terrain"]

Array = NDArray[np.float64]

ALONG_EDGE = 9  # points along each side of a tile that are asked whether the level below holds them


@dataclass(frozen=True, eq=False)
class NestedTerrain:
    """Terrain in levels. At every point the finest level that has data wins; holes show the level below.

    Each level is sampled on its own pixels in its own map projection: nothing is resampled or blended. Made by
    `nested_terrain`, which checks that the levels belong together.

    Attributes
    ----------
    tiles : tuple of TerrainTile
        The finest first.
    base : GlobalTerrain
        The whole Moon, below all of them.
    """

    tiles: tuple[TerrainTile, ...]
    base: GlobalTerrain

    @property
    def name(self) -> str:
        """Names of the levels, the finest first."""
        return " over ".join((*(tile.name for tile in self.tiles), self.base.name))

    @property
    def source(self) -> str:
        """Instruments and products of the levels, the finest first."""
        return "; ".join((*(tile.source for tile in self.tiles), self.base.source))

    @property
    def frame(self) -> str:
        """Body-fixed frame of latitudes and longitudes."""
        return self.base.frame

    @property
    def radius(self) -> float:
        """Radius [m] of the sphere that heights count from."""
        return self.base.radius

    @property
    def resolution(self) -> float:
        """Resolution [m] of the finest level; elsewhere ask `resolution_at`."""
        return self.tiles[0].resolution if self.tiles else self.base.resolution

    @property
    def resolutions(self) -> Array:
        """Resolution (levels,) [m] of each level, the base last."""
        return np.array([*(tile.resolution for tile in self.tiles), self.base.resolution])

    @property
    def level_names(self) -> tuple[str, ...]:
        """Name of each level, the base last."""
        return (*(tile.name for tile in self.tiles), self.base.name)

    @property
    def max_height(self) -> float:
        """Largest height [m] of any level."""
        return max((*(tile.max_height for tile in self.tiles), self.base.max_height))

    @cached_property
    def flat(self) -> NDArray[np.float32]:
        """Heights (pixels,) [m] of all tiles, one after another."""
        parts = [tile.heights.ravel() for tile in self.tiles]
        return parts[0] if len(parts) == 1 else np.concatenate([*parts, np.zeros(0, np.float32)])

    @cached_property
    def levels(self) -> Array:
        """The tiles as rows (levels, numbers) [mixed] that the kernels read."""
        return level_rows(self.tiles)

    @cached_property
    def ceilings(self) -> tuple[Array, NDArray[np.float32]]:
        """Levels as rows [mixed] that name their ceilings, and the ceilings (blocks,) [m] of all of them."""
        return with_ceilings(self.tiles, self.levels)

    def height(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Height above the sphere, bilinear between the pixel centres of the finest level that has data.

        Parameters
        ----------
        latitude, longitude : (N,) or scalar [rad]
            Points in the terrain's frame; longitude counts eastwards with any number of turns.

        Returns
        -------
        (N,) [m]
            NaN where a coordinate is not finite; a scalar pair gives an array of shape ().

        Raises
        ------
        InvalidInput
            A latitude lies beyond a pole.
        """
        out, which, lat, lon = self._found(latitude, longitude)
        low = which < 0
        out[low] = self.base.height(lat[low], lon[low])
        return out.reshape(np.broadcast_shapes(np.shape(latitude), np.shape(longitude)))

    def level_at(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.int64]:
        """Number (N,) [1] of the level that counts at latitudes [rad] and longitudes [rad]; the base is last."""
        which = self._found(latitude, longitude)[1]
        which[which < 0] = len(self.tiles)
        return which.reshape(np.broadcast_shapes(np.shape(latitude), np.shape(longitude)))

    def resolution_at(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Resolution (N,) [m] of the level whose height counts at latitudes [rad] and longitudes [rad]."""
        return self.resolutions[self.level_at(latitude, longitude)]

    def slope(self, latitude: ArrayLike, longitude: ArrayLike, baseline: float | None = None) -> Array:
        """Steepness of the ground over a baseline, from central differences to the north and to the east.

        Parameters
        ----------
        latitude, longitude : (N,) or scalar [rad]
            Points in the terrain's frame.
        baseline : float [m], optional
            Ground distance between the two ends of each difference; by default the coarsest resolution at the points.

        Returns
        -------
        (N,) [rad]
            Angle against the horizontal of the sphere. It shrinks with a longer baseline: state it with the figure.

        Raises
        ------
        InvalidInput
            The baseline is not positive.
        """
        return slope_of(self, latitude, longitude, np.max(self.resolution_at(latitude, longitude)), baseline)

    def _found(self, latitude: ArrayLike, longitude: ArrayLike) -> tuple[Array, NDArray[np.int64], Array, Array]:
        """Heights (N,) [m] of tiles, the tile's number (N,) or -1, and the points (N,) [rad] as arrays."""
        prepare()
        from moonstead.surface.nested_kernels import nested_heights_kernel

        shape = np.broadcast_shapes(np.shape(latitude), np.shape(longitude))
        lat, lon = (
            np.ascontiguousarray(np.broadcast_to(a, shape), dtype=np.float64).ravel() for a in (latitude, longitude)
        )
        beyond = np.nanmax(np.abs(lat), initial=0.0)
        if beyond > 0.5 * math.pi + LATITUDE_ROUNDING:
            raise InvalidInput(
                f"latitude must lie within pi/2 of the equator [rad]; got {float(beyond):g}; is it in degrees?"
            )
        out, which = np.empty(lat.size), np.empty(lat.size, dtype=np.int64)
        nested_heights_kernel(self.flat, self.levels, self.radius, lat, lon, out, which)
        return out, which, lat, lon


def nested_terrain(tiles: Sequence[TerrainTile], base: GlobalTerrain) -> NestedTerrain:
    """Terrain from tiles over the whole Moon, in the order of their resolution.

    Parameters
    ----------
    tiles : sequence of TerrainTile
        In any order; none is allowed.
    base : GlobalTerrain
        The whole Moon.

    Returns
    -------
    NestedTerrain
        The finest tile first.

    Raises
    ------
    InvalidInput
        A tile shares no ground with any coarser one although there is one, or its frame or sphere is not the base's.
    """
    ordered = sorted(tiles, key=lambda tile: tile.resolution)
    for tile in ordered:
        if tile.frame != base.frame or abs(tile.radius - base.radius) > 1.0:
            raise InvalidInput(
                f"terrain {tile.name} ({tile.frame}, sphere of {tile.radius:.0f} m) does not fit {base.name} "
                f"({base.frame}, {base.radius:.0f} m)"
            )
        wider = [other for other in ordered if other.resolution > 1.5 * tile.resolution]
        if wider and not any(_share_ground(tile, other) for other in wider):
            names = ", ".join(f"{other.name} (about {other.place})" for other in wider)
            raise InvalidInput(
                f"terrain {tile.name} (about {tile.place}) shares no ground with any coarser tile: {names}; "
                "tiles of one terrain must lie around one another: leave out what belongs to another place"
            )
    return NestedTerrain(tuple(ordered), base)


def _share_ground(one: TerrainTile, other: TerrainTile) -> bool:
    """Whether some point on a raster across either tile lies on the other."""
    for inner, outer in ((one, other), (other, one)):
        left, right, bottom, top = inner.extent
        x, y = np.meshgrid(np.linspace(left, right, ALONG_EDGE), np.linspace(bottom, top, ALONG_EDGE))
        if np.any(outer.covers(*inner.projection.inverse(x, y))):
            return True
    return False
