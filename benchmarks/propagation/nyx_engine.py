"""nyx on the same data, where somebody has installed it: its licence (AGPL-3.0) keeps it out of every list of ours."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import motion
import numpy as np
from brahe_peer import GM_EARTH

from benchmarks.propagation.engine import Engine
from benchmarks.propagation.flights import AREA, MASS, NYX, PRESSURE, REFLECTIVITY, Flight
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext

KM = 1e3  # [m]
SHORTEST, LONGEST = 0.01, 3600.0  # [s] of a step
BODIES = (10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 199, 299, 301, 399)


def installed() -> bool:
    """Whether nyx is there."""
    return importlib.util.find_spec("nyx_space") is not None


def nyx_engine(data: DataContext, folder: Path, clock_shift: Callable[[Flight], np.ndarray]) -> Engine:
    """Its RungeKutta89; a setting is its tolerance of a step.

    Parameters
    ----------
    data : DataContext
        Ephemeris, orientation and field.
    folder : Path
        For its constants.
    clock_shift : callable
        Takes a flight; what counting in TT in place of nyx's TDB changes in the last position (3,) [m].
    """
    nyx = _Nyx(data, folder, clock_shift)
    return Engine(
        maker=NYX,
        method="RungeKutta89",
        settings=lambda flight: (1e-11,) if flight.degree > 50 or flight.lit else (1e-10, 1e-11, 1e-12),
        tightest=1e-12,
        prepare=nyx.prepare,
        end=nyx.end,
    )


class _Nyx:
    """nyx with everything loaded."""

    def __init__(self, data: DataContext, folder: Path, clock_shift: Callable[[Flight], np.ndarray]) -> None:
        from nyx_space.anise import Almanac
        from nyx_space.anise.constants import Frames
        from nyx_space.anise.utils import convert_tpc

        radii, constants = folder / "radii.tpc", folder / "gm.tpc"
        radii.write_text(_kernel({f"BODY{n}_RADII": 3 * (_radius(n),) for n in BODIES}))
        field = data.gravity_field("grgm1200a", 2)
        known = {399: GM_EARTH, 301: field.gm, 199: body(1).gm, 299: body(2).gm}
        gm = {f"BODY{n}_GM": (1e-9 * known.get(n, body(n).gm),) for n in BODIES}
        constants.write_text(_kernel(gm))
        convert_tpc(str(radii), str(constants), str(folder / "constants.pca"), True)
        almanac = Almanac(str(data.dataset("de440s").path)).load(str(data.dataset("moon-pa-de440").path))
        self.almanac = almanac.load(str(folder / "constants.pca"))
        self.moon = self.almanac.frame_info(Frames.MOON_J2000)
        self.field = str(data.dataset("grgm1200a").path)
        self.clock_shift = clock_shift
        self.shifts: dict[str, np.ndarray] = {}

    def prepare(self, flight: Flight, setting: float) -> tuple[Any, ...]:
        """A propagator, the spacecraft at the start, the duration, and the shift for the clock."""
        from nyx_space import Mass, Spacecraft, SRPData, mission_design
        from nyx_space.anise.astro import Orbit
        from nyx_space.anise.constants import CelestialObjects, Frames
        from nyx_space.time import Epoch, Unit

        axes = Frames.MOON_PA_DE440_FRAME.to_frameuid()
        gravity = mission_design.GravityFieldConfig(flight.degree, flight.degree, self.field, axes)
        points = mission_design.PointMasses([CelestialObjects.EARTH, CelestialObjects.SUN])
        forces = [mission_design.SolarPressure([Frames.MOON_J2000], self.almanac, flux_w_m2=PRESSURE * SPEED_OF_LIGHT)]
        propagator = mission_design.Propagator(
            mission_design.Dynamics(
                mission_design.AccelModels(points, gravity), mission_design.ForceModels(*forces[: int(flight.lit)])
            ),
            self.almanac,
            mission_design.IntegratorMethod.RungeKutta89,
            mission_design.IntegratorOptions(Unit.Second * SHORTEST, Unit.Second * LONGEST, setting),
        )
        state = np.concatenate(motion.CASES[flight.case]) / KM
        orbit = Orbit(*map(float, state), Epoch("2030-01-01T00:00:00 TDB"), self.moon)
        craft = Spacecraft(orbit, Mass(MASS), SRPData(AREA, REFLECTIVITY))
        if flight.title not in self.shifts:
            self.shifts[flight.title] = self.clock_shift(flight)
        return propagator, craft, Unit.Day * flight.days, self.shifts[flight.title]

    def end(self, prepared: tuple[Any, ...]) -> np.ndarray:
        """Last position (3,) [m] from the Moon's centre."""
        propagator, craft, duration, shift = prepared
        orbit = propagator.for_duration(craft, duration, False).state.orbit
        return KM * np.array([orbit.x_km, orbit.y_km, orbit.z_km]) + shift


def _radius(number: int) -> float:
    """[km], 1 where there is none: nobody is hidden by a barycentre."""
    radius = body(number).mean_radius
    return float(radius) / KM if np.isfinite(radius) else 1.0


def _kernel(values: dict[str, tuple[float, ...]]) -> str:
    lines = [f"{name} = ( {' '.join(f'{value:.16E}' for value in numbers)} )" for name, numbers in values.items()]
    return "\n".join(["KPL/PCK", "\\begindata", *lines, "\\begintext", ""])
