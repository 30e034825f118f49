"""Spacecraft: where each flies over the span, how low and high, and its ephemeris as an open file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.run.family_orbit import family_facts, fly_family
from moonstead.run.lunar_starts import advice_for
from moonstead.run.moments import sample_times, utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput, Verdict
from moonstead.run.trajectories import LEAD, fly, force_model, orbit_fragment, trajectory_arrays
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory

Array = NDArray[np.float64]
DAY = 86_400.0  # [s]
TABLE_STEP = 600.0  # [s]
SURVIVED = 1.0  # [s] before the end of the span: what flew that far was not lost
GRAVITY = {"MOON": ("grgm1200a", "moon-pa-de440"), "EARTH": ("egm2008-36", "earth-orientation", "moon-pa-de440")}
MODELS = {
    "frozen-ellipse": ("frozen-ellipse", "de440", "grail", "pines", "third-body", "dop853"),
    "phased": ("frozen-ellipse", "de440", "grail", "pines", "third-body", "dop853"),
    "low-frozen": ("low-frozen", "de440", "grail", "pines", "third-body", "dop853"),
    "elements": ("de440", "grail", "pines", "third-body", "dop853"),
    "state": ("de440", "grail", "pines", "third-body", "dop853"),
    "family": ("three-body-families", "multiple-shooting", "de440", "grail", "pines", "third-body"),
    "tle": ("sgp4", "earth-rotation"),
    "oem": (),
    "spk": (),
}


def plan(scenario: Scenario) -> list[Task]:
    """One task for each spacecraft."""
    tasks = []
    for craft in scenario.spacecraft:
        fragment = orbit_fragment(craft, scenario) | {
            "ephemeris_step": scenario.analysis.ephemeris_step,
            "name": craft.name or craft.id,
        }
        center = fragment["orbit"].get("center", "MOON")
        datasets = ("de440s", *GRAVITY[center])
        title = f"Orbit of {craft.name or craft.id}"
        tasks.append(Task(f"orbit.{craft.id}", title, f"{__name__}:compute_orbit", fragment, datasets=datasets))
    return tasks


def compute_orbit(inputs: TaskInputs) -> TaskOutput:
    """Fly one spacecraft; write its ephemeris, a table, and the lowest and highest altitude of each day."""
    craft = inputs.fragment
    extra: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    found: dict[str, Any]
    if craft["orbit"]["kind"] == "family":
        flown = fly_family(craft, craft["start"] - LEAD, force_model(craft), inputs.data)
        trajectory: Trajectory = flown.trajectory()
        found, extra, figures = family_facts(craft, flown, inputs.data)
    else:
        trajectory, found = fly(craft, inputs.data)
    first, last = trajectory.span
    first, last = max(first, craft["start"]), min(last, craft["stop"])
    _write_oem(inputs, trajectory, first, last)
    tdb = sample_times(first, last, TABLE_STEP)
    table, altitude, period = _positions(inputs, trajectory, tdb)
    day = ((tdb - first) // DAY).astype(np.intp)
    starts = np.flatnonzero(np.diff(day, prepend=-1))
    # The last sample opens a day of its own, which would show one altitude for both extremes
    starts = starts[:-1] if starts.size > 1 and tdb.size - starts[-1] == 1 else starts
    lowest, highest = np.minimum.reduceat(altitude, starts), np.maximum.reduceat(altitude, starts)
    daily = Table(
        f"height.{craft['id']}",
        {"day": tdb[starts], "day_utc": utc_text(tdb[starts]), "lowest": lowest, "highest": highest},
        {"day": "s TDB past J2000", "day_utc": "UTC", "lowest": "m", "highest": "m"},
        f"Lowest and highest altitude of one day, sampled every {TABLE_STEP:g} s, above the body's mean sphere.",
    )
    lost = last < craft["stop"] - SURVIVED
    facts = {
        "center": trajectory.center,
        "orbit": craft["orbit"]["kind"],
        "period": period,
        "lowest_altitude": float(altitude.min()),
        "highest_altitude": float(altitude.max()),
        "ends": str(utc_text([last])[0]) + (" (surface)" if lost else ""),
        "lost": lost,
        **found,
    }
    models = MODELS[craft["orbit"]["kind"]] + (("radiation-pressure",) if craft["area"] is not None else ())
    warnings = (f"{craft['name']} meets the surface at {facts['ends']}; what follows lacks it",) if lost else ()
    advice = advice_for(craft, inputs.data) if lost else None
    if advice is not None:
        warnings = (*warnings, f"{craft['name']}: {advice}")
        facts["advice"] = advice
    arrays = trajectory_arrays(trajectory)
    figures = (*_figures(craft, facts), *figures)
    return TaskOutput((table, daily, *extra), arrays, figures, facts, warnings, models)


def _figures(craft: dict[str, Any], facts: dict[str, Any]) -> tuple[Figure, ...]:
    how = f"{craft['orbit']['kind']} orbit flown without control over the span of the scenario"
    verdict: Verdict = "bad" if facts["lost"] else "good"
    return (
        Figure(f"{craft['name']}: flies until", facts["ends"], "UTC", how, verdict),
        Figure(
            f"{craft['name']}: lowest altitude", facts["lowest_altitude"] / 1e3, "km", f"{how}; sampled every 10 min"
        ),
        Figure(f"{craft['name']}: highest altitude", facts["highest_altitude"] / 1e3, "km", how),
    )


def _positions(inputs: TaskInputs, trajectory: Trajectory, tdb: Array) -> tuple[Table, Array, float]:
    """Table of positions, altitude (N,) [m] and mean period [s]."""
    from moonstead.dynamics.observe import icrf_state
    from moonstead.foundation.frames.standard import frame_named

    center = body(trajectory.center)
    state = icrf_state(trajectory, trajectory.center, tdb, inputs.data)
    fixed = frame_named({"MOON": "MOON_ME", "EARTH": "ITRF"}[trajectory.center])
    turned = fixed.from_icrf(tdb, inputs.data).position(state[:, :3])
    distance = np.linalg.norm(state[:, :3], axis=1)
    altitude = distance - center.mean_radius
    table = Table(
        inputs.task.id,
        {
            "tdb": tdb,
            "utc": utc_text(tdb),
            "x": state[:, 0],
            "y": state[:, 1],
            "z": state[:, 2],
            "latitude": np.arcsin(turned[:, 2] / distance),
            "longitude": np.arctan2(turned[:, 1], turned[:, 0]),
            "altitude": altitude,
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "x": "m ICRF",
            "y": "m ICRF",
            "z": "m ICRF",
            "latitude": f"rad {fixed.name}, planetocentric",
            "longitude": f"rad {fixed.name}, east",
            "altitude": "m above the mean sphere",
        },
        f"Position about {trajectory.center}.",
    )
    energy = 0.5 * np.sum(state[:, 3:] ** 2, axis=1) - center.gm / distance
    axis = float(np.median(-center.gm / (2.0 * energy)))
    period = 2.0 * np.pi * float(np.sqrt(axis**3 / center.gm)) if axis > 0.0 else DAY
    return table, altitude, period


def _write_oem(inputs: TaskInputs, trajectory: Trajectory, first: float, last: float) -> None:
    from moonstead.formats.oem import Oem, OemHeader, write_oem
    from moonstead.formats.oem_trajectory import oem_segment
    from moonstead.foundation.time.epoch import Epoch

    craft = inputs.fragment
    tdb = sample_times(first, last, craft["ephemeris_step"])
    # The header's date is the scenario's, so that equal runs write equal files.
    header = OemHeader("MOONSTEAD", Epoch.from_tdb(craft["start"]))
    message = Oem(header, (oem_segment(trajectory, tdb),))
    write_oem(inputs.folder / f"{craft['id']}.oem", message)
