"""Dates by which something will be known or must have been decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.watch.next_night import target_plane_axes
from moonstead.smallbodies.watch.probability_course import probability_course

if TYPE_CHECKING:
    from moonstead.smallbodies.motion.flight import Flight

Array = NDArray[np.float64]

LIKELY = 0.95  # [1] chance with which a date keeps what it says
SCALES = np.array([1e11, 1e11, 1e11, 3e4, 3e4, 3e4])  # [m, m/s] so that a transition matrix has numbers near one


@dataclass(frozen=True, eq=False)
class DecisionDates:
    """When the plan of nights brings knowledge; None where it does not.

    Attributes
    ----------
    halved : float or None [s TDB past J2000]
        Sigma on the target plane is half of today's or less.
    ruled_out : float or None [s TDB past J2000]
        If the body misses: the probability has dropped below 1e-6 with a chance of 95 %.
    certain : float or None [s TDB past J2000]
        If it hits: the probability is above 0.99 with a chance of 95 %.
    """

    halved: float | None
    ruled_out: float | None
    certain: float | None


def decision_dates(tdb: ArrayLike, shrink: ArrayLike, starts: ArrayLike, stops: ArrayLike) -> DecisionDates:
    """Dates at which a plan of nights halves the uncertainty and settles the question.

    Parameters
    ----------
    tdb : (T,) [s TDB past J2000]
        Ends of the nights, rising.
    shrink : (T,) [1]
        Sigma on the target plane after each, over that of today.
    starts, stops : (K,) [1]
        Intervals of impact along the line of variations, in sigmas of today.

    Returns
    -------
    DecisionDates
        The first night after which each holds.

    Raises
    ------
    InvalidInput
        As `probability_course`.

    Source
    ------
    As `probability_course`.
    """
    times, factors = np.atleast_1d(np.asarray(tdb, dtype=np.float64)), np.atleast_1d(np.asarray(shrink))
    if times.size == 0:
        return DecisionDates(None, None, None)
    course = probability_course(starts, stops, np.clip(factors, 1e-9, 1.0))
    hits = course.expected

    def first(reached: NDArray[np.bool_]) -> float | None:
        found = np.flatnonzero(reached)
        return float(times[found[0]]) if found.size else None

    with np.errstate(divide="ignore", invalid="ignore"):
        settled = course.chance_ruled_out / (1.0 - hits)
        proven = course.chance_certain / hits
    return DecisionDates(first(factors <= 0.5), first(settled >= LIKELY), first(proven >= LIKELY))


def needed_delta_v(flight: Flight, tdb: ArrayLike, encounter_tdb: float, encounter_state: Array, miss: float) -> Array:
    """Least change of velocity at a time that moves a body by a distance on the target plane.

    Parameters
    ----------
    flight : Flight
        The body, flown with partials over the times and the encounter.
    tdb : (N,) [s TDB past J2000]
        Times of the push, before the encounter.
    encounter_tdb : float [s TDB past J2000]
        Closest approach of the nominal orbit.
    encounter_state : (6,) [m, m/s]
        Relative to the body there, ICRF.
    miss : float [m]
        Wanted displacement at the closest approach.

    Returns
    -------
    (N,) [m/s]
        In the best direction; no other does it with less.

    Raises
    ------
    InvalidInput
        The wanted displacement is not positive, or a time lies after the encounter.

    Source
    ------
    Largest singular value of the partials of the target plane by the velocity; along the orbit it grows as three times
    the lead: Ahrens & Harris (1992), Nature 360, 429, doi:10.1038/360429a0.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if not miss > 0.0:
        raise InvalidInput(f"the wanted displacement must be positive [m]; got {miss!r}")
    if np.any(times >= encounter_tdb):
        raise InvalidInput("a push must come before the encounter")
    plane = target_plane_axes(encounter_state)
    there = flight.partials(np.array([encounter_tdb]))[0, :, :6] / SCALES[:, None] * SCALES
    here = flight.partials(times)[:, :, :6] / SCALES[:, None] * SCALES
    # from the push to the encounter: transition(encounter, start) transition(push, start)^-1
    between = np.swapaxes(np.linalg.solve(np.swapaxes(here, 1, 2), np.broadcast_to(there.T, here.shape)), 1, 2)
    reach = plane @ (between[:, :3, 3:] * SCALES[0] / SCALES[3])
    needed: Array = miss / np.linalg.svd(reach, compute_uv=False)[:, 0]
    return needed


def last_push(tdb: ArrayLike, needed: ArrayLike, available: float) -> float | None:
    """Last time at which an available change of velocity is enough.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    needed : (N,) [m/s]
        What `needed_delta_v` answers.
    available : float [m/s]
        What a mission can give.

    Returns
    -------
    float or None [s TDB past J2000]
        Between two times by linear interpolation; None where it is never enough.

    Source
    ------
    Definition.
    """
    times, wanted = np.asarray(tdb, dtype=np.float64), np.asarray(needed, dtype=np.float64)
    enough = np.flatnonzero(wanted <= available)
    if not enough.size:
        return None
    last = int(enough[-1])
    if last + 1 == times.size:
        return float(times[last])
    share = (available - wanted[last]) / (wanted[last + 1] - wanted[last])
    return float(times[last] + share * (times[last + 1] - times[last]))
