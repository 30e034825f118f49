"""Ground stations that track: from their coordinates, and from a file."""

from __future__ import annotations

import math
import os
import tomllib
from pathlib import Path
from typing import Any

import erfa
import numpy as np
from numpy.typing import ArrayLike

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData

GEODETIC_KEYS = ("latitude_deg", "longitude_deg", "height_m")
GROUND = (-1e4, 1e5)  # [m] heights over the ellipsoid between which a station may stand


def station_at(name: str, position: ArrayLike) -> SurfacePoint:
    """A ground station from its position in the ITRF.

    Parameters
    ----------
    name : str
        What measurements and messages call it.
    position : (3,) [m]
        From the Earth's centre in the ITRF.

    Returns
    -------
    SurfacePoint
        With geodetic coordinates on the WGS84 ellipsoid; its `position` is the one given, to 1e-8 m.

    Raises
    ------
    InvalidInput
        The position is not three finite numbers near the Earth's surface.

    Source
    ------
    Fukushima (2006), J. Geodesy 79, 689, doi:10.1007/s00190-006-0023-2, as in SOFA's ``gc2gde``.
    """
    place = np.asarray(position, dtype=np.float64)
    if place.shape != (3,) or not np.all(np.isfinite(place)):
        raise InvalidInput(f"station {name!r} needs three finite coordinates [m] in the ITRF; got {position!r}")
    longitude, latitude, height = (
        float(value) for value in erfa.gc2gde(WGS84.equatorial_radius, WGS84.flattening, place)
    )
    if not GROUND[0] < height < GROUND[1]:
        raise InvalidInput(
            f"station {name!r} would stand {height:.6g} m above the ellipsoid; give its ITRF position in metres"
        )
    return SurfacePoint.on_earth(name, latitude, longitude, height)


def read_stations(path: str | os.PathLike[str]) -> dict[str, SurfacePoint]:
    """Stations of a TOML file.

    Each is a table ``[[station]]`` with ``name`` and either ``latitude_deg``, ``longitude_deg``, ``height_m`` (WGS84)
    or ``position_m = [x, y, z]`` (ITRF).

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    dict of str to SurfacePoint
        By name, in the order of the file.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        It is no TOML, has no station, or a station is incomplete or named twice; the message says which.
    """
    path = Path(path)
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingData(f"{path}: there is no such file; check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: not a TOML file of stations ({error})") from error
    rows = tables.get("station")
    if not isinstance(rows, list) or not rows:
        raise FormatError(f"{path}: there is no [[station]] in it; write one table with name and place for each")
    found: dict[str, SurfacePoint] = {}
    for number, row in enumerate(rows, start=1):
        station = _station(row, f"{path}, [[station]] {number}")
        if station.name in found:
            raise FormatError(f"{path}, [[station]] {number}: {station.name!r} is named twice; rename one")
        found[station.name] = station
    return found


def _station(row: Any, place: str) -> SurfacePoint:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"].strip():
        raise FormatError(f"{place}: needs a name")
    name = row["name"].strip()
    allowed = {"name", "position_m", *GEODETIC_KEYS}
    strange = sorted(set(row) - allowed)
    if strange:
        raise FormatError(f"{place} ({name}): {strange[0]!r} is not known; known are {', '.join(sorted(allowed))}")
    if "position_m" in row and set(row) & set(GEODETIC_KEYS):
        raise FormatError(f"{place} ({name}): give position_m or latitude, longitude and height, not both")
    try:
        if "position_m" in row:
            return station_at(name, row["position_m"])
        latitude, longitude, height = (float(row[key]) for key in GEODETIC_KEYS)
        return SurfacePoint.on_earth(name, math.radians(latitude), math.radians(longitude), height)
    except KeyError as error:
        raise FormatError(f"{place} ({name}): {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise FormatError(f"{place} ({name}): {error}") from error
