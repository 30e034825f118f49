"""From a first orbit to the best one: differential correction with rejection of rows that do not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.estimation.least_squares import (
    LeastSquares,
    SquareRootInformation,
    minimise,
    prior_from_sigmas,
)
from moonstead.estimation.outliers import reselect, row_chi_square, shown_scatter
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.elements import kepler_elements
from moonstead.smallbodies.motion.orbit import PUSH_NAMES, STATE_NAMES
from moonstead.smallbodies.orbit_fit.equations import Equations, equations
from moonstead.smallbodies.orbit_fit.result import OrbitFit
from moonstead.smallbodies.orbit_fit.row_notes import row_reasons, station_notes

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.smallbodies.astrometry.prepare import PreparedObservations
    from moonstead.smallbodies.motion.flight import Flight
    from moonstead.smallbodies.motion.orbit import SmallBodyOrbit
    from moonstead.smallbodies.motion.perturbers import Perturbers

__all__ = ["OrbitFit", "correct_orbit"]

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

MOST_CHOICES = 25  # of rows; each leaves out all rows within a factor of four of the worst
GROSS = 1e4  # [1] times the median chi-square: rows that would spoil the first correction, taken back when they fit
LIGHT_TIME_ROOM = 1.5  # [1] times the largest distance of the first orbit, for those that corrections lead through
FASTEST = 1e5  # [m/s] of a body relative to the Earth
EARTH_APHELION = 1.02 * ASTRONOMICAL_UNIT  # [m]
SHORTEST_ROOM = 600.0  # [s] the same near the Earth


def correct_orbit(
    first: SmallBodyOrbit,
    prepared: PreparedObservations,
    perturbers: Perturbers,
    data: DataContext,
    *,
    solve_for: Sequence[str] = (),
    prior: Mapping[str, tuple[float, float]] | None = None,
    radius: float | None = None,
    reject_outliers: bool = True,
    begin_with: tuple[Chosen, Chosen] | None = None,
    most_iterations: int = 40,
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
    radius : float [m], optional
        Of the body: reduces radar echoes of its surface to its centre; without it those delays are not used.
    reject_outliers : bool
        Leave out rows that do not fit, and take them back when they do.
    begin_with : two of bool, optional
        Places (N,) and echoes (M,) that the first correction uses; left out, all that are not grossly off.
    most_iterations : int
        Bound of the number of corrections, over all choices of rows.

    Returns
    -------
    OrbitFit
        With `converged` false where the iterations did not suffice.

    Raises
    ------
    InvalidInput
        There are fewer numbers than parameters, or `solve_for` or `prior` name something else.
    NumericalFailure
        The first orbit cannot be flown through the observations, or they leave it undetermined.

    Source
    ------
    Milani & Gronchi (2010), Theory of Orbit Determination, chapter 5; rejection: Carpino, Milani & Chesley (2003),
    Icarus 166, 248, doi:10.1016/S0019-1035(03)00051-4.
    """
    solved = tuple(name for name in PUSH_NAMES if name in solve_for)
    _require(solve_for, prior or {}, solved, prepared)
    problem = _Problem(first, prepared, perturbers, data, solved, radius)
    known = _prior(prior, solved)
    here = problem.start()
    at_start = problem.at(here)
    eligible = np.isfinite(at_start.radar_sigma)
    used, radar_used = begin_with or _first_choice(at_start, eligible, reject_outliers)
    numbers = 2 * int(np.sum(used)) + int(np.sum(radar_used))
    if numbers + (0 if known is None else known.rows) < here.size:
        raise InvalidInput(f"{numbers} numbers cannot determine {here.size} parameters; give more observations")
    seen: set[bytes] = set()
    iterations, settled = 0, False
    while True:
        left = max(most_iterations - iterations, 1)
        fitted = minimise(problem.model(used, radar_used), here, prior=known, most_iterations=left)
        here, iterations = fitted.parameters, iterations + fitted.iterations
        rows = problem.at(here)
        chi_square = _chi_square(rows, fitted, used, radar_used, prepared.nightly)
        if not reject_outliers:
            settled = True
            break
        chosen = _choose(chi_square, used, radar_used, eligible, here.size)
        if np.array_equal(chosen, np.concatenate((used, radar_used))) or chosen.tobytes() in seen:
            settled = True
            break
        if iterations >= most_iterations or len(seen) >= MOST_CHOICES:
            break
        seen.add(np.concatenate((used, radar_used)).tobytes())
        used, radar_used = chosen[: used.size], chosen[used.size :]
    return _answer(problem, fitted, rows, chi_square, (used, radar_used), iterations, fitted.converged and settled)


@dataclass(eq=False)
class _Problem:
    """The observations and all that does not change while an orbit is corrected."""

    first: SmallBodyOrbit
    prepared: PreparedObservations
    perturbers: Perturbers
    data: DataContext
    solved: tuple[str, ...]
    radius: float | None
    last: tuple[bytes, Equations] | None = field(default=None)

    def start(self) -> Array:
        force = self.first.non_gravitational
        return np.array([*self.first.state, *(getattr(force, name.lower()) for name in self.solved)])

    def orbit(self, parameters: Array, covariance: Array | None = None) -> SmallBodyOrbit:
        pushes = dict(zip((name.lower() for name in self.solved), parameters[6:].tolist(), strict=True))
        return replace(
            self.first,
            state=parameters[:6].copy(),
            non_gravitational=replace(self.first.non_gravitational, **pushes),
            covariance=covariance,
            parameters=(*STATE_NAMES, *self.solved),
        )

    def flight(self, orbit: SmallBodyOrbit) -> Flight:
        from moonstead.smallbodies.motion.flight import fly

        return fly(orbit, self.span(), self.perturbers, with_partials=True)

    def span(self) -> tuple[float, float]:
        """From before the first light left to the last observation [s TDB past J2000], with the epoch between."""
        rows = self.prepared.observations
        times = np.concatenate((rows.tdb, rows.radar.tdb))
        observer = np.concatenate((self.prepared.observer, self.prepared.radar_receiver))
        nearest = int(np.argmin(np.abs(times - self.first.tdb)))
        distance = float(np.linalg.norm(self.first.state[:3] - observer[nearest, :3]))
        distance += FASTEST * float(np.max(np.abs(times - self.first.tdb)))
        sun = self.data.ephemeris.state("SUN", "SOLAR SYSTEM BARYCENTER", np.array([self.first.tdb]))
        apart = float(kepler_elements(self.first.state - sun, body("SUN").gm).apoapsis_distance[0]) + EARTH_APHELION
        room = LIGHT_TIME_ROOM * min(distance, apart) / SPEED_OF_LIGHT + SHORTEST_ROOM
        return min(float(np.min(times)) - room, self.first.tdb), max(float(np.max(times)), self.first.tdb)

    def at(self, parameters: Array) -> Equations:
        """Equations at parameters; those of the last call are kept, which are asked for twice."""
        key = parameters.tobytes()
        if self.last is None or self.last[0] != key:
            flight = self.flight(self.orbit(parameters))
            columns = [*range(6), *(6 + PUSH_NAMES.index(name) for name in self.solved)]
            self.last = (key, equations(flight, self.prepared, self.data, columns, self.radius))
        return self.last[1]

    def model(self, used: Chosen, radar_used: Chosen):
        return lambda parameters: self.at(parameters).weighted(used, radar_used)


def _require(
    solve_for: Sequence[str],
    prior: Mapping[str, tuple[float, float]],
    solved: tuple[str, ...],
    prepared: PreparedObservations,
) -> None:
    unknown = [name for name in solve_for if name not in PUSH_NAMES]
    if unknown:
        raise InvalidInput(f"solve_for knows {', '.join(PUSH_NAMES)}; got {', '.join(unknown)}")
    loose = [name for name in prior if name not in solved]
    if loose:
        raise InvalidInput(f"a-priori knowledge of {', '.join(loose)} is given, which is not solved for")
    if prepared.observations.count + prepared.observations.radar.count == 0:
        raise InvalidInput("there is no observation to fit an orbit to")


def _prior(prior: Mapping[str, tuple[float, float]] | None, solved: tuple[str, ...]) -> SquareRootInformation | None:
    if not prior:
        return None
    known = [prior.get(name, (0.0, np.inf)) for name in solved]
    return prior_from_sigmas([0.0] * 6 + [value for value, _ in known], [np.inf] * 6 + [sigma for _, sigma in known])


def _first_choice(rows: Equations, eligible: Chosen, reject_outliers: bool) -> tuple[Chosen, Chosen]:
    """All rows but those that stand out by orders of magnitude before the first correction."""
    used = np.ones(rows.residuals.shape[0], dtype=bool)
    if reject_outliers and used.size:
        distance = np.sum(rows.residuals**2, axis=1) / np.trace(rows.covariances, axis1=1, axis2=2)
        used = distance <= GROSS * np.median(distance)
    return used, eligible.copy()


def _chi_square(
    rows: Equations, fitted: LeastSquares, used: Chosen, radar_used: Chosen, nightly: Array
) -> tuple[Array, Array]:
    """Chi-square of each place (N,) and echo (M,), by the noise of a row by itself or the scatter that rows show."""
    covariance = fitted.information.covariance()
    places = row_chi_square(rows.residuals, rows.design, rows.covariances, covariance, used) * nightly**2
    places = places / shown_scatter(places)
    finite = np.isfinite(rows.radar_sigma)
    echoes = np.full(finite.size, np.inf)
    echoes[finite] = row_chi_square(
        rows.radar_residuals[finite, None],
        rows.radar_design[finite, None, :],
        rows.radar_sigma[finite, None, None] ** 2,
        covariance,
        radar_used[finite],
    )
    return places, echoes


def _choose(
    chi_square: tuple[Array, Array], used: Chosen, radar_used: Chosen, eligible: Chosen, parameters: int
) -> Chosen:
    numbers = np.concatenate((np.full(used.size, 2.0), np.ones(radar_used.size)))
    return reselect(
        np.concatenate(chi_square),
        numbers,
        np.concatenate((used, radar_used)),
        np.concatenate((np.ones(used.size, dtype=bool), eligible)),
        parameters,
    )


def _answer(
    problem: _Problem,
    fitted: LeastSquares,
    rows: Equations,
    chi_square: tuple[Array, Array],
    chosen: tuple[Chosen, Chosen],
    iterations: int,
    converged: bool,
) -> OrbitFit:
    used, radar_used = chosen
    numbers = 2 * int(np.sum(used)) + int(np.sum(radar_used))
    if numbers == 0:
        raise NumericalFailure("no row is left that fits an orbit")
    known = fitted.information.rows - numbers
    normalised, radar_normalised = (np.sqrt(each) for each in chi_square)
    reasons, radar_reasons = row_reasons(rows, normalised, used, radar_normalised, radar_used)
    rms = float(np.sqrt(np.mean(rows.residuals[used] ** 2))) if np.any(used) else float("nan")
    return OrbitFit(
        orbit=problem.orbit(fitted.parameters, fitted.information.covariance()),
        prepared=problem.prepared,
        solved_for=problem.solved,
        residuals=rows.residuals,
        covariances=rows.covariances,
        places=rows.places,
        normalised=normalised,
        used=used,
        reasons=reasons,
        radar_residuals=rows.radar_residuals,
        radar_normalised=radar_normalised,
        radar_used=radar_used,
        radar_reasons=radar_reasons,
        chi_square=fitted.chi_square,
        degrees_of_freedom=numbers + known - fitted.parameters.size,
        rms=rms,
        iterations=iterations,
        converged=converged,
        notes=station_notes(problem.prepared.observations.station, normalised, used),
    )
