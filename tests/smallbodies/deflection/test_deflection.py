"""Pushes, strikes and tugs: closed forms, published cases, and new flights as the proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.interplanetary_bodies import SUN_GM, EphemerisBody
from moonstead.orbits.transfers.porkchop import porkchop
from moonstead.smallbodies.deflection.impactor import LikelyImpactor, most_likely_impactor
from moonstead.smallbodies.deflection.kinetic import MOMENTUM_ENHANCEMENT, kinetic_push, strikes
from moonstead.smallbodies.deflection.needed import needed_factor, needed_pushes
from moonstead.smallbodies.deflection.pushes import PushEffect, least_distance, passage, push_effect, pushed
from moonstead.smallbodies.deflection.tug import gravity_tractor, ion_beam, tug_plan
from moonstead.smallbodies.deflection.windows import FlownBody, strike_windows
from moonstead.smallbodies.impact.target_plane import target_plane
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.perturbers import Perturbers, perturbers
from moonstead.smallbodies.motion.places import body_states
from moonstead.smallbodies.published_orbit import read_published_orbit

YEAR = 365.25 * 86_400.0  # [s]
MOON_RADIUS = body("MOON").mean_radius
WANTED = 2.0 * MOON_RADIUS
# A new flight must keep a wanted distance as `needed.CLOSE` promises; 10 % more for the steady push in 60 parts.
CLOSE, CLOSE_TUG = 1.0e-3, 5.0e-3
# First order in the push: its square, and what the partials leave out near the Earth of 2028.
LINEAR = 0.02


@pytest.fixture(scope="module")
def data() -> DataContext:
    return DataContext.installed()


@pytest.fixture(scope="module")
def pull(data: DataContext) -> Perturbers:
    return perturbers(data)


@pytest.fixture(scope="module")
def impactor(shared_data: Path, data: DataContext, pull: Perturbers) -> LikelyImpactor:
    """The likeliest orbit of 2024 YR4 that strikes the Moon in 2032."""
    orbit = read_published_orbit(shared_data / "smallbodies" / "sbdb_2024YR4_phys.json", data)
    met = passage(orbit, "MOON", Epoch.parse("2032-12-22T12:00:00Z").tdb(), pull)
    return most_likely_impactor(orbit, met, pull)


@pytest.fixture(scope="module")
def effect(impactor: LikelyImpactor, pull: Perturbers) -> PushEffect:
    times = impactor.encounter.tdb - YEAR * np.array([5.0, 3.0, 1.0])
    return push_effect(impactor.orbit, impactor.encounter, times, pull)


def test_the_likeliest_impactor_of_2032_lies_well_within_the_errors(impactor: LikelyImpactor, pull: Perturbers) -> None:
    assert impactor.encounter.impact
    assert least_distance(impactor.encounter, pull) < MOON_RADIUS
    # The nominal passes 10 682 km away and the line of variations is 24 681 km long: less than half a sigma.
    assert 0.3 < impactor.sigmas < 0.5


def test_pushes_do_what_their_derivatives_say(effect: PushEffect, pull: Perturbers) -> None:
    random = np.random.default_rng(2)
    for row, tdb in enumerate(effect.push_tdb):
        change = random.normal(size=3) * 1e-4
        moved = pushed(effect.orbit, float(tdb), change, pull)
        flight = fly(moved, effect.encounter.tdb, pull, stop_at_impact=False)
        there = flight.state(effect.encounter.tdb) - body_states("MOON", effect.encounter.tdb, pull)
        point = effect.axes[[0, 2]] @ target_plane(there, effect.gm).point[0]
        assert point - effect.point == pytest.approx(
            effect.gain[row] @ change, rel=LINEAR, abs=LINEAR * np.linalg.norm(effect.gain[row] @ change)
        )


def test_needed_pushes_are_proved_by_new_flights(effect: PushEffect, pull: Perturbers) -> None:
    found = needed_pushes(effect, WANTED, pull)
    assert all(one.proved for one in found)
    for one in found:
        met = passage(pushed(effect.orbit, one.tdb, one.delta_v, pull), "MOON", effect.encounter.tdb, pull)
        assert least_distance(met, pull) == pytest.approx(WANTED, rel=CLOSE)
        assert not met.impact
    along = [one for one in found if one.kind == "along-track"]
    best = [one for one in found if one.kind == "best"]
    # Any direction is at least as good as one of them, and an earlier push is a smaller one.
    assert all(b.size <= a.size * 1.001 for a, b in zip(along, best, strict=True))
    assert best[0].size < best[1].size < best[2].size


def test_the_best_direction_is_the_best_of_ten_thousand(effect: PushEffect) -> None:
    from moonstead.smallbodies.deflection.needed import _best

    random = np.random.default_rng(3)
    tried = random.normal(size=(10_000, 3))
    tried /= np.linalg.norm(tried, axis=1)[:, np.newaxis]
    wanted = effect.plane_distance(WANTED)
    for row in range(3):
        sizes = needed_factor(effect.point, tried @ effect.gain[row].T, wanted)
        best = _best(effect, row, wanted)
        assert np.linalg.norm(effect.point + effect.gain[row] @ best) == pytest.approx(wanted, rel=1e-6)
        assert np.linalg.norm(best) <= sizes.min() * (1.0 + 1e-6)
        # Directions a degree apart cost a part in a thousand.
        assert np.linalg.norm(best) == pytest.approx(sizes.min(), rel=0.02)


@pytest.mark.truth
def test_early_pushes_follow_the_analytic_formula(
    effect: PushEffect, pull: Perturbers, validation: Callable[..., None]
) -> None:
    # Izzo (2007): shift = 3 a v_E sin(theta) / mu * (v . dv) * t, secular part, for a push along the motion; it counts
    # the time alone and leaves out the turn of the phase, so years without an encounter in between are compared.
    encounter = effect.encounter
    sun = body_states("SUN", encounter.tdb, pull)[0]
    moon = body_states("MOON", encounter.tdb, pull)[0]
    heliocentric = encounter.state + moon - sun
    energy = 0.5 * heliocentric[3:] @ heliocentric[3:] - SUN_GM / np.linalg.norm(heliocentric[:3])
    semi_major_axis = -SUN_GM / (2.0 * energy)
    target_velocity = moon[3:] - sun[3:]
    incoming = effect.axes[1]
    across = np.linalg.norm(target_velocity - (target_velocity @ incoming) * incoming)
    period = 2.0 * np.pi * np.sqrt(semi_major_axis**3 / SUN_GM)
    # A whole period before: the periodic part vanishes there. 2028-12 (the encounter with the Earth) lies before it.
    times = [encounter.tdb - period + 20.0 * 86_400.0]
    one = push_effect(effect.orbit, encounter, times, pull)
    velocity = one.state[0, 3:]
    speed = np.linalg.norm(velocity)
    analytic = 3.0 * semi_major_axis * across / SUN_GM * speed * (encounter.tdb - times[0])
    ours = np.linalg.norm(one.gain[0] @ (velocity / speed))
    # The formula knows neither the Earth's pull on the way to the Moon nor the planets.
    validation(
        capability="Deflection of asteroids",
        quantity="shift on the target plane by a push along the motion, one turn before",
        authority="Izzo (2007), secular formula",
        error=abs(ours / analytic - 1.0),
        unit="1",
        tolerance=0.25,
        cases=1,
    )


@pytest.mark.truth
def test_dart_pushed_dimorphos_as_published() -> None:
    # Cheng et al. (2023): 579.4 kg at 6.1449 km/s on 4.3e9 kg (2400 kg/m3), beta 3.61, gave -2.70 +- 0.10 mm/s along
    # the track; the strike came within 10 degrees of it and the ejecta flew up to 18 degrees off, hence 15 %.
    push = kinetic_push(579.4, 4.3e9, [6_144.9, 0.0, 0.0], MOMENTUM_ENHANCEMENT.nominal)
    assert push[0] == pytest.approx(2.70e-3, rel=0.15)
    assert kinetic_push(579.4, 4.3e9, [6_144.9, 0.0, 0.0], 1.0)[0] == pytest.approx(579.4 * 6_144.9 / 4.3e9)


@pytest.mark.truth
def test_a_tractor_pulls_as_published() -> None:
    # Lu & Love (2005): 4.2e-3 m/s in a year of hovering, for 20 t at 100 m.
    assert gravity_tractor(20_000.0, 100.0) * YEAR == pytest.approx(4.2e-3, rel=0.01)
    assert ion_beam(0.1, 1e9, 1.0) == pytest.approx(1e-10)


def test_strikes_of_the_needed_mass_bring_the_wanted_passage(effect: PushEffect, pull: Perturbers) -> None:
    velocity = np.tile([3_000.0, -8_000.0, 2_000.0], (3, 1))
    found = strikes(effect, velocity, 2.2e8, WANTED)
    assert np.all(np.diff(found.spacecraft_mass, axis=1) > 0.0)
    push = kinetic_push(float(found.spacecraft_mass[1, 1]), 2.2e8, velocity[1], MOMENTUM_ENHANCEMENT.nominal)
    met = passage(pushed(effect.orbit, float(effect.push_tdb[1]), push, pull), "MOON", effect.encounter.tdb, pull)
    assert least_distance(met, pull) == pytest.approx(WANTED, rel=LINEAR)


def test_a_tug_takes_the_time_that_it_says(effect: PushEffect, pull: Perturbers) -> None:
    start = effect.encounter.tdb - 3.0 * YEAR
    plan = tug_plan(effect, start, 1e-9, WANTED, pull)
    assert plan.distance == pytest.approx(WANTED, rel=CLOSE_TUG)
    assert plan.delta_v == pytest.approx(1e-9 * plan.duration)
    # A push that takes months is less good than one at its begin, better than one a year before the passage.
    along = {one.tdb: one.size for one in needed_pushes(effect, WANTED, pull) if one.kind == "along-track"}
    assert along[float(effect.push_tdb[1])] < plan.delta_v < along[float(effect.push_tdb[2])]
    weak = tug_plan(effect, start, 1e-13, WANTED, pull)
    assert np.isnan(weak.duration)
    assert weak.distance < WANTED


def test_windows_are_those_of_the_porkchop(effect: PushEffect, data: DataContext, pull: Perturbers) -> None:
    flight = fly(effect.orbit, effect.encounter.tdb - 0.5 * YEAR, pull)
    departures = effect.encounter.tdb - 86_400.0 * np.arange(1300.0, 1900.0, 20.0)
    arrivals = effect.encounter.tdb - 86_400.0 * np.arange(1100.0, 1700.0, 20.0)
    asteroid, earth = FlownBody(flight, pull), EphemerisBody("EARTH BARYCENTER", data)
    found = strike_windows(
        effect,
        earth,
        asteroid,
        departures,
        arrivals,
        2.2e8,
        WANTED,
        pull,
        most_c3=60e6,
        durations=(60 * 86_400.0, np.inf),
    )
    assert 0 < len(found) <= 10
    assert len({one.departure_tdb for one in found}) == len(found)
    nominal = [one.spacecraft_mass.nominal for one in found]
    assert nominal == sorted(nominal)
    one = found[0]
    cell = porkchop(earth, asteroid, [one.departure_tdb], [one.arrival_tdb])
    assert one.c3 == pytest.approx(float(cell.c3[0, 0]))
    assert np.linalg.norm(one.relative_velocity) == pytest.approx(float(cell.arrival_v_infinity[0, 0]))


@given(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6), st.floats(-10.0, 10.0), st.floats(0.1, 10.0), st.floats(1.0, 5.0))
def test_needed_factors_end_on_the_circle(x: float, z: float, a: float, b: float, wanted: float) -> None:
    point, shift = np.array([x, z]), np.array([a, b])
    factor = float(needed_factor(point, shift, wanted))
    assert factor > 0.0
    assert np.linalg.norm(point + factor * shift) == pytest.approx(wanted, rel=1e-9)


def test_what_makes_no_sense_is_refused(effect: PushEffect, impactor: LikelyImpactor, pull: Perturbers) -> None:
    with pytest.raises(InvalidInput, match="before the passage"):
        push_effect(impactor.orbit, impactor.encounter, impactor.encounter.tdb + 1.0, pull)
    with pytest.raises(InvalidInput, match="already passes"):
        needed_pushes(effect, 1000.0, pull)
    with pytest.raises(InvalidInput, match="positive"):
        needed_pushes(effect, -1.0, pull)
    with pytest.raises(InvalidInput, match="no covariance"):
        most_likely_impactor(impactor.orbit, impactor.encounter, pull)
    for wrong in ((0.0, 1.0, 2.0), (1.0, -1.0, 2.0), (1.0, 1.0, 0.5)):
        with pytest.raises(InvalidInput, match="strike"):
            kinetic_push(wrong[0], wrong[1], [1.0, 0.0, 0.0], wrong[2])
    with pytest.raises(InvalidInput, match="tractor"):
        gravity_tractor(-1.0, 100.0)
    with pytest.raises(InvalidInput, match="ion beam"):
        ion_beam(1.0, 1e9, 1.5)
    with pytest.raises(InvalidInput, match="acceleration"):
        tug_plan(effect, float(effect.push_tdb[0]), 0.0, WANTED, pull)
    with pytest.raises(InvalidInput, match="pairs of dates"):
        strike_windows(effect, None, None, [], [], 1.0, WANTED, pull, most_c3=1.0)  # type: ignore[arg-type]


@pytest.mark.truth
def test_ten_years_ahead_a_centimetre_a_second_moves_apophis_by_an_earth_radius(
    shared_data: Path, data: DataContext, pull: Perturbers
) -> None:
    orbit = read_published_orbit(shared_data / "smallbodies" / "sbdb_99942_phys.json", data)
    met = passage(orbit, "EARTH", Epoch.parse("2029-04-13T21:46:00Z").tdb(), pull)
    assert met.distance == pytest.approx(38_012e3, abs=2e3)
    one = push_effect(orbit, met, met.tdb - 10.0 * YEAR, pull)
    (along, _) = needed_pushes(one, met.distance + body("EARTH").mean_radius, pull)
    # Ahrens & Harris (1992) give "of the order of 1 cm/s a decade before"; their own formula 0.07 m/s over the years.
    assert along.proved
    assert 0.002 < along.size < 0.02
    covariance = one.plane_covariance()
    assert covariance is not None
    # Clones of JPL#220 spread by about a kilometre at the passage; the target plane holds that to a factor of three.
    assert 300.0 < np.sqrt(np.linalg.eigvalsh(covariance)[-1]) < 3_000.0
