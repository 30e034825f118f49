"""From what a scenario says of a rover to the rover that drives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moonstead.station.rovers import Rover

__all__ = ["rover_of"]


def rover_of(vehicle: Mapping[str, Any]) -> Rover:
    """Return the rover of a class with all that is said to be different about it, in SI."""
    from moonstead.station.rovers import ROVERS

    given = {key: value for key, value in vehicle.items() if key != "like" and value is not None}
    for table in ("slopes", "speeds"):
        if table in given:
            given[table] = tuple(given[table])
    base = ROVERS[vehicle["like"]]
    changed = ", ".join(key for key in given if key != "name")
    source = f"{base.source}; given: {changed}" if changed else base.source
    return replace(base, **{"name": f"{base.name} rover", **given, "source": source})
