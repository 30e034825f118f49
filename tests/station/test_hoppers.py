"""Authority: throws on a plane (closed form), numerical flight about a point mass, a search over launch angles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.errors import InvalidInput
from moonstead.station.hoppers import hop_profile, minimum_hop, propellant_mass, visit_shadow

GM = body("MOON").gm
FLOWN = 1e-3  # [m] integration of an hour in steps of 1 s, fourth order


def fly(radius, speed, angle, time, steps=4000):
    """Radius [m] and arc [rad] after a time, by the classical Runge-Kutta method in the plane."""
    state = np.array([radius, 0.0, speed * math.sin(angle), speed * math.cos(angle)])

    def rate(y):
        return np.concatenate((y[2:], -GM * y[:2] / np.hypot(y[0], y[1]) ** 3))

    h = time / steps
    for _ in range(steps):
        a = rate(state)
        b = rate(state + 0.5 * h * a)
        c = rate(state + 0.5 * h * b)
        d = rate(state + h * c)
        state = state + h / 6.0 * (a + 2 * b + 2 * c + d)
    return float(np.hypot(state[0], state[1])), math.atan2(state[1], state[0])


def test_a_short_hop_is_a_throw_at_45_degrees():
    distance = 100.0
    gravity = GM / LUNAR_MAP_RADIUS**2
    hop = minimum_hop(distance)
    flat = 1e-4  # [1] of the order of distance over radius
    assert hop.launch_speed == pytest.approx(math.sqrt(gravity * distance), rel=flat)
    assert hop.launch_angle == pytest.approx(math.pi / 4, rel=flat)
    assert hop.flight_time == pytest.approx(math.sqrt(2.0 * distance / gravity), rel=flat)
    assert hop.apex_height == pytest.approx(distance / 4, rel=flat)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("distance", "start", "end"), [(5e3, 0, 0), (30e3, 1200, -2800), (30e3, -2800, 1200), (2e6, 0, 900)]
)
def test_the_hop_flown_again_arrives(validation, distance, start, end):
    hop = minimum_hop(distance, start, end)
    radius, arc = fly(LUNAR_MAP_RADIUS + start, hop.launch_speed, hop.launch_angle, hop.flight_time)
    error = math.hypot(radius - LUNAR_MAP_RADIUS - end, LUNAR_MAP_RADIUS * (arc - distance / LUNAR_MAP_RADIUS))
    validation(
        capability="Hoppers",
        quantity="end of a hop of least speed",
        authority="Runge-Kutta flight about a point mass",
        error=error,
        unit="m",
        tolerance=FLOWN,
        cases=1,
    )


def test_no_other_angle_needs_less_speed():
    distance, start, end = 40e3, 500.0, -1500.0
    hop = minimum_hop(distance, start, end)
    first, last, arc = LUNAR_MAP_RADIUS + start, LUNAR_MAP_RADIUS + end, distance / LUNAR_MAP_RADIUS
    angles = np.radians(np.linspace(5, 85, 4001))
    # speed that takes a throw of each angle to the other place: the equation of the orbit solved for v^2
    ratio = first / last - np.cos(arc) + np.tan(angles) * np.sin(arc)
    squared = GM / first * (1.0 - np.cos(arc)) / (np.cos(angles) ** 2 * ratio)
    squared = squared[squared > 0.0]
    assert hop.launch_speed**2 <= squared.min() * (1.0 + 1e-12)
    assert hop.launch_speed**2 == pytest.approx(squared.min(), rel=1e-6)  # the grid of angles is 0.02 deg wide


def test_the_profile_joins_both_places_and_its_apex():
    hop = minimum_hop(30e3, 1200.0, -2800.0)
    distance, height = hop_profile(hop, 20_001)
    assert (distance[0], distance[-1]) == (0.0, 30e3)
    assert height[0] == pytest.approx(1200.0, abs=1e-6)
    assert height[-1] == pytest.approx(-2800.0, abs=1e-6)
    assert height.max() == pytest.approx(hop.apex_height, abs=1e-3)


def test_there_and_back_takes_the_same_speed():
    there, back = minimum_hop(8e3, 700.0, -300.0), minimum_hop(8e3, -300.0, 700.0)
    assert there.launch_speed == pytest.approx(back.landing_speed, rel=1e-12)
    assert there.flight_time == pytest.approx(back.flight_time, rel=1e-12)


def test_propellant_of_two_burns_adds_up():
    first = propellant_mass(500.0, 100.0, 220.0)
    assert first + propellant_mass(500.0 - first, 80.0, 220.0) == pytest.approx(propellant_mass(500.0, 180.0, 220.0))


def test_a_visit_says_what_runs_short():
    asked = {
        "distance": 5e3, "edge_height": 0.0, "floor_height": -500.0, "stay": 3600.0, "mass": 300.0,
        "propellant": 100.0, "specific_impulse": 220.0, "energy": 2e6, "power": 100.0,
    }  # fmt: skip
    assert visit_shadow(**asked).possible
    for change, limit in (
        ({"propellant": 10.0}, "propellant"),
        ({"energy": 1e4}, "battery"),
        ({"heat_lasts": 60.0}, "heat"),
    ):
        visit = visit_shadow(**(asked | change))
        assert (visit.possible, visit.limit) == (False, limit)


@pytest.mark.parametrize("distance", [0.0, -1.0, math.nan, 6e6])
def test_impossible_distances_are_refused(distance):
    with pytest.raises(InvalidInput, match="hop covers"):
        minimum_hop(distance)


def test_radii_in_place_of_heights_are_refused():
    with pytest.raises(InvalidInput, match="distances from the centre"):
        minimum_hop(1e3, 1_737_400.0, 1_737_400.0)
