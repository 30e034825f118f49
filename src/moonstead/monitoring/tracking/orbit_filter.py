"""An orbit followed from measurement to measurement: extended or unscented filter, and smoothing back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, prepare_forces, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.estimation.gaussian import Gaussian, Passage, gaussian
from moonstead.estimation.smoother import smooth
from moonstead.estimation.square_root_filter import Updated, predict, update
from moonstead.estimation.unscented_filter import predict_unscented, update_unscented
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.monitoring.tracking.computed_values import Direction, computed_values
from moonstead.monitoring.tracking.measurements import Measurements
from moonstead.monitoring.tracking.process_noise import acceleration_noise
from moonstead.monitoring.tracking.refraction import Air

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Method = Literal["extended", "unscented"]

STEP_TOLERANCE = 1e-11  # [1] of each step: 0.1 mm near the Earth
REACH = 2.2  # [1] light times to the geocentre that a flight reaches back: up and down from anywhere on the Earth
LEAST_REACH, FURTHEST_REACH = 0.1, 30.0  # [s]


@dataclass(frozen=True, eq=False)
class TrackedOrbit:
    """An orbit at the K times at which something was measured.

    Attributes
    ----------
    tdb : (K,) [s TDB past J2000]
        The times.
    states : (K, 6) [m, m/s]
        After the measurements of each time, of all earlier ones too; about `center` in the ICRF.
    covariances : (K, 6, 6) [m^2, m^2/s, m^2/s^2]
        Of them.
    smoothed_states : (K, 6) [m, m/s]
        By all measurements, the later ones too.
    smoothed_covariances : (K, 6, 6) [m^2, m^2/s, m^2/s^2]
        Of them.
    chi_square : (K,) [1]
        Of the innovations; expected `numbers`.
    numbers : (K,) int
        How many numbers were measured.
    used : (K,) bool
        False where the measurements were refused by the gate.
    center : str
        Body that the states are about.
    """

    tdb: Array
    states: Array
    covariances: Array
    smoothed_states: Array
    smoothed_covariances: Array
    chi_square: Array
    numbers: NDArray[np.int64]
    used: NDArray[np.bool_]
    center: str


def filter_orbit(
    rows: Measurements,
    start: OrbitState,
    covariance: ArrayLike,
    forces: ForceModel,
    data: DataContext,
    *,
    noise_density: ArrayLike = 0.0,
    method: Method = "extended",
    gate: float | None = None,
    air: Air | None = None,
    direction: Direction = "astrometric",
) -> TrackedOrbit:
    """Follow an orbit through its measurements.

    Parameters
    ----------
    rows : Measurements
        In any order; those of one time are taken in together.
    start : OrbitState
        Before or at the first measurement, about the centre of the forces, ICRF.
    covariance : (6, 6) [m^2, m^2/s, m^2/s^2]
        Of the start.
    forces : ForceModel
        What acts; about the Earth or the Moon.
    data : DataContext
        Ephemeris, orientation, gravity.
    noise_density : (3,) or float [m^2/s^3]
        White accelerations that the forces leave out, along radial, transverse and normal axes.
    method : "extended" or "unscented"
        With derivatives at the mean, or with 13 sigma points: better where the covariance is so large that motion or
        measurement bend within it, at ten times the cost. Measured about the Moon with Doppler of 1 mm/s: from a start
        of 1 km and 1 m/s the extended filter is consistent at the end but not smoothed back to the begin, from 5 km
        and 5 m/s it is too sure of itself everywhere; the unscented one is consistent.
    gate : float, optional [1]
        Refuse measurements whose chi-square good ones exceed with a probability below this, such as 1e-4.
    air, direction : Air or None, str
        As in `computed_values`.

    Returns
    -------
    TrackedOrbit

    Raises
    ------
    InvalidInput
        There are no rows, the start lies after the first, the covariance is not positive, or the method is unknown.
    OutsideSpan
        The data do not cover the span.
    NumericalFailure
        The motion cannot be integrated.

    Source
    ------
    Tapley, Schutz & Born (2004), Statistical Orbit Determination, section 4.7; square roots, sigma points and smoothing
    as in `moonstead.estimation`.
    """
    if method not in get_args(Method):
        raise InvalidInput(f"a filter is {' or '.join(get_args(Method))}; got {method!r}")
    if not len(rows):
        raise InvalidInput("there are no measurements to follow an orbit by")
    times = np.unique(rows.tdb)
    if start.epoch_tdb > times[0]:
        raise InvalidInput(
            f"the start {start.epoch_tdb!r} lies after the first measurement {float(times[0])!r} [s TDB past J2000]"
        )
    count = float(np.max(rows.count_time))
    prepared = prepare_forces(forces, start.epoch_tdb - count - FURTHEST_REACH, float(times[-1]) + 1.0, data)
    flight = _Flight(prepared, data, count, air, direction, np.asarray(noise_density, dtype=np.float64))
    known, clock = gaussian(start.position_velocity, covariance), start.epoch_tdb
    steps: list[_Step] = []
    for time in times:
        passage = None
        if time > clock:
            known, passage = flight.moved(known, clock, float(time), method)
        clock = float(time)
        group = rows.select(np.flatnonzero(rows.tdb == time))
        done = flight.measured(known, clock, group, method)
        good = gate is None or _likely(done, gate)
        known = done.state if good else known
        steps.append(_Step(known, passage, done, good))
    return _told(times, steps, forces.center)


@dataclass(frozen=True, slots=True)
class _Step:
    known: Gaussian
    passage: Passage | None
    done: Updated
    good: bool


@dataclass(frozen=True, slots=True)
class _Flight:
    """Motion and measurement of one orbit, for either filter."""

    forces: PreparedForces
    data: DataContext
    count: float
    air: Air | None
    direction: Direction
    density: Array

    def flown(self, state: Array, start: float, stop: float, transition: bool) -> PropagatedTrajectory:
        begin = OrbitState(state, start, self.forces.model.center)
        return propagate(begin, stop, self.forces, self.data, step_tolerance=STEP_TOLERANCE, with_transition=transition)

    def moved(self, known: Gaussian, start: float, stop: float, method: str) -> tuple[Gaussian, Passage]:
        path = self.flown(known.mean, start, stop, transition=True)
        end = np.array([stop])
        noise = acceleration_noise(path, start, stop, self.density)
        if method == "extended":
            return predict(known, path.state(end)[0], path.transition(end)[0], noise)

        def motion(points: Array) -> Array:
            return np.array([self.flown(point, start, stop, transition=False).state(end)[0] for point in points])

        return predict_unscented(known, motion, noise)

    def measured(self, known: Gaussian, clock: float, rows: Measurements, method: str) -> Updated:
        used = rows.used_numbers
        sigma = rows.sigma[used]
        reach = self.count + _light_reach(known.mean, clock, self.forces.model.center, self.data)

        def residual(state: Array, transition: bool) -> tuple[Array, Array]:
            path = self.flown(state, clock, clock - reach, transition)
            partials = path.transition if transition else None
            found = computed_values(rows, path, self.data, partials=partials, direction=self.direction, air=self.air)
            return found.residual[used], found.design[used]

        if method == "extended":
            away, design = residual(known.mean, True)
            return update(known, away, design, np.diag(sigma))

        def unscented(points: Array) -> Array:
            return np.array([residual(point, False)[0] for point in points])

        return update_unscented(known, unscented, np.diag(sigma))


def _light_reach(state: Array, tdb: float, center: str, data: DataContext) -> float:
    """Time [s] that a flight goes back from a measurement for the light: up and down."""
    far = float(np.linalg.norm(state[:3]))
    if center != "EARTH":
        far += float(np.linalg.norm(data.ephemeris.position(center, "EARTH", np.array([tdb]))[0]))
    reach = REACH * far / SPEED_OF_LIGHT + LEAST_REACH
    if reach > FURTHEST_REACH:
        raise NumericalFailure(f"the orbit has run {far:.3g} m away from the Earth; is the start near the object?")
    return reach


def _likely(done: Updated, gate: float) -> bool:
    from scipy.special import chdtrc

    return bool(chdtrc(done.innovation.size, done.chi_square) >= gate)


def _told(times: Array, steps: list[_Step], center: str) -> TrackedOrbit:
    filtered = [step.known for step in steps]
    smoothed = smooth(filtered, [step.passage for step in steps[1:] if step.passage is not None])
    return TrackedOrbit(
        times,
        np.array([one.mean for one in filtered]),
        np.array([one.covariance for one in filtered]),
        np.array([one.mean for one in smoothed]),
        np.array([one.covariance for one in smoothed]),
        np.array([step.done.chi_square for step in steps]),
        np.array([step.done.innovation.size for step in steps]),
        np.array([step.good for step in steps]),
        center,
    )
