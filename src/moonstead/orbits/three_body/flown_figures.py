"""What a flown three-body orbit is like: nearest and farthest passages, shadows, how it keeps its phase and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.events import find_windows
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.sunlight_conditions import sun_hidden
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.three_body.motion import jacobi_constant
from moonstead.orbits.three_body.rotating import rotating_from_icrf

if TYPE_CHECKING:
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.propagated import PropagatedTrajectory
    from moonstead.dynamics.trajectory import Trajectory
    from moonstead.dynamics.windows import Windows
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.system import ThreeBodySystem

Array = NDArray[np.float64]

SAMPLES = 400  # of a revolution, between which passages are looked for
HALVINGS = 40  # of a sample's length: to far below a microsecond
SHORTEST_SHADOW = 60.0  # [s] that may be overlooked
LOOKS = 600.0  # [s] between looks at a flight without correction


@dataclass(frozen=True, eq=False)
class Passages:
    """Nearest and farthest passages by the centre.

    Attributes
    ----------
    near_tdb, near : (N,) [s TDB past J2000, m]
        When, and distances from the centre.
    far_tdb, far : (M,) [s TDB past J2000, m]
        The same of the farthest.
    """

    near_tdb: Array
    near: Array
    far_tdb: Array
    far: Array


def passages(trajectory: Trajectory, period: float) -> Passages:
    """All nearest and farthest passages of a trajectory by its centre.

    Parameters
    ----------
    trajectory : Trajectory
        The orbit.
    period : float [s]
        Time of about one revolution; passages closer together than a 400th of it may be missed.

    Returns
    -------
    Passages
        Where the radial velocity is zero.

    Raises
    ------
    InvalidInput
        The period is not positive.

    Source
    ------
    The radial velocity changes its sign; bisection.
    """
    if not period > 0.0:
        raise InvalidInput(f"the period must be positive [s]; got {period!r}")
    first, last = trajectory.span
    tdb = np.linspace(first, last, int(np.ceil(SAMPLES * (last - first) / period)) + 2)
    radial = _radial(trajectory, tdb)
    found = []
    for sign in (1.0, -1.0):
        left = np.flatnonzero((sign * radial[:-1] < 0.0) & (sign * radial[1:] >= 0.0))
        low, high = tdb[left].copy(), tdb[left + 1].copy()
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            before = sign * _radial(trajectory, middle) < 0.0
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        found += [high, np.asarray(np.linalg.norm(trajectory.state(high)[:, :3], axis=1))]
    return Passages(*found)


def eclipses(trajectory: Trajectory, body: str, data: DataContext) -> Windows:
    """Windows in which a body hides some of the Sun, penumbra included.

    Parameters
    ----------
    trajectory : Trajectory
        The orbit.
    body : str
        Name of the body that casts the shadow.
    data : DataContext
        Ephemeris.

    Returns
    -------
    Windows
        Every shadow longer than a minute.

    Raises
    ------
    NumericalFailure
        The search does not settle.

    Source
    ------
    As `sun_hidden`.
    """
    first, last = trajectory.span
    return find_windows(sun_hidden(trajectory, body, data), first, last, resolution=SHORTEST_SHADOW)


def jacobi_span(
    trajectory: Trajectory, tdb: Array, system: ThreeBodySystem, data: DataContext
) -> tuple[float, float, float]:
    """Least, mean and largest Jacobi constant in the pulsating axes: no constant there, but a measure of the shape.

    Parameters
    ----------
    trajectory : Trajectory
        The orbit, in the ICRF.
    tdb : (N,) [s TDB past J2000]
        When to look.
    system : ThreeBodySystem
        The primaries.
    data : DataContext
        Ephemeris.

    Returns
    -------
    least, mean, largest : float [1]
        Normalised.

    Raises
    ------
    OutsideSpan
        A time lies outside the trajectory.

    Source
    ------
    As `jacobi_constant`, of `rotating_from_icrf`.
    """
    states = rotating_from_icrf(trajectory.state(tdb), tdb, system, data, center=trajectory.center)
    values = jacobi_constant(states, system.mass_ratio)
    return float(values.min()), float(values.mean()), float(values.max())


def time_until_apart(
    flown: PropagatedTrajectory, model: ForceModel, distance: float, data: DataContext, *, longest: float
) -> float:
    """Time after which one flight from the first state, never corrected at a node, is some distance away.

    It tells how unstable the orbit is: what is left at the nodes and the integrator's own error grow until then.

    Parameters
    ----------
    flown : PropagatedTrajectory
        The orbit of joined arcs.
    model : ForceModel
        The forces it was joined with.
    distance : float [m]
        What counts as away.
    data : DataContext
        Ephemeris, orientation and gravity field.
    longest : float [s]
        How long to fly.

    Returns
    -------
    float [s]
        Infinite where it stays nearer for as long as it was flown.

    Raises
    ------
    NumericalFailure
        The flight meets a singularity.

    Source
    ------
    Linear growth of small departures along an unstable orbit.
    """
    first, last = flown.span
    stop = min(last, first + longest)
    initial = OrbitState(flown.state(np.array([first]))[0], first, flown.center)
    alone = propagate(initial, stop, model, data, name=flown.name, step_tolerance=1e-13)
    tdb = np.arange(first, alone.span[1], LOOKS)
    apart = np.linalg.norm(alone.state(tdb)[:, :3] - flown.state(tdb)[:, :3], axis=1)
    away = np.flatnonzero(apart > distance)
    if away.size:
        return float(tdb[away[0]] - first)
    if alone.hit_surface:
        return float(alone.span[1] - first)
    return float("inf")


def _radial(trajectory: Trajectory, tdb: Array) -> Array:
    state = trajectory.state(tdb)
    return np.asarray(np.sum(state[:, :3] * state[:, 3:], axis=1))
