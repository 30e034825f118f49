"""Flights of many small bodies that share an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.smallbodies.motion.perturber_tables import LANES, PLANET_NAMES, SUN
from moonstead.smallbodies.motion.perturbers import Perturbers
from moonstead.smallbodies.motion.perturbers import perturbers as perturbers_of
from moonstead.smallbodies.motion.places import body_states, place_of, radius_of

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

WITHIN = 0.05 * ASTRONOMICAL_UNIT  # [m] how near is near: the limit of potentially hazardous objects
EARTH_ALTITUDE = 100e3  # [m] where an impact on the Earth counts
TOLERANCE = 1e-7  # [1] highest coefficient of the accelerations over a step, over the acceleration
GROUP = 256  # orbits on one grid of steps
ROOM = 8  # encounters for each orbit and body until the kernel comes back for more room
POINTS = 8  # as in `radau_tableau`
FLYING, NOBODY = -1, -3  # as in `lanes_flight_kernels`
FOUND, COUNTERS = 3, 6
TARGET = 8  # as in `lanes_search_kernels`
LOST = "LOST"  # what ended an orbit whose steps did not settle


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
        The body that ended the flight; empty where it reached its end, ``"LOST"`` where a step could not be settled.
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
        About the solar system barycentre, ICRF; NaN after an impact, or where a step could not be settled.

    Raises
    ------
    InvalidInput
        Shapes do not fit or a number is not finite.
    OutsideSpan
        A time lies outside the perturbers' span.

    Source
    ------
    Everhart (1985), An efficient integrator that uses Gauss-Radau spacings, doi:10.1007/978-94-009-5400-7_17; forces as
    `fly` has them.
    """
    rows, push = _checked(states, non_gravitational)
    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if wanted.ndim != 1 or not np.all(np.isfinite(wanted)):
        raise InvalidInput("times of states must be finite numbers [s TDB past J2000] in one row")
    first, last = min([tdb, *wanted]), max([tdb, *wanted])
    perturbers.require(first, last, "many orbits")
    told = np.full((len(rows), wanted.size, 6), np.nan)
    told[:, wanted == tdb] = rows[:, None]
    for sign, end in ((1.0, last), (-1.0, first)):
        chosen = np.flatnonzero(sign * (wanted - tdb) > 0.0)
        if chosen.size:
            chosen = chosen[np.argsort(sign * wanted[chosen], kind="stable")]
            flown = _fly(rows, float(tdb), end, perturbers, push, wanted[chosen], np.zeros((0, TARGET)))
            told[:, chosen] = flown.states
    return told


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

    Source
    ------
    As `fly_many`; minima and crossings are roots of the step's own polynomial.
    """
    rows, push = _checked(states, non_gravitational)
    perturbers.require(min(tdb, until_tdb), max(tdb, until_tdb), "many orbits")
    altitudes = {"EARTH": earth_altitude, "MOON": moon_altitude}
    targets = np.zeros((len(bodies), TARGET))
    for target, name in zip(targets, bodies, strict=True):
        limit = within.get(name, WITHIN) if isinstance(within, Mapping) else within
        altitude = altitudes.get(name, 0.0)
        if not limit > 0.0 or not np.isfinite(altitude):
            raise InvalidInput(
                f"{name} needs a positive limit and a finite altitude [m]; got {limit!r} and {altitude!r}"
            )
        ellipsoid = (WGS84.equatorial_radius, WGS84.flattening) if name == "EARTH" else (radius_of(name), 0.0)
        target[:5] = place_of(name, perturbers), max(limit, ellipsoid[0] + altitude), *ellipsoid, altitude
    flown = _fly(rows, float(tdb), float(until_tdb), perturbers, push, np.zeros(0), targets)
    return _told(flown, bodies, targets, perturbers, backwards=until_tdb < tdb)


@dataclass(frozen=True, eq=False)
class _Flown:
    """What the kernel tells: states (N, T, 6), fates (N,), ends (N,), encounters (K, 3) and (K, 7)."""

    states: Array
    fates: NDArray[np.int64]
    ends: Array
    numbers: NDArray[np.int64]
    rows: Array
    counters: NDArray[np.int64]


def _checked(states: ArrayLike, non_gravitational: ArrayLike | None) -> tuple[Array, Array]:
    rows = np.atleast_2d(np.asarray(states, dtype=np.float64))
    if rows.ndim != 2 or rows.shape[1] != 6 or not np.all(np.isfinite(rows)):
        raise InvalidInput(f"states must be finite numbers (N, 6) [m, m/s]; got the shape {rows.shape}")
    push = np.zeros((len(rows), 3))
    if non_gravitational is not None:
        given = np.asarray(non_gravitational, dtype=np.float64)
        if given.shape not in ((3,), (len(rows), 3)) or not np.all(np.isfinite(given)):
            raise InvalidInput(f"A1, A2, A3 must be finite numbers ({len(rows)}, 3) [m/s2]; got {given.shape}")
        push[:] = given
    return rows, push


def _fly(
    states: Array, tdb: float, until: float, perturbers: Perturbers, push: Array, times: Array, targets: Array
) -> _Flown:
    """Fly all in groups of like energy, which meet what they meet at about the same time."""
    count = len(states)
    sun = body_states("SUN", [tdb], perturbers)[0]
    apart, speed = states[:, :3] - sun[:3], states[:, 3:] - sun[3:]
    energy = 0.5 * np.sum(speed**2, axis=1) - perturbers.tables.gm[SUN] / np.linalg.norm(apart, axis=1)
    order = np.argsort(energy, kind="stable")
    flown = _Flown(
        np.full((count, times.size, 6), np.nan),
        np.full(count, FLYING, dtype=np.int64),
        np.full(count, until),
        np.zeros((0, 3), dtype=np.int64),
        np.zeros((0, 7)),
        np.zeros(COUNTERS, dtype=np.int64),
    )
    if until == tdb:
        return flown
    numbers, rows = _begun_within(states, tdb, perturbers, targets, flown)
    order = order[flown.fates[order] == FLYING]
    for chosen in np.array_split(order, max(1, -(-order.size // GROUP))):
        if chosen.size:
            found, values = _fly_group(chosen, states, tdb, until, perturbers, push, times, targets, flown)
            numbers.append(found)
            rows.append(values)
    return replace(flown, numbers=np.concatenate(numbers), rows=np.concatenate(rows))


def _begun_within(
    states: Array, tdb: float, perturbers: Perturbers, targets: Array, flown: _Flown
) -> tuple[list[NDArray[np.int64]], list[Array]]:
    """Note the end of orbits that begin inside a body, and return that as impacts on the targets among the bodies."""
    numbers, rows = [flown.numbers], [flown.rows]
    for place, name in enumerate(PLANET_NAMES):
        relative = states - body_states(name, [tdb], perturbers)
        inside = np.flatnonzero(np.linalg.norm(relative[:, :3], axis=1) < perturbers.tables.radii[place])
        flown.fates[inside], flown.ends[inside] = place, tdb
        if inside.size and place in targets[:, 0]:
            numbers.append(
                np.stack((inside, np.full(inside.size, place), np.ones(inside.size, dtype=np.int64)), axis=1)
            )
            rows.append(np.concatenate((np.full((inside.size, 1), tdb), relative[inside]), axis=1))
    return numbers, rows


def _fly_group(
    chosen: NDArray[np.intp],
    states: Array,
    tdb: float,
    until: float,
    perturbers: Perturbers,
    push: Array,
    times: Array,
    targets: Array,
    flown: _Flown,
) -> tuple[NDArray[np.int64], Array]:
    """Fly one group, note its ends, and return its encounters."""
    prepare()
    from moonstead.smallbodies.motion.lanes_flight_kernels import fly_group

    vectors = -(-chosen.size // LANES)
    lanes = np.concatenate((chosen, np.full(vectors * LANES - chosen.size, chosen[0])))
    fates = np.full(lanes.size, FLYING, dtype=np.int64)
    fates[chosen.size :] = NOBODY
    ends = np.full(lanes.size, until)
    control = np.array([tdb, until, 0.0, 0.0, TOLERANCE])
    counters = np.zeros(COUNTERS, dtype=np.int64)
    flags = np.array([len(perturbers.tables.belt) > 0, np.any(push != 0.0), 0, 0, 0, 0, 0], dtype=np.int64)
    state = np.ascontiguousarray(states[lanes].reshape(vectors, LANES, 6).transpose(0, 2, 1)).reshape(-1)
    pushes = np.ascontiguousarray(push[lanes].reshape(vectors, LANES, 3).transpose(0, 2, 1)).reshape(-1)
    pulls = np.zeros(vectors * LANES * 3 * POINTS)
    out = np.full((lanes.size, times.size, 6), np.nan)
    room = ROOM * lanes.size * max(1, len(targets))
    numbers, rows = np.zeros((room, 3), dtype=np.int64), np.zeros((room, 7))
    found, values = [numbers[:0]], [rows[:0]]
    done = False
    while not done:
        counters[FOUND] = 0
        done = fly_group(
            control,
            counters,
            perturbers.tables,
            flags,
            state,
            pulls,
            pushes,
            fates,
            ends,
            targets,
            times,
            out,
            numbers,
            rows,
        )
        found.append(numbers[: counters[FOUND]].copy())
        values.append(rows[: counters[FOUND]].copy())
    own = slice(chosen.size)
    flown.states[chosen] = out[own]
    flown.fates[chosen] = fates[own]
    flown.ends[chosen] = ends[own]
    flown.counters[:] += counters
    told = np.concatenate(found)
    told[:, 0] = lanes[told[:, 0]]
    return told, np.concatenate(values)


def _told(
    flown: _Flown, bodies: tuple[str, ...], targets: Array, perturbers: Perturbers, *, backwards: bool
) -> ManyEncounters:
    """Answer in the order of orbits and of flight, without what lies behind an impact."""
    sign = -1.0 if backwards else 1.0
    orbit, place, impact = flown.numbers.T
    tdb = flown.rows[:, 0]
    kept = (flown.fates[orbit] == FLYING) | (sign * (tdb - flown.ends[orbit]) <= 0.0)
    order = np.flatnonzero(kept)[np.lexsort((sign * tdb[kept], orbit[kept]))]
    state = flown.rows[order, 1:]
    distance = np.linalg.norm(state[:, :3], axis=1)
    least = np.full((len(flown.fates), len(bodies)), np.inf)
    names = {int(target[0]): name for target, name in zip(targets, bodies, strict=True)}
    for column, target in enumerate(targets):
        here = place[order] == target[0]
        np.minimum.at(least[:, column], orbit[order][here], distance[here])
    for place_now in set(flown.fates.tolist()) - set(names):
        names[place_now] = perturbers.names[place_now] if place_now >= 0 else ("" if place_now == FLYING else LOST)
    return ManyEncounters(
        bodies=bodies,
        index=orbit[order],
        body=np.array([names[int(k)] for k in place[order]], dtype=np.str_),
        tdb=tdb[order],
        state=state,
        distance=distance,
        impact=impact[order] == 1,
        minimum_distance=least,
        ended_by=np.array([names[int(k)] for k in flown.fates], dtype=np.str_),
    )


def warm_up(data: DataContext) -> None:
    """Compile the kernels of many flights.

    Parameters
    ----------
    data : DataContext
        Planetary ephemeris, lunar orientation and gravity field.

    Raises
    ------
    MissingData
        A data set is not installed.
    """
    pulling = perturbers_of(data, start_tdb=0.0, stop_tdb=20.0 * SECONDS_PER_DAY)
    state = body_states("EARTH", [1.0], pulling)
    state[:, :3] *= 1.01
    closest_approaches(state, 1.0, SECONDS_PER_DAY, pulling)
