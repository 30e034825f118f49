"""Authority: the ANTEX format 1.4 (Rothacher & Schmid 2010) and an extract of igs14.atx."""

import numpy as np
import pytest

from moonstead.formats.antex import phase_variation, read_antex
from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.foundation.errors import FormatError, MissingData

EXACT = 1e-12  # [m] numbers of two decimals in millimetres
SAMPLE = """     1.4            M                                       ANTEX VERSION / SYST
A                                                           PCV TYPE / REFANT
                                                            END OF HEADER
                                                            START OF ANTENNA
TESTANT         NONE                                        TYPE / SERIAL NO
ROBOT               Geo++                    1    29-JAN-17 METH / BY / # / DATE
    90.0                                                    DAZI
     0.0  90.0  45.0                                        ZEN1 / ZEN2 / DZEN
     1                                                      # OF FREQUENCIES
   G01                                                      START OF FREQUENCY
      1.00     -2.00     90.00                              NORTH / EAST / UP
   NOAZI    0.00    2.00    4.00
     0.0    0.00    1.00    2.00
    90.0    0.00    2.00    4.00
   180.0    0.00    3.00    6.00
   270.0    0.00    2.00    4.00
   360.0    0.00    1.00    2.00
   G01                                                      END OF FREQUENCY
                                                            END OF ANTENNA
"""


def written(folder, text):
    path = folder / "antennas.atx"
    path.write_text(text)
    return path


@pytest.fixture
def extract(shared_data):
    return read_antex(shared_data / "gnss" / "igs14_small.atx.gz")


@pytest.mark.truth
def test_an_extract_of_the_igs_is_read(extract, validation):
    assert (extract.version, extract.absolute) == (1.4, True)
    assert [antenna.satellite for antenna in extract.antennas] == ["G01", "G01", "E04", "", "", ""]
    old = extract.satellite("G01", float(gpst_from_civil(2008, 10, 16, 12, 0, 0.0, "GPS")[0]))
    assert (old.type, old.vehicle, old.launch, old.model) == ("BLOCK IIA", "G032", "1992-079A", "IGS14_2247")
    galileo = extract.satellite("E04", float(gpst_from_civil(2022, 1, 1, 0, 0, 0.0)[0])).patterns["E05"]
    assert galileo.variation_by_azimuth.shape == (73, 41)
    errors = [
        old.patterns["G01"].offset - [0.279, 0.0, 2.3195],
        old.patterns["G02"].variation[:4] - np.array([-0.8, -0.9, -0.9, -0.8]) * 1e-3,
        galileo.offset - [0.12313, -0.00959, 0.60415],
        extract.receiver("EML_REACH_RS2").patterns["G01"].variation_by_azimuth[1, 2:4] - np.array([0.66e-3, 1.35e-3]),
    ]
    validation(
        capability="antenna phase centres",
        quantity="offsets and variations of an extract of igs14.atx",
        authority="the printed values",
        error=max(float(np.max(np.abs(error))) for error in errors),
        unit="m",
        tolerance=EXACT,
        cases=12,
    )


def test_spans_of_one_number_do_not_mix(extract):
    between = float(gpst_from_civil(2008, 10, 20, 0, 0, 0.0)[0])
    with pytest.raises(MissingData, match="2 on other dates"):
        extract.satellite("G01", between)
    later = extract.satellite("G01", float(gpst_from_civil(2008, 12, 1, 0, 0, 0.0)[0]))
    assert later.vehicle == "G037"


def test_a_block_without_end_is_told(extract):
    assert ["END OF ANTENNA" in str(fault) for fault in extract.faults] == [True, True]


def test_variation_is_linear_in_both_angles(tmp_path):
    pattern = read_antex(written(tmp_path, SAMPLE)).receiver("TESTANT").patterns["G01"]
    degrees = np.radians([0.0, 45.0, 22.5, 90.0, 67.5])
    around = np.radians([10.0, 0.0, 90.0, 180.0, 45.0])
    # by hand: at 67.5 degrees of zenith angle between rows 0 (1.5) and 90 (3.0), half way
    expected = np.array([0.0, 1.0, 1.0, 6.0, 2.25]) * 1e-3
    np.testing.assert_allclose(phase_variation(pattern, degrees, around), expected, atol=EXACT)
    np.testing.assert_allclose(
        phase_variation(pattern, degrees), np.array([0.0, 2.0, 1.0, 4.0, 3.0]) * 1e-3, atol=EXACT
    )
    np.testing.assert_allclose(
        phase_variation(pattern, degrees, around - 2.0 * np.pi), expected, atol=EXACT
    )  # azimuths wrap
    assert np.isnan(phase_variation(pattern, [np.nan], [0.0]))[0]


def test_a_radome_without_pattern_is_left_off_as_in_the_igs(tmp_path):
    antennas = read_antex(written(tmp_path, SAMPLE))
    assert antennas.receiver("TESTANT", "SCIS").radome == "NONE"
    with pytest.raises(MissingData, match="NOSUCH"):
        antennas.receiver("NOSUCH")


def test_only_wanted_receivers_are_kept(tmp_path):
    assert not read_antex(written(tmp_path, SAMPLE), types=["OTHER"]).antennas
    assert len(read_antex(written(tmp_path, SAMPLE), types=["testant"]).antennas) == 1


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("      1.00     -2.00", "      1.x0     -2.00", "no offset"),
        ("   NOAZI    0.00    2.00    4.00", "   NOAZI    0.00    2.00", "no 3 values"),
        ("   180.0    0.00    3.00    6.00\n", "", "4 rows"),
        ("     0.0  90.0  45.0", "     0.0  90.0  -5.0", "grid of zenith angles"),
        ("ZEN1 / ZEN2 / DZEN", "SOMETHING ELSE    ", "label"),
    ],
)
def test_an_antenna_that_is_broken_is_left_out_by_name(tmp_path, old, new, what):
    good = SAMPLE.split("END OF HEADER\n")[1].replace("TESTANT", "GOODANT")
    antennas = read_antex(written(tmp_path, SAMPLE.replace(old, new, 1) + good))
    assert [antenna.type for antenna in antennas.antennas] == ["GOODANT"]
    assert any(what in str(fault) for fault in antennas.faults), antennas.faults


def test_files_that_are_no_antennas_are_refused(tmp_path):
    with pytest.raises(FormatError, match="no ANTEX file"):
        read_antex(written(tmp_path, "GARBAGE\n" * 1000))
    with pytest.raises(FormatError, match="no antenna"):
        read_antex(written(tmp_path, SAMPLE[:200]))
