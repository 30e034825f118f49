"""Radial, along-track and cross-track axes of an orbit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def radial_axes(states: Array) -> Array:
    """Axes along the radius, along the track and along the normal of the orbit.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        Geocentric, in axes that do not turn.

    Returns
    -------
    (N, 3, 3) [1]
        Rows are the unit vectors: a matrix times a vector gives its radial, along-track and cross-track parts.

    Source
    ------
    Definition: normal along r x v, track = normal x radius.
    """
    radius = unit(states[:, :3])
    normal = unit(np.cross(states[:, :3], states[:, 3:]))
    return np.stack((radius, np.cross(normal, radius), normal), axis=1)


def unit(vectors: Array) -> Array:
    """Vectors divided by their length.

    Parameters
    ----------
    vectors : (N, 3) [any unit]
        None of them zero.

    Returns
    -------
    (N, 3) [1]

    Source
    ------
    Definition.
    """
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
