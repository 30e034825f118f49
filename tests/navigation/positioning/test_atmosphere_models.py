"""Authority: what the documents state for night, noon, zenith and sea level; Saastamoinen and Niell beside them."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.navigation.positioning.ionosphere import (
    BroadcastIonosphere,
    UsualIonosphere,
    klobuchar,
    klobuchar_beidou,
    thin_layer_factor,
)
from moonstead.navigation.positioning.troposphere import mapping, zenith_delays
from moonstead.navigation.tropospheric_mapping import niell_mapping

LIGHT = 299_792_458.0
ALPHA = np.array([1.0245e-8, 2.2352e-8, -5.9605e-8, -1.1921e-7])  # as messages have them
BETA = np.array([9.6256e4, 1.3107e5, -6.5536e4, -5.8982e5])
MIDNIGHT, NOON = 1_325_030_400.0, 1_325_030_400.0 + 50_400.0  # [s of GPST] 2022-01-01, on the meridian of Greenwich
ROUNDING = 1e-9


def test_at_night_the_delay_is_five_nanoseconds_times_the_obliquity():
    elevation = np.radians([90.0, 45.0, 10.0])
    delay, factor = klobuchar(ALPHA, BETA, 0.7, 0.0, elevation, np.zeros(3), MIDNIGHT)
    np.testing.assert_allclose(delay, LIGHT * 5e-9 * factor, rtol=ROUNDING)
    np.testing.assert_allclose(factor, 1.0 + 16.0 * (0.53 - elevation / np.pi) ** 3, rtol=ROUNDING)
    assert factor[0] == pytest.approx(1.0, abs=1e-3)  # 1 + 16 (0.03)^3


def test_at_two_in_the_afternoon_the_cosine_is_at_its_top():
    # straight up the pierced place is overhead but for 0.0137 / 0.61 - 0.022 semicircles to the north
    delay, factor = klobuchar(ALPHA, BETA, 0.7, 0.0, np.array([np.pi / 2]), np.array([0.0]), NOON)
    pierced = 0.7 / np.pi + 0.0137 / 0.61 - 0.022
    magnetic = pierced + 0.064 * np.cos(-1.617 * np.pi)
    top = ALPHA @ magnetic ** np.arange(4)
    assert delay[0] == pytest.approx(LIGHT * (5e-9 + top) * factor[0], rel=ROUNDING)


def test_the_model_of_beidou_counts_latitude_without_sign_and_has_its_own_bounds():
    up = np.array([np.pi / 2])
    north, _ = klobuchar_beidou(ALPHA, BETA, 0.6, 0.0, up, np.zeros(1), NOON)
    south, _ = klobuchar_beidou(ALPHA, BETA, -0.6, 0.0, up, np.zeros(1), NOON)
    assert north[0] == pytest.approx(south[0], rel=ROUNDING)
    assert north[0] == pytest.approx(LIGHT * (5e-9 + ALPHA @ (0.6 / np.pi) ** np.arange(4)), rel=ROUNDING)
    night, _ = klobuchar_beidou(ALPHA, BETA, 0.6, 0.0, up, np.zeros(1), MIDNIGHT)
    assert night[0] == pytest.approx(LIGHT * 5e-9, rel=ROUNDING)


def test_a_delay_never_falls_below_the_night_value():
    elevation, azimuth = np.radians(np.linspace(5.0, 90.0, 40)), np.linspace(-3.0, 3.0, 40)
    for coefficients in (ALPHA, -ALPHA):
        for hour in range(24):
            for model in (klobuchar, klobuchar_beidou):
                delay, factor = model(coefficients, BETA, 0.7, 1.0, elevation, azimuth, MIDNIGHT + 3600.0 * hour)
                assert np.all(delay >= LIGHT * 5e-9 * factor * (1.0 - ROUNDING))


def test_models_say_their_carrier():
    assert BroadcastIonosphere("GPS", ALPHA, BETA).frequency == pytest.approx(1575.42e6)
    assert BroadcastIonosphere("BeiDou", ALPHA, BETA).frequency == pytest.approx(1561.098e6)
    delay, factor = UsualIonosphere().delay(*(np.zeros(1),) * 2, np.array([np.pi / 2]), np.zeros(1), np.zeros(1))
    assert (delay[0], factor[0]) == (pytest.approx(1.6), pytest.approx(1.0))


def test_the_thin_layer_ends_where_geometry_says():
    assert thin_layer_factor(0.0) == pytest.approx(1.0 / np.sqrt(1.0 - (6371.0 / 6821.0) ** 2))


@pytest.mark.parametrize("latitude", [15.0, 30.0, 45.0, 60.0, 75.0])
def test_the_dry_delay_is_saastamoinens_of_the_same_pressure(latitude):
    pressure = {15.0: 1013.25, 30.0: 1017.25, 45.0: 1015.75, 60.0: 1011.75, 75.0: 1013.00}[latitude]
    spring = (28.0 + 365.25 / 4.0 - 6.0) * 86_400.0  # a quarter of a year after the coldest day: the mean
    dry, wet = zenith_delays(np.radians(latitude), 0.0, spring)
    saastamoinen = 2.2768e-3 * pressure / (1.0 - 0.00266 * np.cos(2.0 * np.radians(latitude)))  # Davis et al. (1985)
    # the document takes one gravity for all latitudes, Saastamoinen one for each: 0.27 %
    assert dry == pytest.approx(saastamoinen, rel=0.004)
    assert 0.02 < wet < 0.35


def test_air_thins_with_height_as_pressure_does():
    dry, _ = zenith_delays(0.8, np.array([0.0, 5500.0]), 0.0)
    assert dry[1] / dry[0] == pytest.approx(0.5, abs=0.02)  # half of the air lies below 5.5 km


def test_winter_of_one_hemisphere_is_summer_of_the_other():
    january, july = 22.0 * 86_400.0, (22.0 + 183.0) * 86_400.0
    northern, southern = zenith_delays(0.9, 0.0, january), zenith_delays(-0.9, 0.0, july)
    np.testing.assert_allclose(northern, southern, rtol=1e-4)


def test_slants_agree_with_niells_above_ten_degrees():
    elevation = np.radians([10.0, 15.0, 30.0, 60.0, 90.0])
    dry, _ = niell_mapping(elevation, 0.9, 0.0, 0.0)
    np.testing.assert_allclose(mapping(elevation), dry, rtol=0.006)  # 8 cm of 13 m at 10 degrees
    assert mapping(np.pi / 2) == pytest.approx(1.0, abs=1e-4)
