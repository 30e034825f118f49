"""Authority: plain numpy along every line of sight, the series of single sites, closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.map_projection import MapProjection
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.disc import limb_darkened_fraction_above
from moonstead.surface.gnomonic_grid import GnomonicGrid, gnomonic_grid
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.horizon_map import HorizonMap, horizon_map
from moonstead.surface.light_map import light_map, pixel_light, sight_map
from moonstead.surface.light_series import light_series
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.night_statistics import PRECESSION_CYCLE
from moonstead.surface.shadowed_area import shadowed_area
from moonstead.surface.shadowed_regions import is_permanently_shadowed, pixel_areas, shadow_map, sun_envelope

HOUR, DAY = 3600.0, 86_400.0
START = Epoch.parse("2030-01-01T00:00:00Z").tdb()
SAME_GEOMETRY = 2e-5  # [1] of a disc: arctangent to 2e-8 rad, skyline of 0.01 degree steps given to both
SAME_LIGHT = 2e-3  # [1] mean over 60 days: skylines resampled to equal azimuths, straight edge against strips


@pytest.fixture(scope="module")
def sky(data):
    return moon_sky(START + np.arange(0.0, 60 * DAY, 2 * HOUR), data)


def random_map(latitude, longitude, rows=5, columns=7, spacing=20e3, azimuths=90, seed=3):
    random = np.random.default_rng(seed)
    projection = MapProjection("gnomonic", math.radians(latitude), math.radians(longitude), LUNAR_MAP_RADIUS)
    x = (np.arange(columns) - 2.0) * spacing
    y = -(np.arange(rows) - 1.0) * spacing
    heights = random.normal(scale=1000.0, size=(rows, columns)).astype(np.float32)
    grid = GnomonicGrid(projection, x, y, heights, spacing, "MOON_ME", "random")
    skyline = random.integers(-200, 400, size=(azimuths, rows, columns)).astype(np.int16)
    return HorizonMap(grid, 3.0, 1e5, np.arange(azimuths) * (2 * math.pi / azimuths), skyline)


@pytest.mark.parametrize(("latitude", "longitude"), [(-90.0, 0.0), (-88.0, 123.0), (85.0, -40.0), (-20.0, 10.0)])
def test_light_at_pixels_is_that_of_plain_lines_of_sight(data, sky, latitude, longitude):
    horizons = random_map(latitude, longitude)
    grid = horizons.grid
    row, column = 3, 6
    found = pixel_light(horizons, [row], [column], sky, data, eclipses=False)[0]
    lat, lon = (float(a) for a in grid.projection.inverse(grid.x[column], grid.y[row]))
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    place = up * (LUNAR_MAP_RADIUS + float(grid.heights[row, column]) + horizons.mast)
    line = sky.sun - place
    distance = np.linalg.norm(line, axis=1)
    elevation = np.arcsin(line @ up / distance)
    # direction on the map: where the projection puts a point a little further along the ground
    ahead = up * 1.0 + 1e-6 * (line - np.outer(line @ up, up)) / distance[:, None]
    there = grid.projection.forward(
        np.arctan2(ahead[:, 2], np.hypot(ahead[:, 0], ahead[:, 1])), np.arctan2(ahead[:, 1], ahead[:, 0])
    )
    turn = np.arctan2(there[0] - grid.x[column], there[1] - grid.y[row]) / (2 * math.pi)
    skyline = np.radians(0.01 * horizons.centidegrees[:, row, column])
    place_on = np.mod(turn, 1.0) * skyline.size
    left = np.floor(place_on).astype(int) % skyline.size
    edge = skyline[left] + (place_on - np.floor(place_on)) * (skyline[(left + 1) % skyline.size] - skyline[left])
    expected = limb_darkened_fraction_above(elevation - edge, np.arcsin(695_700e3 / distance))
    clear = np.abs(np.diff(skyline, append=skyline[0]))[left] < 1.0
    np.testing.assert_allclose(found[clear], expected[clear], atol=1e-3)
    assert np.mean(np.abs(found - expected)) < SAME_GEOMETRY * 10
    assert 0.0 < np.mean(found) < 1.0


def test_a_map_counts_what_the_pixels_show(data, sky):
    horizons = random_map(-88.0, 123.0)
    found = light_map(horizons, sky, data)
    share = pixel_light(horizons, [0, 4, 2], [0, 6, 3], sky, data)
    for series, (row, column) in zip(share, ((0, 0), (4, 6), (2, 3)), strict=True):
        assert found.mean_fraction[row, column] == pytest.approx(np.mean(series), abs=1e-6)
        assert found.lit_any[row, column] == np.mean(series > 0.0)
        runs = "".join("1" if lit else "0" for lit in series > 0.0)
        assert found.longest_night[row, column] == max(map(len, runs.split("1"))) * 2 * HOUR
        assert found.longest_light[row, column] == max(map(len, runs.split("0"))) * 2 * HOUR
    assert found.stop - found.start == pytest.approx(60 * DAY)


def test_a_map_of_the_moon_gives_the_light_of_its_places(lola, data, sky, site_at):
    levels = [gnomonic_grid(lola, math.radians(-89.5), 0.3, 90e3, 1000.0)]
    told = []
    horizons = horizon_map(levels, 180, 2.0, (80, 101), (80, 101))
    found = light_map(horizons, sky, data, strips=5, progress=told.append)
    seen = sight_map(horizons, sky)
    assert told[-1] == 1.0
    for row, column in ((0, 0), (10, 10), (20, 5)):
        azimuth, elevation = horizons.profile_at(row, column)
        even = np.arange(720) * (2 * math.pi / 720)
        skyline = np.interp(even, azimuth, elevation, period=2 * math.pi)
        lat, lon = (float(a[row, column]) for a in horizons.grid.coordinates())
        site = site_at(math.degrees(lat), math.degrees(lon), float(horizons.grid.heights[row, column]) + 2.0)
        profile = HorizonProfile(even, skyline, np.full(720, 1e4), site.latitude, site.longitude, site.height)
        series = light_series(site, profile, sky, data)
        assert found.mean_fraction[row, column] == pytest.approx(np.mean(series.sun_fraction), abs=SAME_LIGHT)
        assert seen.seen[row, column] == pytest.approx(np.mean(series.earth_clearance > 0.0), abs=2e-3)
        assert seen.longest_gap[row, column] + seen.longest_sight[row, column] <= 60 * DAY + 1.0


def test_shadow_maps_agree_with_the_test_of_one_skyline(data):
    envelope = sun_envelope(moon_sky(START + np.arange(0.0, PRECESSION_CYCLE, DAY), data))
    projection = MapProjection("gnomonic", math.radians(-86.0), math.radians(40.0), LUNAR_MAP_RADIUS)
    axis = np.arange(-10, 11) * 10e3
    grid = GnomonicGrid(projection, axis, -axis, np.zeros((21, 21), np.float32), 10e3, "MOON_ME", "bowls")
    edge = np.linspace(300, 1200, 21 * 21).reshape(21, 21)
    skyline = np.broadcast_to(edge, (180, 21, 21)).astype(np.int16)
    dark = shadow_map(HorizonMap(grid, 0.0, 1e5, np.arange(180) * (2 * math.pi / 180), skyline), envelope)
    latitude, longitude = grid.coordinates()
    even = np.arange(180) * (2 * math.pi / 180)
    expected = np.array(
        [
            is_permanently_shadowed(
                HorizonProfile(even, np.full(180, math.radians(0.01 * int(e))), np.full(180, 1e4), lat, lon, 0.0),
                envelope,
            )
            for e, lat, lon in zip(edge.ravel(), latitude.ravel(), longitude.ravel(), strict=True)
        ]
    ).reshape(21, 21)
    assert 0 < np.sum(dark) < dark.size
    # the two bound what lies between azimuths in their own ways: no more than a step of the ladder of edges apart
    assert np.sum(dark != expected) <= 3


def test_areas_of_pixels_add_up_to_the_cap():
    projection = MapProjection("gnomonic", -0.5 * math.pi, 0.0, LUNAR_MAP_RADIUS)
    axis = np.arange(-330, 331) * 1000.0
    grid = GnomonicGrid(projection, axis, -axis, np.zeros((661, 661), np.float32), 1000.0, "MOON_ME", "cap")
    inside = np.abs(grid.coordinates()[0]) >= math.radians(80.0)
    cap = 2.0 * math.pi * LUNAR_MAP_RADIUS**2 * (1.0 - math.cos(math.radians(10.0)))
    assert np.sum(pixel_areas(grid) * inside) == pytest.approx(cap, rel=1e-3)


def test_shadow_grows_with_finer_ground_and_never_shrinks_below_what_is_seen(lola, data):
    envelope = sun_envelope(moon_sky(START + np.arange(0.0, PRECESSION_CYCLE, DAY), data))
    found = shadowed_area(lola, -0.5 * math.pi, 0.0, 30e3, envelope, spacing=1500.0, azimuth_count=36)
    assert 0.0 < found.area < found.total
    assert found.interval[0] == found.area <= found.interval[1] <= found.total
    assert found.total == pytest.approx((2 * 30e3 + 1500.0) ** 2, rel=1e-3)
    with pytest.raises(InvalidInput, match="four cells"):
        shadowed_area(lola, -0.5 * math.pi, 0.0, 3e3, envelope)
    with pytest.raises(InvalidInput, match="no pixel"):
        shadowed_area(lola, 0.0, 0.0, 30e3, envelope, spacing=3000.0, azimuth_count=8, poleward=1.5)


def test_mistakes_are_told(data, sky):
    horizons = random_map(-88.0, 0.0)
    with pytest.raises(InvalidInput, match="within 5 rows"):
        pixel_light(horizons, [5], [0], sky, data)
    with pytest.raises(InvalidInput, match="SUN and"):
        pixel_light(horizons, [0], [0], sky, data, body="MARS")
    with pytest.raises(InvalidInput, match="equally spaced"):
        light_map(horizons, moon_sky(START + np.array([0.0, 1.0, 5.0]), data), data)
    with pytest.raises(InvalidInput, match="two times"):
        light_map(horizons, moon_sky([START], data), data)
    assert horizons.grid.frame == MOON_ME.name
