"""Tours of several bodies: dates of a chain of passages with the least change of velocity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.lambert import lambert
from moonstead.orbits.transfers.gravity_assist import powered_flybys
from moonstead.orbits.transfers.interplanetary_bodies import SUN_GM, HeliocentricBody

Array = NDArray[np.float64]

REFINED = 1e-3  # [d] and [m/s] at which the refinement of dates ends


@dataclass(frozen=True)
class Passage:
    """A body that a tour passes or ends at.

    Attributes
    ----------
    body : HeliocentricBody
        Which.
    gm : float [m^3/s^2]
        Its gravitational parameter.
    least_periapsis : float [m]
        Distance from its centre that is kept.
    """

    body: HeliocentricBody
    gm: float
    least_periapsis: float


@dataclass(frozen=True, eq=False)
class Tour:
    """A chain of arcs about the Sun.

    Attributes
    ----------
    bodies : tuple of str
        In order.
    tdb : (n,) [s TDB past J2000]
        Departure, passages, arrival.
    departure_v_infinity, arrival_v_infinity : (3,) [m/s]
        Relative to the first and the last body, ICRF axes.
    periapses : (n - 2,) [m]
        Of the passages.
    flyby_delta_v : (n - 2,) [m/s]
        Burns at the passages.
    insertion : float [m/s]
        Into the orbit at the last body.
    """

    bodies: tuple[str, ...]
    tdb: Array
    departure_v_infinity: Array
    arrival_v_infinity: Array
    periapses: Array
    flyby_delta_v: Array
    insertion: float

    @property
    def delta_v(self) -> float:
        """Departure speed at infinity, burns at passages and insertion together [m/s]."""
        return float(np.linalg.norm(self.departure_v_infinity) + np.sum(self.flyby_delta_v) + self.insertion)


def evaluate_tour(
    start: HeliocentricBody, passages: Sequence[Passage], tdb: ArrayLike, *, eccentricity: float | None = None
) -> Tour:
    """The tour of given dates, less than one turn about the Sun on each arc.

    Parameters
    ----------
    start : HeliocentricBody
        Where it begins.
    passages : sequence of Passage
        Bodies in order; the last one is the goal.
    tdb : (n,) [s TDB past J2000]
        Departure, passages, arrival; rising.
    eccentricity : float or None [1]
        Of the orbit into which the goal's least periapsis is turned; None where it is only passed.

    Returns
    -------
    Tour

    Raises
    ------
    InvalidInput
        Dates do not rise or do not fit the bodies.
    NumericalFailure
        An arc does not exist.

    Source
    ------
    Multiple gravity assists with burns at periapsis: Izzo (2010), Global optimization and space pruning for spacecraft
    trajectory design, in Conway (ed.), Spacecraft Trajectory Optimization, section 7.2.
    """
    times = np.asarray(tdb, dtype=np.float64)
    if times.shape != (len(passages) + 1,) or not passages or np.any(np.diff(times) <= 0.0):
        raise InvalidInput(f"a tour of {len(passages) + 1} bodies needs as many rising dates; got {times}")
    bodies = [start, *(one.body for one in passages)]
    states = np.stack([one.states([when])[0] for one, when in zip(bodies, times, strict=True)])
    arcs = lambert(
        states[:-1, :3],
        states[1:, :3],
        np.diff(times),
        SUN_GM,
        normal=np.cross(states[0, :3], states[0, 3:]),
    )
    if np.any(arcs.status != 0):
        raise NumericalFailure("an arc of the tour does not exist for these dates: change them")
    leave = arcs.departure_velocity - states[:-1, 3:]
    reach = arcs.arrival_velocity - states[1:, 3:]
    periapses, burns = [], []
    for k, one in enumerate(passages[:-1]):
        flyby = powered_flybys(reach[k], leave[k + 1], one.gm, one.least_periapsis)
        periapses.append(float(flyby.periapsis[0]))
        burns.append(float(flyby.delta_v[0]))
    insertion = 0.0
    if eccentricity is not None:
        insertion = _insertion(float(np.linalg.norm(reach[-1])), passages[-1], eccentricity)
    return Tour(
        tuple(one.name for one in bodies),
        times,
        leave[0],
        reach[-1],
        np.array(periapses),
        np.array(burns),
        insertion,
    )


def _insertion(speed: float, goal: Passage, eccentricity: float) -> float:
    escape = 2.0 * goal.gm / goal.least_periapsis
    return math.sqrt(speed * speed + escape) - math.sqrt(0.5 * escape * (1.0 + eccentricity))


def search_tour(
    start: HeliocentricBody,
    passages: Sequence[Passage],
    window: tuple[float, float],
    durations: Sequence[tuple[float, float]],
    *,
    step: float,
    eccentricity: float | None = None,
    most_departure: float = math.inf,
) -> Tour:
    """The tour of least change of velocity in a window: all chains of a grid of dates, then the best one refined.

    Parameters
    ----------
    start : HeliocentricBody
        Where it begins.
    passages : sequence of Passage
        Bodies in order; the last one is the goal.
    window : (2,) [s TDB past J2000]
        First and last departure.
    durations : sequence of (float, float) [s]
        Least and longest time of each arc.
    step : float [s]
        Of the grid of dates.
    eccentricity : float or None [1]
        As `evaluate_tour`.
    most_departure : float [m/s]
        Largest speed at infinity on departure.

    Returns
    -------
    Tour

    Raises
    ------
    InvalidInput
        Times do not fit the bodies.
    NumericalFailure
        No chain exists on the grid.
    OutsideSpan
        A body is not known at a date.

    Source
    ------
    Dynamic programming over pairs of dates (each passage's burn depends on the arcs on both sides); refinement by
    Nelder and Mead (1965), Comput. J. 7, 308.
    """
    if len(durations) != len(passages) or not passages:
        raise InvalidInput(f"{len(passages)} arcs need as many spans of time; got {len(durations)}")
    if not (window[0] < window[1] and step > 0.0 and all(0.0 < low < high for low, high in durations)):
        raise InvalidInput("a tour needs a window that runs forward, a positive step and 0 < least < longest times")
    bodies = [start, *(one.body for one in passages)]
    grids = [np.arange(window[0], window[1] + 0.5 * step, step)]
    for low, high in durations:
        grids.append(np.arange(grids[-1][0] + low, grids[-1][-1] + high + 0.5 * step, step))
    states = [one.states(grid) for one, grid in zip(bodies, grids, strict=True)]
    normal = np.cross(states[0][0, :3], states[0][0, 3:])
    legs = [_leg(states[k], states[k + 1], grids[k], grids[k + 1], durations[k], normal) for k in range(len(passages))]
    speed = np.linalg.norm(legs[0][0], axis=2)
    cost = np.where(speed <= most_departure, speed, np.inf)
    cost = np.where(np.isnan(cost), np.inf, cost)
    chosen: list[NDArray[np.intp]] = []
    for k, one in enumerate(passages[:-1]):
        cost, before = _through(cost, legs[k][1], legs[k + 1][0], one)
        chosen.append(before)
    arriving = np.linalg.norm(legs[-1][1], axis=2)
    if eccentricity is not None:
        goal = passages[-1]
        escape = 2.0 * goal.gm / goal.least_periapsis
        cost = cost + np.sqrt(arriving**2 + escape) - math.sqrt(0.5 * escape * (1.0 + eccentricity))
    cost = np.where(np.isnan(cost), np.inf, cost)
    if not np.isfinite(cost).any():
        raise NumericalFailure(
            f"no tour {' - '.join(one.name for one in bodies)} exists in this window: widen it, the times of the arcs, "
            "or the departure speed"
        )
    index = [int(place) for place in np.unravel_index(int(np.argmin(cost)), cost.shape)]
    for before in reversed(chosen):
        index.insert(0, int(before[index[0], index[1]]))
    dates = np.array([grid[place] for grid, place in zip(grids, index, strict=True)])
    return _refined(start, passages, dates, window, durations, eccentricity, most_departure)


def _leg(
    here: Array, there: Array, leaving: Array, reaching: Array, span: tuple[float, float], normal: Array
) -> tuple[Array, Array]:
    """Velocities at infinity (L, R, 3) on both ends; NaN where the time is not in the span."""
    row, column = (index.reshape(-1) for index in np.indices((leaving.size, reaching.size)))
    time = reaching[column] - leaving[row]
    time = np.where((time >= span[0]) & (time <= span[1]), time, np.nan)
    arcs = lambert(here[row, :3], there[column, :3], time, SUN_GM, normal=normal)
    shape = (leaving.size, reaching.size, 3)
    return (
        (arcs.departure_velocity - here[row, 3:]).reshape(shape),
        (arcs.arrival_velocity - there[column, 3:]).reshape(shape),
    )


def _through(cost: Array, reach: Array, leave: Array, one: Passage) -> tuple[Array, NDArray[np.intp]]:
    """Least cost (M, R) of chains through a body at each of its dates M to the next R, and which date came before."""
    best = np.full(leave.shape[:2], np.inf)
    before = np.zeros(leave.shape[:2], dtype=np.intp)
    for middle in range(reach.shape[1]):
        rows = np.flatnonzero(np.isfinite(cost[:, middle]))
        columns = np.flatnonzero(np.isfinite(leave[middle, :, 0]))
        if not rows.size or not columns.size:
            continue
        shape = (rows.size, columns.size, 3)
        coming = np.broadcast_to(reach[rows, middle][:, None], shape).reshape(-1, 3)
        going = np.broadcast_to(leave[middle, columns][None], shape).reshape(-1, 3)
        burn = powered_flybys(coming, going, one.gm, one.least_periapsis).delta_v.reshape(shape[:2])
        total = cost[rows, middle][:, None] + burn
        place = np.argmin(total, axis=0)
        best[middle, columns] = total[place, np.arange(columns.size)]
        before[middle, columns] = rows[place]
    return best, before


def _refined(
    start: HeliocentricBody,
    passages: Sequence[Passage],
    dates: Array,
    window: tuple[float, float],
    durations: Sequence[tuple[float, float]],
    eccentricity: float | None,
    most_departure: float,
) -> Tour:
    from scipy.optimize import minimize

    day = 86_400.0
    low = np.array([window[0], *(span[0] for span in durations)]) / day
    high = np.array([window[1], *(span[1] for span in durations)]) / day

    def cost(x: Array) -> float:
        times = np.cumsum(np.clip(x, low, high)) * day
        try:
            tour = evaluate_tour(start, passages, times, eccentricity=eccentricity)
        except NumericalFailure:
            return 1e6
        over = max(0.0, float(np.linalg.norm(tour.departure_v_infinity)) - most_departure)
        return tour.delta_v + 100.0 * over

    best = np.concatenate(([dates[0]], np.diff(dates))) / day
    for _ in range(4):  # a simplex that shrank along a valley begins again at full size
        answer = minimize(
            cost,
            best,
            method="Nelder-Mead",
            options={"xatol": REFINED, "fatol": REFINED, "maxiter": 1500, "adaptive": True},
        )
        gained, best = cost(best) - answer.fun, answer.x
        if gained < 10.0 * REFINED:
            break
    times = np.cumsum(np.clip(best, low, high)) * day
    return evaluate_tour(start, passages, times, eccentricity=eccentricity)
