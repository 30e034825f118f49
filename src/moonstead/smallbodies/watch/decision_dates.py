"""Dates by which something will be known or must have been decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.smallbodies.watch.probability_course import probability_course

Array = NDArray[np.float64]

LIKELY = 0.95  # [1] chance with which a date keeps what it says


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


def last_push(tdb: ArrayLike, needed: ArrayLike, available: float) -> float | None:
    """Last time at which an available change of velocity is enough.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    needed : (N,) [m/s]
        Change of velocity needed at each.
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
