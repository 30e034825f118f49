"""What a fit of an orbit answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate import OrbitState
from moonstead.monitoring.tracking.fit_forces import FitSpan, fit_span
from moonstead.monitoring.tracking.flown_orbit import FlownOrbit, fly_orbit

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StationReport:
    """How well the measurements of one kind by one station are met.

    Attributes
    ----------
    station, kind : str
        Who measured what.
    used, rejected : int
        Rows in the fit, and left out of it.
    mean, rms : (m,) [mixed]
        Of the residuals of rows in the fit.
    rms_of_all : (m,) [mixed]
        With the rows that were left out.
    normalised : float [1]
        Root mean square of residuals over their standard deviations, of rows in the fit.
    """

    station: str
    kind: str
    used: int
    rejected: int
    mean: Array
    rms: Array
    rms_of_all: Array
    normalised: float


@dataclass(frozen=True, eq=False)
class OrbitFit:
    """A fitted orbit.

    Attributes
    ----------
    orbit : FlownOrbit
        Where the object goes; a `Trajectory`.
    names : tuple of str
        Of the K parameters: state, forces, then those of the measurements.
    values : (K,) [mixed]
        Fitted.
    covariance : (K, K) [mixed]
        Of them, for measurements that vary as their standard deviations say.
    residuals : tuple of (N, m) [mixed]
        Of each set of rows.
    used : tuple of (N,) bool
        Rows of each set that the fit was made of.
    normalised_rms : float [1]
        Root of chi-square over the degrees of freedom.
    reports : tuple of StationReport
        By station and kind.
    iterations : int
        Corrections in all rounds.
    converged : bool
        Whether the last round came to rest.
    span : FitSpan
        Forces and times, to fly on with.
    """

    orbit: FlownOrbit
    names: tuple[str, ...]
    values: Array
    covariance: Array
    residuals: tuple[Array, ...]
    used: tuple[Flags, ...]
    normalised_rms: float
    reports: tuple[StationReport, ...]
    iterations: int
    converged: bool
    span: FitSpan

    @property
    def state(self) -> OrbitState:
        """The fitted state at the start of the orbit."""
        return self.orbit.initial

    @property
    def state_covariance(self) -> Array:
        """Covariance (6, 6) [m^2, m^2/s, m^2/s^2] of the fitted state, ICRF."""
        return self.covariance[:6, :6]

    @property
    def rejected(self) -> int:
        """Number of rows left out."""
        return int(sum(np.sum(~flags) for flags in self.used))

    def covariance_at(self, tdb: Array) -> Array:
        """Covariance of the state at times.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Within the orbit.

        Returns
        -------
        (N, 6, 6) [m^2, m^2/s, m^2/s^2]
            ICRF; by the errors of the fitted parameters alone.
        """
        by = self.orbit.partials(tdb)
        known = self.covariance[: self.orbit.width, : self.orbit.width]
        return np.asarray(by @ known @ by.transpose(0, 2, 1))

    def extended(self, last: float) -> FlownOrbit:
        """The orbit flown on to a later time.

        Parameters
        ----------
        last : float [s TDB past J2000]
            End.

        Returns
        -------
        FlownOrbit

        Raises
        ------
        OutsideSpan
            The data do not cover it.
        NumericalFailure
            The flight does not reach there.
        """
        span = fit_span(self.state, last, self.span.forces, self.span.data)
        return fly_orbit(self.values[:6], self.values[6 : self.orbit.width], span, name=self.orbit.name)
