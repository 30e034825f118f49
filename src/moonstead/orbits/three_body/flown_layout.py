"""First guesses of a flown orbit: where on a periodic orbit its nodes lie, and where that is in the ICRF."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.orbits.three_body.rotating import rotating_axes

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

Array = NDArray[np.float64]

TABLE = 2000  # rows of an orbit's table
CLOSE = 0.4  # of the largest distance: a passage nearer than this is a close one, and no node lies by it
LEAST_NODES = 7  # in a revolution
LONGEST_ARC = 1.1 * SECONDS_PER_DAY
SHAPES = ("constant", "pulsating", "pulsating in time")


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


def laid_out(
    table: OrbitTable, phases: Array, tdb: Array, period: float, shape: str, data: DataContext, *, center: str
) -> Array:
    """States in the ICRF of a periodic orbit that is laid along the true axes of the primaries.

    Parameters
    ----------
    table : OrbitTable
        The orbit.
    phases : (N,) [1]
        Revolutions since a passage nearest to the secondary.
    tdb : (N,) [s TDB past J2000]
        When.
    period : float [s]
        Time in which the phase grows by one.
    shape : str
        Of `SHAPES`. ``"constant"`` keeps the orbit's size in metres about the secondary, which suits what is bound to
        it; ``"pulsating"`` stretches it with the distance of the primaries, which suits what is not; ``"pulsating in
        time"`` stretches the speeds with the rate of the primaries as well.
    data : DataContext
        Ephemeris.
    center : str
        Body that the answer is measured from.

    Returns
    -------
    (N, 6) [m, m/s]
        In the ICRF.

    Raises
    ------
    OutsideSpan
        The ephemeris does not cover the times.

    Source
    ------
    Pulsating axes: Dei Tos & Topputo (2017), Adv. Space Res. 59, 2117, doi:10.1016/j.asr.2017.01.038.
    """
    system = table.orbit.system
    states = table.at(phases)
    frame = rotating_axes(tdb, system, data, center=center)
    pace = np.full((tdb.size, 1), table.orbit.period / period)
    if shape == "constant":
        place = system.length * (states[:, :3] - np.array([1.0 - system.mass_ratio, 0.0, 0.0]))
        moving = system.length * pace * states[:, 3:] + np.cross(frame.turning, place)
        origin = (
            np.zeros((tdb.size, 6))
            if system.secondary == center
            else data.ephemeris.state(system.secondary, center, tdb)
        )
    else:
        if shape == "pulsating in time":
            pace = frame.rate[:, None]
        size, growth = frame.distance[:, None], frame.distance_rate[:, None]
        place = size * states[:, :3]
        moving = growth * states[:, :3] + size * pace * states[:, 3:] + np.cross(frame.turning, place)
        origin = frame.barycentre
    turned = [np.einsum("nij,ni->nj", frame.axes, vectors) for vectors in (place, moving)]
    return np.ascontiguousarray(origin + np.concatenate(turned, axis=1))
