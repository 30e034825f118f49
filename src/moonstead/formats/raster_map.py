"""One band of a map on square pixels, as a file gives it, in SI units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.map_projection import MapProjection

__all__ = ["RasterMap"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RasterMap:
    """Values on the square pixels of a map projection. Holes are NaN.

    Attributes
    ----------
    name : str
        What reports call it: the product's name, else the name of its file.
    values : (rows, columns) float32 or float64 [any unit]
        One value for each pixel, in `unit`; row 0 is the top-most, column 0 the left-most.
    projection : MapProjection
        How map coordinates follow from latitude and longitude.
    x, y : float [m]
        Map coordinates of the centre of the pixel in row 0 and column 0.
    spacing : float [m]
        Distance between neighbouring pixels on the map, the same along both axes: columns go to +x, rows to -y.
    unit : str
        SI unit of the values, "1" for pure numbers.
    frame : str
        Body-fixed frame of latitude and longitude.
    source : str
        Instrument, data set and product, as the file says.
    path : Path or None
        Where it was read from.
    meaning : str
        What a value is, such as "height above the sphere of 1737400 m".
    """

    name: str
    values: NDArray[np.floating]
    projection: MapProjection
    x: float
    y: float
    spacing: float
    unit: str
    frame: str
    source: str
    path: Path | None
    meaning: str

    def __post_init__(self) -> None:
        values = np.asarray(self.values)
        if values.ndim != 2 or values.size == 0 or values.dtype.kind != "f":
            raise InvalidInput(
                f"map {self.name}: values must be floats in rows and columns; got {values.dtype} of {values.shape}"
            )
        if not self.spacing > 0.0:
            raise InvalidInput(f"map {self.name}: the spacing of pixels must be positive [m]; got {self.spacing!r}")

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns [1]."""
        rows, columns = np.shape(self.values)
        return rows, columns

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top edge [m] of the outermost pixels."""
        rows, columns = self.shape
        left, top = self.x - 0.5 * self.spacing, self.y + 0.5 * self.spacing
        return left, top - rows * self.spacing, left + columns * self.spacing, top

    def pixel(self, latitude: ArrayLike, longitude: ArrayLike) -> tuple[Array, Array]:
        """Row and column [pixel] of latitudes [rad] and longitudes [rad]; whole numbers are centres of pixels."""
        x, y = self.projection.forward(latitude, longitude)
        return (self.y - y) / self.spacing, (x - self.x) / self.spacing
