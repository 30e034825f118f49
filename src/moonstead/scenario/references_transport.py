"""Whether vehicles, missions, legs, demands and depots refer to what the scenario declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from moonstead.scenario.findings import Finding, identifier, identifiers, tables, unknown
from moonstead.scenario.positions import KeyPath
from moonstead.scenario.transport import ORBIT_NAMES


def check_transport(
    document: Mapping[str, Any], partners: Set[str], sites: Set[str], spacecraft: Set[str]
) -> Iterator[Finding]:
    """References of everything that flies people and cargo.

    Parameters
    ----------
    document : mapping
        The scenario as `tomllib` reads it.
    partners, sites, spacecraft : set of str
        Identifiers that the scenario declares.

    Returns
    -------
    iterator of Finding
        In the order of the document's parts.
    """
    places = {*ORBIT_NAMES, *sites, *spacecraft}
    for part in ("transport", "mission"):
        for index, table in tables(document, part):
            partner = identifier(table, "partner")
            if partner is not None and partner not in partners:
                yield unknown((part, index, "partner"), partner, "partner", partners)
    keys = {"mission": ("from", "to"), "leg": ("from", "to"), "demand": ("place",), "depot": ("place",)}
    keys["transport"] = ("base",)
    for part, names in keys.items():
        for index, table in tables(document, part):
            for key in names:
                place = identifier(table, key)
                if place is not None and place not in places:
                    yield unknown((part, index, key), place, "orbit, site or spacecraft", places)
    for index, mission in tables(document, "mission"):
        yield from _mission(document, index, mission, places, sites)


def _mission(
    document: Mapping[str, Any], index: int, mission: Mapping[str, Any], places: Set[str], sites: Set[str]
) -> Iterator[Finding]:
    own, transport = identifier(mission), identifier(mission, "transport")
    transports, missions = identifiers(document, "transport"), identifiers(document, "mission")
    if transport is not None and transport not in transports:
        yield unknown(("mission", index, "transport"), transport, "vehicle", transports)
    for place, name in enumerate(_names(mission, "via")):
        if name not in places:
            yield unknown(("mission", index, "via", place), name, "orbit, site or spacecraft", places)
    named: list[tuple[KeyPath, str]] = [
        (("mission", index, "needs", place), name) for place, name in enumerate(_names(mission, "needs"))
    ]
    lander = identifier(mission, "lander")
    if lander is not None:
        named.append((("mission", index, "lander"), lander))
    for key, name in named:
        if name == own:
            yield Finding(key, f'"{name}" cannot wait for itself', "name another mission")
        elif name not in missions:
            yield unknown(key, name, "mission", missions)
    crews = {identifier(crew): identifier(crew, "site") for _, crew in tables(document, "crew")}
    goal = identifier(mission, "to")
    for place, name in enumerate(_names(mission, "crews")):
        if name not in crews:
            yield unknown(("mission", index, "crews", place), name, "crew", [one for one in crews if one is not None])
        elif crews[name] != goal:
            message = f'crew "{name}" stays at "{crews[name]}", the mission goes to "{goal}"'
            yield Finding(("mission", index, "crews", place), message, "send them where they stay")
    if goal in sites:
        held = {
            identifier(store, "substance")
            for _, store in tables(document, "store")
            if identifier(store, "site") == goal
        }
        for place, cargo in tables(mission, "cargo"):
            substance = identifier(cargo, "substance")
            if substance is not None and substance not in held:
                message = f'"{goal}" has no store of {substance}'
                yield Finding(("mission", index, "cargo", place), message, "add a [[store]] of it at this site")


def _names(table: Mapping[str, Any], key: str) -> list[str]:
    found = table.get(key)
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
