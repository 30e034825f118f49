"""What becomes of the orbits of a cloud: every passage by Earth and Moon, on its target plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, WGS84, body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SECONDS_PER_DAY
from moonstead.smallbodies.impact.cloud import OrbitCloud
from moonstead.smallbodies.impact.target_plane import target_plane
from moonstead.smallbodies.motion.flights import ManyEncounters, closest_approaches, fly_many
from moonstead.smallbodies.motion.perturbers import Perturbers

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

WITHIN = 0.05 * ASTRONOMICAL_UNIT  # [m] how near a passage is looked at
SAME = 20.0 * SECONDS_PER_DAY  # [s] passages of two orbits by one body are the same return if they differ by less


@dataclass(frozen=True, eq=False)
class Passages:
    """K passages of N orbits, in the order of orbits and for each in that of time.

    Attributes
    ----------
    count : int
        N.
    index : (K,) [1]
        Which orbit.
    body : (K,) str
        What it passes.
    tdb : (K,) [s TDB past J2000]
        Of the least distance or of the impact.
    state : (K, 6) [m, m/s]
        Relative to the body at that time, ICRF.
    impact : (K,) [1]
        Whether it hits.
    point, direction : (K, 3) [m], [1]
        Target point and incoming direction, ICRF.
    speed_at_infinity : (K,) [m/s]
        0 for a captured body.
    radius : (K,) [m]
        Of the disc on the target plane that hits.
    """

    count: int
    index: Integers
    body: NDArray[np.str_]
    tdb: Array
    state: Array
    impact: NDArray[np.bool_]
    point: Array
    direction: Array
    speed_at_infinity: Array
    radius: Array

    def nearest(self, target: str, tdb: Array) -> Integers:
        """Row of the passage of each orbit by a body that is nearest in time; -1 where none is the same return.

        Parameters
        ----------
        target : str
            The body.
        tdb : (N,) [s TDB past J2000]
            Time sought for each orbit.

        Returns
        -------
        (N,) [1]
            Rows of the arrays of this object.
        """
        here = np.flatnonzero(self.body == target)
        gap = np.abs(self.tdb[here] - tdb[self.index[here]])
        here, gap = here[gap < SAME], gap[gap < SAME]
        order = here[np.lexsort((gap, self.index[here]))]
        orbits, first = np.unique(self.index[order], return_index=True)
        rows = np.full(self.count, -1, dtype=np.int64)
        rows[orbits] = order[first]
        return rows


@dataclass(frozen=True, eq=False)
class Outlook:
    """A cloud of orbits and what they fly through.

    Attributes
    ----------
    cloud : OrbitCloud
        The orbits.
    until_tdb : float [s TDB past J2000]
        How far they fly.
    perturbers : Perturbers
        What pulls.
    bodies : tuple of str
        What may be hit.
    earth_altitude, moon_altitude : float [m]
        Where an impact counts.
    meet, at_times : callable
        Who flies: as `closest_approaches` and `fly_many`.
    """

    cloud: OrbitCloud
    until_tdb: float
    perturbers: Perturbers
    bodies: tuple[str, ...]
    earth_altitude: float
    moon_altitude: float
    meet: Callable[..., ManyEncounters] = closest_approaches
    at_times: Callable[..., Array] = fly_many

    def passages(self, points: Array, until_tdb: float | None = None) -> Passages:
        """Passages of the orbits of points of the cloud.

        Parameters
        ----------
        points : (N, k) [1]
            Of the cloud.
        until_tdb : float [s TDB past J2000] or None
            Where the flights may end; the end of the outlook if left out.

        Returns
        -------
        Passages
            Of all.
        """
        met = self.meet(
            self.cloud.states(points),
            self.cloud.orbit.tdb,
            self.until_tdb if until_tdb is None else min(until_tdb, self.until_tdb),
            self.perturbers,
            bodies=self.bodies,
            non_gravitational=self.cloud.pushes(points),
            earth_altitude=self.earth_altitude,
            moon_altitude=self.moon_altitude,
            within=WITHIN,
        )
        return passages_of(met, len(points), self.bodies, self.earth_altitude, self.moon_altitude)

    def places(self, points: Array, tdb: float) -> Array:
        """Positions (N, 3) [m] of points (N, k) [1] of the cloud at a time [s TDB past J2000]; NaN after an impact."""
        states = self.at_times(
            self.cloud.states(points),
            self.cloud.orbit.tdb,
            [tdb],
            self.perturbers,
            non_gravitational=self.cloud.pushes(points),
        )
        return np.ascontiguousarray(states[:, 0, :3])


def passages_of(
    met: ManyEncounters, count: int, bodies: tuple[str, ...], earth_altitude: float, moon_altitude: float
) -> Passages:
    """Passages on their target planes.

    Parameters
    ----------
    met : ManyEncounters
        Of all orbits.
    count : int
        Number of orbits.
    bodies : tuple of str
        What was looked for.
    earth_altitude, moon_altitude : float [m]
        Where an impact counts.

    Returns
    -------
    Passages
        One for each encounter.

    Source
    ------
    The Earth's radius is that of the sphere with the cross-section of the ellipsoid at the altitude, seen from the
    equator: sqrt(a b). What counts as an impact is decided by the flights, on the ellipsoid.
    """
    rows = met.tdb.size
    point, direction, speed, radius = np.zeros((rows, 3)), np.zeros((rows, 3)), np.zeros(rows), np.zeros(rows)
    for name in bodies:
        here = met.body == name
        if not np.any(here):
            continue
        plane = target_plane(met.state[here], body(name).gm)
        size = (
            np.sqrt((WGS84.equatorial_radius + earth_altitude) * (WGS84.polar_radius + earth_altitude))
            if name == "EARTH"
            else LUNAR_MAP_RADIUS + moon_altitude
        )
        point[here], direction[here], speed[here] = plane.point, plane.direction, plane.speed_at_infinity
        radius[here] = plane.impact_radius(float(size))
    return Passages(
        count,
        met.index,
        met.body,
        met.tdb,
        met.state,
        np.asarray(met.impact, dtype=bool),
        point,
        direction,
        speed,
        radius,
    )
