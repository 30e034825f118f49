"""`moonstead gnss orbit`: what it answers, writes, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from moonstead.cli.main import execute
from moonstead.formats.rinex_navigation import read_navigation
from moonstead.formats.sp3 import read_sp3

Ask = Callable[..., tuple[int, str, str]]
FIRST, SECOND = (f"GRG0MGXFIN_2020{day}0000_01D_15M_ORB.SP3.gz" for day in (176, 177))


@pytest.fixture
def orbit(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def ask(*words: str) -> tuple[int, str, str]:
        code = execute(
            ["gnss", "orbit", *(str(shared_data / "gnss" / w) if w in (FIRST, SECOND) else w for w in words)]
        )
        told = capsys.readouterr()
        return code, told.out, told.err

    return ask


def test_the_first_file_is_fitted_and_the_second_judges(orbit: Ask, tmp_path: Path) -> None:
    message, product = tmp_path / "own.rnx", tmp_path / "own.sp3"
    code, out, err = orbit(
        SECOND, FIRST, "--satellites", "R01,g05", "--message", str(message), "--out", str(product), "--json"
    )
    assert code == 0, err
    answer = json.loads(out)
    assert answer["fit_from_gpst"] == "2020-06-24T00:00:00 GPST"
    rows = {row["satellite"]: row for row in answer["satellites"]}
    assert set(rows) == {"R01", "G05"}
    assert rows["R01"]["block"] == "GLONASS-M"
    assert rows["R01"]["fit_rms_3d_m"] < 0.05
    assert rows["R01"]["prediction"]["median_3d_m"] < 0.5
    assert rows["R01"]["parameters"]["D0"]["value"] == pytest.approx(-150.0, abs=5.0)
    assert set(rows["G05"]["parameters"]) == {"D0", "Y0", "B0", "B1C", "B1S", "D2C", "D2S", "D4C", "D4S"}
    assert {row["system"] for row in answer["summary"]} == {"G", "R"}
    assert {row["name"] for row in answer["message"]["score"]} == {"GLONASS", "GPS"}
    assert set(read_navigation(message).messages.satellite.tolist()) == {"R01", "G05"}
    assert read_sp3(product).gpst.size == 192


def test_one_file_gives_a_fit_and_a_prediction_without_a_judge(orbit: Ask) -> None:
    code, out, err = orbit(FIRST, "--satellites", "R01", "--model", "ecom", "--predict", "6 h", "--pulses", "6 h")
    assert code == 0, err
    assert "R01  GLONASS-M" in out
    code, out, err = orbit(FIRST, "--satellites", "R01", "--model", "box-wing", "--json")
    assert code == 0, err
    assert json.loads(out)["satellites"][0]["prediction"] is None


def test_where_no_orbit_is_fitted_the_reason_is_told(orbit: Ask, shared_data: Path) -> None:
    beidou = shared_data / "gnss" / "COD0MGXFIN_20220010000_01D_05M_ORB.SP3.gz"
    code, _, err = orbit(str(beidou), "--satellites", "C30", "--model", "box-wing", "--json")
    assert code == 4
    assert "plates" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--satellites", "X"), "'X'"),
        (("--fit-day", "3"), "1 file(s)"),
        (("--predict", "11 d"), "--predict"),
        (("--predict", "4 kg"), "kg"),
    ],
)
def test_what_makes_no_sense_is_refused(orbit: Ask, words: tuple[str, ...], told: str) -> None:
    code, _, err = orbit(FIRST, *words, "--json")
    assert code == 2
    assert told in err


def test_a_file_that_is_no_product_is_refused(orbit: Ask, tmp_path: Path) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("not a product\n")
    code, _, err = orbit(str(wrong), "--json")
    assert code == 2
    assert "notes.txt" in err
