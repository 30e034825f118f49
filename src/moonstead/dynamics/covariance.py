"""How uncertain a state becomes: by the linear map of the motion, and by sigma points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.dispersions import covariance_in_icrf, square_root
from moonstead.dynamics.flights import ENDINGS
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

PARTS = 8  # of a step of the propagation, for sums of noise


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Mean states and covariances at some times, in ICRF axes.

    Attributes
    ----------
    times : (K,) [s TDB past J2000]
        When.
    means : (K, 6) [m, m/s]
        Mean states; of the linear map the reference trajectory itself.
    covariances : (K, 6, 6) [m^2, m^2/s, m^2/s^2]
        About the means.
    """

    times: Array
    means: Array
    covariances: Array

    def position_sigmas(self) -> Array:
        """Standard deviations (K, 3) [m] along the principal axes of the position's ellipsoid, rising."""
        return np.asarray(np.sqrt(np.maximum(np.linalg.eigvalsh(self.covariances[:, :3, :3]), 0.0)))


def linear_covariance(
    trajectory: PropagatedTrajectory,
    covariance: ArrayLike,
    times: ArrayLike,
    *,
    axes: str = "ICRF",
    acceleration_noise: float = 0.0,
) -> Uncertainty:
    """Covariances along a trajectory by its state-transition matrices.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        With transition matrices.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        Where the propagation started.
    times : (K,) [s TDB past J2000]
        When covariances are wanted.
    axes : str
        ``"ICRF"``, or ``"RTN"`` for those of the initial state.
    acceleration_noise : float [m^2/s^3]
        Spectral density of white acceleration along each axis; its effect is summed up over steps of
        the propagation.

    Returns
    -------
    Uncertainty
        With the trajectory's own states [m, m/s] as means.

    Raises
    ------
    InvalidInput
        The trajectory has no transition matrices, the noise is negative, or the matrix is no covariance.
    OutsideSpan
        A time lies outside the trajectory.

    Source
    ------
    P(t) = Phi P Phi^T + Q; state noise of white acceleration: Tapley, Schutz & Born (2004), Statistical Orbit
    Determination, sections 4.8 and 4.9.
    """
    moments = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not (np.isfinite(acceleration_noise) and acceleration_noise >= 0.0):
        raise InvalidInput(f"the noise of acceleration must be finite and not negative; got {acceleration_noise!r}")
    initial = trajectory.state(trajectory.initial_tdb)[0]
    start = covariance_in_icrf(initial, covariance, axes)
    square_root(start)
    phi = trajectory.transition(moments)
    total = phi @ start @ phi.transpose(0, 2, 1)
    if acceleration_noise > 0.0:
        noise = _noise_at_start(trajectory, moments, acceleration_noise)
        total = total + phi @ noise @ phi.transpose(0, 2, 1)
    return Uncertainty(moments, trajectory.state(moments), 0.5 * (total + total.transpose(0, 2, 1)))


def _noise_at_start(trajectory: PropagatedTrajectory, moments: Array, density: float) -> Array:
    """What white acceleration up to each time amounts to, mapped back to the start (K, 6, 6): trapezoids over steps."""
    begin = trajectory.initial_tdb
    steps = trajectory.step_times
    between = (steps[:-1, None] + np.diff(steps)[:, None] * np.arange(PARTS) / PARTS).reshape(-1)
    nodes = np.unique(np.concatenate((between, steps[-1:], moments)))
    nodes = nodes[::-1] if moments.min() < begin else nodes
    back = np.linalg.inv(trajectory.transition(nodes))[:, :, 3:]
    rate = density * back @ back.transpose(0, 2, 1)
    lengths = np.abs(np.diff(nodes))[:, None, None]
    summed = np.concatenate((np.zeros((1, 6, 6)), np.cumsum(0.5 * lengths * (rate[1:] + rate[:-1]), axis=0)))
    order = np.argsort(nodes)
    return np.asarray(summed[order[np.searchsorted(nodes, moments, sorter=order)]])


def propagate_covariance(
    initial: OrbitState,
    covariance: ArrayLike,
    until: float | Epoch,
    model: ForceModel,
    data: DataContext,
    *,
    times: ArrayLike | None = None,
    axes: str = "ICRF",
    acceleration_noise: float = 0.0,
    **options: Any,
) -> Uncertainty:
    """How uncertain a spacecraft's state becomes, by the linear map of its motion.

    Parameters
    ----------
    initial : OrbitState
        Mean state at the start.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        At the start.
    until : float [s TDB past J2000] or Epoch
        End.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    times : (K,) [s TDB past J2000] or None
        When covariances are wanted; None for the end.
    axes : str
        ``"ICRF"``, or ``"RTN"`` for those of the initial state.
    acceleration_noise : float [m^2/s^3]
        See `linear_covariance`.
    **options
        For `propagate`, such as burns and tolerance.

    Returns
    -------
    Uncertainty
        Means [m, m/s] are the reference trajectory.

    Raises
    ------
    InvalidInput
        The matrix is no covariance.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    Tapley, Schutz & Born (2004), Statistical Orbit Determination, section 4.8.
    """
    stop = until.tdb() if isinstance(until, Epoch) else float(until)
    trajectory = propagate(initial, stop, model, data, with_transition=True, **options)
    moments = np.array([stop]) if times is None else np.atleast_1d(np.asarray(times, dtype=np.float64))
    return linear_covariance(trajectory, covariance, moments, axes=axes, acceleration_noise=acceleration_noise)


def sigma_point_covariance(
    initial: OrbitState,
    covariance: ArrayLike,
    until: float | Epoch,
    model: ForceModel,
    data: DataContext,
    *,
    times: ArrayLike | None = None,
    axes: str = "ICRF",
    spread: float = 3.0,
    **options: Any,
) -> Uncertainty:
    """How uncertain a spacecraft's state becomes, by thirteen flights from sigma points; to second order in the mean.

    Parameters
    ----------
    initial : OrbitState
        Mean state at the start.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        At the start.
    until : float [s TDB past J2000] or Epoch
        End.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    times : (K,) [s TDB past J2000] or None
        When covariances are wanted; None for the end.
    axes : str
        ``"ICRF"``, or ``"RTN"`` for those of the initial state.
    spread : float [1]
        n + kappa: square of how many standard deviations the points lie out. 3 is what a normal distribution's fourth
        moments ask for.
    **options
        For `propagate_many`, such as burns and tolerance.

    Returns
    -------
    Uncertainty
        Means [m, m/s] and covariances of the points' states.

    Raises
    ------
    InvalidInput
        The matrix is no covariance, or the spread is not positive.
    NumericalFailure
        A point's flight ends before its time.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    Julier & Uhlmann (2004), Unscented filtering and nonlinear estimation, Proc. IEEE 92, 401,
    doi:10.1109/JPROC.2003.823141, symmetric set of section IV.
    """
    if not (np.isfinite(spread) and spread > 0.0):
        raise InvalidInput(f"the spread of sigma points must be positive; got {spread!r}")
    stop = until.tdb() if isinstance(until, Epoch) else float(until)
    mean = initial.position_velocity
    offsets = np.sqrt(spread) * square_root(covariance_in_icrf(mean, covariance, axes)).T
    points = np.concatenate((mean[None, :], mean + offsets, mean - offsets))
    moments = np.array([stop]) if times is None else np.atleast_1d(np.asarray(times, dtype=np.float64))
    flights = propagate_many(points, initial.epoch_tdb, stop, model, data, times=moments, **options)
    if not np.all(flights.arrived):
        row = int(np.argmin(flights.arrived))
        raise NumericalFailure(
            f"the flight from sigma point {row} ends early ({ENDINGS[flights.ending[row]]} "
            f"{flights.ending_body[row]}): end the span before that, or use propagate_many with drawn states"
        )
    weights = np.full(13, 0.5 / spread)
    weights[0] = 1.0 - 6.0 / spread
    # differences from the central flight keep the digits that sums of large numbers would lose
    apart = flights.states - flights.states[0]
    shift = np.einsum("n,nki->ki", weights, apart)
    apart = apart - shift
    total = np.einsum("n,nki,nkj->kij", weights, apart, apart)
    return Uncertainty(flights.times, flights.states[0] + shift, total)
