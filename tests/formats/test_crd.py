"""Authority: samples of every record of the format, real normal points, and what the format says of its fields."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.formats.crd import CrdFile, read_crd, write_crd
from moonstead.formats.crd_records import FIELDS, parse_record, record_text
from moonstead.foundation.errors import FormatError, MissingData
from moonstead.foundation.time.epoch import Epoch

WRITTEN_DIGITS = 1e-11  # relative: twelve significant digits are written
WRITTEN_TIME = 1e-12  # [s] twelve decimals
SAMPLE = """h1 CRD 2 2016 2 13 14
h2 YARL 7090 5 13 3 ILRS
h3 lageos2 9207002 5986 22195 0 1 1
h4 1 2016 2 13 23 42 16 2016 2 14 0 6 46 0 0 0 0 1 0 2 0
00 the night was clear
c0 0 532.000 std la1 mcp ti1
20 86340.0 983.70 301.40 24. 0
20 60.0 985.70 301.00 na 0
11 86399.5 0.039237325685 std 2 120.0 94 57.0 0.183 -0.536 -1.0 15.67 0
11 0.5 0.038462695003 std 2 120.0 39 na na na na 6.50 0
91 whatever a station likes
50 std 57.5 0.002 2.862 -1.0 0
h8
h9
"""


def test_every_record_of_the_standard_samples_is_understood(shared_data: Path) -> None:
    file = read_crd(shared_data / "monitoring/od/crd201_all_samples")
    assert file.faults == ()
    assert len(file.passes) == 12
    seen = {record.kind for one in file.passes for record in one.records}
    assert set(FIELDS) - seen <= {"60"}
    assert {"41", "42", "91", "92", "93", "00"} <= seen


@pytest.mark.parametrize("name", ["crd201_all_samples", "lageos2/lageos2_20160214.npt", "lageos2_201802.npt.v2C"])
def test_what_is_written_reads_back_as_the_same(shared_data: Path, tmp_path: Path, name: str) -> None:
    before = read_crd(shared_data / "monitoring/od" / name)
    write_crd(tmp_path / "again.npt", before.passes)
    after = read_crd(tmp_path / "again.npt")
    assert after.faults == ()
    _require_same(before, after)


def _require_same(before: CrdFile, after: CrdFile) -> None:
    for one, other in zip(before.passes, after.passes, strict=True):
        for first, second in zip(one.records, other.records, strict=True):
            assert first.kind == second.kind
            assert record_text(first, one.version) == record_text(second, one.version)
            for name, value in first.values.items():
                if isinstance(value, float):
                    close = math.isclose(value, second.number(name), rel_tol=WRITTEN_DIGITS, abs_tol=WRITTEN_TIME)
                    assert close, (name, first)
                elif value is not None:  # numbers of version 1 have no word for what is not known
                    assert second.values[name] == value, (name, first)


def test_a_pass_over_midnight_goes_on_in_the_next_day(tmp_path: Path) -> None:
    ranges = _read(tmp_path, SAMPLE).passes[0].ranges()
    assert Epoch.from_tdb(ranges.tdb[0]).text("UTC", digits=3).startswith("2016-02-13T23:59:59.500")
    assert Epoch.from_tdb(ranges.tdb[1]).text("UTC", digits=3).startswith("2016-02-14T00:00:00.500")


def test_columns_are_si_and_the_air_is_interpolated_across_midnight(tmp_path: Path) -> None:
    ranges = _read(tmp_path, SAMPLE).passes[0].ranges()
    np.testing.assert_allclose(ranges.pressure, 98_370.0 + 200.0 * np.array([59.5, 60.5]) / 120.0)
    np.testing.assert_allclose(ranges.humidity, 0.24)  # the second is not known
    np.testing.assert_allclose(ranges.wavelength, 532e-9)
    assert ranges.precision[0] == pytest.approx(57e-12)
    assert np.isnan(ranges.precision[1])
    assert len(_read(tmp_path, SAMPLE).passes[0].ranges("10")) == 0


def test_single_ranges_that_are_noise_are_left_out(tmp_path: Path) -> None:
    single = "10 86399.5 0.0392 std 2 1 0 0 na na\n10 86399.6 0.0393 std 2 2 0 0 na na\n"
    one = _read(tmp_path, SAMPLE.replace("91 whatever", single + "91 whatever")).passes[0]
    assert len(one.of("10")) == 2
    np.testing.assert_array_equal(one.ranges("10").time_of_flight, [0.0393])
    np.testing.assert_array_equal(one.ranges("10").count, [1.0])


def test_a_damaged_line_is_told_and_the_rest_kept(tmp_path: Path) -> None:
    text = SAMPLE.replace("0.039237325685", "0.0392x7325685").replace("20 60.0 985.70", "20 60.0 x85.70")
    text = text.replace("91 whatever", "77 whatever")
    file = _read(tmp_path, text)
    assert [fault.line for fault in file.faults] == [8, 9, 11]
    assert "pressure of a record 20 is no number" in file.faults[0].what
    assert "time of flight of a record 11 is no number" in file.faults[1].what
    assert "not known" in file.faults[2].what
    assert len(file.passes[0].ranges()) == 1


def test_a_file_that_is_cut_off_keeps_what_is_whole(tmp_path: Path) -> None:
    file = _read(tmp_path, SAMPLE[: SAMPLE.index("91 whatever")])
    assert "cut off" in file.faults[0].what
    assert len(file.passes[0].ranges()) == 2


def test_a_pass_without_its_headers_is_left_out(tmp_path: Path) -> None:
    headless = SAMPLE.replace("h4 1 2016", "h5 1 2016").replace("h9\n", "")
    file = _read(tmp_path, headless + SAMPLE)
    assert len(file.passes) == 1
    assert any("no header H4" in fault.what for fault in file.faults)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "no pass", id="empty"),
        pytest.param("\x00\x01 rubbish\n" * 3, "no pass", id="rubbish"),
        pytest.param(SAMPLE.replace("CRD 2", "CRD 7"), "no pass", id="unknown version"),
        pytest.param(SAMPLE.replace("h4 1 2016 2 13", "h4 1 2016 2 31"), "no pass", id="no such day"),
        pytest.param(SAMPLE.replace("h4 1 2016", "h4 1 na"), "no pass", id="no year"),
    ],
)
def test_what_is_no_file_of_ranges_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        _read(tmp_path, text)


def test_a_file_that_is_not_there_is_missing() -> None:
    with pytest.raises(MissingData, match="no such file"):
        read_crd("no/such.npt")


@pytest.mark.parametrize("word", ["nan", "inf", "1e999", "--", "12,5"])
def test_a_time_of_flight_that_is_no_finite_number_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="time of flight"):
        parse_record(f"11 10.0 {word} std 2 120.0 94 57.0 0.1 0.1 -1.0 15.6 0", 1)


def test_what_is_not_known_is_written_as_each_version_can() -> None:
    record = parse_record("40 10.0 0 std na na 0.000 -913.0 0.0 56.0 na na na 3 3 0 4 na", 1)
    assert " na na 0 -913 " in record_text(record, 2)
    assert " -1 -1 0 -913 " in record_text(record, 1)


@settings(max_examples=150)
@given(place=st.integers(0, len(SAMPLE) - 1), text=st.text(st.characters(codec="ascii"), max_size=8))
def test_no_change_of_a_few_characters_breaks_the_reader(tmp_path_factory, place: int, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.npt"
    path.write_bytes((SAMPLE[:place] + text + SAMPLE[place + len(text) :]).encode())
    try:
        file = read_crd(path)
    except FormatError:
        return
    for one in file.passes:
        ranges = one.ranges()
        assert np.all(np.isfinite(ranges.tdb))
        assert np.all(np.isfinite(ranges.time_of_flight))


def _read(tmp_path: Path, text: str) -> CrdFile:
    path = tmp_path / "some.npt"
    path.write_text(text)
    return read_crd(path)
