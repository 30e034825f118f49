"""Stores that can be known to fail: people without air, processes without stores, plants without power."""

from __future__ import annotations

from collections.abc import Iterator

from moonstead.foundation.errors import InvalidInput, MoonsteadError
from moonstead.foundation.units import format_quantity
from moonstead.run.preflight_dates import date_text
from moonstead.run.site_stores import site_fragment, site_plants
from moonstead.scenario.load import LoadedScenario
from moonstead.scenario.problems import Problem

LIFE = ("oxygen", "food", "potable-water")  # what people take; see `station.crew.metabolism`
ROUNDING = 1e-9  # [1] of a facility's load


def store_problems(loaded: LoadedScenario) -> Iterator[Problem]:
    """Crews, stores, processes and deliveries that no run could serve.

    Parameters
    ----------
    loaded : LoadedScenario
        A scenario that is sound in itself.

    Returns
    -------
    iterator of Problem
        In the order of the scenario's parts.
    """
    scenario = loaded.scenario
    held: dict[str, set[str]] = {site.id: set() for site in scenario.sites}
    for store in scenario.stores:
        held[store.site].add(store.substance)
    for index, crew in enumerate(scenario.crews):
        for substance in LIFE:
            if substance not in held[crew.site]:
                message = f'"{crew.id}" lives at "{crew.site}", which has no store of {substance}'
                yield loaded.problem(("crew", index, "site"), message, f"add a [[store]] of {substance} there")
        if crew.since >= scenario.stop or crew.until <= scenario.start:
            message = f'"{crew.id}" stays from {date_text(crew.since)} to {date_text(crew.until)}, outside the scenario'
            yield loaded.problem(("crew", index, "since"), message, "move it, or leave the crew out")
    for index, delivery in enumerate(scenario.deliveries):
        if not scenario.start <= delivery.date < scenario.stop:
            when = date_text(delivery.date)
            message = f"{delivery.mass:g} kg of {delivery.substance} arrive on {when}, outside the scenario"
            yield loaded.problem(("delivery", index, "date"), message, "move it, or leave the delivery out")
    if scenario.processes:
        yield from _processes(loaded, held)


def _processes(loaded: LoadedScenario, held: dict[str, set[str]]) -> Iterator[Problem]:
    from moonstead.station.substances import GROUND

    scenario = loaded.scenario
    drawn: dict[str, float] = {}
    for index, part in enumerate(scenario.processes):
        try:
            site = site_fragment(scenario, part.site)
        except MoonsteadError:
            return  # dates that no time scale reaches; they are told where dates are checked
        own = [one for one in site["processes"] if one["id"] == part.id]
        try:
            plant = site_plants(site | {"processes": own})[0]
        except InvalidInput as error:
            yield loaded.problem(("process", index), str(error), "correct the masses, the grade or the rate")
            continue
        recipe = plant.recipes["nominal"]
        for substance in sorted(set(recipe.inputs) - held[part.site] - GROUND):
            message = f'"{part.id}" draws on {substance}, but "{part.site}" has no store of it'
            yield loaded.problem(("process", index, "site"), message, f"add a [[store]] of {substance} there")
        if part.facility is None:
            continue
        load = site["loads"].get(part.facility, 0.0)
        drawn[part.facility] = drawn.get(part.facility, 0.0) + plant.process("nominal").power
        if drawn[part.facility] > load * (1.0 + ROUNDING):
            wanted, has = format_quantity(drawn[part.facility], "kW", 3), format_quantity(load, "kW", 3)
            message = f'processes would draw {wanted} on "{part.facility}", whose load is {has}'
            yield loaded.problem(("process", index, "facility"), message, "lower the rate or raise the load")
