"""Stores: what people use, what plants make, what runs dry, and what the Earth must send."""

from __future__ import annotations

from typing import Any

import numpy as np

from moonstead.report.figures import BAD, EARTH, MOON, SERIES, axis, figure, rounded
from moonstead.report.html import Section, heading, paragraph, plot, table
from moonstead.report.run_folder import RunFolder

ORDER = 35
POINTS = 1500
DAY = 86_400.0  # [s]
MOST_OUTAGES = 12
KILOWATT_HOUR = 3.6e6  # [J]
BORDERS = {"Earth": EARTH, "ground": MOON, "surroundings": BAD}
FLOW_COLOUR = "rgba(120,130,145,0.35)"


def section(run: RunFolder) -> Section | None:
    """One part for each site with stores."""
    names = run.names("stores")
    if not names:
        return None
    body = ""
    for name in names:
        facts = run.facts(f"stores.{name}")
        body += heading(f"Stores of {run.name_of('sites', name)}") + paragraph(_sentence(facts))
        body += _flows(run, name) + _stock(run, name, facts) + _autonomy(facts)
        if facts["person_days"] > 0.0:
            body += _imports(facts)
        body += _outages(run, name) + _plants(facts)
    return Section("stores", "Stores and supplies", body)


def _sentence(facts: dict[str, Any]) -> str:
    closure = facts["closure"]
    words = []
    if facts["person_days"] > 0.0:
        hours = facts["short"] / 3600.0
        short = f"and go short for {hours:.0f} h" if hours > 0.0 else "and never go short"
        words.append(f"People stay for {facts['person_days']:.0f} person-days {short}.")
        words.append(
            f"Of the drinking water {closure['water_recycled']:.0%} is recycled; of the oxygen breathed "
            f"{closure['oxygen_regained']:.0%} is regained from carbon dioxide."
        )
    for substance, mass in facts["in_situ"].items():
        words.append(
            f"Plants make {mass:.4g} kg of {substance.replace('-', ' ')} of {facts['dug'] / 1e3:.3g} t of ground."
        )
    words.append(f"Every element balances to {max(facts['imbalance'], 1e-9) * 1e3:.1g} g.")
    return " ".join(words)


def _flows(run: RunFolder, name: str) -> str:
    columns = run.table(f"flows.{name}").columns
    if not columns["mass"].size:
        return ""
    # a place that is both drawn from and given to needs no second node; the page's script lays them out
    nodes = list(dict.fromkeys([*map(str, columns["source"]), *map(str, columns["target"])]))
    place = {node: index for index, node in enumerate(nodes)}
    trace = {
        "type": "sankey",
        "orientation": "h",
        "arrangement": "snap",
        "valueformat": ".4~g",
        "valuesuffix": " kg",
        "node": {
            "label": [node.replace("-", " ") for node in nodes],
            "color": [BORDERS.get(node, SERIES[index % len(SERIES)]) for index, node in enumerate(nodes)],
            "pad": 14,
            "thickness": 14,
        },
        "link": {
            "source": [place[str(one)] for one in columns["source"]],
            "target": [place[str(one)] for one in columns["target"]],
            "value": rounded(columns["mass"]),
            "label": [str(one).replace("-", " ") for one in columns["substance"]],
            "color": FLOW_COLOUR,
        },
    }
    caption = "Mass that went from one place to another over the span, in kg. Point at a band for its substance."
    return plot(f"flows-{name}", figure([trace]), 520, caption)


def _stock(run: RunFolder, name: str, facts: dict[str, Any]) -> str:
    columns = run.table(f"stores.{name}").columns
    thin = max(1, columns["tdb"].size // POINTS)
    when = list(columns["utc"][::thin])
    shown = [key for key in columns if key not in ("tdb", "utc") and np.any(columns[key] > 0.0)]
    traces = [
        {
            "type": "scattergl",
            "mode": "lines",
            "x": when,
            "y": rounded(columns[key][::thin]),
            "name": key.replace("-", " "),
            "visible": True if key in facts["autonomy"] or len(shown) < len(SERIES) else "legendonly",
            "line": {"color": SERIES[index % len(SERIES)], "width": 1.4},
        }
        for index, key in enumerate(shown)
    ]
    if not traces:
        return ""
    spec = figure(traces, xaxis=axis("date (UTC)", type="date"), yaxis=axis("content [kg]", rangemode="tozero"))
    return plot(f"stores-{name}", spec, 380, "Content of the stores. Press a name to show or hide its line.")


def _autonomy(facts: dict[str, Any]) -> str:
    rows = [
        [
            key.replace("-", " "),
            one["use_per_day"],
            one["at_start"] / DAY,
            one["least"] / DAY,
            one["at_stop"] / DAY,
            facts["first_dry"].get(key, {}).get("text", ""),
        ]
        for key, one in facts["autonomy"].items()
    ]
    if not rows:
        return ""
    header = ["store", "use [kg/day]", "lasts at start [days]", "at least [days]", "at the end [days]", "first dry"]
    return heading("How long stores last on what they hold", 4) + table(header, rows)


def _imports(facts: dict[str, Any]) -> str:
    rows = [[name, *values] for name, values in facts["imports"].items()]
    rows.append(["a year of the same", *facts["imports_per_year"]])
    substances = [[name.replace("-", " "), *values] for name, values in facts["imports_by_substance"].items()]
    note = (
        "Low: people who use little and plants that yield much; high: the reverse. Packing and spares are shares of "
        "mass (unverified); research, infrastructure and carriers are not counted."
    )
    return (
        heading("What the Earth must send", 4)
        + table(["class of supply", "low [kg]", "nominal [kg]", "high [kg]"], rows)
        + table(["of it from stores", "low [kg]", "nominal [kg]", "high [kg]"], substances)
        + paragraph(note)
    )


def _outages(run: RunFolder, name: str) -> str:
    columns = run.table(f"outage.{name}").columns
    count = columns["start_utc"].size
    if not count:
        return paragraph("No store ran dry and no plant stood for want of power.")
    worst = np.argsort(-columns["missing"])[:MOST_OUTAGES]
    rows = [
        [
            columns["start_utc"][k],
            float(columns["duration"][k]) / 3600.0,
            float(columns["missing"][k]),
            columns["text"][k],
        ]
        for k in worst
    ]
    header = ["from (UTC)", "length [h]", "missing [kg]", "what went wrong"]
    return heading(f"Outages: the worst of {count}", 4) + table(header, rows)


def _plants(facts: dict[str, Any]) -> str:
    if not facts["plants"]:
        return ""
    rows = [
        [
            f"{one['title']} ({one['id']})",
            one["feedstock"],
            f"{one['energy'][0] / KILOWATT_HOUR:.3g} to {one['energy'][2] / KILOWATT_HOUR:.3g}",
            f"{one['heat_share']:.0%}",
            f"{1e3 * one['yield'][0]:.3g} to {1e3 * one['yield'][2]:.3g}",
            one["maturity"],
            one["source"] + ("" if one["verified"] else " (not verified)"),
        ]
        for one in facts["plants"]
    ]
    header = ["plant", "feedstock", "energy [kWh/kg]", "of it heat", "yield [kg/t]", "maturity", "source"]
    return heading("What is published on the plants", 4) + table(header, rows)
