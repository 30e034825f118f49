"""An orbit from three positions: Gibbs for long arcs, Herrick and Gibbs for short ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure

Array = NDArray[np.float64]

FLAT = 1e-10  # [1] of the product of distances: below it three positions span no plane


def gibbs(positions: ArrayLike, gm: float) -> Array:
    """Velocity at the second of three positions on one conic, without times.

    Good where neighbouring positions are some degrees apart; closer than about one degree their errors grow in it and
    `herrick_gibbs` serves better.

    Parameters
    ----------
    positions : (3, 3) [m]
        In the order of flight, relative to the centre of attraction, in axes that do not turn.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.

    Returns
    -------
    (3,) [m/s]

    Raises
    ------
    InvalidInput
        The positions are not three finite vectors.
    NumericalFailure
        They lie along one line, or no conic about the centre passes through them.

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., section 7.5, algorithm 54.
    """
    first, second, third = _three(positions)
    distances = np.linalg.norm([first, second, third], axis=1)
    crosses = np.cross(second, third), np.cross(third, first), np.cross(first, second)
    normal = crosses[0] + crosses[1] + crosses[2]
    along = distances[0] * crosses[0] + distances[1] * crosses[1] + distances[2] * crosses[2]
    size = float(np.linalg.norm(normal)) * float(np.linalg.norm(along))
    if not size > FLAT * float(np.prod(distances)) * distances[1] ** 2 or float(normal @ along) <= 0.0:
        raise NumericalFailure("three positions along one line, or on no conic about the centre: Gibbs has no answer")
    shape = (
        (distances[1] - distances[2]) * first
        + (distances[2] - distances[0]) * second
        + (distances[0] - distances[1]) * third
    )
    velocity: Array = np.sqrt(gm / size) * (np.cross(normal, second) / distances[1] + shape)
    return velocity


def herrick_gibbs(positions: ArrayLike, times: ArrayLike, gm: float) -> Array:
    """Velocity at the second of three positions that lie close together, by a series in time.

    Parameters
    ----------
    positions : (3, 3) [m]
        In the order of time, relative to the centre of attraction, in axes that do not turn.
    times : (3,) [s]
        Rising.
    gm : float [m^3/s^2]
        Gravitational parameter of the centre.

    Returns
    -------
    (3,) [m/s]

    Raises
    ------
    InvalidInput
        The positions are not three finite vectors, or the times do not rise.

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., section 7.5.2, algorithm 55.
    """
    first, second, third = _three(positions)
    when = np.asarray(times, dtype=np.float64)
    if when.shape != (3,) or not np.all(np.diff(when) > 0.0):
        raise InvalidInput(f"three positions need three rising times [s]; got {times!r}")
    before, after, whole = when[1] - when[0], when[2] - when[1], when[2] - when[0]
    pull = gm / 12.0 / np.linalg.norm([first, second, third], axis=1) ** 3
    velocity: Array = (
        -after * (1.0 / (before * whole) + pull[0]) * first
        + (after - before) * (1.0 / (before * after) + pull[1]) * second
        + before * (1.0 / (after * whole) + pull[2]) * third
    )
    return velocity


def _three(positions: ArrayLike) -> Array:
    places = np.asarray(positions, dtype=np.float64)
    if places.shape != (3, 3) or not np.all(np.isfinite(places)) or not np.all(np.any(places, axis=1)):
        raise InvalidInput(f"three positions of three finite numbers [m] are needed; got {positions!r}")
    return places
