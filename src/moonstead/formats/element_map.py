"""Tables of what the ground is made of, pixel by pixel: element abundances and hydrogen of Lunar Prospector."""

from __future__ import annotations

import io
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.files import read_text
from moonstead.formats.pds_label import read_pds_label
from moonstead.foundation.errors import InvalidInput

__all__ = ["ElementMap", "read_element_map"]

Array = NDArray[np.float64]

EDGE_COLUMNS = 4
PPM, FRACTION = 1e-6, 1.0
# Columns of lpgrs_high1_elem_abundance_{2,5,20}deg.tab behind pixel number and edges; mean atomic mass and neutron
# number density, which come first, are no abundances.
GRS_QUANTITIES = {
    "MgO": FRACTION,
    "Al2O3": FRACTION,
    "SiO2": FRACTION,
    "CaO": FRACTION,
    "TiO2": FRACTION,
    "FeO": FRACTION,
    "K": PPM,
    "Th": PPM,
    "U": PPM,
}
GRS_FIRST = 1 + EDGE_COLUMNS + 2
GRS_COLUMNS = GRS_FIRST + len(GRS_QUANTITIES)
GRS_TERMS = len(GRS_QUANTITIES) * (len(GRS_QUANTITIES) + 1) // 2  # of the upper half of the error covariance
BINNED_COLUMNS = EDGE_COLUMNS + 1
ROUNDING = 1e-9  # [rad] of longitudes that were turned by whole turns
WHOLE_SPHERE = 1e-3  # relative: edges are printed to 0.01 deg, of pixels of half a degree and more
SYMBOLS = {"hydrogen": "H", "thorium": "Th", "iron": "Fe", "titanium": "Ti", "potassium": "K", "samarium": "Sm"}


@dataclass(frozen=True, eq=False)
class ElementMap:
    """Abundances on pixels between parallels and meridians that cover the whole Moon.

    Attributes
    ----------
    name : str
        What reports call it.
    quantities : (K,) str
        Chemical symbols or oxides.
    south, north, west, east : (M,) [rad]
        Edges of each pixel, from the south upwards and from the west eastwards.
    values : (M, K) [kg/kg]
        Mass fraction of each quantity.
    sigma : (M, K) [kg/kg]
        Its standard deviation as the table gives it; NaN where the table has none.
    source : str
        Data set and file.
    """

    name: str
    quantities: tuple[str, ...]
    south: Array
    north: Array
    west: Array
    east: Array
    values: Array
    sigma: Array
    source: str

    def pixel(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.int64]:
        """Number (N,) [1] of the pixel that holds a latitude [rad] and longitude [rad]; -1 where there is none."""
        latitude, longitude = np.broadcast_arrays(
            np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64)
        )
        known = np.isfinite(latitude) & np.isfinite(longitude) & (np.abs(latitude) <= 0.5 * math.pi)
        wanted_latitude = np.where(known, latitude, 0.0)
        first = float(self.west.min())
        wanted_longitude = first + np.mod(np.where(known, longitude, 0.0) - first, 2.0 * math.pi)
        bands = np.unique(self.south)
        band = np.searchsorted(bands, wanted_latitude, side="right") - 1
        turn = 10.0  # [rad] more than one turn, so that bands do not overlap in the key
        keys = np.searchsorted(bands, self.south) * turn + (self.west - first)
        found = np.searchsorted(keys, band * turn + (wanted_longitude - first), side="right") - 1
        inside = (self.south[found] <= wanted_latitude) & (wanted_latitude <= self.north[found])
        inside &= (self.west[found] <= wanted_longitude + ROUNDING) & (wanted_longitude <= self.east[found] + ROUNDING)
        return np.where(known & inside, found, -1)


def read_element_map(path: str | os.PathLike[str]) -> ElementMap:
    """Abundances from a table of Lunar Prospector.

    Parameters
    ----------
    path : path
        ``lpgrs_high1_elem_abundance_*deg.tab`` (a label beside it is checked against it), or a binned table with
        ``#`` lines and rows of two latitudes, two longitudes and a value, such as ``hydrogenhd.txt``.

    Returns
    -------
    ElementMap
        Mass fractions.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        The table has another layout, is cut short, does not cover the Moon once, or holds impossible values.

    Source
    ------
    Prettyman et al. (2006), JGR 111, E12007, doi:10.1029/2005JE002656, data set LP-L-GRS-5-ELEM-ABUNDANCE-V1.0;
    Feldman et al. (2001), JGR 106, 23231, doi:10.1029/2000JE001444 (hydrogen).
    """
    path = Path(path)
    text = read_text(path)
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    table = _table(text, path)
    if table.shape[1] == BINNED_COLUMNS:
        return _binned(table, comments, path)
    if table.shape[1] in (GRS_COLUMNS, GRS_COLUMNS + GRS_TERMS):
        _check_label(path, table.shape[0])
        return _grs(table, path)
    raise InvalidInput(
        f"{path}: {table.shape[1]} columns; known are {BINNED_COLUMNS} (latitudes, longitudes, value) and "
        f"{GRS_COLUMNS + GRS_TERMS} (lpgrs_high1_elem_abundance)"
    )


def _table(text: str, path: Path) -> Array:
    """Numbers of all rows, which commas or spaces part."""
    if not any(line.partition("#")[0].strip() for line in text.splitlines()):
        raise InvalidInput(f"{path}: the table has no rows")
    try:
        table = np.loadtxt(io.StringIO(text.replace(",", " ")), comments="#", ndmin=2)
    except ValueError as error:
        raise InvalidInput(_first_fault(text, path)) from error
    if not np.all(np.isfinite(table)):
        raise InvalidInput(_first_fault(text, path))
    return table


def _first_fault(text: str, path: Path) -> str:
    """What is wrong with the first row that is not like the others."""
    width = None
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].replace(",", " ").split()
        if not words:
            continue
        width = width or len(words)
        if len(words) != width:
            return f"{path}, line {number}: {len(words)} columns, the first row has {width}; is it cut short?"
        if not all(map(_is_number, words)):
            return f"{path}, line {number}: not all columns are finite numbers"
    return f"{path}: not a table of numbers"


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def _check_label(path: Path, rows: int) -> None:
    """Refuse a table that its label describes otherwise."""
    label_path = next((path.with_suffix(end) for end in (".lbl", ".LBL") if path.with_suffix(end).is_file()), None)
    if label_path is None:
        return
    label = read_pds_label(label_path)
    holder = label.holder("ROWS")
    if holder is not None and holder.count("ROWS") != rows:
        raise InvalidInput(
            f"{path}: {rows} rows, its label {label_path.name} says {holder.count('ROWS')}; the table is cut "
            "short or belongs to another label. Fetch both again"
        )


def _grs(table: Array, path: Path) -> ElementMap:
    factors = np.array(list(GRS_QUANTITIES.values()))
    count = factors.size
    sigma = np.full((len(table), count), np.nan)
    if table.shape[1] > GRS_COLUMNS:
        row, column = np.triu_indices(count)
        variances = table[:, GRS_COLUMNS:][:, row == column]
        if np.any(variances < 0.0):
            raise InvalidInput(f"{path}: a variance is negative; the columns are not those of the data set")
        sigma = np.sqrt(variances) * factors
    values = table[:, GRS_FIRST:GRS_COLUMNS] * factors
    source = f"LP-L-GRS-5-ELEM-ABUNDANCE-V1.0, Prettyman et al. (2006), {path.name}"
    return _element_map(
        "Lunar Prospector element abundances", tuple(GRS_QUANTITIES), table[:, 1:5], values, sigma, source, path
    )


def _binned(table: Array, comments: list[str], path: Path) -> ElementMap:
    header = " ".join(comments).lower()
    element = next((name for name in SYMBOLS if name in header or name in path.name.lower()), None)
    if element is None:
        raise InvalidInput(
            f"{path}: neither its # lines nor its name say which element it holds; known are {', '.join(SYMBOLS)}"
        )
    if re.search(r"\bppm\b|\bug/g\b", header):
        factor = PPM
    elif re.search(r"wt\.? ?%|weight percent|percent by weight", header):
        factor = 0.01
    else:
        raise InvalidInput(f"{path}: its # lines do not say whether the values are ppm or weight percent")
    values = table[:, 4:] * factor
    symbol = SYMBOLS[element]
    source = f"Lunar Prospector, {path.name}"
    return _element_map(
        f"Lunar Prospector {element}", (symbol,), table[:, :4], values, np.full_like(values, np.nan), source, path
    )


def _element_map(
    name: str, quantities: tuple[str, ...], edges: Array, values: Array, sigma: Array, source: str, path: Path
) -> ElementMap:
    """Sort the pixels and make sure that they cover the sphere once with possible values."""
    south, north, west, east = np.radians(edges).T
    ordered = np.all(south < north) and np.all(west < east) and np.all(np.abs(edges[:, :2]) <= 90.0)
    if not ordered or np.any(np.abs(edges[:, 2:]) > 360.0):
        raise InvalidInput(f"{path}: the edges of a pixel are not south < north and west < east in degrees")
    share = float(np.sum((np.sin(north) - np.sin(south)) * (east - west)) / (4.0 * math.pi))
    if abs(share - 1.0) > WHOLE_SPHERE:
        raise InvalidInput(
            f"{path}: its {len(edges)} pixels cover {share:.4f} of the Moon instead of 1; the table is cut short or "
            "has pixels twice. Fetch it again"
        )
    if np.any(values < 0.0) or np.any(values > 1.0):
        worst = quantities[int(np.argwhere((values < 0.0) | (values > 1.0))[0, 1])]
        raise InvalidInput(f"{path}: {worst} is not always between none and all of the mass; the columns are others")
    order = np.lexsort((west, south))
    south, north, west, east, values, sigma = (
        np.ascontiguousarray(part[order]) for part in (south, north, west, east, values, sigma)
    )
    return ElementMap(name, quantities, south, north, west, east, values, sigma, source)
