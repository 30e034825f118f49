"""Authority: ERFA and astropy for scales and calendar, the standards' definitions for the rest."""

import math
from datetime import date

import astropy_iers_data
import numpy as np
import pytest
from astropy.time import Time
from astropy.utils import iers
from hypothesis import given
from hypothesis import strategies as st

from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.time.earth_orientation import EarthOrientation
from moonstead.foundation.time.epoch import SCALES, Epoch

pytestmark = pytest.mark.filterwarnings("ignore:ERFA function.*dubious year")  # leap seconds not announced yet

MICROSECOND = 1e-6  # [s] what the project promises of every scale
PICOSECOND = 1e-12  # [s] text with 15 digits, a float fraction and three fixed-point rounds
FLOAT_TDB = 3e-7  # [s] one float64 of seconds since J2000 within the years 1800 to 2200
ASTROPY_SCALES = ("UTC", "TAI", "TT", "TDB", "TCB", "TCG")
COUNT = 1_000

seconds_since_1972 = st.integers(min_value=-883_655_990, max_value=3_000_000_000)
seconds_around_now = st.integers(min_value=-6_000_000_000, max_value=6_000_000_000)
fractions = st.floats(min_value=0.0, max_value=1.0, exclude_max=True)


@pytest.fixture(scope="module")
def epochs():
    random = np.random.default_rng(2_045)
    seconds = random.integers(788_961_600, 1_420_113_600, COUNT)
    return [Epoch(int(s), float(f)) for s, f in zip(seconds, random.random(COUNT), strict=True)]


@pytest.fixture(scope="module")
def orientation():
    return EarthOrientation.from_files(astropy_iers_data.IERS_A_FILE)


@pytest.mark.truth
@pytest.mark.parametrize("scale", ASTROPY_SCALES)
def test_text_in_every_scale_names_the_instant_of_astropy(scale, epochs, validation):
    times = Time([epoch.text(scale, 12) for epoch in epochs], format="isot", scale=scale.lower())
    days = [divmod(epoch.seconds, 86_400) for epoch in epochs]
    rest = [(second + epoch.fraction) / 86_400.0 for (_, second), epoch in zip(days, epochs, strict=True)]
    expected = Time([2_451_545.0 + day for day, _ in days], rest, format="jd", scale="tai")
    error = np.max(np.abs((times.tai - expected).to_value("s")))
    validation(
        capability="Epoch text", quantity=scale, authority="astropy", error=error, unit="s", tolerance=MICROSECOND,
        cases=COUNT,
    )  # fmt: skip


@pytest.mark.truth
def test_ut1_text_names_the_instant_of_astropy(orientation, validation):
    seconds = np.random.default_rng(5).integers(0, 878_000_000, COUNT)
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    epochs = [Epoch(int(s), 0.25) for s in seconds]
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(table):
        times = Time([e.text("UT1", 12, earth_orientation=orientation) for e in epochs], format="isot", scale="ut1")
        utc = Time([e.text("UTC", 12) for e in epochs], format="isot", scale="utc")
        error = np.max(np.abs((times - utc.ut1).to_value("s")))
    validation(
        capability="Epoch text", quantity="UT1", authority="astropy with IERS finals2000A", error=error, unit="s",
        tolerance=MICROSECOND, cases=COUNT,
    )  # fmt: skip


@given(seconds_since_1972, fractions, st.sampled_from([s for s in SCALES if s != "UT1"]))
def test_text_is_read_back_as_the_same_instant(seconds, fraction, scale):
    epoch = Epoch(seconds, fraction)
    for form in ("calendar", "day-of-year"):
        text = epoch.text(scale, 15, form=form)
        assert abs(Epoch.parse(text, scale) - epoch) <= PICOSECOND


@given(seconds_around_now, fractions)
def test_str_is_read_back_to_the_nanosecond(seconds, fraction):
    epoch = Epoch(seconds, fraction)
    assert abs(Epoch.parse(str(epoch)) - epoch) <= 1e-9


@given(seconds_around_now, fractions)
def test_tdb_is_read_back_to_the_rounding_of_one_float(seconds, fraction):
    epoch = Epoch(seconds, fraction)
    assert abs(Epoch.from_tdb(epoch.tdb()) - epoch) <= 2 * math.ulp(6e9)


@given(seconds_around_now, fractions, st.integers(min_value=-(10**12), max_value=10**12))
def test_whole_seconds_are_added_exactly(seconds, fraction, step):
    assert Epoch(seconds, fraction) + step == Epoch(seconds + step, fraction)


@given(seconds_around_now, fractions, st.floats(min_value=-1e6, max_value=1e6))
def test_difference_undoes_addition(seconds, fraction, step):
    epoch = Epoch(seconds, fraction)
    later = epoch + step
    assert 0.0 <= later.fraction < 1.0
    assert later - epoch == pytest.approx(step, abs=2e-10)


@given(seconds_since_1972, st.integers(min_value=0, max_value=12))
def test_rounding_never_writes_a_second_60_that_does_not_exist(seconds, digits):
    text = Epoch(seconds, 0.999_999_999_999_999).text("UTC", digits)
    assert Epoch.parse(text) >= Epoch(seconds, 0.0)


@pytest.mark.parametrize(
    ("text", "scale", "utc"),
    [
        ("2035-01-01T00:00:00Z", "UTC", "2035-01-01T00:00:00.000"),
        ("2035-01-01", "UTC", "2035-01-01T00:00:00.000"),
        ("2035-01-01 06:30", "UTC", "2035-01-01T06:30:00.000"),
        ("2035-001T00:00:00.25Z", "UTC", "2035-01-01T00:00:00.250"),
        ("2036-366T12:00:00", "UTC", "2036-12-31T12:00:00.000"),
        ("2035-01-01T03:00:00+03:00", "UTC", "2035-01-01T00:00:00.000"),
        ("2034-12-31T19:00:00-05:00", "UTC", "2035-01-01T00:00:00.000"),
        ("2035-01-01T00:00:37 TAI", "UTC", "2035-01-01T00:00:00.000"),
        ("2035-01-01T00:00:18", "GPST", "2035-01-01T00:00:00.000"),  # GPST = TAI - 19 s
        ("2035-01-01T00:00:04", "BDT", "2035-01-01T00:00:00.000"),  # BDT = GPST - 14 s
        ("2035-01-01T03:00:00", "GLONASST", "2035-01-01T00:00:00.000"),  # UTC + 3 h
        ("2017-01-01T02:59:60.5", "GLONASST", "2016-12-31T23:59:60.500"),
        ("2016-12-31T23:59:60.75", "UTC", "2016-12-31T23:59:60.750"),
        ("1972-01-01T00:00:42.184", "TT", "1972-01-01T00:00:00.000"),
    ],
)
def test_texts_that_name_a_known_instant(text, scale, utc):
    assert Epoch.parse(text, scale).text() == utc


def test_the_system_times_began_at_their_own_zero():
    assert Epoch.parse("1980-01-06", "GPST") == Epoch.parse("1980-01-06")
    assert Epoch.parse("2006-01-01", "BDT") == Epoch.parse("2006-01-01")


def test_leap_second_is_counted():
    assert Epoch.parse("2017-01-01") - Epoch.parse("2016-12-31T23:59:59") == 2.0
    assert Epoch.parse("2016-12-31T23:59:60") - Epoch.parse("2016-12-31T23:59:59") == 1.0


def test_the_origin_is_noon_of_the_first_of_january_2000():
    assert Epoch.parse("2000-01-01T12:00:00", "TAI") == Epoch(0, 0.0)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00.000", "9999-12-31T23:59:59.999", "1582-10-04T00:00:00.000"])
def test_the_calendar_reaches_the_four_digit_years(text):
    assert Epoch.parse(text, "TAI").text("TAI") == text


@pytest.mark.parametrize(
    ("text", "scale", "message"),
    [
        ("tomorrow", "UTC", "is not a date and time: write 2035-01-01T00:00:00"),
        ("2035-13-01", "UTC", "month must be in 1..12"),
        ("2035-02-29", "UTC", "is not a date: day"),
        ("2035-366", "UTC", "2035 has 365 days"),
        ("2035-01-01T24:00:00", "UTC", "hour 24 is out of range, the largest is 23"),
        ("2035-01-01T00:60:00", "UTC", "minute 60 is out of range"),
        ("2035-01-01T00:00:61", "UTC", "second 61 is out of range"),
        ("2035-01-01T23:59:60", "UTC", "no leap second was inserted there"),
        ("2035-01-01T23:59:60", "TT", "TT has no leap seconds"),
        ("2035-01-01T00:00:00Z", "TDB", "'Z' says UTC, but the scale asked for is TDB"),
        ("2035-01-01T00:00:00 TT", "TDB", "says TT, but the scale asked for is TDB"),
        ("2035-01-01", "ET", "unknown time scale 'ET'; known are UTC"),
        ("2035-01-01", "UT1", "pass earth_orientation=data.earth_orientation"),
    ],
)
def test_a_wrong_text_is_refused_with_its_reason(text, scale, message):
    with pytest.raises(InvalidInput) as caught:
        Epoch.parse(text, scale)
    assert message in str(caught.value)


def test_tcl_outside_its_years_is_refused():
    with pytest.raises(OutsideSpan, match="known from 1901 to 2098"):
        Epoch(5_000_000_000).text("TCL")


def test_utc_before_1972_is_refused():
    with pytest.raises(OutsideSpan, match="begins on 1972-01-01"):
        Epoch.parse("1969-07-20T20:17:40")
    with pytest.raises(OutsideSpan, match="begins on 1972-01-01"):
        Epoch.parse("1969-07-20T20:17:40", "TT").text("UTC")


@pytest.mark.parametrize("arguments", [(0, 1.0), (0, -0.1), (0.5, 0.0), (0, math.nan)])
def test_an_epoch_has_one_normal_form(arguments):
    with pytest.raises(InvalidInput, match=r"Epoch\.parse, Epoch\.from_tdb"):
        Epoch(*arguments)


@pytest.mark.parametrize("seconds", [math.nan, math.inf])
def test_an_endless_time_is_no_epoch(seconds):
    with pytest.raises(InvalidInput, match="finite"):
        Epoch.from_tdb(seconds)
    with pytest.raises(InvalidInput, match="finite"):
        Epoch(0) + seconds


def test_epochs_are_ordered_and_hashable():
    first, second = Epoch(0, 0.5), Epoch(1, 0.0)
    assert first < second
    assert len({first, Epoch(0, 0.5)}) == 1


def test_every_day_of_a_leap_year_has_its_number():
    for number in range(1, 367):
        text = date.fromordinal(date(2036, 1, 1).toordinal() + number - 1).isoformat()
        assert Epoch.parse(text) == Epoch.parse(f"2036-{number:03d}")
