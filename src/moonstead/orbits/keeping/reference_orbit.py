"""The flown orbit that a spacecraft is kept near: when it crosses its plane of symmetry, and how departures grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, prepare_forces, propagate
from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.plane_crossing import plane_distance

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SAMPLES = 1800.0  # [s] between the places that crossings and perilunes are looked for at
BISECTIONS = 34  # halvings of an interval of samples: to a microsecond
TOLERANCE = 0.1  # [m] of the flights that transition matrices come from


@dataclass(frozen=True, eq=False)
class ReferenceOrbit:
    """An orbit about the Moon that was flown in the full model, and its plane crossings.

    Attributes
    ----------
    model : ForceModel
        What it was flown with.
    crossing_tdb : (C,) [s TDB past J2000]
        When it crosses the plane of symmetry of Earth and Moon, rising.
    crossing_states : (C, 6) [m, m/s]
        States then, about the Moon in ICRF axes.
    transitions : (C - 1, 6, 6) [mixed]
        From each crossing to the next: derivatives of the state there by the state here.
    perilune_tdb : (P,) [s TDB past J2000]
        When it is nearest to the Moon.
    """

    model: ForceModel
    crossing_tdb: Array
    crossing_states: Array
    transitions: Array
    perilune_tdb: Array

    def transition(self, start: int, stop: int) -> Array:
        """Transition matrix from one crossing to a later one.

        Parameters
        ----------
        start, stop : int
            Numbers of the crossings, from 0.

        Returns
        -------
        (6, 6) [mixed]
            Derivatives of the state at `stop` by that at `start`.

        Source
        ------
        Product of the matrices of the arcs between: Montenbruck & Gill (2000), Satellite Orbits, section 7.1.
        """
        whole = np.eye(6)
        for k in range(start, stop):
            whole = self.transitions[k] @ whole
        return whole

    def far_crossings(self) -> NDArray[np.int64]:
        """Numbers of the crossings that lie farther from the Moon than both neighbours: those by the apolunes."""
        distance = np.linalg.norm(self.crossing_states[:, :3], axis=1)
        inner = (distance[1:-1] >= distance[:-2]) & (distance[1:-1] >= distance[2:])
        return np.flatnonzero(inner) + 1


def reference_orbit(trajectory: Trajectory, model: ForceModel, data: DataContext) -> ReferenceOrbit:
    """Plane crossings, perilunes and transition matrices of an orbit that was flown.

    Parameters
    ----------
    trajectory : Trajectory
        About the Moon in ICRF axes, for example `fly_periodic_orbit(...).trajectory()`.
    model : ForceModel
        What it was flown with.
    data : DataContext
        Ephemeris, orientation and gravity field.

    Returns
    -------
    ReferenceOrbit
        Of the whole span of the trajectory.

    Raises
    ------
    InvalidInput
        The trajectory is not about the Moon in the ICRF, or crosses the plane less than three times.
    OutsideSpan
        The data do not cover the span.

    Source
    ------
    Variational equations: Montenbruck & Gill (2000), Satellite Orbits, section 7.2.
    """
    if trajectory.center != "MOON" or trajectory.frame.name != "ICRF" or model.center != "MOON":
        raise InvalidInput(
            f"a reference orbit is given about the MOON in ICRF axes, as its forces; this one is about "
            f"{trajectory.center} in {trajectory.frame.name}, its forces about {model.center}"
        )
    first, last = trajectory.span
    tdb = np.linspace(first, last, max(8, int((last - first) / SAMPLES)))
    states = trajectory.state(tdb)

    def beside(times: Array) -> Array:
        return plane_distance(trajectory.state(times), times, data)

    def climbing(times: Array) -> Array:
        found = trajectory.state(times)
        return np.asarray(np.sum(found[:, :3] * found[:, 3:], axis=1))

    crossing = _roots(beside, tdb, plane_distance(states, tdb, data), rising_only=False)
    perilune = _roots(climbing, tdb, np.sum(states[:, :3] * states[:, 3:], axis=1), rising_only=True)
    if crossing.size < 3:
        raise InvalidInput(
            f"the reference crosses the plane of Earth and Moon {crossing.size} times in "
            f"{(last - first) / SECONDS_PER_DAY:.4g} d: at least three crossings are needed; fly it for longer"
        )
    at = trajectory.state(crossing)
    forces = prepare_forces(model, first, last, data)
    matrices = np.empty((crossing.size - 1, 6, 6))
    for k in range(crossing.size - 1):
        arc = propagate(
            OrbitState(at[k], float(crossing[k])),
            float(crossing[k + 1]),
            forces,
            data,
            tolerance=TOLERANCE,
            with_transition=True,
        )
        matrices[k] = arc.transition(crossing[k + 1 : k + 2])[0]
    return ReferenceOrbit(model, crossing, at, matrices, perilune)


def _roots(function: Callable[[Array], Array], tdb: Array, values: Array, *, rising_only: bool) -> Array:
    """Times [s] where a function changes sign between samples; by bisection of all intervals at once."""
    change = (values[:-1] < 0.0) & (values[1:] >= 0.0)
    if not rising_only:
        change |= (values[:-1] > 0.0) & (values[1:] <= 0.0)
    rows = np.flatnonzero(change)
    low, high, sign = tdb[rows], tdb[rows + 1], np.sign(values[rows])
    for _ in range(BISECTIONS if rows.size else 0):
        middle = 0.5 * (low + high)
        before = np.sign(function(middle)) == sign
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return np.asarray(0.5 * (low + high))
