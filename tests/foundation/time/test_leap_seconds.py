"""Authority: IERS Leap_Second.dat (astropy-iers-data) and the table inside ERFA."""

import erfa
import numpy as np
import pytest

from moonstead.foundation.time.leap_seconds import LEAP_SECONDS, tai_minus_utc, utc_day_and_second

MIDNIGHT_2017 = 536_500_800  # [s] 2017-01-01T00:00:00 UTC past 2000-01-01T12:00:00, in days of 86 400 s


@pytest.mark.truth
def test_table_is_that_of_the_iers_file():
    import astropy_iers_data

    with open(astropy_iers_data.IERS_LEAP_SECOND_FILE) as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    published = [(int(year), int(month), int(day), int(offset)) for _, day, month, year, offset in rows]
    assert [(day.year, day.month, day.day, offset) for day, offset in LEAP_SECONDS] == published


@pytest.mark.truth
def test_table_is_that_of_erfa():
    table = erfa.leap_seconds.get()
    published = [(row["year"], row["month"], row["tai_utc"]) for row in table if row["year"] >= 1972]
    assert [(day.year, day.month, offset) for day, offset in LEAP_SECONDS] == published


def test_the_leap_second_is_the_86401st_second_of_its_day():
    tai = MIDNIGHT_2017 + np.array([35.5, 36.0, 36.5, 37.0])
    day, second, length = utc_day_and_second(tai)
    np.testing.assert_array_equal(second, [86_399.5, 86_400.0, 86_400.5, 0.0])
    np.testing.assert_array_equal(np.diff(day), [0, 0, 1])
    np.testing.assert_array_equal(length, [86_401, 86_401, 86_401, 86_400])


def test_there_is_no_offset_before_1972_and_none_at_an_unknown_time():
    np.testing.assert_array_equal(np.isnan(tai_minus_utc(np.array([-1e9, np.nan, 0.0]))), [True, True, False])


def test_the_last_offset_is_held():
    assert tai_minus_utc(np.array([4e9]))[0] == LEAP_SECONDS[-1][1]
