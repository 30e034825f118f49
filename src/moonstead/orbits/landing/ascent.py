"""Ascent from a site into an orbit with the least propellant."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.landing.least_propellant import Program, solve_program, straight_lines
from moonstead.orbits.landing.powered import GRAVITY, LunarSite, PoweredPath, Vehicle, apsis_speed, fly_powered
from moonstead.orbits.landing.steering import SteeredPath, steer

Array = NDArray[np.float64]

ARCS = 16
PITCHES, YAWS = 6, 4  # values spread over the burn, straight lines between them
RISE = 10.0  # [s] straight up before the pitch-over
KILOMETRE, FAST = 1e3, 100.0  # [m], [m/s] scales of constraints
NAMES = (
    ("the height of cut-off", KILOMETRE, "m"),
    ("the vertical speed at cut-off", FAST, "m/s"),
    ("the speed at cut-off", FAST, "m/s"),
    ("the distance from the plane at cut-off", KILOMETRE, "m"),
    ("the speed out of the plane at cut-off", FAST, "m/s"),
)


@dataclass(frozen=True, eq=False)
class Ascent:
    """An ascent from lift-off to cut-off at the periapsis of an orbit.

    Attributes
    ----------
    site : LunarSite
        Where it rises; its axes are the Moon's at lift-off and stand still.
    vehicle : Vehicle
        What rises.
    orbit : (2,) [m]
        Distances of periapsis and apoapsis.
    plane_offset : float [rad]
        Angle of the site from the orbit's plane.
    normal : (3,) [1]
        Of the orbit's plane.
    arcs : (K, 5) [s, N, 1]
        Duration, thrust and direction; the first one leads straight up.
    path : PoweredPath
        The flight.
    height : (N,) [m]
        Above the sphere of 1737.4 km, along the path.
    rounding : float [m/s]
        Change of velocity at the apoapsis that makes the orbit round there.
    iterations : int
        Of the program.
    variables : (n,) [1]
        Of the program.
    rise : float [s]
        Straight up.
    """

    site: LunarSite
    vehicle: Vehicle
    orbit: tuple[float, float]
    plane_offset: float
    normal: Array
    arcs: Array
    path: PoweredPath
    height: Array
    rounding: float
    iterations: int
    variables: Array
    rise: float

    def problem(self) -> _Problem:
        """The program that it solves, to be evaluated at other variables."""
        near, far = self.orbit
        return _Problem(self.site, self.vehicle, near, far, self.plane_offset, self.rise, len(self.arcs) - 1)

    @property
    def duration(self) -> float:
        """From lift-off to cut-off [s]."""
        return float(self.path.times[-1])

    @property
    def propellant(self) -> float:
        """Burnt from lift-off to cut-off [kg]."""
        return float(self.path.masses[0] - self.path.masses[-1])

    @property
    def delta_v(self) -> float:
        """Ideal change of velocity from lift-off to cut-off [m/s]."""
        return self.vehicle.exhaust_velocity * math.log(self.path.masses[0] / self.path.masses[-1])


def design_ascent(
    site: LunarSite,
    vehicle: Vehicle,
    *,
    periapsis_altitude: float = 15e3,
    apoapsis_altitude: float = 100e3,
    plane_offset: float = 0.0,
    rise: float = RISE,
    arcs: int = ARCS,
) -> Ascent:
    """The ascent at full thrust that uses the least propellant.

    First straight up, then through arcs of constant direction to cut-off at the periapsis of the orbit. Where along
    the orbit that happens is free; its plane is given.

    Parameters
    ----------
    site : LunarSite
        Where to rise from, and the direction of flight.
    vehicle : Vehicle
        What rises.
    periapsis_altitude, apoapsis_altitude : float [m]
        Of the orbit, above the sphere of 1737.4 km.
    plane_offset : float [rad]
        Angle of the site from the orbit's plane, at lift-off; steering makes up for it.
    rise : float [s]
        Straight up.
    arcs : int
        Of the burn behind it.

    Returns
    -------
    Ascent

    Raises
    ------
    InvalidInput
        The orbit meets the ground, its apsides are swapped, or the offset is too large to be steered away.
    NumericalFailure
        The vehicle cannot reach the orbit: its thrust is below its weight or its tank too small. The message says by
        how much.

    Source
    ------
    Direct method: Betts (2010), Practical Methods for Optimal Control, 2nd ed., section 4.5; first guess by `steer`.
    """
    near, far = LUNAR_MAP_RADIUS + periapsis_altitude, LUNAR_MAP_RADIUS + apoapsis_altitude
    if not (math.isfinite(near + far) and site.distance < near <= far):
        raise InvalidInput(
            f"an orbit needs a periapsis above the site and below its apoapsis; got {periapsis_altitude!r} and "
            f"{apoapsis_altitude!r} m over a site at {site.height:.0f} m"
        )
    if not (math.isfinite(plane_offset) and abs(plane_offset) <= math.radians(10.0)) or not rise > 0.0:
        raise InvalidInput(
            f"up to 10 degrees out of the plane can be steered away, and the rise takes some time; got "
            f"{math.degrees(plane_offset):.3g} degrees and {rise!r} s: wait until the plane is nearer, or change it in "
            "orbit"
        )
    ratio = vehicle.thrust / (vehicle.mass * GRAVITY)
    if ratio <= 1.0:
        raise NumericalFailure(
            f"the vehicle cannot lift off: full thrust is {ratio:.2f} of its weight; it takes more than "
            f"{vehicle.mass * GRAVITY:.0f} N, or less than {vehicle.thrust / GRAVITY:.0f} kg"
        )
    problem = _Problem(site, vehicle, near, far, plane_offset, rise, arcs)
    variables, iterations = solve_program(
        problem.program, problem.start(), problem.bounds(), NAMES, ("nothing", 1.0, "")
    )
    begin, burns = problem.flight(variables)
    path = fly_powered(begin, vehicle.mass, burns, vehicle.exhaust_velocity)
    if path.masses[-1] < vehicle.dry_mass:
        needed = float(path.masses[0] - path.masses[-1])
        raise NumericalFailure(
            f"the tank is too small: the ascent burns {needed:.0f} kg of {vehicle.mass:.0f} kg, the vehicle holds "
            f"{vehicle.propellant:.0f} kg; it lacks {needed - vehicle.propellant:.0f} kg"
        )
    height = np.linalg.norm(path.states[:, :3], axis=1) - LUNAR_MAP_RADIUS
    rounding = apsis_speed(far, far) - apsis_speed(far, near)
    return Ascent(
        site,
        vehicle,
        (near, far),
        plane_offset,
        problem.normal,
        burns,
        path,
        height,
        rounding,
        iterations,
        variables,
        rise,
    )


class _Problem:
    """Variables, scaled: burn time over that of the first guess, pitches, yaws."""

    def __init__(
        self,
        site: LunarSite,
        vehicle: Vehicle,
        near: float,
        far: float,
        plane_offset: float,
        rise: float,
        arcs: int,
    ) -> None:
        self.site, self.vehicle, self.near, self.far, self.rise, self.arcs = site, vehicle, near, far, rise, arcs
        self.axes = site.axes()
        self.normal = math.cos(plane_offset) * self.axes[1] + math.sin(plane_offset) * self.axes[2]
        self.begin = site.state(0.0)[0]
        self.speed = apsis_speed(near, far)
        self.spread = tuple(straight_lines(arcs, count) for count in (PITCHES, YAWS))
        self.guess = self._first_guess()

    def _first_guess(self) -> SteeredPath:
        path = fly_powered(self.begin, self.vehicle.mass, self._rise(), self.vehicle.exhaust_velocity)
        state, left = path.states[-1], float(path.masses[-1])
        along = self.axes[0] @ state[3:]
        rest = Vehicle(left, self.vehicle.thrust, self.vehicle.specific_impulse)
        start = (float(np.linalg.norm(state[:3])), float(self.axes[2] @ state[3:]), float(along))
        return steer(rest, start, (self.near, 0.0, self.speed), brake=False)

    def _rise(self) -> Array:
        return np.array([[self.rise, self.vehicle.thrust, *self.axes[2]]])

    def start(self) -> Array:
        share = np.linspace(0.0, 1.0, PITCHES)
        times, angle = self.guess.times / self.guess.duration, self.guess.path[:, 1]
        pitch = np.interp(share, times, self.guess.pitch - angle)
        return np.concatenate(([1.0], pitch, np.zeros(YAWS)))

    def bounds(self) -> list[tuple[float, float]]:
        most = 0.98 * self.vehicle.mass * self.vehicle.exhaust_velocity / self.vehicle.thrust - self.rise
        longest = max(most / self.guess.duration, 0.3)
        return [(0.2, longest), *[(-math.pi, math.pi)] * PITCHES, *[(-1.5, 1.5)] * YAWS]

    def flight(self, x: Array) -> tuple[Array, Array]:
        """State at lift-off (6,) and arcs (K + 1, 5)."""
        n = self.arcs
        pitch = self.spread[0] @ x[1 : 1 + PITCHES]
        yaw = self.spread[1] @ x[1 + PITCHES :]
        along, across, up = self.axes
        arcs = np.empty((n + 1, 5))
        arcs[0] = self._rise()[0]
        arcs[1:, 0], arcs[1:, 1] = x[0] * self.guess.duration / n, self.vehicle.thrust
        level = np.cos(pitch)
        arcs[1:, 2:] = (
            (level * np.cos(yaw))[:, None] * along
            + (level * np.sin(yaw))[:, None] * across
            + np.sin(pitch)[:, None] * up
        )
        return self.begin, arcs

    def program(self, x: Array) -> Program:
        begin, arcs = self.flight(x)
        path = fly_powered(begin, self.vehicle.mass, arcs, self.vehicle.exhaust_velocity)
        scales = np.array([scale for _, scale, _ in NAMES])
        burnt = float(path.masses[0] - path.masses[-1]) / self.vehicle.mass
        return Program(10.0 * burnt, self._missed(path) / scales, np.empty(0))

    def cut_off(self, x: Array) -> Array:
        """What the end misses: height, vertical speed, speed, distance from the plane and its rate (5,) [m, m/s]."""
        begin, arcs = self.flight(x)
        return self._missed(fly_powered(begin, self.vehicle.mass, arcs, self.vehicle.exhaust_velocity))

    def _missed(self, path: PoweredPath) -> Array:
        position, velocity = path.states[-1, :3], path.states[-1, 3:]
        distance, speed = float(np.linalg.norm(position)), float(np.linalg.norm(velocity))
        return np.array(
            [
                distance - self.near,
                float(position @ velocity) / distance,
                speed - self.speed,
                float(position @ self.normal),
                float(velocity @ self.normal),
            ]
        )
