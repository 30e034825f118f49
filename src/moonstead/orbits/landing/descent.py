"""Powered descent from an orbit to a site with the least propellant, clear of the terrain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.landing.least_propellant import Program, solve_program, straight_lines
from moonstead.orbits.landing.powered import (
    GM,
    GRAVITY,
    STEPS,
    LunarSite,
    PoweredPath,
    Vehicle,
    apsis_speed,
    fly_powered,
)
from moonstead.orbits.landing.steering import SteeredPath, steer

Array = NDArray[np.float64]

ARCS = 16  # of the main burn
PITCHES, YAWS, THROTTLES = 6, 3, 4  # values spread over the main burn, straight lines between them
LONGEST = 1.2  # [rad] arc of the main burn
HOVER = 1.05  # [1] thrust over weight that the last arc needs
STRONGER, MOST_STRONGER = 1.05, 80  # steps in which the least thrust is looked for
SIDE = 0.1  # [1] of its distance from the site: how far on either side a mountain counts
KILOMETRE, FAST = 1e3, 100.0  # [m], [m/s] scales of constraints
NAMES = (
    ("the distance along the track over the gate", KILOMETRE, "m"),
    ("the distance across the track over the gate", KILOMETRE, "m"),
    ("the height of the gate", KILOMETRE, "m"),
    ("the speed along the track over the gate", FAST, "m/s"),
    ("the speed across the track over the gate", FAST, "m/s"),
    ("the sink rate over the gate", FAST, "m/s"),
    ("the height of touchdown", 0.1 * KILOMETRE, "m"),
    ("the sink rate of touchdown", 0.1 * FAST, "m/s"),
)


@dataclass(frozen=True, eq=False)
class Approach:
    """What a descent must keep to.

    Attributes
    ----------
    gate_height : float [m]
        Above the site: from here it goes straight down.
    gate_speed : float [m/s]
        Downwards at the gate.
    clearance : float [m]
        Above the terrain, far from the site.
    glide_slope : float [rad]
        Near the site the clearance is only the distance times its tangent.
    terrain_distance : (P,) [m]
        Over the ground from the site back along the approach, rising from 0.
    terrain_height : (P,) [m]
        Of the ground there, above the sphere of 1737.4 km; empty where the ground is as high as the site everywhere.
    """

    gate_height: float = 100.0
    gate_speed: float = 5.0
    clearance: float = 500.0
    glide_slope: float = math.radians(10.0)
    terrain_distance: Array = field(default_factory=lambda: np.empty(0))
    terrain_height: Array = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        distance, height = (np.asarray(x, dtype=np.float64) for x in (self.terrain_distance, self.terrain_height))
        if not (self.gate_height > 0.0 and self.gate_speed > 0.0 and self.clearance >= 0.0):
            raise InvalidInput("an approach needs a positive gate height and speed and a clearance of zero or more")
        if not 0.0 < self.glide_slope < math.pi / 2.0:
            raise InvalidInput(f"the glide slope lies between level and upright; got {self.glide_slope!r} rad")
        if distance.shape != height.shape or distance.ndim != 1 or np.any(np.diff(distance) <= 0.0):
            raise InvalidInput(
                f"terrain needs rising distances and one height for each; got {distance.shape}, {height.shape}"
            )
        if not np.all(np.isfinite(height)):
            raise InvalidInput("the terrain along the approach has holes: give heights everywhere, or fewer of them")
        object.__setattr__(self, "terrain_distance", distance)
        object.__setattr__(self, "terrain_height", height)

    def ground(self, distance: Array, site_height: float) -> Array:
        """Height of the ground along the approach.

        Parameters
        ----------
        distance : (N,) [m]
            Over the ground from the site.
        site_height : float [m]
            Of the site; the ground has it where no terrain is given.

        Returns
        -------
        (N,) [m]
            Above the sphere of 1737.4 km.
        """
        if not self.terrain_distance.size:
            return np.full_like(distance, site_height)
        return np.interp(distance, self.terrain_distance, self.terrain_height)

    def floor(self, distance: Array, site_height: float) -> Array:
        """Least height that a descent may have.

        Parameters
        ----------
        distance : (N,) [m]
            Over the ground from the site.
        site_height : float [m]
            Of the site.

        Returns
        -------
        (N,) [m]
            Above the sphere of 1737.4 km.
        """
        room = np.minimum(self.clearance, distance * math.tan(self.glide_slope))
        if not self.terrain_distance.size:
            return site_height + room
        return np.interp(distance, self.terrain_distance, self._highest_near) + room

    @cached_property
    def _highest_near(self) -> Array:
        """Highest ground a little nearer to and farther from the site, so that no peak hides between two points."""
        shares = np.linspace(1.0 - SIDE, 1.0 + SIDE, 41)
        around = self.terrain_distance[:, None] * shares
        return np.max(np.interp(around, self.terrain_distance, self.terrain_height), axis=1)


@dataclass(frozen=True, eq=False)
class Descent:
    """A descent from ignition to touchdown.

    Attributes
    ----------
    site : LunarSite
        Where it lands; its axes are the Moon's at touchdown and stand still.
    vehicle : Vehicle
        What lands.
    approach : Approach
        What it keeps to.
    orbit : (2,) [m]
        Distances of periapsis and apoapsis of the orbit that it leaves.
    arcs : (K, 5) [s, N, 1]
        Duration, thrust and direction; the last one leads straight down from the gate.
    variables : (n,) [1]
        Of the program, to start another from.
    path : PoweredPath
        The flight.
    distance, clearance : (N,) [m]
        Over the ground from the site, and above the terrain, along the path.
    braking : float [m/s]
        Change of velocity that lowered the circular orbit of the apoapsis to the periapsis.
    iterations : int
        Of the program.
    span : float [s]
        Unit of the burn time in the variables.
    """

    site: LunarSite
    vehicle: Vehicle
    approach: Approach
    orbit: tuple[float, float]
    arcs: Array
    variables: Array
    path: PoweredPath
    distance: Array
    clearance: Array
    braking: float
    iterations: int
    span: float

    def problem(self) -> _Problem:
        """The program that it solves, to be evaluated at other variables."""
        near, far = self.orbit
        problem = _Problem(self.site, self.vehicle, self.approach, near, far, len(self.arcs) - 1)
        problem.span = self.span
        return problem

    @property
    def duration(self) -> float:
        """From ignition to touchdown [s]."""
        return float(self.path.times[-1])

    @property
    def propellant(self) -> float:
        """Burnt from ignition to touchdown [kg]."""
        return float(self.path.masses[0] - self.path.masses[-1])

    @property
    def delta_v(self) -> float:
        """Ideal change of velocity from ignition to touchdown [m/s]."""
        return self.vehicle.exhaust_velocity * math.log(self.path.masses[0] / self.path.masses[-1])

    @property
    def throttle(self) -> Array:
        """Thrust over the largest (K,) [1] of each arc."""
        return self.arcs[:, 1] / self.vehicle.thrust

    @property
    def downrange(self) -> float:
        """Over the ground from ignition to the site [m]."""
        return float(self.distance[0])


def design_descent(
    site: LunarSite,
    vehicle: Vehicle,
    *,
    periapsis_altitude: float = 15e3,
    apoapsis_altitude: float = 100e3,
    approach: Approach | None = None,
    arcs: int = ARCS,
) -> Descent:
    """The powered descent that uses the least propellant.

    Thrust is constant in size and direction on each of the arcs of the main burn; where on the orbit it begins, how
    long it lasts, its directions and throttles are free. At the gate above the site all speed but the sink rate is
    gone, and one last arc leads straight down.

    Parameters
    ----------
    site : LunarSite
        Where to land, and the direction of flight there. The orbit's plane contains the site at touchdown.
    vehicle : Vehicle
        What lands, with its mass at ignition.
    periapsis_altitude, apoapsis_altitude : float [m]
        Of the orbit that it leaves, above the sphere of 1737.4 km.
    approach : Approach or None
        What to keep to; None for the usual one over level ground.
    arcs : int
        Of the main burn.

    Returns
    -------
    Descent

    Raises
    ------
    InvalidInput
        The orbit meets the ground or its apsides are swapped.
    NumericalFailure
        The vehicle cannot land: its thrust is below its weight, its tank too small, or no flight keeps clear of the
        terrain. The message says which, and the nearest figure that would do.

    Source
    ------
    Direct method: Betts (2010), Practical Methods for Optimal Control, 2nd ed., section 4.5; first guess by `steer`.
    """
    approach = approach or Approach()
    near, far = LUNAR_MAP_RADIUS + periapsis_altitude, LUNAR_MAP_RADIUS + apoapsis_altitude
    gate = site.distance + approach.gate_height
    if not (math.isfinite(near + far) and near <= far):
        raise InvalidInput(
            f"an orbit needs a periapsis below its apoapsis; got {periapsis_altitude!r} and {apoapsis_altitude!r} m"
        )
    if near <= gate:
        raise InvalidInput(
            f"the periapsis at {periapsis_altitude:.0f} m is not above the gate at "
            f"{site.height + approach.gate_height:.0f} m: start from a higher orbit"
        )
    guess = _first_guess(vehicle, near, far, gate, approach)
    hover = guess.final_mass * (GRAVITY + 0.5 * approach.gate_speed**2 / approach.gate_height) / vehicle.thrust
    if hover < vehicle.least_throttle:
        raise NumericalFailure(
            f"the vehicle cannot land softly: straight down from the gate it needs {hover:.2f} of full thrust, its "
            f"least throttle is {vehicle.least_throttle:.2f}; take a deeper throttle or fewer engines"
        )
    if hover > 1.0:
        slower = math.sqrt(2.0 * approach.gate_height * max(vehicle.thrust / guess.final_mass - GRAVITY, 0.0))
        raise NumericalFailure(
            f"the vehicle cannot stop below the gate: {approach.gate_speed:.1f} m/s over {approach.gate_height:.0f} m "
            f"take {hover:.2f} of full thrust; cross the gate with less than {slower:.1f} m/s, or put it higher"
        )
    problem = _Problem(site, vehicle, approach, near, far, arcs)
    variables, iterations = solve_program(
        problem.program, problem.start(guess), problem.bounds(), NAMES, ("the clearance of the terrain", KILOMETRE, "m")
    )
    begin, burns = problem.flight(variables)
    path = fly_powered(begin, vehicle.mass, burns, vehicle.exhaust_velocity)
    if path.masses[-1] < vehicle.dry_mass:
        needed = float(path.masses[0] - path.masses[-1])
        raise NumericalFailure(
            f"the tank is too small: the landing burns {needed:.0f} kg of {vehicle.mass:.0f} kg, the vehicle holds "
            f"{vehicle.propellant:.0f} kg; it lacks {needed - vehicle.propellant:.0f} kg"
        )
    distance, height = problem.over_ground(path)
    return Descent(
        site,
        vehicle,
        approach,
        (near, far),
        burns,
        variables,
        path,
        distance,
        height - approach.ground(distance, site.height),
        apsis_speed(far, far) - apsis_speed(far, near),
        iterations,
        problem.span,
    )


def _first_guess(vehicle: Vehicle, near: float, far: float, gate: float, approach: Approach) -> SteeredPath:
    guess = _steered(vehicle, near, far, gate, approach)
    if guess is not None:
        return guess
    thrust = vehicle.thrust
    for _ in range(MOST_STRONGER):
        thrust *= STRONGER
        stronger = _steered(replace(vehicle, thrust=thrust), near, far, gate, approach)
        if stronger is not None:
            break
    hint = f"from about {thrust:.3g} N on it could" if stronger is not None else "no stronger engine helps either"
    raise NumericalFailure(
        f"the vehicle cannot land: full thrust of {vehicle.thrust:.6g} N is "
        f"{vehicle.thrust / (vehicle.mass * GRAVITY):.2f} of its weight at ignition, too little to brake from "
        f"{(near - LUNAR_MAP_RADIUS) / 1e3:.0f} km and to hover at the end; {hint}"
    )


def _steered(vehicle: Vehicle, near: float, far: float, gate: float, approach: Approach) -> SteeredPath | None:
    """The planar burn to the gate, or nothing where the vehicle is too weak for one."""
    try:
        guess = steer(vehicle, (near, 0.0, apsis_speed(near, far)), (gate, -approach.gate_speed, 0.0), brake=True)
    except NumericalFailure:
        return None
    hovers = vehicle.thrust > HOVER * guess.final_mass * GRAVITY
    return guess if hovers and guess.path[-1, 1] < LONGEST and np.min(guess.path[:, 0]) >= gate - 1.0 else None


class _Problem:
    """Variables, scaled: angle to the site, true anomaly, burn time; pitch, yaw, throttle of arcs; last burn's two."""

    def __init__(
        self, site: LunarSite, vehicle: Vehicle, approach: Approach, near: float, far: float, arcs: int
    ) -> None:
        self.site, self.vehicle, self.approach, self.arcs = site, vehicle, approach, arcs
        self.eccentricity = (far - near) / (far + near)
        self.parameter = near * (1.0 + self.eccentricity)
        self.axes = site.axes()
        self.spread = tuple(straight_lines(arcs, count) for count in (PITCHES, YAWS, THROTTLES))
        self.span = 1.0  # [s] of the burn that the first guess takes

    def start(self, guess: SteeredPath) -> Array:
        self.span = guess.duration
        middle = (np.arange(self.arcs) + 0.5) / self.arcs * guess.duration
        total = guess.path[-1, 1]
        ahead = total - np.interp(middle, guess.times, guess.path[:, 1])
        pitch = np.interp(middle, guess.times, guess.pitch) - ahead
        pitch = np.interp(np.linspace(0.0, 1.0, PITCHES), np.linspace(0.0, 1.0, self.arcs), pitch)
        last = 2.0 * self.approach.gate_height / self.approach.gate_speed
        push = guess.final_mass * (GRAVITY + self.approach.gate_speed / last) / self.vehicle.thrust
        return np.concatenate(([total, 0.0, 1.0], pitch, np.zeros(YAWS), np.ones(THROTTLES), [last / 100.0, push]))

    def bounds(self) -> list[tuple[float, float]]:
        least = self.vehicle.least_throttle
        angles = [(-math.pi, math.pi)] * PITCHES
        yaws = [(-0.5 * math.pi, 0.5 * math.pi)] * YAWS
        throttles = [(least, 1.0)] * THROTTLES
        last = [(0.01, 3.0), (min(least, 0.99), 1.0)]
        return [(0.01, 2.0), (-1.0, 1.0), (0.5, 3.0), *angles, *yaws, *throttles, *last]

    def flight(self, x: Array) -> tuple[Array, Array]:
        """State at ignition (6,) and arcs (K + 1, 5)."""
        n = self.arcs
        along, across, up = self.axes
        outward = math.cos(x[0]) * up - math.sin(x[0]) * along
        forward = math.cos(x[0]) * along + math.sin(x[0]) * up
        distance = self.parameter / (1.0 + self.eccentricity * math.cos(x[1]))
        speed = math.sqrt(GM / self.parameter)
        velocity = speed * (
            self.eccentricity * math.sin(x[1]) * outward + (1.0 + self.eccentricity * math.cos(x[1])) * forward
        )
        values = x[3:-2]
        pitch = self.spread[0] @ values[:PITCHES]
        yaw = self.spread[1] @ values[PITCHES : PITCHES + YAWS]
        throttle = self.spread[2] @ values[PITCHES + YAWS :]
        arcs = np.empty((n + 1, 5))
        arcs[:n, 0] = x[2] * self.span / n
        arcs[:n, 1] = throttle * self.vehicle.thrust
        level = np.cos(pitch)
        arcs[:n, 2:] = (
            -(level * np.cos(yaw))[:, None] * along
            + (level * np.sin(yaw))[:, None] * across
            + np.sin(pitch)[:, None] * up
        )
        arcs[n, 0], arcs[n, 1], arcs[n, 2:] = 100.0 * x[-2], x[-1] * self.vehicle.thrust, up
        return np.concatenate((distance * outward, velocity)), arcs

    def program(self, x: Array) -> Program:
        begin, arcs = self.flight(x)
        path = fly_powered(begin, self.vehicle.mass, arcs, self.vehicle.exhaust_velocity)
        gate, end = self.arcs * STEPS, len(path.times) - 1
        site = self.site.state(path.times[[gate, end]] - path.times[-1])
        over = self.axes @ (path.states[gate] - site[0]).reshape(2, 3).T
        down = self.axes[2] @ (path.states[end] - site[1]).reshape(2, 3).T
        equal = np.array(
            [
                over[0, 0] / KILOMETRE,
                over[1, 0] / KILOMETRE,
                (over[2, 0] - self.approach.gate_height) / KILOMETRE,
                over[0, 1] / FAST,
                over[1, 1] / FAST,
                (over[2, 1] + self.approach.gate_speed) / FAST,
                down[0] / (0.1 * KILOMETRE),
                down[1] / (0.1 * FAST),
            ]
        )
        rows = np.arange(1, gate)
        distance, height = self.over_ground(
            PoweredPath(np.append(path.times[rows], path.times[-1]), path.states[rows], path.masses[rows])
        )
        above = (height - self.approach.floor(distance, self.site.height)) / KILOMETRE
        burnt = float(path.masses[0] - path.masses[-1]) / self.vehicle.mass
        return Program(10.0 * burnt, equal, above)

    @property
    def throttles(self) -> slice:
        """Where the throttles of the main burn stand among the variables."""
        return slice(3 + PITCHES + YAWS, 3 + PITCHES + YAWS + THROTTLES)

    def touchdown(self, x: Array) -> Array:
        """Position and velocity relative to the site at the end: along, across, up (6,) [m, m/s]."""
        begin, arcs = self.flight(x)
        path = fly_powered(begin, self.vehicle.mass, arcs, self.vehicle.exhaust_velocity)
        off = (path.states[-1] - self.site.state(0.0)[0]).reshape(2, 3)
        return (off @ self.axes.T).reshape(-1)

    def over_ground(self, path: PoweredPath) -> tuple[Array, Array]:
        """Distance over the ground from the site and height above the sphere (N,) [m]; the last time is touchdown."""
        count = len(path.states)
        site = self.site.state(path.times[:count] - path.times[-1])[:, :3] / self.site.distance
        radius = np.linalg.norm(path.states[:, :3], axis=1)
        here = path.states[:, :3] / radius[:, None]
        chord = np.linalg.norm(here - site, axis=1)
        return 2.0 * LUNAR_MAP_RADIUS * np.arcsin(np.minimum(0.5 * chord, 1.0)), radius - LUNAR_MAP_RADIUS
