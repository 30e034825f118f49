"""Station keeping: what keeping each orbit costs in a year, with its percentiles, and burns over time."""

from __future__ import annotations

from typing import Any

from moonstead.report.figures import SERIES, axis, figure, line_mode, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 43
SHARES = ("5", "50", "95", "99")  # [%]


def section(run: RunFolder) -> Section | None:
    """Cost of a year for each spacecraft that is kept, then its burns."""
    kept = run.names("keeping")
    if not kept:
        return None
    body = paragraph(
        "Simulated: every run flies its own true orbit under all forces, with drawn errors of navigation, burns, "
        "unloads and sunlight; plans are made from what is known. Percentiles are over the runs that keep their orbit, "
        "with intervals of 95 % confidence.",
        "note",
    )
    header = ["spacecraft", "method", "runs", "lost", "burns a year", "mean [m/s/yr]"]
    header += [f"{share} % [m/s/yr]" for share in SHARES] + ["propellant, 95 % [kg/yr]"]
    body += table(header, [_row(run, craft) for craft in kept])
    lost = [f"{run.name_of('spacecraft', craft)}, {text}" for craft in kept for text in _facts(run, craft)["failures"]]
    if lost:
        body += heading("Runs that lost their orbit")
        body += table(["what happened"], [[text] for text in lost])
    body += _burns(run, kept)
    return Section("keeping", "Station keeping", body)


def _facts(run: RunFolder, craft: str) -> dict[str, Any]:
    facts: dict[str, Any] = run.facts(f"keeping.{craft}")
    return facts


def _row(run: RunFolder, craft: str) -> list[object]:
    facts = _facts(run, craft)
    low, high = facts["mean_interval"]
    cells: list[object] = [run.name_of("spacecraft", craft), facts["method"], facts["runs"], len(facts["failures"])]
    cells += [round(facts["burns_per_year"], 1), f"{facts['mean']:.2f} ({low:.2f} to {high:.2f})"]
    for share in SHARES:
        low, high = facts["intervals"][share]
        upper = "and more" if high is None else f"to {high:.2f}"
        cells.append(f"{facts['percentiles'][share]:.2f} ({low:.2f} {upper})")
    cells.append("-" if facts["propellant"] is None else f"{facts['propellant'][2]:.3g}")
    return cells


def _burns(run: RunFolder, kept: list[str]) -> str:
    traces: list[dict[str, Any]] = []
    for number, craft in enumerate(kept):
        columns = run.table(f"keeping.{craft}").columns
        for key, dash, what in (("burn_mean", "solid", "mean"), ("burn_95", "dot", "95 %")):
            traces.append(
                {
                    "type": "scatter",
                    "mode": line_mode(columns["utc"].size),
                    "x": [str(moment)[:19] for moment in columns["utc"]],
                    "y": rounded(100.0 * columns[key]),
                    "name": f"{run.name_of('spacecraft', craft)}, {what}",
                    "line": {"color": SERIES[number % len(SERIES)], "width": 1.6, "dash": dash},
                }
            )
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date"),
        yaxis=axis("burn [cm/s]", rangemode="tozero"),
        hovermode="x",
    )
    return plot("keeping-burns", spec, 320, "Burns of station keeping over all runs, those that are left out as zero.")
