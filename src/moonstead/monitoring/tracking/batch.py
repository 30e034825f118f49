"""An orbit from all its tracking at once: least squares by orthogonal triangles over any mix of measurements."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.estimation.least_squares import (
    SquareRootInformation,
    minimise,
    prior_from_covariance,
    prior_from_sigmas,
    square_root_information,
)
from moonstead.estimation.outliers import reselect, row_chi_square
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.monitoring.tracking.fit_forces import MARGIN, FitForces, FitSpan, fit_span
from moonstead.monitoring.tracking.fit_rows import Computed, FitRows
from moonstead.monitoring.tracking.flown_orbit import FlownOrbit, fly_orbit
from moonstead.monitoring.tracking.orbit_fit import OrbitFit, StationReport

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

STATE_NAMES = ("x", "y", "z", "vx", "vy", "vz")
MOST_ROUNDS = 12  # of leaving rows out and fitting again
LEAD = 5.0  # [s] from the start of the orbit to the first measurement: the light was on its way before


def fit_orbit(
    rows: Sequence[FitRows],
    start: OrbitState,
    forces: FitForces,
    data: DataContext,
    *,
    covariance: Array | None = None,
    until: float | None = None,
    reject: bool = True,
    name: str = "fitted orbit",
) -> OrbitFit:
    """Fit an orbit to measurements.

    Parameters
    ----------
    rows : sequence of FitRows
        Measurements of any kinds, such as `LaserRows` and `TrackedRows`.
    start : OrbitState
        First guess at any time, about the centre of the forces in ICRF axes.
    forces : FitForces
        What acts, and which of it is sought.
    data : DataContext
        Ephemeris, orientation, gravity.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2], optional
        Of the first guess, where it is knowledge of its own: at the first guess's time, ICRF.
    until : float [s TDB past J2000], optional
        Fly at least so far.
    reject : bool
        Leave out rows that do not fit.
    name : str
        What messages call the orbit.

    Returns
    -------
    OrbitFit
        Its state stands a few seconds before the first measurement.

    Raises
    ------
    InvalidInput
        There are no measurements.
    NumericalFailure
        The first guess cannot be flown, or the measurements do not determine the parameters.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    Tapley, Schutz & Born (2004), Statistical Orbit Determination, chapters 4 and 5; outliers as `reselect`.
    """
    if not rows or not any(one.tdb.size for one in rows):
        raise InvalidInput("there are no measurements to fit an orbit to")
    times = np.concatenate([one.tdb for one in rows])
    first = min(one.first_tdb for one in rows if one.tdb.size) - LEAD
    last = max(float(np.max(times)) + MARGIN, until or -np.inf)
    begin, known = _moved(start, covariance, first, forces, data)
    span = fit_span(begin, last, forces, data)
    problem = _Problem(tuple(rows), span, name)
    prior = problem.prior(begin, known)
    guess = np.concatenate((begin.position_velocity, forces.first_values, np.zeros(len(problem.own_names))))
    used = np.ones(times.size, dtype=bool)
    iterations = 0
    for rounds_left in range(MOST_ROUNDS - 1, -1, -1):
        answer = minimise(partial(problem.weighted, used=used), guess, prior=prior)
        iterations += answer.iterations
        guess = answer.parameters
        again = problem.selection(guess, answer.information.covariance(), used) if reject else used
        settled = np.array_equal(again, used)
        if settled or not rounds_left:
            break
        used = again
    return problem.told(guess, answer.information, used, iterations, answer.converged and settled)


class _Problem:
    """Rows, forces and times of one fit."""

    def __init__(self, rows: tuple[FitRows, ...], span: FitSpan, name: str) -> None:
        self.rows, self.span, self.name = rows, span, name
        self.own_names = tuple(one for part in rows for one in part.own_parameters)
        self.names = (*STATE_NAMES, *span.forces.sought, *self.own_names)
        self._last: tuple[bytes, FlownOrbit, list[Computed]] | None = None

    def prior(self, begin: OrbitState, known: Array | None) -> SquareRootInformation:
        """What is known of the parameters beforehand."""
        forces = self.span.forces
        expected = [forces.expected.get(one, (0.0, np.inf)) for one in forces.sought]
        values = np.array([0.0] * 6 + [value for value, _ in expected] + [0.0] * len(self.own_names))
        sigmas = np.concatenate(
            [np.full(6, np.inf), np.array([sigma for _, sigma in expected]), *(part.own_sigmas for part in self.rows)]
        )
        prior = prior_from_sigmas(values, sigmas)
        if known is None:
            return prior
        state = prior_from_covariance(begin.position_velocity, known)
        wide = np.zeros((6, values.size))
        wide[:, :6] = state.triangle
        return square_root_information(wide, state.right_side, prior)

    def weighted(self, values: Array, used: Flags) -> tuple[Array, Array]:
        """Residuals and design of the rows in use over their standard deviations."""
        _, parts = self.computed(values)
        residuals, designs = [], []
        for part, computed, chosen in zip(self.rows, parts, self._split(used), strict=True):
            weight = 1.0 / part.sigma[chosen]
            keep = weight > 0.0
            residuals.append((computed.residual[chosen] * weight)[keep])
            designs.append((computed.design[chosen] * weight[:, :, None])[keep])
        return np.concatenate(residuals), np.concatenate(designs)

    def computed(self, values: Array) -> tuple[FlownOrbit, list[Computed]]:
        """The orbit, and what it says of each set of rows, with all parameters in the design."""
        key = values.tobytes()
        if self._last is not None and self._last[0] == key:
            return self._last[1], self._last[2]
        width = 6 + len(self.span.forces.sought)
        orbit = fly_orbit(values[:6], values[6:width], self.span, name=self.name)
        parts, place = [], width
        for part in self.rows:
            count = len(part.own_parameters)
            own = part.computed(orbit, values[place : place + count], self.span.data)
            design = np.zeros((*own.residual.shape, values.size))
            design[:, :, :width] = own.design[:, :, :width]
            design[:, :, place : place + count] = own.design[:, :, width:]
            parts.append(Computed(own.residual, design))
            place += count
        self._last = (key, orbit, parts)
        return orbit, parts

    def selection(self, values: Array, covariance: Array, used: Flags) -> Flags:
        """Which rows the next round should use."""
        _, parts = self.computed(values)
        squares, numbers = [], []
        for part, computed, chosen in zip(self.rows, parts, self._split(used), strict=True):
            sigma = part.sigma
            # a number that a row does not have is noise of unit variance with no residual
            noise = np.einsum("nm,mk->nmk", np.where(np.isfinite(sigma), sigma, 1.0) ** 2, np.eye(sigma.shape[1]))
            squares.append(row_chi_square(computed.residual, computed.design, noise, covariance, chosen))
            numbers.append(np.sum(np.isfinite(sigma), axis=1))
        every = np.ones(used.size, dtype=bool)
        return reselect(np.concatenate(squares), np.concatenate(numbers), used, every, values.size)

    def told(
        self, values: Array, information: SquareRootInformation, used: Flags, iterations: int, converged: bool
    ) -> OrbitFit:
        """The answer."""
        orbit, parts = self.computed(values)
        flags = self._split(used)
        reports = [
            report
            for part, computed, chosen in zip(self.rows, parts, flags, strict=True)
            for report in _reports(part, computed.residual, chosen)
        ]
        weighted, _ = self.weighted(values, used)
        freedom = max(weighted.size - values.size, 1)
        return OrbitFit(
            orbit=orbit,
            names=self.names,
            values=values,
            covariance=information.covariance(),
            residuals=tuple(computed.residual for computed in parts),
            used=flags,
            normalised_rms=float(np.sqrt(np.sum(weighted**2) / freedom)),
            reports=tuple(reports),
            iterations=iterations,
            converged=converged,
            span=self.span,
        )

    def _split(self, used: Flags) -> tuple[Flags, ...]:
        return tuple(np.split(used, np.cumsum([part.tdb.size for part in self.rows])[:-1]))


def _reports(part: FitRows, residual: Array, chosen: Flags) -> list[StationReport]:
    station, kind = np.array(part.station), np.array(part.kind)
    out = []
    for who, what in sorted(set(zip(part.station, part.kind, strict=True))):
        mine = (station == who) & (kind == what)
        finite = np.any(np.isfinite(part.sigma[mine]), axis=0)
        inside, all_rows = residual[mine & chosen][:, finite], residual[mine][:, finite]
        weight = 1.0 / part.sigma[mine & chosen][:, finite]
        out.append(
            StationReport(
                station=who,
                kind=what,
                used=int(np.sum(mine & chosen)),
                rejected=int(np.sum(mine & ~chosen)),
                mean=_mean(inside),
                rms=np.sqrt(_mean(inside**2)),
                rms_of_all=np.sqrt(_mean(all_rows**2)),
                normalised=float(np.sqrt(np.mean((inside * weight) ** 2))) if inside.size else float("nan"),
            )
        )
    return out


def _mean(values: Array) -> Array:
    return np.mean(values, axis=0) if len(values) else np.full(values.shape[1], np.nan)


def _moved(
    start: OrbitState, covariance: Array | None, first: float, forces: FitForces, data: DataContext
) -> tuple[OrbitState, Array | None]:
    """The first guess, and its covariance, at the start of the span."""
    if start.epoch_tdb == first:
        return start, covariance
    try:
        flown = propagate(start, first, forces.model, data, with_transition=covariance is not None)
    except NumericalFailure as fault:
        raise NumericalFailure(f"the first guess can not be flown to the first measurement: {fault}") from fault
    if flown.hit_surface:
        raise NumericalFailure(
            f"the first guess meets {flown.ending_body} before it reaches the first measurement: give a better one"
        )
    at = np.array([first])
    state = OrbitState(flown.state(at)[0], first, start.center)
    if covariance is None:
        return state, None
    phi = flown.transition(at)[0]
    return state, phi @ np.asarray(covariance, dtype=np.float64) @ phi.T
