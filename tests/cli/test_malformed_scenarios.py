"""A good scenario with one mistake in it: the command must name file, line, key and remedy, and never show a traceback.

The right line is known from the mutation itself: the mistake is the only place in the file that holds a given text.
"""

# ruff: noqa: E501 - one mistake on one line

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from moonstead.cli.main import execute

GOOD = Path(__file__).resolve().parents[1] / "scenario" / "good.toml"
BAD, MISSING = 2, 3


@dataclass(frozen=True)
class Case:
    """A mistake: replace `old` by `new`; the report must point at the line that holds `at`."""

    name: str
    old: str
    new: str
    at: str
    key: str
    message: str
    remedy: str
    code: int = BAD


CASES = [
    # keys
    Case("a typo in a key", 'efficiency = "28 %"', 'eficiency = "28 %"', "eficiency =", "facility[1].eficiency", "no key", 'did you mean "efficiency"'),
    Case("a typo in a needed key", 'latitude = "-88.80 deg"', 'latitud = "-88.80 deg"', "latitud =", "site[0].latitud", "no key", 'did you mean "latitude"'),
    Case("a typo in a table", "[[facility]]\nid = \"dish\"", "[[facilty]]\nid = \"dish\"", "[[facilty]]", "facilty", "no key", 'did you mean "facility"'),
    Case("an unknown key", 'area = "300 m2"', 'area = "300 m2"\ncolour = "blue"', "colour", "facility[1].colour", "no key", "known keys are"),
    Case("an unknown key in an inline table", 'periselene = "500 km"', 'perilune = "500 km"', "perilune", "spacecraft[0].orbit.perilune", "no key", "did you mean|known keys"),
    Case("a missing key", 'latitude = "25.0 deg"\n', "", '[[ground_station]]\nid = "my-dish"', "ground_station[1].latitude", "is missing", 'add latitude = "25.0 deg"'),
    Case("a missing title", 'title = "Two ridges and a relay"\n', "", '#:schema', "title", "is missing", "add title ="),
    Case("a missing start", "start = 2035-01-01T00:00:00Z\n", "", "#:schema", "start", "is missing", "add start = 2035-01-01T00:00:00Z"),
    Case("a missing kind", 'kind = "module"\n', "", '[[facility]]\nid = "command-module"', "facility[0]", '"kind" is missing', "battery"),
    Case("a missing orbit kind", 'orbit = { kind = "frozen-ellipse", ', "orbit = { ", "orbit = {", "spacecraft[0].orbit", '"kind" is missing', "frozen-ellipse"),
    Case("single brackets", "[[network]]", "[network]", "[network]", "network", "single brackets", r"\[\[network\]\]"),
    # words
    Case("an unknown facility kind", 'kind = "battery"', 'kind = "batery"', '"batery"', "facility[2].kind", "not a kind", 'did you mean "battery"'),
    Case("an unknown orbit kind", 'kind = "elements"', 'kind = "keplerian"', "keplerian", "spacecraft[1].orbit.kind", "not a kind", "write one of frozen-ellipse"),
    Case("an unknown duty", 'duty = "always"', 'duty = "sometimes"', "sometimes", "facility[0].duty", "is not one of", "write one of always"),
    Case("an unknown mounting", 'mounting = "fixed"', 'mounting = "fixd"', "fixd", "facility[6].mounting", "is not one of", 'did you mean "fixed"'),
    Case("a band in lower case", '{ id = "earth", band = "Ka"', '{ id = "earth", band = "ka"', 'band = "ka"', "spacecraft[0].antenna[1].band", "is not one of", 'did you mean "Ka"'),
    Case("an unknown band in a list", 'bands = ["S", "X", "Ka"]', 'bands = ["S", "Z"]', '"Z"', "ground_station[1].bands[1]", "is not one of", "write one of UHF"),
    Case("an unknown frame", 'frame = "MOON_PA"', 'frame = "MOON_FIXED"', "MOON_FIXED", "spacecraft[1].orbit.frame", "is not one of", "MOON_"),
    Case("an unknown apsis", 'apsis = "south"', 'apsis = "east"', 'apsis = "east"', "spacecraft[0].orbit.apsis", "is not one of", "south"),
    # units and numbers
    Case("a bare number", 'load = "12 kW"', "load = 12", "load = 12", "facility[0].load", "12 has no unit", 'write it with a unit, for example "40 kW"'),
    Case("a bare number in text", 'mast = "10 m"\ndegradation', 'mast = "10"\ndegradation', 'mast = "10"', "facility[1].mast", "has no unit", "10 m"),
    Case("the wrong dimension", 'capacity = "2 MWh"', 'capacity = "2 MW"', '"2 MW"', "facility[2].capacity", "is a power, but an energy is expected", "2 MWh"),
    Case("an unknown unit", 'area = "300 m2"', 'area = "300 acres"', "acres", "facility[1].area", '"acres" is not known', "60 m2"),
    Case("a unit in the wrong case", 'power = "100 kW"', 'power = "100 KW"', "100 KW", "facility[3].power", 'did you mean "kW"', "with a unit"),
    Case("a decimal comma", 'semi_major_axis = "2737.4 km"', 'semi_major_axis = "2737,4 km"', "2737,4", "spacecraft[1].orbit.semi_major_axis", "decimal mark is a point", "km"),
    Case("a negative area", 'area = "300 m2"', 'area = "-300 m2"', "-300 m2", "facility[1].area", "above 0 m2", "60 m2"),
    Case("a negative mass", 'mass = "20 t"', 'mass = "-20 t"', "-20 t", "spacecraft[1].mass", "above 0 kg", "1200 kg"),
    Case("no area at all", 'area = "4 m2"', 'area = "0 m2"', '"0 m2"', "facility[6].area", "above 0 m2", "60 m2"),
    Case("an efficiency above one", 'efficiency = "92 %"', "efficiency = 92", "efficiency = 92", "facility[2].efficiency", "at most 100 %", "92 %"),
    Case("a latitude beyond the pole", 'latitude = "-89.45 deg"', 'latitude = "-98.45 deg"', "-98.45", "site[1].latitude", "at least -90", "-88.80 deg"),
    Case("a latitude with a letter", 'latitude = "-89.45 deg"', 'latitude = "89.45 deg S"', "deg S", "site[1].latitude", "names a direction", "deg"),
    Case("a longitude beyond the turn", 'longitude = "222.69 deg"', 'longitude = "2226.9 deg"', "2226.9", "site[1].longitude", "at most 360", "deg"),
    Case("a huge number", 'load = "15 W"', 'load = "1e400 W"', "1e400", "facility[5].load", "no finite number", "kW"),
    Case("not a number", "reflectivity = 1.5", "reflectivity = nan", "= nan", "spacecraft[0].reflectivity", "finite", "ordinary number"),
    Case("an infinity", "eccentricity = 0.0", "eccentricity = inf", "= inf", "spacecraft[1].orbit.eccentricity", "finite", "ordinary number"),
    Case("a number in quotes", "gravity_degree = 20", 'gravity_degree = "20"', '"20"', "analysis.gravity_degree", "not a whole number", "without quotes"),
    Case("half a degree of gravity", "gravity_degree = 20", "gravity_degree = 20.5", "20.5", "analysis.gravity_degree", "not a whole number", "whole number"),
    Case("too many degrees", "gravity_degree = 20", "gravity_degree = 20000", "20000", "analysis.gravity_degree", "out of range", "at most 1200"),
    Case("a step of nothing", 'light_step = "1 h"', 'light_step = "0 h"', '"0 h"', "analysis.light_step", "at least 1", "10 min"),
    Case("a priority of nothing", "priority = 1", "priority = 0", "priority = 0", "facility[0].priority", "out of range", "at least 1"),
    Case("a flag for a text", 'name = "Roscosmos"', "name = true", "name = true", "partner[1].name", "text is expected", "quotes"),
    Case("a text for a list", 'stations = ["kashi", "my-dish"]', 'stations = "kashi"', 'stations = "kashi"', "network[0].stations", "list is expected", r"\["),
    Case("a text for a table", "[analysis]", 'analysis = "fine"\n[[partner]]\nid = "x"\nname = "X"', "analysis", "link[1].analysis", "no key", "known keys|did you mean"),
    Case("one end of a link", 'between = ["hub.dish", "relay-1.surface"]', 'between = ["hub.dish"]', 'between = ["hub.dish"]', "link[0].between[1]", "too short|missing", "write"),
    Case("three ends of a link", 'between = ["hub.dish", "relay-1.surface"]', 'between = ["hub.dish", "relay-1.surface", "earth"]', "hub.dish", "link[0].between", "too many", "2"),
    # dates
    Case("a date without a zone", "stop = 2035-03-01T00:00:00Z", "stop = 2035-03-01T00:00:00", "stop =", "stop", "has no zone", "2035-01-01T00:00:00Z"),
    Case("a date without a time", "stop = 2035-03-01T00:00:00Z", "stop = 2035-03-01", "stop =", "stop", "no time of day", "2035-01-01T00:00:00Z"),
    Case("a date in quotes", "stop = 2035-03-01T00:00:00Z", 'stop = "2035-03-01T00:00:00Z"', "stop =", "stop", "is text", "without quotes"),
    Case("a stop before the start", "stop = 2035-03-01T00:00:00Z", "stop = 2034-03-01T00:00:00Z", "stop =", "stop", "not after", "move"),
    Case("an outage that runs backward", "2035-01-12T00:00:00Z", "2035-01-02T00:00:00Z", "outages = [", "facility[3].outages", "does not run forward", "start first"),
    Case("a service after the end", 'data_rate = "20 kbit/s"', 'data_rate = "20 kbit/s"\nsince = 2040-01-01T00:00:00Z', "since =", "facility[5].since", "after the scenario ends", "move it"),
    Case("dates outside the ephemeris", "stop = 2035-03-01T00:00:00Z", "stop = 2335-03-01T00:00:00Z", "stop =", "stop", "outside the planetary ephemeris", "inside", MISSING),
    Case("dates before the ephemeris", "start = 2035-01-01T00:00:00Z\nstop", "start = 1635-01-01T00:00:00Z\nstop", "start =", "start", "1972|1849", "later|inside", MISSING),
    # identifiers and references
    Case("an identifier with a blank", 'id = "mast-array"', 'id = "mast array"', "mast array", "facility[1].id", "no identifier", "lower-case"),
    Case("a duplicate facility", 'id = "store"', 'id = "mast-array" # again', "# again", "facility[2].id", "already names another facility", "its own id"),
    Case("a duplicate site", 'id = "ridge"', 'id = "hub" # again', "# again", "site[1].id", "already names", "its own id"),
    Case("a station with a spacecraft's name", 'id = "my-dish"', 'id = "relay-1" # again', "# again", "ground_station[1].id", "already names", "its own id"),
    Case("an unknown partner", 'site = "hub"\npartner = "roscosmos"\ncapacity', 'site = "hub"\npartner = "roskosmos"\ncapacity', "roskosmos", "facility[2].partner", "no partner", 'did you mean "roscosmos"'),
    Case("an unknown site", 'site = "ridge"\npartner = "roscosmos"', 'site = "rigde"\npartner = "roscosmos"', "rigde", "facility[5].site", "no site", 'did you mean "ridge"'),
    Case("an unknown station in a network", 'stations = ["kashi", "my-dish"]', 'stations = ["kashi", "mydish"]', "mydish", "network[0].stations[1]", "no ground station", 'did you mean "my-dish"'),
    Case("an unknown antenna", '"relay-1.surface"]', '"relay-1.surfce"]', "surfce", "link[0].between[1]", "has no antenna", 'did you mean "relay-1.surface"'),
    Case("a link to nothing", '"relay-1.surface"]', '"relay-2.surface"]', "relay-2", "link[0].between[1]", "is called", "did you mean"),
    Case("a link to a whole site", '"hub.dish", ', '"hub", ', '"hub", ', "link[0].between[0]", "does not say which antenna", "hub.dish"),
    Case("a link to itself", '"relay-1.earth", "earth"]', '"relay-1.earth", "relay-1.surface"]', "relay-1.earth", "link[1].between", "same place", "different"),
    Case("a link on the ground", '"relay-1.earth", "earth"]', '"kashi", "earth"]', '"kashi", "earth"', "link[1].between", "on the Earth", "Moon"),
    Case("an unknown station of the table", 'use = "kashi"\npartner', 'use = "kashgar"\nid = "kashi"\npartner', "kashgar", "ground_station[0].use", "no ground station of the table", "did you mean|known are"),
    # physics
    Case("an array without tilt", 'tilt = "90 deg"\n', "", '[[facility]]\nid = "panels"', "facility[6].tilt", "needs `tilt`", "add tilt"),
    Case("a turning array with tilt", 'mast = "10 m"\ndegradation', 'tilt = "30 deg"\ndegradation', "30 deg", "facility[1].tilt", "means nothing", "leave"),
    Case("a battery below its minimum", 'minimum_charge = "20 %"', 'minimum_charge = "20 %"\ninitial_charge = "10 %"', "initial_charge", "facility[2].initial_charge", "below its minimum", "raise"),
    Case("an antenna without size", 'diameter = "1.2 m"\n', "", '[[facility]]\nid = "dish"', "facility[4]", "neither a diameter nor a gain", "diameter"),
    Case("a mass without area", 'area = "120 m2"\n', "", 'mass = "20 t"', "spacecraft[1].mass", "alone", "add `area`"),
    Case("an open orbit", "eccentricity = 0.0", "eccentricity = 1.2", "= 1.2", "spacecraft[1].orbit.eccentricity", "no bound orbit", "below 1"),
    Case("an orbit under the surface", 'semi_major_axis = "2737.4 km"', 'semi_major_axis = "1700 km"', "1700 km", "spacecraft[1].orbit.semi_major_axis", "below the surface", "raise"),
    Case("an orbit the Earth takes away", 'semi_major_axis = "2737.4 km"', 'semi_major_axis = "90000 km"', "90000 km", "spacecraft[1].orbit.semi_major_axis", "the Earth takes it away", "lower"),
    Case("a period too short", 'period = "24 h"', 'period = "1 h"', "1 h", "spacecraft[0].orbit.period", "too short for a periselene", "at least"),
    Case("an epoch of another century", "epoch = 2035-01-01T00:00:00Z", "epoch = 1995-01-01T00:00:00Z", "1995", "spacecraft[1].orbit.epoch", "away from the scenario", "within a year"),
    Case("a shape said twice", "eccentricity = 0.0", 'eccentricity = 0.0\nperiapsis_altitude = "100 km"', "[spacecraft.orbit]", "spacecraft[1].orbit", "said once", "periapsis_altitude"),
    Case("a site kilometres above the terrain", 'terrain = ["lola-8ppd"]', 'height = "12500 m"', "12500", "site[0].height", "km above the terrain", "leave `height` out"),
    Case("a dish kilometres above the Earth", 'height = "1974 m"', 'height = "21.7 km"', "21.7 km", "ground_station[1].height", "no dish", "geodetic"),
    Case("antennas without a common band", '{ id = "surface", band = "X"', '{ id = "surface", band = "S"', "hub.dish", "link[0].between", "no band", "one band"),
    Case("a sender without a transmitter", 'power = "20 W"\nmast', "mast", "hub.dish", "link[0].between[0]", "no transmitter", "power"),
    # files
    Case("terrain that does not exist", '"lola-8ppd"', '"lola-16ppd"', "lola-16ppd", "site[0].terrain[0]", "no terrain", "lola-8ppd"),
    Case("terrain of no kind", '"lola-8ppd"', '"de440s"', "de440s", "site[0].terrain[0]", "is no terrain", "lola-8ppd"),
    Case("a missing orbit file", 'orbit = { kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south", lifetime = "1 yr" }', 'orbit = { kind = "oem", file = "lost.oem" }', "lost.oem", "spacecraft[0].orbit.file", "there is no file", "scenario's folder", MISSING),
    Case("an orbit file of another kind", 'orbit = { kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south", lifetime = "1 yr" }', 'orbit = { kind = "spk", file = "broken.toml", target = -1 }', "broken.toml", "spacecraft[0].orbit.file", "SPK|DAF", "holds this object"),
    Case("a broken element set", 'orbit = { kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south", lifetime = "1 yr" }', 'orbit = { kind = "tle", lines = ["1 25544U", "2 25544"] }', "25544U", "spacecraft[0].orbit.lines", "line 1|characters|69", "give a file"),
    # the language itself
    Case("a missing quote", 'id = "hub"\nname', 'id = "hub\nname', 'id = "hub', "", "not valid TOML", "quote"),
    Case("a unit without quotes", 'load = "15 W"', "load = 15 W", "15 W", "", "not valid TOML", "quotes"),
    Case("a key without a value", 'tilt = "90 deg"', "tilt", "tilt", "", "not valid TOML", "key = value"),
    Case("a key said twice", 'mass = "20 t"', 'mass = "20 t"\nmass = "21 t"', "21 t", "", "not valid TOML", "once"),
    Case("an open bracket", "[analysis]", "[analysis", "[analysis", "", "not valid TOML", "bracket|line"),
    Case("a number of thousands of digits", "gravity_degree = 20", f"gravity_degree = {'9' * 5000}", "gravity_degree", "", "cannot be read", "fewer digits"),
]  # fmt: skip


def mutated(case: Case) -> tuple[str, int]:
    """Text with the mistake, and the line that the report must name."""
    good = GOOD.read_text(encoding="utf-8")
    assert case.old in good, "the mutation no longer fits the good scenario"
    text = good.replace(case.old, case.new, 1)
    assert case.at in text
    return text, text[: text.index(case.at)].count("\n") + 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_mistake_is_told_with_file_line_key_and_remedy(case, tmp_path, capsys):
    text, line = mutated(case)
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    code = execute(["check", str(path), "--json"])
    told = capsys.readouterr()
    assert told.out == ""
    report = json.loads(told.err)
    assert code == case.code == report["exit_code"]
    assert {problem["file"] for problem in report["problems"]} == {str(path)}
    problem = next(
        (
            found
            for found in report["problems"]
            if found["key"] == case.key and re.search(case.message, found["message"])
        ),
        None,
    )
    assert problem is not None, report["problems"]
    assert problem["line"] == line
    assert re.search(case.remedy, problem["remedy"])


def test_the_good_scenario_has_no_problem(capsys):
    assert execute(["check", str(GOOD)]) == 0
    assert "No problem found" in capsys.readouterr().out


def flat(panel: str) -> str:
    """Text of a panel without its frame."""
    return " ".join(re.sub("[\u2500-\u257f]", " ", panel).split())


@pytest.mark.parametrize("case", CASES[::9], ids=lambda case: case.name.replace(" ", "-"))
def test_the_panel_says_what_the_json_says(case, tmp_path, capsys):
    text, line = mutated(case)
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    assert execute(["check", str(path)]) == case.code
    told = capsys.readouterr().err
    assert told.count("\u256d") == 1  # one panel
    assert str(path) in flat(told).replace(" ", "")  # a long path is folded
    assert f"line {line}" in told
    assert case.key in flat(told)
    assert re.search(case.remedy, flat(told))
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("name", "content", "line", "message"),
    [
        ("empty.toml", b"", 1, "the file is empty"),
        ("blank.toml", b"\n  \n", 1, "the file is empty"),
        ("latin.toml", 'title = "a"\nname = "Cr\u00e9tien"\n'.encode("latin-1"), 2, "not UTF-8"),
        ("binary.toml", bytes(range(128, 256)), 1, "not UTF-8"),
        ("bom.toml", b'\xef\xbb\xbftitle = "a"\n', 1, "byte-order mark"),
        ("deep.toml", b"title = " + b"[" * 100_000, 1, "nested too deeply|not valid TOML"),
        ("list.toml", b"[1, 2, 3]\n", 1, "not valid TOML"),
        ("json.toml", b'{"title": "a"}\n', 1, "not valid TOML"),
        ("folder.toml", None, 0, "this is a folder"),
        ("absent.toml", "absent", 0, "there is no such file"),
    ],
)
def test_a_file_that_is_no_scenario_is_named(name, content, line, message, tmp_path, capsys):
    path = tmp_path / name
    if content is None:
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    assert execute(["check", str(path), "--json"]) == BAD
    (problem,) = json.loads(capsys.readouterr().err)["problems"]
    assert (problem["file"], problem["line"]) == (str(path), line)
    assert re.search(message, problem["message"])
    assert problem["remedy"]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path, capsys):
    text = GOOD.read_text(encoding="utf-8")
    for old, new in [
        ('load = "12 kW"', "load = 12"),
        ('partner = "roscosmos"\ncapacity', 'partner = "esa"\ncapacity'),
        ('diameter = "4.2 m"', 'diametre = "4.2 m"'),
        ('stations = ["kashi", "my-dish"]', 'stations = ["nobody"]'),
    ]:
        text = text.replace(old, new, 1)
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    assert execute(["check", str(path), "--json"]) == BAD
    problems = json.loads(capsys.readouterr().err)["problems"]
    assert [problem["key"] for problem in problems] == [
        "facility[0].load",
        "facility[2].partner",
        "spacecraft[0].antenna[0].diametre",
        "network[0].stations[0]",
    ]
    assert [problem["line"] for problem in problems] == sorted(problem["line"] for problem in problems)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name in {"a bare number", "dates outside the ephemeris", "a missing quote"}],
    ids=lambda case: case.name.replace(" ", "-"),
)
@pytest.mark.parametrize("verb", ["check", "run"])
def test_the_real_command_ends_with_the_right_code_and_without_a_traceback(verb, case, tmp_path):
    text, line = mutated(case)
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    more = ["--out", str(tmp_path / "run")] if verb == "run" else []
    done = subprocess.run(
        [sys.executable, "-c", "from moonstead.cli.main import main; main()", verb, "broken.toml", *more],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == case.code
    assert "Traceback" not in done.stderr
    assert f"line {line}" in done.stderr
    assert "broken.toml" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_relative_files_start_from_the_folder_of_the_scenario(tmp_path, capsys, monkeypatch):
    text = GOOD.read_text(encoding="utf-8").replace(
        'orbit = { kind = "frozen-ellipse", periselene = "500 km", period = "24 h", apsis = "south", lifetime = "1 yr" }',
        'orbit = { kind = "oem", file = "sub/lost.oem" }',
    )
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "a.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert execute(["check", "scenarios/a.toml", "--json"]) == MISSING
    (problem,) = json.loads(capsys.readouterr().err)["problems"]
    assert str(Path(folder) / "sub" / "lost.oem") in problem["message"]
