"""Flying a spacecraft from its start to its end with given steps: arcs between burns, each by an integrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics import adaptive_tables, gauss_jackson_tables
from moonstead.dynamics import places_tables as at
from moonstead.dynamics.adaptive_tables import AdaptiveRoom
from moonstead.dynamics.burns import Burn, FiniteBurn, ImpulsiveBurn
from moonstead.dynamics.flight_nodes import FlightNodes
from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.forces_tables import ForceTables
from moonstead.dynamics.gauss_jackson_start import NOT_SETTLED, start
from moonstead.dynamics.gauss_jackson_tableau import multistep
from moonstead.dynamics.step_control import DORMAND_PRINCE, AdaptiveSteps, FixedSteps, StepControl
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare

Array = NDArray[np.float64]

LEAST_STEPS = 4  # in an arc between burns: as many nodes as dense output wants
STRIDE = 2  # steps of the multistep method between two nodes, where they are short
SHORT = 0.03  # [rad] of the orbit: what a short step is
LEAST_GRIDS = 4  # an arc is cut into a grid where it holds so many times the points that a step looks back to


# Force parameters that a motion can be differentiated by, each a factor
PARAMETERS = MappingProxyType(
    {
        "radiation": at.RADIATION_SCALE,
        "gm": at.GM_SCALE,
        "drag": at.DRAG_SCALE,
        "thrust_x": at.THRUST_SCALE,
        "thrust_y": at.THRUST_SCALE + 1,
        "thrust_z": at.THRUST_SCALE + 2,
    }
)


@dataclass(frozen=True, eq=False)
class FlightPlan:
    """What is flown.

    Attributes
    ----------
    state : (6,) [m, m/s]
        At the start, in the ICRF about the centre.
    start, stop : float [s TDB past J2000]
        Span; backwards where `stop` is earlier.
    model : ForceModel
        The forces.
    tables : ForceTables
        The same, laid out.
    burns : sequence of Burn
        Within the span.
    parameters : tuple of str
        Force parameters whose partials are carried along, of `PARAMETERS`.
    with_transition : bool
        Whether the state-transition matrix is carried along.
    """

    state: Array
    start: float
    stop: float
    model: ForceModel
    tables: ForceTables
    burns: Sequence[Burn]
    parameters: tuple[str, ...] = ()
    with_transition: bool = False


@dataclass(frozen=True, eq=False)
class Flight:
    """What came of a plan.

    Attributes
    ----------
    nodes : FlightNodes
        States along the way.
    ended : str
        Body whose surface ended the motion; empty where the end of the span was reached.
    control : AdaptiveSteps or FixedSteps
        The steps that were taken.
    """

    nodes: FlightNodes
    ended: str
    control: StepControl


def fly(plan: FlightPlan, control: StepControl) -> Flight:
    """Fly a plan with given steps.

    Raises
    ------
    InvalidInput
        A burn uses more propellant than there is.
    NumericalFailure
        Steps shrink to nothing, or numbers stop being finite.
    """
    tables = plan.tables.with_parameters([PARAMETERS[name] for name in plan.parameters])
    nodes = FlightNodes(plan.state, plan.start - tables.epoch, plan.parameters, plan.with_transition)
    mass, ended, forward = tables.mass, "", plan.stop > plan.start
    for first, last, impulse, thrusting in _arcs(plan.start, plan.stop, plan.burns):
        if impulse is not None:
            mass = _apply(impulse, nodes, mass, forward)
        flow = thrusting.mass_flow if thrusting else 0.0
        if thrusting and forward and mass - flow * (last - first) <= 0.0:
            raise InvalidInput(
                f"the burn at {thrusting.start!r} s TDB past J2000 uses more than the {mass:g} kg there are"
            )
        arc_tables = _with_thrust(tables, mass, first - tables.epoch, thrusting)
        ended = _run_arc(nodes, last - tables.epoch, control, arc_tables, mass, flow, plan.model)
        if ended:
            break
        mass -= flow * (last - first)
    return Flight(nodes, ended, control)


def _run_arc(
    nodes: FlightNodes,
    end: float,
    control: StepControl,
    tables: ForceTables,
    mass: float,
    flow: float,
    model: ForceModel,
) -> str:
    """Integrate one arc into the nodes; return the body that was hit, or ''."""
    first = nodes.count - 1
    length = abs(end - nodes.times[first])
    surface = -1
    if length > 0.0:
        prepare()
        if isinstance(control, FixedSteps):
            if length >= LEAST_GRIDS * control.points * control.step:
                surface = _run_grid(nodes, end, control, tables, model)
            else:
                surface = _run_adaptive(nodes, end, control.otherwise, tables, model)
        else:
            surface = _run_adaptive(nodes, end, control, tables, model)
    nodes.close_arc(first, mass, flow)
    if surface >= 0:
        index = tables.surfaces[surface][0]
        return model.center if index == at.CENTER else model.third_bodies[index]
    return ""


def _run_adaptive(
    nodes: FlightNodes, end: float, control: AdaptiveSteps, tables: ForceTables, model: ForceModel
) -> int:
    from moonstead.dynamics import adaptive_kernels as kernels
    from moonstead.dynamics.ephemeris_kernels import work_size

    room = _adaptive_room(work_size(tables), nodes.positions.shape[1])
    method = kernels.DORMAND_PRINCE if control.method == DORMAND_PRINCE else kernels.NYSTROM
    state = np.array([end, 0.0, -1.0, -1.0])
    longest = abs(end - nodes.times[nodes.count - 1]) / LEAST_STEPS
    while True:
        counters = np.array([nodes.count, *nodes.statistics], dtype=np.int64)
        status = kernels.integrate(
            method, state, counters, control.step_tolerance, longest, tables, room, *nodes.buffers
        )
        nodes.count, nodes.statistics = int(counters[0]), counters[1:]
        if status != kernels.BUFFER_FULL:
            break
        nodes.grow()
    if status in (kernels.STEP_TOO_SMALL, kernels.NOT_FINITE):
        raise _failure(
            nodes, tables, model, f"steps shrink to nothing at a step tolerance of {control.step_tolerance:g}"
        )
    return int(state[3]) if status == kernels.SURFACE else -1


def _run_grid(nodes: FlightNodes, end: float, control: FixedSteps, tables: ForceTables, model: ForceModel) -> int:
    from moonstead.dynamics import gauss_jackson_kernels as kernels
    from moonstead.dynamics.ephemeris_kernels import work_size

    begun = float(nodes.times[nodes.count - 1])
    stride = STRIDE if control.step * _rate(nodes, tables) <= SHORT else 1
    steps = stride * int(np.ceil(abs(end - begun) / (control.step * stride)))
    grid = gauss_jackson_tables.Grid(begun, (end - begun) / steps, steps, stride, nodes.light_column)
    method = multistep(control.points)
    size = nodes.positions.shape[1]
    progress = np.zeros(6, dtype=np.int64)
    progress[gauss_jackson_tables.NODES] = nodes.count
    history = np.zeros((control.points + gauss_jackson_tables.HISTORY, size))
    memory = gauss_jackson_tables.Memory(
        history, np.zeros((4, size)), np.zeros((2, 3)), nodes.drift, progress, np.zeros(2)
    )
    scratch = _scratch(work_size(tables), size)
    nodes.reserve(nodes.count + control.points * gauss_jackson_tables.SPARE_NODES)
    status = start(grid, method, tables, scratch, memory, gauss_jackson_tables.Nodes(*nodes.buffers))
    if status == kernels.DONE:
        nodes.reserve(nodes.count + steps // stride + control.points + gauss_jackson_tables.SPARE_NODES)
        while True:
            status = kernels.advance(grid, method, tables, scratch, memory, gauss_jackson_tables.Nodes(*nodes.buffers))
            nodes.count = int(memory.progress[gauss_jackson_tables.NODES])
            if status != kernels.BUFFER_FULL:
                break
            nodes.grow()
    nodes.largest_drift = max(nodes.largest_drift, float(memory.measures[gauss_jackson_tables.LARGEST_DRIFT]))
    nodes.statistics += np.array(
        [memory.progress[gauss_jackson_tables.STEP], 0, memory.progress[gauss_jackson_tables.EVALUATIONS]]
    )
    if status in (kernels.NOT_FINITE, NOT_SETTLED):
        raise _failure(nodes, tables, model, f"a grid of {abs(grid.step):g} s is too coarse")
    if status == kernels.DONE:
        nodes.times[nodes.count - 1] = end
    return int(memory.progress[gauss_jackson_tables.BODY_HIT]) if status == kernels.SURFACE else -1


def _adaptive_room(work_size: int, size: int) -> AdaptiveRoom:
    """Scratch space of adaptive steps: `work_size` numbers for the forces, D = `size` numbers of position."""
    return AdaptiveRoom(
        work=np.zeros(work_size),
        gradient=np.zeros((3, 3)),
        damping=np.zeros((3, 3)),
        stage_velocities=np.zeros((adaptive_tables.STAGES, size)),
        stage_accelerations=np.zeros((adaptive_tables.STAGES, size)),
        position=np.zeros(size),
        change=np.zeros((2, size)),
        rest=np.zeros((2, size)),
        point=np.zeros(3),
        jerk=np.zeros(3),
        edge_times=np.zeros(adaptive_tables.MOST_EDGES),
        edge_phases=np.zeros(adaptive_tables.MOST_EDGES, dtype=np.int64),
    )


def _scratch(work_size: int, size: int) -> gauss_jackson_tables.Scratch:
    vectors = (np.zeros(3), np.zeros(3), np.zeros(6), np.zeros(size), np.zeros(size))
    ends = (np.zeros((2, size)), np.zeros((2, size)), np.zeros((2, size)))
    edges = (np.zeros(gauss_jackson_tables.MOST_EDGES), np.zeros((gauss_jackson_tables.MOST_EDGES, 6)))
    return gauss_jackson_tables.Scratch(
        np.zeros(work_size), np.zeros((3, 3)), np.zeros((3, 3)), *vectors, *ends, *edges
    )


def _rate(nodes: FlightNodes, tables: ForceTables) -> float:
    """Mean motion [rad/s] of a circle at the last node's distance."""
    return float(np.sqrt(tables.gm / np.linalg.norm(nodes.last_state()[:3]) ** 3))


def _failure(nodes: FlightNodes, tables: ForceTables, model: ForceModel, why: str) -> NumericalFailure:
    time = tables.epoch + float(nodes.times[nodes.count - 1])
    distance = float(np.linalg.norm(nodes.last_state()[:3]))
    return NumericalFailure(
        f"propagation stops at {time!r} s TDB past J2000, {distance:.6g} m from the centre of {model.center}: {why}. "
        "Loosen the tolerance or keep clear of the centre"
    )


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


def _apply(burn: ImpulsiveBurn, nodes: FlightNodes, mass: float, forward: bool) -> float:
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
