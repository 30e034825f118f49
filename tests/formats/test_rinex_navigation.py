"""Authority: the RINEX documents (records typed from their tables) and counts of real files by other means."""

from __future__ import annotations

import gzip
import re
from collections import Counter

import numpy as np
import pytest

from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.foundation.errors import FormatError, MissingData

BRDC = "BRDC00IGS_R_20220010000_01D_MN.rnx.gz"
EXACT = 1e-15  # relative: the same decimal text becomes the same float, but for a factor of 1000

GPS_RECORD = """\
G01 2022 01 01 00 00 00 4.691267386079E-04-1.000444171950E-11 0.000000000000E+00
     3.900000000000E+01-1.411250000000E+02 3.988380417768E-09-6.242942382352E-01
    -7.363036274910E-06 1.121813920327E-02 4.695728421211E-06 5.153674995422E+03
     5.184000000000E+05-3.166496753693E-08-1.036611240093E+00 1.955777406693E-07
     9.864187694897E-01 2.997500000000E+02 8.840876015687E-01-8.133553080847E-09
    -3.778728827795E-10 1.000000000000E+00 2.190000000000E+03 0.000000000000E+00
     2.000000000000E+00 0.000000000000E+00 5.122274160385E-09 3.900000000000E+01
     5.112180000000E+05 4.000000000000E+00
"""
GLONASS_RECORD = """\
R01 2022 01 01 00 15 00 7.305294275284E-06-0.000000000000E+00 5.184000000000E+05
     2.051218896484E+04-9.885606765747E-01 2.793967723846E-09 0.000000000000E+00
     1.273344482422E+04-5.559444427490E-01-3.725290298462E-09 1.000000000000E+00
     8.218795898438E+03 3.327781677246E+00 9.313225746155E-10 0.000000000000E+00
"""
GLONASS_FOURTH_LINE = "     1.790000000000E+02 8.381903171539E-09 3.000000000000E+00 3.000000000000E+00\n"


def header(version: str, kind: str = "N: GNSS NAV DATA    M: MIXED") -> str:
    return f"{version:>9}           {kind:<40}RINEX VERSION / TYPE\n{'':60}END OF HEADER\n"


def shorter(record: str) -> str:
    """The same record as RINEX 2 writes it: satellite without a letter, two digits of the year, one column less."""
    lines = record.splitlines()
    epoch = f"{lines[0][1:3]} {lines[0][6:20]} {int(lines[0][21:23]):4.1f}{lines[0][23:]}"
    return "\n".join([epoch, *(line[1:] for line in lines[1:])]) + "\n"


@pytest.fixture
def write(tmp_path):
    def to_file(text: str, name: str = "some.rnx"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return to_file


def column(messages, name):
    return messages.orbit_column(name)[0]


def test_every_record_of_a_merged_day_is_read(shared_data):
    text = gzip.decompress((shared_data / "gnss" / BRDC).read_bytes()).decode()
    expected = Counter(re.findall(r"^([GRECJIS])\d\d \d{4}", text, re.MULTILINE))
    navigation = read_navigation(shared_data / "gnss" / BRDC)
    assert Counter(name[0] for name in navigation.messages.satellite.tolist()) == expected
    assert not navigation.faults
    assert navigation.leap_seconds == 18
    assert navigation.ionosphere["BDSA C07"] == (1.5832e-08, 0.0, -3.5763e-07, 5.9605e-07)
    assert {correction.kind for correction in navigation.time_corrections} == {
        "GPUT",
        "GLUT",
        "GAUT",
        "GAGP",
        "BDUT",
        "IRUT",
    }


def test_systems_are_chosen(shared_data):
    navigation = read_navigation(shared_data / "gnss" / BRDC, systems="RC")
    assert {name[0] for name in navigation.messages.satellite.tolist()} == {"R", "C"}


def test_a_gps_record_says_what_its_table_says(write):
    messages = read_navigation(write(header("3.04") + GPS_RECORD)).messages
    start = gpst_from_civil(2022, 1, 1, 0, 0, 0)[0]
    assert messages.satellite[0] == "G01"
    assert messages.kind[0] == "LNAV"
    assert messages.reference[0] == messages.clock_reference[0] == start
    assert messages.transmission[0] == start - 7182.0
    assert messages.clock[0].tolist() == [4.691267386079e-04, -1.000444171950e-11, 0.0]
    for name, value in {
        "crs": -1.411250000000e02,
        "mean_motion_difference": 3.988380417768e-09,
        "mean_anomaly": -6.242942382352e-01,
        "cuc": -7.363036274910e-06,
        "eccentricity": 1.121813920327e-02,
        "cus": 4.695728421211e-06,
        "sqrt_semi_major_axis": 5.153674995422e03,
        "cic": -3.166496753693e-08,
        "node": -1.036611240093,
        "cis": 1.955777406693e-07,
        "inclination": 9.864187694897e-01,
        "crc": 2.997500000000e02,
        "argument_of_perigee": 8.840876015687e-01,
        "node_rate": -8.133553080847e-09,
        "inclination_rate": -3.778728827795e-10,
    }.items():
        assert column(messages, name) == value, name
    assert (messages.issue[0], messages.issue_of_clock[0], messages.health[0]) == (39, 39, 0)
    assert messages.accuracy[0] == 2.0
    assert messages.delay("tgd")[0] == 5.122274160385e-09
    assert messages.fit_interval[0] == 4 * 3600.0


@pytest.mark.parametrize("fourth", ["", GLONASS_FOURTH_LINE])
def test_a_glonass_record_is_in_metres_and_gps_time(write, fourth):
    messages = read_navigation(
        write(header("3.05") + GLONASS_RECORD + fourth + GLONASS_RECORD.replace("R01", "R02"))
    ).messages
    assert messages.satellite.tolist() == ["R01", "R02"]
    assert messages.reference[0] == gpst_from_civil(2022, 1, 1, 0, 15, 18)[0]  # 18 leap seconds
    assert messages.transmission[0] == gpst_from_civil(2022, 1, 1, 0, 0, 18)[0]
    expected = [20512188.96484, 12733444.82422, 8218795.898438, -988.5606765747, -555.944442749, 3327.781677246]
    np.testing.assert_allclose(messages.state[0, :6], expected, rtol=EXACT)
    np.testing.assert_allclose(
        messages.state[0, 6:], [2.793967723846e-6, -3.725290298462e-6, 9.313225746155e-7], rtol=EXACT
    )
    assert messages.channel[0] == 1
    assert np.isnan(messages.delay("delta_tau")[0]) == (not fourth)
    if fourth:
        assert messages.delay("delta_tau")[0] == 8.381903171539e-09
        assert messages.accuracy[0] == 4.0  # index 3


def test_rinex_2_says_the_same_as_rinex_3(write):
    modern = read_navigation(write(header("3.04") + GPS_RECORD)).messages
    old = read_navigation(write(header("2.11", "N: GPS NAV DATA") + shorter(GPS_RECORD))).messages
    assert old.satellite[0] == "G01"
    np.testing.assert_array_equal(old.orbit, modern.orbit)
    np.testing.assert_array_equal(old.reference, modern.reference)
    np.testing.assert_array_equal(old.transmission, modern.transmission)


def test_rinex_2_of_glonass_counts_frames_from_midnight(write):
    text = GLONASS_RECORD.replace("5.184000000000E+05", "0.000000000000E+00").replace("E", "D")
    old = read_navigation(write(header("2.01", "G: GLONASS NAV DATA") + shorter(text))).messages
    modern = read_navigation(write(header("3.04") + GLONASS_RECORD)).messages
    np.testing.assert_array_equal(old.state, modern.state)
    np.testing.assert_array_equal(old.transmission, modern.transmission)


def test_rinex_2_headers_give_ionosphere_and_utc(write):
    text = (
        "     2.11           N: GPS NAV DATA                         RINEX VERSION / TYPE\n"
        "    1.2107D-08 -7.4506D-09 -5.9605D-08  1.1921D-07          ION ALPHA\n"
        "    1.1674D+05 -2.4576D+05 -6.5536D+04  1.1141D+06          ION BETA\n"
        "    2.793967723846D-09 7.993605777301D-15   147456     2191 DELTA-UTC: A0,A1,T,W\n"
        "    18                                                      LEAP SECONDS\n"
        "                                                            END OF HEADER\n"
    )
    navigation = read_navigation(write(text + shorter(GPS_RECORD)))
    assert navigation.ionosphere["GPSA"] == (1.2107e-08, -7.4506e-09, -5.9605e-08, 1.1921e-07)
    assert navigation.ionosphere["GPSB"][0] == 1.1674e5
    (utc,) = navigation.time_corrections
    assert (utc.kind, utc.a0, utc.reference) == ("GPUT", 2.793967723846e-09, 2191 * 604_800.0 + 147_456.0)


def modern_record(name: str, numbers: int, *, toe: str = "") -> tuple[str, list[str]]:
    """Text of a record of RINEX 4 in which every number tells its own place, with a plausible orbit."""
    values = [f"{place + 1:d}.{place:02d}" for place in range(numbers)]
    values[0:3] = ["1e-4", "2e-12", "0"]
    values[8], values[10], values[15] = "0.01", "5153.7", "0.9"  # eccentricity, root of the axis, inclination
    if toe:
        values[11] = toe
    fields = [f"{float(value):19.12E}" for value in values]
    lines = [f"{name} 2022 01 01 01 00 00" + "".join(fields[:3])]
    lines += ["    " + "".join(fields[at : at + 4]) for at in range(3, numbers, 4)]
    return "\n".join(lines) + "\n", values


def test_a_gps_cnav_record_of_rinex_4(write):
    record, values = modern_record("G03", 3 + 32)
    messages = read_navigation(write(header("4.00") + "> EPH G03 CNAV\n" + record)).messages
    assert (messages.satellite[0], messages.kind[0]) == ("G03", "CNAV")
    assert messages.reference[0] == messages.clock_reference[0]  # toe is toc
    assert column(messages, "semi_major_axis_rate") == float(values[3])
    assert column(messages, "mean_motion_difference_rate") == float(values[20])
    assert messages.health[0] == int(float(values[24]))
    assert messages.delay("tgd")[0] == float(values[25])
    assert [messages.delay(name)[0] for name in ("isc_l1ca", "isc_l2c", "isc_l5i", "isc_l5q")] == [
        float(value) for value in values[27:31]
    ]


def test_a_beidou_cnv1_record_of_rinex_4(write):
    record, values = modern_record("C30", 3 + 36, toe="522000")
    record = record.replace(" 2022 01 01 01", " 2022 01 01 01")
    messages = read_navigation(write(header("4.00") + "> EPH C30 CNV1\n" + record)).messages
    assert messages.reference[0] == gpst_from_civil(2022, 1, 1, 1, 0, 0, "BDT")[0]
    assert [messages.delay(name)[0] for name in ("isc_b1cd", "tgd_b1cp", "tgd_b2ap")] == [
        float(values[27]),
        float(values[29]),
        float(values[30]),
    ]
    assert (messages.health[0], messages.issue_of_clock[0], messages.issue[0]) == tuple(
        int(float(values[place])) for place in (32, 34, 38)
    )


def test_records_of_time_orientation_and_ionosphere_of_rinex_4(write):
    text = header("4.00") + (
        "> STO G01 LNAV\n"
        "    2022 01 02 16 57 36 GPUT                                  UTC(USNO)\n"
        "     5.112180000000E+05 2.793967723846E-09 7.993605777301E-15 0.000000000000E+00\n"
        "> EOP G03 CNAV\n"
        "    2022 01 01 00 00 00 5.000000000000E-02 1.000000000000E-03 0.000000000000E+00\n"
        "                        3.000000000000E-01 2.000000000000E-03 0.000000000000E+00\n"
        "     5.112180000000E+05-1.000000000000E-01 1.000000000000E-04 0.000000000000E+00\n"
        "> ION C30 CNVX\n"
        "    2022 01 01 00 00 00 1.000000000000E+01 2.000000000000E+00 3.000000000000E+00\n"
        "     4.000000000000E+00 5.000000000000E+00 6.000000000000E+00 7.000000000000E+00\n"
        "     8.000000000000E+00 9.000000000000E+00\n"
        "> EPH R01 L1OC\n"
        "R01 2022 01 01 00 00 00 1.000000000000E+00\n"
        "     1.000000000000E+00\n"
        "> EPH G01 LNAV\n"
    )
    navigation = read_navigation(write(text + GPS_RECORD))
    assert len(navigation.messages) == 1
    (utc,) = navigation.time_corrections
    assert (utc.kind, utc.satellite, utc.utc, utc.a0) == ("GPUT", "G01", "UTC(USNO)", 2.793967723846e-09)
    (turn,) = navigation.earth_orientation
    arcsecond = np.pi / 648_000.0
    assert turn.pole_x == pytest.approx((0.05 * arcsecond, 1e-3 * arcsecond / 86_400.0, 0.0), rel=1e-14)
    assert turn.ut1_minus_utc[0] == -0.1
    assert navigation.ionosphere["BDGIM"] == (10.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
    (fault,) = navigation.faults
    assert "R L1OC" in fault.what
    assert "not known" in fault.what


EXAMPLES = """\
> EPH G04 LNAV
G04 2019 03 14 04 00 00 1.330170780420e-04 7.275957614183e-12 0.000000000000e+00
     9.800000000000e+01-1.718750000000e+00 4.639836124941e-09 2.148941747752e+00
    -1.881271600723e-07 3.355251392350e-04 8.245930075645e-06 5.153800453186e+03
     3.600000000000e+05-1.676380634308e-08 5.171400020311e-01 1.490116119385e-08
     9.601921900531e-01 2.187187500000e+02-1.736906885738e+00-8.044977962767e-09
    -2.932264997750e-10 1.000000000000e+00 2.044000000000e+03 0.000000000000e+00
     4.000000000000e+00 6.300000000000e+01-8.847564458847e-09 8.660000000000e+02
     3.553500000000e+05 4.000000000000e+00
> EPH G04 CNAV
G04 2019 03 14 03 30 00 1.330042141490e-04 7.226219622680e-12 0.000000000000e+00
     2.001762390137e-03 6.914062500000e-01 4.625906973308e-09 1.887277537485e+00
     1.024454832077e-08 3.348654136062e-04 8.376315236092e-06 5.153800325291e+03
     2.412000000000e+05-4.656612873077e-09 5.171544951605e-01 2.328306436539e-08
     9.601927657114e-01 2.174140625000e+02-1.737767543851e+00-8.034028170143e-09
    -2.950122884460e-10-1.312310522376e-14-2.000000000000e+00 2.000000000000e+00
     0.000000000000e+00 7.000000000000e+00-8.789356797934e-09 5.000000000000e+00
    -5.820766091347e-10-6.606569513679e-09-1.178705133498e-08-1.178705133498e-08
     3.558540000000e+05 2.044000000000e+03
> EPH E12 INAV
E12 2020 09 15 00 40 00 5.605182959698e-03-1.881517164293e-11 0.000000000000e+00
     3.600000000000e+01 1.090625000000e+02 2.811188525857e-09-2.481435854929e+00
     5.209818482399e-06 1.468013506383e-04 1.532956957817e-06 5.440609727859e+03
     1.752000000000e+05-1.676380634308e-08 8.103706855689e-01 7.450580596924e-09
     9.891660140720e-01 3.219375000000e+02 5.171049929386e-01-5.815956543649e-09
     2.982267080537e-10 5.170000000000e+02 2.123000000000e+03
     3.120000000000e+00 0.000000000000e+00-1.303851604462e-08-1.280568540096e-08
     1.764340000000e+05
> EPH I02 LNAV
I02 2020 09 15 02 05 36 6.225099787116e-04 1.773514668457e-11 0.000000000000e+00
     1.690000000000e+02-5.793750000000e+02 4.834487090078e-09-4.281979621524e-01
    -1.904368400574e-05 2.015684265643e-03-3.430992364883e-06 6.493289550781e+03
     1.803360000000e+05 2.495944499969e-07-1.337499015334e+00 7.450580596924e-08
     5.022043764738e-01 1.946250000000e+02-2.970970345572e+00-4.461614415577e-09
    -9.578970431139e-10                    2.123000000000e+03
     2.000000000000e+00 0.000000000000e+00-1.862645149231e-09
     1.804920000000e+05
> ION G    LNAV
    2019 03 14 04 00 00 1.397000000000e-08 0.000000000000e+00-5.960000000000e-08
     5.960000000000e-08 1.106000000000e+05 0.000000000000e+00-2.621000000000e+05
     1.966000000000e+05 0.000000000000e+00
> STO R26 LXOC
    2024 02 03 00 15 00 GLUT                                  UTC(SU)
     5.184000000000e+05-8.335337042809e-08-4.618527782441e-14 0.000000000000e+00
> EOP R04 LXOC
    2024 02 02 21 00 00 6.079101562500e-02-2.380371093750e-03 0.000000000000e+00
                        2.203369140625e-01 1.281738281250e-03 0.000000000000e+00
     5.183940000000e+05 3.387451171875e-03-2.441406250000e-04 0.000000000000e+00
"""


def test_the_examples_of_the_documents_are_read(write):
    """RINEX 4.00, tables A12 and A14; RINEX 4.02, tables A32 and A41."""
    navigation = read_navigation(write(header("4.02") + EXAMPLES))
    assert not navigation.faults
    messages = navigation.messages
    assert list(zip(messages.satellite.tolist(), messages.kind.tolist(), strict=True)) == [
        ("E12", "INAV"),
        ("G04", "CNAV"),
        ("G04", "LNAV"),
        ("I02", "LNAV"),
    ]
    assert messages.health.tolist() == [0, 7, 63, 0]
    assert messages.accuracy[1] == 2.0  # URA index 0 of the elevation-dependent part
    assert messages.delay("isc_l5q")[1] == -1.178705133498e-08
    assert messages.delay("bgd_e5b")[0] == -1.280568540096e-08
    assert messages.transmission[3] == gpst_from_civil(2020, 9, 15, 2, 8, 12)[0]
    assert navigation.ionosphere["GPSB"] == (1.106e5, 0.0, -2.621e5, 1.966e5)
    (glonass,) = navigation.time_corrections
    assert (glonass.kind, glonass.a0, glonass.utc) == ("GLUT", -8.335337042809e-08, "UTC(SU)")
    assert glonass.reference == gpst_from_civil(2024, 2, 3, 0, 15, 18)[0]
    assert navigation.earth_orientation[0].satellite == "R04"


def test_a_record_of_another_satellite_than_announced_is_told(write):
    navigation = read_navigation(write(header("4.00") + EXAMPLES.replace("> EPH G04 LNAV", "> EPH G05 LNAV")))
    assert "LNAV" not in navigation.messages.kind[navigation.messages.satellite != "I02"].tolist()
    assert "G05" in navigation.faults[0].what
    assert navigation.faults[0].line == 4


def test_the_same_message_of_two_files_is_kept_once(write):
    one = write(header("3.04") + GPS_RECORD, "one.rnx")
    later = GPS_RECORD.replace("5.112180000000E+05", "5.112480000000E+05")
    two = write(header("3.04") + later + GLONASS_RECORD, "two.rnx")
    navigation = read_navigation([two, one])
    assert navigation.messages.satellite.tolist() == ["G01", "R01"]
    assert navigation.messages.transmission[0] == gpst_from_civil(2022, 1, 1, 0, 0, 0)[0] - 7182.0  # the first
    assert not navigation.faults


def test_messages_that_contradict_each_other_are_told(write):
    other = GPS_RECORD.replace("-6.242942382352E-01", "-6.242942392352E-01")
    navigation = read_navigation(write(header("3.04") + GPS_RECORD + other))
    assert len(navigation.messages) == 2
    assert "G01" in navigation.faults[0].what
    assert "different things" in navigation.faults[0].what


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("2.190000000000E+03", "2.189000000000E+03"), "contradicts its date"),
        (("5.184000000000E+05", "9.184000000000E+05"), "contradicts its date"),
        (("2022 01 01", "2022 13 01"), "no valid date"),
        (("1.121813920327E-02", "1.121813920327E+02"), "no such satellite"),
        (("5.153674995422E+03", "5.1536x4995422E+03"), "no number"),
        (("5.153674995422E+03", "5.15-674995422E+03"), "no number"),
        (("5.153674995422E+03", "                  "), "gaps"),
        (("4.691267386079E-04", "4.691267386079E+04"), "clock offset"),
        (("G01", "G88"), "no satellite G88"),
    ],
)
def test_a_field_that_cannot_be_is_told_and_not_used(write, change, told):
    text = header("3.04") + GPS_RECORD.replace(*change) + GLONASS_RECORD
    navigation = read_navigation(write(text))
    assert navigation.messages.satellite.tolist() == ["R01"]
    assert told in navigation.faults[0].what
    assert navigation.faults[0].line == 3


def test_a_week_of_ten_bits_is_understood(write):
    text = header("3.04") + GPS_RECORD.replace("2.190000000000E+03", f"{2190 - 2048:18.12E}")
    assert len(read_navigation(write(text)).messages) == 1


@pytest.mark.parametrize("sent", ["0.000000000000E+00", "9.999000000000E+08"])
def test_a_time_of_transmission_that_cannot_be_is_unknown(write, sent):
    messages = read_navigation(write(header("3.04") + GPS_RECORD.replace("5.112180000000E+05", sent))).messages
    assert np.isnan(messages.transmission[0])


def test_a_file_cut_anywhere_gives_whole_messages_or_an_error(write):
    whole = header("3.04") + GPS_RECORD + GLONASS_RECORD + GPS_RECORD.replace("G01", "G02")
    truth = read_navigation(write(whole)).messages
    for end in range(0, len(whole), 5):  # lines have 80 or 81 characters: all their places come
        path = write(whole[:end], "cut.rnx")
        try:
            found = read_navigation(path).messages
        except FormatError as error:
            assert str(path) in str(error)
            continue
        if not whole[:end].endswith("\n"):
            assert read_navigation(path).faults
        for row, name in enumerate(found.satellite.tolist()):
            same = truth.satellite.tolist().index(name)
            np.testing.assert_array_equal(found.orbit[row], truth.orbit[same])
            np.testing.assert_array_equal(found.state[row], truth.state[same])
            np.testing.assert_array_equal(found.clock[row], truth.clock[same])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello\n" * 10, "no RINEX file"),
        (header("3.04").splitlines()[0] + "\n" + GPS_RECORD, "END OF HEADER"),
        (header("5.00") + GPS_RECORD, "versions 2 to 4"),
        (header("3.04", "OBSERVATION DATA    M: MIXED"), "read_observations"),
        (header("3.04") + "garbage\n" * 1000, "no message"),
    ],
)
def test_what_is_no_navigation_file_is_refused_by_name(write, text, told):
    path = write(text)
    with pytest.raises(FormatError, match=told) as caught:
        read_navigation(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_missing_data(tmp_path):
    with pytest.raises(MissingData):
        read_navigation(tmp_path / "none.rnx")
