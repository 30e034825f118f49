"""Authority: what a forecast must not know; means and repetition of series made up for the purpose."""

from __future__ import annotations

import numpy as np
import pytest
from decay_cases import QUIET, START_MJD, made_weather

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.monitoring.decay.weather_forecast import forecast_weather

ROUNDING = 1e-9  # [sfu] of sums of eighty days
COVERED = 0.12  # [1] of the 80 % between deciles: 120 forecasts that overlap in part


def test_nothing_after_the_date_is_used():
    record = made_weather()
    later = record.noon + 0.5 > START_MJD
    other = SpaceWeather(
        record.noon,
        np.where(later, 300.0, record.f107),
        np.where(record.noon > START_MJD - 41.0, 299.0, record.f107a),  # means over 81 days know 40 days ahead
        np.where(later, 200.0, record.ap),
        record.source,
    )
    one, two = (forecast_weather(each, START_MJD, 30) for each in (record, other))
    for name in ("f107", "f107a", "ap"):
        np.testing.assert_array_equal(getattr(one.expected, name), getattr(two.expected, name))
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_observed_days_stand_as_they_were():
    record = made_weather()
    forecast = forecast_weather(record, START_MJD, 30)
    old = forecast.expected.noon < START_MJD - 81.0
    known = np.isin(record.noon, forecast.expected.noon[old])
    np.testing.assert_array_equal(forecast.expected.f107[old], record.f107[known])
    inner = slice(100, -1)
    np.testing.assert_allclose(forecast.expected.f107a[old][inner], record.f107a[known][inner], atol=ROUNDING)


def test_a_sun_that_repeats_itself_is_foretold_with_fading_waves():
    day = np.arange(50_000, 59_000) + 0.5
    wave = 120.0 + 20.0 * np.sin(2.0 * np.pi * day / 27.0)
    record = SpaceWeather(day, wave, np.full_like(day, 120.0), np.full_like(day, 9.0), "waves")
    forecast = forecast_weather(record, 59_000.0, 27)
    ahead = forecast.expected.noon > 59_000.0 + 7.0
    came = 120.0 + 20.0 * np.sin(2.0 * np.pi * forecast.expected.noon[ahead] / 27.0)
    told = forecast.expected.f107[ahead]
    assert np.corrcoef(told, came)[0, 1] > 0.9
    assert np.ptp(told) < np.ptp(came)
    assert np.allclose(forecast.ap, 9.0)


def test_eight_of_ten_days_fall_between_the_deciles_of_the_members():
    record = made_weather()
    inside = []
    for date in np.arange(START_MJD - 3000.0, START_MJD, 25.0):
        forecast = forecast_weather(record, float(date), 20)
        low, high = np.percentile(forecast.f107[:, 10], (10, 90))
        came = np.interp(forecast.noon[10], record.noon, record.f107)
        inside.append(low <= came <= high)
    assert abs(np.mean(inside) - 0.8) < COVERED


def test_constant_weather_stays():
    assert forecast_weather(QUIET, START_MJD, 10).expected is QUIET


@pytest.mark.parametrize(
    ("date", "error", "says"),
    [(47_050.0, OutsideSpan, "162 days before"), (59_900.0, OutsideSpan, "take a longer table")],
    ids=["too early", "too late"],
)
def test_a_record_that_does_not_reach_is_refused(date, error, says):
    with pytest.raises(error, match=says):
        forecast_weather(made_weather(), date, 10)


def test_gaps_and_empty_spans_are_refused():
    record = made_weather()
    keep = np.abs(record.noon - 58_000.0) > 20.0
    holed = SpaceWeather(record.noon[keep], record.f107[keep], record.f107a[keep], record.ap[keep], "holed")
    with pytest.raises(InvalidInput, match="gap"):
        forecast_weather(holed, START_MJD, 10)
    with pytest.raises(InvalidInput, match="a day at least"):
        forecast_weather(record, START_MJD, 0)
