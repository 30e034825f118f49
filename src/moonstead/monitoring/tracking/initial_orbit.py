"""A first orbit about the Earth from nothing but a track: ranges with angles, or angles alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate import OrbitState
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.monitoring.tracking.computed_values import (
    BARYCENTER,
    EARTH,
    Direction,
    aberrated,
    observer_states,
)
from moonstead.monitoring.tracking.measurements import (
    AZIMUTH_ELEVATION,
    RANGE,
    RIGHT_ASCENSION_DECLINATION,
    Measurements,
)
from moonstead.orbits.gooding import gooding_orbits
from moonstead.orbits.lambert import lambert
from moonstead.orbits.three_positions import gibbs, herrick_gibbs

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SAME_TIME = 1e-3  # [s] a range and a direction this close are of one pulse
WIDE = np.radians(3.0)  # between neighbouring positions: from here on Gibbs serves better than Herrick and Gibbs
DISTANCES = np.array(
    [6.7e6, 7.2e6, 8.0e6, 1.0e7, 1.4e7, 2.0e7, 2.66e7, 3.4e7, 4.22e7, 7.0e7]
)  # [m] where searches start
LOWEST_PERIGEE = 6.4e6  # [m] an object that is tracked is not about to hit the ground
ROUNDS = 2  # of light time


@dataclass(frozen=True, eq=False)
class Sights:
    """Directions, and places where ranges were measured too.

    Attributes
    ----------
    tdb : (K,) [s TDB past J2000]
        Rising times at which the object was there: that of receiving, less the light time where the range is known.
    received : (K,) [s TDB past J2000]
        When the signal was received.
    place : (K, 3) [m]
        Of the observer at receiving, geocentric, ICRF.
    direction : (K, 3) [1]
        To the object, ICRF.
    range : (K,) [m]
        NaN where there is none.
    """

    tdb: Array
    received: Array
    place: Array
    direction: Array
    range: Array

    @property
    def position(self) -> Array:
        """Of the object (K, 3) [m], geocentric, ICRF; NaN without a range."""
        return self.place + self.range[:, None] * self.direction


@dataclass(frozen=True, eq=False)
class InitialOrbit:
    """First orbits that a track allows.

    Attributes
    ----------
    states : (C, 6) [m, m/s]
        Candidates about the Earth in the ICRF, the best guess first.
    tdb : float [s TDB past J2000]
        Of the states.
    method : str
        How they were found.
    """

    states: Array
    tdb: float
    method: str

    @property
    def best(self) -> OrbitState:
        """The first candidate."""
        return OrbitState(self.states[0], self.tdb, EARTH)


def sights(rows: Measurements, data: DataContext, direction: Direction = "astrometric") -> Sights:
    """Directions of a track in the ICRF, each with the range that was measured at the same time.

    Parameters
    ----------
    rows : Measurements
        Of any kinds; range rates are not looked at.
    data : DataContext
        Ephemeris and orientation.
    direction : "astrometric", "apparent" or "geometric"
        Of right ascensions, as in `computed_values`.

    Returns
    -------
    Sights
        In the order of time; one for each direction.

    Raises
    ------
    InvalidInput
        There is no direction, or azimuths are of an observer that stands on no surface.

    Source
    ------
    As `computed_values`.
    """
    chosen = np.flatnonzero((rows.kind == AZIMUTH_ELEVATION) | (rows.kind == RIGHT_ASCENSION_DECLINATION))
    if not chosen.size:
        raise InvalidInput("a first orbit needs directions: give azimuth and elevation, or right ascension")
    chosen = chosen[np.argsort(rows.tdb[chosen], kind="stable")]
    times, receiver = rows.tdb[chosen], rows.receiver[chosen]
    first, second = rows.value[chosen].T
    states = observer_states(rows.observers, receiver, times, data)
    unit = np.empty((chosen.size, 3))
    local = rows.kind[chosen] == AZIMUTH_ELEVATION
    level = np.cos(second)
    if np.any(local):
        enu = np.column_stack((level * np.sin(first), level * np.cos(first), np.sin(second)))
        for number in np.unique(receiver[local]):
            observer = rows.observers[int(number)]
            if not isinstance(observer, SurfacePoint):
                raise InvalidInput(f"'{observer.name}' measures azimuths but stands on no surface")
            mine = local & (receiver == number)
            unit[mine] = observer.topocentric.from_icrf(times[mine], data).inverse().position(enu[mine])
    sky = ~local
    if np.any(sky):
        seen = np.column_stack((level * np.cos(first), level * np.sin(first), np.sin(second)))[sky]
        if direction == "astrometric":
            seen = aberrated(seen, data.ephemeris.state(EARTH, BARYCENTER, times[sky])[:, 3:])
        elif direction == "apparent":
            seen = aberrated(seen, -states[sky, 3:])
        unit[sky] = seen
    ranges = np.full(chosen.size, np.nan)
    measured = np.flatnonzero(rows.kind == RANGE)
    for row, (time, station_number) in enumerate(zip(times, receiver, strict=True)):
        near = measured[(np.abs(rows.tdb[measured] - time) < SAME_TIME) & (rows.receiver[measured] == station_number)]
        if near.size:
            ranges[row] = rows.value[near[0], 0]
    left = times - np.nan_to_num(ranges) / SPEED_OF_LIGHT
    return Sights(left, times, states[:, :3], unit, ranges)


def initial_orbit(
    rows: Measurements, data: DataContext, *, direction: Direction = "astrometric", revolutions: int = 0
) -> InitialOrbit:
    """First orbits about the Earth that go through a track.

    With ranges: Gibbs, or Herrick and Gibbs where the positions are close, or Lambert for two. Without: Gooding's
    method on three directions, which may leave several candidates; fit each and take the one that meets all rows.

    Parameters
    ----------
    rows : Measurements
        One track or more of one object.
    data : DataContext
        Ephemeris and orientation.
    direction : "astrometric", "apparent" or "geometric"
        Of right ascensions.
    revolutions : int
        Whole turns between the first and the last direction, up to which is searched.

    Returns
    -------
    InitialOrbit

    Raises
    ------
    InvalidInput
        There are fewer than two positions and fewer than three directions.
    NumericalFailure
        No orbit about the Earth goes through them.

    Source
    ------
    Vallado (2013), Fundamentals of Astrodynamics and Applications, 4th ed., chapter 7; Gooding (1993), TR 93004.
    """
    seen = sights(rows, data, direction)
    located = np.flatnonzero(np.isfinite(seen.range))
    located = located[np.append(True, np.diff(seen.tdb[located]) > SAME_TIME)] if located.size else located
    if located.size >= 2:
        return _from_positions(seen, located)
    if seen.tdb.size < 3:
        raise InvalidInput(f"{seen.tdb.size} directions without ranges determine no orbit; three are needed")
    return _from_directions(seen, revolutions)


def _from_positions(seen: Sights, located: NDArray[np.int64]) -> InitialOrbit:
    gm = body(EARTH).gm
    places, times = seen.position[located], seen.tdb[located]
    if located.size == 2:
        arcs = lambert(places[0], places[1], times[1] - times[0], gm, normal=np.cross(places[0], places[1]))
        if arcs.status[0] != 0:
            raise NumericalFailure("no orbit joins the two positions of the track; give a third")
        return InitialOrbit(np.append(places[0], arcs.departure_velocity[0])[None], float(times[0]), "Lambert")
    picked = [0, located.size // 2, located.size - 1]
    three, when = places[picked], times[picked]
    units = three / np.linalg.norm(three, axis=1)[:, None]
    apart = min(float(np.arccos(np.clip(units[n] @ units[n + 1], -1.0, 1.0))) for n in (0, 1))
    method, velocity = "Herrick-Gibbs", herrick_gibbs(three, when, gm)
    if apart > WIDE:
        method, velocity = "Gibbs", gibbs(three, gm)
    return InitialOrbit(np.append(three[1], velocity)[None], float(when[1]), method)


def _from_directions(seen: Sights, revolutions: int) -> InitialOrbit:
    gm = body(EARTH).gm
    last = seen.tdb.size - 1
    middle = int(np.argmin(np.abs(seen.tdb - 0.5 * (seen.tdb[0] + seen.tdb[last]))))
    picked = np.array([0, min(max(middle, 1), last - 1), last])
    units, places, when = seen.direction[picked], seen.place[picked], seen.received[picked]
    found = gooding_orbits(units, places, when, gm, DISTANCES, revolutions=revolutions)
    found = np.array([_with_light_time(state, units, places, when, gm) for state in found]).reshape(-1, 6)
    energy = 0.5 * np.sum(found[:, 3:] ** 2, axis=1) - gm / np.linalg.norm(found[:, :3], axis=1)
    momentum = np.linalg.norm(np.cross(found[:, :3], found[:, 3:]), axis=1)
    eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * (momentum / gm) ** 2, 0.0))
    perigee = momentum**2 / gm / (1.0 + eccentricity)
    sound = (energy < 0.0) & (perigee > LOWEST_PERIGEE)
    if not np.any(sound):
        raise NumericalFailure(
            f"no orbit about the Earth goes through these {seen.tdb.size} directions ({found.shape[0]} go through the "
            "ground or leave the Earth); is the track of one object, and its time right?"
        )
    kept = found[sound]
    return InitialOrbit(kept[np.argsort(_misfit(kept, seen, float(when[1]), gm))], float(when[1]), "Gooding")


def _with_light_time(state: Array, units: Array, places: Array, when: Array, gm: float) -> Array:
    """A candidate found again near its own ranges, from times less the light time of those; itself where that fails."""
    found = state
    for _ in range(ROUNDS):
        states = two_body_states(np.tile(found, (3, 1)), when - when[1], gm)
        delays = np.linalg.norm(states[:, :3] - places, axis=1) / SPEED_OF_LIGHT
        near = np.unique(np.linalg.norm(states[[0, 2], :3], axis=1))
        again = gooding_orbits(units, places, when - delays, gm, near)
        if not again.shape[0]:
            return state
        moved = two_body_states(again, np.full(again.shape[0], delays[1]), gm)
        found = moved[int(np.argmin(np.linalg.norm(moved[:, :3] - state[:3], axis=1)))]
    return found


def _misfit(states: Array, seen: Sights, tdb: float, gm: float) -> Array:
    """Sum of squares (C,) of the angles by which candidates pass all directions."""
    out = np.zeros(states.shape[0])
    for received, place, unit in zip(seen.received, seen.place, seen.direction, strict=True):
        moved = two_body_states(states, np.full(states.shape[0], received - tdb), gm)
        sight = moved[:, :3] - place
        distance = np.linalg.norm(sight, axis=1)
        sight = sight - distance[:, None] / SPEED_OF_LIGHT * moved[:, 3:]
        out += np.sum(np.cross(sight / distance[:, None], unit) ** 2, axis=1)
    return out
