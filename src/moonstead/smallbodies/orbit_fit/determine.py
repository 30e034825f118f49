"""An orbit from nothing but observations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
from moonstead.smallbodies.orbit_fit.attributable import tracklets
from moonstead.smallbodies.orbit_fit.growth import grow_arc
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows, ranging_rows
from moonstead.smallbodies.orbit_fit.ranging_sample import PRIORS, ranged_orbit
from moonstead.smallbodies.orbit_fit.short_arc_search import ShortArc, search_short_arc

if TYPE_CHECKING:
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.correct import OrbitFit

__all__ = ["RangedOrbit", "determine_orbit"]

FEWEST = 3  # optical rows
STARTS = 6  # tracklets that a search is begun from before it is given up
CONVINCING = 0.8  # [1] share of rows with which a search ends
MAJORITY = 0.5  # [1] share of rows without which there is no orbit
NAMED = 12  # rows that a message names
WILD = 10.0  # [1] standard errors beyond which a row says nothing for an orbit, however much all rows scatter


def determine_orbit(
    prepared: PreparedObservations,
    perturbers: Perturbers,
    data: DataContext,
    *,
    solve_for: Sequence[str] = (),
    prior: str = "uniform",
    progress: Callable[[str], None] | None = None,
) -> OrbitFit | RangedOrbit:
    """The orbit of one object, from its observations alone.

    A tracklet is ranged over every distance, the arc grows around it, and once one orbit is left it is corrected on
    ever longer arcs. Where rows disagree with each other, other tracklets are tried and the most agreeing set wins.

    Parameters
    ----------
    prepared : PreparedObservations
        Weighted observations of one object, of minutes or of decades.
    perturbers : Perturbers
        What pulls; must cover the observations.
    data : DataContext
        Where bodies and stations are taken from.
    solve_for : sequence of str
        Non-gravitational parameters of the last correction, of ``"A1"``, ``"A2"``, ``"A3"``.
    prior : str
        What is assumed of short arcs before their observations: ``"uniform"`` in range and range rate, or
        ``"population"``.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    OrbitFit or RangedOrbit
        A corrected orbit with its covariance [m, m/s], or, where the arc is too short for one, a weighted sample.

    Raises
    ------
    InvalidInput
        Fewer than three optical observations, or `prior` is unknown.
    NumericalFailure
        No orbit agrees with most of the rows; the message names those that disagree.

    Source
    ------
    Systematic ranging: Farnocchia, Chesley & Micheli (2015), Icarus 258, 18, doi:10.1016/j.icarus.2015.05.032.
    """
    if prior not in PRIORS:
        raise InvalidInput(f"prior knows {', '.join(PRIORS)}; got {prior!r}")
    if prepared.count < FEWEST:
        raise InvalidInput(f"{prepared.count} optical observations cannot tell an orbit; three are needed at least")
    say = progress or _silent
    rows = ranging_rows(prepared)
    starts = tracklets(rows)
    if not starts:
        raise InvalidInput("no station has two observations within five hours; without them no motion is known")
    found: OrbitFit | RangedOrbit | None = None
    share, tried, failure = 0.0, 0, ""
    followed = np.zeros(rows.count, dtype=np.bool_)
    for start in starts:
        if tried == STARTS:
            break
        if bool(np.all(followed[start])):
            continue  # it would lead to the same orbit
        tried += 1
        arc = search_short_arc(rows, start, data, say)
        if arc is None:
            continue
        followed |= arc.used
        try:
            here = _finished(arc, prepared, perturbers, data, solve_for, prior, say)
        except NumericalFailure as error:
            failure = f" ({error})"
            continue
        agreeing = float(np.mean(_agrees(here)))
        if agreeing > share:
            found, share = here, agreeing
        if share >= CONVINCING:
            break
    if found is None or share < MAJORITY:
        raise NumericalFailure(_refusal(found, rows, prepared, tried, failure))
    return found


def _finished(
    arc: ShortArc,
    prepared: PreparedObservations,
    perturbers: Perturbers,
    data: DataContext,
    solve_for: Sequence[str],
    prior: str,
    say: Callable[[str], None],
) -> OrbitFit | RangedOrbit:
    """A corrected orbit where one is well held, else a sample."""
    name = _name(prepared)
    if not arc.well_held:
        say("sampling: the arc is too short for one orbit")
        return ranged_orbit(arc, name, _reasons(arc), prior)
    state = arc.observer.states(arc.best.orbits)[0]
    first = SmallBodyOrbit(name, arc.observer.tdb, state, source="systematic ranging")
    times = arc.rows.tdb[arc.tried]
    return grow_arc(first, (times[0], times[-1]), prepared, perturbers, data, solve_for=solve_for, say=say)


def _agrees(found: OrbitFit | RangedOrbit) -> NDArray[np.bool_]:
    """Whether each row was used and lies where the orbit puts it."""
    if isinstance(found, RangedOrbit):
        return found.used
    white = np.linalg.solve(np.linalg.cholesky(found.covariances), found.residuals[:, :, None])[:, :, 0]
    agrees: NDArray[np.bool_] = found.used & (np.hypot(white[:, 0], white[:, 1]) < WILD)
    return agrees


def _reasons(arc: ShortArc) -> tuple[str, ...]:
    """Why rows were left out of a short arc, in the order of the observations."""
    reasons = [""] * arc.rows.count
    for place, row in enumerate(arc.rows.index):
        if not arc.used[place]:
            reasons[row] = "far from the best orbit" if arc.tried[place] else "too far in time from the arc"
    return tuple(reasons)


def _name(prepared: PreparedObservations) -> str:
    objects = prepared.observations.objects
    return str(objects[0]) if objects.size else "unknown"


def _refusal(
    found: OrbitFit | RangedOrbit | None, rows: RangingRows, prepared: PreparedObservations, tried: int, failure: str
) -> str:
    if found is None:
        return (
            f"no orbit agrees with most rows around any of {tried} tracklets of {_name(prepared)}{failure}: "
            "are the rows of one object, their times in UTC and their stations right?"
        )
    left_out = np.flatnonzero(~_agrees(found))
    lines = ", ".join(str(prepared.observations.line[row]) for row in left_out[:NAMED])
    more = f" and {left_out.size - NAMED} more" if left_out.size > NAMED else ""
    return (
        f"no orbit agrees with most of the {rows.count} rows of {_name(prepared)}: the best leaves out "
        f"{left_out.size}, on lines {lines}{more}: are they of one object, their times in UTC and their stations right?"
    )


def _silent(_: str) -> None:
    """Say nothing."""
