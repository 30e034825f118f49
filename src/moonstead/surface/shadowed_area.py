"""How much ground of a region never sees the Sun, and how much more finer terrain may find."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.horizon_map import horizon_map
from moonstead.surface.horizon_map_levels import horizon_levels, target_window
from moonstead.surface.local_map import from_map
from moonstead.surface.nested import NestedTerrain
from moonstead.surface.shadowed_regions import SunEnvelope, pixel_areas, shadow_map

if TYPE_CHECKING:
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["ShadowedArea", "shadowed_area"]

Array = NDArray[np.float64]

FINEST = 20.0  # [m] pixels of the finest maps of shadow that are published
PIXELS_PER_CELL = 4  # of the map in one cell of the terrain


@dataclass(frozen=True, eq=False)
class ShadowedArea:
    """Permanently shadowed ground of a square region, or of the part of it poleward of a parallel.

    Attributes
    ----------
    grid : GnomonicGrid
        The pixels.
    shadowed : (n, m) of bool
        True where the Sun never shines on the terrain as it is.
    inside : (n, m) of bool
        Pixels that count.
    area, total : float [m^2]
        Shadowed area on the terrain as it is, and area of all pixels that count.
    interval : (2,) [m^2]
        From the area as it is to what it becomes where each halving of the terrain's pixels down to 20 m adds as much
        as the last one did.
    gain : float [m^2]
        What the last halving added.
    resolution : float [m]
        Coarsest of the terrain in the region.
    """

    grid: GnomonicGrid
    shadowed: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    area: float
    total: float
    interval: tuple[float, float]
    gain: float
    resolution: float

    @property
    def meaning(self) -> str:
        """What the interval says, in one sentence."""
        return (
            "from the terrain as it is to pixels of 20 m, if each halving of the pixels adds as much shadow as the "
            "last one did; craters in equilibrium cover the same share of the ground at every size"
        )


def shadowed_area(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    half_width: float,
    envelope: SunEnvelope,
    *,
    spacing: float | None = None,
    poleward: float = 0.0,
    azimuth_count: int = 72,
) -> ShadowedArea:
    """Area of permanent shadow in a region, with what the terrain's resolution leaves open.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground.
    latitude, longitude : float [rad]
        Centre of the region.
    half_width : float [m]
        From the centre to the edges of the square.
    envelope : SunEnvelope
        Over a precession cycle.
    spacing : float [m], optional
        Of the pixels; by default a quarter of the terrain's coarsest cell in the region.
    poleward : float [rad]
        Count only pixels whose latitude is at least this far from the equator.
    azimuth_count : int
        Directions of the skylines; the Sun's ceiling between them is bounded, see `highest_limb`.

    Returns
    -------
    ShadowedArea

    Raises
    ------
    InvalidInput
        The region is smaller than four cells of the terrain, or no pixel counts.

    Source
    ------
    Method: Mazarico et al. (2011), Icarus 211, 1066, doi:10.1016/j.icarus.2010.10.030. The same share of the ground at
    every size of crater: Gault (1970), Radio Science 5, 273, doi:10.1029/RS005i002p00273; for shadows Hayne et al.
    (2021), Nature Astronomy 5, 169, doi:10.1038/s41550-020-1198-9 (recalled).
    """
    corner = half_width * np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [0.0, 0.0]])
    resolution = terrain.resolution
    if isinstance(terrain, NestedTerrain):
        places = from_map(latitude, longitude, corner[:, 0], corner[:, 1], terrain.radius)
        resolution = float(np.max(terrain.resolution_at(*places)))
    step = resolution / PIXELS_PER_CELL if spacing is None else float(spacing)
    if half_width < 2.0 * resolution:
        raise InvalidInput(
            f"a region needs four cells of the terrain ({resolution:.0f} m) or more across; got a half width of "
            f"{half_width:.0f} m"
        )
    levels = horizon_levels(terrain, latitude, longitude, half_width, step)
    window = target_window(levels[0], half_width)
    # both maps of the comparison are means over cells, so that only the cell's size tells them apart
    found = []
    for cell in (0.0, resolution, 2.0 * resolution):
        ground = [_averaged(level, cell) for level in levels]
        horizons = horizon_map(ground, azimuth_count, 0.0, *window)
        found.append(shadow_map(horizons, envelope))
        grid = horizons.grid
    inside = np.abs(grid.coordinates()[0]) >= poleward
    if not np.any(inside):
        raise InvalidInput(f"no pixel of the region lies {math.degrees(poleward):g} degrees or more from the equator")
    weight = pixel_areas(grid) * inside
    area, fine, coarse = (float(np.sum(weight * dark)) for dark in found)
    gain = max(fine - coarse, 0.0)
    halvings = max(math.log2(resolution / FINEST), 0.0)
    total = float(np.sum(weight))
    most = min(area + gain * halvings, total)
    return ShadowedArea(grid, found[0], inside, area, total, (area, most), gain, resolution)


def _averaged(grid: GnomonicGrid, cell: float) -> GnomonicGrid:
    """Map with means over square cells [m], bilinear between them; the map itself where its pixels are as large."""
    from scipy.ndimage import map_coordinates

    factor = round(cell / grid.spacing)
    if factor < 2:
        return grid
    size = len(grid.heights) // factor
    fitted = np.asarray(grid.heights[: size * factor, : size * factor], dtype=np.float64)
    means = fitted.reshape(size, factor, size, factor).mean(axis=(1, 3))
    axis = (np.arange(len(grid.heights)) - 0.5 * (factor - 1)) / factor
    heights = map_coordinates(means, np.meshgrid(axis, axis, indexing="ij"), order=1, mode="nearest")
    return replace(grid, heights=heights.astype(np.float32))
