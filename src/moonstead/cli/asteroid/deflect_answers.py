"""What `moonstead asteroid deflect` answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.deflection.pushes import PushEffect
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.encounters import Encounter
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers

YEAR = 365.25 * 86_400.0  # [s]
DAY = 86_400.0  # [s]
LEADS = (20.0, 10.0, 5.0, 3.0, 2.0, 1.0, 0.5)  # [a] before the passage, where no dates are given
RADII = 2.0  # of the body: the wanted distance where none is given
USUAL_SPEED = 10e3  # [m/s] of a strike where no window is sought
LAST_STRIKE = 60.0 * DAY  # [s] before the passage: later strikes come too late
MOST_DATES = 400


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked: SI units, dates as text."""

    body: str
    near: str | None
    until: int
    miss: float | None
    pushes: tuple[str, ...]
    mass: float | None
    magnitude: float | None
    spacecraft: float
    tug: float
    tug_start: str | None
    launch: str | None
    flight_days: str
    most_c3: float


def deflection_answer(orbit: SmallBodyOrbit, wishes: Wishes, data: DataContext) -> dict[str, Any]:
    """The answer as plain values with units in their names.

    Raises
    ------
    InvalidInput
        The orbit meets nothing, or a date or number cannot be used.
    """
    from moonstead.foundation.bodies import body
    from moonstead.smallbodies.deflection.needed import needed_pushes
    from moonstead.smallbodies.deflection.pushes import least_distance, push_effect
    from moonstead.smallbodies.motion.perturbers import perturbers

    pull = perturbers(data)
    wanted = wishes.miss if wishes.miss is not None else RADII * body(wishes.body).mean_radius
    met = _passage(orbit, wishes, pull)
    notes: list[str] = []
    moved, met, whose = _moved_orbit(orbit, met, wanted, pull)
    times = _push_times(moved, met, wishes)
    effect = push_effect(moved, met, times, pull)
    pushes = needed_pushes(effect, wanted, pull)
    mass = _mass(wishes, notes)
    spread = _spread(orbit, effect)
    if spread is not None and spread[0] > wanted:
        notes.append(
            f"the fit leaves {spread[0] / 1e3:.0f} km (1 sigma) on the target plane, more than the wanted distance:"
            " other orbits that hit would need pushes of their own; observe first"
        )
    notes.append(
        "pushes are for one passage; whether the moved orbit comes back through a keyhole is for `asteroid impact`"
    )
    return {
        "object": orbit.name,
        "body": wishes.body.lower(),
        "moved_orbit": whose,
        "encounter": {
            "time_utc": _utc(met.tdb),
            "distance_km": least_distance(met, pull) / 1e3,
            "impact": met.impact,
            "speed_at_infinity_km_s": effect.speed_at_infinity / 1e3,
        },
        "wanted_distance_km": wanted / 1e3,
        "target_plane_sigma_km": None if spread is None else [value / 1e3 for value in spread],
        "pushes": [
            {
                "kind": one.kind,
                "time_utc": _utc(one.tdb),
                "lead_years": one.lead / YEAR,
                "delta_v_cm_s": 100.0 * one.size,
                "along_track_cm_s": 100.0 * one.along,
                "delta_v_icrf_cm_s": [100.0 * float(value) for value in one.delta_v],
                "flown_distance_km": one.distance / 1e3,
                "proved": one.proved,
                "momentum_kg_m_s": None if mass is None else mass.as_dict(1.0 / one.size),
            }
            for one in pushes
        ],
        "asteroid_mass_kg": None if mass is None else mass.as_dict(),
        "kinetic_impactor": None if mass is None else _strike(wishes, mass),
        "gravity_tractor": _tractor(effect, wishes, wanted, mass, pull),
        "windows": [] if wishes.launch is None else _windows(effect, wishes, wanted, mass, data, pull, notes),
        "notes": notes,
    }


def _passage(orbit: SmallBodyOrbit, wishes: Wishes, pull: Perturbers) -> Encounter:
    """The passage near a date, or the nearest one until a year."""
    from moonstead.foundation.errors import InvalidInput
    from moonstead.foundation.time.epoch import Epoch
    from moonstead.smallbodies.deflection.pushes import REACH, passage
    from moonstead.smallbodies.encounters import encounters
    from moonstead.smallbodies.motion.flight import fly

    if wishes.near is not None:
        near = _date(wishes.near)
        if near <= orbit.tdb:
            raise InvalidInput(f"--near {wishes.near} lies before the epoch of the orbit; give a later date")
        return passage(orbit, wishes.body, near, pull)
    end = min(Epoch.parse(f"{wishes.until + 1}-01-01T00:00:00", "TDB").tdb(), pull.span[1])
    if end <= orbit.tdb:
        raise InvalidInput(f"--until {wishes.until} ends before the epoch of the orbit; give a later year")
    met = [
        one
        for one in encounters(fly(orbit, end, pull), pull, bodies=(wishes.body,), within=REACH)
        if one.tdb > orbit.tdb
    ]
    if not met:
        raise InvalidInput(
            f"{orbit.name} does not pass {wishes.body.lower()} within 0.3 au until {wishes.until}: nothing to change"
        )
    return min(met, key=lambda one: one.distance)


def _moved_orbit(
    orbit: SmallBodyOrbit, met: Encounter, wanted: float, pull: Perturbers
) -> tuple[SmallBodyOrbit, Encounter, str]:
    """The orbit itself where it passes too near, else the likeliest one that hits."""
    from moonstead.smallbodies.deflection.impactor import most_likely_impactor
    from moonstead.smallbodies.deflection.pushes import least_distance

    if least_distance(met, pull) < wanted:
        return orbit, met, "the orbit itself"
    found = most_likely_impactor(orbit, met, pull)
    return found.orbit, found.encounter, f"the likeliest orbit that hits, {found.sigmas:.2f} sigma from the fitted one"


def _push_times(orbit: SmallBodyOrbit, met: Encounter, wishes: Wishes) -> list[float]:
    from moonstead.foundation.errors import InvalidInput

    if wishes.pushes:
        times = [_date(text) for text in wishes.pushes]
        if max(times) >= met.tdb:
            raise InvalidInput(f"a push lies after the passage on {_utc(met.tdb)[:10]}; give earlier dates")
        return sorted(times)
    times = [met.tdb - lead * YEAR for lead in LEADS if met.tdb - lead * YEAR > orbit.tdb]
    return times or [0.5 * (orbit.tdb + met.tdb)]


def _mass(wishes: Wishes, notes: list[str]) -> Interval | None:
    """Mass [kg] as given, or from the magnitude."""
    from moonstead.smallbodies.effects.interval import Interval
    from moonstead.smallbodies.hazard_scales import size_of_magnitude

    if wishes.mass is not None:
        return Interval(wishes.mass, wishes.mass, wishes.mass)
    if wishes.magnitude is None:
        notes.append("neither --mass nor a magnitude is known: strikes and momenta are not told")
        return None
    notes.append(f"the mass is that of H = {wishes.magnitude:.2f} with usual albedo and density, within the span told")
    return size_of_magnitude(wishes.magnitude).mass


def _spread(orbit: SmallBodyOrbit, effect: PushEffect) -> tuple[float, float] | None:
    """Standard deviations [m] of the fit on the target plane, the larger one first."""
    covariance = replace(effect, orbit=orbit).plane_covariance()
    if covariance is None:
        return None
    small, large = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance), 0.0))
    return float(large), float(small)


def _strike(wishes: Wishes, mass: Interval) -> dict[str, Any]:
    from moonstead.smallbodies.deflection.kinetic import MOMENTUM_ENHANCEMENT, kinetic_push

    levels = MOMENTUM_ENHANCEMENT

    def speed(asteroid: float, enhancement: float) -> float:
        push = kinetic_push(wishes.spacecraft, asteroid, [USUAL_SPEED, 0.0, 0.0], enhancement)
        return float(100.0 * push[0])

    return {
        "spacecraft_mass_kg": wishes.spacecraft,
        "assumed_speed_km_s": USUAL_SPEED / 1e3,
        "momentum_enhancement": levels.as_dict(),
        "delta_v_cm_s": {
            "low": speed(mass.high, levels.low),
            "nominal": speed(mass.nominal, levels.nominal),
            "high": speed(mass.low, levels.high),
        },
    }


def _tractor(
    effect: PushEffect, wishes: Wishes, wanted: float, mass: Interval | None, pull: Perturbers
) -> dict[str, Any] | None:
    from moonstead.foundation.errors import InvalidInput
    from moonstead.smallbodies.deflection.tug import gravity_tractor, tug_plan
    from moonstead.smallbodies.effects.impactor import USUAL_DENSITY

    if mass is None:
        return None
    start = float(effect.push_tdb.min()) if wishes.tug_start is None else _date(wishes.tug_start)
    if start >= effect.encounter.tdb:
        raise InvalidInput(
            f"--tug-start lies after the passage on {_utc(effect.encounter.tdb)[:10]}; give an earlier date"
        )
    radius = (3.0 * mass.nominal / (4.0 * np.pi * USUAL_DENSITY)) ** (1.0 / 3.0)
    hover = 1.5 * radius
    plan = tug_plan(effect, start, gravity_tractor(wishes.tug, hover), wanted, pull)
    return {
        "spacecraft_mass_kg": wishes.tug,
        "hover_distance_m": hover,
        "start_utc": _utc(plan.start_tdb),
        "acceleration_m_s2": plan.acceleration,
        "duration_days": plan.duration / DAY,
        "delta_v_cm_s": 100.0 * plan.delta_v,
        "flown_distance_km": plan.distance / 1e3,
    }


def _windows(
    effect: PushEffect,
    wishes: Wishes,
    wanted: float,
    mass: Interval | None,
    data: DataContext,
    pull: Perturbers,
    notes: list[str],
) -> list[dict[str, Any]]:
    from moonstead.cli.transfer.windows import date_window, day_span
    from moonstead.foundation.errors import InvalidInput
    from moonstead.orbits.transfers.interplanetary_bodies import EphemerisBody
    from moonstead.smallbodies.deflection.windows import FlownBody, strike_windows
    from moonstead.smallbodies.motion.flight import fly

    if mass is None:
        raise InvalidInput("--launch needs the asteroid's mass: give --mass or --h")
    first, last = date_window(wishes.launch or "", "UTC")
    shortest, longest = day_span(wishes.flight_days)
    latest = effect.encounter.tdb - LAST_STRIKE
    if first + shortest >= latest:
        raise InvalidInput(f"a launch in {wishes.launch} strikes too late for the passage; give earlier dates")
    departures = np.linspace(first, last, min(MOST_DATES, max(2, int((last - first) / (5.0 * DAY)))))
    arrivals = np.linspace(first + shortest, min(last + longest, latest), MOST_DATES)
    flight = fly(effect.orbit, [first, latest], pull)
    found = strike_windows(
        effect,
        EphemerisBody("EARTH BARYCENTER", data),
        FlownBody(flight, pull),
        departures,
        arrivals,
        mass.nominal,
        wanted,
        pull,
        most_c3=wishes.most_c3,
        durations=(shortest, longest),
    )
    if not found:
        notes.append(f"no launch in {wishes.launch} reaches it within c3 {wishes.most_c3 / 1e6:g} km2/s2")
    return [
        {
            "launch_utc": _utc(one.departure_tdb),
            "strike_utc": _utc(one.arrival_tdb),
            "c3_km2_s2": one.c3 / 1e6,
            "relative_speed_km_s": float(np.linalg.norm(one.relative_velocity)) / 1e3,
            "spacecraft_mass_kg": one.spacecraft_mass.as_dict(),
        }
        for one in found
    ]


def _date(text: str) -> float:
    """Time [s TDB past J2000] of a date in UTC."""
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.parse(text if "T" in text else f"{text}T00:00:00Z").tdb()


def _utc(tdb: float) -> str:
    from moonstead.foundation.time.epoch import Epoch

    return Epoch.from_tdb(tdb).text("UTC", 0)
