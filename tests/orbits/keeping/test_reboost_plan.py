"""Authority: Hohmann's closed form, conservation of what drag takes and burns give, draws, the station's history."""

from __future__ import annotations

import math

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.space_weather import SpaceWeather
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.earth_orbit import EQUATORIAL_RADIUS, GM
from moonstead.orbits.keeping.air_drag import AirDrag
from moonstead.orbits.keeping.decay_fit import fit_ballistic_coefficient
from moonstead.orbits.keeping.reboost_history import DecayStretch
from moonstead.orbits.keeping.reboost_plan import (
    Visit,
    plan_reboosts,
    raise_burns,
    reboost_cost,
    upkeep_delta_v,
)
from moonstead.orbits.keeping.solar_forecast import solar_courses

DAY = 86_400.0
CLOSED_FORM = 1e-9
LINEAR = 2e-3  # [1] of dv = n da / 2 over a band of 5 km: half of da / a


def steady(rate, days=400):
    """Air that takes the same from every orbit."""
    axes = EQUATORIAL_RADIUS + np.array([300e3, 500e3])
    return AirDrag(DAY * (np.arange(days) + 0.5), axes, np.full((days, 2), rate / DAY), "steady air")


def test_two_burns_of_a_raise_end_in_a_round_orbit():
    low, high = EQUATORIAL_RADIUS + 410e3, EQUATORIAL_RADIUS + 420e3
    first, second = raise_burns(low, high)
    speed = math.sqrt(GM / low) + first
    far = 1.0 / (2.0 / low - speed**2 / GM) * 2.0 - low
    assert far == pytest.approx(high, abs=1e-3)
    assert low * speed / far + second == pytest.approx(math.sqrt(GM / high), rel=CLOSED_FORM)
    assert first + second == pytest.approx(0.5 * math.sqrt(GM / low**3) * (high - low), rel=LINEAR)
    with pytest.raises(InvalidInput, match="larger radius"):
        raise_burns(high, low)


def test_raises_give_back_what_drag_takes():
    start, stop = 0.0, 365.0 * DAY
    plan = plan_reboosts(
        steady(100.0), 1.0, EQUATORIAL_RADIUS + 420e3, start, stop, low_altitude=415e3, high_altitude=420e3
    )
    assert len(plan.reboosts) == 7  # every 50 days
    taken = 100.0 * 365.0
    given = sum(each.to_axis - each.from_axis for each in plan.reboosts)
    assert plan.semi_major_axis[-1] == pytest.approx(EQUATORIAL_RADIUS + 420e3 - taken + given, abs=1e-3)
    assert plan.semi_major_axis.min() >= EQUATORIAL_RADIUS + 415e3 - 100.0


def test_a_visit_gets_its_altitude_and_one_that_is_too_low_is_told():
    visits = (Visit(30.0 * DAY, 419e3), Visit(40.0 * DAY, 416e3))
    plan = plan_reboosts(
        steady(50.0),
        1.0,
        EQUATORIAL_RADIUS + 418e3,
        0.0,
        60.0 * DAY,
        low_altitude=415e3,
        high_altitude=420e3,
        visits=visits,
    )
    (only,) = plan.reboosts
    assert (only.tdb, only.to_axis, only.reason) == (30.0 * DAY, EQUATORIAL_RADIUS + 419e3, "visit")
    assert plan.too_high == (visits[1],)
    with pytest.raises(InvalidInput, match="the band is 415 km to 420 km"):
        plan_reboosts(
            steady(50.0), 1.0, 6.79e6, 0.0, DAY, low_altitude=415e3, high_altitude=420e3, visits=(Visit(0.0, 430e3),)
        )
    with pytest.raises(InvalidInput, match="from a lower to a higher altitude"):
        plan_reboosts(steady(50.0), 1.0, 6.79e6, 0.0, DAY, low_altitude=420e3, high_altitude=415e3)


def test_upkeep_is_what_a_plan_in_a_narrow_band_burns():
    axis = EQUATORIAL_RADIUS + 417e3
    plan = plan_reboosts(steady(80.0), 0.5, axis, 0.0, 400.0 * DAY, low_altitude=416.99e3, high_altitude=417.01e3)
    assert plan.delta_v == pytest.approx(upkeep_delta_v(steady(80.0), 0.5, axis), rel=0.005)


def test_cost_of_a_year_has_the_spread_that_it_was_given():
    year = 365.25 * DAY
    cost = reboost_cost(
        (5.0, 8.0, 12.8), year, 0.2, avoidance_rate=2.0 / year, avoidance_delta_v=0.5, band_delta_v=2.8, runs=20_000
    )
    sigma = math.hypot(math.log(1.6) / 1.2815515655446004, 0.2)
    bare = reboost_cost(
        (5.0, 8.0, 12.8), year, 0.2, avoidance_rate=0.0, avoidance_delta_v=0.5, band_delta_v=2.8, runs=20_000
    )
    assert bare.percentile(95.0) == pytest.approx(8.0 * math.exp(1.6449 * sigma), rel=0.03)
    assert bare.percentile(50.0) == pytest.approx(8.0, rel=0.02)
    assert cost.mean() - bare.mean() == pytest.approx(1.0, rel=0.05)
    with pytest.raises(InvalidInput, match="must rise"):
        reboost_cost((5.0, 4.0, 6.0), year, 0.2, avoidance_rate=0.0, avoidance_delta_v=0.0, band_delta_v=1.0)


def stretch(start, rate):
    return DecayStretch(start * DAY, (start + 20.0) * DAY, 80, EQUATORIAL_RADIUS + 417e3, rate / DAY, 0.1 / DAY)


def test_a_coefficient_is_the_ratio_of_observed_to_modelled_decay():
    fit = fit_ballistic_coefficient([stretch(0, -50.0), stretch(30, -60.0), stretch(60, 5.0)], steady(10_000.0))
    assert fit.coefficients == pytest.approx([0.005, 0.006, -0.0005], rel=CLOSED_FORM)
    assert fit.foreseen[1:] * DAY == pytest.approx(
        [-50.0, -50.0 * 1.2 ** (1.0 / (1.0 + math.exp(-1.0)))], rel=CLOSED_FORM
    )
    assert 0.005 < fit.coefficient < 0.006
    with pytest.raises(InvalidInput, match="nothing to fit"):
        fit_ballistic_coefficient([stretch(0, 5.0)], steady(10_000.0))


def record(days=20_000):
    """Forty years of a Sun with a cycle of eleven."""
    noon = 40_000.5 + np.arange(days)
    flux = 120.0 - 50.0 * np.cos(2.0 * np.pi * np.arange(days) / 4018.0)
    return SpaceWeather(noon, flux, flux, np.full(days, 10.0), "cycle")


def test_courses_enclose_what_a_regular_cycle_does_next():
    start = Epoch.parse("2021-01-01T00:00:00Z").tdb()  # 59 215 MJD, day 19 214 of the record
    found = solar_courses(record(), start, start + 300.0 * DAY)
    days = np.arange(59_216.0, 59_500.0, 30.0)
    low, middle, high = (each.at(days)[1] for each in (found.low, found.middle, found.high))
    truth = record().at(days)[1]
    assert np.all((low <= middle) & (middle <= high))
    assert np.all((low * 0.99 <= truth) & (truth <= high * 1.01))


def test_a_forecast_knows_nothing_of_what_came_later():
    start = Epoch.parse("2021-01-01T00:00:00Z").tdb()
    spoilt = record()
    later = spoilt.noon > 59_215.0
    other = SpaceWeather(
        spoilt.noon, np.where(later, 500.0, spoilt.f107), np.where(later, 500.0, spoilt.f107a), spoilt.ap, "spoilt"
    )
    one, two = (solar_courses(each, start, start + 300.0 * DAY) for each in (spoilt, other))
    np.testing.assert_array_equal(one.high.f107, two.high.f107)


def test_a_record_of_a_year_is_too_short_for_a_forecast():
    start = Epoch.parse("2021-01-01T00:00:00Z").tdb()
    short = SpaceWeather(58_850.5 + np.arange(365), *(np.full(365, value) for value in (80.0, 80.0, 5.0)), "a year")
    with pytest.raises(InvalidInput, match="too short for a forecast"):
        solar_courses(short, start, start + 300.0 * DAY)


@pytest.mark.truth
def test_decay_of_the_station_is_foreseen_from_earlier_decay(shared_data, validation):
    pytest.importorskip("pymsis")
    from moonstead.formats.tle import read_catalogue
    from moonstead.orbits.earth_orbit import LowOrbit, mean_semi_major_axis
    from moonstead.orbits.keeping.air_drag import air_drag
    from moonstead.orbits.keeping.reboost_history import decay_stretches, find_manoeuvres

    sets = read_catalogue(shared_data / "monitoring" / "iss" / "ISS_25544_2021-01-01_2022-03-03.tle.gz").sets
    weather = SpaceWeather.from_file(shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz")
    tdb, first = np.unique([each.trajectory().epoch for each in sets], return_index=True)
    columns = np.array([(each.mean_motion, each.eccentricity, each.inclination) for each in sets])[first]
    axes = mean_semi_major_axis(*columns.T)
    one = sets[0]
    orbit = LowOrbit(
        tdb[0], axes[0], one.eccentricity, one.inclination, one.node, one.argument_of_perigee, one.mean_anomaly
    )
    stretches = decay_stretches(tdb, axes, find_manoeuvres(tdb, axes))
    drag = air_drag(orbit, tdb[0], tdb[-1], weather, lowest=axes.min() - 1e3, highest=axes.max() + 1e3)
    fit = fit_ballistic_coefficient(stretches, drag)
    length = np.array([each.stop - each.start for each in stretches])[1:]
    whole = np.sum(fit.foreseen[1:] * length) / np.sum(fit.observed[1:] * length)
    validation(
        capability="decay of a low orbit",
        quantity="decay of the ISS in 14 months, each stretch between burns foreseen from those before it",
        authority="element sets of the ISS",
        error=abs(whole - 1.0),
        unit="1",
        tolerance=0.2,
        cases=len(stretches) - 1,
    )
    apart = np.abs(np.log(fit.foreseen[1:] / fit.observed[1:]))
    assert np.mean(apart < 2.0 * fit.spread) >= 0.9  # the interval that is told holds what came
