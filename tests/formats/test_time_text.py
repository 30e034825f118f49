"""Authority: astropy for every time system; the calendar; Epoch, which has its own truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.formats.time_text import format_times, parse_times
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, OutsideSpan
from moonstead.foundation.time.epoch import Epoch

DOUBLE = 2.4e-7  # [s] one step of a double between 2034 and 2068, the latest date here
ROUND_TRIP = 1e-6  # [s] what the project promises for files

TEXTS = [
    "1972-01-01T00:00:00",
    "1999-12-31T23:59:59.999999",
    "2016-12-31T23:59:59.5",
    "2017-001T00:00:00",
    "2024-366T06:07:08.123456789Z",
    "2035-06-30T12:00:00.331",
    "2060-02-29T01:02:03",
]


@pytest.fixture(scope="module")
def earth_orientation():
    return DataContext.installed().earth_orientation


@pytest.mark.truth
@pytest.mark.filterwarnings("ignore:ERFA function")  # astropy doubts leap seconds after 2027; both hold the last one
@pytest.mark.parametrize("scale", ["UTC", "TAI", "TT", "TDB", "GPS"])
def test_times_agree_with_astropy(scale, validation):
    from astropy.time import Time, TimeDelta

    def with_astropy(text: str) -> float:
        text = text.removesuffix("Z")
        form = "yday" if text[8] == "T" else "isot"
        text = text[:4] + ":" + text[5:8] + ":" + text[9:] if form == "yday" else text
        time = Time(text, format=form, scale={"GPS": "tai"}.get(scale, scale.lower()))
        if scale == "GPS":
            time = time + TimeDelta(19.0, format="sec")
        return float((time.tdb - Time("2000-01-01T12:00:00", scale="tdb")).sec)

    texts = [text for text in TEXTS if scale == "UTC" or ":60" not in text]
    error = np.max(np.abs(parse_times(texts, scale) - [with_astropy(text) for text in texts]))
    validation(
        capability="CCSDS times",
        quantity=f"TDB of a {scale} time code",
        authority="astropy",
        error=error,
        unit="s",
        tolerance=DOUBLE,
        cases=len(texts),
    )


@pytest.mark.parametrize("scale", ["UTC", "TAI", "TT", "TDB", "GPS", "UT1"])
def test_columns_agree_with_the_single_epoch(scale, earth_orientation):
    texts = [text.removesuffix("Z") for text in TEXTS if scale != "UT1" or "1973" <= text < "2027"]
    name = {"GPS": "GPST"}.get(scale, scale)
    expected = [Epoch.parse(text, name, earth_orientation).tdb() for text in texts]
    np.testing.assert_allclose(parse_times(texts, scale, earth_orientation), expected, rtol=0.0, atol=DOUBLE)


@pytest.mark.parametrize("scale", ["UTC", "TAI", "TT", "TDB", "GPS", "UT1"])
def test_text_and_back_keeps_a_time(scale, earth_orientation):
    tdb = np.random.default_rng(7).uniform(-8e8, 8e8, 2000)
    back = parse_times(format_times(tdb, scale, earth_orientation), scale, earth_orientation)
    assert np.max(np.abs(back - tdb)) <= ROUND_TRIP


@given(st.lists(st.floats(-8e8, 2e9), min_size=1, max_size=20), st.sampled_from(["UTC", "TAI", "TT", "TDB", "GPS"]))
def test_any_time_survives_text(times, scale):
    back = parse_times(format_times(np.array(times), scale), scale)
    assert np.max(np.abs(back - times)) <= ROUND_TRIP


def test_whole_milliseconds_are_written_as_such_and_come_back_unchanged():
    texts = ["2035-01-01T00:00:00.000", "2035-01-01T00:01:00.331", "2035-12-31T23:59:59.999"]
    assert format_times(parse_times(texts, "UTC"), "UTC") == texts


def test_the_leap_second_is_read_and_written():
    texts = ["2016-12-31T23:59:59.000", "2016-12-31T23:59:60.000", "2017-01-01T00:00:00.000"]
    tdb = parse_times(texts, "UTC")
    np.testing.assert_allclose(np.diff(tdb), 1.0, atol=DOUBLE)
    assert format_times(tdb, "UTC") == texts


def test_rounding_carries_into_the_next_day():
    tdb = parse_times(["2034-12-31T23:59:59.9999"], "TDB")
    assert format_times(tdb, "TDB", digits=3) == ["2035-01-01T00:00:00.000"]


@pytest.mark.parametrize(
    "text",
    [
        "2035-02-30T00:00:00",
        "2035-13-01T00:00:00",
        "2035-000T00:00:00",
        "2035-366T00:00:00",
        "2035-01-01T24:00:00",
        "2035-01-01T00:60:00",
        "2035-01-01T00:00:60",
        "2035-06-30T23:59:60",
        "2035-01-01 00:00:00",
        "2035-01-01T00:00:00.",
        "2035-01-01T00:00:00.1x",
        "2035-01-01T00:00",
        "2035-01-01T00:00:00+01:00",
        "1971-12-31T00:00:00",
        "20350101T000000",
        "garbage",
        "",
        "٢٠٣٥-01-01T00:00:00",
    ],
)
def test_what_is_no_time_spoils_only_its_own_row(text):
    tdb = parse_times(["2035-01-01T00:00:00", text], "UTC")
    np.testing.assert_array_equal(np.isnan(tdb), [False, True])


def test_errors_say_what_to_do():
    with pytest.raises(InvalidInput, match=r"pass earth_orientation=data\.earth_orientation"):
        parse_times(["2020-01-01T00:00:00"], "UT1")
    with pytest.raises(InvalidInput, match="known are UTC"):
        parse_times(["2020-01-01T00:00:00"], "LST")
    with pytest.raises(OutsideSpan, match="write these times in TAI"):
        format_times(np.array([-1e9]), "UTC")
    with pytest.raises(InvalidInput, match="not finite"):
        format_times(np.array([np.nan]), "TDB")
    with pytest.raises(InvalidInput, match="years 1 to 9999"):
        format_times(np.array([1e12]), "TDB")


def test_a_day_of_year_keeps_every_digit_of_a_long_second():
    calendar, day_of_year = parse_times(["1998-11-20T06:49:59.999808Z", "1998-324T06:49:59.999808Z"], "UTC")
    assert calendar == day_of_year
    assert parse_times(["1998-324T06:49:59.999808Z"], "UTC")[0] == calendar
