"""Authority: examples of CCSDS 502.0-B-3, the ISS ephemeris of NASA read by other libraries, and round trips."""

from __future__ import annotations

import gzip
import re
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.formats.oem import Oem, OemCovariance, OemHeader, OemMetadata, OemSegment, read_oem, write_oem
from moonstead.formats.oem_trajectory import oem_segment, oem_trajectory, segment_trajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan
from moonstead.foundation.frames.standard import EME2000, ICRF, ITRF, MOON_ME, MOON_PA, TEME
from moonstead.foundation.time.epoch import Epoch

EXAMPLES = Path(__file__).parent / "examples"
TIME = 1e-6  # [s] promised for a round trip
POSITION = 1e-6  # [m] promised for a round trip
VELOCITY = 1e-9  # [m/s] 13 decimals of km/s are written
SUBNORMAL = 1e-300  # below it a double has fewer digits than the file
ISS_OEM = "monitoring/iss/ISS_OEM_NASA_2025-02-26.xml.gz"
HEADER = OemHeader(originator="MOONSTEAD", creation=Epoch.parse("2034-12-01T08:00:00"))


def message(tdb, states, **metadata):
    given_metadata = {
        "object_name": "RELAY 1",
        "object_id": "UNKNOWN",
        "center_name": "MOON",
        "ref_frame": "ICRF",
        "time_system": "TDB",
        "start": float(tdb[0]),
        "stop": float(tdb[-1]),
    }
    return Oem(HEADER, (OemSegment(OemMetadata(**(given_metadata | metadata)), np.asarray(tdb), np.asarray(states)),))


@pytest.fixture
def simple():
    tdb = 1.1e9 + 60.0 * np.arange(10)
    return message(tdb, np.random.default_rng(3).normal(size=(10, 6)) * [2e6, 2e6, 2e6, 1e3, 1e3, 1e3])


def assert_same(found: Oem, expected: Oem) -> None:
    assert replace(found.header, version="3.0") == replace(expected.header, version="3.0")
    assert len(found.segments) == len(expected.segments)
    for one, other in zip(found.segments, expected.segments, strict=True):
        moments = ("start", "stop", "useable_start", "useable_stop", "ref_frame_epoch")
        for key in moments:
            a, b = getattr(one.metadata, key), getattr(other.metadata, key)
            assert (a is None) == (b is None) and (a is None or abs(a - b) <= TIME)
        blank = dict.fromkeys(moments)
        assert replace(one.metadata, **blank) == replace(other.metadata, **blank)
        assert one.comments == other.comments
        assert np.max(np.abs(one.tdb - other.tdb)) <= TIME
        assert np.max(np.abs(one.states[:, :3] - other.states[:, :3])) <= POSITION
        assert np.max(np.abs(one.states[:, 3:] - other.states[:, 3:])) <= VELOCITY
        assert (one.accelerations is None) == (other.accelerations is None)
        if one.accelerations is not None and other.accelerations is not None:
            np.testing.assert_allclose(one.accelerations, other.accelerations, rtol=1e-14, atol=SUBNORMAL)
        assert len(one.covariances) == len(other.covariances)
        for mine, theirs in zip(one.covariances, other.covariances, strict=True):
            assert abs(mine.tdb - theirs.tdb) <= TIME
            assert (mine.frame, mine.comments) == (theirs.frame, theirs.comments)
            np.testing.assert_allclose(mine.matrix, theirs.matrix, rtol=1e-14, atol=SUBNORMAL)


def test_the_kvn_example_of_the_standard_is_read_whole():
    oem = read_oem(EXAMPLES / "standard.oem")
    assert oem.header.originator == "NASA/JPL"
    assert oem.header.message_id == "OEM 201113719185"
    assert oem.header.creation == Epoch.parse("1996-11-04T17:22:31")
    assert len(oem.segments) == 2
    first, second = oem.segments
    assert first.metadata.object_name == "MARS GLOBAL SURVEYOR"
    assert first.metadata.center_name == "MARS BARYCENTER"
    assert (first.metadata.interpolation, first.metadata.interpolation_degree) == ("HERMITE", 7)
    assert first.comments[1] == "to be used for DSN scheduling purposes only."
    np.testing.assert_allclose(first.states[0], [2789619.0, -280045.0, -1746755.0, 4733.72, -2495.86, -1041.95])
    expected = [Epoch.parse(f"1996-12-18T12:0{minute}:00.331").tdb() for minute in range(3)]
    np.testing.assert_allclose(first.tdb, expected, rtol=0.0, atol=TIME)
    assert first.span == pytest.approx((expected[0] + 10.0, expected[2] - 10.0), abs=TIME)
    assert second.metadata.comments == ("after the trajectory correction manoeuvre",)
    early, late = second.covariances
    assert (early.frame, late.frame) == ("RTN", None)
    assert early.comments == ("from the orbit determination",)
    assert early.matrix[0, 0] == pytest.approx(333.13494)  # 3.3313494e-04 km2
    assert early.matrix[1, 5] == early.matrix[5, 1] == pytest.approx(-0.49894969)
    assert early.matrix[5, 5] == pytest.approx(6.2244443e-4)


def test_the_xml_example_of_the_standard_is_read_whole():
    (segment,) = read_oem(EXAMPLES / "standard.xml").segments
    assert segment.metadata.time_system == "TDB"
    assert segment.comments == ("A & B",)
    np.testing.assert_allclose(segment.states[1], [2783400.0, -308100.0, -1877100.0, 5190.0, -2420.0, -2000.0])
    assert segment.accelerations is not None
    np.testing.assert_allclose(segment.accelerations[0], [8.0, 1.0, -159.0])
    (covariance,) = segment.covariances
    assert covariance.frame == "TNW"
    assert covariance.matrix[3, 4] == pytest.approx(0.079e6)
    assert covariance.matrix[0, 1] == pytest.approx(0.722e6)


@pytest.mark.parametrize("example", ["standard.oem", "standard.xml"])
@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_examples_survive_writing_in_either_form(example, form, tmp_path):
    oem = read_oem(EXAMPLES / example)
    write_oem(tmp_path / "copy", oem, form)
    assert_same(read_oem(tmp_path / "copy"), oem)


@pytest.mark.truth
def test_the_iss_ephemeris_of_nasa_reads_as_by_other_libraries(shared_data, validation):
    from astropy.time import Time

    (segment,) = read_oem(shared_data / ISS_OEM).segments
    root = ET.fromstring(gzip.decompress((shared_data / ISS_OEM).read_bytes()))
    vectors = list(root.iter("stateVector"))
    names = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    states = 1e3 * np.array([[float(vector.findtext(name)) for name in names] for vector in vectors])
    dates = [re.sub(r"^(\d{4})-(\d{3})T", r"\1:\2:", vector.findtext("EPOCH").strip("Z")) for vector in vectors]
    tdb = (Time(dates, format="yday", scale="utc").tdb - Time("2000-01-01T12:00:00", scale="tdb")).sec
    validation(
        capability="OEM files",
        quantity="time",
        authority="astropy, ISS ephemeris of NASA 2025-02-26",
        error=np.max(np.abs(segment.tdb - tdb)),
        unit="s",
        tolerance=TIME,
        cases=len(vectors),
    )
    validation(
        capability="OEM files",
        quantity="position",
        authority="xml.etree, ISS ephemeris of NASA 2025-02-26",
        error=np.max(np.abs(segment.states - states)),
        unit="m",
        tolerance=1e-9,  # the same product by 1000 in double precision
        cases=len(vectors),
    )
    assert segment.metadata.ref_frame == "EME2000"
    assert len(segment.comments) == len(next(iter(root.iter("data"))).findall("COMMENT"))


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_the_iss_ephemeris_survives_a_round_trip(form, shared_data, tmp_path):
    oem = read_oem(shared_data / ISS_OEM)
    write_oem(tmp_path / "iss.oem.gz", oem, form)
    assert (tmp_path / "iss.oem.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert_same(read_oem(tmp_path / "iss.oem.gz"), oem)


TEXT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcxyz0123456789 -_/&<>=äß", min_size=1, max_size=20).map(
    lambda text: text.strip() or "X"
)


@st.composite
def messages(draw):
    count = draw(st.integers(1, 6))
    start = draw(st.floats(-8e8, 2e9))
    steps = draw(hnp.arrays(float, count, elements=st.floats(1e-3, 1e5)))
    tdb = start + np.cumsum(steps)
    states = draw(hnp.arrays(float, (count, 6), elements=st.floats(-1e9, 1e9)))
    states[:, 3:] *= 1e-5
    rows = draw(hnp.arrays(float, (count, 3), elements=st.floats(-10.0, 10.0)))
    half = draw(hnp.arrays(float, (6, 6), elements=st.floats(-1e3, 1e3)))
    covariance = OemCovariance(tdb[0], half + half.T, draw(st.sampled_from([None, "RTN"])), (draw(TEXT),))
    metadata = OemMetadata(
        object_name=draw(TEXT),
        object_id=draw(TEXT),
        center_name=draw(st.sampled_from(["EARTH", "MOON", "MARS BARYCENTER"])),
        ref_frame=draw(st.sampled_from(["ICRF", "EME2000", "ITRF2020", "MOON_ME", "MOON_PA440", "TEME"])),
        time_system=draw(st.sampled_from(["UTC", "TAI", "TT", "TDB", "GPS"])),
        start=tdb[0],
        stop=tdb[-1],
        useable_start=draw(st.sampled_from([None, tdb[0]])),
        interpolation="LAGRANGE",
        interpolation_degree=draw(st.integers(1, 15)),
        comments=(draw(TEXT),),
    )
    segment = OemSegment(metadata, tdb, states, draw(st.sampled_from([None, rows])), (covariance,), (draw(TEXT), ""))
    header = replace(HEADER, classification=draw(st.none() | TEXT), message_id=draw(st.none() | TEXT))
    return Oem(header, (segment,))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(oem=messages(), form=st.sampled_from(["kvn", "xml"]))
def test_any_message_survives_a_round_trip(oem, form, tmp_path):
    write_oem(tmp_path / "any.oem", oem, form)
    assert_same(read_oem(tmp_path / "any.oem"), oem)


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_ut1_files_need_and_use_earth_orientation(form, tmp_path):
    data = DataContext.installed()
    oem = message(7e8 + 60.0 * np.arange(5), np.ones((5, 6)), time_system="UT1")
    with pytest.raises(InvalidInput, match="earth_orientation"):
        write_oem(tmp_path / "ut1.oem", oem, form)
    assert not list(tmp_path.iterdir())  # nothing half written is left
    write_oem(tmp_path / "ut1.oem", oem, form, data.earth_orientation)
    assert_same(read_oem(tmp_path / "ut1.oem", data.earth_orientation), oem)


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_fifty_thousand_states_take_seconds_not_minutes(form, tmp_path):
    tdb = 1.1e9 + 60.0 * np.arange(50_000)
    oem = message(tdb, np.random.default_rng(1).normal(size=(50_000, 6)) * 1e6, time_system="UTC")
    begun = time.process_time()
    write_oem(tmp_path / "long.oem", oem, form)
    read_oem(tmp_path / "long.oem")
    assert time.process_time() - begun < 10.0  # about 2 s of work; a line-by-line reader of dates takes 30


# What is wrong, how the standard's example is spoilt, the line and what the message must say.
FAULTS = [
    ("out of order", "12:01:00.331 2783", "11:59:00.331 2783", 24, "does not follow"),
    ("repeated time", "12:01:00.331 2783", "12:00:00.331 2783", 24, "does not follow"),
    ("META_STOP missing", "INTERPOLATION_DEGREE = 7\nMETA_STOP\n", "INTERPOLATION_DEGREE = 7\n", 22, None),
    ("column missing", " -2.42124 -1.99608", " -2.42124", 24, "5 numbers after the time"),
    ("column too many", " -2.42124 -1.99608", " -2.42124 -1.99608 0.0", 24, "7 numbers after the time"),
    ("acceleration in one line only", " -2.42124 -1.99608", " -2.42124 -1.99608 0.0 0.0 0.0", 24, "all of its lines"),
    ("time system", "TIME_SYSTEM = UTC", "TIME_SYSTEM = MET", 12, "'MET' is not one this reads: UTC, TAI"),
    ("frame", "REF_FRAME = EME2000", "REF_FRAME = MY_FRAME", 11, "'MY_FRAME' is in neither"),
    ("NaN", "-308.143", "NaN", 24, "'NaN' is not a finite number"),
    ("infinity", "-308.143", "inf", 24, "'inf' is not a finite number"),
    ("comma", "-308.143", "-308,143", 24, "'-308,143' is not a finite number"),
    ("underscore", "-308.143", "-308_143", 24, "'-308_143' is not a finite number"),
    ("no such day", "1996-12-18T12:01:00.331 2783", "1996-12-32T12:01:00.331 2783", 24, "is not a time in UTC"),
    ("unknown key", "OBJECT_ID = 1996-062A", "OBJECT_NUMBER = 1", 9, "'OBJECT_NUMBER' is not allowed here"),
    ("missing key", "OBJECT_ID = 1996-062A\n", "", 7, "has no OBJECT_ID; it is mandatory"),
    ("repeated key", "OBJECT_ID = 1996-062A", "OBJECT_NAME = OTHER", 9, "already given in line 8"),
    ("empty value", "OBJECT_ID = 1996-062A", "OBJECT_ID =", 9, "OBJECT_ID has no value"),
    ("state before start", "START_TIME = 1996-12-18T12:00:00.331\nUSEABLE_START_TIME = 1996-12-18T12:00:10.331",
     "START_TIME = 1996-12-18T12:00:05.331\nUSEABLE_START_TIME = 1996-12-18T12:00:10.331", 23,
     "lies outside START_TIME"),
    ("start after stop", "STOP_TIME = 1996-12-18T12:02:00.331", "STOP_TIME = 1996-12-17T12:02:00.331", 16, "swap them"),
    ("degree missing", "INTERPOLATION_DEGREE = 7\n", "", 17, "INTERPOLATION needs INTERPOLATION_DEGREE"),
    ("degree no number", "DEGREE = 7", "DEGREE = seven", 18, "positive whole number"),
    ("method", "= HERMITE", "= CHEBYSHEV", 17, "'CHEBYSHEV' is none of"),
    ("version", "VERS = 3.0", "VERS = 9.0", 1, "version '9.0' of the OEM is unknown"),
    ("covariance cut", "4.6189273e-04 6.7824216e-04\n", "4.6189273e-04\n", 48, "1 numbers in a row"),
    ("covariance row missing", "4.6189273e-04 6.7824216e-04\n", "", 48, "3 numbers in a row"),
    ("covariance not closed", "COVARIANCE_STOP\n", "", None, "COVARIANCE_STOP is missing"),
    ("creation before UTC", "DATE = 1996-11-04T17:22:31", "DATE = 1896-11-04T17:22:31", 3, "is not a UTC date"),
    ("creation date", "CREATION_DATE = 1996-11-04T17:22:31", "CREATION_DATE = yesterday", 3, "is not a UTC date"),
    ("stray text", "COMMENT This block begins", "This block begins", 38, "is neither a keyword"),
    ("keyword among states", "COMMENT This block begins", "CENTER_NAME = MOON", 38, "belongs between META_START"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "said"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_damaged_kvn_file_is_refused_with_file_and_line(old, new, line, said, tmp_path):
    text = (EXAMPLES / "standard.oem").read_text()
    assert old in text
    path = tmp_path / "damaged.oem"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InvalidInput) as caught:
        read_oem(path)
    found = str(caught.value)
    assert found.startswith(f"{path}, line {'' if line is None else f'{line}: '}")
    assert (said or "META_STOP of the block in line 7 is missing") in found


XML_FAULTS = [
    ("unknown element", "<Y_DOT>-2.50</Y_DOT>", "<Y_DOT>-2.50</Y_DOT><MASS>1</MASS>", 25, "<MASS> is not allowed in"),
    ("coordinate missing", "<Z>-1746.8</Z>", "", 27, "missing: Z"),
    ("unit", '<X units="km">', '<X units="m">', 30, "is in 'm', but the standard fixes 'km'"),
    ("cut short", "</body>\n</ndm:oem>", "", None, "not well-formed XML"),
    ("nan", "<X>2789.6</X>", "<X>nan</X>", 22, "'nan' is not a finite number"),
    ("covariance element missing", "<CZ_Z>0.002</CZ_Z>", "", None, "look at CZ_Z"),
    ("no metadata", "metadata>", "data>", 11, "out of place"),
    ("entity bomb", "<ndm:oem", '<!DOCTYPE oem [<!ENTITY a "b">]><ndm:oem', 3, "document type declaration"),
    ("no segment", None, '<oem id="CCSDS_OEM_VERS" version="3.0"><header/><body/></oem>', 1, "no <segment>"),
    ("another message", None, "<opm/>", 1, "<opm> is not allowed in"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), [f[1:] for f in XML_FAULTS], ids=[f[0] for f in XML_FAULTS])
def test_a_damaged_xml_file_is_refused_with_file_and_line(old, new, line, said, tmp_path):
    text = (EXAMPLES / "standard.xml").read_text()
    path = tmp_path / "damaged.xml"
    path.write_text(new if old is None else text.replace(old, new))
    with pytest.raises(InvalidInput) as caught:
        read_oem(path)
    assert str(caught.value).startswith(f"{path}, line {'' if line is None else f'{line}: '}")
    assert said in str(caught.value)


def test_a_comment_of_several_lines_in_xml_becomes_several_comments(tmp_path):
    text = (EXAMPLES / "standard.xml").read_text().replace("A &amp; B", "first\n  second")
    (tmp_path / "lines.xml").write_text(text)
    assert read_oem(tmp_path / "lines.xml").segments[0].comments == ("first", "  second")


def test_what_is_no_oem_is_refused(tmp_path):
    with pytest.raises(MissingData, match="no such file"):
        read_oem(tmp_path / "absent.oem")
    for content, said in ((b"", "not an Orbit"), (b"hello", "begins with 'hello'"), (b"\x1f\x8bxx", "damaged gzip")):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(InvalidInput, match=said):
            read_oem(tmp_path / "other")
    (tmp_path / "other").write_bytes(b"CCSDS_OEM_VERS = 3.0\nORIGINATOR = \xff\n")
    with pytest.raises(InvalidInput, match="line 2: not UTF-8"):
        read_oem(tmp_path / "other")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: replace(s, tdb=s.tdb[::-1].copy()), "rise strictly"),
        (lambda s: replace(s, states=s.states * np.nan), "not finite"),
        (lambda s: replace(s, states=s.states[:, :5]), "do not fit"),
        (lambda s: replace(s, metadata=replace(s.metadata, ref_frame="MOON_ME_DE440X")), "not registered"),
        (lambda s: replace(s, metadata=replace(s.metadata, time_system="GMST")), "none of UTC"),
        (lambda s: replace(s, metadata=replace(s.metadata, object_name="A\nB")), "one line of text"),
        (lambda s: replace(s, comments=("two\nlines",)), "split it into several comments"),
        (lambda s: replace(s, covariances=(OemCovariance(s.tdb[0], np.triu(np.ones((6, 6)))),)), "symmetric matrix"),
        (lambda s: replace(s, metadata=replace(s.metadata, interpolation="SPLINE")), "interpolation must be"),
        (lambda s: replace(s, metadata=replace(s.metadata, start=s.metadata.start + 10.0)), "outside the start"),
    ],
)
def test_a_message_that_no_reader_could_accept_is_not_written(change, said, simple, tmp_path):
    spoilt = Oem(simple.header, (change(simple.segments[0]),))
    with pytest.raises(InvalidInput, match=f"OEM segment 1: .*{said}"):
        write_oem(tmp_path / "no.oem", spoilt)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(simple, tmp_path):
    path = tmp_path / "kept.oem"
    write_oem(path, simple)
    before = path.read_bytes()
    spoilt = message(simple.segments[0].tdb, np.full((10, 6), np.inf))
    with pytest.raises(InvalidInput):
        write_oem(path, spoilt)
    with pytest.raises(InvalidInput, match="'kvn' or 'xml'"):
        write_oem(path, simple, "json")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["kept.oem"]


@pytest.mark.parametrize(
    ("ref_frame", "frame"),
    [("EME2000", EME2000), ("J2000", EME2000), ("GCRF", ICRF), ("ICRF3", ICRF), ("ITRF2014", ITRF), ("TEME", TEME),
     ("MOON_ME", MOON_ME), ("MOON_PA440", MOON_PA)],
)  # fmt: skip
def test_ccsds_frames_become_axes_of_this_library(ref_frame, frame, simple):
    segment = simple.segments[0]
    segment = replace(segment, metadata=replace(segment.metadata, ref_frame=ref_frame))
    assert segment_trajectory(segment).frame is frame


@pytest.mark.parametrize("ref_frame", ["TOD", "ITRF-93", "MOON_PA421", "MOON_MEIAUE", "FIXED_EARTH"])
def test_frames_without_counterpart_are_refused_by_name(ref_frame, simple):
    segment = simple.segments[0]
    segment = replace(segment, metadata=replace(segment.metadata, ref_frame=ref_frame))
    with pytest.raises(InvalidInput, match=f"{ref_frame}.*convertible are EME2000"):
        segment_trajectory(segment)


def test_a_trajectory_goes_through_a_file_and_comes_back(tmp_path):
    tdb = 1.1e9 + 60.0 * np.arange(200)
    angle, rate, radius = 7.3e-4 * (tdb - tdb[0]), 7.3e-4, 2.0e6
    states = np.zeros((tdb.size, 6))
    states[:, 0], states[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
    states[:, 3], states[:, 4] = -radius * rate * np.sin(angle), radius * rate * np.cos(angle)
    original = TabulatedTrajectory("RELAY 1", "MOON", ICRF, tdb, states, 7)
    write_oem(tmp_path / "relay.oem", Oem(HEADER, (oem_segment(original, tdb, "2035-001A"),)))
    trajectory = oem_trajectory(read_oem(tmp_path / "relay.oem"))
    assert (trajectory.name, trajectory.center, trajectory.frame) == ("RELAY 1", "MOON", ICRF)
    # The dates are rounded to 0.1 us and stored to 0.24 us: 1.5 km/s moves 0.4 mm in that time.
    between = np.linspace(*trajectory.span, 1000)[1:-1]
    assert np.max(np.abs(trajectory.state(between) - original.state(between))[:, :3]) <= 4e-4
    bound = trajectory.speed_bound(between[:1], between[-1:])
    assert radius * rate <= bound[0] < 1.1 * radius * rate


def test_segments_answer_for_themselves_and_gaps_are_refused():
    oem = read_oem(EXAMPLES / "standard.oem")
    trajectory = oem_trajectory(oem)
    first, second = oem.segments
    states = trajectory.state(np.array([first.tdb[1], np.nan, second.tdb[1], second.tdb[-1]]))
    np.testing.assert_allclose(states[[0, 2]], [first.states[1], second.states[1]], atol=POSITION)
    assert np.all(np.isnan(states[1]))
    for outside in (first.tdb[0], 0.5 * (first.tdb[-1] + second.tdb[0]), second.tdb[-1] + 1.0):
        with pytest.raises(OutsideSpan, match="segments cover"):
            trajectory.state(np.array([outside]))


def test_segments_that_are_not_one_trajectory_are_refused(simple):
    (segment,) = simple.segments
    later = replace(segment, tdb=segment.tdb + 1e4)
    other = replace(later, metadata=replace(segment.metadata, center_name="EARTH"))
    with pytest.raises(InvalidInput, match="differ in object, centre or frame"):
        oem_trajectory(Oem(HEADER, (segment, other)))
    with pytest.raises(InvalidInput, match="overlap where both may be used"):
        oem_trajectory(Oem(HEADER, (segment, segment)))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    example=st.sampled_from(["standard.oem", "standard.xml"]),
    place=st.floats(0.0, 1.0),
    length=st.integers(0, 40),
    piece=st.binary(max_size=6) | st.sampled_from([b"\n", b"=", b"META_STOP\n", b"EPOCH = ", b"<X>", b"-", b"9", b" "]),
)
def test_any_damage_is_read_or_refused_and_raises_nothing_else(example, place, length, piece, tmp_path):
    raw = (EXAMPLES / example).read_bytes()
    start = int(place * len(raw))
    (tmp_path / "damaged").write_bytes(raw[:start] + piece + raw[start + length :])
    try:
        oem = read_oem(tmp_path / "damaged")
    except InvalidInput:
        return
    assert all(np.all(np.isfinite(segment.states)) for segment in oem.segments)
