"""When a site lies in the plane of an orbit, and what it costs when it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PlaneWindow:
    """A time in which a site is near the plane of an orbit.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        Edges: the site is at the limit there, or the times given end.
    best : float [s TDB past J2000]
        When it is nearest to the plane.
    least_offset : float [rad]
        Then, without sign.
    """

    start: float
    stop: float
    best: float
    least_offset: float


def plane_offset(position: ArrayLike, normal: ArrayLike) -> Array:
    """Angle of places from planes through the centre, positive on the side of the normal.

    Parameters
    ----------
    position : (N, 3) [m]
        Places, from the centre.
    normal : (N, 3) or (3,) [1]
        Normals of any length, in the same axes.

    Returns
    -------
    (N,) [rad]

    Source
    ------
    Definition.
    """
    place, upright = (np.atleast_2d(np.asarray(x, dtype=np.float64)) for x in (position, normal))
    cosine = np.sum(place * upright, axis=1)
    across = np.linalg.norm(np.cross(place, upright), axis=1)
    return np.arctan2(cosine, across)


def plane_windows(tdb: ArrayLike, position: ArrayLike, normal: ArrayLike, limit: float) -> tuple[PlaneWindow, ...]:
    """Times in which a site stays within an angle of an orbit's plane.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Rising times, close enough that the offset is nearly straight between them: hours on the Moon.
    position : (N, 3) [m]
        Of the site.
    normal : (N, 3) or (3,) [1]
        Of the orbit's plane, in the same axes.
    limit : float [rad]
        Largest offset.

    Returns
    -------
    tuple of PlaneWindow
        In the order of time. Over the equator or under a polar orbit there are two in a turn of the Moon.

    Raises
    ------
    InvalidInput
        Times do not rise, or the limit is not positive.

    Source
    ------
    Definition; edges by straight lines between the times.
    """
    times = np.asarray(tdb, dtype=np.float64)
    if times.ndim != 1 or times.size < 2 or np.any(np.diff(times) <= 0.0):
        raise InvalidInput("windows need two or more rising times")
    if not limit > 0.0:
        raise InvalidInput(f"the largest offset must be positive [rad]; got {limit!r}")
    offset = plane_offset(position, normal)
    fine = np.linspace(times[0], times[-1], 8 * times.size)
    values = np.interp(fine, times, offset)
    inside = np.abs(values) <= limit
    edges = np.flatnonzero(np.diff(inside.astype(np.int8)))
    bounds = [0, *(edges + 1), fine.size]
    found = []
    for first, last in pairwise(bounds):
        if not inside[first]:
            continue
        best = first + int(np.argmin(np.abs(values[first:last])))
        start = fine[0] if first == 0 else _edge(fine, values, first - 1, limit)
        stop = fine[-1] if last == fine.size else _edge(fine, values, last - 1, limit)
        crossing = np.any(np.sign(values[first : last - 1]) != np.sign(values[first + 1 : last]))
        least = 0.0 if crossing else float(abs(values[best]))
        found.append(PlaneWindow(float(start), float(stop), float(fine[best]), least))
    return tuple(found)


def _edge(times: Array, values: Array, before: int, limit: float) -> float:
    low, high = abs(values[before]), abs(values[before + 1])
    return float(times[before] + (limit - low) / (high - low) * (times[before + 1] - times[before]))


def plane_change(speed: float, angle: float) -> float:
    """Change of velocity that turns the plane of an orbit at one point.

    Parameters
    ----------
    speed : float [m/s]
        There, transverse.
    angle : float [rad]
        To turn by.

    Returns
    -------
    float [m/s]

    Source
    ------
    Geometry of an isosceles triangle.
    """
    return 2.0 * speed * abs(math.sin(0.5 * angle))


def least_plane_change(latitude: float, inclination: float) -> float:
    """Angle that an orbit's plane must be turned to pass over a latitude, at the best time.

    Parameters
    ----------
    latitude : float [rad]
        Of the site.
    inclination : float [rad]
        Of the orbit to the equator of the body.

    Returns
    -------
    float [rad]
        Zero where the orbit passes over that latitude anyway.

    Source
    ------
    The highest latitude of an orbit is its inclination, or pi less it.
    """
    return max(0.0, abs(latitude) - min(inclination, math.pi - inclination))
