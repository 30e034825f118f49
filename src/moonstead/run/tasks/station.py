"""Power: one ledger for the bus of each site that makes, stores or uses electricity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure
from moonstead.run.moments import utc_text, window_table, windows_of
from moonstead.run.places import eye_key, eyes
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput, Verdict
from moonstead.scenario.common import epoch_of
from moonstead.scenario.facilities import Generator
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.windows import Windows
    from moonstead.station.battery import Battery as BusBattery
    from moonstead.station.ledger import PowerLedger
    from moonstead.station.loads import Load

Array = NDArray[np.float64]
JULIAN_YEAR = 365.25 * 86_400.0  # [s]
THIN_CHARGE = 0.05  # [1] above the least charge: a battery that came closer is called tight
TEXT_ONLY = ("name", "description", "partner", "data_rate")


def plan(scenario: Scenario) -> list[Task]:
    """One ledger for each site with a consumer or a source of power."""
    start, stop = scenario.span()
    tasks = []
    for site in scenario.sites:
        here = [part for part in scenario.facilities if part.site == site.id]
        parts = [_plain_facility(part) for part in here]
        if not any(_has_power(part) for part in parts):
            continue
        keys = [eye.key for eye in eyes(scenario) if eye.site.id == site.id]
        fragment = {
            "site": site.id,
            "name": site.name or site.id,
            "start": start,
            "stop": stop,
            "facilities": parts,
            "lowest_eye": keys[0],
        }
        lights = tuple(f"light.{key}" for key in keys)
        title = f"Power of {site.name or site.id}"
        tasks.append(Task(f"power.{site.id}", title, f"{__name__}:balance_power", fragment, inputs=lights))
    return tasks


def balance_power(inputs: TaskInputs) -> TaskOutput:
    """Ledger of one bus over the span."""
    from moonstead.station.ledger import power_ledger
    from moonstead.station.loads import sunlit_windows

    bus = inputs.fragment
    light = {name: inputs.result(name).arrays() for name in inputs.task.inputs}
    lowest = light[f"light.{bus['lowest_eye']}"]
    tdb, fraction = lowest["tdb"], lowest["fraction"]
    span = float(tdb[0]), float(tdb[-1])
    earth = windows_of(inputs.result(f"light.{bus['lowest_eye']}").table(f"earth.{bus['lowest_eye']}"))
    lit = sunlit_windows(tdb, fraction)
    duties = {"sunlit": lit, "dark": ~lit, "earth-visible": earth.within(span)}
    generation, solar = _generation(bus, light, tdb, span)
    loads = [load for part in bus["facilities"] for load in _loads(part, duties, span)]
    battery, charge = _bus_battery([part for part in bus["facilities"] if part["kind"] == "battery"])
    ledger = power_ledger(tdb, generation, fraction, loads, battery, initial_charge=charge)
    sized = _battery_figure(bus["name"], tdb, generation, fraction, loads, battery, charge)
    return _output(inputs, ledger, solar, sized)


def _battery_figure(
    name: str,
    tdb: Array,
    generation: dict[str, Array],
    fraction: Array,
    loads: list[Load],
    battery: BusBattery,
    charge: float,
) -> tuple[Figure, ...]:
    """Smallest battery for the loads that may drain it; those with a reserve are meant to be shed."""
    from moonstead.station.sizing import smallest_battery

    vital = [load for load in loads if load.reserve == 0.0]
    if battery.capacity == 0.0 or not vital:
        return ()
    label = f"{name}: smallest battery for all loads without a reserve"
    try:
        size = smallest_battery(tdb, generation, fraction, vital, battery, initial_charge=charge)
    except NumericalFailure as error:
        return (Figure(label, "none is enough", "kWh", f"power ledger: {error}"),)
    deciding = size.deciding.split(";")[0]
    how = f"bisection on the power ledger; a tenth less means {deciding}" if deciding else "no battery is needed"
    return (Figure(label, size.capacity / 3.6e6, "kWh", how),)


def _plain_facility(part: Any) -> dict[str, Any]:
    """Facility as plain values, without what is only text; dates as TDB."""
    values = {key: value for key, value in plain(part).items() if key not in TEXT_ONLY}
    values["since"], values["until"] = (epoch_of(t).tdb() if t else None for t in (part.since, part.until))
    if isinstance(part, Generator):
        values["outages"] = [[epoch_of(first).tdb(), epoch_of(last).tdb()] for first, last in part.outages]
    return values


def _has_power(part: dict[str, Any]) -> bool:
    return part["kind"] in ("solar-array", "reactor", "radioisotope", "battery") or part.get("load", 0.0) > 0.0


def _service(part: dict[str, Any], span: tuple[float, float]) -> Windows:
    """When a facility works at all."""
    from moonstead.dynamics.windows import Windows

    since = span[0] if part["since"] is None else part["since"]
    until = span[1] if part["until"] is None else part["until"]
    return Windows.of([since], [until], span)


def _generation(
    bus: dict[str, Any], light: dict[str, dict[str, Array]], tdb: Array, span: tuple[float, float]
) -> tuple[dict[str, Array], list[str]]:
    """Power [W] of each source at `tdb`, and the names of those that live on the Sun."""
    from moonstead.dynamics.windows import Windows
    from moonstead.station.arrays import SolarArray as Panels
    from moonstead.station.arrays import array_power
    from moonstead.station.fission import Reactor, reactor_means
    from moonstead.station.loads import share_in_steps
    from moonstead.station.radioisotope import RadioisotopeGenerator, radioisotope_means

    sources: dict[str, Array] = {}
    solar = []
    for part in bus["facilities"]:
        service = _service(part, span)
        began = span[0] if part["since"] is None else part["since"]
        if part["kind"] == "solar-array":
            sky = light[f"light.{eye_key(bus['site'], part['mast'])}"]
            fixed = {"azimuth": part["azimuth"], "tilt": part["tilt"]} if part["mounting"] == "fixed" else {}
            panels = Panels(
                part["id"],
                part["area"],
                part["efficiency"],
                part["mounting"],
                degradation_per_year=part["degradation"] * JULIAN_YEAR,
                dust_transmission=1.0 - part["dust"],
                deployed=began,
                **fixed,
            )
            power = array_power(panels, tdb, sky["fraction"], sky["azimuth"], sky["elevation"], sky["distance"])
            sources[part["id"]] = power * service.contains(tdb)
            solar.append(part["id"])
        elif part["kind"] in ("reactor", "radioisotope"):
            starts, stops = zip(*part["outages"], strict=True) if part["outages"] else ((), ())
            yearly = part["degradation"] * JULIAN_YEAR
            up = Windows.of([span[0]], [span[1] if part["until"] is None else part["until"]], span)
            up = up - Windows.of(starts, stops, span)
            if part["kind"] == "reactor":
                reactor = Reactor(part["id"], part["power"], up, began, degradation_per_year=yearly)
                sources[part["id"]] = reactor_means(reactor, tdb)
            else:
                generator = RadioisotopeGenerator(part["id"], part["power"], began, converter_loss_per_year=yearly)
                sources[part["id"]] = radioisotope_means(generator, tdb) * share_in_steps(up, tdb)
    return sources, solar


def _loads(part: dict[str, Any], duties: dict[str, Windows], span: tuple[float, float]) -> list[Load]:
    """Loads of one facility: what it always needs, and what it needs on duty."""
    from moonstead.station.loads import Load

    if part.get("load") is None or part["kind"] in ("solar-array", "battery", "reactor", "radioisotope"):
        return []
    service = _service(part, span)
    on_duty = service if part["duty"] == "always" else service & duties[part["duty"]]
    standby = min(part["standby"], part["load"]) if part["duty"] != "always" else 0.0
    reserve = part.get("reserve", 0.0)
    loads = [
        Load(
            part["id"],
            part["load"] - standby,
            priority=part["priority"],
            reserve=reserve,
            duty="windows",
            windows=on_duty,
        )
    ]
    if standby > 0.0:
        loads.append(Load(f"{part['id']} standby", standby, priority=part["priority"], duty="windows", windows=service))
    return loads


def _bus_battery(parts: list[dict[str, Any]]) -> tuple[BusBattery, float]:
    """One battery in place of all that share a bus, and its state of charge at the start."""
    from moonstead.station.battery import Battery as BusBattery

    if not parts:
        return BusBattery(0.0), 1.0
    capacity = sum(part["capacity"] for part in parts)
    efficiency = sum(part["capacity"] * part["efficiency"] for part in parts) / capacity
    battery = BusBattery(
        capacity,
        charge_limit=sum(part["charge_power"] for part in parts),
        discharge_limit=sum(part["discharge_power"] for part in parts),
        charge_efficiency=float(np.sqrt(efficiency)),
        discharge_efficiency=float(np.sqrt(efficiency)),
        least_charge=sum(part["capacity"] * part["minimum_charge"] for part in parts) / capacity,
    )
    return battery, sum(part["capacity"] * part["initial_charge"] for part in parts) / capacity


def _output(inputs: TaskInputs, ledger: PowerLedger, solar: list[str], sized: tuple[Figure, ...]) -> TaskOutput:
    bus = inputs.fragment
    steps = np.diff(ledger.tdb)
    is_solar = np.array([name in solar for name in ledger.sources], dtype=bool)
    made = ledger.generation
    series = {
        "tdb": ledger.tdb[:-1],
        "utc": utc_text(ledger.tdb[:-1]),
        "solar": made[:, is_solar].sum(axis=1),
        "steady": made[:, ~is_solar].sum(axis=1),
        "demand": ledger.demand.sum(axis=1),
        "unserved": ledger.not_served.sum(axis=1) / steps,
        "spilled": ledger.spilled / steps,
        "stored": ledger.stored[1:],
    }
    units = {name: "W" for name in series} | {"tdb": "s TDB past J2000", "utc": "UTC", "stored": "J"}
    table = Table(
        f"power.{bus['site']}", series, units, "Mean powers of one step of the bus; stored energy at its end."
    )
    shortages = window_table(
        f"shortage.{bus['site']}",
        ledger.shortage_windows,
        "Interval in which some load was not fully served, with its cause.",
        energy=([s.energy for s in ledger.shortages], "J"),
        reason=(np.array([s.cause for s in ledger.shortages], dtype=object), "text"),
        night_start=([s.night[0] if s.night else np.nan for s in ledger.shortages], "s TDB past J2000"),
        night_stop=([s.night[1] if s.night else np.nan for s in ledger.shortages], "s TDB past J2000"),
        blackout=(_blackouts(ledger), "1 if nothing was served at some time"),
        loads=(np.array([", ".join(s.not_served) for s in ledger.shortages], dtype=object), "text"),
        cause=(np.array([s.text for s in ledger.shortages], dtype=object), "text"),
    )
    summary = ledger.summary()
    energy = {f"made by {name}": value for name, value in summary.energy_by_source.items()}
    energy |= {
        "served": summary.energy_served,
        "not served": summary.energy_not_served,
        "spilled": summary.energy_spilled,
        "lost in the battery": summary.energy_lost,
    }
    facts = {
        "site": bus["site"],
        "energy": energy,
        "capacity": ledger.battery.capacity,
        "sentence": _sentence(ledger, bus["name"]),
        "imbalance": ledger.imbalance(),
    }
    models = ("power-ledger", "solar-constant") if solar else ("power-ledger",)
    return TaskOutput(
        (table, shortages, _shed_table(bus["site"], ledger)),
        figures=_figures(bus["name"], ledger) + sized,
        facts=facts,
        models=models,
    )


def _blackouts(ledger: PowerLedger) -> NDArray[np.int64]:
    """1 for each shortage with a step in which power was wanted and nothing at all was served."""
    dead = (ledger.served.sum(axis=1) <= 0.0) & (ledger.demand.sum(axis=1) > 0.0)
    flags = [bool(np.any(dead & (ledger.tdb[:-1] < s.stop) & (ledger.tdb[1:] > s.start))) for s in ledger.shortages]
    return np.array(flags, dtype=np.int64)


def _shed_table(site: str, ledger: PowerLedger) -> Table:
    rows = [(k, name, energy) for k, s in enumerate(ledger.shortages) for name, energy in s.not_served.items()]
    columns: dict[str, Any] = {
        "shortage": np.array([row[0] for row in rows], dtype=np.int64),
        "load": np.array([row[1] for row in rows], dtype=object),
        "energy": np.array([row[2] for row in rows], dtype=np.float64),
    }
    units = {"shortage": "row of the shortages", "load": "text", "energy": "J"}
    return Table(f"shed.{site}", columns, units, "Energy that one load missed in one shortage.")


def _figures(name: str, ledger: PowerLedger) -> tuple[Figure, ...]:
    summary = ledger.summary()
    wanted = summary.energy_served + summary.energy_not_served
    figures = []
    if wanted > 0.0:
        share = summary.energy_served / wanted
        verdict: Verdict = "good" if summary.energy_not_served <= 1e-9 * wanted else ("poor" if share > 0.99 else "bad")
        how = "power ledger: energy served over energy wanted, loads shed by priority"
        figures.append(Figure(f"{name}: share of the loads' energy served", share, "1", how, verdict))
        hours = summary.shortage_duration / 3600.0
        figures.append(Figure(f"{name}: time with some load short", hours, "h", "power ledger over the span"))
    if ledger.battery.capacity > 0.0:
        spare = summary.least_charge - ledger.battery.least_charge
        judged: Verdict = "good" if spare > THIN_CHARGE else ("poor" if summary.energy_not_served == 0.0 else "bad")
        when = str(utc_text([summary.least_charge_time])[0])
        how = f"power ledger; reached at {when}, allowed down to {ledger.battery.least_charge:.0%}"
        figures.append(Figure(f"{name}: least state of charge", summary.least_charge, "1", how, judged))
    return tuple(figures)


def _sentence(ledger: PowerLedger, name: str) -> str:
    summary = ledger.summary()
    night = f"The longest night lasts {summary.longest_night / 3600.0:.0f} h."
    if summary.energy_served + summary.energy_not_served == 0.0:
        return f"Nothing at {name} draws power. {night}"
    if summary.energy_not_served <= 1e-9 * summary.energy_served:
        return f"Every load at {name} is served all the time. {night}"
    longest = float(np.max(ledger.shortage_windows.durations(), initial=0.0))
    return (
        f"Some load at {name} is short for {summary.shortage_duration / 3600.0:.0f} h in "
        f"{len(ledger.shortages)} intervals, the longest of {longest / 3600.0:.0f} h. {night}"
    )
