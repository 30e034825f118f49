"""Causes: why loads went short and contacts were missed."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import axis, figure, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 45
SHOWN = 10
WORDS = {
    "terrain": "a ridge",
    "season": "season: Sun below the smooth horizon",
    "night": "night",
    "outage": "outage of a source",
    "line": "limit of a line",
    "storage": "storage or discharge limit",
    "orbit": "the round Moon, libration or orbit",
    "ground": "ground stations",
}


def section(run: RunFolder) -> Section | None:
    """Shortages and missed contacts with their chains."""
    shortages, contacts = run.names("causes"), run.names("missed")
    if not shortages and not contacts:
        return None
    body = paragraph(
        "Every failure is followed back to where it began. A chain reads from its root to its consequence; the paths "
        "of a missed contact failed side by side."
    )
    body += _overview(run, shortages, contacts)
    for name in shortages:
        body += _shortages(run, name)
    for name in contacts:
        body += _contacts(run, name)
    return Section("causes", "Causes", body)


def _overview(run: RunFolder, shortages: list[str], contacts: list[str]) -> str:
    bars = [(f"{run.name_of('sites', n)}: loads short", run.facts(f"causes.{n}")["by_root"]) for n in shortages]
    bars += [(f"{run.name_of('sites', n)}: out of touch", run.facts(f"missed.{n}")["by_root"]) for n in contacts]
    bars = [bar for bar in bars if bar[1]]
    if not bars:
        return ""
    roots = [root for root in WORDS if any(root in by_root for _, by_root in bars)]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": WORDS[root],
            "y": [label for label, _ in bars],
            "x": rounded([by_root.get(root, 0.0) / 3600.0 for _, by_root in bars]),
        }
        for root in roots
    ]
    spec = figure(traces, barmode="stack", xaxis=axis("time [h]"), yaxis={"automargin": True, "autorange": "reversed"})
    return plot(
        "causes-overview", spec, 140 + 34 * len(bars), "Time with some load short, or out of touch, by its root."
    )


def _shortages(run: RunFolder, name: str) -> str:
    rows = run.table(f"causes.{name}").columns
    if not rows["start_utc"].size:
        return ""
    lost = run.facts(f"causes.{name}")["lost"]
    body = heading(f"Shortages at {run.name_of('sites', name)}: {rows['start_utc'].size}")
    if lost:
        header = ["experiment", "work lost [h]", "data lost [Gbit]"]
        body += table(header, [[what, time / 3600.0, bits / 1e9] for what, (time, bits) in lost.items()])
    order = np.argsort(-rows["energy"], kind="stable")[:SHOWN]
    header = ["from (UTC)", "length [h]", "event", "not served [kWh]", "chain"]
    return body + table(
        header,
        [
            [
                rows["start_utc"][k],
                float(rows["duration"][k]) / 3600.0,
                rows["event"][k],
                float(rows["energy"][k]) / 3.6e6,
                rows["chain"][k],
            ]
            for k in order
        ],
    )


def _contacts(run: RunFolder, name: str) -> str:
    rows = run.table(f"missed.{name}").columns
    if not rows["start_utc"].size:
        return ""
    facts = run.facts(f"missed.{name}")
    body = heading(f"Missed contacts of {run.name_of('sites', name)}: {facts['gaps']}")
    if facts["explained"] < facts["gaps"]:
        share = 100.0 * facts["explained_share"]
        body += paragraph(f"The {facts['explained']} longest gaps are explained, {share:.0f} % of the time.")
    order = np.argsort(-rows["duration"], kind="stable")[:SHOWN]
    header = ["from (UTC)", "length [h]", "why each path was closed"]
    return body + table(
        header, [[rows["start_utc"][k], float(rows["duration"][k]) / 3600.0, rows["cause"][k]] for k in order]
    )
