"""A good state file with one mistake in it: the command names file, line, key and remedy, and shows no traceback.

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

STATES = Path(__file__).resolve().parents[2] / "examples" / "states"
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
    file: str = "low_orbit"
    until: str = "1 d"


FERRY = "transfer_with_burns"
EARTH = "low_earth_orbit"
WEATHER = re.search(r"model = .*?\n(?=\n)", (STATES / f"{EARTH}.toml").read_text(encoding="utf-8"), re.DOTALL)[
    0
].strip()
CASES = [
    # what it is
    Case("below the surface", '"1838.0 km"', '"1738.0 m"', "1738.0 m", "orbit.position", "below the surface", "centre, frame and unit"),
    Case("at the centre itself", '"1838.0 km"', '"0 km"', 'position = ["0 km"', "orbit.position", "below the surface|centre", "start above|position"),
    Case("below the surface by elements", 'apoapsis_altitude = "100 km"', 'apoapsis_altitude = "120 km"', "[orbit]", "orbit", "below the surface", "start above", file="transfer_with_burns_low"),
    Case("no mass at all", 'mass = "1000 kg"', 'mass = "0 kg"', '"0 kg"', "mass", "above 0 kg", "1200 kg"),
    Case("a negative mass", 'mass = "1000 kg"', 'mass = "-5 kg"', '"-5 kg"', "mass", "above 0 kg", "1200 kg"),
    Case("an infinite mass", 'mass = "1000 kg"', 'mass = "inf kg"', '"inf kg"', "mass", "inf kg", "1200 kg"),
    Case("a mass that is no number", 'mass = "1000 kg"', "mass = nan", "nan", "mass", "nan", "1200 kg"),
    Case("light without a mass", 'mass = "1000 kg"\n', "", "[radiation]", "radiation", "needs the spacecraft's mass", 'add mass = "1200 kg"'),
    Case("propellant without a mass", 'mass = "2000 kg"\n', "", "[[burn]]\nkind = \"impulsive\"", "burn[0]", "needs the spacecraft's mass", "add mass", file=FERRY),
    Case("no area", 'area = "10 m2"', 'area = "0 m2"', '"0 m2"', "radiation.area", "above 0 m2", "60 m2"),
    Case("a negative area", 'area = "10 m2"', 'area = "-3 m2"', '"-3 m2"', "radiation.area", "above 0 m2", "60 m2"),
    Case("no reflectivity", "reflectivity = 1.5", "reflectivity = 0", "reflectivity = 0", "radiation.reflectivity", "out of range", "above 0"),
    Case("a reflectivity that is no number", "reflectivity = 1.5", "reflectivity = nan", "= nan", "radiation.reflectivity", "finite", "ordinary number"),
    Case("drag at the Moon", "[radiation]", '[drag]\narea = "10 m2"\ncoefficient = 2.2\n\n[radiation]', "[drag]", "drag", "about the EARTH only", "leave"),
    Case("weather for air that takes none", WEATHER, 'f107 = 150', 'f107 =', "drag.f107", "knows no weather", "nrlmsis", file=EARTH),
    Case("air without weather", WEATHER, 'model = "nrlmsis"', '[drag]\narea', "drag", "f107, f107a, ap and space_weather are missing", "SW-All.csv", file=EARTH),
    Case("air with half a weather", WEATHER, 'model = "nrlmsis"\nf107 = 150\nap = 15', '[drag]\narea', "drag", "f107a and space_weather are missing", "f107a = 150", file=EARTH),
    Case("weather twice", WEATHER, 'model = "nrlmsis"\nspace_weather = "SW.csv"\nap = 15', 'ap =', "drag.ap", "already", "leave one", file=EARTH),
    Case("weather in no file", WEATHER, 'model = "nrlmsis"\nspace_weather = "SW.csv"', 'space_weather =', "drag.space_weather", "cannot be read", "f107", MISSING, file=EARTH),
    Case("an unknown air", WEATHER, 'model = "jacchia"', 'jacchia', "drag.model", "is not one of", "nrlmsis", file=EARTH),
    Case("a Sun too bright", WEATHER, 'model = "nrlmsis"\nf107 = 1500\nf107a = 150\nap = 15', 'f107 = 1500', "drag.f107", "out of range", "500", file=EARTH),
    # where and when
    Case("a coordinate too few", '["1838.0 km", "0 km", "0 km"]', '["1838.0 km", "0 km"]', "position =", "orbit.position[2]", "too short|missing", "write"),
    Case("a coordinate too many", '["1838.0 km", "0 km", "0 km"]', '["1838.0 km", "0 km", "0 km", "1 km"]', "position =", "orbit.position", "too many", "3"),
    Case("a coordinate without a unit", '"1838.0 km"', "1838.0", "1838.0", "orbit.position[0]", "has no unit", "with a unit"),
    Case("an unknown unit", '"1838.0 km"', '"1838.0 miles"', "miles", "orbit.position[0]", '"miles" is not known', "6500 km"),
    Case("the unit of another quantity", '"57.0 m/s"', '"57.0 km"', "57.0 km", "orbit.velocity[1]", "is a length, but a speed", "km/s"),
    Case("an infinite speed", '"57.0 m/s"', '"1e999 m/s"', "1e999", "orbit.velocity[1]", "no finite number", "km/s"),
    Case("faster than light", '"57.0 m/s"', '"570000 km/s"', "velocity =", "orbit.velocity", "faster than light", "units"),
    Case("a name of two lines", 'name = "low orbiter"', 'name = "low\\norbiter"', "name =", "name", "more than one line", "one line"),
    Case("an unknown frame", 'frame = "ICRF"', 'frame = "MOON_MEE"', "MOON_MEE", "orbit.frame", "no frame is called", 'did you mean "MOON_ME"'),
    Case("a frame in lower case", 'frame = "ICRF"', 'frame = "icrf"', '"icrf"', "orbit.frame", "no frame is called", 'did you mean "ICRF"'),
    Case("an unknown centre", 'center = "MOON"', 'center = "MOOON"', "MOOON", "orbit.center", "no body is called", 'did you mean "MOON"'),
    Case("a centre without mass", 'center = "MOON"', 'center = "SOLAR SYSTEM BARYCENTER"', "BARYCENTER", "orbit.center", "no mass", "center ="),
    Case("a centre that the kernels lack", "[forces]", '[forces]\ncenter = "PHOBOS"', "PHOBOS", "forces.center", "no body", "write one of|did you mean"),
    Case("an epoch without a scale", '"2030-01-01T00:00:00 TDB"', '"2030-01-01T00:00:00"', "epoch =", "orbit.epoch", "does not say its time scale", "TDB"),
    Case("an epoch without a zone", '"2030-01-01T00:00:00 TDB"', "2030-01-01T00:00:00", "epoch =", "orbit.epoch", "has no zone", "Z"),
    Case("an epoch without a time", '"2030-01-01T00:00:00 TDB"', "2030-01-01", "epoch =", "orbit.epoch", "no time of day", "Z"),
    Case("an unknown scale", "00:00:00 TDB", "00:00:00 XYZ", "XYZ", "orbit.epoch", "'XYZ' is none of", "TDB"),
    Case("a month too many", "2030-01-01T00:00:00 TDB", "2030-13-01T00:00:00 TDB", "2030-13", "orbit.epoch", "is not a date", "write"),
    Case("an epoch outside the kernels", "2030-01-01T00:00:00 TDB", "2330-01-01T00:00:00 TDB", "2330", "orbit.epoch", "outside the planetary ephemeris, which covers", "--data", MISSING),
    Case("an epoch before the kernels", "2030-01-01T00:00:00 TDB", "1730-01-01T00:00:00 TDB", "1730", "orbit.epoch", "outside", "--data", MISSING),
    Case("an epoch before UTC", '"2030-01-01T00:00:00 TDB"', "1930-01-01T00:00:00Z", "1930", "orbit.epoch", "begins on 1972", "write|TDB"),
    # elements
    Case("an open orbit", 'periapsis_altitude = "100 km"\napoapsis_altitude = "100 km"', 'semi_major_axis = "3000 km"\neccentricity = 1.2', "= 1.2", "orbit.eccentricity", "no bound orbit", 'kind = "state"', file=FERRY),
    Case("a negative eccentricity", 'periapsis_altitude = "100 km"\napoapsis_altitude = "100 km"', 'semi_major_axis = "3000 km"\neccentricity = -0.1', "= -0.1", "orbit.eccentricity", "no bound orbit", "from 0", file=FERRY),
    Case("an eccentricity that is no number", 'periapsis_altitude = "100 km"\napoapsis_altitude = "100 km"', 'semi_major_axis = "3000 km"\neccentricity = nan', "= nan", "orbit.eccentricity", "finite", "ordinary", file=FERRY),
    Case("a negative axis", 'periapsis_altitude = "100 km"\napoapsis_altitude = "100 km"', 'semi_major_axis = "-3000 km"\neccentricity = 0.1', '"-3000 km"', "orbit.semi_major_axis", "above 0 m", "km", file=FERRY),
    Case("apsides exchanged", 'apoapsis_altitude = "100 km"', 'apoapsis_altitude = "50 km"', '"50 km"', "orbit.apoapsis_altitude", "below the periapsis", "exchange", file=FERRY),
    Case("an inclination beyond the pole", 'inclination = "90 deg"', 'inclination = "190 deg"', "190", "orbit.inclination", "at most 180", "deg", file=FERRY),
    Case("two anomalies", 'true_anomaly = "0 deg"', 'true_anomaly = "0 deg"\nmean_anomaly = "0 deg"', "mean_anomaly", "orbit.mean_anomaly", "said once", "write", file=FERRY),
    Case("no anomaly", 'true_anomaly = "0 deg"\n', "", "[orbit]", "orbit", "said once", "true_anomaly", file=FERRY),
    Case("an unknown kind of orbit", 'kind = "state"', 'kind = "keplerian"', "keplerian", "orbit.kind", "not a kind", "state"),
    # what acts
    Case("an unknown third body", '["EARTH", "SUN"]', '["EARTH", "SUNN"]', "SUNN", "forces.third_bodies[1]", "no body is called", 'did you mean "SUN"'),
    Case("a body twice", '["EARTH", "SUN"]', '["EARTH", "EARTH"]', "third_bodies", "forces.third_bodies[1]", "named twice", "once"),
    Case("the centre as a third body", '["EARTH", "SUN"]', '["EARTH", "MOON"]', "third_bodies", "forces.third_bodies[1]", "is the centre", "leave it out"),
    Case("a body that the kernels lack", '["EARTH", "SUN"]', '["EARTH", "TITAN"]', "TITAN", "forces.third_bodies[1]", "no body|TITAN", "write one of|leave it out|did you mean"),
    Case("a planet that the kernels lack", '["EARTH", "SUN"]', '["EARTH", "JUPITER"]', "JUPITER", "forces.third_bodies[1]", "599|JUPITER", "leave it out", MISSING),
    Case("a body without mass", '["EARTH", "SUN"]', '["EARTH", "SOLAR SYSTEM BARYCENTER"]', "third_bodies", "forces.third_bodies[1]", "no mass", "SUN"),
    Case("mass that counts twice", '["EARTH", "SUN"]', '["EARTH BARYCENTER", "SUN"]', "third_bodies", "forces.third_bodies[0]", "holds the mass of MOON", "single bodies"),
    Case("the Sun behind itself", "reflectivity = 1.5", 'reflectivity = 1.5\nhidden_by = ["MOON", "SUN"]', "hidden_by", "radiation.hidden_by[1]", "cannot hide the Sun", "EARTH"),
    Case("an unknown field", "grgm1200a", "grgm1200b", "grgm1200b", "forces.gravity_field", "no data set", "grgm1200a", MISSING),
    Case("the field of another body", "degree = 20", 'degree = 20\ngravity_field = "egm2008-36"', "egm2008-36", "forces.gravity_field", "field of EARTH", "grgm1200a", file=FERRY),
    Case("a degree beyond the field", "degree = 50", "degree = 1300", "1300", "forces.degree", "out of range", "at most 1200"),
    Case("a negative degree", "degree = 50", "degree = -1", "= -1", "forces.degree", "out of range", "at least 0"),
    Case("half a degree", "degree = 50", "degree = 50.5", "50.5", "forces.degree", "not a whole number", "whole"),
    Case("a switch to a higher degree", "degree = 50", 'degree = 50\ndegree_switches = [{ beyond = "5000 km", degree = 60 }]', "degree_switches", "forces.degree_switches[0].degree", "not below degree 50", "lower"),
    Case("switches that do not rise", "degree = 50", 'degree = 50\ndegree_switches = [{ beyond = "5000 km", degree = 20 }, { beyond = "4000 km", degree = 10 }]', "degree_switches", "forces.degree_switches[1].beyond", "do not rise", "nearest first"),
    # burns
    Case("a burn after the end", "at = 2030-01-01T02:00:00Z", "at = 2030-01-05T02:00:00Z", "2030-01-05", "burn[0].at", "does not lie within", "move it", file=FERRY),
    Case("a burn before the start", "at = 2030-01-01T02:00:00Z", "at = 2029-01-01T02:00:00Z", "2029", "burn[0].at", "does not lie within", "move it", file=FERRY),
    Case("a burn cut by the end", 'duration = "5 min"', 'duration = "5 d"', "T04:00:00Z", "burn[1].at", "does not lie within", "move it", file=FERRY),
    Case("a thrust of nothing", 'thrust = "400 N"', 'thrust = "0 N"', '"0 N"', "burn[1].thrust", "above 0 N", "400 N", file=FERRY),
    Case("a thrust in kilograms", 'thrust = "400 N"', 'thrust = "400 kg"', '"400 kg"', "burn[1].thrust", "is a mass, but a force", "400 N", file=FERRY),
    Case("a direction of no length", "[0.0, 1.0, 0.0]", "[0.0, 0.0, 0.0]", "direction =", "burn[1].direction", "no length", "for example", file=FERRY),
    Case("unknown axes of a burn", 'axes = "RTN"\ndelta_v', 'axes = "TNW"\ndelta_v', "TNW", "burn[0].axes", "is not one of", "RTN", file=FERRY),
    Case("an unknown kind of burn", 'kind = "finite"', 'kind = "long"', '"long"', "burn[1].kind", "not a kind", "finite", file=FERRY),
    # keys and the language
    Case("a typo in a key", "reflectivity", "reflectivty", "reflectivty", "radiation.reflectivty", "no key", 'did you mean "reflectivity"'),
    Case("an unknown key", "degree = 50", "degree = 50\ncolour = 3", "colour", "forces.colour", "no key", "known keys|did you mean"),
    Case("a typo in a table", "[radiation]", "[radiations]", "[radiations]", "radiations", "no key", 'did you mean "radiation"'),
    Case("a missing name", 'name = "low orbiter"\n', "", "#:schema", "name", "is missing", "add name ="),
    Case("a missing degree", "degree = 50\n", "", "[forces]", "forces.degree", "is missing", "add degree = 50"),
    Case("a missing epoch", 'epoch = "2030-01-01T00:00:00 TDB"\n', "", "[orbit]", "orbit.epoch", "is missing", "add epoch ="),
    Case("a missing velocity", 'velocity = ["0 m/s", "57.0 m/s", "1632.0 m/s"]\n', "", "[orbit]", "orbit.velocity", "is missing", "add velocity ="),
    Case("missing third bodies", 'third_bodies = ["EARTH", "SUN"]\n', "", "[forces]", "forces.third_bodies", "is missing", "add third_bodies ="),
    Case("a missing quote", 'name = "low orbiter"', 'name = "low orbiter', "low orbiter", "", "not valid TOML", "quote"),
]  # fmt: skip


def source(case: Case) -> str:
    if case.file != "transfer_with_burns_low":
        return (STATES / f"{case.file}.toml").read_text(encoding="utf-8")
    text = (STATES / f"{FERRY}.toml").read_text(encoding="utf-8")
    return text.replace('periapsis_altitude = "100 km"', 'periapsis_altitude = "-50 km"')


def mutated(case: Case) -> tuple[str, int]:
    """Text with the mistake, and the line that the report must name."""
    good = source(case)
    assert case.old in good, "the mutation no longer fits the good state"
    text = good.replace(case.old, case.new, 1)
    assert case.at in text
    return text, text[: text.index(case.at)].count("\n") + 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_mistake_is_told_with_file_line_key_and_remedy(case, tmp_path, capsys):
    text, line = mutated(case)
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    code = execute(["propagate", str(path), "--until", case.until, "--json"])
    told = capsys.readouterr()
    assert told.out == ""
    report = json.loads(told.err)
    assert code == case.code == report["exit_code"]
    assert {problem["file"] for problem in report["problems"]} == {str(path)}
    assert all(problem["remedy"] for problem in report["problems"])
    problem = next((found for found in report["problems"] if found["key"] == case.key), None)
    assert problem is not None, report["problems"]
    assert re.search(case.message, problem["message"]), problem
    assert problem["line"] == line
    assert re.search(case.remedy, problem["remedy"]), problem


@pytest.mark.parametrize("case", CASES[::9], ids=lambda case: case.name.replace(" ", "-"))
def test_the_panel_says_where_and_no_traceback(case, tmp_path):
    text, line = mutated(case)
    (tmp_path / "broken.toml").write_text(text, encoding="utf-8")
    code = "from moonstead.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "propagate", "broken.toml", "--until", case.until, "--oem", "never.oem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == case.code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert f"line {line}" in done.stderr
    assert "broken.toml" in done.stderr
    assert not (tmp_path / "never.oem").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--until", "2030-01-01T00:00:00 TDB"], BAD, "is the epoch of the state itself"),
        (["--until", "0 d"], BAD, "is the epoch of the state itself"),
        (["--until", "soon"], BAD, "a date such as"),
        (["--until", "10"], BAD, "a date such as"),
        (["--until", "10 km"], BAD, "a date such as"),
        (["--until", "inf d"], BAD, "a date such as"),
        (["--until", "2030-02-30T00:00:00Z"], BAD, "--until '2030-02-30"),
        (["--until", "2030-02-20T00:00:00 XYZ"], BAD, "'XYZ' is none of"),
        (["--until", "2030-02-20T00:00:00", "--scale", "ut1"], BAD, "'UT1' is none of"),
        (["--until", "2330-01-01T00:00:00 TDB"], MISSING, "outside the planetary ephemeris, which covers"),
        (["--until", "300 yr"], MISSING, "outside the planetary ephemeris, which covers"),
        (["--until", "-300 yr"], MISSING, "outside the planetary ephemeris, which covers"),
        (["--until", "1e300 d"], BAD, "longer than any ephemeris"),
        (["--until", "1 h", "--tolerance", "1 s"], BAD, "length"),
        (["--until", "1 h", "--tolerance", "0 m"], BAD, "tolerance"),
        (["--until", "1 h", "--tolerance", "-1 cm"], BAD, "tolerance"),
        (["--until", "1 h", "--step", "0 s", "--oem", "a.oem"], BAD, "step"),
        (["--until", "1 h", "--oem", "nowhere/a.oem"], MISSING, "folder"),
        (["--until", "1 h", "--oem", "."], BAD, "is a folder"),
        (["--until", "1 h", "--method", "euler"], BAD, "euler"),
        ([], BAD, "--until"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_option_is_told(arguments, code, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert execute(["propagate", str(STATES / "low_orbit.toml"), *arguments, "--json"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    report = json.loads(told.err)
    assert re.search(says, report["message"]), report
    assert report["exit_code"] == code


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert execute(["propagate", str(tmp_path / "lost.toml"), "--until", "1 d", "--json"]) == BAD
    (problem,) = json.loads(capsys.readouterr().err)["problems"]
    assert "no such file" in problem["message"]
    assert "state file" in problem["remedy"]


def test_a_burn_that_uses_more_than_there_is_says_so(tmp_path, capsys):
    text = (STATES / f"{FERRY}.toml").read_text(encoding="utf-8").replace('"400 N"', '"40 kN"')
    path = tmp_path / "thirsty.toml"
    path.write_text(text, encoding="utf-8")
    assert execute(["propagate", str(path), "--until", "1 d", "--json"]) == BAD
    assert "uses more than" in capsys.readouterr().err
