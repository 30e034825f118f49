"""What the ground is made of, seen from orbit: layers of abundances and of any other mapped quantity."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.formats.element_map import ElementMap, read_element_map
from moonstead.formats.raster_map_files import raster_header, read_raster
from moonstead.formats.raster_map_header import RasterHeader
from moonstead.foundation.errors import InvalidInput

__all__ = [
    "ORE_CAUTION",
    "LayerValue",
    "ResourceLayer",
    "load_resource_layers",
    "water_equivalent",
]

Array = NDArray[np.float64]

TABLES = (".tab", ".txt", ".asc", ".csv")
GAMMA_FOOTPRINT = 150e3  # [m] full width of the gamma-ray spectrometer's view from 100 km: data set LP-L-GRS-5
NEUTRON_FOOTPRINT = 45e3  # [m] epithermal neutrons from 30 km: 43 km, neutron maps of the LP NS at NASA's NSSDC
LATITUDE_ROUNDING = 1e-9  # [rad] latitudes this far past a pole are rounding, not mistakes
WATER_PER_HYDROGEN = 18.01528 / 2.01588  # [kg/kg] molar masses
ORE_CAUTION = (
    "An orbital footprint of tens to hundreds of kilometres is no ore map: the figure is the mean of ground much wider "
    "than any mine, and one place in it may hold many times more, or nothing. Only samples or a rover tell."
)


@dataclass(frozen=True, eq=False)
class LayerValue:
    """What a layer says of some points.

    Attributes
    ----------
    value : (N,) [any unit]
        In the layer's unit; NaN outside the layer and in its holes.
    sigma : (N,) [any unit]
        Standard deviation that the layer states for its own value; NaN where it states none. It does not say how much
        the ground varies within the footprint.
    """

    value: Array
    sigma: Array


@dataclass(frozen=True, eq=False)
class ResourceLayer:
    """One mapped quantity.

    Attributes
    ----------
    name : str
        The layer's product.
    quantity : str
        What is mapped: a chemical symbol or oxide, or the file's own words.
    unit : str
        SI unit of the values; "1" is kilogram per kilogram for abundances.
    footprint : float [m]
        Width of the ground that one value is the mean of.
    source : str
        Data set and file.
    simulated : bool
        Whether the file says that its values are not measured.
    content : ElementMap or RasterHeader
        Where the values come from.
    """

    name: str
    quantity: str
    unit: str
    footprint: float
    source: str
    simulated: bool
    content: ElementMap | RasterHeader

    def at(self, latitude: ArrayLike, longitude: ArrayLike) -> LayerValue:
        """Value and spread of the layer's own pixels, not interpolated.

        Parameters
        ----------
        latitude, longitude : (N,) or scalar [rad]
            Points in ``MOON_ME``.

        Returns
        -------
        LayerValue
            NaN outside the layer.

        Raises
        ------
        InvalidInput
            A latitude lies beyond a pole.
        """
        points = np.broadcast_arrays(np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64))
        if np.any(np.abs(points[0]) > 0.5 * math.pi + 1e-9):
            raise InvalidInput(
                f"latitude must lie within pi/2 of the equator [rad]; got {float(np.nanmax(np.abs(points[0]))):g}"
            )
        if isinstance(self.content, ElementMap):
            return _table_value(self.content, self.quantity, *points)
        return _raster_value(self.content, *points)


def load_resource_layers(
    path: str | os.PathLike[str], quantity: str | None = None, footprint: float | None = None
) -> tuple[ResourceLayer, ...]:
    """Layers of a file: each quantity of a Lunar Prospector table, or the one of a raster map.

    Parameters
    ----------
    path : path
        ``lpgrs_high1_elem_abundance_*deg.tab``, ``hydrogenhd.txt`` or a table like it, a GeoTIFF or a PDS image.
    quantity : str or None
        What a raster map holds, in place of the file's own words; of a table, the only quantity to take.
    footprint : float [m] or None
        Width of the ground behind one value, where it is known to be more than a pixel.

    Returns
    -------
    (K,) ResourceLayer
        Raster maps are not read before they are asked for a point.

    Raises
    ------
    MissingData
        There is no such file.
    InvalidInput
        It is no such file, it lacks the quantity, or the footprint is not positive.

    Source
    ------
    Footprints: catalogue of the data set LP-L-GRS-5-ELEM-ABUNDANCE-V1.0 (about 150 km) and neutron maps of Lunar
    Prospector, NSSDC PSPG-00800 (43 km for epithermal neutrons).
    """
    path = Path(path)
    if footprint is not None and not footprint > 0.0:
        raise InvalidInput(f"the footprint of a layer must be positive [m]; got {footprint!r}")
    if path.suffix.lower() in TABLES:
        found = read_element_map(path)
        wanted = found.quantities if quantity is None else (quantity,)
        if not set(wanted) <= set(found.quantities):
            raise InvalidInput(f"{path}: holds no {quantity}; it has {', '.join(found.quantities)}")
        default = GAMMA_FOOTPRINT if len(found.quantities) > 1 else NEUTRON_FOOTPRINT
        simulated = _says_simulated(path)
        return tuple(
            ResourceLayer(found.name, each, "1", footprint or default, found.source, simulated, found)
            for each in wanted
        )
    header = raster_header(path)
    words = quantity or header.meaning
    simulated = "synthetic" in header.source.lower() or "simulated" in header.source.lower()
    width = footprint or header.spacing
    return (ResourceLayer(header.name, words, header.unit, width, header.source, simulated, header),)


def water_equivalent(hydrogen: ArrayLike) -> Array:
    """Water that the ground would hold if all its hydrogen were water.

    Parameters
    ----------
    hydrogen : (N,) or scalar [kg/kg]
        Mass fraction of hydrogen.

    Returns
    -------
    (N,) [kg/kg]
        Mass fraction of water. An upper limit: solar wind alone implants tens of ppm of hydrogen everywhere.

    Source
    ------
    Molar masses of H2O and H2; water-equivalent hydrogen as in Feldman et al. (2001), doi:10.1029/2000JE001444.
    """
    return np.asarray(hydrogen, dtype=np.float64) * WATER_PER_HYDROGEN


def _table_value(found: ElementMap, quantity: str, latitude: Array, longitude: Array) -> LayerValue:
    column = found.quantities.index(quantity)
    pixel = found.pixel(latitude, longitude)
    known = pixel >= 0
    return LayerValue(
        np.where(known, found.values[pixel, column], np.nan), np.where(known, found.sigma[pixel, column], np.nan)
    )


def _raster_value(header: RasterHeader, latitude: Array, longitude: Array) -> LayerValue:
    """Value of the pixel that holds each point; only the window around all points is read."""
    shape = latitude.shape
    x, y = (part.ravel() for part in header.projection.forward(latitude, longitude))
    row, column = (header.y - y) / header.spacing + 0.5, (x - header.x) / header.spacing + 0.5
    if header.projection.kind == "equirectangular":
        column = np.mod(column, 2.0 * math.pi * header.projection.radius * header.projection.scale / header.spacing)
    inside = (row >= 0.0) & (row <= header.rows) & (column >= 0.0) & (column <= header.columns)
    value = np.full(row.size, np.nan)
    if np.any(inside):
        rows = np.minimum(row[inside].astype(np.int64), header.rows - 1)  # the outer edge belongs to the last pixel
        columns = np.minimum(column[inside].astype(np.int64), header.columns - 1)
        half = 0.25 * header.spacing
        window = (
            header.x + columns.min() * header.spacing - half,
            header.y - rows.max() * header.spacing - half,
            header.x + columns.max() * header.spacing + half,
            header.y - rows.min() * header.spacing + half,
        )
        part = read_raster(header.path, window)
        value[inside] = part.values[rows - rows.min(), columns - columns.min()]
    return LayerValue(value.reshape(shape), np.full(shape, np.nan))


def _says_simulated(path: Path) -> bool:
    """Whether the first lines of a table, or its label, call the values synthetic or simulated."""
    texts = [path, *(path.with_suffix(end) for end in (".lbl", ".LBL"))]
    found = b" ".join(each.read_bytes()[:4096] for each in texts if each.is_file()).lower()
    return b"synthetic" in found or b"simulated" in found
