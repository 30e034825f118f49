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
    """One part for each bus, after the lines between them."""
    names = run.names("power")
    if not names:
        return None
    body = _lines(run, names)
    for name in names:
        facts = run.facts(f"power.{name}")
        body += heading(f"Bus of {run.name_of('sites', name)}")
        body += paragraph(facts["sentence"])
        body += table(["what", "energy [MWh]"], [[label, value / 3.6e9] for label, value in facts["energy"].items()])
        body += _figure(run, name)
        body += _stores(facts)
        body += _shade(run, facts)
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


def _lines(run: RunFolder, names: list[str]) -> str:
    """Power lines of the scenario: what went over them and what it cost."""
    lines = {line["id"]: line for name in names for line in run.facts(f"power.{name}")["lines"]}
    if not lines:
        return ""
    rows = []
    for line in lines.values():
        first, second = (run.name_of("sites", end) for end in line["between"])
        moved = line["sent"] + line["sent_back"]
        rows.append(
            [
                run.name_of("lines", line["id"]),
                f"{first} to {second}",
                line["power"] / 1e3,
                line["sent"] / 3.6e9,
                line["sent_back"] / 3.6e9,
                100.0 * line["lost"] / moved if moved > 0.0 else 0.0,
                100.0 * line["peak"],
            ]
        )
    header = ["line", "between", "rated [kW]", "sent [MWh]", "sent back [MWh]", "lost [%]", "highest load [%]"]
    told = (
        "Sites joined by lines share their power: loads are served in the order of their priority wherever they stand."
    )
    return heading("Lines") + paragraph(told) + table(header, rows)


def _stores(facts: dict[str, Any]) -> str:
    """Stores of a bus, where there are several or where one ages."""
    stores = facts["stores"]
    if len(stores) < 2 and all(store["kept"] == 1.0 and store["kind"] == "battery" for store in stores):
        return ""
    rows = [
        [
            store["name"],
            store["kind"],
            store["order"],
            store["capacity"] / 3.6e9,
            100.0 * store["kept"],
            "" if store["waste_heat"] is None else store["waste_heat"] / 3.6e9,
        ]
        for store in stores
    ]
    header = ["store", "kind", "order of use", "capacity [MWh]", "left of it at the end [%]", "waste heat [MWh]"]
    return table(header, rows)


def _shade(run: RunFolder, facts: dict[str, Any]) -> str:
    if not facts["shade"]:
        return ""
    told = ", ".join(f"{run.name_of('facilities', id)} {share:.1%}" for id, share in facts["shade"].items())
    return paragraph(f"Light that other arrays take in the mean while some of the Sun is seen: {told}.")


def _figure(run: RunFolder, name: str) -> str:
    columns = run.table(f"power.{name}").columns
    facts = run.facts(f"power.{name}")
    thin = max(1, columns["tdb"].size // POINTS)
    when = list(columns["utc"][::thin])
    traces: list[dict[str, Any]] = [
        _line(when, columns["solar"][::thin] / 1e3, "solar", SUN),
        _line(when, columns["steady"][::thin] / 1e3, "reactor and radioisotope", SERIES[3]),
        _line(when, columns["demand"][::thin] / 1e3, "demand", INK),
        _line(when, columns["unserved"][::thin] / 1e3, "not served", BAD),
    ]
    if facts["lines"]:
        net = (columns["imported"] - columns["exported"])[::thin] / 1e3
        traces.append(_line(when, net, "from lines, net", SERIES[1]))
    stores = facts["stores"]
    if stores:
        levels = run.table(f"store.{name}").columns
        for number, store in enumerate(stores):
            charge = 100.0 * levels[f"{store['name']} charge"][::thin]
            label = "state of charge" if len(stores) == 1 else f"charge of {store['name']}"
            colour = GOOD if number == 0 else SERIES[(number + 4) % len(SERIES)]
            traces.append(_line(when, charge, label, colour) | {"yaxis": "y2"})
    spec = figure(
        traces,
        xaxis=axis("date (UTC)", type="date", anchor="y2" if stores else "y"),
        yaxis=axis("power [kW]", domain=[0.45, 1.0] if stores else [0.0, 1.0]),
        **({"yaxis2": axis("state of charge [%]", domain=[0.0, 0.36], range=[0, 103])} if stores else {}),
    )
    caption = "Power at the bus and state of charge of its stores. Drag over the figure to look closer."
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
