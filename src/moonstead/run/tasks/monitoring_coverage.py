"""Who watches: coverage of the ground by satellites, of a shell by radars and telescopes, sight of protected craft."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text, window_table
from moonstead.run.store import file_hash
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.run.watching import (
    ground_limits,
    sensor_fragment,
    space_telescopes,
    watches_ground,
)
from moonstead.scenario.common import epoch_of
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.monitoring.coverage.coverage_map import CoverageMap
    from moonstead.monitoring.coverage.watchers import Watchers

CELL = math.radians(6.0)  # of the maps: rows of one latitude, so that a page can draw them
SHELL = 800e3  # [m] height at which radars and telescopes are asked what they see
SHELL_AREA = 1.0  # [m2] radar cross-section of an object there, and diameter of the sphere that telescopes see
LONGEST_STEP = 300.0  # [s] of tables of places; between them a cubic
ALBEDO = 0.2  # [1] of protected craft; unverified
COUNTS = (1, 2, 3, 4)  # sensors at once that the tables tell apart
DATASETS = ("de440s", "moon-pa-de440", "earth-orientation", "earth-orientation-final")
YEAR = 365.25 * 86_400.0  # [s]
FIREBALLS_SINCE = -189_345_600.0  # [s TDB past J2000] 1994-01-01, before which the table of CNEOS has single events


def plan(scenario: Scenario) -> list[Task]:
    """Maps of the Earth, of the Moon and of a shell about the Earth; one task for each protected craft; fireballs."""
    asked = scenario.monitoring
    if asked is None:
        return []
    sensors = [sensor_fragment(sensor, scenario) for sensor in scenario.sensors]
    first, last = scenario.span()
    start = max(first, epoch_of(asked.start).tdb()) if asked.start is not None else first
    common = {
        "start": start,
        "stop": min(last, start + asked.coverage_duration),
        "step": min(asked.coverage_step, LONGEST_STEP),
    }
    tasks = []
    for body in ("EARTH", "MOON"):
        ours = [one for one in sensors if watches_ground(one, body)]
        if ours:
            said = {"body": body, "sensors": ours, "height": asked.coverage_height, **common}
            crafts = tuple(f"orbit.{one['craft']}" for one in ours if one["craft"])
            title = f"What satellites see of the {body.capitalize()}"
            tasks.append(Task(f"watch.{body.lower()}", title, f"{__name__}:watch_ground", said, crafts, DATASETS))
    on_ground = [one for one in sensors if one["kind"] in ("radar", "telescope") and one["body"] == "EARTH"]
    if on_ground:
        said = {"sensors": on_ground, "height": SHELL, **common}
        title = "What radars and telescopes see of a shell"
        tasks.append(Task("watch.shell", title, f"{__name__}:watch_shell", said, (), DATASETS))
    names = {craft.id: craft.name or craft.id for craft in scenario.spacecraft}
    eyes = [one for one in sensors if one["limiting_magnitude"] is not None]
    for one in scenario.protected:
        watched = [eye for eye in eyes if eye["craft"] != one.spacecraft]
        if one.spacecraft is None or not watched:
            continue
        radius = asked.hard_body_radius if one.hard_body_radius is None else one.hard_body_radius
        said = {"craft": one.spacecraft, "name": names[one.spacecraft], "radius": radius, "sensors": watched, **common}
        crafts = (one.spacecraft, *(eye["craft"] for eye in watched if eye["craft"]))
        inputs = tuple(f"orbit.{craft}" for craft in dict.fromkeys(crafts))
        title = f"Who sees {names[one.spacecraft]}"
        tasks.append(Task(f"seen.{one.spacecraft}", title, f"{__name__}:see_craft", said, inputs, DATASETS))
    if asked.fireballs is not None:
        ours = [one for one in sensors if watches_ground(one, "EARTH") and one["orbit"] is not None]
        file = asked.fireballs
        said = {"file": str(file), "sha256": file_hash(file) if file.is_file() else "", "sensors": ours}
        tasks.append(Task("fireballs.cneos", "Fireballs", f"{__name__}:fireballs", said, (), DATASETS))
    return tasks


def watch_ground(inputs: TaskInputs) -> TaskOutput:
    """Map of one body: by how many satellites, gaps, waits, stereo views."""
    from moonstead.monitoring.coverage.coverage_map import coverage
    from moonstead.monitoring.coverage.ground import equal_angle, ground_named

    said = inputs.fragment
    name, place = said["body"].lower(), said["body"].capitalize()
    watchers = _satellites(inputs)
    if watchers is None:
        why = f"the sensors over the {place} are on spacecraft that do not fly at one time of the span"
        return TaskOutput(warnings=(f"no coverage: {why}",))
    found = coverage(watchers, equal_angle(ground_named(said["body"]), CELL, height=said["height"]))
    how = f"{len(said['sensors'])} sensors, every demand proven between steps, {_hours(found):g} h"
    gap = float(np.max(found.longest_gap))
    figures = (
        Figure(f"{place}: ground seen by a sensor, mean over area and time", _mean(found, 1), "1", how),
        Figure(f"{place}: ground in stereo view", found.mean(found.stereo_share), "1", how),
    )
    facts = _facts(found, said) | {"place": f"the {place}", "longest_gap": gap}
    return TaskOutput(_tables(name, found), figures=figures, facts=facts, models=("coverage",))


def watch_shell(inputs: TaskInputs) -> TaskOutput:
    """Map of a shell about the Earth: by how many radars and telescopes."""
    from moonstead.monitoring.coverage.coverage_map import coverage
    from moonstead.monitoring.coverage.ground import GROUNDS, equal_angle
    from moonstead.monitoring.coverage.watchers import ground_watchers

    said = inputs.fragment
    sensors = [ground_limits(one, SHELL_AREA) for one in said["sensors"]]
    tdb = _times(said)
    watchers = ground_watchers(sensors, tdb, inputs.data)
    found = coverage(watchers, equal_angle(GROUNDS["EARTH"], CELL, height=said["height"]), stereo=None)
    how = f"{len(sensors)} sensors, objects of {SHELL_AREA:g} m2 at {said['height'] / 1e3:g} km, {_hours(found):g} h"
    figure = Figure("Shell about the Earth: seen by a radar or telescope", _mean(found, 1), "1", how)
    facts = _facts(found, said) | {"place": f"a shell {said['height'] / 1e3:g} km over the Earth"}
    return TaskOutput(_tables("shell", found), figures=(figure,), facts=facts, models=("coverage",))


def see_craft(inputs: TaskInputs) -> TaskOutput:
    """When each telescope sees a protected craft, and when any does."""
    from moonstead.monitoring.visibility.brightness import DiffuseSphere
    from moonstead.monitoring.visibility.telescopes import seen_by_any, visibility

    said = inputs.fragment
    target = stored_trajectory(inputs.result(f"orbit.{said['craft']}"), inputs.data)
    crafts = {
        one["craft"]: stored_trajectory(inputs.result(f"orbit.{one['craft']}"), inputs.data)
        for one in said["sensors"]
        if one["craft"]
    }
    paths = (target, *crafts.values())
    span = (
        max(said["start"], *(path.span[0] for path in paths)),
        min(said["stop"], *(path.span[1] for path in paths)),
    )
    if not span[0] < span[1]:
        return TaskOutput(warnings=(f"{said['name']}: nobody can see it, craft and sensors do not fly at one time",))
    sphere = DiffuseSphere(2.0 * said["radius"], ALBEDO)
    telescopes = [each for one in said["sensors"] for each in space_telescopes(one, crafts, span, inputs.data)]
    seen = [visibility(telescope, target, sphere, span, inputs.data) for _, telescope in telescopes]
    together = seen_by_any(seen)
    rows = [
        {
            "name": name,
            "fraction": one.fraction,
            "longest_gap": one.longest_gap,
            "brightest": None if math.isnan(one.brightest) else one.brightest,
            "median": None if math.isnan(one.median_magnitude) else one.median_magnitude,
            "demands": {name: windows.fraction() for name, windows in one.demands.items()},
        }
        for (name, _), one in zip(telescopes, seen, strict=True)
    ]
    facts = {
        "name": said["name"],
        "rows": rows,
        "fraction": together.fraction(),
        "longest_gap": (~together).longest(),
        "diameter": sphere.diameter,
        "albedo": ALBEDO,
        "start_utc": str(utc_text(span[0])[0]),
        "stop_utc": str(utc_text(span[1])[0]),
    }
    how = f"{len(rows)} telescopes: light, brightness, Sun, Moon, Earth, elevation, night; no clouds"
    figure = Figure(f"{said['name']}: seen by a telescope", together.fraction(), "1", how)
    table = window_table(f"seen.{said['craft']}", together, "When at least one telescope sees the spacecraft.")
    return TaskOutput((table,), figures=(figure,), facts=facts, models=("sight", "de440"))


def fireballs(inputs: TaskInputs) -> TaskOutput:
    """Energies and rates of recorded fireballs, and the share that the scenario's satellites would have seen."""
    from moonstead.formats.fireball_table import KILOTON, read_fireballs
    from moonstead.monitoring.fireballs.rates import complete_from, energy_law, published_rate

    said = inputs.fragment
    try:
        found = read_fireballs(said["file"])
        used = found.tdb >= FIREBALLS_SINCE
        energy, years = found.impact_energy[used], float(found.tdb[-1] - FIREBALLS_SINCE) / YEAR
        law = energy_law(energy, years, complete_from(energy))
    except MoonsteadError as error:
        return TaskOutput(warnings=(f"no rates of fireballs: {error}",))
    facts: dict[str, Any] = {
        "events": len(found),
        "places": int(np.count_nonzero(np.isfinite(found.latitude))),
        "velocities": int(np.count_nonzero(np.isfinite(found.speed))),
        "contradicting": int(np.count_nonzero(found.contradicts)),
        "faults": len(found.faults),
        "years": years,
        "used": law.events,
        "threshold_kt": law.threshold / KILOTON,
        "slope": law.slope,
        "slope_interval": list(law.slope_interval),
        "rate_1kt": law.rate_above(KILOTON),
        "published_1kt": published_rate(KILOTON),
        "detection": _detection(found, said["sensors"], inputs.data) if said["sensors"] else None,
    }
    how = f"{law.events} events above {law.threshold / KILOTON:.2g} kt in {years:.1f} years, power law"
    figure = Figure("Fireballs above 1 kt", facts["rate_1kt"], "1/yr", how)
    order = np.sort(energy)[::-1]
    table = Table(
        "fireballs.cneos",
        {"energy": order, "rate": np.arange(1, order.size + 1) / years, "law": _law_at(law, order)},
        {"energy": "J", "rate": "1/yr", "law": "1/yr"},
        "Events a year with at least each energy: as recorded, and by the law where it holds.",
    )
    return TaskOutput((table,), figures=(figure,), facts=facts, models=("fireballs",))


def _law_at(law: Any, energy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    told = law.rate * (energy / law.threshold) ** -law.slope
    return np.where(energy >= law.threshold, told, np.nan)


def _detection(found: Any, sensors: list[dict[str, Any]], data: DataContext) -> dict[str, Any]:
    """Shares of events with a place that the first group of satellites of each sensor would have seen, all together."""
    from moonstead.monitoring.coverage.ground import GROUNDS
    from moonstead.monitoring.fireballs.detection import detection
    from moonstead.run.watching import constellation_of, orbit_limits

    turn = GROUNDS["EARTH"].frame.from_icrf(found.tdb, data)
    sun = turn.position(data.ephemeris.position("SUN", "EARTH", found.tdb))
    sun /= np.linalg.norm(sun, axis=1)[:, None]
    answers = []
    for one in sensors:
        states = constellation_of(one["orbit"]).states(found.tdb, data)
        told = detection(states, sun, found.latitude, found.longitude, found.altitude, orbit_limits(one))
        answers.append(
            {"name": one["name"], "shares": [_share(x) for x in (told.seen, told.seen_twice, told.in_stereo)]}
        )
    return {"events": told.seen.events, "rows": answers}


def _share(share: Any) -> dict[str, Any]:
    return {"share": share.share, "interval": list(share.interval)}


def _times(said: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    from moonstead.monitoring.coverage.watchers import even_times

    return even_times(said["start"], said["stop"], said["step"])


def _satellites(inputs: TaskInputs) -> Watchers | None:
    """All sensors in orbit about one body at common times; None where there are none."""
    from moonstead.monitoring.coverage.watchers import constellation_watchers, table_step, trajectory_watchers
    from moonstead.run.watching import constellation_of, orbit_limits

    said, data = inputs.fragment, inputs.data
    groups = [(one, constellation_of(one["orbit"])) for one in said["sensors"] if one["orbit"] is not None]
    crafts = [one for one in said["sensors"] if one["orbit"] is None]
    flown = [stored_trajectory(inputs.result(f"orbit.{one['craft']}"), data) for one in crafts]
    first = max([said["start"], *(path.span[0] for path in flown)])
    last = min([said["stop"], *(path.span[1] for path in flown)])
    if not first < last:
        return None
    step = min([said["step"], *(table_step(orbit) for _, orbit in groups)])
    tdb = _times({"start": first, "stop": last, "step": step})
    made = [
        constellation_watchers(orbit, orbit_limits(one), first, last, data, step=float(tdb[1] - tdb[0]) * (1.0 + 1e-9))
        for one, orbit in groups
    ]
    if crafts:
        made.append(trajectory_watchers(flown, [orbit_limits(one) for one in crafts], said["body"], tdb, data))
    together = made[0]
    for other in made[1:]:
        together = together.joined(other)
    return together


def _hours(found: CoverageMap) -> float:
    return round((found.span[1] - found.span[0]) / 3600.0, 2)


def _mean(found: CoverageMap, count: int) -> float:
    return found.mean(found.share_at_least(count))


def _facts(found: CoverageMap, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sensors": [one["name"] for one in said["sensors"]],
        "height": said["height"],
        "start_utc": str(utc_text(found.span[0])[0]),
        "stop_utc": str(utc_text(found.span[1])[0]),
        "shares": [_mean(found, count) for count in COUNTS],
        "longest_gap": float(np.max(found.longest_gap)),
        "mean_response": found.mean(found.mean_response),
        "never": found.mean((found.shares[:, 0] >= 1.0).astype(np.float64)),
        "rows": found.cells.rows,
    }


def _tables(name: str, found: CoverageMap) -> tuple[Table, ...]:
    cells = found.cells
    number = found.shares @ np.arange(found.shares.shape[1])
    places = {"latitude": cells.latitude, "longitude": cells.longitude, "area": cells.weight}
    shares = {f"share_{count}": found.share_at_least(count) for count in COUNTS}
    times = {key: getattr(found, key) for key in ("mean_gap", "longest_gap", "gap_95", "mean_response", "response_95")}
    stereo = {"stereo_share": found.stereo_share, "stereo_angle": found.stereo_angle}
    units = {
        "latitude": "rad",
        "longitude": "rad",
        "area": "1 of the sphere",
        **dict.fromkeys(("number", *shares, "gaps", "stereo_share"), "1"),
        **dict.fromkeys(times, "s"),
        "stereo_angle": "rad",
    }
    grid = Table(
        f"watch.{name}",
        {**places, "number": number, **shares, "gaps": found.gaps, **times, **stereo},
        units,
        "Cells: mean number of sensors in view, shares of time with 1 to 4 or more, gaps, waits, stereo views.",
    )
    longest = np.array([np.max(found.longest_gap[cells.row == row]) for row in range(cells.rows)])
    bands = Table(
        f"watch-bands.{name}",
        {
            "latitude": cells.row_latitude,
            **{key: cells.by_row(values) for key, values in shares.items()},
            "longest_gap": longest,
            "mean_response": cells.by_row(found.mean_response),
            "stereo_share": cells.by_row(found.stereo_share),
        },
        {
            "latitude": "rad",
            **dict.fromkeys((*shares, "stereo_share"), "1"),
            **dict.fromkeys(("longest_gap", "mean_response"), "s"),
        },
        "Bands of latitude: means over area, and the longest gap of any cell.",
    )
    return grid, bands
