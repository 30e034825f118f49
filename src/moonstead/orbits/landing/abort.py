"""Aborts from a powered descent back into an orbit: what they take at each moment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.landing.descent import Descent
from moonstead.orbits.landing.powered import GM, Vehicle, apsis_speed
from moonstead.orbits.landing.steering import steer

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Abort:
    """An abort at one moment.

    Attributes
    ----------
    time : float [s]
        From ignition of the descent.
    altitude : float [m]
        Then, above the sphere of 1737.4 km.
    delta_v : float [m/s]
        Into the orbit; NaN where there is no way.
    duration : float [s]
        Of the burn.
    propellant : float [kg]
        That it burns.
    lowest : float [m]
        Least altitude on the way.
    possible : bool
        Whether it stays clear of the ground and the propellant suffices.
    reason : str
        Why not; empty where it is possible.
    """

    time: float
    altitude: float
    delta_v: float
    duration: float
    propellant: float
    lowest: float
    possible: bool
    reason: str


def abort_table(
    descent: Descent,
    times: ArrayLike,
    *,
    stage: Vehicle | None = None,
    periapsis_altitude: float = 15e3,
    apoapsis_altitude: float = 100e3,
    clearance: float = 0.0,
) -> tuple[Abort, ...]:
    """Aborts at moments of a descent into an orbit of its plane, at full thrust.

    Parameters
    ----------
    descent : Descent
        What is given up.
    times : (N,) [s]
        From ignition.
    stage : Vehicle or None
        An ascent stage that leaves the rest behind; None if the vehicle itself turns back with what its tank still
        holds.
    periapsis_altitude, apoapsis_altitude : float [m]
        Of the orbit; cut-off is at its periapsis.
    clearance : float [m]
        Above the site that the way up must keep.

    Returns
    -------
    tuple of Abort
        One for each time.

    Raises
    ------
    InvalidInput
        A time lies outside the descent.

    Source
    ------
    Linear tangent steering, as `steer`: within about 1 % of the least propellant.
    """
    when = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not np.all((when >= 0.0) & (when <= descent.duration)):
        raise InvalidInput(
            f"aborts lie within the descent of {descent.duration:.1f} s; got {when.min()} to {when.max()}"
        )
    near, far = LUNAR_MAP_RADIUS + periapsis_altitude, LUNAR_MAP_RADIUS + apoapsis_altitude
    return tuple(_abort(descent, float(time), stage, near, far, clearance) for time in when)


def _abort(descent: Descent, time: float, stage: Vehicle | None, near: float, far: float, clearance: float) -> Abort:
    row = int(np.searchsorted(descent.path.times, time - 1e-9))
    state, mass = descent.path.states[row], float(descent.path.masses[row])
    distance = float(np.linalg.norm(state[:3]))
    radial = float(state[:3] @ state[3:]) / distance
    transverse = math.sqrt(max(float(state[3:] @ state[3:]) - radial * radial, 0.0))
    altitude = distance - LUNAR_MAP_RADIUS
    if float(kepler_elements(state, GM).periapsis_distance[0]) >= near - 1.0:
        return Abort(time, altitude, 0.0, 0.0, 0.0, near - LUNAR_MAP_RADIUS, True, "")
    own = descent.vehicle
    left = mass - own.dry_mass
    if stage is None and left <= 0.0:
        return Abort(time, altitude, math.nan, math.nan, math.nan, altitude, False, "no propellant is left")
    vehicle = stage or Vehicle(mass, own.thrust, own.specific_impulse, own.dry_mass)
    try:
        path = steer(vehicle, (distance, radial, transverse), (near, 0.0, apsis_speed(near, far)), brake=False)
    except NumericalFailure:
        return Abort(time, altitude, math.nan, math.nan, math.nan, altitude, False, "no burn at full thrust gets there")
    burnt = vehicle.mass - path.final_mass
    lowest = float(np.min(path.path[:, 0])) - LUNAR_MAP_RADIUS
    reason = ""
    if lowest < descent.site.height + clearance and altitude > lowest + 1.0:
        reason = f"it sinks to {lowest - descent.site.height:.0f} m over the site"
    elif burnt > vehicle.propellant:
        reason = f"it lacks {burnt - vehicle.propellant:.0f} kg of propellant"
    delta_v = vehicle.exhaust_velocity * math.log(vehicle.mass / path.final_mass)
    return Abort(time, altitude, delta_v, path.duration, burnt, lowest, not reason, reason)
