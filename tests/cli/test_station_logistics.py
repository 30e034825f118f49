"""The command station logistics: units in its keys, a calendar as a file, mistakes in one panel."""

import csv
import json
from pathlib import Path

import pytest

from moonstead.cli.main import execute

MISSIONS = Path(__file__).parents[1] / "run" / "missions.toml"


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["station", "logistics", *map(str, arguments)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_the_answer_says_what_arrives_and_what_a_loss_does(run, tmp_path):
    calendar = tmp_path / "flights.csv"
    code, told, error = run(MISSIONS, "--json", "--csv", calendar)
    assert code == 0, error
    answer = json.loads(told)
    assert [one["mission"] for one in answer["missions"]] == ["cargo-1", "lander-1", "visit-1"]
    cargo = answer["missions"][0]
    assert cargo["arrival"].startswith("2035-01-14T18") and cargo["cargo_kg"] == 650.0
    assert cargo["departure_mass_kg"] == pytest.approx(4100.0 + 650.0 + sum(cargo["propellant_kg"].values()))
    losses = {one["mission"]: one for one in answer["lost"]}
    assert losses[None]["dry"] == []
    assert losses["cargo-1"]["then_not_flown"] == ["visit-1"] and losses["cargo-1"]["cancelled_stays"] == ["first"]
    assert answer["supply"]["probability_low"] <= answer["supply"]["probability_high"]
    assert answer["campaign"]["violations"] == [] and abs(answer["campaign"]["imbalance_kg"]) < 1.0
    rows = list(csv.DictReader(calendar.read_text().splitlines()))
    assert rows[0]["flight"] == "cargo-1" and len(rows) == 3 + len(answer["campaign"]["flights"])


def test_one_loss_reads_well(run, tmp_path):
    text = MISSIONS.read_text().replace('needs = ["cargo-1"]', "")
    path = tmp_path / "alone.toml"
    path.write_text(text)
    code, told, error = run(path, "--lost", "cargo-1")
    assert code == 0, error
    assert "Without cargo-1: food at hub runs dry on 2035-01-2" in told and "first must leave hub by" in told


def test_a_lost_flight_of_the_plan_is_planned_anew(run):
    code, told, error = run(MISSIONS, "--lost", "cargo-lander 1", "--json")
    assert code == 0, error
    campaign = json.loads(told)["campaign"]
    assert campaign["lost"] == "cargo-lander 1" and campaign["more_launches"] == 1
    assert campaign["violations"] == [] and campaign["flights"][0]["cargo"] == []
    code, _, error = run(MISSIONS, "--lost", "cargo-lander 7")
    assert code == 2 and "cargo-lander 7" in error and "cargo-lander 1" in error


def test_mistakes_are_told(run, tmp_path):
    code, _, error = run(MISSIONS, "--lost", "cargo-7")
    assert code == 2 and "cargo-7" in error and "cargo-1, lander-1, visit-1" in error
    heavy = tmp_path / "heavy.toml"
    heavy.write_text(MISSIONS.read_text().replace('mass = "250 kg"', 'mass = "7 t"'))
    code, _, error = run(heavy)
    assert code == 2 and "lacks" in error and "most" in error
    code, _, error = run(Path(__file__).parents[1] / "run" / "stores.toml")
    assert code == 2 and "no missions" in error
