"""Passages that a screening found, without covariances: assumed errors, the probability, the picture across."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.burns import radial_axes
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.probability.encounter import EARTH_GM, Encounter, to_inertial

Array = NDArray[np.float64]

LEFT_IN_SPEED = 0.1  # [1] of the mean motion times the radial error: what energy leaves open along the track


@dataclass(frozen=True, slots=True)
class PlanePicture:
    """An encounter in the plane across the relative velocity, as a reader draws it.

    The first object is the origin; y is up, the part of its radius that lies in the plane; x is to the right of one who
    flies with the relative velocity of the second.

    Attributes
    ----------
    miss_x, miss_y : float [m]
        Where the second object passes.
    sigma_major, sigma_minor : float [m]
        Standard deviations of that along the axes of the ellipse.
    angle : float [rad]
        From x to the major axis, within half a turn.
    """

    miss_x: float
    miss_y: float
    sigma_major: float
    sigma_minor: float
    angle: float


def assumed_covariance(state: ArrayLike, sigmas: ArrayLike, gm: float = EARTH_GM) -> Array:
    """Covariance of a state of which only the errors of position are assumed.

    Velocities follow what an orbit of known energy asks for: a shift along the track is one in time and turns the
    velocity, a radial one slows it; what is left open is the error of the other two phases of the oscillation.

    Parameters
    ----------
    state : (6,) [m, m/s]
        In inertial axes.
    sigmas : (3,) [m]
        Standard deviations radial, along track, across.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.

    Returns
    -------
    (6, 6) [m^2, m^2/s, m^2/s^2]
        Along the axes of the state.

    Raises
    ------
    InvalidInput
        A standard deviation is not positive.

    Source
    ------
    Two-body motion near a circle, Hill's relations: Vallado (2013), Fundamentals of Astrodynamics and Applications,
    4th ed., section 6.8. An assumption, not a measurement.
    """
    position = np.asarray(sigmas, dtype=np.float64)
    if position.shape != (3,) or not (np.all(np.isfinite(position)) and np.all(position > 0.0)):
        raise InvalidInput(f"errors of a position are three positive lengths [m]; got {position}")
    state = np.asarray(state, dtype=np.float64)
    rate = math.sqrt(gm / float(np.linalg.norm(state[:3])) ** 3)
    radial, _, across = position
    link = np.zeros((6, 6))
    link[:3, :3] = np.diag(position)
    link[3, 1] = -rate * position[1]
    link[4, 0] = -rate * radial
    link[3, 3], link[4, 4], link[5, 5] = rate * radial, LEFT_IN_SPEED * rate * radial, rate * across
    return to_inertial(state, link @ link.T)


def assumed_encounter(
    state1: ArrayLike,
    state2: ArrayLike,
    sigmas1: ArrayLike,
    sigmas2: ArrayLike,
    hard_body_radius: float,
    gm: float = EARTH_GM,
) -> Encounter:
    """Encounter of two states with assumed errors of position.

    Parameters
    ----------
    state1, state2 : (6,) [m, m/s]
        Near closest approach, in inertial axes.
    sigmas1, sigmas2 : (3,) [m]
        Standard deviations radial, along track, across, of each on its own orbit.
    hard_body_radius : float [m]
        Sum of both radii.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.

    Returns
    -------
    Encounter
        For `choose`.

    Raises
    ------
    InvalidInput
        A number has no sense, or a state is no bound orbit.

    Source
    ------
    See `assumed_covariance`.
    """
    first, second = (np.asarray(state, dtype=np.float64) for state in (state1, state2))
    return Encounter(
        first,
        second,
        assumed_covariance(first, sigmas1, gm),
        assumed_covariance(second, sigmas2, gm),
        float(hard_body_radius),
        gm,
    )


def plane_picture(encounter: Encounter) -> PlanePicture:
    """What the plane across the relative velocity shows of an encounter.

    Parameters
    ----------
    encounter : Encounter
        At closest approach, with covariances.

    Returns
    -------
    PlanePicture

    Raises
    ------
    InvalidInput
        A covariance is missing, or the objects do not move against each other.

    Source
    ------
    Foster & Estes (1992), NASA JSC-25898: encounter plane.
    """
    relative = encounter.relative
    speed = encounter.relative_speed
    if not speed > 0.0:
        raise InvalidInput("the objects do not move against each other: there is no plane across")
    along = relative[3:] / speed
    radius = encounter.state1[:3]
    up = radius - along * float(along @ radius)
    if np.linalg.norm(up) < 1e-6 * np.linalg.norm(radius):
        up = radial_axes(encounter.state1)[2]
        up = up - along * float(along @ up)
    up = up / np.linalg.norm(up)
    plane = np.stack([np.cross(along, up), up])
    values, vectors = np.linalg.eigh(plane @ encounter.combined_covariance[:3, :3] @ plane.T)
    miss = plane @ relative[:3]
    sigmas = np.sqrt(np.maximum(values, 0.0))
    angle = math.remainder(math.atan2(float(vectors[1, 1]), float(vectors[0, 1])), math.pi)
    return PlanePicture(float(miss[0]), float(miss[1]), float(sigmas[1]), float(sigmas[0]), angle)
