"""What the Sun may do: past times with as much flux as now, and how they went on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.air_density import modified_julian_date
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.space_weather import SpaceWeather

Array = NDArray[np.float64]

SHARES = (10.0, 50.0, 90.0)  # [%] of past cases that stayed below the low, middle and high course
ALIKE = 0.15  # [1] of the logarithm of the 81-day flux, within which a past time counts as a like one
HALF_MEAN = 40.0  # [d] half of the 81 days of a mean
NODES = 27.0  # [d] between the times that a course is given at
FEWEST = 200  # days of the record that must be like today


@dataclass(frozen=True, eq=False)
class SolarCourses:
    """Three courses of space weather after a time.

    Attributes
    ----------
    low, middle, high : SpaceWeather
        Below which the flux stayed in 10, 50 and 90 % of the past cases, at each time by itself; Ap likewise.
    level : float [sfu]
        Mean flux of the last 81 days.
    cases : int
        Past days with as much flux.
    """

    low: SpaceWeather
    middle: SpaceWeather
    high: SpaceWeather
    level: float
    cases: int


def solar_courses(record: SpaceWeather, first: float, last: float) -> SolarCourses:
    """Courses of solar flux and geomagnetic activity from a time on, by what followed past times with as much flux.

    Nothing of the record after the first time is used.

    Parameters
    ----------
    record : SpaceWeather
        Daily values of decades before the first time.
    first, last : float [s TDB past J2000]
        Span of the forecast.

    Returns
    -------
    SolarCourses
        Weather over the span.

    Raises
    ------
    InvalidInput
        The span is empty, or the record knows too few times like this.
    OutsideSpan
        The record does not reach to within 81 days of the first time.

    Source
    ------
    Method of analogues: Lorenz (1969), J. Atmos. Sci. 26, 636; with the quantiles of all cases in place of the best.
    """
    begin, end = (float(each) for each in modified_julian_date([first, last]))
    if not begin < end:
        raise InvalidInput(f"a forecast needs a span; got {first!r} to {last!r} s TDB past J2000")
    newest = min(begin, record.span[1])
    days = np.arange(np.ceil(record.span[0]) + HALF_MEAN + 1.0, newest - HALF_MEAN)
    if begin - newest > 2.0 * HALF_MEAN:
        record.at(begin)  # raises with the span
    reach = end - newest + HALF_MEAN
    if days.size < FEWEST + reach:
        raise InvalidInput(
            f"the space weather {record.source} is too short for a forecast over {end - begin:.0f} d: give a record of "
            "some decades, or the weather itself"
        )
    _, flux, _ = record.at(days)
    smooth = _running(record.at(np.arange(days[0] - HALF_MEAN, days[-1] + HALF_MEAN + 1.0))[2])
    level = float(flux[-1])
    alike = np.flatnonzero((np.abs(np.log(flux / level)) < ALIKE) & (days + reach <= days[-1]))
    if alike.size < FEWEST:
        raise InvalidInput(
            f"the space weather {record.source} has {alike.size} past days with a mean flux near {level:.0f} sfu that "
            f"are {reach:.0f} d old, fewer than {FEWEST}: give a longer record, or the weather itself"
        )
    ahead = np.arange(0.0, end - begin + 2.0 * NODES, NODES)
    shift = (begin - days[-1] + ahead).astype(int)
    ratios = np.array([flux[np.minimum(alike + by, days.size - 1)] / flux[alike] for by in shift])
    storms = np.array([smooth[np.minimum(alike + by, days.size - 1)] for by in shift])
    low, middle, high = (
        SpaceWeather(
            begin - 2.0 + np.concatenate(([0.0], 2.0 + ahead)),
            _early(level * np.percentile(ratios, share, axis=1)),
            _early(level * np.percentile(ratios, share, axis=1)),
            _early(np.percentile(storms, share, axis=1)),
            f"{share:.0f} % course after {alike.size} days like this in {record.source}",
        )
        for share in SHARES
    )
    return SolarCourses(low, middle, high, level, int(alike.size))


def _early(values: Array) -> Array:
    """Values with the first repeated for the day before the forecast."""
    return np.concatenate((values[:1], values))


def _running(values: Array) -> Array:
    """Means of 81 values."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    width = int(2 * HALF_MEAN) + 1
    return np.asarray((total[width:] - total[:-width]) / width)
