"""Authority: columns alone, closed forms of bowls, and conservation of energy."""

from __future__ import annotations

import numpy as np
import pytest
from bowl import bowl

from moonstead.foundation.constants import SECONDS_PER_DAY, SOLAR_CONSTANT
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.cold_traps import cold_traps, temperature_map
from moonstead.surface.ground_heat import ground_heat
from moonstead.surface.regolith import HIGHLAND
from moonstead.surface.scattered_light import absorbed_sunlight
from moonstead.surface.view_factors import ground_views

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


def test_series_that_do_not_fit_the_map_are_refused():
    views = ground_views(np.zeros((3, 3)), 100.0)
    with pytest.raises(InvalidInput, match="do not pair"):
        temperature_map(views, HIGHLAND, [0.0, 1.0], np.zeros((9, 3)), np.zeros((9, 3)))
    with pytest.raises(InvalidInput, match="a round or more"):
        temperature_map(views, HIGHLAND, [0.0, 1.0], np.zeros((9, 2)), np.zeros((9, 2)), rounds=0)
