"""Whether the parts of a scenario refer to each other rightly; works on the raw document, so that it sees all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moonstead.foundation.units import closest
from moonstead.scenario.findings import Finding, identifier, identifiers, tables, unknown
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.references_monitoring import check_monitoring
from moonstead.scenario.references_navigation import check_navigation
from moonstead.scenario.references_orbits import check_orbits
from moonstead.scenario.references_threats import check_threats
from moonstead.scenario.references_transport import check_transport


@dataclass(frozen=True, slots=True)
class _Names:
    """What a scenario declares, by identifier."""

    partners: frozenset[str]
    sites: frozenset[str]
    spacecraft: frozenset[str]
    stations: frozenset[str]
    networks: frozenset[str]
    antennas: Mapping[str, frozenset[str]] = field(default_factory=dict)  # antennas of each site and spacecraft


def check_references(document: Mapping[str, Any]) -> list[Finding]:
    """Duplicate identifiers, references to nothing, and links that cannot be.

    Parameters
    ----------
    document : mapping
        The scenario as `tomllib` reads it; parts of a wrong type are passed over, they are reported elsewhere.

    Returns
    -------
    list of Finding
        In the order of the document's parts.
    """
    names = _declared(document)
    return [
        *_duplicates(document),
        *_owners(document, names),
        *_stations_of_networks(document, names),
        *_links(document, names),
        *_traverses(document, names),
        *_power_lines(document, names),
        *_stores(document, names),
        *check_orbits(document, names.sites, names.spacecraft),
        *check_transport(document, names.partners, names.sites, names.spacecraft),
        *check_threats(document, names.spacecraft),
        *check_navigation(document, names.partners, names.sites, names.spacecraft),
        *check_monitoring(document, names.partners, names.sites, names.spacecraft, names.stations),
    ]


def _declared(document: Mapping[str, Any]) -> _Names:
    antennas: dict[str, set[str]] = {}
    for _, facility in tables(document, "facility"):
        site, name = identifier(facility, "site"), identifier(facility)
        if facility.get("kind") == "antenna" and site is not None and name is not None:
            antennas.setdefault(site, set()).add(name)
    for _, spacecraft in tables(document, "spacecraft"):
        owner = identifier(spacecraft)
        if owner is not None:
            antennas.setdefault(owner, set()).update(identifiers(spacecraft, "antenna"))
    return _Names(
        partners=identifiers(document, "partner"),
        sites=identifiers(document, "site"),
        spacecraft=identifiers(document, "spacecraft"),
        stations=identifiers(document, "ground_station", "id", "use"),
        networks=identifiers(document, "network"),
        antennas={owner: frozenset(found) for owner, found in antennas.items()},
    )


def _duplicates(document: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _repeated(_identified(document, "partner"), "partner")
    grounds = (
        "facility",
        "line",
        "crew",
        "store",
        "process",
        "resource_layer",
        "deposit",
        "map",
        "traverse",
        "landing",
    )
    for part in (
        *grounds,
        "transport",
        "mission",
        "demand",
        "depot",
        "threat",
        "shield",
        "flash_camera",
        "constellation",
        "protect",
        "sensor",
    ):
        yield from _repeated(_identified(document, part), part)
    places = [
        *_identified(document, "site"),
        *_identified(document, "spacecraft"),
        *_identified(document, "ground_station", "id", "use"),
        *_identified(document, "network"),
    ]
    yield from _repeated(places, "site, spacecraft, ground station or network")
    yield from _repeated(_identified(document, "link"), "link")
    for index, spacecraft in tables(document, "spacecraft"):
        antennas = [(("spacecraft", index, *key), name) for key, name in _identified(spacecraft, "antenna")]
        yield from _repeated(antennas, "antenna of this spacecraft")


def _identified(document: Mapping[str, Any], name: str, *keys: str) -> list[tuple[KeyPath, str]]:
    found: list[tuple[KeyPath, str]] = []
    for index, table in tables(document, name):
        key = next((key for key in keys or ("id",) if isinstance(table.get(key), str)), None)
        if key is not None:
            found.append(((name, index, key), str(table[key])))
    return found


def _repeated(items: Iterable[tuple[KeyPath, str]], what: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for key, name in items:
        if name in seen:
            yield Finding(key, f'"{name}" already names another {what}', "give each its own id")
        seen.add(name)


def _owners(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    for part in ("site", "facility", "spacecraft", "ground_station", "line", "crew", "store", "delivery"):
        for index, table in tables(document, part):
            partner = identifier(table, "partner")
            if partner is not None and partner not in names.partners:
                yield unknown((part, index, "partner"), partner, "partner", names.partners)
    for part in ("facility", "crew", "store", "process", "delivery", "deposit", "map", "traverse", "landing"):
        for index, table in tables(document, part):
            site = identifier(table, "site")
            if site is not None and site not in names.sites:
                yield unknown((part, index, "site"), site, "site", names.sites)


def _traverses(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    rovers = {identifier(facility) for _, facility in tables(document, "facility") if facility.get("kind") == "rover"}
    for index, traverse in tables(document, "traverse"):
        goal, driver = identifier(traverse, "to_site"), identifier(traverse, "facility")
        if goal is not None and goal not in names.sites:
            yield unknown(("traverse", index, "to_site"), goal, "site", names.sites)
        if driver is not None and driver not in rovers:
            known = [rover for rover in rovers if rover is not None]
            yield unknown(("traverse", index, "facility"), driver, "rover", known)


def _stations_of_networks(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    for index, network in tables(document, "network"):
        stations = network.get("stations")
        if not isinstance(stations, list):
            continue
        seen: set[str] = set()
        for place, station in enumerate(stations):
            if not isinstance(station, str):
                continue
            key: KeyPath = ("network", index, "stations", place)
            if station not in names.stations:
                yield unknown(key, station, "ground station", names.stations)
            elif station in seen:
                yield Finding(key, f'"{station}" is already in this network', "name each station once")
            seen.add(station)


def _stores(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    """Deliveries to sites without a store of their substance, and processes driven from elsewhere."""
    held = {(identifier(store, "site"), identifier(store, "substance")) for _, store in tables(document, "store")}
    for index, delivery in tables(document, "delivery"):
        site, substance = identifier(delivery, "site"), identifier(delivery, "substance")
        if site in names.sites and substance is not None and (site, substance) not in held:
            message = f'"{site}" has no store of {substance}'
            yield Finding(("delivery", index, "substance"), message, "add a [[store]] of it at this site")
    places = {identifier(facility): identifier(facility, "site") for _, facility in tables(document, "facility")}
    for index, process in tables(document, "process"):
        facility, site = identifier(process, "facility"), identifier(process, "site")
        if facility is None:
            continue
        key: KeyPath = ("process", index, "facility")
        if facility not in places:
            yield unknown(key, facility, "facility", [name for name in places if name is not None])
        elif places[facility] != site:
            message = f'"{facility}" stands at "{places[facility]}", the process runs at "{site}"'
            yield Finding(key, message, "name a facility of the same site")


def _links(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    for index, link in tables(document, "link"):
        between = link.get("between")
        if not isinstance(between, list) or len(between) != 2 or not all(isinstance(end, str) for end in between):
            continue
        ends = [_end(("link", index, "between", place), end, names) for place, end in enumerate(between)]
        yield from (end for end in ends if isinstance(end, Finding))
        kinds = [end for end in ends if isinstance(end, str)]
        if len(kinds) == 2:
            yield from _illegal(("link", index, "between"), between, kinds)


def _power_lines(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    for index, line in tables(document, "line"):
        between = line.get("between")
        for place, end in enumerate(between if isinstance(between, list) else ()):
            if isinstance(end, str) and end not in names.sites:
                yield unknown(("line", index, "between", place), end, "site", names.sites)


def _end(key: KeyPath, end: str, names: _Names) -> str | Finding:
    """Say where an end of a link stands ("surface", "space" or "ground"), or what is wrong with it."""
    owner, _, antenna = end.partition(".")
    if owner in names.stations | names.networks:
        if antenna:
            return Finding(key, f'"{owner}" is on the Earth and has no antenna to choose', f'write "{owner}"')
        return "ground"
    if owner not in names.sites | names.spacecraft:
        places = names.sites | names.spacecraft | names.stations | names.networks
        return unknown(key, owner, "site, spacecraft, ground station or network", places)
    known = sorted(names.antennas.get(owner, ()))
    if antenna in known:
        return "surface" if owner in names.sites else "space"
    has = f"it has {', '.join(known)}" if known else "it has none"
    if not antenna:
        example = f'write for example "{owner}.{known[0]}"' if known else f'add an antenna to "{owner}"'
        return Finding(key, f'"{owner}" does not say which antenna', example)
    near = closest(antenna, known)
    return Finding(key, f'"{owner}" has no antenna "{antenna}"', f'did you mean "{owner}.{near}"?' if near else has)


def _illegal(key: KeyPath, between: list[str], kinds: list[str]) -> Iterator[Finding]:
    if between[0].partition(".")[0] == between[1].partition(".")[0]:
        yield Finding(key, "both ends of the link are at the same place", "name two different ends")
    elif kinds == ["ground", "ground"]:
        yield Finding(key, "both ends of the link are on the Earth", "one end must be at the Moon or in space")
    elif kinds == ["surface", "surface"]:
        yield Finding(
            key,
            "a link from site to site follows the terrain between them, which is not modelled",
            "connect each site to a spacecraft or to the Earth",
        )
