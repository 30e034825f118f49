"""Authority: numerical integration of the two-body problem, flat ground, the inverse of each law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.ballistic import (
    MOON_ESCAPE_SPEED,
    MOON_GM,
    flight_time,
    highest_point,
    launch_speed,
    launch_speed_slope,
    surface_range,
)
from moonstead.smallbodies.effects.surface_angle import surface_angle

INTEGRATED = 1e-8  # [1] of an integration to 1e-11


@pytest.mark.truth
@pytest.mark.parametrize(("speed", "degrees"), [(300.0, 45.0), (1500.0, 30.0), (2200.0, 60.0), (2350.0, 20.0)])
def test_an_arc_lands_where_and_when_the_integration_does(validation, speed, degrees):
    up = math.radians(degrees)

    def force(_, state):
        return [state[2], state[3], *(-MOON_GM * state[:2] / np.hypot(*state[:2]) ** 3)]

    def ground(_, state):
        return np.hypot(state[0], state[1]) - LUNAR_MAP_RADIUS

    def rising(_, state):
        return state[0] * state[2] + state[1] * state[3]

    ground.terminal, ground.direction = True, -1.0
    start = [LUNAR_MAP_RADIUS + 1e-6, 0.0, speed * math.sin(up), speed * math.cos(up)]
    flown = solve_ivp(force, (0.0, 1e7), start, events=(ground, rising), rtol=1e-11, atol=1e-4, method="DOP853")
    time, (x, y) = flown.t_events[0][0], flown.y_events[0][0][:2]
    top = np.hypot(*flown.y_events[1][0][:2])
    angle = math.atan2(y, x) % (2.0 * math.pi)
    error = max(
        abs(float(surface_range(speed, up)) / angle - 1.0),
        abs(float(flight_time(speed, up)) / time - 1.0),
        abs(float(highest_point(speed, up)) / top - 1.0),
    )
    validation(
        capability="Impact effects",
        quantity="range and time of ballistic arcs over the Moon",
        authority="numerical integration (DOP853)",
        error=error,
        unit="1",
        tolerance=INTEGRATED,
        cases=1,
    )


def test_short_arcs_are_parabolas_over_flat_ground():
    gravity = MOON_GM / LUNAR_MAP_RADIUS**2
    speed, up = 5.0, math.radians(50.0)
    flat = speed**2 * math.sin(2.0 * up) / gravity
    assert float(surface_range(speed, up)) * LUNAR_MAP_RADIUS == pytest.approx(flat, rel=1e-4)  # v^2 / (g R) = 9e-6
    assert float(flight_time(speed, up)) == pytest.approx(2.0 * speed * math.sin(up) / gravity, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 1.5), st.floats(1e-4, 6.0))
def test_the_speed_for_a_range_flies_that_range(up, angle):
    speed = float(launch_speed(angle, up))
    if math.isnan(speed) or speed > 0.999999 * MOON_ESCAPE_SPEED:
        return
    assert float(surface_range(speed, up)) == pytest.approx(angle, rel=1e-6)
    step = 1e-6 * angle
    slope = float(launch_speed(angle + step, up) - launch_speed(angle - step, up)) / (2.0 * step)
    if math.isfinite(slope):
        assert float(launch_speed_slope(angle, up)) == pytest.approx(slope, rel=1e-4)


def test_the_point_opposite_needs_escape_speed_at_45_degrees():
    assert float(launch_speed(math.pi - 1e-9, math.radians(45.0))) == pytest.approx(MOON_ESCAPE_SPEED, rel=1e-8)
    assert math.isnan(float(launch_speed(math.pi + 0.1, math.radians(46.0))))
    assert math.isnan(float(surface_range(MOON_ESCAPE_SPEED * 1.001, 0.7)))
    assert math.isinf(float(highest_point(MOON_ESCAPE_SPEED * 1.001, 0.7)))


def test_impossible_flights_are_refused():
    with pytest.raises(InvalidInput, match="angles"):
        launch_speed(7.0, 0.5)
    with pytest.raises(InvalidInput, match="elevations"):
        launch_speed(1.0, 2.0)
    with pytest.raises(InvalidInput, match="positive speeds"):
        surface_range(-1.0, 0.5)


@settings(max_examples=60, deadline=None)
@given(st.floats(-1.57, 1.57), st.floats(-3.1, 3.1), st.floats(-1.57, 1.57), st.floats(-3.1, 3.1))
def test_angles_between_places_are_those_of_their_directions(lat, lon, lat2, lon2):
    one = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    two = np.array([math.cos(lat2) * math.cos(lon2), math.cos(lat2) * math.sin(lon2), math.sin(lat2)])
    expected = 2.0 * math.atan2(np.linalg.norm(one - two), np.linalg.norm(one + two))
    assert surface_angle(lat, lon, lat2, lon2) == pytest.approx(expected, abs=1e-12)
