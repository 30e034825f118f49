"""Sizing of the grids of a scenario to a probability of survival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.run.some_tasks import compute_tasks
from moonstead.run.task import Task, TaskInputs
from moonstead.scenario.facilities import Built
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.run.power_grid import GridParts
    from moonstead.station.grid_inputs import PreparedGrid
    from moonstead.station.sizing_system import Knob, SystemSize
    from moonstead.station.survival import SurvivalEstimate, Uncertainty

JULIAN_YEAR = 365.25 * 86_400.0  # [s]
PRECESSION = 18.6 * JULIAN_YEAR  # [s] of the Moon's nodes: with it the seasons at the poles differ
# Masses where a facility gives none: round figures, unverified. Reactor: the aim of 6 t for 40 kW of NASA's Fission
# Surface Power project (recalled).
ARRAY_MASS = 5.0  # [kg/m2]
REACTOR_MASS = 0.15  # [kg/W]
BATTERY_MASS = 1.0 / (150.0 * 3600.0)  # [kg/J] 150 Wh/kg
FUEL_CELL_MASS = 1.0 / (400.0 * 3600.0)  # [kg/J]
ARRAY_SCALES = (0.35, 0.5, 0.71, 1.0, 1.41, 2.0)
REACTOR_SCALES = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Choice:
    """How to size.

    Attributes
    ----------
    probability : float [1]
        Of no shortage of vital loads over the span.
    samples : int
        Futures of the search.
    vital : int, optional
        Loads up to this priority are vital; without it those of the lowest number of each grid.
    years : int
        Light series: the span itself, and others like it spread over a precession cycle.
    output, demand : float [1]
        Standard deviations of all power made, and of all power wanted.
    step : float [s]
        Of the ledgers.
    seed : int
        Of the random numbers.
    """

    probability: float = 0.99
    samples: int = 60
    vital: int | None = None
    years: int = 1
    output: float = 0.05
    demand: float = 0.05
    step: float = 3600.0
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class SizedGrid:
    """A grid of a scenario with its sizes.

    Attributes
    ----------
    sites : tuple of str
        That share its power.
    vital : int
        Loads up to this priority are vital.
    given : SurvivalEstimate
        Of the grid as the scenario has it.
    size : SystemSize or None
        None where nothing can be sized.
    knobs : tuple of Knob
        In the order of the sizes.
    units : tuple of str
        Unit of each size.
    remarks : tuple of str
        What a reader must know.
    """

    sites: tuple[str, ...]
    vital: int
    given: SurvivalEstimate
    size: SystemSize | None
    knobs: tuple[Knob, ...]
    units: tuple[str, ...]
    remarks: tuple[str, ...]


def size_scenario(scenario: Scenario, data: DataContext, folder: Path, choice: Choice) -> list[SizedGrid]:
    """Size every grid of a scenario.

    Parameters
    ----------
    scenario : Scenario
        What is.
    data : DataContext
        Kernels and terrain.
    folder : Path
        Where skylines and light are kept.
    choice : Choice
        How.

    Returns
    -------
    list of SizedGrid
        In the order of the sites.

    Raises
    ------
    InvalidInput
        The scenario has no power, or the choice makes no sense.
    """
    from moonstead.run.plan import make_plan
    from moonstead.run.tasks import grid

    planned = make_plan(scenario)
    grids = [task for task in planned if task.id.startswith("grid.")]
    if not grids:
        raise InvalidInput("the scenario has neither arrays, plants, stores nor loads: there is nothing to size")
    if choice.years < 1:
        raise InvalidInput(f"years of light must be at least 1; got {choice.years}")
    parts: dict[str, list[GridParts]] = {task.id: [] for task in grids}
    for year in range(choice.years):
        shift = round(PRECESSION * year / choice.years / JULIAN_YEAR) * JULIAN_YEAR
        tasks = [_shifted(task, shift, choice.step) for task in planned]
        wanted = [name for task in grids for name in task.inputs]
        results = compute_tasks(tasks, wanted, data, folder)
        for task in grids:
            mine = {name: results[name] for name in task.inputs}
            parts[task.id].append(grid.grid_parts(TaskInputs(task, data, mine, folder)))
    return [_size(task.fragment, parts[task.id], scenario, choice) for task in grids]


def _shifted(task: Task, shift: float, step: float) -> Task:
    """A task of light in another year and with another step; others as they are."""
    if not task.id.startswith("light."):
        return task
    fragment = task.fragment
    span = {key: fragment[key] + shift for key in ("start", "stop")}
    return replace(task, fragment=fragment | span | {"step": max(fragment["step"], step), "fine_step": step})


def _size(fragment: Mapping[str, Any], series: list[GridParts], scenario: Scenario, choice: Choice) -> SizedGrid:
    from moonstead.station.grid_inputs import prepare_grid
    from moonstead.station.sizing_system import size_system
    from moonstead.station.survival import draw_futures, estimate_survival

    grids: list[PreparedGrid] = []
    for parts in series:
        prepared = prepare_grid(parts.tdb, parts.buses, parts.lines)
        # the same number of steps in each year, so that any may come true
        grids.append(prepared if not grids else _alike(prepared, grids[0]))
    first, parts = grids[0], series[0]
    vital = choice.vital or min((load.priority for load in first.loads if load.power > 0.0), default=1)
    uncertainty, remarks = _uncertainty(fragment, parts, scenario, choice)
    span = float(first.tdb[0]), float(first.tdb[-1])
    futures = draw_futures(uncertainty, span, len(grids), choice.samples, choice.seed)
    given = estimate_survival(grids, futures, vital)
    knobs, units, assumed = _knobs(fragment, parts, scenario)
    store = next((knob for knob in knobs if knob.stores), None)
    sites = tuple(bus["site"] for bus in fragment["buses"])
    if assumed:
        remarks.append(f"masses assumed for {', '.join(assumed)}: 5 kg/m2, 150 kg/kW, 150 Wh/kg, 400 Wh/kg")
    if store is None or not first.loads:
        remarks.append("nothing to size: the grid has no store or no load")
        return SizedGrid(sites, vital, given, None, (), (), tuple(remarks))
    sources = [knob for knob in knobs if knob.sources]
    size = size_system(
        grids,
        sources,
        store,
        uncertainty,
        probability=choice.probability,
        priority=vital,
        samples=choice.samples,
        seed=choice.seed,
    )
    edges = [
        f"{knob.name} at {chosen / knob.size:g} times what is given"
        for knob, chosen in zip(sources, size.best.sizes[:-1], strict=True)
        if len(knob.scales) > 1 and chosen / knob.size in (knob.scales[0], knob.scales[-1])
    ]
    if edges:
        remarks.append(f"the best lies at the edge of what was tried: {', '.join(edges)}")
    return SizedGrid(sites, vital, given, size, (*sources, store), tuple(units), tuple(remarks))


def _alike(grid: PreparedGrid, first: PreparedGrid) -> PreparedGrid:
    """A grid of another year cut to the steps of the first."""
    count = min(grid.tdb.size, first.tdb.size) - 1
    if count != first.tdb.size - 1:
        raise InvalidInput("years of light differ in length; choose a step that divides the span")
    return replace(
        grid,
        tdb=first.tdb,
        generation=grid.generation[:count],
        demand=grid.demand[:count],
        capacity=grid.capacity[:count],
        line_share=grid.line_share[:count],
    )


def _uncertainty(
    fragment: Mapping[str, Any], parts: GridParts, scenario: Scenario, choice: Choice
) -> tuple[Uncertainty, list[str]]:
    from moonstead.station.survival import Failures, Uncertainty

    here = {part["id"] for bus in fragment["buses"] for part in bus["facilities"]}
    built = {part.id: part for part in scenario.facilities if part.id in here and isinstance(part, Built)}
    failures = {}
    for name, members in [(source, (source,)) for bus in parts.buses for source in bus.sources] + list(
        parts.members.items()
    ):
        rate = sum(built[member].failure_rate for member in members) * JULIAN_YEAR
        strings = sum(built[member].strings for member in members)
        repairs = [built[member].repair_time for member in members]
        repair = max((float("inf") if one is None else one for one in repairs), default=float("inf"))
        if rate > 0.0:
            failures[name] = Failures(rate, repair, 1.0 / strings)
    remarks = [] if failures else ["no facility has a failure_rate: nothing fails in these futures"]
    return Uncertainty(failures, output=choice.output, demand=choice.demand), remarks


def _knobs(
    fragment: Mapping[str, Any], parts: GridParts, scenario: Scenario
) -> tuple[list[Knob], list[str], list[str]]:
    """Knobs of a grid, the unit of each size, and the kinds whose mass is assumed."""
    from moonstead.station.sizing_system import Knob

    here = {part["id"] for bus in fragment["buses"] for part in bus["facilities"]}
    facilities = [part for part in scenario.facilities if part.id in here]
    arrays = [part for part in facilities if part.kind == "solar-array"]
    reactors = [part for part in facilities if part.kind == "reactor"]
    assumed: list[str] = []
    knobs, units = [], []

    def weight(kind: str, group: list[Any], sizes: list[float], default: list[float]) -> float:
        if any(part.mass is None for part in group):
            assumed.append(kind)
        masses = [
            part.mass if part.mass is not None else size * each
            for part, size, each in zip(group, sizes, default, strict=True)
        ]
        return sum(masses) / sum(sizes)

    if arrays:
        areas = [part.area for part in arrays]
        mass = weight("arrays", arrays, areas, [ARRAY_MASS] * len(arrays))
        knobs.append(Knob("array area", tuple(p.id for p in arrays), (), sum(areas), mass, ARRAY_SCALES))
        units.append("m2")
    if reactors:
        powers = [part.power for part in reactors]
        mass = weight("reactors", reactors, powers, [REACTOR_MASS] * len(reactors))
        knobs.append(Knob("reactor power", tuple(p.id for p in reactors), (), sum(powers), mass, REACTOR_SCALES))
        units.append("W")
    stores = [store for bus in parts.buses for store in bus.stores]
    if stores:
        members = [part for part in facilities if part.kind in ("battery", "fuel-cell")]
        capacity = sum(store.battery.capacity for store in stores)
        given = [part.mass for part in members]
        if any(mass is None for mass in given):
            assumed.append("stores")
        mass = sum(
            sum(part.mass or 0.0 for part in members if part.id in parts.members[store.name])
            or store.battery.capacity * (FUEL_CELL_MASS if store.name in parts.cells else BATTERY_MASS)
            for store in stores
        )
        knobs.append(Knob("storage", (), tuple(store.name for store in stores), capacity, mass / capacity))
        units.append("J")
    return knobs, units, assumed
