"""Authority: planes and paraboloids (closed forms), least squares by numpy on one window."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.slopes import slope_map

SINGLE = 1e-5  # [m] heights of 100 m are kept in single precision


def grid_of(heights, spacing=10.0):
    rows, columns = heights.shape
    x, y = spacing * np.arange(columns), -spacing * np.arange(rows)
    projection = MapProjection("gnomonic", 0.0, 0.0, LUNAR_MAP_RADIUS)
    return GnomonicGrid(projection, x, y, heights.astype(np.float32), spacing, "MOON_ME", "made")


def test_a_plane_has_its_slope_its_fall_and_no_roughness():
    x, y = np.meshgrid(10.0 * np.arange(20), -10.0 * np.arange(15))
    found = slope_map(grid_of(0.1 * x + 0.05 * y), 40.0)
    inside = np.isfinite(found.slope)
    assert inside.sum() == (20 - 4) * (15 - 4)
    assert np.max(np.abs(found.slope[inside] - math.atan(math.hypot(0.1, 0.05)))) < SINGLE
    # it falls to the west and south: the other way round than the gradient
    assert np.max(np.abs(found.aspect[inside] - np.mod(math.atan2(-0.1, -0.05), 2 * np.pi))) < 1e-4
    assert np.max(found.roughness[inside]) < SINGLE


def test_a_window_equals_least_squares():
    heights = np.random.default_rng(2).normal(0.0, 3.0, (9, 9))
    grid = grid_of(heights)
    found = slope_map(grid, 60.0)
    x, y = (a.ravel() for a in np.meshgrid(10.0 * np.arange(1, 8), -10.0 * np.arange(1, 8)))
    values = grid.heights[1:8, 1:8].astype(float).ravel()
    plane, *_ = np.linalg.lstsq(np.stack((x, y, np.ones(49)), axis=1), values, rcond=None)
    left = values - np.stack((x, y, np.ones(49)), axis=1) @ plane
    assert found.slope[4, 4] == pytest.approx(math.atan(math.hypot(*plane[:2])), rel=1e-9)
    assert found.roughness[4, 4] == pytest.approx(math.sqrt(np.mean(left**2)), rel=1e-9)


@pytest.mark.parametrize("baseline", [0.0, -5.0, math.nan, 1e4])
def test_bad_baselines_are_refused(baseline):
    with pytest.raises(InvalidInput, match="baseline"):
        slope_map(grid_of(np.zeros((9, 9))), baseline)
