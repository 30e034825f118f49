"""Measuring on a flown trajectory what a transfer claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.iau import iau_frame
from moonstead.foundation.frames.standard import ICRF, ITRF, MOON_PA
from moonstead.orbits.elements import kepler_elements
from moonstead.orbits.transfers.joined import JoinedTrajectory
from moonstead.orbits.transfers.transfer import Target

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

NEAR = 6 * 3600.0  # [s] about a target's time in which its periapsis is sought
SAMPLES = 721  # one a minute


def measure(target: Target, trajectory: JoinedTrajectory, data: DataContext) -> float:
    """What a trajectory reaches of a target.

    Parameters
    ----------
    target : Target
        What is measured, relative to which body and when.
    trajectory : JoinedTrajectory
        The flight.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    float [SI]
        In the target's unit.

    Raises
    ------
    OutsideSpan
        The target's time lies outside the flight.

    Source
    ------
    Definitions, as `Target` tells them.
    """
    if target.measure in ("periapsis altitude", "time of periapsis"):
        tdb, distance = least_distance(trajectory, target.body, target.tdb - NEAR, target.tdb + NEAR)
        return distance - body(target.body).equatorial_radius if target.measure == "periapsis altitude" else tdb
    state = trajectory.state_about(target.body, [target.tdb])[0]
    distance, speed = float(np.linalg.norm(state[:3])), float(np.linalg.norm(state[3:]))
    if target.measure == "altitude":
        return distance - body(target.body).equatorial_radius
    if target.measure == "speed":
        return speed
    if target.measure == "flight-path angle":
        return float(np.arcsin(state[:3] @ state[3:] / (distance * speed)))
    if target.measure == "eccentricity":
        return float(kepler_elements(state, body(target.body).gm).eccentricity[0])
    normal = np.cross(state[:3], state[3:])
    return float(np.arccos(normal @ pole(target.body, target.tdb, data) / np.linalg.norm(normal)))


def least_distance(trajectory: JoinedTrajectory, center: str, first: float, last: float) -> tuple[float, float]:
    """When a flight is nearest to a body, and how near.

    Parameters
    ----------
    trajectory : JoinedTrajectory
        The flight.
    center : str
        The body.
    first, last : float [s TDB past J2000]
        Where to look; cut to the flight.

    Returns
    -------
    tdb : float [s TDB past J2000]
        When.
    distance : float [m]
        From the body's centre.

    Source
    ------
    Brent (1973), Algorithms for Minimization without Derivatives, chapter 5.
    """
    from scipy.optimize import minimize_scalar

    first, last = max(first, trajectory.span[0]), min(last, trajectory.span[1])
    times = np.linspace(first, last, SAMPLES)
    nearest = int(np.argmin(np.linalg.norm(trajectory.state_about(center, times)[:, :3], axis=1)))

    middle = float(times[nearest])  # the search counts from here: its resolution is relative

    def distance(past: float) -> float:
        return float(np.linalg.norm(trajectory.state_about(center, [middle + past])[0, :3]))

    bounds = (times[max(nearest - 1, 0)] - middle, times[min(nearest + 1, SAMPLES - 1)] - middle)
    found = minimize_scalar(distance, bounds=bounds, method="bounded", options={"xatol": 1e-3})
    best = min((distance(end), end) for end in (*bounds, 0.0, float(found.x)))
    return middle + float(best[1]), float(best[0])


def pole(name: str, tdb: float, data: DataContext) -> Array:
    """Direction of a body's axis of rotation.

    Parameters
    ----------
    name : str
        The body.
    tdb : float [s TDB past J2000]
        When.
    data : DataContext
        Orientation.

    Returns
    -------
    (3,) [1]
        In the ICRF; of the Moon the polar axis of its principal axes.

    Raises
    ------
    InvalidInput
        The body's orientation is not known.

    Source
    ------
    As the frames tell.
    """
    frame = {"EARTH": ITRF, "MOON": MOON_PA}.get(name) or iau_frame(name)
    return np.asarray(rotation(frame, ICRF, np.array([tdb]), data).matrix[0][:, 2])
