"""Files of astrometry as they come: real ones to the last line, and those that are wrong in every way."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moonstead.formats.astrometry import Observations, read_all_astrometry, read_astrometry
from moonstead.foundation.errors import InvalidInput, MissingData

# Optical rows, radar rows and refused lines of the shared files; the counts are those of the Minor Planet Center and of
# JPL, less one replaced observation of Apophis and two that stand there twice (one digit apart).
REAL = {
    "2008TC3.obs80": ("2008 TC3", 883, 0, 0),
    "2014AA.obs80": ("2014 AA", 7, 0, 0),
    "2024BX1.obs80": ("2024 BX1", 328, 0, 0),
    "2024PT5.obs80": ("2024 PT5", 410, 0, 0),
    "99942_2004_2021.obs80": ("99942", 7816, 0, 3),
    "99942_Tholen_2013.obs80": ("99942", 432, 0, 0),
    "101955_1999_2006.obs80": ("101955", 293, 0, 0),
    "101955_2011_2018.obs80": ("101955", 287, 0, 0),
    "99942_radar_2005_2013.tsv": ("99942", 0, 46, 0),
    "99942_radar_2021.tsv": ("99942", 0, 4, 0),
    "101955_radar_1999_2005.tsv": ("101955", 0, 23, 0),
    "101955_radar_2011.tsv": ("101955", 0, 6, 0),
    "3I_ATLAS_ades.csv": ("A11pl3Z", 48, 0, 0),
}
GOOD = "     K24B01X* C2024 01 20.90865 07 46 28.66 +45 23 28.3          18.0 GV~7h33K88"


def lines_of(rows: Observations) -> int:
    """Lines that the observations account for."""
    second = int(np.count_nonzero(rows.second_line))
    radar = int(np.unique(rows.radar.line).size)
    return rows.count + second + radar + len(rows.rejected) + rows.other_lines


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_read_to_the_last_line(shared_data: Path, name: str) -> None:
    path = shared_data / "smallbodies" / name
    identity, optical, radar, refused = REAL[name]
    rows = read_astrometry(path)
    assert (rows.count, rows.radar.count, len(rows.rejected)) == (optical, radar, refused)
    assert list(rows.object_counts()) == [identity]
    assert lines_of(rows) == len(path.read_text().splitlines())
    assert np.all(np.isfinite(rows.tdb))
    assert np.all(np.isfinite(rows.right_ascension + rows.declination))


def test_a_file_of_several_objects_is_refused_until_one_is_chosen(shared_data: Path) -> None:
    path = shared_data / "smallbodies" / "layup_4_asteroids_ades.csv"
    with pytest.raises(InvalidInput, match=r"6 objects: 119839 \(587\), 230891 \(587\), 742428 \(117\)"):
        read_astrometry(path)
    chosen = read_astrometry(path, object="742428")
    assert chosen.count == 117
    assert len(chosen.rejected) == 1438 - 117
    assert "not of 742428" in chosen.rejected[0].reason
    assert lines_of(chosen) == 1439
    with pytest.raises(InvalidInput, match="no observation of '2024 YR4'"):
        read_astrometry(path, object="2024 YR4")


def test_the_chosen_object_may_be_spelled_in_any_way() -> None:
    other = GOOD.replace("K24B01X", "K24Y04R").replace("20.9", "20.8")
    for name in ("2024 YR4", "2024yr4", "K24Y04R"):
        assert read_astrometry(f"{GOOD}\n{other}\n", object=name).objects.tolist() == ["2024 YR4"]


def test_exact_and_near_repeats_count_once() -> None:
    near = GOOD.replace("28.66 +", "28.67 +")
    coarse = GOOD.replace("2024 01 20.90865", "2024 01 20.9087 ").replace("28.66 +45 23 28.3", "28.7  +45 23 28  ")
    apart = GOOD.replace("28.66 +", "28.69 +")
    later = GOOD.replace("20.90865", "20.90866")
    rows = read_astrometry("\n".join([coarse, GOOD, GOOD, near, apart, later]))
    # The finest of the repeats stays; a place three digits off or a time one digit on is an observation of its own.
    assert rows.line.tolist() == [2, 5, 6]
    assert [one.line for one in rows.rejected] == [1, 3, 4]
    assert all("repeats the observation of line 2" in one.reason for one in rows.rejected[1:])
    assert [one.text for one in rows.rejected] == [coarse, GOOD, near]


def test_radar_echoes_that_stand_twice_count_once() -> None:
    echo = "99942 Apophis (2004 MN4)\t2005-01-29 00:00:00\t192028507.13\t4.000\tus\t2380\t251\t251\tC"
    rows = read_astrometry("\n".join([echo, echo, echo.replace("507.13", "508.13")]))
    assert rows.radar.count == 2
    assert [one.line for one in rows.rejected] == [2]


def test_a_hundred_copies_of_a_row_count_once() -> None:
    rows = read_astrometry("\n".join([GOOD] * 100))
    assert (rows.count, len(rows.rejected)) == (1, 99)


def test_the_future_is_refused_unless_it_is_allowed() -> None:
    future = GOOD.replace("2024 01", "2124 01")
    told = read_all_astrometry(f"{GOOD}\n{future}\n")
    assert (told.count, told.rejected[0].line) == (1, 2)
    assert "future" in told.rejected[0].reason
    assert read_all_astrometry(f"{GOOD}\n{future}\n", allow_future=True).count == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path: Path, end: str, mark: bytes) -> None:
    path = tmp_path / "rows"
    path.write_bytes(mark + (GOOD + end + GOOD.replace("20.9", "20.8") + end).encode())
    rows = read_astrometry(path)
    assert (rows.count, rows.rejected, lines_of(rows)) == (2, (), 2)


def test_sixteen_bits_and_gzip_are_understood(tmp_path: Path) -> None:
    wide, packed = tmp_path / "wide", tmp_path / "packed"
    wide.write_bytes((GOOD + "\r\n").encode("utf-16"))
    packed.write_bytes(gzip.compress((GOOD + "\n").encode()))
    assert read_astrometry(wide).count == read_astrometry(packed).count == 1


def test_a_line_that_is_not_ascii_costs_that_line_only(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(GOOD.encode() + b"\n" + GOOD.replace("V~7", "\xe9~7").encode("latin-1") + b"\n")
    rows = read_astrometry(path)
    assert (rows.count, len(rows.rejected)) == (1, 1)
    assert "ASCII" in rows.rejected[0].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n\n  \n", "headers or blank lines only"),
        (b"# version=2022\n", "headers or blank lines only"),
        (bytes(range(256)) * 40, "no observation can be read"),
        (b"\x7fELF\x02\x01\x01\x00" * 100, "no observation can be read"),
        (b"<html><body>404 Not Found</body></html>", "no observation can be read"),
        (b'{"error": "no data"}', "no observation can be read"),
        (b"1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927\n", "no observation can be read"),
        (b"\x1f\x8b\x08damaged", "damaged gzip"),
    ],
)
def test_what_is_no_astrometry_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=said):
        read_astrometry(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="no such file"):
        read_astrometry(tmp_path / "none")
    with pytest.raises(MissingData, match="no such file"):
        read_astrometry(tmp_path)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([GOOD, "", "# c", "COD K88"]), max_size=5), st.binary(max_size=300), st.integers(0, 5))
def test_nothing_that_bytes_can_say_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], noise: bytes, where: int
) -> None:
    path = tmp_path_factory.mktemp("noise") / "file"
    whole = [line.encode() for line in lines]
    path.write_bytes(b"\n".join([*whole[:where], noise, *whole[where:]]))
    try:
        rows = read_all_astrometry(path)
    except InvalidInput:
        return
    assert rows.count + len(rows.rejected) >= min(1, sum(line == GOOD for line in lines))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 79), st.characters(min_codepoint=1, max_codepoint=0x2FF))
def test_one_wrong_character_never_breaks_the_reading(place: int, character: str) -> None:
    rows = read_all_astrometry(GOOD + "\n" + GOOD[:place] + character + GOOD[place + 1 :] + "\n")
    assert rows.count >= 1
    assert rows.count + len(rows.rejected) + rows.other_lines >= 2


def test_a_hundred_thousand_lines_are_accounted_for(shared_data: Path) -> None:
    real = (shared_data / "smallbodies" / "99942_2004_2021.obs80").read_text().splitlines()
    # Each copy in a month of its own, so that none repeats another; a shifted and a damaged line among them.
    many = [line[:20] + f"{1 + copy % 12:02d} {1 + copy % 28:02d}" + line[25:] for copy in range(13) for line in real][
        :99_998
    ]
    many += [" " + real[0], real[1][:70]]
    rows = read_all_astrometry("\n".join(many))
    assert lines_of(rows) == 100_000
    assert {one.line for one in rows.rejected} >= {99_999, 100_000}
    assert rows.count > 50_000
