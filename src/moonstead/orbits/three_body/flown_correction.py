"""The correction of a laid-out orbit: first guesses in turn, until one joins into an orbit of the wanted shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagate import OrbitState, PreparedForces, propagate
from moonstead.foundation.errors import NumericalFailure
from moonstead.orbits.shooting import STEP_TOLERANCE, Patched, gap_size, shoot
from moonstead.orbits.three_body.flown_figures import passages
from moonstead.orbits.three_body.flown_layout import (
    CONSTANT,
    PULSATING,
    SHAPES,
    Layout,
    OrbitTable,
    node_phases,
)
from moonstead.orbits.three_body.rotating import rotating_axes

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

GUARD = 1  # revolutions beyond each end that are corrected too and then left out: the ends of a span are bent least so
TRIED_REVOLUTIONS = 6  # on which the shapes of a first guess are compared
FIRST_LENGTH, LONGER = 8, 4  # revolutions of the first pilot flight, and how many times more in each next one
STABLE = 1.01  # [1] stability index below which an orbit is first left to itself
LARGEST_GAIN = 0.05  # [1] on the orbit's own phases, beyond which they are not followed
ROUGH = 1e4  # [m] defects that do for that
LARGEST_DEPARTURE = 0.34  # [1] of the orbit's largest distance from the secondary


@dataclass(frozen=True, eq=False)
class Plan:
    """Nodes of a flight in phase and time, guard revolutions included.

    Attributes
    ----------
    layout : Layout
        Where they are laid out.
    phases : (K,) [1]
        Revolutions since a passage nearest to the secondary.
    tdb : (K,) [s TDB past J2000]
        When.
    each : int
        Nodes in a revolution.
    """

    layout: Layout
    phases: Array
    tdb: Array
    each: int

    @classmethod
    def of(cls, layout: Layout, revolutions: int, nodes: int | None) -> Plan:
        """Nodes of a layout.

        Parameters
        ----------
        layout : Layout
            The layout.
        revolutions : int
            How many, besides those on guard.
        nodes : int or None
            In a revolution.

        Returns
        -------
        Plan
            With times.
        """
        once = node_phases(layout.table, layout.period, nodes)
        first, last = int(np.floor(layout.phase)) - GUARD, int(np.ceil(layout.phase + revolutions)) + GUARD
        phases = (np.arange(first, last)[:, None] + once[None, :]).reshape(-1)
        return cls(layout, phases, layout.times(phases), once.size)

    def scales(self) -> Array:
        """Units (K, 2) [m, m/s]: the distance of the primaries and its product with their rate at each time."""
        system = self.layout.table.orbit.system
        frame = rotating_axes(self.tdb, system, self.layout.data, center=self.layout.center)
        return np.stack((frame.distance, frame.distance * frame.rate), axis=1)

    def label(self, node: int) -> str:
        """What messages call a node; guard revolutions count from 0 downwards and on after the last."""
        revolution, place = divmod(node, self.each)
        return f"node {place + 1} of {self.each} in revolution {revolution + 1 - GUARD}"


def settled(
    table: OrbitTable,
    start: float,
    phase: float,
    pace: float | None,
    revolutions: int,
    nodes: int | None,
    prepared: PreparedForces,
    data: DataContext,
    *,
    first_nodes: Array | None,
    position_tolerance: float,
    velocity_tolerance: float,
    name: str,
    progress: Callable[[int, float, Array], None] | None,
) -> tuple[Layout, Patched, float]:
    """An orbit whose arcs join, from the first guess that leads to one.

    Layouts are tried in turn, that whose arcs are least apart first; a stable orbit is left to itself before.

    Parameters
    ----------
    table : OrbitTable
        The periodic orbit.
    start : float [s TDB past J2000]
        Start of the flight.
    phase : float [1]
        Revolutions since the passage nearest to the secondary, at the start.
    pace : float or None [s]
        Mean time of a revolution that is wanted; None where the orbit may keep its own.
    revolutions : int
        How many.
    nodes : int or None
        In a revolution.
    prepared : PreparedForces
        Forces over the flight and one revolution to both sides; surfaces do not end motion.
    data : DataContext
        Ephemeris.
    first_nodes : (K, 6) or None [m, m/s]
        Nodes to begin with, where there are as many.
    position_tolerance, velocity_tolerance : float [m, m/s]
        Largest gaps that are left.
    name : str
        What messages call the orbit.
    progress : callable or None
        As of `shoot`.

    Returns
    -------
    layout : Layout
        What was laid out.
    patched : Patched
        Joined nodes, guard revolutions included.
    departure : float [m]
        Largest distance of a node from the layout; from its path alone where the orbit was left to itself.

    Raises
    ------
    NumericalFailure
        No guess leads to an orbit of this shape; the failure of the first is told.

    Source
    ------
    Dei Tos & Topputo (2017), Adv. Space Res. 59, 2117, doi:10.1016/j.asr.2017.01.038.
    """
    trials = [
        Layout(table, shape, start, phase, pace or table.orbit.duration, prepared.model.center, data)
        for shape in (SHAPES if pace is None else (CONSTANT, PULSATING))
    ]
    failure: NumericalFailure | None = None
    trials.sort(key=lambda one: _apart(one, min(revolutions, TRIED_REVOLUTIONS), nodes, prepared))
    stable = pace is None and table.orbit.stability_index < STABLE and revolutions > FIRST_LENGTH
    ways = [(trial, free) for free in ((True, False) if stable else (False,)) for trial in trials]
    for trial, free in ways:
        try:
            if free:
                layout, plan, guess = _left_alone(trial, revolutions, nodes, prepared, data)
            else:
                layout = trial if pace is not None else _at_own_pace(trial, revolutions, nodes, prepared, data)
                plan = Plan.of(layout, revolutions, nodes)
                guess = layout.states(plan.phases, plan.tdb)
            whole = shoot(
                plan.tdb,
                guess if first_nodes is None or len(first_nodes) != len(guess) else first_nodes,
                prepared,
                data,
                position_tolerance=position_tolerance,
                velocity_tolerance=velocity_tolerance,
                scales=plan.scales(),
                name=name,
                label=plan.label,
                progress=progress,
            )
            apart = (
                layout.aside(whole.states, plan.tdb)
                if free
                else np.linalg.norm(whole.states[:, :3] - guess[:, :3], axis=1)
            )
            _require_shape(name, plan, apart)
            return layout, whole, float(apart.max())
        except NumericalFailure as error:
            failure = failure or error
    assert failure is not None
    raise failure


def _apart(layout: Layout, revolutions: int, nodes: int | None, prepared: PreparedForces) -> float:
    plan = Plan.of(layout, revolutions, nodes)
    return gap_size(plan.tdb, layout.states(plan.phases, plan.tdb), prepared, plan.scales())


def _at_own_pace(
    layout: Layout, revolutions: int, nodes: int | None, prepared: PreparedForces, data: DataContext
) -> Layout:
    """The layout at the pace that ever longer pilot flights keep."""
    length = FIRST_LENGTH
    while length < revolutions:
        plan = Plan.of(layout, length, nodes)
        found = shoot(
            plan.tdb,
            layout.states(plan.phases, plan.tdb),
            prepared,
            data,
            position_tolerance=ROUGH,
            velocity_tolerance=1e-3 * ROUGH,
            scales=plan.scales(),
            label=plan.label,
        )
        inner = slice(plan.each, -plan.each)
        gain = layout.drift(found.states[inner], plan.phases[inner], plan.tdb[inner])
        if abs(gain) > LARGEST_GAIN:
            break  # displaced by more than its own size, as small orbits about L4 are: its phase tells nothing
        layout = replace(layout, period=layout.period / (1.0 + gain))
        length *= LONGER
    return layout


def _left_alone(
    trial: Layout, revolutions: int, nodes: int | None, prepared: PreparedForces, data: DataContext
) -> tuple[Layout, Plan, Array]:
    """Layout, plan and nodes of a stable orbit: a short flight that is joined, then flown on without correction.

    Where nothing grows, the motion itself is the best guess: it keeps its own pace for years, which a layout of equal
    revolutions does not know.
    """
    plan = Plan.of(trial, FIRST_LENGTH, nodes)
    guess = trial.states(plan.phases, plan.tdb)
    found = shoot(plan.tdb, guess, prepared, data, scales=plan.scales(), label=plan.label)
    middle = found.epochs_tdb.size // 2
    initial = OrbitState(found.states[middle], float(found.epochs_tdb[middle]), prepared.model.center)
    paths = [
        propagate(initial, end, prepared, data, name="pilot flight", step_tolerance=STEP_TOLERANCE)
        for end in (prepared.first, prepared.last)
    ]
    near = passages(paths[1], trial.period).near_tdb
    if near.size > 2:
        slope = float(np.polyfit(np.arange(near.size), near, 1)[0])
        pace = slope * trial.table.near_passages()
        if abs(pace / trial.period - 1.0) < LARGEST_GAIN:
            trial = replace(trial, period=pace, shape=CONSTANT)
    plan = Plan.of(trial, revolutions, nodes)
    before = plan.tdb < initial.epoch_tdb
    states = np.concatenate([path.state(plan.tdb[rows]) for path, rows in zip(paths, (before, ~before), strict=True)])
    return trial, plan, states


def _require_shape(name: str, plan: Plan, apart: Array) -> None:
    """Refuse an orbit whose arcs join, but somewhere else."""
    allowed = LARGEST_DEPARTURE * float(plan.layout.table.distances().max()) * plan.layout.table.orbit.system.length
    worst = int(np.argmax(apart))
    if apart[worst] > allowed:
        raise NumericalFailure(
            f"{name}: the arcs join, but the orbit has left its shape: {plan.label(worst)} lies {apart[worst]:.3g} m "
            f"from where it was laid out, more than {allowed:.3g} m. Try another phase, more nodes, or fewer "
            "revolutions at a time"
        )
