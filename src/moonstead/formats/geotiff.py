"""Maps in GeoTIFF, cloud-optimised or not, read window by window; needs the extra ``geo``."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.geotiff_projection import crs_projection
from moonstead.formats.raster_map_header import SQUARE, PixelWindow, RasterHeader
from moonstead.formats.raster_map_units import physical_values, product_quantity, si_unit
from moonstead.foundation.errors import InvalidInput, MissingData

__all__ = ["GeoTiff", "open_geotiff", "read_numbers"]

CACHE_MEGABYTES = 64  # of GDAL: its default is a twentieth of the memory, kept for the life of the process
RADIUS_SHARE = 0.01  # a band's offset this near the sphere's radius is that radius


@dataclass(frozen=True, eq=False)
class GeoTiff:
    """One band of a GeoTIFF whose header was read.

    Attributes
    ----------
    header : RasterHeader
        Where its pixels lie and what they mean.
    dtype : numpy.dtype
        Type of the numbers in the file.
    factor, shift : float [as in the file]
        Value in SI is number * factor + shift.
    hole : float [as in the file] or None
        Number that marks holes.
    """

    header: RasterHeader
    dtype: np.dtype
    factor: float
    shift: float
    hole: float | None

    def read(self, window: PixelWindow) -> NDArray[np.float32]:
        """Values of a window in SI [any unit], holes NaN."""
        numbers, masked = read_numbers(self.header.path, window, (self.header.rows, self.header.columns))
        values = physical_values(numbers, self.factor, self.shift, () if self.hole is None else (self.hole,))
        if masked is not None:
            values[masked] = np.nan
        return values


def open_geotiff(path: str | os.PathLike[str]) -> GeoTiff:
    """A map in GeoTIFF; values are read later, window by window.

    Parameters
    ----------
    path : path
        The file; one band. Its coordinate system must be polar stereographic about a pole, equirectangular, gnomonic
        or plain latitude and longitude, on a sphere of the Moon.

    Returns
    -------
    GeoTiff
        With the unit that the band states, else the one of the published product that its name tells, else none.

    Raises
    ------
    MissingData
        There is no such file, or rasterio is not installed.
    InvalidInput
        It is no raster, has several bands, is turned, has oblong pixels, another body, or an unsupported projection.
    """
    path = Path(path)
    with opened(path) as source:
        if source.count != 1:
            raise InvalidInput(
                f"{path}: {source.count} bands; give a map of one band (gdal_translate -b N takes one out)"
            )
        projection, metres_each, x_shift, y_shift = crs_projection(source.crs, path)
        transform = source.transform
        if transform.b != 0.0 or transform.d != 0.0 or transform.a <= 0.0 or transform.e >= 0.0:
            raise InvalidInput(f"{path}: the map is turned or mirrored; rows must go south and columns east (gdalwarp)")
        if abs(transform.a + transform.e) > SQUARE * transform.a:
            raise InvalidInput(f"{path}: pixels of {transform.a:g} by {-transform.e:g}; they must be square (gdalwarp)")
        spacing = transform.a * metres_each
        dtype = np.dtype(source.dtypes[0])
        if dtype.kind not in "iuf":
            raise InvalidInput(f"{path}: values of type {dtype}; a map holds real numbers or integers")
        name = source.descriptions[0] or path.stem
        meaning, unit, factor, shift = _quantity(source, path, dtype, projection.radius)
        header = RasterHeader(
            path.stem,
            source.height,
            source.width,
            projection,
            transform.c * metres_each + 0.5 * spacing - x_shift,
            transform.f * metres_each - 0.5 * spacing - y_shift,
            spacing,
            unit,
            "MOON_ME",
            f"{path.name}, {name}" if name != path.stem else path.name,
            path,
            meaning,
        )
        return GeoTiff(header, dtype, factor, shift, source.nodata)


def read_numbers(path: Path, window: PixelWindow, shape: tuple[int, int]) -> tuple[NDArray, NDArray[np.bool_] | None]:
    """Numbers of a window as they stand in a raster file that GDAL knows, and which of them a mask hides.

    Parameters
    ----------
    path : Path
        The file.
    window : PixelWindow
        Which pixels.
    shape : (2,) int
        Rows and columns that the file must have.

    Returns
    -------
    numbers, masked : (rows, columns) [as in the file], (rows, columns) bool or None
        In the file's own type; no mask where the file has none of its own.

    Raises
    ------
    MissingData
        There is no such file, or rasterio is not installed.
    InvalidInput
        The file has another size, or is damaged or cut short.
    """
    with opened(path) as source:
        if (source.height, source.width) != shape:
            raise InvalidInput(
                f"{path}: {source.height} x {source.width} pixels, its label says {shape[0]} x {shape[1]}; the label "
                "belongs to another image"
            )
        from rasterio.enums import MaskFlags
        from rasterio.errors import RasterioError
        from rasterio.windows import Window

        part = Window(window.column, window.row, window.columns, window.rows)
        try:
            numbers = np.asarray(source.read(1, window=part))
            if MaskFlags.per_dataset not in source.mask_flag_enums[0]:
                return numbers, None
            return numbers, np.asarray(source.read_masks(1, window=part)) == 0
        except (RasterioError, OSError) as error:
            raise InvalidInput(
                f"{path}: its values cannot be read, the file is damaged or cut short: {error}"
            ) from error


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A raster file, open as a rasterio dataset.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    iterator of rasterio.DatasetReader
        Closed at the end of the block.

    Raises
    ------
    MissingData
        There is no such file, or rasterio is not installed.
    InvalidInput
        No driver knows the file.
    """
    try:
        import rasterio
        from rasterio.errors import NotGeoreferencedWarning, RasterioError
    except ImportError as error:
        raise MissingData(
            f"{path}: reading GeoTIFF and JPEG 2000 needs rasterio; install it with: pip install moonstead[geo]"
        ) from error
    if not path.is_file():
        raise MissingData(f"{path}: there is no such file; check the path")
    with rasterio.Env(GDAL_CACHEMAX=CACHE_MEGABYTES, GDAL_DISABLE_READDIR_ON_OPEN="TRUE"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # the place comes from the label, or is asked for
            try:
                source = rasterio.open(path)
            except (RasterioError, OSError) as error:
                raise InvalidInput(f"{path}: not a raster file that can be read: {error}") from error
        with source:
            yield source


def _quantity(source: Any, path: Path, dtype: np.dtype, radius: float) -> tuple[str, str, float, float]:
    """Meaning, SI unit, factor and shift of the numbers: value in SI = number * factor + shift."""
    scale, offset = float(source.scales[0]), float(source.offsets[0])
    known = product_quantity(path.name)
    stated = source.units[0]
    unit = si_unit(stated) if stated else None
    if stated and unit is None:
        return source.descriptions[0] or "value", str(stated), scale, offset
    if dtype.kind in "iu" and (scale, offset) == (1.0, 0.0) and unit is None:
        if known is not None and known.number_scale is not None:
            scale, offset, unit = known.number_scale, known.number_offset, known.unit
        elif known is not None:
            raise InvalidInput(
                f"{path}: integers without a scale or a unit; {known.meaning} may be counted in whole or half steps. "
                f"Write the scale into the file, for example: gdal_edit.py -scale 0.5 -units m {path.name}"
            )
    if unit is None and known is not None:
        unit = known.unit
    if unit is None:
        return source.descriptions[0] or "value", "", scale, offset
    factor, shift = scale * unit.factor, offset * unit.factor
    if unit.symbol != "m":
        return (known.meaning if known is not None else source.descriptions[0] or "value"), unit.symbol, factor, shift
    if abs(shift / radius - 1.0) < RADIUS_SHARE:  # GDAL copies OFFSET of a PDS label: then values are radii
        shift -= radius
    return f"height above the sphere of {radius:.10g} m", "m", factor, shift
