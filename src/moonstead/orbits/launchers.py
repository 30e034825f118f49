"""Launchers and launch sites: what stands in the shipped tables, and payload at a departure energy."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.units import closest

PARKING = body("EARTH").equatorial_radius + 200e3  # [m] orbit from which a launcher's last stage injects


@dataclass(frozen=True)
class LaunchSite:
    """A place that rockets start from.

    Attributes
    ----------
    id, name : str
        In the table, and in reports.
    latitude, longitude : float [rad]
        Geodetic.
    azimuths : (2,) [rad]
        Least and largest direction of flight that is allowed, clockwise from north.
    source : str
        Where the numbers come from, and how sure they are.
    """

    id: str
    name: str
    latitude: float
    longitude: float
    azimuths: tuple[float, float]
    source: str


@dataclass(frozen=True)
class Launcher:
    """A rocket and what it carries beyond low orbits.

    Attributes
    ----------
    id, name : str
        In the table, and in reports.
    sites : tuple of str
        Launch sites that it starts from.
    points : tuple of (float, float) [m^2/s^2, kg]
        Departure energies and payloads, energies rising.
    stage_dry_mass : float [kg]
        Of the stage that injects.
    specific_impulse : float [s]
        Of that stage.
    status : str
        Whether it flies.
    source : str
        Where the numbers come from, and how sure they are.
    """

    id: str
    name: str
    sites: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    stage_dry_mass: float
    specific_impulse: float
    status: str
    source: str


@dataclass(frozen=True)
class Payload:
    """What a launcher carries at an energy.

    Attributes
    ----------
    mass : float [kg]
        Payload.
    how : str
        ``"point"``, ``"interpolated"`` between points, or ``"extrapolated"`` by the rocket equation.
    """

    mass: float
    how: str


@cache
def launch_sites() -> dict[str, LaunchSite]:
    """The shipped launch sites by id.

    Source
    ------
    launch_sites.toml, each entry with its own.
    """
    return {
        key: LaunchSite(
            key,
            row["name"],
            math.radians(row["latitude_deg"]),
            math.radians(row["longitude_deg"]),
            (math.radians(row["azimuth_deg"][0]), math.radians(row["azimuth_deg"][1])),
            row["source"],
        )
        for key, row in _table("launch_sites.toml").items()
    }


@cache
def launchers() -> dict[str, Launcher]:
    """The shipped launchers by id.

    Source
    ------
    launchers.toml, each entry with its own.
    """
    return {
        key: Launcher(
            key,
            row["name"],
            tuple(row["sites"]),
            tuple((1e6 * c3, mass) for c3, mass in row["points"]),
            row["stage_dry_mass_kg"],
            row["specific_impulse_s"],
            row["status"],
            row["source"],
        )
        for key, row in _table("launchers.toml").items()
    }


def launch_site(name: str) -> LaunchSite:
    """The launch site with an id or a name.

    Parameters
    ----------
    name : str
        In any case.

    Returns
    -------
    LaunchSite

    Raises
    ------
    InvalidInput
        There is none; the message names those that are known.

    Source
    ------
    As `launch_sites`.
    """
    table = launch_sites()
    return table[_key(name, {key: site.name for key, site in table.items()}, "launch site")]


def launcher(name: str) -> Launcher:
    """The launcher with an id or a name.

    Parameters
    ----------
    name : str
        In any case.

    Returns
    -------
    Launcher

    Raises
    ------
    InvalidInput
        There is none; the message names those that are known.

    Source
    ------
    As `launchers`.
    """
    table = launchers()
    return table[_key(name, {key: rocket.name for key, rocket in table.items()}, "launcher")]


def injection_speed(c3: float, distance: float = PARKING) -> float:
    """Change of velocity from a round orbit of the Earth to a departure energy.

    Parameters
    ----------
    c3 : float [m^2/s^2]
        Square of the speed at infinity; negative for an ellipse.
    distance : float [m]
        Of the orbit from the Earth's centre.

    Returns
    -------
    float [m/s]

    Raises
    ------
    InvalidInput
        The energy is below that of the round orbit.

    Source
    ------
    Vis-viva equation.
    """
    gm = body("EARTH").gm
    if not c3 > -gm / distance:
        raise InvalidInput(f"an energy of {c3 / 1e6:g} km2/s2 lies below the orbit that is left")
    return math.sqrt(c3 + 2.0 * gm / distance) - math.sqrt(gm / distance)


def payload_at(vehicle: Launcher, c3: float) -> Payload:
    """Payload of a launcher at a departure energy.

    Between published points the logarithm of the injected mass (payload and stage) is straight in the change of
    velocity, which the rocket equation makes exact for one stage; beyond them its specific impulse gives the slope.

    Parameters
    ----------
    vehicle : Launcher
        From the table.
    c3 : float [m^2/s^2]
        Departure energy.

    Returns
    -------
    Payload

    Raises
    ------
    InvalidInput
        The energy is below that of the parking orbit.
    NumericalFailure
        Nothing is left to carry; the message says the largest energy.

    Source
    ------
    Tsiolkovsky's equation.
    """
    exhaust = vehicle.specific_impulse * STANDARD_GRAVITY
    speed, dry = injection_speed(c3), vehicle.stage_dry_mass
    for energy, mass in vehicle.points:
        if abs(energy - c3) <= 1e3:
            return Payload(mass, "point")
    for (low, more), (high, less) in pairwise(vehicle.points):
        if low < c3 < high:
            share = (speed - injection_speed(low)) / (injection_speed(high) - injection_speed(low))
            return Payload((more + dry) ** (1.0 - share) * (less + dry) ** share - dry, "interpolated")
    energy, mass = vehicle.points[0] if c3 < vehicle.points[0][0] else vehicle.points[-1]
    carried = (mass + dry) * math.exp((injection_speed(energy) - speed) / exhaust) - dry
    if carried <= 0.0:
        most = injection_speed(energy) + exhaust * math.log((mass + dry) / dry)
        gm = body("EARTH").gm
        limit = (most + math.sqrt(gm / PARKING)) ** 2 - 2.0 * gm / PARKING
        raise NumericalFailure(
            f"{vehicle.name} carries nothing to {c3 / 1e6:.1f} km2/s2; its stage alone reaches {limit / 1e6:.1f} km2/s2"
        )
    return Payload(carried, "extrapolated")


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("moonstead.orbits").joinpath(name).read_text(encoding="utf-8"))


def _key(name: str, names: dict[str, str], kind: str) -> str:
    """Id of what is called by its id or its name."""
    wanted = name.strip().lower()
    for key, called in names.items():
        if wanted in (key, called.lower()):
            return key
    near = closest(wanted, list(names))
    hint = f"did you mean {near!r}?" if near else f"there are {', '.join(names)}"
    raise InvalidInput(f"no {kind} is called {name!r}; {hint}")
