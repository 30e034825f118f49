"""Whether protected objects and sensors refer to what the scenario declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from moonstead.scenario.findings import Finding, identifier, identifiers, tables, unknown


def check_monitoring(
    document: Mapping[str, Any],
    partners: Set[str],
    sites: Set[str],
    spacecraft: Set[str],
    stations: Set[str],
) -> Iterator[Finding]:
    """References of protected objects and sensors.

    Parameters
    ----------
    document : mapping
        The scenario as `tomllib` reads it.
    partners, sites, spacecraft, stations : set of str
        Identifiers that the scenario declares.

    Returns
    -------
    iterator of Finding
        In the order of the document's parts.
    """
    asked = document.get("monitoring")
    for part, declared in (
        ("protect", {"partner": partners, "spacecraft": spacecraft}),
        ("sensor", {"partner": partners, "spacecraft": spacecraft, "site": sites, "ground_station": stations}),
    ):
        for index, table in tables(document, part):
            for key, known in declared.items():
                name = identifier(table, key)
                if name is not None and name not in known:
                    yield unknown((part, index, key), name, key.replace("_", " "), known)
        if not isinstance(asked, dict) and identifiers(document, part):
            what = "nobody screens for this object" if part == "protect" else "nobody asks what this sensor sees"
            yield Finding((part, 0, "id"), what, "add [monitoring], whose keys all have defaults")
    if not isinstance(asked, dict):
        return
    seen: dict[str, str] = {}
    for index, table in tables(document, "protect"):
        which = str(table.get("spacecraft", table.get("object")))
        name = identifier(table) or ""
        if which in seen:
            message = f'"{seen[which]}" already protects the same object'
            yield Finding(("protect", index, "id"), message, "name each object once")
        seen[which] = name
        if "object" in table and "catalogue" not in asked:
            message = "the object is one of a catalogue, but there is none"
            yield Finding(("protect", index, "object"), message, "add `catalogue` to [monitoring]")
