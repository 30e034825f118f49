"""Gravity assists: how far a body turns a flight, and what is left for the engine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

HALVINGS = 60  # of the logarithm of a periapsis: all digits
FARTHEST = 1e6  # [1] of the least periapsis: a turn by less is none


@dataclass(frozen=True, eq=False)
class Flybys:
    """N passages of a body, each with one burn along the path at periapsis.

    Attributes
    ----------
    turn : (N,) [rad]
        Angle between the asymptotes that is wanted.
    periapsis : (N,) [m]
        Distance at which gravity gives that turn, or the least one allowed.
    delta_v : (N,) [m/s]
        At periapsis for the difference of speeds, and far away for a turn that gravity cannot give.
    missing_turn : (N,) [rad]
        What gravity cannot give at the least periapsis.
    """

    turn: Array
    periapsis: Array
    delta_v: Array
    missing_turn: Array


def turn_angle(speed: ArrayLike, periapsis: ArrayLike, gm: float) -> Array:
    """Angle by which a body turns the velocity of an unpowered passage.

    Parameters
    ----------
    speed : (N,) [m/s]
        At infinity.
    periapsis : (N,) [m]
        Distance from the centre.
    gm : float [m^3/s^2]
        Of the body.

    Returns
    -------
    (N,) [rad]

    Source
    ------
    Hyperbola: sin(turn / 2) = 1 / (1 + periapsis speed^2 / gm). Vallado (2013), section 12.4.
    """
    ratio = np.asarray(periapsis, dtype=np.float64) * np.asarray(speed, dtype=np.float64) ** 2 / gm
    return 2.0 * np.arcsin(1.0 / (1.0 + ratio))


def most_gained(speed: float, periapsis: float, gm: float) -> float:
    """Largest change of the heliocentric velocity (or that about the Earth) by an unpowered passage.

    Parameters
    ----------
    speed : float [m/s]
        At infinity, relative to the body.
    periapsis : float [m]
        Distance from its centre.
    gm : float [m^3/s^2]
        Of the body; the Moon's for a lunar gravity assist.

    Returns
    -------
    float [m/s]
        Length of the vector by which the velocity changes.

    Raises
    ------
    InvalidInput
        A number is not positive.

    Source
    ------
    Isosceles triangle: 2 speed sin(turn / 2) = 2 speed / (1 + periapsis speed^2 / gm).
    """
    if not (speed > 0.0 and periapsis > 0.0 and gm > 0.0):
        raise InvalidInput(f"a passage needs a positive speed, periapsis and gm; got {speed!r}, {periapsis!r}, {gm!r}")
    return 2.0 * speed / (1.0 + periapsis * speed * speed / gm)


def powered_flybys(incoming: ArrayLike, outgoing: ArrayLike, gm: float, least_periapsis: float) -> Flybys:
    """What it takes to leave a body with one velocity after coming with another.

    Parameters
    ----------
    incoming, outgoing : (N, 3) [m/s]
        At infinity, relative to the body.
    gm : float [m^3/s^2]
        Of the body.
    least_periapsis : float [m]
        Distance from its centre that a passage must keep.

    Returns
    -------
    Flybys
        NaN where a velocity is NaN.

    Raises
    ------
    InvalidInput
        Shapes differ, or `gm` or the distance is not positive.

    Source
    ------
    Gobetz (1963), Optimal transfers between hyperbolic asymptotes, AIAA J. 1, 2034: both half hyperbolas share their
    periapsis. A turn beyond the least periapsis is charged as a rotation of the outgoing velocity far away.
    """
    first, second = (np.atleast_2d(np.asarray(x, dtype=np.float64)) for x in (incoming, outgoing))
    if first.shape != second.shape or first.shape[-1] != 3:
        raise InvalidInput(f"both velocities need rows of three; got shapes {first.shape} and {second.shape}")
    if not (gm > 0.0 and least_periapsis > 0.0):
        raise InvalidInput(f"gm and the least periapsis must be positive; got {gm!r}, {least_periapsis!r}")
    fast, slow = np.linalg.norm(first, axis=-1), np.linalg.norm(second, axis=-1)
    cross = np.linalg.norm(np.cross(first, second), axis=-1)
    turn = np.arctan2(cross, np.sum(first * second, axis=-1))

    def given(periapsis: Array) -> Array:
        return 0.5 * (turn_angle(fast, periapsis, gm) + turn_angle(slow, periapsis, gm))

    nearest = np.full(turn.shape, least_periapsis)
    missing = np.maximum(turn - given(nearest), 0.0)
    low, high = np.zeros(turn.shape), np.full(turn.shape, math.log(FARTHEST))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        too_much = given(least_periapsis * np.exp(middle)) > turn
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    periapsis = np.where(missing > 0.0, nearest, least_periapsis * np.exp(0.5 * (low + high)))
    escape = 2.0 * gm / periapsis
    delta_v = np.abs(np.sqrt(slow**2 + escape) - np.sqrt(fast**2 + escape)) + 2.0 * slow * np.sin(0.5 * missing)
    return Flybys(turn, np.where(np.isnan(turn), np.nan, periapsis), delta_v, missing)
