"""Tracking: how well protected spacecraft would be known by the scenario's radars and telescopes."""

from __future__ import annotations

from moonstead.report.figures import SERIES, axis, figure, line_mode, rounded
from moonstead.report.html import Section, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 54
KILOMETRE = 1e3  # [m]


def section(run: RunFolder) -> Section | None:
    """Each protected spacecraft: its error along the span, and who saw it how often."""
    ids = [str(task["id"]) for task in run.manifest["tasks"]]
    watched = [one.removeprefix("tracked.") for one in ids if one.startswith("tracked.")]
    if not watched:
        return None
    body = paragraph(
        "Simulated: no sensor has measured anything. The spacecraft flies on from its place at the start; radars are "
        "assumed to measure to 30 m and 0.5 mrad, telescopes to one arc second, ten minutes apart, without clouds and "
        "however faint it is. Errors are one sigma of all three axes, of noise and of small unknown accelerations.",
        "note",
    )
    header = ["spacecraft", "from (UTC)", "error then [km]", "error at the end [km]", "seen by"]
    body += table(header, [_row(run, each) for each in watched])
    for each in watched:
        if run.facts(f"tracked.{each}")["last_sigma"] is not None:
            body += _errors(run, each)
    return Section("tracking", "Tracking", body)


def _row(run: RunFolder, each: str) -> list[object]:
    facts = run.facts(f"tracked.{each}")
    seen = [f"{one['name']} ({one['sights']})" for one in facts["sensors"] if one["sights"]]
    last = facts["last_sigma"]
    return [
        facts["name"],
        facts["start_utc"],
        number(facts["first_sigma"] / KILOMETRE),
        "never seen" if last is None else number(last / KILOMETRE),
        ", ".join(seen) or "nobody",
    ]


def _errors(run: RunFolder, each: str) -> str:
    facts, columns = run.facts(f"tracked.{each}"), run.table(f"tracked.{each}").columns
    dates = [str(moment)[:19] for moment in columns["utc"]]
    traces = [
        {
            "type": "scatter",
            "mode": line_mode(len(dates)),
            "x": dates,
            "y": rounded(columns[key] / KILOMETRE, 6),
            "name": name,
            "line": {"color": SERIES[place], "width": 1.6},
        }
        for place, (key, name) in enumerate((("sigma", "known then"), ("smoothed", "known afterwards")))
    ]
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date"),
        yaxis=axis("error of the position [km]", type="log"),
        hovermode="x",
    )
    return plot(f"tracked-{each}", spec, 280, f"Error of the position of {facts['name']}, simulated.")
