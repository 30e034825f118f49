"""Which recorded fireballs a constellation would have seen, by how many satellites and at which angles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.coverage.ground import GROUNDS, Cells
from moonstead.monitoring.coverage.watchers import ViewLimits

Array = NDArray[np.float64]

USUAL_ALTITUDE = 35e3  # [m] median of the altitudes that CNEOS tells, for events without one
LEVEL = 0.95  # [1] of intervals


@dataclass(frozen=True)
class Share:
    """A share of events.

    Attributes
    ----------
    hits, events : int
        Counts.
    share : float [1]
        Their quotient.
    interval : (2,) [1]
        95 %, exact for independent events.
    """

    hits: int
    events: int
    share: float
    interval: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Detection:
    """What a constellation would have seen.

    Attributes
    ----------
    number : (N,) [1]
        Satellites that see each event; NaN for events whose place is not known.
    stereo_angle : (N,) [rad]
        Best angle between two lines of sight, folded to pi/2; NaN with fewer than two.
    seen, seen_twice, in_stereo : Share
        By one or more, by two or more, by two at the stereo angle.
    """

    number: Array
    stereo_angle: Array
    seen: Share
    seen_twice: Share
    in_stereo: Share


def detection(
    states: ArrayLike,
    sun: ArrayLike,
    latitude: ArrayLike,
    longitude: ArrayLike,
    altitude: ArrayLike,
    limits: ViewLimits,
    stereo: float = math.radians(20.0),
) -> Detection:
    """Events that satellites have in their field of view at the moment of each.

    How bright an event is and how sensitive a sensor is are not asked.

    Parameters
    ----------
    states : (S, N, 6) [m, m/s]
        Of each satellite in the ITRF at the time of each event.
    sun : (N, 3) [1]
        Direction of the Sun in the ITRF at the time of each event.
    latitude, longitude : (N,) [rad]
        Of the events: geodetic; NaN where unknown.
    altitude : (N,) [m]
        Of the events; 35 km is taken where it is NaN.
    limits : ViewLimits
        Of each satellite. The elevation is that of the satellite over the event's own horizontal plane.
    stereo : float [rad]
        Least angle between two lines of sight, and from the straight line.

    Returns
    -------
    Detection

    Raises
    ------
    InvalidInput
        Shapes do not fit, or no event has a place.

    Source
    ------
    Geometry. Intervals: Clopper & Pearson (1934), Biometrika 26, 404.
    """
    states, sun = np.asarray(states, dtype=np.float64), np.asarray(sun, dtype=np.float64)
    north, east, high = (np.asarray(x, dtype=np.float64) for x in (latitude, longitude, altitude))
    if states.ndim != 3 or states.shape[1:] != (north.size, 6) or sun.shape != (north.size, 3):
        raise InvalidInput(f"states (S, N, 6) and sun (N, 3) do not fit {north.size} events")
    known = np.isfinite(north) & np.isfinite(east)
    if not np.any(known):
        raise InvalidInput("no event has a place: nothing can be said about who sees it")
    number, angle = np.full(north.size, np.nan), np.full(north.size, np.nan)
    for event in np.flatnonzero(known):
        height = float(high[event]) if np.isfinite(high[event]) else USUAL_ALTITUDE
        lines = _lines(states[:, event, :3], sun[event], float(north[event]), float(east[event]), height, limits)
        number[event] = len(lines)
        if len(lines) > 1:
            cosine = np.abs(lines @ lines.T)[np.triu_indices(len(lines), 1)]
            angle[event] = math.acos(min(1.0, float(np.min(cosine))))
    events = int(np.count_nonzero(known))
    counts = (number >= 1.0, number >= 2.0, angle >= stereo)
    return Detection(number, angle, *(share_of(int(np.count_nonzero(held)), events) for held in counts))


def share_of(hits: int, events: int) -> Share:
    """Share of events with its interval.

    Parameters
    ----------
    hits, events : int
        Counts.

    Returns
    -------
    Share

    Raises
    ------
    InvalidInput
        There are no events, or more hits than events.

    Source
    ------
    Clopper & Pearson (1934), Biometrika 26, 404: tails of the binomial distribution by the incomplete beta function.
    """
    from scipy.special import betaincinv

    if not 0 <= hits <= events or events < 1:
        raise InvalidInput(f"{hits} of {events} events is no share")
    tail = 0.5 * (1.0 - LEVEL)
    low = float(betaincinv(hits, events - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, events - hits, 1.0 - tail)) if hits < events else 1.0
    return Share(hits, events, hits / events, (low, high))


def _lines(spots: Array, sun: Array, latitude: float, longitude: float, height: float, limits: ViewLimits) -> Array:
    """Directions (K, 3) [1] from an event to each satellite that sees it."""
    one = np.ones(1)
    cell = Cells(GROUNDS["EARTH"], latitude * one, longitude * one, one, np.zeros(1, dtype=np.int64), height)
    line = spots - cell.positions[0]
    distance = np.linalg.norm(line, axis=1)
    toward = line / distance[:, None]
    high = np.linalg.norm(spots, axis=1)
    held = toward @ cell.normals[0] >= math.sin(limits.least_elevation)
    held &= distance <= limits.largest_range
    if limits.half_angle < math.pi:
        held &= np.sum(toward * spots, axis=1) / high >= math.cos(limits.half_angle)
    if limits.sun_exclusion > 0.0:
        held &= -(toward @ sun) <= math.cos(limits.sun_exclusion)
    if limits.light != "any":
        day = float(cell.normals[0] @ sun) > math.sin(limits.sun_elevation)
        held &= day == (limits.light == "day")
    return np.asarray(toward[held])
