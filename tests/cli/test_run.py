"""The command runs a scenario, says what it would do, and refuses what cannot be."""

import json
import shutil
from pathlib import Path

import pytest

from moonstead.cli.main import execute

MINI = Path(__file__).resolve().parents[1] / "run" / "mini.toml"


@pytest.fixture
def folder(small_run, tmp_path):
    shutil.copytree(small_run, tmp_path / "run")
    return tmp_path / "run"


def test_an_unchanged_run_answers_in_json(folder, capsys):
    assert execute(["run", str(MINI), "--out", str(folder), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {task["state"] for task in answer["tasks"]} == {"kept"}
    assert Path(answer["report"]).is_file()
    assert any("site answer" in warning for warning in answer["warnings"])


def test_a_dry_run_writes_nothing_and_names_the_report(folder, tmp_path, capsys):
    scenario = tmp_path / "edited.toml"
    scenario.write_text(MINI.read_text().replace('load = "1 kW"', 'load = "1.1 kW"'))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert execute(["run", str(scenario), "--out", str(folder), "--dry-run", "--json"]) == 0
    states = {task["id"]: task["state"] for task in json.loads(capsys.readouterr().out)["tasks"]}
    new = [name for name, state in states.items() if state == "new"]
    assert new == ["grid.rim", "power.rim", "causes.rim", "report"]  # the ledger, and what tells of it
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_dry_run_of_nothing_new_keeps_the_report(folder, capsys):
    assert execute(["run", str(MINI), "--out", str(folder), "--dry-run", "--json"]) == 0
    assert {task["state"] for task in json.loads(capsys.readouterr().out)["tasks"]} == {"kept"}


def test_a_new_title_makes_a_new_report_alone(folder, tmp_path, capsys):
    scenario = tmp_path / "edited.toml"
    scenario.write_text(MINI.read_text().replace("A small station for the tests", "Another title"))
    assert execute(["run", str(scenario), "--out", str(folder), "--dry-run", "--json"]) == 0
    states = {task["id"]: task["state"] for task in json.loads(capsys.readouterr().out)["tasks"]}
    assert [name for name, state in states.items() if state == "new"] == ["view", "report"]


def test_the_run_ends_with_what_fails(folder, capsys):
    assert execute(["run", str(MINI), "--out", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "rim: share of the loads' energy served" in told
    assert "report.html" in told


def test_an_orbit_that_hits_the_moon_is_refused_with_its_date(tmp_path, capsys):
    scenario = tmp_path / "low.toml"
    lines = MINI.read_text().splitlines()
    shape = (
        'orbit = { kind = "frozen-ellipse", periselene = "60 km", period = "30 h", apsis = "south", lifetime = "2 yr" }'
    )
    scenario.write_text("\n".join(shape if line.startswith("orbit = ") else line for line in lines))
    assert execute(["run", str(scenario), "--out", str(tmp_path / "out")]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "Raise the periselene" in told.replace("│ ", "")
    assert "Traceback" not in told


def test_the_report_can_be_made_again(folder, capsys):
    (folder / "report.html").unlink()
    assert execute(["report", str(folder), "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["report"]).is_file()


def test_a_report_of_nothing_is_refused(tmp_path, capsys):
    assert execute(["report", str(tmp_path)]) == 3
    assert "holds no finished run" in " ".join(capsys.readouterr().err.split())
