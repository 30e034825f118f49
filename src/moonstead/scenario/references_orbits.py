"""Whether orbits refer to sites and spacecraft that the scenario declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from moonstead.scenario.findings import Finding, identifier, tables, unknown
from moonstead.scenario.positions import KeyPath


def check_orbits(document: Mapping[str, Any], sites: Set[str], spacecraft: Set[str]) -> Iterator[Finding]:
    """References of orbits that are found by search.

    Parameters
    ----------
    document : mapping
        The scenario as `tomllib` reads it.
    sites, spacecraft : set of str
        Identifiers that the scenario declares.

    Returns
    -------
    iterator of Finding
        In the order of the spacecraft.
    """
    orbits = {identifier(craft): craft.get("orbit") for _, craft in tables(document, "spacecraft")}
    for index, craft in tables(document, "spacecraft"):
        orbit = craft.get("orbit")
        if not isinstance(orbit, dict):
            continue
        at: KeyPath = ("spacecraft", index, "orbit")
        site, leader = identifier(orbit, "sees"), identifier(orbit, "leader")
        if site is not None and site not in sites:
            yield unknown((*at, "sees"), site, "site", sites)
        if leader is None:
            continue
        if leader not in spacecraft:
            yield unknown((*at, "leader"), leader, "spacecraft", spacecraft)
        elif not _is_ellipse(orbits.get(leader)):
            yield Finding(
                (*at, "leader"),
                f'"{leader}" is on no frozen ellipse, so nothing can be phased behind it',
                'name a spacecraft whose orbit has kind = "frozen-ellipse"',
            )


def _is_ellipse(orbit: object) -> bool:
    return isinstance(orbit, dict) and orbit.get("kind") == "frozen-ellipse"
