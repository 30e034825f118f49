"""Conditions of geometry, each with a proven bound of its rate: elevation, sight, shadow, distance, separation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.events import Condition
from moonstead.dynamics.observe import (
    BARYCENTER,
    Aberration,
    Straight,
    azimuth_elevation,
    icrf_position,
    observe,
    require_straight,
    seen_bodies,
)
from moonstead.dynamics.trajectories import SurfacePoint, body_speed_limit, spin_limit
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Horizon = Callable[[Array], Array]
Shadow = Literal["any", "full", "annular", "partial"]

FASTEST_OBSERVER = 1e5  # [m/s] relative to the solar system barycentre; for the rates of light time and aberration only
STRONGEST_BODY_ACCELERATION = 0.1  # [m/s^2] of a body with a speed limit; Mercury has 0.063 at its perihelion
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


def sun_hidden(
    trajectory: Trajectory,
    body: str,
    data: DataContext,
    shadow: Shadow = "any",
    aberration: Straight = "light-time",
) -> Condition:
    """A spherical body stands before the Sun's disc.

    The condition is written with distances from the shadow's cones, not with angles, so that the rate of its value is
    hardly more than the speed of the trajectory, even close above the body.

    Parameters
    ----------
    trajectory : Trajectory
        The observer, outside the body.
    body : str
        Name of the body, a sphere of its mean radius.
    data : DataContext
        Where ephemeris and orientation come from.
    shadow : "any", "full", "annular" or "partial"
        Some of the disc is hidden (penumbra or deeper); all of it (umbra); a ring is left (antumbra); some, but
        neither of these.
    aberration : "light-time" or "geometric"
        The cone of the Sun and the body where they were when their light left (SPICE ``CN``), or where they are at
        the time itself; what that makes of an eclipse is told in `sun_visible_fraction`.

    Returns
    -------
    Condition
        Its value is the distance inside the shadow's cone [m].

    Raises
    ------
    InvalidInput
        The kind of shadow is not one of the four, or the aberration not one of the two.

    Source
    ------
    Cones tangent to two spheres: Montenbruck & Gill (2000), Satellite Orbits, section 3.4.1,
    doi:10.1007/978-3-642-58351-3. Light time: Moyer (2000), JPL DESCANSO 2, section 8.3.
    """
    require_straight(aberration)
    if shadow == "partial":
        some, full, ring = (sun_hidden(trajectory, body, data, kind, aberration) for kind in ("any", "full", "annular"))
        both = some & ~full & ~ring
        return Condition(both.value, both.rate_bound, f"Sun partly behind {body} from {trajectory.name}")
    if shadow not in ("any", "full", "annular"):
        raise InvalidInput(f"shadow must be any, full, annular or partial; got {shadow!r}")
    radius, sun_radius = body_named(body).mean_radius, body_named("SUN").mean_radius
    # the cone of the penumbra has its apex between the Sun and the body, that of umbra and antumbra beyond the body
    spread = sun_radius + radius if shadow == "any" else radius - sun_radius
    sun_speed = body_speed_limit("SUN", body)
    fast_sun, fast_body = (body_speed_limit(name, BARYCENTER) for name in ("SUN", body))

    def value(tdb: Array) -> Array:
        to_sun, to_body = seen_bodies(("SUN", body), trajectory, tdb, data, aberration)
        here, sun = -to_body, to_sun - to_body
        sun_distance = np.linalg.norm(sun, axis=1)
        behind = -np.sum(here * sun, axis=1) / sun_distance  # beyond the body, seen from the Sun
        beside = np.linalg.norm(np.cross(here, sun), axis=1) / sun_distance
        sine = spread / sun_distance
        cosine = np.sqrt(1.0 - sine * sine)
        if shadow == "annular":
            inside: Array = -beside * cosine - behind * sine - radius
        else:
            # the cone touches the body in a circle; no shadow falls on the Sun's side of it
            inside = np.minimum(radius + behind * sine - beside * cosine, behind + radius * sine)
        return inside

    def rate_bound(start: Array, stop: Array) -> Array:
        middle, half = _halves(start, stop)
        speed = _speed(trajectory, body, start, stop)
        reach = np.linalg.norm(icrf_position(trajectory, body, middle, data), axis=1) + speed * half
        sun_distance = np.linalg.norm(data.ephemeris.position("SUN", body, middle), axis=1)
        nearest_sun, axis_speed = sun_distance - sun_speed * half, np.full_like(speed, sun_speed)
        if aberration == "light-time":
            farthest = sun_distance + sun_speed * half + reach
            speed, reach, axis_speed, flown = _with_delay(speed, reach, farthest, fast_body, fast_sun)
            nearest_sun = nearest_sun - flown
        # the axis turns by at most axis_speed / nearest_sun, the cone's opening changes by its sine times as much
        safe = nearest_sun > 2.0 * (sun_radius + radius)
        axis_rate = np.full_like(speed, np.inf)
        np.divide(axis_speed, nearest_sun, out=axis_rate, where=safe)
        bound: Array = speed + (reach + radius) * axis_rate * 2.0
        return bound

    kinds = {"any": "Sun at least partly behind", "full": "Sun wholly behind", "annular": "Sun as a ring around"}
    return Condition(value, rate_bound, f"{kinds[shadow]} {body} from {trajectory.name}")


def in_umbra(
    trajectory: Trajectory, bodies: Sequence[str], data: DataContext, aberration: Straight = "light-time"
) -> Condition:
    """The Sun is wholly hidden behind one of the bodies.

    Parameters
    ----------
    trajectory : Trajectory
        The observer.
    bodies : sequence of str
        Names of the bodies that may stand before the Sun.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "light-time" or "geometric"
        As in `sun_hidden`.

    Returns
    -------
    Condition
        Its value is the distance inside the deepest shadow's cone [m].

    Raises
    ------
    InvalidInput
        No body is named, or the aberration is not one of the two.

    Source
    ------
    As `sun_hidden`.
    """
    hidden = [sun_hidden(trajectory, body, data, "full", aberration) for body in bodies]
    return _any_of(hidden, f"{trajectory.name} in umbra")


def in_penumbra(
    trajectory: Trajectory, bodies: Sequence[str], data: DataContext, aberration: Straight = "light-time"
) -> Condition:
    """Some of the Sun is hidden by one of the bodies, and none hides it wholly.

    Parameters
    ----------
    trajectory : Trajectory
        The observer.
    bodies : sequence of str
        Names of the bodies that may stand before the Sun.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "light-time" or "geometric"
        As in `sun_hidden`.

    Returns
    -------
    Condition
        Its value is a distance from the shadows' cones [m].

    Raises
    ------
    InvalidInput
        No body is named, or the aberration is not one of the two.

    Source
    ------
    As `sun_hidden`.
    """
    some = _any_of([sun_hidden(trajectory, body, data, "any", aberration) for body in bodies], "")
    found = some & ~in_umbra(trajectory, bodies, data, aberration)
    return Condition(found.value, found.rate_bound, f"{trajectory.name} in penumbra")


def in_sunlight(
    trajectory: Trajectory, bodies: Sequence[str], data: DataContext, aberration: Straight = "light-time"
) -> Condition:
    """The whole Sun is visible past all of the bodies.

    Parameters
    ----------
    trajectory : Trajectory
        The observer.
    bodies : sequence of str
        Names of the bodies that may stand before the Sun.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "light-time" or "geometric"
        As in `sun_hidden`.

    Returns
    -------
    Condition
        Its value is the distance outside the nearest penumbra's cone [m].

    Raises
    ------
    InvalidInput
        No body is named, or the aberration is not one of the two.

    Source
    ------
    As `sun_hidden`.
    """
    lit = ~_any_of([sun_hidden(trajectory, body, data, "any", aberration) for body in bodies], "")
    return Condition(lit.value, lit.rate_bound, f"{trajectory.name} in sunlight")


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


def _any_of(conditions: Sequence[Condition], name: str) -> Condition:
    if not conditions:
        raise InvalidInput("name at least one body that may stand before the Sun")
    found = conditions[0]
    for condition in conditions[1:]:
        found = found | condition
    return Condition(found.value, found.rate_bound, name)


def _halves(start: Array, stop: Array) -> tuple[Array, Array]:
    return 0.5 * (start + stop), 0.5 * (stop - start)


def _between(a: Trajectory, b: Trajectory, tdb: Array, data: DataContext) -> Array:
    """Positions (N, 3) [m] of b from a in the ICRF."""
    return icrf_position(b, a.center, tdb, data) - icrf_position(a, a.center, tdb, data)


def _speed(trajectory: Trajectory, center: str, start: Array, stop: Array) -> Array:
    return trajectory.speed_bound(start, stop) + body_speed_limit(trajectory.center, center)


def _relative_speed(a: Trajectory, b: Trajectory, start: Array, stop: Array) -> Array:
    return _speed(a, b.center, start, stop) + b.speed_bound(start, stop)


def _with_delay(
    speed: Array, reach: Array, farthest: Array, fast_body: float, fast_sun: float
) -> tuple[Array, Array, Array, Array]:
    """Bounds (K,) of a shadow's geometry with light time, from those without it.

    Light from a body slower than v takes tau, with c tau <= r + v tau where r is the distance at the time itself, and
    tau changes by at most the relative speed over c - v. So the speed relative to the body when its light left is at
    most that at the time itself, plus the change of the body's velocity in tau, plus v dtau/dt.

    Parameters
    ----------
    speed, reach, farthest : (K,) [m/s, m, m]
        Largest speed of the observer relative to the body, and largest distances from the body and from the Sun.
    fast_body, fast_sun : float [m/s]
        Largest speeds of the body and of the Sun relative to the solar system barycentre.

    Returns
    -------
    speed, reach, axis_speed, flown : (K,) [m/s, m, m/s, m]
        Largest speed and distance relative to the body when its light left; largest speed of the Sun relative to the
        body, each when its light left; how far both together move meanwhile.
    """
    slow_body, slow_sun = SPEED_OF_LIGHT - fast_body, SPEED_OF_LIGHT - fast_sun
    delay_body, delay_sun = reach / slow_body, farthest / slow_sun
    relative = speed + STRONGEST_BODY_ACCELERATION * delay_body
    delay_rate_body, delay_rate_sun = relative / slow_body, (speed + fast_body + fast_sun) / slow_sun
    return (
        relative + fast_body * delay_rate_body,
        reach + fast_body * delay_body,
        fast_body * (1.0 + delay_rate_body) + fast_sun * (1.0 + delay_rate_sun),
        fast_body * delay_body + fast_sun * delay_sun,
    )


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
