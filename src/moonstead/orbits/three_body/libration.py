"""Libration points and the linear motion around them: where families begin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.three_body.motion import gravity_gradient

POINTS = ("L1", "L2", "L3", "L4", "L5")
NEWTON_STEPS = 60  # the quintic is convex where it is searched; six or seven are used


@dataclass(frozen=True, eq=False)
class LinearModes:
    """Linear motion around a libration point.

    Attributes
    ----------
    planar : (K,) [1]
        Frequencies of oscillations in the plane, rising: one for L1 to L3, two (long and short period) for L4 and L5
        where these are stable.
    planar_directions : (K, 4) complex [1]
        Directions (x, y, vx, vy) of those oscillations.
    vertical : float [1]
        Frequency of the oscillation across the plane.
    growth : float [1]
        Rate of the unstable mode in the plane; 0 where there is none.
    """

    planar: NDArray[np.float64]
    planar_directions: NDArray[np.complex128]
    vertical: float
    growth: float


def libration_point(point: str, mass_ratio: float) -> NDArray[np.float64]:
    """Position of a libration point.

    Parameters
    ----------
    point : str
        L1 (between the bodies), L2 (beyond the secondary), L3 (beyond the primary), L4 (ahead), L5 (behind).
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    (3,) [1]
        Position in the rotating frame, normalised.

    Raises
    ------
    InvalidInput
        There is no such point.

    Source
    ------
    Szebehely (1967), Theory of Orbits, 4.2: the quintics for the distance from the nearer body.
    """
    mu = mass_ratio
    if point == "L4":
        return np.array([0.5 - mu, math.sqrt(0.75), 0.0])
    if point == "L5":
        return np.array([0.5 - mu, -math.sqrt(0.75), 0.0])
    hill = (mu / 3.0) ** (1.0 / 3.0)
    if point == "L1":
        coefficients, guess = (1.0, mu - 3.0, 3.0 - 2.0 * mu, -mu, 2.0 * mu, -mu), hill
        return np.array([1.0 - mu - _root(coefficients, guess), 0.0, 0.0])
    if point == "L2":
        coefficients, guess = (1.0, 3.0 - mu, 3.0 - 2.0 * mu, -mu, -2.0 * mu, -mu), hill
        return np.array([1.0 - mu + _root(coefficients, guess), 0.0, 0.0])
    if point == "L3":
        light = 1.0 - mu
        coefficients, guess = (1.0, 2.0 + mu, 1.0 + 2.0 * mu, -light, -2.0 * light, -light), 1.0 - 7.0 * mu / 12.0
        return np.array([-mu - _root(coefficients, guess), 0.0, 0.0])
    raise InvalidInput(f"there is no libration point {point!r}; there are {', '.join(POINTS)}")


def _root(coefficients: tuple[float, ...], guess: float) -> float:
    """Root of a polynomial by Newton's method until it stands still."""
    value, slope = np.polynomial.Polynomial(coefficients[::-1]), np.polynomial.Polynomial(coefficients[::-1]).deriv()
    root = guess
    for _ in range(NEWTON_STEPS):
        step = value(root) / slope(root)
        root -= step
        if abs(step) <= 2e-16 * abs(root):
            break
    return float(root)


def linear_modes(point: str, mass_ratio: float) -> LinearModes:
    """Frequencies and directions of the linear motion around a libration point.

    Parameters
    ----------
    point : str
        L1 to L5.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.

    Returns
    -------
    LinearModes
        Oscillations in and across the plane, and the rate of the unstable mode.

    Raises
    ------
    InvalidInput
        There is no such point.

    Source
    ------
    Szebehely (1967), Theory of Orbits, 5.3 and 5.4.
    """
    gradient = gravity_gradient(libration_point(point, mass_ratio), mass_ratio)
    matrix = np.zeros((4, 4))
    matrix[:2, 2:] = np.eye(2)
    matrix[2:, :2] = gradient[:2, :2]
    matrix[2, 3], matrix[3, 2] = 2.0, -2.0
    values, vectors = np.linalg.eig(matrix)
    oscillating = [k for k in range(4) if abs(values[k].real) < 1e-9 < values[k].imag]
    oscillating.sort(key=lambda k: values[k].imag)
    growth = float(values.real.max())
    return LinearModes(
        values[oscillating].imag,
        np.ascontiguousarray(vectors[:, oscillating].T).astype(np.complex128),
        math.sqrt(-gradient[2, 2]),
        growth if growth > 1e-9 else 0.0,
    )
