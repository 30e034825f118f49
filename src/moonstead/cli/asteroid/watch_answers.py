"""What `moonstead asteroid watch` answers: the outlook as plain values with their units in the keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.encounters import Encounter
    from moonstead.smallbodies.impact.answer import ImpactAnswer, VirtualImpactor
    from moonstead.smallbodies.motion.flight import Flight
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.watch.plan import SensorOutlook, WatchPlan
    from moonstead.smallbodies.watch.sensors import Sensor
    from moonstead.smallbodies.watch.sky_place import SkyPlaces

DAY, KILOMETRE = 86_400.0, 1e3  # [s], [m]
ANYWHERE = 1e9  # [m] distance that a reach is scaled from
LEAD = 3.0 * DAY  # [s] of flight before the first look, for the light time
LEADS = (1.0, 2.0, 3.0, 5.0, 8.0)  # [julian years] of a push before the encounter


def watch_answer(
    orbit: SmallBodyOrbit,
    replayed: PreparedObservations | None,
    span: tuple[float, float],
    data: DataContext,
    *,
    sensors: Sequence[Sensor],
    search_impacts: bool,
    delta_v: float,
    miss: float,
    notice: float,
    table: tuple[str | None, float, int, Path | None],
    notes: list[str],
) -> dict[str, Any]:
    """The whole answer."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.encounters import encounters
    from moonstead.smallbodies.motion.flight import fly
    from moonstead.smallbodies.motion.perturbers import perturbers
    from moonstead.smallbodies.watch.plan import watch_plan
    from moonstead.smallbodies.watch.probability_course import impact_intervals

    begin = min(orbit.tdb, span[0] - LEAD)
    pull = perturbers(data, start_tdb=begin - 400 * DAY, stop_tdb=span[1] + 10 * DAY)
    known = orbit.covariance is not None
    ends = [end for end in (begin, span[1]) if end != orbit.tdb]
    flight = fly(orbit, ends, pull, with_partials=known)
    if flight.ended_by:
        notes.append(f"the nominal orbit ends on the {flight.ended_by.title()} at {_date(flight.span[1])}")
    stop = min(span[1], flight.span[1])
    if not span[0] < stop:
        raise InvalidInput(
            f"{orbit.name} meets the {flight.ended_by.title()} at {_date(stop)}, before the watch begins at "
            f"{_date(span[0])}; give an earlier --at"
        )
    met = [one for one in encounters(flight, pull) if one.tdb > span[0]]
    answer = impactor = None
    if search_impacts and known:
        from moonstead.smallbodies.impact.search import impact_probabilities

        answer = impact_probabilities(orbit, span[1], pull, data)
        impactor = _worst(answer)
        notes += list(answer.notes)
    elif not known:
        notes.append("the orbit has no covariance: nothing is said about errors and impacts")
    aim = _aim(met, impactor)
    intervals = (
        None
        if impactor is None or aim is None or not math.isfinite(impactor.offset)
        else impact_intervals([impactor.offset], [impactor.probability])
    )
    plan = watch_plan(flight, (span[0], stop), data, sensors=sensors, encounter=aim, intervals=intervals)
    row: dict[str, Any] = {
        "object": orbit.name,
        "absolute_magnitude": orbit.absolute_magnitude,
        "slope": orbit.slope,
        "orbit_source": orbit.source,
        "from_utc": _date(span[0]),
        "until_utc": _date(stop),
        "next_seen_utc": None if plan.next_seen is None else _date(plan.next_seen),
        "next_seen_by": _first_code(plan),
        "sensors": [_sensor(one) for one in plan.outlooks],
        "encounter": None if aim is None else _encounter(aim, plan),
        "probability": _probability(answer),
        "plan": _plan(plan),
        "decision_dates": _dates(plan),
        "last_push": _push(orbit, aim, span[0], delta_v, miss, pull),
        "evacuate_by_utc": None if impactor is None else _date(impactor.tdb.value - notice),
        "radar": _radar(orbit),
        "ephemeris": _ephemeris(flight, span[0], data, known, *table),
        "history": _history(replayed, span[1], pull, data),
        "notes": notes,
    }
    return row | {"lines": _lines(row)}


def _worst(answer: ImpactAnswer) -> VirtualImpactor | None:
    """The most probable virtual impactor on any body."""
    every = [one for body in answer.bodies for one in body.impactors]
    return max(every, key=lambda one: one.probability, default=None)


def _aim(met: list[Encounter], impactor: VirtualImpactor | None) -> Encounter | None:
    """The encounter that the watch is for: beside the worst impactor, else the nearest one."""
    if impactor is not None:
        beside = [one for one in met if one.body == impactor.body and abs(one.tdb - impactor.tdb.value) < 20 * DAY]
        if beside:
            return min(beside, key=lambda one: one.distance)
    return min(met, key=lambda one: one.distance, default=None)


def _first_code(plan: WatchPlan) -> str | None:
    firsts = [(one.first_night[0], one.sensor.code) for one in plan.outlooks if one.first_night is not None]
    return min(firsts)[1] if firsts else None


def _sensor(one: SensorOutlook) -> dict[str, Any]:
    night = None
    if one.first_night is not None and one.place is not None:
        night = {"start_utc": _date(one.first_night[0]), "stop_utc": _date(one.first_night[1])} | _place(one.place, 0)
    gain = None
    if one.one_night is not None:
        gain = {
            "target_sigma_km": float(one.one_night.target_sigma[0]) / KILOMETRE,
            "shrink": float(one.one_night.shrink[0]),
        }
    who = one.sensor
    return {
        "code": who.code,
        "name": who.name,
        "kind": who.kind,
        "limiting_magnitude": who.limiting_magnitude,
        "accuracy_arcsec": _arcsec(who.accuracy),
        "seasons": [
            {"start_utc": _date(start), "stop_utc": _date(stop)}
            for start, stop in zip(one.seasons.starts, one.seasons.stops, strict=True)
        ],
        "first_night": night,
        "one_night": gain,
        "source": who.source,
        "certainty": who.certainty,
    }


def _place(places: SkyPlaces, k: int) -> dict[str, Any]:
    from moonstead.foundation.constants import ASTRONOMICAL_UNIT

    return {
        "time_utc": _date(places.tdb[k]),
        "right_ascension_deg": math.degrees(places.right_ascension[k]),
        "declination_deg": math.degrees(places.declination[k]),
        "rate_arcsec_min": _arcsec(places.rate[k]) * 60.0,
        "position_angle_deg": math.degrees(places.position_angle[k]),
        "distance_au": float(places.distance[k]) / ASTRONOMICAL_UNIT,
        "sun_distance_au": float(places.sun_distance[k]) / ASTRONOMICAL_UNIT,
        "elongation_deg": math.degrees(places.elongation[k]),
        "phase_deg": math.degrees(places.phase[k]),
        "moon_separation_deg": math.degrees(places.moon_separation[k]),
        "moon_lit": float(places.moon_lit[k]),
        "magnitude": float(places.magnitude[k]),
        "sigma_major_arcsec": _arcsec(places.semi_major[k]),
        "sigma_minor_arcsec": _arcsec(places.semi_minor[k]),
        "ellipse_angle_deg": math.degrees(places.ellipse_angle[k]),
    }


def _encounter(aim: Encounter, plan: WatchPlan) -> dict[str, Any]:
    sigma = None if plan.improvement is None else plan.improvement.target_sigma_now / KILOMETRE
    return {
        "body": aim.body.lower(),
        "time_utc": _date(aim.tdb),
        "distance_km": aim.distance / KILOMETRE,
        "target_sigma_km": sigma,
    }


def _probability(answer: ImpactAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {one.body.lower(): {"probability": one.probability, "interval": list(one.interval)} for one in answer.bodies}


def _plan(plan: WatchPlan) -> list[dict[str, Any]]:
    if plan.improvement is None:
        return []
    rows = []
    for k, code in enumerate(plan.codes):
        row = {
            "code": code,
            "until_utc": _date(plan.improvement.tdb[k]),
            "sky_sigma_before_arcsec": _arcsec(plan.improvement.sky_before[k]),
            "target_sigma_km": float(plan.improvement.target_sigma[k]) / KILOMETRE,
            "shrink": float(plan.improvement.shrink[k]),
        }
        if plan.course is not None:
            row |= {
                "probability_expected": float(plan.course.expected[k]),
                "probability_if_impact": float(plan.course.if_impact[k]),
                "probability_if_miss": float(plan.course.if_miss[k]),
                "probability_quantiles_5_50_95": plan.course.quantiles[k].tolist(),
                "chance_ruled_out": float(plan.course.chance_ruled_out[k]),
                "chance_certain": float(plan.course.chance_certain[k]),
            }
        rows.append(row)
    return rows


def _dates(plan: WatchPlan) -> dict[str, Any] | None:
    if plan.dates is None:
        return None
    found = {"halved": plan.dates.halved, "ruled_out": plan.dates.ruled_out, "certain": plan.dates.certain}
    return {f"{name}_utc": None if tdb is None else _date(tdb) for name, tdb in found.items()}


def _push(
    orbit: SmallBodyOrbit, aim: Encounter | None, start: float, delta_v: float, miss: float, pull: Perturbers
) -> dict[str, Any] | None:
    """What a deflection would need, by lead, and the last date for what is at hand."""
    import numpy as np

    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.deflection.pushes import push_effect
    from moonstead.smallbodies.watch.decision_dates import last_push

    if aim is None or aim.tdb - start < 20 * DAY:
        return None
    if not miss > 0.0:
        raise InvalidInput(f"--miss must be positive; got {miss!r} m")
    times = np.linspace(start, aim.tdb - 10 * DAY, 400)
    # the best direction moves the body by the largest singular value; no other does it with less
    needed = miss / np.linalg.svd(push_effect(orbit, aim, times, pull).gain, compute_uv=False)[:, 0]
    at = last_push(times, needed, delta_v)
    year = 365.25 * DAY
    leads = [lead for lead in LEADS if start <= aim.tdb - lead * year]
    by_lead = np.interp([aim.tdb - lead * year for lead in leads], times, needed)
    return {
        "miss_km": miss / KILOMETRE,
        "delta_v_m_s": delta_v,
        "last_utc": None if at is None else _date(at),
        "needed": [
            {"lead_years": lead, "delta_v_m_s": float(value)} for lead, value in zip(leads, by_lead, strict=True)
        ],
    }


def _radar(orbit: SmallBodyOrbit) -> dict[str, Any] | None:
    """How far off a planetary radar gets an echo of a body of this size, turning slowly and fast."""
    from moonstead.smallbodies.hazard_scales import diameter_of_magnitude
    from moonstead.smallbodies.watch.radar import FAST_ROTATION, GOLDSTONE, RADAR_ALBEDO, SEEN, SLOW_ROTATION, radar_snr

    if orbit.absolute_magnitude is None:
        return None
    diameter = diameter_of_magnitude(orbit.absolute_magnitude)

    def reach(period: float) -> float:
        near = float(radar_snr(GOLDSTONE, ANYWHERE, diameter, rotation_period=period)[0])
        return ANYWHERE * (near / SEEN) ** 0.25 / KILOMETRE

    return {
        "radar": GOLDSTONE.name,
        "diameter_m": diameter,
        "radar_albedo": RADAR_ALBEDO,
        "farthest_km": reach(SLOW_ROTATION),
        "farthest_fast_rotator_km": reach(FAST_ROTATION),
    }


def _ephemeris(
    flight: Flight,
    start: float,
    data: DataContext,
    known: bool,
    observer: str | None,
    step: float,
    rows: int,
    path: Path | None,
) -> list[dict[str, Any]]:
    import numpy as np

    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.watch.sky_place import sky_places

    if observer is None:
        return []
    if not step > 0.0:
        raise InvalidInput(f"the step of a table must be positive; got {step!r} s")
    times = start + step * np.arange(rows)
    if times[-1] > flight.span[1]:
        raise InvalidInput(f"the table runs past the end of the watch, {_date(flight.span[1])}; take fewer --rows")
    places = sky_places(flight, _observer(observer, path, data), times, data, ellipses=known)
    return [_place(places, k) for k in range(rows)]


def _observer(name: str, path: Path | None, data: DataContext) -> Trajectory:
    from moonstead.foundation.errors import MissingData
    from moonstead.smallbodies.watch.sensors import station_point

    scenario = None
    if path is not None:
        from moonstead.scenario.load import load_scenario

        scenario = load_scenario(path).scenario
    try:
        return station_point(name, data)
    except MissingData:
        from moonstead.cli.objects import object_named

        return object_named(name, scenario, data)


def _history(
    prepared: PreparedObservations | None, until: float, pull: Perturbers, data: DataContext
) -> list[dict[str, Any]]:
    from moonstead.smallbodies.watch.history import probability_history

    if prepared is None:
        return []
    return [
        {
            "until_utc": _date(point.tdb),
            "rows": point.rows,
            "arc_d": point.arc / DAY,
            "reason": point.reason,
            **{
                body.lower(): {"probability": float(chance), "interval": interval.tolist()}
                for body, chance, interval in zip(point.bodies, point.probability, point.interval, strict=True)
            },
        }
        for point in probability_history(prepared, until, pull, data)
    ]


def _lines(row: dict[str, Any]) -> list[str]:
    """What a person wants to read first."""
    lines = []
    aim = row["encounter"]
    if aim is not None:
        sigma = "" if aim["target_sigma_km"] is None else f", 1 sigma {aim['target_sigma_km']:.3g} km along the line"
        lines.append(f"passes the {aim['body'].title()} at {aim['distance_km']:.6g} km, {aim['time_utc']}{sigma}")
    for body, told in (row["probability"] or {}).items():
        low, high = told["interval"]
        lines.append(f"impact on the {body.title()}: {told['probability']:.3g} ({low:.3g} to {high:.3g})")
    dates = row["decision_dates"]
    if dates is not None:
        lines.append(f"sigma halved by {dates['halved_utc'] or 'none of the nights'}")
        lines.append(f"if it misses, ruled out by {dates['ruled_out_utc'] or 'none of the nights'}")
        lines.append(f"if it hits, certain by {dates['certain_utc'] or 'none of the nights'}")
    push = row["last_push"]
    if push is not None:
        last = push["last_utc"] or "never within the span"
        lines.append(f"last date to move it {push['miss_km']:g} km by {push['delta_v_m_s']:g} m/s: {last}")
    for point in row["history"]:
        told = ", ".join(f"{body} {point[body]['probability']:.3g}" for body in ("earth", "moon") if body in point)
        lines.append(f"{point['until_utc']}  {point['rows']} rows  {point['reason'] or told}")
    return lines


def _date(tdb: float) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(float(tdb)).text("UTC", 0) + "Z"


def _arcsec(angle: float) -> float:
    return math.degrees(float(angle)) * 3600.0
