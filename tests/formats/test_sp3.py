"""Authority: the SP3-c and SP3-d definitions (Hilla 2016); files of CODE, GFZ and CNES/CLS that are written again."""

import gzip
from dataclasses import replace

import numpy as np
import pytest

from moonstead.formats.sp3 import CLOCK_EVENT, CLOCK_PREDICTED, MANEUVER, ORBIT_PREDICTED, merge_orbits, read_sp3
from moonstead.formats.sp3_writer import write_sp3
from moonstead.foundation.errors import FormatError, InvalidInput, MissingData

CODE = "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz"
GFZ = "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz"
GRG = "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz"
PARSED = 1e-9  # [m] a decimal number times a thousand in double precision
# Differences of two centres, radial, along, cross [m], measured before this code was written.
FLOOR = {"G": (0.019, 0.025, 0.017), "R": (0.022, 0.045, 0.037)}
ROUNDED = 5e-4  # [m] they have three digits

SMALL = """#dV2022  1  1  0  0  0.00000000       2 ORBIT IGS14 FIT TEST
## 2190 518400.00000000   900.00000000 59580 0.0000000000000
+    3   G01R02C60  0  0  0  0  0  0  0  0  0  0  0  0  0  0
+          0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
+          0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
+          0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
+          0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
++         5  0 10  0  0  0  0  0  0  0  0  0  0  0  0  0  0
++         0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
++         0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
++         0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
++         0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0  0
%c M  cc GPS ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc
%c cc cc ccc ccc cccc cccc cccc cccc ccccc ccccc ccccc ccccc
%f  1.2500000  1.025000000  0.00000000000  0.000000000000000
%f  0.0000000  0.000000000  0.00000000000  0.000000000000000
%i    0    0    0    0      0      0      0      0         0
%i    0    0    0    0      0      0      0      0         0
/* a comment
/*
/*
/*
*  2022  1  1  0  0  0.00000000
PG01  13882.271938 -21710.006216   5357.125462    469.127768 12 10  5  71
EP    55   55   55     222  1234567 -1234567  5999999      -30       21 -1230000
VG01   1234.567890 -23456.789012    345.678901      1.234567
EV    22   22   22     111  1234567  1234567  1234567  1234567  1234567  1234567
PR02 -16193.812667   4121.951592 -20009.560537 999999.999999
EP     1    1    1       1        0        0        0        0        0        0
VR02      0.000000      0.000000      0.000000 999999.999999
EV     0    0    0       0        0        0        0        0        0        0
PC60      0.000000      0.000000      0.000000      1.500000
EP     0    0    0       0        0        0        0        0        0        0
VC60      0.000000      0.000000      0.000000 999999.999999
EV     0    0    0       0        0        0        0        0        0        0
*  2022  1  1  0 15  0.00000000
PG01  13882.371938 -21710.006216   5357.125462    469.127769              EP  MP
EP     0    0    0       0        0        0        0        0        0        0
VG01   1234.567890 -23456.789012    345.678901      1.234567
EV     0    0    0       0        0        0        0        0        0        0
PR02 -16193.812667   4121.951592 -20009.560537      2.000000
EP     0    0    0       0        0        0        0        0        0        0
VR02      0.000000      0.000000      0.000000 999999.999999
EV     0    0    0       0        0        0        0        0        0        0
PC60      0.000000      0.000000      0.000000 999999.999999
EP     0    0    0       0        0        0        0        0        0        0
VC60      0.000000      0.000000      0.000000 999999.999999
EV     0    0    0       0        0        0        0        0        0        0
EOF
"""


def written(folder, text):
    path = folder / "orbits.sp3"
    path.write_text(text)
    return path


def test_every_field_of_a_record_is_read(tmp_path):
    orbits = read_sp3(written(tmp_path, SMALL))
    head = (orbits.version, orbits.data_used, orbits.coordinate_system, orbits.orbit_type, orbits.agency)
    assert head == ("d", "ORBIT", "IGS14", "FIT", "TEST")
    assert orbits.satellites == ("G01", "R02", "C60")
    assert orbits.interval == 900.0
    assert orbits.gpst[0] == 2190 * 604_800 + 518_400  # the week and second that the head says
    np.testing.assert_allclose(orbits.position[0, 0], [13882271.938, -21710006.216, 5357125.462], atol=PARSED)
    assert orbits.clock[0, 0] == pytest.approx(469.127768e-6, abs=1e-18)
    np.testing.assert_allclose(orbits.velocity[0, 0], [123.456789, -2345.6789012, 34.5678901], atol=PARSED)
    assert orbits.clock_rate[0, 0] == pytest.approx(1.234567e-10, rel=1e-12)  # printed in 1e-4 us/s
    np.testing.assert_array_equal(orbits.sigma_exponent[0, 0], [12, 10, 5, 71])
    np.testing.assert_array_equal(orbits.accuracy_exponent, [5, 0, 10])
    extended = [55, 55, 55, 222, 1234567, -1234567, 5999999, -30, 21, -1230000]
    np.testing.assert_array_equal(orbits.extended_position[0, 0], extended)
    assert orbits.extended_velocity[0, 0, 3] == 111
    assert orbits.comments[0] == "a comment"
    assert not orbits.faults


def test_what_the_file_calls_bad_is_missing(tmp_path):
    orbits = read_sp3(written(tmp_path, SMALL))
    assert np.isnan(orbits.clock[0, 1])  # 999999.999999
    assert np.isnan(orbits.position[0, 2]).all()  # 0.000000
    assert orbits.clock[0, 2] == pytest.approx(1.5e-6)  # a clock without an orbit stays a clock
    assert np.isnan(orbits.clock[1, 2])


def test_flags_stand_where_the_format_puts_them(tmp_path):
    flags = read_sp3(written(tmp_path, SMALL)).flags
    assert flags[0, 0] == 0
    assert flags[1, 0] == CLOCK_EVENT | CLOCK_PREDICTED | MANEUVER | ORBIT_PREDICTED


def test_every_kind_of_record_is_written_digit_by_digit(tmp_path):
    write_sp3(tmp_path / "again.sp3", read_sp3(written(tmp_path, SMALL)))
    assert (tmp_path / "again.sp3").read_text() == SMALL


@pytest.mark.truth
@pytest.mark.parametrize(("name", "satellites", "epochs"), [(CODE, 116, 289), (GRG, 75, 96)])
def test_files_of_analysis_centres_are_written_digit_by_digit(shared_data, tmp_path, name, satellites, epochs):
    orbits = read_sp3(shared_data / "gnss" / name)
    assert (len(orbits.satellites), orbits.gpst.size) == (satellites, epochs)
    assert not orbits.faults
    write_sp3(tmp_path / "again.sp3", orbits)
    with gzip.open(shared_data / "gnss" / name, "rt") as stream:
        original = [line.rstrip() for line in stream]
    assert [line.rstrip() for line in (tmp_path / "again.sp3").read_text().splitlines()] == original


@pytest.mark.truth
def test_two_centres_differ_by_what_was_measured_before(shared_data, validation):
    code, gfz = (read_sp3(shared_data / "gnss" / name) for name in (CODE, GFZ))
    assert (len(gfz.satellites), gfz.gpst.size) == (125, 288)
    _, a, b = np.intersect1d(code.gpst, gfz.gpst, return_indices=True)
    worst = 0.0
    for system, expected in FLOOR.items():
        names = [name for name in code.satellites if name[0] == system and name in gfz.satellites]
        x = code.position[a][:, [code.satellites.index(name) for name in names]]
        y = gfz.position[b][:, [gfz.satellites.index(name) for name in names]]
        v = np.gradient(y, code.gpst[a], axis=0) + np.cross([0.0, 0.0, 7.292115e-5], y)
        radial, cross = y / np.linalg.norm(y, axis=2, keepdims=True), np.cross(y, v)
        cross /= np.linalg.norm(cross, axis=2, keepdims=True)
        axes = (radial, np.cross(cross, radial), cross)
        rms = [np.sqrt(np.nanmean(np.sum((x - y) * axis, axis=2) ** 2)) for axis in axes]
        worst = max(worst, float(np.max(np.abs(np.array(rms) - expected))))
    validation(
        capability="precise orbits of navigation satellites",
        quantity="RMS differences of two centres' orbits (radial, along, cross)",
        authority="CODE and GFZ final orbits of 2022-001, compared by another program",
        error=worst,
        unit="m",
        tolerance=ROUNDED,
        cases=6,
    )


def test_days_join_and_the_later_file_has_the_common_epoch(tmp_path):
    early = tmp_path / "early.sp3"
    early.write_text(SMALL)
    late = SMALL.replace("*  2022  1  1  0 15", "*  2022  1  1  0 30").replace(
        "*  2022  1  1  0  0 ", "*  2022  1  1  0 15 "
    )
    both = read_sp3([written(tmp_path, late), early])
    assert both.gpst.size == 3
    np.testing.assert_array_equal(both.day, [0, 1, 1])
    gps, glonass = both.satellites.index("G01"), both.satellites.index("R02")
    assert both.position[1, gps, 0] == pytest.approx(13882271.938, abs=PARSED)  # not the early file's 13882371.938
    assert np.isnan(both.clock[1, glonass])  # the late file has the position without a clock: not mixed


def test_satellites_of_version_a_are_gps(tmp_path):
    text = SMALL.replace("#dV", "#aP").replace("G01R02C60", "  1  2  3").replace("%c M  cc GPS", "%c cc cc ccc")
    text = "\n".join(line for line in text.split("\n") if line[:1] not in ("V", "E") or line == "EOF")
    text = text.replace("PG01", "P  1").replace("PR02", "P  2").replace("PC60", "P  3")
    assert read_sp3(written(tmp_path, text)).satellites == ("G01", "G02", "G03")


def test_files_in_utc_are_converted(tmp_path):
    orbits = read_sp3(written(tmp_path, SMALL.replace("cc GPS ccc", "cc UTC ccc")))
    assert orbits.gpst[0] == 2190 * 604_800 + 518_400 + 18  # leap seconds in 2022


G01 = "PG01  13882.271938 -21710.006216   5357.125462"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("PG01  13882.271938", "PG01  138x2.271938", "can not be read"),
        (G01, "PG01     10.000000     10.000000     10.000000", "inside the Earth"),
        ("*  2022  1  1  0 15", "*  2022 13  1  0 15", "has no date"),
        ("*  2022  1  1  0 15", "*  2022  1  1  0  0", "twice"),
        ("+    3   ", "+    9   ", "counts 9"),
        ("EOF\n", "", "cut off"),
        ("PC60      0.000000", "XC60      0.000000", "no record"),
        ("   900.00000000 59580", "   700.00000000 59580", "700"),
        ("PC60      0.000000", "PC61      0.000000", "not named in the head"),
    ],
)
def test_a_fault_is_told_and_the_rest_is_used(tmp_path, old, new, what):
    orbits = read_sp3(written(tmp_path, SMALL.replace(old, new, 1)))
    assert any(what in str(fault) for fault in orbits.faults), [str(fault) for fault in orbits.faults]
    assert np.isfinite(orbits.position).any()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("GARBAGE\n" * 1000, "no SP3 file"),
        ("#dP2022\n" + "GARBAGE\n" * 1000, "no epochs"),
        (SMALL.replace("cc GPS ccc", "cc XYZ ccc"), "time system"),
        (SMALL.replace("*  2022", "*  20x2"), "no epoch has a position"),
    ],
)
def test_files_that_are_no_orbits_are_refused(tmp_path, text, what):
    with pytest.raises(FormatError, match=what):
        read_sp3(written(tmp_path, text))


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingData, match="no such file"):
        read_sp3(tmp_path / "absent.sp3")
    with pytest.raises(InvalidInput, match="no SP3 file was given"):
        read_sp3([])
    with pytest.raises(InvalidInput, match="no orbits to merge"):
        merge_orbits([])


def test_a_cut_file_gives_whole_records_or_an_error(tmp_path):
    whole = read_sp3(written(tmp_path, SMALL))
    for length in range(0, len(SMALL) - 5, 41):
        try:
            orbits = read_sp3(written(tmp_path, SMALL[:length]))
        except InvalidInput:
            continue
        assert any("cut off" in str(fault) for fault in orbits.faults)
        for name in orbits.satellites:  # no half number
            mine = orbits.position[:, orbits.satellites.index(name)]
            full = whole.position[: orbits.gpst.size, whole.satellites.index(name)]
            assert np.all((mine == full) | np.isnan(mine))


def test_numbers_that_do_not_fit_are_not_written(tmp_path):
    orbits = read_sp3(written(tmp_path, SMALL))
    with pytest.raises(InvalidInput, match="does not fit"):
        write_sp3(tmp_path / "x.sp3", replace(orbits, clock=orbits.clock + 1.0))
