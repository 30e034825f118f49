"""Authority: ERFA's geodetic coordinates, geometry of sphere and hyperbola."""

import erfa
import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import EARTH_ROTATION_RATE, itrf_from_icrf
from moonstead.foundation.frames.moon import moon_me_from_icrf
from moonstead.smallbodies.impact_point import impact_points

NOW = 8.0e8  # [s TDB past J2000] 2025
ROUNDING = 1e-12  # [rad] of turns there and back
CLOSE = 1e-6  # [m]
GROUND = 1e-2  # [m] over which a path of 10 km/s passes in a microsecond, the digits of the time
LATITUDE = np.radians([-88.0, -30.0, 0.0, 52.6, 89.0])
LONGITUDE = np.radians([-170.0, -60.0, 12.6, 100.0, 179.0])
SPEED = np.array([11.2e3, 13e3, 17e3, 25e3, 70e3])
ELEVATION = np.radians([5.0, 30.0, 45.0, 75.0, 89.0])
AZIMUTH = np.radians([1.0, 90.0, 200.0, 271.0, 359.0])


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def fixed_states(place):
    """Body-fixed states that come from the directions above."""
    sine, cosine, along, across = np.sin(LATITUDE), np.cos(LATITUDE), np.cos(LONGITUDE), np.sin(LONGITUDE)
    zero = np.zeros_like(sine)
    east = np.stack((-across, along, zero), axis=1)
    north = np.stack((-sine * along, -sine * across, cosine), axis=1)
    up = np.stack((cosine * along, cosine * across, sine), axis=1)
    flat = np.cos(ELEVATION)[:, None] * (np.sin(AZIMUTH)[:, None] * east + np.cos(AZIMUTH)[:, None] * north)
    return np.concatenate((place, -SPEED[:, None] * (flat + np.sin(ELEVATION)[:, None] * up)), axis=1)


def test_a_place_on_the_earth_comes_back(data):
    times = NOW + 1e5 * np.arange(5)
    place = erfa.gd2gc(1, LONGITUDE, LATITUDE, np.full(5, 30e3))
    rotation = itrf_from_icrf(times, data)
    states = rotation.inverse().state(fixed_states(place))
    found = impact_points("EARTH", times, states, data)
    np.testing.assert_allclose(found.latitude, LATITUDE, rtol=0.0, atol=ROUNDING)
    np.testing.assert_allclose(found.longitude, LONGITUDE, rtol=0.0, atol=ROUNDING / np.cos(LATITUDE).min())
    np.testing.assert_allclose(found.altitude, 30e3, rtol=0.0, atol=CLOSE)
    np.testing.assert_allclose(found.speed, SPEED, rtol=ROUNDING)
    np.testing.assert_allclose(found.elevation, ELEVATION, rtol=0.0, atol=1e3 * ROUNDING)
    np.testing.assert_allclose(found.azimuth, AZIMUTH, rtol=0.0, atol=1e3 * ROUNDING)


def test_the_ground_of_the_equator_carries_its_own_speed(data):
    place = np.array([[6.5e6, 0.0, 0.0]])
    rotation = itrf_from_icrf(np.array([NOW]), data)
    inertial = np.concatenate((place, [[-12e3, 0.0, 0.0]]), axis=1)
    states = np.concatenate((rotation.inverse().position(place), rotation.inverse().position(inertial[:, 3:])), axis=1)
    found = impact_points("EARTH", [NOW], states, data)
    assert found.inertial_speed[0] == pytest.approx(12e3, abs=CLOSE)
    assert found.speed[0] == pytest.approx(np.hypot(12e3, 6.5e6 * EARTH_ROTATION_RATE), rel=1e-7)  # polar motion
    assert found.azimuth[0] == pytest.approx(np.pi / 2, abs=1e-4)  # the ground runs east to meet it


def test_a_place_on_the_moon_comes_back_in_mean_earth_axes(data):
    times = NOW + 1e5 * np.arange(5)
    direction = np.stack(
        (np.cos(LATITUDE) * np.cos(LONGITUDE), np.cos(LATITUDE) * np.sin(LONGITUDE), np.sin(LATITUDE)), axis=1
    )
    states = moon_me_from_icrf(times, data).inverse().state(fixed_states(LUNAR_MAP_RADIUS * direction))
    found = impact_points("MOON", times, states, data)
    np.testing.assert_allclose(found.latitude, LATITUDE, rtol=0.0, atol=ROUNDING)
    np.testing.assert_allclose(found.longitude, LONGITUDE, rtol=0.0, atol=ROUNDING / np.cos(LATITUDE).min())
    np.testing.assert_allclose(found.altitude, 0.0, rtol=0.0, atol=CLOSE)
    np.testing.assert_allclose(found.elevation, ELEVATION, rtol=0.0, atol=1e3 * ROUNDING)


@pytest.mark.parametrize("height", [-9e3, 0.0, 4321.0, 10.5e3])
def test_on_level_ground_the_path_is_followed_to_its_height(data, height):
    times = np.full(4, NOW)
    direction = np.stack(
        (np.cos(LATITUDE) * np.cos(LONGITUDE), np.cos(LATITUDE) * np.sin(LONGITUDE), np.sin(LATITUDE)), 1
    )
    states = moon_me_from_icrf(np.full(5, NOW), data).inverse().state(fixed_states(LUNAR_MAP_RADIUS * direction))[1:]
    found = impact_points("MOON", times, states, data, terrain=lambda latitude, longitude: height + 0.0 * latitude)
    np.testing.assert_allclose(found.altitude, height, rtol=0.0, atol=GROUND)
    moved = two_body_states(states, found.tdb - NOW, body("MOON").gm)
    np.testing.assert_allclose(found.states[:, :3], moved[:, :3], rtol=0.0, atol=GROUND)
    assert np.all(np.sign(NOW - found.tdb) * height >= 0.0)


def test_a_ridge_on_the_way_is_hit_before_the_plain_behind_it(data):
    edge = np.radians(0.5)

    def ridge(latitude, longitude):
        return np.where((longitude > 0.9 * edge) & (longitude < edge), 5e3, 0.0)

    # down from the east at 8 degrees, over the equator towards longitude 0
    fixed = np.array([[LUNAR_MAP_RADIUS, 0.0, 0.0, -np.sin(0.14) * 12e3, -np.cos(0.14) * 12e3, 0.0]])
    states = moon_me_from_icrf(np.array([NOW]), data).inverse().state(fixed)
    found = impact_points("MOON", [NOW], states, data, terrain=ridge)
    assert 0.9 * edge < found.longitude[0] <= edge + 1e-9
    assert 0.0 < found.altitude[0] <= 5e3
    plain = impact_points("MOON", [NOW], states, data, terrain=lambda latitude, longitude: 0.0 * longitude)
    assert plain.longitude[0] == pytest.approx(0.0, abs=1e-8)


def test_what_flies_above_all_ground_has_no_place(data):
    states = np.array([[LUNAR_MAP_RADIUS + 12e3, 0.0, 0.0, 0.0, 5e3, 0.0]])
    found = impact_points("MOON", [NOW], states, data, terrain=lambda latitude, longitude: 0.0 * latitude)
    assert np.isnan(found.latitude[0])
    assert np.isnan(found.tdb[0])


def test_bad_requests_are_refused_with_words(data):
    with pytest.raises(InvalidInput, match="EARTH and MOON"):
        impact_points("MARS", [NOW], np.ones((1, 6)), data)
    with pytest.raises(InvalidInput, match="one state"):
        impact_points("EARTH", [NOW, NOW], np.ones((1, 6)), data)
    with pytest.raises(InvalidInput, match="leave terrain out"):
        impact_points("EARTH", [NOW], np.ones((1, 6)), data, terrain=lambda a, b: a)
