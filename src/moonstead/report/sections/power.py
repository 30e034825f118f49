"""Power: what each bus makes, uses and stores."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import BAD, GOOD, INK, SERIES, SUN, axis, figure, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 30
POINTS = 4500


def section(run: RunFolder) -> Section | None:
    """One part for each bus."""
    names = run.names("power")
    if not names:
        return None
    body = ""
    for name in names:
        facts = run.facts(f"power.{name}")
        body += heading(f"Bus of {run.name_of('sites', name)}")
        body += paragraph(facts["sentence"])
        body += table(["what", "energy [MWh]"], [[label, value / 3.6e9] for label, value in facts["energy"].items()])
        body += _figure(run, name)
        shortages = run.table(f"shortage.{name}").columns
        if shortages["start_utc"].size:
            rows = [
                [
                    shortages["start_utc"][k],
                    float(shortages["duration"][k]) / 3600.0,
                    float(shortages["energy"][k]) / 3.6e6,
                    shortages["loads"][k],
                    shortages["cause"][k],
                ]
                for k in np.argsort(-shortages["energy"])[:12]
            ]
            header = ["from (UTC)", "length [h]", "not served [kWh]", "loads", "cause"]
            body += heading(f"Shortages: the worst of {shortages['start_utc'].size}", 4) + table(header, rows)
    return Section("power", "Power", body)


def _figure(run: RunFolder, name: str) -> str:
    columns = run.table(f"power.{name}").columns
    thin = max(1, columns["tdb"].size // POINTS)
    when = list(columns["utc"][::thin])
    traces: list[dict[str, Any]] = [
        _line(when, columns["solar"][::thin] / 1e3, "solar", SUN),
        _line(when, columns["steady"][::thin] / 1e3, "reactor and radioisotope", SERIES[3]),
        _line(when, columns["demand"][::thin] / 1e3, "demand", INK),
        _line(when, columns["unserved"][::thin] / 1e3, "not served", BAD),
    ]
    capacity = float(run.facts(f"power.{name}")["capacity"])
    if capacity > 0.0:
        stored = _line(when, 100.0 * columns["stored"][::thin] / capacity, "state of charge", GOOD)
        traces.append(stored | {"yaxis": "y2"})
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date", anchor="y2" if capacity > 0.0 else "y"),
        yaxis=axis("power [kW]", domain=[0.45, 1.0] if capacity > 0.0 else [0.0, 1.0]),
        **({"yaxis2": axis("state of charge [%]", domain=[0.0, 0.36], range=[0, 103])} if capacity > 0.0 else {}),
    )
    caption = "Power at the bus and state of charge of its batteries. Drag over the figure to look closer."
    return plot(f"power-{name}", spec, 480, caption)


def _line(when: list[str], values: Any, label: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scattergl",
        "mode": "lines",
        "x": when,
        "y": rounded(values),
        "name": label,
        "line": {"color": colour, "width": 1.4},
    }
