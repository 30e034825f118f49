"""Authority: counts that were made apart from Moonstead, by searching the files' lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moonstead.cli.main import execute

EXAMPLES = Path(__file__).resolve().parents[1] / "formats" / "examples"


def ask(capsys, *arguments):
    code = execute(["gnss", "info", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def info(capsys, path):
    code, out, err = ask(capsys, path, "--json")
    assert code == 0, err
    return json.loads(out)


@pytest.mark.truth
def test_navigation_messages_are_counted_by_system_and_type(capsys, shared_data):
    told = info(capsys, shared_data / "gnss" / "BRDC00IGS_R_20220010000_01D_MN.rnx.gz")
    records = {letter: system["records"] for letter, system in told["systems"].items()}
    assert {letter: records[letter] for letter in "RCGE"} == {"R": 1127, "C": 1056, "G": 453, "E": 2895}
    for system in told["systems"].values():
        assert sum(system["messages"].values()) == system["records"]
    assert told["systems"]["R"]["messages"] == {"FDMA": 1127}
    assert told["kind"] == "navigation"


def test_observations_are_counted_by_code(capsys):
    told = info(capsys, EXAMPLES / "compact3.crx")
    plain = (EXAMPLES / "compact3.rnx").read_text().splitlines()
    rows = [line for line in plain if line[:1] == "G" and line[1:3].isdigit()]
    assert told["kind"] == "observation"
    assert told["epochs"] == 12
    assert told["systems"]["G"]["records"] == len(rows)
    for place, code in enumerate(("C1C", "L1C", "D1C", "S1C", "C5Q")):
        fields = [line[3 + 16 * place : 17 + 16 * place].strip() for line in rows]
        assert told["systems"]["G"]["codes"][code] == sum(bool(text) for text in fields)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz", {"kind": "sp3", "epochs": 289, "interval_s": 300.0}),
        ("GRG0MGXFIN_20201770000_01D_30S_CLK.CLK.xz", {"kind": "clock", "epochs": 2880, "interval_s": 30.0}),
        ("igs20P2131_subset.txt", {"kind": "sinex", "stations": 9, "start": "2020-11-11T12:00:00 GPST"}),
        ("igs14_small.atx.gz", {"kind": "antex", "antennas": 6, "receiver_antennas": 3}),
    ],
)
def test_products_are_known(capsys, shared_data, name, expected):
    told = info(capsys, shared_data / "gnss" / name)
    assert {key: told[key] for key in expected} == expected
    assert told["faults"] == [] or told["kind"] == "antex"  # that sample lacks two ends of antennas


def test_tables_say_what_json_says(capsys):
    code, out, _ = ask(capsys, EXAMPLES / "compact1.rnx")
    assert code == 0
    assert "2020-01-01T00:00:00 GPST" in out
    assert "C1C:" in out


def test_faults_are_listed(capsys, tmp_path):
    lines = (EXAMPLES / "compact3.rnx").read_text().splitlines()
    path = tmp_path / "broken.rnx"
    path.write_text("\n".join([*lines, "garbage"]) + "\n")
    assert info(capsys, path)["faults"][0]["line"] == len(lines) + 1
    assert f"line {len(lines) + 1}: lines that belong to no epoch" in ask(capsys, path)[1]


def test_unknown_files_are_told_what_is_known(capsys, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir\n")
    code, _, err = ask(capsys, path)
    assert code == 2
    assert "begins 'Dear Sir'" in err
    assert "IONEX" in err
    assert ask(capsys, tmp_path / "nothing")[0] == 3
