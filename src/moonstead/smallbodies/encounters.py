"""Close approaches and impacts of one flight, by roots on its dense output."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import WGS84
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.motion.orbit import PUSH_NAMES, STATE_NAMES
from moonstead.smallbodies.motion.places import body_states, earth_pole, place_of, radius_of

if TYPE_CHECKING:
    from moonstead.smallbodies.motion.flight import Flight
    from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]
Motion = Callable[[Array], Array]

WITHIN = 0.05 * ASTRONOMICAL_UNIT  # [m] how near is near: the limit of potentially hazardous objects
EARTH_ALTITUDE = 100e3  # [m] where an impact on the Earth counts
TURN = 0.1  # [rad] of the way around the body between two looks
MOST_HALVINGS = 40
TIME = 1e-5  # [s] how closely a root is found
HALF_SECOND = 0.5  # [s] on either side of an encounter, over which its acceleration is taken
GRAZING = 60e3  # [m] around the surface, in which the lowest altitude is sought apart from the least distance


@dataclass(frozen=True, eq=False)
class Encounter:
    """A close approach, or an impact.

    Attributes
    ----------
    body : str
        What is met.
    tdb : float [s TDB past J2000]
        Of the least distance, or of the impact.
    distance : float [m]
        From the body's centre at that time.
    state : (6,) [m, m/s]
        Relative to the body, ICRF.
    speed_at_infinity : float [m/s]
        Of the two-body hyperbola through the state; NaN where that is an ellipse.
    impact : bool
        Whether the flight meets the surface (of the Earth: the altitude that was asked).
    tdb_sigma, distance_sigma : float [s], [m]
        Standard deviations, where a covariance has been mapped; else NaN.
    """

    body: str
    tdb: float
    distance: float
    state: Array
    speed_at_infinity: float
    impact: bool
    tdb_sigma: float = math.nan
    distance_sigma: float = math.nan


def encounters(
    flight: Flight,
    perturbers: Perturbers,
    *,
    bodies: tuple[str, ...] = ("EARTH", "MOON"),
    within: float | Mapping[str, float] = WITHIN,
    earth_altitude: float = EARTH_ALTITUDE,
    moon_altitude: float = 0.0,
) -> tuple[Encounter, ...]:
    """Every local minimum of the distance within limits, and the first impact, in the order of time.

    Parameters
    ----------
    flight : Flight
        The flight; its dense output is searched, so that no encounter depends on how it is sampled.
    perturbers : Perturbers
        Where the bodies are.
    bodies : tuple of str
        What may be met.
    within : float or mapping of str to float [m]
        How near, for all bodies or for each.
    earth_altitude, moon_altitude : float [m]
        Above the WGS84 ellipsoid and above the lunar map radius; reaching it is an impact.

    Returns
    -------
    tuple of Encounter
        Distances [m], times [s TDB past J2000]. After an impact there are no more. An impact that ends the flight
        itself before the altitude asked is told where the flight ends.

    Raises
    ------
    InvalidInput
        A body is unknown to the perturbers, or a limit is not positive.

    Source
    ------
    Roots of r.v on the dense output; steps are halved until its direction turns by less than 0.1 rad, and
    the cubic through both ends tells pairs of roots inside.
    """
    found: list[Encounter] = []
    for name in bodies:
        limit = within.get(name, WITHIN) if isinstance(within, Mapping) else within
        if not limit > 0.0:
            raise InvalidInput(f"the limit for {name} must be a positive distance [m], got {limit!r}")
        altitude = {"EARTH": earth_altitude, "MOON": moon_altitude}.get(name, 0.0)
        found += _met(flight, perturbers, name, limit, altitude)
    found.sort(key=lambda one: one.tdb)
    if flight.span[1] > flight.orbit.tdb:
        ends = [one.tdb for one in found if one.impact and one.tdb >= flight.orbit.tdb]
        if ends:
            found = [one for one in found if one.tdb <= ends[0]]
    return tuple(found)


def with_sigmas(met: tuple[Encounter, ...], flight: Flight, perturbers: Perturbers) -> tuple[Encounter, ...]:
    """The same encounters with standard deviations, by the linear map of the orbit's covariance.

    Parameters
    ----------
    met : tuple of Encounter
        Of the flight.
    flight : Flight
        Flown with partials.
    perturbers : Perturbers
        Where the bodies are.

    Returns
    -------
    tuple of Encounter
        With `tdb_sigma` [s] and `distance_sigma` [m], which is NaN for an impact; unchanged without a covariance.

    Raises
    ------
    InvalidInput
        The flight has no partials.

    Source
    ------
    At the least distance r.v = 0, so that to first order a shift of its time does not change the distance: Milani &
    Gronchi (2010), Theory of Orbit Determination, chapter 12.
    """
    orbit = flight.orbit
    if orbit.covariance is None or not met:
        return met
    columns = [(*STATE_NAMES, *PUSH_NAMES).index(name) for name in orbit.parameters]
    partials = flight.partials(np.array([one.tdb for one in met]))[:, :, columns]
    told = []
    for one, by_orbit in zip(met, partials, strict=True):
        around = one.tdb + np.array([-HALF_SECOND, HALF_SECOND])
        inside = np.clip(around, *flight.span)
        states = flight.state(inside) - body_states(one.body, inside, perturbers)
        pull = (states[1, 3:] - states[0, 3:]) / (inside[1] - inside[0])
        position, velocity = one.state[:3], one.state[3:]
        outward = position @ by_orbit[:3] / one.distance
        if one.impact:
            of_time = outward / (position @ velocity / one.distance)
        else:
            of_time = (velocity @ by_orbit[:3] + position @ by_orbit[3:]) / (velocity @ velocity + position @ pull)
        sigma = math.nan if one.impact else math.sqrt(float(outward @ orbit.covariance @ outward))
        time = math.sqrt(float(of_time @ orbit.covariance @ of_time))
        told.append(replace(one, tdb_sigma=time, distance_sigma=sigma))
    return tuple(told)


def _met(flight: Flight, perturbers: Perturbers, name: str, limit: float, altitude: float) -> list[Encounter]:
    """Encounters with one body."""

    def relative(tdb: Array) -> Array:
        return flight.state(tdb) - body_states(name, tdb, perturbers)

    # the last step of a flight that meets a body reaches past its end
    times, states = _fine(relative, np.unique(np.clip(flight.nodes, *flight.span)), limit)
    product = np.einsum("ni,ni->n", states[:, :3], states[:, 3:])
    brackets = [(times[k], times[k + 1]) for k in np.flatnonzero((product[:-1] < 0.0) & (product[1:] >= 0.0))]
    brackets += _hidden(relative, times, states, product)
    gm = float(perturbers.tables.gm[place_of(name, perturbers)])
    found = []
    for start, stop in sorted(brackets):
        tdb = _root(lambda t: _product(relative, t), start, stop)
        state = relative(np.array([tdb]))[0]
        entry = _entry(relative, name, altitude, times, tdb, state)
        if entry is not None:
            found.append(_encounter(name, gm, entry, relative(np.array([entry]))[0], impact=True))
            return found
        if np.linalg.norm(state[:3]) <= limit:
            found.append(_encounter(name, gm, tdb, state, impact=False))
    if flight.ended_by == name:
        end = flight.span[1]
        state = relative(np.array([end]))[0]
        entry = _entry(relative, name, altitude, times, end, state)
        at = end if entry is None else entry
        found.append(_encounter(name, gm, at, relative(np.array([at]))[0], impact=True))
    return found


def _encounter(name: str, gm: float, tdb: float, state: Array, *, impact: bool) -> Encounter:
    distance = float(np.linalg.norm(state[:3]))
    energy = float(state[3:] @ state[3:]) - 2.0 * gm / distance
    return Encounter(name, float(tdb), distance, state, math.sqrt(energy) if energy > 0.0 else math.nan, impact)


def _fine(relative: Motion, nodes: Array, limit: float) -> tuple[Array, Array]:
    """Times (M,) [s TDB past J2000] and states (M, 6), so dense that the direction turns little within reach."""
    times, states = nodes, relative(nodes)
    for _ in range(MOST_HALVINGS):
        distance = np.linalg.norm(states[:, :3], axis=1)
        speed = np.linalg.norm(states[:, 3:], axis=1)
        step = np.diff(times)
        fastest = np.maximum(speed[:-1], speed[1:])
        nearest = np.minimum(distance[:-1], distance[1:])
        # twice the larger speed of both ends bounds the way: within half a step nothing turns by more than the rest
        reachable = nearest - fastest * step <= limit
        wide = reachable & (fastest * step > TURN * nearest) & (step > TIME)
        if not np.any(wide):
            break
        middle = 0.5 * (times[:-1] + times[1:])[wide]
        order = np.argsort(np.concatenate((times, middle)), kind="stable")
        times = np.concatenate((times, middle))[order]
        states = np.concatenate((states, relative(middle)))[order]
    return times, states


def _hidden(relative: Motion, times: Array, states: Array, product: Array) -> list[tuple[float, float]]:
    """Intervals with a minimum and a maximum of the distance inside, which the signs at their ends do not show."""
    step = np.diff(times)
    square = np.einsum("ni,ni->n", states[:, :3], states[:, :3])
    mean = 0.5 * np.diff(square) / step
    # derivative of the cubic through both ends: a parabola in the share of the step
    third = 3.0 * (product[:-1] + product[1:] - 2.0 * mean)
    second = product[1:] - product[:-1] - third
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = -second / (2.0 * third)
        depth = product[:-1] + second * turn + third * turn * turn
    same = (product[:-1] * product[1:] > 0.0) & (turn > 0.0) & (turn < 1.0) & (depth * product[:-1] <= 0.0)
    found = []
    for k in np.flatnonzero(same):
        middle = float(times[k] + turn[k] * step[k])
        value = _product(relative, middle)
        if value * product[k] < 0.0:
            found.append((middle, times[k + 1]) if value < 0.0 else (times[k], middle))
    return found


def _product(relative: Motion, tdb: float) -> float:
    state = relative(np.array([tdb]))[0]
    return float(state[:3] @ state[3:])


def _root(function: Callable[[float], float], start: float, stop: float) -> float:
    """Root [s TDB past J2000] between two times at which the signs differ."""
    from scipy.optimize import brentq

    return start + float(brentq(lambda after: function(start + after), 0.0, stop - start, xtol=TIME))


def _entry(relative: Motion, name: str, altitude: float, times: Array, tdb: float, state: Array) -> float | None:
    """Time [s TDB past J2000] at which the altitude is first reached before or at a least distance; None if never."""
    top = WGS84.equatorial_radius if name == "EARTH" else radius_of(name)
    if np.linalg.norm(state[:3]) > top + altitude + GRAZING:
        return None

    def height(t: float) -> float:
        return _height(relative(np.array([t]))[0, :3], t, name) - altitude

    lowest = tdb
    if height(tdb) > 0.0:
        from scipy.optimize import minimize_scalar

        # flattening moves the lowest altitude away from the least distance: by less than one radius of the way
        reach = top / np.linalg.norm(state[3:])
        edges = max(tdb - reach, times[0]), min(tdb + reach, times[-1])
        lowest = float(minimize_scalar(height, bounds=edges, method="bounded", options={"xatol": TIME}).x)
        if height(lowest) > 0.0:
            return None
    before = times[times < lowest][::-1]
    outside = next((t for t in before if height(t) > 0.0), None)
    return lowest if outside is None else _root(height, float(outside), lowest)


def _height(position: Array, tdb: float, name: str) -> float:
    """Altitude [m] above the reference surface of a body."""
    if name != "EARTH":
        return float(np.linalg.norm(position)) - radius_of(name)
    import erfa

    pole = earth_pole(tdb)
    along = float(position @ pole)
    across = math.sqrt(max(float(position @ position) - along * along, 0.0))
    return float(erfa.gc2gde(WGS84.equatorial_radius, WGS84.flattening, [across, 0.0, along])[2])
