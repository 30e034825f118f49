"""Fifty orbits of every kind, from 30 km above the Moon to the far ends of halo orbits."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from motion import EPOCH

from moonstead.dynamics.forces import ForceModel, Radiation
from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.data import DataContext
from moonstead.orbits.elements import KeplerElements, states_from_elements

MASS_RATIO = 0.01215058560962404  # of the table of periodic orbits


@dataclass(frozen=True)
class ZooOrbit:
    """An orbit, its forces and how long it is followed [d]."""

    name: str
    initial: OrbitState
    model: ForceModel
    days: float


LIGHT = Radiation(1.0, 1.5)
MOON = ForceModel(degree=50)
MOON_LIT = ForceModel(degree=50, mass=100.0, radiation=LIGHT)
SMOOTH_MOON = ForceModel(degree=20)
EARTH = ForceModel(center="EARTH", degree=20, third_bodies=("MOON", "SUN"))
EARTH_LIT = ForceModel(center="EARTH", degree=20, third_bodies=("MOON", "SUN"), mass=500.0, radiation=LIGHT)
EARTH_RELATIVISTIC = ForceModel(center="EARTH", degree=20, third_bodies=("MOON", "SUN"), relativity=True)


def fifty_orbits(data: DataContext, periodic_orbits: Path) -> list[ZooOrbit]:
    """The orbits; `periodic_orbits` is the table of the restricted three-body problem."""
    zoo = [
        _kepler(
            f"low lunar orbit {altitude} km, {inclination} deg", "MOON", model, days, altitude, altitude, inclination, k
        )
        for k, (altitude, inclination, days, model) in enumerate(
            (
                (30, 90, 2.0, MOON),
                (30, 0, 1.0, MOON),
                (40, 150, 1.0, MOON_LIT),
                (50, 30, 2.0, MOON),
                (60, 60, 2.0, MOON),
                (70, 120, 3.0, MOON_LIT),
                (80, 10, 3.0, MOON),
                (90, 135, 3.0, MOON),
                (100, 90, 5.0, MOON),
                (100, 90, 5.0, MOON_LIT),
                (100, 45, 3.0, SMOOTH_MOON),
                (120, 75, 3.0, MOON),
                (150, 180, 3.0, MOON),
                (180, 105, 3.0, MOON_LIT),
                (200, 20, 3.0, MOON),
                (220, 85, 5.0, MOON),
                (250, 165, 3.0, MOON),
                (300, 120, 5.0, MOON),
                (300, 95, 5.0, MOON_LIT),
                (300, 0, 2.0, SMOOTH_MOON),
            )
        )
    ]
    zoo += [
        _kepler(f"lunar ellipse {low} x {high} km, {inclination} deg", "MOON", model, days, low, high, inclination, k)
        for k, (low, high, inclination, days, model) in enumerate(
            (
                (100, 500, 80, 3.0, MOON),
                (200, 1500, 45, 4.0, MOON_LIT),
                (300, 3000, 130, 5.0, MOON),
                (200, 6000, 57, 8.0, MOON_LIT),
                (600, 8000, 56, 10.0, SMOOTH_MOON),
                (1000, 16000, 63, 10.0, SMOOTH_MOON),
                (3000, 5000, 20, 8.0, SMOOTH_MOON),
                (5000, 5000, 100, 8.0, MOON_LIT),
            ),
            start=20,
        )
    ]
    zoo += [
        _kepler(f"Earth orbit {low} x {high} km, {inclination} deg", "EARTH", model, days, low, high, inclination, k)
        for k, (low, high, inclination, days, model) in enumerate(
            (
                (400, 400, 51.6, 1.0, EARTH),
                (550, 550, 97.5, 1.0, EARTH_LIT),
                (800, 800, 98.6, 2.0, EARTH_RELATIVISTIC),
                (1400, 1400, 82.5, 3.0, EARTH),
                (19100, 19100, 64.8, 5.0, EARTH_LIT),
                (21528, 21528, 55, 5.0, EARTH),
                (35786, 35786, 0.1, 10.0, EARTH),
                (35786, 35786, 5.0, 8.0, EARTH_LIT),
                (500, 39850, 63.4, 5.0, EARTH_LIT),
                (250, 35786, 28.5, 4.0, EARTH),
                (1000, 120000, 70.0, 8.0, EARTH),
                (7000, 150000, 40.0, 10.0, EARTH_RELATIVISTIC),
            ),
            start=40,
        )
    ]
    with periodic_orbits.open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    for family, period, days in (
        ("L2_NRHO", 6.5, 10.0),
        ("L2_NRHO", 8.0, 12.0),
        ("L1_NRHO", 8.0, 10.0),
        ("DRO", 13.5, 20.0),
        ("DRO", 6.0, 12.0),
        ("L2_Halo", 13.0, 10.0),
        ("L1_Halo", 11.9, 9.0),
    ):
        row = min((r for r in rows if r["family"] == family), key=lambda r: abs(float(r["period_days"]) - period))
        zoo.append(ZooOrbit(f"{family} of {period} d", _periodic(row, data), ForceModel(degree=8), days))
    transfers = ((200.0, 3135.0, 5.5), (300.0, 3120.0, 4.0), (185.0, 3150.0, 3.2))  # [km, m/s, d]
    zoo += [_transfer(f"departure at {speed} m/s", altitude, speed, days) for altitude, speed, days in transfers]
    return zoo


def _kepler(name, center, model, days, low, high, inclination, k) -> ZooOrbit:
    """Phases of node, pericentre and anomaly run through the golden section, so that no two orbits share them."""
    radius = body(center).equatorial_radius
    inner, outer = radius + low * 1e3, radius + high * 1e3
    turn = 2.0 * np.pi * ((0.6180339887 * (k + 1)) % 1.0)
    elements = KeplerElements(
        np.array([inner]),
        np.array([max((outer - inner) / (outer + inner), 1e-3)]),
        np.array([np.radians(inclination)]),
        np.array([turn]),
        np.array([2.0 * turn]),
        np.array([3.0 * turn]),
    )
    axes = _lunar_axes() if center == "MOON" else np.eye(3)
    state = states_from_elements(elements, body(center).gm)[0]
    state = np.concatenate((axes.T @ state[:3], axes.T @ state[3:]))
    return ZooOrbit(name, OrbitState(state, EPOCH, center), model, days)


def _lunar_axes() -> np.ndarray:
    """Rotation from the ICRF to axes whose third is the Moon's pole at the epoch."""
    pole = np.array([0.02649734817417173, -0.3997957611294826, 0.9162211741291697])
    first = np.cross([0.0, 0.0, 1.0], pole)
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(pole, first), pole])


def _periodic(row, data: DataContext) -> OrbitState:
    """A periodic orbit of the circular problem, laid on the true Earth and Moon of the epoch."""
    moon = data.ephemeris.state("MOON", "EARTH", np.array([EPOCH]))[0]
    position, velocity = moon[:3], moon[3:]
    length = np.linalg.norm(position)
    normal = np.cross(position, velocity)
    spin = normal / length**2
    axes = np.array(
        [
            position / length,
            np.cross(normal, position) / np.linalg.norm(normal) / length,
            normal / np.linalg.norm(normal),
        ]
    )
    rate = np.linalg.norm(spin)
    place = np.array([float(row[key]) for key in "xyz"]) - np.array([1.0 - MASS_RATIO, 0.0, 0.0])
    motion = np.array([float(row[key]) for key in ("vx", "vy", "vz")]) * length * rate
    here = axes.T @ place * length
    return OrbitState(np.concatenate((here, axes.T @ motion + np.cross(spin, here))), EPOCH)


def _transfer(name, altitude, excess, days) -> ZooOrbit:
    """A departure from a low Earth orbit opposite to where the Moon will be."""
    radius = body("EARTH").equatorial_radius + altitude * 1e3
    circular = np.sqrt(body("EARTH").gm / radius)
    axes = np.array([[0.34, -0.86, -0.38], [0.86, 0.44, -0.22]])
    first = axes[0] / np.linalg.norm(axes[0])
    second = axes[1] - first * (axes[1] @ first)
    second /= np.linalg.norm(second)
    state = np.concatenate((radius * first, (circular + excess) * second))
    return ZooOrbit(
        name,
        OrbitState(state, EPOCH, "EARTH"),
        ForceModel(center="EARTH", degree=8, third_bodies=("MOON", "SUN")),
        days * 1.0,
    )
