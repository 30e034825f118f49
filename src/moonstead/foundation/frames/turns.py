"""Building blocks: turns about one axis, Euler angles and rotations that spin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.frames.rotation import Rotation

Array = NDArray[np.float64]


def turn(axis: int, angle: Array) -> Array:
    """Matrices of coordinates in axes turned about one of them.

    Parameters
    ----------
    axis : int
        1, 2 or 3 for x, y or z.
    angle : (N,) [rad]
        By which the axes turn, counter-clockwise about the axis.

    Returns
    -------
    (N, 3, 3) [1]
        From the axes before the turn to those after it.

    Source
    ------
    Definition of R1, R2 and R3; Explanatory Supplement to the Astronomical Almanac.
    """
    angle = np.atleast_1d(np.asarray(angle, dtype=np.float64))
    sine, cosine = np.sin(angle), np.cos(angle)
    second, third = axis % 3, (axis + 1) % 3
    matrix = np.zeros((angle.size, 3, 3))
    matrix[:, axis - 1, axis - 1] = 1.0
    matrix[:, second, second] = matrix[:, third, third] = cosine
    matrix[:, second, third], matrix[:, third, second] = sine, -sine
    return matrix


def spinning(matrix: Array, omega: Array) -> Rotation:
    """Rotation whose target axes spin.

    Parameters
    ----------
    matrix : (N, 3, 3) [1]
        From the source axes to the target axes.
    omega : (N, 3) [rad/s]
        Angular velocity of the target axes relative to the source axes, in target axes.

    Returns
    -------
    Rotation
        Its rate is -omega x matrix.

    Source
    ------
    Closed form: Poisson's kinematic equation.
    """
    rate = np.empty_like(matrix)
    x, y, z = omega[:, 0, np.newaxis], omega[:, 1, np.newaxis], omega[:, 2, np.newaxis]
    rate[:, 0] = z * matrix[:, 1] - y * matrix[:, 2]
    rate[:, 1] = x * matrix[:, 2] - z * matrix[:, 0]
    rate[:, 2] = y * matrix[:, 0] - x * matrix[:, 1]
    return Rotation(matrix, rate)


def euler_313(angles: Array, rates: Array) -> Rotation:
    """Rotation R3(psi) R1(theta) R3(phi) with its rate.

    Parameters
    ----------
    angles : (N, 3) [rad]
        phi, theta, psi.
    rates : (N, 3) [rad/s]
        Their time derivatives.

    Returns
    -------
    Rotation
        N matrices [1] and rates [1/s].

    Source
    ------
    Closed form: each angle turns about an axis that the later turns carry along.
    """
    last = turn(3, angles[:, 2])
    tilted = last @ turn(1, angles[:, 1])
    matrix = tilted @ turn(3, angles[:, 0])
    # Each angle turns about an axis that the later turns carry along.
    omega = rates[:, :1] * tilted[:, :, 2] + rates[:, 1:2] * last[:, :, 0]
    omega[:, 2] += rates[:, 2]
    return spinning(matrix, omega)


def fixed(matrix: Array, count: int) -> Rotation:
    """Rotation by one matrix that does not change.

    Parameters
    ----------
    matrix : (3, 3) [1]
        From the source axes to the target axes.
    count : int
        Number of times.

    Returns
    -------
    Rotation
        `count` times the matrix [1]; its rate [1/s] is zero.
    """
    return Rotation(np.broadcast_to(matrix, (count, 3, 3)).copy(), np.zeros((count, 3, 3)))


def turned(matrix: Array, rotation: Rotation) -> Rotation:
    """Rotation followed by one matrix that does not change.

    Parameters
    ----------
    matrix : (3, 3) [1]
        From the target axes of the rotation to the new ones.
    rotation : Rotation
        What is applied first.

    Returns
    -------
    Rotation
        From the source axes of `rotation` to the new ones.
    """
    return Rotation(matrix @ rotation.matrix, matrix @ rotation.rate)
