"""Commands of three-body families: fixed names in the answer, constants with every orbit, spans in every refusal."""

from __future__ import annotations

import csv
import json

import pytest

from moonstead.cli.main import execute
from moonstead.orbits.three_body.system import EARTH_MOON


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["orbit", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_family_answers_by_period_with_its_constants(run):
    code, told, error = run(
        *("family", "--family", "nrho", "--point", "L2", "--branch", "south", "--period", "6.56d", "--json")
    )
    assert code == 0, error
    answer = json.loads(told)
    assert len(answer["state"]) == 6 and answer["state"][2] < 0.0
    assert answer["period"] == pytest.approx(6.56 * 86400.0 / EARTH_MOON.time, rel=1e-13)
    assert answer["period_d"] == pytest.approx(6.56, rel=1e-13)
    assert 3.0 < answer["jacobi"] < 3.1 and 1.0 < answer["stability_index"] < 2.0
    assert answer["constants"]["mass_ratio"] == EARTH_MOON.mass_ratio
    assert answer["constants"]["time_s"] == EARTH_MOON.time
    assert answer["synodic_resonance"] == "9:2"
    # with the constants of 384 400 km the same 6.56 d have a perilune of 3200 km: 2 % in the period are 9 % in it
    assert 2900.0 < answer["perilune_km"] < 3300.0


def test_family_answers_by_row_and_by_jacobi(run):
    code, told, error = run("family", "--family", "dro", "--row-near", "0.8289927,0,0.4949340", "--json")
    assert code == 0, error
    answer = json.loads(told)
    assert answer["state"][0] == pytest.approx(0.8289927, abs=1e-6)
    code, told, error = run("family", "--family", "dro", "--jacobi", repr(answer["jacobi"]), "--json")
    assert code == 0, error
    assert json.loads(told)["period"] == pytest.approx(answer["period"], rel=1e-9)


def test_a_synodic_resonance_says_the_period(run):
    code, told, error = run(
        *("family", "--family", "nrho", "--point", "L2", "--branch", "south", "--resonance", "9:2", "--json")
    )
    assert code == 0, error
    assert json.loads(told)["period_d"] == pytest.approx(29.53058886 * 2 / 9, rel=1e-9)


def test_families_lists_spans_and_members(run, tmp_path):
    code, told, error = run("families", "--json")
    assert code == 0, error
    rows = json.loads(told)["families"]
    assert {row["family"] for row in rows} >= {"lyapunov", "halo", "nrho", "butterfly", "axial", "vertical", "dpo"}
    file = tmp_path / "halos.csv"
    code, told, error = run("families", "--family", "halo", "--point", "L2", "--count", "3", "--csv", str(file))
    assert code == 0, error
    with file.open() as lines:
        members = list(csv.DictReader(lines))
    assert len(members) == 3 and float(members[0]["mass_ratio"]) == EARTH_MOON.mass_ratio


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--family", "nrho", "--point", "L2", "--period", "20 d"], "they span"),
        (["--family", "nrho", "--point", "L3", "--period", "6 d"], "L1, L2"),
        (["--family", "halo", "--point", "L2", "--period", "6"], "no unit"),
        (["--family", "dro"], "say which member"),
        (["--family", "dro", "--row-near", "1,b,2"], "--row-near"),
        (["--family", "resonant", "--resonance", "two", "--period", "20 d"], "whole numbers"),
        (["--family", "dro", "--period", "20 d", "--jacobi", "3"], "one of"),
    ],
)
def test_mistakes_are_told_in_one_panel(run, arguments, part):
    code, told, error = run("family", *arguments)
    assert code == 2 and part in " ".join(error.replace("│", " ").split()) and not told
