"""Where a target is seen from an observer: as it stands, with light time, or as it appears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import BodyTrajectory
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput, NumericalFailure, OutsideSpan
from moonstead.foundation.frames.frame import Frame, rotation
from moonstead.foundation.frames.standard import ICRF

Array = NDArray[np.float64]
Aberration = Literal["geometric", "light-time", "apparent"]
Straight = Literal["geometric", "light-time"]

BARYCENTER = "SOLAR SYSTEM BARYCENTER"
LIGHT_TIME_ROUNDS = 10  # two are enough in the solar system
LIGHT_TIME_STEP = 1e-4  # [s] of straight flight, which 30 m/s^2 bend by 0.2 um
BODY_LIGHT_TIME_STEP = 0.1  # [s] of straight flight of a body, which 0.1 m/s^2 (Mercury: 0.063) bend by 0.5 mm
ACCELERATION_STEP = 1.0  # [s] of the central difference that gives the observer's acceleration


def observe(
    target: Trajectory,
    observer: Trajectory,
    tdb: Array,
    frame: Frame,
    data: DataContext,
    aberration: Aberration = "geometric",
) -> Array:
    """State of a target relative to an observer, along any axes.

    Parameters
    ----------
    target, observer : Trajectory
        What is seen and from where; their frames and centres may differ.
    tdb : (N,) [s TDB past J2000]
        Times at the observer.
    frame : Frame
        Axes of the result, taken at the time of observation; the velocity includes their motion.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric", "light-time" or "apparent"
        Both at the same time; the target when its light left (converged, SPICE ``CN``); that direction as the moving
        observer sees it (SPICE ``CN+S``). Velocities are the rates of the corrected positions.

    Returns
    -------
    (N, 6) [m, m/s]
        Target less observer.

    Raises
    ------
    InvalidInput
        The aberration is not one of the three.
    OutsideSpan
        A time, or the time at which the light left, lies outside a trajectory or the ephemeris.
    NumericalFailure
        The light time does not converge.

    Source
    ------
    Light time and its rate: Moyer (2000), Formulation for Observed and Computed Values, JPL DESCANSO 2, section 8.3.
    Stellar aberration to first order in v/c: Explanatory Supplement to the Astronomical Almanac (2013), 3rd ed.,
    section 7.2.3.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if aberration not in get_args(Aberration):
        raise InvalidInput(f"aberration must be one of {', '.join(get_args(Aberration))}; got {aberration!r}")
    if aberration == "geometric":
        relative = icrf_state(target, observer.center, tdb, data) - icrf_state(observer, observer.center, tdb, data)
    else:
        here = icrf_state(observer, BARYCENTER, tdb, data)
        relative = _with_light_time(target, here, tdb, data)
        if aberration == "apparent":
            relative = _with_stellar_aberration(relative, here[:, 3:], _acceleration(observer, tdb, data))
    return relative if frame.name == ICRF.name else frame.from_icrf(tdb, data).state(relative)


def azimuth_elevation(states: Array) -> tuple[Array, Array, Array]:
    """Azimuth, elevation and range of states along topocentric axes: x east, y north, z up.

    Parameters
    ----------
    states : (N, 6) or (N, 3) [m, m/s]
        States or positions relative to the observer, for example from `observe` with a ``Topocentric`` frame.

    Returns
    -------
    azimuth : (N,) [rad]
        From north through east, in [0, 2 pi).
    elevation : (N,) [rad]
        Above the plane of east and north.
    range : (N,) [m]
        Distance.

    Source
    ------
    Closed form, from the definition of the angles.
    """
    east, north, up = states[:, 0], states[:, 1], states[:, 2]
    level = np.hypot(east, north)
    azimuth = np.mod(np.arctan2(east, north), 2.0 * np.pi)
    # a tiny negative angle is rounded to a full turn
    return np.where(azimuth >= 2.0 * np.pi, 0.0, azimuth), np.arctan2(up, level), np.hypot(level, up)


def icrf_state(trajectory: Trajectory, center: str, tdb: Array, data: DataContext) -> Array:
    """States (N, 6) [m, m/s] of a trajectory relative to any body, in the ICRF.

    Parameters
    ----------
    trajectory : Trajectory
        What to place.
    center : str
        Name of the body to measure from.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    (N, 6) [m, m/s]
        States in the ICRF.

    Raises
    ------
    OutsideSpan
        A time lies outside the trajectory or the ephemeris.

    Source
    ------
    Definition: states add up along the chain of centres; axes turn as `rotation` says.
    """
    state = trajectory.state(tdb)
    if trajectory.frame.name != ICRF.name:
        state = rotation(trajectory.frame, ICRF, tdb, data).state(state)
    if trajectory.center != center:
        state = state + data.ephemeris.state(trajectory.center, center, tdb)
    return state


def icrf_position(trajectory: Trajectory, center: str, tdb: Array, data: DataContext) -> Array:
    """Positions of a trajectory relative to any body, in the ICRF: the first half of `icrf_state`.

    Parameters
    ----------
    trajectory : Trajectory
        What to place.
    center : str
        Name of the body to measure from.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    (N, 3) [m]
        Positions in the ICRF.

    Raises
    ------
    OutsideSpan
        A time lies outside the trajectory or the ephemeris.

    Source
    ------
    As `icrf_state`.
    """
    position = trajectory.state(tdb)[:, :3]
    if trajectory.frame.name != ICRF.name:
        position = trajectory.frame.from_icrf(tdb, data).inverse().position(position)
    if trajectory.center != center:
        position = position + data.ephemeris.position(trajectory.center, center, tdb)
    return position


def seen_bodies(
    names: Sequence[str], observer: Trajectory, tdb: Array, data: DataContext, aberration: Straight
) -> list[Array]:
    """Positions of bodies of the ephemeris from an observer, in the ICRF: `observe` for searches without velocities.

    Parameters
    ----------
    names : sequence of str
        What is seen.
    observer : Trajectory
        From where.
    tdb : (N,) [s TDB past J2000]
        Times at the observer.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric" or "light-time"
        As in `observe`. Stellar aberration, which hardly changes angles between directions, is not offered.

    Returns
    -------
    list of (N, 3) [m]
        Each body less the observer; with light time good to 1 mm.

    Raises
    ------
    InvalidInput
        The aberration is not one of the two.
    OutsideSpan
        A time, or the time at which the light left, lies outside the trajectory or the ephemeris.

    Source
    ------
    As `observe`.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    require_straight(aberration)
    center, ephemeris = observer.center, data.ephemeris
    here = icrf_position(observer, center, tdb, data)
    if aberration == "geometric":
        return [ephemeris.position(name, center, tdb) - here if name != center else -here for name in names]
    now = ephemeris.state(center, BARYCENTER, tdb)
    here = here + now[:, :3]

    def seen(name: str) -> Array:
        body = BodyTrajectory(name, BARYCENTER, data)
        return _light_left(body, here, tdb, data, now if name == center else None, BODY_LIGHT_TIME_STEP)[0]

    return [seen(name) for name in names]


def require_straight(aberration: str) -> None:
    """Refuse an aberration that bends lines of sight, which shadows are not made of.

    Raises
    ------
    InvalidInput
        The aberration is neither ``"geometric"`` nor ``"light-time"``.
    """
    if aberration not in get_args(Straight):
        raise InvalidInput(f"aberration must be {' or '.join(get_args(Straight))} here; got {aberration!r}")


def _with_light_time(target: Trajectory, here: Array, tdb: Array, data: DataContext) -> Array:
    """State of the target when its light left, less the observer's at `tdb`; ICRF, (N, 6) [m, m/s]."""
    relative, there = _light_left(target, here[:, :3], tdb, data)
    toward = _per_metre(relative, np.linalg.norm(relative, axis=1)[:, None])
    velocity = there - here[:, 3:]
    # c delay = |there(t - delay) - here(t)|, differentiated
    along = np.sum(toward * velocity, axis=1)
    delay_rate = along / (SPEED_OF_LIGHT + np.sum(toward * there, axis=1))
    return np.concatenate((relative, velocity - delay_rate[:, None] * there), axis=1)


def _light_left(
    target: Trajectory,
    here: Array,
    tdb: Array,
    data: DataContext,
    now: Array | None = None,
    straight: float = LIGHT_TIME_STEP,
) -> tuple[Array, Array]:
    """Place [m] of the target when its light left, less `here`, and its barycentric velocity [m/s]; both (N, 3).

    Newton's method: the target flies straight on for what is left of the light time. So float64 seconds, 0.1 us
    apart, cost no digits: the Earth flies 4 mm from one to the next. `now` is the target's state at `tdb` where it is
    known, `straight` the time [s] for which it may be taken to fly straight on.
    """
    delay = np.zeros(tdb.size)
    for _ in range(LIGHT_TIME_ROUNDS):
        left = tdb - delay
        try:
            there = now if now is not None else icrf_state(target, BARYCENTER, left, data)
        except OutsideSpan as error:
            raise OutsideSpan(
                f"{error}. The light seen at the first times left '{target.name}' up to {np.max(delay):.3g} s earlier: "
                "begin that much later, provide earlier states, or observe geometrically"
            ) from error
        relative, velocity = there[:, :3] - here, there[:, 3:]
        distance = np.linalg.norm(relative, axis=1)
        along = _per_metre(np.sum(relative * velocity, axis=1), distance)
        missing = (distance - SPEED_OF_LIGHT * (tdb - left)) / (SPEED_OF_LIGHT + along)
        if not np.any(np.abs(missing) > straight):
            return relative - missing[:, None] * velocity, velocity
        delay, now = tdb - left + missing, None
    raise NumericalFailure(
        f"the light time from '{target.name}' does not converge in {LIGHT_TIME_ROUNDS} rounds; "
        "does it move near the speed of light?"
    )


def _acceleration(observer: Trajectory, tdb: Array, data: DataContext) -> Array:
    """Acceleration (N, 3) [m/s^2] of the observer in the ICRF; one-sided at the ends of its span."""
    first, last = observer.span
    before, after = np.maximum(tdb - ACCELERATION_STEP, first), np.minimum(tdb + ACCELERATION_STEP, last)
    change = icrf_state(observer, BARYCENTER, after, data) - icrf_state(observer, BARYCENTER, before, data)
    acceleration: Array = change[:, 3:] / (after - before)[:, None]
    return acceleration


def _with_stellar_aberration(relative: Array, velocity: Array, acceleration: Array) -> Array:
    """Turn each line of sight towards the observer's velocity by asin(v sin(angle) / c); range unchanged."""
    distance = np.linalg.norm(relative[:, :3], axis=1)[:, None]
    toward = _per_metre(relative[:, :3], distance)
    distance_rate = np.sum(toward * relative[:, 3:], axis=1)[:, None]
    toward_rate = _per_metre(relative[:, 3:] - distance_rate * toward, distance)
    beta, beta_rate = velocity / SPEED_OF_LIGHT, acceleration / SPEED_OF_LIGHT
    # with p the part of v/c across the line of sight, the apparent direction is toward cos(phi) + p, sin(phi) = |p|
    along = np.sum(toward * beta, axis=1)[:, None]
    along_rate = np.sum(toward_rate * beta + toward * beta_rate, axis=1)[:, None]
    across = beta - along * toward
    across_rate = beta_rate - along_rate * toward - along * toward_rate
    cosine = np.sqrt(1.0 - np.sum(across * across, axis=1))[:, None]
    cosine_rate = -np.sum(across * across_rate, axis=1)[:, None] / cosine
    seen = cosine * toward + across
    seen_rate = cosine_rate * toward + cosine * toward_rate + across_rate
    return np.concatenate((distance * seen, distance_rate * seen + distance * seen_rate), axis=1)


def _per_metre(value: Array, distance: Array) -> Array:
    """Value over distance; zero where the distance is zero, as what is seen from its own place has no direction."""
    return np.divide(value, distance, out=np.zeros(np.shape(value)), where=distance != 0.0)
