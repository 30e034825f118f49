"""Authority: LRO's flown burns, Gauss's equations, and runs without errors, which must cost what the swing says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.dispersions import BurnErrors
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.frozen_ellipse import frozen_inclination
from moonstead.orbits.keeping.apsides_control import keep_low_orbit, monthly_swing
from moonstead.orbits.keeping.keeping_errors import KeepingErrors
from moonstead.orbits.keeping.phase_control import apsides_turn_cost, keep_ellipse
from moonstead.orbits.lunar.low_frozen import SIDEREAL_MONTH
from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape, held_axes, start_states

START = 1_104_494_400.0  # [s TDB past J2000] 2035-01-01T00:00:00 TDB
DAY, YEAR = 86_400.0, 365.25 * 86_400.0
POLAR = 0.5 * math.pi
EXACT = KeepingErrors(0.0, 0.0)
USUAL = KeepingErrors(50.0, 0.005, BurnErrors(0.0, 0.005, 0.0, 0.006), unload=0.003)
FROM_PATTERN = 0.05  # [1] burns begin on places 3 deg apart and act on osculating, not mean elements


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def relay(data):
    plain = LunarShape.of_period(500e3, DAY, 0.0, 0.0)
    shape = LunarShape.of_period(500e3, DAY, frozen_inclination(plain.eccentricity), POLAR)
    state = start_states(shape.elements(2.0, math.pi), held_axes(EARTH_ORBIT, START, data))[0]
    return propagate(OrbitState(state, START), START + 130 * DAY, ForceModel(degree=8), data, step_tolerance=1e-10)


def cost_of(swing, altitude, interval=SIDEREAL_MONTH):
    speed = math.sqrt(body("MOON").gm / (LUNAR_MAP_RADIUS + altitude))
    return 0.5 * speed * float(np.hypot(*swing.vectors[-1])) * YEAR / interval


@pytest.mark.truth
def test_lros_mapping_orbit_costs_what_lro_flew(data, validation):
    """LRO held 50 km with two burns in each sidereal month, about 11 m/s together (recalled from flight reports)."""
    swing = monthly_swing(50e3, POLAR, 0.0, START, ForceModel(degree=50), data)
    monthly = cost_of(swing, 50e3) * SIDEREAL_MONTH / YEAR
    validation(
        capability="keeping of low lunar orbits",
        quantity="change of velocity in a sidereal month at 50 km, polar",
        authority="LRO as flown, about 11 m/s (recalled)",
        error=abs(monthly - 11.0),
        unit="m/s",
        tolerance=1.1,
        cases=1,
    )
    assert 10e3 < swing.largest * (LUNAR_MAP_RADIUS + 50e3) < 20e3  # LRO's altitudes were to stay within 50 +- 20 km


def test_without_errors_a_reset_costs_what_the_swing_says(data):
    model = ForceModel(degree=10)
    kept = keep_low_orbit(
        100e3,
        POLAR,
        0.0,
        START,
        EXACT,
        model,
        data,
        runs=1,
        seed=1,
        duration=1.9 * SIDEREAL_MONTH,
        target=np.zeros(2),
        threads=1,
    )
    assert kept.resets.shape == (1, 2) and not kept.cost.failures
    np.testing.assert_allclose(kept.resets[0, 0], kept.resets[0, 1], rtol=FROM_PATTERN)  # the node is back each month
    assert kept.cost.mean() == pytest.approx(cost_of(kept.swing, 100e3), rel=FROM_PATTERN)
    assert np.max(np.hypot(*(kept.swing.vectors + kept.swing.entry).T)) == pytest.approx(kept.swing.largest)


def test_errors_cost_more_and_seeds_repeat(data):
    model = ForceModel(degree=10)
    arguments = (100e3, POLAR, 0.0, START, USUAL, model, data)
    kept = keep_low_orbit(*arguments, runs=3, seed=5, duration=20 * DAY, interval=10 * DAY, threads=1)
    again = keep_low_orbit(*arguments, runs=2, seed=5, duration=20 * DAY, interval=10 * DAY, threads=1)
    np.testing.assert_allclose(kept.resets[:2], again.resets, rtol=1e-6)
    assert np.ptp(kept.cost.delta_v) > 0.0 and np.all(kept.lowest > 50e3)


def test_a_run_that_falls_is_told(data):
    kept = keep_low_orbit(
        40e3,
        POLAR,
        0.0,
        START,
        EXACT,
        ForceModel(degree=20),
        data,
        runs=2,
        seed=1,
        duration=10 * DAY,
        interval=10 * DAY,
        target=np.array([0.0, 0.0222]),
        threads=1,
    )
    assert [failure.run for failure in kept.cost.failures] == [0, 1]
    assert kept.cost.failed_fraction() == 1.0 and "MOON" in kept.cost.failures[0].reason
    with pytest.raises(InvalidInput, match="meets the ground after"):
        monthly_swing(8e3, POLAR, 0.0, START, ForceModel(degree=20), data)


def test_an_ellipse_on_its_reference_costs_nothing(data, relay):
    kept = keep_ellipse(relay, EXACT, ForceModel(degree=8), data, runs=1, seed=1, duration=80 * DAY, threads=1)
    assert kept.cost.mean() == 0.0
    assert kept.largest_phase_error < 1e-3


def test_a_burn_brings_the_phase_back(data, relay):
    """Unloads of 5 cm/s walk off in phase; with perfect knowledge each walk is ended at the next look."""
    off, model = KeepingErrors(0.0, 0.0, BurnErrors(), unload=0.05), ForceModel(degree=8)
    usual = {"runs": 6, "seed": 3, "duration": 110 * DAY, "interval": 14 * DAY, "threads": 1}
    free = keep_ellipse(relay, off, model, data, deadband=1e9, **usual)
    held = keep_ellipse(relay, off, model, data, deadband=0.005, **usual)
    assert free.cost.mean() == 0.0 and held.cost.mean() > 0.0
    assert held.largest_phase_error < 0.5 * free.largest_phase_error
    assert np.all(held.lowest > 100e3)


def test_turning_the_apsides_is_the_geometry_of_two_ellipses():
    """Brute force: the velocities of both ellipses where they cross."""
    axis, e, turn = 9.75e6, 0.77, math.radians(20.0)
    gm, p = body("MOON").gm, axis * (1 - e * e)
    anomaly = 0.5 * turn
    radial, across = math.sqrt(gm / p) * e * math.sin(anomaly), math.sqrt(gm / p) * (1 + e * math.cos(anomaly))
    r = p / (1 + e * math.cos(anomaly))
    after = kepler_elements([r, 0, 0, -radial, across, 0], gm)
    before = kepler_elements([r, 0, 0, radial, across, 0], gm)
    assert after.periapsis_distance[0] == pytest.approx(before.periapsis_distance[0])
    moved = math.remainder(after.argument_of_periapsis[0] - before.argument_of_periapsis[0], 2 * math.pi)
    assert abs(moved) == pytest.approx(turn)
    assert apsides_turn_cost(axis, e, turn) == pytest.approx(2 * radial)


def test_requests_without_sense_are_refused(data, relay):
    model = ForceModel(degree=8)
    with pytest.raises(InvalidInput, match="at least one run"):
        keep_ellipse(relay, EXACT, model, data, runs=0, seed=1)
    with pytest.raises(InvalidInput, match="too short for"):
        keep_ellipse(relay, EXACT, model, data, runs=1, seed=1, duration=YEAR)
    with pytest.raises(InvalidInput, match="three revolutions"):
        keep_low_orbit(100e3, POLAR, 0.0, START, EXACT, model, data, runs=1, seed=1, interval=3600.0)
    with pytest.raises(InvalidInput, match="no ellipse"):
        apsides_turn_cost(1e7, 1.0, 0.1)
