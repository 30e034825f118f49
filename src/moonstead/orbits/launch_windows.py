"""When in a day a launch site lies in the plane of a wanted departure, and which way the rocket then flies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF, ITRF
from moonstead.orbits.launchers import PARKING, LaunchSite

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

EVERY = 60.0  # [s] at which the day is sampled; edges lie between samples
EARTH_SPIN = 7.292_115e-5  # [rad/s]


@dataclass(frozen=True)
class LaunchWindow:
    """A time of day in which a launch leads into a plane that holds the departure's direction.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        Edges: the range's azimuths, or the span that was asked.
    best : float [s TDB past J2000]
        When the flight is nearest to due east.
    azimuth : float [rad]
        Of the inertial velocity then, clockwise from north.
    launch_azimuth : float [rad]
        Of the velocity relative to the turning ground, which the rocket flies.
    inclination : float [rad]
        Of the parking orbit, to the equator of date.
    node : float [rad]
        Right ascension of its ascending node in the ICRF.
    coast : float [rad]
        From over the site to the direction, along the orbit.
    """

    start: float
    stop: float
    best: float
    azimuth: float
    launch_azimuth: float
    inclination: float
    node: float
    coast: float


def inclination_of(latitude: float, azimuth: float) -> float:
    """Inclination of an orbit that passes a latitude in a direction.

    Parameters
    ----------
    latitude : float [rad]
        Of the place.
    azimuth : float [rad]
        Of the inertial velocity, clockwise from north.

    Returns
    -------
    float [rad]

    Source
    ------
    Spherical triangle: cos i = cos latitude sin azimuth.
    """
    return math.acos(max(-1.0, min(1.0, math.cos(latitude) * math.sin(azimuth))))


def azimuth_of_launch(latitude: float, azimuth: float, distance: float = PARKING) -> float:
    """Direction that a rocket flies over the turning ground for a direction of inertial velocity in orbit.

    Parameters
    ----------
    latitude : float [rad]
        Of the place.
    azimuth : float [rad]
        Of the inertial velocity, clockwise from north.
    distance : float [m]
        Of the round orbit from the Earth's centre.

    Returns
    -------
    float [rad]
        Clockwise from north, 0 to 2 pi.

    Source
    ------
    Vallado (2013), section 6.4: difference of the orbit's velocity and that of the ground.
    """
    speed = math.sqrt(body("EARTH").gm / distance)
    ground = EARTH_SPIN * body("EARTH").equatorial_radius * math.cos(latitude)
    return math.atan2(speed * math.sin(azimuth) - ground, speed * math.cos(azimuth)) % (2.0 * math.pi)


def launch_windows(
    site: LaunchSite,
    direction: Array,
    first: float,
    last: float,
    data: DataContext,
    *,
    azimuths: tuple[float, float] | None = None,
) -> tuple[LaunchWindow, ...]:
    """Times in which a launch leads into an orbit whose plane holds a direction.

    Parameters
    ----------
    site : LaunchSite
        Where from.
    direction : (3,) [1]
        In the ICRF, of any length: the departing asymptote, or the place opposite to where the Moon will be.
    first, last : float [s TDB past J2000]
        Span.
    data : DataContext
        Orientation of the Earth.
    azimuths : (2,) or None [rad]
        Least and largest direction of inertial velocity; None for those of the site.

    Returns
    -------
    tuple of LaunchWindow
        In the order of time: mostly two a day, one where the range lets only one of both directions.

    Raises
    ------
    InvalidInput
        The direction has no length, or the span is empty.
    NumericalFailure
        In the whole span no allowed azimuth leads into such a plane; the message gives the nearest one.

    Source
    ------
    Geometry: the plane is spanned by the site and the direction.
    """
    goal = np.asarray(direction, dtype=np.float64)
    if goal.shape != (3,) or not np.all(np.isfinite(goal)) or not np.any(goal):
        raise InvalidInput(f"a direction needs three finite numbers, not all zero; got {direction!r}")
    if not (math.isfinite(first + last) and first < last):
        raise InvalidInput(f"launch windows need a span that runs forward; got {first!r} to {last!r}")
    goal = goal / np.linalg.norm(goal)
    times = np.linspace(first, last, max(3, math.ceil((last - first) / EVERY) + 1))
    turn = rotation(ITRF, ICRF, times, data).matrix
    up = turn @ _up(site)
    pole = turn[:, :, 2]
    low, high = azimuths or site.azimuths
    found: list[LaunchWindow] = []
    nearest = math.inf, 0.0
    for side in (1.0, -1.0):
        normal = side * np.cross(up, goal)
        normal /= np.linalg.norm(normal, axis=1)[:, None]
        ahead = np.cross(normal, up)
        east = np.cross(pole, up)
        east /= np.linalg.norm(east, axis=1)[:, None]
        north = np.cross(up, east)
        azimuth = np.arctan2(np.sum(ahead * east, axis=1), np.sum(ahead * north, axis=1))
        middle = 0.5 * (low + high)
        away = np.abs((azimuth - middle + math.pi) % (2.0 * math.pi) - math.pi) - 0.5 * (high - low)
        closest = int(np.argmin(away))
        nearest = min(nearest, (float(away[closest]), float(azimuth[closest])))
        inside = away <= 0.0
        edges = np.flatnonzero(np.diff(inside.astype(np.int8))) + 1
        bounds = [0, *edges, times.size]
        for begin, end in pairwise(bounds):
            if not inside[begin]:
                continue
            rows = slice(begin, end)
            best = begin + int(np.argmin(np.abs(azimuth[rows] - 0.5 * math.pi)))
            coast = math.atan2(float(ahead[best] @ goal), float(up[best] @ goal)) % (2.0 * math.pi)
            tilt = math.acos(max(-1.0, min(1.0, float(normal[best] @ pole[best]))))
            node = math.atan2(normal[best, 0], -normal[best, 1]) % (2.0 * math.pi)
            found.append(
                LaunchWindow(
                    _edge(times, away, begin - 1) if begin else float(times[0]),
                    _edge(times, away, end - 1) if end < times.size else float(times[-1]),
                    float(times[best]),
                    float(azimuth[best]) % (2.0 * math.pi),
                    azimuth_of_launch(site.latitude, float(azimuth[best])),
                    tilt,
                    node,
                    coast,
                )
            )
    if not found:
        raise NumericalFailure(
            f"from {site.name} no azimuth within {math.degrees(low):.0f} to {math.degrees(high):.0f} degrees leads "
            f"into a plane with the wanted direction in {(last - first) / SECONDS_PER_DAY:.2f} days; the nearest is "
            f"{math.degrees(nearest[1]) % 360.0:.1f} degrees"
        )
    return tuple(sorted(found, key=lambda window: window.start))


def _up(site: LaunchSite) -> Array:
    """Direction of the site from the Earth's centre (3,) [1] in the ITRF."""
    flattening = 1.0 / 298.257
    level, high = math.cos(site.latitude), (1.0 - flattening) ** 2 * math.sin(site.latitude)
    place = np.array([level * math.cos(site.longitude), level * math.sin(site.longitude), high])
    return place / np.linalg.norm(place)


def _edge(times: Array, away: Array, before: int) -> float:
    low, high = away[before], away[before + 1]
    return float(times[before] + low / (low - high) * (times[before + 1] - times[before]))
