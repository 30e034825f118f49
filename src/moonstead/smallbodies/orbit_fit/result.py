"""An orbit fitted to observations: with its errors, and what became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class OrbitFit:
    """The orbit that fits N places and M radar measurements best.

    Attributes
    ----------
    orbit : SmallBodyOrbit
        State at the epoch, forces and covariance.
    prepared : PreparedObservations
        What was fitted.
    solved_for : tuple of str
        Parameters beyond the state that were solved for.
    residuals : (N, 2) [rad]
        Measured less computed, right ascension (times cosine of declination) and declination, catalogue bias removed.
    covariances : (N, 2, 2) [rad^2]
        Noise assumed of each row, with the error of its time along the motion.
    places : (N, 3) [m]
        Where the body was when its light left, from the barycentre in ICRF.
    normalised : (N,) [1]
        Root of the chi-square of each row by itself, against the noise assumed of it or, where nine rows in ten show
        that this is too large, against their scatter; 1.4 is usual, rows above 2.8 are left out.
    used : (N,) bool
        Rows that the orbit rests on.
    reasons : tuple of str
        Why each of the N rows was left out; empty where it was used.
    radar_residuals : (M,) [s] or [Hz]
        Measured less computed.
    radar_normalised : (M,) [1]
        As `normalised`, of single numbers.
    radar_used : (M,) bool
        Radar rows that the orbit rests on.
    radar_reasons : tuple of str
        Why each of the M rows was left out.
    chi_square : float [1]
        Weighted sum of squares of the rows used, a-priori terms included.
    degrees_of_freedom : int
        Numbers used, less parameters.
    rms : float [rad]
        Root mean square of the residuals of used places, for one coordinate.
    iterations : int
        Corrections that were made.
    converged : bool
        Whether corrections and choice of rows came to rest.
    notes : tuple of str
        What a reader must know: stations that are off as a whole, what was assumed.
    """

    orbit: SmallBodyOrbit
    prepared: PreparedObservations
    solved_for: tuple[str, ...]
    residuals: Array
    covariances: Array
    places: Array
    normalised: Array
    used: Chosen
    reasons: tuple[str, ...]
    radar_residuals: Array
    radar_normalised: Array
    radar_used: Chosen
    radar_reasons: tuple[str, ...]
    chi_square: float
    degrees_of_freedom: int
    rms: float
    iterations: int
    converged: bool
    notes: tuple[str, ...] = ()

    @property
    def reduced_chi_square(self) -> float:
        """Chi-square for each degree of freedom [1]; 1 where the assumed noise is right."""
        return self.chi_square / self.degrees_of_freedom if self.degrees_of_freedom > 0 else float("nan")
