"""How well protected spacecraft would be known if the scenario's radars and telescopes tracked them: simulated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import stored_trajectory
from moonstead.run.watching import sensor_fragment
from moonstead.scenario.common import epoch_of
from moonstead.scenario.scenario import Scenario

if TYPE_CHECKING:
    from moonstead.monitoring.tracking.tracking_forecast import ForecastSensor

INTERVAL = 600.0  # [s] between measurements of one sensor
RADAR_RANGE, RADAR_ANGLE = 30.0, 5e-4  # [m], [rad] assumed: a scenario does not say how well a sensor measures
TELESCOPE_ANGLE = math.radians(1.0 / 3600.0)  # assumed
NOISE = 1e-16  # [m2/s3] 1e-8 m/s2 over a quarter of an hour: light pressure that is not known to a tenth
DEGREE = 8  # of gravity: the same for the truth and for the filter
DATASETS = ("de440s", "moon-pa-de440", "earth-orientation", "earth-orientation-final", "egm2008-36", "grgm1200a")


def plan(scenario: Scenario) -> list[Task]:
    """One task for each protected spacecraft, where a radar or telescope stands on the Earth."""
    asked = scenario.monitoring
    if asked is None:
        return []
    sensors = [sensor_fragment(sensor, scenario) for sensor in scenario.sensors]
    ours = [one for one in sensors if one["kind"] in ("radar", "telescope") and one["body"] == "EARTH"]
    names = {craft.id: craft.name or craft.id for craft in scenario.spacecraft}
    first, last = scenario.span()
    start = max(first, epoch_of(asked.start).tdb()) if asked.start is not None else first
    tasks = []
    for one in scenario.protected:
        if one.spacecraft is None or not ours:
            continue
        said = {
            "craft": one.spacecraft,
            "name": names[one.spacecraft],
            "sensors": ours,
            "errors": list(asked.element_error if one.position_error is None else one.position_error),
            "start": start,
            "stop": min(last, start + asked.duration),
        }
        title = f"Tracking of {names[one.spacecraft]}"
        inputs = (f"orbit.{one.spacecraft}",)
        tasks.append(Task(f"tracked.{one.spacecraft}", title, f"{__name__}:track_craft", said, inputs, DATASETS))
    return tasks


def track_craft(inputs: TaskInputs) -> TaskOutput:
    """Errors of one spacecraft's position after each simulated measurement."""
    from moonstead.dynamics.forces import ForceModel
    from moonstead.monitoring.tracking.tracking_forecast import tracking_forecast

    said = inputs.fragment
    path = stored_trajectory(inputs.result(f"orbit.{said['craft']}"), inputs.data)
    center = "EARTH" if path.center == "EARTH" else "MOON"
    others = ("MOON", "SUN") if center == "EARTH" else ("EARTH", "SUN")
    start, stop = max(said["start"], path.span[0]), min(said["stop"], path.span[1])
    found = tracking_forecast(
        path,
        [_sensor(one) for one in said["sensors"]],
        start,
        stop,
        INTERVAL,
        said["errors"],
        ForceModel(center=center, degree=DEGREE, third_bodies=others),
        inputs.data,
        noise_density=NOISE,
    )
    rows = [
        {"name": one["name"], "kind": one["kind"], "sights": sights}
        for one, sights in zip(said["sensors"], found.sights, strict=True)
    ]
    facts: dict[str, Any] = {
        "name": said["name"],
        "sensors": rows,
        "start_utc": str(utc_text(start)[0]),
        "stop_utc": str(utc_text(stop)[0]),
        "first_sigma": math.sqrt(sum(error**2 for error in said["errors"])),
        "last_sigma": None,
    }
    if found.orbit is None:
        warning = f"{said['name']}: no radar or telescope of the scenario sees it from {facts['start_utc']} on"
        return TaskOutput(facts=facts, warnings=(warning,))
    orbit = found.orbit
    after, smoothed = _size(orbit.covariances), _size(orbit.smoothed_covariances)
    facts["last_sigma"] = float(after[-1])
    table = Table(
        f"tracked.{said['craft']}",
        {"tdb": orbit.tdb, "utc": utc_text(orbit.tdb), "sigma": after, "smoothed": smoothed},
        {"tdb": "s TDB past J2000", "utc": "UTC", "sigma": "m", "smoothed": "m"},
        "Error of the position after each simulated measurement: one sigma of all three axes, then by all of them.",
    )
    seeing = sum(row["sights"] > 0 for row in rows)
    how = f"simulated tracking by {seeing} sensors, square-root filter, assumed accuracies"
    figure = Figure(f"{said['name']}: position known by tracking, one sigma (simulated)", float(after[-1]), "m", how)
    return TaskOutput((table,), figures=(figure,), facts=facts, models=("tracking", "de440"))


def _size(covariances: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """One sigma of all three axes together (K,) [m]."""
    return np.asarray(np.sqrt(np.trace(covariances[:, :3, :3], axis1=1, axis2=2)))


def _sensor(said: dict[str, Any]) -> ForecastSensor:
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.monitoring.tracking.tracking_forecast import ForecastSensor

    place = SurfacePoint.on_earth(said["name"], said["latitude"], said["longitude"], said["height"])
    reach = math.inf if said["maximum_range"] is None else said["maximum_range"]
    if said["kind"] == "radar":
        return ForecastSensor(place, RADAR_ANGLE, RADAR_RANGE, said["minimum_elevation"], reach)
    return ForecastSensor(place, TELESCOPE_ANGLE, None, said["minimum_elevation"], reach, said["sun_below"])
