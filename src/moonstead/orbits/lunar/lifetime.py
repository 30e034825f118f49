"""How long a lunar orbit lives: when and where it meets the ground, and how low it comes before."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, PreparedForces, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]
Terrain = Callable[[Array, Array], Array]

STEP_TOLERANCE = 1e-10  # [1] of a step; over 8 years of a 24 h ellipse 1e-11 gives the same least altitude to metres
HIGHEST_SUMMIT = 11e3  # [m] the ground nowhere reaches higher: 10.79 km, Smith et al. (2010), GRL 37, L18204
SPACING = 500.0  # [m] along the track between two looks at the terrain
MOST_LOOKS = 1_000_000  # held in memory at once
BISECTIONS = 45

SPHERE, TERRAIN = "mean sphere", "terrain"


@dataclass(frozen=True)
class Impact:
    """Where an orbit ends.

    Attributes
    ----------
    tdb : float [s TDB past J2000]
        When.
    latitude, longitude : float [rad]
        Where, MOON_ME.
    speed : float [m/s]
        Relative to the Moon's centre, in axes that do not turn.
    surface : str
        ``"mean sphere"`` or ``"terrain"``.
    """

    tdb: float
    latitude: float
    longitude: float
    speed: float
    surface: str


@dataclass(frozen=True, eq=False)
class Lifetime:
    """What became of a lunar orbit that nobody controls.

    Attributes
    ----------
    trajectory : PropagatedTrajectory
        As far as it was followed; it ends on the mean sphere.
    impact : Impact or None
        Where it ends; None where it lived to the end of the span.
    pass_tdb : (P,) [s TDB past J2000]
        Closest approaches to the centre, and both ends of the span.
    pass_altitude : (P,) [m]
        Altitude over the mean sphere then.
    least_clearance : float [m]
        Least height over the ground, where terrain was given; NaN otherwise, and where the orbit stays higher than any
        summit.
    """

    trajectory: PropagatedTrajectory
    impact: Impact | None
    pass_tdb: Array
    pass_altitude: Array
    least_clearance: float

    @property
    def duration(self) -> float:
        """How long it lived, or was followed [s]."""
        start = self.trajectory.span[0]
        return (self.impact.tdb if self.impact else self.trajectory.span[1]) - start

    @property
    def lowest_altitude(self) -> float:
        """Least altitude over the mean sphere [m]."""
        return float(np.min(self.pass_altitude))

    @property
    def lowest_tdb(self) -> float:
        """When it was lowest [s TDB past J2000]."""
        return float(self.pass_tdb[np.argmin(self.pass_altitude)])

    def lowest_by(self, interval: float) -> tuple[Array, Array]:
        """Least altitude in one stretch of time after another.

        Parameters
        ----------
        interval : float [s]
            Length of a stretch.

        Returns
        -------
        (starts, altitudes) : (K,), (K,) [s TDB past J2000, m]
            Starts of the stretches that hold a closest approach, and the least altitude in each.

        Raises
        ------
        InvalidInput
            The interval is not positive.
        """
        if not interval > 0.0:
            raise InvalidInput(f"an interval must be positive [s]; got {interval!r}")
        first = self.trajectory.span[0]
        number = ((self.pass_tdb - first) // interval).astype(np.int64)
        heads = np.flatnonzero(np.diff(number, prepend=-1))
        starts = np.asarray(first + number[heads] * interval, dtype=np.float64)
        return starts, np.asarray(np.minimum.reduceat(self.pass_altitude, heads), dtype=np.float64)


def orbit_lifetime(
    initial: OrbitState,
    duration: float,
    model: ForceModel | PreparedForces,
    data: DataContext,
    *,
    terrain: Terrain | None = None,
    step_tolerance: float = STEP_TOLERANCE,
) -> Lifetime:
    """Follow a lunar orbit until it meets the ground or a span ends.

    Parameters
    ----------
    initial : OrbitState
        Start, about the Moon.
    duration : float [s]
        How long to follow it.
    model : ForceModel or PreparedForces
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    terrain : callable or None
        Height [m] of the ground over the mean sphere at latitudes and longitudes (N,) [rad], MOON_ME. None: the Moon is
        its mean sphere of 1737.4 km. With terrain an orbit ends on the first ground that stands in its way; below the
        mean sphere it is not followed, into a basin for example.
    step_tolerance : float [1]
        Local error of a step of the integration, as `propagate` takes it.

    Returns
    -------
    Lifetime
        Least altitudes are found on the dense output where radial speed turns, not from elements.

    Raises
    ------
    InvalidInput
        The duration is not positive, or the orbit is not about the Moon.

    Source
    ------
    Definition. Osculating periselenes of lunar ellipses swing by hundreds of kilometres within a month: Ely (2005), J.
    Astronaut. Sci. 53, 301, doi:10.1007/BF03546355.
    """
    if not (math.isfinite(duration) and duration > 0.0):
        raise InvalidInput(f"a lifetime is followed for a positive, finite time [s]; got {duration!r}")
    if initial.center != "MOON":
        raise InvalidInput(f"lifetimes are of orbits about the Moon; this one is about {initial.center}")
    path = propagate(initial, initial.epoch_tdb + duration, model, data, step_tolerance=step_tolerance, name="orbit")
    times, distances = closest_approaches(path)
    altitudes = distances - LUNAR_MAP_RADIUS
    impact = _impact(path, path.span[1], SPHERE, data) if path.hit_surface else None
    clearance = math.nan
    if terrain is not None:
        clearance, struck = _meet_ground(path, terrain, data)
        if struck is not None:
            impact = _impact(path, struck, TERRAIN, data)
            before = times < struck
            last = float(np.linalg.norm(path.state(struck)[0, :3])) - LUNAR_MAP_RADIUS
            times, altitudes = np.append(times[before], struck), np.append(altitudes[before], last)
    return Lifetime(path, impact, times, altitudes, clearance)


def closest_approaches(trajectory: PropagatedTrajectory) -> tuple[Array, Array]:
    """Closest approaches of a trajectory to its centre, and both its ends.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        What was propagated.

    Returns
    -------
    (times, distances) : (P,), (P,) [s TDB past J2000, m]
        In the order of time.

    Source
    ------
    Definition: radial speed turns from inward to outward; found by bisection on the dense output.
    """
    times, positions, velocities = trajectory.step_times, trajectory.positions[:, :3], trajectory.velocities[:, :3]
    radial = np.sum(positions * velocities, axis=1)
    turns = np.flatnonzero((radial[:-1] < 0.0) & (radial[1:] >= 0.0))
    before, after = times[turns].copy(), times[turns + 1].copy()
    for _ in range(BISECTIONS if turns.size else 0):
        middle = 0.5 * (before + after)
        states = trajectory.state(middle)
        inward = np.sum(states[:, :3] * states[:, 3:], axis=1) < 0.0
        before, after = np.where(inward, middle, before), np.where(inward, after, middle)
    ends = np.array(trajectory.span)
    found = np.concatenate((ends[:1], before, ends[1:]))
    return found, np.asarray(np.linalg.norm(trajectory.state(found)[:, :3], axis=1))


def _impact(path: PropagatedTrajectory, tdb: float, surface: str, data: DataContext) -> Impact:
    state = path.state(tdb)[0]
    latitude, longitude = _places(state[None, :3], np.array([tdb]), data)
    return Impact(tdb, float(latitude[0]), float(longitude[0]), float(np.linalg.norm(state[3:])), surface)


def _places(positions: Array, tdb: Array, data: DataContext) -> tuple[Array, Array]:
    fixed = MOON_ME.from_icrf(tdb, data).position(positions)
    return np.arcsin(fixed[:, 2] / np.linalg.norm(fixed, axis=1)), np.arctan2(fixed[:, 1], fixed[:, 0])


def _meet_ground(path: PropagatedTrajectory, terrain: Terrain, data: DataContext) -> tuple[float, float | None]:
    """Least height over the ground [m], NaN where no summit is near, and the first time on it, or None."""
    times = path.step_times
    speed = np.linalg.norm(path.velocities[:, :3], axis=1)
    low = np.linalg.norm(path.positions[:, :3], axis=1) - LUNAR_MAP_RADIUS - HIGHEST_SUMMIT
    # between two nodes an orbit sinks by no more than speed times half the step
    reach = 0.5 * np.diff(times) * np.maximum(speed[:-1], speed[1:])
    near = np.flatnonzero(np.minimum(low[:-1], low[1:]) <= reach)
    least = math.nan

    def heights(tdb: Array) -> Array:
        states = path.state(tdb)
        latitude, longitude = _places(states[:, :3], tdb, data)
        over_sphere = np.linalg.norm(states[:, :3], axis=1) - LUNAR_MAP_RADIUS
        return np.where(over_sphere < HIGHEST_SUMMIT, over_sphere - terrain(latitude, longitude), np.inf)

    looks = np.ceil(np.diff(times) * np.maximum(speed[:-1], speed[1:]) / SPACING).astype(np.int64) + 1
    for group in np.array_split(near, max(1, -(-int(looks[near].sum()) // MOST_LOOKS))):
        if not group.size:
            continue
        moments = np.concatenate([np.linspace(times[k], times[k + 1], looks[k]) for k in group])
        moments = np.clip(moments, *path.span)
        over = heights(moments)
        found = float(np.min(over))
        if math.isfinite(found):
            least = found if math.isnan(least) else min(least, found)
        if found <= 0.0:
            first = int(np.argmax(over <= 0.0))
            before, after = moments[max(first - 1, 0)], moments[first]
            for _ in range(BISECTIONS):
                middle = 0.5 * (before + after)
                before, after = (before, middle) if heights(np.array([middle]))[0] <= 0.0 else (middle, after)
            return 0.0, float(after)
    return least, None
