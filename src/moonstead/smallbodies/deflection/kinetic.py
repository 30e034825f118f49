"""Kinetic impactors: the push that a spacecraft gives by striking, and the mass that a wanted passage takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.deflection.needed import needed_factor
from moonstead.smallbodies.deflection.pushes import PushEffect
from moonstead.smallbodies.effects.interval import Interval

Array = NDArray[np.float64]

# DART on Dimorphos: 3.61 at 2400 kg/m3; 1 is a strike without ejecta, 4.9 what 3300 kg/m3 would mean.
MOMENTUM_ENHANCEMENT = Interval(1.0, 3.61, 4.9)


@dataclass(frozen=True, eq=False)
class KineticStrikes:
    """Strikes at N times.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        When.
    relative_velocity : (N, 3) [m/s]
        Of the spacecraft, as the asteroid sees it, ICRF.
    spacecraft_mass : (N, 3) [kg]
        That brings the wanted passage, for the high, the nominal and the low momentum enhancement; infinite where the
        strike does not move the passage.
    """

    tdb: Array
    relative_velocity: Array
    spacecraft_mass: Array


def kinetic_push(
    spacecraft_mass: float, asteroid_mass: float, relative_velocity: ArrayLike, enhancement: float
) -> Array:
    """Change of an asteroid's velocity by a strike.

    Parameters
    ----------
    spacecraft_mass, asteroid_mass : float [kg]
        Masses, the first far below the second.
    relative_velocity : (3,) [m/s]
        Of the spacecraft, as the asteroid sees it.
    enhancement : float [1]
        Momentum enhancement beta: 1 without ejecta, which are taken to fly back the way that the spacecraft came.

    Returns
    -------
    (3,) [m/s]

    Raises
    ------
    InvalidInput
        A mass is not positive, or the enhancement is below 1.

    Source
    ------
    Cheng et al. (2023), Nature 616, 457, doi:10.1038/s41586-023-05878-z, eq. 1, for ejecta that fly straight back.
    """
    if not (spacecraft_mass > 0.0 and asteroid_mass > 0.0 and enhancement >= 1.0):
        raise InvalidInput(
            "a strike needs positive masses [kg] and an enhancement of 1 or more; got"
            f" {spacecraft_mass!r}, {asteroid_mass!r}, {enhancement!r}"
        )
    push: Array = enhancement * spacecraft_mass / asteroid_mass * np.asarray(relative_velocity, dtype=np.float64)
    return push


def strikes(
    effect: PushEffect,
    relative_velocity: ArrayLike,
    asteroid_mass: float,
    distance: float,
    *,
    enhancement: Interval = MOMENTUM_ENHANCEMENT,
) -> KineticStrikes:
    """Mass of the spacecraft that brings a wanted passage, for strikes at the times of the pushes.

    Parameters
    ----------
    effect : PushEffect
        The passage and what moves it, at N times.
    relative_velocity : (N, 3) [m/s]
        Of the spacecraft, as the asteroid sees it, ICRF.
    asteroid_mass : float [kg]
        Of the asteroid.
    distance : float [m]
        Wanted least distance from the body's centre.
    enhancement : Interval [1]
        Of the momentum.

    Returns
    -------
    KineticStrikes
        To first order; `pushes.passage` flies a chosen one.

    Raises
    ------
    InvalidInput
        The asteroid's mass or the distance is not positive, or it already passes that far away.

    Source
    ------
    Momentum of two bodies; target plane as `PushEffect`.
    """
    velocity = np.atleast_2d(np.asarray(relative_velocity, dtype=np.float64))
    wanted = effect.plane_distance(distance) if distance > 0.0 else np.nan
    if not (asteroid_mass > 0.0 and wanted > np.linalg.norm(effect.point)):
        raise InvalidInput(
            f"a strike on {effect.orbit.name} needs a positive mass [kg] and a wanted distance beyond its own;"
            f" got {asteroid_mass!r} and {distance!r} m"
        )
    shift = np.einsum("nij,nj->ni", effect.gain, velocity)
    share = needed_factor(effect.point, shift, wanted)  # of the velocity that must be passed on
    levels = np.array([enhancement.high, enhancement.nominal, enhancement.low])
    return KineticStrikes(effect.push_tdb, velocity, share[:, np.newaxis] * asteroid_mass / levels)
