"""Commands of the station's power: answers with units in their keys, mistakes in one panel."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moonstead.cli.main import execute

GRID = str(Path(__file__).parents[1] / "run" / "grid.toml")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return str(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["station", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_power_answers_by_bus(run, kept):
    code, told, error = run("power", GRID, "--keep", kept, "--json")
    assert code == 0, error
    sites = {row["site"]: row for row in json.loads(told)["sites"]}
    camp = sites["camp"]
    assert camp["grid"] == ["ridge", "camp"] and camp["lines"][0]["id"] == "cable"
    assert camp["imbalance"] < 1e-9 and camp["stores"][0]["kind"] == "fuel-cell"
    assert sites["alone"]["least_charge"] is None
    assert all({"cause", "origins", "text"} <= set(shortage) for shortage in camp["shortages"])
    served = camp["energy_kwh"]["served"] + camp["energy_kwh"]["not served"]
    assert served == pytest.approx((3.0 + 9.0) * 14 * 24, rel=1e-6)


def test_power_of_one_site_reads_well(run, kept):
    code, told, error = run("power", GRID, "--keep", kept, "--site", "alone")
    assert code == 0, error
    assert "made by rtg" in told and "camp" not in told


def test_a_site_without_power_is_told(run, kept):
    code, _, error = run("power", GRID, "--keep", kept, "--site", "nowhere")
    assert code == 2
    assert "ridge, camp, alone" in " ".join(error.split())


def test_size_answers_with_the_test_of_its_answer(run, kept):
    options = ("--survival", "0.7", "--samples", "6", "--step", "3 h", "--keep", kept, "--json")
    code, told, error = run("size", GRID, *options)
    assert code == 0, error
    grids = {tuple(row["sites"]): row for row in json.loads(told)["grids"]}
    grid = grids["ridge", "camp"]
    assert set(grid["given_sizes"]) == {"array_area_m2", "reactor_power_kw", "storage_kwh"}
    low, high = grid["verified"]["interval_95"]
    assert low <= grid["verified"]["probability"] <= high and grid["best"]["mass_kg"] > 0.0
    assert grids["alone",]["best"] is None
    assert run("size", GRID, *options)[1] == told  # the same seed, the same answer


def test_a_survival_of_one_is_refused(run, kept):
    code, _, error = run("size", GRID, "--survival", "1", "--samples", "2", "--keep", kept)
    assert code == 2 and "probability" in error
