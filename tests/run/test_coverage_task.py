"""Coverage and life of lunar orbits in a run. Authority: sampled geometry of the same run, and a flight of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import propagate, state_at
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections import coverage
from moonstead.run.moments import utc_text, windows_of
from moonstead.run.plan import make_plan
from moonstead.run.tasks import coverage as tasks
from moonstead.run.trajectories import spacecraft_trajectory
from moonstead.scenario.load import load_scenario


@pytest.fixture(scope="module")
def run(small_run):
    return RunFolder.open(small_run)


def test_sight_is_what_the_orbit_and_the_skyline_say(run):
    """Elevation over the plain plane bounds it: the skyline of a rim only takes away below it or gives beyond it."""
    windows = windows_of(run.table("sight.rim"))
    orbit = run.table("orbit.relay").columns
    data = DataContext.installed()
    fixed = MOON_ME.from_icrf(orbit["tdb"], data).position(np.stack([orbit[k] for k in "xyz"], axis=1))
    latitude, longitude = np.radians([-89.45, 222.69])
    up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    line = fixed - LUNAR_MAP_RADIUS * up
    elevation = np.arcsin(line @ up / np.linalg.norm(line, axis=1))
    high, low = elevation > np.radians(8.0), elevation < np.radians(-8.0)
    assert windows.contains(orbit["tdb"][:-1][high[:-1]]).all()  # the last moment belongs to no window
    assert not windows.contains(orbit["tdb"][low]).any()
    (alone, together) = run.facts("sight.rim")["rows"]
    assert alone["fraction"] == pytest.approx(together["fraction"]) == pytest.approx(windows.fraction())
    assert alone["longest_gap"] > 0.0


def test_an_orbit_is_followed_beyond_the_scenario_to_its_impact(run):
    """The small station's ellipse, Ely's shape from an arbitrary node, falls in its fifth month: another integrator."""
    facts = run.facts("life.relay")
    scenario = load_scenario(Path(__file__).parent / "mini.toml").scenario
    data = DataContext.installed()
    flown = spacecraft_trajectory(scenario.spacecraft[0], scenario, data)
    later = propagate(
        state_at(flown, flown.span[1]),
        flown.span[1] + 200 * 86_400.0,
        ForceModel(degree=20),
        data,
        method="dormand-prince",
        step_tolerance=1e-11,
    )
    assert later.hit_surface
    assert facts["impact_utc"][:15] == str(utc_text([later.span[1]])[0])[:15]  # to ten minutes
    lowest = run.table("periselene.relay").columns["altitude"]
    assert lowest.min() == pytest.approx(facts["lowest"]) and facts["lowest"] == pytest.approx(0.0, abs=1.0)
    assert facts["followed_years"] == pytest.approx((later.span[1] - flown.span[0]) / (365.25 * 86_400.0), abs=1e-4)


def test_the_section_tells_both(run):
    section = coverage.section(run)
    assert section is not None
    assert "Above the skyline" in section.body and "Life without control" in section.body
    assert "NaN" not in section.body and "nan" not in section.body
    assert "at least 1 of 1" not in section.body


def test_only_lunar_orbits_that_are_propagated_are_planned():
    scenario = load_scenario(Path(__file__).parent / "mini.toml").scenario
    names = [task.id for task in make_plan(scenario) if task.id.startswith(("life.", "sight."))]
    assert sorted(names) == ["life.relay", "sight.rim"]
    earthbound = scenario.model_copy(update={"spacecraft": ()})
    assert tasks.plan(earthbound) == []
