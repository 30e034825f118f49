"""Quadrature over the unit sphere: Gauss and Legendre in latitude, even steps in longitude."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (12, 24, 48, 96, 160)  # nodes of latitude on each hemisphere


@cache
def gauss_levels() -> tuple[Array, Array, NDArray[np.int64]]:
    """Nodes and weights of Gauss and Legendre on [0, 1] by level.

    Returns
    -------
    (L, K) [1], (L, K) [1], (L,)
        Nodes, weights, and how many of them a level has.

    Source
    ------
    Gauss-Legendre quadrature.
    """
    nodes, weights = np.zeros((len(LEVELS), max(LEVELS))), np.zeros((len(LEVELS), max(LEVELS)))
    for row, count in enumerate(LEVELS):
        x, w = np.polynomial.legendre.leggauss(count)
        nodes[row, :count], weights[row, :count] = 0.5 * (x + 1.0), 0.5 * w
    return nodes, weights, np.array(LEVELS, dtype=np.int64)


def sphere_points(sigmas: float, velocity: Array) -> tuple[Array, Array]:
    """Points and weights of the unit sphere, pole against the velocity.

    Parameters
    ----------
    sigmas : float [1]
        Radius of the sphere in least standard deviations of what is to be integrated.
    velocity : (3,) [m/s]
        Where the pole points away from; the integrand bends at its equator.

    Returns
    -------
    (N, 3) [1], (N,) [1]
        Unit vectors, and weights with the sum 4 pi.

    Source
    ------
    Product of Gauss-Legendre and trapezoids on each hemisphere.
    """
    level = 0
    while level < len(LEVELS) - 1 and 0.35 * LEVELS[level] < sigmas + 4.0:
        level += 1
    count = LEVELS[level]
    nodes, weights, _ = gauss_levels()
    up = np.concatenate((nodes[level, :count], -nodes[level, :count]))
    angle = 2.0 * np.pi * (np.arange(2 * count) + 0.5) / (2 * count)
    speed = float(np.linalg.norm(velocity))
    pole = -velocity / speed if speed > 0.0 else np.array([0.0, 0.0, 1.0])
    side = np.cross(pole, np.eye(3)[int(np.argmin(np.abs(pole)))])
    side /= np.linalg.norm(side)
    third = np.cross(pole, side)
    flat = np.sqrt(1.0 - up**2)
    points = (
        up[:, None, None] * pole
        + (flat[:, None] * np.cos(angle))[..., None] * side
        + (flat[:, None] * np.sin(angle))[..., None] * third
    )
    share = np.concatenate((weights[level, :count],) * 2)[:, None] * np.full(angle.size, np.pi / count)
    return points.reshape(-1, 3), share.reshape(-1)
