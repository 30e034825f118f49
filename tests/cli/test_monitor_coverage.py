"""`moonstead monitor coverage`, `fireballs` and `visibility`: answers, tables, and one panel for what is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moonstead.cli.main import execute
from moonstead.monitoring.coverage.closed_forms import cap_share, footprint

QUICK = ["--grid-deg", "15", "--hours", "2"]
HEADER = (
    '"Peak Brightness Date/Time (UT)","Latitude (deg.)","Longitude (deg.)","Altitude (km)","Velocity (km/s)","vx","vy",'
    '"vz","Total Radiated Energy (J)","Calculated Total Impact Energy (kt)"\n'
)
CHELYABINSK = '"2013-02-15 03:20:33","54.8N","61.1E","23.3","18.6","+12.8","-13.3","-2.4","3.75e14","440"\n'


Ask = Callable[..., dict[str, Any]]
Refused = Callable[..., str]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Answer of a command in JSON."""

    def asked(*arguments: str) -> dict[str, Any]:
        assert execute(["monitor", *arguments, "--json"]) == 0, capsys.readouterr().err
        answer: dict[str, Any] = json.loads(capsys.readouterr().out)
        return answer

    return asked


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Panel of a command that is refused."""

    def told(*arguments: str, code: int = 2) -> str:
        assert execute(["monitor", *arguments]) == code
        return capsys.readouterr().err

    return told


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [
        f'"2000-01-{day:02d} 00:00:00","{day}.0N","{day}.0E","","","","","","2.0e10","{0.1 * 1.3**day:.3f}"\n'
        for day in range(1, 29)
    ]
    path = tmp_path / "fireballs.csv"
    path.write_text(HEADER + "".join(rows) + CHELYABINSK + "damaged\n")
    return path


def test_three_geostationary_satellites_cover_what_their_footprints_do(ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "map.csv"
    answer = ask("coverage", "geo-3", "--grid-deg", "3", "--hours", "1", "--out", str(out))
    assert answer["satellites"] == 3 and answer["body"] == "EARTH"
    number = sum(n * share for n, share in enumerate(answer["share_by_number"]))
    # on the ellipsoid the horizon of high latitudes is a little farther than on the sphere of the closed form
    assert number == pytest.approx(3.0 * float(cap_share(footprint(35_786e3, 0.0))), rel=5e-3)
    assert answer["bands"][0]["share_at_least_1"] == 0.0  # the pole
    lines = out.read_text().splitlines()
    assert len(lines) == answer["cells"] + 1 and lines[0].startswith("latitude_deg,longitude_deg,area_share,")


def test_patterns_join_and_the_moon_is_watched_as_the_earth_is(ask: Ask) -> None:
    joined = ask("coverage", "--walker", "4/2/1", "--geo", "0,180", "--molniya", "2@80", "--tundra", "1@10", *QUICK)
    assert joined["satellites"] == 9
    moon = ask("coverage", "--walker", "2/1/0", "--body", "moon", "--altitude-km", "1000", *QUICK)
    assert moon["body"] == "MOON" and 0.1 < moon["share_at_least"][0] < 0.9


def test_presets_are_listed_with_their_sources(ask: Ask) -> None:
    told = ask("coverage", "--presets")
    assert {"iridium", "geo-3", "galileo"} <= set(told) and all(one["source"] for one in told.values())


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "nobody watches"),
        (["iridum"], "iridium"),
        (["--walker", "5/2/0"], "evenly"),
        (["--walker", "5-2"], "T/P/F"),
        (["--geo", "east"], "longitudes"),
        (["--molniya", "3"], "3@80"),
        (["geo-3", "--light", "dusk"], "light"),
        (["geo-3", "--grid-deg", "0.01"], "cells"),
        (["geo-3", "--hours", "0"], "--hours"),
        (["geo-3", "--walker", "2/1/0", "--body", "MOON"], "other"),
        (["geo-3", "--required", "9"], "required"),
    ],
    ids=["nobody", "typo", "planes", "walker", "geo", "molniya", "light", "grid", "hours", "bodies", "required"],
)
def test_wrong_coverage_is_told_in_one_panel(refused: Refused, arguments: list[str], word: str) -> None:
    assert word in refused("coverage", *arguments)


def test_fireballs_have_a_law_a_detection_and_an_orbit(ask: Ask, table: Path) -> None:
    answer = ask("fireballs", str(table), "--above-kt", "0.2", "--preset", "geo-3", "--orbit", "2013-02-15")
    assert answer["events"] == 29 and len(answer["faults"]) == 1
    assert answer["law"]["events"] > 20 and answer["law"]["slope"] > 0.0
    assert answer["detection"]["of_events"] == 29
    low, high = answer["detection"]["by_one"]["interval_95"]
    assert low <= answer["detection"]["by_one"]["share"] <= high
    (orbit,) = answer["orbits"]
    assert orbit["semi_major_axis_au"]["told"] == pytest.approx(1.72, abs=0.1)
    assert orbit["share_open"] == 0.0


def test_a_fireball_without_velocity_has_no_orbit(ask: Ask, table: Path) -> None:
    answer = ask("fireballs", str(table), "--above-kt", "0.2", "--orbit", "2000-01-05")
    assert "no velocity" in answer["orbits"][0]["why_not"]


def test_wrong_questions_about_fireballs_are_told(refused: Refused, table: Path, tmp_path: Path) -> None:
    assert "no event of" in refused("fireballs", str(table), "--above-kt", "0.2", "--orbit", "1999-01-01")
    assert "fewer than" in refused("fireballs", str(table), "--above-kt", "400")
    assert "too few" in refused("fireballs", str(table))
    assert "later than" in refused("fireballs", str(table), "--above-kt", "0.2", "--since", "2024-01-01")
    assert "none.csv" in refused("fireballs", str(tmp_path / "none.csv"), code=3)


def test_an_orbiter_of_the_moon_is_seen_from_space_more_than_from_the_ground(ask: Ask) -> None:
    answer = ask(
        "visibility", "--lunar-orbit", "300,8000,60,20", "--ground", "31,-7.9,2700", "--geo", "0", "--hours", "24"
    )
    ground, space = answer["telescopes"]
    assert 0.0 < ground["share_seen"] < space["share_seen"] < 1.0
    assert answer["together"]["share_seen"] >= space["share_seen"]
    assert ground["share_of_each_demand"]["night"] == pytest.approx(0.5, abs=0.2)
    assert len(space["windows"]) > 1 and math.isfinite(space["brightest_mag"])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--l1"], "one object"),
        (["--lunar-orbit", "100,100,90,0"], "nobody looks"),
        (["--lunar-orbit", "100,90"], "--lunar-orbit"),
        (["--lunar-orbit", "100,50,90,0", "--l1"], "periselene"),
        (["--lunar-orbit", "100,100,90,0", "--ground", "95,0"], "latitude"),
        (["--lunar-orbit", "100,100,90,0", "--l1", "--albedo", "2"], "albedo"),
        (["--lunar-orbit", "100,100,90,0", "--l1", "--hours", "-1"], "--hours"),
    ],
    ids=["target", "nobody", "numbers", "order", "place", "albedo", "hours"],
)
def test_wrong_visibility_is_told_in_one_panel(refused: Refused, arguments: list[str], word: str) -> None:
    assert word in refused("visibility", *arguments)


def test_answers_in_words_tell_their_figures(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["monitor", "coverage", "geo-3", *QUICK]) == 0
    told = capsys.readouterr().out
    assert "3 satellites over the Earth" in told and "longest gap" in told and "nan" not in told
    assert execute(["monitor", "fireballs", str(table), "--above-kt", "0.2", "--preset", "geo-3"]) == 0
    told = capsys.readouterr().out
    assert "slope" in told and "by two" in told and "Brown 2002" in told
    assert execute(["monitor", "visibility", "--lunar-orbit", "300,8000,60,20", "--l1", "--l2", "--hours", "6"]) == 0
    told = capsys.readouterr().out
    assert "Earth-Moon L1" in told and "by any of them" in told and "nan" not in told


def test_sensors_of_a_scenario_are_asked_what_they_see(ask: Ask, refused: Refused, tmp_path: Path) -> None:
    text = (
        'title = "Ring"\nstart = 2026-01-01T00:00:00Z\nstop = 2026-01-01T02:00:00Z\n\n[monitoring]\n\n[[sensor]]\n'
        'id = "ring"\nkind = "satellite"\norbit = { kind = "geo", longitudes = ["0 deg", "120 deg", "-120 deg"] }\n'
    )
    path = tmp_path / "ring.toml"
    path.write_text(text)
    (told,) = ask("coverage", str(path))["maps"]
    assert told["place"] == "the Earth" and told["sensors"] == ["ring"] and told["share_at_least"][0] > 0.95
    path.write_text(text[: text.index("[[sensor]]")])
    assert "no sensor" in refused("coverage", str(path))
