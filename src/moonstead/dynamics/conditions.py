"""Conditions of geometry, each with a proven bound of its rate: elevation, sight, distance, separation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.events import Condition
from moonstead.dynamics.observe import Aberration, azimuth_elevation, icrf_position, observe
from moonstead.dynamics.trajectories import SurfacePoint, body_speed_limit, spin_limit
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Horizon = Callable[[Array], Array]

FASTEST_OBSERVER = 1e5  # [m/s] relative to the solar system barycentre; for the rates of light time and aberration only
STRONGEST_ACCELERATION = 30.0  # [m/s^2] of an observer; for the rate of stellar aberration only


def elevation_above(
    site: SurfacePoint,
    target: Trajectory,
    mask: float | Horizon,
    data: DataContext,
    aberration: Aberration = "geometric",
    *,
    mask_slope: float | None = None,
) -> Condition:
    """A target stands above a site's horizon.

    Parameters
    ----------
    site : SurfacePoint
        The observer.
    target : Trajectory
        What is seen.
    mask : float [rad], or callable (N,) azimuth [rad] -> (N,) elevation [rad]
        Least elevation, the same all around or by azimuth (from north through east).
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric", "light-time" or "apparent"
        See `observe`; with light time the target must have states from before the search begins.
    mask_slope : float [rad/rad]
        Steepest change of a callable mask per azimuth; required with one.

    Returns
    -------
    Condition
        Its value is the elevation less the mask [rad].

    Raises
    ------
    InvalidInput
        A callable mask comes without its slope.

    Source
    ------
    Geometry. Rate: a line of sight of length d turns by no more than the relative speed over d, and the horizon by no
    more than the zenith; with light time and aberration both by terms of the order v/c.
    """
    if callable(mask) and mask_slope is None:
        raise InvalidInput(
            "a mask by azimuth needs mask_slope [rad/rad], its steepest change, to prove windows complete"
        )
    slope = float(mask_slope) if callable(mask) and mask_slope is not None else 0.0

    def topocentric(tdb: Array) -> Array:
        if aberration == "geometric":
            fixed = site.frame.from_icrf(tdb, data).position(icrf_position(target, site.body, tdb, data))
            return (fixed - site.position) @ site.topocentric.axes.T
        return observe(target, site, tdb, site.frame, data, aberration)[:, :3] @ site.topocentric.axes.T

    def value(tdb: Array) -> Array:
        azimuth, elevation, _ = azimuth_elevation(topocentric(tdb))
        return elevation - (mask(azimuth) if callable(mask) else mask)

    def rate_bound(start: Array, stop: Array) -> Array:
        middle, half = _halves(start, stop)
        _, elevation, distance = azimuth_elevation(topocentric(middle))
        # the light left before `start`; twice the light time of the middle covers it for any target below c / 2
        left = start
        if aberration != "geometric":
            left = np.clip(start - 2.0 * distance / SPEED_OF_LIGHT - half, target.span[0], start)
        turn = _sight_rate(distance, _relative_speed(target, site, left, stop), half, aberration)
        rate: Array = turn + site.zenith_rate_bound
        if slope == 0.0:
            return rate
        # the azimuth turns with the whole spin of the body, and by one over the cosine of the elevation as fast
        highest = np.minimum(np.abs(elevation) + rate * half, 0.5 * np.pi)
        steepest = np.full_like(rate, np.inf)
        np.divide(slope, np.cos(highest), out=steepest, where=highest < 0.5 * np.pi - 1e-9)
        bound: Array = rate + steepest * (turn + spin_limit(site.body))
        return bound

    return Condition(value, rate_bound, f"{target.name} above the horizon of {site.name}")


def not_occulted(a: Trajectory, b: Trajectory, body: str, data: DataContext) -> Condition:
    """The straight line between two trajectories does not cross a spherical body.

    For a point on the body's own surface use `elevation_above`: its line of sight begins on the sphere.

    Parameters
    ----------
    a, b : Trajectory
        Ends of the line, at the same time.
    body : str
        Name of the body, a sphere of its mean radius.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    Condition
        Its value is the least distance of the line from the body's centre less the radius [m].

    Source
    ------
    Geometry: the point of a line that lies nearest to a centre. It moves no faster than the ends, in shares.
    """
    radius = body_named(body).mean_radius

    def ends(tdb: Array) -> tuple[Array, Array]:
        return icrf_position(a, body, tdb, data), icrf_position(b, body, tdb, data)

    def value(tdb: Array) -> Array:
        first, second = ends(tdb)
        line = second - first
        with np.errstate(invalid="ignore", divide="ignore"):
            share = -np.sum(first * line, axis=1) / np.sum(line * line, axis=1)
        share = np.clip(np.nan_to_num(share), 0.0, 1.0)[:, None]
        nearest: Array = np.linalg.norm(first + share * line, axis=1)
        return nearest - radius

    def rate_bound(start: Array, stop: Array) -> Array:
        middle, half = _halves(start, stop)
        first, second = ends(middle)
        speed_first, speed_second = _speed(a, body, start, stop), _speed(b, body, start, stop)
        # the nearest point moves as its ends do, in shares: that of the far end is at most |near end| / |line|
        line = np.linalg.norm(second - first, axis=1) - (speed_first + speed_second) * half
        with np.errstate(divide="ignore"):
            inverse = np.where(line > 0.0, 1.0 / np.maximum(line, 0.0), np.inf)
        share_second = np.minimum((np.linalg.norm(first, axis=1) + speed_first * half) * inverse, 1.0)
        share_first = np.minimum((np.linalg.norm(second, axis=1) + speed_second * half) * inverse, 1.0)
        mixed = share_first * speed_first + share_second * speed_second
        bound: Array = np.minimum(mixed, np.maximum(speed_first, speed_second))
        return bound

    return Condition(value, rate_bound, f"{body} not between {a.name} and {b.name}")


def closer_than(a: Trajectory, b: Trajectory, distance: float, data: DataContext) -> Condition:
    """Two trajectories are closer to each other than a distance [m], at the same time.

    Parameters
    ----------
    a, b : Trajectory
        What is measured between.
    distance : float [m]
        Limit.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    Condition
        Its value is the limit less the distance [m].

    Source
    ------
    Geometry; the distance changes no faster than the relative speed.
    """

    def value(tdb: Array) -> Array:
        apart: Array = np.linalg.norm(_between(a, b, tdb, data), axis=1)
        return distance - apart

    def rate_bound(start: Array, stop: Array) -> Array:
        return _relative_speed(a, b, start, stop)

    return Condition(value, rate_bound, f"{a.name} within {distance:g} m of {b.name}")


def farther_than(a: Trajectory, b: Trajectory, distance: float, data: DataContext) -> Condition:
    """Two trajectories are farther from each other than a distance, at the same time.

    Parameters
    ----------
    a, b : Trajectory
        What is measured between.
    distance : float [m]
        Limit.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    Condition
        Its value is the distance less the limit [m].

    Source
    ------
    As `closer_than`.
    """
    near = closer_than(a, b, distance, data)
    return Condition((~near).value, near.rate_bound, f"{a.name} beyond {distance:g} m of {b.name}")


def separation_above(observer: Trajectory, a: Trajectory, b: Trajectory, angle: float, data: DataContext) -> Condition:
    """Two directions from an observer are farther apart than an angle.

    With the observer a lit body, `a` the Sun and `b` a camera, the separation is the phase angle.

    Parameters
    ----------
    observer, a, b : Trajectory
        The vertex, and what lies in the two directions, at the same time.
    angle : float [rad]
        Limit.
    data : DataContext
        Where ephemeris and orientation come from.

    Returns
    -------
    Condition
        Its value is the angle between the two directions less the limit [rad].

    Source
    ------
    Geometry; the angle changes no faster than both lines of sight turn together.
    """

    def value(tdb: Array) -> Array:
        first, second = _between(observer, a, tdb, data), _between(observer, b, tdb, data)
        across = np.linalg.norm(np.cross(first, second), axis=1)
        separation: Array = np.arctan2(across, np.sum(first * second, axis=1))
        return separation - angle

    def rate_bound(start: Array, stop: Array) -> Array:
        middle, half = _halves(start, stop)
        rate = np.zeros_like(middle)
        for other in (a, b):
            distance = np.linalg.norm(_between(observer, other, middle, data), axis=1)
            rate += _sight_rate(distance, _relative_speed(observer, other, start, stop), half, "geometric")
        return rate

    return Condition(value, rate_bound, f"{a.name} and {b.name} apart as seen from {observer.name}")


def _halves(start: Array, stop: Array) -> tuple[Array, Array]:
    return 0.5 * (start + stop), 0.5 * (stop - start)


def _between(a: Trajectory, b: Trajectory, tdb: Array, data: DataContext) -> Array:
    """Positions (N, 3) [m] of b from a in the ICRF."""
    return icrf_position(b, a.center, tdb, data) - icrf_position(a, a.center, tdb, data)


def _speed(trajectory: Trajectory, center: str, start: Array, stop: Array) -> Array:
    return trajectory.speed_bound(start, stop) + body_speed_limit(trajectory.center, center)


def _relative_speed(a: Trajectory, b: Trajectory, start: Array, stop: Array) -> Array:
    return _speed(a, b.center, start, stop) + b.speed_bound(start, stop)


def _sight_rate(distance: Array, speed: Array, half: Array, aberration: Aberration) -> Array:
    """Upper bound (K,) [rad/s] of the turn of a line of sight whose length in the middle is `distance` (K,) [m]."""
    nearest = distance - speed * half
    rate = np.full_like(nearest, np.inf)
    if aberration == "geometric":
        return np.divide(speed, nearest, out=rate, where=nearest > 0.0)
    # Light time lets the target move on by v/c of the line; aberration stretches rates by v/c and adds a/c
    stretch = 1.0 + 4.0 * FASTEST_OBSERVER / SPEED_OF_LIGHT
    np.divide(stretch * speed, nearest, out=rate, where=nearest > 0.0)
    return rate + STRONGEST_ACCELERATION / SPEED_OF_LIGHT
