"""Flight through the atmosphere: loads and heating of a capsule, and the corridor between too steep and too shallow."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import Atmosphere, standard_atmosphere
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]

SUTTON_GRAVES = 1.7415e-4  # [kg^0.5/m] of the Earth's air
PARACHUTES = 7.5e3  # [m] where the flight ends: drogues of Apollo and Orion open near 7 km
LONGEST = 3600.0  # [s]
ACCURACY = 1e-6  # [1] of each step: loads to a thousandth
LONGEST_STEP = 20.0  # [s] so that none jumps over the layers that brake
SAMPLE = 0.5  # [s] between the states that peaks are taken from; a peak lasts some ten seconds
ANGLE = math.radians(1e-3)  # [rad] to which bounds of the corridor are found
STEEPEST, SHALLOWEST = math.radians(-20.0), math.radians(-1.0)


@dataclass(frozen=True)
class Capsule:
    """A blunt body that flies at a fixed trim.

    Attributes
    ----------
    mass : float [kg]
        At entry.
    area : float [m^2]
        Reference area.
    drag_coefficient : float [1]
        At hypersonic speed.
    lift_to_drag : float [1]
        0 for a ballistic body.
    nose_radius : float [m]
        Of the heat shield, for heating at its middle.
    """

    mass: float
    area: float
    drag_coefficient: float = 1.3
    lift_to_drag: float = 0.3
    nose_radius: float = 4.7

    def __post_init__(self) -> None:
        for what in ("mass", "area", "drag_coefficient", "nose_radius"):
            if not getattr(self, what) > 0.0:
                called = what.replace("_", " ")
                raise InvalidInput(f"the {called} of a capsule is positive; got {getattr(self, what)!r}")
        if not 0.0 <= self.lift_to_drag < 5.0:
            raise InvalidInput(f"the lift over drag of a capsule lies within 0 and 5; got {self.lift_to_drag!r}")


@dataclass(frozen=True)
class EntryFlight:
    """What a capsule meets.

    Attributes
    ----------
    peak_load : float [1]
        Largest deceleration over standard gravity.
    peak_heat_flux : float [W/m^2]
        Convective, at the middle of the shield.
    heat_load : float [J/m^2]
        Its integral.
    duration : float [s]
        From the interface to the end.
    down_range : float [m]
        Along the ground from the interface.
    skipped : bool
        Whether it left the atmosphere again.
    """

    peak_load: float
    peak_heat_flux: float
    heat_load: float
    duration: float
    down_range: float
    skipped: bool


@dataclass(frozen=True)
class EntryCorridor:
    """Angles of the flight path at the interface that a capsule survives.

    Attributes
    ----------
    steepest : float [rad]
        With lift up all the way the load stays at its limit.
    shallowest : float [rad]
        With lift down all the way it is just captured.
    load_limit : float [1]
        Over standard gravity.
    """

    steepest: float
    shallowest: float
    load_limit: float

    @property
    def width(self) -> float:
        """Of the corridor [rad]."""
        return self.shallowest - self.steepest

    def holds(self, angle: float) -> bool:
        """Whether an angle [rad] lies within."""
        return self.steepest <= angle <= self.shallowest


def fly_entry(
    capsule: Capsule,
    speed: float,
    angle: float,
    *,
    altitude: float = 121_920.0,
    bank: float = 0.0,
    spin: float = 0.0,
    atmosphere: Atmosphere | None = None,
) -> EntryFlight:
    """Flight of a capsule at a fixed bank through the atmosphere, in the plane of its entry.

    Parameters
    ----------
    capsule : Capsule
        The body.
    speed, angle : float [m/s, rad]
        At the interface, without the Earth's spin; the angle negative downwards.
    altitude : float [m]
        Of the interface.
    bank : float [rad]
        0 points the lift up, pi down.
    spin : float [rad/s]
        Of the air about the normal of the plane: the Earth's times the cosine of the inclination.
    atmosphere : Atmosphere or None
        Density; None takes `standard_atmosphere`.

    Returns
    -------
    EntryFlight

    Raises
    ------
    InvalidInput
        The angle is not downwards or the speed not positive.
    NumericalFailure
        The integration stops.

    Source
    ------
    Three degrees of freedom about a sphere: Vinh, Busemann & Culp (1980), Hypersonic and Planetary Entry Flight
    Mechanics, chapter 2. Heating: Sutton & Graves (1971), NASA TR R-376.
    """
    from scipy.integrate import solve_ivp

    if not (speed > 0.0 and -0.5 * math.pi < angle < 0.0):
        raise InvalidInput(f"an entry needs a speed and an angle between -pi/2 and 0; got {speed!r}, {angle!r}")
    density = _density(atmosphere if atmosphere is not None else standard_atmosphere())
    gm, radius = body("EARTH").gm, body("EARTH").mean_radius
    pull = 0.5 * capsule.drag_coefficient * capsule.area / capsule.mass
    up = math.cos(bank) * capsule.lift_to_drag

    def forces(state: Array) -> tuple[float, float, float, float]:
        distance, v, gamma = state[0], state[1], state[2]
        air = v - spin * distance * math.cos(gamma)
        rho = density(distance - radius)
        return rho, air, pull * rho * air * air, distance

    def rates(_: float, state: Array) -> list[float]:
        rho, air, drag, distance = forces(state)
        v, gamma = state[1], state[2]
        g = gm / distance**2
        lift = up * drag
        return [
            v * math.sin(gamma),
            -drag - g * math.sin(gamma),
            (lift + (v * v / distance - g) * math.cos(gamma)) / v,
            v * math.cos(gamma) / distance - spin,
            SUTTON_GRAVES * math.sqrt(rho / capsule.nose_radius) * air**3,
        ]

    def landed(_: float, state: Array) -> float:
        return float(state[0] - radius - PARACHUTES)

    def left(_: float, state: Array) -> float:
        return float(state[0] - radius - altitude - 1.0)

    for event, way in ((landed, -1.0), (left, 1.0)):
        event.terminal, event.direction = True, way  # type: ignore[attr-defined]
    start = [radius + altitude, speed, angle, 0.0, 0.0]
    flown = solve_ivp(
        rates,
        (0.0, LONGEST),
        start,
        method="DOP853",
        rtol=ACCURACY,
        atol=ACCURACY,
        events=(landed, left),
        max_step=LONGEST_STEP,
        dense_output=True,
    )
    if not flown.success:
        raise NumericalFailure(f"the entry could not be integrated: {flown.message}")
    samples = [forces(state) for state in flown.sol(np.arange(0.0, flown.t[-1], SAMPLE)).T]
    loads = [drag * math.hypot(1.0, capsule.lift_to_drag) / STANDARD_GRAVITY for _, _, drag, _ in samples]
    fluxes = [SUTTON_GRAVES * math.sqrt(rho / capsule.nose_radius) * air**3 for rho, air, _, _ in samples]
    return EntryFlight(
        peak_load=float(max(loads)),
        peak_heat_flux=float(max(fluxes)),
        heat_load=float(flown.y[4, -1]),
        duration=float(flown.t[-1]),
        down_range=float(flown.y[3, -1]) * radius,
        skipped=bool(flown.t_events[1].size),
    )


def entry_corridor(
    capsule: Capsule,
    speed: float,
    *,
    load_limit: float = 12.0,
    spin: float = 0.0,
    atmosphere: Atmosphere | None = None,
) -> EntryCorridor:
    """Angles of entry between too steep for the load and too shallow to be captured.

    Parameters
    ----------
    capsule : Capsule
        The body.
    speed : float [m/s]
        At the interface, without the Earth's spin.
    load_limit : float [1]
        Largest deceleration over standard gravity.
    spin : float [rad/s]
        Of the air in the plane of the entry.
    atmosphere : Atmosphere or None
        Density; None takes `standard_atmosphere`.

    Returns
    -------
    EntryCorridor

    Raises
    ------
    NumericalFailure
        There is no corridor: what is captured is already too steep; the message gives the least load.

    Source
    ------
    Overshoot and undershoot boundaries: Chapman (1959), NASA TR R-55.
    """

    def captured(angle: float) -> bool:
        flown = fly_entry(capsule, speed, angle, bank=math.pi, spin=spin, atmosphere=atmosphere)
        return not flown.skipped

    def bearable(angle: float) -> bool:
        return fly_entry(capsule, speed, angle, spin=spin, atmosphere=atmosphere).peak_load <= load_limit

    shallowest = _edge(captured, STEEPEST, SHALLOWEST)
    steepest = -_edge(lambda angle: bearable(-angle), -SHALLOWEST, -STEEPEST)
    if steepest > shallowest:
        least = fly_entry(capsule, speed, shallowest, spin=spin, atmosphere=atmosphere).peak_load
        raise NumericalFailure(
            f"no entry at {speed / 1e3:.2f} km/s stays below {load_limit:g} g: the shallowest that is captured, "
            f"{math.degrees(shallowest):.2f} deg, has {least:.1f} g; more lift or a higher limit is needed"
        )
    return EntryCorridor(steepest, shallowest, load_limit)


def _edge(holds: Callable[[float], bool], first: float, last: float) -> float:
    """Where a condition that holds at `first` stops to hold, at most `last`."""
    if holds(last):
        return last
    low, high = first, last
    while abs(high - low) > ANGLE:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _density(atmosphere: Atmosphere) -> Callable[[float], float]:
    """Density [kg/m^3] of an altitude [m]: exponential from each base on."""
    bases, logs = atmosphere.layers[:, 0].tolist(), np.log(atmosphere.layers[:, 1]).tolist()
    scales = atmosphere.layers[:, 2].tolist()

    def density(altitude: float) -> float:
        place = max(bisect_right(bases, altitude) - 1, 0)
        return math.exp(logs[place] - (altitude - bases[place]) / scales[place])

    return density
