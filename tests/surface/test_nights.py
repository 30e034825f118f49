"""Authority: nights made by hand, exact windows, brute force over a sky of random Suns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.complement import light_complement
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.light import light_windows
from moonstead.surface.light_series import LightSeries, light_series
from moonstead.surface.moon_sky import MoonSky, moon_sky
from moonstead.surface.night_statistics import JULIAN_YEAR, PRECESSION_CYCLE, light_statistics
from moonstead.surface.nights import lit_windows, sharpened_windows
from moonstead.surface.shadowed_regions import SunEnvelope, is_permanently_shadowed, sun_ceiling, sun_envelope

HOUR, DAY = 3600.0, 86_400.0
START = Epoch.parse("2030-01-01T00:00:00Z").tdb()
EDGE = 1.0  # [s] asked of the sharpened edges; the strips' Sun and the exact Sun differ by less on a smooth skyline


def series_of(tdb, fraction):
    nothing = np.zeros_like(tdb)
    return LightSeries(tdb, fraction, *[nothing] * 7)


def level(site, elevation, count=720):
    azimuth = np.arange(count) * (2 * math.pi / count)
    return HorizonProfile(
        azimuth, np.full(count, elevation), np.full(count, 1e4), site.latitude, site.longitude, site.height
    )


def test_statistics_of_nights_made_by_hand():
    # three years; every 30 d a night of 3 d, in the second year of 6 d
    tdb = np.arange(0.0, 3 * JULIAN_YEAR + 1.0, HOUR)
    second = (tdb >= JULIAN_YEAR) & (tdb < 2 * JULIAN_YEAR)
    fraction = np.where(np.mod(tdb, 30 * DAY) < np.where(second, 6 * DAY, 3 * DAY), 0.0, 1.0)
    found = light_statistics(series_of(tdb, fraction))
    assert found.year_start.size == 3
    np.testing.assert_allclose(found.year_mean, [0.9, 0.8, 0.9], atol=0.02)  # a year holds 12.2 of them
    assert found.worst_year_mean <= found.year_mean.min()
    assert abs(found.worst_year_start - JULIAN_YEAR) < 60 * DAY
    assert found.longest_night == pytest.approx(6 * DAY, abs=HOUR)
    assert not found.longest_night_is_cut
    assert found.year_nights.sum() in (found.night.size, found.night.size - 1)
    assert found.lit_any == found.lit_half == pytest.approx(found.lit_whole, abs=1e-3)
    np.testing.assert_array_equal(found.histogram(np.array([2.5, 3.5, 5.5, 6.5]) * DAY)[1], 0)
    assert found.histogram(np.array([0.0, 10.0]) * DAY)[0] == found.night.size


def test_a_night_at_the_end_of_the_span_is_said_to_be_cut():
    tdb = np.arange(0.0, 10 * DAY, HOUR)
    found = light_statistics(series_of(tdb, np.where(tdb < 4 * DAY, 0.5, 0.0)))
    assert found.longest_night_is_cut and math.isnan(found.worst_year_mean)


def test_sharpened_edges_are_those_of_the_exact_search(site_at, data):
    site = site_at(-88.5, 30.0)
    horizon = level(site, 0.004)
    series = light_series(site, horizon, np.arange(START, START + 150 * DAY, HOUR), data)
    exact = light_windows(site, horizon, series.tdb[0], series.tdb[-1], data)
    sharp = sharpened_windows(series, site, horizon, data)
    assert len(sharp) == len(exact) > 2
    # on a level skyline the upper limb decides for both, but one strip at 0.99 radii is not the limb itself
    rough = lit_windows(series)
    np.testing.assert_allclose(rough.starts, exact.starts, atol=0.5 * HOUR + 1.0)
    margin = 0.02 * 4.65e-3 / 1e-6 * 5.0  # [s] 2 % of a radius at the Sun's slowest climb here
    np.testing.assert_allclose(sharp.starts, exact.starts, atol=margin)
    for step in (-EDGE, EDGE):
        inner = (sharp.starts if step > 0 else sharp.stops) + step
        inside = (inner > series.tdb[0]) & (inner < series.tdb[-1])
        assert np.all(light_series(site, horizon, np.sort(inner[inside]), data).sun_fraction > 0.0)


def test_sites_complement_one_another_as_sets_do():
    span = (0.0, 100.0)
    first = Windows.of([0.0, 50.0], [30.0, 60.0], span)
    second = Windows.of([20.0, 80.0], [50.0, 90.0], span)
    found = light_complement([first, second])
    assert found.lit_any == pytest.approx(0.7)
    assert found.lit_all == pytest.approx(0.1)
    assert found.longest_common_night == pytest.approx(20.0)
    assert found.longest_common_night_start == pytest.approx(60.0)
    np.testing.assert_allclose(found.pairs, [[0.4, 0.7], [0.7, 0.4]])
    with pytest.raises(InvalidInput, match="two"):
        light_complement([first])


def test_no_sun_ever_stands_above_its_ceiling(data):
    # brute force: the Sun over every latitude of the envelope at every hour angle
    sky = moon_sky(START + np.arange(0.0, PRECESSION_CYCLE, DAY), data)
    envelope = sun_envelope(sky)
    assert math.degrees(envelope.north) == pytest.approx(1.587, abs=2e-3)  # the notes' pole, 2024 to 2042
    over = np.linspace(envelope.south, envelope.north, 41)[:, None]
    hour = np.linspace(0.0, 2 * math.pi, 3601)[None, :]
    for latitude in np.radians([-90.0, -89.5, -85.0, -60.0, -1.0, 0.0, 40.0, 88.0]):
        up = np.sin(latitude) * np.sin(over) + np.cos(latitude) * np.cos(over) * np.cos(hour)
        north = np.cos(latitude) * np.sin(over) - np.sin(latitude) * np.cos(over) * np.cos(hour)
        east = np.cos(over) * np.sin(hour)
        azimuth, elevation = np.arctan2(east, north), np.arcsin(np.clip(up, -1.0, 1.0))
        ceiling = sun_ceiling(latitude, azimuth, envelope)
        assert np.all(elevation <= ceiling + 1e-9)
        bins = np.round(np.degrees(azimuth.ravel())).astype(int)
        if abs(latitude) > math.radians(50.0):  # and the ceiling is reached in every direction
            for angle in range(-170, 180, 17):
                here = bins == angle
                assert np.max(elevation.ravel()[here]) > np.max(ceiling.ravel()[here]) - math.radians(0.5)


def test_a_hole_whose_rim_hides_the_midsummer_sun_is_dark_for_ever(site_at, data):
    sky = moon_sky(START + np.arange(0.0, PRECESSION_CYCLE, DAY), data)
    envelope = sun_envelope(sky)
    site = site_at(-89.0, 40.0)
    edge = math.radians(1.0) + abs(envelope.south) + envelope.angular_radius  # colatitude, season, disc
    assert is_permanently_shadowed(level(site, edge + 2e-4), envelope)
    assert not is_permanently_shadowed(level(site, edge - 2e-4), envelope)
    hourly = moon_sky(START + np.arange(0.0, PRECESSION_CYCLE, 6 * HOUR), data)
    assert np.max(light_series(site, level(site, edge + 2e-4), hourly, data).sun_fraction) == 0.0
    assert np.max(light_series(site, level(site, edge - 2e-3), hourly, data).sun_fraction) > 0.0


def test_mistakes_are_told(data, site_at):
    one = series_of(np.zeros(1), np.zeros(1))
    with pytest.raises(InvalidInput, match="two samples"):
        lit_windows(one)
    two = series_of(np.array([0.0, 1.0]), np.zeros(2))
    with pytest.raises(InvalidInput, match="threshold"):
        lit_windows(two, 1.0)
    site = site_at(-89.0, 0.0)
    with pytest.raises(InvalidInput, match="tolerance"):
        sharpened_windows(two, site, level(site, 0.0), data, tolerance=0.0)
    with pytest.raises(InvalidInput, match="do not belong"):
        light_statistics(two, Windows.none((0.0, 2.0)))
    with pytest.raises(InvalidInput, match="degrees"):
        sun_ceiling(-89.0, 0.0, SunEnvelope(-0.02, 0.02, 0.0047, 1.5e11))
    assert isinstance(moon_sky([START], data), MoonSky)
