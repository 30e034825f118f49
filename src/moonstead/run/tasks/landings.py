"""Landings: the way down to a site and up again of each mission whose thrust is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.run.landings import PERIAPSIS, MissionLanding, landing_fragment, mission_landing
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput, Verdict
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.orbits.landing.descent import Descent

DATASETS = ("de440s", "grgm1200a", "moon-pa-de440", "lola-8ppd")
MODELS = ("powered-descent", "linear-tangent", "de440", "grail", "third-body")
ABORTS_EVERY = 60.0  # [s]
TOUCHED = 1.0  # [m] off the site beyond which a flown landing is told to have failed


def plan(scenario: Scenario) -> list[Task]:
    """One task for each mission that ends on the ground."""
    tasks = []
    for mission in scenario.missions:
        fragment = landing_fragment(mission, scenario)
        if fragment is not None:
            tasks.append(
                Task(
                    f"descent.{mission.id}",
                    f"Landing of {fragment['name']}",
                    f"{__name__}:compute_landing",
                    fragment,
                    datasets=DATASETS,
                )
            )
    return tasks


def compute_landing(inputs: TaskInputs) -> TaskOutput:
    """Design descent and ascent of one mission and fly them."""
    fragment = inputs.fragment
    try:
        made = mission_landing(fragment, inputs.data)
    except (InvalidInput, NumericalFailure) as refused:
        none = Figure(f"{fragment['name']}: landing", "none found", "", "powered descent and ascent", "bad")
        return TaskOutput(
            figures=(none,),
            facts={"name": fragment["name"], "reason": str(refused)},
            warnings=(f"{fragment['name']}: no landing was found: {refused}",),
            models=MODELS,
        )
    tables = () if made.descent is None else (_profile(fragment["id"], made.descent),)
    return TaskOutput(tables, {}, _figures(fragment["name"], made), _facts(fragment, made), (), MODELS)


def _figures(name: str, made: MissionLanding) -> tuple[Figure, ...]:
    how = "least propellant over the terrain, mass and oblateness of the Moon, arcs of constant thrust"
    found = []
    if made.descent is not None and made.flown_descent is not None:
        off = made.flown_descent.position_defect
        again = "finite burns under GRAIL, Earth and Sun"
        found.append(Figure(f"{name}: change of velocity of the descent", made.descent.delta_v, "m/s", how))
        if off >= TOUCHED:
            found.append(Figure(f"{name}: off the site at touchdown when flown", off, "m", again, "bad"))
        found.append(_propellant(name, made.flown_descent.propellant, made.planned["landing"]))
    if made.ascent is not None:
        found.append(Figure(f"{name}: change of velocity of the ascent", made.ascent.delta_v, "m/s", how))
    return tuple(found)


def _propellant(name: str, needed: float, planned: Mapping[str, float]) -> Figure:
    """Propellant of the descent beside what the plan and the tanks hold."""
    more = needed - planned["propellant"]
    verdict: Verdict = "good" if more <= 0.0 else "poor" if more <= planned["spare"] else "bad"
    how = f"the plan loads {planned['propellant']:.0f} kg for it, the tanks take {planned['spare']:.0f} kg more"
    return Figure(f"{name}: propellant of the descent", needed, "kg", how, verdict)


def _facts(fragment: dict[str, Any], made: MissionLanding) -> dict[str, Any]:
    from moonstead.orbits.landing.abort import abort_table

    facts: dict[str, Any] = {
        "name": fragment["name"],
        "reason": "",
        "planned": {part: dict(one) for part, one in made.planned.items()},
    }
    if made.descent is not None and made.flown_descent is not None:
        down, flown = made.descent, made.flown_descent
        times = np.unique(np.append(np.arange(0.0, down.duration, ABORTS_EVERY), down.duration))
        stage = None if made.ascent is None else made.ascent.vehicle
        aborts = abort_table(
            down, times, stage=stage, periapsis_altitude=PERIAPSIS, apoapsis_altitude=fragment["orbit_altitude"]
        )
        facts["descent"] = {
            "azimuth": down.site.azimuth,
            "mass": down.vehicle.mass,
            "thrust": down.vehicle.thrust,
            "braking": down.braking,
            "delta_v": down.delta_v,
            "propellant": down.propellant,
            "duration": down.duration,
            "downrange": down.downrange,
            "ignition_utc": str(utc_text([flown.ignition_tdb])[0]),
            "touchdown_utc": str(utc_text([flown.touchdown_tdb])[0]),
            "designed_defect": flown.designed_position_defect,
            "position_defect": flown.position_defect,
            "velocity_defect": flown.velocity_defect,
            "flown_propellant": flown.propellant,
        }
        facts["aborts"] = [
            {
                "time": one.time,
                "altitude": one.altitude,
                "delta_v": one.delta_v if math.isfinite(one.delta_v) else None,
                "possible": one.possible,
                "reason": one.reason,
            }
            for one in aborts
        ]
    if made.ascent is not None and made.flown_ascent is not None:
        facts["ascent"] = {
            "mass": made.ascent.vehicle.mass,
            "thrust": made.ascent.vehicle.thrust,
            "delta_v": made.ascent.delta_v,
            "rounding": made.ascent.rounding,
            "propellant": made.ascent.propellant,
            "duration": made.ascent.duration,
            "designed_apsides": list(made.flown_ascent.designed_apsides),
            "apsides": list(made.flown_ascent.apsides),
            "flown_propellant": made.flown_ascent.propellant,
        }
    return facts


def _profile(id: str, descent: Descent) -> Table:
    path = descent.path
    height = np.linalg.norm(path.states[:, :3], axis=1) - LUNAR_MAP_RADIUS
    columns = {
        "time": path.times,
        "distance": descent.distance,
        "height": height,
        "ground": height - descent.clearance,
        "floor": descent.approach.floor(descent.distance, descent.site.height),
        "speed": np.linalg.norm(path.states[:, 3:], axis=1),
        "mass": path.masses,
    }
    units = {"time": "s", "speed": "m/s", "mass": "kg"} | dict.fromkeys(("distance", "height", "ground", "floor"), "m")
    return Table(
        f"descent.{id}",
        columns,
        units,
        "Descent as designed: distance over the ground from the site, heights above the sphere of 1737.4 km, the "
        "ground below, and the least height that the approach allows.",
    )
