"""A fitted orbit: where the satellite was and will be, how well, and what was found about its forces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.response import cumulative_integral, hermite, kick_response
from moonstead.foundation.errors import OutsideSpan
from moonstead.foundation.frames.earth_rotation import precise_itrf_from_icrf
from moonstead.navigation.orbit_determination.flight import Flight
from moonstead.navigation.time import gpst_from_tdb, tdb_from_gpst

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STATE_NAMES = ("x", "y", "z", "vx", "vy", "vz")
FORCE_NOISE = 3e-17  # [m^2/s^3] density of white acceleration that makes the sigma of 24 h predictions fit their errors


@dataclass(frozen=True, eq=False)
class FittedOrbit:
    """An orbit that fits positions, and its prediction.

    Attributes
    ----------
    satellite : str
        "R01" ...
    model : str
        Of solar radiation, one of `SOLAR_MODELS`.
    names : tuple of str
        The 6 + P parameters: ``x`` ... ``vz`` (ICRF, geocentric, at the first epoch), then those of the forces.
    values : (6 + P,) [m, m/s, m/s^2]
        What was found, forces at 1 au; D0 holds the push that the flight was begun with.
    covariance : (6 + P, 6 + P) [mixed]
        Of the parameters, with the scatter of the residuals as the error of a position.
    flight : Flight
        The reference flight and its partial derivatives.
    corrections : (P,) [mixed]
        Values of the force parameters within `flight`.
    fit_span : (2,) [s of GPST]
        First and last position that was fitted.
    gpst : (M,) [s of GPST]
        Times of the positions that were fitted.
    residuals : (M, 3) [m]
        Measured less computed, along radius, track and normal.
    rejected : int
        Positions within the span that were left out as outliers.
    data : DataContext
        Where the axes of the Earth come from.
    """

    satellite: str
    model: str
    names: tuple[str, ...]
    values: Array
    covariance: Array
    flight: Flight
    corrections: Array
    fit_span: tuple[float, float]
    gpst: Array
    residuals: Array
    rejected: int
    data: DataContext

    @property
    def sigmas(self) -> Array:
        """Standard deviations (6 + P,) [m, m/s, m/s^2] of `values`."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def rms(self) -> Array:
        """Root mean square (3,) [m] of the residuals along radius, track and normal."""
        return np.asarray(np.sqrt(np.mean(self.residuals**2, axis=0)))

    @property
    def rms_3d(self) -> float:
        """Root mean square [m] of the distances between measured and computed positions."""
        return float(np.sqrt(np.mean(np.sum(self.residuals**2, axis=1))))

    @property
    def eclipsed(self) -> float:
        """Share [1] of the flight that is spent in penumbra or umbra."""
        return float(np.mean(self.flight.share < 1.0))

    @property
    def last_gpst(self) -> float:
        """Last time [s of GPST] of the flight."""
        return float(gpst_from_tdb(self.flight.tdb[-1:])[0])

    def inertial_states(self, gpst: ArrayLike) -> Array:
        """Geocentric states along the axes of the ICRF.

        Parameters
        ----------
        gpst : (N,) [s of GPST]
            Within the flight.

        Returns
        -------
        (N, 6) [m, m/s]

        Raises
        ------
        OutsideSpan
            A time lies outside the flight.
        """
        return self._states(self._tdb(gpst))

    def states(self, gpst: ArrayLike) -> Array:
        """Earth-fixed states of the centre of mass.

        Parameters
        ----------
        gpst : (N,) [s of GPST]
            Within the flight.

        Returns
        -------
        (N, 6) [m, m/s]
            ITRF; the velocity is that in the turning axes.

        Raises
        ------
        OutsideSpan
            A time lies outside the flight.
        """
        tdb = self._tdb(gpst)
        return precise_itrf_from_icrf(tdb, self.data).state(self._states(tdb))

    def position_covariance(self, gpst: ArrayLike) -> Array:
        """Covariances of positions along radius, track and normal.

        Past the fit, white acceleration of `FORCE_NOISE` is added: what the force model leaves out.

        Parameters
        ----------
        gpst : (N,) [s of GPST]
            Within the flight.

        Returns
        -------
        (N, 3, 3) [m^2]

        Raises
        ------
        OutsideSpan
            A time lies outside the flight.

        Source
        ------
        Phi P Phi^T + Q: Tapley, Schutz & Born (2004), Statistical Orbit Determination, sections 4.8 and 4.9. The
        density was found on predictions of 2020-177 from 2020-176 against the orbits of GRG, see docs/navigation.md.
        """
        tdb = self._tdb(gpst)
        states, design = self.flight.partials(tdb)
        here = radial_axes(states) @ design[:, :3]
        covariance = here @ self.covariance @ here.transpose(0, 2, 1)
        noise = radial_axes(states) @ self.flight.reference.transition(tdb)[:, :3]
        return np.asarray(covariance + FORCE_NOISE * noise @ self._unmodelled(tdb) @ noise.transpose(0, 2, 1))

    def _unmodelled(self, tdb: Array) -> Array:
        """Integrals (N, 6, 6) of the answer to a unit of white acceleration since the end of the fit."""
        nodes = self.flight.tdb
        kick = kick_response(self.flight.reference.transition(nodes))
        rate = kick @ kick.transpose(0, 2, 1)
        rate[nodes < tdb_from_gpst(self.fit_span[1])[0]] = 0.0
        return hermite(nodes, cumulative_integral(rate, float(nodes[1] - nodes[0])), rate, tdb)

    def _states(self, tdb: Array) -> Array:
        change = self.flight.changes_at(tdb) @ np.concatenate(([1.0], self.corrections))
        moved = np.einsum("nij,nj->ni", self.flight.reference.transition(tdb), change)
        return np.asarray(self.flight.reference.state(tdb) + moved)

    def _tdb(self, gpst: ArrayLike) -> Array:
        tdb = tdb_from_gpst(gpst)
        first, last = float(self.flight.tdb[0]), float(self.flight.tdb[-1])
        if tdb.size and not (np.min(tdb) >= first - 1e-3 and np.max(tdb) <= last):
            raise OutsideSpan(
                f"the orbit of {self.satellite} was flown for {(last - first) / 3600.0:.1f} h from the first position "
                "that was fitted; ask for times within, or fit with a later `until`"
            )
        return np.maximum(tdb, first)


def settled_orbit(
    satellite: str,
    model: str,
    flight: Flight,
    step: Array,
    covariance: Array,
    gpst: Array,
    data: DataContext,
    *,
    residuals: Array | None = None,
    rejected: int = 0,
) -> FittedOrbit:
    """The orbit that a flight and its last, small corrections make.

    Parameters
    ----------
    satellite, model : str
        As in `FittedOrbit`.
    flight : Flight
        Of the last round.
    step : (6 + P,) [mixed]
        Corrections of the initial state, and values of the force parameters.
    covariance : (6 + P, 6 + P) [mixed]
        Of them.
    gpst : (M,) [s of GPST]
        Times of what was fitted.
    data : DataContext
        Where the axes of the Earth come from.
    residuals : (M, 3) [m], optional
        Along radius, track and normal; none where ranges were fitted, not positions.
    rejected : int
        Positions left out.

    Returns
    -------
    FittedOrbit

    Source
    ------
    The step joins the initial state through the transition matrix, as `Flight` tells.
    """
    values = np.concatenate((flight.reference.state(flight.tdb[:1])[0], np.zeros(len(flight.names)))) + step
    if model != "box-wing":
        values[6] -= flight.push  # D0 is counted towards the Sun
    changes = flight.changes.copy()
    changes[:, :, 0] += step[:6]
    return FittedOrbit(
        satellite=satellite,
        model=model,
        names=(*STATE_NAMES, *flight.names),
        values=values,
        covariance=covariance,
        flight=replace(flight, changes=changes),
        corrections=step[6:],
        fit_span=(float(gpst_from_tdb(flight.tdb[:1])[0]), float(gpst[-1])),
        gpst=gpst,
        residuals=np.zeros((0, 3)) if residuals is None else residuals,
        rejected=rejected,
        data=data,
    )
