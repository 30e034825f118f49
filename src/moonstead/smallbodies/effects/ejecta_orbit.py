"""Ejecta above the ground: how dense, how fast, and what meets an orbiter."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.lambert import lambert
from moonstead.smallbodies.effects.ballistic import MOON_GM
from moonstead.smallbodies.effects.crater import MOON_GRAVITY, Crater
from moonstead.smallbodies.effects.ejecta import EjectaLaw
from moonstead.smallbodies.effects.ejecta_site import FLATTEST, STEEPEST
from moonstead.smallbodies.effects.fragments import MASS_INDEX, SPEED_INDEX, fragments_per_mass, largest_fragment

__all__ = ["Cloud", "OrbiterEjecta", "ejecta_cloud", "met_by_orbiter"]

Array = NDArray[np.float64]

STEP = 1e-5  # [1] of the distance, for differences: the error is its square
LEAST_DELAY = 1.0  # [s] after the impact


@dataclass(frozen=True, eq=False)
class Cloud:
    """Ejecta at places and times; the rows are places, the two columns the way there and the long way round.

    Attributes
    ----------
    density : (N, 2) [kg/m3]
        Mass in a volume of space.
    velocity : (N, 2, 3) [m/s]
        In the axes of the places; NaN where nothing flies.
    launch_speed : (N, 2) [m/s]
    """

    density: Array
    velocity: Array
    launch_speed: Array


@dataclass(frozen=True, eq=False)
class OrbiterEjecta:
    """Ejecta that meet an orbiter.

    Attributes
    ----------
    delay : (N,) [s]
        After the impact.
    flux : (N,) [kg/m2/s]
        On a square metre across the relative motion.
    speed : (N,) [m/s]
        Of the meeting, mean by mass; zero where there is nothing.
    fluence : float [kg/m2]
        Sum over the span.
    hits : (N,) [1/m2]
        Pieces that have met a square metre by then, of `diameter` or more.
    diameter : float [m]
        Least diameter counted.
    """

    delay: Array
    flux: Array
    speed: Array
    fluence: float
    hits: Array
    diameter: float


def ejecta_cloud(
    law: EjectaLaw, origin: ArrayLike, positions: ArrayLike, delay: ArrayLike, *, blur: float = 0.0
) -> Cloud:
    """Density and velocity of ejecta at places.

    Parameters
    ----------
    law : EjectaLaw
        What leaves at time zero, evenly to all sides.
    origin : (3,) [m]
        Of the impact, from the Moon's centre, in axes that do not turn.
    positions : (N, 3) [m]
        Places in the same axes, above the ground.
    delay : (N,) [s]
        After the impact.
    blur : float [m]
        Distance over which the density is evened out about the impact's vertical and the one opposite, where all paths
        cross: what passes through between two samples. At least the crater's radius.

    Returns
    -------
    Cloud

    Raises
    ------
    InvalidInput
        Shapes do not fit.

    Source
    ------
    All that is at a place at a time came there on the two conics of Lambert's problem (whole turns end in the ground
    first). The density is ``(dM/dv) p(theta) / v / (2 pi r sin(phi)) |d(launch velocity)/d(place)|``, in the plane of
    the motion, with launches as in `launch_elevations`.
    """
    start, there = np.asarray(origin, dtype=np.float64), np.atleast_2d(np.asarray(positions, dtype=np.float64))
    times = np.atleast_1d(np.asarray(delay, dtype=np.float64))
    if start.shape != (3,) or there.shape != (times.size, 3):
        raise InvalidInput(
            f"an origin (3,), places (N, 3) and delays (N,) are needed; got {start.shape}, {there.shape}"
        )
    height = float(np.linalg.norm(start))
    zenith = start / height
    distance = np.linalg.norm(there, axis=1)
    along = there @ zenith
    aside = there - along[:, None] * zenith
    across = np.linalg.norm(aside, axis=1)
    least = max(law.crater_radius, blur) / height
    angle = np.clip(np.arctan2(across, along), least, math.pi - least)
    tangent = aside / np.maximum(across, 1e-9)[:, None]
    density = np.zeros((times.size, 2))
    velocity = np.full((times.size, 2, 3), np.nan)
    launch = np.full((times.size, 2), np.nan)
    usable = (distance > height) & (times > LEAST_DELAY)
    if not np.any(usable):
        return Cloud(density, velocity, launch)
    rows = np.flatnonzero(usable)
    far, phi, wait = distance[rows], angle[rows], times[rows]
    for column, side in enumerate((1.0, -1.0)):  # the long way round is the mirror image, turning the same way
        x, y = far * np.cos(phi), side * far * np.sin(phi)
        step = STEP * far
        begin, end = _arcs(height, x, y, wait)
        slope_x = (_arcs(height, x + step, y, wait)[0] - _arcs(height, x - step, y, wait)[0]) / (2.0 * step[:, None])
        slope_y = (_arcs(height, x, y + step, wait)[0] - _arcs(height, x, y - step, wait)[0]) / (2.0 * step[:, None])
        spread = np.abs(slope_x[:, 0] * slope_y[:, 1] - slope_x[:, 1] * slope_y[:, 0])
        speed = np.hypot(begin[:, 0], begin[:, 1])
        up = np.arctan2(begin[:, 0], begin[:, 1])
        with np.errstate(invalid="ignore", divide="ignore"):
            found = (
                law.mass_per_speed(np.nan_to_num(speed))
                * _share_of_elevation(up)
                / speed
                / (2.0 * math.pi * far * np.sin(phi))
                * spread
            )
        known = np.isfinite(found) & (found > 0.0)
        density[rows[known], column] = found[known]
        launch[rows[known], column] = speed[known]
        velocity[rows[known], column] = end[known, :1] * zenith + side * end[known, 1:2] * tangent[rows[known]]
    return Cloud(density, velocity, launch)


def met_by_orbiter(
    cloud: Cloud,
    crater: Crater,
    states: ArrayLike,
    delay: ArrayLike,
    *,
    diameter: float,
    mass_index: float = MASS_INDEX.nominal,
    speed_index: float = SPEED_INDEX.nominal,
) -> OrbiterEjecta:
    """Ejecta that meet an orbiter over time.

    Parameters
    ----------
    cloud : Cloud
        Of `ejecta_cloud` at the orbiter's places.
    crater : Crater
        Where it comes from.
    states : (N, 6) [m, m/s]
        Of the orbiter from the Moon's centre, in the axes of the cloud, at the delays.
    delay : (N,) [s]
        After the impact, rising.
    diameter : float [m]
        Least diameter of the pieces counted.
    mass_index, speed_index : float [1]
        Of the laws of fragments.

    Returns
    -------
    OrbiterEjecta

    Raises
    ------
    InvalidInput
        Shapes do not fit, or the delays do not rise.

    Source
    ------
    Density of the cloud times the relative speed, summed by the trapezoidal rule; `fragments_per_mass`.
    """
    paths, times = np.asarray(states, dtype=np.float64), np.asarray(delay, dtype=np.float64)
    if paths.shape != (times.size, 6) or cloud.density.shape[0] != times.size or np.any(np.diff(times) <= 0.0):
        raise InvalidInput(f"states (N, 6) at rising delays (N,) are needed; got {paths.shape} and {times.shape}")
    relative = np.linalg.norm(np.nan_to_num(cloud.velocity - paths[:, None, 3:]), axis=2)
    flow = cloud.density * relative
    flux = flow.sum(axis=1)
    rim_speed = math.sqrt(0.5 * MOON_GRAVITY * crater.diameter.nominal)
    launch = np.where(cloud.density > 0.0, cloud.launch_speed, rim_speed)
    largest = largest_fragment(launch, crater.diameter.nominal, rim_speed, speed_index)
    rate = (flow * fragments_per_mass(diameter, largest, mass_index)).sum(axis=1)
    steps = np.diff(times)
    hits = np.concatenate(([0.0], np.cumsum(0.5 * (rate[1:] + rate[:-1]) * steps)))
    with np.errstate(invalid="ignore", divide="ignore"):
        speed = np.where(flux > 0.0, (flow * relative).sum(axis=1) / flux, 0.0)
    return OrbiterEjecta(times, flux, speed, float(np.sum(0.5 * (flux[1:] + flux[:-1]) * steps)), hits, diameter)


def _arcs(height: float, x: Array, y: Array, wait: Array) -> tuple[Array, Array]:
    """Velocities (N, 2) at launch and at the place, in the plane: up and along at the launch site."""
    arrival = np.column_stack((x, y, np.zeros_like(x)))
    found = lambert(np.array([height, 0.0, 0.0]), arrival, wait, MOON_GM)
    return found.departure_velocity[:, :2], found.arrival_velocity[:, :2]


def _share_of_elevation(up: Array) -> Array:
    """Share of the mass per angle [1/rad] of the raised cosine of `launch_elevations`."""
    place = (2.0 * up - STEEPEST - FLATTEST) / (STEEPEST - FLATTEST)
    return np.where(np.abs(place) <= 1.0, (1.0 + np.cos(math.pi * place)) / (STEEPEST - FLATTEST), 0.0)
