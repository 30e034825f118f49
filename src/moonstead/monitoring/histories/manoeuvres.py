"""Burns found in the element history of an object."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.histories.history import History
from moonstead.monitoring.histories.plane_changes import PlaneChange, plane_changes
from moonstead.monitoring.histories.rate_changes import RateChange, rate_changes

Array = NDArray[np.float64]

TOGETHER = 4.0 * SECONDS_PER_DAY  # [s] within it a change of rate and one of plane are one manoeuvre


@dataclass(frozen=True)
class Manoeuvre:
    """A burn, or burns too close together to be told apart.

    Attributes
    ----------
    tdb, earliest, latest : float [s TDB past J2000]
        When, and between which times; of Envisat's burns 85 % lie within, 41 h wide in the median.
    along_track, along_sigma : float [m/s]
        Delta-v along the velocity in a nearly circular orbit; NaN where the mean motion did not change noticeably.
    cross_track, cross_sigma : float [m/s]
        Delta-v across the track at a node, positive where the inclination grew; NaN where it did not change noticeably.
    semi_major_axis : float [m]
        Change of it by the burn along the track; NaN as `along_track`.
    confidence : float [1]
        One less the chance that noise of the history shows as much anywhere in it.
    """

    tdb: float
    earliest: float
    latest: float
    along_track: float
    along_sigma: float
    cross_track: float
    cross_sigma: float
    semi_major_axis: float
    confidence: float


def manoeuvres(history: History, false_alarms: float = 0.01) -> tuple[Manoeuvre, ...]:
    """Burns of an object, from its element sets alone.

    Along the track a burn shows as a kink of the way along the orbit, across it as a step of the inclination, both
    smeared over the days of tracking that each set was fitted to. What is significant is decided against the scatter of
    such kinks and steps in the same history, so that drag and errors of the sets set the limit: about 2 to 5 mm/s along
    the track at 800 km, some cm/s for the space station. Two burns within a day count as one, and two that undo each
    other within hours do not show. Burns that change neither mean motion nor inclination are not found.

    Parameters
    ----------
    history : History
        From `read_history`.
    false_alarms : float [1]
        Chance that anything is found in a whole history without burns, for each of the two directions.

    Returns
    -------
    tuple of Manoeuvre
        In the order of time.

    Raises
    ------
    InvalidInput
        The chance lies not between 0 and 1.

    Source
    ------
    Own: kinks against noise learnt from the history; smearing by the fits' tracking arcs as in
    `late_ramp`. Gauss's equations for a nearly circular orbit: da = 2 dv / n, di = dv / v at a node (Vallado 2013,
    Fundamentals of Astrodynamics, section 9.3).
    """
    if not 0.0 < false_alarms < 1.0:
        raise InvalidInput(f"the chance of false alarms lies between 0 and 1; got {false_alarms!r}")
    sets = history.elements
    axis = float(np.median(sets.semi_major_axis))
    motion = float(np.median(sets.mean_motion))
    rates = rate_changes(history.seconds, history.longitude * axis, false_alarms)
    planes = plane_changes(history.seconds, sets.inclination, false_alarms)
    found: list[Manoeuvre] = []
    for rate in rates:
        near = [plane for plane in planes if abs(plane.time - rate.time) < TOGETHER]
        plane = min(near, key=lambda each: abs(each.time - rate.time)) if near else None
        if plane is not None:
            planes.remove(plane)
        found.append(_manoeuvre(history, rate, plane, axis, motion))
    found += [_manoeuvre(history, None, plane, axis, motion) for plane in planes]
    return tuple(sorted(found, key=lambda one: one.tdb))


def _manoeuvre(
    history: History, rate: RateChange | None, plane: PlaneChange | None, axis: float, motion: float
) -> Manoeuvre:
    seen = [change for change in (rate, plane) if change is not None]
    best = min(seen, key=lambda change: change.latest - change.earliest)
    significance = max(abs(change.change) / change.sigma for change in seen)
    times = history.tdb[0] + np.array([best.time, best.earliest, best.latest])
    along = (-rate.change / 3.0, rate.sigma / 3.0) if rate is not None else (np.nan, np.nan)
    speed = axis * motion
    across = (speed * plane.change, speed * plane.sigma) if plane is not None else (np.nan, np.nan)
    return Manoeuvre(
        float(times[0]),
        float(times[1]),
        float(times[2]),
        *along,
        *across,
        2.0 * along[0] / motion,
        max(0.0, 1.0 - len(history.elements) * math.erfc(significance / math.sqrt(2.0))),
    )
