"""Authority: the function that the pixels were filled from, plain numpy twins, geometry of the map projections."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from made_tiles import SOUTH, flat_moon, made_tile, plain_nested_height, plain_tile_height, raster

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.nested import nested_terrain
from moonstead.surface.tiles import terrain_tile

ROUNDING = 1e-6  # [m] coordinates of 1e6 m in double precision on slopes of order one, heights as stored
NORTH = MapProjection("polar-stereographic", 0.5 * math.pi, 0.0, LUNAR_MAP_RADIUS)
TROPICS = MapProjection("equirectangular", 0.0, math.pi, LUNAR_MAP_RADIUS)
PARALLEL = MapProjection("equirectangular", 0.6, 0.3, LUNAR_MAP_RADIUS, math.cos(0.6))
OBLIQUE = MapProjection("gnomonic", -1.2, 2.0, LUNAR_MAP_RADIUS)


def rough(latitude, longitude):
    return 800.0 * np.sin(4000.0 * latitude) * np.cos(900.0 * longitude) - 300.0


def points_on(tile, count=2000, seed=2, grow=1.0):
    left, right, bottom, top = tile.extent
    generator = np.random.default_rng(seed)
    half = 0.5 * grow
    x = 0.5 * (left + right) + generator.uniform(-half, half, count) * (right - left)
    y = 0.5 * (bottom + top) + generator.uniform(-half, half, count) * (top - bottom)
    return tile.projection.inverse(x, y)


@pytest.mark.parametrize(
    ("projection", "center", "half_width", "spacing"),
    [
        (SOUTH, (0.0, 0.0), 2e4, 500.0),
        (SOUTH, (3e4, -9e4), 8e3, 200.0),
        (NORTH, (-2e5, 1e5), 2e4, 500.0),
        (TROPICS, (0.0, 1e5), 5e4, 1000.0),
        (TROPICS, (math.pi * LUNAR_MAP_RADIUS, 0.0), 5e4, 1000.0),  # across the edge of the map
        (PARALLEL, (-4e4, 3e4), 2e4, 500.0),
        (OBLIQUE, (5e4, 1e5), 2e4, 500.0),
    ],
)
def test_a_tile_is_bilinear_on_its_own_pixels(projection, center, half_width, spacing):
    tile = made_tile(rough, center, half_width, spacing, projection)
    latitude, longitude = points_on(tile, grow=1.1)
    found, expected = tile.height(latitude, longitude), plain_tile_height(tile, latitude, longitude)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    assert 0.1 < np.mean(np.isnan(found)) < 0.3
    np.testing.assert_allclose(found, expected, atol=ROUNDING)
    np.testing.assert_array_equal(tile.covers(latitude, longitude), np.isfinite(expected))


@pytest.mark.parametrize("projection", [SOUTH, NORTH, PARALLEL, OBLIQUE])
def test_the_cap_holds_the_tile_and_its_scales_are_true(projection):
    tile = made_tile(rough, (6e4, -3e4), 3e4, 1000.0, projection)
    middle, arc = tile.cap
    latitude, longitude = tile.coordinates()
    vectors = np.stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)), -1
    )
    assert np.all(vectors @ middle >= math.cos(arc))
    along_x = LUNAR_MAP_RADIUS * np.linalg.norm(np.diff(vectors, axis=1), axis=-1) / tile.spacing
    along_y = LUNAR_MAP_RADIUS * np.linalg.norm(np.diff(vectors, axis=0), axis=-1) / tile.spacing
    chord = 1e-6  # [1] a chord of a kilometre is that much shorter than its arc, at most
    assert tile.shrink[0] <= np.min(along_x) + chord
    assert tile.shrink[1] <= np.min(along_y) + chord
    assert tile.resolution == pytest.approx(tile.spacing * np.mean(along_y), rel=0.02)


def test_a_map_of_the_whole_moon_closes_around_it():
    rows = 90
    spacing = math.pi * LUNAR_MAP_RADIUS / rows
    values = np.arange(2 * rows)[None, :] + np.zeros((rows, 1))
    edge = 0.5 * spacing - math.pi * LUNAR_MAP_RADIUS
    tile = terrain_tile(raster(values, spacing, edge, -edge / 2.0 - 0.25 * spacing, TROPICS))
    step = math.pi / rows
    # column 0 begins at 0 E; halfway between the last and the first pixel centre lies the mean of both
    assert tile.height(0.1, 0.5 * step) == pytest.approx(0.0, abs=1e-6)
    assert tile.height(0.1, 0.0) == pytest.approx(0.5 * (2 * rows - 1), abs=1e-6)
    assert tile.height(0.1, -0.5 * step) == pytest.approx(2 * rows - 1, abs=1e-6)


def test_the_finest_level_that_has_data_wins():
    def holed(latitude, longitude):
        height = rough(latitude, longitude)
        return np.where(np.hypot(*np.broadcast_arrays(*SOUTH.forward(latitude, longitude))) < 2e3, np.nan, height)

    fine, wide = made_tile(holed, (0.0, 1e3), 8e3, 100.0), made_tile(rough, (2e3, 0.0), 3e4, 1000.0)
    far = made_tile(rough, (0.0, 0.0), 9e4, 3000.0, MapProjection("gnomonic", -1.56, 0.2, LUNAR_MAP_RADIUS))
    terrain = nested_terrain([wide, far, fine], flat_moon(120.0))
    assert terrain.tiles == (fine, wide, far)
    latitude, longitude = points_on(far, 6000, grow=1.2)
    near = points_on(fine, 2000)
    latitude, longitude = np.append(latitude, near[0]), np.append(longitude, near[1])
    np.testing.assert_allclose(
        terrain.height(latitude, longitude), plain_nested_height(terrain, latitude, longitude), atol=ROUNDING
    )
    level = terrain.level_at(latitude, longitude)
    assert set(level) == {0, 1, 2, 3}
    np.testing.assert_array_equal(terrain.resolution_at(latitude, longitude), terrain.resolutions[level])
    assert terrain.level_at(-0.5 * math.pi, 0.0) == 1  # the hole at the pole shows the level below
    assert terrain.name == "made up over made up over made up over flat"


def test_terrain_without_tiles_is_its_base(synthetic):
    base = synthetic(lambda lat, lon: 500.0 * np.sin(3.0 * lat) + 0.0 * lon)
    terrain = nested_terrain([], base)
    assert terrain.height(0.3, 0.2) == base.height(0.3, 0.2)
    assert terrain.resolution_at(0.3, 0.2) == base.resolution


def test_tiles_of_different_places_are_refused():
    here, there = made_tile(rough, (0.0, 0.0), 8e3, 100.0), made_tile(rough, (2e5, 0.0), 3e4, 1000.0)
    with pytest.raises(InvalidInput, match=r"shares no ground.*about -8[0-9.]+ 90\.000 deg"):
        nested_terrain([here, there], flat_moon())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"unit": "K"}, "not heights in metres"),
        ({"frame": "MOON_PA"}, "needs MOON_ME"),
        ({"projection": MapProjection("polar-stereographic", -0.5 * math.pi, 0.0, 6.371e6)}, "another body"),
        ({"values": np.full((4, 4), 1_737_900.0, np.float32)}, "radius instead of height"),
        ({"values": np.full((4, 4), -32768.0, np.float32)}, "marks holes"),
        ({"values": np.full((4, 4), np.nan, np.float32)}, "0 heights"),
        ({"values": np.zeros((1, 4), np.float32)}, "2 x 2"),
    ],
)
def test_what_is_no_terrain_of_the_moon_is_refused_by_name(changed, message):
    with pytest.raises(InvalidInput, match=f"terrain Site.tif.*{message}"):
        terrain_tile(
            raster(
                **({"values": np.zeros((4, 4)), "spacing": 5.0, "x": 0.0, "y": 0.0, "path": Path("Site.tif")} | changed)
            )
        )


def test_a_tile_keeps_its_own_copy_and_counts_its_holes():
    values = np.zeros((4, 5), np.float32)
    values[0, 0] = np.nan
    tile = terrain_tile(raster(values, 5.0, 0.0, 0.0))
    values[:] = 9.0
    assert tile.hole_fraction == pytest.approx(0.05)
    assert tile.max_height == 0.0
