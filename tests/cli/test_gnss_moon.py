"""`moonstead gnss moon`: its answers carry units, sources and intervals, and its refusals say what to do."""

from __future__ import annotations

import json

import pytest

from moonstead.cli.main import execute

SHORT = ("--hours", "6", "--step", "30", "--flat")


@pytest.fixture
def run(capsys):
    def ask(*words):
        code = execute(["gnss", "moon", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ask


@pytest.fixture
def answer(run):
    def ask(*words):
        code, out, err = run(*words, "--json")
        assert code == 0, err
        return json.loads(out)

    return ask


def test_presets_are_listed_with_their_sources(run, answer):
    listed = {one["id"]: one for one in answer("--presets")}
    assert len(listed["queqiao-2024-extended"]["satellites"]) == 21
    assert all(one["source"] and one["chosen"] for one in listed.values())
    assert "Chosen here" in run("--presets")[1]


def test_a_known_height_serves_more(answer):
    plain, known = (answer("--constellation", "lans-2029", *SHORT, *more) for more in ((), ("--height-error", "10")))
    assert known["availability"] >= plain["availability"]
    assert known["solved"] >= plain["solved"]
    low, nominal, high = (known["error_median_m"][key] for key in ("low", "nominal", "high"))
    assert low < nominal < high
    assert plain["epochs"] == 13 and len(plain["series"]["pdop"]) == 13
    assert [one["satellite"] for one in plain["losses"]]
    assert known["losses"] == []


def test_terrain_never_adds_satellites(answer):
    flat = answer("--constellation", "lans-2029", *SHORT[:4], "--flat")
    behind = answer("--constellation", "lans-2029", *SHORT[:4])
    pairs = zip(flat["series"]["visible"], behind["series"]["visible"], strict=True)
    assert flat["terrain"] == [] and behind["terrain"] == ["lola-8ppd"]
    # the ground of the site stands a kilometre above the sphere, which moves directions by less than a mask
    assert all(more >= less for more, less in pairs)


def test_the_earths_satellites_are_heard_with_an_interval(answer):
    earth = answer("--earth-systems", "GEC", "--hours", "48", "--step", "60", "--site", "18.56,61.81", "--flat")[
        "earth"
    ]
    share = earth["share_with_4"]
    assert 0.0 <= share["low"] <= share["nominal"] <= share["high"] <= 1.0
    assert [one["letter"] for one in earth["systems"]] == ["G", "E", "C"]
    assert "simulated" in earth["orbits"]


def test_words_name_sources_and_what_fails(run):
    code, out, err = run("--constellation", "lans-2029,lunar-pathfinder", *SHORT, "--earth-systems", "GE")
    assert code == 0, err
    assert "Chosen here" in out and "PATHFINDER" in out and "Galileo" in out


def test_the_verb_for_the_earth_answers_for_the_moon_too(capsys, answer):
    words = ("--constellation", "lans-2029", "--hours", "3", "--step", "30", "--json")
    assert execute(["gnss", "dop", "--moon", "--site", "-88.8,123.4", *words]) == 0
    assert json.loads(capsys.readouterr().out) == answer(*words[:-1])
    assert execute(["gnss", "dop", "--constellation", "lans-2029", "a.rnx"]) == 2
    assert "add --moon" in capsys.readouterr().err
    assert execute(["gnss", "dop"]) == 2
    assert "no files" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "nothing to follow"),
        (("--constellation", "moonlight"), 3, "no constellation about the Moon is called 'moonlight'"),
        (("--constellation", "queqiao-wu-2023", *SHORT), 2, "nothing of this one can be flown"),
        (("--constellation", "lcrns", "--hours", "0"), 2, "--hours"),
        (("--constellation", "lcrns", "--site", "here"), 2, "two numbers"),
        (("--constellation", "lcrns", "--site", "-95,0"), 2, "no such place"),
        (("--constellation", "lcrns", "--start", "tomorrow"), 2, "not a date"),
        (("--earth-systems", "GX"), 2, "letters"),
        (("--constellation", "lcrns", "--height-error", "0", *SHORT), 2, "height"),
    ],
)
def test_refusals_say_what_to_do(run, words, code, told):
    found, _, err = run(*words)
    assert found == code, err
    assert told in " ".join(err.replace("│", " ").split())
