"""Grids of a scenario: which sites share power, and their buses, stores and lines for the ledger and for sizing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.run.places import eye_key, eyes
from moonstead.scenario.common import epoch_of
from moonstead.scenario.facilities import Generator
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.windows import Windows
    from moonstead.station.array_shading import Panel
    from moonstead.station.battery import Battery
    from moonstead.station.fuel_cells import RegenerativeFuelCell
    from moonstead.station.grid import Bus, Line, Store
    from moonstead.station.loads import Load

Array = NDArray[np.float64]
Sky = Mapping[str, NDArray[Any]]

JULIAN_YEAR = 365.25 * 86_400.0  # [s]
ROOM = 298.15  # [K] cells without a temperature of their own
TEXT_ONLY = ("name", "description", "partner", "data_rate", "mass", "failure_rate", "repair_time", "strings", "thermal")
SOURCES = ("solar-array", "reactor", "radioisotope")
STORES = ("battery", "fuel-cell")
HEATER = "heater"  # what the load is called that keeps a facility warm, after the facility's id


@dataclass(frozen=True, slots=True, eq=False)
class GridParts:
    """A grid of a scenario, ready for its ledger.

    Attributes
    ----------
    tdb : (n + 1,) [s TDB past J2000]
        Edges of the steps.
    buses : tuple of Bus
        One for each site.
    lines : tuple of Line
        Between them.
    solar : tuple of str
        Sources that live on the Sun.
    members : mapping of str to tuple of str
        Facilities that each store stands for.
    ageing : mapping of str to (float, float)
        For stores that age: temperature [K] and age [s].
    cells : mapping of str to RegenerativeFuelCell
        Stores that are fuel cells.
    shade : mapping of str to float [1]
        Mean share of the light that other arrays take, by array, while the site sees some of the Sun.
    """

    tdb: Array
    buses: tuple[Bus, ...]
    lines: tuple[Line, ...]
    solar: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]
    ageing: Mapping[str, tuple[float, float]]
    cells: Mapping[str, RegenerativeFuelCell]
    shade: Mapping[str, float]


def grid_fragments(scenario: Scenario) -> list[dict[str, Any]]:
    """Each group of sites that lines join, and each site alone that uses, makes or stores power, as plain values."""
    start, stop = scenario.span()
    lines = [_plain_line(line) for line in scenario.lines]
    group = {site.id: site.id for site in scenario.sites}
    for line in lines:
        kept, merged = (group[end] for end in line["between"])
        group = {name: kept if own == merged else own for name, own in group.items()}
    keys = {site.id: [eye for eye in eyes(scenario) if eye.site.id == site.id] for site in scenario.sites}
    fragments = []
    for name in dict.fromkeys(group.values()):
        buses: list[dict[str, Any]] = []
        for site in scenario.sites:
            if group[site.id] != name:
                continue
            parts = [_plain_facility(part) for part in scenario.facilities if part.site == site.id]
            buses.append(
                {
                    "site": site.id,
                    "name": site.name or site.id,
                    "latitude": site.latitude,
                    "longitude": site.longitude,
                    "facilities": parts,
                    "eyes": [eye.key for eye in keys[site.id]],
                    "heated": any(getattr(p, "thermal", None) for p in scenario.facilities if p.site == site.id),
                }
            )
        if any(has_power(part) for bus in buses for part in bus["facilities"]):
            inside = [line for line in lines if group[line["between"][0]] == name]
            fragments.append({"start": start, "stop": stop, "buses": buses, "lines": inside})
    return fragments


def grid_name(fragment: Mapping[str, Any]) -> str:
    """Sites of a grid joined by a plus sign."""
    return "+".join(bus["site"] for bus in fragment["buses"])


def build_grid(fragment: Mapping[str, Any], light: Mapping[str, Sky], heat: Mapping[str, Sky]) -> GridParts:
    """Buses, stores and lines of a grid.

    Parameters
    ----------
    fragment : mapping
        From `grid_fragments`.
    light : mapping of str to mapping of str to (n + 1,) array
        Sun at each eye of the sites, as the tasks of light keep it.
    heat : mapping of str to mapping of str to array
        Heater power [W] of facilities over ``tdb``, by site.

    Returns
    -------
    GridParts
        With mean powers [W] of the steps.
    """
    from moonstead.dynamics.windows import Windows
    from moonstead.station.grid import Bus
    from moonstead.station.loads import sunlit_windows

    tdb = light[fragment["buses"][0]["eyes"][0]]["tdb"]
    span = float(tdb[0]), float(tdb[-1])
    buses, solar = [], []
    members: dict[str, tuple[str, ...]] = {}
    ageing: dict[str, tuple[float, float]] = {}
    cells: dict[str, RegenerativeFuelCell] = {}
    shade: dict[str, float] = {}
    for about in fragment["buses"]:
        lowest = light[about["eyes"][0]]
        lit = sunlit_windows(tdb, lowest["fraction"])
        seen = Windows.of(lowest["earth_starts"], lowest["earth_stops"], span)
        duties = {"sunlit": lit, "dark": ~lit, "earth-visible": seen}
        sources: dict[str, Array] = {}
        outages: dict[str, Windows] = {}
        shares = _shares_of_light(about, light)
        for part in about["facilities"]:
            if part["kind"] == "solar-array":
                sources[part["id"]] = _array(part, light[eye_key(about["site"], part["mast"])], shares, span)
                solar.append(part["id"])
            elif part["kind"] in SOURCES:
                sources[part["id"]], outages[part["id"]] = _plant(part, tdb, span)
        bright = lowest["fraction"] > 0.0
        shade |= {name: float(1.0 - np.mean(share[bright])) for name, share in shares.items() if bright.any()}
        loads = [load for part in about["facilities"] for load in _loads(part, duties, span)]
        loads += _heaters(about, heat.get(about["site"], {}), tdb, span)
        stores = []
        for store, of, wear, cell in _stores([part for part in about["facilities"] if part["kind"] in STORES]):
            stores.append(store)
            members[store.name] = of
            if wear is not None:
                ageing[store.name] = wear
            if cell is not None:
                cells[store.name] = cell
        buses.append(Bus(about["site"], lowest["fraction"], sources, loads, stores, outages))
    lines = tuple(_line(line, fragment, span) for line in fragment["lines"])
    return GridParts(tdb, tuple(buses), lines, tuple(solar), members, ageing, cells, shade)


def _plain_facility(part: Any) -> dict[str, Any]:
    """Facility as plain values, without what is only text; dates as TDB."""
    values = {key: value for key, value in plain(part).items() if key not in TEXT_ONLY}
    values["since"], values["until"] = (epoch_of(t).tdb() if t else None for t in (part.since, part.until))
    if isinstance(part, Generator):
        values["outages"] = [[epoch_of(first).tdb(), epoch_of(last).tdb()] for first, last in part.outages]
    return values


def _plain_line(line: Any) -> dict[str, Any]:
    values = {key: value for key, value in plain(line).items() if key not in TEXT_ONLY}
    values["since"], values["until"] = (epoch_of(t).tdb() if t else None for t in (line.since, line.until))
    values["outages"] = [[epoch_of(first).tdb(), epoch_of(last).tdb()] for first, last in line.outages]
    return values


def has_power(part: Mapping[str, Any]) -> bool:
    """Whether a facility makes, stores or draws power."""
    return part["kind"] in (*SOURCES, *STORES) or part.get("load", 0.0) > 0.0


def _service(part: dict[str, Any], span: tuple[float, float]) -> Windows:
    """When a facility works at all."""
    from moonstead.dynamics.windows import Windows

    since = span[0] if part["since"] is None else part["since"]
    until = span[1] if part["until"] is None else part["until"]
    return Windows.of([since], [until], span)


def _without_outages(part: dict[str, Any], span: tuple[float, float]) -> tuple[Windows, Windows]:
    """When a plant or line works, outages left out, and these outages."""
    from moonstead.dynamics.windows import Windows

    starts, stops = zip(*part["outages"], strict=True) if part["outages"] else ((), ())
    out = Windows.of(starts, stops, span)
    return _service(part, span) - out, out


def _array(part: dict[str, Any], sky: Sky, shares: Mapping[str, Array], span: tuple[float, float]) -> Array:
    """Mean power [W] of a solar array in each step."""
    from moonstead.station.arrays import SolarArray, array_power
    from moonstead.station.dust import dust_transmission
    from moonstead.station.loads import share_in_steps

    tdb = sky["tdb"]
    began = span[0] if part["since"] is None else part["since"]
    fixed = {"azimuth": part["azimuth"], "tilt": part["tilt"]} if part["mounting"] == "fixed" else {}
    panels = SolarArray(
        part["id"],
        part["area"],
        part["efficiency"],
        part["mounting"],
        degradation_per_year=part["degradation"] * JULIAN_YEAR,
        dust_transmission=1.0 - part["dust"],
        deployed=began,
        temperature_coefficient=-part["temperature_loss"],
        **fixed,
    )
    dust: Array | float = 1.0
    if part["dust_rate"] > 0.0:
        cleaned = np.arange(began, span[1], part["cleaning"])[1:].tolist() if part["cleaning"] else []
        recovery = part["cleaning_recovery"]
        dust = dust_transmission(tdb, began, part["dust_rate"] * JULIAN_YEAR, cleaned=cleaned, recovery=recovery)
    power = array_power(
        panels,
        np.maximum(tdb, began),  # service is cut exactly below; here only the age counts
        sky["fraction"],
        sky["azimuth"],
        sky["elevation"],
        sky["distance"],
        lit_share=shares.get(part["id"], 1.0),
        dust=dust,
        sink_temperature=part["surroundings"] if part["temperature_loss"] > 0.0 else None,
    )
    return np.asarray(0.5 * (power[1:] + power[:-1]) * share_in_steps(_service(part, span), tdb))


def _shares_of_light(about: Mapping[str, Any], light: Mapping[str, Sky]) -> dict[str, Array]:
    """Share [1] of each array with a position that no other of its site shades, at the times of the light."""
    from moonstead.station.array_shading import lit_shares

    placed = [p for p in about["facilities"] if p["kind"] == "solar-array" and p["position"] is not None]
    if len(placed) < 2:
        return {}
    sky = light[about["eyes"][0]]
    lit = lit_shares([_panel(part) for part in placed], sky["azimuth"], sky["elevation"])
    return {part["id"]: share for part, share in zip(placed, lit, strict=True)}


def _panel(part: dict[str, Any]) -> Panel:
    from moonstead.station.array_shading import Panel

    width = part["width"] or float(np.sqrt(part["area"]))
    turned = {"azimuth": part["azimuth"], "tilt": part["tilt"]} if part["mounting"] == "fixed" else {}
    center = (*part["position"], part["mast"])
    return Panel(part["id"], center, width, part["area"] / width, part["mounting"], **turned)


def _plant(part: dict[str, Any], tdb: Array, span: tuple[float, float]) -> tuple[Array, Windows]:
    """Mean power [W] of a plant in each step, and its outages."""
    from moonstead.dynamics.windows import Windows
    from moonstead.station.fission import Reactor, reactor_means
    from moonstead.station.loads import share_in_steps
    from moonstead.station.radioisotope import RadioisotopeGenerator, radioisotope_means

    began = span[0] if part["since"] is None else part["since"]
    yearly = part["degradation"] * JULIAN_YEAR
    _, out = _without_outages(part, span)
    up = Windows.of([span[0]], [span[1] if part["until"] is None else part["until"]], span) - out
    if part["kind"] == "reactor":
        # a plant without `since` is found running: it did not start with the span
        start = span[0] - 1.0 if part["since"] is None else part["since"]
        reactor = Reactor(part["id"], part["power"], up, start, part["start_up"] or 0.0, yearly)
        return reactor_means(reactor, tdb), out
    generator = RadioisotopeGenerator(part["id"], part["power"], began, converter_loss_per_year=yearly)
    return radioisotope_means(generator, tdb) * share_in_steps(up, tdb), out


def _loads(part: dict[str, Any], duties: Mapping[str, Windows], span: tuple[float, float]) -> list[Load]:
    """Loads of one facility: what it always needs, and what it needs on duty."""
    from moonstead.station.loads import Load

    if part.get("load") is None or part["kind"] in (*SOURCES, *STORES):
        return []
    service = _service(part, span)
    on_duty = service if part["duty"] == "always" else service & duties[part["duty"]]
    standby = min(part["standby"], part["load"]) if part["duty"] != "always" else 0.0
    loads = [
        Load(
            part["id"],
            part["load"] - standby,
            priority=part["priority"],
            reserve=part.get("reserve", 0.0),
            duty="windows",
            windows=on_duty,
        )
    ]
    if standby > 0.0:
        loads.append(Load(f"{part['id']} standby", standby, priority=part["priority"], duty="windows", windows=service))
    return loads


def _heaters(about: Mapping[str, Any], heat: Sky, tdb: Array, span: tuple[float, float]) -> list[Load]:
    """Loads that keep facilities warm, over their service."""
    from moonstead.station.loads import Load, share_in_steps

    loads = []
    for part in about["facilities"]:
        if part["id"] not in heat:
            continue
        power = np.interp(tdb, heat["tdb"], heat[part["id"]])
        means = 0.5 * (power[1:] + power[:-1]) * share_in_steps(_service(part, span), tdb)
        name, priority = f"{part['id']} {HEATER}", part.get("priority", 1)
        loads.append(Load(name, float(means.max()), priority=priority, duty="series", series=means))
    return loads


StoreOf = tuple["Store", tuple[str, ...], tuple[float, float] | None, "RegenerativeFuelCell | None"]


def _stores(parts: list[dict[str, Any]]) -> list[StoreOf]:
    """Stores of one bus: batteries that are used and age alike are one, fuel cells stand alone."""
    from moonstead.station.fuel_cells import RegenerativeFuelCell, as_battery
    from moonstead.station.grid import Store

    found: list[StoreOf] = []
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for part in parts:
        if part["kind"] == "battery":
            alike = tuple(part[key] for key in ("order", "temperature", "ageing", "age"))
            groups.setdefault(alike, []).append(part)
            continue
        cell = RegenerativeFuelCell(
            part["id"],
            part["electrolyser_power"],
            part["cell_power"],
            part["hydrogen"],
            part["electrolyser_efficiency"],
            part["cell_efficiency"],
            part["minimum_filling"],
        )
        store = Store(part["id"], as_battery(cell), part["order"], part["initial_filling"])
        found.append((store, (part["id"],), None, cell))
    for (order, temperature, ageing, age), group in groups.items():
        battery, charge = _one_battery(group, temperature)
        names = tuple(part["id"] for part in group)
        wear = (temperature or ROOM, age or 0.0) if ageing != "none" else None
        found.append((Store(" + ".join(names), battery, order, charge), names, wear, None))
    return found


def _one_battery(parts: list[dict[str, Any]], temperature: float | None) -> tuple[Battery, float]:
    """One battery in place of all that share a bus, and its state of charge at the start."""
    from moonstead.station.battery import Battery
    from moonstead.station.battery_ageing import in_the_cold

    capacity = sum(part["capacity"] for part in parts)
    efficiency = sum(part["capacity"] * part["efficiency"] for part in parts) / capacity
    battery = Battery(
        capacity,
        charge_limit=sum(part["charge_power"] for part in parts),
        discharge_limit=sum(part["discharge_power"] for part in parts),
        charge_efficiency=float(np.sqrt(efficiency)),
        discharge_efficiency=float(np.sqrt(efficiency)),
        least_charge=sum(part["capacity"] * part["minimum_charge"] for part in parts) / capacity,
    )
    if temperature is not None:
        battery = in_the_cold(battery, temperature)
    return battery, sum(part["capacity"] * part["initial_charge"] for part in parts) / capacity


def _line(line: dict[str, Any], fragment: Mapping[str, Any], span: tuple[float, float]) -> Line:
    from moonstead.station.grid import Line

    first, second = (next(bus for bus in fragment["buses"] if bus["site"] == end) for end in line["between"])
    length = line["length"] if line["length"] is not None else _distance(first, second)
    available, out = _without_outages(line, span)
    whole = not len(out) and line["since"] is None and line["until"] is None
    return Line(
        line["id"],
        (first["site"], second["site"]),
        line["power"],
        line["loss"],
        line["resistance"] * length,
        line["voltage"] or np.inf,
        None if whole else available,
    )


def _distance(first: Mapping[str, Any], second: Mapping[str, Any]) -> float:
    """Distance [m] of two sites along the sphere of the maps."""
    ends = [
        np.array(
            [
                np.cos(site["latitude"]) * np.cos(site["longitude"]),
                np.cos(site["latitude"]) * np.sin(site["longitude"]),
                np.sin(site["latitude"]),
            ]
        )
        for site in (first, second)
    ]
    across = float(np.linalg.norm(np.cross(ends[0], ends[1])))
    return LUNAR_MAP_RADIUS * float(np.arctan2(across, ends[0] @ ends[1]))
