"""Flights of many small bodies that share an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT

if TYPE_CHECKING:
    from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]

WITHIN = 0.05 * ASTRONOMICAL_UNIT  # [m] how near is near: the limit of potentially hazardous objects
EARTH_ALTITUDE = 100e3  # [m] where an impact on the Earth counts


@dataclass(frozen=True, eq=False)
class ManyEncounters:
    """Close approaches and impacts of N orbits, K in all, in the order of orbits and for each in that of time.

    Attributes
    ----------
    bodies : tuple of str
        What was looked for.
    index : (K,) [1]
        Which orbit.
    body : (K,) str
        What it meets.
    tdb : (K,) [s TDB past J2000]
        Of the least distance, or of the impact.
    state : (K, 6) [m, m/s]
        Relative to the body, ICRF, at that time.
    distance : (K,) [m]
        From the body's centre at that time.
    impact : (K,) [1]
        Whether the orbit meets the surface (or the altitude that was asked).
    minimum_distance : (N, B) [m]
        Least distance of each orbit to each of `bodies` among its encounters; infinity where there is none.
    ended_by : (N,) str
        The body that ended the flight; empty where it reached its end.
    """

    bodies: tuple[str, ...]
    index: NDArray[np.int64]
    body: NDArray[np.str_]
    tdb: Array
    state: Array
    distance: Array
    impact: NDArray[np.bool_]
    minimum_distance: Array
    ended_by: NDArray[np.str_]


def fly_many(
    states: ArrayLike,
    tdb: float,
    times: ArrayLike,
    perturbers: Perturbers,
    *,
    non_gravitational: ArrayLike | None = None,
) -> Array:
    """States of many orbits at some times.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        At the epoch, about the solar system barycentre, ICRF.
    tdb : float [s TDB past J2000]
        The epoch.
    times : (T,) [s TDB past J2000]
        Any order, before and after the epoch.
    perturbers : Perturbers
        What pulls.
    non_gravitational : (N, 3) [m/s2], optional
        A1, A2, A3 at 1 au, falling with the square of the distance from the Sun.

    Returns
    -------
    (N, T, 6) [m, m/s]
        About the solar system barycentre, ICRF; NaN after an impact.

    Raises
    ------
    InvalidInput
        Shapes do not fit or a number is not finite.
    OutsideSpan
        A time lies outside the perturbers' span.
    """
    raise NotImplementedError


def closest_approaches(
    states: ArrayLike,
    tdb: float,
    until_tdb: float,
    perturbers: Perturbers,
    *,
    bodies: tuple[str, ...] = ("EARTH", "MOON"),
    non_gravitational: ArrayLike | None = None,
    earth_altitude: float = EARTH_ALTITUDE,
    moon_altitude: float = 0.0,
    within: float | Mapping[str, float] = WITHIN,
) -> ManyEncounters:
    """Every close approach of many orbits to some bodies, and what they hit, by roots on the dense output.

    Parameters
    ----------
    states : (N, 6) [m, m/s]
        At the epoch, about the solar system barycentre, ICRF.
    tdb, until_tdb : float [s TDB past J2000]
        The epoch, and how far to fly, forwards or backwards.
    perturbers : Perturbers
        What pulls.
    bodies : tuple of str
        What may be met.
    non_gravitational : (N, 3) [m/s2], optional
        A1, A2, A3 at 1 au, falling with the square of the distance from the Sun.
    earth_altitude, moon_altitude : float [m]
        Above the WGS84 ellipsoid and above the lunar map radius; reaching it is an impact and ends a flight.
    within : float or mapping of str to float [m]
        How near, for all bodies or for each.

    Returns
    -------
    ManyEncounters
        Distances [m], times [s TDB past J2000].

    Raises
    ------
    InvalidInput
        Shapes do not fit, a number is not finite, or a body is unknown.
    OutsideSpan
        A time lies outside the perturbers' span.
    """
    raise NotImplementedError
