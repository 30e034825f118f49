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
from moonstead.orbits.shooting import Patched, joined
from moonstead.orbits.three_body.eclipse_phasing import (
    SYNODIC_MONTH,
    PhaseChoice,
    choose_phase,
    synodic_resonance,
)
from moonstead.orbits.three_body.flown_correction import GUARD, settled
from moonstead.orbits.three_body.flown_figures import eclipses
from moonstead.orbits.three_body.flown_layout import orbit_table

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.orbits.three_body.periodic_orbit import PeriodicOrbit

Array = NDArray[np.float64]

FARTHEST = 1.2  # [1] of the orbit's period, for room in time on both sides
FARTHEST_PERIOD = 0.05  # [1] of the orbit's period: how far its mean revolution may be stretched
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
        Mean time of one revolution.
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
    position_tolerance: float = 3e-4,
    velocity_tolerance: float = 1e-6,
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
        Mean time of one revolution; None for the pace that the flight keeps by itself near the orbit's own, or, where
        shadows are to be missed, for the synodic resonance within one percent of it.
    nodes : int or None
        Nodes in a revolution; None for one a day, seven at least.
    first_nodes : (K, 6) or None [m, m/s]
        Nodes of an earlier correction of the same request, as `progress` was told them, to go on from.
    position_tolerance, velocity_tolerance : float [m, m/s]
        Largest gaps that the correction leaves; files of the orbit are interpolated across them.
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
    choices: list[PhaseChoice | None] = [None]
    if avoid_eclipse_by and phase is None:
        stop = start_tdb + revolutions * (pace or orbit.duration)
        found = choose_phase(table, start_tdb, stop, pace or orbit.duration, avoid_eclipse_by, data)
        _require_clear(found[0], orbit, avoid_eclipse_by, revolutions)
        choices = [one for one in found[:FIRST_TRIED] if one.in_shadow == 0.0]
    reach = (revolutions + GUARD + 1) * orbit.duration * FARTHEST
    # while arcs are moved they may cross a surface; what comes out may not
    room = (start_tdb - (GUARD + 1) * orbit.duration * FARTHEST, start_tdb + reach)
    prepared = prepare_forces(model, *room, data, stop_at_surface=False)
    solid = prepare_forces(model, *room, data)
    met = ""
    for choice in choices:
        begun = choice.phase if choice is not None else (phase or 0.0)
        layout, whole, apart = settled(
            table, start_tdb, begun, pace, revolutions, nodes, prepared, data,
            first_nodes=first_nodes, position_tolerance=position_tolerance, velocity_tolerance=velocity_tolerance,
            name=name, progress=progress,
        )  # fmt: skip
        stop = float(layout.times(np.array([begun, begun + revolutions]))[1])
        kept = _cut(whole, start_tdb, stop, solid, data, name)
        flown = FlownOrbit(
            **{field: getattr(kept, field) for field in Patched.__dataclass_fields__},
            orbit=orbit,
            revolutions=revolutions,
            period=(stop - start_tdb) / revolutions,
            phase=begun,
            shape=layout.shape,
            choice=choice,
            departure=apart,
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


def _pace(orbit: PeriodicOrbit, period: float | None, avoid: Sequence[str]) -> float | None:
    """Mean time of one revolution [s] that is wanted; None where the orbit may keep its own."""
    if period is not None:
        return period
    resonance = synodic_resonance(orbit.duration) if avoid else None
    return None if resonance is None else resonance[1] * SYNODIC_MONTH / resonance[0]


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
