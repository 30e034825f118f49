"""Communications: contacts of each pair and of each site with the Earth, gaps, budgets and data."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import EARTH, GOOD, SERIES, axis, figure, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 50
GAPS_SHOWN = 10


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
        body += _timeline(run, "coverage", sites, "total", "Site to Earth, by any path: relay and station, or direct.")
    body += heading("Pairs")
    header = ["pair", "contacts", "share of time [%]", "longest gap [h]", "data [Gbit/day]", "demand [Gbit/day]"]
    body += table(header, [_pair_row(run, pair) for pair in pairs])
    body += _timeline(
        run, "contact", pairs, "pairs", "Contacts of every pair: geometry, terrain and masks at both ends."
    )
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


def _timeline(run: RunFolder, kind: str, names: list[str], anchor: str, caption: str) -> str:
    traces: list[dict[str, Any]] = []
    labels = []
    for number, name in enumerate(names):
        columns = run.table(f"{kind}.{name}").columns
        label = run.name_of("sites", name) if kind == "coverage" else _title(run, name)
        labels.append(label)
        x, y = _bars(columns, number)
        colour = GOOD if kind == "coverage" else SERIES[number % len(SERIES)]
        traces.append(
            {
                "type": "scattergl",
                "mode": "lines",
                "x": x,
                "y": y,
                "line": {"width": 9, "color": colour},
                "name": label,
                "showlegend": False,
                "hovertemplate": "%{x}<extra>" + label + "</extra>",
            }
        )
    start, stop = run.scenario["start"], run.scenario["stop"]
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date", range=[start[:19], stop[:19]]),
        yaxis=axis(
            "",
            tickvals=list(range(len(labels))),
            ticktext=labels,
            range=[len(labels) - 0.4, -0.6],
            fixedrange=True,
        ),
    )
    return plot(f"timeline-{anchor}", spec, 120 + 30 * len(names), caption)


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
