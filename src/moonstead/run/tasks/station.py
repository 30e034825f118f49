"""Power: what the bus of each site made, stored, moved and used, out of the ledger of its grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.run.moments import utc_text, window_table
from moonstead.run.power_grid import has_power
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput, Verdict
from moonstead.run.tasks import grid
from moonstead.scenario.scenario import Scenario

Array = NDArray[np.float64]

HOUR = 3600.0  # [s]
THIN_CHARGE = 0.05  # [1] above the least charge: a battery that came closer is called tight


def plan(scenario: Scenario) -> list[Task]:
    """One task for each bus of each grid."""
    return [
        Task(
            f"power.{bus['site']}",
            f"Power of {bus['name']}",
            f"{__name__}:report_bus",
            {"site": bus["site"], "name": bus["name"], "lowest_eye": bus["eyes"][0], "grid": ledger.id},
            inputs=(ledger.id,),
        )
        for ledger in grid.plan(scenario)
        for bus in ledger.fragment["buses"]
        if any(has_power(part) for part in bus["facilities"])
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Bus:
    """One bus of a grid's ledger: arrays as the task of the grid keeps them, cut to what belongs to the bus."""

    site: str
    name: str
    tdb: Array
    sources: list[str]
    generation: Array
    solar: NDArray[np.bool_]
    loads: list[str]
    demand: Array
    served: Array
    not_served: Array
    spilled: Array
    stores: list[dict[str, Any]]
    stored: Array
    capacity: Array
    lost: Array
    imported: Array
    exported: Array
    shortages: list[dict[str, Any]]
    summary: dict[str, Any]

    @property
    def steps(self) -> Array:
        """Length (n,) [s] of the steps."""
        return np.diff(self.tdb)

    @property
    def windows(self) -> Windows:
        """When some load was not fully served."""
        span = float(self.tdb[0]), float(self.tdb[-1])
        return Windows.of([s["start"] for s in self.shortages], [s["stop"] for s in self.shortages], span)


def report_bus(inputs: TaskInputs) -> TaskOutput:
    """Tables and figures of one bus."""
    about = inputs.fragment
    result = inputs.result(about["grid"])
    facts, arrays = result.facts, result.arrays()
    bus = _bus_of(about, facts, arrays)
    tables = [_series(bus), _shortage_table(bus), _shed_table(bus), _served_table(bus)]
    if bus.stores:
        tables.append(_store_table(bus, arrays))
    lines = [line for line in facts["lines"] if about["site"] in line["between"]]
    noted = {
        "site": bus.site,
        "energy": _energy(bus),
        "capacity": float(sum(store["capacity"] for store in bus.stores)),
        "stores": bus.stores,
        "lines": _line_facts(lines, facts, arrays),
        "shade": {name: share for name, share in facts["shade"].items() if name in bus.sources},
        "sentence": _sentence(bus),
        "imbalance": facts["imbalance"],
    }
    models = ("power-ledger", "solar-constant") if bus.solar.any() else ("power-ledger",)
    figures = _figures(bus) + _battery_figure(bus, inputs)
    return TaskOutput(tuple(tables), figures=figures, facts=noted, models=(*models, *result.models))


def _bus_of(about: dict[str, Any], facts: Any, arrays: dict[str, NDArray[Any]]) -> _Bus:
    site = about["site"]
    sources = [k for k, (_, at) in enumerate(facts["sources"]) if at == site]
    loads = [k for k, (_, at) in enumerate(facts["loads"]) if at == site]
    stores = [k for k, store in enumerate(facts["stores"]) if store["site"] == site]
    column = facts["buses"].index(site)
    incoming, outgoing = np.zeros(arrays["tdb"].size - 1), np.zeros(arrays["tdb"].size - 1)
    for k, line in enumerate(facts["lines"]):
        for end, leaves in zip(line["between"], (arrays["line_from"][:, k], -arrays["line_to"][:, k]), strict=True):
            if end == site:
                incoming += np.maximum(-leaves, 0.0)
                outgoing += np.maximum(leaves, 0.0)
    return _Bus(
        site=site,
        name=about["name"],
        tdb=arrays["tdb"],
        sources=[facts["sources"][k][0] for k in sources],
        generation=arrays["generation"][:, sources],
        solar=np.array([facts["sources"][k][0] in facts["solar"] for k in sources], dtype=bool),
        loads=[facts["loads"][k][0] for k in loads],
        demand=arrays["demand"][:, loads],
        served=arrays["served"][:, loads],
        not_served=arrays["not_served"][:, loads],
        spilled=arrays["spilled"][:, column],
        stores=[facts["stores"][k] for k in stores],
        stored=arrays["stored"][:, stores],
        capacity=arrays["capacity"][:, stores],
        lost=arrays["lost"][:, stores].sum(axis=1),
        imported=incoming,
        exported=outgoing,
        shortages=facts["shortages"][site],
        summary=facts["summary"][site],
    )


def _series(bus: _Bus) -> Table:
    steps = bus.steps
    series = {
        "tdb": bus.tdb[:-1],
        "utc": utc_text(bus.tdb[:-1]),
        "solar": bus.generation[:, bus.solar].sum(axis=1),
        "steady": bus.generation[:, ~bus.solar].sum(axis=1),
        "demand": bus.demand.sum(axis=1),
        "unserved": bus.not_served.sum(axis=1) / steps,
        "spilled": bus.spilled / steps,
        "imported": bus.imported / steps,
        "exported": bus.exported / steps,
        "stored": bus.stored[1:].sum(axis=1),
    }
    units = {name: "W" for name in series} | {"tdb": "s TDB past J2000", "utc": "UTC", "stored": "J"}
    return Table(f"power.{bus.site}", series, units, "Mean powers of one step of the bus; stored energy at its end.")


def _served_table(bus: _Bus) -> Table:
    columns = {"tdb": bus.tdb[:-1]} | {name: bus.served[:, k] / bus.steps for k, name in enumerate(bus.loads)}
    units = {"tdb": "s TDB past J2000"} | dict.fromkeys(bus.loads, "W")
    return Table(f"served.{bus.site}", columns, units, "Mean power that each load received in one step.")


def _store_table(bus: _Bus, arrays: dict[str, NDArray[Any]]) -> Table:
    """State of charge of each store, what ageing left of it, and the masses in tanks."""
    columns: dict[str, Any] = {"tdb": bus.tdb[1:], "utc": utc_text(bus.tdb[1:])}
    units = {"tdb": "s TDB past J2000", "utc": "UTC"}
    for k, store in enumerate(bus.stores):
        more = {f"{store['name']} charge": (bus.stored[1:, k] / bus.capacity[:, k], "1")}
        if store["kept"] < 1.0:
            more[f"{store['name']} capacity"] = (bus.capacity[:, k], "J")
        for what in ("hydrogen", "oxygen", "water") if store["kind"] == "fuel-cell" else ():
            more[f"{store['name']} {what}"] = (arrays[f"{store['name']} {what}"][1:], "kg")
        for name, (values, unit) in more.items():
            columns[name], units[name] = values, unit
    return Table(f"store.{bus.site}", columns, units, "State of the stores of a bus at the end of one step.")


def _shortage_table(bus: _Bus) -> Table:
    rows = bus.shortages
    nights = [s["night"] or (np.nan, np.nan) for s in rows]
    origins = [" <- ".join(f"{o['code']} {o['subject']}".strip() for o in s["origins"]) for s in rows]
    return window_table(
        f"shortage.{bus.site}",
        bus.windows,
        "Interval in which some load was not fully served, with its cause.",
        energy=([sum(s["not_served"].values()) for s in rows], "J"),
        reason=(np.array([s["cause"] for s in rows], dtype=object), "text"),
        origins=(np.array(origins, dtype=object), "text"),
        night_start=([first for first, _ in nights], "s TDB past J2000"),
        night_stop=([last for _, last in nights], "s TDB past J2000"),
        blackout=(_blackouts(bus), "1 if nothing was served at some time"),
        loads=(np.array([", ".join(s["not_served"]) for s in rows], dtype=object), "text"),
        cause=(np.array([s["text"] for s in rows], dtype=object), "text"),
    )


def _blackouts(bus: _Bus) -> NDArray[np.int64]:
    """1 for each shortage with a step in which power was wanted and nothing at all was served."""
    dead = (bus.served.sum(axis=1) <= 0.0) & (bus.demand.sum(axis=1) > 0.0)
    flags = [bool(np.any(dead & (bus.tdb[:-1] < s["stop"]) & (bus.tdb[1:] > s["start"]))) for s in bus.shortages]
    return np.array(flags, dtype=np.int64)


def _shed_table(bus: _Bus) -> Table:
    rows = [(k, name, energy) for k, s in enumerate(bus.shortages) for name, energy in s["not_served"].items()]
    columns: dict[str, Any] = {
        "shortage": np.array([row[0] for row in rows], dtype=np.int64),
        "load": np.array([row[1] for row in rows], dtype=object),
        "energy": np.array([row[2] for row in rows], dtype=np.float64),
    }
    units = {"shortage": "row of the shortages", "load": "text", "energy": "J"}
    return Table(f"shed.{bus.site}", columns, units, "Energy that one load missed in one shortage.")


def _energy(bus: _Bus) -> dict[str, float]:
    """Energy [J] of the span by where it came from and went to."""
    energy = {f"made by {name}": value for name, value in bus.summary["energy_by_source"].items()}
    if bus.imported.any() or bus.exported.any():
        energy |= {"came over lines": float(bus.imported.sum()), "went into lines": float(bus.exported.sum())}
    return energy | {
        "served": bus.summary["energy_served"],
        "not served": bus.summary["energy_not_served"],
        "spilled": bus.summary["energy_spilled"],
        "lost in the stores": bus.summary["energy_lost"],
    }


def _line_facts(lines: list[dict[str, Any]], facts: Any, arrays: dict[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Energy [J] sent each way and lost, and the highest load [1] of each line of a bus."""
    names = [line["id"] for line in facts["lines"]]
    found = []
    for line in lines:
        k = names.index(line["id"])
        there, back = arrays["line_from"][:, k], -arrays["line_to"][:, k]
        sent = np.maximum(there, back) / np.diff(arrays["tdb"])
        found.append(
            {
                **line,
                "sent": float(np.maximum(there, 0.0).sum()),
                "sent_back": float(np.maximum(back, 0.0).sum()),
                "lost": float((there + back).sum()),
                "peak": float(sent.max(initial=0.0)) / line["power"],
            }
        )
    return found


def _battery_figure(bus: _Bus, inputs: TaskInputs) -> tuple[Figure, ...]:
    """Smallest battery for the loads that may drain it, of a bus that stands alone with one; no line helps it."""
    sized = inputs.result(inputs.fragment["grid"]).facts["sized"].get(bus.site)
    if sized is None:
        return ()
    label = f"{bus.name}: smallest battery for all loads without a reserve"
    if sized["capacity"] is None:
        return (Figure(label, "none is enough", "kWh", f"power ledger: {sized['deciding']}"),)
    deciding = sized["deciding"].split(";")[0]
    how = f"bisection on the power ledger; a tenth less means {deciding}" if deciding else "no battery is needed"
    return (Figure(label, sized["capacity"] / 3.6e6, "kWh", how),)


def _figures(bus: _Bus) -> tuple[Figure, ...]:
    summary, name = bus.summary, bus.name
    wanted = summary["energy_served"] + summary["energy_not_served"]
    figures = []
    if wanted > 0.0:
        share = summary["energy_served"] / wanted
        verdict: Verdict = (
            "good" if summary["energy_not_served"] <= 1e-9 * wanted else ("poor" if share > 0.99 else "bad")
        )
        how = "power ledger: energy served over energy wanted, loads shed by priority"
        figures.append(Figure(f"{name}: share of the loads' energy served", share, "1", how, verdict))
        hours = summary["shortage_duration"] / HOUR
        figures.append(Figure(f"{name}: time with some load short", hours, "h", "power ledger over the span"))
    if bus.stores:
        capacity = sum(store["capacity"] for store in bus.stores)
        least = sum(store["capacity"] * store["least_charge"] for store in bus.stores) / capacity
        spare = summary["least_charge"] - least
        judged: Verdict = "good" if spare > THIN_CHARGE else ("poor" if summary["energy_not_served"] == 0.0 else "bad")
        when = str(utc_text([summary["least_charge_time"]])[0])
        how = f"power ledger; reached at {when}, allowed down to {least:.0%}"
        figures.append(Figure(f"{name}: least state of charge", summary["least_charge"], "1", how, judged))
    for store in bus.stores:
        if store["kept"] < 1.0:
            how = "fading with time and cycles, Xu et al. (2018), lithium-manganese-oxide cells"
            figures.append(Figure(f"{name}: capacity left of {store['name']} at the end", store["kept"], "1", how))
    return tuple(figures)


def _sentence(bus: _Bus) -> str:
    summary, name = bus.summary, bus.name
    night = f"The longest night lasts {summary['longest_night'] / HOUR:.0f} h."
    if summary["energy_served"] + summary["energy_not_served"] == 0.0:
        return f"Nothing at {name} draws power. {night}"
    if summary["energy_not_served"] <= 1e-9 * summary["energy_served"]:
        return f"Every load at {name} is served all the time. {night}"
    longest = float(np.max(bus.windows.durations(), initial=0.0))
    return (
        f"Some load at {name} is short for {summary['shortage_duration'] / HOUR:.0f} h in "
        f"{len(bus.shortages)} intervals, the longest of {longest / HOUR:.0f} h. {night}"
    )
