"""Where the ground stations stand, how large their dishes are, and how sure that is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.errors import InvalidInput, MissingData

MOST_HEIGHT_OFF_TERRAIN = (
    3000.0  # [m] the sphere-for-ellipsoid mistake shows as 3.5 to 4 km at latitudes of 44 to 45 deg
)


@dataclass(frozen=True, slots=True)
class GroundStation:
    """An antenna on the Earth.

    Attributes
    ----------
    identity : str
        What scenarios call it.
    name, operator, country : str
        What reports call it, who runs it, where it stands.
    latitude, longitude : float [rad]
        Geodetic, on WGS84; east positive.
    height : float [m]
        Above the WGS84 ellipsoid.
    terrain_height : float [m]
        Rough height of the ground around the site, to check `height` against.
    position_error : float [m]
        Bound of the horizontal error.
    dish_diameter : float [m]
        Of the largest dish, or of one dish of an array.
    bands, planned_bands : tuple of str
        Letters as in `moonstead.links.bands`; radio astronomy bands (C, Ku, K, Q) are listed but have no lunar link.
    active : bool
        Whether it may be used.
    status : str
        What it does now, in words.
    source, certainty : mapping of str to str
        Where ``"position"``, ``"height"``, ``"dish"``, ``"bands"`` and ``"status"`` were found; how sure the first
        three are.
    """

    identity: str
    name: str
    operator: str
    country: str
    latitude: float
    longitude: float
    height: float
    terrain_height: float
    position_error: float
    dish_diameter: float
    bands: tuple[str, ...]
    planned_bands: tuple[str, ...]
    active: bool
    status: str
    source: Mapping[str, str]
    certainty: Mapping[str, str]

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= 0.5 * np.pi and abs(self.longitude) <= 2.0 * np.pi):
            raise InvalidInput(
                f"ground station {self.name!r}: latitude must lie within a quarter turn and longitude within a full"
                f" turn [rad]; got {self.latitude!r} and {self.longitude!r}"
            )
        if not abs(self.height - self.terrain_height) <= MOST_HEIGHT_OFF_TERRAIN:
            raise InvalidInput(
                f"ground station {self.name!r} would stand {self.height - self.terrain_height:+.0f} m off the ground"
                f" ({self.height:.0f} m given, terrain at about {self.terrain_height:.0f} m). Some published vectors"
                " lie on a sphere: then their geocentric latitude is the true geodetic one and the height is void."
                " Give a geodetic position, or the height of the terrain if the site is that high"
            )

    def trajectory(self) -> SurfacePoint:
        """The station as a point that turns with the Earth."""
        return SurfacePoint.on_earth(self.name, self.latitude, self.longitude, self.height)


def station_names(*, active_only: bool = False) -> tuple[str, ...]:
    """Identities of all stations in the shipped table, in its order.

    Parameters
    ----------
    active_only : bool
        Leave out those that must not be used.
    """
    return tuple(name for name, station in _table().items() if station.active or not active_only)


def ground_station(name: str, *, allow_inactive: bool = False) -> GroundStation:
    """A station of the shipped table.

    Parameters
    ----------
    name : str
        Its identity (``"kashi"``) or name; case does not matter.
    allow_inactive : bool
        Also return a station that is out of use, for studies of the past.

    Returns
    -------
    GroundStation
        Position [rad, m], antenna and status with their sources.

    Raises
    ------
    MissingData
        No station has this name; the message suggests the nearest ones.
    InvalidInput
        The station is out of use and `allow_inactive` is not set.

    Source
    ------
    Each number names its own in ``ground_stations.toml``.
    """
    table, wanted = _table(), name.strip().lower()
    station = table.get(wanted) or next((s for s in table.values() if s.name.lower() == wanted), None)
    if station is None:
        near = get_close_matches(wanted, table, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(repr(n) for n in near)}?" if near else "none is similar"
        raise MissingData(f"no ground station {name!r}; {hint} Known are: {', '.join(table)}")
    if not station.active and not allow_inactive:
        raise InvalidInput(
            f"ground station {station.name!r} is out of use ({station.status}; {station.source['status']}); choose"
            f" another of {', '.join(station_names(active_only=True))}, or allow inactive stations on purpose"
        )
    return station


@cache
def _table() -> Mapping[str, GroundStation]:
    text = files("moonstead.links").joinpath("ground_stations.toml").read_text(encoding="utf-8")
    return MappingProxyType({identity: _station(identity, row) for identity, row in tomllib.loads(text).items()})


def _station(identity: str, row: Mapping[str, object]) -> GroundStation:
    values = dict(row)
    return GroundStation(
        identity=identity,
        name=str(values["name"]),
        operator=str(values["operator"]),
        country=str(values["country"]),
        latitude=float(np.radians(_number(values["latitude_deg"]))),
        longitude=float(np.radians(_number(values["longitude_deg"]))),
        height=_number(values["height_m"]),
        terrain_height=_number(values["terrain_m"]),
        position_error=_number(values["position_error_m"]),
        dish_diameter=_number(values["dish_m"]),
        bands=_words(values["bands"]),
        planned_bands=_words(values["planned_bands"]),
        active=bool(values["active"]),
        status=str(values["status"]),
        source=MappingProxyType(
            {k: str(values[f"{k}_source"]) for k in ("position", "height", "dish", "bands", "status")}
        ),
        certainty=MappingProxyType({k: str(values[f"{k}_certainty"]) for k in ("position", "height", "dish")}),
    )


def _number(value: object) -> float:
    assert isinstance(value, float)
    return value


def _words(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(str(word) for word in value)
