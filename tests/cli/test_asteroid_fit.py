"""Authority: the library behind the command, what it wrote read again, the words of the errors."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute

NAMED = ("eccentricity", "perihelion_distance_au", "inclination_deg", "node_deg", "perihelion_time_jd_tdb")


def ask(capsys, *arguments):
    code = execute(["asteroid", "fit", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.fixture
def folder(shared_data):
    return shared_data / "smallbodies"


def test_the_answer_has_elements_covariance_and_every_row(capsys, folder, tmp_path):
    orbit, rows = tmp_path / "orbit.json", tmp_path / "rows.psv"
    path = folder / "2024PT5.obs80"
    code, out, err = ask(capsys, path, "--out", orbit, "--residuals", rows, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["kind"] == "fit"
    assert found["converged"]
    assert found["object"] == "2024 PT5"
    for name in NAMED:
        assert found["elements"][name]["sigma"] > 0.0
    assert len(found["covariance"]) == len(found["covariance_parameters"]) == 6
    assert found["A2"]["sigma_au_d2"] is None
    assert found["used"] + len(found["left_out"]) == found["rows"]
    assert all(row["reason"] for row in found["left_out"])
    assert 0.1 < found["rms_arcsec"] < 1.0
    lines = path.read_text().splitlines()
    assert found["rows"] + len(found["rejected_lines"]) <= len(lines)

    written = rows.read_text().splitlines()
    assert sum(line.startswith("2024 PT5") for line in written) == found["rows"]
    assert any("resRA" in line for line in written)

    # what was written begins the next correction, and leads to the same orbit
    code, out, _ = ask(capsys, path, "--from-orbit", orbit, "--json")
    again = json.loads(out)
    assert code == 0
    one, other = found["elements"]["eccentricity"], again["elements"]["eccentricity"]
    assert other["value"] == pytest.approx(one["value"], abs=0.01 * one["sigma"])


def test_an_arc_too_short_is_told_with_its_spread(capsys, folder):
    code, out, _ = ask(capsys, folder / "2014AA.obs80")
    assert code == 0
    assert "too short for one orbit" in out
    code, out, _ = ask(capsys, folder / "2014AA.obs80", "--json")
    found = json.loads(out)
    assert found["kind"] == "sample"
    assert found["covariance"] is None
    assert found["distance_au"]["low"] < found["distance_au"]["median"] < found["distance_au"]["high"]
    assert found["absolute_magnitude"] == pytest.approx(30.9, abs=1.0)  # MPC: 30.9


def test_a_file_of_several_objects_asks_which(capsys, folder):
    code, _, err = ask(capsys, folder / "layup_4_asteroids_ades.csv", "--json")
    assert code == 2
    assert "objects: " in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--solve-for", "A9"], "--solve-for knows A1, A2, A3 and none"),
        (["--object", "2099 XX"], "no observation of '2099 XX'"),
    ],
)
def test_what_means_nothing_is_refused_in_words(capsys, folder, arguments, words):
    code, _, err = ask(capsys, folder / "2014AA.obs80", *arguments, "--json")
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_a_file_that_is_not_there_is_missing_data(capsys, tmp_path):
    code, _, err = ask(capsys, tmp_path / "none.obs80", "--json")
    assert code == 3
    assert "there is no such file" in err


def test_residuals_of_a_sample_are_refused(capsys, folder, tmp_path):
    code, _, err = ask(capsys, folder / "2014AA.obs80", "--residuals", tmp_path / "rows.psv", "--json")
    assert code == 2
    assert "too short for one orbit" in err
    assert not (tmp_path / "rows.psv").exists()
