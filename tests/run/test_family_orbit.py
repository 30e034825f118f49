"""Spacecraft on orbits of three-body families: keys, the flight over a scenario, its tables and figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.three_body.family_names import FAMILIES, POINTS_OF
from moonstead.run.engine import run_scenario
from moonstead.run.family_orbit import member
from moonstead.run.preflight import examine
from moonstead.run.tables import read_table
from moonstead.run.trajectories import LEAD, fly, orbit_fragment
from moonstead.scenario.family_orbits import SEVERAL_POINTS, FamilyName
from moonstead.scenario.load import load_scenario
from moonstead.scenario.problems import ScenarioError

MINI = Path(__file__).parent / "mini.toml"
NRHO = (
    '{ kind = "family", family = "nrho", point = "L2", branch = "south", resonance = "9:2", '
    'avoid_eclipses = ["earth"] }'
)
LOWEST, HIGHEST = 3100e3, 3600e3  # [m] perilune that the project accepts of the southern 9:2 NRHO


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def written(folder, orbit):
    kept = MINI.read_text().split("[[facility]]")[0] + '[[spacecraft]]\nid = "gate"\npartner = "us"\norbit = ' + orbit
    path = folder / "family.toml"
    path.write_text(kept.replace("stop = 2035-01-11", "stop = 2035-02-11") + "\n")
    return path


def test_families_of_the_scenario_are_those_of_the_library():
    assert FamilyName.__args__ == FAMILIES
    assert set(SEVERAL_POINTS) == {name for name, points in POINTS_OF.items() if len(points) > 1}


def test_a_spacecraft_flies_its_family_over_the_scenario(tmp_path, data):
    scenario = load_scenario(written(tmp_path, NRHO)).scenario
    fragment = orbit_fragment(scenario.spacecraft[0], scenario)
    flown, _ = fly(fragment, data)
    assert flown.span[0] == fragment["start"] - LEAD and flown.span[1] >= fragment["stop"]
    distance = np.linalg.norm(flown.state(np.linspace(*flown.span, 20_000))[:, :3], axis=1)
    assert LOWEST < distance.min() < HIGHEST and distance.max() < 73e6


def test_a_run_tells_path_passages_and_eclipses(tmp_path, data):
    out = tmp_path / "out"
    run_scenario(written(tmp_path, NRHO), out, data=data, workers=1)
    path = read_table(out / "tables" / "rotating.gate.parquet").columns
    orbit = read_table(out / "tables" / "family.gate.parquet").columns
    near = read_table(out / "tables" / "passages.gate.parquet").columns
    # by the Moon's side of the Earth, mostly below the plane; the periodic orbit encloses the same place
    assert np.all(np.abs(path["x"] - 0.99) < 0.1) and np.mean(path["z"]) < -0.1
    assert abs(np.mean(orbit["z"]) - np.mean(path["z"])) < 0.02
    assert len(near["distance"]) in (6, 7) and np.all((near["distance"] > LOWEST) & (near["distance"] < HIGHEST))
    assert "EARTH" not in read_table(out / "tables" / "eclipses.gate.parquet").columns["body"].tolist()
    assert (out / "ephemerides" / "gate.oem").is_file()


@pytest.mark.parametrize(
    ("orbit", "told"),
    [
        ('{ kind = "family", family = "nrho", point = "L2" }', "one member of the family is wanted"),
        ('{ kind = "family", family = "nrho", period = "6.56 d" }', "exists at several points"),
        ('{ kind = "family", family = "dro", period = "13 d", resonance = "2:1" }', "one member of the family"),
        ('{ kind = "family", family = "resonant", resonance = "2:1" }', "needs its resonance and one of"),
        ('{ kind = "family", family = "dro", period = "13 d", phase = 0.5, avoid_eclipses = ["earth"] }', "at once"),
        ('{ kind = "family", family = "nrho", point = "L2", resonance = "nine" }', "resonance"),
        ('{ kind = "family", family = "nrhos", point = "L2", resonance = "9:2" }', "nrho"),
    ],
)
def test_keys_without_sense_are_refused(orbit, told, tmp_path):
    with pytest.raises(ScenarioError, match=told):
        load_scenario(written(tmp_path, orbit))


def test_a_family_elsewhere_is_told_before_the_run(tmp_path, data):
    loaded = load_scenario(
        written(tmp_path, '{ kind = "family", family = "butterfly", point = "L1", period = "14 d" }')
    )
    assert any("no family butterfly at L1" in problem.message for problem in examine(loaded, data))


def test_a_member_that_is_not_in_the_family_is_refused():
    with pytest.raises(InvalidInput):
        member(
            {
                "family": "nrho",
                "point": "L2",
                "branch": "south",
                "period": 40.0 * 86_400.0,
                "jacobi": None,
                "resonance": None,
            }
        )
