"""Authority: Diviner on the equator under the true Sun of its mission, closed forms, and the columns alone."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.surface.ground_heat_site import (
    SiteSun,
    ground_light,
    ground_spread,
    lead_up,
    site_flux,
    site_sky_view,
)
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.regolith import HIGHLAND, MARE, PUBLISHED
from moonstead.surface.sky import sky_track

LUNATION = 29.530588 * SECONDS_PER_DAY  # [s]
MARE_SHARE = 0.17  # of the Moon's surface: Head (1976), Rev. Geophys. 14, 265
DIVINER = ("2009-07-05T00:00:00", "2015-01-05T00:00:00")  # 68 lunations, the 5.5 years of Williams et al. (2017)


def noon_sun(count=355, elevation=1.0):
    """A Sun that goes round the sky of a site on the equator."""
    time = np.linspace(0.0, LUNATION, count)
    height = np.arcsin(elevation * np.cos(2.0 * np.pi * time / LUNATION))
    fraction = (height > 0.0).astype(np.float64)
    return SiteSun(time, np.zeros(count), height, np.full(count, ASTRONOMICAL_UNIT), fraction)


@pytest.mark.truth
def test_equator_is_as_warm_as_diviner_saw_it(data, site_at, validation):
    """Mean over the equator of the warmest and the coldest that each place was in 5.5 years.

    Three things lift the noon of the published highland column (385 K at 1 au): the warmest noon is that of perihelion
    (+3.6 K), a sixth of the Moon is dark mare (+1 K), and nothing else is taken.
    """
    start, stop = (Epoch.parse(text, "UTC").tdb() for text in DIVINER)
    lunations = round((stop - start) / LUNATION)
    tdb = start + np.arange(lunations * 236 + 1) * (LUNATION / 236)
    warmest, coldest = [], []
    for longitude in (0.0, 180.0):  # noon at full moon, far from the Sun, and at new moon
        track = sky_track(site_at(0.0, longitude), "SUN", tdb, data)
        fraction = np.clip(0.5 * (1.0 + track.elevation / track.angular_radius), 0.0, 1.0)
        sun = SiteSun(tdb, track.azimuth, track.elevation, track.distance, fraction)
        found = ground_spread(sun, others=(MARE,))
        for each, weight in ((found.found, 1.0 - MARE_SHARE), (found.others[MARE.name], MARE_SHARE)):
            warmest.append(weight * each.surface_warmest[0])
            coldest.append(weight * each.surface_coldest[0])
    for quantity, ours, theirs in (
        ("maximum", np.sum(warmest) / 2.0, 392.3),
        ("minimum", np.sum(coldest) / 2.0, 94.3),
    ):
        validation(
            capability="ground temperature",
            quantity=f"{quantity} on the equator, mean over longitude, in 5.5 years",
            authority="Diviner, Williams et al. (2017)",
            error=abs(ours - theirs),
            unit="K",
            tolerance=3.0,  # the roughness of the ground, which warms what is seen from above at noon, is not modelled
            cases=2,
        )


def test_level_ground_under_an_open_sky_gets_the_sun_alone():
    sun = noon_sun()
    expected = 0.88 * 1361.0
    assert np.max(site_flux(HIGHLAND, sun)) == pytest.approx(expected, rel=1e-6)
    assert site_flux(HIGHLAND, sun)[177] == 0.0


def test_what_is_not_absorbed_is_reflected():
    sun = noon_sun()
    level = sun.beam * np.maximum(np.sin(sun.middle), 0.0)
    np.testing.assert_allclose(site_flux(HIGHLAND, sun) + ground_light(HIGHLAND, sun), level, rtol=1e-9)


def test_ground_that_sees_ground_is_warmer():
    sun = noon_sun()
    assert np.all(site_flux(HIGHLAND, sun, 0.8) >= site_flux(HIGHLAND, sun, 1.0))
    dark = SiteSun(sun.tdb, sun.azimuth, sun.elevation, sun.distance, np.zeros_like(sun.tdb))
    assert np.max(site_flux(HIGHLAND, dark, 0.8)) > 100.0


def test_the_spread_holds_every_published_column():
    found = ground_spread(noon_sun(), depths=(0.5,))
    assert set(found.others) == {each.name for each in PUBLISHED} - {HIGHLAND.name}
    for value, low, high in (*found.surface().values(), *found.at_probe(0).values()):
        assert low <= value <= high
    assert found.surface()["maximum"][2] > found.surface()["maximum"][0] + 5.0  # mare is darker
    assert found.found.probe.shape == (355, 1, 1)


def test_a_year_has_no_night_longer_than_its_nights(data, site_at):
    """The series is taken to repeat itself: were it no whole number of lunations, two nights could meet at its ends."""
    start, stop = (Epoch.parse(text, "UTC").tdb() for text in ("2030-01-01T00:00:00", "2031-01-01T00:00:00"))
    tdb = lead_up(start, stop, 7200.0)
    track = sky_track(site_at(0.0, 0.0), "SUN", tdb, data)
    fraction = np.clip(0.5 * (1.0 + track.elevation / track.angular_radius), 0.0, 1.0)
    sun = SiteSun(tdb, track.azimuth, track.elevation, track.distance, fraction)
    found = ground_spread(sun, others=(), since=start)
    one = ground_spread(noon_sun(), others=())
    assert found.surface()["minimum"][0] == pytest.approx(one.surface()["minimum"][0], abs=0.5)


def test_slopes_belong_to_the_spread():
    found = ground_spread(noon_sun(elevation=0.1), others=(), slope=np.radians(7.5))
    assert set(found.others) == {"leaning north", "leaning east", "leaning south", "leaning west"}
    value, low, high = found.surface()["maximum"]
    assert low <= value < high - 20.0  # the Sun stands 6 degrees high at best, in the north


def test_spans_are_led_up_to_by_whole_lunations_that_hold_a_year():
    times = lead_up(1e8, 1e8 + 10.0 * SECONDS_PER_DAY, 3600.0)
    assert times[-1] - times[0] == pytest.approx(13.0 * LUNATION, rel=1e-6)
    assert np.max(np.diff(times)) <= 3600.0 + 1e-6
    long = lead_up(0.0, 1e8, 3600.0)
    assert -LUNATION < long[0] <= 0.0 and long[-1] == 1e8
    assert (long[-1] - long[0]) / LUNATION == pytest.approx(round(1e8 / LUNATION + 0.5), rel=1e-6)
    late = ground_spread(noon_sun(), others=(), since=0.45 * LUNATION)
    assert late.surface()["maximum"][0] > 380.0  # the noon at the end; the night before belongs to the span
    assert ground_spread(noon_sun(), others=(), since=0.8 * LUNATION).surface()["minimum"][0] > 200.0
    with pytest.raises(InvalidInput, match="start < stop"):
        lead_up(1.0, 0.0, 1.0)


def test_sky_view_of_an_even_skyline():
    azimuth = np.arange(72) * (2.0 * np.pi / 72)
    horizon = HorizonProfile(azimuth, np.full(72, 0.2), np.full(72, 1e3), 0.0, 0.0, 0.0)
    assert site_sky_view(horizon) == pytest.approx(np.cos(0.2) ** 2)


def test_a_sun_of_unequal_series_is_refused():
    with pytest.raises(InvalidInput, match="one elevation"):
        SiteSun(np.zeros(3), np.zeros(3), np.zeros(2), np.zeros(3), np.zeros(3))
