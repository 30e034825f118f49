"""Stores: what people use at each site, what plants make, what runs dry and what the Earth must send."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.moments import utc_text
from moonstead.run.site_stores import served_power, site_balance, site_fragment
from moonstead.run.site_stores_facts import site_imports, store_facts
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput, Verdict
from moonstead.run.tasks import station
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.station.flows import Flow
    from moonstead.station.stores_outages import StoreOutage
    from moonstead.station.stores_site import SiteStores

DAY = 86_400.0  # [s]
HOUR = 3600.0  # [s]
BRIDGE = 0.5 * DAY  # [s] gaps in an outage that a reader need not see
LEAST_FLOW = 1e-3  # [kg] of the span: a gram


def plan(scenario: Scenario) -> list[Task]:
    """One task for each site with people, stores or processes."""
    powers = {task.id: task.fragment for task in station.plan(scenario)}
    tasks = []
    for site in scenario.sites:
        fragment = site_fragment(scenario, site.id)
        if not (fragment["crews"] or fragment["stores"] or fragment["processes"]):
            continue
        driven = any(process["facility"] for process in fragment["processes"])
        inputs = tuple(name for name, about in powers.items() if site.id in _sites_of(about)) if driven else ()
        title = f"Stores of {fragment['name']}"
        tasks.append(Task(f"stores.{site.id}", title, f"{__name__}:balance_stores", fragment, inputs=inputs))
    return tasks


def balance_stores(inputs: TaskInputs) -> TaskOutput:
    """Ledger of the stores of one site over the span."""
    site = inputs.fragment
    tables: dict[str, Callable[[], Table]] = {}
    for name in inputs.task.inputs:
        result = inputs.result(name)
        stems = [file.removesuffix(".parquet") for file in result.checksums if file.endswith(".parquet")]
        tables |= {stem: partial(result.table, stem) for stem in stems}
    tdb, power, warnings = served_power(site, tables)
    found = site_balance(site, tdb, power)
    return _output(site, found, [*warnings, *found.warnings])


def _sites_of(about: dict[str, Any]) -> list[str]:
    """Sites whose buses a power task covers."""
    if "site" in about:
        return [about["site"]]
    return [one["site"] if isinstance(one, dict) else one for one in about.get("sites", about.get("buses", []))]


def _output(site: dict[str, Any], found: SiteStores, warnings: list[str]) -> TaskOutput:
    from moonstead.station.flows import mass_flows
    from moonstead.station.stores_outages import store_outages

    ledger = found.ledger
    outages = store_outages(ledger, bridge=BRIDGE)
    brought = site_imports(site, found)
    flows = mass_flows(ledger, LEAST_FLOW)
    stock = {"tdb": ledger.tdb, "utc": utc_text(ledger.tdb)}
    stock |= {store.name: ledger.stock[:, column] for column, store in enumerate(ledger.stores)}
    units = {name: "kg" for name in stock} | {"tdb": "s TDB past J2000", "utc": "UTC"}
    tables = (
        Table(f"stores.{site['site']}", stock, units, "Content of each store at an edge of the steps."),
        _flow_table(site["site"], flows),
        _outage_table(site["site"], outages),
    )
    facts = store_facts(site, found, outages, brought)
    models = ["stores-ledger"]
    if site["crews"]:
        models += ["crew-metabolism", "supply-classes"]
    if facts["plants"]:
        models.append("in-situ-plants")
    return TaskOutput(
        tables, figures=_figures(site, facts), facts=facts, warnings=tuple(warnings), models=tuple(models)
    )


def _flow_table(site: str, flows: tuple[Flow, ...]) -> Table:
    columns = {
        "source": np.array([flow.source for flow in flows], dtype=object),
        "target": np.array([flow.target for flow in flows], dtype=object),
        "substance": np.array([flow.substance for flow in flows], dtype=object),
        "mass": np.array([flow.mass for flow in flows], dtype=np.float64),
    }
    units = {"source": "text", "target": "text", "substance": "text", "mass": "kg"}
    return Table(f"flows.{site}", columns, units, "Mass that went from one place to another over the span.")


def _outage_table(site: str, outages: tuple[StoreOutage, ...]) -> Table:
    starts = np.array([one.start for one in outages], dtype=np.float64)
    stops = np.array([one.stop for one in outages], dtype=np.float64)
    columns = {
        "start": starts,
        "stop": stops,
        "start_utc": utc_text(starts),
        "duration": stops - starts,
        "missing": np.array([one.missing for one in outages], dtype=np.float64),
    }
    texts = {
        "what": [one.what for one in outages],
        "cause": [one.cause for one in outages],
        "reference": [one.reference for one in outages],
        "root": [one.chain[-1].reference for one in outages],
        "text": [one.text for one in outages],
    }
    columns |= {name: np.array(values, dtype=object) for name, values in texts.items()}
    units = {name: "text" for name in texts} | {
        "start": "s TDB past J2000",
        "stop": "s TDB past J2000",
        "start_utc": "UTC",
        "duration": "s",
        "missing": "kg",
    }
    return Table(f"outage.{site}", columns, units, "Interval in which people or a plant went without, and why.")


def _figures(site: dict[str, Any], facts: dict[str, Any]) -> tuple[Figure, ...]:
    name = site["name"]
    how = "stores ledger, every element in balance"
    figures = []
    if facts["person_days"] > 0.0:
        verdict: Verdict = "good" if facts["short"] == 0.0 else "bad"
        figures.append(Figure(f"{name}: time in which the crew went short", facts["short"] / HOUR, "h", how, verdict))
        low, _, high = facts["imports_per_year"]
        spread = f"between {low / 1e3:.2g} and {high / 1e3:.2g} t: spread of people and plants"
        figures.append(
            Figure(f"{name}: supplies from the Earth in a year", facts["imports_per_year"][1] / 1e3, "t", spread)
        )
        if facts["closure"]["water_used"] > 0.0:
            share = facts["closure"]["water_recycled"]
            figures.append(Figure(f"{name}: drinking water that is recycled", share, "1", how))
    least = {key: one for key, one in facts["autonomy"].items() if one["use_per_day"] > 0.0}
    if least:
        worst = min(least, key=lambda key: least[key]["least"])
        days = least[worst]["least"] / DAY
        when = str(utc_text([least[worst]["least_time"]])[0])
        judged: Verdict = "" if days > 0.0 else "bad"
        told = f"{worst}, at {when}: content over the mean use while people use it"
        figures.append(Figure(f"{name}: least autonomy of a store", days, "d", told, judged))
    for substance, mass in facts["in_situ"].items():
        dug = f"{how}; {facts['dug'] / 1e3:.3g} t of ground dug"
        figures.append(Figure(f"{name}: {substance.replace('-', ' ')} made of the ground", mass, "kg", dug))
    return tuple(figures)
