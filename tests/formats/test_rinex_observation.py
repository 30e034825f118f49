"""Authority: an independent slow reader by the format's columns; RTKLIB's RINEX 2 of a RINEX 3 file; the documents."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.gnss_time import gpst_from_civil
from moonstead.formats.rinex2_codes import modern_codes
from moonstead.formats.rinex_observation import read_observations
from moonstead.foundation.errors import FormatError, InvalidInput

EXAMPLES = Path(__file__).parent / "examples"
OPEC, JFNG = "OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz", "JFNG00CHN_R_20190450700_01H_30S_MO.rnx.gz"
VALUES = ("24850337.312", "130589459.867", "-2196.000", "45.250")


def header(version: str, *records: tuple[str, str], kind: str = "OBSERVATION DATA", system: str = "GPS") -> list[str]:
    first = f"{version:>9}{'':11}{kind:<20}{system:<20}RINEX VERSION / TYPE"
    return [first, *(f"{body:<60}{label}" for body, label in records), f"{'':60}END OF HEADER"]


def field(value: str, lock: str = " ", strength: str = " ") -> str:
    return f"{value:>14}{lock}{strength}"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def slowly(text: str) -> dict[tuple[str, str], list[str]]:
    """Fields of a RINEX 3 file by system and code, in order, as text: columns alone, nothing shared with the reader."""
    types: dict[str, list[str]] = {}
    found: dict[tuple[str, str], list[str]] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if line[60:].startswith("SYS / # / OBS TYPES"):
            types.setdefault(line[0] if line[0] != " " else list(types)[-1], []).extend(line[7:60].split())
        if line[60:].startswith("END OF HEADER"):
            break
    for line in lines:
        if line[0] == ">":
            continue
        for place, code in enumerate(types[line[0]]):
            value = line[3 + 16 * place : 17 + 16 * place].strip()
            if value and float(value) != 0.0:
                found.setdefault((line[0], code), []).append(value)
    return found


@pytest.mark.truth
@pytest.mark.parametrize(
    "name", ["OPEC00NOR_R_20220010000_0340_30S_MO.rnx.gz", "JFNG00CHN_R_20190450700_01H_30S_MO.rnx.gz"]
)
def test_every_value_of_real_files_is_that_of_a_slow_reader(shared_data, name, validation):
    path = shared_data / "gnss" / name
    truth = slowly(gzip.decompress(path.read_bytes()).decode())
    observations = read_observations(path)
    wrong, cases = 0, 0
    for (letter, code), texts in truth.items():
        values = observations.systems[letter].of(code)
        # The slow reader goes by epochs and, in them, by the file's order: compare as multisets of an epoch's values.
        wrong += Counter(values[np.isfinite(values)]) != Counter(map(float, texts))
        cases += len(texts)
    read = sum(int(np.isfinite(each.values).sum()) for each in observations.systems.values())
    assert read == cases
    validation(
        capability="RINEX observations",
        quantity=f"codes of {name[:4]} with any value that differs",
        authority="independent slow reader by columns",
        error=wrong,
        unit="1",
        tolerance=0,
        cases=cases,
    )


def test_one_satellite_stands_where_the_file_has_it(shared_data):
    observations = read_observations(shared_data / "gnss" / OPEC)
    assert observations.gpst[0] == gpst_from_civil(2022, 1, 1, 0, 0, 0.0)[0]
    np.testing.assert_array_equal(np.diff(observations.gpst), 30.0)
    gps = observations.systems["G"]
    place = gps.satellites.index("G30")
    row = [gps.of(code)[0, place] for code in ("C1C", "L1C", "C1P", "C2W", "L2W")]
    assert row == [24850337.312, 130589459.867, 24850337.062, 24850341.199, 101757987.761]
    assert gps.loss_of_lock[gps.codes.index("L1C"), 0, place] == 1
    assert observations.glonass_channels["R10"] == -7
    assert observations.antenna == ("TRM55971.00", "", "31050604")
    np.testing.assert_array_equal(observations.approximate_position, [3149785.9652, 598260.8822, 5495348.4927])


def test_systems_that_are_not_asked_for_are_left_out(shared_data):
    path = shared_data / "gnss" / JFNG
    assert set(read_observations(path, systems="CR").systems) == {"C", "R"}
    with pytest.raises(InvalidInput, match="'X' is no satellite system"):
        read_observations(path, systems="GX")


def test_version_2_with_events_clock_and_many_satellites_is_read():
    observations = read_observations(EXAMPLES / "compact1.rnx")
    assert observations.faults == ()
    assert observations.version == "2.11"
    assert observations.gpst.size == 12
    np.testing.assert_array_equal(np.diff(observations.gpst), 30.0)
    assert [event.flag for event in observations.events] == [4, 5, 3]
    assert [event.epoch for event in observations.events] == [4, 6, 8]
    assert "ANTENNA: DELTA H/E/N" in observations.events[0].lines[1]
    np.testing.assert_array_equal(observations.antenna_delta_hen, 0.0)  # that of the header holds for the file
    assert observations.events[1].gpst == observations.gpst[5] + 25.0
    assert np.isnan(observations.events[2].gpst)
    assert observations.flag.tolist() == [0, 0, 0, 1] + [0] * 8
    assert np.isnan(observations.receiver_clock_offset[5])
    assert np.count_nonzero(np.abs(observations.receiver_clock_offset) < 1e-3) == 11
    assert observations.systems["G"].codes == ("C1C", "L1C", "C2W", "L2W", "S1C", "S2W", "D1C")
    lines = (EXAMPLES / "compact1.rnx").read_text().splitlines()
    first = next(row for row, line in enumerate(lines) if "END OF HEADER" in line) + 1
    names = (lines[first][32:68] + lines[first + 1][32:] + lines[first + 2][32:]).replace(" ", "")
    count = int(lines[first][29:32])
    listed = [names[3 * n : 3 * n + 3] for n in range(count)]
    assert count > 24  # three lines of names
    satellite = first + 3 + 2 * listed.index("R05")
    glonass = observations.systems["R"]
    for place, code in enumerate(("C1C", "L1C", "C2P", "L2P", "S1C")):
        text = lines[satellite][16 * place : 16 * place + 14].strip()
        value = glonass.of(code)[0, glonass.satellites.index("R05")]
        assert value == float(text) if text else np.isnan(value)


def test_compact_and_plain_files_say_the_same():
    for version in (1, 3):
        compact, plain = (read_observations(EXAMPLES / f"compact{version}.{end}") for end in ("crx", "rnx"))
        for letter, system in plain.systems.items():
            np.testing.assert_array_equal(system.values, compact.systems[letter].values)
            np.testing.assert_array_equal(system.loss_of_lock, compact.systems[letter].loss_of_lock)


def test_types_that_change_inside_the_file_keep_their_columns():
    observations = read_observations(EXAMPLES / "compact3.rnx")
    glonass = observations.systems["R"]
    assert glonass.codes == ("C1C", "L1C", "C2P")
    assert np.any(np.isfinite(glonass.of("C2P")[:4]))
    assert np.all(np.isnan(glonass.of("C2P")[4:]))
    assert observations.events[0].lines[0].startswith("HELLO & BYE")


def test_header_records_are_understood(tmp_path):
    path = write(
        tmp_path / "all.rnx",
        *header(
            "4.01",
            ("STATION", "MARKER NAME"),
            ("10118M001", "MARKER NUMBER"),
            ("OBSERVER            AGENCY", "OBSERVER / AGENCY"),
            ("12                  RECEIVER            1.2", "REC # / TYPE / VERS"),
            ("99                  ASH701945E_M    SCIS", "ANT # / TYPE"),
            ("        1.0000        2.0000        3.0000", "APPROX POSITION XYZ"),
            ("        0.2160        0.0010        0.0020", "ANTENNA: DELTA H/E/N"),
            ("R    3 C1C L1C S1C", "SYS / # / OBS TYPES"),
            ("R  100  2 C1C S1C", "SYS / SCALE FACTOR"),
            ("R L1C  0.25000  02 R01 R02", "SYS / PHASE SHIFT"),
            ("  2 R01  1 R02 -4", "GLONASS SLOT / FRQ #"),
            ("  2020     1     1     0     0    0.0000000     GLO", "TIME OF FIRST OBS"),
            ("     1", "RCV CLOCK OFFS APPL"),
            ("    18    18  2185     7", "LEAP SECONDS"),
        ),
        "> 2020 01 01 00 00  0.0000000  1  1       0.000001000000",
        "R02" + field("2000.000") + field("20.000", "1", "7") + field("40.000"),
    )
    read = read_observations(path)
    assert (read.version, read.marker, read.marker_number, read.agency) == ("4.01", "STATION", "10118M001", "AGENCY")
    assert read.receiver == ("12", "RECEIVER", "1.2")
    assert read.antenna == ("ASH701945E_M", "SCIS", "99")
    np.testing.assert_array_equal(read.antenna_delta_hen, [0.216, 0.001, 0.002])
    assert read.glonass_channels == {"R01": 1, "R02": -4}
    assert read.leap_seconds == 18
    assert read.receiver_clock_applied
    assert read.receiver_clock_offset[0] == 1e-6
    assert read.gpst[0] == gpst_from_civil(2020, 1, 1, 0, 0, 18.0)[0]  # the file's clock shows UTC
    assert read.flag[0] == 1
    glonass = read.systems["R"]
    assert glonass.values[:, 0, 0].tolist() == [20.0, 20.0, 0.4]
    assert glonass.loss_of_lock[1, 0, 0] == 1
    assert glonass.strength[1, 0, 0] == 7
    shift = read.phase_shifts[0]
    assert (shift.system, shift.code, shift.correction, shift.satellites) == ("R", "L1C", 0.25, ("R01", "R02"))
    assert np.all(np.isnan(glonass.of("C2C")))


def test_beidou_of_version_3_02_has_its_band_1_called_2(tmp_path):
    def codes(version):
        path = write(
            tmp_path / f"{version}.rnx",
            *header(version, ("C    2 C1I L7I", "SYS / # / OBS TYPES")),
            "> 2020 01 01 00 00  0.0000000  0  1",
            "C06" + field(VALUES[0]) + field(VALUES[1]),
        )
        return read_observations(path).systems["C"].codes

    assert codes("3.02") == ("C2I", "L7I")
    assert codes("3.04") == ("C1I", "L7I")


@pytest.mark.parametrize(
    ("system", "types", "codes"),
    [
        ("G", ["C1", "P1", "L1", "L2", "P2", "D2"], ["C1C", "C1W", "L1C", "L2W", "C2W", "D2W"]),
        ("G", ["P1", "L1", "C2", "L2"], ["C1W", "L1W", "C2X", "L2X"]),
        ("R", ["C1", "P1", "L1", "L2", "C2"], ["C1C", "C1P", "L1C", "L2C", "C2C"]),
        ("R", ["CA", "LA", "CD", "LD"], ["C1C", "L1C", "C2C", "L2C"]),
        ("E", ["C1", "L1", "C5", "L8", "P2"], ["C1X", "L1X", "C5X", "L8X", ""]),
        ("C", ["C1", "C2", "L7", "C6"], ["C2I", "", "L7I", "C6I"]),
        ("G", ["T1", "CB", "CC", "CD"], ["", "C1X", "C2X", ""]),
    ],
)
def test_types_of_version_2_become_codes_of_version_3(system, types, codes):
    assert modern_codes(system, types) == codes


def epochs(*seconds: float) -> list[str]:
    lines = []
    for second in seconds:
        minute, rest = divmod(second, 60.0)
        lines += [f"> 2020 01 01 00 {int(minute):02d} {rest:10.7f}  0  1", "G01" + field(VALUES[0])]
    return lines


ONE_CODE = ("G    1 C1C", "SYS / # / OBS TYPES")


def test_epochs_that_come_again_or_run_back_are_left_out_and_told(tmp_path):
    path = write(tmp_path / "mixed.rnx", *header("3.04", ONE_CODE), *epochs(0, 30, 30, 1800, 60, 90, 120))
    read = read_observations(path)
    np.testing.assert_array_equal(read.gpst - read.gpst[0], [0.0, 30.0, 60.0, 90.0, 120.0])
    assert [fault.what.split(" ", 2)[2].split("GPST ")[1] for fault in read.faults] == [
        "comes again",
        "does not follow in time",
    ]
    assert read.faults[0].line == 8


def test_thousands_of_repeated_epochs_are_counted_and_a_page_of_them_told(tmp_path):
    path = write(tmp_path / "again.rnx", *header("3.04", ONE_CODE), *(epochs(0, 30) * 2000))
    read = read_observations(path)
    assert read.gpst.size == 2
    assert len(read.faults) == 201
    assert read.faults[-1].what == "3798 more faults of 3998"


def test_a_wrong_week_is_told(tmp_path):
    first = ("  2020     1     8     0     0    0.0000000     GPS", "TIME OF FIRST OBS")
    read = read_observations(write(tmp_path / "week.rnx", *header("3.04", ONE_CODE, first), *epochs(0, 30)))
    assert "first epoch is 2020-01-08T00:00:00 GPST, that of the data 2020-01-01T00:00:00 GPST" in read.faults[0].what


def test_data_that_end_before_the_header_says_are_told(tmp_path):
    last = ("  2020     1     1     0     1    0.0000000     GPS", "TIME OF LAST OBS")
    whole = read_observations(write(tmp_path / "whole.rnx", *header("3.04", ONE_CODE, last), *epochs(0, 30, 60)))
    assert whole.faults == ()
    short = read_observations(write(tmp_path / "short.rnx", *header("3.04", ONE_CODE, last), *epochs(0, 10)))
    assert "last epoch is 2020-01-01T00:01:00 GPST" in short.faults[0].what


@pytest.mark.parametrize(
    ("row", "line", "said"),
    [
        (2, "> 2020 01 01 00 00 9x.0000000  0  1", "epoch line cannot be read"),
        (2, "> 2020 02 30 00 00 30.0000000  0  1", "no date of the calendar"),
        (2, "> 2020 01 01 00 00 30.0000000  0  2", "fewer satellites than it counts"),
        (2, "> 2020 01 01 00 00 30.0000000  0  1       0.0000x0000000", "clock offset is no number"),
        (3, "X01" + field(VALUES[0]), "satellite is not named"),
        (3, "R01" + field(VALUES[0]), "satellite is not named"),
        (3, "G01 " + field(VALUES[0]), "no number of the form F14.3"),
        (3, "G01" + field("2485033x.312"), "no number of the form F14.3"),
        (3, "G01" + field("24850337.3"), "no number of the form F14.3"),
        (3, "G01" + field(VALUES[0], "x"), "no digit"),
        (4, "garbage between epochs", "belong to no epoch"),
    ],
)
def test_a_line_that_is_wrong_costs_itself_and_is_told(tmp_path, row, line, said):
    lines = epochs(0, 30, 60)
    lines[row : row + (row < 4)] = [line]
    read = read_observations(write(tmp_path / "wrong.rnx", *header("3.04", ONE_CODE), *lines))
    assert said in read.faults[0].what
    assert {0.0, 60.0} <= set(read.gpst - read.gpst[0])
    good = read.systems["G"].of("C1C")[:, 0]
    assert set(good[np.isfinite(good)]) == {float(VALUES[0])}


def test_a_satellite_that_comes_twice_counts_once(tmp_path):
    lines = ["> 2020 01 01 00 00  0.0000000  0  2", "G01" + field("1.000"), "G01" + field("2.000")]
    read = read_observations(write(tmp_path / "twice.rnx", *header("3.04", ONE_CODE), *lines))
    assert read.systems["G"].of("C1C").tolist() == [[1.0]]
    assert "twice" in read.faults[0].what


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["garbage"], "no RINEX VERSION"),
        (header("5.00"), "RINEX version '5.00'"),
        (header("3.04", kind="NAVIGATION DATA"), "of type 'NAVIGATION DATA'"),
        (header("3.04", ONE_CODE)[:-1] + epochs(0), "no END OF HEADER"),
        (header("3.04") + epochs(0), "names no observation types"),
        (header("3.04", ONE_CODE), "no epoch can be read"),
        (header("3.04", ONE_CODE) + ["garbage"] * 1000, "no epoch can be read"),
    ],
)
def test_what_is_no_observation_file_is_refused_with_its_reason(tmp_path, lines, said):
    with pytest.raises(FormatError, match=said):
        read_observations(write(tmp_path / "bad.rnx", *lines))


def test_a_header_may_claim_anything(tmp_path):
    claims = ("G  999 C1C", "SYS / # / OBS TYPES"), ("  not numbers", "APPROX POSITION XYZ"), ("   -30.000", "INTERVAL")
    read = read_observations(write(tmp_path / "claims.rnx", *header("3.04", *claims), *epochs(0, 30)))
    assert read.systems["G"].codes == ("C1C",)
    assert read.approximate_position is None
    assert read.interval == 30.0
    assert any("999 observation types of G are counted, 1 listed" in fault.what for fault in read.faults)
    assert any("APPROX POSITION XYZ cannot be read" in fault.what for fault in read.faults)


@pytest.mark.parametrize("name", ["compact1.rnx", "compact3.rnx", "compact1.crx", "compact3.crx"])
def test_files_cut_or_flipped_anywhere_give_true_values_or_an_error(tmp_path, name):
    whole = (EXAMPLES / name).read_bytes()
    truth = read_observations(EXAMPLES / name)
    random = np.random.default_rng(7)
    path = tmp_path / name
    for size in random.integers(0, len(whole), 40):
        path.write_bytes(whole[:size])
        try:
            read = read_observations(path)
        except FormatError:
            continue
        assert np.isin(read.gpst, truth.gpst).all()
        assert read.faults or whole[size - 1 : size] == b"\n" or whole[size : size + 1] == b"\n"
        for letter, system in read.systems.items():
            for code in system.codes:
                found, known = system.of(code), truth.systems[letter].of(code)
                assert np.isin(found[np.isfinite(found)], known).all()
    for place, byte in zip(random.integers(0, len(whole), 40), random.integers(1, 256, 40), strict=True):
        path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        try:
            read_observations(path)
        except FormatError as error:
            assert name in str(error)
