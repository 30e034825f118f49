"""Orbit of a craft about the Moon out of tracking, and how well it is known then and later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.burns import radial_axes
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.estimation.least_squares import (
    LeastSquares,
    SquareRootInformation,
    minimise,
    prior_from_covariance,
)
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.navigation.lunar.tracking import Place, Tracking, computed

Array = NDArray[np.float64]

TOLERANCE = 1e-3  # [m] of the flight: below what Doppler of 0.1 mm/s over 60 s can see
SIGMA_AT_START = (1e6, 1e3)  # [m, m/s] of the first state, where nothing is said of it: as good as free


@dataclass(frozen=True)
class UnknownForces:
    """What the force model does not know, as random quantities that are estimated with the orbit.

    Attributes
    ----------
    radiation : float [1]
        Standard deviation of the factor on radiation pressure; 0 where it is known.
    pulse : float [m/s]
        Standard deviation of jumps of the velocity along each axis; 0 for none.
    pulse_interval : float [s]
        From one jump to the next.
    """

    radiation: float = 0.0
    pulse: float = 0.0
    pulse_interval: float = 1800.0

    def __post_init__(self) -> None:
        if self.radiation < 0.0 or self.pulse < 0.0 or not self.pulse_interval > 0.0:
            raise InvalidInput("sigmas of unknown forces must not be negative, the interval of pulses positive")

    def pulse_times(self, start: float, stop: float) -> Array:
        """When the velocity jumps.

        Parameters
        ----------
        start, stop : float [s TDB past J2000]
            Of the flight.

        Returns
        -------
        (K,) [s TDB past J2000]
            Between both, not at these.
        """
        if self.pulse == 0.0:
            return np.zeros(0)
        return np.arange(start + self.pulse_interval, stop - 1e-3, self.pulse_interval)


@dataclass(frozen=True, eq=False)
class TrackedOrbit:
    """An orbit out of tracking.

    Attributes
    ----------
    flight : PropagatedTrajectory
        Under the force model alone from the first state found, with transition matrices.
    names : (k,) tuple of str
        Of the parameters: ``x`` to ``vz``, ``radiation``, ``pulse 3 y``, ``range bias Kashi``.
    values : (k,) [mixed]
        The parameters [m, m/s, 1].
    covariance : (k, k) [mixed]
        Of all of them.
    pulse_times : (K,) [s TDB past J2000]
        When the velocity jumps.
    fit : LeastSquares
        How it went.
    residuals : tuple of (M,) [1]
        For each set of measurements, over their sigmas; of pseudoranges, after the clock of each epoch.
    measurements : int
        Equations, clocks taken off.
    """

    flight: PropagatedTrajectory
    names: tuple[str, ...]
    values: Array
    covariance: Array
    pulse_times: Array
    fit: LeastSquares
    residuals: tuple[Array, ...] = field(default=())
    measurements: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """First and last time [s TDB past J2000] with a state: tracked and predicted."""
        return self.flight.span

    def state(self, tdb: ArrayLike) -> Array:
        """States (N, 6) [m, m/s] about the Moon, ICRF, at times (N,) [s TDB past J2000], by all that was found."""
        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        linear = _response(self.flight, times, self.pulse_times, len(self.flight.parameters))[:, :, 6:]
        return np.asarray(self.flight.state(times) + linear @ self.values[6 : 6 + linear.shape[2]])

    def covariances(self, tdb: ArrayLike) -> Array:
        """Covariances of the state along the arc and beyond it.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within the span; beyond the tracking, jumps that nothing has been measured of make it grow.

        Returns
        -------
        (N, 6, 6) [m^2, m^2/s, m^2/s^2]
            Along the axes of the ICRF: straight, while the orbit bends. Where the sigma along the orbit is hundreds of
            metres (12 h beyond tracking by side lobes alone, at the periapsis) the errors across it are larger than
            these by the bend; the same covariance in orbital elements holds.

        Source
        ------
        Linear propagation of the covariance of all parameters: Tapley, Schutz & Born (2004), section 4.8.
        """
        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        linear = _response(self.flight, times, self.pulse_times, len(self.flight.parameters))
        width = linear.shape[2]
        return np.asarray(linear @ self.covariance[:width, :width] @ linear.transpose(0, 2, 1))

    def position_sigmas(self, tdb: ArrayLike) -> Array:
        """Standard deviations of the position.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times within the span.

        Returns
        -------
        (N, 3) [m]
            Radial, transverse, normal to the orbit.

        Source
        ------
        As `covariances`.
        """
        times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        covariances = self.covariances(times)[:, :3, :3]
        axes = np.array([radial_axes(state) for state in self.state(times)])
        return np.sqrt(np.einsum("nij,njk,nik->ni", axes, covariances, axes))


def fit_tracking(
    tracking: Sequence[Tracking],
    start: OrbitState,
    forces: ForceModel,
    data: DataContext,
    *,
    unknown: UnknownForces | None = None,
    until: float | None = None,
    start_covariance: ArrayLike | None = None,
    prepared: PreparedForces | None = None,
) -> TrackedOrbit:
    """Find the orbit that tracking speaks for, by batch least squares with orthogonal triangles.

    Estimated are the first state, the unknown forces and a bias of each source, all with what is known of them
    beforehand; the clock of a craft that receives pseudoranges is free at each epoch. The covariance holds what these
    priors and sigmas say, and nothing else: a force or an error that they do not describe is not in it.

    Parameters
    ----------
    tracking : sequence of Tracking
        Measurements after `start`.
    start : OrbitState
        First guess, about the Moon.
    forces : ForceModel
        With radiation, where its factor is unknown.
    data : DataContext
        Ephemeris, orientation and gravity.
    unknown : UnknownForces, optional
        What the forces leave open; nothing if not given.
    until : float, optional [s TDB past J2000]
        How far the orbit is predicted; the last measurement if not given.
    start_covariance : (6, 6), optional [m^2, m^2/s, m^2/s^2]
        Of the first guess; 1000 km and 1 km/s if not given.
    prepared : PreparedForces, optional
        The same forces laid out before, for many fits.

    Returns
    -------
    TrackedOrbit

    Raises
    ------
    InvalidInput
        There are fewer equations than the orbit has parameters, or measurements lie before the start.
    NumericalFailure
        The fit does not converge, or the measurements leave a direction undetermined.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    Tapley, Schutz & Born (2004), Statistical Orbit Determination, chapter 4; pulses as in Beutler et al. (2006),
    J. Geodesy 80, 353, doi:10.1007/s00190-006-0072-6; clocks taken off by an orthogonal projection of each epoch.
    """
    unknown = unknown or UnknownForces()
    sets = [each for each in tracking if each.tdb.size]
    last = max((float(each.tdb[-1]) for each in sets), default=start.epoch_tdb)
    stop = max(last, last if until is None else until)
    first = min((float(each.tdb[0]) - each.count_interval * (each.kind == "doppler") for each in sets), default=last)
    if sets and first - 10.0 < start.epoch_tdb:  # light that returns by then was at the craft before
        raise InvalidInput(
            f"a measurement {first - start.epoch_tdb:.1f} s after the first state asks for the craft before it; "
            "start the orbit 10 s before the first measurement or earlier"
        )
    prepared = prepared or prepare_forces(forces, start.epoch_tdb, stop, data)
    factors = ("radiation",) if unknown.radiation > 0.0 else ()
    pulses = unknown.pulse_times(start.epoch_tdb, stop)
    biases = [
        f"{each.kind} bias {source.name}"
        for each in sets
        if each.bias_sigma > 0.0 and each.kind != "doppler"
        for source in each.sources
    ]
    names = ("x", "y", "z", "vx", "vy", "vz", *factors)
    names += tuple(f"pulse {number + 1} {axis}" for number in range(pulses.size) for axis in "xyz")
    names += tuple(biases)
    known = _prior(start, start_covariance, unknown, len(factors), pulses.size, sets)
    flown: dict[bytes, tuple[PropagatedTrajectory, list[Array]]] = {}

    def model(parameters: Array) -> tuple[Array, Array]:
        flight = propagate(
            OrbitState(parameters[:6], start.epoch_tdb),
            stop,
            prepared,
            data,
            tolerance=TOLERANCE,
            with_transition=True,
            parameters=factors,
        )
        if flight.hit_surface:
            raise NumericalFailure("the orbit meets the Moon's surface")
        residuals, design = _equations(sets, flight, parameters, pulses, len(factors), data)
        flown[parameters.tobytes()] = flight, residuals
        return np.concatenate(residuals), np.concatenate(design)

    rows = sum(each.tdb.size - (np.unique(each.tdb).size if each.kind == "pseudorange" else 0) for each in sets)
    if rows < 6:
        raise InvalidInput(f"{rows} equations do not give an orbit; give 6 or more, clocks taken off")
    guess = np.zeros(len(names))
    guess[:6] = start.position_velocity
    fit = minimise(model, guess, prior=known)
    if not fit.converged:
        raise NumericalFailure(
            f"the orbit still moves by {fit.next_correction:.3g} standard deviations after {fit.iterations} rounds; "
            "is the first guess near, and is this one craft without a manoeuvre?"
        )
    flight, residuals = flown[fit.parameters.tobytes()]
    covariance = fit.information.covariance()
    return TrackedOrbit(flight, names, fit.parameters, covariance, pulses, fit, tuple(residuals), rows)


def _prior(
    start: OrbitState,
    covariance: ArrayLike | None,
    unknown: UnknownForces,
    factors: int,
    pulses: int,
    sets: Sequence[Tracking],
) -> SquareRootInformation:
    """What is known of all parameters beforehand."""
    if covariance is None:
        first = np.diag(np.repeat(np.square(SIGMA_AT_START), 3))
    else:
        first = np.asarray(covariance, dtype=np.float64)
    sigmas = [unknown.radiation] * factors + [unknown.pulse] * (3 * pulses)
    for each in sets:
        if each.bias_sigma > 0.0 and each.kind != "doppler":
            sigmas += [each.bias_sigma] * len(each.sources)
    whole = np.zeros((6 + len(sigmas), 6 + len(sigmas)))
    whole[:6, :6] = first
    whole[range(6, len(whole)), range(6, len(whole))] = np.square(sigmas)
    values = np.zeros(len(whole))
    values[:6] = start.position_velocity
    return prior_from_covariance(values, whole)


def _response(flight: PropagatedTrajectory, tdb: Array, pulses: Array, factors: int) -> Array:
    """Change (N, 6, 6 + P + 3 K) of the state with the first state, force factors and jumps of the velocity."""
    phi = flight.transition(tdb)
    parts = [phi]
    if factors:
        parts.append(flight.sensitivity(tdb))
    if pulses.size:
        back = np.linalg.inv(flight.transition(pulses))[:, :, 3:]
        jumps = np.einsum("nij,kjl->nikl", phi, back)
        jumps *= (tdb[:, None] >= pulses)[:, None, :, None]
        parts.append(jumps.reshape(tdb.size, 6, -1))
    return np.concatenate(parts, axis=2)


def _craft(flight: PropagatedTrajectory, offsets: Array, pulses: Array, factors: int, data: DataContext) -> Place:
    """Places of the craft from the centre of the Earth: its flight, and what factors and jumps add to it."""

    def place(tdb: Array) -> Array:
        there = flight.state(tdb)[:, :3] + data.ephemeris.position("MOON", "EARTH", tdb)
        if np.any(offsets):
            there = there + _response(flight, tdb, pulses, factors)[:, :3, 6:] @ offsets
        return there

    return place


def _equations(
    sets: Sequence[Tracking],
    flight: PropagatedTrajectory,
    parameters: Array,
    pulses: Array,
    factors: int,
    data: DataContext,
) -> tuple[list[Array], list[Array]]:
    """Weighted residuals and design of all measurements."""
    motion = 6 + factors + 3 * pulses.size
    craft = _craft(flight, parameters[6:motion], pulses, factors, data)
    residuals, designs = [], []
    bias = motion
    for each in sets:
        found = computed(each, craft, data)
        design = np.zeros((each.tdb.size, parameters.size))
        for moment, direction in zip(found.moments, found.directions, strict=True):
            design[:, :motion] += np.einsum("mi,mik->mk", direction, _response(flight, moment, pulses, factors)[:, :3])
        residual = each.value - found.value
        if each.bias_sigma > 0.0 and each.kind != "doppler":
            design[np.arange(each.tdb.size), bias + each.source] = 1.0
            residual = residual - parameters[bias + each.source]
            bias += len(each.sources)
        residual, design = residual / each.sigma, design / each.sigma[:, None]
        if each.kind == "pseudorange":
            residual, design = _without_clock(each, residual, design)
        residuals.append(residual)
        designs.append(design)
    return residuals, designs


def _without_clock(each: Tracking, residual: Array, design: Array) -> tuple[Array, Array]:
    """Project out the clock of each epoch, a free constant: what is left has one equation less and the same noise."""
    kept_residual, kept_design = [], []
    edges = np.flatnonzero(np.diff(each.tdb) > 0.0) + 1
    for rows in np.split(np.arange(each.tdb.size), edges):
        clock = 1.0 / each.sigma[rows]
        basis = np.linalg.qr(clock[:, None], mode="complete")[0][:, 1:]
        kept_residual.append(basis.T @ residual[rows])
        kept_design.append(basis.T @ design[rows])
    return np.concatenate(kept_residual), np.concatenate(kept_design)
