"""Authorities: CCSDS 508.0-B-1 and its example messages; round trips; damaged text."""

import numpy as np
import pytest

from moonstead.formats.cdm import make_cdm, make_cdm_object, read_cdm, write_cdm
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData

EXACT = 1e-15  # [1] numbers are written with sixteen digits


def example(**changes):
    """A small message of two objects; `changes` replace numbers of the first covariance."""
    state = np.array([7.0e6, 1.0, 2.0, 3.0, 7.5e3, 4.0])
    covariance = np.diag([100.0, 400.0, 25.0, 1e-4, 2e-4, 3e-4]) + 1e-3
    first = make_cdm_object(1, "1", "ONE", state, covariance)
    second = make_cdm_object(2, "2", "TWO & <3>", state + np.array([100.0, 50.0, 0.0, 0.0, -7e3, 7e3]), None)
    return make_cdm(
        (first, second), 7e8, originator="TEST", message_id="m1", created=7e8 - 86400.0, hard_body_radius=12.5
    )


def text_of(tmp_path, **options) -> str:
    write_cdm(tmp_path / "a.cdm", [example()], **options)
    return (tmp_path / "a.cdm").read_text()


def read_text_as(tmp_path, text: str):
    (tmp_path / "b.cdm").write_text(text)
    return read_cdm(tmp_path / "b.cdm")


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_what_is_written_is_read_again(tmp_path, form):
    message = example()
    write_cdm(tmp_path / "a.cdm.gz", [message, message], form)
    file = read_cdm(tmp_path / "a.cdm.gz")
    assert file.faults == () and len(file.messages) == 2
    for found in file.messages:
        assert found.header == message.header and found.relative == message.relative
        for one, other in zip(found.objects, message.objects, strict=True):
            assert one.entries == other.entries
            np.testing.assert_allclose(one.state, other.state, rtol=1e-14)
        np.testing.assert_allclose(found.objects[0].covariance, message.objects[0].covariance, rtol=EXACT)
        assert found.objects[1].covariance is None
        assert found.tca == pytest.approx(message.tca, abs=1e-6)
        assert found.hard_body_radius == 12.5


def test_lines_outside_the_standard_are_kept_and_told(tmp_path):
    text = text_of(tmp_path).replace(
        "REF_FRAME", "COMMENT odd   spaces\nUSER_DEFINED_CREW = 3\nNONSENSE = 1\nREF_FRAME", 1
    )
    found = read_text_as(tmp_path, text).messages[0]
    assert found.objects[0].value("USER_DEFINED_CREW") == "3"
    assert len(found.notes) == 1 and "NONSENSE" in found.notes[0]
    for form in ("kvn", "xml"):
        write_cdm(tmp_path / "c.cdm", [found], form)
        again = read_cdm(tmp_path / "c.cdm").messages[0]
        assert sorted(entry.key for entry in again.objects[0].entries) == sorted(
            entry.key for entry in found.objects[0].entries
        )


def test_a_miss_distance_that_the_states_do_not_have_is_told(tmp_path):
    text = text_of(tmp_path)
    assert read_text_as(tmp_path, text).messages[0].notes == ()
    notes = read_text_as(tmp_path, text.replace("111.803399 ", "211.803399 ")).messages[0].notes
    assert len(notes) == 1 and "211.803 m, but the states are 111.803 m apart" in notes[0]


def test_comments_before_an_object_belong_to_it(tmp_path):
    text = text_of(tmp_path).replace("OBJECT                       = OBJECT2", "COMMENT second\nOBJECT = OBJECT2")
    found = read_text_as(tmp_path, text).messages[0]
    assert found.objects[1].entries[0].value == "second"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[km/s]", "[m/s]", r"X_DOT is in \[m/s\]"),
        ("CT_T ", "CT_Q ", "no CT_T"),
        ("OBJECT2", "OBJECT2\nOBJECT = OBJECT3", "3 objects"),
        ("TCA  ", "TCAX ", "no TCA"),
        ("REF_FRAME   ", "REF_FRAMES  ", "no REF_FRAME"),
        ("7000  ", "seven ", "no finite number"),
        ("7000  ", "inf   ", "no finite number"),
        ("7000  ", "1e300 ", "no orbit"),
        ("MESSAGE_ID ", "MESSAGE ID ", "no 'KEYWORD = value'"),
        ("CN_N ", "CR_R ", "already given in line"),
    ],
    ids=["unit", "missing-covariance", "third-object", "no-tca", "no-frame", "word", "inf", "far", "blank", "twice"],
)
def test_damage_is_told_with_its_line(tmp_path, old, new, message):
    text = text_of(tmp_path)
    assert old in text
    with pytest.raises(FormatError, match=message) as caught:
        read_text_as(tmp_path, text.replace(old, new, 1))
    assert "line " in str(caught.value)


def test_a_time_that_is_none_is_refused(tmp_path):
    text = text_of(tmp_path)
    line = next(line for line in text.splitlines() if line.startswith("TCA"))
    with pytest.raises(FormatError, match="is no time"):
        read_text_as(tmp_path, text.replace(line, "TCA = 2023-13-40T00:00:00"))


def test_one_damaged_message_leaves_the_others(tmp_path):
    text = text_of(tmp_path)
    file = read_text_as(tmp_path, text + text.replace("TCA  ", "TCAX ", 1) + text)
    assert len(file.messages) == 2
    assert [fault.message for fault in file.faults] == [2]


def test_a_file_cut_in_the_middle_keeps_its_whole_messages(tmp_path):
    for form in ("kvn", "xml"):
        write_cdm(tmp_path / "a.cdm", [example(), example()], form)
        text = (tmp_path / "a.cdm").read_text()
        file = read_text_as(tmp_path, text[: int(0.8 * len(text))])
        assert len(file.messages) == 1 and file.faults[0].message == 2


def test_any_cut_is_read_or_told(tmp_path):
    for form in ("kvn", "xml"):
        text = text_of(tmp_path, form=form)
        for end in range(0, len(text), 97):
            try:
                read_text_as(tmp_path, text[:end])
            except FormatError as error:
                assert "b.cdm, line " in str(error)


def test_other_text_entities_and_missing_files_are_refused(tmp_path):
    with pytest.raises(FormatError, match="not a Conjunction Data Message"):
        read_text_as(tmp_path, "1 25544U 98067A")
    with pytest.raises(FormatError, match="entities"):
        read_text_as(tmp_path, '<!DOCTYPE c [<!ENTITY a "b">]><cdm version="1.0">&a;</cdm>')
    with pytest.raises(FormatError, match="too deep"):
        read_text_as(tmp_path, "<cdm>" * 20)
    with pytest.raises(MissingData):
        read_cdm(tmp_path / "none.cdm")


def test_nothing_and_broken_lines_are_not_written(tmp_path):
    with pytest.raises(InvalidInput, match="no message"):
        write_cdm(tmp_path / "a.cdm", [])
    with pytest.raises(InvalidInput, match="as 'kvn' or 'xml'"):
        write_cdm(tmp_path / "a.cdm", [example()], "csv")
    bad = make_cdm(example().objects, 7e8, originator="A\nB", message_id="m", created=7e8)
    with pytest.raises(InvalidInput, match="one line"):
        write_cdm(tmp_path / "a.cdm", [bad])
    with pytest.raises(InvalidInput, match="six finite numbers"):
        make_cdm_object(1, "1", "ONE", [1.0, 2.0], None)


@pytest.mark.truth
def test_every_shared_message_survives_both_forms(shared_data, tmp_path):
    folder = shared_data / "monitoring" / "cdm"
    paths = [path for name in ("alfano", "cara", "ccsds", "special") for path in sorted((folder / name).iterdir())]
    assert len(paths) == 71
    for path in paths:
        file = read_cdm(path)
        assert file.faults == () and len(file.messages) == 1, path
        message = file.messages[0]
        for form in ("kvn", "xml"):
            write_cdm(tmp_path / "a.cdm", [message], form)
            again = read_cdm(tmp_path / "a.cdm").messages[0]
            assert again.header == message.header, (path, form)
            assert again.relative == message.relative, (path, form)
            assert [one.entries for one in again.objects] == [one.entries for one in message.objects], (path, form)


@pytest.mark.truth
def test_the_same_example_as_text_and_xml_holds_the_same_numbers(shared_data):
    folder = shared_data / "monitoring" / "cdm" / "ccsds"
    text, xml = (read_cdm(folder / name).messages[0] for name in ("CDMExample1.txt", "CDMExample1.xml"))
    assert text.tca == xml.tca
    for one, other in zip(text.objects, xml.objects, strict=True):
        np.testing.assert_array_equal(one.state, other.state)
        np.testing.assert_array_equal(one.covariance, other.covariance)
    nine = read_cdm(folder / "CDMExample4.txt").messages[0].objects[0].covariance
    assert nine is not None and nine.shape == (9, 9)
