"""Transfers: what each way to the Moon costs, where it goes in space and beside Earth and Moon, what it reaches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from moonstead.report.figures import EARTH, MOON, SERIES, axis, figure, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 39
DAY = 86_400.0  # [s]
MASS_RATIO = 0.01215058560962404  # of the Moon to both; where Earth and Moon stand in the rotating axes
ROW_PIXELS, LEAST_PIXELS = 34, 190


def section(run: RunFolder) -> Section | None:
    """Budget, paths, and what each flight reached."""
    tasks = [task for task in run.manifest["tasks"] if task["id"].startswith("transfer.")]
    if not tasks:
        return None
    told = {task["id"].removeprefix("transfer."): task["facts"] for task in tasks}
    found = {id: facts for id, facts in told.items() if facts.get("ways")}
    body = paragraph(
        "Each mission's way is found under the gravity fields of Earth and Moon, Sun, Venus and Jupiter, by impulses, "
        "and then flown again in one go from its departure through all burns. Simulated."
    )
    for facts in told.values():
        if not facts.get("ways"):
            body += paragraph(f"{facts['name']}: no transfer was found. {facts['reason']}")
    if found:
        body += _overview(found) + _budget(found) + _rotating(run, found) + _inertial(run, found)
        for id, facts in found.items():
            body += _one(facts, _planned_insertion(run, id))
    return Section("transfers", "Transfers", body)


def _overview(found: dict[str, Any]) -> str:
    rows = [
        [
            way["name"],
            way["kind"],
            way["departure_utc"][:16],
            way["arrival_utc"][:16],
            way["duration"] / DAY,
            way["total_delta_v"],
            way["position_defect"],
        ]
        for facts in found.values()
        for way in facts["ways"]
    ]
    head = [
        "way",
        "kind",
        "departs (UTC)",
        "arrives (UTC)",
        "days",
        "change of velocity [m/s]",
        "off when flown again [m]",
    ]
    return table(head, rows)


def _budget(found: dict[str, Any]) -> str:
    ways = [way for facts in found.values() for way in facts["ways"]]
    names = [way["name"] for way in ways]
    burns = list(dict.fromkeys(burn for way in ways for burn in way["delta_v"]))
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": names,
            "x": rounded([way["delta_v"].get(burn, 0.0) for way in ways]),
            "name": burn,
            "marker": {"color": SERIES[number % len(SERIES)]},
        }
        for number, burn in enumerate(burns)
    ]
    spec = figure(traces, barmode="stack", xaxis=axis("change of velocity [m/s]"), yaxis=axis("", autorange="reversed"))
    caption = "Budget of each way, burn by burn, as impulses; the launcher's stage makes what leaves the Earth."
    height = max(LEAST_PIXELS, ROW_PIXELS * len(names) + 120)
    return heading("Budget") + plot("transfer-budget", spec, height, caption)


def _paths(run: RunFolder, found: dict[str, Any], columns: tuple[str, ...]) -> list[tuple[str, list[Any]]]:
    """Name and coordinates of every way that has a table."""
    paths = []
    for id, facts in found.items():
        path = run.table(f"transfer.{id}").columns
        for number, way in enumerate(facts["ways"]):
            chosen = path["way"] == number
            paths.append((way["name"], [path[name][chosen] for name in columns]))
    return paths


def _rotating(run: RunFolder, found: dict[str, Any]) -> str:
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(x, 5),
            "y": rounded(y, 5),
            "name": name,
            "line": {"width": 1.5, "color": SERIES[number % len(SERIES)]},
        }
        for number, (name, (x, y)) in enumerate(_paths(run, found, ("rotating_x", "rotating_y")))
    ]
    for name, x, colour, size in (("Earth", -MASS_RATIO, EARTH, 12), ("Moon", 1.0 - MASS_RATIO, MOON, 8)):
        mark = {"color": colour, "size": size}
        traces.append({"type": "scatter", "mode": "markers", "x": [x], "y": [0.0], "name": name, "marker": mark})
    spec = figure(
        traces,
        xaxis=axis("along the line from Earth to Moon [its length]"),
        yaxis=axis("along the Moon's motion [its length]", scaleanchor="x"),
    )
    caption = "Paths in the axes that turn with Earth and Moon and pulsate with their distance, seen from the north."
    return heading("Paths beside Earth and Moon") + plot("transfer-rotating", spec, 460, caption)


def _inertial(run: RunFolder, found: dict[str, Any]) -> str:
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter3d",
            "mode": "lines",
            "x": rounded(x / 1e6),
            "y": rounded(y / 1e6),
            "z": rounded(z / 1e6),
            "name": name,
            "line": {"width": 3, "color": SERIES[number % len(SERIES)]},
        }
        for number, (name, (x, y, z)) in enumerate(_paths(run, found, ("x", "y", "z")))
    ]
    mark = {"color": EARTH, "size": 5}
    traces.append(
        {"type": "scatter3d", "mode": "markers", "x": [0], "y": [0], "z": [0], "name": "Earth", "marker": mark}
    )
    scene = {
        "aspectmode": "data",
        **{f"{name}axis": {"title": {"text": f"{name} [1000 km]"}} for name in "xyz"},
    }
    spec = figure(traces, scene=scene, margin={"l": 0, "r": 0, "t": 30, "b": 0})
    caption = "The same paths about the Earth, along the axes of the ICRF. Turn with the mouse."
    return heading("Paths about the Earth") + plot("transfer-inertial", spec, 520, caption)


def _planned_insertion(run: RunFolder, id: str) -> float | None:
    """Change of velocity [m/s] that the mission's masses count with for its insertion."""
    if "burns" not in run.names("logistics"):
        return None
    burns = run.table("logistics.burns").columns
    found = [k for k, mission in enumerate(burns["mission"]) if mission == id and burns["burn"][k] == "insertion"]
    return float(burns["delta_v"][found[0]]) if found else None


def _one(facts: dict[str, Any], planned: float | None) -> str:
    body = ""
    for way in facts["ways"]:
        body += heading(way["name"], 4)
        rows = [[one["utc"], one["name"], _shown(one["quantity"], one["unit"])] for one in way["events"]]
        body += table(["UTC", "event", "value"], rows)
        rows = [
            [one["name"], _shown(one["wanted"], one["unit"]), _shown(one["reached"], one["unit"])]
            for one in way["targets"]
        ]
        body += table(["target", "wanted", "reached when flown again"], rows)
    lines = []
    if "parking_node" in facts:
        lines.append(
            f"Parking orbit inclined by {math.degrees(facts['parking_inclination']):.1f} deg, its node at right "
            f"ascension {math.degrees(facts['parking_node']):.1f} deg; node of the lunar orbit at "
            f"{math.degrees(facts['lunar_node']):.1f} deg east on the Moon."
        )
    computed = facts["ways"][0]["delta_v"].get("lunar orbit insertion")
    if planned is not None and computed is not None:
        more = planned - computed
        lines.append(
            f"The vehicle's masses count with {planned:.0f} m/s for the insertion, {abs(more):.0f} m/s "
            f"{'more' if more >= 0.0 else 'less'} than the impulse found here; a burn of true length loses some to "
            "gravity."
        )
    if "home" in facts:
        home = facts["home"]
        lines.append(
            "The way home starts from the plane of the lunar orbit that lies best on that day, which is not the plane "
            "of the arrival: waiting or a change of plane comes on top. "
            f"Entry at {home['entry_speed'] / 1e3:.2f} km/s, "
            f"{math.degrees(home['entry_longitude']):.1f} deg E, {math.degrees(home['entry_latitude']):.1f} deg N."
        )
    body += "".join(paragraph(line) for line in lines)
    days = [day for day in facts.get("calendar", ()) if day["delta_v"] is not None]
    if len(days) > 1:
        best = min(days, key=lambda day: day["delta_v"])
        spread = [day["delta_v"] for day in days]
        body += paragraph(
            f"Over the days of the window it costs {min(spread):.0f} to {max(spread):.0f} m/s; the best day takes "
            f"{best['flight_time'] / DAY:.2f} d."
        )
    return details(facts["name"], body)


def _shown(value: float, unit: str) -> str:
    if unit == "rad":
        return f"{math.degrees(value):.5f} deg"
    if unit == "m" and abs(value) >= 1e3:
        return f"{value / 1e3:.4f} km"
    if unit.startswith("s TDB"):
        return f"{value:.1f} {unit}"
    return f"{value:.4f} {unit}" if np.isfinite(value) else "unknown"
