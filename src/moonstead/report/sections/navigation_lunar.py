"""Navigation at the Moon: constellations and their sources, service at each site, its sky and map, weak signals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.report.figures import SERIES, axis, figure, layout, line_mode, rounded
from moonstead.report.html import Section, details, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 47
HOUR = 3600.0  # [s]
MOST_DOP = 30.0  # of the axis: larger ones say no more than that there is no service
LOSSES = 6  # satellites in the table
GAPS = 5  # in the table
SMALLEST = 1e-3  # [m] of a logarithmic axis
GREENS = [[0.0, "#14171c"], [0.5, "#2e8b57"], [1.0, "#e3f5e9"]]


def section(run: RunFolder) -> Section | None:
    """Who flies, then each site."""
    served, heard = run.names("navigation-site"), run.names("weak-signal")
    if not served and not heard:
        return None
    body = paragraph(
        "What a user at a site gets: simulated from announced or proposed orbits and from what is known of signals. "
        "Intervals hold for the least and the largest error that the signals may have."
    )
    if served:
        body += _constellations(run) + _tracking(run)
    for site in dict.fromkeys((*served, *heard)):
        body += heading(run.name_of("sites", site))
        if site in served:
            body += _service(run, site) + _sky(run, site) + _map(run, site)
        if site in heard:
            body += _weak(run, site)
    return Section("navigation-moon", "Navigation at the Moon", body)


def _constellations(run: RunFolder) -> str:
    rows = [
        [one["name"], one["satellites"], _span(one["signal_error"]), one["signal_error_source"], one["label"]]
        for one in run.facts("navigation-sky")["constellations"]
    ]
    header = ["constellation", "satellites", "error of a range [m]", "from", "source, and what was chosen here"]
    return heading("Constellations", 4) + table(header, rows)


def _tracking(run: RunFolder) -> str:
    """How well the orbits of the scenario's own navigation spacecraft are known."""
    found = [task for task in run.manifest["tasks"] if task["id"].startswith("navigation-tracking.")]
    if not found:
        return ""
    rows, notes, traces = [], [], []
    for task in found:
        facts = task["facts"]
        if facts["why_not"] is not None:
            notes.append(f"{facts['name']} is not tracked: {facts['why_not']}.")
            continue
        rows.append(
            [
                facts["name"],
                facts["stations"],
                facts["measurements"],
                facts["known"],
                f"{number(facts['predicted'])} after {number(facts['prediction'] / HOUR)} h",
            ]
        )
        columns = run.table(task["id"]).columns
        sigma = np.sqrt(columns["radial"] ** 2 + columns["transverse"] ** 2 + columns["normal"] ** 2)
        dates = [str(moment)[:19] for moment in columns["utc"]]
        for values, words, dash in ((sigma, "one sigma", "solid"), (columns["error"], "error of this draw", "dot")):
            traces.append(
                {
                    "type": "scatter",
                    "mode": line_mode(len(dates)),
                    "x": dates,
                    "y": rounded(np.maximum(values, SMALLEST), 3),
                    "name": f"{facts['name']}: {words}",
                    "line": {"width": 1.6, "dash": dash},
                }
            )
    body = heading("Orbits from tracking", 4) + "".join(paragraph(note, "caveat") for note in notes)
    if not rows:
        return body
    header = ["spacecraft", "stations", "measurements", "known to, within the arc [m]", "predicted to [m]"]
    spec = figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("position [m]", type="log"), hovermode="x")
    caption = "How well orbits are known from simulated two-way ranges and Doppler, within the arc and predicted."
    return body + table(header, rows) + plot("navigation-tracking", spec, 320, caption)


def _span(values: list[float] | None) -> str:
    """Nominal with its interval."""
    if values is None:
        return "no position"
    low, nominal, high = values
    return f"{number(nominal)} ({number(low)} to {number(high)})"


def _service(run: RunFolder, site: str) -> str:
    facts = run.facts(f"navigation-site.{site}")
    columns = run.table(f"navigation-site.{site}").columns
    known = facts["height_error"]
    rows: list[list[Any]] = [
        [f"share of the time with a dilution of position within {facts['limit']:g} [%]", 100.0 * facts["share"]],
        ["longest time without [h]", facts["longest_gap"] / HOUR],
        ["satellites in view, mean and least", f"{number(facts['mean_visible'])}, {facts['least_visible']}"],
        ["share of the time with a position [%]", 100.0 * facts["solved"]],
        ["error of the position, one sigma, 95 % of these epochs [m]", _span(facts["error_95"])],
    ]
    if facts["c_n0"] is not None:
        least, middle = facts["c_n0"]
        rows.append(
            [
                "carrier to noise density with 0 dBi, least and median [dB-Hz]",
                f"{least:.1f}, {middle:.1f} (level recalled)",
            ]
        )
    clocks = "all constellations keep one time" if facts["common_time"] else "each constellation keeps its own time"
    height = "no height is known" if known is None else f"the height is known to {number(known)} m"
    body = paragraph(
        f"Above {math.degrees(facts['mask']):.3g} deg and the terrain's skyline; {clocks}; {height}; ranges of the "
        f"user's receiver err by {number(facts['user_error'])} m.",
        "note",
    )
    body += table(["", "figure"], rows)
    if facts["gaps"]:
        gaps = [[gap["start_utc"][:16].replace("T", " "), gap["duration"] / HOUR] for gap in facts["gaps"][:GAPS]]
        body += paragraph("Longest times without service:") + table(["from (UTC)", "hours"], gaps)
    body += _series(site, columns, facts)
    losses = run.table(f"navigation-loss.{site}").columns
    told = [
        [str(losses["satellite"][k]), 100.0 * float(losses["share"][k]), float(losses["longest_gap"][k]) / HOUR]
        for k in range(min(LOSSES, losses["satellite"].size))
    ]
    header = ["satellite that fails", "share of the time that is left [%]", "longest gap [h]"]
    return body + details("If one satellite fails, without a known height", table(header, told))


def _series(site: str, columns: dict[str, NDArray[Any]], facts: dict[str, Any]) -> str:
    dates = [str(moment)[:19] for moment in columns["utc"]]
    mode = line_mode(len(dates))
    capped = np.where(columns["pdop"] <= MOST_DOP, columns["pdop"], np.nan)
    traces = [
        {
            "type": "scatter",
            "mode": mode,
            "x": dates,
            "y": rounded(capped, 3),
            "name": "dilution of position",
            "line": {"color": SERIES[0], "width": 1.6},
        },
        {
            "type": "scatter",
            "mode": mode,
            "x": dates,
            "y": columns["visible"].tolist(),
            "name": "satellites in view",
            "line": {"color": SERIES[2], "width": 1.2, "shape": "hv"},
        },
    ]
    body = plot(
        f"navigation-dop-{site}",
        figure(
            traces,
            xaxis=axis("date (UTC)", type="date"),
            yaxis=axis("dilution, satellites", rangemode="tozero"),
            hovermode="x",
        ),
        300,
        f"{facts['name']}: dilution of position, with a known height where one is given, and satellites in view. The "
        f"line breaks above {MOST_DOP:g} and where no position follows.",
    )
    solved = np.isfinite(columns["error"])
    if not solved.any():
        return body
    names = (("error_low", "least error of the signals"), ("error", "nominal"), ("error_high", "largest error"))
    errors = [
        {
            "type": "scatter",
            "mode": mode,
            "x": dates,
            "y": rounded(columns[key], 3),
            "name": words,
            "line": {"color": SERIES[number], "width": 1.6},
        }
        for number, (key, words) in enumerate(names)
    ]
    spec = figure(
        errors,
        xaxis=axis("date (UTC)", type="date"),
        yaxis=axis("error of the position, one sigma [m]", type="log"),
        hovermode="x",
    )
    return body + plot(f"navigation-error-{site}", spec, 300, f"{facts['name']}: error of the position over time.")


def _sky(run: RunFolder, site: str) -> str:
    tracks = run.table(f"navigation-track.{site}").columns
    names = {k: one["name"] for k, one in enumerate(run.facts("navigation-sky")["constellations"])}
    traces: list[dict[str, Any]] = []
    for satellite, of in dict.fromkeys(
        zip(tracks["satellite"].tolist(), tracks["constellation"].tolist(), strict=True)
    ):
        own = (tracks["satellite"] == satellite) & (tracks["constellation"] == of)
        above = np.where(tracks["seen"][own], np.degrees(tracks["elevation"][own]), np.nan)
        if np.isfinite(above).any():
            traces.append(
                {
                    "type": "scatterpolar",
                    "mode": "lines+markers",
                    "r": rounded(90.0 - above, 4),
                    "theta": rounded(np.degrees(tracks["azimuth"][own]), 4),
                    "name": f"{satellite} ({names[of]})",
                    "line": {"color": SERIES[int(of) % len(SERIES)], "width": 1},
                    "marker": {"size": 3},
                    "showlegend": False,
                    "hovertemplate": f"{satellite}<br>azimuth %{{theta:.0f}} deg<extra></extra>",
                }
            )
    if not traces:
        return paragraph("No satellite rises above the skyline.", "caveat")
    polar = {
        "radialaxis": {
            "range": [0, 90],
            "tickvals": [0, 30, 60, 90],
            "ticktext": ["90 deg", "60 deg", "30 deg", "0 deg"],
        },
        "angularaxis": {
            "rotation": 90,
            "direction": "clockwise",
            "tickvals": [0, 90, 180, 270],
            "ticktext": ["N", "E", "S", "W"],
        },
    }
    spec = {"data": traces, "layout": layout(polar=polar)}
    caption = "Sky of the site: satellites while they are seen, the zenith in the middle; one colour by constellation."
    return plot(f"navigation-sky-{site}", spec, 460, caption, width=520)


def _map(run: RunFolder, site: str) -> str:
    facts = run.facts(f"navigation-map.{site}")
    if not facts:
        return ""
    columns = run.table(f"navigation-map.{site}").columns
    shape = (facts["rows"], facts["rows"])
    grid = {key: np.asarray(values).reshape(shape) for key, values in columns.items()}
    spec = figure(
        [
            {
                "type": "heatmap",
                "x": rounded(grid["x"][0] / 1e3, 5),
                "y": rounded(grid["y"][:, 0] / 1e3, 5),
                "z": [rounded(row, 3) for row in 100.0 * grid["share"]],
                "zmin": 0,
                "zmax": 100,
                "colorscale": GREENS,
                "colorbar": {"title": {"text": "[%]"}},
                "hovertemplate": "x %{x:.0f} km, y %{y:.0f} km<br>%{z} % of the time<extra></extra>",
            }
        ],
        xaxis=axis("to the east at the site [km]", constrain="domain"),
        yaxis=axis("to the north at the site [km]", scaleanchor="x", constrain="domain"),
    )
    caption = (
        f"{facts['name']}: share of the time with a dilution of position within {facts['limit']:g}, without a known "
        f"height, each point behind its own skyline; {number(100.0 * facts['worst'])} % at the worst point, "
        f"{number(100.0 * facts['best'])} % at the best."
    )
    return plot(f"navigation-map-{site}", spec, 440, caption, width=560)


def _weak(run: RunFolder, site: str) -> str:
    facts, columns = run.facts(f"weak-signal.{site}"), run.table(f"weak-signal.{site}").columns
    low, nominal, high = (100.0 * share for share in facts["share"])
    bands = "one band" if facts["bands"] == 1 else "two bands"
    body = heading("The Earth's navigation satellites from here", 4)
    body += paragraph(
        f"Four and more are heard in {number(nominal)} % of the epochs of a sidereal month, {number(low)} to "
        f"{number(high)} % for what is known of powers and antenna patterns, above {facts['threshold_dbhz']:g} dB-Hz "
        f"in {bands}. Orbits are nominal: good for shares of time, not for moments."
        + ("" if facts["pdop"] is None else f" The median dilution of position is {number(facts['pdop'])}.")
    )
    rows = [
        [
            str(columns["system"][k]),
            int(columns["satellites"][k]),
            float(columns["heard"][k]),
            f"{number(100.0 * columns['share'][k])} ({number(100.0 * columns['share_low'][k])} to "
            f"{number(100.0 * columns['share_high'][k])})",
            100.0 * float(columns["share_without"][k]),
            float(columns["best_c_n0"][k]),
        ]
        for k in range(columns["system"].size)
    ]
    header = [
        "system",
        "satellites",
        "heard, mean",
        "four and more of it alone [%]",
        "of all but it [%]",
        "strongest [dB-Hz]",
    ]
    return body + table(header, rows)
