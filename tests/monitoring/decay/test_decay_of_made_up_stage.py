"""Authority: flights with all forces along the way; histories made of a known ballistic coefficient."""

from __future__ import annotations

import numpy as np
import pytest
from decay_cases import COEFFICIENT, DAY, QUIET, START, elements, made_weather, orbit, rows_at

from moonstead.dynamics.mean_elements import joined
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.monitoring.decay.ballistic_coefficient import decay_arc, fit_ballistic_coefficient
from moonstead.monitoring.decay.fall_members import fall_table, fall_times
from moonstead.monitoring.decay.last_revolutions import fly_last_revolutions
from moonstead.monitoring.decay.mean_descent import descend
from moonstead.monitoring.decay.reentry import reentry
from moonstead.monitoring.decay.risk_strip import latitude_share, risk_strip
from moonstead.monitoring.decay.weather_forecast import WeatherForecast, forecast_weather

AVERAGED = 0.01  # [1] of the life: what averages over a revolution leave out, longitudes of the air and of gravity
TABLE = 3e-3  # [1] of the life: straight logarithms from row to row of the table
RECOVERED = 5e-3  # [1] of the ballistic coefficient: rows between steps of the descent are straight
LINEAR = 0.02  # [1] of a response to weather that is laid out as a difference of 10 sfu
PREDICTED = 0.03  # [1] of the remaining life, from sets with a noise of 20 m


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


@pytest.fixture(scope="module")
def descent():
    return descend(orbit(), COEFFICIENT, QUIET, START + 60.0 * DAY)


@pytest.fixture(scope="module")
def down(descent, data):
    """Re-entry by averages and last revolutions [s TDB past J2000]."""
    last = rows_at(descent.orbits, descent.orbits.tdb[-1:])
    ending = fly_last_revolutions(last, COEFFICIENT, np.array([1.0]), QUIET, DAY, data)
    return float(descent.orbits.tdb[-1] + ending.durations[0])


def test_averages_and_last_revolutions_end_where_a_whole_flight_ends(down, data):
    flown = fly_last_revolutions(orbit(), COEFFICIENT, np.array([1.0]), QUIET, 4.0 * DAY, data)
    assert (down - START) / flown.durations[0] == pytest.approx(1.0, abs=AVERAGED)


def test_a_descent_stops_at_an_axis_within_a_metre():
    lowest = 6_378_137.0 + 185e3
    found = descend(orbit(), COEFFICIENT, QUIET, START + 60.0 * DAY, lowest=lowest)
    assert found.ended
    assert abs(found.orbits.semi_major_axis[-1] - lowest) < 1.0


def test_the_ballistic_coefficient_of_a_made_up_history_comes_back(descent):
    times = np.linspace(START, descent.orbits.tdb[-1] - 0.3 * DAY, 25)
    history = rows_at(descent.orbits, times)
    fit = fit_ballistic_coefficient(decay_arc(history, QUIET))
    assert fit.coefficient == pytest.approx(COEFFICIENT, rel=RECOVERED)
    history.semi_major_axis[7] += 2000.0
    spoilt = fit_ballistic_coefficient(decay_arc(history, QUIET))
    assert spoilt.coefficient == pytest.approx(COEFFICIENT, rel=3.0 * RECOVERED)
    assert abs(fit.drift) < 0.02


def test_drag_that_doubles_within_the_arc_is_noticed(descent):
    times = np.linspace(START, descent.orbits.tdb[-1] - 0.3 * DAY, 24)
    history = rows_at(descent.orbits, times)
    arc = decay_arc(history, QUIET)
    history.semi_major_axis[12:] -= COEFFICIENT * (arc.exposure[12:] - arc.exposure[12])
    assert fit_ballistic_coefficient(arc).change > 0.4


def test_the_nominal_member_of_the_ensemble_falls_as_the_descent(descent):
    table = fall_table(descent.orbits, QUIET)
    nothing = np.empty((0, 0))
    forecast = WeatherForecast(QUIET, np.empty(0), nothing, nothing, nothing, "")
    coefficients = np.array([COEFFICIENT, 2.0 * COEFFICIENT])
    elapsed, thicker = fall_times(table, coefficients, np.zeros(2), forecast, np.zeros(2, dtype=np.int64))
    life = float(np.ptp(descent.orbits.tdb))
    assert elapsed[0] == pytest.approx(life, rel=TABLE)
    again = descend(
        orbit(), 2.0 * COEFFICIENT, QUIET, START + 60.0 * DAY, lowest=float(descent.orbits.semi_major_axis[-1])
    )
    assert elapsed[1] == pytest.approx(float(np.ptp(again.orbits.tdb)), rel=AVERAGED)
    np.testing.assert_array_equal(thicker, 1.0)


def test_a_member_with_more_flux_falls_as_a_descent_in_that_weather(descent):
    noon = np.arange(58_900.5, 59_060.0)
    calm, busy = (
        SpaceWeather(noon, np.full_like(noon, flux), np.full_like(noon, flux), np.full_like(noon, ap), "")
        for flux, ap in ((75.0, 6.0), (83.0, 20.0))
    )
    row = noon >= 58_990.0
    forecast = WeatherForecast(calm, noon[row], busy.f107[row][None], busy.f107a[row][None], busy.ap[row][None], "")
    table = fall_table(descent.orbits, calm)
    elapsed, thicker = fall_times(table, np.array([COEFFICIENT]), np.zeros(1), forecast, np.zeros(1, dtype=np.int64))
    lowest = float(descent.orbits.semi_major_axis[-1])
    there = descend(orbit(), COEFFICIENT, busy, START + 60.0 * DAY, lowest=lowest)
    assert elapsed[0] == pytest.approx(float(np.ptp(there.orbits.tdb)), rel=LINEAR)
    assert elapsed[0] < 0.97 * float(np.ptp(descent.orbits.tdb))
    assert thicker[0] > 1.0


@pytest.fixture(scope="module")
def history(descent):
    times = np.linspace(START, START + 0.5 * float(np.ptp(descent.orbits.tdb)), 20)
    return elements(rows_at(descent.orbits, times), noise=20.0)


def test_the_window_of_a_made_up_history_holds_its_end(history, down, data):
    window = reentry(history, float(history.tdb[-1]), QUIET, data)
    life = down - float(history.tdb[-1])
    assert window.median == pytest.approx(down, abs=PREDICTED * life)
    assert window.window_90[0] < window.window_50[0] < window.median < window.window_50[1] < window.window_90[1]
    assert window.window_90[0] < down < window.window_90[1]
    assert 0.3 < (window.window_90[1] - window.window_90[0]) / life < 0.6  # +-20 % of published predictions
    strip = risk_strip(window, data)
    assert np.all(np.abs(strip.latitude) < 0.73)
    assert strip.height[-1] == pytest.approx(80e3, abs=2e3)
    assert np.all(np.diff(strip.tdb) > 0.0)


def test_sets_and_weather_after_the_date_change_nothing(history, data):
    date = float(history.tdb[12]) + 10.0
    axis = 6_378_137.0 + 150e3
    early = reentry(history.select(np.arange(13)), date, QUIET, data, to_axis=axis)
    later = reentry(history, date, QUIET, data, to_axis=axis)
    assert early.members.tolist() == later.members.tolist()


def test_without_weather_the_windows_are_wider_and_say_so(history, data):
    date = float(history.tdb[-1])
    given, none = (reentry(history, date, each, data, to_axis=6_378_137.0 + 150e3) for each in (QUIET, None))
    assert none.spread > given.spread
    assert any("no space weather was given" in note for note in none.notes)
    assert np.array_equal(none.members, np.sort(none.members))


def test_members_of_the_forecast_spread_the_end(history, data):
    weather = made_weather()
    window = reentry(history, float(history.tdb[-1]), weather, data)
    assert len(window.forecast.f107) > 100
    assert "past forecasts" in window.forecast.source


def test_what_cannot_be_answered_is_refused(history, data):
    date = float(history.tdb[-1])
    two = joined((history, elements(orbit(), number=5)))
    with pytest.raises(InvalidInput, match="of one object"):
        reentry(two, date, QUIET, data)
    with pytest.raises(InvalidInput, match="three element sets"):
        reentry(history, float(history.tdb[0]) - DAY, QUIET, data)
    rising = history.select(np.arange(len(history)))
    object.__setattr__(rising, "mean_motion", rising.mean_motion[::-1].copy())
    with pytest.raises(InvalidInput, match="does not fall"):
        reentry(rising, date, QUIET, data)
    with pytest.raises(InvalidInput, match="already below"):
        reentry(history, date, QUIET, data, to_axis=7e6)
    slow = descend(orbit(altitude=600e3), COEFFICIENT, QUIET, START + 20.0 * DAY)
    times = np.linspace(START, START + 20.0 * DAY, 12)
    with pytest.raises(OutsideSpan, match="years"):
        reentry(elements(rows_at(slow.orbits, times)), START + 20.0 * DAY, QUIET, data)


def test_shares_of_latitude_are_those_of_even_motion():
    edges = np.radians([-90.0, -30.0, 0.0, 30.0, 90.0])
    share = latitude_share(np.radians(60.0), edges)
    u = (np.arange(200_000) + 0.5) / 200_000 * 2.0 * np.pi
    counted = np.histogram(np.arcsin(np.sin(np.radians(60.0)) * np.sin(u)), edges)[0] / u.size
    np.testing.assert_allclose(share, counted, atol=1e-4)
    assert latitude_share(0.0, edges)[1:3].sum() == pytest.approx(1.0)
    with pytest.raises(InvalidInput, match="rising edges"):
        latitude_share(1.0, edges[::-1])


def test_forecast_reaches_as_far_as_asked():
    forecast = forecast_weather(made_weather(), 59_000.0, 45)
    assert forecast.expected.span[1] >= 59_045.0
