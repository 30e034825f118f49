"""What a screening found: encounters, proximity intervals, objects that failed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Encounters:
    """K passages of two objects below the distance, each faster than the proximity speed, in order of time.

    Attributes
    ----------
    first_row, second_row : (K,) int64
        Rows of the objects, first below second.
    first_id, second_id : (K,) int64
        Identifiers of the objects.
    tdb_tca : (K,) [s TDB past J2000]
        Time of closest approach.
    miss_distance : (K,) [m]
        Distance at that time.
    relative_speed : (K,) [m/s]
        Of the second object past the first.
    radial, along, cross : (K,) [m]
        Position of the second object relative to the first, in the first one's radial, transverse and normal axes.
    """

    first_row: Integers
    second_row: Integers
    first_id: Integers
    second_id: Integers
    tdb_tca: Array
    miss_distance: Array
    relative_speed: Array
    radial: Array
    along: Array
    cross: Array

    def __len__(self) -> int:
        """Number of encounters."""
        return int(self.tdb_tca.size)


@dataclass(frozen=True, eq=False)
class ProximityIntervals:
    """K intervals through which two objects that hardly move past each other stay below the distance.

    Attributes
    ----------
    first_row, second_row : (K,) int64
        Rows of the objects, first below second.
    first_id, second_id : (K,) int64
        Identifiers of the objects.
    start, stop : (K,) [s TDB past J2000]
        Where the distance falls below and rises above the limit, or an end of what was screened.
    tdb_least : (K,) [s TDB past J2000]
        Time of the least distance.
    least_distance : (K,) [m]
        Least distance in the interval.
    relative_speed : (K,) [m/s]
        At the time of the least distance.
    """

    first_row: Integers
    second_row: Integers
    first_id: Integers
    second_id: Integers
    start: Array
    stop: Array
    tdb_least: Array
    least_distance: Array
    relative_speed: Array

    def __len__(self) -> int:
        """Number of intervals."""
        return int(self.start.size)


@dataclass(frozen=True)
class FailedObject:
    """An object that could not be screened over the whole span.

    Attributes
    ----------
    row, object_id : int
        Which.
    name : str
        Its name.
    reason : str
        Why it has no states.
    screened : float [s]
        How much of the span it was screened in.
    """

    row: int
    object_id: int
    name: str
    reason: str
    screened: float


@dataclass(frozen=True, eq=False)
class Screening:
    """The answer of `screen`.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        Span that was screened.
    distance : float [m]
        Limit below which a passage is told.
    proximity_speed : float [m/s]
        Slower passages are told as proximity intervals.
    encounters : Encounters
        Fast passages.
    proximity_intervals : ProximityIntervals
        Slow ones.
    failed : tuple of FailedObject
        Objects without states somewhere in the span.
    statistics : dict of str to float
        ``objects`` [1], ``steps`` [1], ``candidates`` [1], and seconds of CPU time of the stages.
    """

    start: float
    stop: float
    distance: float
    proximity_speed: float
    encounters: Encounters
    proximity_intervals: ProximityIntervals
    failed: tuple[FailedObject, ...]
    statistics: dict[str, float]
