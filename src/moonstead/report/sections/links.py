"""Communications: contacts of each pair and of each site with the Earth, gaps, budgets and data."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from moonstead.report.figures import EARTH, SERIES, axis, figure, line_mode, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder
from moonstead.run.moments import sample_times, utc_text, windows_of

ORDER = 50
GAPS_SHOWN = 10
DAY = 86_400.0  # [s]
FIRST_SHOWN = timedelta(days=10)


def section(run: RunFolder) -> Section | None:
    """Totals for each site, then each pair."""
    pairs, sites = run.names("contact"), run.names("coverage")
    if not pairs:
        return None
    body = ""
    if sites:
        body += heading("In touch with the Earth")
        body += table(
            ["site", "by", "share of time [%]", "longest gap [h]", "number of gaps"],
            [_coverage_row(run, site) for site in sites],
        )
        body += _daily_share(run, sites)
    body += heading("Pairs")
    header = ["pair", "contacts", "share of time [%]", "longest gap [h]", "data [Gbit/day]", "demand [Gbit/day]"]
    body += table(header, [_pair_row(run, pair) for pair in pairs])
    body += _timeline(run, pairs)
    for site in sites:
        body += _gaps(run, site)
    body += heading("Link budgets")
    body += paragraph(
        "Free space, each at the greatest distance of a contact; every line says where it comes from.", "note"
    )
    for pair in run.names("budget"):
        lines = run.table(f"budget.{pair}").columns
        rows = [
            [lines["line"][k], float(lines["value"][k]), lines["line_unit"][k], lines["how"][k]]
            for k in range(lines["line"].size)
        ]
        body += details(_title(run, pair), table(["line", "value", "unit", "how"], rows))
    return Section("links", "Communications", body)


def _title(run: RunFolder, pair: str) -> str:
    return str(run.facts(f"contact.{pair}").get("title", pair))


def _coverage_row(run: RunFolder, site: str) -> list[object]:
    facts = run.facts(f"coverage.{site}")
    return [
        run.name_of("sites", site),
        facts["paths"],
        100.0 * facts["fraction"],
        facts["longest_gap"] / 3600.0,
        int(facts["gaps"]),
    ]


def _pair_row(run: RunFolder, pair: str) -> list[object]:
    facts = run.facts(f"contact.{pair}")
    demand = facts.get("demand")
    return [
        facts["title"],
        int(facts["number"]),
        100.0 * facts["fraction"],
        facts["longest_gap"] / 3600.0,
        facts["volume_per_day"] / 1e9,
        "" if demand is None else demand * 86_400.0 / 1e9,
    ]


def _daily_share(run: RunFolder, sites: list[str]) -> str:
    """Share of each day in which a site reaches the Earth."""
    traces: list[dict[str, Any]] = []
    for number, site in enumerate(sites):
        windows = windows_of(run.table(f"coverage.{site}"))
        edges = sample_times(*windows.span, DAY)
        shares = [windows.within((first, last)).fraction() for first, last in pairwise(edges)]
        traces.append(
            {
                "type": "scatter",
                "mode": line_mode(len(shares)),
                "x": list(utc_text(edges[:-1])),
                "y": rounded(100.0 * np.array(shares)),
                "name": run.name_of("sites", site),
                "line": {"color": SERIES[number % len(SERIES)], "width": 1.6, "shape": "hv"},
            }
        )
    spec = figure(
        traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("share of the day [%]", range=[0, 102]), hovermode="x"
    )
    caption = "Share of each day in which the site reaches the Earth by any path: relay and ground station, or direct."
    return plot("daily-share", spec, 320, caption)


def _timeline(run: RunFolder, pairs: list[str]) -> str:
    traces: list[dict[str, Any]] = []
    labels = []
    for number, name in enumerate(pairs):
        labels.append(_title(run, name))
        x, y = _bars(run.table(f"contact.{name}").columns, number)
        traces.append(
            {
                "type": "scattergl",
                "mode": "lines",
                "x": x,
                "y": y,
                "line": {"width": 9, "color": SERIES[number % len(SERIES)]},
                "name": labels[-1],
                "showlegend": False,
                "hovertemplate": "%{x}<extra>" + labels[-1] + "</extra>",
            }
        )
    start, stop = (datetime.fromisoformat(run.scenario[key]) for key in ("start", "stop"))
    shown = [moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (start, min(stop, start + FIRST_SHOWN))]
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date", range=shown),
        yaxis=axis(
            "", tickvals=list(range(len(labels))), ticktext=labels, range=[len(labels) - 0.4, -0.6], fixedrange=True
        ),
        dragmode="pan",
    )
    caption = "Contacts of every pair, terrain and masks at both ends. Drag to move; double-click for the whole span."
    return plot("timeline", spec, 120 + 30 * len(pairs), caption)


def _bars(columns: dict[str, Any], level: int) -> tuple[list[str | None], list[int | None]]:
    """Intervals as one broken line: start, stop, gap."""
    x: list[str | None] = []
    y: list[int | None] = []
    for start, stop in zip(columns["start_utc"], columns["stop_utc"], strict=True):
        x += [str(start)[:19], str(stop)[:19], None]
        y += [level, level, None]
    return x, y


def _gaps(run: RunFolder, site: str) -> str:
    gaps = run.table(f"gap.{site}").columns
    if not gaps["start_utc"].size:
        return paragraph(f"{run.name_of('sites', site)} is never out of touch.")
    hours = np.asarray(gaps["duration"]) / 3600.0
    spec = figure(
        [{"type": "histogram", "x": rounded(hours), "marker": {"color": EARTH}, "nbinsx": 40}],
        xaxis=axis("length of the gap [h]"),
        yaxis=axis("number of gaps"),
        margin={"l": 64, "r": 24, "t": 8, "b": 48},
    )
    worst = np.argsort(-hours)[:GAPS_SHOWN]
    rows = [[gaps["start_utc"][k], gaps["stop_utc"][k], float(hours[k])] for k in worst]
    shown = table(["from (UTC)", "to (UTC)", "length [h]"], rows)
    title = f"Gaps of {run.name_of('sites', site)}"
    return heading(title) + plot(f"gaps-{site}", spec, 240) + details(f"The longest of {hours.size} gaps", shown)
