"""Tracking of protected spacecraft: which tasks a scenario asks for, and errors that shrink where somebody sees."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.tracking.tracking_forecast import ForecastSensor, local_covariance, tracking_forecast
from moonstead.report.run_folder import RunFolder
from moonstead.report.sections.monitoring_tracking import section
from moonstead.run.plan import make_plan
from moonstead.run.some_tasks import compute_tasks
from moonstead.run.tables import Table, write_table
from moonstead.scenario.load import load_scenario

SCENARIO = Path(__file__).parent / "monitoring.toml"
FORCES = ForceModel(center="MOON", degree=4, third_bodies=("EARTH", "SUN"))
LUNAR = np.array([2.2e6, 0.0, 4.0e5, -100.0, 300.0, 1.4e3])
EPOCH = 7.5e8  # [s TDB past J2000]
ERRORS = (100.0, 2000.0, 100.0)  # [m]


@pytest.fixture(scope="module")
def data():
    return DataContext.installed()


def test_a_protected_spacecraft_is_tracked_by_what_stands_on_the_earth(data, tmp_path):
    loaded = load_scenario(SCENARIO)
    tasks = [task for task in make_plan(loaded.scenario) if task.id.startswith("tracked.")]
    assert [task.id for task in tasks] == ["tracked.relay"]
    assert [one["id"] for one in tasks[0].fragment["sensors"]] == ["optical", "fence"]
    result = compute_tasks(make_plan(loaded.scenario), ["tracked.relay"], data, tmp_path)["tracked.relay"]
    facts = result.facts
    assert [one["name"] for one in facts["sensors"]] == ["optical", "fence"]
    assert facts["sensors"][1]["sights"] == 0  # a radar that reaches 3000 km sees nothing at the Moon
    assert facts["first_sigma"] == pytest.approx(math.sqrt(20.0**2 + 100.0**2 + 20.0**2))
    assert facts["last_sigma"] is None or 0.0 < facts["last_sigma"] < 1e5


def test_what_is_seen_is_known_better_and_what_is_not_is_said(data):
    truth = propagate(OrbitState(LUNAR, EPOCH, "MOON"), EPOCH + 9000.0, FORCES, data)
    place = SurfacePoint.on_earth("east", 0.7, 2.0, 0.0)
    opposite = SurfacePoint.on_earth("west", -0.6, -1.2, 0.0)
    sensors = [ForecastSensor(one, 5e-6, None, 0.1) for one in (place, opposite)]
    found = tracking_forecast(truth, sensors, EPOCH, EPOCH + 8000.0, 600.0, ERRORS, FORCES, data)
    assert sum(found.sights) > 5
    assert found.orbit is not None
    sigma = np.sqrt(np.trace(found.orbit.covariances[-1][:3, :3]))
    blind = [ForecastSensor(place, 5e-6, None, 0.1, largest_range=1e6)]
    assert tracking_forecast(truth, blind, EPOCH, EPOCH + 8000.0, 600.0, ERRORS, FORCES, data).orbit is None
    alone = propagate(OrbitState(LUNAR, EPOCH, "MOON"), EPOCH + 8000.0, FORCES, data, with_transition=True)
    passed = alone.transition(found.orbit.tdb[-1:])[0]
    unseen = passed @ local_covariance(LUNAR, ERRORS, "MOON") @ passed.T
    assert sigma < 0.8 * np.sqrt(np.trace(unseen[:3, :3]))
    with pytest.raises(InvalidInput, match="runs forward"):
        tracking_forecast(truth, sensors, EPOCH, EPOCH, 600.0, ERRORS, FORCES, data)


def test_the_page_says_that_it_is_simulated_and_who_saw(tmp_path):
    (tmp_path / "tables").mkdir()
    columns = {"tdb": np.arange(3.0), "sigma": np.array([3e3, 2e3, 1e3]), "smoothed": np.full(3, 900.0)}
    columns["utc"] = np.array(["2026-01-01T00:00:00", "2026-01-01T01:00:00", "2026-01-01T02:00:00"])
    units = {"tdb": "s TDB past J2000", "utc": "UTC", "sigma": "m", "smoothed": "m"}
    write_table(Table("tracked.relay", columns, units, "Errors."), tmp_path / "tables")
    sensors = [{"name": "Eye", "kind": "telescope", "sights": 3}, {"name": "Fence", "kind": "radar", "sights": 0}]
    common = {"start_utc": "2026-01-01", "stop_utc": "2026-01-02", "first_sigma": 5e3, "sensors": sensors}
    tasks = [
        {"id": "tracked.relay", "facts": {"name": "Relay", "last_sigma": 1e3, **common}},
        {"id": "tracked.far", "facts": {"name": "Far", "last_sigma": None, **common, "sensors": sensors[1:]}},
    ]
    page = section(RunFolder(tmp_path, {"tasks": tasks}, []))
    assert page is not None
    for words in ("Simulated", "Eye (3)", "never seen", "nobody", "tracked-relay"):
        assert words in page.body
    assert section(RunFolder(tmp_path, {"tasks": []}, [])) is None


def test_errors_of_position_turn_into_errors_of_velocity():
    covariance = local_covariance([7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0], (1.0, 100.0, 2.0), "EARTH")
    rate = math.sqrt(3.986e14 / 7e6**3)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)[:3]), [1.0, 100.0, 2.0])
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)[3:]), rate * np.array([100.0, 1.0, 2.0]), rtol=1e-3)
