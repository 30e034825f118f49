"""Authority: JPL's and ESA's close approaches of Apophis and 2024 YR4; clones for the standard deviations."""

import json

import numpy as np
import pytest

from moonstead.cli.main import execute
from moonstead.foundation.data import DataContext
from moonstead.smallbodies.encounters import encounters, with_sigmas
from moonstead.smallbodies.motion.flight import fly
from moonstead.smallbodies.motion.flights import closest_approaches
from moonstead.smallbodies.motion.perturbers import perturbers
from moonstead.smallbodies.published_orbit import read_published_orbit

CAPABILITY = "encounters of small bodies"
DAY = 86_400.0
CLONES = 400
SPREAD = 0.15  # [1] four standard deviations of a standard deviation from 400 clones


def ask(arguments, capsys, code=0):
    assert execute(["asteroid", "encounters", *map(str, arguments)]) == code
    told = capsys.readouterr()
    return json.loads(told.out if code == 0 else told.err)


@pytest.mark.truth
@pytest.mark.parametrize(
    ("file", "until", "body", "time_tdb", "distance_km", "tolerance", "authority"),
    [
        ("sbdb_99942_phys.json", 2030, "earth", "2029-04-13T21:46:1", 38_011.4, 0.5, "ASSIST with JPL#220"),
        ("neocc_99942.ke1", 2030, "earth", "2029-04-13T21:46:1", 38_013.7, 0.5, "ASSIST with ESA's orbit"),
        ("sbdb_2024YR4_phys.json", 2033, "moon", "2032-12-22T15:10:0", 10_682.0, 1.0, "ASSIST with JPL#78"),
        ("sbdb_2024YR4_phys.json", 2033, "earth", "2032-12-22T08:36:2", 266_857.0, 1.0, "ASSIST with JPL#78"),
    ],
)
def test_known_encounters_are_told(
    shared_data, capsys, validation, file, until, body, time_tdb, distance_km, tolerance, authority
):
    answer = ask(["--from-orbit", shared_data / "smallbodies" / file, "--until", until, "--json"], capsys)
    (met,) = [row for row in answer["encounters"] if row["body"] == body]
    assert met["time_tdb"].startswith(time_tdb)
    assert not met["impact"]
    validation(
        capability=CAPABILITY,
        quantity=f"least distance, {answer['object']}, {body}, {time_tdb[:10]}",
        authority=authority,
        error=abs(met["distance_km"] - distance_km),
        unit="km",
        tolerance=tolerance,
        cases=1,
    )


def test_standard_deviations_are_those_of_clones(shared_data):
    data = DataContext.installed()
    pull = perturbers(data)
    orbit = read_published_orbit(shared_data / "smallbodies" / "sbdb_99942_phys.json", data)
    until = 9.25e8
    flight = fly(orbit, until, pull, with_partials=True)
    met = with_sigmas(encounters(flight, pull, bodies=("EARTH",)), flight, pull)[-1]
    draws = np.random.default_rng(1).multivariate_normal(np.zeros(len(orbit.parameters)), orbit.covariance, CLONES)
    pushes = np.array([orbit.non_gravitational.a1, orbit.non_gravitational.a2, orbit.non_gravitational.a3])
    columns = [("A1", "A2", "A3").index(name) for name in orbit.parameters[6:]]
    pushes = np.tile(pushes, (CLONES, 1))
    pushes[:, columns] += draws[:, 6:]
    many = closest_approaches(
        orbit.state + draws[:, :6], orbit.tdb, until, pull, bodies=("EARTH",), non_gravitational=pushes
    )
    near = np.abs(many.tdb - met.tdb) < DAY
    assert np.count_nonzero(near) == CLONES
    assert np.std(many.distance[near]) == pytest.approx(met.distance_sigma, rel=SPREAD)
    assert np.std(many.tdb[near]) == pytest.approx(met.tdb_sigma, rel=SPREAD)


def test_years_and_limits_choose_what_is_listed(shared_data, capsys):
    orbit = shared_data / "smallbodies" / "sbdb_99942_phys.json"
    none = ask(["--from-orbit", orbit, "--from", 2022, "--until", 2028, "--json"], capsys)
    assert none["encounters"] == []
    wide = ask(["--from-orbit", orbit, "--until", 2030, "--within", "0.3", "--body", "venus", "--json"], capsys)
    assert {row["body"] for row in wide["encounters"]} == {"venus"}
    assert execute(["asteroid", "encounters", "--from-orbit", str(orbit), "--until", "2030"]) == 0
    assert "2029-04-13T21:45:03" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--until", "2030"], "either files of observations"),
        (["--from-orbit", "{orbit}", "--within", "0"], "--within"),
        (["--from-orbit", "{orbit}", "--altitude", "-3"], "--altitude"),
        (["--from-orbit", "{orbit}", "--until", "12"], "--until is a year"),
        (["--from-orbit", "{orbit}", "--from", "2030", "--until", "2028"], "end before it begins"),
        (["--from-orbit", "{orbit}", "--body", "vulcan"], "VULCAN"),
        (["--from-orbit", "{orbit}.gone"], "gone"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_panel(shared_data, capsys, arguments, words):
    orbit = str(shared_data / "smallbodies" / "sbdb_99942_phys.json")
    code = 3 if words == "gone" else 2
    fault = ask([word.replace("{orbit}", orbit) for word in [*arguments, "--json"]], capsys, code)
    assert words in json.dumps(fault)


def test_a_short_arc_is_answered_by_shares_of_a_sample(shared_data, capsys):
    answer = ask([shared_data / "smallbodies" / "2014AA.obs80", "--until", 2014, "--json"], capsys)
    if answer["kind"] == "sample":
        (earth,) = [row for row in answer["nearest"] if row["body"] == "earth"]
        assert earth["share_impact"] > 0.99
        assert earth["time_utc"][0] < "2014-01-02T03:05" < earth["time_utc"][-1]
    else:
        assert answer["encounters"][-1]["impact"]
