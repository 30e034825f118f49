"""Long measurements of flown three-body orbits: `python -m benchmarks.orbits_flown [nine twenty epochs families]`.

They take minutes, so the everyday tests hold small versions of them. Times are CPU seconds of this process.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import NumericalFailure
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.three_body.eclipse_phasing import SYNODIC_MONTH
from moonstead.orbits.three_body.families import periodic_orbit
from moonstead.orbits.three_body.flown import FlownOrbit, fly_periodic_orbit
from moonstead.orbits.three_body.flown_figures import eclipses, passages, time_until_apart
from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit
from moonstead.run.orbit_files import write_orbit_spk

DAY = 86_400.0
MODEL = ForceModel(
    degree=8,
    third_bodies=("EARTH", "SUN", "VENUS", "JUPITER BARYCENTER"),
    mass=15_000.0,
    radiation=Radiation(60.0, 1.3),
)
START = Epoch.parse("2026-01-01", "UTC").tdb()
SPACECRAFT = -60001
LOOKS = 900.0  # [s] of SPICE, which may miss what is shorter


def resonant_nrho(turns: int = 9, months: int = 2) -> PeriodicOrbit:
    return periodic_orbit("nrho", point="L2", branch="south", period=months * SYNODIC_MONTH / turns)


def told(label: str, flown: FlownOrbit, spent: float) -> None:
    found = passages(flown.trajectory(), flown.period)
    print(
        f"{label}: {flown.revolutions} revolutions in {spent:.2f} CPU s, {flown.iterations} Newton steps, defects "
        f"{flown.position_defect.max():.2g} m {flown.velocity_defect.max():.2g} m/s, nearest "
        f"{found.near.min() / 1e3:.1f}-{found.near.max() / 1e3:.1f} km, farthest {found.far.min() / 1e3:.0f}-"
        f"{found.far.max() / 1e3:.0f} km, departure {flown.departure / 1e3:.0f} km, {flown.shape}",
        flush=True,
    )


def nine(data: DataContext) -> None:
    """Nine revolutions, first with kernels loaded, then measured."""
    orbit = resonant_nrho()
    for label in ("first call", "second call"):
        began = time.process_time()
        flown = fly_periodic_orbit(orbit, START, 9, MODEL, data)
        told(f"9:2 NRHO, {label}", flown, time.process_time() - began)
    alone = time_until_apart(flown.trajectory(), MODEL, 1e6, data, longest=59.0 * DAY)
    print(f"without correction within 1000 km for {min(alone / DAY, 59.0):.1f} d of 59")


def twenty(data: DataContext) -> None:
    """Twenty years without an eclipse by the Earth, and SPICE's search on the written kernel."""
    import spiceypy as spice

    orbit = resonant_nrho()
    count = int(np.ceil(20.0 * 365.25 * DAY / (2.0 * SYNODIC_MONTH / 9.0)))
    began = time.process_time()
    flown = fly_periodic_orbit(orbit, START, count, MODEL, data, avoid_eclipse_by=("EARTH",), name="GATE")
    told("9:2 NRHO for twenty years", flown, time.process_time() - began)
    found = passages(flown.trajectory(), flown.period)
    turns = (found.near_tdb - START) / flown.period + flown.phase
    print(
        f"phase {flown.phase:.4f}, {flown.choice}; perilunes off their phase by {np.ptp(turns - np.round(turns)):.3f}"
    )
    for name in ("EARTH", "MOON"):
        windows = eclipses(flown.trajectory(), name, data)
        short = int(np.count_nonzero(windows.durations() < LOOKS))
        print(f"eclipses by {name}: {len(windows)}, longest {windows.longest() / 60.0:.1f} min, {short} under 15 min")
    with TemporaryDirectory() as folder:
        path, text = Path(folder) / "orbit.bsp", Path(folder) / "spheres.tk"
        error = write_orbit_spk(path, flown.trajectory(), SPACECRAFT, "nrho L2 south 8x8")
        text.write_text(spheres())
        print(f"SPK of {path.stat().st_size / 1e6:.1f} MB, interpolates to {error:.2g} m")
        kernels = (str(data.datasets["de440s"].path), str(path), str(text))
        for kernel in kernels:
            spice.furnsh(kernel)
        rng = np.random.default_rng(1)
        times = np.sort(rng.uniform(*flown.trajectory().span, 5000))
        back = 1e3 * np.array([spice.spkgeo(SPACECRAFT, t, "J2000", 301)[0] for t in times])
        print(f"read back by SPICE to {np.abs(back - flown.trajectory().state(times))[:, :3].max():.2g} m")
        for name in ("EARTH", "MOON"):
            hidden = occultations(name, flown.trajectory().span)
            longest = np.ptp(hidden, axis=1).max() / 60.0 if len(hidden) else 0.0
            print(f"SPICE gfoclt: {len(hidden)} eclipses by {name}, longest {longest:.1f} min")
        for kernel in kernels:
            spice.unload(kernel)


def epochs(data: DataContext) -> None:
    """Twenty random starts from 2026 to 2040, nothing set by hand."""
    first, last = START, Epoch.parse("2040-01-01", "UTC").tdb()
    rng = np.random.default_rng(20_26)
    orbit, worst, failed = resonant_nrho(), 0.0, 0
    began = time.process_time()
    for k in range(20):
        start, phase = float(rng.uniform(first, last)), float(rng.uniform(0.0, 1.0))
        label = f"start {k + 1}, {(start - first) / DAY / 365.25:.2f} years on, phase {phase:.3f}"
        here = time.process_time()
        try:
            flown = fly_periodic_orbit(orbit, start, 18, MODEL, data, phase=phase)
        except NumericalFailure as error:
            failed += 1
            print(f"{label}: {error}", flush=True)
            continue
        worst = max(worst, float(flown.position_defect.max()))
        told(label, flown, time.process_time() - here)
    print(f"{20 - failed} of 20 converge, largest defect {worst:.2g} m, {time.process_time() - began:.1f} CPU s")


def families(data: DataContext) -> None:
    """How many revolutions other families hold: doubled until it fails."""
    orbits = {
        "L2 southern halo, z to 13 000 km": lambda: periodic_orbit(
            "halo", point="L2", branch="south", period=15.1 * DAY
        ),
        "DRO of 13.2 d": lambda: periodic_orbit("dro", period=13.2 * DAY),
        "L1 northern halo, 11 d": lambda: periodic_orbit("halo", point="L1", branch="north", period=11.0 * DAY),
        "southern butterfly, 14 d": lambda: periodic_orbit("butterfly", branch="south", period=14.0 * DAY),
        "L4 short period": lambda: periodic_orbit("short-period", point="L4", near=(0.487849, 0.0, 0.0)),
        "4:1 NRHO": lambda: resonant_nrho(4, 1),
    }
    for label, make in orbits.items():
        count = 4
        try:
            orbit = make()
            while count <= 128:
                began = time.process_time()
                told(label, fly_periodic_orbit(orbit, START, count, MODEL, data), time.process_time() - began)
                count *= 2
        except Exception as error:  # the benchmark tells what fails and goes on
            print(f"{label}: {count} revolutions: {error}", flush=True)


def occultations(front: str, span: tuple[float, float]) -> np.ndarray:
    """Windows (K, 2) [s TDB past J2000] in which SPICE finds some of the Sun hidden."""
    import spiceypy as spice

    confine, result = spice.cell_double(2), spice.cell_double(20_000)
    spice.wninsd(*span, confine)
    shapes = (front, "ELLIPSOID", f"IAU_{front}", "SUN", "ELLIPSOID", "IAU_SUN")
    spice.gfoclt("ANY", *shapes, "CN", str(SPACECRAFT), LOOKS, confine, result)
    return np.array([spice.wnfetd(result, k) for k in range(spice.wncard(result))]).reshape(-1, 2)


def spheres() -> str:
    """Text kernel with our radii."""
    lines = ["KPL/PCK", r"\begindata"]
    for identity, name in ((10, "SUN"), (301, "MOON"), (399, "EARTH")):
        radius = f"{body(name).mean_radius / 1e3!r}"
        lines += [f"BODY{identity}_RADII = ({radius}, {radius}, {radius})", f"BODY{identity}_PM = (0, 0, 0)"]
        lines += [f"BODY{identity}_POLE_RA = (0, 0, 0)", f"BODY{identity}_POLE_DEC = (90, 0, 0)"]
    return "\n".join(lines) + "\n"


SUBJECTS: dict[str, Callable[[DataContext], None]] = {
    "nine": nine,
    "twenty": twenty,
    "epochs": epochs,
    "families": families,
}

if __name__ == "__main__":
    context = DataContext.installed()
    for subject in sys.argv[1:] or SUBJECTS:
        SUBJECTS[subject](context)
