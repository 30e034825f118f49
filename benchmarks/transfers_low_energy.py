"""Long measurements of soft ways to the Moon: `python -m benchmarks.transfers_low_energy [low_orbit nrho ...]`.

They take minutes, so the everyday tests hold small versions of them. Times are CPU seconds of this process.
"""

from __future__ import annotations

import math
import sys
import time

from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit
from moonstead.orbits.transfers.arrivals import ArrivalFamily, OrbitArrival, low_orbit_arrival
from moonstead.orbits.transfers.cislunar import cislunar_forces
from moonstead.orbits.transfers.low_energy import FORWARD, low_energy_transfers
from moonstead.orbits.transfers.lunar_flyby import flyby_transfer
from moonstead.orbits.transfers.orbit_access import orbit_access
from moonstead.orbits.transfers.refly import refly

DAY = 86_400.0
START = Epoch.parse("2026-07-01T00:00:00Z").tdb()
DIRECT_INSERTION = 816.4  # [m/s] cheapest case of the planar scan
OTHER = {"EARTH": 1e-3, "MOON": 0.1}  # [m] tolerances that no correction has seen


def low_orbit(data: DataContext) -> None:
    """A fortnight of departures to a polar orbit at 100 km."""
    _low_energy(low_orbit_arrival(100e3, 0.5 * math.pi, START, data), DAY, data)


def nrho(data: DataContext) -> None:
    """The same fortnight to the 9:2 NRHO."""
    _low_energy(OrbitArrival(_flown("nrho", 6.5625, 60.0, 150.0, data)), 0.5 * DAY, data)


def access(data: DataContext) -> None:
    """Between a polar orbit at 100 km and the NRHO, up and down, in one day and in four."""
    orbit = _flown("nrho", 6.5625, 0.0, 20.0, data)
    for outbound in (True, False):
        for days in (1.0, 4.0):
            began = time.process_time()
            found = orbit_access(
                orbit, START + 6.0 * DAY, START + 12.6 * DAY, cislunar_forces(), data, outbound=outbound,
                inclination=0.5 * math.pi, longest=days * DAY,
            )  # fmt: skip
            spent = time.process_time() - began
            print(
                f"{'up' if outbound else 'down'}: {found.transfer.total_delta_v:.1f} m/s in "
                f"{found.flight_time / DAY:.2f} d; {spent:.1f} s"
            )


def flyby(data: DataContext) -> None:
    """From the Earth by a powered flyby to the NRHO and to a distant retrograde orbit."""
    for family, period, altitude in (("nrho", 6.5625, 100e3), ("dro", 13.4, 130e3)):
        orbit = _flown(family, period, 0.0, 20.0, data)
        began = time.process_time()
        found = flyby_transfer(
            orbit, START + DAY, START + DAY + period * DAY, cislunar_forces(), data, flyby_altitude=altitude
        )
        spent = time.process_time() - began
        again = refly(found.transfer, cislunar_forces().by_center, data, tolerance=0.01)
        costs = ", ".join(f"{name} {cost:.1f}" for name, cost in found.transfer.delta_v.items())
        print(f"{family}: {costs} m/s, flown again {again.position_defect:.2g} m off; {spent:.1f} s")


def _low_energy(family: ArrivalFamily, cadence: float, data: DataContext) -> None:
    began = time.process_time()
    found = low_energy_transfers(
        family, START, START + 15.0 * DAY, cislunar_forces(), data, shortest=80.0 * DAY, longest=110.0 * DAY,
        cadence=cadence, most=5,
    )  # fmt: skip
    spent = time.process_time() - began
    for one in found:
        again = [
            refly(one.transfer, cislunar_forces().by_center, data, tolerance=tolerance)
            for tolerance in (FORWARD, OTHER)
        ]
        heights = ", ".join(f"{target.error:.3g}" for target in again[1].targets)
        print(
            f"{Epoch.from_tdb(one.departure.tdb).text('UTC', 0)}, {one.flight_time / DAY:.2f} d: insertion "
            f"{one.arrival.cost:.2f} m/s ({1.0 - one.arrival.cost / DIRECT_INSERTION:.1%} below direct), C3 "
            f"{one.departure.c3 / 1e6:.3f}; flown again {again[0].position_defect:.2g} m off, with other tolerances "
            f"{again[1].position_defect:.3g} m, targets {heights} m"
        )
    print(f"{spent:.1f} s")


def _flown(family: str, days: float, first: float, last: float, data: DataContext) -> Trajectory:
    point, branch = ("L2", "south") if family == "nrho" else (None, None)
    orbit = periodic_orbit(family, point=point, branch=branch, period=days * DAY)
    count = math.ceil((last - first) / days) + 1
    return fly_periodic_orbit(orbit, START + first * DAY, count, cislunar_forces().near_moon, data).trajectory()


SUBJECTS = {"low_orbit": low_orbit, "nrho": nrho, "access": access, "flyby": flyby}


def main() -> None:
    """Measure the subjects that are named, or all."""
    data = DataContext.installed()
    for name in sys.argv[1:] or SUBJECTS:
        print(name)
        SUBJECTS[name](data)


if __name__ == "__main__":
    main()
