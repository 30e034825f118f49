"""Authority: the library behind the command, published figures of 2024 YR4, the words of the errors."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute

YR4 = ("--latitude", -30, "--longitude", 20, "--energy-mt", 6.5, "--speed", 13.93, "--angle", 50)


def ask(capsys, *arguments):
    code = execute(["asteroid", "effects", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_answer_has_every_figure_with_its_span(capsys):
    code, out, _ = ask(capsys, *YR4, "--site", "hub=-88.8,123.4", "--site", "-33,20", "--cover", 2, "--json")
    assert code == 0
    found = json.loads(out)
    impact = found["impact"]
    assert impact["crater_diameter_m"]["low"] <= 1000.0 <= impact["crater_diameter_m"]["high"]
    assert impact["escaping_mass_kg"]["nominal"] <= 1e8
    assert impact["moonquake_magnitude"]["nominal"] == pytest.approx(5.0, abs=0.2)
    assert impact["probability"] is None
    hub, near = found["sites"]
    assert hub["site"] == "hub"
    assert near["site"] == "-33, 20"
    assert near["distance_km"] == pytest.approx(90.97, abs=0.01)
    for one in (hub, near):
        for name, figure in one.items():
            if isinstance(figure, dict):
                assert figure["low"] <= figure["nominal"] <= figure["high"], name
        assert one["holes_per_m2"]["high"] < one["pieces_per_m2"]["high"]
        assert one["advice"]


def test_an_orbiter_gets_hits_and_advice(capsys):
    code, out, _ = ask(capsys, *YR4, "--orbit-altitude", 100, "--json")
    assert code == 0
    orbiter = json.loads(out)["orbiter"]
    assert orbiter["hits_per_m2"]["high"] > 0.0
    assert len(orbiter["phase_hits_per_m2"]) == 24
    assert orbiter["advice"]


def test_an_answer_of_asteroid_impact_is_taken(capsys, tmp_path):
    weak = {"probability": 0.001, "latitude_deg": 10.0, "longitude_deg": 5.0, "speed_m_s": 13e3, "energy_mt": 1.0}
    strong = {
        "probability": 0.04,
        "latitude_deg": {"value": -30.0, "sigma": 0.4},
        "longitude_deg": {"value": 20.0, "sigma": 1.0},
        "speed_m_s": {"value": 13_930.0, "sigma": 1.0},
        "elevation_deg": {"value": 50.0, "sigma": 1.0},
        "energy_mt": {"low": 3.0, "nominal": 6.5, "high": 12.0},
    }
    path = tmp_path / "impact.json"
    path.write_text(json.dumps({"moon": {"probability": 0.041, "virtual_impactors": [weak, strong]}}))
    code, out, _ = ask(capsys, "--from-impact", path, "--json")
    assert code == 0
    impact = json.loads(out)["impact"]
    assert impact["probability"] == 0.04
    assert impact["latitude_deg"] == pytest.approx(-30.0)
    assert impact["energy_mt"] == pytest.approx(6.5)
    assert impact["angle_deg"] == pytest.approx(50.0)


def test_the_table_is_for_people(capsys):
    code, out, _ = ask(capsys, *YR4, "--site", "hub=-33,20", "--orbit-altitude", 100)
    assert code == 0
    assert "crater, rim to rim" in out
    assert "Stay under cover" in out
    assert "nan" not in out.lower().split()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "where is the impact"),
        (("--latitude", 0, "--longitude", 0), "how fast"),
        (("--latitude", 0, "--longitude", 0, "--speed", 14), "one of --energy-mt and --diameter"),
        ((*YR4, "--diameter", 60), "one of --energy-mt and --diameter"),
        (("--latitude", 95, "--longitude", 0, "--speed", 14, "--energy-mt", 1), "no such place"),
        (("--latitude", 0, "--longitude", 0, "--speed", 13_900, "--energy-mt", 1), "km/s"),
        (("--latitude", 0, "--longitude", 0, "--speed", 14, "--energy-mt", -1), "positive"),
        ((*YR4, "--angle", 0), "--angle"),
        ((*YR4, "--site", "hub"), "write NAME="),
        ((*YR4, "--site", "hub=-95,0"), "no such place"),
        ((*YR4, "--cover", -1), "thickness"),
        ((*YR4, "--orbit-altitude", 0), "--orbit-altitude"),
        ((*YR4, "--orbit-altitude", 100, "--lead", 0), "--lead"),
        ((*YR4, "--from-impact", "x.json"), "leave out"),
    ],
)
def test_what_cannot_be_is_refused_in_words(capsys, arguments, says):
    code, _, err = ask(capsys, *arguments)
    assert code == 2
    assert says in err


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (None, 3, "there is no file"),
        ("not json", 2, "is no JSON"),
        ("[]", 2, "the key 'moon'"),
        ('{"moon": {"probability": 0.0, "virtual_impactors": []}}', 2, "knows no impact on the Moon"),
        ('{"moon": {"virtual_impactors": [{"latitude_deg": 1}]}}', 2, "lacks longitude_deg, speed_m_s"),
    ],
)
def test_a_file_that_is_no_answer_is_refused_in_words(capsys, tmp_path, text, code, says):
    path = tmp_path / "impact.json"
    if text is not None:
        path.write_text(text)
    found, _, err = ask(capsys, "--from-impact", path)
    assert found == code
    assert says in err
