"""Authority: published landing sites and extrema of the Moon; planes and harmonics on a sphere (closed forms)."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.surface.terrain import load_terrain, local_heightmap, terrain_caveat

FLAT_SITES = ("Apollo 11 LRRR", "Apollo 14 LRRR", "Apollo 15 LRRR", "Lunokhod 1", "Chang'e-3", "Chang'e-4", "Chang'e-5")
FLAT_SITE = 45.0  # [m] heights recalled to 30 m, 15 m for relief inside one 3.8 km pixel of mare
ROUGH_SITE = 75.0  # [m] Lunokhod 2 drove in Le Monnier crater: relief inside the pixel
PUBLISHED_EXTREMUM = 500.0  # [m] a 3.8 km mean cuts the highest peak (10 786 m) and fills the deepest pit (-9 130 m)
ROUNDING = 1e-9  # [m] a handful of operations on kilometres


def twin_height(terrain, latitude, longitude):
    """Plain numpy twin of the kernel: grid closed by two pole rows and wrapped by one column on each side."""
    rows, columns = terrain.heights.shape
    wrapped = np.concatenate((terrain.heights[:, -1:], terrain.heights, terrain.heights[:, :1]), axis=1)
    poles = [np.full((1, columns + 2), value) for value in terrain.pole_heights]
    grid = np.concatenate((poles[0], wrapped, poles[1]))
    nodes = np.concatenate(([0.0], np.arange(rows) + 0.5, [rows]))
    row = (0.5 * np.pi - latitude) / np.pi * rows
    top = np.clip(np.searchsorted(nodes, row, side="right") - 1, 0, rows)
    down = (row - nodes[top]) / (nodes[top + 1] - nodes[top])
    column = np.mod((longitude + np.pi) / (2 * np.pi) * columns, columns) + 0.5
    left = np.floor(column).astype(int)
    east = column - left
    upper = grid[top, left] * (1 - east) + grid[top, left + 1] * east
    lower = grid[top + 1, left] * (1 - east) + grid[top + 1, left + 1] * east
    return upper * (1 - down) + lower * down


def random_points(count, seed=1):
    generator = np.random.default_rng(seed)
    return np.arcsin(generator.uniform(-1, 1, count)), generator.uniform(-3 * np.pi, 3 * np.pi, count)


def test_kernel_agrees_with_its_numpy_twin(lola):
    latitude, longitude = random_points(20_000)
    latitude[:4] = [np.pi / 2, -np.pi / 2, np.pi / 2 - 1e-4, -np.pi / 2 + 1e-4]
    difference = lola.height(latitude, longitude) - twin_height(lola, latitude, longitude)
    assert np.max(np.abs(difference)) < 1e-6  # [m] the longitude of a wrapped column rounds to 1e-12 columns


def test_pixel_centres_return_the_stored_heights(lola):
    rows, columns = np.array([0, 700, 1439, 1439]), np.array([0, 2879, 5, 2000])
    latitude, longitude = (0.5 - (rows + 0.5) / 1440) * np.pi, (columns + 0.5) / 1440 * np.pi - np.pi
    np.testing.assert_allclose(lola.height(latitude, longitude), lola.heights[rows, columns], atol=1e-6)


def test_both_poles_have_one_height_from_every_side(lola):
    longitude = np.linspace(-np.pi, np.pi, 97)
    for pole in (-0.5 * np.pi, 0.5 * np.pi):
        at_pole = lola.height(np.full(97, pole), longitude)
        near = lola.height(np.full(97, pole - math.copysign(1e-9, pole)), longitude)
        assert np.ptp(at_pole) < ROUNDING
        assert np.max(np.abs(near - at_pole)) < 0.01  # [m] 2 mm from the pole


def test_a_tilted_plane_across_the_pole_is_reproduced(synthetic):
    # a plane through the pole is the first harmonic of the ring: heights follow cos(latitude) cos(longitude)
    terrain = synthetic(lambda lat, lon: 5e4 * np.cos(lat) * np.cos(lon))
    longitude = np.linspace(-np.pi, np.pi, 50)
    latitude = np.full(50, -np.radians(89.9))
    expected = 5e4 * np.cos(latitude) * np.cos(longitude)
    # sagitta of one grid step of 0.5 deg in longitude, and of half a degree of latitude: amplitude * (step)^2 / 8 each
    tolerance = 2.02 * 5e4 * np.cos(latitude[0]) * np.radians(0.5) ** 2 / 8
    np.testing.assert_allclose(terrain.height(latitude, longitude), expected, atol=tolerance)


def test_longitudes_that_differ_by_turns_are_the_same_place(lola):
    latitude, longitude = random_points(100)
    np.testing.assert_allclose(
        lola.height(latitude, longitude), lola.height(latitude, longitude + 4 * np.pi), rtol=0, atol=1e-6
    )


@pytest.mark.truth
def test_flat_landing_sites_have_their_published_heights(lola, landed_sites, validation):
    def error(name):
        row = landed_sites[name]
        height = lola.height(math.radians(float(row["lat_deg"])), math.radians(float(row["lon_deg"])))
        return abs(float(height) - 1e3 * float(row["elev_km_ref_1737.4"]))

    authority = "laser retroreflector radii and mission publications (known to 30 m)"
    worst = max(error(name) for name in FLAT_SITES)
    validation(
        capability="Lunar terrain",
        quantity="height of flat landing sites, 3.8 km grid",
        authority=authority,
        error=worst,
        unit="m",
        tolerance=FLAT_SITE,
        cases=len(FLAT_SITES),
    )
    assert error("Lunokhod 2") < ROUGH_SITE


@pytest.mark.truth
def test_extrema_lie_where_the_moon_has_them(lola):
    # highest: rim of Engel'gardt, 5.41 N 158.63 W, 10 786 m; lowest: Antoniadi crater, 70.4 S 172.6 W, -9 130 m
    rows, columns = lola.heights.shape
    for index, latitude, longitude, height in (
        (np.argmax(lola.heights), 5.41, -158.63, 10_786.0),
        (np.argmin(lola.heights), -70.4, -172.6, -9_130.0),
    ):
        row, column = np.unravel_index(index, (rows, columns))
        assert 90 - (row + 0.5) / 8 == pytest.approx(latitude, abs=0.25)
        assert (column + 0.5) / 8 - 180 == pytest.approx(longitude, abs=0.5)
        assert abs(lola.heights[row, column]) == pytest.approx(abs(height), abs=PUBLISHED_EXTREMUM)
    assert lola.max_height == pytest.approx(10_552.375, abs=0.01)


def test_resolution_is_the_spacing_of_the_rows(lola):
    assert lola.resolution == pytest.approx(math.radians(1 / 8) * LUNAR_MAP_RADIUS, rel=1e-12)


def test_slope_of_a_uniform_ramp_is_its_steepness(synthetic):
    # height grows with latitude only: dh/ds = 20 km per radian over the radius, the same at every longitude
    terrain = synthetic(lambda lat, lon: 2e4 * lat + 0.0 * lon)
    slope = terrain.slope(np.radians([0.0, 30.0, -60.0]), np.radians([0.0, 100.0, -170.0]))
    np.testing.assert_allclose(slope, math.atan(2e4 / LUNAR_MAP_RADIUS), rtol=1e-3)  # great circles leave the parallel


def test_slope_at_the_pole_is_that_of_the_plane_through_it(synthetic):
    terrain = synthetic(lambda lat, lon: 5e4 * np.cos(lat) * np.cos(lon))
    for longitude in (0.0, 1.0):
        slope = float(terrain.slope(-0.5 * math.pi, longitude))
        assert slope == pytest.approx(math.atan(5e4 / LUNAR_MAP_RADIUS), rel=1e-4)  # sagitta of a 0.5 deg grid


def test_an_unknown_point_spoils_only_its_own_row(lola):
    heights = lola.height([0.1, np.nan, 0.1], [0.2, 0.2, np.inf])
    np.testing.assert_array_equal(np.isnan(heights), [False, True, True])


def test_degrees_in_place_of_radians_are_refused(lola):
    with pytest.raises(InvalidInput, match="is it in degrees"):
        lola.height(-89.5, 0.0)


def test_a_grid_of_the_wrong_shape_is_refused(synthetic, tmp_path):
    path = tmp_path / "moon_dem.npz"
    np.savez(path, other=np.zeros((2, 4)))
    with pytest.raises(MissingData, match="elev_km"):
        load_terrain(SimpleNamespace(dataset=lambda name: SimpleNamespace(name=name, path=path)))
    np.savez(path, elev_km=np.zeros((4, 4)))
    with pytest.raises(InvalidInput, match="twice as many columns"):
        load_terrain(SimpleNamespace(dataset=lambda name: SimpleNamespace(name=name, path=path)))


def test_map_around_a_site_keeps_distances_and_directions_from_it(lola):
    latitude, longitude = math.radians(-89.45), math.radians(222.69)
    around = local_heightmap(lola, latitude, longitude, 50e3, count=11)
    assert around.heights[5, 5] == pytest.approx(float(lola.height(latitude, longitude)), abs=1e-6)
    site = np.array(
        [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
    )
    points = np.stack(
        (
            np.cos(around.latitude) * np.cos(around.longitude),
            np.cos(around.latitude) * np.sin(around.longitude),
            np.sin(around.latitude),
        ),
        axis=-1,
    )
    arc = np.arctan2(np.linalg.norm(np.cross(points, site), axis=-1), points @ site)
    np.testing.assert_allclose(arc * LUNAR_MAP_RADIUS, np.hypot(*np.meshgrid(around.x, around.y)), atol=1e-3)
    east = np.array([-math.sin(longitude), math.cos(longitude), 0.0])
    np.testing.assert_array_equal(np.sign(np.round(points @ east, 9)), np.sign(np.meshgrid(around.x, around.y)[0]))


@pytest.mark.parametrize(("half_width", "count"), [(0.0, 10), (3e6, 10), (1e4, 1)])
def test_a_map_without_extent_is_refused(lola, half_width, count):
    with pytest.raises(InvalidInput):
        local_heightmap(lola, 0.0, 0.0, half_width, count)


def test_a_coarse_terrain_says_that_it_is_no_site_answer(lola):
    assert "must never be presented as a site answer" in terrain_caveat(lola)
    assert "3.79 km" in terrain_caveat(lola)
