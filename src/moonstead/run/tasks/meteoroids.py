"""The rain of meteoroids: holes in shields, and the flashes that cameras see on the night side of the Moon.

``meteoroids``, one row for each shield: table ``meteoroids`` with shield, of, kind, area, exposure, rate,
critical_diameter (at 20 km/s, straight on), expected_low, expected, expected_high, probability_low, probability,
probability_high.

``flashes.ID``, one for each camera, facts `spacecraft`, `mean_rate`, `limiting_magnitude`: table ``flashes.ID`` with
tdb, utc, night_in_view, rate, least_mass.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.run.moments import sample_times, utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.smallbodies.penetration import Shield

DAY = 86_400.0  # [s]
SHOWN_SPEED = 20e3  # [m/s] at which the table tells what a shield stops
LIKELY = 0.05  # [1] chance of a hole above which a shield is poor
FLASH_STEPS = 1500  # [1] times at most: a camera's view changes with the orbit and the month


def plan(scenario: Scenario) -> list[Task]:
    """One task for all shields, one for each camera."""
    start, stop = scenario.span()
    tasks = []
    if scenario.shields:
        craft = {one.id for one in scenario.spacecraft}
        rows = [
            plain(shield) | {"in_space": shield.of in craft, "exposure": shield.exposure or stop - start}
            for shield in scenario.shields
        ]
        tasks.append(Task("meteoroids", "Holes by meteoroids", f"{__name__}:shields", {"shields": rows}))
    tasks += [
        Task(
            f"flashes.{camera.id}",
            f"Impact flashes seen by {camera.id}",
            f"{__name__}:flashes",
            plain(camera) | {"start": start, "stop": stop},
            (f"orbit.{camera.spacecraft}",),
            ("de440s", "moon-pa-de440"),
        )
        for camera in scenario.flash_cameras
    ]
    return tasks


def shields(inputs: TaskInputs) -> TaskOutput:
    """Rate of holes and chance of one, for each shield."""
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.meteoroids import FLUX_FACTOR, ground_factor
    from moonstead.smallbodies.penetration import critical_diameter, hole_probability, meteoroid_holes

    rows, figures = [], []
    for said in inputs.fragment["shields"]:
        shield = _shield(said)
        factor = 1.0 if said["in_space"] else float(ground_factor(said["tilt"]))
        rate = meteoroid_holes(shield, factor)
        mean = rate * said["area"] * said["exposure"]
        expected = Interval(FLUX_FACTOR.low * mean, FLUX_FACTOR.nominal * mean, FLUX_FACTOR.high * mean)
        chance = hole_probability(rate, said["area"], said["exposure"])
        rows.append(
            (
                *(said[key] for key in ("id", "of", "kind", "area", "exposure")),
                rate,
                float(critical_diameter(shield, SHOWN_SPEED)),
                *(expected.low, expected.nominal, expected.high),
                *(chance.low, chance.nominal, chance.high),
            )
        )
        years = said["exposure"] / (365.25 * DAY)
        figures.append(
            Figure(
                f"{said['of']}: chance of a hole by meteoroids in {years:.3g} yr",
                chance.nominal,
                "1",
                f"{said['kind']} of {said['area']:g} m2, span {chance.low:.2g} to {chance.high:.2g}; Gruen's flux, "
                "ballistic limits of Cour-Palais and Christiansen",
                "good" if chance.high < LIKELY else "poor",
            )
        )
    units = {
        "shield": "text",
        "of": "text",
        "kind": "text",
        "area": "m2",
        "exposure": "s",
        "rate": "1/m2/s",
        "critical_diameter": "m",
        "expected_low": "1",
        "expected": "1",
        "expected_high": "1",
        "probability_low": "1",
        "probability": "1",
        "probability_high": "1",
    }
    columns = {name: np.array(column) for name, column in zip(units, zip(*rows, strict=True), strict=True)}
    table = Table("meteoroids", columns, units, "Holes that meteoroids make in a shield over its exposure.")
    return TaskOutput((table,), figures=tuple(figures), models=("gruen", "ballistic-limits"))


def _shield(said: dict[str, Any]) -> Shield:
    from moonstead.smallbodies.penetration import RegolithCover, SingleWall, WhippleShield

    if said["kind"] == "whipple":
        return WhippleShield(said["bumper"], said["spacing"], said["thickness"])
    return SingleWall(said["thickness"]) if said["kind"] == "wall" else RegolithCover(said["thickness"])


def flashes(inputs: TaskInputs) -> TaskOutput:
    """Share of the night side in view, and the flashes seen, over the scenario."""
    from moonstead.dynamics.observe import icrf_position
    from moonstead.smallbodies.flash_monitoring import flash_watch

    said = inputs.fragment
    flown = stored_trajectory(inputs.result(f"orbit.{said['spacecraft']}"), inputs.data)
    first, last = max(said["start"], flown.span[0]), min(said["stop"], flown.span[1])
    times = sample_times(first, last, (last - first) / FLASH_STEPS)
    places = icrf_position(flown, "MOON", times, inputs.data)
    sun = inputs.data.ephemeris.state("SUN", "MOON", times)[:, :3]
    above = np.linalg.norm(places, axis=1) > LUNAR_MAP_RADIUS
    seen = flash_watch(
        places[above],
        sun[above],
        said["limiting_magnitude"],
        field_of_view=min(said["field_of_view"], math.pi),
        exposure=said["exposure"],
    )
    table = Table(
        f"flashes.{said['id']}",
        {
            "tdb": times[above],
            "utc": utc_text(times[above]),
            "night_in_view": seen.night_in_view,
            "rate": seen.rate,
            "least_mass": seen.least_mass,
        },
        {"tdb": "s TDB past J2000", "utc": "UTC", "night_in_view": "1", "rate": "1/s", "least_mass": "kg"},
        "Share of the Moon's night side in view, flashes of a gram or more that are bright enough, lightest body seen.",
    )
    how = f"sporadic meteoroids of 1 to 100 g, limiting magnitude {said['limiting_magnitude']:g}, Gruen's flux"
    facts = {
        "spacecraft": said["spacecraft"],
        "mean_rate": seen.mean_rate,
        "limiting_magnitude": said["limiting_magnitude"],
    }
    figures = (Figure(f"{said['spacecraft']}: impact flashes seen", seen.mean_rate * DAY, "1/day", how),)
    return TaskOutput((table,), figures=figures, facts=facts, models=("gruen", "flash-efficiency", "de440"))
