"""From a periodic orbit of the three-body problem to an orbit that is flown under all forces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import PreparedForces, prepare_forces
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.orbits.shooting import Patched, gap_size, joined, shoot
from moonstead.orbits.three_body.eclipse_phasing import (
    SYNODIC_MONTH,
    PhaseChoice,
    choose_phase,
    synodic_resonance,
)
from moonstead.orbits.three_body.flown_figures import eclipses
from moonstead.orbits.three_body.flown_layout import SHAPES, OrbitTable, laid_out, node_phases, orbit_table
from moonstead.orbits.three_body.rotating import rotating_axes

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

Array = NDArray[np.float64]

GUARD = 1  # revolutions beyond each end that are corrected too and then left out: the ends of a span are bent least so
TRIED_REVOLUTIONS = 6  # on which the shapes of a first guess are compared
FARTHEST_PERIOD = 0.05  # [1] of the orbit's period: how far its mean revolution may be stretched
LARGEST_DEPARTURE = 0.25  # [1] of the orbit's largest distance from the secondary
CLOSEST = 60.0  # [s] between an end of the flight and the next node
FIRST_TRIED = 3  # phases that are flown before giving up missing a shadow


@dataclass(frozen=True, eq=False)
class FlownOrbit(Patched):
    """A periodic orbit flown under all forces for some revolutions.

    Attributes
    ----------
    orbit : PeriodicOrbit
        What it was laid out from.
    revolutions : int
        How many were flown.
    period : float [s]
        Mean time of one revolution that the layout keeps.
    phase : float [1]
        Revolutions since the passage nearest to the secondary, at the start.
    shape : str
        How the first guess was stretched: of `flown_layout.SHAPES`.
    choice : PhaseChoice or None
        Shadows by geometry, where the phase was searched.
    departure : float [m]
        Largest distance of a node from where the layout had it.
    """

    orbit: PeriodicOrbit
    revolutions: int
    period: float
    phase: float
    shape: str
    choice: PhaseChoice | None
    departure: float


def fly_periodic_orbit(
    orbit: PeriodicOrbit,
    start_tdb: float,
    revolutions: int,
    model: ForceModel,
    data: DataContext,
    *,
    phase: float | None = None,
    avoid_eclipse_by: Sequence[str] = (),
    period: float | None = None,
    nodes: int | None = None,
    first_nodes: Array | None = None,
    position_tolerance: float = 1.0,
    velocity_tolerance: float = 1e-3,
    name: str = "spacecraft",
    progress: Callable[[int, float, Array], None] | None = None,
) -> FlownOrbit:
    """A periodic orbit of the three-body problem as it is flown in the full model.

    The orbit is laid along the true axes of the primaries in equal revolutions; then all nodes together are changed as
    little as possible until the arcs join. What comes out is quasi-periodic: it stays by the orbit's shape for the
    whole span, without a manoeuvre. In a resonance with the synodic month the same phases return with the same Sun.

    Parameters
    ----------
    orbit : PeriodicOrbit
        The orbit, with its constants.
    start_tdb : float [s TDB past J2000]
        Start.
    revolutions : int
        How many.
    model : ForceModel
        The forces; the centre is one of the primaries.
    data : DataContext
        Ephemeris, orientation and gravity field.
    phase : float or None [1]
        Revolutions since the passage nearest to the secondary, at the start. None for 0, or for the phase that misses
        the shadows where some are named.
    avoid_eclipse_by : sequence of str
        Bodies whose shadow, penumbra included, must not be met.
    period : float or None [s]
        Mean time of one revolution; None for the orbit's own, or, where shadows are to be missed, for the synodic
        resonance within one percent of it.
    nodes : int or None
        Nodes in a revolution; None for one a day, seven at least.
    first_nodes : (K, 6) or None [m, m/s]
        Nodes of an earlier correction of the same request, as `progress` was told them, to go on from.
    position_tolerance, velocity_tolerance : float [m, m/s]
        Largest defects that are accepted.
    name : str
        What messages call the orbit.
    progress : callable or None
        Told after each step how many were taken, the largest gap [m], and the nodes.

    Returns
    -------
    FlownOrbit
        From the start on, with the defects that are left.

    Raises
    ------
    InvalidInput
        A count or a phase makes no sense, or the model is about another body.
    OutsideSpan
        The data do not cover the span and one revolution to both sides.
    NumericalFailure
        The arcs do not join (the message says which revolution and what to try), or no phase misses the shadows.

    Source
    ------
    Dei Tos & Topputo (2017), Adv. Space Res. 59, 2117, doi:10.1016/j.asr.2017.01.038; resonant NRHOs against
    eclipses: Zimovan, Howell & Davis (2017), IAA-AAS-DyCoSS3-125.
    """
    _check(orbit, revolutions, model, phase, period, nodes)
    table = orbit_table(orbit)
    pace = _pace(orbit, period, avoid_eclipse_by)
    stop = start_tdb + revolutions * pace
    if not avoid_eclipse_by:
        choices: list[PhaseChoice | None] = [None]
    elif phase is None:
        found = choose_phase(table, start_tdb, stop, pace, avoid_eclipse_by, data)
        _require_clear(found[0], orbit, avoid_eclipse_by, revolutions)
        choices = [one for one in found[:FIRST_TRIED] if one.in_shadow == 0.0]
    else:
        choices = [None]
    prepared = prepare_forces(model, start_tdb - (GUARD + 1) * pace, stop + (GUARD + 1) * pace, data)
    met = ""
    for choice in choices:
        begun = choice.phase if choice is not None else (phase or 0.0)
        layout = _Layout.of(table, begun, start_tdb, revolutions, pace, nodes)
        guess, shape = layout.first_guess(prepared, data)
        whole = shoot(
            layout.tdb,
            guess if first_nodes is None else first_nodes,
            prepared,
            data,
            position_tolerance=position_tolerance,
            velocity_tolerance=velocity_tolerance,
            scales=layout.scales(data),
            name=name,
            label=layout.label,
            progress=progress,
        )
        apart = np.linalg.norm(whole.states[:, :3] - guess[:, :3], axis=1)
        _require_shape(name, layout, apart)
        kept = _cut(whole, start_tdb, stop, prepared, data, name)
        flown = FlownOrbit(
            **{field: getattr(kept, field) for field in Patched.__dataclass_fields__},
            orbit=orbit,
            revolutions=revolutions,
            period=pace,
            phase=begun,
            shape=shape,
            choice=choice,
            departure=float(apart.max()),
        )
        met = _shadows_met(flown, avoid_eclipse_by, data)
        if not met:
            return flown
    raise NumericalFailure(
        f"{name}: the flown orbit meets {met}. "
        + (
            "Leave the phase out so that it is searched, or fly fewer revolutions"
            if phase is not None
            else f"{len(choices)} phases were flown; fly fewer revolutions, or take another resonance"
        )
    )


@dataclass(frozen=True, eq=False)
class _Layout:
    """Nodes of a flight in time and phase, guard revolutions included."""

    table: OrbitTable
    tdb: Array
    phases: Array
    period: float
    each: int  # nodes in a revolution

    @classmethod
    def of(
        cls, table: OrbitTable, phase: float, start: float, revolutions: int, period: float, nodes: int | None
    ) -> _Layout:
        once = node_phases(table, period, nodes)
        first, last = int(np.floor(phase)) - GUARD, int(np.ceil(phase + revolutions)) + GUARD
        phases = (np.arange(first, last)[:, None] + once[None, :]).reshape(-1)
        return cls(table, start + (phases - phase) * period, phases, period, once.size)

    def first_guess(self, prepared: PreparedForces, data: DataContext) -> tuple[Array, str]:
        """Nodes (K, 6) [m, m/s] whose arcs are least apart, and how the orbit was stretched for that."""
        tried = slice(0, min(self.tdb.size, TRIED_REVOLUTIONS * self.each + 1))
        center = prepared.model.center

        def guess(part: slice, shape: str) -> Array:
            return laid_out(self.table, self.phases[part], self.tdb[part], self.period, shape, data, center=center)

        scales = self.scales(data)[tried]
        sizes = {shape: gap_size(self.tdb[tried], guess(tried, shape), prepared, scales) for shape in SHAPES}
        best = min(sizes, key=lambda shape: sizes[shape])
        return guess(slice(None), best), best

    def scales(self, data: DataContext) -> Array:
        """Units (K, 2) [m, m/s]: the distance of the primaries and its product with their rate at each time."""
        frame = rotating_axes(self.tdb, self.table.orbit.system, data, center=self.table.orbit.system.secondary)
        return np.stack((frame.distance, frame.distance * frame.rate), axis=1)

    def label(self, node: int) -> str:
        """What messages call a node; guard revolutions count from 0 downwards and on after the last."""
        revolution, place = divmod(node, self.each)
        return f"node {place + 1} of {self.each} in revolution {revolution + 1 - GUARD}"


def _check(
    orbit: PeriodicOrbit,
    revolutions: int,
    model: ForceModel,
    phase: float | None,
    period: float | None,
    nodes: int | None,
) -> None:
    if revolutions < 1:
        raise InvalidInput(f"a flight of {revolutions} revolutions was asked; ask for one or more")
    if phase is not None and not 0.0 <= phase < 1.0:
        raise InvalidInput(f"the phase is a share of a revolution, from 0 to below 1; got {phase!r}")
    if period is not None and not abs(period / orbit.duration - 1.0) < FARTHEST_PERIOD:
        raise InvalidInput(
            f"a mean revolution of {period / SECONDS_PER_DAY:g} d was asked of an orbit whose period is "
            f"{orbit.days:.5g} d: take the member of the family that has the period"
        )
    if nodes is not None and nodes < 2:
        raise InvalidInput(f"{nodes} nodes in a revolution were asked; take 2 or more")
    if model.center not in (orbit.system.primary, orbit.system.secondary):
        raise InvalidInput(
            f"the orbit is one of {orbit.system.primary} and {orbit.system.secondary}, the forces are about "
            f"{model.center}: take one of the two as the centre"
        )


def _pace(orbit: PeriodicOrbit, period: float | None, avoid: Sequence[str]) -> float:
    """Mean time of one revolution [s]."""
    if period is not None:
        return period
    resonance = synodic_resonance(orbit.duration) if avoid else None
    return orbit.duration if resonance is None else resonance[1] * SYNODIC_MONTH / resonance[0]


def _require_clear(best: PhaseChoice, orbit: PeriodicOrbit, bodies: Sequence[str], revolutions: int) -> None:
    if best.in_shadow == 0.0:
        return
    resonance = synodic_resonance(orbit.duration)
    raise NumericalFailure(
        f"no phase of this orbit of {orbit.days:.4g} d misses the shadow of {' and '.join(bodies)} for {revolutions} "
        f"revolutions: the best, {best.phase:.3f}, spends {best.in_shadow / 3600.0:.3g} h in it. "
        + (
            "Fly fewer revolutions"
            if resonance
            else "It is in no resonance with the synodic month: take 9:2 or 4:1, or fly fewer revolutions"
        )
    )


def _require_shape(name: str, layout: _Layout, apart: Array) -> None:
    """Refuse an orbit whose arcs join, but somewhere else."""
    allowed = LARGEST_DEPARTURE * float(layout.table.distances().max()) * layout.table.orbit.system.length
    worst = int(np.argmax(apart))
    if apart[worst] > allowed:
        raise NumericalFailure(
            f"{name}: the arcs join, but the orbit has left its shape: {layout.label(worst)} lies {apart[worst]:.3g} m "
            f"from where it was laid out, more than {allowed:.3g} m. Try another phase, more nodes, or fewer "
            "revolutions at a time"
        )


def _shadows_met(flown: FlownOrbit, bodies: Sequence[str], data: DataContext) -> str:
    """What the flight meets of the shadows that it was to miss; empty where nothing."""
    for name in bodies:
        found = eclipses(flown.trajectory(), name, data)
        if len(found):
            return f"{len(found)} eclipses by {name}, the longest of {found.longest() / 60.0:.0f} min"
    return ""


def _cut(whole: Patched, start: float, stop: float, prepared: PreparedForces, data: DataContext, name: str) -> Patched:
    """What lies between two times, with nodes at both."""
    inner = (whole.epochs_tdb > start + CLOSEST) & (whole.epochs_tdb < stop - CLOSEST)
    tdb = np.concatenate(([start], whole.epochs_tdb[inner], [stop]))
    ends = whole.trajectory().state(np.array([start, stop]))
    states = np.concatenate((ends[:1], whole.states[inner], ends[1:]))
    return joined(tdb, states, prepared, data, name=name, iterations=whole.iterations, residuals=whole.residuals)
