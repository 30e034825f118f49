"""Authority: `parse_tle`, which is held to the package sgp4, set by set; real catalogues; the checksum."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moonstead.formats.tle import checksum, read_catalogue
from moonstead.formats.tle_columns import elements_of_sets, long_designator, parse_tle_columns

# Made-up objects; the numbers are in the manner of real ones.
LEO = (
    "1 90001U 26001A   26200.50000000  .00001234  11563-4  28098-4 0  999",
    "2 90001  51.6416 247.4627 0006703 130.5360 325.0288 15.7212539156353",
)
ALPHA = (
    "1 T0449U          26263.50914166 -.00000023  00000-0 -70517-5 0   12",
    "2 T0449   4.2417 341.8745 1487004  19.9191  45.3718  1.00273363    5",
)
OLD = (
    "1 00005U 58002B   57001.78495062  .00000023  00000+0  12345+1 0  475",
    "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.8241915741366",
)


def with_checksums(pair):
    return [f"{line}{checksum(line)}" for line in pair]


def text_of(*pairs, names=()):
    lines = []
    for place, pair in enumerate(pairs):
        lines += [names[place]] if place < len(names) else []
        lines += with_checksums(pair)
    return "\n".join(lines) + "\n"


def differences(one, other):
    return [
        column.name
        for column in fields(one)
        if not np.array_equal(np.asarray(getattr(one, column.name)), np.asarray(getattr(other, column.name)))
    ]


def test_every_field_has_its_value_and_unit():
    elements, faults = parse_tle_columns(text_of(LEO, ALPHA, OLD, names=["0 STATION", "ANALYST"]).encode())
    assert faults == []
    assert elements.name == ("STATION", "ANALYST", "")
    assert elements.designator == ("2026-001A", "", "1958-002B")
    assert elements.object_id.tolist() == [90001, 270449, 5]
    assert elements.classification == ("U", "U", "U")
    np.testing.assert_allclose(elements.drag_term, [0.28098e-4, -0.70517e-5, 1.2345], rtol=1e-15)
    np.testing.assert_allclose(np.degrees(elements.inclination), [51.6416, 4.2417, 34.2682], rtol=1e-15)
    np.testing.assert_array_equal(elements.eccentricity, [0.0006703, 0.1487004, 0.1859667])
    np.testing.assert_allclose(
        elements.mean_motion * 86400 / 2 / np.pi, [15.72125391, 1.00273363, 10.82419157], rtol=1e-15
    )
    np.testing.assert_allclose(elements.mean_motion_second[0] * 86400**3 / 2 / np.pi, 0.11563e-4, rtol=1e-15)
    assert elements.epoch_fraction[0] == 0.0
    # 2026-07-19T12:00:00 UTC is 9696 days past 2000-01-01T12:00, and TAI is 37 s ahead
    assert elements.epoch_second[0] == 9696 * 86400 + 37
    assert elements.element_set.tolist() == [999, 12, 475]
    assert elements.revolution.tolist() == [56353, 5, 41366]


@pytest.mark.truth
@pytest.mark.parametrize(
    "name", ["spacetrack_full_2022-07-15.3le.gz", "celestrak_active_2026-05.3le.gz", "iridium33_cosmos2251_2009.3le"]
)
def test_whole_catalogues_are_the_same_as_set_by_set(shared_data, name):
    from moonstead.formats.mean_elements_file import read_mean_elements

    path = shared_data / "monitoring/catalogs" / name
    at_once = read_mean_elements(path)
    assert at_once.kind == "TLE"
    one_by_one = read_catalogue(path)
    assert differences(at_once.require_clean(), elements_of_sets(list(one_by_one.sets))) == []


def test_a_history_with_tabs_for_blanks_is_put_back_into_columns(shared_data):
    from moonstead.formats.mean_elements_file import read_mean_elements

    history = read_mean_elements(shared_data / "monitoring/maneuver/Envisat_27386_2002-2017.tle.gz").require_clean()
    assert len(history) == 16_527
    assert set(history.object_id.tolist()) == {27386}


@pytest.mark.parametrize(
    ("spoil", "line", "what"),
    [
        (lambda text: text.replace("26263.50914166", "26263.5O914166"), 4, "columns 21-32"),
        (lambda text: text.replace("0   12", "0   13"), 4, "checksum"),
        (lambda text: text.replace("1487004", "148704"), 5, "68 characters"),
        (lambda text: text.replace("\n2 T0449", "\n\n"), 4, "without its line 2"),
        (lambda text: text.replace("1 T0449", "1 I0449"), 4, "neither a number nor Alpha-5"),
        (lambda text: text.replace("\n1 T0449U", "\n?????"), 4, "a name without"),
    ],
    ids=["letter in the epoch", "checksum", "lost digit", "lost line 2", "I in Alpha-5", "line 1 not one"],
)
def test_a_damaged_set_is_told_with_its_line_and_its_neighbours_stay(spoil, line, what):
    text = "FIRST\n" + text_of(LEO, ALPHA, OLD)
    elements, faults = parse_tle_columns(spoil(text).encode())
    assert [int(one) for one in elements.object_id] == [90001, 5]
    assert faults[0].place == f"line {line}"
    assert what in faults[0].what
    assert faults[0].remedy


def test_sets_of_another_theory_are_refused():
    pair = (LEO[0][:62] + "4" + LEO[0][63:], LEO[1])
    elements, faults = parse_tle_columns(text_of(pair).encode())
    assert len(elements) == 0
    assert "SGP4-XP" in faults[0].what


def test_unusual_but_lawful_sets_keep_their_place():
    blank_rate = (LEO[0][:33] + " 0.0001234" + LEO[0][43:], LEO[1])
    elements, faults = parse_tle_columns(text_of(OLD, blank_rate, ALPHA).encode())
    assert faults == []
    assert elements.object_id.tolist() == [5, 90001, 270449]


@given(st.binary(max_size=80), st.integers(0, 300))
def test_garbage_among_sets_never_raises(garbage, place):
    text = text_of(LEO, ALPHA, OLD).encode()
    elements, faults = parse_tle_columns(text[:place] + garbage + text[place:])
    assert len(elements) + len(faults) >= 1
    assert set(elements.object_id.tolist()) <= {90001, 270449, 5}


@pytest.mark.parametrize(
    ("short", "long"), [("98067A", "1998-067A"), ("26001AAB", "2026-001AAB"), ("", ""), ("ABC", "ABC")]
)
def test_designators_have_four_digits_of_the_year(short, long):
    assert long_designator(short) == long
