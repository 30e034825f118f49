"""Authority: the examples of CCSDS 503.0-B, and reading back what was written; hostile input is told line by line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.formats.tdm import Tdm, TdmHeader, read_tdm, segment_of_rows, write_tdm
from moonstead.formats.tdm_message import DATA_UNITS
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData
from moonstead.foundation.time.epoch import Epoch

SMALL = """CCSDS_TDM_VERS = 2.0
COMMENT made for a test
CREATION_DATE = 2020-01-01T00:00:00
ORIGINATOR = MOONSTEAD
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = RADAR
PARTICIPANT_2 = OBJECT
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
ANGLE_TYPE = AZEL
META_STOP
DATA_START
RANGE = 2020-01-01T00:00:00.000 1000.5
ANGLE_1 = 2020-01-01T00:00:00.000 10.25
ANGLE_2 = 2020-01-01T00:00:00.000 45.5
RECEIVE_PHASE_CT_1 = 2020-01-01T00:00:01.000 84297497967.680710
DATA_STOP
"""
EXAMPLES = tuple(f"TDMExample{number}.tdm" for number in (2, 4, 6, 8, 15))


def written(tmp_path, text, name="a.tdm"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.truth
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_standard_are_read_without_a_fault(name, shared_data):
    path = shared_data / "monitoring" / "od" / "tdm" / name
    tdm = read_tdm(path).require_clean()
    text = path.read_text("utf-8")
    rows = [line for line in text.splitlines() if "=" in line and len(line.split("=")[1].split()) == 2]
    rows = [line for line in rows if not line.strip().startswith("COMMENT")]
    assert sum(len(segment.keyword) for segment in tdm.segments) == len(rows)
    assert tdm.header.version == "1.0"


@pytest.mark.parametrize("form", ["kvn", "xml"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_written_is_read_again(name, form, shared_data, tmp_path):
    tdm = read_tdm(shared_data / "monitoring" / "od" / "tdm" / name)
    write_tdm(tmp_path / "again.tdm", tdm, form)
    again = read_tdm(tmp_path / "again.tdm").require_clean()
    for before, after in zip(tdm.segments, again.segments, strict=True):
        assert dict(before.metadata) == dict(after.metadata)
        assert (before.keyword, before.epoch, before.text) == (after.keyword, after.epoch, after.text)
        np.testing.assert_array_equal(before.tdb, after.tdb)
        assert [c.strip() for c in before.comments] == [c.strip() for c in after.comments]


def test_rows_mean_what_they_say(tmp_path):
    (segment,) = read_tdm(written(tmp_path, SMALL)).require_clean().segments
    times, values = segment.rows("ANGLE_1", "ANGLE_2")
    assert values.tolist() == [10.25, 45.5]
    assert times[0] == Epoch.parse("2020-01-01T00:00:00").tdb()
    assert segment.text[-1] == "84297497967.680710"  # no digit is lost
    assert segment.participants == {1: "RADAR", 2: "OBJECT"}


@pytest.mark.parametrize(
    ("good", "bad", "what"),
    [
        ("1000.5", "nan", "not a finite number"),
        ("1000.5", "1_000", "not a finite number"),
        ("1000.5", "1000.5 km", "3 words"),
        ("RANGE = 2020-01-01", "RANGE = 2020-02-30", "not a time in UTC"),
        ("RANGE = 2020", "RUNGE = 2020", "no data keyword"),
        ("RANGE = 2020", "RANGE 2020", "neither a keyword"),
        ("MODE = SEQUENTIAL", "MODE = SIDEWAYS", "MODE is one of"),
        ("PATH = 1,2,1", "PFAD = 1,2,1", "is not one of this part"),
        ("PATH = 1,2,1", "MODE = SEQUENTIAL", "already given"),
        ("PATH = 1,2,1", "PATH =", "has no value"),
        ("2020-01-01T00:00:00\nORIGINATOR", "yesterday\nORIGINATOR", "CREATION_DATE"),
        ("ORIGINATOR = MOONSTEAD\n", "", "ORIGINATOR is missing"),
        ("DATA_STOP", "", "DATA_STOP is missing"),
        ("META_STOP\nDATA_START", "DATA_START", "DATA_START without metadata"),
    ],
    ids=range(14),
)
def test_damage_is_told_with_its_line_and_the_rest_is_kept(good, bad, what, tmp_path):
    assert good in SMALL
    path = written(tmp_path, SMALL.replace(good, bad, 1))
    try:
        tdm = read_tdm(path)
    except FormatError as error:
        assert what in str(error)
        return
    assert any(what in fault.what for fault in tdm.faults), tdm.faults
    assert sum(len(segment.keyword) for segment in tdm.segments) >= 3
    with pytest.raises(InvalidInput, match="line"):
        tdm.require_clean()


def test_xml_that_breaks_off_keeps_what_came_before(tmp_path):
    tdm = read_tdm(written(tmp_path, SMALL))
    write_tdm(tmp_path / "a.xml", tdm, "xml")
    text = (tmp_path / "a.xml").read_text()
    cut = read_tdm(written(tmp_path, text[: text.index("RECEIVE_PHASE")], "cut.xml"))
    assert cut.segments[0].keyword == ("RANGE", "ANGLE_1", "ANGLE_2")
    assert "what follows is lost" in cut.faults[-1].what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"),
        ("hello\n", "begins with CCSDS_TDM_VERS"),
        ("<oem/>", "no <tdm>"),
        ("<tdm", "not well-formed"),
        ('<!DOCTYPE x><tdm id="CCSDS_TDM_VERS" version="2.0"/>', "document type"),
        (SMALL.replace("2.0", "9.0"), "version '9.0'"),
        (SMALL[: SMALL.index("DATA_START")], "no segment with usable rows"),
        (SMALL.replace("UTC", "GMT"), "no segment with usable rows"),
    ],
    ids=range(8),
)
def test_what_is_no_message_is_refused(text, what, tmp_path):
    with pytest.raises(FormatError, match=what):
        read_tdm(written(tmp_path, text))


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(MissingData, match="no such file"):
        read_tdm(tmp_path / "none.tdm")


def test_what_breaks_the_standard_is_not_written(tmp_path):
    header = TdmHeader("MOONSTEAD", Epoch.parse("2020-01-01"))
    good = segment_of_rows({"PARTICIPANT_1": "A"}, ["MAG"], [6e8], [1.0])
    with pytest.raises(InvalidInput, match="at least one segment"):
        write_tdm(tmp_path / "a", Tdm(header, ()))
    with pytest.raises(InvalidInput, match="no keyword"):
        write_tdm(tmp_path / "a", Tdm(header, (segment_of_rows({"PARTICIPANT_1": "A"}, ["MAGG"], [6e8], [1.0]),)))
    with pytest.raises(InvalidInput, match="PARTICIPANT_1"):
        write_tdm(tmp_path / "a", Tdm(header, (segment_of_rows({}, ["MAG"], [6e8], [1.0]),)))
    with pytest.raises(InvalidInput, match="kvn"):
        write_tdm(tmp_path / "a", Tdm(header, (good,)), "json")
    with pytest.raises(InvalidInput, match="needs rows"):
        segment_of_rows({"PARTICIPANT_1": "A"}, [], [], [])


@given(
    st.lists(st.tuples(st.sampled_from(sorted(DATA_UNITS)), st.integers(0, 10**6), st.floats(-1e12, 1e12)), min_size=1)
)
def test_numbers_survive_both_forms(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("tdm")
    keywords = [row[0] for row in rows]
    times = [6.0e8 + 0.001 * row[1] for row in rows]
    segment = segment_of_rows({"PARTICIPANT_1": "A & B <c>"}, keywords, times, [row[2] for row in rows])
    tdm = Tdm(TdmHeader("M", Epoch.parse("2020-01-01")), (segment,))
    for form in ("kvn", "xml"):
        write_tdm(folder / form, tdm, form)
        (again,) = read_tdm(folder / form).require_clean().segments
        np.testing.assert_array_equal(again.value, segment.value)
        np.testing.assert_allclose(again.tdb, segment.tdb, atol=2e-7)
        assert again.metadata["PARTICIPANT_1"] == "A & B <c>"


@given(st.integers(0, len(SMALL) - 1), st.characters(codec="ascii"))
def test_one_wrong_character_never_breaks_the_reader(tmp_path_factory, place, character):
    folder = tmp_path_factory.mktemp("tdm")
    path = folder / "a.tdm"
    path.write_bytes((SMALL[:place] + character + SMALL[place + 1 :]).encode())
    try:
        read_tdm(path)
    except FormatError as error:
        assert "a.tdm" in str(error)
