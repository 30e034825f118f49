"""Authority: CCSDS 502.0-B-3 and its examples, the published forms of providers, and round trips."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.dynamics.mean_elements import UNKNOWN, MeanElements
from moonstead.formats.mean_elements_file import parse_mean_elements, read_mean_elements
from moonstead.formats.omm_fields import number_of_designator
from moonstead.formats.omm_writer import WRITERS, write_mean_elements
from moonstead.formats.tle import parse_tle
from moonstead.formats.tle_writer import format_tle
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData
from moonstead.foundation.time.epoch import Epoch

MADE = Epoch.parse("2026-07-20T00:00:00")
REVOLUTION = 2.0 * np.pi / 86_400.0  # [rad/s] of one revolution a day
UNIT_CHANGES = 1e-14  # relative: fifteen digits written, and two products of double precision
# Half of the fifteenth digit of a number that begins with 1, and four products and quotients of double precision.
FIFTEEN_DIGITS = 5e-15 + 4 * 1.2e-16

ROW = {
    "OBJECT_NAME": "THING, A",
    "OBJECT_ID": "2026-123A",
    "EPOCH": "2026-07-19T12:00:00.250000",
    "MEAN_MOTION": "15.5",
    "ECCENTRICITY": ".0125362",
    "INCLINATION": "51.5908",
    "RA_OF_ASC_NODE": "168.3788",
    "ARG_OF_PERICENTER": "86.4185",
    "MEAN_ANOMALY": "359.7454",
    "EPHEMERIS_TYPE": "0",
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": "799501621",
    "ELEMENT_SET_NO": "999",
    "REV_AT_EPOCH": "123",
    "BSTAR": "-.70517E-5",
    "MEAN_MOTION_DOT": "-.3657E-4",
    "MEAN_MOTION_DDOT": "1.15630e-5",
}
METADATA = {"CENTER_NAME": "EARTH", "REF_FRAME": "TEME", "TIME_SYSTEM": "UTC", "MEAN_ELEMENT_THEORY": "SGP/SGP4"}


def as_kvn(*rows):
    return "\n".join(
        "\n".join(["CCSDS_OMM_VERS = 3.0", "COMMENT made up", *(f"{key} = {value}" for key, value in row.items())])
        for row in rows
    )


def as_csv(*rows):
    lines = [",".join(ROW)]
    lines += [",".join(f'"{row[key]}"' if "," in row[key] else row[key] for key in ROW) for row in rows]
    return "\r\n".join(lines) + "\r\n"


def as_json(*rows):
    return json.dumps(rows)


def as_xml(*rows):
    omms = []
    for row in rows:
        tags = "\n".join(f"<{key}>{value}</{key}>" for key, value in row.items())
        omms.append(f'<omm id="CCSDS_OMM_VERS" version="3.0"><body><segment>\n{tags}\n</segment></body></omm>')
    return '<?xml version="1.0" encoding="UTF-8"?>\n<ndm>\n' + "\n".join(omms) + "\n</ndm>\n"


FORMS = {"OMM KVN": as_kvn, "OMM XML": as_xml, "OMM CSV": as_csv, "OMM JSON": as_json}
WITH_METADATA = ("OMM KVN", "OMM XML")


def text_of(form, *changes):
    rows = [{**ROW, **METADATA, **change} if form in WITH_METADATA else {**ROW, **change} for change in changes]
    return FORMS[form](*rows).encode()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_values(form):
    found = parse_mean_elements(text_of(form, {}), "made up")
    elements = found.require_clean()
    assert found.kind == form
    assert elements.object_id.tolist() == [799_501_621]
    assert elements.name == ("THING, A",)
    assert elements.designator == ("2026-123A",)
    # 2026-07-19T12:00:00 UTC is 9696 days past 2000-01-01T12:00, and TAI is 37 s ahead
    assert (elements.epoch_second[0], elements.epoch_fraction[0]) == (9696 * 86_400 + 37, 0.25)
    np.testing.assert_allclose(elements.mean_motion, 15.5 * REVOLUTION, rtol=UNIT_CHANGES)
    np.testing.assert_allclose(np.degrees(elements.mean_anomaly), 359.7454, rtol=UNIT_CHANGES)
    assert (elements.eccentricity[0], elements.drag_term[0]) == (0.0125362, -0.70517e-5)
    np.testing.assert_allclose(elements.mean_motion_rate, -0.3657e-4 * REVOLUTION / 86_400.0, rtol=UNIT_CHANGES)
    assert (elements.element_set[0], elements.revolution[0], elements.classification) == (999, 123, ("U",))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("ECCENTRICITY", "1.0", "not in"),
        ("ECCENTRICITY", "nan", "no number"),
        ("MEAN_MOTION", "0", "no mean motion"),
        ("MEAN_MOTION", "inf", "no number"),
        ("MEAN_MOTION", "15_5", "no number"),
        ("INCLINATION", "181", "between 0 and 180"),
        ("NORAD_CAT_ID", "A0000", "no whole number"),
        ("NORAD_CAT_ID", "1000000000", "more than 9 digits"),
        ("NORAD_CAT_ID", "25544.0", "no whole number"),
        ("EPOCH", "2026-09-20 12:42:37", "no CCSDS date"),
        ("EPOCH", "2026-02-30T12:42:37", "no CCSDS date"),
        ("EPHEMERIS_TYPE", "4", "another theory"),
        ("BSTAR", "1e999", "not finite"),
    ],
)
def test_a_bad_row_is_told_with_its_place_and_its_neighbours_stay(form, key, value, what):
    found = parse_mean_elements(text_of(form, {"NORAD_CAT_ID": "1"}, {key: value}, {"NORAD_CAT_ID": "3"}), "made up")
    assert found.elements.object_id.tolist() == [1, 3]
    assert what in found.faults[0].what
    assert found.faults[0].remedy
    assert any(char.isdigit() for char in found.faults[0].place)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("CENTER_NAME", "MOON"),
        ("REF_FRAME", "ICRF"),
        ("TIME_SYSTEM", "TAI"),
        ("MEAN_ELEMENT_THEORY", "SGP4-XP"),
    ],
)
def test_elements_of_another_center_frame_time_or_theory_are_refused(form, key, value):
    if form == "OMM CSV":
        head, row = text_of(form, {}).decode().splitlines()
        text = f"{head},{key}\n{row},{value}\n".encode()
    else:
        text = text_of(form, {key: value})
    found = parse_mean_elements(text, "made up")
    assert len(found.elements) == 0
    assert f"{key} is '{value}'" in found.faults[0].what


@pytest.mark.parametrize("form", WITH_METADATA)
def test_metadata_that_the_standard_demands_must_be_there(form):
    row = {**ROW, **METADATA}
    del row["REF_FRAME"]
    found = parse_mean_elements(FORMS[form](row).encode(), "made up")
    assert "REF_FRAME is missing" in found.faults[0].what


def test_units_are_held_to_those_of_the_standard():
    good = as_kvn({**ROW, **METADATA, "MEAN_MOTION": "15.5 [rev/day]", "INCLINATION": "51.5908 [deg]"})
    assert len(parse_mean_elements(good.encode(), "made up").require_clean()) == 1
    wrong = parse_mean_elements(as_kvn({**ROW, **METADATA, "INCLINATION": "0.9 [rad]"}).encode(), "made up")
    assert "'rad', not in deg" in wrong.faults[0].what
    xml = text_of("OMM XML", {}).replace(b"<BSTAR>", b'<BSTAR units="m**2/kg">')
    assert "BSTAR is in" in parse_mean_elements(xml, "made up").faults[0].what


def test_an_object_without_catalogue_number_is_known_by_its_designator(tmp_path):
    row = {**ROW, **METADATA}
    for key in ("NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH", "CLASSIFICATION_TYPE", "EPHEMERIS_TYPE"):
        del row[key]
    elements = parse_mean_elements(as_kvn(row).encode(), "made up").require_clean()
    assert elements.object_id[0] == number_of_designator("2026-123A") == 1_202_612_300_001
    assert (elements.element_set[0], elements.revolution[0]) == (UNKNOWN, UNKNOWN)
    write_mean_elements(tmp_path / "again.xml", elements, creation=MADE)
    again = read_mean_elements(tmp_path / "again.xml").require_clean()
    assert again.object_id[0] == elements.object_id[0]
    with pytest.raises(InvalidInput, match="1202612300001"):
        format_tle(elements)


@pytest.mark.truth
def test_examples_of_the_standard_are_read_or_refused_for_what_they_are(shared_data):
    folder = shared_data / "monitoring/cdm/omm"
    for name in ("OMMExample1.txt", "OMMExample2.txt", "OMMExample2.xml"):
        elements = read_mean_elements(folder / name).require_clean()
        assert elements.object_id.tolist() == [23581]
        assert elements.mean_motion[0] == pytest.approx(1.00273272 * REVOLUTION, rel=UNIT_CHANGES)
    assert read_mean_elements(folder / "OMMExample1.txt").notes == ()
    assert "1 messages bring a covariance" in read_mean_elements(folder / "OMMExample2.xml").notes[0]
    other = read_mean_elements(folder / "OMMExample3.txt")  # REF_FRAME TOD, its own theory, a semi-major axis
    assert len(other.elements) == 0
    assert len(other.faults) == 1


def test_what_is_no_file_of_elements_is_refused_whole(tmp_path):
    with pytest.raises(MissingData, match="no such file"):
        read_mean_elements(tmp_path / "none.csv")
    for raw, what in (
        (b"", "empty"),
        (b"PK\x03\x04 something", "zip"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"CCSDS_OEM_VERS = 3.0\n", "OEM"),
        (b"once upon a time\n", "neither two-line"),
    ):
        with pytest.raises(FormatError, match=what):
            parse_mean_elements(raw, "file")
    assert len(parse_mean_elements(b"No GP data found", "answer").require_clean()) == 0


@pytest.mark.parametrize("form", FORMS)
def test_of_a_file_cut_off_the_whole_rows_are_kept_and_the_cut_is_told(form):
    text = text_of(form, {"NORAD_CAT_ID": "1"}, {"NORAD_CAT_ID": "2"}, {"NORAD_CAT_ID": "3"})
    found = parse_mean_elements(text[: int(0.9 * len(text))], "made up")
    assert found.elements.object_id.tolist() == [1, 2]
    assert found.faults


def test_rows_before_damage_of_a_gzip_file_are_kept(tmp_path):
    rows = [{"NORAD_CAT_ID": str(number), "MEAN_ANOMALY": f"{number * 0.7}"} for number in range(1, 400)]
    packed = gzip.compress(text_of("OMM CSV", *rows), mtime=0)
    cut = parse_mean_elements(packed[: len(packed) // 2], "cut.csv.gz")
    assert 20 < len(cut.elements) < 399
    assert "cut off" in cut.faults[0].what


def test_of_a_damaged_gzip_file_only_rows_with_checksums_are_trusted():
    rows = [{"NORAD_CAT_ID": str(number), "MEAN_ANOMALY": f"{number * 0.7}"} for number in range(1, 400)]
    elements = parse_mean_elements(text_of("OMM CSV", *rows), "made up").require_clean()
    lines = "".join(f"{line}\n" for line in format_tle(elements)).encode()
    for text in (text_of("OMM CSV", *rows), lines):
        packed = gzip.compress(text, mtime=0)
        garbled = packed[: len(packed) // 2] + b"\xff" * 40 + packed[len(packed) // 2 + 40 :]
        if text is lines:
            found = parse_mean_elements(garbled, "garbled.tle.gz")
            assert 20 < len(found.elements) < 399
            assert "damaged gzip" in found.faults[0].what
        else:
            with pytest.raises(FormatError, match="none can be trusted"):
                parse_mean_elements(garbled, "garbled.csv.gz")


@pytest.mark.parametrize("form", FORMS)
def test_a_lost_catalogue_number_is_not_made_up(form):
    text = text_of(form, {"NORAD_CAT_ID": "1"}, {}).replace(b"799501621", b"")
    text = b"\n".join(
        line for line in text.split(b"\n") if not line.startswith((b"NORAD_CAT_ID = ",)) or b"= 1" in line
    )
    found = parse_mean_elements(text, "made up")
    assert found.elements.object_id.tolist() == [1]
    assert "NORAD_CAT_ID" in found.faults[0].what


def test_epochs_do_not_depend_on_their_neighbours():
    alone = parse_mean_elements(text_of("OMM CSV", {"EPOCH": "2026-07-19T12:00:00.129920"}), "alone")
    beside = parse_mean_elements(
        text_of("OMM CSV", {"EPOCH": "2026-07-19T12:00:00.129920"}, {"EPOCH": "2026-07-19T12:00:00.1234567891234567"}),
        "beside",
    )
    assert alone.elements.epoch_fraction[0] == beside.elements.epoch_fraction[0] == 0.12992


angles = st.floats(0.0, 6.28)


@st.composite
def sets(draw):
    count = draw(st.integers(1, 4))
    numbers = st.floats(-1e-2, 1e-2)

    def column(strategy):
        return draw(st.lists(strategy, min_size=count, max_size=count))

    return MeanElements.of(
        {
            "object_id": column(st.integers(0, 999_999_999)),
            "name": column(st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=12)),
            "designator": column(st.sampled_from(["1998-067A", "2026-001AAB"])),
            "epoch_second": column(st.integers(-1_300_000_000, 1_700_000_000)),
            "epoch_fraction": [k / 1e6 for k in column(st.integers(0, 999_999))],
            "mean_motion": column(st.floats(1e-5, 1.2e-3)),
            "eccentricity": column(st.floats(0.0, 0.999)),
            "inclination": column(st.floats(0.0, 3.14)),
            "node": column(angles),
            "argument_of_perigee": column(angles),
            "mean_anomaly": column(angles),
            "drag_term": column(numbers),
            "mean_motion_rate": [value * 1e-12 for value in column(numbers)],
            "mean_motion_second": [value * 1e-18 for value in column(numbers)],
            "element_set": column(st.integers(0, 9999)),
            "revolution": column(st.integers(0, 99_999)),
            "classification": column(st.sampled_from(["U", "C", "S"])),
        }
    )


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=25)
@given(elements=sets())
def test_what_an_omm_says_comes_back(suffix, elements):
    text = WRITERS[suffix](elements, MADE, "TEST")
    again = parse_mean_elements(text.encode(), suffix).require_clean()
    for column in fields(elements):
        old, new = getattr(elements, column.name), getattr(again, column.name)
        if isinstance(old, tuple) or old.dtype == np.int64:
            assert list(old) == list(new), column.name
        else:
            np.testing.assert_allclose(new, old, rtol=FIFTEEN_DIGITS, atol=0.0, err_msg=column.name)


@settings(max_examples=50)
@given(elements=sets())
def test_two_line_sets_keep_what_their_columns_hold(elements):
    elements = elements.select(elements.object_id < 340_000)
    lines = format_tle(elements)
    assert all(len(line) == 69 for line in lines if line[:2] in ("1 ", "2 "))
    again = parse_mean_elements("\n".join(lines).encode(), "made up") if lines else None
    if again is None:
        return
    found = again.require_clean()
    assert found.object_id.tolist() == elements.object_id.tolist()
    assert found.designator == elements.designator
    epochs = (found.epoch_second - elements.epoch_second) + (found.epoch_fraction - elements.epoch_fraction)
    assert np.max(np.abs(epochs)) <= 0.432e-3 + 1e-9
    for name in ("inclination", "node", "argument_of_perigee", "mean_anomaly"):
        off = np.degrees(getattr(found, name) - getattr(elements, name))
        assert np.max(np.abs((off + 180.0) % 360.0 - 180.0)) <= 0.5e-4 + 1e-9, name
    np.testing.assert_allclose(found.eccentricity, elements.eccentricity, atol=0.5e-7 + 1e-12, rtol=0.0)
    np.testing.assert_allclose(found.mean_motion, elements.mean_motion, atol=0.51e-8 * REVOLUTION, rtol=0.0)
    np.testing.assert_allclose(found.drag_term, elements.drag_term, rtol=0.51e-4, atol=1e-14)


def test_numbers_that_a_two_line_set_cannot_hold_are_refused_by_name(tmp_path):
    elements = parse_mean_elements(text_of("OMM CSV", {}, {"NORAD_CAT_ID": "340000"}), "made up").require_clean()
    with pytest.raises(InvalidInput, match=r"340000 .*Z9999.*OMM.*1 more"):
        write_mean_elements(tmp_path / "out.tle", elements, creation=MADE)
    with pytest.raises(InvalidInput, match=r"known are \.tle"):
        write_mean_elements(tmp_path / "out.xlsx", elements, creation=MADE)
    assert not list(tmp_path.iterdir())


@pytest.mark.truth
def test_a_catalogue_written_again_has_the_same_lines_but_for_zeros_in_front(shared_data):
    path = shared_data / "monitoring/catalogs/iridium33_cosmos2251_2009.3le"
    elements = read_mean_elements(path).require_clean()
    again = format_tle(elements)
    for line in again:
        if line.startswith("1 "):
            parse_tle(line, again[again.index(line) + 1])
    found = parse_mean_elements("\n".join(again).encode(), "again").require_clean()
    np.testing.assert_array_equal(found.mean_motion, elements.mean_motion)
    np.testing.assert_array_equal(found.epoch_fraction, elements.epoch_fraction)
    np.testing.assert_array_equal(found.drag_term, elements.drag_term)


@settings(max_examples=60)
@given(
    form=st.sampled_from(list(FORMS)),
    place=st.floats(0.0, 1.0),
    garbage=st.binary(max_size=40),
    lost=st.integers(0, 60),
)
def test_damage_never_raises_anything_but_a_refusal_and_makes_no_object(form, place, garbage, lost):
    text = text_of(form, {"NORAD_CAT_ID": "111111"}, {"NORAD_CAT_ID": "222222"}, {"NORAD_CAT_ID": "333333"})
    at = int(place * len(text))
    try:
        found = parse_mean_elements(text[:at] + garbage + text[at + lost :], "damaged")
    except FormatError:
        return
    assert len(found.elements) <= 3
    whole = [number for number in (111_111, 222_222, 333_333) if number in found.elements.object_id]
    assert found.faults or len(whole) >= 2


def test_two_json_records_that_grew_together_are_no_record():
    text = text_of("OMM JSON", {"NORAD_CAT_ID": "1"}, {"NORAD_CAT_ID": "2"}, {"NORAD_CAT_ID": "3"})
    found = parse_mean_elements(text.replace(b"}, {", b", ", 1), "made up")
    assert found.elements.object_id.tolist() == [3]
    assert "stands twice" in found.faults[0].what


@pytest.mark.truth
@pytest.mark.parametrize("suffix", [".csv", ".xml"])
def test_what_is_written_means_the_same_to_sgp4(suffix, shared_data, validation):
    import io

    from sgp4 import omm
    from sgp4.api import Satrec

    elements = read_mean_elements(shared_data / "monitoring/catalogs/celestrak_active_2026-05.3le.gz").require_clean()
    some = elements.select(np.arange(0, len(elements), 31))
    text = io.StringIO(WRITERS[suffix](some, MADE, "TEST"))
    worst = 0.0
    rows = list(omm.parse_csv(text) if suffix == ".csv" else omm.parse_xml(text))
    assert len(rows) == len(some)
    for row, said in enumerate(rows):
        satellite = Satrec()
        omm.initialize(satellite, said)
        assert satellite.satnum == some.object_id[row]
        days = (some.epoch_second[row] - 37 - 43_200 + some.epoch_fraction[row]) / 86_400.0 + 1.0  # past 2000-01-01
        pairs = (
            ((satellite.jdsatepoch - 2_451_544.5) + satellite.jdsatepochF, days),
            (satellite.no_kozai / 60.0, some.mean_motion[row]),
            (satellite.ecco, some.eccentricity[row]),
            (satellite.inclo, some.inclination[row]),
            (satellite.nodeo, some.node[row]),
            (satellite.argpo, some.argument_of_perigee[row]),
            (satellite.mo, some.mean_anomaly[row]),
            (satellite.bstar, some.drag_term[row]),
            (satellite.ndot / 3600.0, some.mean_motion_rate[row]),
        )
        worst = max(worst, *(abs(one - other) / max(abs(other), 1e-30) for one, other in pairs))
    validation(
        capability="Orbit mean-elements messages",
        quantity=f"fields and epochs of written {suffix[1:].upper()}",
        authority="package sgp4, CelesTrak catalogue 2026-05",
        error=worst,
        unit="relative",
        tolerance=FIFTEEN_DIGITS,
        cases=len(some),
    )
