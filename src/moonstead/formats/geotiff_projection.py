"""Coordinate systems of GeoTIFF files as map projections of this package."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from moonstead.formats.raster_map_header import require_lunar_radius
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection

__all__ = ["crs_projection"]

SPHERE = 1e-6  # relative difference of the axes below which an ellipsoid is a sphere
EARTH_DATUMS = ("WGS84", "NAD83", "NAD27", "GRS80", "ETRS89")
REMEDY = (
    "supported are polar stereographic about a pole, equirectangular, gnomonic and plain latitude and longitude; "
    "project the map, for example: gdalwarp -t_srs '+proj=stere +lat_0=-90 +R=1737400 +units=m' IN OUT"
)


def crs_projection(crs: Any, path: Path) -> tuple[MapProjection, float, float, float]:
    """Map projection of a coordinate system.

    Parameters
    ----------
    crs : rasterio.crs.CRS or None
        As GDAL read it.
    path : Path
        File that messages name.

    Returns
    -------
    projection, metres, x, y : MapProjection, float, float [m], float [m]
        The projection, how many metres one unit of the file's map coordinates is, and the false easting and northing
        that the file's coordinates carry.

    Raises
    ------
    InvalidInput
        There is none, it belongs to another body, or the projection is not supported.

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, doi:10.3133/pp1395: the scale k0 at the pole of a stereographic map
    that is true at the latitude phi is (1 + sin phi) / 2 (equation 21-7 solved for k = 1); parameters as in PROJ.
    """
    terms = {} if crs is None else dict(crs.to_dict())
    if not terms:
        raise InvalidInput(
            f"{path}: no coordinate system that GDAL can tell; write one into the file, for example: "
            "gdal_edit.py -a_srs '+proj=stere +lat_0=-90 +R=1737400 +units=m' FILE"
        )
    if "init" in terms or "proj" not in terms:
        terms = _spelled_out(crs)
    radius = _radius(crs, terms, path)
    kind = terms.get("proj")
    metres, x, y = _metres(terms, path), float(terms.get("x_0", 0.0)), float(terms.get("y_0", 0.0))
    latitude, longitude = math.radians(float(terms.get("lat_0", 0.0))), math.radians(float(terms.get("lon_0", 0.0)))
    if kind in ("longlat", "latlong"):
        return MapProjection("equirectangular", 0.0, 0.0, radius), math.radians(radius), 0.0, 0.0
    if kind == "stere" and abs(abs(latitude) - 0.5 * math.pi) < 1e-9:
        true_at = abs(math.radians(float(terms.get("lat_ts", 90.0))))
        scale = float(terms.get("k", terms.get("k_0", 0.5 * (1.0 + math.sin(true_at)))))
        return MapProjection("polar-stereographic", latitude, longitude, radius, scale), metres, x, y
    if kind == "eqc":
        scale = math.cos(math.radians(float(terms.get("lat_ts", 0.0))))
        return MapProjection("equirectangular", latitude, longitude, radius, scale), metres, x, y
    if kind == "gnom":
        return MapProjection("gnomonic", latitude, longitude, radius), metres, x, y
    raise InvalidInput(f"{path}: the projection {_named(kind, terms)} is not supported; {REMEDY}")


def _spelled_out(crs: Any) -> dict[str, Any]:
    """PROJ's terms of a coordinate system that is known by a number alone."""
    words = (word.lstrip("+").partition("=") for word in crs.to_proj4().split())
    return {key: value for key, _, value in words}


def _named(kind: Any, terms: dict[str, Any]) -> str:
    if kind == "stere":
        return f"stereographic about latitude {float(terms.get('lat_0', 0.0)):g} deg"
    return str(kind)


def _radius(crs: Any, terms: dict[str, Any], path: Path) -> float:
    """Radius [m] of the sphere."""
    datum = str(terms.get("datum", terms.get("ellps", ""))).upper()
    if datum in EARTH_DATUMS:
        raise InvalidInput(
            f"{path}: the map refers to the Earth ({datum}); lunar maps refer to a sphere of 1737400 m. "
            "If the values are lunar, give the file the right coordinate system"
        )
    if "R" in terms:
        radius = other = float(terms["R"])
    elif "a" in terms:
        radius = float(terms["a"])
        other = float(terms["b"]) if "b" in terms else radius
        if float(terms.get("rf", 0.0)) > 0.0:
            other = radius * (1.0 - 1.0 / float(terms["rf"]))
    else:
        raise InvalidInput(f"{path}: its coordinate system names no radius ({crs.to_string()[:120]}); {REMEDY}")
    require_lunar_radius(radius, path)
    if abs(other / radius - 1.0) > SPHERE:
        raise InvalidInput(f"{path}: the map refers to an ellipsoid of {radius:g} by {other:g} m, not to a sphere")
    return radius


def _metres(terms: dict[str, Any], path: Path) -> float:
    """Metres in one unit of the map's coordinates."""
    if "to_meter" in terms:
        return float(terms["to_meter"])
    unit = str(terms.get("units", "m"))
    if unit not in ("m", "km"):
        raise InvalidInput(f"{path}: map coordinates in {unit!r}; they must be in m or km")
    return {"m": 1.0, "km": 1e3}[unit]
