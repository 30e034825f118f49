"""Real arcs of tracking in ../shared/data: LAGEOS-2 by lasers, W3B by the antennas of a control network."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.trajectories import SurfacePoint, TabulatedTrajectory
from moonstead.formats.cpf import read_cpf
from moonstead.formats.crd import read_crd
from moonstead.formats.time_text import parse_times
from moonstead.foundation.data import DataContext
from moonstead.foundation.time.epoch import Epoch
from moonstead.monitoring.tracking.fit_forces import FitForces
from moonstead.monitoring.tracking.fit_rows import TrackedRows
from moonstead.monitoring.tracking.laser_ranges import LaserRows, laser_rows
from moonstead.monitoring.tracking.laser_stations import read_laser_stations
from moonstead.monitoring.tracking.measurements import joined, measurements
from moonstead.monitoring.tracking.refraction import Air

LAGEOS2_AREA, LAGEOS2_MASS, LAGEOS2_REFLECTIVITY = 0.2827, 405.38, 1.13  # [m2, kg, 1]
EMPIRICAL = ("along", "along_cos", "along_sin")
LEAKS = tuple(f"inertial_{axis}{rate}" for axis in "xyz" for rate in ("", "_rate"))
# Orekit 13's own test of this arc (NumericalOrbitDeterminationTest.testW3B): state at the epoch of the set-up, scatter
W3B_EPOCH = "2010-11-02T02:56:15.690"
W3B_FIRST_GUESS = np.array([-40517522.9, -10003079.9, 166792.8, 762.559, -1474.468, 55.430])
W3B_OREKIT = np.array([-40541446.255, -9905357.41, 206777.413, 759.0685, -1476.5156, 54.793])
W3B_OREKIT_RANGE, W3B_OREKIT_AZIMUTH, W3B_OREKIT_ELEVATION = 4.3747, 0.010063, 0.011605  # [m, deg, deg]
W3B_RANGE_SIGMA, W3B_ANGLE_SIGMA = 20.0, math.radians(0.02)  # of the set-up


def lageos_forces(sought: tuple[str, ...] = EMPIRICAL) -> FitForces:
    model = ForceModel(
        center="EARTH",
        degree=36,
        third_bodies=("SUN", "MOON", "VENUS", "MARS BARYCENTER", "JUPITER BARYCENTER"),
        mass=LAGEOS2_MASS,
        radiation=Radiation(LAGEOS2_AREA, LAGEOS2_REFLECTIVITY, ("EARTH", "MOON")),
        relativity=True,
    )
    push = LAGEOS2_AREA * LAGEOS2_REFLECTIVITY / LAGEOS2_MASS
    return FitForces(model, tides=True, earth_light=push, sought=sought)


def lageos_rows(shared_data: Path) -> LaserRows:
    folder = shared_data / "monitoring/od/lageos2"
    stations = read_laser_stations(folder / "SLRF2014_POS+VEL_2030.0_200428.snx.gz", folder / "ecc_une.snx.gz")
    return laser_rows(read_crd(folder / "lageos2_20160214.npt").passes, stations)


def lageos_prediction(shared_data: Path) -> TabulatedTrajectory:
    return read_cpf(shared_data / "monitoring/od/lageos2/lageos2_cpf_160213_5441.sgf").trajectory()


def first_guess(prediction: TabulatedTrajectory, data: DataContext) -> OrbitState:
    epoch = prediction.span[0] + 1800.0
    return OrbitState(icrf_state(prediction, "EARTH", np.array([epoch]), data)[0], epoch, "EARTH")


def w3b_forces() -> FitForces:
    """As the set-up, which leaves the mass at 1000 kg, with leaks that grow or fade; no air: Orekit finds none."""
    model = ForceModel(
        center="EARTH",
        degree=36,
        third_bodies=("SUN", "MOON"),
        mass=1000.0,
        radiation=Radiation(13.12, 2.0, ("EARTH", "MOON")),
    )
    return FitForces(model, tides=True, sought=LEAKS)


def w3b_start() -> OrbitState:
    return OrbitState(W3B_FIRST_GUESS, Epoch.parse(W3B_EPOCH).tdb(), "EARTH")


def w3b_rows(
    shared_data: Path, range_sigma: float = W3B_RANGE_SIGMA, angle_sigma: float = W3B_ANGLE_SIGMA
) -> list[TrackedRows]:
    """Ranges, azimuths and elevations of five stations, with a bias of each kind at each station."""
    folder = shared_data / "monitoring/od/w3b"
    stations: dict[str, dict[str, str]] = {}
    for line in (folder / "od_test_W3.in").read_text("utf-8").splitlines():
        found = re.match(r"ground\.station\.(name|latitude|longitude|altitude)\s+\[(\d)\]\s*=\s*(\S+)", line)
        if found:
            stations.setdefault(found[2], {})[found[1]] = found[3]
    words = [line.split() for line in (folder / "W3B.aer").read_text("utf-8").splitlines() if line[:1] == "2"]
    sets = []
    for station in stations.values():
        height = float(station["altitude"])
        angles = [math.radians(float(station[name])) for name in ("latitude", "longitude")]
        place = SurfacePoint.on_earth(station["name"], *angles, height)
        mine = [row for row in words if row[2] == station["name"]]
        ranges, pointings = ([row for row in mine if row[1] == kind] for kind in ("RANGE", "AZ_EL"))
        seen = np.radians(np.array([[float(row[3]), float(row[4])] for row in pointings]))
        on_the_sky = angle_sigma * np.column_stack((np.cos(seen[:, 1]), np.ones(len(seen))))
        parts = (
            measurements("range", _times(ranges), [1e3 * float(row[3]) for row in ranges], range_sigma, place),
            measurements("azimuth-elevation", _times(pointings), seen, on_the_sky, place),
        )
        share = (1.0 - 2.25577e-5 * height) ** 5.25588  # of the pressure at the sea, US Standard Atmosphere 1976
        air = Air(101_325.0 * share, 288.15 - 0.0065 * height, 0.5)
        biases = (("range", 0, 0), ("azimuth-elevation", 0, 0), ("azimuth-elevation", 0, 1))
        sets.append(TrackedRows(joined(parts), biases, air=air, zenith_delay=2.3 * share))
    return sets


def _times(rows: list[list[str]]) -> np.ndarray:
    return parse_times([row[0] for row in rows], "UTC")
