"""Long measurements of lunar orbits: `python -m benchmarks.orbits_lunar [shapes relay low keeping]`.

They take minutes, so the everyday tests hold small versions of them. Times are CPU seconds of this process.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np

from moonstead.dynamics.dispersions import BurnErrors
from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.frozen_ellipse import frozen_inclination
from moonstead.orbits.keeping.apsides_control import keep_low_orbit, monthly_swing
from moonstead.orbits.keeping.keeping_errors import KeepingErrors
from moonstead.orbits.keeping.phase_control import keep_ellipse
from moonstead.orbits.lunar.constellation import phased_constellation
from moonstead.orbits.lunar.design import design_relay, start_robustness
from moonstead.orbits.lunar.lifetime import orbit_lifetime
from moonstead.orbits.lunar.lifetime_map import lifetime_map
from moonstead.orbits.lunar.low_frozen import low_frozen_orbit
from moonstead.orbits.lunar.start import EARTH_ORBIT, LunarShape, held_axes, start_states

DAY, YEAR = 86_400.0, 365.25 * 86_400.0
FULL = ForceModel(
    degree=20,
    third_bodies=("EARTH", "SUN", "VENUS BARYCENTER", "MARS BARYCENTER", "JUPITER BARYCENTER"),
    mass=1200.0,
    radiation=Radiation(20.0, 1.3),
)
LOW = ForceModel(degree=50, third_bodies=FULL.third_bodies)
SITES = tuple(
    SurfacePoint(name, "MOON", MOON_ME, math.radians(latitude), math.radians(longitude))
    for name, latitude, longitude in (("hub", -88.80, 123.40), ("ridge", -89.45, 222.69), ("mouton", -84.60, 31.00))
)
MASK = math.radians(5.0)
START = "2035-01-01T00:00:00"
RELAY_ERRORS = {  # standard deviations: a third of 100 m, 1 cm/s (and of 1 km, 1 cm/s), 1.5 %, 1 deg, 1 cm/s unloads
    "100 m, 1 cm/s": KeepingErrors(100 / 3, 0.01 / 3, BurnErrors(0.0, 0.005, 0.0, math.radians(1 / 3)), 0.01 / 3, 0.05),
    "1 km, 1 cm/s": KeepingErrors(1e3 / 3, 0.01 / 3, BurnErrors(0.0, 0.005, 0.0, math.radians(1 / 3)), 0.01 / 3, 0.05),
}


def relay_shape(hours: float = 24.0, periselene: float = 500e3) -> LunarShape:
    """The frozen ellipse with its far end over the south."""
    plain = LunarShape.of_period(periselene, hours * 3600.0, 0.0, 0.0)
    return LunarShape.of_period(periselene, hours * 3600.0, frozen_inclination(plain.eccentricity), 0.5 * math.pi)


def shapes(data: DataContext) -> None:
    """Queqiao-2's published shapes from four nodes, in the simple and in the full model."""
    published = LunarShape.of_altitudes(200e3, 16_000e3, math.radians(62.4), 0.5 * math.pi)
    far, near = 18_678.5e3, 1991.69e3
    flown = LunarShape(near, (far - near) / (far + near), math.radians(119.249), 0.5 * math.pi)
    nodes = np.radians([0.0, 90.0, 180.0, 270.0])
    for label, start, model in (
        ("C20 C22, Earth, Sun", "2024-03-31", ForceModel(degree=2)),
        ("full", "2024-03-31", FULL),
        ("full", "2026-01-01", FULL),
    ):
        epoch = Epoch.parse(f"{start}T00:00:00", "TDB").tdb()
        for name, shape in (("published", published), ("as flown", flown)):
            for axes in ("MOON_PA", "ICRF", EARTH_ORBIT):
                found = lifetime_map(shape, axes, epoch, nodes, 0.0, 1.5 * YEAR, model, data, threads=1)
                print(start, label, name, axes, (found.durations[0, :, 0] / DAY).round(1).tolist())


def relay(data: DataContext) -> None:
    """Design of relays of 24 h and 12 h for eight years, their robustness, and constellations of three."""
    start = Epoch.parse(START, "TDB").tdb()
    for hours in (24.0, 12.0):
        shape, began = relay_shape(hours), time.process_time()
        found = design_relay(shape, start, 8 * YEAR, FULL, data, sites=SITES, masks=[MASK] * 3, threads=1)
        best = found.best
        print(f"{hours} h: {time.process_time() - began:.1f} CPU s, {int(found.screened.lives.sum())} of 12 nodes live")
        seen = [round(each.fraction, 4) for each in best.coverage]
        worst = [round(float(each.worst_by(30 * DAY).min()), 4) for each in best.coverage]
        print("  node", math.degrees(best.node), "lowest km", best.lifetime.lowest_altitude / 1e3, "seen", seen, worst)
        print("  Earth in sight", best.earth_fraction, "worst gap h", [each.worst_gap / 3600 for each in best.coverage])
        began = time.process_time()
        slips = [1 * DAY, 3 * DAY, 7 * DAY, 14 * DAY]
        robust = start_robustness(
            shape, EARTH_ORBIT, best.node, math.pi, start, 8 * YEAR, FULL, data, slips=slips, threads=1
        )
        late = (robust.slip_lifetimes / YEAR).tolist()
        print("  off by 1 km, 1 cm/s:", robust.living_fraction, robust.living_interval(), "late:", late)
        print(f"  {time.process_time() - began:.1f} CPU s")
        for nodes in ([best.node] * 3, [best.node + 2 * math.pi * k / 3 for k in range(3)]):
            began = time.process_time()
            relays = phased_constellation(shape, EARTH_ORBIT, nodes, (0, 1 / 3, 2 / 3), start, 8 * YEAR, FULL, data)
            lowest = [life.lowest_altitude / 1e3 for life in relays.lifetimes]
            print("  three from nodes", np.degrees(nodes).round(0), "lowest km", lowest, "phase", relays.phase_errors)
            for site in SITES:
                each = [relays.coverage(site, MASK, data, satellites=k) for k in (1, 2, 3)]
                gaps = [(one.fraction, one.worst_gap / 3600) for one in each]
                print("   ", site.name, gaps)
            print(f"  {time.process_time() - began:.1f} CPU s")


def low(data: DataContext) -> None:
    """Low frozen orbits at the known inclinations, and what becomes of round starts."""
    start = Epoch.parse(START, "TDB").tdb()
    for altitude, inclination in ((100, 27), (100, 50), (100, 76), (100, 86), (123, 90), (100, 90), (100, 10)):
        began = time.process_time()
        try:
            found = low_frozen_orbit(altitude * 1e3, math.radians(inclination), 0.0, start, LOW, data)
        except InvalidInput as error:
            print(altitude, inclination, f"{time.process_time() - began:.1f} CPU s:", error)
        else:
            life = orbit_lifetime(found.state, 2 * YEAR, LOW, data, step_tolerance=1e-9)
            vector = (math.hypot(*found.mean_vector), math.degrees(math.atan2(*found.mean_vector[::-1])))
            print(altitude, inclination, "frozen: mean e, w", vector, "averaged", found.averaged_eccentricity, end=" ")
            print("lives d", life.duration / DAY, "lowest km", life.lowest_altitude / 1e3, end=" ")
            print(f"{time.process_time() - began:.1f} CPU s")
        near = LunarShape(1_737_400.0 + altitude * 1e3, 0.0, math.radians(inclination), 0.0)
        nodes = np.radians([0.0, 90.0, 180.0, 270.0])
        found_map = lifetime_map(near, "MOON_PA", start, nodes, 0.0, YEAR, LOW, data, threads=1)
        print("  round start lives d", (found_map.durations[0, :, 0] / DAY).round(1).tolist())
    released = Epoch.parse("1972-04-24T22:00:00", "TDB").tdb()
    for tilt in (10.0, 170.0):
        shape = LunarShape.of_altitudes(100e3, 100e3, math.radians(tilt), 0.0)
        nodes = 2 * math.pi * np.arange(16) / 16
        found_map = lifetime_map(shape, "MOON_PA", released, nodes, 0.0, YEAR, LOW, data, threads=1)
        print("PFS-2, inclination", tilt, (found_map.durations[0, :, 0] / DAY).round(1).tolist())


def keeping(data: DataContext) -> None:
    """A thousand years of a relay, and years of low polar orbits."""
    start = Epoch.parse(START, "TDB").tdb()
    shape = relay_shape()
    state = start_states(shape.elements(math.radians(120.0), math.pi), held_axes(EARTH_ORBIT, start, data))[0]
    model = ForceModel(degree=8, mass=1200.0, radiation=Radiation(20.0, 1.3))
    reference = orbit_lifetime(OrbitState(state, start), 1.2 * YEAR, model, data).trajectory
    for name, errors in RELAY_ERRORS.items():
        began = time.process_time()
        kept = keep_ellipse(reference, errors, model, data, runs=1000, seed=1, threads=1)
        cost = kept.cost
        print("relay,", name, "mean", cost.mean(), cost.mean_interval(), [cost.percentile(p) for p in (5, 50, 95, 99)])
        print(
            "  burns a year", cost.manoeuvres_per_year(), "phase", kept.largest_phase_error, len(cost.failures), end=" "
        )
        print(f"{time.process_time() - began:.1f} CPU s")
    errors = KeepingErrors(50 / 3, 0.01 / 3, BurnErrors(0.0, 0.005, 0.0, math.radians(1 / 3)), 0.01 / 3)
    for altitude in (50e3, 100e3):
        swing = monthly_swing(altitude, 0.5 * math.pi, 0.0, start, LOW, data)
        began = time.process_time()
        low_orbits = keep_low_orbit(altitude, 0.5 * math.pi, 0.0, start, errors, LOW, data, runs=16, seed=1, threads=1)
        cost = low_orbits.cost
        print(f"low polar {altitude / 1e3:g} km: mean", cost.mean(), cost.mean_interval(), end=" ")
        print([cost.percentile(p) for p in (5, 50, 95)], "monthly", np.nanmean(low_orbits.resets, axis=0).round(2))
        print("  swing km", swing.largest * (1737.4 + altitude / 1e3), "lowest", low_orbits.lowest.min() / 1e3, end=" ")
        print(f"failed {len(cost.failures)}, {time.process_time() - began:.1f} CPU s")


SUBJECTS: dict[str, Callable[[DataContext], None]] = {
    "shapes": shapes,
    "relay": relay,
    "low": low,
    "keeping": keeping,
}

if __name__ == "__main__":
    context = DataContext.installed()
    for subject in sys.argv[1:] or SUBJECTS:
        SUBJECTS[subject](context)
