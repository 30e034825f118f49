"""Grids: the power of sites that lines join, solved together."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.run.moments import windows_of
from moonstead.run.power_grid import build_grid, grid_fragments, grid_name
from moonstead.run.task import Task, TaskInputs, TaskOutput
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.run.power_grid import GridParts
    from moonstead.station.grid_ledger import GridLedger

Array = NDArray[np.float64]


def plan(scenario: Scenario) -> list[Task]:
    """One ledger for each group of sites that share power, and for each site with power of its own."""
    tasks = []
    for fragment in grid_fragments(scenario):
        lights = tuple(f"light.{key}" for bus in fragment["buses"] for key in bus["eyes"])
        heats = tuple(f"heat.{bus['site']}" for bus in fragment["buses"] if bus["heated"])
        name = grid_name(fragment)
        title = "Power flow of " + ", ".join(bus["name"] for bus in fragment["buses"])
        tasks.append(Task(f"grid.{name}", title, f"{__name__}:balance_grid", fragment, inputs=lights + heats))
    return tasks


def balance_grid(inputs: TaskInputs) -> TaskOutput:
    """Ledger of a grid over the span; what ages does so by what the ledger put it through."""
    from moonstead.station.battery_ageing import capacity_share
    from moonstead.station.grid_ledger import grid_ledger

    parts = grid_parts(inputs)
    ledger = grid_ledger(parts.tdb, parts.buses, parts.lines)
    shares: dict[str, Array] = {}
    if parts.ageing:
        charge = ledger.stored / np.vstack((ledger.grid.capacity[:1], ledger.grid.capacity))
        for column, store in enumerate(ledger.grid.stores):
            if store.name in parts.ageing:
                temperature, age = parts.ageing[store.name]
                level = np.clip(charge[:, column], 0.0, 1.0)
                shares[store.name] = capacity_share(parts.tdb, level, temperature, age=age)
        ledger = grid_ledger(parts.tdb, parts.buses, parts.lines, capacity_share=shares)
    return _output(parts, ledger, shares)


def grid_parts(inputs: TaskInputs) -> GridParts:
    """Buses, stores and lines of a task of this module, from the light and heat that it reads."""
    light = {}
    for bus in inputs.fragment["buses"]:
        for key in bus["eyes"]:
            result = inputs.result(f"light.{key}")
            seen = windows_of(result.table(f"earth.{key}"))
            light[key] = {**result.arrays(), "earth_starts": seen.starts, "earth_stops": seen.stops}
    heated = [bus["site"] for bus in inputs.fragment["buses"] if bus["heated"]]
    return build_grid(inputs.fragment, light, {site: inputs.result(f"heat.{site}").arrays() for site in heated})


def _output(parts: GridParts, ledger: GridLedger, shares: dict[str, Array]) -> TaskOutput:
    from moonstead.station.fuel_cells import fuel_cell_balance

    grid = ledger.grid
    arrays: dict[str, NDArray[Any]] = {
        "tdb": grid.tdb,
        "generation": grid.generation,
        "demand": grid.demand,
        "served": ledger.served,
        "not_served": ledger.not_served,
        "spilled": ledger.spilled,
        "stored": ledger.stored,
        "capacity": grid.capacity,
        "charged": ledger.charged,
        "delivered": ledger.delivered,
        "lost": ledger.charge_loss + ledger.discharge_loss + ledger.self_loss,
        "line_from": ledger.line_from,
        "line_to": ledger.line_to,
    }
    heat = {}
    for name, cell in parts.cells.items():
        column = [store.name for store in grid.stores].index(name)
        tanks = fuel_cell_balance(
            cell, ledger.stored[:, column], ledger.charge_loss[:, column], ledger.discharge_loss[:, column]
        )
        arrays |= {f"{name} hydrogen": tanks.hydrogen, f"{name} oxygen": tanks.oxygen, f"{name} water": tanks.water}
        heat[name] = float(tanks.electrolyser_heat.sum() + tanks.cell_heat.sum())
    balance = ledger.imbalance()
    facts = {
        "buses": list(grid.buses),
        "sources": [[name, grid.buses[bus]] for name, bus in zip(grid.sources, grid.source_bus, strict=True)],
        "solar": list(parts.solar),
        "loads": [[load.name, grid.buses[bus]] for load, bus in zip(grid.loads, grid.load_bus, strict=True)],
        "stores": [
            {
                "name": store.name,
                "site": grid.buses[bus],
                "members": list(parts.members[store.name]),
                "order": store.order,
                "capacity": store.battery.capacity,
                "least_charge": store.battery.least_charge,
                "kind": "fuel-cell" if store.name in parts.cells else "battery",
                "kept": float(shares[store.name][-1]) if store.name in shares else 1.0,
                "waste_heat": heat.get(store.name),
            }
            for store, bus in zip(grid.stores, grid.store_bus, strict=True)
        ],
        "lines": [
            {"id": line.name, "between": list(line.ends), "power": line.power, "resistance": line.resistance}
            for line in grid.lines
        ],
        "shade": dict(parts.shade),
        "shortages": {
            name: [{**asdict(s), "not_served": dict(s.not_served)} for s in shortages]
            for name, shortages in zip(grid.buses, ledger.shortages, strict=True)
        },
        "summary": {name: _finite(asdict(ledger.summary(name))) for name in grid.buses},
        "sized": _sized(parts),
        "nights": {
            name: [nights.starts.tolist(), nights.stops.tolist()]
            for name, nights in zip(grid.buses, grid.nights, strict=True)
        },
        "imbalance": float(balance.max(initial=0.0)),
    }
    models = ["power-grid"]
    models += ["battery-ageing"] if parts.ageing else []
    models += ["fuel-cell"] if parts.cells else []
    models += ["array-shade"] if parts.shade else []
    return TaskOutput((), arrays, facts=facts, models=tuple(models))


def _finite(summary: dict[str, Any]) -> dict[str, Any]:
    """None for the state of charge of a bus without store."""
    return {key: None if value != value else value for key, value in summary.items()}


def _sized(parts: GridParts) -> dict[str, dict[str, Any]]:
    """Smallest battery [J] of a bus that stands alone with one, for the loads that may drain it.

    Loads with a reserve are meant to be shed.
    """
    from moonstead.station.sizing import smallest_battery

    bus = parts.buses[0]
    vital = [load for load in bus.loads if load.reserve == 0.0]
    plain = len(bus.stores) == 1 and not parts.cells and not parts.ageing
    if len(parts.buses) > 1 or not plain or not vital:
        return {}
    store = bus.stores[0]
    try:
        size = smallest_battery(
            parts.tdb, bus.sources, bus.sun_fraction, vital, store.battery, initial_charge=store.initial_charge
        )
    except NumericalFailure as error:
        return {bus.name: {"capacity": None, "deciding": str(error)}}
    return {bus.name: {"capacity": size.capacity, "deciding": size.deciding}}
