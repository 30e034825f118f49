"""Those who watch: places of sensors at steps of time, and what each needs to see a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import icrf_state
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.coverage.constellations import Constellation
from moonstead.monitoring.coverage.ground import Ground, ground_named

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STEPS_A_TURN = 90  # of the table: a cubic between them is then good to some metres
LONGEST_STEP, SHORTEST_STEP = 300.0, 5.0  # [s]
MOST_STATES = 60_000_000  # numbers of a table of places: half a gigabyte


@dataclass(frozen=True)
class ViewLimits:
    """What a sensor in orbit needs to see a place.

    Attributes
    ----------
    least_elevation : float [rad]
        Of the sensor over the horizon of the place; negative for places high over the ground.
    half_angle : float [rad]
        Of the cone of view around the nadir; pi where it reaches to the limb.
    largest_range : float [m]
        Farthest place that it sees.
    sun_exclusion : float [rad]
        Least angle between the line of sight and the Sun.
    light : "any", "day" or "night"
        Whether the place has to be lit or dark.
    sun_elevation : float [rad]
        Of the Sun at the place, that parts day from night.

    Raises
    ------
    InvalidInput
        A number is out of its range.
    """

    least_elevation: float = 0.0
    half_angle: float = math.pi
    largest_range: float = math.inf
    sun_exclusion: float = 0.0
    light: Literal["any", "day", "night"] = "any"
    sun_elevation: float = 0.0

    def __post_init__(self) -> None:
        if not -0.5 * math.pi <= self.least_elevation < 0.5 * math.pi:
            raise InvalidInput(f"least_elevation lies within pi/2 [rad]; got {self.least_elevation!r}")
        if not 0.0 < self.half_angle <= math.pi:
            raise InvalidInput(f"half_angle lies above 0 and up to pi [rad]; got {self.half_angle!r}")
        if not self.largest_range > 0.0:
            raise InvalidInput(f"largest_range must be positive [m]; got {self.largest_range!r}")
        if not 0.0 <= self.sun_exclusion < math.pi:
            raise InvalidInput(f"sun_exclusion lies from 0 to below pi [rad]; got {self.sun_exclusion!r}")
        if self.light not in ("any", "day", "night"):
            raise InvalidInput(f"light is any, day or night; got {self.light!r}")
        if not abs(self.sun_elevation) < 0.5 * math.pi:
            raise InvalidInput(f"sun_elevation lies within pi/2 [rad]; got {self.sun_elevation!r}")


@dataclass(frozen=True)
class GroundSensor:
    """A radar or a telescope on the ground that watches a shell of height.

    Attributes
    ----------
    place : SurfacePoint
        Where it stands.
    least_elevation, largest_elevation : float [rad]
        Between which it sees.
    azimuths : (2,) [rad]
        First and last azimuth of its sector, clockwise from north; equal for all around.
    largest_range : float [m]
        Farthest object that it sees: `radar_range` for a radar.
    sun_below : float or None [rad]
        How far the Sun has to be below its horizon; None where that does not matter.
    lit : bool
        Whether the object has to be in sunlight.
    bright_range : float or None [m]
        Distance at which the object is just bright enough when fully lit; dimmed by phase as a white sphere is.
    """

    place: SurfacePoint
    least_elevation: float = 0.0
    largest_elevation: float = 0.5 * math.pi
    azimuths: tuple[float, float] = (0.0, 0.0)
    largest_range: float = math.inf
    sun_below: float | None = None
    lit: bool = False
    bright_range: float | None = None


@dataclass(frozen=True, eq=False)
class Watchers:
    """Sensors of one body at common steps of time.

    Attributes
    ----------
    ground : Ground
        The body.
    tdb : (T,) [s TDB past J2000]
        Times, evenly apart.
    name : tuple of str
        One for each sensor.
    states : (S, T, 6) [m, m/s]
        In the ground's frame.
    sun : (T, 3) [1]
        Direction of the Sun in the ground's frame.
    limits : tuple of ViewLimits or GroundSensor
        One for each sensor.
    """

    ground: Ground
    tdb: Array
    name: tuple[str, ...]
    states: Array
    sun: Array
    limits: tuple[ViewLimits | GroundSensor, ...]

    def __len__(self) -> int:
        return len(self.name)

    @property
    def step(self) -> float:
        """From one time to the next [s]."""
        return float(self.tdb[-1] - self.tdb[0]) / (self.tdb.size - 1)

    def joined(self, other: Watchers) -> Watchers:
        """These sensors and others at the same times over the same body.

        Raises
        ------
        InvalidInput
            Times or bodies differ.
        """
        if other.ground != self.ground or not np.array_equal(other.tdb, self.tdb):
            raise InvalidInput("sensors can be joined where they watch one body at the same times")
        return replace(
            self,
            name=self.name + other.name,
            states=np.concatenate((self.states, other.states)),
            limits=self.limits + other.limits,
        )


def even_times(start: float, stop: float, step: float) -> Array:
    """Times from start to stop, evenly apart, no farther than a step.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        Ends.
    step : float [s]
        Largest distance.

    Returns
    -------
    (T,) [s TDB past J2000]

    Raises
    ------
    InvalidInput
        The span is empty or the step not positive.

    Source
    ------
    Definition.
    """
    if not start < stop or not step > 0.0:
        raise InvalidInput(f"times run forward by a positive step; got {start!r} to {stop!r} by {step!r} [s]")
    return np.linspace(start, stop, max(2, math.ceil((stop - start) / step) + 1))


def table_step(constellation: Constellation) -> float:
    """Step [s] of a table that follows a constellation.

    Parameters
    ----------
    constellation : Constellation
        The satellites.

    Returns
    -------
    float [s]
        A small part of the time that the fastest needs around its perigee.

    Source
    ------
    A cubic through states at steps h misses a circle of radius r and rate n by r (n h)^4 / 384.
    """
    swiftest = constellation.period * (1.0 - constellation.eccentricity) ** 1.5
    return float(np.clip(np.min(swiftest) / STEPS_A_TURN, SHORTEST_STEP, LONGEST_STEP))


def constellation_watchers(
    constellation: Constellation,
    limits: ViewLimits,
    start: float,
    stop: float,
    data: DataContext,
    *,
    step: float | None = None,
) -> Watchers:
    """Satellites of a constellation as sensors.

    Parameters
    ----------
    constellation : Constellation
        Its elements hold at the start.
    limits : ViewLimits
        Of each satellite.
    start, stop : float [s TDB past J2000]
        Span.
    data : DataContext
        Ephemeris and orientation.
    step : float or None [s]
        Of the table of places; None for one that follows the fastest satellite.

    Returns
    -------
    Watchers

    Raises
    ------
    InvalidInput
        The span is empty or the table would be too large.
    OutsideSpan
        A time lies outside the data.

    Source
    ------
    As `Constellation.states`.
    """
    tdb = even_times(start, stop, table_step(constellation) if step is None else step)
    _require_room(len(constellation), tdb.size)
    ground = ground_named(constellation.body)
    states = constellation.states(tdb, data)
    return Watchers(ground, tdb, constellation.name, states, _sun(ground, tdb, data), (limits,) * len(constellation))


def trajectory_watchers(
    trajectories: Sequence[Trajectory],
    limits: ViewLimits | Sequence[ViewLimits],
    body: str,
    tdb: Array,
    data: DataContext,
) -> Watchers:
    """Any trajectories as sensors: element sets, ephemerides, propagated orbits.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        The sensors.
    limits : ViewLimits or a sequence of them
        Of all, or one for each.
    body : str
        What they watch: ``"EARTH"`` or ``"MOON"``.
    tdb : (T,) [s TDB past J2000]
        Times, evenly apart (`even_times`).
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    Watchers

    Raises
    ------
    InvalidInput
        There is no trajectory, the limits do not pair with them, or the table would be too large.
    OutsideSpan
        A time lies outside a trajectory or the data.

    Source
    ------
    States in the axes of the body; in between a cubic.
    """
    if not trajectories:
        raise InvalidInput("there is no sensor: name at least one trajectory")
    each = (limits,) * len(trajectories) if isinstance(limits, ViewLimits) else tuple(limits)
    if len(each) != len(trajectories):
        raise InvalidInput(f"{len(each)} limits do not pair with {len(trajectories)} trajectories")
    tdb = np.asarray(tdb, dtype=np.float64)
    _require_room(len(trajectories), tdb.size)
    ground = ground_named(body)
    turn = ground.frame.from_icrf(tdb, data)
    states = np.stack([turn.state(icrf_state(one, body, tdb, data)) for one in trajectories])
    names = tuple(one.name for one in trajectories)
    return Watchers(ground, tdb, names, states, _sun(ground, tdb, data), each)


def ground_watchers(sensors: Sequence[GroundSensor], tdb: Array, data: DataContext) -> Watchers:
    """Radars and telescopes as sensors.

    Parameters
    ----------
    sensors : sequence of GroundSensor
        All on one body.
    tdb : (T,) [s TDB past J2000]
        Times, evenly apart.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    Watchers

    Raises
    ------
    InvalidInput
        There is no sensor, or they stand on different bodies.
    OutsideSpan
        A time lies outside the data.

    Source
    ------
    They stand still in the axes of the body.
    """
    bodies = {sensor.place.body for sensor in sensors}
    if len(bodies) != 1:
        raise InvalidInput(f"sensors on the ground stand on one body; got {', '.join(sorted(bodies)) or 'none'}")
    ground = ground_named(bodies.pop())
    tdb = np.asarray(tdb, dtype=np.float64)
    states = np.zeros((len(sensors), tdb.size, 6))
    for k, sensor in enumerate(sensors):
        states[k, :, :3] = sensor.place.position
    names = tuple(sensor.place.name for sensor in sensors)
    return Watchers(ground, tdb, names, states, _sun(ground, tdb, data), tuple(sensors))


def radar_range(reference_range: float, reference_area: float, area: float) -> float:
    """Range at which a radar sees an object of another radar cross-section as well as a known one.

    Parameters
    ----------
    reference_range : float [m]
        At which it sees the known object.
    reference_area, area : float [m2]
        Radar cross-sections of the known object and of the other.

    Returns
    -------
    float [m]

    Raises
    ------
    InvalidInput
        A number is not positive.

    Source
    ------
    The radar equation: the echo falls with the fourth power of the range; Skolnik (2008), Radar Handbook, 3rd ed.,
    section 1.6.
    """
    if not min(reference_range, reference_area, area) > 0.0:
        raise InvalidInput("ranges and radar cross-sections must be positive [m, m2]")
    return reference_range * (area / reference_area) ** 0.25


def _sun(ground: Ground, tdb: Array, data: DataContext) -> Array:
    turned = ground.frame.from_icrf(tdb, data).position(data.ephemeris.position("SUN", ground.body, tdb))
    return np.ascontiguousarray(turned / np.linalg.norm(turned, axis=1)[:, None])


def _require_room(sensors: int, times: int) -> None:
    if 6 * sensors * times > MOST_STATES:
        raise InvalidInput(
            f"{sensors} sensors at {times} times do not fit into memory: shorten the span or take a longer step"
        )
