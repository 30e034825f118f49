"""Authority: the same geometry written in plain numpy, and the sky of a place that stands aside."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.kernel_cache import prepare
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.disc import disc_strips
from moonstead.surface.local_map import from_map
from moonstead.surface.sky import sky_track

prepare()

from moonstead.surface.fine_relief_kernels import ensemble_light_kernel, relief_skylines_kernel  # noqa: E402

SERIES_OF_SINE = 2e-8  # [1] sine and cosine of an arc of 0.1 rad from three terms
TILT = 5e-6  # [rad] squared arc of 4 km, and the Earth-sized parallax of the Sun


def between(raster, column, row):
    """Bilinear value inside a raster, 0 outside."""
    size = len(raster)
    if not (0.0 <= column < size - 1 and 0.0 <= row < size - 1):
        return 0.0
    left, low = int(column), int(row)
    east, north = column - left, row - low
    corners = raster[low : low + 2, left : left + 2]
    return float(np.array([1.0 - north, north]) @ corners @ np.array([1.0 - east, east]))


def periodic(tile, column, row):
    size = len(tile)
    wrapped = np.pad(tile, ((0, 1), (0, 1)), mode="wrap")
    return between(np.pad(wrapped, ((0, 1), (0, 1))), column % size, row % size)


def test_skylines_are_those_of_plain_lines_of_sight():
    random = np.random.default_rng(6)
    radius, spacing, mast, farthest, fine = LUNAR_MAP_RADIUS, 300.0, 3.0, 2500.0, 1500.0
    relief = random.normal(scale=40.0, size=(21, 21)).astype(np.float32)
    scale, error = (random.uniform(size=(21, 21)).astype(np.float32) for _ in range(2))
    tiles = random.normal(size=(2, 8, 8))
    spacings, sizes, shifts = np.array([70.0, 15.0]), np.array([6.0, 1.5]), random.uniform(0, 500, size=(3, 2))
    x, y, ground = np.array([0.0, 410.0]), np.array([30.0, -700.0]), np.array([100.0, -50.0])
    distance = np.array([30.0, 200.0, 1200.0, 2000.0, 9000.0, 150e3])
    azimuth = np.arange(8) * (0.25 * math.pi)
    heights = random.normal(scale=200.0, size=(2, 8, 6))
    tangent = np.empty((2, 8))
    relief_skylines_kernel(
        ground, heights, distance, np.sin(azimuth), np.cos(azimuth), x, y, mast, radius, farthest, fine, relief, scale,
        error, spacing, tiles, spacings, sizes, shifts, tangent,
    )  # fmt: skip

    def added(east, north, away):
        column, row = east / spacing + 10.0, north / spacing + 10.0
        height = between(relief, column, row) if away < farthest else 0.0
        if away < fine:
            share = between(scale, column, row)
            for tile, size, grain, shift in zip(tiles, sizes, spacings, shifts[:2], strict=True):
                height += share * size * periodic(tile, (east + shift[0]) / grain, (north + shift[1]) / grain)
            spot = (east + shifts[2, 0]) / spacings[1], (north + shifts[2, 1]) / spacings[1]
            height += between(error, column, row) * periodic(tiles[1], *spot)
        return height

    for k in range(2):
        eye = radius + ground[k] + mast + added(x[k], y[k], 0.0)
        for a, turn in enumerate(azimuth):
            tops = []
            for s, away in enumerate(distance):
                aside = x[k] + math.sin(turn) * away, y[k] + math.cos(turn) * away
                top = radius + heights[k, a, s] + added(*aside, away)
                arc = away / radius
                tops.append((top * math.cos(arc) - eye) / (top * math.sin(arc)))
            assert tangent[k, a] == pytest.approx(max(tops), abs=SERIES_OF_SINE)


def test_light_behind_many_skylines_is_counted_as_by_hand():
    random = np.random.default_rng(7)
    count = 500
    azimuth, elevation = random.uniform(-7.0, 7.0, count), random.normal(scale=0.02, size=count)
    angular, weight = np.full(count, 4.7e-3), random.choice([0.0, 0.5, 1.0], size=count)
    east, north = np.array([0.0, 2e-3]), np.array([0.0, -1e-3])
    skylines = random.normal(scale=0.01, size=(2, 12))
    table = disc_strips(1, 0.5).table
    mean, night = np.empty(2), np.empty(2)
    ensemble_light_kernel(
        azimuth, elevation, np.sin(azimuth), np.cos(azimuth), angular, weight, east, north, skylines, table, mean, night
    )
    for k in range(2):
        edge = np.interp(azimuth, np.arange(12) * (math.pi / 6), skylines[k], period=2 * math.pi)
        height = elevation + east[k] * np.sin(azimuth) + north[k] * np.cos(azimuth)
        seen = np.interp((height - edge) / angular, np.linspace(-1.0, 1.0, table.size), table) * weight
        assert mean[k] == pytest.approx(np.mean(seen), abs=1e-12)
        runs = "".join("1" if share > 0.0 else "0" for share in seen)
        assert night[k] == max(map(len, runs.split("1")))


@pytest.mark.parametrize("latitude", [-89.7, -85.0, 60.0])
def test_the_sun_stands_higher_for_an_eye_towards_it(site_at, data, latitude):
    tdb = Epoch.parse("2030-01-01T00:00:00Z").tdb() + np.arange(0.0, 30 * 86_400.0, 10_000.0)
    middle = site_at(latitude, 40.0)
    x, y = 3000.0, -2000.0
    lat, lon = (float(a) for a in from_map(middle.latitude, middle.longitude, x, y, LUNAR_MAP_RADIUS))
    here, aside = (sky_track(s, "SUN", tdb, data) for s in (middle, site_at(math.degrees(lat), math.degrees(lon))))
    tilted = here.elevation + (x * np.sin(here.azimuth) + y * np.cos(here.azimuth)) / LUNAR_MAP_RADIUS
    low = np.abs(here.elevation) < 0.2  # where a skyline may stand
    np.testing.assert_allclose(tilted[low], aside.elevation[low], atol=TILT)
