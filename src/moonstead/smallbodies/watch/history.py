"""The history of a probability: what would have been said after each night of an observation file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, MoonsteadError
from moonstead.smallbodies.impact.search import impact_probabilities
from moonstead.smallbodies.orbit_fit.determine import determine_orbit
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]

NIGHT_GAP = 8.0 * 3600.0  # [s] without an observation anywhere; shorter pauses belong to the same night
FEWEST_ROWS = 3


@dataclass(frozen=True, eq=False)
class HistoryPoint:
    """What would have been said at one time.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        Last observation that was known.
    rows : int
        How many observations that were.
    arc : float [s]
        From the first to the last.
    bodies : tuple of str
        ``"EARTH"`` and ``"MOON"``, or what was asked.
    probability : (B,) [1]
        Of an impact on each; NaN where no orbit was found.
    interval : (B, 2) [1]
        Their intervals.
    reason : str
        Why there is no answer; empty where there is one.
    """

    tdb: float
    rows: int
    arc: float
    bodies: tuple[str, ...]
    probability: Array
    interval: Array
    reason: str


def night_ends(tdb: Array, gap: float = NIGHT_GAP) -> Array:
    """Last observation of each night.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times of observations, in any order.
    gap : float [s]
        Pause that parts two nights; stations around the world may leave none for days.

    Returns
    -------
    (K,) [s TDB past J2000]
        Rising; at least one a day where observations never pause.

    Source
    ------
    Definition.
    """
    times = np.sort(np.asarray(tdb, dtype=np.float64))
    if not times.size:
        return times
    ends = []
    begin = times[0]
    for now, following in itertools.pairwise(times.tolist()):
        if following - now > gap or following - begin > SECONDS_PER_DAY:
            ends.append(now)
            begin = following
    return np.array([*ends, times[-1]])


def probability_history(
    prepared: PreparedObservations,
    until_tdb: float,
    perturbers: Perturbers,
    data: DataContext,
    *,
    cutoffs: Sequence[float] | None = None,
    bodies: tuple[str, ...] = ("EARTH", "MOON"),
    progress: Callable[[str], None] | None = None,
) -> tuple[HistoryPoint, ...]:
    """Impact probabilities as they would have been told after each night.

    Parameters
    ----------
    prepared : PreparedObservations
        All observations of one object.
    until_tdb : float [s TDB past J2000]
        How far ahead is looked.
    perturbers : Perturbers
        What pulls.
    data : DataContext
        Where bodies and stations are taken from.
    cutoffs : sequence of float [s TDB past J2000] or None
        Times after which nothing was known yet; the ends of the nights where it is left out.
    bodies : tuple of str
        What may be hit.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    tuple of HistoryPoint
        One for each cutoff with at least three rows before it. Where no orbit was found, the reason is told.

    Raises
    ------
    InvalidInput
        No cutoff has enough rows before it.

    Source
    ------
    The chain of `determine_orbit` and `impact_probabilities`, which name their sources.
    """
    known = night_ends(prepared.tdb) if cutoffs is None else np.sort(np.asarray(cutoffs, dtype=np.float64))
    points = []
    for number, cutoff in enumerate(known.tolist(), 1):
        rows = prepared.tdb <= cutoff
        if np.count_nonzero(rows) < FEWEST_ROWS:
            continue
        if progress is not None:
            progress(f"night {number} of {known.size}: {np.count_nonzero(rows)} rows")
        points.append(_point(prepared.take(rows, prepared.radar.tdb <= cutoff), until_tdb, perturbers, data, bodies))
    if not points:
        raise InvalidInput(f"no cutoff has {FEWEST_ROWS} observations before it; give later ones")
    return tuple(points)


def _point(
    known: PreparedObservations, until_tdb: float, perturbers: Perturbers, data: DataContext, bodies: tuple[str, ...]
) -> HistoryPoint:
    last, arc = float(known.tdb.max()), float(known.tdb.max() - known.tdb.min())
    nothing = np.full(len(bodies), np.nan)
    try:
        found = determine_orbit(known, perturbers, data)
        orbit = found if isinstance(found, RangedOrbit) else found.orbit
        answer = impact_probabilities(orbit, until_tdb, perturbers, data, bodies=bodies)
    except MoonsteadError as error:
        return HistoryPoint(last, known.count, arc, bodies, nothing, np.stack((nothing, nothing), axis=1), str(error))
    told = [answer.of(name) for name in bodies]
    probability, interval = np.array([one.probability for one in told]), np.array([one.interval for one in told])
    return HistoryPoint(last, known.count, arc, bodies, probability, interval, "")
