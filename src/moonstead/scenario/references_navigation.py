"""Whether constellations and navigation refer to what the scenario declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from moonstead.scenario.findings import Finding, identifier, identifiers, tables, unknown


def check_navigation(
    document: Mapping[str, Any], partners: Set[str], sites: Set[str], spacecraft: Set[str]
) -> Iterator[Finding]:
    """References of constellations, and of the sites with users.

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
    for index, constellation in tables(document, "constellation"):
        partner = identifier(constellation, "partner")
        if partner is not None and partner not in partners:
            yield unknown(("constellation", index, "partner"), partner, "partner", partners)
        crafts = constellation.get("spacecraft")
        for place, craft in enumerate(crafts if isinstance(crafts, list) else []):
            if isinstance(craft, str) and craft not in spacecraft:
                yield unknown(("constellation", index, "spacecraft", place), craft, "spacecraft", spacecraft)
    asked = document.get("navigation")
    if not isinstance(asked, dict):
        if identifiers(document, "constellation"):
            remedy = "add [navigation], whose keys all have defaults"
            yield Finding(("constellation", 0, "id"), "nobody uses this constellation", remedy)
        return
    named = asked.get("sites")
    for place, site in enumerate(named if isinstance(named, list) else []):
        if isinstance(site, str) and site not in sites:
            yield unknown(("navigation", "sites", place), site, "site", sites)
    seen: set[str] = set()
    for index, station in tables(asked, "station"):
        name = identifier(station)
        if name is not None and name in seen:
            key = ("navigation", "station", index, "id")
            yield Finding(key, f'"{name}" already names another station of navigation', "give each its own id")
        seen.add(name or "")
