"""Directions spread evenly over the sphere."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def even_directions(count: int) -> Array:
    """Unit vectors that leave no large hole between them.

    Parameters
    ----------
    count : int [1]
        How many.

    Returns
    -------
    (count, 3) [1]
        On the spiral of the golden angle, from pole to pole.

    Source
    ------
    Gonzalez (2010), Math. Geosci. 42, 49, doi:10.1007/s11004-009-9257-x: the Fibonacci lattice.
    """
    place = np.arange(count) + 0.5
    height = 1.0 - 2.0 * place / count
    turn = math.pi * (1.0 + math.sqrt(5.0)) * place
    across = np.sqrt(1.0 - height**2)
    return np.stack((across * np.cos(turn), across * np.sin(turn), height), axis=1)
