"""Slow pushes: gravity tractor and ion beam, and how long they take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.deflection.needed import needed_factor
from moonstead.smallbodies.deflection.pushes import PushEffect, least_distance, passage, push_effect, pushed
from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]

GRAVITATION = 6.674_30e-11  # [m3/kg/s2] CODATA 2018
SLICES = 60  # pushes that stand for a steady one, in its proof and in its search


@dataclass(frozen=True, eq=False)
class TugPlan:
    """A steady push along or against the motion about the Sun.

    Attributes
    ----------
    start_tdb : float [s TDB past J2000]
        When it begins.
    duration : float [s]
        How long it must last; NaN where all the time until the passage is too short.
    acceleration : float [m/s2]
        Of the asteroid; negative against its motion.
    delta_v : float [m/s]
        All in all.
    distance : float [m]
        Least distance of a new flight with that push, or with the push until the passage where that is too short.
    """

    start_tdb: float
    duration: float
    acceleration: float
    delta_v: float
    distance: float


def gravity_tractor(spacecraft_mass: float, distance: float) -> float:
    """Acceleration of an asteroid by the gravity of a spacecraft that hovers.

    Parameters
    ----------
    spacecraft_mass : float [kg]
        Of the spacecraft; its engines must blow past the asteroid.
    distance : float [m]
        Between the centres.

    Returns
    -------
    float [m/s2]

    Raises
    ------
    InvalidInput
        A number is not positive.

    Source
    ------
    Lu & Love (2005), Nature 438, 177, doi:10.1038/438177a.
    """
    if not (spacecraft_mass > 0.0 and distance > 0.0):
        raise InvalidInput(f"a tractor needs a positive mass and distance; got {spacecraft_mass!r}, {distance!r}")
    return GRAVITATION * spacecraft_mass / distance**2


def ion_beam(thrust: float, asteroid_mass: float, efficiency: float = 0.9) -> float:
    """Acceleration of an asteroid by an ion beam that strikes it.

    Parameters
    ----------
    thrust : float [N]
        Of the beam; a second engine keeps the spacecraft in its place.
    asteroid_mass : float [kg]
        Of the asteroid.
    efficiency : float [1]
        Share of the beam's momentum that the asteroid takes.

    Returns
    -------
    float [m/s2]

    Raises
    ------
    InvalidInput
        A number is not positive, or the share is above 1.

    Source
    ------
    Bombardelli & Pelaez (2011), J. Guid. Control Dyn. 34, 1270, doi:10.2514/1.51640.
    """
    if not (thrust > 0.0 and asteroid_mass > 0.0 and 0.0 < efficiency <= 1.0):
        raise InvalidInput(f"an ion beam needs positive numbers; got {thrust!r}, {asteroid_mass!r}, {efficiency!r}")
    return efficiency * thrust / asteroid_mass


def tug_plan(
    effect: PushEffect, start_tdb: float, acceleration: float, distance: float, perturbers: Perturbers
) -> TugPlan:
    """How long a steady push must last for a wanted passage.

    Parameters
    ----------
    effect : PushEffect
        The passage; its own times of pushes do not matter.
    start_tdb : float [s TDB past J2000]
        When the push begins.
    acceleration : float [m/s2]
        Of the asteroid, positive.
    distance : float [m]
        Wanted least distance from the body's centre.
    perturbers : Perturbers
        What pulls the asteroid.

    Returns
    -------
    TugPlan
        Along or against the motion, whichever is shorter; flown again as 60 short pushes.

    Raises
    ------
    InvalidInput
        The acceleration is not positive, the push begins after the passage, or the asteroid passes that far anyway.

    Source
    ------
    Izzo (2007), J. Guid. Control Dyn. 30, 294, doi:10.2514/1.21845: the shifts of short pushes add up.
    """
    if not acceleration > 0.0:
        raise InvalidInput(f"a tug's acceleration must be positive [m/s2]; got {acceleration!r}")
    wanted = effect.plane_distance(distance)
    if np.linalg.norm(effect.point) >= wanted:
        raise InvalidInput(f"{effect.orbit.name} already passes beyond the wanted {distance / 1e3:.0f} km")
    end = effect.encounter.tdb
    edges = np.linspace(start_tdb, end, 4 * SLICES + 1)
    steady = push_effect(effect.orbit, effect.encounter, 0.5 * (edges[1:] + edges[:-1]), perturbers)
    shift = _shifts(steady)
    summed = np.cumsum(shift * acceleration * (edges[1] - edges[0]), axis=0)
    best, sign = np.inf, 1.0
    for way in (1.0, -1.0):
        lasting = _first_reach(effect.point, way * summed, wanted, edges)
        if lasting < best:
            best, sign = lasting, way
    duration = best if np.isfinite(best) else end - start_tdb
    if not np.isfinite(best):
        sign = 1.0 if np.linalg.norm(effect.point + summed[-1]) >= np.linalg.norm(effect.point - summed[-1]) else -1.0
    reached = _flown(effect, start_tdb, duration, sign * acceleration, perturbers)
    return TugPlan(
        float(start_tdb),
        float(duration) if np.isfinite(best) else np.nan,
        sign * acceleration,
        float(acceleration * duration),
        reached,
    )


def _shifts(effect: PushEffect) -> Array:
    """Shift (N, 2) [s] of the point by a unit change of velocity along the motion."""
    velocity = effect.state[:, 3:]
    ahead = velocity / np.linalg.norm(velocity, axis=1)[:, np.newaxis]
    return np.einsum("nij,nj->ni", effect.gain, ahead)


def _first_reach(point: Array, summed: Array, wanted: float, edges: Array) -> float:
    """Time [s] after the begin at which the shifted point first reaches the distance; infinite if never."""
    away = np.linalg.norm(point + summed, axis=1)
    beyond = np.flatnonzero(away >= wanted)
    if not beyond.size:
        return np.inf
    place = int(beyond[0])
    before = summed[place - 1] if place else np.zeros(2)
    part = float(needed_factor(point + before, summed[place] - before, wanted))
    return float(edges[place] + part * (edges[place + 1] - edges[place]) - edges[0])


def _flown(effect: PushEffect, start: float, duration: float, acceleration: float, perturbers: Perturbers) -> float:
    """Least distance [m] of a flight with short pushes in place of a steady one."""
    from moonstead.smallbodies.motion.places import body_states

    length = duration / SLICES
    orbit = effect.orbit
    for place in range(SLICES):
        tdb = start + (place + 0.5) * length
        if tdb >= effect.encounter.tdb:
            break
        moving = pushed(orbit, tdb, np.zeros(3), perturbers)
        velocity = moving.state[3:] - body_states("SUN", tdb, perturbers)[0, 3:]
        orbit = pushed(moving, tdb, acceleration * length * velocity / np.linalg.norm(velocity), perturbers)
    return least_distance(passage(orbit, effect.encounter.body, effect.encounter.tdb, perturbers), perturbers)
