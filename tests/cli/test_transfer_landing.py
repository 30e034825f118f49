"""Authority: the library's own tests of landing; here only that the command tells what it finds."""

import json

import pytest

from moonstead.cli.main import execute

LANDER = ["--site", "-43,57", "--mass", "15.2 t", "--thrust", "45 kN", "--isp", "311 s", "--dry-mass", "6.9 t"]


def ask(capsys, *arguments):
    code = execute(["transfer", "landing", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_descent_ascent_and_aborts_over_terrain(capsys, tmp_path):
    profile = tmp_path / "descent.csv"
    code, out, err = ask(
        capsys,
        *LANDER,
        *["--ascent", "4.7 t,15.6 kN,311 s", "--at", "2035-06-01T00:00:00", "--degree", "40"],
        *["--profile", str(profile), "--json"],
    )
    assert code == 0, err
    answer = json.loads(out)
    assert 1750.0 < answer["descent"]["delta_v_m_s"] < 1950.0
    assert answer["descent"]["least_clearance_m"] > 0.0
    assert answer["flown_descent"]["position_defect_m"] < 0.15 < answer["flown_descent"]["designed_position_defect_m"]
    assert answer["flown_ascent"]["periapsis_km"] == pytest.approx(15.0, abs=0.01)
    assert answer["aborts"][-1]["possible"] and answer["aborts"][-1]["delta_v_m_s"] > 1700.0
    assert len(profile.read_text().splitlines()) > 50


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (["--site", "43"], 2, "two numbers of degrees"),
        (["--orbit", "100"], 2, "two altitudes"),
        (["--thrust", "4 kN"], 4, "cannot land"),
        (["--thrust", "4"], 2, "unit"),
        (["--gate-speed", "200 m/s"], 4, "cross the gate with less than"),
        (["--ascent", "4.7 t"], 2, "ascent stage is mass"),
        (["--terrain", "x.tif", "--level"], 2, "exclude each other"),
    ],
)
def test_bad_input_is_told_in_words(capsys, change, code, words):
    found, _, err = ask(capsys, *LANDER, *([] if "--terrain" in change else ["--level"]), *change)
    assert found == code
    assert words in " ".join(err.replace("│", " ").split())
