"""When to leave for the Moon: the cheapest direct transfer of each day, and of the whole period."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MoonsteadError, NumericalFailure
from moonstead.orbits.transfers.cislunar import CislunarFlight
from moonstead.orbits.transfers.direct import DirectCase, DirectSolution, solve_direct

Array = NDArray[np.float64]

DAYS = (3.0 * SECONDS_PER_DAY, 5.0 * SECONDS_PER_DAY)
FINE_TIME = 0.03 * SECONDS_PER_DAY  # [s] to which the best flight time of a day is found: the optimum is flat
LOOKS = 9  # flight times that a side is tried with at most
REFINEMENTS = 40


@dataclass(frozen=True, eq=False)
class DepartureDay:
    """The cheapest direct transfer that leaves at one time.

    Attributes
    ----------
    departure_tdb : float [s TDB past J2000]
        When.
    solution : DirectSolution or None
        The transfer; None where there is none.
    reason : str
        Why there is none; empty otherwise.
    """

    departure_tdb: float
    solution: DirectSolution | None
    reason: str


@dataclass(frozen=True, eq=False)
class DepartureCalendar:
    """Direct transfers over a period.

    Attributes
    ----------
    days : tuple of DepartureDay
        In the order of time.
    """

    days: tuple[DepartureDay, ...]

    @property
    def optima(self) -> tuple[DepartureDay, ...]:
        """Days that are cheaper than both neighbours, the cheapest first."""
        cost = [day.solution.delta_v if day.solution is not None else math.inf for day in self.days]
        padded = [math.inf, *cost, math.inf]
        best = [
            (value, place)
            for place, value in enumerate(cost)
            if math.isfinite(value) and value <= padded[place] and value < padded[place + 2]
        ]
        return tuple(self.days[place] for _, place in sorted(best))


def departure_calendar(
    case: DirectCase,
    departures: Sequence[float],
    flight: CislunarFlight,
    *,
    flight_times: tuple[float, float] = DAYS,
    arrivals: Sequence[tuple[float, float]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> DepartureCalendar:
    """The cheapest direct transfer for each of several departures.

    Parameters
    ----------
    case : DirectCase
        Both orbits; both ways to meet the Moon are tried, whatever it says.
    departures : sequence of float [s TDB past J2000]
        Times of the burn at perigee.
    flight : CislunarFlight
        Forces, laid out for all flights.
    flight_times : pair of float [s]
        Shortest and longest.
    arrivals : sequence of pairs of float [s TDB past J2000] or None
        Windows in which perilune must lie, for example so that a site is lit at the landing.
    progress : callable or None
        Called with departures done and to do.

    Returns
    -------
    DepartureCalendar

    Raises
    ------
    InvalidInput
        The flight times are reversed, or there are no departures.

    Source
    ------
    As `solve_direct`; minimum over the time of flight: Brent (1973), Algorithms for Minimization without Derivatives,
    chapter 5.
    """
    if not flight_times[0] <= flight_times[1]:
        raise InvalidInput(f"the shortest flight must not be longer than the longest; got {flight_times} [s]")
    if not len(departures):
        raise InvalidInput("a calendar needs one departure at least")
    days = []
    for place, tdb in enumerate(departures):
        days.append(_one_day(case, float(tdb), flight, flight_times, arrivals))
        if progress is not None:
            progress(place + 1, len(departures))
    return DepartureCalendar(tuple(days))


def best_direct(
    case: DirectCase,
    first: float,
    last: float,
    flight: CislunarFlight,
    *,
    flight_times: tuple[float, float] = DAYS,
    calendar: DepartureCalendar,
) -> DirectSolution:
    """The cheapest direct transfer of a period, between the days of its calendar.

    Parameters
    ----------
    case : DirectCase
        Both orbits.
    first, last : float [s TDB past J2000]
        Period of departure.
    flight : CislunarFlight
        Forces.
    flight_times : pair of float [s]
        Shortest and longest.
    calendar : DepartureCalendar
        Of that period, to start from; made without windows of arrival.

    Returns
    -------
    DirectSolution

    Raises
    ------
    NumericalFailure
        The calendar has no transfer at all; the message tells why not.

    Source
    ------
    Nelder & Mead (1965), Computer Journal 7, 308.
    """
    from scipy.optimize import minimize

    if not calendar.optima:
        raise NumericalFailure(f"no direct transfer leaves within the period: {why_none(calendar)}")
    start = calendar.optima[0].solution
    assert start is not None
    best = start
    if first == last:
        return best
    for northward in (True, False):
        side = replace(best.case, northward=northward)
        known: DirectSolution | None = None

        def cost(x: Array, side: DirectCase = side) -> float:
            nonlocal known, best
            departure, duration = float(x[0]) * SECONDS_PER_DAY, float(x[1]) * SECONDS_PER_DAY
            if not (first <= departure <= last and flight_times[0] <= duration <= flight_times[1]):
                return math.inf
            try:
                known = solve_direct(side, departure, duration, flight, start=known)
            except MoonsteadError:
                return math.inf
            if known.delta_v < best.delta_v:
                best = known
            return known.delta_v

        x0 = np.array([start.departure_tdb, start.perilune_tdb - start.departure_tdb]) / SECONDS_PER_DAY
        inward = np.array(
            [
                -0.4 if start.departure_tdb + 0.4 * SECONDS_PER_DAY > last else 0.4,
                -0.2 if x0[1] + 0.2 > flight_times[1] / SECONDS_PER_DAY else 0.2,
            ]
        )
        simplex = x0 + np.array([[0.0, 0.0], [inward[0], 0.0], [0.0, inward[1]]])
        minimize(
            cost,
            x0,
            method="Nelder-Mead",
            options={"maxfev": REFINEMENTS, "xatol": 0.01, "fatol": 0.01, "initial_simplex": simplex},
        )
    return best


def why_none(calendar: DepartureCalendar) -> str:
    """The commonest reason for which days of a calendar have no transfer.

    Parameters
    ----------
    calendar : DepartureCalendar
        Of a period.

    Returns
    -------
    str
        Empty where every day has one.

    Source
    ------
    A count.
    """
    reasons = [day.reason for day in calendar.days if day.solution is None]
    return max(reasons, key=reasons.count) if reasons else ""


def _one_day(
    case: DirectCase,
    departure: float,
    flight: CislunarFlight,
    flight_times: tuple[float, float],
    arrivals: Sequence[tuple[float, float]] | None,
) -> DepartureDay:
    bounds = [flight_times]
    if arrivals is not None:
        bounds = [
            (max(start - departure, flight_times[0]), min(stop - departure, flight_times[1]))
            for start, stop in arrivals
            if max(start - departure, flight_times[0]) <= min(stop - departure, flight_times[1])
        ]
        if not bounds:
            return DepartureDay(departure, None, _no_window(departure, flight_times, arrivals))
    best: DirectSolution | None = None
    reason = ""
    for ascending in (True, False):
        for span in bounds:
            try:
                found = _best_time(replace(case, ascending=ascending), departure, flight, span)
            except (InvalidInput, NumericalFailure) as refused:
                reason = str(refused)
                continue
            if best is None or found.delta_v < best.delta_v:
                best = found
    return DepartureDay(departure, best, "" if best is not None else reason)


def _no_window(departure: float, flight_times: tuple[float, float], arrivals: Sequence[tuple[float, float]]) -> str:
    nearest = min(
        (max(start - departure - flight_times[1], flight_times[0] - (stop - departure)) for start, stop in arrivals),
        default=math.inf,
    )
    if not math.isfinite(nearest):
        return "there is no window of arrival"
    return f"no arrival falls into a window: the nearest one is missed by {nearest / SECONDS_PER_DAY:.2f} d"


def _best_time(case: DirectCase, departure: float, flight: CislunarFlight, span: tuple[float, float]) -> DirectSolution:
    from scipy.optimize import minimize_scalar

    tried: list[DirectSolution] = []
    refused: list[MoonsteadError] = []

    def cost(duration: float) -> float:
        near = min(tried, key=lambda one: abs(one.perilune_tdb - departure - duration), default=None)
        try:
            tried.append(solve_direct(case, departure, float(duration), flight, start=near))
        except (InvalidInput, NumericalFailure) as reason:
            refused.append(reason)
            return 1e9 + float(duration)  # [m/s] dearer than anything, and leading towards shorter flights
        return tried[-1].delta_v

    if span[1] - span[0] > FINE_TIME:
        minimize_scalar(cost, bounds=span, method="bounded", options={"xatol": FINE_TIME, "maxiter": LOOKS})
    else:
        cost(span[0])
    if not tried:
        raise refused[0]
    return min(tried, key=lambda one: one.delta_v)
