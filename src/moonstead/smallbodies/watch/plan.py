"""The outlook for a body: its next seasons by sensor, its first nights, and what a plan of nights would tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.watch.decision_dates import DecisionDates, decision_dates
from moonstead.smallbodies.watch.improvement import Improvement, Night, improvement
from moonstead.smallbodies.watch.next_night import night_times
from moonstead.smallbodies.watch.observability import first_window, seasons
from moonstead.smallbodies.watch.probability_course import ProbabilityCourse, probability_course
from moonstead.smallbodies.watch.sensors import Sensor, sensor, sensor_codes, sensor_place
from moonstead.smallbodies.watch.sky_place import SkyPlaces, sky_places

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.encounters import Encounter
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]

PLAN_DAYS = (0, 1, 2, 4, 7, 14, 28, 56)  # [d] nights of a plan, from the first on which anybody sees the body
SEASON_DAY = 2.0 * SECONDS_PER_DAY  # [s] into each later season, for the night of the plan that it adds
APART = 25.0 * SECONDS_PER_DAY  # [s] between nights that later seasons add
MOST_NIGHTS = 16
SEARCH = 10.0 * SECONDS_PER_DAY  # [s] from a season's begin, within which its first night is sought


@dataclass(frozen=True, eq=False)
class SensorOutlook:
    """When one sensor can see a body.

    Attributes
    ----------
    sensor : Sensor
        Who looks.
    seasons : Windows
        Bright enough and off the Sun, over the whole span.
    first_night : (2,) [s TDB past J2000] or None
        First window of the next season with the body high in the dark, to ten minutes; None where there is none in its
        first days.
    place : SkyPlaces or None
        In the middle of that window.
    one_night : Improvement or None
        What that night alone would do for the encounter; None without an encounter or a covariance.
    """

    sensor: Sensor
    seasons: Windows
    first_night: tuple[float, float] | None
    place: SkyPlaces | None
    one_night: Improvement | None


@dataclass(frozen=True, eq=False)
class WatchPlan:
    """The outlook for a body.

    Attributes
    ----------
    span : (2,) [s TDB past J2000]
        What was searched.
    outlooks : tuple of SensorOutlook
        One for each sensor.
    codes : tuple of T str
        Station of each night of the plan.
    improvement : Improvement or None
        After each night of the plan; None without an encounter, a covariance or a night.
    course : ProbabilityCourse or None
        What the probability may become; None without virtual impactors.
    dates : DecisionDates or None
        As the plan brings them.
    """

    span: tuple[float, float]
    outlooks: tuple[SensorOutlook, ...]
    codes: tuple[str, ...]
    improvement: Improvement | None
    course: ProbabilityCourse | None
    dates: DecisionDates | None

    @property
    def next_seen(self) -> float | None:
        """Begin [s TDB past J2000] of the first night of any sensor; None where nobody sees the body."""
        firsts = [one.first_night[0] for one in self.outlooks if one.first_night is not None]
        return min(firsts, default=None)


def watch_plan(
    flight: Flight,
    span: tuple[float, float],
    data: DataContext,
    *,
    sensors: Sequence[Sensor] | None = None,
    encounter: Encounter | None = None,
    intervals: tuple[Array, Array] | None = None,
) -> WatchPlan:
    """When a body is seen next, by whom, and what the nights would tell about an encounter.

    Parameters
    ----------
    flight : Flight
        The body, with its absolute magnitude; flown with partials where its orbit has a covariance.
    span : (2,) [s TDB past J2000]
        What to search; the flight begins at least a light time before it.
    data : DataContext
        Where ephemeris, orientation and stations come from.
    sensors : sequence of Sensor or None
        Who looks; all of the shipped table where it is left out.
    encounter : Encounter or None
        What the nights are for; in the flight.
    intervals : pair of (K,) [1] or None
        Edges of the impacts along the line of variations, in sigmas of today: `impact_intervals`.

    Returns
    -------
    WatchPlan
        Sensors that never see the body are in it too.

    Raises
    ------
    InvalidInput
        The span runs backward, or the absolute magnitude is unknown.

    Source
    ------
    As `seasons`, `nights`, `improvement` and `probability_course`. Clear skies are assumed.
    """
    if not span[0] < span[1]:
        raise InvalidInput(f"the span to watch must run forward; got {span} [s TDB past J2000]")
    chosen = [sensor(code) for code in sensor_codes()] if sensors is None else list(sensors)
    useful = encounter if flight.orbit.covariance is not None else None
    outlooks = tuple(_outlook(flight, one, span, useful, data) for one in chosen)
    seen = [one.first_night[0] for one in outlooks if one.first_night is not None]
    planned: list[tuple[str, Night]] = []
    if seen and useful is not None:
        last = min(span[1], useful.tdb)
        found = (_best_night(flight, outlooks, start, last, data) for start in _moments(min(seen), outlooks, last))
        planned = [night for night in found if night is not None][:MOST_NIGHTS]
    if not planned or useful is None:
        return WatchPlan(span, outlooks, (), None, None, None)
    gained = improvement(flight, [night for _, night in planned], useful.tdb, useful.state, data)
    course = dates = None
    if intervals is not None:
        course = probability_course(*intervals, gained.shrink)
        dates = decision_dates(gained.tdb, gained.shrink, *intervals)
    return WatchPlan(span, outlooks, tuple(code for code, _ in planned), gained, course, dates)


def _outlook(
    flight: Flight, who: Sensor, span: tuple[float, float], encounter: Encounter | None, data: DataContext
) -> SensorOutlook:
    found = seasons(flight, who, span, data)
    for begin, end in zip(found.starts.tolist(), found.stops.tolist(), strict=True):
        first = first_window(flight, who, (begin, min(end, begin + SEARCH)), data)
        if first is None:
            continue
        place = sky_places(
            flight, sensor_place(who, data), 0.5 * sum(first), data, ellipses=flight.orbit.covariance is not None
        )
        gain = None
        if encounter is not None and first[1] < encounter.tdb:
            night = Night(sensor_place(who, data), night_times(*first), who.accuracy)
            gain = improvement(flight, [night], encounter.tdb, encounter.state, data)
        return SensorOutlook(who, found, first, place, gain)
    return SensorOutlook(who, found, None, None, None)


def _moments(first: float, outlooks: Sequence[SensorOutlook], last: float) -> list[float]:
    """Begins of the days of a plan: close together at first, then as sensors' later seasons begin."""
    moments = [first + day * SECONDS_PER_DAY for day in PLAN_DAYS]
    begins = np.sort(np.concatenate([one.seasons.starts for one in outlooks])) + SEASON_DAY
    for begin in begins.tolist():
        if begin > moments[-1] + APART:
            moments.append(begin)
    return [moment for moment in moments if moment < last]


def _best_night(
    flight: Flight, outlooks: Sequence[SensorOutlook], start: float, last: float, data: DataContext
) -> tuple[str, Night] | None:
    """The night of the most exact sensor that sees the body within a day from a time."""
    for one in sorted(outlooks, key=lambda one: one.sensor.accuracy):
        if not one.seasons.contains(start)[0]:
            continue
        window = first_window(flight, one.sensor, (start, min(start + SECONDS_PER_DAY, last)), data)
        if window is not None:
            return one.sensor.code, Night(sensor_place(one.sensor, data), night_times(*window), one.sensor.accuracy)
    return None
