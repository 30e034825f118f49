"""Multiple shooting: nodes of an orbit moved until its arcs join, in any force model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.flight import Flight, FlightPlan, fly
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import PreparedForces, prepare_forces
from moonstead.dynamics.propagated import REACHED, PropagatedTrajectory, Statistics
from moonstead.dynamics.step_control import DORMAND_PRINCE, NYSTROM, AdaptiveSteps
from moonstead.foundation.errors import InvalidInput, NumericalFailure, OutsideSpan
from moonstead.orbits.shooting_step import least_change

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

STEP_TOLERANCE = 1e-13  # [1] of each integration step, the same in every evaluation
CHECK_TOLERANCE = 1e-14  # [1] of the flight from node to node that the defects are told from
MOST_ITERATIONS = 40
SHORTEST_STEP = 1.0 / 64.0  # of the Newton step that back-tracking tries
MEMORY = 4  # residuals, the largest of which a step must undercut: gaps may grow for a while on the way down
ENOUGH_DESCENT = 1e-4  # [1] of what the linear model promises: Armijo's rule


@dataclass(frozen=True, eq=False)
class Patched:
    """An orbit of nodes whose arcs join within a tolerance.

    Attributes
    ----------
    model : ForceModel
        What it was flown with.
    epochs_tdb : (N,) [s TDB past J2000]
        When the nodes are.
    states : (N, 6) [m, m/s]
        Nodes, in the ICRF about the model's centre.
    position_defect, velocity_defect : (N - 1,) [m, m/s]
        Distance and difference of velocity between the end of each arc and the next node, measured by a flight with a
        finer step than the correction used.
    iterations : int
        Newton steps.
    residuals : tuple of float [1]
        Root mean square of the scaled gaps before each step and after the last.
    flown : PropagatedTrajectory
        The arcs that were flown, one after the other.
    """

    model: ForceModel
    epochs_tdb: Array
    states: Array
    position_defect: Array
    velocity_defect: Array
    iterations: int
    residuals: tuple[float, ...]
    flown: PropagatedTrajectory

    def trajectory(self) -> PropagatedTrajectory:
        """The orbit as one trajectory; at the nodes it jumps by the defects."""
        return self.flown


def shoot(
    epochs_tdb: ArrayLike,
    states: ArrayLike,
    model: ForceModel | PreparedForces,
    data: DataContext,
    *,
    position_tolerance: float = 1.0,
    velocity_tolerance: float = 1e-3,
    scales: ArrayLike | None = None,
    fixed: ArrayLike | None = None,
    most_iterations: int = MOST_ITERATIONS,
    step_tolerance: float = STEP_TOLERANCE,
    name: str = "spacecraft",
    label: Callable[[int], str] = "node {}".format,
    progress: Callable[[int, float, Array], None] | None = None,
) -> Patched:
    """Nodes changed as little as possible until the arc from each ends in the next.

    Newton's method on all gaps at once; each step is the shortest that closes the linearised gaps, and is halved until
    the gaps are smaller than they were some steps ago: over hundreds of revolutions a search that wants them smaller at
    each step stalls. Epochs stay.

    Parameters
    ----------
    epochs_tdb : (N,) [s TDB past J2000]
        Times of the nodes, rising. Keep them away from close passages, where small errors grow most.
    states : (N, 6) [m, m/s]
        First guess, in the ICRF about the model's centre.
    model : ForceModel or PreparedForces
        The forces, without burns.
    data : DataContext
        Ephemeris, orientation and gravity field.
    position_tolerance, velocity_tolerance : float [m, m/s]
        Largest defects that are accepted.
    scales : (N, 2) or (2,) [m, m/s] or None
        Units of position and velocity in which changes and gaps are measured; None for the median distance and speed.
    fixed : (N, 6) bool [1] or None
        Components of nodes that must not change.
    most_iterations : int
        Newton steps before giving up.
    step_tolerance : float [1]
        Local error of integration steps in the correction.
    name : str
        What messages call the orbit.
    label : callable
        What messages call the node of an index.
    progress : callable or None
        Told after each step how many were taken, the largest gap [m], and the nodes (N, 6) [m, m/s].

    Returns
    -------
    Patched
        Nodes, defects and the path.

    Raises
    ------
    InvalidInput
        Shapes do not match, times do not rise, or a value is not finite.
    OutsideSpan
        Data or prepared forces do not cover the nodes.
    NumericalFailure
        The arcs do not join: the message has the largest defect, where it is, and what to try.

    Source
    ------
    Multiple shooting with minimum-norm steps: Pernicka (1990), The Numerical Determination of Nominal Libration Point
    Trajectories, PhD thesis, Purdue University; Dei Tos & Topputo (2017), Adv. Space Res. 59, 2117,
    doi:10.1016/j.asr.2017.01.038. Back-tracking: Dennis & Schnabel (1983), Numerical Methods for Unconstrained
    Optimization, section 6.3; not monotone: Grippo, Lampariello & Lucidi (1986), SIAM J. Numer. Anal. 23, 707,
    doi:10.1137/0723046.
    """
    tdb, nodes = _checked(epochs_tdb, states)
    prepared = _prepared(model, tdb, data)
    units = _units(scales, nodes)
    free = np.ones_like(nodes) if fixed is None else 1.0 - np.asarray(fixed, dtype=np.float64)
    if free.shape != nodes.shape:
        raise InvalidInput(f"what is fixed must have the shape of the states {nodes.shape}; got {free.shape}")
    ends, transitions = _flown_to(tdb, nodes, prepared, step_tolerance, name)
    gaps = (ends - nodes[1:]) / units[1:]
    residuals = [_size(gaps)]
    iterations = 0
    while not _joined(gaps, units, position_tolerance, velocity_tolerance):
        if iterations >= most_iterations:
            raise _not_converged(name, label, tdb, gaps, units, iterations, "the steps that were allowed are used up")
        scaled = transitions * units[:-1, None, :] / units[1:, :, None]
        change = least_change(scaled, gaps, free) * units
        share = 1.0
        while True:
            tried = nodes + share * change
            try:
                ends, transitions = _flown_to(tdb, tried, prepared, step_tolerance, name)
                found = (ends - tried[1:]) / units[1:]
                size = _size(found)
            except NumericalFailure:
                size = np.inf
            if size <= (1.0 - ENOUGH_DESCENT * share) * max(residuals[-MEMORY:]):
                break
            share *= 0.5
            if share < SHORTEST_STEP:
                raise _not_converged(
                    name, label, tdb, gaps, units, iterations, "no shorter step makes the gaps smaller"
                )
        nodes, gaps = tried, found
        residuals.append(size)
        iterations += 1
        if progress is not None:
            progress(iterations, float(np.linalg.norm(gaps[:, :3] * units[1:, :3], axis=1).max()), nodes)
    return joined(tdb, nodes, prepared, data, name=name, iterations=iterations, residuals=tuple(residuals))


def joined(
    epochs_tdb: ArrayLike,
    states: ArrayLike,
    model: ForceModel | PreparedForces,
    data: DataContext,
    *,
    name: str = "spacecraft",
    iterations: int = 0,
    residuals: tuple[float, ...] = (),
) -> Patched:
    """Nodes as they are, flown from each to the next, with the defects that are left.

    Parameters
    ----------
    epochs_tdb : (N,) [s TDB past J2000]
        Times of the nodes, rising.
    states : (N, 6) [m, m/s]
        Nodes, in the ICRF about the model's centre.
    model : ForceModel or PreparedForces
        The forces, without burns.
    data : DataContext
        Ephemeris, orientation and gravity field.
    name : str
        What messages call the orbit.
    iterations, residuals : int, tuple of float [1]
        What the correction that made the nodes took.

    Returns
    -------
    Patched
        With the path that was flown.

    Raises
    ------
    InvalidInput
        Shapes do not match, times do not rise, or a value is not finite.
    OutsideSpan
        Data or prepared forces do not cover the nodes.
    NumericalFailure
        An arc meets a surface.

    Source
    ------
    As `shoot`.
    """
    tdb, nodes = _checked(epochs_tdb, states)
    prepared = _prepared(model, tdb, data)
    flights = _flights(tdb, nodes, prepared, CHECK_TOLERANCE, name, with_transition=False)
    missed = np.array([flight.nodes.last_state() for flight in flights]) - nodes[1:]
    return Patched(
        prepared.model,
        tdb,
        nodes,
        np.linalg.norm(missed[:, :3], axis=1),
        np.linalg.norm(missed[:, 3:], axis=1),
        iterations,
        residuals,
        _joined_path(flights, tdb, prepared, name),
    )


def gap_size(
    epochs_tdb: ArrayLike, states: ArrayLike, model: PreparedForces, scales: ArrayLike, *, name: str = "spacecraft"
) -> float:
    """Root mean square of the scaled gaps between the arcs of nodes as they are: how good a first guess is.

    Parameters
    ----------
    epochs_tdb : (N,) [s TDB past J2000]
        Times of the nodes, rising.
    states : (N, 6) [m, m/s]
        Nodes, in the ICRF about the model's centre.
    model : PreparedForces
        The forces.
    scales : (N, 2) or (2,) [m, m/s]
        Units of position and velocity.
    name : str
        What messages call the orbit.

    Returns
    -------
    float [1]
        Infinite where an arc meets a surface.

    Raises
    ------
    InvalidInput
        Shapes do not match, times do not rise, or a value is not finite.

    Source
    ------
    As `shoot`.
    """
    tdb, nodes = _checked(epochs_tdb, states)
    units = _units(scales, nodes)
    try:
        flights = _flights(tdb, nodes, model, STEP_TOLERANCE, name, with_transition=False)
    except NumericalFailure:
        return float("inf")
    return _size((np.array([flight.nodes.last_state() for flight in flights]) - nodes[1:]) / units[1:])


def _checked(epochs_tdb: ArrayLike, states: ArrayLike) -> tuple[Array, Array]:
    tdb = np.ascontiguousarray(epochs_tdb, dtype=np.float64)
    nodes = np.ascontiguousarray(states, dtype=np.float64)
    if tdb.ndim != 1 or tdb.size < 2 or nodes.shape != (tdb.size, 6):
        raise InvalidInput(
            f"an orbit to be joined needs two nodes or more, states (N, 6) at times (N,); got {nodes.shape} and "
            f"{tdb.shape}"
        )
    if not (np.all(np.isfinite(tdb)) and np.all(np.isfinite(nodes))):
        raise InvalidInput("the nodes of an orbit must be finite numbers [m, m/s] at finite times [s TDB past J2000]")
    if np.any(np.diff(tdb) <= 0.0):
        raise InvalidInput(
            f"the times of the nodes must rise; that of node {int(np.argmax(np.diff(tdb) <= 0)) + 1} not"
        )
    return tdb, nodes


def _prepared(model: ForceModel | PreparedForces, tdb: Array, data: DataContext) -> PreparedForces:
    if not isinstance(model, PreparedForces):
        return prepare_forces(model, float(tdb[0]), float(tdb[-1]), data)
    if not model.first <= tdb[0] <= tdb[-1] <= model.last:
        raise OutsideSpan(
            f"the forces were prepared from {model.first!r} to {model.last!r} s TDB past J2000; the nodes reach from "
            f"{float(tdb[0])!r} to {float(tdb[-1])!r}: prepare them for a longer span"
        )
    return model


def _units(scales: ArrayLike | None, nodes: Array) -> Array:
    """Units (N, 6) [m, m/s] of the variables."""
    if scales is None:
        pair = np.median(np.linalg.norm(nodes.reshape(-1, 2, 3), axis=2), axis=0)
    else:
        pair = np.asarray(scales, dtype=np.float64)
    if pair.shape not in ((2,), (len(nodes), 2)) or not np.all(pair > 0.0):
        raise InvalidInput(f"the scales must be positive [m, m/s], (2,) or ({len(nodes)}, 2); got shape {pair.shape}")
    return np.repeat(np.broadcast_to(pair, (len(nodes), 2)), 3, axis=1)


def _flown_to(
    tdb: Array, nodes: Array, prepared: PreparedForces, step_tolerance: float, name: str
) -> tuple[Array, Array]:
    """Ends (N - 1, 6) [m, m/s] of the arcs from the nodes, and transition matrices (N - 1, 6, 6)."""
    flights = _flights(tdb, nodes, prepared, step_tolerance, name, with_transition=True)
    return (
        np.array([flight.nodes.last_state() for flight in flights]),
        np.array([flight.nodes.last_transition() for flight in flights]),
    )


def _flights(
    tdb: Array, nodes: Array, prepared: PreparedForces, step_tolerance: float, name: str, *, with_transition: bool
) -> list[Flight]:
    model = prepared.model
    by_velocity = model.drag is not None or model.relativity
    control = AdaptiveSteps(DORMAND_PRINCE if by_velocity else NYSTROM, step_tolerance)
    flights = []
    for k in range(tdb.size - 1):
        plan = FlightPlan(nodes[k], float(tdb[k]), float(tdb[k + 1]), model, prepared.tables, (), (), with_transition)
        flight = fly(plan, control)
        if flight.ended:
            raise NumericalFailure(
                f"{name}: the arc from node {k} at {float(tdb[k])!r} s TDB past J2000 meets the surface of "
                f"{flight.ended}; begin from another orbit"
            )
        flights.append(flight)
    return flights


def _size(gaps: Array) -> float:
    return float(np.sqrt(np.mean(gaps**2)))


def _joined(gaps: Array, units: Array, position_tolerance: float, velocity_tolerance: float) -> bool:
    missed = gaps * units[1:]
    return bool(
        np.linalg.norm(missed[:, :3], axis=1).max() <= position_tolerance
        and np.linalg.norm(missed[:, 3:], axis=1).max() <= velocity_tolerance
    )


def _not_converged(
    name: str, label: Callable[[int], str], tdb: Array, gaps: Array, units: Array, iterations: int, why: str
) -> NumericalFailure:
    missed = gaps * units[1:]
    apart = np.linalg.norm(missed[:, :3], axis=1)
    worst = int(np.argmax(apart))
    return NumericalFailure(
        f"{name}: the arcs do not join after {iterations} Newton steps, {why}. The largest gap is {apart[worst]:.3g} m "
        f"and {float(np.linalg.norm(missed[worst, 3:])):.3g} m/s, before {label(worst + 1)} at "
        f"{float(tdb[worst + 1])!r} s TDB past J2000. Try more nodes, nodes farther from close passages, a better "
        "first guess, or a shorter span"
    )


def _joined_path(flights: list[Flight], tdb: Array, prepared: PreparedForces, name: str) -> PropagatedTrajectory:
    """All arcs as one trajectory; both ends of a gap are nodes of it at one time."""
    counts = np.array([flight.nodes.count for flight in flights])
    offsets = np.concatenate(([0], np.cumsum(counts)[:-1]))
    parts = [[array[: flight.nodes.count] for array in flight.nodes.buffers[:4]] for flight in flights]
    times, positions, velocities, accelerations = (
        np.ascontiguousarray(np.concatenate([part[k] for part in parts])) for k in range(4)
    )
    arcs = np.array(
        [
            (a + offset, b + offset)
            for flight, offset in zip(flights, offsets, strict=True)
            for a, b, _, _ in flight.nodes.arcs
        ],
        dtype=np.int64,
    )
    spent = np.sum([flight.nodes.statistics for flight in flights], axis=0)
    return PropagatedTrajectory(
        name=name,
        center=prepared.model.center,
        span=(float(tdb[0]), float(tdb[-1])),
        epoch=prepared.tables.epoch,
        times=times,
        positions=positions,
        velocities=velocities,
        accelerations=accelerations,
        arcs=arcs,
        masses=np.array([mass for flight in flights for _, _, mass, _ in flight.nodes.arcs]),
        mass_flows=np.zeros(len(arcs)),
        ending=REACHED,
        ending_body="",
        initial_tdb=float(tdb[0]),
        statistics=Statistics(*(int(x) for x in spent)),
        method=flights[0].control.method,
        error_estimate=float("nan"),
    )
