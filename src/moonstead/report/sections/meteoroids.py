"""Meteoroids: the chance of a hole in each shield, and the impact flashes that cameras see."""

from __future__ import annotations

from typing import Any

from moonstead.report.figures import SERIES, axis, figure, rounded
from moonstead.report.html import Section, heading, number, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 46
DAY, YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
MILLIMETRE = 1e-3  # [m]


def section(run: RunFolder) -> Section | None:
    """Shields and cameras, where the scenario has them."""
    body = ""
    if run.facts("meteoroids") or "meteoroids" in _tables(run):
        body += _shields(run)
    cameras = run.names("flashes")
    if cameras:
        body += _flashes(run, cameras)
    return Section("meteoroids", "Meteoroids", body) if body else None


def _tables(run: RunFolder) -> set[str]:
    return {path.stem for path in (run.folder / "tables").glob("meteoroids.parquet")}


def _shields(run: RunFolder) -> str:
    columns = run.table("meteoroids").columns
    rows = [
        [
            str(columns["shield"][k]),
            run.name_of("facilities", run.name_of("spacecraft", str(columns["of"][k]))),
            str(columns["kind"][k]),
            float(columns["area"][k]),
            float(columns["exposure"][k] / YEAR),
            float(columns["critical_diameter"][k] / MILLIMETRE),
            _span(columns, "expected", k),
            _span(columns, "probability", k),
        ]
        for k in range(len(columns["shield"]))
    ]
    head = ["shield", "of", "kind", "area [m2]", "years", "stops at 20 km/s [mm]", "holes expected", "chance of a hole"]
    text = (
        "Sporadic meteoroids by the flux of Gruen et al. (1985); streams, ejecta of other impacts and debris come on "
        "top. Spans follow the flux, known to a factor of some."
    )
    return heading("Holes") + paragraph(text) + table(head, rows)


def _span(columns: dict[str, Any], key: str, k: int) -> str:
    low, middle, high = (number(float(columns[f"{key}{part}"][k]), 2) for part in ("_low", "", "_high"))
    return f"{middle} ({low} to {high})"


def _flashes(run: RunFolder, cameras: list[str]) -> str:
    traces, rows = [], []
    for index, camera in enumerate(cameras):
        columns, facts = run.table(f"flashes.{camera}").columns, run.facts(f"flashes.{camera}")
        craft = run.name_of("spacecraft", str(facts["spacecraft"]))
        rows.append([camera, craft, float(facts["limiting_magnitude"]), float(facts["mean_rate"] * DAY)])
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [str(one) for one in columns["utc"]],
                "y": rounded(columns["rate"] * DAY),
                "name": f"{camera} on {craft}",
                "line": {"color": SERIES[index % len(SERIES)]},
            }
        )
    spec = figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("flashes seen [1/day]", rangemode="tozero"))
    caption = (
        "Impact flashes that each camera would see on the night side of the Moon: sporadic meteoroids of 1 to 100 g."
    )
    head = ["camera", "on", "limiting magnitude", "flashes a day, mean"]
    return heading("Impact flashes") + table(head, rows) + plot("flashes", spec, 340, caption)
