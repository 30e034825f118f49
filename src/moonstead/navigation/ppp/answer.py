"""What precise point positioning answers beyond a series of positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.positioning.answer import PositionSeries

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Convergence:
    """How a static position settles as epochs come in: each row is the estimate from all epochs up to a time.

    Arcs and the choice of measurements are those of the whole span.

    Attributes
    ----------
    gpst : (K,) [s]
        Last epoch used, GPS time past 1980-01-06.
    position : (K, 3) [m]
        ITRF; NaN while the epochs do not suffice.
    sigma : (K, 3) [m]
        Formal standard deviations of its coordinates, without what the products add.
    """

    gpst: Array
    position: Array
    sigma: Array


@dataclass(frozen=True, kw_only=True)
class PrecisePosition(PositionSeries):
    """A series of positions with all that was estimated beside them.

    In static mode every solved epoch carries the one position that all epochs gave together. `residuals` are those of
    the phases.

    Attributes
    ----------
    static : bool
        One position for all epochs.
    zenith_delay, zenith_delay_sigma : (E,) [m]
        Delay of the neutral atmosphere in the zenith, and its formal standard deviation.
    gradients : (E, 2) [m]
        Of that delay to the north and to the east.
    code_residuals : (E, S) [m]
        NaN where not computed.
    arc : (E, S) int
        Arc of each phase, -1 where there is none.
    ambiguity, ambiguity_sigma : (A,) [m]
        Ionosphere-free, of each arc.
    code_bias : (S,) [m]
        Of each satellite's code against the clocks; with the spread of its system as prior.
    signals : tuple of (str, str, str, str)
        Codes and phases of the two bands of each satellite.
    convergence : Convergence or None
        In static mode.
    """

    static: bool
    zenith_delay: Array
    zenith_delay_sigma: Array
    gradients: Array
    code_residuals: Array
    arc: NDArray[np.int64]
    ambiguity: Array
    ambiguity_sigma: Array
    code_bias: Array
    signals: tuple[tuple[str, str, str, str], ...]
    convergence: Convergence | None
