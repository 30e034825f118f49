"""Authority: the package sgp4 for every field; real catalogues; the published format."""

from __future__ import annotations

import gzip
import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sgp4.api import Satrec

from moonstead.formats.tle import checksum, parse_tle, read_catalogue, write_catalogue
from moonstead.foundation.errors import InvalidInput

ISS = (
    "ISS (ZARYA)",
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
)  # the example of Wikipedia and CelesTrak, known by its printed checksums 7 and 7
CATALOGUES = [
    ("celestrak_active_2026-05.3le.gz", 15_450),
    ("spacetrack_full_2022-07-15.3le.gz", 24_132),
    ("iridium33_cosmos2251_2009.3le", 2),
]
LAST_DIGIT = 1e-14  # [relative] the same decimal text through one or two products


def with_checksum(line: str) -> str:
    return f"{line}{checksum(line)}"


def test_the_known_set_has_the_values_that_it_prints():
    tle = parse_tle(ISS[1], ISS[2], ISS[0])
    assert (tle.name, tle.catalog_number, tle.classification, tle.designator) == ("ISS (ZARYA)", 25544, "U", "98067A")
    assert (tle.epoch_year, tle.epoch_day) == (2008, 264.51782528)
    assert math.degrees(tle.inclination) == pytest.approx(51.6416)
    assert tle.eccentricity == pytest.approx(0.0006703)
    assert tle.drag_term == pytest.approx(-0.11606e-4)
    assert tle.mean_motion_rate == pytest.approx(-0.00002182 * 2.0 * math.pi / 86400.0**2)
    assert tle.period == pytest.approx(86400.0 / 15.72125391)
    assert (tle.element_set, tle.revolution) == (292, 56353)


def test_a_name_line_may_begin_with_zero_or_not():
    assert parse_tle(ISS[1], ISS[2], "0 ISS (ZARYA)").name == "ISS (ZARYA)"
    assert parse_tle(ISS[1], ISS[2]).name == "25544"
    assert parse_tle(ISS[1], ISS[2]).lines() == ISS[1:]


@pytest.mark.truth
def test_every_field_of_a_whole_catalogue_agrees_with_sgp4(shared_data, validation):
    catalogue = read_catalogue(shared_data / "monitoring/catalogs/spacetrack_full_2022-07-15.3le.gz")
    worst = 0.0
    for tle in catalogue.sets:
        other = Satrec.twoline2rv(tle.line1, tle.line2)
        assert tle.catalog_number == other.satnum
        assert tle.epoch_year % 100 == other.epochyr
        assert (tle.classification, tle.revolution) == (other.classification, other.revnum)
        pairs = (
            (tle.epoch_day, other.epochdays),
            (tle.inclination, other.inclo),
            (tle.node, other.nodeo),
            (tle.eccentricity, other.ecco),
            (tle.argument_of_perigee, other.argpo),
            (tle.mean_anomaly, other.mo),
            (tle.mean_motion, other.no_kozai / 60.0),
            (tle.mean_motion_rate, other.ndot / 3600.0),
            (tle.mean_motion_second, other.nddot / 216_000.0),
            (tle.drag_term, other.bstar),
        )
        worst = max(worst, *(abs(a - b) / max(abs(b), 1e-30) for a, b in pairs))
    validation(
        capability="Two-line elements",
        quantity="fields",
        authority="package sgp4, Space-Track catalogue 2022-07-15",
        error=worst,
        unit="relative",
        tolerance=LAST_DIGIT,
        cases=10 * len(catalogue.sets),
    )


@pytest.mark.parametrize(("name", "count"), CATALOGUES)
def test_real_catalogues_come_back_line_by_line(name, count, shared_data, tmp_path):
    path = shared_data / "monitoring/catalogs" / name
    catalogue = read_catalogue(path).require_clean()
    assert len(catalogue.sets) == count
    write_catalogue(tmp_path / "copy.3le", catalogue.sets)
    raw = path.read_bytes()
    original = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode().splitlines()
    assert (tmp_path / "copy.3le").read_text().splitlines() == original


def decimals(low: float, high: float, digits: int):
    return st.integers(round(low * 10**digits), round(high * 10**digits)).map(lambda n: n / 10**digits)


@st.composite
def element_sets(draw):
    number = draw(
        st.integers(1, 99_999).map(lambda n: f"{n:05d}") | st.from_regex(r"[A-HJ-NP-Z][0-9]{4}", fullmatch=True)
    )
    number = number[:5]
    year, day = draw(st.integers(0, 99)), draw(decimals(1.0, 365.99999999, 8))
    drag = draw(st.integers(-99_999, 99_999))
    power = draw(st.integers(-9, 0))
    sign = "-" if drag < 0 else " "
    line1 = (
        f"1 {number}U 98067A   {year:02d}{day:012.8f}  .00001234  00000-0 {sign}{abs(drag):05d}{power:+d} 0  9990"[:68]
        if power
        else f"1 {number}U 98067A   {year:02d}{day:012.8f}  .00001234  00000-0 {sign}{abs(drag):05d}-0 0  999"
    )
    elements = [draw(decimals(0.0, top, 4)) for top in (180.0, 359.9999, 359.9999, 359.9999)]
    eccentricity = draw(st.integers(0, 9_999_999))
    motion, revolution = draw(decimals(0.05, 17.0, 8)), draw(st.integers(0, 99_999))
    line2 = (
        f"2 {number} {elements[0]:8.4f} {elements[1]:8.4f} {eccentricity:07d} {elements[2]:8.4f} {elements[3]:8.4f} "
        f"{motion:11.8f}{revolution:05d}"
    )
    expected = (number, year, day, drag * 10.0 ** (power - 5), elements, eccentricity, motion, revolution)
    return with_checksum(line1[:68]), with_checksum(line2), expected


@given(element_sets())
def test_any_set_survives_parsing_and_writing(drawn):
    line1, line2, (number, year, day, drag, elements, eccentricity, motion, revolution) = drawn
    tle = parse_tle(line1, line2)
    assert tle.lines() == (line1, line2)
    alpha = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".index(number[0])
    assert tle.catalog_number == alpha * 10_000 + int(number[1:])
    assert tle.epoch_year == (1900 if year >= 57 else 2000) + year
    assert tle.epoch_day == day
    assert tle.drag_term == pytest.approx(drag, rel=1e-12)
    found = [tle.inclination, tle.node, tle.argument_of_perigee, tle.mean_anomaly]
    assert [math.degrees(value) for value in found] == pytest.approx(elements)
    assert tle.eccentricity == pytest.approx(eccentricity * 1e-7)
    assert tle.mean_motion == pytest.approx(motion * 2.0 * math.pi / 86400.0)
    assert tle.revolution == revolution
    with pytest.raises(InvalidInput, match="the checksum of line 2"):
        parse_tle(line1, line2[:68] + str((int(line2[68]) + 1) % 10))


@pytest.mark.parametrize(("text", "number"), [("A0000", 100_000), ("J2931", 182_931), ("Z9999", 339_999)])
def test_alpha_5_counts_as_space_track_says(text, number):
    lines = [with_checksum(line[:2] + text + line[7:68]) for line in ISS[1:]]
    assert parse_tle(*lines).catalog_number == number


def spoilt(line: str, start: int, new: str) -> str:
    return with_checksum((line[:start] + new + line[start + len(new) :])[:68])


@pytest.mark.parametrize(
    ("line1", "line2", "said"),
    [
        (ISS[1][:68] + "3", ISS[2], "checksum of line 1 is '3', but its digits give 7"),
        (ISS[1], ISS[2][:60], "line 2 has 60 characters"),
        (ISS[2], ISS[1], "line 1 of an element set must begin with '1 '"),
        (spoilt(ISS[1], 2, "25545"), ISS[2], "line 1 is of object 25545, line 2 of 25544"),
        (spoilt(ISS[1], 2, "I0000"), spoilt(ISS[2], 2, "I0000"), "neither a number nor Alpha-5"),
        (ISS[1], spoilt(ISS[2], 8, " 51.x416"), "line 2 columns 9-16"),
        (ISS[1], spoilt(ISS[2], 26, "00.6703"), "line 2 columns 27-33"),
        (spoilt(ISS[1], 53, "-1160x-4"), ISS[2], "line 1 columns 54-61"),
        (spoilt(ISS[1], 20, "000.51782528"), ISS[2], "no day of a year"),
        (ISS[1], spoilt(ISS[2], 52, " 0.00000000"), "mean motion must be positive"),
        (ISS[1].replace("U", "µ"), ISS[2], "not ASCII"),
    ],
)
def test_a_damaged_set_is_refused_with_line_and_columns(line1, line2, said):
    with pytest.raises(InvalidInput, match=said.replace("(", r"\(")):
        parse_tle(line1, line2)


def test_a_catalogue_keeps_the_good_sets_and_lists_the_rest(tmp_path):
    wrong = ISS[2][:68] + "0"
    lines = [*ISS, "", "# a comment", "LONELY", "BAD SUM", ISS[1], wrong, ISS[1], "1 KUNS-PF", *ISS[1:], ISS[2], "LAST"]
    path = tmp_path / "some.tle"
    path.write_bytes("\r\n".join(lines).encode())
    catalogue = read_catalogue(path)
    assert [tle.name for tle in catalogue.sets] == ["ISS (ZARYA)", "1 KUNS-PF"]
    assert [(problem.line, problem.text) for problem in catalogue.problems] == [
        (6, "LONELY"),
        (9, wrong),
        (10, ISS[1]),
        (14, ISS[2]),
        (15, "LAST"),
    ]
    assert "checksum of line 2 is '0', but its digits give 7" in catalogue.problems[1].what
    with pytest.raises(InvalidInput, match=r"some\.tle, line 6: a name without .* \(4 more problems\)"):
        catalogue.require_clean()


def test_the_trajectory_of_a_set_stands_at_its_epoch():
    trajectory = parse_tle(ISS[1], ISS[2], ISS[0]).trajectory(reach=3600.0)
    first, last = trajectory.span
    assert last - first == pytest.approx(7200.0)
    days = (date(2008, 1, 1) - date(2000, 1, 1)).days + 264.51782528 - 1.0
    utc = days * 86400.0 - 43200.0
    assert trajectory.epoch == pytest.approx(utc + 33.0 + 32.184, abs=2e-3)  # TDB - TT stays within 2 ms
