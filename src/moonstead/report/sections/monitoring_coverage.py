"""Who watches: maps of what sensors see, latitudes, gaps, stereo views; who sees protected craft; fireballs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import EARTH, SERIES, SUN, axis, figure, rounded
from moonstead.report.html import Section, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 55
MINUTE, HOUR = 60.0, 3600.0  # [s]
KILOTON = 4.184e12  # [J]
FEW_TO_MANY = [[0.0, "#14171c"], [0.5, "#1f6fb2"], [1.0, "#d6ecff"]]
SHORT_TO_LONG = [[0.0, "#d6ecff"], [0.5, "#b36a1a"], [1.0, "#4a0f0f"]]
BANDS = 10  # rows of the table by latitude
MOST_POINTS = 400  # of the energies in the figure
DEMANDS = {
    "lit": "lit",
    "bright": "bright",
    "sun": "off the Sun",
    "moon": "off the Moon",
    "earth": "off the Earth",
    "elevation": "high",
    "night": "night",
    "range": "near",
}


def section(run: RunFolder) -> Section | None:
    """Each map, then each protected craft, then the fireballs."""
    maps, crafts = run.names("watch"), run.names("seen")
    fireballs = run.names("fireballs")
    if not (maps or crafts or fireballs):
        return None
    body = "".join(_watched(run, name) for name in maps)
    if crafts:
        body += _crafts(run, crafts)
    body += "".join(_fireballs(run, name) for name in fireballs)
    return Section("sensors", "Sensors: what they see", body)


def _watched(run: RunFolder, name: str) -> str:
    facts = run.facts(f"watch.{name}")
    columns = run.table(f"watch.{name}").columns
    shares = ", ".join(f"{n} or more {100 * share:.2f} %" for n, share in enumerate(facts["shares"], 1))
    body = heading(f"Coverage of {facts['place']}")
    body += paragraph(
        f"{', '.join(facts['sensors'])}; {facts['start_utc']} to {facts['stop_utc']}. Mean share of time over the "
        f"area: {shares}; {100 * facts['never']:.2f} % of the area is never seen. Longest gap "
        f"{number(facts['longest_gap'] / MINUTE)} min, mean wait for the next view "
        f"{number(facts['mean_response'] / MINUTE)} min. Geometry and light alone: no clouds, no duty cycles."
    )
    if name == "shell":
        body += paragraph("Objects of 1 m2 of radar cross-section, for telescopes white spheres of 1 m.", "note")
    layers = [("number", 1.0, "sensors in view", FEW_TO_MANY, "Mean number of sensors in view.")]
    layers.append(("longest_gap", 1.0 / MINUTE, "longest gap [min]", SHORT_TO_LONG, "Longest time without any view."))
    if np.any(np.nan_to_num(columns["stereo_share"]) > 0.0):
        words = "Share of time with two lines of sight 20° or more apart, and from the straight line."
        layers.append(("stereo_share", 100.0, "stereo [%]", FEW_TO_MANY, words))
    for key, scale, title, colours, words in layers:
        spec = _map(columns, facts["rows"], scale * columns[key], title, colours)
        body += plot(f"watch-{key}-{name}", spec, 340, f"{words} Cells of 6°; {facts['place']}.")
    return body + _latitudes(run, name)


def _map(
    columns: dict[str, NDArray[Any]], rows: int, values: NDArray[Any], title: str, colours: list[list[Any]]
) -> dict[str, Any]:
    shape = rows, -1
    heat = {
        "type": "heatmap",
        "x": rounded(np.degrees(columns["longitude"].reshape(shape)[0]), 5),
        "y": rounded(np.degrees(columns["latitude"].reshape(shape)[:, 0]), 5),
        "z": [rounded(row, 4) for row in values.reshape(shape)],
        "colorscale": colours,
        "colorbar": {"title": {"text": title}},
        "hovertemplate": "%{y:.0f}°, %{x:.0f}° E<br>" + title + " %{z}<extra></extra>",
    }
    return figure(
        [heat],
        xaxis=axis("longitude [°]", range=[-180, 180], dtick=60),
        yaxis=axis("latitude [°]", range=[-90, 90], dtick=30),
    )


def _latitudes(run: RunFolder, name: str) -> str:
    columns = run.table(f"watch-bands.{name}").columns
    latitude = np.degrees(columns["latitude"])
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(latitude),
            "y": rounded(100.0 * columns[f"share_{count}"]),
            "name": f"{count} or more",
            "line": {"color": SERIES[count - 1], "width": 1.6},
        }
        for count in range(1, 5)
    ]
    spec = figure(
        traces,
        xaxis=axis("latitude [°]", range=[-90, 90], dtick=30),
        yaxis=axis("share of time [%]", rangemode="tozero"),
    )
    body = plot(f"watch-latitude-{name}", spec, 280, "Share of time by latitude and number of sensors at once.")
    chosen = np.unique(np.linspace(0, latitude.size - 1, min(BANDS, latitude.size)).astype(np.int64))[::-1]
    rows = [
        [
            f"{latitude[k]:+.0f}°",
            *(f"{100 * columns[f'share_{count}'][k]:.2f} %" for count in range(1, 5)),
            number(float(columns["longest_gap"][k]) / MINUTE),
            number(float(columns["mean_response"][k]) / MINUTE),
            _percent(float(columns["stereo_share"][k])),
        ]
        for k in chosen
    ]
    header = ["latitude", "1 or more", "2", "3", "4", "longest gap [min]", "mean wait [min]", "in stereo"]
    return body + table(header, rows)


def _crafts(run: RunFolder, crafts: list[str]) -> str:
    body = heading("Sight of protected spacecraft")
    body += paragraph(
        "A spacecraft counts as seen while it is in sunlight, bright enough as a white sphere of its hard body, far "
        "enough from Sun, Moon and Earth, and for a telescope on a surface high enough, on the Earth by night. Terrain "
        "and weather are not asked, light time (1.3 s) is left out. The last column has each demand by itself.",
        "note",
    )
    rows = []
    for craft in crafts:
        facts = run.facts(f"seen.{craft}")
        for one in facts["rows"]:
            demands = ", ".join(f"{DEMANDS[name]} {100 * share:.0f} %" for name, share in one["demands"].items())
            rows.append(
                [
                    facts["name"],
                    one["name"],
                    _percent(one["fraction"]),
                    number(one["longest_gap"] / HOUR),
                    "–" if one["brightest"] is None else f"{one['brightest']:.1f} / {one['median']:.1f}",
                    demands,
                ]
            )
        together = [facts["name"], "any of them", _percent(facts["fraction"]), number(facts["longest_gap"] / HOUR)]
        rows.append([*together, "", f"{facts['start_utc']} to {facts['stop_utc']}"])
    header = ["spacecraft", "sensor", "seen", "longest gap [h]", "V brightest / median", "each demand alone"]
    return body + table(header, rows)


def _fireballs(run: RunFolder, name: str) -> str:
    facts, columns = run.facts(f"fireballs.{name}"), run.table(f"fireballs.{name}").columns
    low, high = facts["slope_interval"]
    body = heading("Fireballs")
    body += paragraph(
        f"{facts['events']} recorded events, {facts['places']} with a place, {facts['velocities']} with a velocity "
        f"({facts['contradicting']} of which contradict themselves), {facts['faults']} rows left out. Since 1994 the "
        f"list follows a power law from {facts['threshold_kt']:.2g} kt on: {facts['used']} events in "
        f"{facts['years']:.1f} years, exponent {facts['slope']:.3f} ({low:.3f} to {high:.3f}, 95 %), "
        f"{facts['rate_1kt']:.2f} a year above "
        f"1 kt; Brown et al. (2002) found {facts['published_1kt']:.2f}."
    )
    order = np.unique(np.geomspace(1, columns["energy"].size, MOST_POINTS).astype(np.int64)) - 1
    energy = columns["energy"][order] / KILOTON
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded(energy),
            "y": rounded(columns["rate"][order]),
            "name": "recorded",
            "marker": {"color": EARTH, "size": 5},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(energy),
            "y": rounded(columns["law"][order]),
            "name": "power law",
            "line": {"color": SUN, "width": 1.8},
        },
    ]
    spec = figure(
        traces, xaxis=axis("energy [kt]", type="log"), yaxis=axis("events a year with at least as much", type="log")
    )
    body += plot(f"fireballs-{name}", spec, 320, "How often fireballs of an energy come.")
    if facts["detection"]:
        shown = facts["detection"]
        rows = [[row["name"], *(_interval(share) for share in row["shares"])] for row in shown["rows"]]
        body += paragraph(
            f"Of {shown['events']} events with a place, these shares would have been in view (95 %); brightness and "
            "sensitivity are not asked."
        )
        body += table(["sensor", "by one", "by two", "in stereo"], rows)
    return body


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100.0 * share:.2f} %"


def _interval(share: dict[str, Any]) -> str:
    low, high = share["interval"]
    return f"{100 * share['share']:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
