"""`moonstead gnss sisre` and `moonstead gnss dop`: what they answer, and how they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from moonstead.cli.main import execute
from moonstead.foundation.errors import MissingData

Ask = Callable[..., tuple[int, str, str]]
DAY_A = ("BRDC00IGS_R_20220010000_01D_MN.rnx.gz", "GFZ_MGX_20220010000_01D_05M_ORB.SP3.gz")
DAY_B = ("ESBC00DNK_R_20201770000_01D_MN.rnx.gz", "GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz")


@pytest.fixture
def gnss(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def ask(*words: str) -> tuple[int, str, str]:
        known = {name: str(shared_data / "gnss" / name) for name in (*DAY_A, *DAY_B, "SOURCES.md")}
        code = execute(["gnss", *(known.get(word, word) for word in words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ask


def test_sisre_tells_systems_blocks_and_satellites(gnss: Ask) -> None:
    code, out, err = gnss("sisre", *DAY_A, "--systems", "RC", "--json")
    assert code == 0, err
    answer = json.loads(out)
    rows = {row["block"]: row for row in answer["rows"]}
    assert {"GLONASS", "GLONASS-M", "BDS-3 MEO", "BDS-2 MEO", "BDS IGSO", "BDS GEO"} <= set(rows)
    assert rows["GLONASS"]["pairs"] == 5472
    assert rows["GLONASS"]["sisre_rms_m"] == pytest.approx(2.47, rel=0.02)
    assert rows["BDS-3 MEO"]["sisre_95_m"] == pytest.approx(1.0, rel=0.02)
    assert rows["GLONASS"]["radial_mean_m"] == pytest.approx(-2.01, abs=0.01)
    assert abs(rows["GLONASS"]["radial_mean_antenna_m"]) < 0.5
    assert answer["antenna_offsets"] == "shipped table"
    assert {row["system"] for row in answer["satellites"]} == {"R", "C"}
    assert sum(row["pairs"] for row in answer["satellites"] if row["group"] == "GLONASS") == 5472
    assert [event["satellite"] for event in answer["events"]] == ["R11", "C06", "C06"]
    assert {one["kind"] for one in answer["time_offsets_told"]} >= {"BDUT", "GLUT", "GPUT"}
    assert answer["from_gpst"] == "2022-01-01T00:00:00 GPST"


@pytest.mark.parametrize(("by", "head", "word"), [("block", "block", "GLONASS-K1"), ("satellite", "satellite", "R24")])
def test_sisre_prints_a_table_of_what_was_asked_for(gnss: Ask, by: str, head: str, word: str) -> None:
    code, out, err = gnss("sisre", *DAY_B, "--by", by)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[1].startswith(head)
    assert any(line.startswith(word) for line in lines)


def test_sisre_prints_ages_and_takes_a_kind_of_message(gnss: Ask) -> None:
    code, out, err = gnss("sisre", *DAY_B, "--systems", "E", "--by", "age", "--kind", "E=FNAV")
    assert code == 0, err
    assert out.splitlines()[1].split() == ["group", "age,", "s", "pairs", "SISRE", "95", "%", "unbiased"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("sisre", DAY_A[0]), "an SP3 file is missing"),
        (("sisre", DAY_A[1]), "a RINEX navigation file is missing"),
        (("sisre", *DAY_A, "SOURCES.md"), "of no kind that is known; give RINEX navigation files"),
        (("sisre", *DAY_A, "--systems", "Q"), "letters of GRECJIS"),
        (("sisre", *DAY_A, "--kind", "FNAV"), "such as E=FNAV"),
        (("dop", DAY_A[1], "--grid", "7"), "two numbers in degrees"),
        (("dop", DAY_A[1], "--grid", "7,10"), "divide 180 and 360"),
        (("dop", DAY_A[1], "--hours", "0"), "--hours"),
        (("dop", DAY_A[1], "--start", "today"), "date and time"),
        (("dop", DAY_A[1], "--without", "X01"), "no satellite X01"),
        (("dop", DAY_A[1], "--at", "95,10"), "latitude"),
    ],
)
def test_what_cannot_be_is_refused_in_words(gnss: Ask, words: tuple[str, ...], text: str) -> None:
    code, out, err = gnss(*words, "--json")
    assert code == 2
    assert out == ""
    assert text in json.loads(err)["message"]


def test_sisre_does_without_offsets_where_no_ephemeris_is(gnss: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> None:
        raise MissingData("no ephemeris is installed")

    monkeypatch.setattr("moonstead.navigation.monitoring.antenna_offsets.antenna_offsets", absent)
    code, out, err = gnss("sisre", *DAY_B, "--systems", "R", "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert answer["antenna_offsets"] == "none: no ephemeris is installed"
    assert answer["rows"][0]["pairs"] == 877
    assert "sisre_rms_antenna_m" not in answer["rows"][0]


def test_a_span_without_orbits_is_missing_data(gnss: Ask) -> None:
    code, _, err = gnss("dop", DAY_A[1], "--start", "2023-01-01T00:00:00", "--json")
    assert code == 3
    assert "no satellite is usable" in json.loads(err)["message"]


def test_dop_maps_the_earth_and_ranks_failures(gnss: Ask) -> None:
    code, out, err = gnss("dop", DAY_A[1], "--systems", "R", "--grid", "10,20", "--outages", "--step", "30", "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert len(answer["map"]["availability"]) == len(answer["map"]["latitude_deg"]) == 18
    assert 0.9 < answer["availability"] < 1.0
    assert answer["outages"][0]["name"].startswith("R plane")
    code, out, _ = gnss("dop", DAY_A[1], "--systems", "R", "--grid", "10,20", "--step", "30", "--without", "R08")
    assert code == 0
    assert "worst cell" in out


def test_dop_at_a_site_has_its_sky(gnss: Ask) -> None:
    code, out, err = gnss("dop", DAY_B[0], "--at", "55.5,8.4", "--hours", "2", "--own-clocks", "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert answer["clocks"] == "one for each system"
    assert len(answer["series"]["pdop"]) == answer["epochs"] == 8
    first = answer["sky"][0]
    assert len(first["azimuth_deg"]) == 8
    assert all(value is None or 5.0 < value <= 90.0 for value in first["elevation_deg"])
    code, out, _ = gnss("dop", DAY_B[0], "--at", "55.5,8.4", "--hours", "2")
    assert code == 0
    assert "worst PDOP" in out
