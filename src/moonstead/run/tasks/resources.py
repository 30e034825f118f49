"""Resources: what maps say of the sites, and what deposits yield."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.store import file_hash
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.surface.resources import ResourceLayer
    from moonstead.surface.resources_deposit import Interval

KILOWATT_HOUR, TONNE = 3.6e6, 1e3  # [J], [kg]
TEXT_ONLY = ("description",)


def plan(scenario: Scenario) -> list[Task]:
    """One task for each layer and for each deposit."""
    sites = [
        {"id": site.id, "name": site.name or site.id, "latitude": site.latitude, "longitude": site.longitude}
        for site in scenario.sites
    ]
    tasks = []
    for layer in scenario.resource_layers:
        fragment = {**plain(layer), "sha256": file_hash(layer.file), "sites": sites}
        tasks.append(Task(f"resource.{layer.id}", f"Layer {layer.id}", f"{__name__}:look_up", fragment))
    for deposit in scenario.deposits:
        fragment = {key: value for key, value in plain(deposit).items() if key not in TEXT_ONLY}
        title = f"Yield of {deposit.name or deposit.id}"
        tasks.append(Task(f"deposit.{deposit.id}", title, f"{__name__}:work_deposit", fragment))
    return tasks


def look_up(inputs: TaskInputs) -> TaskOutput:
    """Values of a layer at the sites, and what follows from hydrogen and thorium."""
    from moonstead.surface.resources import ORE_CAUTION, load_resource_layers

    wanted = inputs.fragment
    layers = load_resource_layers(Path(wanted["file"]), wanted["quantity"], wanted["footprint"])
    latitude = np.array([site["latitude"] for site in wanted["sites"]])
    longitude = np.array([site["longitude"] for site in wanted["sites"]])
    rows: list[dict[str, Any]] = []
    for layer in layers:
        found = layer.at(latitude, longitude)
        for k, site in enumerate(wanted["sites"]):
            value, sigma = float(found.value[k]), float(found.sigma[k])
            rows.append(_row(site["id"], layer.quantity, value, sigma, layer.unit))
            rows += _derived(site["id"], layer, value, sigma)
    units = {"site": "text", "quantity": "text", "value": "any unit", "sigma": "any unit", "low": "any unit"}
    units |= {"high": "any unit", "unit": "text", "how": "text"}
    kinds = {name: object if unit == "text" else np.float64 for name, unit in units.items()}
    columns = {name: np.array([row[name] for row in rows], dtype=kinds[name]) for name in units}
    table = Table(
        f"resource.{wanted['id']}",
        columns,
        units,
        "One quantity at one site: what the layer's pixel says, with its standard deviation, or what follows from it "
        "with the range of nine cases in ten; in `unit`, 1 is kg/kg.",
    )
    facts = {
        "id": wanted["id"],
        "name": layers[0].name,
        "source": layers[0].source,
        "footprint": layers[0].footprint,
        "simulated": layers[0].simulated,
        "caution": ORE_CAUTION,
    }
    models = ("lunar-prospector",) if layers[0].name.startswith("Lunar Prospector") else ()
    derived = ("kreep",) if any(row["how"].startswith("by thorium") for row in rows) else ()
    return TaskOutput((table,), facts=facts, models=(*models, *derived))


def _row(site: str, quantity: str, value: float, sigma: float, unit: str, **more: Any) -> dict[str, Any]:
    row = {"site": site, "quantity": quantity, "value": value, "sigma": sigma, "unit": unit}
    return {**row, "low": math.nan, "high": math.nan, "how": "", **more}


def _derived(site: str, layer: ResourceLayer, value: float, sigma: float) -> list[dict[str, Any]]:
    from moonstead.surface.resources import water_equivalent
    from moonstead.surface.resources_rare_earths import rare_earths_by_thorium

    if not math.isfinite(value) or layer.unit != "1":
        return []
    if layer.quantity == "H":
        water = float(water_equivalent(value))
        return [_row(site, "water", water, math.nan, "1", how="if all hydrogen were water: an upper limit")]
    if layer.quantity != "Th":
        return []
    found = rare_earths_by_thorium(value, sigma)
    how = "by thorium, in KREEP's ratios" if found.kreep_bearing[0] else "by thorium; little KREEP, ratios may not hold"
    low, high = float(found.total_low[0]), float(found.total_high[0])
    return [_row(site, "rare earths and Y", float(found.total[0]), math.nan, "1", low=low, high=high, how=how)]


def work_deposit(inputs: TaskInputs) -> TaskOutput:
    """Product and energy of one deposit, with their spread."""
    from moonstead.surface.resources_deposit import Uncertain, deposit_yield

    given = inputs.fragment
    digging = given["excavation_energy"]
    found = deposit_yield(
        Uncertain(given["grade"], given["grade_spread"]),
        Uncertain(given["recovery"], given["recovery_spread"]),
        Uncertain(given["process_energy"], given["process_energy_spread"]),
        None if digging is None else Uncertain(digging, given["excavation_energy_spread"]),
        given["mass_moved"],
    )
    rows = {
        "product per mass of ground": (found.per_mass, "kg/kg"),
        "product per energy": (found.per_energy, "kg/J"),
        "energy per mass of product": (found.energy_per_mass, "J/kg"),
        "product": (found.product, "kg"),
        "energy": (found.energy, "J"),
    }
    intervals = [interval for interval, _ in rows.values()]
    table = Table(
        f"deposit.{given['id']}",
        {
            "quantity": np.array(list(rows), dtype=object),
            **{end: np.array([getattr(each, end) for each in intervals]) for end in ("low", "median", "high")},
            "unit": np.array([unit for _, unit in rows.values()], dtype=object),
        },
        {"quantity": "text", "low": "any unit", "median": "any unit", "high": "any unit", "unit": "text"},
        "Median and quantiles of 5 and 95 % of what a deposit yields, in `unit`.",
    )
    name, resource = given["name"] or given["id"], given["resource"]
    facts = {
        "id": given["id"],
        "name": name,
        "site": given["site"],
        "resource": resource,
        "mass_moved": given["mass_moved"],
        "causes": dict(found.causes),
        "digging_counted": digging is not None,
    }
    figures = (
        _figure(f"{name}: {resource} per kWh", found.per_energy, KILOWATT_HOUR, "kg/kWh"),
        _figure(f"{name}: {resource} per tonne moved", found.per_mass, TONNE, "kg/t"),
    )
    return TaskOutput((table,), figures=figures, facts=facts, models=("deposit",))


def _figure(name: str, interval: Interval, scale: float, unit: str) -> Figure:
    low, high = interval.low * scale, interval.high * scale
    how = f"median; nine of ten cases lie between {low:.3g} and {high:.3g} {unit} for the spreads that were given"
    return Figure(name, interval.median * scale, unit, how)
