"""Authority: rays to points of the Sun's disc, marched over the ground in plain numpy; only the ground is shared.

The tile is made up: LOLA's global grid with ridges and bowls added, in the layout of NASA PGDA product 78.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import pgda_tiles
from moonstead.dynamics.observe import observe
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.disc import limb_darkening_exponent
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.light_interval import light_interval
from moonstead.surface.light_series import light_series
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.terrain_layers import load_terrain_layers

HOUR, DAY = 3600.0, 86_400.0
START = Epoch.parse("2030-01-01T00:00:00Z").tdb()
LATITUDE, LONGITUDE = math.radians(-89.45), math.radians(222.69)
MAST = 4.0
SPACING = 20.0
HALF = 200  # pixels
SUN_RADIUS = 695_700e3
POINTS = 61  # on the disc
CEILING = 8000.0  # [m] no ground within 300 km of the south pole is as high
YEAR_OF_LIGHT = 1e-3  # [1] what was asked for


def stereographic(latitude, longitude):
    """South polar stereographic coordinates as in the products: +y at longitude 0, x to the east of it."""
    away = 2.0 * LUNAR_MAP_RADIUS * np.tan(0.25 * math.pi + 0.5 * latitude)
    return away * np.sin(longitude), away * np.cos(longitude)


def relief(x, y):
    """Heights [m] added in the tile: waves of 300 m to 2 km, fading towards its edge."""
    random = np.random.default_rng(8)
    total = np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y)))
    for _ in range(24):
        length = math.exp(random.uniform(math.log(300.0), math.log(2000.0)))
        turn, phase = random.uniform(0.0, 2.0 * math.pi, 2)
        total += 0.012 * length * np.cos(2.0 * math.pi * (x * math.cos(turn) + y * math.sin(turn)) / length + phase)
    edge = 0.9 * HALF * SPACING
    fade = np.clip((edge - np.maximum(np.abs(x), np.abs(y))) / 800.0, 0.0, 1.0)
    return total * fade * fade * (3.0 - 2.0 * fade)


@pytest.fixture(scope="module")
def tile(lola, tmp_path_factory):
    pytest.importorskip("rasterio", reason="rasterio (extra geo) is not installed")
    middle = [float(axis) for axis in stereographic(LATITUDE, LONGITUDE)]
    axis = (np.arange(2 * HALF + 1) - HALF) * SPACING
    x, y = middle[0] + axis[None, :], middle[1] - axis[:, None]
    away = np.hypot(x, y)
    latitude = 2.0 * np.arctan(away / (2.0 * LUNAR_MAP_RADIUS)) - 0.5 * math.pi
    heights = lola.height(latitude, np.arctan2(x, y)) + relief(x - middle[0], y - middle[1])
    heights = heights.astype(np.float32)
    folder = tmp_path_factory.mktemp("made-up")
    path = pgda_tiles.write_site_tile(folder, heights, x[0, 0], y[0, 0], site="Site01", spacing=SPACING)
    return path, heights.astype(np.float64), float(x[0, 0]), float(y[0, 0])


def ground(points, tile, lola):
    """Height [m] of the ground under points (..., 3) [m], bilinear on the tile's pixels or else on the grid's."""
    _, heights, left, top = tile
    latitude = np.arctan2(points[..., 2], np.hypot(points[..., 0], points[..., 1]))
    longitude = np.arctan2(points[..., 1], points[..., 0])
    x, y = stereographic(latitude, longitude)
    column, row = (x - left) / SPACING, (top - y) / SPACING
    inside = (column >= 0) & (row >= 0) & (column <= 2 * HALF) & (row <= 2 * HALF)
    found = bilinear(heights, np.where(inside, row, 0.0), np.where(inside, column, 0.0), wrap=False)
    rows, columns = lola.heights.shape
    line = np.clip((0.5 * math.pi - latitude) / math.pi * rows - 0.5, 0.0, None)
    beyond = np.clip((longitude + math.pi) / (2.0 * math.pi) * columns - 0.5, -1.0, columns)
    last = rows - 1.0
    ring = bilinear(lola.heights, np.minimum(line, last), beyond, wrap=True)
    # within half a pixel of the pole the ground rises straight to the pole's own height
    cap = np.clip(2.0 * (line - last), 0.0, 1.0)
    far = ring + cap * (np.mean(lola.heights[-1]) - ring)
    return np.where(inside, found, far)


def bilinear(grid, row, column, wrap):
    left, low = np.floor(column).astype(int), np.floor(row).astype(int)
    east, south = column - left, row - low
    below = np.minimum(low + 1, grid.shape[0] - 1)
    width = grid.shape[1]
    right = (left + 1) % width if wrap else np.minimum(left + 1, width - 1)
    left = left % width if wrap else left
    upper = grid[low, left] * (1.0 - east) + grid[low, right] * east
    lower = grid[below, left] * (1.0 - east) + grid[below, right] * east
    return upper * (1.0 - south) + lower * south


def disc_points():
    """Points (P, 2) [radii] spread evenly over a disc, and their shares of the darkened Sun's light."""
    rank = np.arange(POINTS) + 0.5
    away, turn = np.sqrt(rank / POINTS), rank * math.pi * (3.0 - math.sqrt(5.0))
    light = np.sqrt(1.0 - away**2) ** limb_darkening_exponent()
    return np.stack((away * np.cos(turn), away * np.sin(turn)), axis=1), light / np.sum(light)


def marched_light(sun, eye, tile, lola):
    """Share of the Sun's light at an eye (3,) [m] with the Sun's centre at vectors (N, 3) [m] from it."""
    steps = [5.0]
    while steps[-1] < 280e3:
        steps.append(steps[-1] + max(5.0, steps[-1] / 100.0))
    distance = np.array(steps)
    spots, light = disc_points()
    share = np.empty(len(sun))
    for k, line in enumerate(sun):
        far = np.linalg.norm(line)
        toward = line / far
        aside = np.cross(toward, eye)
        aside /= np.linalg.norm(aside)
        upwards = np.cross(aside, toward)
        rays = toward + SUN_RADIUS / far * (spots[:, :1] * aside + spots[:, 1:] * upwards)
        rays /= np.linalg.norm(rays, axis=1)[:, None]
        points = eye + distance[:, None, None] * rays
        above = np.linalg.norm(points, axis=2) - LUNAR_MAP_RADIUS
        asked = above < CEILING
        height = np.full(above.shape, -1e9)
        height[asked] = ground(points[asked], tile, lola)
        open_sky = np.all(above > height, axis=0)
        share[k] = np.sum(light[open_sky])
    return share


@pytest.mark.truth
def test_a_year_of_light_on_a_fine_tile_is_that_of_rays_to_the_disc(tile, lola, data, validation):
    terrain = load_terrain_layers([str(tile[0]), "lola-8ppd"], data, ".", (LATITUDE, LONGITUDE))
    assert np.max(lola.heights[lola.heights.shape[0] - 90 :]) < CEILING
    tdb = START + np.arange(0.0, 365.25 * DAY, 17.0 * HOUR)
    profile = horizon_profile(terrain, LATITUDE, LONGITUDE, MAST, 1440)
    site = SurfacePoint("site", "MOON", MOON_ME, LATITUDE, LONGITUDE, profile.height)
    found = light_series(site, profile, tdb, data, strips=31, eclipses=False).sun_fraction
    under = ground(site.position[None, :], tile, lola)[0]
    assert profile.height - MAST == pytest.approx(under, abs=1e-3)
    sun = observe(BodyTrajectory("SUN", "MOON", data), site, tdb, MOON_ME, data, "apparent")[:, :3]
    expected = marched_light(sun, site.position, tile, lola)
    assert 0.2 < np.mean(expected) < 0.95
    assert np.sum((expected > 0.0) & (expected < 1.0)) > 20
    validation(
        capability="Light at a lunar site, with its interval",
        quantity="mean light of a year on a made-up 20 m tile over the global grid",
        authority="rays to 61 points of the disc, marched in plain numpy",
        error=abs(float(np.mean(found) - np.mean(expected))),
        unit="1",
        tolerance=YEAR_OF_LIGHT,
        cases=tdb.size,
    )
    assert np.sqrt(np.mean((found - expected) ** 2)) < 0.03  # and it is not two errors that cancel


def test_a_fine_tile_shrinks_the_interval(tile, lola, data):
    sky = moon_sky(START + np.arange(0.0, 365 * DAY, 8 * HOUR), data)
    terrain = load_terrain_layers([str(tile[0]), "lola-8ppd"], data, ".", (LATITUDE, LONGITUDE))
    fine = light_interval(terrain, LATITUDE, LONGITUDE, MAST, sky, data, members=16)
    coarse = light_interval(lola, LATITUDE, LONGITUDE, MAST, sky, data, members=16)
    # what is left are crests beyond the tile, 4 km away, and the tile's error of half a metre
    assert fine.interval[1] - fine.interval[0] < 0.5 * (coarse.interval[1] - coarse.interval[0])
    assert fine.interval[0] <= fine.mean_fraction <= fine.interval[1]
