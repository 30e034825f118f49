"""Where the pixels of a PDS3 image lie: projection, scale and origin out of its label."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from moonstead.formats.pds_label import PdsObject
from moonstead.formats.raster_map_header import require_lunar_radius
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection

__all__ = ["PdsGeometry", "pds_geometry"]

AGREEMENT = 0.01  # relative: MAP_SCALE against MAP_RESOLUTION, which labels round
HALF_PIXEL_TOLERANCE = 0.05  # [pixel] labels give offsets to a tenth of a pixel or better
EDGE_TOLERANCE = 0.3  # [pixel] labels round latitudes and longitudes; half a pixel must stay visible
# Where labels count PROJECTION_OFFSET from: the centre of the first pixel (LOLA, Diviner: DSMAP.CAT with "+ 1"), its
# corner, or one pixel before its centre (MOLA: "the pixel in the upper left corner is line 1, sample 1").
OFFSET_ORIGINS = (0.0, 0.5, 1.0)
POLAR = ("POLAR STEREOGRAPHIC", "STEREOGRAPHIC")
CYLINDRICAL = ("SIMPLE CYLINDRICAL", "EQUIRECTANGULAR")


@dataclass(frozen=True, slots=True)
class PdsGeometry:
    """Projection and pixels of a label.

    Attributes
    ----------
    projection : MapProjection
        Of the map.
    x, y : float [m]
        Centre of the first pixel.
    spacing : float [m]
        Of the pixels.
    frame : str
        Body-fixed frame.
    """

    projection: MapProjection
    x: float
    y: float
    spacing: float
    frame: str


def pds_geometry(label: PdsObject, rows: int, columns: int) -> PdsGeometry:
    """Projection, pixel size and first pixel of the map that a label describes.

    Parameters
    ----------
    label : PdsObject
        The whole label.
    rows, columns : int
        Size of the image.

    Returns
    -------
    PdsGeometry
        In metres. Scale and origin are those that the label's own resolution, extent and symmetry confirm.

    Raises
    ------
    InvalidInput
        The label has no map projection, another body or one that is not supported, or it contradicts itself.

    Source
    ------
    DSMAP.CAT and DSMAP_POLAR.CAT of the data set LRO-L-LOLA-4-GDR-V1.0, the prose of the latter (its formula for the
    longitude differs between revisions): in the north longitude 0 points down, in the south up, 90 E to the right in
    both. DSMAP.CAT of LRO-L-DLRE-5-GDR-V1.0 and of MGS-M-MOLA-5-IEGDR-L3-V2.0 for the two ways to count offsets.
    """
    target = label.holder("TARGET_NAME")
    if target is not None and target.text("TARGET_NAME").upper() != "MOON":
        raise target.fault("TARGET_NAME", f"is {target.text('TARGET_NAME')}: not a map of the Moon")
    found = label.find("IMAGE_MAP_PROJECTION") or label.holder("MAP_PROJECTION_TYPE")
    if found is None:
        raise InvalidInput(f"{label.source}: the label has no IMAGE_MAP_PROJECTION; where the pixels lie is unknown")
    _require_plain(found)
    radius = _radius(found)
    kind = found.text("MAP_PROJECTION_TYPE").upper().replace("_", " ")
    spacing = _spacing(found, radius, rows, columns, by_resolution=kind in CYLINDRICAL)
    latitude, longitude = found.number("CENTER_LATITUDE"), found.number("CENTER_LONGITUDE", 0.0)
    line, sample = found.number("LINE_PROJECTION_OFFSET"), found.number("SAMPLE_PROJECTION_OFFSET")
    if kind in POLAR and abs(abs(latitude) - 90.0) < 1e-9:
        projection = MapProjection(
            "polar-stereographic", math.copysign(0.5 * math.pi, latitude), math.radians(longitude), radius
        )
        origin = _symmetric_origin(line, sample, rows, columns)
    elif kind in CYLINDRICAL and (kind == "EQUIRECTANGULAR" or latitude == 0.0):
        scale = math.cos(math.radians(latitude))
        projection = MapProjection("equirectangular", 0.0, math.radians(longitude), radius, scale)
        origin = _origin_by_extent(found, projection, spacing, line, sample, rows, columns)
    else:
        raise found.fault(
            "MAP_PROJECTION_TYPE",
            f"is {kind} centred on {latitude:g} deg: supported are polar stereographic about a pole and simple "
            "cylindrical; project the map to one of them, for example with gdalwarp",
        )
    frame = "MOON_PA" if "PRINCIPAL" in found.text("COORDINATE_SYSTEM_NAME", "").upper() else "MOON_ME"
    return PdsGeometry(projection, (origin - sample) * spacing, (line - origin) * spacing, spacing, frame)


def _require_plain(found: PdsObject) -> None:
    """Refuse turned and mirrored maps, which no lunar product has."""
    if found.number("MAP_PROJECTION_ROTATION", 0.0) != 0.0:
        raise found.fault("MAP_PROJECTION_ROTATION", "is not zero; turned maps are not supported")
    if found.text("POSITIVE_LONGITUDE_DIRECTION", "EAST").upper() != "EAST":
        raise found.fault("POSITIVE_LONGITUDE_DIRECTION", "is not EAST; maps that count to the west are not supported")


def _radius(found: PdsObject) -> float:
    """Radius [m] of the map's sphere; PDS counts it in kilometres where no unit stands."""
    radii: list[float] = []
    for axis in ("A_AXIS_RADIUS", "B_AXIS_RADIUS", "C_AXIS_RADIUS"):
        given = found.number(axis, radii[0] if radii else None)
        in_metres = found.unit(axis) in ("m", "meter", "meters") or (found.unit(axis) is None and given > 1e5)
        radii.append(given if in_metres or axis not in found.values else given * 1e3)
    require_lunar_radius(radii[0], Path(found.source))
    if max(radii) - min(radii) > 1e-6 * radii[0]:
        raise found.fault("C_AXIS_RADIUS", "differs from A_AXIS_RADIUS; lunar maps refer to a sphere")
    return radii[0]


def _spacing(found: PdsObject, radius: float, rows: int, columns: int, by_resolution: bool) -> float:
    """Pixel size [m]. MAP_SCALE is in km or m per pixel, with its unit or without; MAP_RESOLUTION must agree.

    DSMAP.CAT counts cylindrical maps by MAP_RESOLUTION, which is a whole number; DSMAP_POLAR.CAT calls MAP_SCALE exact.
    """
    resolution = found.number("MAP_RESOLUTION", 0.0)  # [pixel/deg]
    by_resolution = by_resolution and resolution == round(resolution)
    expected = math.pi * radius / 180.0 / resolution if resolution > 0.0 else None
    if "MAP_SCALE" not in found.values:
        if expected is None:
            raise found.fault("MAP_SCALE", "is missing, and so is MAP_RESOLUTION")
        return expected
    scale = found.number("MAP_SCALE")
    if not scale > 0.0:
        raise found.fault("MAP_SCALE", f"must be positive; it says {scale:g}")
    unit = (found.unit("MAP_SCALE") or "").split("/")[0].strip()
    metres_each = {"m": 1.0, "meter": 1.0, "meters": 1.0, "km": 1e3, "kilometer": 1e3, "kilometers": 1e3}.get(unit)
    if metres_each is None and unit:
        raise found.fault("MAP_SCALE", f"has the unit <{found.unit('MAP_SCALE')}>; known are m/pixel and km/pixel")
    if metres_each is not None:
        spacing = scale * metres_each
        if expected is not None and abs(spacing / expected - 1.0) > AGREEMENT:
            raise found.fault(
                "MAP_SCALE", f"gives {spacing:g} m to a pixel, but MAP_RESOLUTION {expected:g} m; one of them is wrong"
            )
        return expected if by_resolution and expected is not None else spacing
    largest = 2.0 * math.pi * radius * (1.0 + AGREEMENT)
    for factor in (1e3, 1.0):  # without a unit PDS means km/pixel
        spacing = scale * factor
        fits = spacing * max(rows, columns) <= largest
        if fits and (expected is None or abs(spacing / expected - 1.0) <= AGREEMENT):
            return expected if by_resolution and expected is not None else spacing
    raise found.fault("MAP_SCALE", f"says {scale:g} without a unit, and neither km nor m fit the rest of the label")


def _symmetric_origin(line: float, sample: float, rows: int, columns: int) -> float:
    """What the offsets of a polar map count from [pixel]: the pole lies in the middle of every whole polar product."""
    for origin in OFFSET_ORIGINS:
        middles = 0.5 * (rows - 1) + origin, 0.5 * (columns - 1) + origin
        if max(abs(line - middles[0]), abs(sample - middles[1])) < HALF_PIXEL_TOLERANCE:
            return origin
    return 0.0


def _origin_by_extent(
    found: PdsObject, projection: MapProjection, spacing: float, line: float, sample: float, rows: int, columns: int
) -> float:
    """What the offsets of a cylindrical map count from [pixel], by the extent that its label states."""
    wanted = ("MAXIMUM_LATITUDE", "MINIMUM_LATITUDE", "WESTERNMOST_LONGITUDE")
    north, south, west = (math.radians(found.number(keyword, math.nan)) for keyword in wanted)
    if not math.isfinite(north + south + west):
        return 0.0
    misfits = []
    for origin in OFFSET_ORIGINS:
        top = (line - origin + 0.5) * spacing / projection.radius
        bottom = top - rows * spacing / projection.radius
        left = projection.longitude - (sample - origin + 0.5) * spacing / (projection.radius * projection.scale)
        turn = math.remainder(left - west, 2.0 * math.pi) * projection.scale
        misfits.append(max(abs(top - north), abs(bottom - south), abs(turn)) * projection.radius / spacing)
    best = min(range(len(OFFSET_ORIGINS)), key=misfits.__getitem__)
    if misfits[best] > EDGE_TOLERANCE:
        raise found.fault(
            "LINE_PROJECTION_OFFSET",
            f"and the other offsets put the edges of the map {misfits[0]:.3g} pixels away from the latitudes and "
            f"longitudes that the label states; {rows} lines and {columns} samples of {spacing:g} m do not fit them",
        )
    return OFFSET_ORIGINS[best]
