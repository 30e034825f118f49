"""Authority: the RINEX clock format 3.00 and 3.04 (Ray & Gurtner); 30 s clocks of CNES/CLS."""

from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.rinex_clock import merge_clocks, read_clocks, write_clocks
from moonstead.formats.sp3 import read_sp3
from moonstead.foundation.errors import FormatError, InvalidInput

HEAD = """     3.00           CLOCK DATA          G                   RINEX VERSION / TYPE
PROGRAM             AGENCY              20200702 084150 UTC PGM / RUN BY / DATE
a comment                                                   COMMENT
   GPS                                                      TIME SYSTEM ID
     2    AR    AS                                          # / TYPES OF DATA
XYZ                                                         ANALYSIS CENTER
                                                            END OF HEADER
"""
BODY = """AR BRUX 2020  6 25  0  0  0.000000  1   -9.646921341600E-09
AS G01  2020  6 25  0  0  0.000000  2   -1.234567890123E-04  2.429015504100E-11
AS R05  2020  6 25  0  0  0.000000  1    8.000000000000E-05
AS G01  2020  6 25  0  0 30.000000  2   -1.234567900000E-04  2.429015504100E-11
"""
SAME_CLOCKS = 0.6e-12  # [s] half a unit of the last digit of SP3, and of the shift of none


def written(folder, text):
    path = folder / "clocks.clk"
    path.write_text(text)
    return path


def test_every_field_of_a_record_is_read(tmp_path):
    clocks = read_clocks(written(tmp_path, HEAD + BODY))
    assert clocks.satellites == ("G01", "R05")
    assert (clocks.version, clocks.agency, clocks.time_system, clocks.comments) == (
        "3.00",
        "XYZ",
        "GPS",
        ("a comment",),
    )
    assert clocks.receivers == ("BRUX",)
    assert clocks.interval == 30.0
    assert clocks.gpst[0] == 2111 * 604_800 + 345_600  # Thursday of GPS week 2111
    assert clocks.clock[0, 0] == -1.234567890123e-4
    assert clocks.sigma[0, 0] == 2.4290155041e-11
    assert np.isnan(clocks.sigma[0, 1])
    assert np.isnan(clocks.clock[1, 1])
    assert [fault.line for fault in clocks.faults] == [0]  # the last epoch lacks a satellite


def test_names_of_nine_characters_shift_the_columns(tmp_path):
    body = BODY.replace("AS G01  2020", "AS G01       2020").replace("AS R05  2020", "AS R05       2020")
    text = HEAD.replace("     3.00", "     3.04") + body.replace("AR BRUX 2020", "AR BRUX00BEL 2020")
    clocks = read_clocks(written(tmp_path, text))
    np.testing.assert_array_equal(clocks.clock, read_clocks(written(tmp_path, HEAD + BODY)).clock)
    assert clocks.receivers == ("BRUX00BEL",)


def test_clocks_are_written_as_they_were_read(tmp_path):
    clocks = read_clocks(written(tmp_path, HEAD + BODY))
    write_clocks(tmp_path / "again.clk", clocks)
    again = read_clocks(tmp_path / "again.clk")
    np.testing.assert_array_equal(again.clock, clocks.clock)
    np.testing.assert_array_equal(again.sigma, clocks.sigma)
    np.testing.assert_array_equal(again.gpst, clocks.gpst)
    lines = [line.rstrip() for line in (tmp_path / "again.clk").read_text().splitlines() if line.startswith("AS")]
    assert [line[:40].rstrip() for line in lines] == [
        line[:40].rstrip() for line in BODY.splitlines() if line.startswith("AS")
    ]


def test_a_merged_epoch_is_of_one_file(tmp_path):
    first = read_clocks(written(tmp_path, HEAD + BODY))
    late = HEAD + "AS G02  2020  6 25  0  0 30.000000  1    1.000000000000E-06\n"
    both = merge_clocks([read_clocks(written(tmp_path, late)), first])
    np.testing.assert_array_equal(both.day, [0, 1])
    assert np.isnan(both.clock[1, both.satellites.index("G01")])  # clocks of two files are not mixed in one epoch


@pytest.mark.truth
def test_clocks_agree_with_those_of_the_orbits_of_the_same_centre(shared_data, validation):
    folder = shared_data / "gnss"
    clocks = read_clocks(folder / "GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz")
    orbits = read_sp3(folder / "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz")
    assert clocks.clock.shape == (2880, 75)
    assert not clocks.faults
    _, a, b = np.intersect1d(clocks.gpst, orbits.gpst, return_indices=True)
    names = [name for name in clocks.satellites if name in orbits.satellites]
    from_clocks = clocks.clock[a][:, [clocks.satellites.index(name) for name in names]]
    from_orbits = orbits.clock[b][:, [orbits.satellites.index(name) for name in names]]
    validation(
        capability="precise clocks of navigation satellites",
        quantity="30 s clocks against the clocks in the orbit file",
        authority="CNES/CLS final clocks and orbits of 2020-177",
        error=float(np.nanmax(np.abs(from_clocks - from_orbits))),
        unit="s",
        tolerance=SAME_CLOCKS,
        cases=from_orbits.size,
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("-1.234567890123E-04", "-1.23x567890123E-04", "can not be read"),
        ("-1.234567890123E-04", "-1.234567890123E+04", "can not be read"),
        ("AS R05  2020  6 25", "AS R05  2020 16 25", "can not be read"),
        ("AS R05", "XX R05", "no clock record"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path, old, new, what):
    clocks = read_clocks(written(tmp_path, HEAD + BODY.replace(old, new, 1)))
    assert any(what in str(fault) and fault.line in (9, 10) for fault in clocks.faults), clocks.faults
    assert np.isfinite(clocks.clock).any()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("GARBAGE\n" * 1000, "no RINEX clock file"),
        (HEAD, "no satellite clock"),
        (HEAD + BODY.replace("AS", "AR"), "no satellite clock"),
        (HEAD.replace("   GPS  ", "   XYZ  ") + BODY, "time system"),
        (HEAD + BODY.replace("2020", "20x0"), "no satellite clock can be used"),
    ],
)
def test_files_without_clocks_are_refused(tmp_path, text, what):
    with pytest.raises(FormatError, match=what):
        read_clocks(written(tmp_path, text))


def test_a_cut_line_is_left_out(tmp_path):
    text = HEAD + BODY
    clocks = read_clocks(written(tmp_path, text[:-30]))  # in the midst of the last value
    assert clocks.gpst.size == 1
    assert "cut off" in str(clocks.faults[0])


def test_what_can_not_be_is_not_written(tmp_path):
    clocks = read_clocks(written(tmp_path, HEAD + BODY))
    with pytest.raises(InvalidInput, match="more than 1 s"):
        write_clocks(tmp_path / "x.clk", replace(clocks, clock=clocks.clock * 1e6))
    with pytest.raises(InvalidInput, match="no clocks to merge"):
        merge_clocks([])
    with pytest.raises(InvalidInput, match="no clock file was given"):
        read_clocks([])
