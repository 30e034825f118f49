"""Authority: rows of the table as CelesTrak publishes it, read by eye."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan
from moonstead.foundation.space_weather import SpaceWeather

HEADER = (
    "DATE,BSRN,ND,KP1,KP2,KP3,KP4,KP5,KP6,KP7,KP8,KP_SUM,AP1,AP2,AP3,AP4,AP5,AP6,AP7,AP8,AP_AVG,CP,C9,ISN,F10.7_OBS,"
    "F10.7_ADJ,F10.7_DATA_TYPE,F10.7_OBS_CENTER81,F10.7_OBS_LAST81,F10.7_ADJ_CENTER81,F10.7_ADJ_LAST81\n"
)
OCTOBER_1957 = (
    "1957-10-01,1700,19,43,40,30,20,37,23,43,37,273,32,27,15,7,22,9,32,22,21,1.1,5,334,269.3,269.8,OBS,266.6,230.9,266.8,235.5\n"
    "1957-10-02,1700,20,37,37,17,17,27,23,17,30,203,22,22,6,6,12,9,6,15,12,0.7,3,331,253.3,253.6,OBS,267.4,231.7,267.5,236.2\n"
)
MONTHLY = "2028-06-01,2656,18,,,,,,,,,,,,,,,,,,,,,42,87.6,90.1,PRM,88.4,91.6,90.7,92.5\n"
NOON = 36112.5  # [d] modified Julian date of 1957-10-01 12:00


def written(folder, text, name="SW-All.csv"):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["SW-All.csv", "SW-All.csv.gz"])
def test_daily_values_stand_at_noon_and_run_straight_between(tmp_path, name):
    weather = SpaceWeather.from_file(written(tmp_path, HEADER + OCTOBER_1957 + MONTHLY, name))
    np.testing.assert_array_equal(weather.noon, [NOON, NOON + 1.0])  # a monthly prediction says nothing of Ap
    flux, mean, ap = weather.at([NOON + 1.0])
    assert (flux[0], mean[0], ap[0]) == (269.3, 267.4, 12.0)  # flux as observed on the day before

    with pytest.raises(OutsideSpan, match="1957-10-01 to 1957-10-01"):
        weather.at([NOON])


def test_constant_weather_holds_at_all_times():
    flux, mean, ap = SpaceWeather.constant(150.0, 140.0, 15.0).at([-1e6, 0.0, 1e6])
    np.testing.assert_array_equal([flux, mean, ap], [[150.0] * 3, [140.0] * 3, [15.0] * 3])


def test_the_published_table_reaches_from_sputnik_to_the_last_daily_prediction(shared_data):
    weather = SpaceWeather.from_file(shared_data / "monitoring" / "spaceweather" / "SW-All.csv.gz")
    assert weather.noon[0] == NOON
    assert len(weather.noon) == weather.noon[-1] - weather.noon[0] + 1.0  # no day is missing
    assert 60.0 < weather.f107a.min() < weather.f107a.max() < 300.0


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("a,b\n1,2\n", InvalidInput, "no column DATE"),
        (HEADER, InvalidInput, "no day"),
        (HEADER + MONTHLY, InvalidInput, "no day"),
        (HEADER + OCTOBER_1957.replace("269.3", "high"), InvalidInput, "not a table"),
        (HEADER + OCTOBER_1957.replace("10-02", "09-02"), InvalidInput, "must rise"),
        (HEADER + OCTOBER_1957.replace("269.3", "-269.3"), InvalidInput, "not negative"),
    ],
)
def test_a_file_without_sense_is_refused(tmp_path, text, error, message):
    with pytest.raises(error, match=message):
        SpaceWeather.from_file(written(tmp_path, text))


def test_a_missing_file_and_one_that_is_not_compressed_are_told(tmp_path):
    with pytest.raises(MissingData, match="cannot be read"):
        SpaceWeather.from_file(tmp_path / "none.csv")
    (tmp_path / "plain.csv.gz").write_text("plain")
    with pytest.raises(MissingData, match="cannot be read"):
        SpaceWeather.from_file(tmp_path / "plain.csv.gz")


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(InvalidInput, match="one value a day"):
        SpaceWeather(np.arange(3.0), np.ones(2), np.ones(3), np.ones(3), "test")
