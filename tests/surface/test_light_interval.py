"""Authority: closed forms of self-affine ground, what the grid itself shows, and the meaning of an interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.fine_relief import (
    HURST_EXPONENT,
    fine_bands,
    highland_rise,
    self_affine_ground,
)
from moonstead.surface.light_interval import light_interval
from moonstead.surface.local_map import from_map, onto_map
from moonstead.surface.missing_relief import relief_ensemble
from moonstead.surface.moon_sky import moon_sky

HOUR, DAY = 3600.0, 86_400.0
START = Epoch.parse("2030-01-01T00:00:00Z").tdb()
STRUCTURE = 0.06  # [1] scatter of the mean of 30 realisations of 13 independent baselines each way


@pytest.fixture(scope="module")
def year(data):
    return moon_sky(START + np.arange(0.0, 365 * DAY, 6 * HOUR), data)


def test_highlands_rise_as_much_as_their_median_slope_says():
    # half of the slopes over 17 m are steeper than 7.5 degrees
    random = np.random.default_rng(2)
    slope = np.hypot(*random.normal(scale=highland_rise(17.0) / 17.0, size=(2, 200_000)))
    assert math.degrees(math.atan(np.median(slope))) == pytest.approx(7.5, abs=0.1)
    assert highland_rise(3400.0) / highland_rise(17.0) == pytest.approx(200.0**HURST_EXPONENT)


def test_random_ground_has_the_structure_it_was_asked_for():
    ground = self_affine_ground(3790.0, 3790.0 / 12.0)
    random = np.random.default_rng(4)
    rises, bends = [], {6: [], 12: []}
    for heights in (field for _ in range(15) for field in ground.heights(random)):
        rises.append(np.mean((np.roll(heights, 12, axis=1) - heights) ** 2))
        for step, found in bends.items():
            second = np.roll(heights, step, axis=1) - 2.0 * heights + np.roll(heights, -step, axis=1)
            found.append(np.mean(second**2))
    assert math.sqrt(np.mean(rises)) == pytest.approx(1.0, abs=STRUCTURE)
    # second differences hardly see the waves that a finite square lacks, so they grow as self-affine ground does
    grows = math.sqrt(np.mean(bends[12]) / np.mean(bends[6]))
    assert grows == pytest.approx(2.0**HURST_EXPONENT, rel=0.03)


def test_bands_continue_the_ground_where_its_pixels_end():
    ground = self_affine_ground(3790.0, 3790.0 / 12.0)
    whole = ground.deviation(ground.shortest, 40.0)
    bands = fine_bands(ground.shortest, 40.0)
    parts = [ground.deviation(a, b) for a, b in zip(bands.bounds[:-1], bands.bounds[1:], strict=True)]
    assert math.hypot(*parts) == pytest.approx(whole, rel=1e-12)
    np.testing.assert_allclose(np.std(bands.tiles, axis=(1, 2)), 1.0, rtol=1e-12)
    # and they meet the pixels' own waves: an octave on the raster is 2^H times as high as the next on the bands
    random = np.random.default_rng(9)
    heights = np.mean([np.abs(np.fft.fft2(ground.heights(random)[1])) ** 2 for _ in range(10)], axis=0)
    axis = np.fft.fftfreq(512, ground.spacing)
    frequency = np.hypot(axis[:, None], axis[None, :])
    octave = (frequency >= 0.25 / ground.spacing) & (frequency < 0.5 / ground.spacing)
    on_raster = math.sqrt(np.sum(heights[octave])) / 512**2
    expected = ground.deviation(2.0 * ground.shortest, ground.shortest)
    assert on_raster == pytest.approx(expected, rel=0.03)
    assert ground.deviation(100.0, 100.0) == 0.0


@pytest.mark.parametrize("latitude", [-90.0, -89.5, -60.0, 0.0, 45.0])
def test_the_local_map_goes_there_and_back(latitude):
    random = np.random.default_rng(1)
    x, y = random.uniform(-5e4, 5e4, size=(2, 50))
    lat, lon = from_map(math.radians(latitude), 1.0, x, y, LUNAR_MAP_RADIUS)
    back = onto_map(math.radians(latitude), 1.0, lat, lon, LUNAR_MAP_RADIUS)
    np.testing.assert_allclose(back, (x, y), atol=1e-4)
    # distance from the middle is true
    turn = np.sin(lat) * math.sin(math.radians(latitude)) + np.cos(lat) * math.cos(math.radians(latitude)) * np.cos(
        lon - 1.0
    )
    np.testing.assert_allclose(LUNAR_MAP_RADIUS * np.arccos(turn), np.hypot(x, y), rtol=1e-6)
    assert [float(a) for a in from_map(math.radians(latitude), 1.0, 0.0, 0.0, LUNAR_MAP_RADIUS)] == pytest.approx(
        [math.radians(latitude), 1.0]
    )


def test_members_agree_with_what_the_grid_shows(lola):
    # the mean of a member over a pixel of the grid is that of the surface between the nodes: nearly nothing is left
    latitude, longitude = math.radians(-60.0), math.radians(30.0)
    relief = relief_ensemble(lola, latitude, longitude, members=12)
    half = relief.relief.shape[1] // 2
    middle = relief.relief[:, half - 60 : half + 61, half - 60 : half + 61]
    pixel = 12  # raster pixels in a row of the grid, north to south; at 60 degrees half as many east to west
    means = middle[:, : 120 // pixel * pixel, : 120 // 6 * 6].reshape(12, 10, pixel, 20, 6).mean(axis=(2, 4))
    assert np.std(means) < 0.6 * np.std(middle)
    # and its size lies between what is lost by bilinear interpolation of the highlands and of the local ground
    lost = 0.1 * highland_rise(lola.resolution)
    assert 0.5 * lost < np.std(middle) < 5.0 * lost
    assert 0.3 < relief.rise / highland_rise(lola.resolution) < 4.0


def test_an_ensemble_is_the_same_for_the_same_seed(lola, data, year):
    place = math.radians(-89.45), math.radians(222.69)
    first, again, other = (light_interval(lola, *place, 2.0, year, data, members=4, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.ensemble_mean, again.ensemble_mean)
    assert np.any(first.ensemble_mean != other.ensemble_mean)
    assert first.interval[0] <= first.mean_fraction <= first.interval[1]
    assert first.longest_night_interval[0] <= first.longest_night <= first.longest_night_interval[1]
    assert math.isnan(first.chosen_interval[0]) and "4 skylines" in first.meaning


def test_a_chosen_place_is_lit_better_than_any_place(lola, data, year):
    found = light_interval(lola, math.radians(-89.45), math.radians(222.69), 2.0, year, data, members=12, chosen=True)
    assert found.chosen_interval[1] >= found.unchosen_interval[1] - 0.05
    assert found.interval == (found.unchosen_interval[0], max(found.chosen_interval[1], found.unchosen_interval[1]))
    assert found.chosen_interval[0] > np.median(found.ensemble_mean)
    assert found.chosen_longest_night_interval[0] <= found.unchosen_longest_night_interval[0] + DAY


def test_the_interval_shrinks_to_nothing_where_all_relief_is_known(lola, data, year):
    relief = relief_ensemble(lola, -0.5 * math.pi, 0.0, members=4)
    known = type(relief)(
        relief.latitude,
        relief.longitude,
        relief.spacing,
        np.zeros_like(relief.relief),
        np.zeros_like(relief.scale),
        np.zeros_like(relief.error),
        relief.bands,
        relief.sizes,
        relief.shifts,
        relief.rise,
    )
    found = light_interval(lola, math.radians(-89.9), 0.5, 2.0, year, data, ensemble=known)
    # skylines of the ensemble have 96 directions and one strip across the Sun
    assert found.interval[1] - found.interval[0] < 0.01


def test_mistakes_are_told(lola, data, year):
    with pytest.raises(InvalidInput, match="two members"):
        light_interval(lola, -1.5, 0.0, 0.0, year, data, members=1)
    with pytest.raises(InvalidInput, match="footprint"):
        light_interval(lola, -1.5, 0.0, 0.0, year, data, footprint=-1.0)
    with pytest.raises(InvalidInput, match="does not fit"):
        self_affine_ground(1.0, 1.0)
    with pytest.raises(InvalidInput, match="must fall"):
        fine_bands(1.0, 2.0)
    with pytest.raises(InvalidInput, match="one member"):
        relief_ensemble(lola, 0.0, 0.0, members=0)
    ensemble = relief_ensemble(lola, 0.0, 0.0, members=2)
    with pytest.raises(InvalidInput, match="too far"):
        light_interval(lola, 0.1, 0.0, 0.0, year, data, ensemble=ensemble)
