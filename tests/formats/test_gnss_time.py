"""Authority: ERFA (leap seconds and calendar), the interface documents' dates of weeks."""

from __future__ import annotations

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.formats.gnss_time import (
    civil_from_gpst,
    gps_week,
    gpst_from_civil,
    gpst_from_week,
    gpst_text,
    leap_seconds,
)
from moonstead.foundation.errors import InvalidInput

GRAIN = 5e-7  # [s] half of the microsecond that readings are rounded to
LAST_LEAP = (2016, 12, 31, 23, 59)


@pytest.mark.parametrize("year", range(1981, 2027, 3))
def test_utc_is_that_of_erfa(year):
    tai = erfa.utctai(*erfa.dtf2d("UTC", year, 3, 5, 7, 8, 9.0))
    start = erfa.utctai(*erfa.dtf2d("UTC", 1980, 1, 6, 0, 0, 0.0))
    expected = ((tai[0] - start[0]) + (tai[1] - start[1])) * 86_400.0
    assert gpst_from_civil(year, 3, 5, 7, 8, 9.0, "UTC")[0] == pytest.approx(expected, abs=1e-4)  # days of 0.1 ms


def test_systems_differ_by_their_definitions():
    reading = (2022, 1, 1, 0, 0, 0.0)
    gps = gpst_from_civil(*reading)[0]
    assert gps == 2190 * 604_800 + 6 * 86_400  # a Saturday of GPS week 2190
    for system, offset in (("GAL", 0), ("QZS", 0), ("BDT", 14), ("GLO", 18), ("UTC", 18), ("TAI", -19)):
        assert gpst_from_civil(*reading, system)[0] - gps == offset
    assert gpst_from_civil(2022, 1, 1, 3, 0, 0.0, "GLONASST")[0] == gpst_from_civil(*reading, "GLO")[0]


def test_a_leap_second_is_a_second():
    readings = [gpst_from_civil(*LAST_LEAP, second, "UTC")[0] for second in (59.0, 60.0)]
    readings.append(gpst_from_civil(2017, 1, 1, 0, 0, 0.0, "UTC")[0])
    np.testing.assert_array_equal(np.diff(readings), 1.0)
    np.testing.assert_array_equal(leap_seconds(readings), [17.0, 17.0, 18.0])
    minute, second = civil_from_gpst(readings[1], "UTC")[4:]
    assert (minute[0], second[0]) == (59, 60.0)


def test_weeks_of_beidou_start_in_2006():
    assert gpst_from_week(0, 0.0, "BDT")[0] == gpst_from_civil(2006, 1, 1, 0, 0, 0.0, "BDT")[0]
    assert gpst_from_week(2190, 518_400.0)[0] == gpst_from_civil(2022, 1, 1, 0, 0, 0.0)[0]
    week, second = gps_week(gpst_from_civil(2022, 1, 1, 0, 0, 0.25))
    assert (week[0], second[0]) == (2190, 518_400.25)


@given(
    st.floats(0.0, 2e9),
    st.sampled_from(["GPS", "BDT", "UTC", "GLO", "GLONASST", "TAI"]),
)
def test_readings_come_back(gpst, system):
    *whole, second = civil_from_gpst(gpst, system)
    assert gpst_from_civil(*whole, second, system)[0] == pytest.approx(gpst, abs=2 * GRAIN)


def test_what_no_clock_shows_is_not_a_number():
    bad = [
        (2021, 2, 29, 0, 0, 0.0),
        (2021, 13, 1, 0, 0, 0.0),
        (2021, 1, 1, 24, 0, 0.0),
        (2021, 1, 1, 0, 60, 0.0),
        (2021, 1, 1, 0, 0, 60.0),
        (2021, 1, 1, 0, 0, -1.0),
    ]
    assert np.all(np.isnan([gpst_from_civil(*reading)[0] for reading in bad]))


def test_unknown_systems_and_times_without_a_date_are_refused():
    with pytest.raises(InvalidInput, match="no time system"):
        gpst_from_civil(2021, 1, 1, 0, 0, 0.0, "MARS")
    with pytest.raises(InvalidInput, match="no time system"):
        civil_from_gpst(0.0, "MARS")
    with pytest.raises(InvalidInput, match="not finite"):
        civil_from_gpst(np.nan)
    with pytest.raises(InvalidInput, match="does not count weeks"):
        gpst_from_week(1, 0.0, "UTC")


def test_one_time_is_told_in_words():
    assert gpst_text(gpst_from_civil(2022, 1, 1, 0, 0, 30.5)[0]) == "2022-01-01T00:00:30.5 GPST"
    assert gpst_text(float("nan")) == "unknown"
