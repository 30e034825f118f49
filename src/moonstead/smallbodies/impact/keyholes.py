"""Keyholes: the small parts of a target plane through which a passage leads to an impact years later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.impact.answer import Keyhole
from moonstead.smallbodies.impact.outlook import Outlook
from moonstead.smallbodies.impact.target_plane import opik_axes, target_plane
from moonstead.smallbodies.impact.virtual_impactors import Linearised

Array = NDArray[np.float64]

BEFORE = 30.0 * SECONDS_PER_DAY  # [s] a passage must come so long before the impact to lead to it


@dataclass(frozen=True, slots=True)
class ResonantCircle:
    """Points of a target plane from which a body comes back when the planet has made whole turns.

    Attributes
    ----------
    turns, planet_turns : int
        Of the body and of the planet until they meet again.
    centre : float [m]
        On the zeta axis.
    radius : float [m]
        Of the circle.
    """

    turns: int
    planet_turns: int
    centre: float
    radius: float


def resonant_circle(
    speed_at_infinity: float, approach: float, turns: int, planet_turns: int, *, gm: float, planet_speed: float
) -> ResonantCircle | None:
    """Circle on the target plane of a planet that leads to a resonant return.

    Parameters
    ----------
    speed_at_infinity : float [m/s]
        Relative to the planet.
    approach : float [rad]
        Angle between the relative velocity and the planet's velocity about the Sun.
    turns, planet_turns : int
        The body makes `turns` about the Sun while the planet makes `planet_turns`.
    gm : float [m3/s2]
        Of the planet.
    planet_speed : float [m/s]
        Of the planet about the Sun, on a circle.

    Returns
    -------
    ResonantCircle or None
        None where no deflection leads to that resonance.

    Raises
    ------
    InvalidInput
        A speed, the mass or a number of turns is not positive, or the approach is along the planet's path.

    Source
    ------
    Valsecchi, Milani, Gronchi & Chesley (2003), A&A 408, 1179, doi:10.1051/0004-6361:20031039, equations for the centre
    D = c sin(theta) / (cos(theta') - cos(theta)) and radius R = c sin(theta') / (cos(theta') - cos(theta)) of the
    circle, c = gm / v^2, cos(theta') = (1 - U^2 - 1 / a') / (2 U) with U in planet speeds and a' = (planet turns /
    turns)^(2/3) in planet distances.
    """
    if not (speed_at_infinity > 0.0 and planet_speed > 0.0 and gm > 0.0 and turns > 0 and planet_turns > 0):
        raise InvalidInput("speeds, mass and numbers of turns of a resonance must be positive")
    if not 0.0 < approach < np.pi:
        raise InvalidInput(f"the angle of approach lies between 0 and pi [rad]; got {approach}")
    u = speed_at_infinity / planet_speed
    after = (1.0 - u**2 - (turns / planet_turns) ** (2.0 / 3.0)) / (2.0 * u)
    if abs(after) >= 1.0 or after == np.cos(approach):
        return None
    scale = gm / speed_at_infinity**2 / (after - np.cos(approach))
    return ResonantCircle(
        turns,
        planet_turns,
        float(scale * np.sin(approach)),
        float(abs(scale) * np.sqrt(1.0 - after**2)),
    )


def keyholes_of(outlook: Outlook, impactor: Linearised, data: DataContext) -> tuple[Keyhole, ...]:
    """Keyholes of the passages that lead to a virtual impactor, found by flight.

    Parameters
    ----------
    outlook : Outlook
        Cloud and flights.
    impactor : Linearised
        What they lead to.
    data : DataContext
        How Earth and Moon move about the Sun.

    Returns
    -------
    tuple of Keyhole
        Those of all passages within the outlook's limits more than 30 days before, in the order of time.

    Source
    ------
    The two ends of the chord of the impactor's disc, each flown through the earlier passages.
    """
    direction = np.linalg.svd(impactor.slopes)[2][0]
    chord = 2.0 * impactor.radius / impactor.spread[0]
    middle = impactor.mean_point
    points = middle + 0.5 * chord * np.array([0.0, -1.0, 1.0])[:, None] * direction
    passages = outlook.passages(points, until_tdb=impactor.tdb - BEFORE)
    found = []
    for row in np.flatnonzero(passages.index == 0):
        name, tdb = str(passages.body[row]), float(passages.tdb[row])
        rows = passages.nearest(name, np.full(3, tdb))
        if np.any(rows < 0):
            continue
        velocity = data.ephemeris.state(name, "SUN", np.array([tdb]))[0, 3:]
        axes = opik_axes(target_plane(passages.state[row], body(name).gm).direction[0], velocity)
        flat = passages.point[rows] @ axes[[0, 2]].T
        width = float(np.linalg.norm(flat[2] - flat[1]))
        found.append(Keyhole(name, tdb, float(flat[0, 0]), float(flat[0, 1]), width))
    return tuple(sorted(found, key=lambda one: one.tdb))
