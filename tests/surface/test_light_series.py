"""Authority: the full calculation of each direction, closed forms of the disc, brute force over a fine series."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.disc import disc_strips, limb_darkened_fraction_above, limb_darkening_exponent
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.light import light_windows, sun_fraction
from moonstead.surface.light_series import light_series
from moonstead.surface.moon_sky import MoonSky, moon_sky
from moonstead.surface.sky import sky_track

HOUR, DAY = 3600.0, 86_400.0
START = Epoch.parse("2030-01-01T00:00:00Z").tdb()
SUN_DIRECTION = 2e-8  # [rad] straight lines between the velocities of aberration
EARTH_DIRECTION = 6e-7  # [rad] the aberration is that of the Moon's centre: v/c times the Earth's parallax
SAME_STRIPS = 1e-6  # [1] linear table of the light along a strip
FINE_DISC = 2e-3  # [1] sum over points of the disc, 400 across


def rough_skyline(site, seed=5, count=720, size=0.03):
    noise = np.random.default_rng(seed).normal(size=count)
    smooth = np.convolve(np.concatenate((noise[-10:], noise, noise[:10])), np.ones(21) / math.sqrt(21), "valid")
    azimuth = np.arange(count) * (2 * math.pi / count)
    return HorizonProfile(azimuth, size * smooth, np.full(count, 1e4), site.latitude, site.longitude, site.height)


@pytest.mark.parametrize("aberration", ["geometric", "light-time", "apparent"])
def test_one_sky_serves_every_site(site_at, data, aberration):
    tdb = START + np.arange(0.0, 60 * DAY, 5 * HOUR)
    sky = moon_sky(tdb, data, aberration)
    for latitude, longitude in ((-90.0, 0.0), (-88.8, 123.4), (12.0, -40.0)):
        site = site_at(latitude, longitude, height=1500.0)
        series = light_series(site, rough_skyline(site), sky, data)
        for body, azimuth, elevation, tolerance in (
            ("SUN", series.sun_azimuth, series.sun_elevation, SUN_DIRECTION),
            ("EARTH", series.earth_azimuth, series.earth_elevation, EARTH_DIRECTION),
        ):
            full = sky_track(site, body, tdb, data, aberration)
            np.testing.assert_allclose(elevation, full.elevation, rtol=0, atol=tolerance)
            turn = np.angle(np.exp(1j * (azimuth - full.azimuth))) * np.cos(elevation)
            np.testing.assert_allclose(turn, 0.0, atol=tolerance)


def test_an_even_disc_gives_the_same_as_strips_one_by_one(site_at, data):
    site = site_at(-89.45, 222.69)
    horizon = rough_skyline(site)
    tdb = START + np.arange(0.0, 365 * DAY, 2 * HOUR)
    found = light_series(site, horizon, tdb, data, strips=9, limb_darkening=False)
    # strips of an even disc are cut by straight edges there, by a table of the circle's own light here
    np.testing.assert_allclose(found.sun_fraction, sun_fraction(site, horizon, tdb, data, strips=9), atol=SAME_STRIPS)
    assert np.sum((found.sun_fraction > 0.01) & (found.sun_fraction < 0.99)) > 100


@pytest.mark.parametrize("count", [1, 5, 9, 31])
def test_strips_of_a_darkened_disc_meet_the_closed_form_of_a_level_edge(count):
    exponent = limb_darkening_exponent()
    strips = disc_strips(count, exponent)
    height = np.linspace(-0.99, 0.99, 41)
    scale = np.linspace(-1.0, 1.0, strips.table.size)
    found = sum(
        weight * np.interp(np.clip(height / chord, -1.0, 1.0), scale, strips.table)
        for weight, chord in zip(strips.weights, strips.chords, strict=True)
    )
    expected = limb_darkened_fraction_above(height * 4.65e-3, 4.65e-3)
    np.testing.assert_allclose(found, expected, atol=1e-6 if count == 1 else 0.2 / count**2)


def test_a_darkened_disc_behind_a_ragged_skyline_is_the_sum_over_its_points(site_at, data):
    site = site_at(-89.45, 222.69)
    horizon = rough_skyline(site, size=0.01)
    sky = moon_sky(START + np.arange(0.0, 300 * DAY, 7 * HOUR), data)
    series = light_series(site, horizon, sky, data, strips=31, eclipses=False)
    partial = np.flatnonzero((series.sun_fraction > 0.05) & (series.sun_fraction < 0.95))[:20]
    assert partial.size == 20
    radius = sky_track(site, "SUN", sky.tdb[partial], data).angular_radius
    axis = (np.arange(400) + 0.5) / 200.0 - 1.0
    x, y = np.meshgrid(axis, axis)
    inside = x**2 + y**2 < 1.0
    light = np.where(inside, np.sqrt(np.maximum(1.0 - x**2 - y**2, 0.0)) ** limb_darkening_exponent(), 0.0)
    for k, size in zip(partial, radius, strict=True):
        edge = horizon.at(series.sun_azimuth[k] + x * size / np.cos(series.sun_elevation[k]))
        seen = np.sum(light * (series.sun_elevation[k] + y * size > edge)) / np.sum(light)
        assert series.sun_fraction[k] == pytest.approx(seen, abs=FINE_DISC)


def test_eclipses_by_the_earth_are_seen_in_a_series(site_at, data):
    site = site_at(0.0, 0.0)
    count = 36
    level = HorizonProfile(
        np.arange(count) * (2 * math.pi / count), np.zeros(count), np.full(count, 1e4), site.latitude, 0.0, 0.0
    )
    middle = Epoch.parse("2029-06-26T03:23:22", scale="TT").tdb()  # total lunar eclipse
    tdb = middle + np.arange(-4 * HOUR, 4 * HOUR, 120.0)
    with_earth = light_series(site, level, tdb, data).sun_fraction
    without = light_series(site, level, tdb, data, eclipses=False).sun_fraction
    np.testing.assert_array_equal(without, 1.0)
    assert with_earth[np.argmin(np.abs(tdb - middle))] == 0.0
    assert with_earth[0] == 1.0


def test_shares_of_light_are_those_of_exact_windows(site_at, data):
    site = site_at(-89.6866, 197.19)
    horizon = rough_skyline(site, seed=8)
    stop = START + 120 * DAY
    # one strip looks where the windows look: under the Sun's centre
    series = light_series(site, horizon, np.arange(START, stop, 600.0), data, strips=1)
    windows = light_windows(site, horizon, START, stop, data)
    assert np.mean(series.sun_fraction > 0.0) == pytest.approx(windows.fraction(), abs=2e-3)


def test_mistakes_are_told(site_at, data):
    site = site_at(-89.0, 0.0)
    horizon = rough_skyline(site)
    with pytest.raises(InvalidInput, match="rising"):
        moon_sky([START, START], data)
    with pytest.raises(InvalidInput, match="aberration"):
        moon_sky([START], data, "none")
    with pytest.raises(InvalidInput, match="call horizon_profile for the site"):
        light_series(site_at(-88.0, 0.0), horizon, [START], data)
    with pytest.raises(InvalidInput, match="pair with vectors"):
        MoonSky(np.zeros(2), np.zeros((3, 3)), np.zeros((2, 3)), "apparent")
    with pytest.raises(InvalidInput, match="at least one strip"):
        disc_strips(0)
    with pytest.raises(InvalidInput, match="exponent"):
        disc_strips(3, 5.0)
