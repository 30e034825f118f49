"""Authority: the test cases printed with the IERS Conventions' software dehanttideinel; closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.dynamics.solid_tides import pole_tide, solid_tide, sun_and_moon
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.foundation.time.scales import tai_seconds

PRINTED = [
    (
        "2009-04-13",
        (4075578.385, 931852.890, 4801570.154),
        (137859926952.015, 54228127881.4350, 23509422341.6960),
        (-179996231.920342, -312468450.131567, -169288918.592160),
        (0.7700420357108125891e-01, 0.6304056321824967613e-01, 0.5516568152597246810e-01),
    ),
    (
        "2012-07-13",
        (1112189.660, -4842955.026, 3985352.284),
        (-54537460436.2357, 130244288385.279, 56463429031.5996),
        (300396716.912, 243238281.451, 120548075.939),
        (-0.2036831479592075833e-01, 0.5658254776225972449e-01, -0.7597679676871742227e-01),
    ),
    (
        "2015-07-15",
        (1112200.5696, -4842957.8511, 3985345.9122),
        (100210282451.6279, 103055630398.3160, 56855096480.4475),
        (369817604.4348, 1897917.5258, 120804980.8284),
        (0.00509570869172363845, 0.0828663025983528700, -0.0636634925404189617),
    ),
]
ESBC = np.array([3582104.961, 532590.121, 5232755.266])  # [m] ITRF2014 at 2020.48
AS_PRINTED = 2e-6  # [m] the arguments of the core's resonance differ by leap seconds and rounding of tables


@pytest.mark.truth
@pytest.mark.parametrize(("day", "place", "sun", "moon", "printed"), PRINTED)
def test_displacements_are_those_printed_with_the_conventions(day, place, sun, moon, printed, validation):
    tdb = Epoch.parse(f"{day}T00:00:00").tdb()
    moved = solid_tide(place, [sun], [moon], [tdb])[0]
    validation(
        capability="solid Earth tides",
        quantity=f"displacement of a station, {day}",
        authority="IERS dehanttideinel, printed test case",
        error=float(np.max(np.abs(moved - printed))),
        unit="m",
        tolerance=AS_PRINTED,
        cases=1,
    )


def test_the_sun_culminates_over_greenwich_at_solstice_noon():
    sun, moon = sun_and_moon(np.array([Epoch.parse("2020-06-20T21:43:00").tdb()]), DataContext.installed())
    # solstice 2020-06-20 21:43:40 UTC; the true Sun runs 1 min 45 s behind the mean one (Astronomical Almanac)
    hour_angle = np.degrees(-np.arctan2(sun[0, 1], sun[0, 0]))
    assert hour_angle == pytest.approx((21 + 43 / 60 - 12 - 1.75 / 60) * 15.0, abs=0.05)
    assert np.degrees(np.arcsin(sun[0, 2] / np.linalg.norm(sun))) == pytest.approx(23.44, abs=0.01)
    assert np.linalg.norm(moon) == pytest.approx(3.9e8, rel=0.06)


def test_the_pole_tide_has_the_amplitudes_of_the_conventions():
    data = DataContext.installed()
    tdb = np.array([Epoch.parse("2020-06-25T12:00:00").tdb()])
    moved = pole_tide(ESBC, tdb, data)[0]
    up = ESBC / np.linalg.norm(ESBC)
    orientation = data.earth_orientation.at(tai_seconds(tdb))
    x, y = np.degrees([orientation.pole_x[0], orientation.pole_y[0]]) * 3600.0
    years = 20.48
    m1, m2 = x - (0.0550 + 0.001677 * years), -(y - (0.3205 + 0.003460 * years))
    longitude, colatitude = np.arctan2(ESBC[1], ESBC[0]), np.arccos(up[2])
    radial = -33e-3 * np.sin(2 * colatitude) * (m1 * np.cos(longitude) + m2 * np.sin(longitude))
    south = -9e-3 * np.cos(2 * colatitude) * (m1 * np.cos(longitude) + m2 * np.sin(longitude))
    east = 9e-3 * np.cos(colatitude) * (m1 * np.sin(longitude) - m2 * np.cos(longitude))
    eastward = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
    assert moved @ up == pytest.approx(radial, abs=1e-6)
    assert moved @ np.cross(eastward, up) == pytest.approx(south, abs=1e-6)
    assert moved @ eastward == pytest.approx(east, abs=1e-6)


def test_a_place_in_kilometres_is_refused():
    with pytest.raises(InvalidInput, match="metres"):
        solid_tide([3582.1, 532.6, 5232.8], [[1.5e11, 0, 0]], [[3.8e8, 0, 0]], [0.0])
