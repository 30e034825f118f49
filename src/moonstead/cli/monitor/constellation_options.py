"""Options that say who watches: constellations by name or by numbers, and what each satellite needs."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated

import typer

from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.monitoring.coverage.constellations import Constellation

Walker = Annotated[
    str | None,
    typer.Option("--walker", metavar="T/P/F", help="Walker pattern: satellites, planes, phasing; such as 66/6/2."),
]
Altitude = Annotated[float, typer.Option("--altitude-km", help="Of the Walker pattern, over the equatorial radius.")]
Inclination = Annotated[float, typer.Option("--inclination-deg", help="Of the Walker pattern.")]
Star = Annotated[bool, typer.Option("--star", help="Walker nodes over half a turn, not over a whole one.")]
Geo = Annotated[
    str | None, typer.Option("--geo", metavar="LON,...", help="Geostationary satellites at east longitudes, degrees.")
]
Molniya = Annotated[
    str | None, typer.Option("--molniya", metavar="N@LON", help="N satellites on a Molniya track, an apogee at LON.")
]
Tundra = Annotated[
    str | None, typer.Option("--tundra", metavar="N@LON", help="N satellites on a Tundra track, the apogee at LON.")
]
Least = Annotated[float, typer.Option("--elevation-deg", help="Least elevation of a satellite over the place it sees.")]
HalfAngle = Annotated[
    float | None, typer.Option("--half-angle-deg", help="Of the cone of view around the nadir; to the limb without it.")
]

_TRACK = re.compile(r"(\d+)@(-?\d+(?:\.\d+)?)")


def constellation_of(
    name: str | None,
    pattern: str | None,
    altitude_km: float,
    inclination_deg: float,
    star: bool,
    geo: str | None,
    molniya: str | None,
    tundra: str | None,
    body: str = "EARTH",
) -> Constellation | None:
    """All satellites that the options name, as one constellation; None where they name none."""
    from moonstead.monitoring.coverage.constellations import eccentric, geostationary, walker
    from moonstead.monitoring.coverage.presets import preset

    found = [preset(name)] if name is not None else []
    if pattern is not None:
        found.append(
            walker(
                *_three(pattern),
                1e3 * altitude_km,
                math.radians(inclination_deg),
                pattern="star" if star else "delta",
                body=body,
            )
        )
    if geo is not None:
        found.append(geostationary([math.radians(x) for x in _numbers(geo)]))
    if molniya is not None:
        found.append(eccentric("molniya", *_track("--molniya", molniya)))
    if tundra is not None:
        found.append(eccentric("tundra", *_track("--tundra", tundra)))
    if not found:
        return None
    together = found[0]
    for other in found[1:]:
        together = together.joined(other)
    return together


def _three(text: str) -> tuple[int, int, int]:
    parts = text.split("/")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts):
        raise InvalidInput(f"--walker is three whole numbers T/P/F, such as 66/6/2; got {text!r}")
    total, planes, phasing = (int(part) for part in parts)
    return total, planes, phasing


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInput(f"--geo is a list of longitudes in degrees, such as -75,0,75; got {text!r}") from None


def _track(option: str, text: str) -> tuple[int, float]:
    match = _TRACK.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"{option} is a number of satellites and a longitude in degrees, such as 3@80; got {text!r}")
    return int(match[1]), math.radians(float(match[2]))
