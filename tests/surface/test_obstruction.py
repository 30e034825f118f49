"""What hides a body is told apart: the round Moon, or a ridge."""

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.obstruction import obstruction, smooth_dip

RADIUS = 1737.4e3
AZIMUTH = np.arange(360) * (2.0 * math.pi / 360)
ROUNDING = 1e-12  # [rad] a handful of float64 operations


def ridge(height: float = 0.0) -> HorizonProfile:
    """Skyline of a plain with a ridge of 3 deg, 12 km away, between azimuths of 80 and 100 deg."""
    wall = np.abs(AZIMUTH - math.radians(90.0)) < math.radians(10.5)
    elevation = np.where(wall, math.radians(3.0), -smooth_dip(height, RADIUS))
    distance = np.where(wall, 12e3, 60e3)
    return HorizonProfile(AZIMUTH, elevation, distance, -1.5, 0.3, height)


def test_dip_is_the_tangent_from_the_eye():
    height = 1500.0
    tangent = math.sqrt((RADIUS + height) ** 2 - RADIUS**2)
    assert smooth_dip(height, RADIUS) == pytest.approx(math.atan2(tangent, RADIUS), abs=ROUNDING)
    assert smooth_dip(-200.0, RADIUS) == 0.0


def test_a_sun_behind_the_ridge_is_hidden_by_terrain():
    tdb = np.linspace(0.0, 3600.0, 11)
    azimuth = np.radians(np.linspace(85.0, 95.0, 11))
    found = obstruction(tdb, azimuth, np.radians(np.linspace(1.0, 2.0, 11)), math.radians(0.25), ridge(), RADIUS)
    assert found.terrain_share == 1.0
    assert found.by_terrain
    assert found.distance == 12e3
    assert found.tdb == 3600.0  # highest at the end, so nearest to being seen
    assert math.degrees(found.elevation) == pytest.approx(2.25, abs=1e-9)
    assert math.degrees(found.skyline) == pytest.approx(3.0, abs=1e-9)


def test_a_sun_below_the_smooth_horizon_is_hidden_by_the_season():
    tdb = np.arange(5.0)
    found = obstruction(tdb, np.full(5, 4.0), np.full(5, math.radians(-2.0)), math.radians(0.25), ridge(), RADIUS)
    assert found.terrain_share == 0.0
    assert not found.by_terrain


def test_a_high_eye_looks_down_over_the_edge():
    height = 1900.0  # dip 2.7 deg
    found = obstruction([0.0], [math.radians(90.0)], [math.radians(-2.0)], 0.0, ridge(height), RADIUS)
    assert found.terrain_share == 1.0


def test_no_sample_is_refused():
    with pytest.raises(InvalidInput, match="at least one sample"):
        obstruction([], [], [], 0.0, ridge(), RADIUS)
