"""Decay: when each watched object comes down, how the answer changed, where it may fall, how its orbit sank."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from moonstead.report.figures import BAD, EARTH, SERIES, axis, figure, line_mode, rounded
from moonstead.report.html import Section, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 53
KILOMETRE = 1e3  # [m]


def section(run: RunFolder) -> Section | None:
    """Each history: windows over the dates at which they were asked, track, altitudes."""
    watched = run.names("decay-history")
    if not watched:
        return None
    body = paragraph(
        "Re-entry as it could be foretold from element sets and space weather known at each date, and from nothing "
        "later. Half of the chance lies in the 50 % window, nine tenths in the 90 % window; a date without its window "
        "says nothing.",
        "note",
    )
    answered = [each for each in watched if not run.facts(f"decay.{each}")["why_not"]]
    if answered:
        header = [
            "object",
            "as of (UTC)",
            "median (UTC)",
            "90 % from",
            "to",
            "c_D A / m [m²/kg]",
            "latitudes",
            "revolutions",
        ]
        body += table(header, [_row(run, each) for each in answered])
    for each in watched:
        facts = run.facts(f"decay.{each}")
        body += heading(facts["name"])
        if facts["why_not"]:
            body += paragraph(f"No window: {facts['why_not']}.")
        else:
            body += _windows(run, each) + _track(run, each)
            body += paragraph("; ".join(facts["notes"]) + ".", "note")
        body += _altitudes(run, each)
    return Section("decay", "Decay and re-entry", body)


def _row(run: RunFolder, each: str) -> list[object]:
    facts = run.facts(f"decay.{each}")
    low, high = facts["ballistic_coefficient_90"]
    return [
        facts["name"],
        facts["as_of_utc"],
        facts["median_utc"],
        *facts["window_90"],
        f"{number(facts['ballistic_coefficient'])} ({number(low)} to {number(high)})",
        f"within {math.degrees(facts['largest_latitude']):.1f}°",
        number(facts["revolutions_90"]),
    ]


def _windows(run: RunFolder, each: str) -> str:
    columns = run.table(f"decay.{each}").columns
    dates = [str(moment)[:19] for moment in columns["tdb_utc"]]
    traces: list[dict[str, Any]] = []
    for share, color in (("90", "rgba(31,111,178,0.18)"), ("50", "rgba(31,111,178,0.35)")):
        low, high = ([str(moment)[:19] for moment in columns[f"{edge}_{share}_utc"]] for edge in ("low", "high"))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": dates + dates[::-1],
                "y": high + low[::-1],
                "fill": "toself",
                "fillcolor": color,
                "line": {"width": 0},
                "name": f"{share} % window",
                "hoverinfo": "skip",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": dates,
            "y": [str(moment)[:19] for moment in columns["median_utc"]],
            "name": "median",
            "line": {"color": EARTH, "width": 1.8},
        }
    )
    spec = figure(
        traces,
        xaxis=axis("as of (UTC)", type="date"),
        yaxis=axis("re-entry (UTC)", type="date"),
        hovermode="x",
    )
    return plot(f"decay-windows-{each}", spec, 320, "Windows of re-entry by the date at which they were foretold.")


def _track(run: RunFolder, each: str) -> str:
    """Longitude and latitude of the last revolutions, and the share of each band of latitude beside it."""
    facts, columns = run.facts(f"decay.{each}"), run.table(f"decay-track.{each}").columns
    longitude, latitude = np.degrees(columns["longitude"]), np.degrees(columns["latitude"])
    jumps = np.flatnonzero(np.abs(np.diff(longitude)) > 180.0) + 1
    x, y = np.insert(longitude, jumps, np.nan), np.insert(latitude, jumps, np.nan)
    edges = np.degrees(facts["band_edges"])
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": rounded(x, 5),
            "y": rounded(y, 5),
            "name": "expected track",
            "line": {"color": SERIES[0], "width": 1.6},
            "connectgaps": False,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": rounded(longitude[-1:], 5),
            "y": rounded(latitude[-1:], 5),
            "name": "at the median",
            "marker": {"color": BAD, "size": 9, "symbol": "x"},
        },
        {
            "type": "bar",
            "orientation": "h",
            "x": rounded(100.0 * np.array(facts["band_share"])),
            "y": rounded(0.5 * (edges[1:] + edges[:-1])),
            "name": "share of the chance by latitude",
            "xaxis": "x2",
            "marker": {"color": "rgba(224,138,0,0.55)"},
        },
    ]
    spec = figure(
        traces,
        xaxis=axis("longitude [°]", range=[-180, 180], dtick=60, domain=[0.0, 0.78]),
        yaxis=axis("latitude [°]", range=[-90, 90], dtick=30),
        xaxis2=axis("share [%]", domain=[0.82, 1.0], rangemode="tozero"),
    )
    return plot(
        f"decay-track-{each}",
        spec,
        360,
        f"Track of the last revolutions of the nominal fall. The 90 % window holds {number(facts['revolutions_90'])} "
        f"revolutions, {number(facts['length_90'] / KILOMETRE)} km of track: any place between the extreme latitudes "
        "may be hit until few are left.",
    )


def _altitudes(run: RunFolder, each: str) -> str:
    columns = run.table(f"decay-history.{each}").columns
    dates = [str(moment)[:19] for moment in columns["utc"]]
    traces = [
        {
            "type": "scatter",
            "mode": line_mode(len(dates)),
            "x": dates,
            "y": rounded(columns[f"{key}_altitude"] / KILOMETRE, 6),
            "name": key,
            "line": {"color": SERIES[place], "width": 1.4},
        }
        for place, key in enumerate(("mean", "perigee", "apogee"))
    ]
    spec = figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("altitude [km]"), hovermode="x")
    return plot(f"decay-altitudes-{each}", spec, 280, "Altitudes of the element sets, over 6378.137 km.")
