"""Frozen ellipses about the Moon: relay orbits whose far end stays over one pole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces import ForceModel
from moonstead.dynamics.propagate import OrbitState, propagate
from moonstead.dynamics.propagated import PropagatedTrajectory
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.epoch import Epoch
from moonstead.orbits.elements import KeplerElements
from moonstead.orbits.lunar.lifetime import closest_approaches
from moonstead.orbits.lunar.start import EARTH_ORBIT, held_axes, start_states

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

DEGREE = 8  # of the Moon's field in the search: higher terms average out over an ellipse of hours
TOLERANCE = 1e-9  # of a step in the search: metres a day, far below what a node of the grid is apart
SCREENING = 365.25 * SECONDS_PER_DAY  # [s] that every candidate is followed before the best are followed to the end
FIRST_ANOMALY = math.pi
FURTHER_ANOMALIES = (0.0, 0.5 * math.pi, -0.5 * math.pi)
LOWEST_ALTITUDE = 20e3  # [m] the highest lunar summit stands 10.8 km above the mean sphere
APSES = ("north", "south")


@dataclass(frozen=True)
class Candidate:
    """One start that was tried.

    Attributes
    ----------
    node, true_anomaly : float [rad]
        Ascending node in the Earth's orbit plane from the direction of the Earth at the epoch; place in the orbit.
    minimum_altitude : float [m]
        Lowest altitude above the mean sphere, as far as it was followed.
    followed : float [s]
        How long it was followed: to the end of the lifetime, to the impact, or until better ones were known.
    impact : float or None [s TDB past J2000]
        When it hits the Moon.
    """

    node: float
    true_anomaly: float
    minimum_altitude: float
    followed: float
    impact: float | None


@dataclass(frozen=True)
class FrozenEllipse:
    """A frozen ellipse and how it was found.

    Attributes
    ----------
    state : OrbitState
        Start of the best candidate, ICRF axes about the Moon.
    elements : KeplerElements
        The same relative to the Earth's orbit plane at the epoch, x axis towards the Earth.
    minimum_altitude : float [m]
        Lowest altitude over the lifetime in the field of the search.
    candidates : tuple of Candidate
        Everything that was tried, the best first.
    """

    state: OrbitState
    elements: KeplerElements
    minimum_altitude: float
    candidates: tuple[Candidate, ...]


def frozen_ellipse(
    periselene_altitude: float,
    period: float,
    apsis: str,
    epoch_tdb: float,
    lifetime: float,
    data: DataContext,
    *,
    nodes: int = 12,
    lowest_altitude: float = LOWEST_ALTITUDE,
) -> FrozenEllipse:
    """Find a lunar ellipse that keeps its far end over one pole and stays off the ground for its lifetime.

    Inclination follows from the condition for a frozen ellipse under the Earth's pull; the argument of periapsis is 90
    or 270 deg. The node, and if need be the place in the orbit, are searched: each start is propagated in the Moon's
    field to degree 8 with Earth and Sun for a year; the best are followed to the end, until no other can be better.

    Parameters
    ----------
    periselene_altitude : float [m]
        Least altitude of the starting ellipse above the mean sphere.
    period : float [s]
        Time of one turn of the starting ellipse.
    apsis : str
        ``"north"`` or ``"south"``: hemisphere that holds the aposelene, where the spacecraft is most of the time.
    epoch_tdb : float [s TDB past J2000]
        Start.
    lifetime : float [s]
        How long it must not come near the ground.
    data : DataContext
        Ephemeris, lunar orientation, gravity field.
    nodes : int
        Nodes to try, evenly spread.
    lowest_altitude : float [m]
        What counts as near the ground, above the mean sphere.

    Returns
    -------
    FrozenEllipse
        The start whose lowest altitude is highest.

    Raises
    ------
    InvalidInput
        The shape does not exist or has no frozen inclination, or no start lives: the message dates its impact.
    OutsideSpan
        The data do not cover the lifetime.

    Source
    ------
    Frozen condition e^2 = 1 - 5/3 cos^2 i, w = 90 or 270 deg of the doubly averaged problem: Lidov (1962), Planet.
    Space Sci. 9, 719, doi:10.1016/0032-0633(62)90129-0; for lunar relays Ely (2005), J. Astronaut. Sci. 53, 301,
    doi:10.1007/BF03546355.
    """
    _check(periselene_altitude, period, apsis, lifetime, nodes, lowest_altitude)
    moon = body("MOON")
    periapsis = moon.mean_radius + periselene_altitude
    axis = float(np.cbrt(moon.gm * (period / (2.0 * math.pi)) ** 2))
    eccentricity = 1.0 - periapsis / axis
    if eccentricity <= 0.0:
        raise InvalidInput(
            f"a period of {period / 3600.0:g} h means a semi-major axis of {axis / 1e3:.0f} km, no more than the "
            f"periselene distance of {periapsis / 1e3:.0f} km: ask for a longer period or a lower periselene"
        )
    inclination = frozen_inclination(eccentricity)
    argument = math.radians(270.0 if apsis == "north" else 90.0)
    search = _Search(periapsis, eccentricity, inclination, argument, epoch_tdb, lifetime, lowest_altitude, data)
    angles = 2.0 * math.pi * np.arange(nodes) / nodes
    best = search.run([(float(node), FIRST_ANOMALY) for node in angles])
    if best is None:
        best = search.run([(float(node), anomaly) for anomaly in FURTHER_ANOMALIES for node in angles])
    tried = sorted(search.tried, key=lambda c: (c.followed, c.minimum_altitude), reverse=True)
    if best is None:
        raise InvalidInput(_refusal(tried[0], len(tried), periselene_altitude, period, epoch_tdb, lifetime))
    elements = search.elements(best.node, best.true_anomaly)
    others = sorted(
        (c for c in tried if c is not best), key=lambda c: (c.impact is None, c.minimum_altitude), reverse=True
    )
    return FrozenEllipse(search.state(elements), elements, best.minimum_altitude, (best, *others))


def frozen_inclination(eccentricity: float) -> float:
    """Inclination to the perturber's orbit plane at which an ellipse is frozen.

    Parameters
    ----------
    eccentricity : float [1]
        Of the ellipse.

    Returns
    -------
    float [rad]
        The prograde of the two solutions.

    Source
    ------
    Lidov (1962): e^2 = 1 - 5/3 cos^2 i; the prograde of the two solutions.
    """
    return math.acos(math.sqrt(0.6 * (1.0 - eccentricity**2)))


def lowest_altitude_of(trajectory: PropagatedTrajectory, radius: float) -> float:
    """Least distance of a propagated trajectory from its centre less a radius.

    Parameters
    ----------
    trajectory : PropagatedTrajectory
        What was propagated.
    radius : float [m]
        Of the body that it flies about.

    Returns
    -------
    float [m]

    Source
    ------
    `closest_approaches`.
    """
    return float(np.min(closest_approaches(trajectory)[1])) - radius


class _Search:
    """Candidates of one shape, followed by propagation."""

    def __init__(
        self,
        periapsis: float,
        eccentricity: float,
        inclination: float,
        argument: float,
        epoch: float,
        lifetime: float,
        floor: float,
        data: DataContext,
    ) -> None:
        self.shape = (periapsis, eccentricity, inclination)
        self.argument, self.epoch, self.end, self.floor, self.data = argument, epoch, epoch + lifetime, floor, data
        self.screen = min(epoch + SCREENING, self.end)
        self.axes = held_axes(EARTH_ORBIT, epoch, data)
        self.model = ForceModel(degree=DEGREE)
        self.tried: list[Candidate] = []

    def elements(self, node: float, anomaly: float) -> KeplerElements:
        """Elements in the Earth's orbit plane."""
        values = (*self.shape, node, self.argument, anomaly)
        return KeplerElements(*(np.array([float(value)]) for value in values))

    def state(self, elements: KeplerElements) -> OrbitState:
        """Those elements as a state in ICRF axes."""
        return OrbitState(start_states(elements, self.axes)[0], self.epoch)

    def run(self, starts: list[tuple[float, float]]) -> Candidate | None:
        """Screen all starts, then follow the best to the end while they can still win; the winner or None."""
        screened = []
        for node, anomaly in starts:
            path, candidate = self._follow(
                node, anomaly, self.state(self.elements(node, anomaly)), self.screen, math.inf
            )
            screened.append((candidate, path))
        screened.sort(key=lambda pair: pair[0].minimum_altitude, reverse=True)
        winner: Candidate | None = None
        for candidate, path in screened:
            known = winner.minimum_altitude if winner else self.floor
            if candidate.impact is None and candidate.minimum_altitude >= known and self.screen < self.end:
                last = OrbitState(path.state(path.span[1])[0], path.span[1])
                _, candidate = self._follow(
                    candidate.node, candidate.true_anomaly, last, self.end, candidate.minimum_altitude
                )
            self.tried.append(candidate)
            whole = candidate.impact is None and candidate.followed >= self.end - self.epoch
            if whole and candidate.minimum_altitude >= known:
                winner = candidate
        return winner

    def _follow(
        self, node: float, anomaly: float, start: OrbitState, until: float, lowest: float
    ) -> tuple[PropagatedTrajectory, Candidate]:
        path = propagate(start, until, self.model, self.data, step_tolerance=TOLERANCE, name="candidate")
        lowest = min(lowest, lowest_altitude_of(path, body("MOON").mean_radius))
        impact = path.span[1] if path.hit_surface else None
        return path, Candidate(node, anomaly, lowest, path.span[1] - self.epoch, impact)


def _check(altitude: float, period: float, apsis: str, lifetime: float, nodes: int, lowest: float) -> None:
    for what, value, unit in (("the period", period, "s"), ("the lifetime", lifetime, "s")):
        if not (math.isfinite(value) and value > 0.0):
            raise InvalidInput(f"{what} must be positive and finite [{unit}]; got {value!r}")
    if not (math.isfinite(altitude) and altitude > lowest):
        raise InvalidInput(f"the periselene altitude must be above {lowest:g} m, near the ground; got {altitude!r} m")
    if apsis not in APSES:
        raise InvalidInput(f"the aposelene stands over {' or '.join(APSES)}; got {apsis!r}")
    if nodes < 1:
        raise InvalidInput(f"at least one node must be tried; got {nodes}")


def _refusal(best: Candidate, count: int, altitude: float, period: float, epoch: float, lifetime: float) -> str:
    shape = f"an ellipse of {altitude / 1e3:g} km periselene altitude and {period / 3600.0:g} h"
    wanted = f"{lifetime / SECONDS_PER_DAY:.0f} days from {Epoch.from_tdb(epoch)}"
    if best.impact is None:
        fate = f"sinks to {best.minimum_altitude / 1e3:.1f} km"
    else:
        days = (best.impact - epoch) / SECONDS_PER_DAY
        fate = f"hits the Moon on {Epoch.from_tdb(best.impact)}, after {days:.1f} days"
    return (
        f"{shape} does not live for {wanted}: of {count} starts the longest-lived (node "
        f"{math.degrees(best.node):.0f} deg from the Earth) {fate}. Raise the periselene or shorten the lifetime"
    )
