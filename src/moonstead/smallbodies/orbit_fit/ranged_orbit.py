"""What is known of an orbit when the arc is too short for an ellipsoid: a weighted sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RangedOrbit:
    """Orbits that agree with a short arc of observations, each with its share of the probability.

    Attributes
    ----------
    name : str
        Designation of the object.
    tdb : float [s TDB past J2000]
        Epoch of the states.
    states : (N, 6) [m, m/s]
        About the solar system barycentre, ICRF.
    weights : (N,) [1]
        Share of the probability that each orbit carries; they sum to 1.
    chi_square : (N,) [1]
        Weighted sum of the squared residuals of each orbit.
    best : SmallBodyOrbit
        The orbit with the smallest sum of squares.
    range_, range_rate : (N,) [m], [m/s]
        Distance from the observer at the epoch and its rate.
    arc : float [s]
        Time from the first observation used to the last.
    used : (M,) bool
        Which rows of the observations the sample rests on.
    reasons : tuple of str
        Why each row was left out, empty where it was used; (M,).
    prior : str
        What was assumed before the observations: ``"uniform"`` in range and range rate, or ``"population"``.
    grid_range : (2,) [m]
        Nearest and farthest range that the grid covered.
    grid_range_rate : (2,) [m/s]
        Smallest and largest range rate that the grid covered.
    """

    name: str
    tdb: float
    states: Array
    weights: Array
    chi_square: Array
    best: SmallBodyOrbit
    range_: Array
    range_rate: Array
    arc: float
    used: NDArray[np.bool_]
    reasons: tuple[str, ...]
    prior: str
    grid_range: tuple[float, float]
    grid_range_rate: tuple[float, float]

    @property
    def effective_count(self) -> float:
        """Number of equally weighted orbits [1] that would tell as much: 1 / sum of squared weights (Kish 1965)."""
        return float(1.0 / np.sum(self.weights**2))
