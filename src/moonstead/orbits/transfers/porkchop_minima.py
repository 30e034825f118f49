"""The best ballistic arcs of a window, free of the grid they were found on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.lambert import BRANCHES, lambert
from moonstead.orbits.transfers.interplanetary_bodies import SUN_GM, HeliocentricBody, mean_distance
from moonstead.orbits.transfers.porkchop import Porkchop, porkchop, revolutions_of, within_kind

Array = NDArray[np.float64]

RIDGE = math.radians(0.1)  # [rad] how near to half a turn a type I or II arc may come
OBJECTIVES = ("departure", "arrival", "both")
HALF_TURN = "half a turn"  # edge of a type where cost depends on how near the ridge one dares to go
NEAR_AS_GOOD = 1.25  # [1] a valley that costs at most so much more is taken before an arc on the ridge
ZOOM = 9  # grid points each way of one look
FINEST = 1.0  # [s] grid step at which the search ends: curvature makes c3 exact to 1e-9 km2/s2 there
MOST_LOOKS = 120
MOST_CELLS = 1e7  # pairs of dates of one grid: 8 s and 1 GB


@dataclass(frozen=True, eq=False)
class BallisticArc:
    """One arc about the Sun from body to body.

    Attributes
    ----------
    departure, arrival : str
        The bodies.
    kind : str
        Type I, II, III ... by the angle turned through.
    departure_tdb, arrival_tdb : float [s TDB past J2000]
        Dates.
    departure_v_infinity, arrival_v_infinity : (3,) [m/s]
        Relative to the bodies, ICRF axes.
    departure_state : (6,) [m, m/s]
        Where the arc begins, from the Sun, ICRF.
    angle : float [rad]
        Turned through.
    revolutions : int
        Whole turns.
    branch : str
        Which of the two arcs with whole turns.
    edges : tuple of str
        Bounds of the search on which it lies: better arcs may lie behind them.
    """

    departure: str
    arrival: str
    kind: str
    departure_tdb: float
    arrival_tdb: float
    departure_v_infinity: Array
    arrival_v_infinity: Array
    departure_state: Array
    angle: float
    revolutions: int
    branch: str
    edges: tuple[str, ...] = ()

    @property
    def c3(self) -> float:
        """Departure energy [m^2/s^2]."""
        return float(self.departure_v_infinity @ self.departure_v_infinity)

    @property
    def duration(self) -> float:
        """Time of flight [s]."""
        return self.arrival_tdb - self.departure_tdb

    @property
    def arrival_speed(self) -> float:
        """Speed at infinity on arrival [m/s]."""
        return float(np.linalg.norm(self.arrival_v_infinity))

    @property
    def declination(self) -> float:
        """Declination of the departing asymptote [rad]."""
        return math.asin(float(self.departure_v_infinity[2]) / math.sqrt(self.c3))

    @property
    def right_ascension(self) -> float:
        """Right ascension of the departing asymptote [rad], 0 to 2 pi."""
        return math.atan2(float(self.departure_v_infinity[1]), float(self.departure_v_infinity[0])) % (2.0 * math.pi)


def ballistic_arc(
    departure: HeliocentricBody,
    arrival: HeliocentricBody,
    departure_tdb: float,
    arrival_tdb: float,
    *,
    kind: str = "I",
    branch: str = "short-period",
    edges: tuple[str, ...] = (),
) -> BallisticArc:
    """The arc of two dates.

    Parameters
    ----------
    departure, arrival : HeliocentricBody
        What is left and what is reached.
    departure_tdb, arrival_tdb : float [s TDB past J2000]
        Dates.
    kind : str
        Of which type it is to be; I and II, III and IV are told apart by the dates.
    branch : str
        As `lambert`.
    edges : tuple of str
        As `BallisticArc`.

    Returns
    -------
    BallisticArc

    Raises
    ------
    NumericalFailure
        There is none.

    Source
    ------
    As `porkchop`.
    """
    here, there = departure.states([departure_tdb])[0], arrival.states([arrival_tdb])[0]
    turns = revolutions_of(kind)
    arcs = lambert(
        here[:3],
        there[:3],
        arrival_tdb - departure_tdb,
        SUN_GM,
        revolutions=turns,
        branch=branch,
        normal=np.cross(here[:3], here[3:]),
    )
    if arcs.status[0] != 0:
        raise NumericalFailure(
            f"no arc with {turns} whole turns leads from {departure.name} to {arrival.name} in "
            f"{(arrival_tdb - departure_tdb) / SECONDS_PER_DAY:.1f} days: change the dates"
        )
    return BallisticArc(
        departure.name,
        arrival.name,
        kind,
        float(departure_tdb),
        float(arrival_tdb),
        arcs.departure_velocity[0] - here[3:],
        arcs.arrival_velocity[0] - there[3:],
        np.concatenate((here[:3], arcs.departure_velocity[0])),
        float(arcs.angle[0]),
        turns,
        branch,
        edges,
    )


def usual_durations(
    departure: HeliocentricBody, arrival: HeliocentricBody, tdb: float, revolutions: int = 0
) -> tuple[float, float]:
    """Times of flight between which the cheap arcs lie: a quarter to twice that of Hohmann's, longer with turns.

    Parameters
    ----------
    departure, arrival : HeliocentricBody
        What is left and what is reached.
    tdb : float [s TDB past J2000]
        About when.
    revolutions : int
        Whole turns.

    Returns
    -------
    (2,) [s]

    Source
    ------
    Hohmann's ellipse between the mean distances.
    """
    half = 0.5 * (mean_distance(departure, tdb) + mean_distance(arrival, tdb))
    hohmann = math.pi * math.sqrt(half**3 / SUN_GM)
    return 0.25 * hohmann, 2.0 * hohmann * (1 + revolutions)


def best_arcs(
    departure: HeliocentricBody,
    arrival: HeliocentricBody,
    window: tuple[float, float],
    *,
    kind: str,
    durations: tuple[float, float] | None = None,
    step: float = SECONDS_PER_DAY,
    objective: str = "departure",
    ridge: float = RIDGE,
    count: int = 1,
) -> tuple[BallisticArc, ...]:
    """The cheapest arcs of a type that depart within a window, best first, refined beyond the grid.

    Where the cost still falls towards half a turn there is no valley, only the edge at `ridge`: such an arc comes after
    a true valley that costs little more.

    Parameters
    ----------
    departure, arrival : HeliocentricBody
        What is left and what is reached.
    window : (2,) [s TDB past J2000]
        First and last departure.
    kind : str
        ``"I"``, ``"II"``, ``"III"``, ``"IV"`` ...
    durations : (2,) or None [s]
        Least and longest time of flight; None for `usual_durations`.
    step : float [s]
        Grid on which valleys are looked for.
    objective : str
        What is least: ``"departure"`` c3, ``"arrival"`` speed at infinity, or the sum of ``"both"`` speeds.
    ridge : float [rad]
        Least distance of the angle from half a turn, where the plane of motion stands on edge.
    count : int
        At most so many valleys.

    Returns
    -------
    tuple of BallisticArc
        `edges` says where a bound of the search holds one.

    Raises
    ------
    InvalidInput
        The window or durations are empty, the kind or objective is not known, both bodies are one, the grid is too
        fine, or the ridge is no angle.
    NumericalFailure
        No arc of the type exists in the window.
    OutsideSpan
        A body is not known at a date.

    Source
    ------
    As `porkchop`; the minimum by a grid that shrinks about its best point.
    """
    turns = revolutions_of(kind)
    low, high = durations or usual_durations(departure, arrival, window[0], turns)
    if not (math.isfinite(window[0] + window[1]) and window[0] < window[1]):
        raise InvalidInput(f"a departure window needs a first and a later last date; got {window!r}")
    if not (0.0 < low < high < math.inf) or not step > 0.0:
        raise InvalidInput(
            f"times of flight need 0 < least < longest and a positive step [s]; got {low!r}, {high!r}, {step!r}"
        )
    if not 0.0 <= ridge < 0.5 * math.pi:
        raise InvalidInput(f"the distance from half a turn must lie within 0 and a quarter turn [rad]; got {ridge!r}")
    cells = (window[1] - window[0]) * (window[1] - window[0] + high - low) / step**2
    if cells > MOST_CELLS:
        raise InvalidInput(
            f"a grid of {cells:.2g} pairs of dates is more than {MOST_CELLS:.0e}; take a coarser step (minima do not "
            "depend on it) or a shorter window"
        )
    if departure.name == arrival.name:
        raise InvalidInput(f"the way begins and ends at {arrival.name}: name another goal")
    if objective not in OBJECTIVES:
        raise InvalidInput(f"objective {objective!r} is not known: use {', '.join(OBJECTIVES)}")
    leaving = np.linspace(*window, max(2, math.ceil((window[1] - window[0]) / step) + 1))
    reaching = np.linspace(
        window[0] + low, window[1] + high, max(2, math.ceil((window[1] - window[0] + high - low) / step) + 1)
    )
    bounds = (window[0], window[1], low, high)
    found: list[tuple[float, BallisticArc]] = []
    for branch in BRANCHES if turns else BRANCHES[:1]:
        grid = porkchop(departure, arrival, leaving, reaching, revolutions=turns, branch=branch, durations=(low, high))
        cost = _cost(grid, kind, ridge, objective)
        for row, column in _valleys(cost)[: 2 * count]:
            found.append(
                _refined(
                    departure, arrival, kind, branch, ridge, objective, bounds, (leaving[row], reaching[column]), step
                )
            )
    if not found:
        raise NumericalFailure(
            f"no arc of type {kind} leads from {departure.name} to {arrival.name} in this window with "
            f"{low / SECONDS_PER_DAY:.0f} to {high / SECONDS_PER_DAY:.0f} days of flight: "
            + _nearest(departure, arrival, leaving, kind, ridge, (low, high))
        )
    free = min((cost for cost, arc in found if not arc.edges), default=math.inf)
    found.sort(key=lambda pair: (HALF_TURN in pair[1].edges and NEAR_AS_GOOD * pair[0] >= free, pair[0]))
    chosen: list[BallisticArc] = []
    for _, arc in found:
        if all(abs(arc.departure_tdb - o.departure_tdb) + abs(arc.arrival_tdb - o.arrival_tdb) > step for o in chosen):
            chosen.append(arc)
    return tuple(chosen[:count])


def _nearest(
    departure: HeliocentricBody,
    arrival: HeliocentricBody,
    leaving: Array,
    kind: str,
    ridge: float,
    durations: tuple[float, float],
) -> str:
    """What would be possible: the time of flight nearest to those asked."""
    low, high = usual_durations(departure, arrival, float(leaving[0]), revolutions_of(kind))
    starts = np.linspace(leaving[0], leaving[-1], 40)
    reaching = np.linspace(leaving[0] + low, leaving[-1] + 1.5 * high, 400)
    excess, nearest = math.inf, math.nan
    for branch in BRANCHES:
        grid = porkchop(departure, arrival, starts, reaching, revolutions=revolutions_of(kind), branch=branch)
        times = (reaching[None, :] - starts[:, None])[grid.of_kind(kind, ridge)]
        if times.size:
            beyond = np.maximum(durations[0] - times, times - durations[1])
            place = int(np.argmin(beyond))
            if beyond[place] < excess:
                excess, nearest = float(beyond[place]), float(times[place])
    if not math.isfinite(nearest):
        return "there is none at any time of flight: move the window"
    return f"the nearest takes about {nearest / SECONDS_PER_DAY:.0f} days; widen the window or the times of flight"


def _cost(grid: Porkchop, kind: str, ridge: float, objective: str) -> Array:
    allowed = grid.of_kind(kind, ridge)
    if objective == "departure":
        cost = grid.c3
    elif objective == "arrival":
        cost = grid.arrival_v_infinity
    else:
        cost = np.sqrt(grid.c3) + grid.arrival_v_infinity
    return np.where(allowed, cost, np.inf)


def _valleys(cost: Array) -> list[tuple[int, int]]:
    """Places that no neighbour undercuts, lowest first."""
    padded = np.pad(cost, 1, constant_values=np.inf)
    around = [
        padded[1 + i : 1 + i + cost.shape[0], 1 + j : 1 + j + cost.shape[1]]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if i or j
    ]
    lowest = np.isfinite(cost) & np.all([cost <= other for other in around], axis=0)
    places = np.argwhere(lowest)
    order = np.argsort(cost[lowest], kind="stable")
    return [(int(row), int(column)) for row, column in places[order]]


def _refined(
    departure: HeliocentricBody,
    arrival: HeliocentricBody,
    kind: str,
    branch: str,
    ridge: float,
    objective: str,
    bounds: tuple[float, float, float, float],
    start: tuple[float, float],
    step: float,
) -> tuple[float, BallisticArc]:
    """Cost and arc where a grid that shrinks about its best point ends."""
    best, spacing, least = start, 0.5 * step, math.inf
    offsets = np.arange(ZOOM) - ZOOM // 2
    for _ in range(MOST_LOOKS):
        leaving = np.unique(np.clip(best[0] + spacing * offsets, bounds[0], bounds[1]))
        reaching = best[1] + spacing * offsets
        grid = porkchop(
            departure,
            arrival,
            leaving,
            reaching,
            revolutions=revolutions_of(kind),
            branch=branch,
            durations=bounds[2:],
        )
        cost = _cost(grid, kind, ridge, objective)
        row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
        following = (float(leaving[row]), float(reaching[column]))
        moved = max(abs(following[0] - best[0]), abs(following[1] - best[1]))
        best, least = following, float(cost[row, column])
        if moved < 3.0 * spacing:
            spacing *= 0.4
        if spacing < FINEST:
            break
    arc = ballistic_arc(departure, arrival, *best, kind=kind, branch=branch)
    edges = _edges(arc, bounds, ridge)
    return least, ballistic_arc(departure, arrival, *best, kind=kind, branch=branch, edges=edges)


def _edges(arc: BallisticArc, bounds: tuple[float, float, float, float], ridge: float) -> tuple[str, ...]:
    near = 60.0  # [s]
    told = (
        (arc.departure_tdb - bounds[0] < near, "first departure"),
        (bounds[1] - arc.departure_tdb < near, "last departure"),
        (arc.duration - bounds[2] < near, "least time of flight"),
        (bounds[3] - arc.duration < near, "longest time of flight"),
        (not within_kind(arc.angle, arc.kind, ridge + 1e-5), HALF_TURN),
    )
    return tuple(name for holds, name in told if holds)
