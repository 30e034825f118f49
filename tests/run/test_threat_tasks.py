"""Threats, shields and cameras in a run. Authority: the library with the same values, published figures of 2024 YR4."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.run.plan import make_plan
from moonstead.run.preflight import examine
from moonstead.run.some_tasks import compute_tasks
from moonstead.run.threat_orbit import stored_orbit
from moonstead.scenario.load import load_scenario
from moonstead.smallbodies.effects.surface_angle import surface_angle
from moonstead.smallbodies.meteoroids import ground_factor
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
from moonstead.smallbodies.penetration import WhippleShield, meteoroid_holes
from moonstead.smallbodies.published_orbit import read_published_orbit

THREATS = Path(__file__).parent / "threats.toml"
OURS = ("threat", "meteoroids", "flashes")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    tasks = make_plan(load_scenario(THREATS).scenario)
    wanted = [task.id for task in tasks if task.id.startswith(OURS)]
    return compute_tasks(tasks, wanted, DataContext.installed(), tmp_path_factory.mktemp("threats"))


def test_the_orbit_comes_back_as_it_was_read(results):
    kept = stored_orbit(results["threat-orbit.yr4"])
    read = read_published_orbit(THREATS.parents[2] / "scenarios" / "2024-yr4.json", DataContext.installed())
    np.testing.assert_array_equal(kept.state, read.state)
    np.testing.assert_array_equal(kept.covariance, read.covariance)
    assert kept.parameters == read.parameters
    assert kept.absolute_magnitude == pytest.approx(23.92)
    assert "JPL#78" in results["threat-orbit.yr4"].facts["source"]


def test_the_moon_is_in_danger_and_the_earth_is_not(results):
    bodies = results["threat-impact.yr4"].facts["bodies"]
    assert bodies["MOON"]["probability"] == pytest.approx(0.043, abs=0.005)  # NASA, June 2025: 4.3 %
    low, high = bodies["MOON"]["interval"]
    assert low < bodies["MOON"]["probability"] < high
    assert bodies["EARTH"]["probability"] < 1e-5
    assert bodies["EARTH"]["torino"] == 0
    rows = results["threat-impact.yr4"].table("threat-impactors.yr4").columns
    assert list(rows["body"]) == ["MOON"]
    assert str(rows["utc"][0]).startswith("2032-12-22T15")
    energy = 0.5 * math.pi / 6.0 * 2600.0 * 60.0**3 * rows["speed"][0] ** 2
    assert rows["energy"][0] == pytest.approx(energy, rel=1e-3)  # it is that of the speed past the turning ground
    corridor = results["threat-impact.yr4"].table("threat-corridor.yr4").columns
    assert corridor["tdb"].size > 20
    assert set(corridor["impactor"].tolist()) == {0}
    plane = results["threat-impact.yr4"].table("threat-plane.yr4").columns
    moon = plane["body"] == "MOON"
    away = np.hypot(plane["x"], plane["y"])
    assert np.array_equal(away[moon] < plane["radius"][moon], plane["impact"][moon].astype(bool))
    assert np.std(plane["x"][moon]) > 100.0 * np.std(plane["y"][moon])  # a line: 24 681 km by 0.8 km


def test_the_station_is_told_what_comes(results):
    effects = results["threat-effects.yr4"]
    facts = effects.facts
    assert facts["crater_diameter"]["low"] <= 1050.0 <= facts["crater_diameter"]["high"]
    assert facts["moonquake_magnitude"]["nominal"] == pytest.approx(5.0, abs=0.2)
    sites = effects.table("threat-sites.yr4").columns
    place = (facts["latitude"], facts["longitude"], math.radians(-88.8), math.radians(123.4))
    assert sites["distance"][0] == pytest.approx(surface_angle(*place) * LUNAR_MAP_RADIUS, rel=1e-9)
    assert sites["distance_05"][0] <= sites["distance_95"][0]
    assert sites["p_wave"][0] < sites["s_wave"][0] < sites["first"][0] < sites["arrived_95"][0]
    fallen = effects.table("threat-ejecta.yr4").columns
    assert fallen["mass"][-1] == pytest.approx(sites["mass"][0], rel=1e-9)
    orbiters = effects.table("threat-orbiters.yr4").columns
    assert list(orbiters["spacecraft"]) == ["relay"]
    assert "as at the start" in orbiters["assumed"][0]
    met = effects.table("threat-hits.yr4").columns
    assert met["hits"][-1] == pytest.approx(orbiters["hits"][0], rel=1e-9)
    advice = effects.table("threat-advice.yr4").columns
    assert {"hub", "relay"} == set(advice["who"])
    assert all(any(sign.isdigit() for sign in reason) for reason in advice["reason"])


def test_it_is_seen_again_at_the_end_of_2028(results):
    facts = results["threat-watch.yr4"].facts
    assert facts["why_not"] is None
    assert facts["next_seen_utc"].startswith("2028-12")
    assert facts["next_seen_by"] == "F51"
    course = results["threat-watch.yr4"].table("threat-course.yr4").columns
    assert course["expected"][0] == pytest.approx(
        results["threat-impact.yr4"].facts["bodies"]["MOON"]["probability"], rel=1e-6
    )
    assert np.all(np.diff(course["shrink"]) <= 1e-12)


def test_a_push_years_before_makes_it_miss(results):
    found = results["threat-deflection.yr4"]
    assert found.facts["why_not"] is None, found.facts["why_not"]
    rows = found.table("threat-deflection.yr4").columns
    assert np.all(rows["proved"])
    np.testing.assert_allclose(rows["distance"], 4e6, rtol=1e-3)
    best, along = (rows["delta_v"][rows["kind"] == kind] for kind in ("best", "along-track"))
    assert np.all(best <= along * (1.0 + 1e-3))
    given = found.facts["delivered"]
    mass = math.pi / 6.0 * 2600.0 * 60.0**3
    assert given["nominal"] == pytest.approx(3.61 * 600.0 * 8e3 / mass, rel=1e-9)  # beta of DART
    assert given["low"] < given["nominal"] < given["high"]


def test_shields_are_those_of_the_library(results):
    rows = results["meteoroids"].table("meteoroids").columns
    wall = meteoroid_holes(WhippleShield(1.3e-3, 0.1, 3.2e-3), float(ground_factor(0.5 * math.pi)))
    assert rows["rate"][0] == pytest.approx(wall)
    assert rows["expected"][0] == pytest.approx(wall * 100.0 * 10.0 * 365.25 * 86_400.0)
    assert rows["exposure"][1] == pytest.approx(10.0 * 86_400.0, abs=1.0)  # the span of the scenario
    assert np.all(rows["probability_low"] <= rows["probability"])


def test_the_camera_sees_flashes_over_the_night_side(results):
    facts = results["flashes.eye"].facts
    rows = results["flashes.eye"].table("flashes.eye").columns
    assert facts["mean_rate"] == pytest.approx(float(np.mean(rows["rate"])))
    assert 0.0 < facts["mean_rate"] * 86_400.0 < 7500.0  # a gram and more on the whole Moon
    assert np.all((rows["night_in_view"] >= 0.0) & (rows["night_in_view"] <= 1.0))


def test_every_model_that_is_named_has_its_paper(results):
    from moonstead.run.models import MODELS

    assert not {name for one in results.values() for name in one.models} - set(MODELS)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2024-yr4.json", "2024-yr5.json", "there is no file"),
        ('"../../scenarios/2024-yr4.json"', '"threats.toml"', "threats.toml"),
        ('["F51"]', '["F5x"]', "no sensor 'F5x'"),
        ("until = 2033", "until = 2533", "outside the ephemeris|after"),
    ],
)
def test_what_cannot_be_computed_is_refused_before_it_is(tmp_path, old, new, words):
    scenarios = THREATS.parents[2] / "scenarios"
    text = THREATS.read_text().replace(old, new, 1).replace("../../scenarios", str(scenarios))
    path = tmp_path / "threats.toml"
    path.write_text(text)
    problems = examine(load_scenario(path), DataContext.installed())
    assert problems
    import re

    assert any(re.search(words, one.message) for one in problems)


@pytest.mark.slow
def test_bare_observations_of_an_impactor_go_all_the_way(shared_data, tmp_path):
    text = THREATS.read_text().split("[[threat]]")[0].split("[[spacecraft]]")[0]
    text += f"""
[[threat]]
id = "bx1"
observations = ["{shared_data / "smallbodies" / "2014AA.obs80"}"]
until = 2014-06-01T00:00:00Z
watch_from = 2014-01-01T12:00:00Z
"""
    path = tmp_path / "impactor.toml"
    path.write_text(text)
    tasks = make_plan(load_scenario(path).scenario)
    wanted = [task.id for task in tasks if task.id.startswith("threat")]
    found = compute_tasks(tasks, wanted, DataContext.installed(), tmp_path / "out")
    orbit, impact = found["threat-orbit.bx1"], found["threat-impact.bx1"]
    assert orbit.facts["why_not"] is None, orbit.facts["why_not"]
    assert orbit.facts["rows"] == 7
    kept = stored_orbit(orbit)
    assert (orbit.facts["kind"] == "sample") == isinstance(kept, RangedOrbit)
    assert impact.facts["bodies"]["EARTH"]["probability"] > 0.9
    assert found["threat-effects.bx1"].facts["impactor"] is None
