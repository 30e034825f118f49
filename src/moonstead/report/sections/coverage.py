"""Coverage: how well spacecraft of the Moon see each site, and how long their orbits live without control."""

from __future__ import annotations

from typing import Any

from moonstead.report.figures import SERIES, axis, figure, line_mode, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 45


def section(run: RunFolder) -> Section | None:
    """Shares of sight by spacecraft and together, then lives and periselenes."""
    sites, lives = run.names("sight"), run.names("periselene")
    if not sites:
        return None
    body = heading("Above the skyline")
    body += paragraph(
        "Share of the scenario in which a spacecraft stands above the terrain's skyline; links, their masks and their "
        "margins come on top of it.",
        "note",
    )
    rows = [
        [run.name_of("sites", site), row["who"], 100.0 * row["fraction"], row["longest_gap"] / 3600.0, int(row["gaps"])]
        for site in sites
        for row in run.facts(f"sight.{site}")["rows"]
        if row["count"] != 1 or _several(run, site)
    ]
    body += table(["site", "by", "share of time [%]", "longest gap [h]", "number of gaps"], rows)
    if lives:
        body += heading("Life without control")
        header = ["spacecraft", "followed [yr]", "lowest altitude [km]", "hits the Moon (UTC)", "note"]
        body += table(header, [_life_row(run, craft) for craft in lives])
        body += _periselenes(run, lives)
    return Section("coverage", "Coverage and life of lunar orbits", body)


def _several(run: RunFolder, site: str) -> bool:
    """Whether there is more than one spacecraft; with one, the count says nothing new."""
    return sum(row["count"] == 0 for row in run.facts(f"sight.{site}")["rows"]) > 1


def _life_row(run: RunFolder, craft: str) -> list[object]:
    facts = run.facts(f"life.{craft}")
    note = "" if facts["why_not"] is None else f"not followed on: {facts['why_not']}"
    return [
        run.name_of("spacecraft", craft),
        facts["followed_years"],
        facts["lowest"] / 1e3,
        facts["impact_utc"] or "no",
        note,
    ]


def _periselenes(run: RunFolder, lives: list[str]) -> str:
    traces: list[dict[str, Any]] = []
    for number, craft in enumerate(lives):
        columns = run.table(f"periselene.{craft}").columns
        traces.append(
            {
                "type": "scatter",
                "mode": line_mode(columns["utc"].size),
                "x": [str(moment)[:19] for moment in columns["utc"]],
                "y": rounded(columns["altitude"] / 1e3),
                "name": run.name_of("spacecraft", craft),
                "line": {"color": SERIES[number % len(SERIES)], "width": 1.6},
            }
        )
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date"),
        yaxis=axis("lowest altitude in 30 days [km]", rangemode="tozero"),
        hovermode="x",
    )
    caption = (
        "Lowest altitude over the mean sphere in each 30 days, without control, on into the years after the scenario."
    )
    return plot("periselenes", spec, 340, caption)
