"""Maps from the field's files: PDS3 images, GeoTIFF, JPEG 2000 with a label; whole or a window of them."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np

from moonstead.formats.geotiff import GeoTiff, open_geotiff
from moonstead.formats.pds_image import PdsImage, open_pds_image
from moonstead.formats.raster_map import RasterMap
from moonstead.formats.raster_map_header import RasterHeader
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, MissingData

__all__ = ["raster_header", "read_heights", "read_raster"]

TIFF_MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
JP2_MAGIC = b"\0\0\0\x0cjP  "
JP2_CODESTREAM = b"\xff\x4f\xff\x51"
LOWEST, HIGHEST = -12_000.0, 12_500.0  # [m] the Moon goes from -9.2 to +10.8 km: Smith et al. (2010)
SMALLEST_RADIUS, LARGEST_RADIUS = 1.6e6, 1.9e6  # [m] between them lie all of the Moon's radii
KILOMETRES_BELOW = 12.0  # heights in km are smaller than this
WIDE = 10_000.0  # [m] no ground of the Moon this wide lies within 12 m of its sphere


def raster_header(path: str | os.PathLike[str]) -> RasterHeader:
    """What a map's file says of itself, without its values.

    Parameters
    ----------
    path : path
        A GeoTIFF, a PDS3 label or the image that it describes (IMG, JP2).

    Returns
    -------
    RasterHeader
        Projection, pixels, unit and meaning.

    Raises
    ------
    MissingData
        There is no such file, its label or image is missing, or rasterio is needed and not installed.
    InvalidInput
        It is no map of the Moon that can be read; the message says why and what to do.
    """
    return _opened(path).header


def read_raster(path: str | os.PathLike[str], window: tuple[float, float, float, float] | None = None) -> RasterMap:
    """A map, or a window of it: only the blocks of the file that the window touches come into memory.

    Parameters
    ----------
    path : path
        A GeoTIFF, a PDS3 label or the image that it describes (IMG, JP2).
    window : (left, bottom, right, top) [m] or None
        Map coordinates, as `raster_header` gives them; every pixel that it touches is read. None for the whole map.

    Returns
    -------
    RasterMap
        Values in SI, holes NaN. Where the file and the product's name say no unit, the unit is empty.

    Raises
    ------
    MissingData
        There is no such file, its label or image is missing, or rasterio is needed and not installed.
    InvalidInput
        It is no map of the Moon that can be read, or the window lies outside it.
    """
    source = _opened(path)
    header = source.header
    part = header.window(window)
    return RasterMap(
        header.name,
        source.read(part),
        header.projection,
        header.x + part.column * header.spacing,
        header.y - part.row * header.spacing,
        header.spacing,
        header.unit,
        header.frame,
        header.source,
        header.path,
        header.meaning,
    )


def read_heights(path: str | os.PathLike[str], window: tuple[float, float, float, float] | None = None) -> RasterMap:
    """Heights of a terrain map, or of a window of it, above the map's sphere.

    Where neither the file nor the product's name say a unit, real numbers are taken for metres, as published lunar
    terrain has them, unless they look like something else.

    Parameters
    ----------
    path : path
        A GeoTIFF, a PDS3 label or the image that it describes (IMG, JP2).
    window : (left, bottom, right, top) [m] or None
        Map coordinates; None for the whole map.

    Returns
    -------
    RasterMap
        In metres, holes NaN.

    Raises
    ------
    MissingData
        There is no such file, its label or image is missing, or rasterio is needed and not installed.
    InvalidInput
        As `read_raster`; or the values are no heights: another unit, distances from the Moon's centre, kilometres,
        integers of an unknown step, or nothing but holes.
    """
    source = _opened(path)
    header, stated = source.header, source.header.unit
    if stated not in ("m", ""):
        raise InvalidInput(f"{header.path}: {header.meaning} in [{stated}], not heights; give a terrain map in metres")
    if stated == "" and source.dtype.kind in "iu" and (source.factor, source.shift) == (1.0, 0.0):
        raise InvalidInput(
            f"{header.path}: integers without a scale or a unit; heights may be counted in whole or half metres. Write "
            f"the scale into the file, for example: gdal_edit.py -scale 0.5 -units m {header.path.name}"
        )
    found = read_raster(path, window)
    _require_heights(found, bool(stated))
    meaning = f"height above the sphere of {found.projection.radius:.10g} m"
    return found if stated else RasterMap(**{**_fields(found), "unit": "m", "meaning": meaning})


def _opened(path: str | os.PathLike[str]) -> GeoTiff | PdsImage:
    path = Path(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(64)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    if start.startswith(TIFF_MAGICS):
        return open_geotiff(path)
    is_label = path.suffix.lower() == ".lbl" or start.lstrip().startswith((b"PDS_VERSION_ID", b"CCSD3ZF"))
    if is_label or start.startswith((JP2_MAGIC, JP2_CODESTREAM)) or path.suffix.lower() in (".img", ".jp2"):
        return open_pds_image(path)
    if not start:
        raise InvalidInput(f"{path}: the file is empty; fetch it again")
    raise InvalidInput(
        f"{path}: neither GeoTIFF nor a PDS3 label or image (.lbl, .img, .jp2); it begins {start[:16]!r}"
    )


def _fields(found: RasterMap) -> dict:
    return {name: getattr(found, name) for name in RasterMap.__dataclass_fields__}


def _require_heights(found: RasterMap, stated: bool) -> None:
    """Refuse values that are no heights of the Moon's ground in metres."""
    valid = found.values[np.isfinite(found.values)]
    if valid.size == 0:
        raise InvalidInput(f"{found.path}: nothing but holes in the window that was asked for")
    low, high = float(valid.min()), float(valid.max())
    for metres, unit in ((1.0, "m"), (1e3, "km")):
        if low * metres > SMALLEST_RADIUS and high * metres < LARGEST_RADIUS:
            raise InvalidInput(
                f"{found.path}: values from {low:.10g} to {high:.10g} are distances from the Moon's centre in {unit}, "
                f"not heights; subtract {LUNAR_MAP_RADIUS / metres:g} {unit} and write the unit into the file"
            )
    if low < LOWEST or high > HIGHEST:
        raise InvalidInput(
            f"{found.path}: values from {low:.6g} to {high:.6g} m are no heights of the Moon, which goes from -9200 to "
            "+10800 m; check the unit, the scale and the number that marks holes"
        )
    rows, columns = found.shape
    wide = math.hypot(rows, columns) * found.spacing > WIDE
    if not stated and wide and 0.0 < max(abs(low), abs(high)) < KILOMETRES_BELOW:
        raise InvalidInput(
            f"{found.path}: values from {low:.4g} to {high:.4g} without a unit look like kilometres; write the unit "
            f"into the file, for example: gdal_edit.py -units km {found.path.name if found.path else 'FILE'}"
        )
