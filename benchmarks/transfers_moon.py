"""Long measurements of flights to the Moon: `python -m benchmarks.transfers_moon [direct free burns home abort]`.

They take minutes, so the everyday tests hold small versions of them. Times are CPU seconds of this process.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np

from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import MoonsteadError
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.transfers.abort import abort_table, flyby_abort
from moonstead.orbits.transfers.best_return import best_return, best_return_plane
from moonstead.orbits.transfers.calendar import best_direct, departure_calendar
from moonstead.orbits.transfers.capture import captured_in_steps
from moonstead.orbits.transfers.cislunar import CislunarFlight, cislunar_forces, prepare_flight
from moonstead.orbits.transfers.direct import DirectCase, direct_transfer, solve_direct
from moonstead.orbits.transfers.earth_return import EntryCase, return_transfer
from moonstead.orbits.transfers.finite import Engine, finite_transfer
from moonstead.orbits.transfers.free_return import FreeReturnCase, free_return_transfer, solve_free_return
from moonstead.orbits.transfers.phasing import phasing_transfer
from moonstead.orbits.transfers.planar import cheapest_planar_transfer, planar_transfer
from moonstead.orbits.transfers.refly import Reflown, refly
from moonstead.orbits.transfers.transfer import Transfer

DAY, HOUR = 86_400.0, 3600.0
TABLE = 3948.9  # [m/s] cheapest case of the planar scan
MONTHS = ("2026-01-01", "2028-06-01", "2030-01-01", "2035-03-01")
CASE = DirectCase(earth_inclination=math.radians(40.0))


def direct(data: DataContext) -> None:
    """The planar table, and the calendars of four months under the full forces."""
    for days in (2.8, 3.0, 4.14):
        one = planar_transfer(days * DAY)
        print(f"planar {days} d: {one.departure:.1f} + {one.arrival:.1f} = {one.delta_v:.1f} m/s")
    best = cheapest_planar_transfer()
    print(f"planar cheapest: {best.delta_v:.1f} m/s at {best.flight_time / DAY:.2f} d")
    for month in MONTHS:
        start = _tdb(month)
        flight = prepare_flight(cislunar_forces(), start - DAY, start + 40.0 * DAY, data)
        began = time.process_time()
        calendar = departure_calendar(CASE, list(start + DAY * np.arange(31)), flight)
        spent = time.process_time() - began
        costs = [day.solution.delta_v for day in calendar.days if day.solution is not None]
        best_one = best_direct(CASE, start, start + 30.0 * DAY, flight, calendar=calendar)
        flown = _again(direct_transfer(best_one, flight), flight)
        print(
            f"{month}: {len(costs)} of 31 days, {min(costs):.1f} to {max(costs):.1f} m/s "
            f"({min(costs) / TABLE - 1:+.2%} to {max(costs) / TABLE - 1:+.2%}), best {best_one.delta_v:.1f} m/s, flown "
            f"again {flown.position_defect:.2g} m off; {spent:.1f} s"
        )


def free(data: DataContext) -> None:
    """Free returns over a month: perilune and angle of entry when flown again."""
    start = _tdb("2026-04-01")
    flight = prepare_flight(cislunar_forces(), start - 8.0 * DAY, start + 40.0 * DAY, data)
    for altitude in (100e3, 250e3, 1500e3, 7400e3):
        perilune, angle, costs, spent, failed = 0.0, 0.0, [], 0.0, 0
        for day in range(0, 28, 4):
            began = time.process_time()
            try:
                one = solve_free_return(
                    FreeReturnCase(altitude, earth_inclination=math.radians(35.0)), start + day * DAY, flight
                )
            except MoonsteadError as refused:
                failed += 1
                print(f"  {refused}")
                continue
            spent += time.process_time() - began
            error = {t.name: abs(t.error) for t in _again(free_return_transfer(one, flight), flight).targets}
            perilune, angle = max(perilune, error["perilune altitude"]), max(angle, error["entry angle"])
            costs.append(one.delta_v)
        print(
            f"free return at {altitude / 1e3:.0f} km, 7 dates, {failed} failed: "
            f"{min(costs):.0f} to {max(costs):.0f} m/s; flown again perilune {perilune:.2g} m, angle "
            f"{math.degrees(angle):.2g} deg off; {spent / 7:.2f} s each"
        )


def burns(data: DataContext) -> None:
    """Loops, capture in steps and finite burns over a month."""
    start = _tdb("2026-03-01")
    flight = prepare_flight(cislunar_forces(), start - 30.0 * DAY, start + 45.0 * DAY, data)
    kinds: dict[str, Callable[..., Transfer]] = {
        "2.5 loops": lambda one: phasing_transfer(one, [60e6, 240e6], flight),
        "3.5 loops": lambda one: phasing_transfer(one, [40e6, 120e6, 300e6], flight),
        "three insertion burns": lambda one: captured_in_steps(one, [12.0 * HOUR, 3.5 * HOUR], flight),
        "finite burns": lambda one: finite_transfer(
            one, 90e3, Engine(250e3, 450.0), Engine(26.7e3, 314.0), flight, arrival_mass=26e3
        ),
    }
    solutions = []
    for day in range(0, 28, 4):
        found = departure_calendar(CASE, [start + day * DAY], flight).days[0].solution
        if found is not None:
            solutions.append(found)
    for name, build in kinds.items():
        more, off, spent, failed = [], 0.0, 0.0, 0
        for one in solutions:
            began = time.process_time()
            try:
                transfer = build(one)
            except MoonsteadError as refused:
                failed += 1
                print(f"  {refused}")
                continue
            spent += time.process_time() - began
            more.append(transfer.total_delta_v - one.delta_v)
            off = max(off, _again(transfer, flight).position_defect)
        print(
            f"{name}: {failed} of {len(solutions)} failed, {min(more):+.1f} to {max(more):+.1f} m/s against two "
            f"impulses, flown again at most {off:.2g} m off; {spent / len(solutions):.2f} s each"
        )


def home(data: DataContext) -> None:
    """Ways home from polar orbits over a month."""
    start = _tdb("2026-03-01")
    flight = prepare_flight(cislunar_forces(), start - DAY, start + 40.0 * DAY, data)
    costs, angle, spent = [], 0.0, 0.0
    for day in range(0, 28, 4):
        began = time.process_time()
        tdb = start + day * DAY
        orbit, _ = best_return_plane(100e3, 0.5 * math.pi, tdb, 4.0 * DAY, data)
        one = best_return(orbit, tdb + 7200.0, 4.0 * DAY, EntryCase(), flight)
        spent += time.process_time() - began
        costs.append(one.delta_v)
        errors = [abs(t.error) for t in _again(return_transfer(one, flight), flight).targets if t.unit == "rad"]
        angle = max(angle, *errors)
    print(
        f"home in 4 d from 100 km, polar, best plane: {min(costs):.0f} to {max(costs):.0f} m/s, angle of entry "
        f"{math.degrees(angle):.2g} deg off; {spent / len(costs):.2f} s each"
    )


def abort(data: DataContext) -> None:
    """Aborts from a flight of four and a half days."""
    start = _tdb("2026-03-10")
    flight = prepare_flight(cislunar_forces(), start - DAY, start + 25.0 * DAY, data)
    one = solve_direct(CASE, start, 4.5 * DAY, flight)
    trajectory = _again(direct_transfer(one, flight), flight).trajectory
    times = [start + hours * HOUR for hours in (3, 6, 12, 24, 48, 72, 90, 100)]
    began = time.process_time()
    options = abort_table(trajectory, times, [1.5 * DAY, 2.5 * DAY, 4.0 * DAY, 6.0 * DAY], flight)
    spent = time.process_time() - began
    for row in range(len(times)):
        told = [
            "none"
            if option.solution is None
            else f"{option.solution.delta_v:.0f} ({option.solution.duration / DAY:.1f} d)"
            for option in options[4 * row : 4 * row + 4]
        ]
        print(f"abort {(times[row] - start) / HOUR:.0f} h after departure: {', '.join(told)} m/s")
    print(f"{spent / len(options):.2f} s each")
    for hours in (6, 12, 24, 48, 72):
        began = time.process_time()
        state = OrbitState(trajectory.state_about("EARTH", [start + hours * HOUR])[0], start + hours * HOUR, "EARTH")
        try:
            found = flyby_abort(state, one.perilune_tdb, flight)
            told_one = f"{found.delta_v:.1f} m/s, home in {found.duration / DAY:.1f} d"
        except MoonsteadError as refused:
            told_one = str(refused)
        print(f"round the Moon from {hours} h: {told_one}; {time.process_time() - began:.1f} s")


def _again(transfer: Transfer, flight: CislunarFlight) -> Reflown:
    return refly(transfer, {"EARTH": flight.forces.near_earth, "MOON": flight.forces.near_moon}, flight.data)


def _tdb(date: str) -> float:
    return Epoch.parse(f"{date}T00:00:00", "UTC").tdb()


def main() -> None:
    subjects = {"direct": direct, "free": free, "burns": burns, "home": home, "abort": abort}
    data = DataContext.installed()
    for name in sys.argv[1:] or subjects:
        print(f"-- {name}", flush=True)
        subjects[name](data)


if __name__ == "__main__":
    main()
