"""The two ends of a radio link, resolved from a scenario to plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from moonstead.foundation.errors import InvalidInput
from moonstead.run.places import eye_key, site_fragment
from moonstead.scenario.antennas import Radio
from moonstead.scenario.facilities import SurfaceAntenna
from moonstead.scenario.ground import GroundStation, ShippedStation
from moonstead.scenario.links import Link
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.links.bands import Direction

EndKind = Literal["surface", "spacecraft", "ground"]

# System noise temperatures [K] where the scenario gives none: a cooled receiver on the ground at moderate elevation,
# an uncooled one that looks at the Moon or from a spacecraft; Maral & Bousquet (2009), section 5.5.
GROUND_NOISE = {"UHF": 150.0, "L": 100.0, "S": 60.0, "X": 50.0, "Ka": 120.0}
REMOTE_NOISE = 500.0
GROUND_POWER = 5e3  # [W] transmitter of a deep-space station where the scenario gives none


def pairs_of(link: Link, scenario: Scenario) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every pair of ends that a link stands for: a network means each of its stations."""
    for first in _ends(link.between[0], scenario):
        for second in _ends(link.between[1], scenario):
            yield first, second


def link_direction(first: EndKind, second: EndKind) -> Direction:
    """Direction of a link in the table of bands, from where its ends stand; data flow from the first."""
    if "ground" in (first, second):
        return "down" if second == "ground" else "up"
    return "forward" if (first, second) == ("spacecraft", "surface") else "return"


def pair_key(first: dict[str, Any], second: dict[str, Any]) -> str:
    """Name of a pair's tasks and tables."""
    return f"{first['label']}--{second['label']}"


def is_network(endpoint: str, scenario: Scenario) -> bool:
    """Whether an endpoint of a link stands for several stations."""
    return any(network.id == endpoint for network in scenario.networks)


def _ends(endpoint: str, scenario: Scenario) -> Iterator[dict[str, Any]]:
    for network in scenario.networks:
        if network.id == endpoint:
            for station in network.stations:
                yield _ground(_station(station, scenario))
            return
    if "." not in endpoint:
        yield _ground(_station(endpoint, scenario))
        return
    owner, antenna = endpoint.split(".", 1)
    for part in scenario.facilities:
        if isinstance(part, SurfaceAntenna) and (part.site, part.id) == (owner, antenna):
            yield _surface(part, scenario)
            return
    for craft in scenario.spacecraft:
        for radio in craft.antennas:
            if (craft.id, radio.id) == (owner, antenna):
                end = {"end": "spacecraft", "label": endpoint, "title": craft.name or craft.id, "owner": craft.id}
                yield end | _radio(radio)
                return
    raise InvalidInput(f"link end {endpoint!r} names no antenna, ground station or network of the scenario")


def _surface(part: SurfaceAntenna, scenario: Scenario) -> dict[str, Any]:
    site = next(site for site in scenario.sites if site.id == part.site)
    end = {"end": "surface", "label": f"{site.id}.{part.id}", "title": site.name or site.id, "owner": site.id}
    place = site_fragment(site) | {"mast": part.mast, "eye": eye_key(site.id, part.mast)}
    return end | place | {"minimum_elevation": part.minimum_elevation} | _radio(part)


def _radio(radio: Radio) -> dict[str, Any]:
    return {
        "band": radio.band,
        "diameter": radio.diameter,
        "gain_dbi": radio.gain_dbi,
        "efficiency": radio.efficiency,
        "power": radio.power,
        "noise_temperature": radio.noise_temperature or REMOTE_NOISE,
    }


def _station(name: str, scenario: Scenario) -> GroundStation:
    return next(station for station in scenario.ground_stations if station.id == name)


def _ground(station: GroundStation) -> dict[str, Any]:
    if isinstance(station, ShippedStation):
        from moonstead.links.ground_stations import ground_station

        known = ground_station(station.use)
        elevation = station.minimum_elevation
        place: dict[str, Any] = {
            "title": known.name,
            "latitude": known.latitude,
            "longitude": known.longitude,
            "height": known.height,
            "diameter": known.dish_diameter,
            "bands": list(known.bands),
            "minimum_elevation": DEFAULT_ELEVATION if elevation is None else elevation,
            "efficiency": 0.6,
            "power": GROUND_POWER,
            "noise_temperature": None,
        }
    else:
        place = {
            "title": station.name or station.id,
            "latitude": station.latitude,
            "longitude": station.longitude,
            "height": station.height,
            "diameter": station.diameter,
            "bands": list(station.bands),
            "minimum_elevation": station.minimum_elevation,
            "efficiency": station.efficiency,
            "power": station.power or GROUND_POWER,
            "noise_temperature": station.noise_temperature,
        }
    return {"end": "ground", "label": station.id, "owner": station.id, "gain_dbi": None} | place


DEFAULT_ELEVATION = 0.174532925199432955  # [rad] 10 deg, the usual mask of deep-space stations
