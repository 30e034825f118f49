"""Authority: the rules of the Object Description Language, PDS Standards Reference 3.8, chapter 12."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.formats.pds_label import parse_pds_label, read_pds_label
from moonstead.foundation.errors import InvalidInput, MissingData

LABEL = """PDS_VERSION_ID = PDS3
/* a comment = of "all" kinds */
^IMAGE = ("DATA.IMG", 361 <BYTES>)
TARGET_NAME = 'MOON'
LINES=20
OFFSET = 1737400.
SMALL = -.5E-2   LARGE = +1.25d3
MASK = 16#FF#
START_TIME = 2009-07-13T17:33:17
NOTHING = "N/A"
PHASES = {"FIRST","SECOND
   PART"}
TEXT = "several
  lines; END
  OBJECT = INSIDE"
OBJECT = FILE
  GROUP = INNER
    MAP_SCALE = 0.02 <KM/PIXEL>
  END_GROUP = INNER
  BYTES = 4
END_OBJECT
END
\x00\x01 binary data = " that is not parsed
"""


@pytest.fixture(scope="module")
def label():
    return parse_pds_label(LABEL, "x.lbl")


def test_numbers_are_numbers_and_all_else_is_text(label):
    assert label.values["LINES"].value == 20
    assert label.number("OFFSET") == 1_737_400.0
    assert (label.number("SMALL"), label.number("LARGE")) == (-0.005, 1250.0)
    assert label.number("MASK") == 255.0
    assert label.text("TARGET_NAME") == "MOON"
    assert label.text("START_TIME") == "2009-07-13T17:33:17"


def test_text_may_go_on_over_lines_and_hide_keywords(label):
    assert label.text("TEXT") == "several lines; END OBJECT = INSIDE"
    assert label.values["PHASES"].value == ("FIRST", "SECOND\n   PART")


def test_units_stay_with_their_values(label):
    assert label.values["^IMAGE"].value == ("DATA.IMG", "361 <BYTES>")
    inner = label.find("INNER")
    assert inner is not None
    assert (inner.number("MAP_SCALE"), inner.unit("MAP_SCALE")) == (0.02, "km/pixel")


def test_objects_nest_and_need_not_repeat_their_name_at_the_end(label):
    assert [each.name for each in label.objects] == ["FILE"]
    assert label.objects[0].number("BYTES") == 4.0
    assert label.holder("MAP_SCALE") is label.find("inner")


def test_what_does_not_apply_counts_as_absent(label):
    assert label.number("NOTHING", 7.0) == 7.0
    with pytest.raises(InvalidInput, match=r"x\.lbl, line 10: NOTHING says 'N/A'"):
        label.number("NOTHING")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A = 1\nB = 2\n", "line 3: the label ends without END"),
        ("A = 1\nOBJECT = IMAGE\nB = 2\nEND\n", "line 4: IMAGE, opened on line 2, is not closed"),
        ("OBJECT = IMAGE\nEND_OBJECT = TABLE\nEND", "line 2: END_OBJECT = TABLE closes IMAGE"),
        ("A = 1\nEND_OBJECT = IMAGE\nEND", "END_OBJECT closes no object"),
        ("A = 1\nB 2\nEND", "line 2: after B comes '='"),
        ("A = 1\nB =\nEND", "after END comes '='|ends without END"),
        ("A = (1, 2\nEND", "a sequence"),
        ('A = 1\nB = "never closed\nEND', "line 2: a text that begins here is never closed"),
        ("A = 1\n/* never closed\nEND", "line 2: a comment that begins here is never closed"),
        ("A = 1\nA = 2\nEND", "line 2|line 3: A stands twice"),
        ("= 1\nEND", "line 1: a keyword was expected"),
    ],
)
def test_broken_syntax_is_told_with_its_line(text, message):
    with pytest.raises(InvalidInput, match=message):
        parse_pds_label(text, "x.lbl")


def test_a_missing_keyword_is_told_with_its_object():
    label = parse_pds_label("OBJECT = IMAGE\nLINES = many\nEND_OBJECT\nEND", "x.lbl")
    with pytest.raises(InvalidInput, match="line 1: SAMPLE_BITS of IMAGE is missing"):
        label.objects[0].number("SAMPLE_BITS")
    with pytest.raises(InvalidInput, match="line 2: LINES of IMAGE must be a number; it says 'many'"):
        label.objects[0].number("LINES")


def test_a_file_that_is_no_label_is_refused(tmp_path):
    path = tmp_path / "picture.lbl"
    path.write_bytes(b"\x89PNG\r\n")
    with pytest.raises(InvalidInput, match="not a PDS3 label"):
        read_pds_label(path)
    with pytest.raises(MissingData, match="no such file"):
        read_pds_label(tmp_path / "absent.lbl")


WORDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1, max_size=12).filter(
    lambda word: word.strip("_") and not word.startswith(("END", "OBJECT", "GROUP", "BEGIN"))
)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(WORDS, NUMBERS, max_size=8))
def test_every_number_comes_back_as_it_was_written(values):
    text = "".join(f"{keyword} = {value!r} <m>\r\n" for keyword, value in values.items()) + "END\r\n"
    label = parse_pds_label(text, "x.lbl")
    assert {keyword: label.number(keyword) for keyword in values} == values


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(raw):
    with contextlib.suppress(InvalidInput):
        parse_pds_label(raw.decode("latin-1"), "x.lbl")
