"""Tracks as sensors would make them of catalogue objects that are not quite where their elements say: simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.dynamics.sgp4_many import Sgp4Set
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ICRF, TEME
from moonstead.monitoring.correlation.element_errors import ElementErrors
from moonstead.monitoring.tracking.measurements import Measurements, joined, measurements

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TrackingSensor:
    """A radar, or a telescope where there is no range.

    Attributes
    ----------
    station : SurfacePoint
        Where it stands.
    angle_sigma : float [rad]
        Of directions, on the sky.
    range_sigma : float or None [m]
        Of ranges; None for a telescope, which gives right ascension and declination.
    interval : float [s]
        Between measurements.
    count : int
        Measurements of a track.
    lowest : float [rad]
        Elevation above which it sees.
    """

    station: SurfacePoint
    angle_sigma: float
    range_sigma: float | None
    interval: float = 20.0
    count: int = 6
    lowest: float = np.radians(10.0)


def simulated_tracks(
    elements: MeanElements,
    rows: ArrayLike,
    sensor: TrackingSensor,
    start: float,
    stop: float,
    errors: ElementErrors,
    data: DataContext,
    seed: int,
) -> tuple[tuple[Measurements, ...], NDArray[np.int64]]:
    """One track of each object that comes into sight, displaced from its elements by a draw from their errors.

    Parameters
    ----------
    elements : MeanElements
        Of the catalogue.
    rows : (N,) int [1]
        Objects that are tracked.
    sensor : TrackingSensor
        Who tracks.
    start, stop : float [s TDB past J2000]
        Between which the first sighting is taken.
    errors : ElementErrors
        From which the truth is drawn; wrong ones show what a wrong covariance costs.
    data : DataContext
        Orientation of the Earth.
    seed : int
        Of the draws.

    Returns
    -------
    tracks : tuple of M Measurements
        Of the objects that were in sight for a whole track.
    seen : (M,) int
        Their rows.

    Raises
    ------
    InvalidInput
        The span is shorter than a track.

    Source
    ------
    SGP4 moved along its track by a delay, radially and across by an orbit that is nearly round; normal draws.
    """
    chosen = np.atleast_1d(np.asarray(rows, dtype=np.int64))
    length = sensor.interval * (sensor.count - 1)
    if stop - start <= length:
        raise InvalidInput(f"a track takes {length:g} s; the span has {stop - start:g} s")
    random = np.random.default_rng(seed)
    flown = Sgp4Set(elements.select(chosen))
    grid = np.arange(start, stop, max(sensor.interval, 30.0))
    high = _elevations(flown, grid, sensor, data) > sensor.lowest
    tracks, seen = [], []
    for number, row in enumerate(chosen):
        steps = int(np.ceil(length / (grid[1] - grid[0]))) + 1
        runs = np.convolve(high[:, number], np.ones(steps), mode="valid") >= steps
        begins = np.flatnonzero(runs)
        if not begins.size:
            continue
        first = float(grid[int(random.choice(begins))])
        times = first + sensor.interval * np.arange(sensor.count, dtype=np.float64)
        sigmas: Array = errors.position_sigmas(elements.select(np.array([row])), first)[0]
        tracks.append(_track(flown, number, times, sensor, sigmas, random, data))
        seen.append(int(row))
    return tuple(tracks), np.array(seen, dtype=np.int64)


def _elevations(flown: Sgp4Set, grid: Array, sensor: TrackingSensor, data: DataContext) -> Array:
    """Elevations (T, N) [rad] of all objects."""
    turn = rotation(TEME, sensor.station.frame, grid, data).matrix
    up = sensor.station.topocentric.axes[2]
    out = np.empty((grid.size, len(flown)))
    for place, time in enumerate(grid):
        fixed = turn[place] @ flown.states([time])[0][0, :3]
        sight = fixed - sensor.station.position[:, None]
        with np.errstate(invalid="ignore"):
            out[place] = np.nan_to_num(np.arcsin((up @ sight) / np.linalg.norm(sight, axis=0)), nan=-1.0)
    return out


def _track(
    flown: Sgp4Set,
    number: int,
    times: Array,
    sensor: TrackingSensor,
    sigmas: Array,
    random: np.random.Generator,
    data: DataContext,
) -> Measurements:
    draws = random.standard_normal(5)
    which = np.full(times.size, number)
    state = flown.pair_states(which, times)[0]
    speed = np.linalg.norm(state[0, 3:])
    late = sigmas[1] * draws[0] / speed
    turn = rotation(TEME, ICRF, times, data)
    station = turn.inverse().position(_station(sensor, times, data))
    left = times - np.linalg.norm(state[:, :3] - station, axis=1) / SPEED_OF_LIGHT
    state = flown.pair_states(which, left - late)[0]
    radial = state[:, :3] / np.linalg.norm(state[:, :3], axis=1)[:, None]
    normal = np.cross(state[:, :3], state[:, 3:])
    rate = np.linalg.norm(normal[0]) / float(state[0, :3] @ state[0, :3])
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    angle = rate * (times - times[times.size // 2])
    moved = state[:, :3] + sigmas[0] * (draws[1] * np.cos(angle) + draws[2] * np.sin(angle))[:, None] * radial
    moved += sigmas[2] * (draws[3] * np.cos(angle) + draws[4] * np.sin(angle))[:, None] * normal
    sight = turn.position(moved - station)
    distance = np.linalg.norm(sight, axis=1)
    noise = sensor.angle_sigma * random.standard_normal((times.size, 2))
    if sensor.range_sigma is None:
        from moonstead.monitoring.tracking.computed_values import BARYCENTER, EARTH, aberrated

        # read off between stars, whose aberration by the Earth's motion is the same
        unit = aberrated(sight / distance[:, None], -data.ephemeris.state(EARTH, BARYCENTER, times)[:, 3:])
        first, second = np.arctan2(unit[:, 1], unit[:, 0]), np.arcsin(unit[:, 2])
        angles = np.column_stack((first + noise[:, 0] / np.cos(second), second + noise[:, 1]))
        return measurements("right-ascension-declination", times, angles, sensor.angle_sigma, sensor.station)
    local = sensor.station.topocentric.from_icrf(times, data).position(sight) / distance[:, None]
    first, second = np.arctan2(local[:, 0], local[:, 1]), np.arcsin(local[:, 2])
    angles = np.column_stack((np.mod(first + noise[:, 0] / np.cos(second), 2.0 * np.pi), second + noise[:, 1]))
    ranges = distance + sensor.range_sigma * random.standard_normal(times.size)
    return joined(
        [
            measurements("range", times, ranges, sensor.range_sigma, sensor.station),
            measurements("azimuth-elevation", times, angles, sensor.angle_sigma, sensor.station),
        ]
    )


def _station(sensor: TrackingSensor, times: Array, data: DataContext) -> Array:
    fixed = np.tile(sensor.station.position, (times.size, 1))
    return sensor.station.frame.from_icrf(times, data).inverse().position(fixed)
