"""`moonstead orbit correct`: figures with units in their keys, files beside them, mistakes in one panel."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute

NRHO = ("--family", "nrho", "--point", "L2", "--branch", "south")
START = ("--start", "2026-01-01", "--revolutions", "3", "--degree", "2")


@pytest.fixture
def run(capsys):
    def call(*arguments):
        code = execute(["orbit", "correct", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_an_orbit_is_corrected_and_written(run, tmp_path):
    files = ("--oem", str(tmp_path / "a.oem"), "--spk", str(tmp_path / "a.bsp"))
    code, told, error = run(*NRHO, "--resonance", "9:2", "--avoid-eclipses", "earth", *START, *files, "--json")
    assert code == 0, error
    answer = json.loads(told)
    assert answer["position_defect_m"] < 1.0 and answer["eclipses"][0] == {
        "by": "EARTH",
        "count": 0,
        "longest_min": 0.0,
        "total_h": 0.0,
        "penumbra": "included",
    }
    assert answer["mean_period_d"] == pytest.approx(2.0 * 29.530588853 / 9.0, rel=1e-9)
    assert answer["oem"]["interpolation_error_m"] < 1e-3 and (tmp_path / "a.bsp").stat().st_size > 5000


def test_a_member_by_its_period_reads_well_and_leaves_no_nodes(run, tmp_path):
    kept = tmp_path / "nodes.npz"
    code, told, error = run(*NRHO, "--period", "6.56d", *START, "--resume", str(kept))
    assert code == 0, error
    assert "perilune" in told and "defects" in told and not kept.exists()


def test_an_orbit_of_ones_own_is_flown(run, tmp_path):
    """A row of JPL's catalogue: the southern halo of 14.8 days."""
    from moonstead.orbits.three_body.families import periodic_orbit

    orbit = periodic_orbit("halo", point="L2", branch="south", period=14.8 * 86_400.0)
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"state": orbit.state.tolist(), "period": orbit.period}))
    code, told, error = run("--state-file", str(path), *START, "--json")
    assert code == 0, error
    answer = json.loads(told)
    assert answer["orbit"]["stability_index"] == pytest.approx(orbit.stability_index, rel=1e-6)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "say which orbit"),
        ((*NRHO,), "one of --period, --jacobi and --resonance"),
        ((*NRHO, "--resonance", "9-2"), "write for example 9:2"),
        ((*NRHO, "--period", "6.56d", "--avoid-eclipses", "mars"), "of the earth and of the moon"),
        ((*NRHO, "--period", "6.56d", "--mass", "3"), "both --mass and --area"),
        ((*NRHO, "--period", "6.56d", "--phase", "2"), "share of a revolution"),
        (("--state-file", "absent.json"), "no such file"),
        ((*NRHO, "--period", "6.56d", "--oem", "/absent/a.oem"), "does not exist"),
        ((*NRHO, "--period", "6.56d", "--spk", "a.bsp", "--naif-id", "5"), "negative NAIF id"),
    ],
)
def test_what_is_wrong_is_told(run, given, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, error = run(*given, *START)
    assert code in (2, 3) and told in " ".join(error.replace("│", " ").split())


def test_a_state_that_does_not_close_is_refused(run, tmp_path):
    path = tmp_path / "own.json"
    path.write_text(json.dumps({"state": [1.02, 0, -0.18, 0, -0.1, 0], "period": 1.5}))
    code, _, error = run("--state-file", str(path), *START)
    assert code == 2 and "no periodic orbit of these constants" in " ".join(error.replace("│", " ").split())
