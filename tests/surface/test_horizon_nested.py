"""Authority: walls in closed form on every level and across their edges; a plain numpy march of the same ground."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_tiles import SOUTH, flat_moon, made_tile
from plain_march import nested_march

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.horizon import horizon_profile
from moonstead.surface.nested import nested_terrain

EYE = 10e3  # [m] from the ground of a flat Moon nothing that is real stands above the horizon at 300 km
POLE = (-0.5 * math.pi, 0.0)
CREST = 1e-6  # [rad] a crest is found to 4 cm of a bracket, seen from a pixel away or more
SMOOTH = 1e-9  # [rad] rounding of (R + h) cos - (R + eye)
# rad: acceptance of the horizon against a march of an eighth of a pixel: median, 99 % and worst
MEDIAN, NINETY_NINE, WORST = math.radians(0.01), math.radians(0.2), math.radians(0.5)


def elevation_of(height, eye, distance):
    """Elevation [rad] of ground of a height above the sphere, at a ground distance, from an eye; law of cosines."""
    arc = distance / LUNAR_MAP_RADIUS
    far = LUNAR_MAP_RADIUS + height
    return np.arctan2(far * np.cos(arc) - (LUNAR_MAP_RADIUS + eye), far * np.sin(arc))


def on_map(distance):
    """Distance [m] from the pole on the stereographic map of a ground distance [m]."""
    return 2.0 * LUNAR_MAP_RADIUS * math.tan(0.5 * distance / LUNAR_MAP_RADIUS)


def walled_tile(half_width, spacing, column=None, row=None, height=2000.0):
    """Flat tile about the south pole with a wall of a height [m] one pixel wide, columns or rows from the middle."""

    def ground(latitude, longitude):
        x, y = SOUTH.forward(latitude, longitude)
        wall = np.zeros(x.shape, dtype=bool)
        if column is not None:
            wall |= np.rint(x / spacing) == column
        if row is not None:
            wall |= np.rint(y / spacing) == row
        return np.where(wall, height, 0.0)

    return made_tile(ground, (0.0, 0.0), half_width, spacing)


@pytest.mark.parametrize("distance", [34.5e3, 100e3, 200e3, 299e3])
def test_a_wall_one_pixel_wide_is_seen_at_its_closed_form(distance):
    spacing = on_map(distance) / 320
    terrain = nested_terrain([walled_tile(330 * spacing, spacing, column=320, height=10e3)], flat_moon())
    horizon = horizon_profile(terrain, *POLE, EYE, azimuth_count=360)
    # from the pole rays are straight on the map: they meet the wall at x / sin(azimuth); the sea of the base lies below
    ahead = np.sin(horizon.azimuth) > math.cos(math.radians(14.0))  # further aside the wall ends with the tile
    meets = (
        2.0 * LUNAR_MAP_RADIUS * np.arctan(320 * spacing / np.sin(horizon.azimuth[ahead]) / (2.0 * LUNAR_MAP_RADIUS))
    )
    seen = meets <= 300e3
    np.testing.assert_allclose(horizon.elevation[ahead][seen], elevation_of(10e3, EYE, meets[seen]), rtol=0, atol=CREST)
    np.testing.assert_allclose(horizon.distance[ahead][seen], meets[seen], atol=1.0)  # [m] width of the last bracket
    assert np.max(horizon.elevation[~ahead & (np.sin(horizon.azimuth) < 0.0)]) < -0.1  # the sphere, seen from 10 km


def test_a_wall_of_2000_m_at_34500_m_stands_2_75_degrees_high(validation):
    spacing = on_map(34.5e3) / 345
    terrain = nested_terrain([walled_tile(360 * spacing, spacing, column=345)], flat_moon())
    horizon = horizon_profile(terrain, *POLE, 0.0, azimuth_count=4)
    validation(
        capability="Terrain horizon",
        quantity="wall of 2000 m at 34.5 km on the curved Moon, tile of 100 m",
        authority="law of cosines: 2.75 deg",
        error=math.degrees(abs(horizon.elevation[1] - elevation_of(2000.0, 0.0, 34.5e3))),
        unit="deg",
        tolerance=math.degrees(CREST),
        cases=1,
    )
    assert math.degrees(horizon.elevation[1]) == pytest.approx(2.75, abs=0.005)


@pytest.mark.parametrize(
    "wall",
    [
        {"column": 99},  # last pixel but one of the fine tile
        {"column": 100},  # on its edge
        {"row": -98, "column": 97},
    ],
)
def test_a_wall_at_the_edge_of_a_level_is_not_lost(wall):
    fine = walled_tile(2000.0, 20.0, **wall)
    wide = made_tile(lambda lat, lon: 0.0 * lat, (0.0, 0.0), 30e3, 300.0)
    terrain = nested_terrain([fine, wide], flat_moon())
    horizon = horizon_profile(terrain, *POLE, 0.0, azimuth_count=8)
    expected = elevation_of(2000.0, 0.0, 20.0 * wall["column"])
    assert horizon.elevation[2] == pytest.approx(expected, abs=1e-5)  # the map stretches 2 km by 1e-7


def test_walls_of_every_level_are_seen_past_each_other():
    fine = walled_tile(2000.0, 20.0, row=50, height=100.0)  # north on the map, 1 km
    wide = walled_tile(30e3, 300.0, column=-80, height=1500.0)  # west, 24 km
    rows = 1440
    base = flat_moon(rows=rows)
    heights = base.heights.copy()
    heights[-40] = 9000.0  # a ring 150 km away
    base = type(base)("ringed", heights, base.radius, base.frame, base.source)
    ring = 39.5 * math.pi / rows * LUNAR_MAP_RADIUS
    terrain = nested_terrain([wide, fine], base)
    horizon = horizon_profile(terrain, *POLE, 0.0, azimuth_count=4)
    expected = [
        elevation_of(100.0, 0.0, 1000.0),
        elevation_of(9000.0, 0.0, ring),
        elevation_of(9000.0, 0.0, ring),
        elevation_of(1500.0, 0.0, 2.0 * LUNAR_MAP_RADIUS * math.atan(24e3 / (2.0 * LUNAR_MAP_RADIUS))),
    ]
    np.testing.assert_allclose(horizon.elevation, expected, rtol=0, atol=1e-5)


def test_terrain_without_tiles_has_the_horizon_of_its_base(lola):
    place = math.radians(-89.45), math.radians(222.69)
    alone = horizon_profile(lola, *place, 2.0, azimuth_count=60)
    nested = horizon_profile(nested_terrain([], lola), *place, 2.0, azimuth_count=60)
    np.testing.assert_allclose(nested.elevation, alone.elevation, rtol=0, atol=SMOOTH)


@pytest.mark.parametrize("mast", [2.0, 500.0])
def test_a_flat_tile_dips_like_the_sphere(mast):
    terrain = nested_terrain([made_tile(lambda lat, lon: 0.0 * lat, (0.0, 0.0), 60e3, 300.0)], flat_moon())
    horizon = horizon_profile(terrain, *POLE, mast, azimuth_count=12)
    dip = math.acos(LUNAR_MAP_RADIUS / (LUNAR_MAP_RADIUS + mast))
    np.testing.assert_allclose(horizon.elevation, -dip, rtol=0, atol=SMOOTH)


def rugged(seed, count, slope):
    """Random heights (count, count) [pixel] whose spectrum falls like that of real ground, with a slope (rms) [1]."""
    generator = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(count)[:, None], np.fft.rfftfreq(count)[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(np.fft.rfft2(generator.standard_normal((count, count))) * frequency**-1.9, s=(count, count))
    return field * slope / np.std(np.diff(field, axis=0))


def rugged_tile(seed, below, center, count, spacing, slope, hole=0.0, projection=SOUTH):
    """Tile of rugged detail on the ground of a coarser terrain, with a hole of a radius [pixel] off the middle."""
    detail = spacing * rugged(seed, count, slope)
    detail -= detail[count // 2, count // 2]

    def ground(latitude, longitude):
        heights = below.height(latitude, longitude) + detail
        i, j = np.indices(detail.shape)
        return np.where(np.hypot(i - 0.7 * count, j - 0.6 * count) < hole, np.nan, heights)

    return made_tile(ground, center, (count // 2) * spacing, spacing, projection)


def check_against_plain_march(label, terrain, places, reach, validation):
    error = []
    for latitude, longitude in places:
        profile = horizon_profile(terrain, float(latitude), float(longitude), 2.0, azimuth_count=24, reach=reach)
        error.append(np.abs(profile.elevation - nested_march(terrain, profile, reach)))
    found = np.concatenate(error)
    for name, value, allowed in (
        ("median", np.median(found), MEDIAN),
        ("99 %", np.quantile(found, 0.99), NINETY_NINE),
        ("worst", np.max(found), WORST),
    ):
        validation(
            capability="Terrain horizon",
            quantity=f"{label}: {name} error",
            authority="plain march of an eighth of a pixel, same ground",
            error=math.degrees(value),
            unit="deg",
            tolerance=math.degrees(allowed),
            cases=found.size,
        )


@pytest.mark.truth
@pytest.mark.parametrize(
    ("label", "center", "hole"), [("rough ground", (0.0, 0.0), 0.0), ("ground with holes", (4e4, -2.5e4), 12.0)]
)
def test_the_horizon_is_that_of_a_plain_march_of_an_eighth_of_a_pixel(label, center, hole, lola, validation):
    off = MapProjection("gnomonic", *(float(a) for a in SOUTH.inverse(*center)), LUNAR_MAP_RADIUS)
    below = nested_terrain([rugged_tile(1, lola, center, 241, 600.0, 0.12)], lola)
    below = nested_terrain([*below.tiles, rugged_tile(2, below, (0.0, 0.0), 201, 60.0, 0.15, hole, off)], lola)
    terrain = nested_terrain([*below.tiles, rugged_tile(3, below, center, 201, 6.0, 0.15, hole)], lola)
    spread = np.random.default_rng(4).uniform(-200.0, 200.0, (8, 2))
    places = [SOUTH.inverse(*(np.array(center) + each)) for each in spread]
    check_against_plain_march(f"levels of 6, 60 and 600 m over LOLA, {label}", terrain, places, 60e3, validation)


def crater(latitude, longitude):
    """A bowl 20 km wide and 3 km deep with a rim of 700 m that falls off outwards; roughly Shackleton."""
    out = np.hypot(*SOUTH.forward(latitude, longitude)) / 10e3
    return np.where(out < 1.0, 700.0 - 3700.0 * (1.0 - out**2) ** 2, 700.0 / np.maximum(out, 1.0) ** 3)


def massif(latitude, longitude):
    """A plain with a massif 5 km high and 25 km wide, 90 km to the right and 30 km down on the map."""
    x, y = SOUTH.forward(latitude, longitude)
    return 5000.0 * np.exp(-(((x - 90e3) / 12e3) ** 2) - ((y + 30e3) / 8e3) ** 2)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("label", "ground", "center", "reach"),
    [("crater rim", crater, (9.9e3, 1.5e3), 60e3), ("plain with a far massif", massif, (0.0, 0.0), 150e3)],
)
def test_the_horizon_of_made_up_places_is_that_of_a_plain_march(label, ground, center, reach, validation):
    class Ground:
        height = staticmethod(ground)

    wide = rugged_tile(5, Ground, (0.0, 0.0), 801, 400.0, 0.02)
    below = nested_terrain([wide], flat_moon())
    terrain = nested_terrain([rugged_tile(6, below, center, 301, 20.0, 0.05), wide], flat_moon())
    spread = np.random.default_rng(8).uniform(-800.0, 800.0, (8, 2))
    places = [SOUTH.inverse(*(np.array(center) + each)) for each in spread]
    check_against_plain_march(f"levels of 20 and 400 m, {label}", terrain, places, reach, validation)


def test_no_thin_ridge_of_any_direction_is_missed_within_300_km():
    spacing, count = 500.0, 1261
    generator = np.random.default_rng(12)
    for _ in range(6):
        way, distance = generator.uniform(0.0, 2.0 * math.pi), generator.uniform(20e3, 290e3)

        def ridge(latitude, longitude, way=way, middle=on_map(distance)):  # noqa: B008 - of this round
            x, y = SOUTH.forward(latitude, longitude)
            off = x * math.cos(way) + y * math.sin(way) - middle
            return np.where(np.abs(off) < 0.5 * spacing, 10e3, 0.0)

        terrain = nested_terrain([made_tile(ridge, (0.0, 0.0), count // 2 * spacing, spacing)], flat_moon())
        profile = horizon_profile(terrain, *POLE, EYE, azimuth_count=24, reach=300e3)
        reference = nested_march(terrain, profile, 300e3)
        # a flank rises by 10 km in a pixel: the march stops up to a sixteenth of that short of the top, never above it
        assert np.all(profile.elevation >= reference - SMOOTH)
        assert np.max(profile.elevation - reference) < 10e3 / 16.0 / distance
        towards = np.argmin(
            np.abs(np.remainder(math.pi / 2.0 - way - profile.azimuth + math.pi, 2 * math.pi) - math.pi)
        )
        assert profile.elevation[towards] > elevation_of(0.0, EYE, distance) + math.radians(0.1)


def test_a_place_beside_all_tiles_or_in_a_hole_is_refused():
    def holed(latitude, longitude):
        return np.where(np.abs(SOUTH.forward(latitude, longitude)[0]) < 100.0, np.nan, 0.0)

    terrain = nested_terrain([made_tile(holed, (0.0, 0.0), 2000.0, 20.0, name="Site99")], flat_moon())
    with pytest.raises(InvalidInput, match=r"on none of the tiles.*Site99 about -90\.000"):
        horizon_profile(terrain, -1.4, 0.3, 2.0)
    with pytest.raises(InvalidInput, match=r"in a hole of Site99, where 5\.\d+%"):
        horizon_profile(terrain, *POLE, 2.0)
