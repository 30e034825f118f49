"""How far the carrier phase turns because antennas turn against each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def phase_wind_up(sight: ArrayLike, satellite_x: ArrayLike, satellite_y: ArrayLike, east: ArrayLike) -> Array:
    """Turn of a satellite's antenna against a receiver's about the line of sight, without whole cycles.

    The phase that a receiver measures grows by this; an antenna that lies flat and points north is assumed. A constant
    turn of the receiver, the same for all satellites, goes into its clock.

    Parameters
    ----------
    sight : (N, 3) [1]
        Unit vectors from the receiver to the satellites.
    satellite_x, satellite_y : (N, 3) [1]
        Axes of the satellites' bodies as the attitude has them: y along the solar panels, z to the Earth, same frame.
    east : (N, 3, 3) or (3, 3) [1]
        Rows east, north and up at the receiver, same frame.

    Returns
    -------
    (N,) [1]
        Cycles, from -0.5 to 0.5; `unwound` makes a series of them continuous.

    Source
    ------
    Wu, Wu, Hajj, Bertiger & Lichten (1993), Effects of antenna orientation on GPS carrier phase, Manuscripta
    Geodaetica 18, 91, equations 4 to 7.
    """
    k = -np.asarray(sight, dtype=np.float64)
    x, y = np.asarray(satellite_x, dtype=np.float64), np.asarray(satellite_y, dtype=np.float64)
    axes = np.broadcast_to(np.asarray(east, dtype=np.float64), (k.shape[0], 3, 3))
    north, west = axes[:, 1], -axes[:, 0]
    sent = x - k * _dot(k, x) - np.cross(k, y)
    taken = north - k * _dot(k, north) + np.cross(k, west)
    across = np.cross(sent, taken)
    return np.arctan2(_dot(k, across)[:, 0], _dot(sent, taken)[:, 0]) / (2.0 * np.pi)


def unwound(cycles: ArrayLike) -> Array:
    """A series of wind-up with its whole cycles, continuous from one epoch to the next.

    Parameters
    ----------
    cycles : (E, S) [1]
        Wind-up of satellites over epochs without whole cycles; NaN where a satellite is not seen.

    Returns
    -------
    (E, S) [1]
        The first value of each satellite stays; none differs by more than half a cycle from the one seen before it.

    Source
    ------
    Wu et al. (1993), equation 8.
    """
    wound = np.array(cycles, dtype=np.float64)
    for column in wound.T:
        seen = np.flatnonzero(np.isfinite(column))
        column[seen] = np.unwrap(column[seen], period=1.0)
    return wound


def _dot(first: Array, second: Array) -> Array:
    return np.sum(first * second, axis=1, keepdims=True)
