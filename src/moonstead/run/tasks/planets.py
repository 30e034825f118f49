"""Planets: when a mission beyond the Moon leaves, with which energy, and whether it arrives when it is flown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.scenario.common import epoch_of
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.transfers.interplanetary_bodies import HeliocentricBody
    from moonstead.orbits.transfers.porkchop_minima import BallisticArc

DATASETS = ("de440s",)
MODELS = ("lambert", "porkchop", "de440", "third-body")
GOALS = {"mars": "MARS BARYCENTER", "venus": "VENUS BARYCENTER"}
FROM = ("earth", "leo")
TYPES = ("I", "II")
DAY = 86_400.0  # [s]
SHORTEST = 2.0 * DAY  # [s] of a window: a planned day is widened by one on either side
MARGIN = 60.0 * DAY  # [s] about the window that the figure shows
CELLS = 70  # of the figure, each way


def plan(scenario: Scenario) -> list[Task]:
    """One task for each mission to a planet."""
    tasks = []
    for mission in scenario.missions:
        if mission.to not in GOALS or mission.origin not in FROM:
            continue
        first, last = (epoch_of(date).tdb() for date in mission.window)
        if last - first < SHORTEST:
            first, last = first - 0.5 * SHORTEST, last + 0.5 * SHORTEST
        fragment = {
            "id": mission.id,
            "name": mission.name or mission.id,
            "to": mission.to,
            "first": first,
            "last": last,
            "flight_time": mission.flight_time,
            "parking_altitude": mission.parking_altitude,
        }
        tasks.append(
            Task(
                f"planet.{mission.id}",
                f"Way of {fragment['name']}",
                f"{__name__}:compute_way",
                fragment,
                datasets=DATASETS,
            )
        )
    return tasks


def compute_way(inputs: TaskInputs) -> TaskOutput:
    """Find the best departure of each type, fly the better one under all pulls, and lay out the window for a figure."""
    fragment = inputs.fragment
    earth, goal = _bodies(fragment, inputs.data)
    arcs, refusals = _arcs(fragment, earth, goal)
    how = "least C3 from the barycentre of Earth and Moon, conics about the Sun with DE440"
    if not arcs:
        none = Figure(f"{fragment['name']}: departure", "none found", "", how, "bad")
        reason = "; ".join(refusals)
        return TaskOutput(
            figures=(none,),
            facts={"name": fragment["name"], "to": fragment["to"], "reason": reason, "arcs": []},
            warnings=(f"{fragment['name']}: no way was found: {reason}",),
            models=MODELS,
        )
    best = min(arcs, key=lambda arc: arc.c3)
    facts: dict[str, Any] = {
        "name": fragment["name"],
        "to": fragment["to"],
        "reason": "",
        "arcs": [_told(arc) for arc in arcs],
    }
    figures = [
        Figure(f"{fragment['name']}: least departure energy C3", best.c3 / 1e6, "km2/s2", how),
        Figure(f"{fragment['name']}: departure", str(utc_text([best.departure_tdb])[0])[:16], "UTC", how),
    ]
    warnings: tuple[str, ...] = ()
    try:
        facts["flown"] = _flown(best, fragment, inputs.data)
        miss = facts["flown"]["b_plane_miss"]
        again = "three legs under Sun, planets and Moon, departure corrected once"
        figures.append(Figure(f"{fragment['name']}: miss at the planet when flown", miss, "m", again))
    except (InvalidInput, NumericalFailure) as refused:
        warnings = (f"{fragment['name']}: its way could not be flown: {refused}",)
    return TaskOutput((_grid(fragment, earth, goal),), {}, tuple(figures), facts, warnings, MODELS)


def _bodies(fragment: dict[str, Any], data: DataContext) -> tuple[HeliocentricBody, HeliocentricBody]:
    from moonstead.orbits.transfers.interplanetary_bodies import EphemerisBody

    return EphemerisBody("EARTH BARYCENTER", data), EphemerisBody(GOALS[fragment["to"]], data)


def _arcs(
    fragment: dict[str, Any], earth: HeliocentricBody, goal: HeliocentricBody
) -> tuple[list[BallisticArc], list[str]]:
    from moonstead.orbits.transfers.porkchop_minima import best_arcs

    asked = fragment["flight_time"]
    durations = None if asked is None else (asked - 0.5 * DAY, asked + 0.5 * DAY)
    found: list[BallisticArc] = []
    refusals = []
    for kind in TYPES:
        try:
            found += best_arcs(earth, goal, (fragment["first"], fragment["last"]), kind=kind, durations=durations)
        except NumericalFailure as refused:
            refusals.append(str(refused))
    return found, refusals


def _told(arc: BallisticArc) -> dict[str, Any]:
    return {
        "type": arc.kind,
        "c3": arc.c3,
        "departure": arc.departure_tdb,
        "departure_utc": str(utc_text([arc.departure_tdb])[0]),
        "arrival": arc.arrival_tdb,
        "arrival_utc": str(utc_text([arc.arrival_tdb])[0]),
        "duration": arc.duration,
        "declination": arc.declination,
        "arrival_speed": arc.arrival_speed,
        "held_by": list(arc.edges),
    }


def _flown(arc: BallisticArc, fragment: dict[str, Any], data: DataContext) -> dict[str, Any]:
    from moonstead.orbits.transfers.interplanetary import fly_to_planet
    from moonstead.orbits.transfers.refly import refly

    flight = fly_to_planet(arc, data, parking_altitude=fragment["parking_altitude"])
    again = refly(flight.transfer, flight.forces, data, tolerance=0.1)
    return {
        "type": arc.kind,
        "model": flight.transfer.model,
        "c3": flight.c3,
        "injection": flight.injection,
        "capture": flight.capture,
        "uncorrected_miss": flight.designed_miss,
        "b_plane_miss": flight.b_plane_miss,
        "position_defect": again.position_defect,
        "velocity_defect": again.velocity_defect,
    }


def _grid(fragment: dict[str, Any], earth: HeliocentricBody, goal: HeliocentricBody) -> Table:
    from moonstead.orbits.transfers.porkchop import porkchop
    from moonstead.orbits.transfers.porkchop_minima import usual_durations

    first, last = fragment["first"] - MARGIN, fragment["last"] + MARGIN
    low, high = usual_durations(earth, goal, first)
    leaving, reaching = np.linspace(first, last, CELLS), np.linspace(first + 1.5 * low, last + 0.8 * high, CELLS)
    grid = porkchop(earth, goal, leaving, reaching)
    row, column = (index.reshape(-1) for index in np.indices(grid.c3.shape))
    columns = {
        "departure": leaving[row],
        "arrival": reaching[column],
        "c3": grid.c3.reshape(-1),
        "arrival_speed": grid.arrival_v_infinity.reshape(-1),
        "declination": grid.declination.reshape(-1),
    }
    units = {
        "departure": "s TDB past J2000",
        "arrival": "s TDB past J2000",
        "c3": "m2/s2",
        "arrival_speed": "m/s",
        "declination": "rad",
    }
    return Table(
        f"planet.{fragment['id']}",
        columns,
        units,
        f"Departure energy and arrival speed for pairs of dates, at most {math.prod(grid.c3.shape)} arcs.",
    )
