"""The cheapest way home along an orbit about the Moon: when to leave, in which plane, to which longitude."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate import OrbitState
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MoonsteadError, NumericalFailure
from moonstead.foundation.frames.standard import ITRF, MOON_ME
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.direct import moon_axes
from moonstead.orbits.transfers.earth_return import (
    EarthReturn,
    EntryCase,
    cheapest_leaving,
    falls_home,
    return_guess,
    solve_return,
)
from moonstead.orbits.transfers.lunar_leg import STEPS, EarthEnd

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

LOOKS = 96  # departures along an orbit that conics are tried for
NODES, ANOMALIES = 24, 24  # of a circular orbit, tried for its best plane
BEST = 2  # of them that are flown
ROUNDS = 6
SAME_LONGITUDE = math.radians(0.01)  # [rad]
SIDEREAL_DAY = 86_164.1  # [s]


def best_return(
    orbit: OrbitState,
    last: float,
    duration: float,
    case: EntryCase,
    flight: CislunarFlight,
    *,
    entry_longitude: float | None = None,
) -> EarthReturn:
    """The cheapest burn along an orbit about the Moon that is home after a given time.

    Parameters
    ----------
    orbit : OrbitState
        On the orbit, about the Moon; departures are sought from here on.
    last : float [s TDB past J2000]
        Last departure.
    duration : float [s]
        Of the way home; with a longitude of entry it is changed by half a day at most.
    case : EntryCase
        How the atmosphere is met.
    flight : CislunarFlight
        Forces, laid out for all of it.
    entry_longitude : float or None [rad]
        East longitude at which the interface is met.

    Returns
    -------
    EarthReturn

    Raises
    ------
    InvalidInput
        There is no time for a departure, or the start is not about the Moon.
    NumericalFailure
        No departure comes home; the message tells what the nearest one misses.

    Source
    ------
    Scan by conics, then as `solve_return`; minimum along the orbit: Brent (1973), chapter 5.
    """
    from scipy.optimize import minimize_scalar

    first = orbit.epoch_tdb
    if orbit.center != "MOON" or not last > first:
        raise InvalidInput("a return starts about the MOON, and its last departure comes after the first")
    coast = flight.coast(orbit.position_velocity, first, last, "MOON", steps=STEPS)
    times = np.linspace(first, coast.span[1], LOOKS)
    guesses = []
    for tdb, state in zip(times, coast.state(times), strict=True):
        burn = return_guess(OrbitState(state, float(tdb)), duration, flight.data)
        if burn is not None:
            guesses.append((float(np.linalg.norm(burn)), float(tdb), burn))
    if not guesses:
        raise NumericalFailure("every way home from this orbit would pass through the Moon: try later departures")
    step = float(times[1] - times[0])
    found: EarthReturn | None = None
    reason = ""
    for place in _separate(sorted(guesses, key=lambda one: one[0]), step)[:BEST]:
        _, tdb, burn = place
        known: dict[str, Array] = {"burn": burn}

        def cost(past: float, tdb: float = tdb, known: dict[str, Array] = known) -> float:
            nonlocal found, reason
            when = min(max(tdb + past, first), float(coast.span[1]))
            start = OrbitState(coast.state([when])[0], when)
            try:
                one = solve_return(start, when + duration, case, flight, guess=known["burn"], rough=True)
            except MoonsteadError as refused:
                reason = str(refused)
                return 1e9
            known["burn"] = one.burn
            if found is None or one.delta_v < found.delta_v:
                found = one
            return one.delta_v

        if cost(0.0) < 1e9:
            minimize_scalar(cost, bounds=(-step, step), method="bounded", options={"xatol": 0.05 * step, "maxiter": 6})
    if found is None:
        raise NumericalFailure(
            f"no return of {duration / SECONDS_PER_DAY:.2f} d was found from this orbit: {reason}; try another "
            "duration (3 to 5 d are usual) or later departures"
        )
    found = solve_return(found.departure, found.entry.tdb, case, flight, guess=found.burn)
    return found if entry_longitude is None else _at_longitude(found, entry_longitude, flight)


def best_return_plane(
    altitude: float, inclination: float, tdb: float, duration: float, data: DataContext
) -> tuple[OrbitState, float]:
    """Circular orbit about the Moon whose plane lies best for the way home.

    Parameters
    ----------
    altitude : float [m]
        Of the orbit.
    inclination : float [rad]
        To the Moon's equator.
    tdb : float [s TDB past J2000]
        When it is left, within a revolution.
    duration : float [s]
        Of the way home.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    orbit : OrbitState
        At its ascending node.
    node : float [rad]
        From where the Moon's equator ascends through that of the ICRF.

    Raises
    ------
    InvalidInput
        The altitude is not positive.
    NumericalFailure
        No plane leads home by conics.

    Source
    ------
    As `return_guess`, tried over all nodes.
    """
    if not altitude > 0.0:
        raise InvalidInput(f"the orbit about the Moon needs a positive altitude [m]; got {altitude!r}")
    distance = body("MOON").equatorial_radius + altitude
    axes, falls = moon_axes(tdb, data), falls_home(tdb, duration, data)
    best: tuple[float, float] | None = None
    for node in np.linspace(0.0, 2.0 * math.pi, NODES, endpoint=False):
        for anomaly in np.linspace(0.0, 2.0 * math.pi, ANOMALIES, endpoint=False):
            state = _circular(distance, inclination, float(node), float(anomaly), axes)
            burn = cheapest_leaving(state, falls)
            if burn is not None and (best is None or np.linalg.norm(burn) < best[0]):
                best = (float(np.linalg.norm(burn)), float(node))
    if best is None:
        raise NumericalFailure("no plane of the orbit leads home: every way would pass through the Moon")
    return OrbitState(_circular(distance, inclination, best[1], 0.0, axes), tdb), best[1]


def circular_at_node(
    altitude: float, inclination: float, node_longitude: float, tdb: float, data: DataContext
) -> OrbitState:
    """Circular orbit about the Moon, at its ascending node.

    Parameters
    ----------
    altitude : float [m]
        Above the equatorial radius.
    inclination : float [rad]
        To the Moon's equator.
    node_longitude : float [rad]
        East longitude of the ascending node on the Moon, in `MOON_ME`.
    tdb : float [s TDB past J2000]
        When the craft is there.
    data : DataContext
        Orientation.

    Returns
    -------
    OrbitState
        About the Moon, in the ICRF.

    Raises
    ------
    InvalidInput
        The altitude is not positive.

    Source
    ------
    Definitions.
    """
    if not altitude > 0.0:
        raise InvalidInput(f"the orbit about the Moon needs a positive altitude [m]; got {altitude!r}")
    east = np.array([[math.cos(node_longitude), math.sin(node_longitude), 0.0]])
    toward = MOON_ME.from_icrf(np.array([tdb]), data).inverse().position(east)[0]
    axes = moon_axes(tdb, data)
    node = math.atan2(float(toward @ axes[1]), float(toward @ axes[0]))
    return OrbitState(_circular(body("MOON").equatorial_radius + altitude, inclination, node, 0.0, axes), tdb)


def _circular(distance: float, inclination: float, node: float, anomaly: float, axes: Array) -> Array:
    toward = math.cos(node) * axes[0] + math.sin(node) * axes[1]
    side = -math.sin(node) * axes[0] + math.cos(node) * axes[1]
    rising = math.cos(inclination) * side + math.sin(inclination) * axes[2]
    up = math.cos(anomaly) * toward + math.sin(anomaly) * rising
    ahead = -math.sin(anomaly) * toward + math.cos(anomaly) * rising
    return np.concatenate((distance * up, math.sqrt(body("MOON").gm / distance) * ahead))


def _separate(guesses: list[tuple[float, float, Array]], step: float) -> list[tuple[float, float, Array]]:
    """The cheapest guesses that are not neighbours of cheaper ones."""
    kept: list[tuple[float, float, Array]] = []
    for one in guesses:
        if all(abs(one[1] - other[1]) > 3.0 * step for other in kept):
            kept.append(one)
    return kept


def entry_longitude(entry: EarthEnd, data: DataContext) -> tuple[float, float]:
    """East longitude and geocentric latitude of a place at its time.

    Parameters
    ----------
    entry : EarthEnd
        The place.
    data : DataContext
        Orientation of the Earth.

    Returns
    -------
    longitude, latitude : float [rad]
        -pi to pi, and -pi/2 to pi/2.

    Source
    ------
    As the frame `ITRF`.
    """
    fixed = ITRF.from_icrf(np.array([entry.tdb]), data).position(entry.state[None, :3])[0]
    return math.atan2(fixed[1], fixed[0]), math.asin(fixed[2] / float(np.linalg.norm(fixed)))


def _at_longitude(solution: EarthReturn, wanted: float, flight: CislunarFlight) -> EarthReturn:
    """The same departure with another time of entry, so that the Earth has turned to the longitude."""
    for _ in range(ROUNDS):
        off = entry_longitude(solution.entry, flight.data)[0] - wanted
        off = (off + math.pi) % (2.0 * math.pi) - math.pi
        if abs(off) < SAME_LONGITUDE:
            return solution
        later = solution.entry.tdb + off / (2.0 * math.pi) * SIDEREAL_DAY
        solution = solve_return(solution.departure, later, solution.case, flight, guess=solution.burn)
    raise NumericalFailure(
        f"the entry does not settle at the longitude: it still misses by {math.degrees(off):.2f} deg; ask for another "
        "duration"
    )
