"""Landings: the way down over the terrain, the way up, and what an abort would take at each moment."""

from __future__ import annotations

import math
from typing import Any

from moonstead.report.figures import SERIES, axis, figure, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 40


def section(run: RunFolder) -> Section | None:
    """Figures and tables of every landing."""
    told = {
        task["id"].removeprefix("descent."): task["facts"]
        for task in run.manifest["tasks"]
        if task["id"].startswith("descent.")
    }
    if not told:
        return None
    body = paragraph(
        "Descents and ascents with the least propellant: thrust is constant on each arc, the path keeps clear of the "
        "terrain, the last arc leads straight down. Then they are flown under GRAIL, Earth and Sun as finite burns, "
        "and corrected until they end at rest on the site or at the periapsis asked. Simulated."
    )
    for id, facts in told.items():
        body += heading(facts["name"])
        if facts["reason"]:
            body += paragraph(f"No landing was found: {facts['reason']}")
            continue
        body += _budget(facts)
        if "descent" in facts:
            body += _profile(run, id, facts["name"]) + _aborts(facts)
    return Section("landings", "Landings", body)


def _budget(facts: dict[str, Any]) -> str:
    rows: list[list[Any]] = []
    if "descent" in facts:
        one = facts["descent"]
        rows += [
            ["descent, from ignition to touchdown", one["delta_v"], one["propellant"], one["duration"]],
            ["lowering of the orbit before it", one["braking"], "", ""],
        ]
    if "ascent" in facts:
        one = facts["ascent"]
        rows += [
            ["ascent, from lift-off to cut-off", one["delta_v"], one["propellant"], one["duration"]],
            ["rounding of the orbit behind it", one["rounding"], "", ""],
        ]
    body = table(["part", "change of velocity [m/s]", "propellant [kg]", "time [s]"], rows)
    lines = []
    for part, name in (("landing", "descent"), ("ascent", "ascent")):
        if part in facts["planned"] and name in facts:
            total = facts[name]["delta_v"] + facts[name]["braking" if name == "descent" else "rounding"]
            plan = facts["planned"][part]
            more = facts[name]["flown_propellant"] - plan["propellant"]
            verdict = "which is enough"
            if more > 0.0:
                verdict = f"{more:.0f} kg more than that; the tanks have room for {plan['spare']:.0f} kg"
            lines.append(
                f"The mission's leg plans {plan['delta_v']:.0f} m/s and {plan['propellant']:.0f} kg for the {part}; "
                f"this one takes {total:.0f} m/s and {facts[name]['flown_propellant']:.0f} kg, {verdict}."
            )
    if "descent" in facts:
        one = facts["descent"]
        lines.append(
            f"Thrust over weight at ignition is {one['thrust'] / (1.624 * one['mass']):.2f}; ignition "
            f"{one['downrange'] / 1e3:.0f} km before the site at {one['ignition_utc'][:19]} UTC, touchdown at "
            f"{one['touchdown_utc'][:19]} UTC. Flown as designed it ends {one['designed_defect']:.0f} m off, corrected "
            f"{one['position_defect']:.3f} m and {one['velocity_defect'] * 1e3:.2f} mm/s off."
        )
    if "ascent" in facts:
        low, high = (value / 1e3 for value in facts["ascent"]["apsides"])
        first, second = (value / 1e3 for value in facts["ascent"]["designed_apsides"])
        lines.append(
            f"Flown as designed the ascent ends in {first:.2f} x {second:.2f} km, "
            f"corrected in {low:.2f} x {high:.2f} km."
        )
    return body + "".join(paragraph(line) for line in lines)


def _profile(run: RunFolder, id: str, name: str) -> str:
    columns = run.table(f"descent.{id}").columns
    distance = rounded(columns["distance"] / 1e3)
    lines = (("path", "height", SERIES[0], "solid"), ("ground", "ground", SERIES[1], "solid"))
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": distance,
            "y": rounded(columns[column] / 1e3),
            "name": title,
            "line": {"color": colour, "width": 1.5, "dash": dash},
        }
        for title, column, colour, dash in (*lines, ("least height", "floor", SERIES[1], "dot"))
    ]
    spec = figure(traces, xaxis=axis("distance to the site [km]", autorange="reversed"), yaxis=axis("height [km]"))
    return plot(f"landing-{id}", spec, 360, f"{name}: descent over the terrain, heights above 1737.4 km.")


def _aborts(facts: dict[str, Any]) -> str:
    rows = [
        [
            one["time"],
            one["altitude"] / 1e3,
            one["delta_v"] if one["delta_v"] is not None and math.isfinite(one["delta_v"]) else "–",
            "yes" if one["possible"] else f"no: {one['reason']}",
        ]
        for one in facts["aborts"]
    ]
    head = ["after ignition [s]", "altitude [km]", "change of velocity into orbit [m/s]", "possible"]
    return details("Aborts into the orbit", table(head, rows))
