"""Authority: sphere, wall and cone in closed form; a far finer march of the same ground in plain numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from plain_march import reference_march

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.horizon import HorizonProfile, horizon_profile

# rad: search of a smooth maximum stops 4 cm wide, so its value is flat to rounding of (R + h) cos - (R + eye)
SMOOTH = 1e-9
# rad: the march against one about 16 times finer. Of 720 directions at a rough site a few see two crests that are
# equally high within the step; half the Sun's limb-to-limb angle, 4.6e-3 rad, is what light can notice
CONVERGED_RMS = 1e-4
CONVERGED_MAX = 1e-3

SITES = [(-89.45, 222.69), (-89.6866, 197.19), (-88.74, 124.5), (-90.0, 0.0), (-84.7906, 29.1957), (26.13, 3.63)]


def elevation_of(height, eye, distance):
    """Elevation [rad] of ground of a height above the sphere, at a ground distance, from an eye; law of cosines."""
    angle = distance / LUNAR_MAP_RADIUS
    far = LUNAR_MAP_RADIUS + height
    return math.atan2(far * math.cos(angle) - (LUNAR_MAP_RADIUS + eye), far * math.sin(angle))


@pytest.mark.parametrize("height", [2.0, 100.0, 5000.0])
@pytest.mark.parametrize("place", [(0.3, 1.0), (-0.5 * math.pi, 0.0), (-1.55, 2.0)])
def test_a_smooth_sphere_dips_by_the_angle_to_its_tangent(synthetic, height, place):
    horizon = horizon_profile(synthetic(lambda lat, lon: 0.0 * lat * lon), *place, height, azimuth_count=36)
    dip = math.acos(LUNAR_MAP_RADIUS / (LUNAR_MAP_RADIUS + height))
    np.testing.assert_allclose(horizon.elevation, -dip, rtol=0, atol=SMOOTH)
    # the maximum is flat: its place is the square root of rounding less sure than its value
    np.testing.assert_allclose(horizon.distance, dip * LUNAR_MAP_RADIUS, rtol=1e-3, atol=50.0)


def test_a_sphere_that_is_higher_everywhere_dips_from_its_own_level(synthetic):
    horizon = horizon_profile(synthetic(lambda lat, lon: 3000.0 + 0.0 * lat * lon), 0.3, 1.0, 10.0, azimuth_count=36)
    radius = LUNAR_MAP_RADIUS + 3000.0
    np.testing.assert_allclose(horizon.elevation, -math.acos(radius / (radius + 10.0)), rtol=0, atol=SMOOTH)


def test_a_ring_wall_of_2000_m_at_34500_m_stands_2_75_degrees_high(synthetic):
    # a wall along a parallel around the pole: rows are parallels, so the grid holds it exactly at row centres
    rows = 4320
    row = round(34.5e3 / LUNAR_MAP_RADIUS / (math.pi / rows) - 0.5)
    distance = (row + 0.5) * math.pi / rows * LUNAR_MAP_RADIUS
    wall = (rows - 1 - row) == np.arange(rows)
    terrain = synthetic(lambda lat, lon: np.where(wall[:, None], 2000.0, 0.0) + 0.0 * lon, rows=rows)
    horizon = horizon_profile(terrain, -0.5 * math.pi, 0.4, 0.0, azimuth_count=72)
    np.testing.assert_allclose(horizon.elevation, elevation_of(2000.0, 0.0, distance), rtol=0, atol=1e-6)
    np.testing.assert_allclose(horizon.distance, distance, rtol=0, atol=1.0)  # [m] a crest: found to 4 cm of a bracket
    assert np.degrees(elevation_of(2000.0, 0.0, 34.5e3)) == pytest.approx(2.75, abs=0.005)
    assert np.degrees(horizon.elevation[0]) == pytest.approx(2.75, abs=0.1)  # row centres lie 1.26 km apart


def test_a_wall_to_the_east_is_seen_in_the_east(synthetic):
    rows = 1440
    longitude_of_wall = (2 * rows // 2 + 8 + 0.5) / rows * math.pi - math.pi  # 8.5 columns east of 0
    terrain = synthetic(
        lambda lat, lon: np.where(np.isclose(lon, longitude_of_wall), 3000.0, 0.0) + 0.0 * lat, rows=rows
    )
    horizon = horizon_profile(terrain, 0.0, 0.0, 0.0, azimuth_count=8)
    expected = elevation_of(3000.0, 0.0, longitude_of_wall * LUNAR_MAP_RADIUS)
    assert horizon.elevation[2] == pytest.approx(expected, abs=1e-6)
    assert horizon.elevation[6] < 0.0
    # north-east meets the meridian of the wall where tan(arc) = tan(longitude) / cos(45 deg)
    arc = math.atan(math.tan(longitude_of_wall) / math.cos(math.radians(45)))
    assert horizon.elevation[1] == pytest.approx(elevation_of(3000.0, 0.0, arc * LUNAR_MAP_RADIUS), abs=1e-5)


def test_a_cone_around_the_observer_rises_by_its_own_slope(synthetic):
    # a bowl around the pole whose wall rises by 0.2 m per m out to 60 km, then level: the lip is the horizon
    rows, lip, gain = 4320, 60e3, 0.2
    step = math.pi / rows * LUNAR_MAP_RADIUS
    lip = (round(lip / step) + 0.5) * step
    terrain = synthetic(
        lambda lat, lon: gain * np.minimum((lat + 0.5 * np.pi) * LUNAR_MAP_RADIUS, lip) + 0.0 * lon, rows=rows
    )
    horizon = horizon_profile(terrain, -0.5 * math.pi, 0.0, 0.0, azimuth_count=24)
    pole = terrain.pole_heights[1]
    near = elevation_of(gain * 1.5 * step, pole, 1.5 * step)  # curvature makes the near part of a straight slope win
    assert np.all(horizon.elevation < math.atan(gain))
    assert np.all(horizon.elevation > min(near, elevation_of(gain * lip, pole, lip)) - 1e-6)
    finer = reference_march(terrain, horizon, 80e3)
    np.testing.assert_allclose(horizon.elevation, finer, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("latitude", "longitude"), SITES)
def test_the_march_agrees_with_one_sixteen_times_finer(lola, latitude, longitude, validation):
    place = math.radians(latitude), math.radians(longitude)
    horizon = horizon_profile(lola, *place, 2.0, azimuth_count=90)
    error = np.abs(horizon.elevation - reference_march(lola, horizon, 300e3))
    assert math.sqrt(np.mean(error**2)) < CONVERGED_RMS
    validation(
        capability="Terrain horizon",
        quantity=f"elevation at {latitude} {longitude} deg, same ground",
        authority="plain march, steps of 0.1 % of the distance up to 15 m",
        error=np.max(error),
        unit="rad",
        tolerance=CONVERGED_MAX,
        cases=error.size,
    )


def test_a_higher_mast_never_sees_a_higher_skyline(lola):
    place = math.radians(-89.45), math.radians(222.69)
    low, high = (horizon_profile(lola, *place, mast, azimuth_count=180) for mast in (2.0, 50.0))
    assert np.all(high.elevation <= low.elevation + CONVERGED_MAX)
    assert high.height - low.height == pytest.approx(48.0, abs=1e-9)


def test_ground_nearer_than_asked_is_left_out(synthetic):
    # a ring wall 21 km from the pole, and nothing behind it: looked past from beyond its outer foot, the sphere remains
    rows = 1440
    wall = np.arange(rows) == rows - 6
    terrain = synthetic(lambda lat, lon: np.where(wall[:, None], 2000.0, 0.0) + 0.0 * lon, rows=rows)
    seen, missed = (
        horizon_profile(terrain, -0.5 * math.pi, 0.0, 100.0, azimuth_count=8, nearest=near) for near in (0.0, 30e3)
    )
    assert np.all(seen.elevation > 0.08)
    np.testing.assert_allclose(missed.elevation, elevation_of(0.0, 100.0, 30e3), rtol=0, atol=1e-6)


def make_profile(count=36, seed=3):
    azimuth = np.arange(count) * (2 * math.pi / count)
    elevation = np.random.default_rng(seed).uniform(-0.05, 0.2, count)
    return HorizonProfile(azimuth, elevation, np.full(count, 1e4), -1.5, 0.3, 1200.0)


def test_interpolation_is_periodic_and_linear():
    profile = make_profile()
    azimuth = np.linspace(-7.0, 7.0, 4001)
    expected = np.interp(azimuth, profile.azimuth, profile.elevation, period=2 * math.pi)
    np.testing.assert_allclose(profile.at(azimuth), expected, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(np.isnan(profile.at([0.1, np.nan])), [False, True])


def test_slope_bound_holds_everywhere_and_is_reached():
    profile = make_profile()
    azimuth = np.linspace(0.0, 2 * math.pi, 36 * 100 + 1)
    steepness = np.abs(np.diff(profile.at(azimuth))) / np.diff(azimuth)
    assert np.max(steepness) <= profile.slope_bound * (1 + 1e-9)
    assert np.max(steepness) == pytest.approx(profile.slope_bound, rel=1e-6)


def test_a_profile_survives_its_arrays(tmp_path):
    profile = make_profile()
    np.savez(tmp_path / "horizon.npz", **profile.as_arrays())
    with np.load(tmp_path / "horizon.npz") as arrays:
        again = HorizonProfile.from_arrays(arrays)
    for name in ("azimuth", "elevation", "distance", "latitude", "longitude", "height"):
        np.testing.assert_array_equal(getattr(again, name), getattr(profile, name))
    with pytest.raises(InvalidInput, match="lacks the arrays site"):
        HorizonProfile.from_arrays({k: v for k, v in profile.as_arrays().items() if k != "site"})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"latitude": math.nan}, "finite"),
        ({"latitude": -89.0}, "degrees"),
        ({"observer_height": -1.0}, "observer_height"),
        ({"azimuth_count": 3}, "azimuths"),
        ({"reach": 10.0}, "reach"),
        ({"nearest": -1.0}, "nearest"),
        ({"nearest": 4e5}, "nearest"),
    ],
)
def test_a_view_that_cannot_be_is_refused_by_name(lola, changed, words):
    with pytest.raises(InvalidInput, match=words):
        horizon_profile(**({"terrain": lola, "latitude": -1.5, "longitude": 0.0, "observer_height": 2.0} | changed))


def test_unequal_azimuths_are_refused():
    profile = make_profile()
    with pytest.raises(InvalidInput, match="equally spaced"):
        HorizonProfile(profile.azimuth**1.1, profile.elevation, profile.distance, 0.0, 0.0, 0.0)
