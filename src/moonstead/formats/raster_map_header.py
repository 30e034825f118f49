"""What a map's file says before its values are read: where the pixels lie and what they hold."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection

__all__ = ["PixelWindow", "RasterHeader", "require_lunar_radius"]

RADIUS_TOLERANCE = 2e-3  # lunar maps use spheres of 1736 to 1738.1 km; no other body is within one percent
SQUARE = 1e-6  # relative; products give pixel sizes with at least seven digits


@dataclass(frozen=True, slots=True)
class PixelWindow:
    """A block of pixels of a map.

    Attributes
    ----------
    row, column : int
        Its first row and column.
    rows, columns : int
        How many of each.
    """

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class RasterHeader:
    """Where the pixels of a map lie and what their values mean.

    Attributes
    ----------
    name : str
        The product's name, else the name of its file.
    rows, columns : int
        Size of the map.
    projection : MapProjection
        How map coordinates follow from latitude and longitude.
    x, y : float [m]
        Map coordinates of the centre of the pixel in row 0 and column 0.
    spacing : float [m]
        Distance between neighbouring pixels: columns go to +x, rows to -y.
    unit : str
        SI unit of the values, "1" for pure numbers, empty where the file does not say.
    frame : str
        Body-fixed frame of latitude and longitude.
    source : str
        Instrument, data set and product, as the file says.
    path : Path
        The file that holds the values.
    meaning : str
        What a value is.
    """

    name: str
    rows: int
    columns: int
    projection: MapProjection
    x: float
    y: float
    spacing: float
    unit: str
    frame: str
    source: str
    path: Path
    meaning: str

    def __post_init__(self) -> None:
        """Turn a map of the whole sphere so that every longitude lies on it: files count from 0 or from -180 deg."""
        if self.projection.kind != "equirectangular":
            return
        half_turn = math.pi * self.projection.radius * self.projection.scale
        left, _, right, _ = self.edges
        slack = 0.01 * self.spacing
        if right - left > 2.0 * half_turn + self.spacing + slack:
            raise InvalidInput(
                f"{self.path}: the map is {(right - left) / 1e3:.0f} km wide, more than once around the sphere "
                f"({2.0 * half_turn / 1e3:.0f} km); its pixel size or its radius is wrong"
            )
        if left < -half_turn - slack or right > half_turn + slack:
            middle = 0.5 * (left + right)
            turned = self.projection.longitude + middle / (self.projection.radius * self.projection.scale)
            object.__setattr__(self, "projection", replace(self.projection, longitude=turned))
            object.__setattr__(self, "x", self.x - middle)

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top edge [m] of the outermost pixels."""
        left, top = self.x - 0.5 * self.spacing, self.y + 0.5 * self.spacing
        return left, top - self.rows * self.spacing, left + self.columns * self.spacing, top

    def window(self, bounds: tuple[float, float, float, float] | None) -> PixelWindow:
        """Pixels that a rectangle of the map touches.

        Parameters
        ----------
        bounds : (left, bottom, right, top) [m] or None
            Map coordinates; what lies beyond the map is left out. None for the whole map.

        Returns
        -------
        PixelWindow
            At least one pixel.

        Raises
        ------
        InvalidInput
            The rectangle has no area or lies outside the map.
        """
        if bounds is None:
            return PixelWindow(0, 0, self.rows, self.columns)
        left, bottom, right, top = bounds
        if not (left < right and bottom < top):
            raise InvalidInput(f"a window is left < right, bottom < top [m]; got {bounds!r}")
        edges = self.edges
        first_column = max(math.floor((left - edges[0]) / self.spacing), 0)
        last_column = min(math.ceil((right - edges[0]) / self.spacing), self.columns)
        first_row = max(math.floor((edges[3] - top) / self.spacing), 0)
        last_row = min(math.ceil((edges[3] - bottom) / self.spacing), self.rows)
        if first_column >= last_column or first_row >= last_row:
            raise InvalidInput(
                f"{self.path}: the window from ({left:.0f}, {bottom:.0f}) to ({right:.0f}, {top:.0f}) m lies outside "
                f"the map, which goes from ({edges[0]:.0f}, {edges[1]:.0f}) to ({edges[2]:.0f}, {edges[3]:.0f}) m"
            )
        return PixelWindow(first_row, first_column, last_row - first_row, last_column - first_column)


def require_lunar_radius(radius: float, path: Path) -> None:
    """Refuse a map that refers to the sphere of another body.

    Parameters
    ----------
    radius : float [m]
        Radius of the map's sphere.
    path : Path
        File that the message names.

    Raises
    ------
    InvalidInput
        The radius is not the Moon's; the message names the body it looks like.
    """
    if abs(radius / LUNAR_MAP_RADIUS - 1.0) <= RADIUS_TOLERANCE:
        return
    known = {"the Earth": 6_378_137.0, "Mars": 3_396_190.0, "Mercury": 2_439_400.0, "the Moon in km": 1_737.4}
    looks = next((f", like {name}" for name, size in known.items() if abs(radius / size - 1.0) < 0.01), "")
    raise InvalidInput(
        f"{path}: the map refers to a sphere of {radius:.10g} m{looks}; lunar maps refer to 1737400 m. "
        "If the values are lunar, give the file the right coordinate system"
    )
