"""Orbits of navigation spacecraft out of tracking by ground stations: simulated measurements, a fit, its covariance.

Tables, in SI (times [s TDB past J2000] in `tdb` beside `utc`):

``navigation-tracking.ID``, facts `name`, `stations`, `measurements`, `known` and `predicted` (one sigma of the
position at the end of the arc and of the prediction), `worst` (largest error over its sigma), `arc`, `prediction`,
`why_not`
  ``navigation-tracking.ID``  tdb, utc, radial, transverse, normal (one sigma each), error (against the orbit that was
                              flown), tracked
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from moonstead.run.moments import utc_text
from moonstead.run.tables import Table
from moonstead.run.task import Figure, Task, TaskInputs, TaskOutput
from moonstead.run.trajectories import force_model, orbit_fragment, stored_trajectory
from moonstead.scenario.ground import GroundStation, ShippedStation
from moonstead.scenario.load import plain
from moonstead.scenario.scenario import Scenario

DATASETS = ("de440s", "moon-pa-de440", "grgm1200a", "earth-orientation", "earth-orientation-final")
COUNT = 60.0  # [s] of a Doppler count
FIRST = 120.0  # [s] after the first state: light and count reach back
TABLE_STEP = 1800.0  # [s]
GUESS = (1e3, 0.1)  # [m], [m/s] that the first guess is off in each coordinate
FLOWN = ("frozen-ellipse", "phased", "low-frozen", "elements", "state")


def plan(scenario: Scenario) -> list[Task]:
    """One task for each spacecraft of a constellation, where tracking is asked for."""
    asked = scenario.navigation
    if asked is None or asked.tracking is None:
        return []
    wanted = {craft for one in scenario.constellations for craft in one.spacecraft}
    stations = [_place(station) for station in scenario.ground_stations]
    return [
        Task(
            f"navigation-tracking.{craft.id}",
            f"Tracking of {craft.name or craft.id}",
            f"{__name__}:track",
            orbit_fragment(craft, scenario)
            | {"name": craft.name or craft.id, "tracking": plain(asked.tracking), "stations": stations},
            (f"orbit.{craft.id}",),
            DATASETS,
        )
        for craft in scenario.spacecraft
        if craft.id in wanted
    ]


def _place(station: GroundStation) -> dict[str, Any]:
    if isinstance(station, ShippedStation):
        from moonstead.links.ground_stations import ground_station

        known = ground_station(station.use)
        return {"id": station.id, "latitude": known.latitude, "longitude": known.longitude, "height": known.height}
    return {
        "id": station.id,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "height": station.height,
    }


def track(inputs: TaskInputs) -> TaskOutput:
    """Simulate two-way ranges and Doppler of the flown orbit, fit it, and say how well it is known and predicted."""
    craft = inputs.fragment
    blank = {"name": craft["name"], "stations": len(craft["stations"])}
    if craft["orbit"]["kind"] not in FLOWN or craft["orbit"].get("center", "MOON") != "MOON":
        return TaskOutput(facts=blank | {"why_not": "its orbit is not flown under a force model about the Moon"})
    if not craft["stations"]:
        return TaskOutput(facts=blank | {"why_not": "the scenario has no ground station"})
    from moonstead.dynamics.observe import icrf_position, icrf_state
    from moonstead.dynamics.propagate import OrbitState
    from moonstead.dynamics.trajectories import SurfacePoint
    from moonstead.navigation.lunar.tracking import simulate
    from moonstead.navigation.lunar.tracking_fit import UnknownForces, fit_tracking

    said, data = craft["tracking"], inputs.data
    flown = stored_trajectory(inputs.result(f"orbit.{craft['id']}"), data)
    start = craft["start"]
    end = min(start + said["arc"], flown.span[1])
    until = min(end + said["prediction"], flown.span[1])
    if end - start < 2.0 * FIRST:
        return TaskOutput(facts=blank | {"why_not": "it meets the ground before it can be tracked"})
    points = [
        SurfacePoint.on_earth(one["id"], one["latitude"], one["longitude"], one["height"]) for one in craft["stations"]
    ]
    # the same scenario draws the same errors
    random = np.random.default_rng(zlib.crc32(craft["id"].encode()))
    times = np.arange(start + FIRST, end, said["step"])

    def place(tdb: Any) -> Any:
        return icrf_position(flown, "EARTH", tdb, data)

    ranges = simulate("range", points, times, place, said["range_error"], data, random, bias_sigma=said["range_bias"])
    rates = simulate("doppler", points, times, place, said["doppler_error"], data, random, count_interval=COUNT)
    if ranges.tdb.size < 6:
        return TaskOutput(facts=blank | {"why_not": "no ground station sees it often enough"})
    model = force_model(craft)
    off = np.repeat(GUESS, 3) * random.standard_normal(6)
    guess = OrbitState(icrf_state(flown, "MOON", np.array([start]), data)[0] + off, start)
    unknown = UnknownForces(radiation=said["radiation_error"] if model.radiation is not None else 0.0)
    found = fit_tracking([ranges, rates], guess, model, data, unknown=unknown, until=until)
    tdb = np.append(np.arange(start, until, TABLE_STEP), until)
    sigma = found.position_sigmas(tdb)
    error = np.linalg.norm(found.state(tdb)[:, :3] - icrf_state(flown, "MOON", tdb, data)[:, :3], axis=1)
    total = np.linalg.norm(sigma, axis=1)
    table = Table(
        inputs.task.id,
        {
            "tdb": tdb,
            "utc": utc_text(tdb),
            "radial": sigma[:, 0],
            "transverse": sigma[:, 1],
            "normal": sigma[:, 2],
            "error": error,
            "tracked": tdb <= end,
        },
        {
            "tdb": "s TDB past J2000",
            "utc": "UTC",
            "radial": "m, one sigma",
            "transverse": "m, one sigma",
            "normal": "m, one sigma",
            "error": "m",
            "tracked": "1",
        },
        "How well the orbit is known, and how far the one found is from the one flown; simulated tracking.",
    )
    known = float(np.max(total[tdb <= end]))
    facts = blank | {
        "measurements": int(found.measurements),
        "known": known,
        "predicted": float(total[-1]),
        "worst": float(np.max(error / total)),
        "arc": end - start,
        "prediction": until - end,
        "why_not": None,
    }
    how = (
        f"{len(points)} ground stations, ranges to {said['range_error']:g} m and Doppler over "
        f"{(end - start) / 3600.0:.3g} h; forces as flown but for the sunlight; simulated"
    )
    figures = (
        Figure(f"{craft['name']}: orbit known from tracking", known, "m", f"{how}; largest one sigma within the arc"),
        Figure(f"{craft['name']}: orbit predicted", float(total[-1]), "m", f"{how}; {(until - end) / 3600.0:.3g} h on"),
    )
    return TaskOutput((table,), figures=figures, facts=facts, models=("de440", "grail", "lunar-tracking"))
