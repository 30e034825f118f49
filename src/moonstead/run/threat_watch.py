"""When a threat is seen again, what more nights would tell, and what would have been said before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.foundation.errors import MoonsteadError
from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, TaskOutput
from moonstead.run.threat_orbit import pulls
from moonstead.run.threat_tables import plain_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.encounters import Encounter
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
    from moonstead.smallbodies.watch.plan import WatchPlan

DAY, JULIAN_YEAR = 86_400.0, 365.25 * 86_400.0  # [s]
LIGHT_TIME = 3.0 * DAY  # [s] of flight before the first look
BESIDE = 20.0 * DAY  # [s] between the nominal encounter and an impact of the same return
SEASON_UNITS = {"sensor": "text", "start": "s TDB past J2000", "stop": "s TDB past J2000"}
SEASON_UNITS |= {"start_utc": "UTC", "stop_utc": "UTC"}
NIGHT_UNITS = {
    "sensor": "text",
    "name": "text",
    "limiting_magnitude": "1",
    "start": "s TDB past J2000",
    "stop": "s TDB past J2000",
    "start_utc": "UTC",
    "magnitude": "1",
    "sigma": "rad",
    "shrink": "1",
}
COURSE_UNITS = {
    "tdb": "s TDB past J2000",
    "utc": "UTC",
    "station": "text",
    "target_sigma": "m",
    "shrink": "1",
    "expected": "1",
    "if_impact": "1",
    "if_miss": "1",
    "low": "1",
    "median": "1",
    "high": "1",
    "chance_ruled_out": "1",
    "chance_certain": "1",
}


def threat_watch(
    said: dict[str, Any], orbit: SmallBodyOrbit | RangedOrbit, impactors: Table, data: DataContext
) -> TaskOutput:
    """Seasons, first nights and the course of the probability of a threat.

    Parameters
    ----------
    said : dict
        What the scenario says of the threat.
    orbit : SmallBodyOrbit or RangedOrbit
        Its orbit.
    impactors : Table
        Its virtual impactors.
    data : DataContext
        Ephemeris, orientation of the Earth, stations.

    Returns
    -------
    TaskOutput
        With the reason in its facts where nothing can be told.
    """
    from moonstead.smallbodies.encounters import encounters
    from moonstead.smallbodies.motion.flight import fly
    from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
    from moonstead.smallbodies.watch.plan import watch_plan
    from moonstead.smallbodies.watch.probability_course import impact_intervals
    from moonstead.smallbodies.watch.sensors import sensor

    if isinstance(orbit, RangedOrbit):
        return TaskOutput(facts=_nothing("the arc is too short for one orbit: look again as soon as it can be seen"))
    if orbit.absolute_magnitude is None:
        return TaskOutput(facts=_nothing("its absolute magnitude is not known; give `magnitude` in the scenario"))
    start = said["watch_from"]
    stop = min(start + said["watch_years"] * JULIAN_YEAR, max(said["until"], start + JULIAN_YEAR))
    worst = _worst(impactors)
    meeting = None if worst is None else float(impactors.columns["tdb"][worst])
    end = stop if meeting is None else max(stop, meeting + BESIDE)
    try:
        pull = pulls(data, min(orbit.tdb, start - LIGHT_TIME), end)
        ends = [tdb for tdb in (start - LIGHT_TIME, end) if tdb != orbit.tdb]
        flight = fly(orbit, ends, pull, with_partials=orbit.covariance is not None)
        stop = min(stop, flight.span[1])
        if not start < stop:
            return TaskOutput(facts=_nothing("the nominal orbit ends before the watch begins"))
        aim = _aim(encounters(flight, pull), impactors, worst, start)
        intervals = None
        if worst is not None and aim is not None and np.isfinite(impactors.columns["offset"][worst]):
            intervals = impact_intervals(
                [impactors.columns["offset"][worst]], [impactors.columns["probability"][worst]]
            )
        chosen = [sensor(code) for code in said["sensors"]] if said["sensors"] else None
        plan = watch_plan(flight, (start, stop), data, sensors=chosen, encounter=aim, intervals=intervals)
    except MoonsteadError as error:
        return TaskOutput(facts=_nothing(str(error)), warnings=(f"{said['name']}: no outlook: {error}",))
    seen = plan.next_seen
    facts = {
        "why_not": None,
        "from_utc": _date(start),
        "until_utc": _date(stop),
        "next_seen_utc": _date(seen),
        "next_seen_by": next(
            (one.sensor.code for one in plan.outlooks if one.first_night is not None and one.first_night[0] == seen),
            None,
        ),
        "encounter_body": None if aim is None else aim.body,
        "encounter_utc": None if aim is None else _date(aim.tdb),
        "encounter_distance": None if aim is None else float(aim.distance),
        "target_sigma": None if plan.improvement is None else float(plan.improvement.target_sigma_now),
        **{
            f"{key}_utc": None if plan.dates is None else _date(getattr(plan.dates, key))
            for key in ("halved", "ruled_out", "certain")
        },
    }
    tables = (_seasons(said["id"], plan), _nights(said["id"], plan), _course(said["id"], plan))
    how = f"clear skies, {len(plan.outlooks)} sensors, from {facts['from_utc']} to {facts['until_utc']}"
    told = facts["next_seen_utc"] or "not in this span"
    figures = (Figure(f"{said['name']}: seen next", told, "UTC", how),)
    return TaskOutput(tables, figures=figures, facts=facts, models=("de440", "hg-magnitudes", "small-bodies"))


def _nothing(why: str) -> dict[str, Any]:
    keys = ("next_seen_utc", "next_seen_by", "halved_utc", "ruled_out_utc", "certain_utc")
    return dict.fromkeys(keys) | {"why_not": why}


def _date(tdb: float | None) -> str | None:
    return None if tdb is None or not math.isfinite(tdb) else str(utc_text([tdb])[0])


def _worst(impactors: Table) -> int | None:
    chance = impactors.columns["probability"]
    return int(np.argmax(chance)) if chance.size and chance.max() > 0.0 else None


def _aim(met: tuple[Encounter, ...], impactors: Table, worst: int | None, start: float) -> Encounter | None:
    """The nominal encounter beside the most probable impact, else the nearest one to come."""
    ahead = [one for one in met if one.tdb > start]
    if worst is not None:
        body, tdb = impactors.columns["body"][worst], impactors.columns["tdb"][worst]
        beside = [one for one in ahead if one.body == body and abs(one.tdb - tdb) < BESIDE]
        if beside:
            return min(beside, key=lambda one: one.distance)
    return min(ahead, key=lambda one: one.distance, default=None)


def _seasons(id: str, plan: WatchPlan) -> Table:
    rows = [
        (one.sensor.code, start, stop, _date(start), _date(stop))
        for one in plan.outlooks
        for start, stop in zip(one.seasons.starts.tolist(), one.seasons.stops.tolist(), strict=True)
    ]
    text = "When each sensor can see the body: bright enough and far enough from the Sun."
    return plain_table(f"threat-seasons.{id}", rows, SEASON_UNITS, text)


def _nights(id: str, plan: WatchPlan) -> Table:
    rows = []
    for one in plan.outlooks:
        if one.first_night is None or one.place is None:
            continue
        gain = math.nan if one.one_night is None else float(one.one_night.shrink[0])
        who = one.sensor
        first, last = one.first_night
        rows.append(
            (
                *(who.code, who.name, who.limiting_magnitude, first, last, _date(first)),
                *(float(one.place.magnitude[0]), float(one.place.semi_major[0]), gain),
            )
        )
    text = (
        "First night of each sensor, how bright the body is then, and what that night alone would leave of its error."
    )
    return plain_table(f"threat-nights.{id}", rows, NIGHT_UNITS, text)


def _course(id: str, plan: WatchPlan) -> Table:
    gained, course = plan.improvement, plan.course
    rows = []
    if gained is not None:
        blank = np.full(gained.tdb.size, np.nan)
        parts = [blank] * 8
        if course is not None:
            parts = [course.expected, course.if_impact, course.if_miss, *course.quantiles.T]
            parts += [course.chance_ruled_out, course.chance_certain]
        rows = [
            (
                *(float(gained.tdb[k]), _date(gained.tdb[k]), plan.codes[k]),
                *(float(gained.target_sigma[k]), float(gained.shrink[k])),
                *(float(part[k]) for part in parts),
            )
            for k in range(gained.tdb.size)
        ]
    text = "What is left of the error at the encounter after each night of a plan, and what the probability may become."
    return plain_table(f"threat-course.{id}", rows, COURSE_UNITS, text)


def threat_history(said: dict[str, Any], data: DataContext) -> TaskOutput:
    """What would have been said about impacts after each night of the observations."""
    from moonstead.smallbodies.astrometry.prepare import prepare_observations
    from moonstead.smallbodies.orbit_fit.from_files import read_files
    from moonstead.smallbodies.watch.history import probability_history

    try:
        read, _ = read_files(said["observations"], object=said["object"])
        prepared = prepare_observations(read, data)
        pull = pulls(data, read.arc()[0], said["until"])
        points = probability_history(prepared, said["until"], pull, data)
    except MoonsteadError as error:
        return TaskOutput(facts={"why_not": str(error)}, warnings=(f"{said['name']}: no history: {error}",))
    rows = [
        (
            *(one.tdb, _date(one.tdb), one.rows, one.arc),
            *(value for k in range(2) for value in (one.probability[k], *one.interval[k])),
            one.reason,
        )
        for one in points
    ]
    units = {"tdb": "s TDB past J2000", "utc": "UTC", "rows": "1", "arc": "s"}
    units |= {f"{body}{part}": "1" for body in ("earth", "moon") for part in ("", "_low", "_high")} | {"reason": "text"}
    text = "Probability of an impact as it would have been told after each night."
    return TaskOutput((plain_table(f"threat-history.{said['id']}", rows, units, text),), facts={"why_not": None})
