"""Whether shields and cameras refer to what the scenario declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from moonstead.scenario.findings import Finding, identifier, identifiers, tables, unknown


def check_threats(document: Mapping[str, Any], spacecraft: Set[str]) -> Iterator[Finding]:
    """References of shields and flash cameras.

    Parameters
    ----------
    document : mapping
        The scenario as `tomllib` reads it.
    spacecraft : set of str
        Identifiers that the scenario declares.

    Returns
    -------
    iterator of Finding
        In the order of the document's parts.
    """
    owners = {*identifiers(document, "facility"), *spacecraft}
    for index, shield in tables(document, "shield"):
        owner = identifier(shield, "of")
        if owner is not None and owner not in owners:
            yield unknown(("shield", index, "of"), owner, "facility or spacecraft", owners)
    for index, camera in tables(document, "flash_camera"):
        craft = identifier(camera, "spacecraft")
        if craft is not None and craft not in spacecraft:
            yield unknown(("flash_camera", index, "spacecraft"), craft, "spacecraft", spacecraft)
