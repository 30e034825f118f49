"""Resources: what deposits yield, and what maps from orbit say of the sites."""

from __future__ import annotations

import math
from typing import Any

from moonstead.report.html import Section, heading, number, paragraph, table
from moonstead.report.run_folder import RunFolder

ORDER = 35
KILOWATT_HOUR, TONNE = 3.6e6, 1e3  # [J], [kg]
PERCENT_FROM = 1e-3  # [kg/kg] abundances are shown in percent from here on, in ppm below


def section(run: RunFolder) -> Section | None:
    """Deposits with their intervals, then layers at the sites."""
    deposits, layers = run.names("deposit"), run.names("resource")
    if not deposits and not layers:
        return None
    body = _deposits(run, deposits) if deposits else ""
    for name in layers:
        body += _layer(run, name)
    if layers:
        body += paragraph(run.facts(f"resource.{layers[0]}")["caution"])
    return Section("resources", "Resources", body)


def _deposits(run: RunFolder, names: list[str]) -> str:
    rows = []
    for name in names:
        facts = run.facts(f"deposit.{name}")
        columns = run.table(f"deposit.{name}").columns
        found = {
            quantity: [float(columns[end][k]) for end in ("low", "median", "high")]
            for k, quantity in enumerate(columns["quantity"])
        }
        causes = {cause: share for cause, share in facts["causes"].items() if share > 0.0}
        first = max(causes, key=causes.__getitem__) if causes else ""
        rows.append(
            [
                facts["name"],
                run.name_of("sites", facts["site"]),
                facts["resource"],
                _interval(found["product per mass of ground"], TONNE),
                _interval(found["product per energy"], KILOWATT_HOUR),
                _interval(found["product"], 1.0 / TONNE),
                _interval(found["energy"], 1.0 / (1e3 * KILOWATT_HOUR)),
                f"{first}, {causes[first]:.0%} of the spread" if first else "nothing: no spread was given",
            ]
        )
    header = ["deposit", "site", "resource", "per tonne moved [kg]", "per kWh [kg]", "product [t]", "energy [MWh]"]
    return (
        heading("Deposits")
        + paragraph(
            "Median, and in brackets the range of nine cases in ten for the spreads that the scenario gives. The last "
            "column names what should be measured first: the input behind most of the spread of energy for a mass of "
            "product."
        )
        + table([*header, "least certain"], rows)
    )


def _interval(values: list[float], scale: float) -> str:
    low, median, high = (number(each * scale) for each in values)
    return median if low == high else f"{median} ({low} to {high})"


def _layer(run: RunFolder, name: str) -> str:
    """One row for each quantity, one column for each site."""
    facts = run.facts(f"resource.{name}")
    columns = run.table(f"resource.{name}").columns
    sites = list(dict.fromkeys(str(site) for site in columns["site"]))
    cells: dict[str, dict[str, str]] = {}
    remarks: dict[str, list[str]] = {}
    for k, quantity in enumerate(columns["quantity"]):
        each: dict[str, Any] = {key: column[k] for key, column in columns.items()}
        cells.setdefault(str(quantity), {})[str(each["site"])] = _cell(each)
        remarks.setdefault(str(quantity), []).extend([str(each["how"])] if each["how"] else [])
    rows = [
        [quantity, *(found.get(site, "–") for site in sites), " / ".join(dict.fromkeys(remarks[quantity]))]
        for quantity, found in cells.items()
    ]
    simulated = " Its values are simulated, not measured." if facts["simulated"] else ""
    words = f"{facts['source']}. One value is the mean of ground {number(facts['footprint'] / 1e3)} km wide.{simulated}"
    header = ["quantity", *(run.name_of("sites", site) for site in sites), "remark"]
    return heading(facts["name"]) + paragraph(words) + table(header, rows)


def _cell(each: dict[str, Any]) -> str:
    """Value with its standard deviation, or with the range of nine cases in ten."""
    unit, value = str(each["unit"]), float(each["value"])
    sigma, low, high = (float(each[key]) for key in ("sigma", "low", "high"))
    if math.isfinite(low) and math.isfinite(high):
        return f"{_shown(value, unit, value)} ({_shown(low, unit, value)} to {_shown(high, unit, value)})"
    return _shown(value, unit, value) + (f" ± {_shown(sigma, unit, value)}" if math.isfinite(sigma) else "")


def _shown(amount: float, unit: str, beside: float) -> str:
    """Abundances in percent or ppm, by the size of what they belong to; all else in its own unit."""
    if not math.isfinite(amount):
        return "–"
    if unit != "1":
        return f"{number(amount)} {unit}".strip()
    return f"{number(100.0 * amount)} %" if abs(beside) >= PERCENT_FROM else f"{number(1e6 * amount)} ppm"
