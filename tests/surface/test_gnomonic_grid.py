"""Authority: the terrain itself at the same points, and the geometry of the tangent plane."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.gnomonic_grid import GnomonicGrid, gnomonic_grid
from moonstead.surface.terrain import GlobalTerrain

RADIUS = 1_737_400.0
HALF_FLOAT = 1e-3  # [m] a height of 8 km in single precision


@pytest.fixture(scope="module")
def hills() -> GlobalTerrain:
    rows = 90
    lat = (0.5 - (np.arange(rows) + 0.5) / rows) * math.pi
    lon = ((np.arange(2 * rows) + 0.5) / rows - 1.0) * math.pi
    heights = 3000.0 * np.cos(3.0 * lat)[:, None] * np.sin(5.0 * lon)[None, :]
    return GlobalTerrain("hills", heights, RADIUS, "MOON_ME", "made up")


def test_pixels_hold_the_terrain_at_their_own_points(hills):
    grid = gnomonic_grid(hills, -1.4, 0.5, 200e3, 10e3)
    assert grid.heights.shape == (41, 41)
    np.testing.assert_allclose(grid.heights, hills.height(*grid.coordinates()), atol=HALF_FLOAT)
    latitude, longitude = grid.coordinates()
    assert latitude[20, 20] == pytest.approx(-1.4, abs=1e-12)
    assert longitude[20, 20] == pytest.approx(0.5, abs=1e-12)
    assert latitude[0, 20] > latitude[40, 20]  # row 0 is on top: north
    assert longitude[20, 40] > longitude[20, 0]  # columns run east


def test_a_hole_in_the_terrain_is_an_error_that_counts_it(hills):
    class Holed:
        radius, frame, name = hills.radius, hills.frame, "holed"

        def height(self, latitude, longitude):
            found = hills.height(latitude, longitude)
            return np.where(found > 0.0, found, math.nan)

    with pytest.raises(InvalidInput, match=r"no height at \d+ of 441 pixels"):
        gnomonic_grid(Holed(), 0.3, 0.0, 1000e3, 100e3)


@pytest.mark.parametrize(("half_width", "spacing"), [(0.0, 1.0), (10.0, 20.0), (1.8e6, 1e3), (1e5, 1.0)])
def test_impossible_sizes_are_refused(hills, half_width, spacing):
    with pytest.raises(InvalidInput):
        gnomonic_grid(hills, 0.0, 0.0, half_width, spacing)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"projection": MapProjection("equirectangular", 0.0, 0.0, RADIUS)}, "gnomonic map"),
        ({"y": np.array([0.0, 10.0, 20.0])}, "must fall"),
        ({"x": np.array([0.0, 10.0])}, "do not fit"),
        ({"heights": np.full((3, 3), np.nan)}, "not finite"),
    ],
)
def test_a_grid_that_contradicts_itself_is_refused(change, message):
    parts = {
        "projection": MapProjection("gnomonic", 0.0, 0.0, RADIUS),
        "x": np.array([0.0, 10.0, 20.0]),
        "y": np.array([20.0, 10.0, 0.0]),
        "heights": np.zeros((3, 3)),
        "spacing": 10.0,
        "frame": "MOON_ME",
        "name": "g",
    }
    with pytest.raises(InvalidInput, match=message):
        GnomonicGrid(**(parts | change))
