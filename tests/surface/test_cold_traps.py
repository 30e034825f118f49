"""Authority: columns alone, closed forms of bowls, and conservation of energy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bowl import bowl

from moonstead.foundation.constants import SECONDS_PER_DAY, SOLAR_CONSTANT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.cold_traps import cold_traps, temperature_map
from moonstead.surface.cold_traps_map import map_temperatures, map_views
from moonstead.surface.gnomonic_grid import gnomonic_grid
from moonstead.surface.ground_heat import ground_heat
from moonstead.surface.horizon_map import horizon_map
from moonstead.surface.moon_sky import moon_sky
from moonstead.surface.regolith import HIGHLAND
from moonstead.surface.scattered_light import absorbed_sunlight
from moonstead.surface.view_factors import ground_views, sky_view_factor

LUNATION = 29.530588 * SECONDS_PER_DAY  # [s]
LATITUDE = np.radians(-85.0)


def sun_at(time):
    """Unit vectors (N, 3) to a Sun over the equator, from 85 S: right is east, up the map is north."""
    hour = 2.0 * np.pi * time / LUNATION
    north = -np.cos(hour) * np.sin(LATITUDE)
    return np.stack((np.sin(hour), north, np.cos(hour) * np.cos(LATITUDE)), axis=1)


def driven(views, time):
    """Sunlight past the skylines of the map, and its cosine on each facet."""
    sun = sun_at(time)
    azimuth = np.mod(np.arctan2(sun[:, 0], sun[:, 1]), 2.0 * np.pi)
    sector = np.rint(azimuth / (2.0 * np.pi) * views.azimuth.size).astype(int) % views.azimuth.size
    up = np.arcsin(sun[:, 2])
    seen = (up > np.maximum(views.skyline[:, sector], 0.0)).astype(np.float64)
    return SOLAR_CONSTANT * seen, views.normals @ sun.T


def test_a_plain_is_as_warm_as_its_columns():
    time = np.linspace(0.0, LUNATION, 178)
    views = ground_views(np.zeros((3, 3)), 100.0)
    beam, cosine = driven(views, time)
    found = temperature_map(views, HIGHLAND, time, beam, cosine)
    alone = ground_heat(HIGHLAND, time, absorbed_sunlight(HIGHLAND, beam[0], np.arccos(np.clip(cosine[0], -1.0, 1.0))))
    # a coarser column in one pass: 0.05 K; flux in single precision
    np.testing.assert_allclose(found.warmest, alone.surface_warmest[0], atol=0.1)
    np.testing.assert_allclose(found.coldest, alone.surface_coldest[0], atol=0.3)


def test_the_shadow_in_a_polar_bowl_is_a_cold_trap_warmed_by_its_walls():
    heights, spacing, inside = bowl(21, 0.2)
    views = ground_views(heights, spacing)
    time = np.linspace(0.0, LUNATION, 119)
    beam, cosine = driven(views, time)
    found = temperature_map(views, HIGHLAND, time, beam, cosine)
    mask, area = cold_traps(found)
    never = (np.max(beam * (cosine > 0.0), axis=1) == 0.0).reshape(heights.shape) & inside
    assert np.any(never)
    # no light of its own, and yet warmer than the heat from the interior alone (24 K) would keep it
    assert np.all(found.warmest[never] > 60.0)
    # and cooler than the plain in sunlight
    assert np.max(found.warmest[never]) < np.min(found.warmest[0])
    assert np.all(mask == (found.warmest < 110.0))
    assert area == pytest.approx(np.sum(found.area[mask]))
    # longer settling changes a tenth of a kelvin, and less than the two last runs differ
    longer = temperature_map(views, HIGHLAND, time, beam, cosine, rounds=12)
    settled = np.max(np.abs(longer.warmest - found.warmest))
    assert settled < 0.1
    assert settled < found.change < 2.0


@pytest.fixture(scope="module")
def cabeus(lola):
    """Skylines of 31 x 31 pixels of 4 km about the impact of LCROSS, from ground up to 240 km away."""
    place = np.radians(-84.675), np.radians(311.275)
    return horizon_map([gnomonic_grid(lola, *place, 240e3, 4e3)], 72, rows=(45, 76), columns=(45, 76))


@pytest.mark.truth
def test_the_floor_that_lcross_struck_is_as_cold_as_diviner_says(data, cabeus, validation):
    """Cabeus on the 3.8 km grid through the 13 lunations before the impact of 2009-10-09; nothing is fitted."""
    stop = Epoch.parse("2009-10-09T00:00:00", "UTC").tdb()
    sky = moon_sky(np.linspace(stop - 13.0 * LUNATION, stop, 1537), data)
    found = map_temperatures(cabeus, sky, data)
    middle = found.warmest.shape[0] // 2
    at_two_centimetres = np.interp(0.02, found.depth, found.profile[:, middle, middle])
    assert found.warmest[middle, middle] < 110.0
    validation(
        capability="ground temperature",
        quantity="mean 2 cm deep where LCROSS struck, heated by the walls of Cabeus alone",
        authority="Paige et al. (2010), abstract: 38 K",
        error=abs(at_two_centimetres - 38.0),
        unit="K",
        tolerance=3.0,  # kilometre-wide ground is smoothed by the grid
        cases=1,
    )


def test_views_of_a_map_hold_ground_beyond_it(cabeus):
    views = map_views(cabeus)
    seen = np.asarray(views.matrix.sum(axis=1)).ravel()
    np.testing.assert_allclose(seen + views.sky + views.far, 1.0, atol=1e-12)
    # in the middle of the map the sky is that of the pixel's own whole skyline
    middle = views.sky.size // 2
    row, column = (size // 2 for size in views.shape)
    azimuth, elevation = cabeus.grid_azimuth, cabeus.centidegrees[:, row, column] * np.pi / 18_000.0
    normal = views.normals[middle]
    tilt, aspect = np.arccos(normal[2]), np.arctan2(normal[0], normal[1])
    # a pixel of 4 km steps over part of its nearest ground, and pairs are made equal in both directions
    assert views.sky[middle] == pytest.approx(sky_view_factor(azimuth, elevation, tilt, aspect), abs=0.01)


def test_maps_too_wide_or_on_masts_are_refused(lola, cabeus, data):
    with pytest.raises(InvalidInput, match="mast 0 m"):
        map_temperatures(replace(cabeus, mast=2.0), moon_sky(np.array([0.0, 1e6]), data), data)
    wide = gnomonic_grid(lola, -1.5, 0.0, 200e3, 10e3)
    with pytest.raises(InvalidInput, match="in parts"):
        map_views(horizon_map([wide], 8, rows=(6, 35), columns=(6, 35)))


def test_series_that_do_not_fit_the_map_are_refused():
    views = ground_views(np.zeros((3, 3)), 100.0)
    with pytest.raises(InvalidInput, match="do not pair"):
        temperature_map(views, HIGHLAND, [0.0, 1.0], np.zeros((9, 3)), np.zeros((9, 3)))
    with pytest.raises(InvalidInput, match="a round or more"):
        temperature_map(views, HIGHLAND, [0.0, 1.0], np.zeros((9, 2)), np.zeros((9, 2)), rounds=0)
