"""Heights on square pixels of a gnomonic map, where every great circle is a straight line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection

if TYPE_CHECKING:
    from moonstead.surface.terrain import Ground

__all__ = ["GnomonicGrid", "gnomonic_grid"]

Array = NDArray[np.float64]

WIDEST = math.radians(45.0)  # [rad] from the centre to an edge; there a pixel is already half as large on the ground
MOST_PIXELS = 100_000_000  # 0.4 GB of heights
ROWS_AT_ONCE = 64  # rows that are sampled in one go, so that coordinates never take more room than the heights
SAME_SPACING = 1e-6  # [1] spacings that differ by less, relative, are rounding


@dataclass(frozen=True, eq=False)
class GnomonicGrid:
    """Heights at the pixel centres of a gnomonic map: sweeps along its lines keep the sphere's curvature exact.

    Attributes
    ----------
    projection : MapProjection
        Gnomonic, on the terrain's sphere.
    x : (m,) [m]
        Map coordinates of the columns, rising.
    y : (n,) [m]
        Map coordinates of the rows, falling: row 0 is on top.
    heights : (n, m) float32 [m]
        Above the projection's sphere; no holes.
    spacing : float [m]
        Of the pixels on the map, the same in x and y; true on the ground at the centre.
    frame : str
        Body-fixed frame of the projection's latitudes and longitudes.
    name : str
        What reports call it.

    Raises
    ------
    InvalidInput
        The projection is not gnomonic, the shapes do not fit together, the axes are not equally spaced in their
        direction, or a height is not finite.
    """

    projection: MapProjection
    x: Array
    y: Array
    heights: NDArray[np.float32]
    spacing: float
    frame: str
    name: str

    def __post_init__(self) -> None:
        if self.projection.kind != "gnomonic":
            raise InvalidInput(f"grid {self.name}: a gnomonic grid needs a gnomonic map; got {self.projection.kind}")
        for name, sign in (("x", 1.0), ("y", -1.0)):
            axis = np.array(getattr(self, name), dtype=np.float64)
            if axis.ndim != 1 or axis.size < 2:
                raise InvalidInput(f"grid {self.name}: axis {name} needs 2 values or more; its shape is {axis.shape}")
            tolerance = SAME_SPACING * abs(self.spacing)
            if not (self.spacing > 0.0 and np.all(np.abs(sign * np.diff(axis) - self.spacing) <= tolerance)):
                way = "rise" if sign > 0.0 else "fall"
                raise InvalidInput(f"grid {self.name}: axis {name} must {way} in steps of {self.spacing!r} m")
            axis.flags.writeable = False
            object.__setattr__(self, name, axis)
        heights = np.ascontiguousarray(self.heights, dtype=np.float32)
        if heights.shape != (self.y.size, self.x.size):
            raise InvalidInput(
                f"grid {self.name}: heights of shape {heights.shape} do not fit {self.y.size} rows and "
                f"{self.x.size} columns"
            )
        if not np.all(np.isfinite(heights)):
            raise InvalidInput(f"grid {self.name}: {int(np.sum(~np.isfinite(heights)))} heights are not finite")
        heights = heights.view()
        heights.flags.writeable = False
        object.__setattr__(self, "heights", heights)

    def coordinates(self) -> tuple[Array, Array]:
        """Latitude and longitude (n, m) [rad] of the pixel centres."""
        return self.projection.inverse(self.x[None, :], self.y[:, None])


def gnomonic_grid(
    terrain: Ground, latitude: float, longitude: float, half_width: float, spacing: float
) -> GnomonicGrid:
    """Heights of a terrain on a square gnomonic map about a point.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        Ground; sampled bilinearly at every pixel centre, never smoothed: choose a spacing near its resolution.
    latitude, longitude : float [rad]
        Centre of the map in the terrain's frame. At a pole the longitude points down (north) or up (south).
    half_width : float [m]
        From the centre to the outermost pixel centres, rounded to a whole number of pixels.
    spacing : float [m]
        Of the pixels.

    Returns
    -------
    GnomonicGrid
        An odd number of rows and columns; the middle pixel lies on the centre.

    Raises
    ------
    InvalidInput
        A number is not finite or out of its range, an edge lies more than 45 degrees away, there would be more
        than 100 million pixels, or the terrain has no height at some of them.

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, section 22, doi:10.3133/pp1395.
    """
    projection = MapProjection("gnomonic", latitude, longitude, terrain.radius)
    widest = terrain.radius * math.tan(WIDEST)
    if not 0.0 < spacing <= half_width <= widest:
        raise InvalidInput(
            f"a grid needs 0 < spacing <= half_width <= {widest:.0f} m; got {spacing!r} m and {half_width!r} m"
        )
    count = round(half_width / spacing)
    if (2 * count + 1) ** 2 > MOST_PIXELS:
        raise InvalidInput(
            f"{2 * count + 1} x {2 * count + 1} pixels are more than {MOST_PIXELS:.0e}; take a coarser spacing than "
            f"{spacing:g} m or a smaller half_width than {half_width:g} m"
        )
    axis: Array = float(spacing) * np.arange(-count, count + 1, dtype=np.float64)
    heights = np.empty((axis.size, axis.size), dtype=np.float32)
    for top in range(0, axis.size, ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        heights[rows] = terrain.height(*projection.inverse(axis[None, :], -axis[rows, None]))
    holes = int(np.sum(~np.isfinite(heights)))
    if holes:
        raise InvalidInput(
            f"terrain {terrain.name} has no height at {holes} of {heights.size} pixels of the map about "
            f"latitude {math.degrees(latitude):.4f}, longitude {math.degrees(longitude):.4f} deg; "
            "put a wider terrain below it or take a smaller map"
        )
    return GnomonicGrid(projection, axis, -axis, heights, float(spacing), terrain.frame, terrain.name)
