"""Propagation: where a spacecraft goes under a force model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn, require_burns_within
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.forces_tables import CENTER, ForceTables, force_tables
from moonstead.dynamics.propagated import REACHED, SURFACE, PropagatedTrajectory, Statistics
from moonstead.foundation.errors import FrameMismatch, InvalidInput, NumericalFailure
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.standard import ICRF
from moonstead.foundation.kernel_cache import prepare
from moonstead.foundation.time.epoch import Epoch

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DEFAULT_TOLERANCE = 1e-12
TIGHTEST, LOOSEST = 1e-15, 1e-3  # of the tolerance: rounding, and where an orbit is none any more
FIRST_NODES = 256
LEAST_STEPS = 4  # in an arc between burns: as many nodes as dense output wants


@dataclass(frozen=True, eq=False)
class OrbitState:
    """Position and velocity of a spacecraft at a time.

    Attributes
    ----------
    position_velocity : (6,) [m, m/s]
        Relative to the centre, in the frame's axes.
    epoch_tdb : float [s TDB past J2000]
        When.
    center : str
        Body that the position is measured from.
    frame : Frame
        Axes; propagation wants the ICRF.
    """

    position_velocity: Array
    epoch_tdb: float
    center: str = "MOON"
    frame: Frame = ICRF

    def __post_init__(self) -> None:
        state = np.ascontiguousarray(self.position_velocity, dtype=np.float64)
        if state.shape != (6,):
            raise InvalidInput(f"an orbit state needs 6 numbers [m, m/s]; got shape {state.shape}")
        if not (np.all(np.isfinite(state)) and np.isfinite(self.epoch_tdb)):
            raise InvalidInput(f"an orbit state needs finite numbers; got {state} at {self.epoch_tdb!r}")
        object.__setattr__(self, "position_velocity", state)
        object.__setattr__(self, "epoch_tdb", float(self.epoch_tdb))


def propagate(
    initial: OrbitState,
    until: float | Epoch,
    model: ForceModel,
    data: DataContext,
    *,
    name: str = "spacecraft",
    tolerance: float = DEFAULT_TOLERANCE,
    burns: Sequence[Burn] = (),
    with_transition: bool = False,
    stop_at_surface: bool = True,
) -> PropagatedTrajectory:
    """Where a spacecraft goes: its trajectory from a state to a time, forwards or backwards.

    Parameters
    ----------
    initial : OrbitState
        Start, about the model's centre, in ICRF axes.
    until : float [s TDB past J2000] or Epoch
        End, before or after the start.
    model : ForceModel
        The forces.
    data : DataContext
        Ephemeris, orientation and gravity field.
    name : str
        What messages and reports call the trajectory.
    tolerance : float [1]
        Estimated local error of one step, relative to the distance from the centre and to the speed. It is not the
        error at the end: over 10 days at 100 km above the Moon 1e-12 leaves about 0.1 m, 1e-13 about 1 cm.
    burns : sequence of ImpulsiveBurn or FiniteBurn
        All within the span. Going backwards they are undone.
    with_transition : bool
        Integrate the state-transition matrix too. Its equations hold gravity to the model's full degree, third bodies,
        radiation pressure without the change of shadow depth, and drag; not the relativistic term. Steps are
        controlled by the orbit alone.
    stop_at_surface : bool
        End the motion where it meets the mean sphere of the centre or of a third body; the trajectory then ends there
        and says so.

    Returns
    -------
    PropagatedTrajectory
        With dense output; `ending` tells whether the end was reached.

    Raises
    ------
    InvalidInput
        The start lies below a surface, a number is not finite, a tolerance or a burn makes no sense.
    FrameMismatch
        The start is in other axes or about another centre than the model's.
    OutsideSpan
        The data do not cover the span.
    MissingData
        A data set is not installed.
    NumericalFailure
        Steps shrink to nothing: the motion runs into a singularity, or the tolerance cannot be kept.

    Source
    ------
    Integrator: Dormand & Prince's 8(5, 3) in Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations
    I, section II.5. Steps are cut exactly at edges of shadow; only an eclipse that
    begins and ends between two of a step's twelve stages, less than a fifth of the step apart, goes unseen.
    """
    stop = until.tdb() if isinstance(until, Epoch) else float(until)
    start = initial.epoch_tdb
    _check_request(initial, stop, model, tolerance, burns, with_transition)
    tables = force_tables(model, start, stop, data, stop_at_surface=stop_at_surface)
    _require_above_surface(initial, tables, model, data)

    forward = stop > start
    nodes = _Nodes(initial.position_velocity, with_transition)
    mass, ended = tables.mass, ""
    for arc_start, arc_stop, impulse, thrusting in _arcs(start, stop, burns):
        if impulse is not None:
            mass = _apply(impulse, nodes, mass, forward)
        flow = thrusting.mass_flow if thrusting else 0.0
        if thrusting and forward and mass - flow * (arc_stop - arc_start) <= 0.0:
            raise InvalidInput(
                f"the burn at {thrusting.start!r} s TDB past J2000 uses more than the {mass:g} kg there are"
            )
        arc_tables = _with_thrust(tables, mass, arc_start - start, thrusting)
        ended = _run_arc(nodes, arc_stop - start, tolerance, arc_tables, mass, flow, model)
        if ended:
            break
        mass -= flow * (arc_stop - arc_start)
    return nodes.trajectory(name, model.center, start, stop, ended)


def _check_request(
    initial: OrbitState,
    stop: float,
    model: ForceModel,
    tolerance: float,
    burns: Sequence[Burn],
    with_transition: bool,
) -> None:
    start = initial.epoch_tdb
    if initial.frame.name != ICRF.name:
        raise FrameMismatch(
            f"the start is in {initial.frame.name} axes; propagation wants ICRF: "
            f"turn it with rotation({initial.frame.name}, ICRF, tdb, data).state(...)"
        )
    if initial.center != model.center:
        raise FrameMismatch(
            f"the start is relative to {initial.center}, the forces are about {model.center}: "
            f"add the state of {initial.center} from {model.center} (data.ephemeris.state), or change the model"
        )
    if not np.isfinite(stop) or stop == start:
        raise InvalidInput(f"propagation needs an end other than its start {start!r} s TDB past J2000; got {stop!r}")
    if not TIGHTEST <= tolerance <= LOOSEST:
        raise InvalidInput(f"the tolerance must lie within {TIGHTEST:g} and {LOOSEST:g}; got {tolerance!r}")
    require_burns_within(burns, min(start, stop), max(start, stop))
    finite = [burn for burn in burns if isinstance(burn, FiniteBurn)]
    costs = any(isinstance(burn, ImpulsiveBurn) and burn.specific_impulse for burn in burns)
    if (finite or costs) and model.mass is None:
        raise InvalidInput("burns that use propellant need the spacecraft's mass [kg] in the force model")
    if with_transition and any(burn.axes == "RTN" for burn in finite):
        raise InvalidInput(
            "the state-transition matrix through thrust in turning axes is not known: give the direction in the ICRF"
        )


def _require_above_surface(initial: OrbitState, tables: ForceTables, model: ForceModel, data: DataContext) -> None:
    names = (model.center, *model.third_bodies)
    for index, radius in tables.surfaces:
        name = model.center if index == CENTER else names[index + 1]
        position = initial.position_velocity[:3]
        if index != CENTER:
            position = position - data.ephemeris.position(name, model.center, np.array([initial.epoch_tdb]))[0]
        distance = float(np.linalg.norm(position))
        if distance <= radius:
            raise InvalidInput(
                f"the start is {distance:.6g} m from the centre of {name}, whose radius is {radius:.6g} m: "
                "start above the surface, or propagate with stop_at_surface=False"
            )
    if not np.any(initial.position_velocity[:3]):
        raise InvalidInput(f"the start is the centre of {model.center} itself, where gravity has no value")


def _arcs(
    start: float, stop: float, burns: Sequence[Burn]
) -> list[tuple[float, float, ImpulsiveBurn | None, FiniteBurn | None]]:
    """Arcs in the order of propagation: start, stop, the impulse at its start, the thrust during it.

    Going backwards an impulse at the end of the last arc is undone in an arc of no length.
    """
    forward = stop > start
    impulses = sorted((b for b in burns if isinstance(b, ImpulsiveBurn)), key=lambda b: b.tdb, reverse=not forward)
    finite = [b for b in burns if isinstance(b, FiniteBurn)]
    cuts = {start, stop, *(b.tdb for b in impulses), *(b.start for b in finite), *(b.stop for b in finite)}
    edges = sorted(cuts, reverse=not forward)
    arcs: list[tuple[float, float, ImpulsiveBurn | None, FiniteBurn | None]] = []
    for first, last in pairwise(edges):
        here = [b for b in impulses if b.tdb == first]
        arcs += [(first, first, b, None) for b in here[:-1]]
        middle = 0.5 * (first + last)
        thrusting = next((b for b in finite if b.start < middle < b.stop), None)
        arcs.append((first, last, here[-1] if here else None, thrusting))
    if not forward:
        arcs += [(stop, stop, b, None) for b in impulses if b.tdb == stop]
    return arcs


def _apply(burn: ImpulsiveBurn, nodes: _Nodes, mass: float, forward: bool) -> float:
    """Change the last node by an impulse, as a new node; return the mass behind it."""
    before = nodes.last_state()
    if forward:
        change, matrix = burn.change(before), burn.transition(before)
        nodes.jump(change, matrix)
        return mass * burn.mass_ratio()
    after = before.copy()
    # In turning axes the impulse depends on the velocity before it, which is what is sought
    for _ in range(50):
        change = burn.change(np.concatenate((before[:3], after[3:])))
        found = before[3:] - change
        settled = np.allclose(found, after[3:], rtol=1e-15, atol=0.0)
        after[3:] = found
        if settled:
            break
    nodes.jump(after[3:] - before[3:], np.asarray(np.linalg.inv(burn.transition(after)), dtype=np.float64))
    return mass / burn.mass_ratio()


def _with_thrust(tables: ForceTables, mass: float, time: float, burn: FiniteBurn | None) -> ForceTables:
    if burn is None:
        return tables.with_thrust(mass, time)
    return tables.with_thrust(
        mass,
        time,
        mass_flow=burn.mass_flow,
        thrust=burn.thrust,
        direction=burn.unit_direction(),
        turning=burn.axes == "RTN",
    )


def _run_arc(
    nodes: _Nodes, end: float, tolerance: float, tables: ForceTables, mass: float, flow: float, model: ForceModel
) -> str:
    """Integrate one arc into the nodes; return the body that was hit, or ''."""
    prepare()
    from moonstead.dynamics import adaptive_kernels as kernels

    first = nodes.count - 1
    control = np.array([end, 0.0, -1.0, -1.0])
    longest = abs(end - nodes.times[first]) / LEAST_STEPS
    if longest == 0.0:
        nodes.close_arc(first, mass, flow)
        return ""
    while True:
        counters = np.array([nodes.count, *nodes.counters], dtype=np.int64)
        status = kernels.integrate(
            kernels.DORMAND_PRINCE, control, counters, tolerance, longest, tables, *nodes.buffers
        )
        nodes.count, nodes.counters = int(counters[0]), counters[1:]
        if status != kernels.BUFFER_FULL:
            break
        nodes.grow()
    nodes.close_arc(first, mass, flow)
    if status in (kernels.STEP_TOO_SMALL, kernels.NOT_FINITE):
        time = tables.epoch + nodes.times[nodes.count - 1]
        distance = float(np.linalg.norm(nodes.last_state()[:3]))
        raise NumericalFailure(
            f"propagation stops at {time!r} s TDB past J2000, {distance:.6g} m from the centre of {model.center}: "
            f"steps shrink to nothing at tolerance {tolerance:g}. Loosen the tolerance or keep clear of the centre"
        )
    if status == kernels.SURFACE:
        index = tables.surfaces[int(control[3])][0]
        return model.center if index == CENTER else model.third_bodies[index]
    return ""


class _Nodes:
    """Buffers that grow while nodes are written."""

    def __init__(self, state: Array, with_transition: bool) -> None:
        size = 21 if with_transition else 3
        self.count = 1
        self.counters = np.zeros(3, dtype=np.int64)
        self.times = np.zeros(FIRST_NODES)
        self.positions, self.velocities, self.accelerations = (np.zeros((FIRST_NODES, size)) for _ in range(3))
        self.edges = np.zeros(FIRST_NODES, dtype=np.uint8)
        self.arcs: list[tuple[int, int, float, float]] = []
        self.positions[0, :3], self.velocities[0, :3] = state[:3], state[3:]
        if with_transition:
            self._write_transition(np.eye(6))

    @property
    def buffers(self) -> tuple[Array, Array, Array, Array, NDArray[np.uint8]]:
        """What the kernel writes to."""
        return self.times, self.positions, self.velocities, self.accelerations, self.edges

    def grow(self) -> None:
        """Double the room."""
        self.times = np.concatenate((self.times, np.zeros_like(self.times)))
        self.positions = np.concatenate((self.positions, np.zeros_like(self.positions)))
        self.velocities = np.concatenate((self.velocities, np.zeros_like(self.velocities)))
        self.accelerations = np.concatenate((self.accelerations, np.zeros_like(self.accelerations)))
        self.edges = np.concatenate((self.edges, np.zeros_like(self.edges)))

    def last_state(self) -> Array:
        """State (6,) [m, m/s] at the last node."""
        return np.concatenate((self.positions[self.count - 1, :3], self.velocities[self.count - 1, :3]))

    def jump(self, change: Array, matrix: Array) -> None:
        """Add a node at the same time with another velocity."""
        if self.count + 1 >= self.times.size:
            self.grow()
        old, new = self.count - 1, self.count
        for array in self.buffers[:4]:
            array[new] = array[old]
        self.count += 1
        self.velocities[new, :3] += change
        if self.positions.shape[1] > 3:
            self._write_transition(matrix @ self._transition())

    def close_arc(self, first: int, mass: float, flow: float) -> None:
        """Note the arc from a node to the last one, cut at edges of shadow."""
        inner = first + 1 + np.nonzero(self.edges[first + 1 : self.count - 1])[0]
        bounds = [first, *inner.tolist(), self.count - 1]
        for start, stop in pairwise(bounds):
            lost = flow * float(self.times[start] - self.times[first])
            if stop > start:
                self.arcs.append((start, stop, mass - lost, flow))

    def trajectory(self, name: str, center: str, start: float, stop: float, ended: str) -> PropagatedTrajectory:
        """The nodes as a trajectory whose times rise."""
        last = self.count - 1
        final = start + float(self.times[last]) if ended else stop
        arrays = [array[: self.count] for array in self.buffers[:4]]
        arcs = np.array([arc[:2] for arc in self.arcs], dtype=np.int64).reshape(-1, 2)
        masses, flows = (np.array([arc[k] for arc in self.arcs], dtype=np.float64) for k in (2, 3))
        if stop < start:
            masses = masses - flows * (self.times[arcs[:, 1]] - self.times[arcs[:, 0]])
            arrays = [array[::-1] for array in arrays]
            arcs, masses, flows = last - arcs[::-1, ::-1], masses[::-1], flows[::-1]
        times, positions, velocities, accelerations = (np.ascontiguousarray(array) for array in arrays)
        return PropagatedTrajectory(
            name=name,
            center=center,
            span=(float(min(start, final)), float(max(start, final))),
            epoch=start,
            times=times,
            positions=positions,
            velocities=velocities,
            accelerations=accelerations,
            arcs=np.ascontiguousarray(arcs),
            masses=np.ascontiguousarray(masses),
            mass_flows=np.ascontiguousarray(flows),
            ending=SURFACE if ended else REACHED,
            ending_body=ended,
            initial_tdb=start,
            statistics=Statistics(*(int(x) for x in self.counters)),
        )

    def _transition(self) -> Array:
        node = self.count - 1
        return np.concatenate(
            (self.positions[node, 3:].reshape(6, 3).T, self.velocities[node, 3:].reshape(6, 3).T), axis=0
        )

    def _write_transition(self, matrix: Array) -> None:
        node = self.count - 1
        self.positions[node, 3:] = matrix[:3].T.reshape(-1)
        self.velocities[node, 3:] = matrix[3:].T.reshape(-1)


def state_at(trajectory: PropagatedTrajectory, tdb: ArrayLike) -> OrbitState:
    """The state of a propagated trajectory at one time, to propagate on from.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        What was propagated.
    tdb : float [s TDB past J2000]
        When.

    Returns
    -------
    OrbitState
        In the ICRF, about the trajectory's centre.

    Raises
    ------
    OutsideSpan
        The time lies outside the trajectory.
    """
    state = trajectory.state(tdb)[0]
    return OrbitState(state, float(np.atleast_1d(np.asarray(tdb, dtype=np.float64))[0]), trajectory.center)
