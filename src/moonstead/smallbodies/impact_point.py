"""Where on the ground an impactor arrives, how fast and from where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84, body
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.earth import itrf_from_icrf
from moonstead.foundation.frames.moon import moon_me_from_icrf

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Height = Callable[[Array, Array], Array]

HIGHEST = 11_000.0  # [m] above the lunar map radius: the highest ground of LOLA is 10 786 m
LOWEST = -9_300.0  # [m] the lowest is -9 117 m
STRIDE = 200.0  # [m] of the way between two looks at the ground
LONGEST = 3.0e6  # [m] that a state is moved along its orbit, there or back
HALVINGS = 40  # of a stride


@dataclass(frozen=True, eq=False)
class ImpactPoints:
    """Where and how K impactors cross a surface.

    Attributes
    ----------
    body : str
        ``"EARTH"`` or ``"MOON"``.
    tdb : (K,) [s TDB past J2000]
        When.
    latitude, longitude : (K,) [rad]
        Of the Earth geodetic on the WGS84 ellipsoid, of the Moon in MOON_ME; longitude to the east within [-pi, pi].
    altitude : (K,) [m]
        Above the WGS84 ellipsoid, or above the lunar map radius of 1737.4 km.
    speed : (K,) [m/s]
        Relative to the ground, which turns.
    inertial_speed : (K,) [m/s]
        Relative to the body's centre in axes that do not turn.
    elevation, azimuth : (K,) [rad]
        Direction that the impactor comes from, seen from the place in the axes of the ground: above the horizon, and
        clockwise from north. The elevation is the angle of impact, pi/2 straight down.
    states : (K, 6) [m, m/s]
        Relative to the body's centre, ICRF.
    """

    body: str
    tdb: Array
    latitude: Array
    longitude: Array
    altitude: Array
    speed: Array
    inertial_speed: Array
    elevation: Array
    azimuth: Array
    states: Array


def impact_points(
    target: str, tdb: ArrayLike, states: ArrayLike, data: DataContext, *, terrain: Height | None = None
) -> ImpactPoints:
    """Latitude, longitude, altitude, speed and direction of arrivals on the Earth or the Moon.

    Without `terrain` each state is taken where it is. With it, a state near the Moon is moved along its two-body orbit
    to the first point at which it meets the ground, before or after: some seconds, in which the pulls of Earth and Sun
    and the Moon's flattening move it by millimetres. An arrival that flies above all ground has NaN in each field.

    Parameters
    ----------
    target : str
        ``"EARTH"`` or ``"MOON"``.
    tdb : (K,) [s TDB past J2000]
        Times.
    states : (K, 6) [m, m/s]
        Relative to the body's centre, ICRF.
    data : DataContext
        Orientation of the Earth (UT1, polar motion) or of the Moon.
    terrain : callable, optional
        Height [m] of the lunar ground above the map radius at latitudes and longitudes (N,) [rad] in MOON_ME.

    Returns
    -------
    ImpactPoints
        Angles [rad], altitudes [m], speeds [m/s].

    Raises
    ------
    InvalidInput
        The body is neither Earth nor Moon, shapes do not fit, or `terrain` is given for the Earth.

    Source
    ------
    Rotation of the ground: `itrf_from_icrf`, `moon_me_from_icrf`; geodetic latitude through ``erfa.gc2gde`` (Fukushima
    2006, J. Geod. 79, 689, doi:10.1007/s00190-006-0023-2).
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    rows = np.array(np.atleast_2d(np.asarray(states, dtype=np.float64)))
    if times.ndim != 1 or rows.shape != (times.size, 6):
        raise InvalidInput(f"each time needs one state (6,): got {times.shape} times and {rows.shape} states")
    if target not in ("EARTH", "MOON"):
        raise InvalidInput(f"places of impact are found on EARTH and MOON, not on {target!r}")
    if target == "EARTH":
        if terrain is not None:
            raise InvalidInput("on the Earth an impact is told at an altitude above the ellipsoid; leave terrain out")
        return _points(target, times, rows, itrf_from_icrf(times, data).state(rows))
    if terrain is not None and times.size:
        times, rows = _on_ground(times, rows, terrain, data)
    return _points(target, times, rows, moon_me_from_icrf(times, data).state(rows))


def _points(target: str, tdb: Array, states: Array, fixed: Array) -> ImpactPoints:
    """Answer of states (K, 6) [m, m/s] in axes that turn with the body."""
    import erfa

    known = np.all(np.isfinite(fixed), axis=1)
    place = np.full((tdb.size, 3), np.nan)
    ellipsoid = (WGS84.equatorial_radius, WGS84.flattening) if target == "EARTH" else (LUNAR_MAP_RADIUS, 0.0)
    if np.any(known):
        place[known] = np.stack(erfa.gc2gde(*ellipsoid, fixed[known, :3]), axis=1)
    longitude, latitude, altitude = place.T
    velocity = fixed[:, 3:]
    speed = np.linalg.norm(velocity, axis=1)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    along, across = np.cos(longitude), np.sin(longitude)
    east = across * velocity[:, 0] - along * velocity[:, 1]
    north = sine * (along * velocity[:, 0] + across * velocity[:, 1]) - cosine * velocity[:, 2]
    up = -(cosine * (along * velocity[:, 0] + across * velocity[:, 1]) + sine * velocity[:, 2])
    return ImpactPoints(
        body=target,
        tdb=tdb,
        latitude=latitude,
        longitude=longitude,
        altitude=altitude,
        speed=speed,
        inertial_speed=np.linalg.norm(states[:, 3:], axis=1),
        elevation=np.arctan2(up, np.hypot(east, north)),
        azimuth=np.mod(np.arctan2(east, north), 2.0 * np.pi),
        states=states,
    )


def _on_ground(tdb: Array, states: Array, terrain: Height, data: DataContext) -> tuple[Array, Array]:
    """Times (K,) [s TDB past J2000] and states (K, 6) where the orbits first lie below the ground; NaN where never."""
    gm = body("MOON").gm
    speed = np.linalg.norm(states[:, 3:], axis=1)
    top, bottom = LUNAR_MAP_RADIUS + HIGHEST, LUNAR_MAP_RADIUS + LOWEST

    def moved(rows: Rows, way: Array) -> Array:
        """States of some rows after distances [m] along their orbits."""
        return two_body_states(states[rows], way / speed[rows], gm)

    def below(rows: Rows, way: Array, at: Array) -> NDArray[np.bool_]:
        """Whether some rows lie below the ground."""
        fixed = moon_me_from_icrf(tdb[rows] + way / speed[rows], data).position(at[:, :3])
        distance = np.linalg.norm(fixed, axis=1)
        height = terrain(np.arcsin(fixed[:, 2] / distance), np.arctan2(fixed[:, 1], fixed[:, 0]))
        return np.asarray(distance - LUNAR_MAP_RADIUS <= np.asarray(height))

    way = np.zeros(tdb.size)
    rows = np.flatnonzero(np.all(np.isfinite(states), axis=1))
    while rows.size:  # back to where no ground reaches
        rows = rows[np.linalg.norm(moved(rows, way[rows])[:, :3], axis=1) < top]
        way[rows] -= 10.0 * STRIDE
        rows = rows[way[rows] > -LONGEST]
    rows = np.flatnonzero(np.all(np.isfinite(states), axis=1))
    found = np.zeros(tdb.size, dtype=bool)
    step = np.zeros(tdb.size)
    while rows.size:
        at = moved(rows, way[rows])
        distance = np.linalg.norm(at[:, :3], axis=1)
        hit = (distance <= bottom) | below(rows, way[rows], at)
        found[rows[hit]] = True
        leaving = (distance > top) & (np.einsum("ni,ni->n", at[:, :3], at[:, 3:]) >= 0.0)
        gone = hit | leaving | (way[rows] > LONGEST)
        step[rows[~gone]] = np.maximum(STRIDE, 0.5 * (distance - top))[~gone]
        rows = rows[~gone]
        way[rows] += step[rows]
    rows = np.flatnonzero(found)
    high, low = way[rows], way[rows] - step[rows]
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        under = below(rows, middle, moved(rows, middle))
        high, low = np.where(under, middle, high), np.where(under, low, middle)
    times, there = np.full(tdb.size, np.nan), np.full((tdb.size, 6), np.nan)
    times[rows], there[rows] = tdb[rows] + high / speed[rows], moved(rows, high)
    return times, there
