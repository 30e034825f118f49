"""First guesses of a flown orbit: where on a periodic orbit its nodes lie, and where that is in the ICRF."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.orbits.three_body.rotating import rotating_axes, rotating_from_icrf

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

Array = NDArray[np.float64]

TABLE = 2000  # rows of an orbit's table
CLOSE = 0.4  # of the largest distance: a passage nearer than this is a close one, and no node lies by it
LEAST_NODES = 7  # in a revolution
LONGEST_ARC = 1.1 * SECONDS_PER_DAY
CONSTANT, PULSATING, IN_TIME = "constant", "pulsating", "pulsating in time"
SHAPES = (CONSTANT, PULSATING, IN_TIME)
LOOKS = 6.0 * 3600.0  # [s] between looks at the rate of the primaries, which changes over weeks
SLACK = 0.05  # [1] of a span: more than the primaries run ahead of or behind their mean motion


@dataclass(frozen=True, eq=False)
class OrbitTable:
    """A periodic orbit at equal steps of its period, from the passage nearest to the secondary.

    Attributes
    ----------
    orbit : PeriodicOrbit
        The orbit.
    offset : float [1]
        Share of the period from the orbit's own state to that passage.
    states : (TABLE + 1, 6) [1]
        Normalised states in the rotating axes; the last row is the first.
    """

    orbit: PeriodicOrbit
    offset: float
    states: Array

    def at(self, phases: Array) -> Array:
        """States (N, 6) [1] at phases (N,) [1] of any size, counted in revolutions from the nearest passage."""
        from scipy.interpolate import CubicSpline

        steps = np.linspace(0.0, 1.0, TABLE + 1)
        return np.asarray(CubicSpline(steps, self.states, bc_type="periodic")(np.mod(phases, 1.0)))

    def near_passages(self) -> int:
        """How often in a revolution the orbit passes nearest to the secondary."""
        distance = self.distances()[:-1]
        return int(np.count_nonzero((distance < np.roll(distance, 1)) & (distance <= np.roll(distance, -1))))

    def distances(self) -> Array:
        """Distances (TABLE + 1,) [1] from the secondary."""
        place = self.states[:, :3] - np.array([1.0 - self.orbit.system.mass_ratio, 0.0, 0.0])
        return np.asarray(np.linalg.norm(place, axis=1))


def orbit_table(orbit: PeriodicOrbit) -> OrbitTable:
    """Table of a periodic orbit, whose phases count from the passage nearest to the secondary.

    Parameters
    ----------
    orbit : PeriodicOrbit
        The orbit.

    Returns
    -------
    OrbitTable
        Normalised states.

    Raises
    ------
    NumericalFailure
        The orbit runs into a body.

    Source
    ------
    The motion of `propagate_three_body`.
    """
    steps = np.linspace(0.0, 1.0, TABLE + 1)
    once = orbit.states(steps)
    place = once[:, :3] - np.array([1.0 - orbit.system.mass_ratio, 0.0, 0.0])
    nearest = int(np.argmin(np.linalg.norm(place[:-1], axis=1)))
    turned = np.roll(once[:-1], -nearest, axis=0)
    return OrbitTable(orbit, nearest / TABLE, np.concatenate((turned, turned[:1])))


def node_phases(table: OrbitTable, period: float, nodes: int | None = None) -> Array:
    """Phases of the nodes in one revolution, none near a close passage.

    Between two close passages nodes are spread evenly, half a step from each: there the motion is slow, and what is off
    at a node grows least on the way to the next.

    Parameters
    ----------
    table : OrbitTable
        The orbit.
    period : float [s]
        Of one revolution.
    nodes : int or None
        How many in a revolution; None for one a day, seven at least.

    Returns
    -------
    (K,) [1]
        Rising, within 0 and 1; 0 is the passage nearest to the secondary.

    Source
    ------
    Measured on the 9:2 NRHO: with a node at perilune Newton's method diverges.
    """
    wanted = nodes or max(LEAST_NODES, math.ceil(period / LONGEST_ARC))
    distance = table.distances()[:-1]
    lower = (distance < np.roll(distance, 1)) & (distance <= np.roll(distance, -1))
    close = np.flatnonzero(lower & (distance < CLOSE * distance.max())) / TABLE
    edges = np.append(close, 1.0) if close.size and close[0] == 0.0 else np.array([0.0, 1.0])
    phases = []
    for first, last in pairwise(edges.tolist()):
        count = max(2, round(wanted * (last - first)))
        phases.append(first + (last - first) * (np.arange(count) + 0.5) / count)
    return np.concatenate(phases)


@dataclass(frozen=True, eq=False)
class Layout:
    """A periodic orbit laid along the true axes of the primaries: when it is at which phase, and where that is.

    Attributes
    ----------
    table : OrbitTable
        The orbit.
    shape : str
        Of `SHAPES`. ``"constant"`` keeps the orbit's size in metres about the secondary and its revolutions equal in
        time, which suits what is bound to the secondary; ``"pulsating"`` stretches it with the distance of the
        primaries; ``"pulsating in time"`` makes its revolutions equal in the angle that the primaries turn by, too,
        which suits what is bound to both.
    start : float [s TDB past J2000]
        When the phase is `phase`.
    phase : float [1]
        Revolutions since a passage nearest to the secondary, at the start.
    period : float [s]
        Of one revolution; of ``"pulsating in time"``, at the mean pace of the orbit's constants.
    center : str
        Body that states are measured from.
    data : DataContext
        Ephemeris.
    """

    table: OrbitTable
    shape: str
    start: float
    phase: float
    period: float
    center: str
    data: DataContext

    def times(self, phases: Array) -> Array:
        """Times (N,) [s TDB past J2000] at which the orbit is at phases (N,) [1]."""
        if self.shape != IN_TIME:
            return self.start + (phases - self.phase) * self.period
        from scipy.interpolate import CubicSpline

        angles = (phases - self.phase) * self.period / self.table.orbit.system.time
        mean = self.period * (phases - self.phase)
        reach = SLACK * (mean.max() - mean.min()) + 10.0 * LOOKS
        tdb = np.arange(self.start + mean.min() - reach, self.start + mean.max() + reach, LOOKS)
        rate = rotating_axes(tdb, self.table.orbit.system, self.data, center=self.center).rate
        turned = CubicSpline(tdb, rate).antiderivative()
        return np.asarray(CubicSpline(turned(tdb) - turned(self.start), tdb)(angles))

    def states(self, phases: Array, tdb: Array) -> Array:
        """States (N, 6) [m, m/s] in the ICRF at phases (N,) [1] and their times (N,) [s TDB past J2000]."""
        system = self.table.orbit.system
        states = self.table.at(phases)
        frame = rotating_axes(tdb, system, self.data, center=self.center)
        pace = np.full((tdb.size, 1), self.table.orbit.period / self.period)
        if self.shape == CONSTANT:
            place = system.length * (states[:, :3] - self._secondary)
            moving = system.length * pace * states[:, 3:] + np.cross(frame.turning, place)
            origin = self._place_of_secondary(tdb)
        else:
            if self.shape == IN_TIME:
                pace = pace * system.time * frame.rate[:, None]
            size, growth = frame.distance[:, None], frame.distance_rate[:, None]
            place = size * states[:, :3]
            moving = growth * states[:, :3] + size * pace * states[:, 3:] + np.cross(frame.turning, place)
            origin = frame.barycentre
        turned = [np.einsum("nij,ni->nj", frame.axes, vectors) for vectors in (place, moving)]
        return np.ascontiguousarray(origin + np.concatenate(turned, axis=1))

    def drift(self, states: Array, phases: Array, tdb: Array) -> float:
        """Rate at which a flown orbit gains on the phases of this layout.

        Parameters
        ----------
        states : (N, 6) [m, m/s]
            Flown nodes, in the ICRF.
        phases : (N,) [1]
            Where the layout has them.
        tdb : (N,) [s TDB past J2000]
            When.

        Returns
        -------
        float [1]
            Slope of the line through the gains; positive where the flown orbit is quicker.
        """
        wanted = self.table.at(phases)
        place = self._normalised(states, tdb)
        speed = np.sum(wanted[:, 3:] ** 2, axis=1)
        ahead = np.sum((place - wanted[:, :3]) * wanted[:, 3:], axis=1) / speed / self.table.orbit.period
        return float(np.polyfit(phases, ahead, 1)[0])

    def aside(self, states: Array, tdb: Array) -> Array:
        """Distances of a flown orbit from the path of this layout, whatever its phase.

        Parameters
        ----------
        states : (N, 6) [m, m/s]
            Flown nodes, in the ICRF.
        tdb : (N,) [s TDB past J2000]
            When.

        Returns
        -------
        (N,) [m]
            From the nearest row of the orbit's table.
        """
        from scipy.spatial import cKDTree

        apart, _ = cKDTree(self.table.states[:-1, :3]).query(self._normalised(states, tdb))
        return np.asarray(apart) * self.table.orbit.system.length

    def _normalised(self, states: Array, tdb: Array) -> Array:
        """Places (N, 3) [1] in the axes and units of the layout, of states (N, 6) [m, m/s] in the ICRF."""
        system = self.table.orbit.system
        if self.shape == CONSTANT:
            frame = rotating_axes(tdb, system, self.data, center=self.center)
            seen = (states - self._place_of_secondary(tdb))[:, :3]
            return np.asarray(np.einsum("nij,nj->ni", frame.axes, seen) / system.length + self._secondary)
        return rotating_from_icrf(states, tdb, system, self.data, center=self.center)[:, :3]

    @property
    def _secondary(self) -> Array:
        return np.array([1.0 - self.table.orbit.system.mass_ratio, 0.0, 0.0])

    def _place_of_secondary(self, tdb: Array) -> Array:
        system = self.table.orbit.system
        if system.secondary == self.center:
            return np.zeros((tdb.size, 6))
        return self.data.ephemeris.state(system.secondary, self.center, tdb)
