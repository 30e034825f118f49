"""Maps of the Planetary Data System, version 3: an image (IMG or JP2) that a label describes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.pds_image_geometry import pds_geometry
from moonstead.formats.pds_label import PdsObject, read_pds_label
from moonstead.formats.raster_map_header import PixelWindow, RasterHeader
from moonstead.formats.raster_map_units import physical_values, product_quantity, si_unit
from moonstead.foundation.errors import InvalidInput, MissingData

__all__ = ["PdsImage", "open_pds_image"]

BYTE_ORDERS = {"LSB": "<", "PC": "<", "VAX": "<", "MSB": ">", "SUN": ">", "MAC": ">", "IEEE": ">", "": ">"}
HOLE_KEYWORDS = ("MISSING_CONSTANT", "CORE_NULL", "NULL", "INVALID_CONSTANT", "UNKNOWN_CONSTANT")
LOWEST_SHORT = -32768.0  # no lunar product uses it as a value; GDAL and ISIS take it for a hole where the label is mute
RADIUS_SHARE = 0.01  # an OFFSET this near the sphere's radius is that radius


@dataclass(frozen=True, eq=False)
class PdsImage:
    """An image of one band whose label was read.

    Attributes
    ----------
    header : RasterHeader
        Where its pixels lie and what they mean; its path is the image.
    dtype : numpy.dtype
        Type and byte order of the numbers.
    start : int
        Offset of the first number in the file, in bytes.
    factor, shift : float [as in the file]
        Value in SI is number * factor + shift.
    holes : (M,) [as in the file]
        Numbers that mark holes.
    """

    header: RasterHeader
    dtype: np.dtype
    start: int
    factor: float
    shift: float
    holes: tuple[float, ...]

    def read(self, window: PixelWindow) -> NDArray[np.float32]:
        """Values of a window in SI [any unit], holes NaN."""
        return physical_values(self._numbers(window), self.factor, self.shift, self.holes)

    def _numbers(self, window: PixelWindow) -> NDArray:
        header = self.header
        rows = slice(window.row, window.row + window.rows)
        columns = slice(window.column, window.column + window.columns)
        if header.path.suffix.lower() in (".jp2", ".j2k"):
            from moonstead.formats.geotiff import read_numbers

            return read_numbers(header.path, window, (header.rows, header.columns))[0]
        image = np.memmap(header.path, self.dtype, "r", self.start, (header.rows, header.columns))
        return np.array(image[rows, columns])


def open_pds_image(path: str | os.PathLike[str]) -> PdsImage:
    """A map of the PDS by its label or by its image; values are read later, window by window.

    Parameters
    ----------
    path : path
        The label (``.lbl``), or the image (``.img``, ``.jp2``) with its label in front or beside it.

    Returns
    -------
    PdsImage
        Heights where the label speaks of heights or of radii: a radius becomes the height above the map's sphere.

    Raises
    ------
    MissingData
        The label or the image is not there.
    InvalidInput
        The label is damaged, does not fit its image, or describes what is not supported; the message says what.
    """
    path = Path(path)
    label_path = _label_of(path)
    label = read_pds_label(label_path)
    image = label.find("IMAGE")
    if image is None:
        raise InvalidInput(f"{label_path}: the label has no IMAGE; it does not describe a map")
    if image.count("BANDS", 1) != 1:
        raise image.fault("BANDS", "is not 1; give a map of one band")
    if image.count("LINE_PREFIX_BYTES", 0) or image.count("LINE_SUFFIX_BYTES", 0):
        raise image.fault("LINE_PREFIX_BYTES", "or LINE_SUFFIX_BYTES is not zero; that layout is not supported")
    rows, columns = image.count("LINES"), image.count("LINE_SAMPLES")
    if rows < 1 or columns < 1:
        raise image.fault("LINES", f"and LINE_SAMPLES must be positive; they say {rows} and {columns}")
    data_path, start = _data_of(label, label_path, path)
    dtype = _dtype(image)
    compressed = data_path.suffix.lower() in (".jp2", ".j2k")
    if not compressed:
        _require_size(data_path, start, rows, columns, dtype, label)
    geometry = pds_geometry(label, rows, columns)
    meaning, unit, factor, shift = _quantity(image, data_path.name, geometry.projection.radius)
    product = _text(label, "PRODUCT_ID", data_path.stem)
    origin = ", ".join(filter(None, (_text(label, "INSTRUMENT_NAME", ""), _text(label, "DATA_SET_ID", ""), product)))
    header = RasterHeader(
        product,
        rows,
        columns,
        geometry.projection,
        geometry.x,
        geometry.y,
        geometry.spacing,
        unit,
        geometry.frame,
        origin,
        data_path,
        meaning,
    )
    return PdsImage(header, dtype, start, factor, shift, _holes(image, dtype))


def _text(label: PdsObject, keyword: str, default: str) -> str:
    holder = label.holder(keyword)
    return default if holder is None else holder.text(keyword, default)


def _label_of(path: Path) -> Path:
    """The label of an image: itself, or its neighbour of the same name."""
    if path.suffix.lower() == ".lbl":
        return path
    if not path.is_file():
        raise MissingData(f"{path}: there is no such file; check the path")
    with path.open("rb") as stream:
        if stream.read(14) == b"PDS_VERSION_ID":
            return path
    names = {f"{path.stem}.lbl".lower(), f"{path.name}.lbl".lower()}
    found = [each for each in sorted(path.parent.iterdir()) if each.name.lower() in names]
    if not found:
        raise MissingData(
            f"{path}: no label {path.stem}.lbl lies beside the image; without it neither the place nor the unit of "
            "the values is known. Fetch it from where the image came from"
        )
    return found[0]


def _data_of(label: PdsObject, label_path: Path, asked: Path) -> tuple[Path, int]:
    """The file that holds the numbers and where in it they begin [byte]."""
    compressed = label.find("COMPRESSED_FILE")
    if compressed is not None and "FILE_NAME" in compressed.values and asked.suffix.lower() != ".img":
        encoding = compressed.text("ENCODING_TYPE", "").upper()
        if "JP2" not in encoding and "JPEG" not in encoding:
            raise compressed.fault("ENCODING_TYPE", f"is {encoding}; only JP2 is supported")
        return _beside(label_path, compressed.text("FILE_NAME")), 0
    holder = label.holder("^IMAGE")
    if holder is None:
        raise InvalidInput(f"{label_path}: the label has no ^IMAGE; where its values lie is unknown")
    name, place, in_bytes = _pointed_at(holder)
    start = place - 1
    if place > 1 and not in_bytes:
        record = label.holder("RECORD_BYTES")
        if record is None:
            raise holder.fault("^IMAGE", f"points at record {place}, but the label has no RECORD_BYTES")
        start *= record.count("RECORD_BYTES")
    if name is None:
        if asked.suffix.lower() == ".lbl":
            raise holder.fault("^IMAGE", "names no file, but the label stands alone; give the image itself")
        return label_path, start
    if asked.suffix.lower() in (".jp2", ".j2k"):
        return asked, 0
    if asked != label_path and name.lower() != asked.name.lower():
        raise holder.fault("^IMAGE", f"names {name}, not {asked.name}; this label belongs to another image")
    return _beside(label_path, name), start


def _pointed_at(holder: PdsObject) -> tuple[str | None, int, bool]:
    """File of the ^IMAGE pointer, the place in it, from 1, and whether that counts bytes instead of records."""
    pointer = holder.values["^IMAGE"]
    parts = pointer.value if isinstance(pointer.value, tuple) else (pointer.value,)
    name: str | None = None
    place, in_bytes = 1, (pointer.unit or "").upper().startswith("BYTE")
    for part in parts:
        words = re.fullmatch(r"(\d+)\s*<\s*(\w+)\s*>", part) if isinstance(part, str) else None
        if words is not None:
            place, in_bytes = int(words[1]), words[2].upper().startswith("BYTE")
        elif isinstance(part, int):
            place = part
        elif isinstance(part, str) and name is None and part.strip():
            name = part
        else:
            raise holder.fault("^IMAGE", f"says {pointer.value!r}; it must name a file, a record, or both")
    if place < 1:
        raise holder.fault("^IMAGE", f"points at place {place}; places count from 1")
    return name, place, in_bytes


def _beside(label_path: Path, name: str) -> Path:
    """A file in the folder of the label, whatever the case of its name."""
    matches = [each for each in label_path.parent.iterdir() if each.name.lower() == name.lower()]
    if not matches:
        raise MissingData(
            f"{label_path}: the label's image {name} does not lie beside it; put it into {label_path.parent}"
        )
    return matches[0]


def _dtype(image: PdsObject) -> np.dtype:
    """Type of the numbers from SAMPLE_TYPE and SAMPLE_BITS."""
    kind = image.text("SAMPLE_TYPE").upper().replace(" ", "_")
    bits = image.count("SAMPLE_BITS")
    for name, letter in (("UNSIGNED_INTEGER", "u"), ("INTEGER", "i"), ("REAL", "f")):
        prefix = kind.removesuffix(name).rstrip("_")
        if kind.endswith(name) and prefix in BYTE_ORDERS and not (prefix == "VAX" and letter == "f"):
            if bits in ((32, 64) if letter == "f" else (8, 16, 32)):
                return np.dtype(f"{BYTE_ORDERS[prefix]}{letter}{bits // 8}")
            raise image.fault("SAMPLE_BITS", f"is {bits}, which {kind} does not have")
    raise image.fault("SAMPLE_TYPE", f"is {kind}; supported are integers and IEEE reals of either byte order")


def _require_size(path: Path, start: int, rows: int, columns: int, dtype: np.dtype, label: PdsObject) -> None:
    """Refuse an image that is cut short, or that its label does not describe."""
    needed, size = start + rows * columns * dtype.itemsize, path.stat().st_size
    holder = label.holder("RECORD_BYTES")
    padding = holder.count("RECORD_BYTES", 0) if holder is not None and start else 0  # of attached labels
    shape = f"{rows} lines of {columns} samples of {8 * dtype.itemsize} bit"
    if size < needed:
        raise InvalidInput(
            f"{path}: {size} bytes, but the label needs {needed} ({shape}); the download broke off, or the label "
            "belongs to another image. Fetch both again"
        )
    if size - needed >= max(padding, 1):
        raise InvalidInput(
            f"{path}: {size} bytes, but the label describes {needed} ({shape}); the label belongs to another image"
        )


def _quantity(image: PdsObject, file_name: str, radius: float) -> tuple[str, str, float, float]:
    """Meaning, SI unit, factor and shift of the numbers: value in SI = number * factor + shift."""
    scaling, offset = image.number("SCALING_FACTOR", 1.0), image.number("OFFSET", 0.0)
    name = image.text("NAME", "")
    known = product_quantity(file_name)
    stated = image.text("UNIT", "") or (image.unit("SCALING_FACTOR") or "") or (image.unit("OFFSET") or "")
    unit = si_unit(stated or None)
    if unit is None and stated:
        return name.lower() or "value", stated, scaling, offset
    if unit is None or (unit.symbol == "1" and not stated):
        unit = known.unit if known is not None else si_unit("1")
    assert unit is not None
    factor, shift = scaling * unit.factor, offset * unit.factor
    if unit.symbol != "m":
        meaning = known.meaning if known is not None and known.unit.symbol == unit.symbol else name.lower()
        return meaning or "value", unit.symbol, factor, shift
    says_radius = "RADIUS" in name.upper() or abs(shift / radius - 1.0) < RADIUS_SHARE
    if says_radius:  # PDS: number * SCALING_FACTOR + OFFSET is the distance from the centre
        return f"height above the sphere of {radius:.10g} m", "m", factor, shift - radius
    if any(word in name.upper() for word in ("HEIGHT", "ELEVATION", "TOPOGRAPHY", "TERRAIN")) or (
        known is not None and known.is_height
    ):
        return f"height above the sphere of {radius:.10g} m", "m", factor, shift
    return name.lower() or "length", "m", factor, shift


def _holes(image: PdsObject, dtype: np.dtype) -> tuple[float, ...]:
    """Numbers that mark holes, by the label or by custom."""
    holes = [image.number(keyword) for keyword in HOLE_KEYWORDS if keyword in image.values]
    if not holes and dtype.newbyteorder("=") == np.int16:
        holes = [LOWEST_SHORT]
    if dtype.kind == "f":
        return tuple(holes)
    limits = np.iinfo(dtype)
    span = 1 << limits.bits
    holes = [  # labels write bit patterns, as 16#FFFF8000#
        (int(hole) % span) - (span if limits.min < 0 and int(hole) % span > limits.max else 0)
        if limits.max < hole < 2**32
        else hole
        for hole in holes
    ]
    return tuple(hole for hole in holes if limits.min <= hole <= limits.max)
