"""Long measurements of station keeping: `python -m benchmarks.orbits_keeping [nrho crossing halo dro ...]`.

They take minutes, so the everyday tests hold small versions of them. Times are CPU seconds of this process, one thread.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from moonstead.dynamics.dispersions import BurnErrors
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.keeping.crossing_control import CrossingControl
from moonstead.orbits.keeping.keeping_errors import KeepingErrors
from moonstead.orbits.keeping.monte_carlo import KeptRuns, keep_orbit
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit, reference_orbit
from moonstead.orbits.keeping.target_point import TargetPointControl
from moonstead.orbits.keeping.usual_control import METHODS, revolutions_wanted, usual_cadence, usual_control
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit

DAY, YEAR = 86_400.0, 365.25 * 86_400.0
START = "2030-01-01T00:00:00"
MODEL = ForceModel(degree=8, mass=15_000.0, radiation=Radiation(100.0, 1.4))
# standard deviations, a third of 1.5 % and 1 deg of each burn, 1.42 mm/s fixed, 3 mm/s of an unload, 30 % of sunlight
EXECUTION = BurnErrors(1.42e-3 / 3.0, 0.005, 0.0, math.radians(1.0 / 3.0))


def budget(position: float, velocity: float, minimum: float) -> KeepingErrors:
    """Errors whose navigation is given by three standard deviations."""
    return KeepingErrors(position / 3.0, velocity / 3.0, EXECUTION, 1e-3, 0.1, minimum)


ROUGH, FINE = budget(10e3, 0.1, 0.03), budget(1e3, 0.01, 0.0)


def flown(data: DataContext, family: str, method: str, **which: object) -> ReferenceOrbit:
    """A year of an orbit in the full model."""
    orbit = periodic_orbit(family, **which)  # type: ignore[arg-type]
    count = revolutions_wanted(orbit.duration, YEAR, method, usual_cadence(family))
    path = fly_periodic_orbit(orbit, Epoch.parse(START).tdb(), count, MODEL, data)
    return reference_orbit(path.trajectory(), MODEL, data)


def told(name: str, kept: KeptRuns, began: float) -> None:
    """One line of figures."""
    cost = kept.cost
    low, high = cost.mean_interval()
    shares = "/".join(f"{cost.percentile(share):.2f}" for share in (5, 50, 95, 99))
    print(
        f"{name}: {cost.runs} runs, mean {cost.mean():.2f} ({low:.2f} to {high:.2f}), 5/50/95/99 % {shares} m/s in a "
        f"year, {cost.manoeuvres_per_year():.1f} burns, {len(cost.failures)} lost, {kept.unsolved} of "
        f"{kept.burns.size} plans without their aim, farthest {np.nanmax(kept.departures) / 1e3:.0f} km, "
        f"{time.process_time() - began:.1f} CPU s",
        flush=True,
    )


def nrho(data: DataContext) -> None:
    """Near rectilinear halo orbit by target points, 1000 runs of a year."""
    reference = flown(data, "nrho", "target-point", point="L2", branch="south", period=6.56 * DAY)
    for name, errors in (("10 km, 10 cm/s", ROUGH), ("1 km, 1 cm/s", FINE)):
        began = time.process_time()
        kept = keep_orbit(
            TargetPointControl(reference), reference, errors, data, runs=1000, seed=1, duration=YEAR, threads=1
        )
        told(f"NRHO, target point, {name}", kept, began)


def crossing(data: DataContext) -> None:
    """The same by x-axis crossings, each plan flown in the full model."""
    reference = flown(data, "nrho", "x-axis", point="L2", branch="south", period=6.56 * DAY)
    control = CrossingControl(reference, data, threads=1)
    began = time.process_time()
    told(
        "NRHO, x-axis", keep_orbit(control, reference, ROUGH, data, runs=1000, seed=1, duration=YEAR, threads=1), began
    )


def halo(data: DataContext) -> None:
    """A halo orbit about L2 such as Queqiao's."""
    reference = flown(data, "halo", "target-point", point="L2", branch="south", period=14.6 * DAY)
    for method in METHODS:
        began = time.process_time()
        control = usual_control(method, usual_cadence("halo"), reference, data, threads=1)
        kept = keep_orbit(control, reference, budget(3e3, 0.03, 0.0), data, runs=200, seed=1, duration=YEAR, threads=1)
        told(f"L2 halo, {method}, 3 km, 3 cm/s", kept, began)


def dro(data: DataContext) -> None:
    """A distant retrograde orbit."""
    reference = flown(data, "dro", "target-point", period=13.7 * DAY)
    for name, errors in (("10 km, 10 cm/s", ROUGH), ("1 km, 1 cm/s", FINE)):
        began = time.process_time()
        control = usual_control("target-point", usual_cadence("dro"), reference, data, threads=1)
        kept = keep_orbit(control, reference, errors, data, runs=200, seed=1, duration=YEAR, threads=1)
        told(f"DRO, target point, {name}", kept, began)


def controllers(data: DataContext) -> None:
    """Burns by transition matrices beside burns by flights in the full model, on the same twenty estimates."""
    reference = flown(data, "nrho", "target-point", point="L2", branch="south", period=6.56 * DAY)
    control = TargetPointControl(reference)
    here = int(control.burn_crossings[10])
    scatter = np.random.default_rng(4).standard_normal((20, 6)) * np.repeat([30e3, 0.1], 3)
    estimates = reference.crossing_states[here] + scatter
    linear = control.plan(10, estimates).delta_v
    weights = np.repeat([1.0 / control.position_scale, 1.0 / control.velocity_scale], 3)
    slopes = [weights[:, None] * reference.transition(here, here + ahead)[:, 3:] for ahead in control.targets]
    normal = sum(each.T @ each for each in slopes) + np.eye(3) / control.burn_scale**2
    burns = linear.copy()
    for _ in range(6):  # Gauss and Newton with the flights' own departures
        started = estimates + np.concatenate((np.zeros_like(burns), burns), axis=1)
        downhill = -burns / control.burn_scale**2
        for ahead, slope in zip(control.targets, slopes, strict=True):
            begin, end = (float(reference.crossing_tdb[k]) for k in (here, here + ahead))
            ended = propagate_many(started, begin, end, MODEL, data, step_tolerance=1e-9, threads=1).final
            downhill -= (weights * (ended - reference.crossing_states[here + ahead])) @ slope
        burns += np.linalg.solve(normal, downhill.T).T
    apart, size = np.linalg.norm(linear - burns, axis=1), np.linalg.norm(linear, axis=1)
    print(f"target points by matrices beside flights: burns of {size.mean():.4f} m/s differ by {apart.max():.5f} m/s")


def station(data: DataContext) -> None:
    """Decay of the space station in an ephemeris of NASA beside the averaged decay, with the numbers that it states."""
    from moonstead.formats.oem import read_oem
    from moonstead.foundation.bodies import body
    from moonstead.foundation.frames.frame import rotation
    from moonstead.foundation.frames.standard import EME2000, TEME
    from moonstead.foundation.space_weather import SpaceWeather
    from moonstead.orbits.earth_orbit import EQUATORIAL_RADIUS, GM, J2, LowOrbit
    from moonstead.orbits.elements import kepler_elements
    from moonstead.orbits.keeping.air_drag import air_drag

    shared = Path(__file__).resolve().parents[2] / "shared" / "data" / "monitoring"
    (segment,) = read_oem(shared / "iss" / "ISS_OEM_NASA_2025-02-26.xml.gz").segments
    turned = rotation(EME2000, TEME, segment.tdb, data).state(segment.states)
    place, speed = turned[:, :3], turned[:, 3:]
    distance = np.linalg.norm(place, axis=1)
    oblate = (
        GM / distance * 0.5 * J2 * (EQUATORIAL_RADIUS / distance) ** 2 * (1.0 - 3.0 * (place[:, 2] / distance) ** 2)
    )
    axis = -0.5 * GM / (0.5 * np.sum(speed**2, axis=1) - GM / distance - oblate)
    days = (segment.tdb - segment.tdb[0]) / DAY
    rate, _ = np.polyfit(days, axis, 1)
    first = kepler_elements(turned[:1], body("EARTH").gm)
    orbit = LowOrbit(
        float(segment.tdb[0]), float(axis.mean()), 0.0005, *(float(x[0]) for x in (first.inclination, first.node))
    )
    weather = SpaceWeather.from_file(shared / "spaceweather" / "SW-All.csv.gz")
    air = air_drag(orbit, segment.tdb[0], segment.tdb[-1], weather, lowest=axis.mean() - 5e3, highest=axis.mean() + 5e3)
    modelled = -1.95 * 1791.9 / 454_339.0 * float(air.rate(air.days, float(axis.mean())).mean()) * DAY
    print(
        f"ISS, 15 d from 2025-02-26: {rate:.1f} m/d in the ephemeris, {modelled:.1f} m/d by NRLMSIS with its c_D A / m"
    )


SUBJECTS: dict[str, Callable[[DataContext], None]] = {
    "nrho": nrho,
    "crossing": crossing,
    "halo": halo,
    "dro": dro,
    "controllers": controllers,
    "station": station,
}


def main() -> None:
    """Measure what the command line names, or all."""
    data = DataContext.installed()
    for name in sys.argv[1:] or SUBJECTS:
        SUBJECTS[name](data)


if __name__ == "__main__":
    main()
