"""What coverage, fireballs and visibility about the Moon cost and how exact they are.

    python -m benchmarks.monitoring_coverage [speed] [exact] [cislunar] [fireballs]    variable: FIREBALLS (a file)

`speed`: 100 satellites over 10 000 cells, a day in steps of a minute. `exact`: against samples a second apart for 24
cells. `cislunar`: who sees orbiters of the Moon, a near-rectilinear halo orbit and an arrival.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.frames.standard import ITRF
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.coverage import coverage_map
from moonstead.monitoring.coverage.constellations import geostationary, walker
from moonstead.monitoring.coverage.ground import GROUNDS, Cells, equal_area
from moonstead.monitoring.coverage.watchers import ViewLimits, constellation_watchers
from moonstead.monitoring.visibility.brightness import DiffuseSphere
from moonstead.monitoring.visibility.lagrange_place import LagrangePoint
from moonstead.monitoring.visibility.telescopes import Telescope, seen_by_any, visibility
from moonstead.orbits.elements import KeplerElements, states_from_elements
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import fly_periodic_orbit

START = Epoch.parse("2026-03-01").tdb()
HOUR, DAY = 3600.0, 86_400.0
LOW = ViewLimits(least_elevation=np.radians(8.2))


def speed(data: DataContext) -> None:
    coverage_map.warm_up()
    cells = equal_area(GROUNDS["EARTH"], np.radians(2.03))
    watchers = constellation_watchers(
        walker(100, 10, 1, 780e3, np.radians(86.4)), LOW, START, START + DAY, data, step=60.0
    )
    print(f"{len(watchers)} satellites, {len(cells)} cells, {watchers.tdb.size} times")
    for stereo in (None, np.radians(20.0)):
        begin = time.process_time()
        found = coverage_map.coverage(watchers, cells, stereo=stereo)
        spent = time.process_time() - begin
        print(f"  stereo {stereo is not None}: {spent:.2f} CPU s, share seen {found.mean(found.share_at_least(1)):.6f}")


def exact(data: DataContext) -> None:
    generator = np.random.default_rng(5)
    north, east = np.arcsin(generator.uniform(-1.0, 1.0, 24)), generator.uniform(-np.pi, np.pi, 24)
    cells = Cells(GROUNDS["EARTH"], north, east, np.full(24, 1 / 24), np.arange(24))
    orbits = walker(12, 3, 1, 780e3, np.radians(60.0))
    limits = ViewLimits(np.radians(5.0), np.radians(55.0), 2.2e6, np.radians(40.0), "day")
    watchers = constellation_watchers(orbits, limits, START, START + DAY, data, step=60.0)
    begin = time.process_time()
    found = coverage_map.coverage(watchers, cells, stereo=None)
    spent = time.process_time() - begin
    dense = constellation_watchers(orbits, limits, START, START + DAY, data, step=1.0)
    worst, missed = 0.0, 0
    for row in range(len(cells)):
        number = np.zeros(dense.tdb.size, dtype=np.int64)
        for states in dense.states:
            line = states[:, :3] - cells.positions[row]
            far = np.linalg.norm(line, axis=1)
            high = np.linalg.norm(states[:, :3], axis=1)
            held = line @ cells.normals[row] >= far * np.sin(limits.least_elevation)
            held &= np.sum(line * states[:, :3], axis=1) >= far * high * np.cos(limits.half_angle)
            held &= far <= limits.largest_range
            held &= -np.sum(line * dense.sun, axis=1) <= far * np.cos(limits.sun_exclusion)
            number += held & (dense.sun @ cells.normals[row] > 0.0)
        gaps = np.count_nonzero(np.diff((np.concatenate(([1], number)) == 0).astype(np.int64)) > 0)
        missed += max(0, gaps - int(found.gaps[row]))
        worst = max(worst, abs(float(np.mean(number >= 1)) - float(found.share_at_least(1)[row])))
    print(f"all demands, {len(cells)} cells x {len(orbits)} satellites: {spent:.3f} CPU s")
    print(f"  gaps that samples a second apart have and intervals have not: {missed}")
    print(f"  largest difference of a share of the day: {worst * DAY:.2f} s in {int(found.gaps.max())} gaps at most")


def lunar(low: float, high: float, inclination: float, days: float, name: str, data: DataContext):
    """An orbit of the Moon, heights [m], inclination [rad] to the equator of the ICRF."""
    moon = body("MOON")
    near, far, one = moon.mean_radius + low, moon.mean_radius + high, np.ones(1)
    elements = KeplerElements(
        near * one, (far - near) / (far + near) * one, inclination * one, one, 1.5 * np.pi * one, 0.0 * one
    )
    state = states_from_elements(elements, moon.gm)[0]
    return propagate(OrbitState(state, START, "MOON"), START + days * DAY, ForceModel(degree=20), data, name=name)


def arrival(days: float, data: DataContext):
    """The days before a passage 100 km over the Moon, 0.87 km/s from far off."""
    moon = body("MOON")
    radius = moon.mean_radius + 100e3
    quick = np.sqrt(0.87e3**2 + 2.0 * moon.gm / radius)
    earth = data.ephemeris.state("EARTH", "MOON", np.array([START + days * DAY]))[0]
    behind = earth[3:] / np.linalg.norm(earth[3:])
    toward = earth[:3] / np.linalg.norm(earth[:3])
    state = np.concatenate((-radius * toward, -quick * behind))
    model = ForceModel(degree=2)
    return propagate(OrbitState(state, START + days * DAY, "MOON"), START, model, data, name="arrival")


def cislunar(data: DataContext) -> None:
    days = 14.0
    halo = periodic_orbit("halo", point="L2", branch="south", period=6.56 * DAY)
    flown = fly_periodic_orbit(halo, START, 3, ForceModel(degree=8), data, name="halo orbit of 6.56 d")
    targets = {
        "low orbit, 100 km": lunar(100e3, 100e3, 1.5, days, "low", data),
        "ellipse, 300 x 8000 km": lunar(300e3, 8000e3, 1.0, days, "ellipse", data),
        "halo orbit, 6.56 d": flown.trajectory(),
        "arrival, last 3 d": arrival(3.0, data),
    }
    limits = {"sun_exclusion": np.radians(30.0), "earth_exclusion": np.radians(5.0)}
    dark = {"least_elevation": np.radians(15.0), "sun_below": np.radians(12.0)}

    def ground(name: str, latitude: float, longitude: float) -> Telescope:
        place = SurfacePoint.on_earth(name, np.radians(latitude), np.radians(longitude), 2000.0)
        return Telescope(place, 19.5, moon_exclusion=np.radians(0.2), **dark, **limits)

    def orbit(name: str, constellation) -> Telescope:
        tdb = np.arange(START - 60.0, START + days * DAY + 120.0, 60.0)
        path = TabulatedTrajectory(name, "EARTH", ITRF, tdb, constellation.states(tdb, data)[0], 7)
        return Telescope(path, 18.0, moon_exclusion=np.radians(0.1), **limits)

    telescopes = [
        ground("Kashi", 38.4, 76.7),
        ground("Leoncito", -31.8, -69.3),
        orbit("GEO 75 E", geostationary([np.radians(75.0)])),
        orbit("LEO 800 km", walker(1, 1, 0, 800e3, np.radians(98.6))),
        Telescope(LagrangePoint("L1", data), 18.0, moon_exclusion=np.radians(0.1), **limits),
        Telescope(LagrangePoint("L2", data), 18.0, moon_exclusion=np.radians(0.1), **limits),
    ]
    for name, target in targets.items():
        span = (max(START, target.span[0]), min(START + days * DAY, target.span[1]))
        begin = time.process_time()
        seen = [visibility(telescope, target, DiffuseSphere(4.0), span, data) for telescope in telescopes]
        together = seen_by_any(seen)
        spent = time.process_time() - begin
        print(f"{name}: {spent:.2f} CPU s for {(span[1] - span[0]) / DAY:.1f} d and {len(telescopes)} telescopes")
        for one in seen:
            print(
                f"  {one.telescope:16s} seen {100 * one.fraction:5.1f} %  longest gap {one.longest_gap / HOUR:6.1f} h  "
                f"median {one.median_magnitude:5.1f} mag"
            )
        print(
            f"  {'any of them':16s} seen {100 * together.fraction():5.1f} %  gap {(~together).longest() / HOUR:.1f} h"
        )


def fireballs(data: DataContext) -> None:
    from moonstead.cli.main import execute

    file = os.environ["FIREBALLS"]
    for more in (["--preset", "geo-3"], ["--preset", "molniya-3"], ["--preset", "iridium", "--elevation-deg", "8.2"]):
        execute(["monitor", "fireballs", file, *more])


if __name__ == "__main__":
    context = DataContext.installed()
    for wanted in sys.argv[1:] or ("speed", "exact", "cislunar"):
        {"speed": speed, "exact": exact, "cislunar": cislunar, "fireballs": fireballs}[wanted](context)
