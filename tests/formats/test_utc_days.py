"""Days of UTC against astropy, and the clock before there was UTC."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from astropy.time import Time

from moonstead.formats.utc_days import civil_day, tdb_of_utc_days, tt_minus_ut

# TDB - TT: astropy takes the series at the geocentre too; 1 us is room for the rounding of both.
TIME_TOLERANCE = 1e-6  # [s]
# Morrison & Stephenson's table in the Astronomical Almanac: TT - UT1 at the beginnings of years.
DELTA_T = {1900: -2.72, 1910: 10.46, 1920: 21.16, 1930: 24.02, 1940: 24.33, 1950: 29.15}
DELTA_T_TOLERANCE = 0.9  # [s] what Espenak & Meeus claim of their polynomials in this century: below a second


@pytest.mark.truth
def test_times_since_1960_are_those_of_astropy(validation: Callable[..., None]) -> None:
    years = np.arange(1960, 2026)
    day, exists = civil_day(years, np.full_like(years, 3), np.full_like(years, 17))
    assert exists.all()
    second = np.linspace(0.0, 86_399.0, years.size)
    ours = tdb_of_utc_days(day, second)
    theirs = Time([f"{year}-03-17" for year in years], scale="utc")
    steered = [Time(t.jd1, t.jd2 + s / 86_400.0, format="jd", scale="utc") for t, s in zip(theirs, second, strict=True)]
    reference = np.array([((t.tdb - Time(2_451_545.0, format="jd", scale="tdb")).sec) for t in steered])
    validation(
        capability="Astrometry of small bodies: reading",
        quantity="UTC of observations to TDB, 1960 to 2025",
        authority="astropy 7",
        error=float(np.abs(ours - reference).max()),
        unit="s",
        tolerance=TIME_TOLERANCE,
        cases=years.size,
    )


@pytest.mark.truth
@pytest.mark.parametrize(("year", "published"), DELTA_T.items())
def test_before_1960_the_clock_follows_the_published_rotation(year: int, published: float) -> None:
    day, _ = civil_day(np.array([year]), np.array([1]), np.array([1]))
    tdb = tdb_of_utc_days(day, np.zeros(1))
    assert tdb[0] + 0.5 * 86_400.0 - day[0] * 86_400.0 == pytest.approx(published, abs=DELTA_T_TOLERANCE)
    assert tt_minus_ut(tdb)[0] == pytest.approx(published, abs=DELTA_T_TOLERANCE)


def test_days_that_do_not_exist_are_told() -> None:
    years, months, days = np.array([2023, 2024, 2024, 2024]), np.array([2, 2, 13, 4]), np.array([29, 29, 1, 31])
    assert civil_day(years, months, days)[1].tolist() == [False, True, False, False]


def test_what_lies_before_1860_has_no_time() -> None:
    assert np.isnan(tdb_of_utc_days(np.array([-60_000]), np.zeros(1)))[0]
