"""Whom a moved object meets instead: its new path against others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.trajectories import TabulatedTrajectory
from moonstead.foundation.ephemeris.two_body import two_body_states
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.monitoring.avoidance.trade import AvoidanceBurn, burnt_state
from moonstead.monitoring.objects import MovingObjects
from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.screening.screen import screen
from moonstead.monitoring.screening.screening import Screening

Array = NDArray[np.float64]

NODES_IN_ORBIT = 200  # of the table: 30 s in a low orbit, which the polynomial of degree 7 meets to 1e-6 m


def burnt_trajectory(
    encounter: Encounter,
    burn: AvoidanceBurn,
    tca: float,
    after: float,
    *,
    name: str,
    frame: Frame,
    center: str = "EARTH",
) -> TabulatedTrajectory:
    """Path of the first object from its burn to some time after the encounter, by two-body motion.

    Parameters
    ----------
    encounter : Encounter
        At closest approach, before the burn.
    burn : AvoidanceBurn
        The burn.
    tca : float [s TDB past J2000]
        Time of the encounter's states.
    after : float [s]
        How long after it.
    name : str
        What messages call the object.
    frame : Frame
        Axes of the encounter.
    center : str
        What it moves about.

    Returns
    -------
    TabulatedTrajectory
        States [m, m/s] every 200th of an orbit.

    Raises
    ------
    InvalidInput
        The time after is negative, or the burn leaves no bound orbit.

    Source
    ------
    Two-body motion; the same path as that of the probability after the burn.
    """
    if not after >= 0.0:
        raise InvalidInput(f"a path ends after the encounter; got {after!r} s")
    state = burnt_state(encounter, burn.lead, burn.direction, burn.delta_v)  # type: ignore[arg-type]
    energy = 2.0 / float(np.linalg.norm(state[:3])) - float(state[3:] @ state[3:]) / encounter.gm
    if not energy > 0.0:
        raise InvalidInput("the burn leaves no bound orbit; take a smaller one")
    period = 2.0 * np.pi * np.sqrt(energy**-3 / encounter.gm)
    span = burn.lead + after
    count = max(8, int(np.ceil(span / period * NODES_IN_ORBIT)) + 1)
    elapsed = np.linspace(0.0, span, count)
    states = two_body_states(np.tile(state, (count, 1)), elapsed, encounter.gm)
    return TabulatedTrajectory(name, center, frame, tca - burn.lead + elapsed, states)


def secondary_conjunctions(
    objects: MovingObjects, moved_row: int, start: float, stop: float, distance: float, *, threads: int = 1
) -> Screening:
    """Passages of a moved object by all others.

    Parameters
    ----------
    objects : MovingObjects
        The moved path, from `burnt_trajectory`, and those of others; without the old path of the same object.
    moved_row : int
        Its row among them.
    start, stop : float [s TDB past J2000]
        Span, within that of the path.
    distance : float [m]
        Below which a passage counts.
    threads : int
        Blocks of time at once.

    Returns
    -------
    Screening
        Encounters and proximity intervals of that row alone.

    Raises
    ------
    InvalidInput
        The span is empty, or the row does not exist.

    Source
    ------
    `screening.screen`.
    """
    return screen(objects, start, stop, distance, primaries=[moved_row], threads=threads)
