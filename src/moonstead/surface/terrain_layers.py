"""Terrain from a list of layers: files of heights over the whole Moon, as much of each as a place can see."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.raster_map import RasterMap
from moonstead.foundation.data_sets import names_a_file
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.nested import NestedTerrain, nested_terrain
from moonstead.surface.registration import require_same_ground
from moonstead.surface.terrain import LOLA_DATA_SET, load_terrain
from moonstead.surface.tiles import TerrainTile, terrain_tile

if TYPE_CHECKING:
    from moonstead.formats.raster_map_header import RasterHeader
    from moonstead.foundation.data import DataContext

__all__ = ["load_terrain_layers", "read_tile"]

REACH = 310e3  # [m] no ground further away makes a horizon: Barker et al. (2023) nest terrains this far
PIXELS_TO_EDGE = 2000  # a pixel at the edge of what is read stands 0.03 deg wide, a sixteenth of the Sun
MOST_PIXELS = 100_000_000  # 0.4 GB of heights
RING = 2  # pixels around a window, so that its edge can be interpolated

Window = tuple[float, float, float, float]


def load_terrain_layers(
    names: Sequence[str],
    data: DataContext,
    base: Path | str = ".",
    around: tuple[float, float] | None = None,
    half_width: float = 0.0,
) -> NestedTerrain:
    """Terrain from layers: files of heights and the global data set below them.

    Parameters
    ----------
    names : sequence of str
        Paths of GeoTIFF, PDS3 or JPEG 2000 files, and ``"lola-8ppd"``, in any order.
    data : DataContext
        Where the global data set comes from.
    base : path
        Folder that relative paths start from.
    around : (latitude, longitude) [rad], optional
        Place whose surroundings are needed. Of each file only what lies within 310 km and 2000 of its pixels is read,
        and every file must hold the place. Left out, files are read whole.
    half_width : float [m]
        How far from the place targets lie, to be added to those distances.

    Returns
    -------
    NestedTerrain
        The finest level first.

    Raises
    ------
    InvalidInput
        The global layer is not among the names, a file holds no heights of the Moon or not the place, has no height
        there, is too large to be read whole, shares no ground with the others, or does not show the same ground as
        the level below it.
    MissingData
        A file or data set is not there, or a reader is not installed.

    Source
    ------
    Nesting and its reach: Mazarico et al. (2011), Icarus 211, 1066, doi:10.1016/j.icarus.2010.10.030; Barker et al.
    (2023), PSJ 4, 183, doi:10.3847/PSJ/acf3e1.
    """
    files = [Path(base, name) for name in names if names_a_file(name)]
    others = [name for name in names if not names_a_file(name)]
    if others != [LOLA_DATA_SET]:
        given = ", ".join(names) or "nothing"
        raise InvalidInput(
            f"terrain needs the layer {LOLA_DATA_SET!r} once, the widest, and files above it; got {given}: without a "
            "far ring every distant ridge would be missing"
        )
    repeated = [path for place, path in enumerate(files) if path in files[:place]]
    if repeated:
        raise InvalidInput(f"terrain {repeated[0]} is named twice; leave one out")
    tiles = [read_tile(path, around, half_width) for path in files]
    terrain = nested_terrain(tiles, load_terrain(data))
    require_same_ground(terrain)
    return terrain


def read_tile(path: Path, around: tuple[float, float] | None = None, half_width: float = 0.0) -> TerrainTile:
    """Terrain of one file, or of the part of it that matters at a place.

    Parameters
    ----------
    path : Path
        GeoTIFF, PDS3 label or image, JPEG 2000.
    around : (latitude, longitude) [rad], optional
        The place; left out, the whole file is read.
    half_width : float [m]
        How far from the place targets lie.

    Returns
    -------
    TerrainTile
        Heights above 1737.4 km.

    Raises
    ------
    InvalidInput
        As `load_terrain_layers`.
    MissingData
        There is no such file, or rasterio is needed and not installed.

    Source
    ------
    As `load_terrain_layers`.
    """
    from moonstead.formats.raster_map_files import raster_header, read_heights

    header = raster_header(path)
    if around is None:
        if header.rows * header.columns > MOST_PIXELS:
            raise InvalidInput(
                f"terrain {path.name} has {header.rows} x {header.columns} pixels, more than {MOST_PIXELS:.0e}; say "
                "around which place it is needed"
            )
        return terrain_tile(read_heights(path))
    parts = [read_heights(path, window) for window in _windows(header, around, half_width)]
    tile = terrain_tile(parts[0] if len(parts) == 1 else _side_by_side(parts, header))
    where = f"{math.degrees(around[0]):.4f} {math.degrees(around[1]):.4f} deg"
    if not tile.covers(*around):
        raise InvalidInput(
            f"terrain {path.name} lies about {tile.place} and does not hold the site at {where}; leave it out, or take "
            "the tile of this site"
        )
    if not math.isfinite(float(tile.height(*around))):
        raise InvalidInput(
            f"terrain {path.name} has a hole at the site, {where}, and no height at {tile.hole_fraction:.2%} of its "
            "pixels; move the site, or leave this file out"
        )
    return tile


def _windows(header: RasterHeader, around: tuple[float, float], half_width: float) -> list[Window]:
    """Rectangles [m] on the map of a file that hold what matters at a place; two where its edge lies between."""
    projection = header.projection
    x, y = (float(a) for a in projection.forward(*around))
    reach = half_width + min(REACH, PIXELS_TO_EDGE * header.spacing)
    left, _, right, _ = header.edges
    ring = RING * header.spacing
    if projection.kind != "equirectangular":
        from_center = math.atan2(math.hypot(x, y), projection.radius) + reach / projection.radius
        grown = reach * projection.scale / math.cos(min(from_center, 1.2)) ** 2 + ring
        wanted = (x - grown, y - grown, x + grown, y + grown)
        if not _touches(wanted, header.edges):
            _refuse_other_place(header, around)
        return [wanted]
    farthest = abs(around[0]) + reach / projection.radius
    turn = 2.0 * math.pi * projection.radius * projection.scale
    narrow = math.cos(farthest) if farthest < 0.5 * math.pi else 0.0
    aside = reach * projection.scale / narrow + ring if narrow > 0.0 else turn
    below, above = y - reach - ring, y + reach + ring
    if 2.0 * aside >= turn:
        return [(left, below, right, above)]
    found = []
    for shift in (-turn, 0.0, turn):
        wanted = (max(x - aside + shift, left), below, min(x + aside + shift, right), above)
        if _touches(wanted, header.edges) and wanted[2] - wanted[0] > 0.5 * header.spacing:
            found.append(wanted)
    if not found:
        _refuse_other_place(header, around)
    return sorted(found, reverse=True)  # what continues across the map's edge begins on its right side


def _touches(window: Window, edges: Window) -> bool:
    return window[0] < edges[2] and window[2] > edges[0] and window[1] < edges[3] and window[3] > edges[1]


def _refuse_other_place(header: RasterHeader, around: tuple[float, float]) -> None:
    left, bottom, right, top = header.edges
    latitude, longitude = np.degrees(header.projection.inverse(0.5 * (left + right), 0.5 * (bottom + top)))
    raise InvalidInput(
        f"terrain {header.path.name} lies about {latitude:.3f} {longitude:.3f} deg, far from the site at "
        f"{math.degrees(around[0]):.4f} {math.degrees(around[1]):.4f} deg; leave it out, or take the tile of this site"
    )


def _side_by_side(parts: Sequence[RasterMap], header: RasterHeader) -> RasterMap:
    """One map of two windows, the second continuing the first across the edge of a map that goes round the Moon."""
    first, second = parts
    turn = 2.0 * math.pi * header.projection.radius * header.projection.scale
    gap = (second.x + turn - first.x) / header.spacing - first.shape[1]
    if abs(gap) > 0.01 or first.shape[0] != second.shape[0]:
        return first  # the map does not close: beyond its edge other layers go on
    values: NDArray[np.floating] = np.concatenate((first.values, second.values), axis=1)
    return replace(first, values=values)
