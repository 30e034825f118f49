"""The fireball table of CNEOS: units, gaps, and rows that are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.formats.fireball_table import COLUMNS, KILOTON, read_fireballs
from moonstead.foundation.errors import FormatError, MissingData
from moonstead.foundation.time.epoch import Epoch

HEADER = ",".join(f'"{name}"' for name in COLUMNS.values()) + "\n"
GOOD = '"2013-02-15 03:20:33","54.8N","61.1E","23.3","18.6","+12.8","-13.3","-.6","3.75e14","440"\n'
BARE = '"2000-01-01 00:00:00","","","","","","","","2.0e10","0.073"\n'


def table(folder: Path, *rows: str) -> Path:
    path = folder / "fireballs.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def test_units_and_sides_of_the_equator(tmp_path: Path) -> None:
    south = GOOD.replace("54.8N", "1.7S").replace("61.1E", "130.0W").replace("2013", "2014")
    found = read_fireballs(table(tmp_path, south, GOOD))
    assert found.utc == ("2013-02-15T03:20:33", "2014-02-15T03:20:33")  # in the order of time
    assert found.tdb[0] == pytest.approx(Epoch.parse("2013-02-15T03:20:33").tdb())
    assert np.degrees(found.latitude) == pytest.approx([54.8, -1.7])
    assert np.degrees(found.longitude) == pytest.approx([61.1, -130.0])
    assert found.altitude[0] == 23_300.0 and found.speed[0] == 18_600.0
    assert found.velocity[0] == pytest.approx([12_800.0, -13_300.0, -600.0])
    assert found.radiated_energy[0] == 3.75e14 and found.impact_energy[0] == 440.0 * KILOTON


def test_what_the_table_does_not_tell_is_not_a_number(tmp_path: Path) -> None:
    found = read_fireballs(table(tmp_path, BARE))
    for column in (found.latitude, found.longitude, found.altitude, found.speed, found.velocity):
        assert np.all(np.isnan(column))


@pytest.mark.parametrize(
    ("good", "bad", "word"),
    [
        ("54.8N", "95.0N", "angle"),
        ("54.8N", "54.8", "angle"),
        ("54.8N", "", "only one"),
        ("03:20:33", "25:20:33", "2013"),
        ("23.3", "-3", "altitude"),
        ("18.6", "fast", "speed"),
        ("+12.8", "", "components"),
        ("440", "0", "energy"),
        ("3.75e14", "nan", "radiated"),
    ],
    ids=["latitude", "side", "half", "time", "below", "word", "component", "nothing", "nan"],
)
def test_damaged_rows_are_told_and_left_out(tmp_path: Path, good: str, bad: str, word: str) -> None:
    found = read_fireballs(table(tmp_path, GOOD.replace(good, bad), BARE))
    assert len(found) == 1 and len(found.faults) == 1
    assert found.faults[0].place == "line 2" and word in found.faults[0].what


def test_a_row_that_stands_twice_counts_once(tmp_path: Path) -> None:
    found = read_fireballs(table(tmp_path, GOOD, BARE, GOOD))
    assert len(found) == 2 and "second time" in found.faults[0].what


def test_a_cut_file_keeps_its_whole_rows(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD, BARE)
    path.write_text(path.read_text()[:-9])
    found = read_fireballs(path)
    assert len(found) == 1 and len(found.faults) == 1


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(FormatError, match="CNEOS"):
        read_fireballs(other)
    with pytest.raises(FormatError, match="no row"):
        read_fireballs(table(tmp_path))
    with pytest.raises(MissingData):
        read_fireballs(tmp_path / "none.csv")


def test_the_real_table_is_read_whole(shared_data: Path) -> None:
    found = read_fireballs(shared_data / "monitoring" / "fireballs" / "cneos_fireballs_2025-02-18.csv")
    assert len(found) == 1009 and not found.faults
    assert np.count_nonzero(np.isfinite(found.speed)) == 330
    # speed and components are rounded each for itself; where they differ by more the table contradicts itself
    wrong = [found.utc[k] for k in np.flatnonzero(found.contradicts)]
    assert len(wrong) < 10
    assert "2013-02-15T03:20:33" not in wrong


def test_flipped_characters_cost_rows_and_nothing_else(tmp_path: Path) -> None:
    rows = [GOOD.replace("2013", str(1994 + k)) for k in range(20)]
    whole = (HEADER + "".join(rows)).encode()
    generator = np.random.default_rng(4)
    path = tmp_path / "damaged.csv"
    for _ in range(60):
        damaged = bytearray(whole)
        for place in generator.integers(len(HEADER), len(whole), 6):
            damaged[place] = int(generator.integers(32, 127))
        path.write_bytes(bytes(damaged))
        found = read_fireballs(path)
        assert 8 <= len(found) <= 20
        assert np.all(found.impact_energy > 0.0) and np.all(np.isfinite(found.tdb))
