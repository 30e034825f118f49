"""How well an orbit would be known if some sensors tracked it: a simulation, without real measurements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.local_axes import radial_axes
from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.tracking.measurements import Measurements, joined, measurements
from moonstead.monitoring.tracking.orbit_filter import TrackedOrbit, filter_orbit
from moonstead.monitoring.tracking.simulated_tracking import elevations, simulated

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

MOST_TIMES = 120  # of measurements: more say little more, but cost
MARGIN = 10.0  # [s] of flight before the first measurement and after the last


@dataclass(frozen=True)
class ForecastSensor:
    """A radar, or a telescope where there is no range.

    Attributes
    ----------
    station : SurfacePoint
        On the Earth.
    angle_sigma : float [rad]
        Of directions, on the sky.
    range_sigma : float or None [m]
        Of ranges; None for a telescope.
    least_elevation : float [rad]
        From where on it sees.
    largest_range : float [m]
        How far it sees.
    sun_below : float or None [rad]
        How deep the Sun must stand under the horizon; None for a radar.
    """

    station: SurfacePoint
    angle_sigma: float
    range_sigma: float | None
    least_elevation: float
    largest_range: float = math.inf
    sun_below: float | None = None


@dataclass(frozen=True, eq=False)
class TrackingForecast:
    """An orbit as sensors would know it.

    Attributes
    ----------
    orbit : TrackedOrbit or None
        After each simulated measurement; None where no sensor ever sees the object.
    sights : tuple of int
        Measurements of each sensor.
    """

    orbit: TrackedOrbit | None
    sights: tuple[int, ...]


def local_covariance(state: ArrayLike, errors: ArrayLike, center: str) -> Array:
    """Covariance of a state whose position errs along radial, transverse and normal axes.

    Parameters
    ----------
    state : (6,) [m, m/s]
        About the centre, in axes that do not turn.
    errors : (3,) [m]
        Standard deviations of the position.
    center : str
        Body whose gravity turns errors of position into errors of velocity.

    Returns
    -------
    (6, 6) [m^2, m^2/s, m^2/s^2]
        Velocities err by the errors of position times the angular rate of a circle at that distance.

    Source
    ------
    Size of the velocity's error on an orbit nearly round: Hill's equations.
    """
    here, spread = np.asarray(state, dtype=np.float64), np.asarray(errors, dtype=np.float64)
    rate = math.sqrt(body(center).gm / float(np.linalg.norm(here[:3])) ** 3)
    axes = radial_axes(here[None])[0]
    place = axes.T @ np.diag(spread**2) @ axes
    flow = axes.T @ np.diag((rate * spread[[1, 0, 2]]) ** 2) @ axes
    return np.block([[place, np.zeros((3, 3))], [np.zeros((3, 3)), flow]])


def tracking_forecast(
    target: Trajectory,
    sensors: Sequence[ForecastSensor],
    start: float,
    stop: float,
    interval: float,
    errors: ArrayLike,
    forces: ForceModel,
    data: DataContext,
    *,
    noise_density: float = 0.0,
    seed: int = 1,
) -> TrackingForecast:
    """Simulate the tracking of an object and what a filter makes of it.

    The truth is the object's state at the start, flown on under the forces of the filter: the covariance is that of
    measurement noise and of the noise that is asked for, not of forces that nobody knows.

    Parameters
    ----------
    target : Trajectory
        The object.
    sensors : sequence of ForecastSensor
        Who tracks.
    start, stop : float [s TDB past J2000]
        Span.
    interval : float [s]
        Between measurements; longer where the span has more than 120 of them.
    errors : (3,) [m]
        Of the position at the start, radial, transverse, normal.
    forces : ForceModel
        About the Earth or the Moon.
    data : DataContext
        Ephemeris, orientation, gravity.
    noise_density : float [m^2/s^3]
        White accelerations along each axis.
    seed : int
        Of the measurement noise.

    Returns
    -------
    TrackingForecast

    Raises
    ------
    InvalidInput
        The span does not run forward, or there is no sensor.
    OutsideSpan
        The trajectory does not cover the start.

    Source
    ------
    As `filter_orbit`.
    """
    if not (stop - start > 4.0 * MARGIN and sensors and interval > 0.0):
        raise InvalidInput("a forecast of tracking needs sensors and a span that runs forward for a minute or more")
    begin = np.array([start])
    first = icrf_state(target, forces.center, begin, data)[0]
    truth = propagate(OrbitState(first, start, forces.center), stop, forces, data, name=target.name)
    step = max(interval, (stop - start) / MOST_TIMES)
    times = np.arange(start + 2.0 * MARGIN, min(stop, truth.span[1]) - MARGIN, step)
    parts = [_seen(sensor, times, truth, data) for sensor in sensors]
    sights = tuple(int(np.unique(part.tdb).size) for part in parts)
    rows = joined(parts)
    if not len(rows):
        return TrackingForecast(None, sights)
    tracked = filter_orbit(
        simulated(rows, truth, data, seed),
        OrbitState(first, start, forces.center),
        local_covariance(first, errors, forces.center),
        forces,
        data,
        noise_density=noise_density,
    )
    return TrackingForecast(tracked, sights)


def _seen(sensor: ForecastSensor, times: Array, truth: Trajectory, data: DataContext) -> Measurements:
    """Rows of a sensor at the times at which it sees the object."""
    pairs = np.zeros((times.size, 2))
    if sensor.range_sigma is None:
        rows = measurements("right-ascension-declination", times, pairs, sensor.angle_sigma, sensor.station)
    else:
        rows = joined(
            [
                measurements("range", times, pairs[:, 0], sensor.range_sigma, sensor.station),
                measurements("azimuth-elevation", times, pairs, sensor.angle_sigma, sensor.station),
            ]
        )
    place = icrf_state(sensor.station, "EARTH", rows.tdb, data)[:, :3]
    away = np.linalg.norm(icrf_state(truth, "EARTH", rows.tdb, data)[:, :3] - place, axis=1)
    good = (elevations(rows, truth, data) > sensor.least_elevation) & (away < sensor.largest_range)
    if sensor.sun_below is not None:
        sun = data.ephemeris.position("SUN", "EARTH", rows.tdb) - place
        local = sensor.station.topocentric.from_icrf(rows.tdb, data).position(sun)
        good &= local[:, 2] < -math.sin(sensor.sun_below) * np.linalg.norm(local, axis=1)
    return rows.select(good)
