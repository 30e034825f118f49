"""Conditions of who observes sunlit objects, each with a proven bound of its rate: brightness, distance from a limb."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.events import Condition
from moonstead.dynamics.observe import icrf_position
from moonstead.dynamics.trajectories import BodyTrajectory, body_speed_limit
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.data import DataContext
from moonstead.monitoring.visibility.brightness import DiffuseSphere, full_phase_range, lambert_phase

Array = NDArray[np.float64]

STEEPEST = 0.6  # [1/rad] of the root of Lambert's phase law; the tests prove it
NEAREST_SUN = 0.9  # [1] of an astronomical unit: no object about Earth or Moon is closer to the Sun


def brighter_than(
    target: Trajectory, observer: Trajectory, sphere: DiffuseSphere, limit: float, data: DataContext
) -> Condition:
    """A diffuse sphere in sunlight is brighter than a magnitude.

    Whether a body stands before the Sun is not asked.

    Parameters
    ----------
    target, observer : Trajectory
        What is seen and from where.
    sphere : DiffuseSphere
        Its size and albedo.
    limit : float [1]
        Faintest V.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    Condition
        Its value is the distance to which it would be bright enough, less its distance [m].

    Source
    ------
    `sphere_magnitude`, without light time. Rate: the distance changes by the relative speed, the phase by the turns of
    the lines to Sun and observer, the root of the phase law by less than 0.6 per radian.
    """
    reach = full_phase_range(sphere, limit)

    def lines(tdb: Array) -> tuple[Array, Array]:
        here = icrf_position(target, target.center, tdb, data)
        to_sun = data.ephemeris.position("SUN", target.center, tdb) - here
        return to_sun, icrf_position(observer, target.center, tdb, data) - here

    def value(tdb: Array) -> Array:
        to_sun, to_observer = lines(tdb)
        sun_distance, distance = np.linalg.norm(to_sun, axis=1), np.linalg.norm(to_observer, axis=1)
        across = np.linalg.norm(np.cross(to_sun, to_observer), axis=1)
        phase = np.arctan2(across, np.sum(to_sun * to_observer, axis=1))
        bright: Array = reach * (ASTRONOMICAL_UNIT / sun_distance) * np.sqrt(lambert_phase(phase)) - distance
        return bright

    def rate_bound(start: Array, stop: Array) -> Array:
        half = 0.5 * (stop - start)
        to_sun, to_observer = lines(0.5 * (start + stop))
        speed = target.speed_bound(start, stop)
        relative = speed + observer.speed_bound(start, stop) + body_speed_limit(target.center, observer.center)
        sunward = speed + body_speed_limit("SUN", target.center)
        nearest = np.linalg.norm(to_observer, axis=1) - relative * half
        nearest_sun = np.linalg.norm(to_sun, axis=1) - sunward * half
        turn = np.full_like(half, np.inf)
        np.divide(relative, nearest, out=turn, where=nearest > 0.0)
        turn_sun = sunward / (NEAREST_SUN * ASTRONOMICAL_UNIT)  # also the relative change of the distance from the Sun
        change = reach / NEAREST_SUN * (STEEPEST * (turn + turn_sun) + turn_sun)
        bound: Array = np.where(nearest_sun > NEAREST_SUN * ASTRONOMICAL_UNIT, relative + change, np.inf)
        return bound

    return Condition(value, rate_bound, f"{target.name} brighter than {limit:g} mag from {observer.name}")


def off_the_limb(target: Trajectory, observer: Trajectory, body: str, angle: float, data: DataContext) -> Condition:
    """A target stands farther than an angle from the limb of a body, as an observer sees it.

    Parameters
    ----------
    target, observer : Trajectory
        What is seen and from where; the observer outside the body.
    body : str
        Name of the body, a sphere of its mean radius.
    angle : float [rad]
        Least angle; with zero a target before the disc does not count as seen, nor does one behind it.
    data : DataContext
        Where the ephemeris comes from.

    Returns
    -------
    Condition
        Its value is the angle from the centre, less the angular radius and the limit [rad].

    Source
    ------
    Geometry. Rate: both lines of sight turn by no more than relative speed over distance, the radius of the disc by
    its sine over its cosine times as much.
    """
    radius = body_named(body).mean_radius
    center = BodyTrajectory(body, target.center, data) if body != target.center else None

    def lines(tdb: Array) -> tuple[Array, Array]:
        here = icrf_position(observer, target.center, tdb, data)
        middle = center.state(tdb)[:, :3] if center is not None else np.zeros_like(here)
        return icrf_position(target, target.center, tdb, data) - here, middle - here

    def value(tdb: Array) -> Array:
        to_target, to_body = lines(tdb)
        across = np.linalg.norm(np.cross(to_target, to_body), axis=1)
        separation = np.arctan2(across, np.sum(to_target * to_body, axis=1))
        disc = np.arcsin(np.minimum(radius / np.linalg.norm(to_body, axis=1), 1.0))
        outside: Array = separation - disc - angle
        return outside

    def rate_bound(start: Array, stop: Array) -> Array:
        half = 0.5 * (stop - start)
        to_target, to_body = lines(0.5 * (start + stop))
        own = observer.speed_bound(start, stop)
        to_center = body_speed_limit(observer.center, target.center)
        relative = own + target.speed_bound(start, stop) + to_center
        drift = own + body_speed_limit(observer.center, body)
        nearest = np.linalg.norm(to_target, axis=1) - relative * half
        nearest_body = np.linalg.norm(to_body, axis=1) - drift * half
        bound = np.full_like(half, np.inf)
        clear = (nearest > 0.0) & (nearest_body > radius)
        turn = drift[clear] / nearest_body[clear]
        sine = radius / nearest_body[clear]
        bound[clear] = relative[clear] / nearest[clear] + turn * (1.0 + sine / np.sqrt(1.0 - sine**2))
        return bound

    return Condition(value, rate_bound, f"{target.name} {math.degrees(angle):.3g} deg off {body} from {observer.name}")
