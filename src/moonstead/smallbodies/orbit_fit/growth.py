"""From weeks to decades: an orbit is corrected on ever longer arcs until all rows are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.correct import correct_orbit

if TYPE_CHECKING:
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.correct import OrbitFit

Chosen = NDArray[np.bool_]
Whole = NDArray[np.int64]

FACTORS = (1.0, 0.3, 0.1, 0.0)  # [1] of the arc, by which it is widened on both sides; 0 takes the next rows alone
NEXT = 1.05  # [1] times the gap to the next rows
FEW = 300  # rows that an arc is represented by until the last correction
ENOUGH = 0.6  # [1] share of new rows that must agree, else the step was too wide
NAMED = 12  # lines that a message names
YEAR = 365.25 * SECONDS_PER_DAY  # [s]


def grow_arc(
    first: SmallBodyOrbit,
    within: tuple[float, float],
    prepared: PreparedObservations,
    perturbers: Perturbers,
    data: DataContext,
    *,
    solve_for: Sequence[str],
    say: Callable[[str], None],
) -> OrbitFit:
    """Extend an orbit from the arc it holds on to all rows.

    Parameters
    ----------
    first : SmallBodyOrbit
        Orbit of an arc.
    within : (2,) [s TDB past J2000]
        That arc.
    prepared : PreparedObservations
        All rows.
    perturbers : Perturbers
        What pulls.
    data : DataContext
        Where bodies and stations are taken from.
    solve_for : sequence of str
        Non-gravitational parameters of the last correction.
    say : callable
        Told what is being done.

    Returns
    -------
    OrbitFit
        On all rows [m, m/s]; what does not agree is left out with its reason.

    Raises
    ------
    NumericalFailure, InvalidInput
        As `correct_orbit`; the message names the lines of rows that lie outside of the arc that holds.

    Source
    ------
    Prediction and correction on growing arcs: Milani & Gronchi (2010), Theory of Orbit Determination, chapters 5 and 7.
    """
    tdb = prepared.tdb
    orbit = first
    low, high = within
    held = within
    while tdb.min() < low or tdb.max() > high:
        for factor in FACTORS:
            wide = _wider(tdb, low, high, factor)
            rows = _represented(tdb, *wide)
            try:
                fit = correct_orbit(orbit, prepared.take(rows, np.empty(0, dtype=np.int64)), perturbers, data)
            except NumericalFailure:
                continue
            new = (tdb[rows] < low) | (tdb[rows] > high)
            old_share, new_share = np.mean(fit.used[~new]), np.mean(fit.used[new])
            if fit.converged and min(old_share, new_share) >= ENOUGH:
                orbit, held = replace(fit.orbit, covariance=None), wide
                break
        else:  # these rows belong to something else: they stay outside until the last correction judges them
            say(f"{int(np.sum((tdb >= wide[0]) & (tdb <= wide[1])))} rows do not continue the arc")
        low, high = wide
        count = int(np.sum((tdb >= low) & (tdb <= high)))
        say(f"arc: {count} rows over {(high - low) / YEAR:.2f} years")
    try:
        return correct_orbit(orbit, prepared, perturbers, data, solve_for=solve_for)
    except NumericalFailure as error:
        outside = prepared.observations.line[(tdb < held[0]) | (tdb > held[1])]
        if outside.size == 0:
            raise
        lines = ", ".join(str(line) for line in outside[:NAMED]) + (" and more" if outside.size > NAMED else "")
        raise NumericalFailure(
            f"{error}; {outside.size} rows do not belong to the arc of the others: lines {lines}"
        ) from error


def _wider(tdb: NDArray[np.float64], low: float, high: float, factor: float) -> tuple[float, float]:
    """An arc [s TDB past J2000] that has more rows."""
    before, after = tdb[tdb < low], tdb[tdb > high]
    gaps = [low - before.max() if before.size else np.inf, after.min() - high if after.size else np.inf]
    grow = max(factor * (high - low), NEXT * min(gaps), SECONDS_PER_DAY)
    inside = tdb[(tdb >= low - grow) & (tdb <= high + grow)]
    return min(float(inside.min()), low), max(float(inside.max()), high)


def _represented(tdb: NDArray[np.float64], low: float, high: float) -> Whole:
    """At most a few hundred rows of an arc, spread over its nights."""
    rows = np.flatnonzero((tdb >= low) & (tdb <= high))
    rows = rows[np.argsort(tdb[rows], kind="stable")]
    if rows.size <= FEW:
        return rows
    night = tdb[rows] // SECONDS_PER_DAY
    first = np.flatnonzero(np.diff(night, prepend=night[0] - 1.0))
    place = np.arange(rows.size) - np.repeat(first, np.diff(np.append(first, rows.size)))
    order = np.lexsort((night, place))  # every night's first row, then every night's second
    chosen = order[:FEW] if first.size <= FEW else first[np.linspace(0, first.size - 1, FEW).astype(np.int64)]
    return np.sort(rows[chosen])
