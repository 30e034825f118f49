"""Orbits as one observer sees them at one time, corrected to fit rows of observations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.kernel_cache import prepare
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import EARTH, EARTH_J2, ShortArcForces

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

MOST_NODES = 2001  # [1] steps of one flight; a state that would need more spirals about a body and is no candidate
NO_CLIP = 1e300  # [1]


@dataclass(frozen=True, eq=False)
class FittedOrbits:
    """Orbits after their correction.

    Attributes
    ----------
    orbits : (N, 8) [mixed]
        Direction (3) [1], its rate (3) [rad/s], logarithm of the range [ln m], range rate [m/s].
    chi_square : (N,) [1]
        Weighted sum of squares; infinite where no flight reaches all rows.
    normal : (N, 6, 6) [mixed]
        Normal matrices of two directions, two rates, ln range, range rate.
    gradient : (N, 6) [mixed]
        Transposed partials times whitened residuals.
    settled : (N,) bool
        Whether the correction converged.
    """

    orbits: Array
    chi_square: Array
    normal: Array
    gradient: Array
    settled: Chosen

    def chosen(self, which: Chosen | NDArray[np.int64]) -> FittedOrbits:
        """The orbits of a mask or of positions."""
        return FittedOrbits(
            self.orbits[which], self.chi_square[which], self.normal[which], self.gradient[which], self.settled[which]
        )

    def reduced(self) -> tuple[Array, Array]:
        """What is left for ln range and range rate once direction and motion follow: (N, 2, 2) and (N, 2) [mixed].

        The sum of squares near an orbit is chi_square - 2 gradient . d + d . matrix . d.

        Source
        ------
        Schur complement of the normal matrix.
        """
        with np.errstate(all="ignore"):
            scale = np.sqrt(np.maximum(np.einsum("njj->nj", self.normal), np.finfo(float).tiny))
            scale[~np.isfinite(scale)] = 1.0
            normal = self.normal / (scale[:, :, None] * scale[:, None, :])
            gradient = self.gradient / scale
            normal[~np.isfinite(normal).all(axis=(1, 2))] = np.eye(6)
            gradient[~np.isfinite(gradient).all(axis=1)] = 0.0
            block = normal[:, :4, :4] + 1e-13 * np.eye(4)
            gain = np.linalg.solve(block, np.concatenate([normal[:, :4, 4:], gradient[:, :4, None]], axis=2))
            matrix = normal[:, 4:, 4:] - normal[:, 4:, :4] @ gain[:, :, :2]
            slope = gradient[:, 4:] - (normal[:, 4:, :4] @ gain[:, :, 2:])[:, :, 0]
        outer = scale[:, 4:]
        return matrix * outer[:, :, None] * outer[:, None, :], slope * outer


@dataclass(frozen=True, eq=False)
class Observer:
    """The observer whose sight defines range and direction of all orbits of a search.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        Epoch.
    state : (6,) [m, m/s]
        From the solar system barycentre in ICRF.
    forces : ShortArcForces
        What pulls on the bodies it sees.
    """

    tdb: float
    state: Array
    forces: ShortArcForces

    def states(self, orbits: Array) -> Array:
        """States of orbits at the epoch.

        Parameters
        ----------
        orbits : (N, 8) [mixed]
            As in `FittedOrbits`.

        Returns
        -------
        (N, 6) [m, m/s]
            From the solar system barycentre in ICRF.

        Source
        ------
        Milani et al. (2004), CMDA 90, 57, equation 1.
        """
        distance = np.exp(orbits[:, 6:7])
        direction, rate = orbits[:, :3], orbits[:, 3:6]
        return np.concatenate(
            [self.state[:3] + distance * direction, self.state[3:] + orbits[:, 7:8] * direction + distance * rate],
            axis=1,
        )

    def orbits(self, states: Array) -> Array:
        """Orbits as this observer sees them, of states at the epoch.

        Parameters
        ----------
        states : (N, 6) [m, m/s]
            From the solar system barycentre in ICRF.

        Returns
        -------
        (N, 8) [mixed]
            As in `FittedOrbits`.

        Source
        ------
        Inverse of `states`.
        """
        sight = states - self.state
        distance = np.linalg.norm(sight[:, :3], axis=1)[:, None]
        direction = sight[:, :3] / distance
        rate = np.sum(direction * sight[:, 3:], axis=1)[:, None]
        return np.concatenate([direction, (sight[:, 3:] - rate * direction) / distance, np.log(distance), rate], axis=1)

    def fit(
        self, orbits: Array, rows: RangingRows, *, free: int, clip: float = NO_CLIP, most: int = 15
    ) -> FittedOrbits:
        """Correct orbits to fit rows.

        Parameters
        ----------
        orbits : (N, 8) [mixed]
            First guesses.
        rows : RangingRows
            Observations, in the order of time.
        free : int
            4 to correct direction and motion alone, 6 to correct range and range rate too.
        clip : float [1]
            Residual in standard errors beyond which a row's weight falls (Huber 1964).
        most : int
            Bound of the corrections of one orbit; 0 to judge the guesses as they are.

        Returns
        -------
        FittedOrbits
            In the order of the guesses.

        Source
        ------
        Constrained correction of the attributable: Farnocchia, Chesley & Micheli (2015), Icarus 258, 18, section 2;
        damping: Levenberg (1944), Marquardt (1963).
        """
        return self._run(orbits, rows, free, clip, most)[0]

    def residuals(self, orbit: Array, rows: RangingRows) -> tuple[Array, Array]:
        """Observed less computed (M, 2) [rad], and partials (M, 2, 6) [mixed], of one orbit (8,) [mixed].

        Parameters
        ----------
        orbit : (8,) [mixed]
            At the epoch.
        rows : RangingRows
            Observations.

        Returns
        -------
        (M, 2) [rad] and (M, 2, 6) [mixed]
            NaN where the orbit does not reach the rows.
        """
        fitted, residual, partials = self._run(orbit[None, :], rows, 6, NO_CLIP, 0)
        if not np.isfinite(fitted.chi_square[0]):
            residual[:] = np.nan
        return residual, partials

    def motion(self, orbit: Array, rows: RangingRows) -> Array:
        """Apparent motion that an orbit has at the times of rows.

        Parameters
        ----------
        orbit : (8,) [mixed]
            As in `FittedOrbits`.
        rows : RangingRows
            Observations.

        Returns
        -------
        (M, 2) [rad/s]
            East and north; NaN where the orbit does not reach the rows.

        Source
        ------
        Difference over two seconds.
        """
        interval = 2.0
        later = RangingRows(
            rows.index,
            rows.tdb + interval,
            rows.observer + interval * np.pad(rows.observer[:, 3:], ((0, 0), (0, 3))),
            rows.axes,
            rows.sigma,
            rows.correlation,
            rows.timing,
            rows.motion,
            rows.station,
        )
        motion: Array = (self.residuals(orbit, rows)[0] - self.residuals(orbit, later)[0]) / interval
        return motion

    def _run(
        self, orbits: Array, rows: RangingRows, free: int, clip: float, most: int
    ) -> tuple[FittedOrbits, Array, Array]:
        prepare()
        from moonstead.smallbodies.orbit_fit.ranging_kernels import fit_orbits

        result = np.array(orbits, dtype=np.float64, order="C")
        count, forces = result.shape[0], self.forces
        chi_square, statuses = np.empty(count), np.empty(count, dtype=np.int64)
        normal, gradient = np.zeros((count, 6, 6)), np.zeros((count, 6))
        residual, partials = np.zeros((rows.count, 2)), np.zeros((rows.count, 2, 6))
        fit_orbits(
            result,
            np.ascontiguousarray(self.state),
            float(self.tdb),
            int(free),
            float(clip),
            int(most),
            rows.tdb,
            np.ascontiguousarray(rows.observer),
            np.ascontiguousarray(rows.axes),
            rows.whitening(),
            forces.start,
            forces.step,
            forces.table,
            forces.gm,
            forces.radii,
            EARTH,
            EARTH_J2,
            np.empty(MOST_NODES),
            np.empty((MOST_NODES, 3, 21)),
            chi_square,
            normal,
            gradient,
            statuses,
            residual,
            partials,
        )
        return FittedOrbits(result, chi_square, normal, gradient, statuses == 0), residual, partials
