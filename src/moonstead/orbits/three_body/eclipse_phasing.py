"""Choosing the start on a resonant orbit so that shadows are missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.orbits.three_body.flown_layout import OrbitTable
from moonstead.orbits.three_body.rotating import RotatingAxes, rotating_axes

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

SYNODIC_MONTH = (
    29.530_588_853 * SECONDS_PER_DAY
)  # [s] mean, at J2000: Meeus (1998), Astronomical Algorithms, chapter 49
MOST_MONTHS = 2  # of a resonance that an orbit is taken for
NEAR_RESONANCE = 0.01  # [1] of the period
STARTS = 72  # phases that are tried
STEP = 1800.0  # [s] between looks
BOUND = 0.35  # [1] of the distance of the primaries: an orbit within it keeps its size in metres


@dataclass(frozen=True)
class PhaseChoice:
    """A start on a periodic orbit and the shadows that follow from it, by geometry alone.

    Attributes
    ----------
    phase : float [1]
        Revolutions since the passage nearest to the secondary, at the start.
    in_shadow : float [s]
        Time in the shadows that were to be missed, penumbra included.
    margin : float [m]
        Least distance from the edge of a penumbra; negative inside.
    """

    phase: float
    in_shadow: float
    margin: float


def synodic_resonance(duration: float) -> tuple[int, int] | None:
    """Resonance p:q with the synodic month, p revolutions in q months, that a period is near to.

    Parameters
    ----------
    duration : float [s]
        Period.

    Returns
    -------
    (p, q) or None
        The one of least q, up to two months, within one percent; None where there is none.

    Source
    ------
    Mean synodic month: Meeus (1998), Astronomical Algorithms, 2nd ed., chapter 49.
    """
    for months in range(1, MOST_MONTHS + 1):
        turns = round(months * SYNODIC_MONTH / duration)
        if turns and abs(turns * duration / (months * SYNODIC_MONTH) - 1.0) < NEAR_RESONANCE:
            return turns, months
    return None


def choose_phase(
    table: OrbitTable,
    start: float,
    stop: float,
    period: float,
    bodies: Sequence[str],
    data: DataContext,
    *,
    count: int = STARTS,
) -> list[PhaseChoice]:
    """Starts on a periodic orbit, those first that miss the shadows of some bodies by most.

    The orbit is laid along the true axes of the primaries and looked at every half hour, with the true Sun; a flown
    orbit departs from it by some hundred kilometres and hours, which the margin must cover.

    Parameters
    ----------
    table : OrbitTable
        The orbit.
    start, stop : float [s TDB past J2000]
        Span of the flight.
    period : float [s]
        Of one revolution.
    bodies : sequence of str
        Whose penumbra is to be missed.
    data : DataContext
        Ephemeris.
    count : int
        Phases to try, evenly spread over a revolution.

    Returns
    -------
    list of PhaseChoice
        Least time in shadow first, then the widest margin.

    Raises
    ------
    OutsideSpan
        The ephemeris does not cover the span.

    Source
    ------
    Phasing of resonant NRHOs against eclipses: Zimovan, Howell & Davis (2017), Near Rectilinear Halo Orbits and Their
    Application in Cis-Lunar Space, IAA-AAS-DyCoSS3-125. Cone of the penumbra: Montenbruck & Gill (2000), section 3.4.1.
    """
    system = table.orbit.system
    everywhen = np.arange(start, stop, STEP)
    looks = [_Look.at(everywhen, table, name, data) for name in bodies]
    choices = []
    for phase in np.arange(count) / count:
        worst, hidden = -np.inf, 0
        for look in looks:
            if look.tdb.size:
                depth = look.depth(table.at((look.tdb - start) / period + phase)[:, :3], system.mass_ratio)
                worst = max(worst, float(depth.max()))
                hidden += int(np.count_nonzero(depth > 0.0))
        choices.append(PhaseChoice(float(phase), hidden * STEP, -worst))
    return sorted(choices, key=lambda one: (one.in_shadow, -one.margin))


@dataclass(frozen=True, eq=False)
class _Look:
    """Times at which a body's shadow may fall on an orbit, and all that does not depend on the phase."""

    tdb: Array
    frame: RotatingAxes
    unit: Array  # (N,) [m] of length
    origin: Array  # (N, 3) [m] of what the orbit's places are measured from, seen from the body
    bound: bool
    to_sun: Array  # (N, 3) unit vector from the body
    sun_distance: Array
    radius: float

    @classmethod
    def at(cls, tdb: Array, table: OrbitTable, name: str, data: DataContext) -> _Look:
        system = table.orbit.system
        reach = float(table.distances().max())
        bound = reach < BOUND
        sun = data.ephemeris.position("SUN", name, tdb)
        sun_distance = np.linalg.norm(sun, axis=1)
        to_sun = sun / sun_distance[:, None]
        place = data.ephemeris.position(system.secondary, name, tdb) if name != system.secondary else np.zeros_like(sun)
        if bound and name != system.secondary:
            # the shadow is behind the body: the secondary must be there, give or take the size of the orbit
            far = np.linalg.norm(place, axis=1)
            across = np.linalg.norm(place - np.sum(place * to_sun, axis=1)[:, None] * to_sun, axis=1)
            width = 2.0 * body(name).mean_radius + body("SUN").mean_radius * far / sun_distance
            here = (np.sum(place * to_sun, axis=1) < reach * far) & (across < 1.1 * reach * far + width)
            tdb, place, to_sun, sun_distance = tdb[here], place[here], to_sun[here], sun_distance[here]
        frame = rotating_axes(tdb, system, data, center=name)
        return cls(
            tdb,
            frame,
            np.full(tdb.size, system.length) if bound else frame.distance,
            place if bound else frame.barycentre[:, :3],
            bound,
            to_sun,
            sun_distance,
            body(name).mean_radius,
        )

    def depth(self, places: Array, mass_ratio: float) -> Array:
        """Distance (N,) [m] inside the penumbra of normalised places (N, 3); negative outside."""
        if self.bound:
            places = places - np.array([1.0 - mass_ratio, 0.0, 0.0])
        seen = self.origin + self.unit[:, None] * np.einsum("nij,ni->nj", self.frame.axes, places)
        along = -np.sum(seen * self.to_sun, axis=1)
        across = np.linalg.norm(seen + along[:, None] * self.to_sun, axis=1)
        spread = (body("SUN").mean_radius + self.radius) / self.sun_distance
        behind: Array = self.radius + along * spread - across
        return np.where(along > 0.0, behind, -np.linalg.norm(seen, axis=1))
