"""`moonstead asteroid deflect`: its answer in JSON and in words, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from moonstead.cli.main import execute

ORBIT = "sbdb_2024YR4_phys.json"
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def deflect(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def ask(*words: str) -> tuple[int, str, str]:
        orbit = str(shared_data / "smallbodies" / ORBIT)
        code = execute(["asteroid", "deflect", *(orbit if word == "ORBIT" else word for word in words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ask


def test_json_tells_pushes_that_were_flown(deflect: Ask) -> None:
    code, out, err = deflect(
        *("--from-orbit", "ORBIT", "--body", "moon", "--near", "2032-12-22", "--push", "2030-01-01", "--json"),
        *("--mass", "2.2e8", "--launch", "2028-08-01..2028-10-01", "--flight-days", "40..200"),
    )
    assert code == 0, err
    answer = json.loads(out)
    assert answer["body"] == "moon"
    assert "likeliest orbit that hits" in answer["moved_orbit"]
    assert answer["encounter"]["impact"] is True
    assert [one["kind"] for one in answer["pushes"]] == ["along-track", "best"]
    assert all(one["proved"] for one in answer["pushes"])
    wanted = answer["wanted_distance_km"]
    assert answer["pushes"][0]["flown_distance_km"] == pytest.approx(wanted, rel=1e-3)
    assert answer["asteroid_mass_kg"] == {"low": 2.2e8, "nominal": 2.2e8, "high": 2.2e8}
    strike = answer["kinetic_impactor"]["delta_v_cm_s"]
    assert strike["low"] < strike["nominal"] < strike["high"]
    assert answer["gravity_tractor"]["flown_distance_km"] == pytest.approx(wanted, rel=0.01)
    assert answer["windows"][0]["spacecraft_mass_kg"]["nominal"] > 0.0
    assert any("observe first" in note for note in answer["notes"])


def test_words_tell_the_same(deflect: Ask) -> None:
    code, out, err = deflect("--from-orbit", "ORBIT", "--body", "moon", "--near", "2032-12-22", "--push", "2030-01-01")
    assert code == 0, err
    assert "hits moon on 2032-12-22" in out
    assert "along-track" in out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "either files of observations or a published orbit"),
        (["--from-orbit", "ORBIT", "--body", "mars"], "earth or moon"),
        (["--from-orbit", "ORBIT", "--miss", "-1"], "--miss must be positive"),
        (["--from-orbit", "ORBIT", "--near", "2001-01-01"], "before the epoch"),
        (["--from-orbit", "ORBIT", "--until", "1999"], "before the epoch"),
        (
            ["--from-orbit", "ORBIT", "--body", "moon", "--near", "2032-12-22", "--push", "2040-01-01"],
            "after the passage",
        ),
        (["--from-orbit", "ORBIT", "--body", "moon", "--near", "2032-12-22", "--push", "soon"], "soon"),
        (["--from-orbit", "nowhere.json"], "no such file"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(deflect: Ask, more: list[str], said: str) -> None:
    code, out, err = deflect(*more, "--json")
    assert code in (2, 3)
    assert said in " ".join(err.split())
    assert "Traceback" not in err + out


def test_a_body_that_cannot_hit_is_not_deflected(deflect: Ask, shared_data: Path) -> None:
    apophis = str(shared_data / "smallbodies" / "sbdb_99942_phys.json")
    code, _, err = deflect("--from-orbit", apophis, "--near", "2029-04-13", "--json")
    assert code == 2
    assert "nothing to move" in err
