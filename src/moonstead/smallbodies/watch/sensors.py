"""The telescopes that watch: how faint they see, how exactly they measure, where they stand."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from moonstead.dynamics.observe import BARYCENTER
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.smallbodies.astrometry.observatories import observatories

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext

GEODETIC_ROUNDS = 6  # each gains three digits at heights of some kilometres


@dataclass(frozen=True, slots=True)
class Sensor:
    """A telescope.

    Attributes
    ----------
    code : str
        Of the Minor Planet Center.
    name : str
        What reports call it.
    kind : str
        ``"survey"``, ``"follow-up"`` or ``"space"``.
    limiting_magnitude : float [1]
        Faintest V in a usual exposure.
    accuracy : float [rad]
        1 sigma of one position, each way.
    least_elevation, sun_below : float [rad]
        Lowest elevation of a target, and how far the Sun has to be below the horizon; unused in space.
    least_elongation, largest_elongation : float [rad]
        From the Sun.
    least_moon_separation : float [rad]
        From the Moon.
    source, certainty : str
        Where the figures come from, and how sure they are.
    """

    code: str
    name: str
    kind: str
    limiting_magnitude: float
    accuracy: float
    least_elevation: float
    sun_below: float
    least_elongation: float
    largest_elongation: float
    least_moon_separation: float
    source: str
    certainty: str

    @property
    def in_space(self) -> bool:
        """Whether it has no horizon."""
        return self.kind == "space"


def sensor_codes() -> tuple[str, ...]:
    """Codes of all sensors in the shipped table, in its order."""
    return tuple(_table())


def sensor(code: str) -> Sensor:
    """A sensor of the shipped table.

    Parameters
    ----------
    code : str
        Of the Minor Planet Center, such as ``"G96"``.

    Returns
    -------
    Sensor
        With the source of its figures.

    Raises
    ------
    MissingData
        The table has no such code; the message suggests the nearest ones.
    """
    table = _table()
    if code in table:
        return table[code]
    near = get_close_matches(code.upper(), table, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "none is similar."
    raise MissingData(
        f"no sensor {code!r} is in the table; {hint} Known are: {', '.join(table)}. "
        "Any other station needs its own limiting magnitude and accuracy"
    )


def own_sensor(code: str, limiting_magnitude: float, accuracy: float) -> Sensor:
    """A sensor at any coded station, with the limits of a usual follow-up telescope.

    Parameters
    ----------
    code : str
        Of the Minor Planet Center.
    limiting_magnitude : float [1]
        Faintest V in a usual exposure.
    accuracy : float [rad]
        1 sigma of one position.

    Returns
    -------
    Sensor
        Down to 20 deg of elevation, with the Sun 15 deg below the horizon and 45 deg off.

    Raises
    ------
    InvalidInput
        The accuracy is not positive.

    Source
    ------
    The limits are customary, not measured.
    """
    if not accuracy > 0.0:
        raise InvalidInput(f"the accuracy of station {code} must be positive [rad]; got {accuracy!r}")
    limits = (math.radians(20.0), math.radians(15.0), math.radians(45.0), math.pi, math.radians(20.0))
    return Sensor(code, f"station {code}", "follow-up", limiting_magnitude, accuracy, *limits, "as asked", "as asked")


def sensor_place(sensor: Sensor, data: DataContext) -> Trajectory:
    """Where a sensor stands: its point on the Earth, or the Earth's centre for a space telescope.

    From the Sun's libration point, 0.01 au away, a body 1 au off is seen 0.6 deg beside the direction from the Earth's
    centre: near enough for windows, not for positions.

    Parameters
    ----------
    sensor : Sensor
        The telescope.
    data : DataContext
        Where the codes of the stations come from.

    Returns
    -------
    Trajectory
        A `SurfacePoint` on the ground, a `BodyTrajectory` in space.
    """
    if sensor.in_space:
        return BodyTrajectory("EARTH", BARYCENTER, data)
    return station_point(sensor.code, data)


def station_point(code: str, data: DataContext) -> SurfacePoint:
    """A coded station as a point that turns with the Earth.

    Parameters
    ----------
    code : str
        Of the Minor Planet Center.
    data : DataContext
        Where the codes come from.

    Returns
    -------
    SurfacePoint
        Geodetic, on WGS84.

    Raises
    ------
    MissingData
        There is no such code.
    InvalidInput
        The code belongs to a spacecraft, to a roving observer or to the Earth's centre, which have no horizon.
    """
    known = observatories(data)
    station = known.get(code)
    if station is None:
        near = get_close_matches(code, known, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise MissingData(f"the Minor Planet Center's list has no station {code!r}{hint}")
    if station.position is None or not np.any(station.position):
        raise InvalidInput(f"{code} ({station.name}) has no place on the ground, so it has no nights")
    x, y, polar = station.position.tolist()
    latitude, height = _geodetic(math.hypot(x, y), polar)
    return SurfacePoint.on_earth(f"{code} {station.name}", latitude, math.atan2(y, x), height)


def _geodetic(level: float, polar: float) -> tuple[float, float]:
    """Latitude [rad] and height [m] over WGS84 of a point at a distance from the axis and from the equator [m].

    Fixed-point iteration on the latitude; the height follows without division by a small cosine or sine.
    """
    squared = WGS84.flattening * (2.0 - WGS84.flattening)
    latitude = math.atan2(polar, level * (1.0 - squared))
    curvature = WGS84.equatorial_radius
    for _ in range(GEODETIC_ROUNDS):
        curvature = WGS84.equatorial_radius / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
        latitude = math.atan2(polar + squared * curvature * math.sin(latitude), level)
    height = level * math.cos(latitude) + polar * math.sin(latitude) - WGS84.equatorial_radius**2 / curvature
    return latitude, height


@cache
def _table() -> Mapping[str, Sensor]:
    text = files("moonstead.smallbodies.watch").joinpath("sensors.toml").read_text(encoding="utf-8")
    return MappingProxyType({code: _sensor(code, row) for code, row in tomllib.loads(text).items()})


def _sensor(code: str, row: Mapping[str, object]) -> Sensor:
    def degrees(key: str, otherwise: float) -> float:
        return float(np.radians(float(str(row.get(key, otherwise)))))

    return Sensor(
        code,
        str(row["name"]),
        str(row["kind"]),
        float(str(row["limiting_magnitude"])),
        float(str(row["accuracy_arcsec"])) * ARCSECOND,
        degrees("least_elevation_deg", -90.0),
        degrees("sun_below_deg", -90.0),
        degrees("least_elongation_deg", 0.0),
        degrees("largest_elongation_deg", 180.0),
        degrees("least_moon_separation_deg", 20.0),
        str(row["source"]),
        str(row["certainty"]),
    )
