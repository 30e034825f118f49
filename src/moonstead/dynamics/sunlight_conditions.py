"""Conditions of sunlight and shadow, each with a proven bound of its rate: which bodies hide how much of the Sun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.events import Condition
from moonstead.dynamics.observe import BARYCENTER, Straight, icrf_position, require_straight, seen_bodies
from moonstead.dynamics.trajectories import body_speed_limit
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Shadow = Literal["any", "full", "annular", "partial"]

STRONGEST_BODY_ACCELERATION = 0.1  # [m/s^2] of a body with a speed limit; Mercury has 0.063 at its perihelion


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
        return replace(some & ~full & ~ring, name=f"Sun partly behind {body} from {trajectory.name}")
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
        middle, half = 0.5 * (start + stop), 0.5 * (stop - start)
        speed = trajectory.speed_bound(start, stop) + body_speed_limit(trajectory.center, body)
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
    hidden = _hidden_by_any(trajectory, bodies, data, "full", aberration)
    return replace(hidden, name=f"{trajectory.name} in umbra")


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
    some = _hidden_by_any(trajectory, bodies, data, "any", aberration)
    umbra = _hidden_by_any(trajectory, bodies, data, "full", aberration)
    return replace(some & ~umbra, name=f"{trajectory.name} in penumbra")


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
    hidden = _hidden_by_any(trajectory, bodies, data, "any", aberration)
    return replace(~hidden, name=f"{trajectory.name} in sunlight")


def _hidden_by_any(
    trajectory: Trajectory, bodies: Sequence[str], data: DataContext, shadow: Shadow, aberration: Straight
) -> Condition:
    if not bodies:
        raise InvalidInput("name at least one body that may stand before the Sun")
    return reduce(or_, [sun_hidden(trajectory, body, data, shadow, aberration) for body in bodies])


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
