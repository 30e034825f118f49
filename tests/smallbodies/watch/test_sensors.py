"""The table of sensors, and places of coded stations."""

from __future__ import annotations

import numpy as np
import pytest

from moonstead.foundation.constants import ARCSECOND
from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.smallbodies.astrometry.observatories import observatories
from moonstead.smallbodies.watch.radar import GOLDSTONE, radar_snr
from moonstead.smallbodies.watch.sensors import own_sensor, sensor, sensor_codes, station_point

ROUNDING = 1e-6  # [m] geodetic and back


def test_every_sensor_has_a_source_and_sane_limits(data):
    for code in sensor_codes():
        one = sensor(code)
        assert one.source
        assert one.certainty in ("high", "recalled", "assumed")
        assert 15.0 < one.limiting_magnitude < 32.0
        assert 0.01 * ARCSECOND < one.accuracy < 3.0 * ARCSECOND
        assert one.least_elongation < one.largest_elongation <= np.pi
        assert code in observatories(data)


def test_geodetic_places_give_back_the_parallax_constants(data):
    table = observatories(data)
    for code in ("G96", "309", "F51", "T12", "J95", "M22"):
        point = station_point(code, data)
        np.testing.assert_allclose(point.position, table[code].position, atol=ROUNDING)
        assert -500.0 < point.height < 5000.0


@pytest.mark.parametrize("code", ["500", "250", "274"])
def test_what_has_no_horizon_is_refused(code, data):
    with pytest.raises(InvalidInput, match="no place on the ground"):
        station_point(code, data)


def test_unknown_codes_are_refused_with_a_hint(data):
    with pytest.raises(MissingData, match="G96"):
        sensor("g96")
    with pytest.raises(MissingData, match="no station"):
        station_point("???", data)
    with pytest.raises(InvalidInput, match="positive"):
        own_sensor("J95", 20.0, 0.0)


def test_radar_falls_with_the_fourth_power_and_rises_with_the_square_root_of_the_time():
    near, far = radar_snr(GOLDSTONE, [1e9, 2e9], 100.0)
    assert near / far == pytest.approx(16.0)
    assert radar_snr(GOLDSTONE, 1e9, 100.0, track=4 * 3600.0)[0] == pytest.approx(2.0 * near)
    # twice the size: four times the section, twice the bandwidth
    assert radar_snr(GOLDSTONE, 1e9, 200.0)[0] == pytest.approx(near * 4.0 / np.sqrt(2.0))


def test_gain_of_goldstone_is_the_published_one():
    assert 10.0 * np.log10(GOLDSTONE.gain) == pytest.approx(74.0, abs=0.7)  # [dB] 74.0 to 74.6 in X band, recalled
