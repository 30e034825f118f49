"""What sensors would measure of an object on a trajectory, and how that changes with its orbit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.frames.standard import ITRF
from moonstead.monitoring.tracking.measurements import (
    AZIMUTH_ELEVATION,
    ONE_WAY,
    RANGE,
    RANGE_RATE,
    RIGHT_ASCENSION_DECLINATION,
    Measurements,
)
from moonstead.monitoring.tracking.refraction import Air, refraction

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Partials = Callable[[Array], Array]
Direction = Literal["astrometric", "apparent", "geometric"]

ROUNDS = 8  # of Newton's method for the light time; two or three are enough
STRAIGHT = 1e-4  # [s] of straight flight, which 10 m/s2 bend by 0.05 um
EARTH, BARYCENTER = "EARTH", "SOLAR SYSTEM BARYCENTER"


@dataclass(frozen=True, eq=False)
class ComputedValues:
    """Computed values of N measurements.

    Attributes
    ----------
    value : (N, 2) [m], [m/s] or [rad]
        As the sensor would give them; NaN where a row has one number.
    residual : (N, 2) [m], [m/s] or [rad]
        Measured less computed; of azimuth and right ascension on the sky (times the cosine of the height), and within
        half a turn. Zero where a row has one number.
    design : (N, 2, k) [mixed]
        Change of the computed values, on the sky, with k parameters; k = 0 where none were asked for. Zero where a row
        has one number.
    left : (N,) [s TDB past J2000]
        When the signal left, or was sent back by, the object.
    """

    value: Array
    residual: Array
    design: Array
    left: Array


@dataclass(frozen=True, eq=False)
class _Way:
    """From a transmitter by the object to a receiver."""

    sight: Array  # (M, 3) [m] from the receiver when it receives to the object when the signal left it
    target: Array  # (M, 6) the object then, geocentric
    left: Array  # (M,)
    length: Array  # (M,) [m] half of both ways, or one way
    rate: Array  # (M,) [m/s]
    by_position: Array  # (M, 3) change of the length with the object's place


def computed_values(
    rows: Measurements,
    target: Trajectory,
    data: DataContext,
    *,
    partials: Partials | None = None,
    direction: Direction = "astrometric",
    air: Air | None = None,
) -> ComputedValues:
    """What sensors would measure of an object.

    Signals run straight at the speed of light in the geocentric frame; both ways are found by their light times. The
    delay in air and plasma, the delay by gravity (2 cm) and that of the electronics are the caller's.

    Parameters
    ----------
    rows : Measurements
        What is measured when and by whom.
    target : Trajectory
        The object, about any centre in any axes; it must reach back to when the signal left.
    data : DataContext
        Ephemeris and orientation.
    partials : callable, optional
        Maps times (M,) [s TDB past J2000] to the change (M, 6, k) of the object's state, in ICRF axes, with k
        parameters: the transition matrix for the state at an epoch.
    direction : "astrometric", "apparent" or "geometric"
        Of right ascension and declination: read off between stars of a catalogue, whose aberration is the same (light
        time and the Earth's motion round the Sun taken out); as a mount points (aberration by both motions of the
        observer left in); or the straight line at one time. Azimuths and elevations have light time, without
        the aberration of a station's motion (0.3 arcseconds at most).
    air : Air or None
        Lifts elevations; None for measurements that are corrected for it.

    Returns
    -------
    ComputedValues

    Raises
    ------
    InvalidInput
        Azimuths are asked of an observer that is no place on a surface, or the direction is not one of the three.
    OutsideSpan
        The trajectory does not reach to the time that is asked.
    NumericalFailure
        A light time does not converge.

    Source
    ------
    Moyer (2000), Formulation for Observed and Computed Values, JPL DESCANSO 2, sections 8.3 and 13; Montenbruck & Gill
    (2000), Satellite Orbits, sections 6.2 and 7.3. Partials of rates leave out terms of v/c.
    """
    if direction not in get_args(Direction):
        raise InvalidInput(f"a direction is {', '.join(get_args(Direction))}; got {direction!r}")
    count = len(rows)
    width = partials(rows.tdb[:1]).shape[2] if partials is not None and count else 0
    out = ComputedValues(
        np.full((count, 2), np.nan), np.zeros((count, 2)), np.zeros((count, 2, width)), np.array(rows.tdb)
    )
    ranges = np.flatnonzero((rows.kind == RANGE) | (rows.kind == RANGE_RATE))
    if ranges.size:
        _ranges(rows, ranges, target, data, partials, out)
    for kind in (AZIMUTH_ELEVATION, RIGHT_ASCENSION_DECLINATION):
        chosen = np.flatnonzero(rows.kind == kind)
        if chosen.size:
            _angles(rows, chosen, target, data, partials, direction, air, out)
    return out


def _ranges(
    rows: Measurements,
    chosen: Rows,
    target: Trajectory,
    data: DataContext,
    partials: Partials | None,
    out: ComputedValues,
) -> None:
    way = _way(rows, chosen, rows.tdb[chosen], target, data)
    rated = rows.kind[chosen] == RANGE_RATE
    counted = rated & (rows.count_time[chosen] > 0.0)
    out.value[chosen, 0] = np.where(rated, way.rate, way.length)
    out.left[chosen] = way.left
    design = np.zeros((chosen.size, 6))
    design[:, :3] = way.by_position
    if partials is not None:
        at_end = partials(way.left)
        by_rate = _rate_partials(rows, chosen, way, data)
        simple = np.where(rated[:, None], by_rate, design)
        out.design[chosen, 0] = np.einsum("ni,nik->nk", simple, at_end)
    if np.any(counted):
        part = chosen[counted]
        begin = rows.tdb[part] - rows.count_time[part]
        first = _way(rows, part, begin, target, data)
        # the float that begins the count may be 0.1 us beside it: the rate is over the time between both floats
        lasted = rows.tdb[part] - begin
        out.value[part, 0] = (way.length[counted] - first.length) / lasted
        if partials is not None:
            last = np.einsum("ni,nik->nk", way.by_position[counted], at_end[counted][:, :3])
            change = last - np.einsum("ni,nik->nk", first.by_position, partials(first.left)[:, :3])
            out.design[part, 0] = change / lasted[:, None]
    out.residual[chosen, 0] = rows.value[chosen, 0] - out.value[chosen, 0]


def _rate_partials(rows: Measurements, chosen: Rows, way: _Way, data: DataContext) -> Array:
    """Change (M, 6) of range rates with the object's state, without terms of v/c."""
    out = np.zeros((chosen.size, 6))
    times = rows.tdb[chosen]
    ends = [
        rows.receiver[chosen],
        np.where(rows.transmitter[chosen] == ONE_WAY, rows.receiver[chosen], rows.transmitter[chosen]),
    ]
    for end in ends:
        relative = way.target - observer_states(rows.observers, end, times, data)
        distance = np.linalg.norm(relative[:, :3], axis=1)[:, None]
        unit = relative[:, :3] / distance
        along = np.sum(unit * relative[:, 3:], axis=1)[:, None]
        out[:, :3] += 0.5 * (relative[:, 3:] - along * unit) / distance
        out[:, 3:] += 0.5 * unit
    return out


def _way(rows: Measurements, chosen: Rows, received: Array, target: Trajectory, data: DataContext) -> _Way:
    here = observer_states(rows.observers, rows.receiver[chosen], received, data)
    there, left = _light_left(target, here[:, :3], received, data)
    sight = there[:, :3] - here[:, :3]
    distance = np.linalg.norm(sight, axis=1)
    unit = sight / distance[:, None]
    speed = np.sum(unit * there[:, 3:], axis=1)
    slowed = 1.0 + speed / SPEED_OF_LIGHT
    by_position = unit / slowed[:, None]
    left_rate = (SPEED_OF_LIGHT + np.sum(unit * here[:, 3:], axis=1)) / (SPEED_OF_LIGHT + speed)
    length, rate = distance.copy(), SPEED_OF_LIGHT * (1.0 - left_rate)
    up = rows.transmitter[chosen] != ONE_WAY
    if np.any(up):
        sender = rows.transmitter[chosen][up]
        target_then, way_down = there[up], distance[up]
        up_length, up_unit, sent = _light_sent(rows.observers, sender, received[up], way_down, target_then, data)
        along_target = np.sum(up_unit * target_then[:, 3:], axis=1)
        along_sender = np.sum(up_unit * sent[:, 3:], axis=1)
        sent_rate = left_rate[up] * (SPEED_OF_LIGHT - along_target) / (SPEED_OF_LIGHT - along_sender)
        length[up] = 0.5 * (way_down + up_length)
        rate[up] = 0.5 * SPEED_OF_LIGHT * (1.0 - sent_rate)
        # the object's shift moves the time at which it is met, and that the time of sending
        met = -by_position[up]  # times c
        share = ((SPEED_OF_LIGHT - along_target) / (SPEED_OF_LIGHT - along_sender))[:, None]
        moved = met * share - up_unit / (1.0 - along_sender / SPEED_OF_LIGHT)[:, None]
        by_position[up] = -0.5 * moved
    return _Way(sight, there, left, length, rate, by_position)


def _light_left(target: Trajectory, here: Array, received: Array, data: DataContext) -> tuple[Array, Array]:
    """Geocentric states (M, 6) of the object when the light left that is received `here`, and when that was."""
    delay = np.zeros(received.size)
    for _ in range(ROUNDS):
        left = received - delay
        there = icrf_state(target, EARTH, left, data)
        relative = there[:, :3] - here
        distance = np.linalg.norm(relative, axis=1)
        along = np.sum(relative * there[:, 3:], axis=1) / np.maximum(distance, 1.0)
        missing = (distance - SPEED_OF_LIGHT * (received - left)) / (SPEED_OF_LIGHT + along)
        if not np.any(np.abs(missing) > STRAIGHT):
            there = there.copy()
            there[:, :3] -= missing[:, None] * there[:, 3:]
            return there, left
        delay = received - left + missing
    raise NumericalFailure(
        f"the light time from '{target.name}' does not converge in {ROUNDS} rounds; is its state finite?"
    )


def _light_sent(
    observers: tuple[Trajectory, ...], sender: Rows, received: Array, way_down: Array, there: Array, data: DataContext
) -> tuple[Array, Array, Array]:
    """Length (M,) [m] and direction (M, 3) of the way up, and the transmitter's state (M, 6) when it sent."""
    delay = 2.0 * way_down / SPEED_OF_LIGHT  # from sending to receiving, were both ways equal
    for _ in range(ROUNDS):
        when = received - delay
        state = observer_states(observers, sender, when, data)
        relative = there[:, :3] - state[:, :3]
        distance = np.linalg.norm(relative, axis=1)
        along = np.sum(relative * state[:, 3:], axis=1) / distance
        # what the way up and down lasts less what was assumed, the transmitter flying straight meanwhile
        missing = (distance + way_down - SPEED_OF_LIGHT * (received - when)) / (SPEED_OF_LIGHT - along)
        if not np.any(np.abs(missing) > STRAIGHT):
            relative = relative + missing[:, None] * state[:, 3:]
            length = np.linalg.norm(relative, axis=1)
            return length, relative / length[:, None], state
        delay = received - when + missing
    raise NumericalFailure(f"the light time to the object does not converge in {ROUNDS} rounds; is its state finite?")


def observer_states(observers: tuple[Trajectory, ...], which: Rows, tdb: Array, data: DataContext) -> Array:
    """Geocentric states of observers, each at its own time.

    Parameters
    ----------
    observers : tuple of Trajectory
        Stations and spacecraft.
    which : (M,) int
        Place in `observers`.
    tdb : (M,) [s TDB past J2000]
        Times.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    (M, 6) [m, m/s]
        In the ICRF, relative to the Earth's centre.

    Raises
    ------
    OutsideSpan
        A spacecraft's trajectory does not reach there.

    Source
    ------
    As `moonstead.dynamics.observe.icrf_state`.
    """
    states = np.empty((tdb.size, 6))
    ground = np.array([one.frame.name == ITRF.name and isinstance(one, SurfacePoint) for one in observers])
    on_ground = ground[which]
    if np.any(on_ground):  # one rotation for all stations
        fixed = np.zeros((int(np.sum(on_ground)), 6))
        places = [one.position if isinstance(one, SurfacePoint) else np.zeros(3) for one in observers]
        fixed[:, :3] = np.array(places)[which[on_ground]]
        states[on_ground] = ITRF.from_icrf(tdb[on_ground], data).inverse().state(fixed)
    for number in np.unique(which[~on_ground]):
        mine = which == number
        states[mine] = icrf_state(observers[int(number)], EARTH, tdb[mine], data)
    return states


def _angles(
    rows: Measurements,
    chosen: Rows,
    target: Trajectory,
    data: DataContext,
    partials: Partials | None,
    direction: Direction,
    air: Air | None,
    out: ComputedValues,
) -> None:
    times = rows.tdb[chosen]
    here = observer_states(rows.observers, rows.receiver[chosen], times, data)
    local = rows.kind[chosen[0]] == AZIMUTH_ELEVATION
    if direction == "geometric" and not local:
        there, left = icrf_state(target, EARTH, times, data), times
    else:
        there, left = _light_left(target, here[:, :3], times, data)
    sight = there[:, :3] - here[:, :3]
    distance = np.linalg.norm(sight, axis=1)
    unit = sight / distance[:, None]
    if local:
        axes = _local_axes(rows, chosen, times, data)
        seen = np.einsum("nij,nj->ni", axes, unit)
        # azimuth runs from north to the east: x north, y east of a longitude
        first, second = np.arctan2(seen[:, 0], seen[:, 1]), np.arcsin(np.clip(seen[:, 2], -1.0, 1.0))
        to_the_right = np.stack((np.cos(first), -np.sin(first), np.zeros(first.size)), axis=1)
        upward = np.cross(to_the_right, seen)
        across = np.stack((to_the_right, upward), axis=1) @ axes
        shown = second if air is None else second + refraction(second, air)
    else:
        seen = unit
        if direction == "astrometric":
            earth = data.ephemeris.state(EARTH, BARYCENTER, times)[:, 3:]
            seen = aberrated(unit, -earth)
        elif direction == "apparent":
            seen = aberrated(unit, here[:, 3:])
        first, second = np.arctan2(seen[:, 1], seen[:, 0]), np.arcsin(np.clip(seen[:, 2], -1.0, 1.0))
        shown = second
        east = np.stack((-np.sin(first), np.cos(first), np.zeros(first.size)), axis=1)
        across = np.stack((east, np.cross(seen, east)), axis=1)
    out.value[chosen] = np.column_stack((np.mod(first, 2.0 * np.pi), shown))
    turned = rows.value[chosen] - out.value[chosen]
    turned[:, 0] = np.mod(turned[:, 0] + np.pi, 2.0 * np.pi) - np.pi
    turned[:, 0] *= np.cos(second)
    out.residual[chosen], out.left[chosen] = turned, left
    if partials is not None:
        moves = partials(left)[:, :3]
        slowed = 1.0 + np.sum(unit * there[:, 3:], axis=1) / SPEED_OF_LIGHT
        earlier = np.einsum("ni,nik->nk", unit, moves) / (SPEED_OF_LIGHT * slowed)[:, None]
        if direction != "geometric" or local:
            moves = moves - there[:, 3:, None] * earlier[:, None, :]
        out.design[chosen] = (across @ moves) / distance[:, None, None]


def aberrated(direction: Array, velocity: Array) -> Array:
    """Where something is seen by who moves: directions turned towards the velocity.

    Parameters
    ----------
    direction : (M, 3) [1]
        Unit vectors towards it, as one at rest sees it.
    velocity : (M, 3) [m/s]
        Of who looks, against one at rest.

    Returns
    -------
    (M, 3) [1]
        Unit vectors.

    Source
    ------
    Lorentz transformation of a light ray: Explanatory Supplement to the Astronomical Almanac (2013), eq. 7.40.
    """
    beta = velocity / SPEED_OF_LIGHT
    shrink = np.sqrt(1.0 - np.sum(beta * beta, axis=1))[:, None]
    along = np.sum(beta * direction, axis=1)[:, None]
    turned = (shrink * direction + (1.0 + along / (1.0 + shrink)) * beta) / (1.0 + along)
    unit: Array = turned / np.linalg.norm(turned, axis=1)[:, None]
    return unit


def _local_axes(rows: Measurements, chosen: Rows, times: Array, data: DataContext) -> Array:
    """East, north and up (M, 3, 3) of each receiver in the ICRF."""
    axes = np.empty((chosen.size, 3, 3))
    receiver = rows.receiver[chosen]
    for number in np.unique(receiver):
        observer = rows.observers[int(number)]
        if not isinstance(observer, SurfacePoint):
            raise InvalidInput(
                f"'{observer.name}' measures azimuths but stands on no surface; give right ascension and declination"
            )
        mine = receiver == number
        axes[mine] = observer.topocentric.from_icrf(times[mine], data).matrix
    return axes
