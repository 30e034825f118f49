"""Powered flight near the Moon in the simple field that landings and ascents are designed in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

GM = body("MOON").gm
GRAVITY = GM / LUNAR_MAP_RADIUS**2  # [m/s2] at the ground, 1.624
OBLATENESS = 1.5 * 2.033e-4 * 1_738_000.0**2  # [m2] 1.5 J2 R^2; J2 of GRGM1200A, Lemoine et al. (2014)
SPIN = 2.661_699e-6  # [rad/s] of the Moon, once in 27.3217 days
POLE = np.array([0.0, 0.0, 1.0])  # of the Moon-fixed axes
STEPS = 5  # of the integrator in an arc: at 30 s an arc its error is below a millimetre


@dataclass(frozen=True)
class Vehicle:
    """A stage that lands or rises by its own thrust.

    Attributes
    ----------
    mass : float [kg]
        At ignition, all that it carries included.
    thrust : float [N]
        Largest.
    specific_impulse : float [s]
        Of its engine.
    dry_mass : float [kg]
        Mass without propellant, cargo included: it may not fall below.
    least_throttle : float [1]
        Least thrust over the largest while burning.
    """

    mass: float
    thrust: float
    specific_impulse: float
    dry_mass: float = 0.0
    least_throttle: float = 0.2

    def __post_init__(self) -> None:
        for what, value, unit in (
            ("mass", self.mass, "kg"),
            ("thrust", self.thrust, "N"),
            ("specific impulse", self.specific_impulse, "s"),
        ):
            if not (math.isfinite(value) and value > 0.0):
                raise InvalidInput(f"the {what} of a vehicle must be positive and finite [{unit}]; got {value!r}")
        if not 0.0 <= self.dry_mass < self.mass:
            raise InvalidInput(
                f"the dry mass must lie below the mass of {self.mass:g} kg; got {self.dry_mass!r} kg: there would be "
                "no propellant"
            )
        if not 0.0 < self.least_throttle <= 1.0:
            raise InvalidInput(f"the least throttle is a share of full thrust; got {self.least_throttle!r}")

    @property
    def exhaust_velocity(self) -> float:
        """Specific impulse times standard gravity [m/s]."""
        return self.specific_impulse * STANDARD_GRAVITY

    @property
    def propellant(self) -> float:
        """What it can burn [kg]."""
        return self.mass - self.dry_mass


@dataclass(frozen=True, eq=False)
class LunarSite:
    """A place to land at or to rise from, in axes that stand still and coincide with the Moon's at one instant.

    Attributes
    ----------
    latitude, longitude : float [rad]
        MOON_ME.
    height : float [m]
        Above the sphere of 1737.4 km.
    azimuth : float [rad]
        Direction of flight over the ground at the site, clockwise from north.
    """

    latitude: float
    longitude: float
    height: float = 0.0
    azimuth: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.latitude, self.longitude, self.height, self.azimuth)
        if not all(math.isfinite(x) for x in numbers) or abs(self.latitude) > math.pi / 2.0:
            raise InvalidInput(f"a site needs finite numbers and a latitude within a quarter turn; got {numbers}")

    def axes(self) -> Array:
        """Unit vectors along the flight, across it to the left and upwards: rows (3, 3) [1] in Moon-fixed axes."""
        sin_lat, cos_lat = math.sin(self.latitude), math.cos(self.latitude)
        sin_lon, cos_lon = math.sin(self.longitude), math.cos(self.longitude)
        up = np.array([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
        north = np.array([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat])
        east = np.array([-sin_lon, cos_lon, 0.0])
        ahead = math.cos(self.azimuth) * north + math.sin(self.azimuth) * east
        return np.array([ahead, np.cross(up, ahead), up])

    @property
    def distance(self) -> float:
        """From the Moon's centre [m]."""
        return LUNAR_MAP_RADIUS + self.height

    def state(self, elapsed: ArrayLike) -> Array:
        """Where the turning ground carries the site: (N, 6) [m, m/s] at times (N,) [s] from the instant of the axes."""
        times = np.atleast_1d(np.asarray(elapsed, dtype=np.float64))
        angle = self.longitude + SPIN * times
        level, high = self.distance * math.cos(self.latitude), self.distance * math.sin(self.latitude)
        x, y = level * np.cos(angle), level * np.sin(angle)
        zero = np.zeros_like(x)
        return np.stack([x, y, np.full_like(x, high), -SPIN * y, SPIN * x, zero], axis=1)


@dataclass(frozen=True, eq=False)
class PoweredPath:
    """States along a powered flight.

    Attributes
    ----------
    times : (N,) [s]
        From ignition.
    states : (N, 6) [m, m/s]
        From the Moon's centre, in axes that stand still.
    masses : (N,) [kg]
        Mass.
    """

    times: Array
    states: Array
    masses: Array


def fly_powered(start: Array, mass: float, arcs: Array, exhaust_velocity: float, steps: int = STEPS) -> PoweredPath:
    """States through arcs of constant thrust and direction, in a field of mass and oblateness.

    Parameters
    ----------
    start : (6,) [m, m/s]
        From the Moon's centre, in axes that stand still and have the pole as third.
    mass : float [kg]
        At the start.
    arcs : (K, 5) [s, N, 1]
        Duration, thrust and direction (of length one) of each arc.
    exhaust_velocity : float [m/s]
        Specific impulse times standard gravity.
    steps : int
        Integration steps in each arc.

    Returns
    -------
    PoweredPath
        With K * steps + 1 rows.

    Source
    ------
    Equations of motion with J2: Montenbruck & Gill (2000), Satellite Orbits, section 3.2; classical Runge-Kutta.
    """
    from moonstead.foundation.kernel_cache import prepare

    prepare()
    from moonstead.orbits.landing.powered_kernels import powered_kernel

    arcs = np.ascontiguousarray(arcs, dtype=np.float64)
    rows = len(arcs) * steps + 1
    states, masses = np.empty((rows, 6)), np.empty(rows)
    powered_kernel(
        np.ascontiguousarray(start),
        mass,
        arcs,
        exhaust_velocity,
        GM,
        OBLATENESS,
        POLE,
        steps,
        np.empty(3),
        states,
        masses,
    )
    times = np.concatenate(([0.0], np.cumsum(np.repeat(arcs[:, 0] / steps, steps))))
    return PoweredPath(times, states, masses)


def apsis_speed(at: float, other: float) -> float:
    """Speed at one apsis of an orbit about the Moon.

    Parameters
    ----------
    at, other : float [m]
        Distance of this and of the other apsis from the centre.

    Returns
    -------
    float [m/s]

    Source
    ------
    Vis-viva equation.
    """
    return math.sqrt(2.0 * GM * other / (at * (at + other)))
