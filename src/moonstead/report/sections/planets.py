"""Planets: porkchop of each mission beyond the Moon, its best departures, and its flight under all pulls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from moonstead.report.figures import axis, figure, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder
from moonstead.run.moments import utc_text

ORDER = 41
DAY = 86_400.0  # [s]
ABOVE = 25.0  # [km2/s2] over the least energy that the figure still shows


def section(run: RunFolder) -> Section | None:
    """Figures and tables of every way to a planet."""
    told = {
        task["id"].removeprefix("planet."): task["facts"]
        for task in run.manifest["tasks"]
        if task["id"].startswith("planet.")
    }
    if not told:
        return None
    body = paragraph(
        "C3 is the square of the speed at infinity relative to the barycentre of Earth and Moon, on conics about the "
        "Sun from centre to centre. The best arc is then flown under Sun, planets and Moon. Simulated."
    )
    for id, facts in told.items():
        body += heading(facts["name"])
        if facts["reason"]:
            body += paragraph(f"No way was found: {facts['reason']}")
            continue
        body += _arcs(facts) + _flown(facts) + _porkchop(run, id, facts)
    return Section("planets", "Ways to the planets", body)


def _arcs(facts: dict[str, Any]) -> str:
    rows = [
        [
            arc["type"],
            arc["c3"] / 1e6,
            arc["departure_utc"][:16],
            arc["arrival_utc"][:16],
            arc["duration"] / DAY,
            math.degrees(arc["declination"]),
            arc["arrival_speed"] / 1e3,
            ", ".join(arc["held_by"]) or "free",
        ]
        for arc in facts["arcs"]
    ]
    head = ["type", "C3 [km2/s2]", "departs (UTC)", "arrives (UTC)", "days", "declination [deg]", "arrives with [km/s]"]
    return table([*head, "held by"], rows)


def _flown(facts: dict[str, Any]) -> str:
    if "flown" not in facts:
        return ""
    one = facts["flown"]
    return paragraph(
        f"Type {one['type']} flown: conics miss the planet by {one['uncorrected_miss'] / 1e3:.0f} km; with the "
        f"departure corrected the aim is missed by {one['b_plane_miss']:.0f} m, and flown again in one go it ends "
        f"{one['position_defect']:.0f} m and {one['velocity_defect']:.3f} m/s off. Injection from the parking orbit "
        f"{one['injection']:.0f} m/s (C3 {one['c3'] / 1e6:.3f} km2/s2 from the Earth's centre), capture into a round "
        f"orbit at 400 km {one['capture']:.0f} m/s. Forces: {one['model']}."
    )


def _porkchop(run: RunFolder, id: str, facts: dict[str, Any]) -> str:
    columns = run.table(f"planet.{id}").columns
    leaving, row = np.unique(columns["departure"], return_inverse=True)
    reaching, column = np.unique(columns["arrival"], return_inverse=True)
    energy = np.full((reaching.size, leaving.size), np.nan)
    energy[column, row] = columns["c3"] / 1e6
    least = min(arc["c3"] for arc in facts["arcs"]) / 1e6
    energy[energy > least + ABOVE] = np.nan
    dates = [[str(text)[:16] for text in utc_text(tdb)] for tdb in (leaving, reaching)]
    traces = [
        {
            "type": "contour",
            "x": dates[0],
            "y": dates[1],
            "z": [rounded(line) for line in energy],
            "colorbar": {"title": {"text": "C3 [km2/s2]"}},
            "contours": {"start": math.floor(least), "end": math.ceil(least + ABOVE), "size": 2},
            "line": {"width": 0.5},
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [arc["departure_utc"][:16] for arc in facts["arcs"]],
            "y": [arc["arrival_utc"][:16] for arc in facts["arcs"]],
            "text": [arc["type"] for arc in facts["arcs"]],
            "textposition": "top right",
            "marker": {"color": "#000000", "symbol": "cross", "size": 9},
            "name": "least of its type",
        },
    ]
    spec = figure(traces, xaxis=axis("departure (UTC)"), yaxis=axis("arrival (UTC)"), showlegend=False)
    return plot(f"planet-{id}", spec, 480, f"{facts['name']}: departure energy for pairs of dates.")
