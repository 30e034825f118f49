"""Mobility: routes on the map, height, light and charge along them, and windows to land in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from moonstead.report.figures import BAD, GOOD, INK, SUN, axis, figure, rounded
from moonstead.report.html import Section, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 28
HOUR = 3600.0  # [s]
MOST_WINDOWS = 24
DARK_TO_LIGHT = [[0.0, "#14171c"], [0.5, "#a8641a"], [1.0, "#ffe9a8"]]


def section(run: RunFolder) -> Section | None:
    """One part for each traverse and each landing."""
    traverses, landings = run.names("traverse-map"), run.names("landing")
    if not traverses and not landings:
        return None
    body = "".join(_traverse(run, name) for name in traverses) + "".join(_landing(run, name) for name in landings)
    return Section("mobility", "Mobility", body)


def _remarks(facts: Any) -> str:
    return "".join(paragraph(remark, "caveat") for remark in facts["remarks"])


def _traverse(run: RunFolder, name: str) -> str:
    facts = run.facts(f"traverse.{name}")
    body = heading(facts["name"])
    body += paragraph(
        f"{facts['rover']} from {run.name_of('sites', facts['site'])} to {facts['goal_name']}, "
        f"{number(facts['distance'] / 1e3)} km, on pixels of {number(facts['pixel'])} m. "
        f"Rover: {facts['rover_source']}."
    )
    if not facts["found"]:
        body += paragraph(f"No way: {facts['reason']}.")
        if facts["changes"]:
            body += paragraph("It would go if you " + ", or ".join(facts["changes"]) + ".")
        return body + _remarks(facts)
    rows = [
        ["arrival (UTC)", facts["arrival"]],
        ["time on the way [h]", facts["duration"] / HOUR],
        ["driving [h]", facts["driving"] / HOUR],
        ["waiting [h]", facts["waiting"] / HOUR],
        ["in the dark [h]", facts["dark"] / HOUR],
        ["longest time in shadow [h]", facts["longest_shadow"] / HOUR],
        ["driven [km]", facts["driven"] / 1e3],
        ["energy of driving [kWh]", facts["energy"] / 3.6e6],
        ["least state of charge [%]", 100.0 * facts["least_charge"]],
    ]
    body += table(["what", "value"], rows) + _remarks(facts)
    events = run.table(f"traverse.{name}").columns
    caption = "Route on the share of time that each pixel is lit; points where the rover stands are marked."
    body += plot(f"route-{name}", _route(run, name, facts, events), 480, caption, width=640)
    return body + plot(
        f"along-{name}",
        _along(events),
        420,
        "Height of the ground and state of charge along the way; dark where shaded.",
    )


def _route(run: RunFolder, name: str, facts: Any, events: Any) -> dict[str, Any]:
    ground = run.table(f"traverse-map.{name}").columns
    shape = facts["map_rows"], facts["map_columns"]
    x, y = (np.asarray(ground[key]).reshape(shape) / 1e3 for key in ("x", "y"))
    lit = 100.0 * np.asarray(ground["lit"]).reshape(shape)
    stands = ~np.asarray(events["driving"], dtype=bool)
    traces: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": rounded(x[0], 5),
            "y": rounded(y[:, 0], 5),
            "z": [rounded(row, 3) for row in lit],
            "colorscale": DARK_TO_LIGHT,
            "colorbar": {"title": {"text": "lit [%]"}},
            "hovertemplate": "x %{x:.2f} km, y %{y:.2f} km<br>lit %{z} %<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(np.asarray(events["x"]) / 1e3, 6),
            "y": rounded(np.asarray(events["y"]) / 1e3, 6),
            "name": "route",
            "line": {"color": GOOD, "width": 3},
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded(np.asarray(events["x"])[stands] / 1e3, 6),
            "y": rounded(np.asarray(events["y"])[stands] / 1e3, 6),
            "text": list(np.asarray(events["utc"])[stands]),
            "name": "stands",
            "marker": {"color": BAD, "size": 7},
        },
    ]
    return figure(
        traces,
        xaxis=axis("x on the map [km]"),
        yaxis=axis("y on the map [km]", scaleanchor="x"),
        legend={"orientation": "h", "y": -0.18},
    )


def _along(events: Any) -> dict[str, Any]:
    when = list(events["utc"])
    traces: list[dict[str, Any]] = [
        _line(when, 100.0 * np.asarray(events["charge"]), "state of charge", GOOD, "y"),
        _line(when, 100.0 * np.asarray(events["lit"], dtype=float), "in the Sun", SUN, "y")
        | {"line": {"color": SUN, "shape": "hv", "width": 1}},
        _line(when, np.asarray(events["height"]), "height", INK, "y2"),
    ]
    return figure(
        traces,
        xaxis=axis("date (UTC)", type="date", anchor="y2"),
        yaxis=axis("state of charge [%]", domain=[0.45, 1.0], range=[0, 103]),
        yaxis2=axis("height [m]", domain=[0.0, 0.36]),
    )


def _line(when: list[str], values: Any, label: str, colour: str, ordinate: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": when,
        "y": rounded(values),
        "name": label,
        "yaxis": ordinate,
        "line": {"color": colour, "width": 1.6},
    }


def _landing(run: RunFolder, name: str) -> str:
    facts = run.facts(f"landing.{name}")
    body = heading(facts["name"])
    chance = "the terrain is too coarse to tell how safe it is"
    if facts["ground_known"]:
        chance = f"safe with {facts['safe']:.1%}, {facts['unknown']:.1%} unknown"
    body += paragraph(
        f"At {run.name_of('sites', facts['site'])}: slope {number(math.degrees(facts['slope']))} deg over "
        f"{number(facts['baseline'])} m, on pixels of {number(facts['pixel'])} m; {chance}. The path clears the ground "
        f"by {number(facts['clearance'])} m."
    )
    body += _remarks(facts)
    rules = [[rule, 100.0 * share] for rule, share in facts["forbidden"].items()]
    body += table(["rule", "forbids [% of the time]"], rules)
    columns = run.table(f"landing.{name}").columns
    count = columns["start_utc"].size
    if not count:
        return body + paragraph("There is no time at which all rules hold.")
    rows = [
        [
            columns["start_utc"][k],
            float(columns["duration"][k]) / HOUR,
            math.degrees(columns["sun_low"][k]),
            math.degrees(columns["sun_high"][k]),
            math.degrees(columns["phase_angle"][k]),
        ]
        for k in range(min(count, MOST_WINDOWS))
    ]
    title = f"Windows to land in: {'the first ' + str(MOST_WINDOWS) + ' of ' if count > MOST_WINDOWS else ''}{count}"
    header = ["from (UTC)", "length [h]", "lowest Sun [deg]", "highest Sun [deg]", "phase angle [deg]"]
    return body + heading(title, 4) + table(header, rows)
