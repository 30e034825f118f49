"""Partners: who brings what."""

from __future__ import annotations

from typing import Any

from moonstead.report.html import Section, table
from moonstead.report.run_folder import RunFolder

ORDER = 60
KINDS = {
    "module": "module",
    "instrument": "instrument",
    "rover": "rover",
    "plant": "plant",
    "solar-array": "solar array",
    "battery": "battery",
    "fuel-cell": "fuel cell",
    "reactor": "reactor",
    "radioisotope": "radioisotope generator",
    "antenna": "antenna",
}


def section(run: RunFolder) -> Section | None:
    """What each partner owns."""
    scenario = run.scenario
    if not scenario["partners"]:
        return None
    rows = []
    for partner in scenario["partners"]:
        owned = [part for part in scenario["facilities"] if part["partner"] == partner["id"]]
        flown = [part for part in scenario["spacecraft"] if part["partner"] == partner["id"]]
        dishes = [part for part in scenario["ground_stations"] if part.get("partner") == partner["id"]]
        sites = [part for part in scenario["sites"] if part.get("partner") == partner["id"]]
        rows.append(
            [
                partner["name"],
                _list(sites),
                ", ".join(f"{part['name'] or part['id']} ({KINDS[part['kind']]}, {part['site']})" for part in owned),
                _list(flown),
                _list(dishes),
            ]
        )
    header = ["partner", "sites", "facilities", "spacecraft", "ground stations"]
    return Section("partners", "Partners", table(header, rows))


def _list(parts: list[dict[str, Any]]) -> str:
    return ", ".join(str(part.get("name") or part["id"]) for part in parts)
