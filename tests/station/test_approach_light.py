"""Authority: angles between vectors, straight lines over a sphere without relief and with one ring of hills."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.station.approach_light import (
    LandingRules,
    approach_clearance,
    approach_light,
    good_landings,
)
from moonstead.surface.terrain import GlobalTerrain

HOUR = 3600.0


def direction(azimuth, elevation):
    return np.array(
        [math.sin(azimuth) * math.cos(elevation), math.cos(azimuth) * math.cos(elevation), math.sin(elevation)]
    )


def test_phase_angle_is_the_angle_between_sun_and_lander():
    generator = np.random.default_rng(3)
    azimuth, elevation = generator.uniform(-7, 7, 50), generator.uniform(-0.3, 1.4, 50)
    course, glide = 2.1, 0.4
    found = approach_light(np.arange(50.0), azimuth, elevation, course, glide)
    lander = direction(course + math.pi, glide)
    expected = [math.acos(direction(a, e) @ lander) for a, e in zip(azimuth, elevation, strict=True)]
    np.testing.assert_allclose(found.phase_angle, expected, atol=1e-12)
    up = elevation > 0.0
    np.testing.assert_allclose(found.shadow_length[up] * np.tan(elevation[up]), 1.0)
    assert np.all(np.isinf(found.shadow_length[~up]))


def test_landings_are_good_where_all_rules_hold():
    tdb = HOUR * np.arange(100.0)
    elevation = np.radians(np.where((tdb >= 20 * HOUR) & (tdb < 70 * HOUR), 5.0, -5.0))
    light = approach_light(tdb, np.full(100, math.pi), elevation, 0.0, math.radians(45.0))
    sun, earth = (elevation > 0.0).astype(float), (tdb < 50 * HOUR).astype(float)
    rules = LandingRules(light_after=10 * HOUR)
    windows, forbidden = good_landings(light, sun, earth, rules)
    # the Sun shines in samples 20 to 69 and the Earth is seen until 49; ten hours of light after each are left
    assert len(windows) == 1
    assert windows.starts[0] == 19.5 * HOUR
    assert windows.stops[0] == 49.5 * HOUR
    assert forbidden["Sun in sight"] == pytest.approx(0.5)
    assert forbidden["Earth in sight"] == pytest.approx(0.5)
    assert forbidden["light after the landing"] == pytest.approx(0.6)


def test_light_that_ends_with_the_span_is_not_counted_on():
    tdb = HOUR * np.arange(30.0)
    light = approach_light(tdb, np.full(30, math.pi), np.full(30, 0.1), 0.0, 0.8)
    windows, _ = good_landings(light, np.ones(30), np.ones(30), LandingRules(light_after=10 * HOUR))
    assert windows.stops[-1] == 19.5 * HOUR


def test_clearance_over_a_bare_sphere_grows_with_the_bend_of_the_ground():
    bare = GlobalTerrain("bare", np.zeros((180, 360)), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
    glide = math.radians(10.0)
    found = approach_clearance(bare, 0.2, 1.0, 0.7, glide, reach=50e3, step=1e3)
    arc = found.distance / LUNAR_MAP_RADIUS
    expected = LUNAR_MAP_RADIUS * (math.cos(glide) / np.cos(glide + arc) - 1.0)
    np.testing.assert_allclose(found.clearance, expected, atol=1e-6)
    assert found.least == found.clearance[0]
    assert found.least_glide == pytest.approx(-0.5 * arc[0], rel=1e-6)


def test_a_hill_behind_sets_the_least_glide():
    rows = 720
    heights = np.zeros((rows, 2 * rows))
    heights[:, 700:704] = 3000.0
    hill = GlobalTerrain("hill", heights, LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
    longitude = (702 + 6) / (2 * rows) * 2 * math.pi - math.pi
    blocked = approach_clearance(hill, 0.0, longitude, math.pi / 2, math.radians(0.5), reach=60e3, step=500.0)
    assert blocked.least < 0.0
    cleared = approach_clearance(hill, 0.0, longitude, math.pi / 2, blocked.least_glide + 1e-6, reach=60e3, step=500.0)
    assert 0.0 <= cleared.least < 5.0


def test_bad_approaches_are_refused():
    bare = GlobalTerrain("bare", np.zeros((18, 36)), LUNAR_MAP_RADIUS, "MOON_ME", "closed form")
    with pytest.raises(InvalidInput, match="glide"):
        approach_clearance(bare, 0.0, 0.0, 0.0, 10.0)
    with pytest.raises(InvalidInput, match="equal lengths"):
        approach_light([0.0, 1.0], [0.0], [0.0], 0.0, 0.5)
    with pytest.raises(InvalidInput, match="least below the largest"):
        LandingRules(phase_angle=(1.0, 0.5))
