"""Long measurements of Lambert, windows to Mars and landings: `python -m benchmarks.transfers_mars [lambert ...]`.

The everyday tests hold small versions of them. Times are CPU seconds of this process.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np

from moonstead.dynamics.forces import ForceModel
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.lambert import BRANCHES, lambert
from moonstead.orbits.landing.ascent import design_ascent
from moonstead.orbits.landing.descent import design_descent
from moonstead.orbits.landing.flown import fly_ascent, fly_descent
from moonstead.orbits.landing.powered import LunarSite, Vehicle
from moonstead.orbits.transfers.interplanetary import fly_to_planet
from moonstead.orbits.transfers.interplanetary_bodies import EphemerisBody
from moonstead.orbits.transfers.porkchop_minima import best_arcs
from moonstead.orbits.transfers.refly import refly

WINDOWS = (
    ("2026-06-01", "2027-03-01"),
    ("2028-08-01", "2029-04-01"),
    ("2030-10-01", "2031-06-01"),
    ("2032-12-01", "2033-08-01"),
    ("2035-03-01", "2035-10-01"),
    ("2037-05-01", "2038-01-01"),
)
VEHICLES = (
    ("lunar module", Vehicle(15_200.0, 45_040.0, 311.0, 6900.0, 0.1)),
    ("8 t, 20 kN", Vehicle(8000.0, 20_000.0, 310.0)),
    ("3.78 t, 7.5 kN", Vehicle(3780.0, 7500.0, 310.0)),
    ("26 t, 30 kN", Vehicle(26_000.0, 30_000.0, 320.0)),
)
ROWS = 100_000


def arcs(data: DataContext) -> None:
    """Time of an arc, and how near moving along it comes to the second position."""
    del data
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(ROWS, 3)), rng.normal(size=(ROWS, 3))
    for turns in (0, 1, 3):
        elapsed = (1 + turns) * 10.0 ** rng.uniform(-0.3, 1.0, ROWS)
        for branch in BRANCHES if turns else BRANCHES[:1]:
            found = lambert(first, second, elapsed, 1.0, revolutions=turns, branch=branch)
            began = time.process_time()
            found = lambert(first, second, elapsed, 1.0, revolutions=turns, branch=branch)
            spent = time.process_time() - began
            solved = np.flatnonzero(found.status == 0)[:20_000]
            start = np.hstack((first, found.departure_velocity))[solved]
            reached = two_body_states(start, elapsed[solved], 1.0)
            miss = np.linalg.norm(reached[:, :3] - second[solved], axis=1) / np.linalg.norm(second[solved], axis=1)
            median, most = np.quantile(miss, [0.5, 0.999])
            unsolved = np.bincount(found.status, minlength=6)
            print(
                f"{turns} turns, {branch}: {spent / ROWS * 1e6:.2f} us an arc, off by {median:.1e} (median), "
                f"{most:.1e} (99.9 %); status {unsolved.tolist()}"
            )


def windows(data: DataContext) -> None:
    """Least C3 of each window at a grid of one day, and the flight of the better type."""
    earth, mars = EphemerisBody("EARTH BARYCENTER", data), EphemerisBody("MARS BARYCENTER", data)
    for dates in WINDOWS:
        first, last = (Epoch.parse(f"{date}T00:00:00", "TDB").tdb() for date in dates)
        began = time.process_time()
        found = [best_arcs(earth, mars, (first, last), kind=kind)[0] for kind in ("I", "II")]
        spent = time.process_time() - began
        for arc in found:
            print(
                f"{dates[0][:4]} {arc.kind}: C3 {arc.c3 / 1e6:.4f} km2/s2, {_date(arc.departure_tdb)} to "
                f"{_date(arc.arrival_tdb)}, {arc.duration / SECONDS_PER_DAY:.1f} d, arrives with "
                f"{arc.arrival_speed / 1e3:.3f} km/s {' '.join(arc.edges)}"
            )
        best = min(found, key=lambda arc: arc.c3)
        began = time.process_time()
        flight = fly_to_planet(best, data)
        flown = time.process_time() - began
        again = refly(flight.transfer, flight.forces, data, tolerance=0.1)
        print(
            f"  window {spent:.2f} s; type {best.kind} flown: misses by {flight.designed_miss / 1e3:.0f} km, corrected "
            f"{flight.b_plane_miss:.1f} m in {flight.iterations} steps, {flown:.2f} s; again "
            f"{again.position_defect:.0f} m off; C3 {flight.c3 / 1e6:.3f} from the Earth's centre"
        )


def landings(data: DataContext) -> None:
    """Descents and ascents of some vehicles, designed and flown."""
    site, model = LunarSite(math.radians(-88.8), math.radians(123.4), 0.0, math.pi), ForceModel("MOON", degree=100)
    for name, vehicle in VEHICLES:
        began = time.process_time()
        down = design_descent(site, vehicle)
        designed = time.process_time() - began
        began = time.process_time()
        flown = fly_descent(down, 1.1e9, model, data)
        print(
            f"{name}: {down.delta_v:.1f} m/s, {down.duration:.0f} s, {down.downrange / 1e3:.0f} km, {designed:.2f} s; "
            f"flown {flown.designed_position_defect:.1f} m and {flown.designed_velocity_defect:.2f} m/s off, corrected "
            f"{flown.position_defect:.1e} m and {flown.velocity_defect:.1e} m/s, {time.process_time() - began:.2f} s"
        )
    for offset in (0.0, 0.5, 2.0):
        began = time.process_time()
        up = design_ascent(site, Vehicle(4700.0, 15_600.0, 311.0), plane_offset=math.radians(offset))
        designed = time.process_time() - began
        risen = fly_ascent(up, 1.1e9, model, data)
        print(
            f"ascent {offset} deg out of plane: {up.delta_v:.1f} + {up.rounding:.1f} m/s, {designed:.2f} s; flown "
            f"{risen.designed_apsides[0] / 1e3:.2f} x {risen.designed_apsides[1] / 1e3:.2f} km, corrected "
            f"{risen.apsides[0] / 1e3:.4f} x {risen.apsides[1] / 1e3:.4f} km"
        )


def _date(tdb: float) -> str:
    return Epoch.from_tdb(tdb).text("TDB")[:16]


SUBJECTS: dict[str, Callable[[DataContext], None]] = {"lambert": arcs, "windows": windows, "landings": landings}


def main() -> None:
    data = DataContext.installed()
    for name in sys.argv[1:] or SUBJECTS:
        print(f"== {name}", flush=True)
        SUBJECTS[name](data)


if __name__ == "__main__":
    main()
