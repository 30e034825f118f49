"""Light: when the Sun stands above each skyline."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from moonstead.report.figures import axis, figure, rounded
from moonstead.report.html import Section, details, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 20
NIGHTS_SHOWN = 12


def section(run: RunFolder) -> Section | None:
    """Calendar and table of nights for each skyline."""
    names = run.names("light")
    if not names:
        return None
    rows, parts = [], ""
    for name in names:
        facts = run.facts(f"light.{name}")
        rows.append(
            [
                run.name_of("sites", facts["site"]),
                f"{facts['mast']:g}",
                100.0 * facts["mean_fraction"],
                100.0 * facts["lit_fraction"],
                facts["longest_dark"] / 3600.0,
                facts["longest_lit"] / 86_400.0,
                100.0 * facts["earth_fraction"],
                facts["earth_longest_gap"] / 86_400.0,
            ]
        )
        parts += heading(f"{run.name_of('sites', facts['site'])}, {facts['mast']:g} m above the ground")
        parts += _calendar(run, name) + _nights(run, name)
    header = [
        "site",
        "height of eye [m]",
        "mean disc [%]",
        "any Sun [%]",
        "longest dark [h]",
        "longest lit [d]",
        "Earth's centre in sight [%]",
        "Earth longest out of sight [d]",
    ]
    body = table(header, rows) + parts
    return Section("light", "Light", body)


def _calendar(run: RunFolder, name: str) -> str:
    light = run.table(f"light.{name}").columns
    step = float(light["tdb"][1] - light["tdb"][0])
    per_day = max(1, round(86_400.0 / step))
    days = light["sun_fraction"].size // per_day
    if days < 2:
        return paragraph("The span is too short for a calendar.", "note")
    grid = light["sun_fraction"][: days * per_day].reshape(days, per_day).T
    first = datetime.fromisoformat(run.scenario["start"])
    dates = [(first + timedelta(days=day)).strftime("%Y-%m-%d") for day in range(days)]
    spec = figure(
        [
            {
                "type": "heatmap",
                "x": dates,
                "y": rounded(np.arange(per_day) * step / 3600.0),
                "z": [rounded(row, 3) for row in grid],
                "zmin": 0,
                "zmax": 1,
                "colorscale": [[0.0, "#10161f"], [0.02, "#3a3f55"], [0.6, "#e08a00"], [1.0, "#fff3c4"]],
                "colorbar": {"title": {"text": "disc<br>above<br>skyline"}},
                "hovertemplate": "%{x} %{y:.1f} h: %{z:.2f}<extra></extra>",
            }
        ],
        xaxis=axis("date (UTC)"),
        yaxis=axis("hour of day"),
    )
    caption = (
        "Share of the Sun's disc above the skyline, eclipses by the Earth included; days begin at the scenario's start."
    )
    return plot(f"calendar-{name}", spec, 260, caption)


def _nights(run: RunFolder, name: str) -> str:
    dark = run.table(f"dark.{name}").columns
    order = np.argsort(-dark["duration"])[:NIGHTS_SHOWN]
    rows = [[dark["start_utc"][k], dark["stop_utc"][k], float(dark["duration"][k]) / 3600.0] for k in order]
    shown = table(["from (UTC)", "to (UTC)", "length [h]"], rows)
    return details(f"The longest of {dark['duration'].size} nights", shown)
