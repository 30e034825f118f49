"""Ways between places: their burns, their duration, and the cheapest chain of them."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

DAY = SECONDS_PER_DAY
SURFACE = "surface"  # stands for every site in the shipped legs
SPACENET = "SpaceNet 2.5r2, quick start of a lunar sortie"
RECALLED = "recalled, unverified"
A_DAY = 1e-6  # [m/s per s] worth of time between ways of equal change of velocity: 0.09 m/s for a day
A_STOP = 100.0  # [m/s] worth of every place on the way: nobody stops on the way to save a few metres a second


@dataclass(frozen=True, slots=True)
class LegBurn:
    """One burn of a leg.

    Attributes
    ----------
    name : str
        What it is for; decides which stage makes it.
    delta_v : float [m/s]
        Change of velocity, losses included.
    """

    name: str
    delta_v: float


@dataclass(frozen=True, slots=True)
class Leg:
    """A way from one place to another.

    The burns are made one after the other at its start, at its end, or on the way: all propellant that boils off
    during the leg is charged before the burns named ``insertion``, ``rendezvous`` and ``landing`` and after the others.

    Attributes
    ----------
    origin, to : str
        Its ends.
    duration : float [s]
        How long it takes.
    burns : tuple of LegBurn
        In their order.
    windows : tuple of (float, float) [s TDB past J2000]
        First and last departure; empty for any time.
    source : str
        Where its figures come from.
    """

    origin: str
    to: str
    duration: float
    burns: tuple[LegBurn, ...] = ()
    windows: tuple[tuple[float, float], ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration) and self.duration >= 0.0):
            raise InvalidInput(f"leg from {self.origin} to {self.to}: the duration must not be negative [s]")
        if any(not (math.isfinite(burn.delta_v) and burn.delta_v >= 0.0) for burn in self.burns):
            raise InvalidInput(f"leg from {self.origin} to {self.to}: a burn must not be negative [m/s]")

    @property
    def delta_v(self) -> float:
        """Sum of its burns [m/s]."""
        return sum(burn.delta_v for burn in self.burns)


def _leg(origin: str, to: str, days: float, source: str, **burns: tuple[float, ...]) -> Leg:
    made = tuple(LegBurn(name, value) for name, values in burns.items() for value in values)
    return Leg(origin, to, days * DAY, made, (), source)


SHIPPED_LEGS = (
    _leg("leo", "tli", 0.0, SPACENET, departure=(3150.0,)),
    _leg("tli", "llo", 4.0, SPACENET, correction=(2.0, 2.0), insertion=(950.0,)),
    _leg("llo", SURFACE, 0.5, SPACENET, landing=(2030.0, 11.0)),
    Leg(SURFACE, "llo", 0.5 * DAY, (LegBurn("ascent", 1875.0), LegBurn("rendezvous", 31.0)), (), SPACENET),
    Leg(
        "llo",
        "earth",
        4.0 * DAY,
        tuple(LegBurn("return", value) for value in (612.3, 276.5, 333.6))
        + tuple(LegBurn("correction", value) for value in (3.2, 3.2, 5.0)),
        (),
        SPACENET,
    ),
    _leg("tli", "nrho", 5.0, RECALLED, insertion=(450.0,)),
    Leg("nrho", "llo", 0.5 * DAY, (LegBurn("insertion", 730.0),), (), RECALLED),
    Leg("llo", "nrho", 0.5 * DAY, (LegBurn("insertion", 730.0),), (), RECALLED),
    Leg("nrho", "earth", 5.0 * DAY, (LegBurn("return", 450.0),), (), RECALLED),
)
"""Legs of the Earth-Moon network; ``surface`` stands for every site."""

LAUNCH_DAYS = {"leo": 0.25, "gto": 0.25, "tli": 0.25, "llo": 4.25, "nrho": 5.25}
"""Time from lift-off until the launcher lets go [d]: SpaceNet's ascent, and its flight to the Moon on top."""


def launch_leg(to: str) -> Leg:
    """Leg on which the launcher does all the work.

    Parameters
    ----------
    to : str
        Where the launcher lets go: a key of `LAUNCH_DAYS`.

    Raises
    ------
    InvalidInput
        No launcher is known to let go there.
    """
    if to not in LAUNCH_DAYS:
        raise InvalidInput(f"no launcher lets go at {to}; known are {', '.join(LAUNCH_DAYS)}")
    return Leg("earth", to, LAUNCH_DAYS[to] * DAY, (), (), SPACENET)


def network(sites: Iterable[str], own: Sequence[Leg] = ()) -> tuple[Leg, ...]:
    """Legs between the orbits and these sites; own legs stand in place of shipped ones with the same ends.

    Parameters
    ----------
    sites : iterable of str
        Places on the Moon's surface.
    own : sequence of Leg
        Legs that somebody gives.

    Returns
    -------
    tuple of Leg
        One for each pair of ends that is connected.
    """
    legs: dict[tuple[str, str], Leg] = {}
    names = list(sites)
    for leg in SHIPPED_LEGS:
        for origin in names if leg.origin == SURFACE else [leg.origin]:
            for to in names if leg.to == SURFACE else [leg.to]:
                legs[origin, to] = Leg(origin, to, leg.duration, leg.burns, leg.windows, leg.source)
    for leg in own:
        legs[leg.origin, leg.to] = leg
    return tuple(legs.values())


def cheapest_way(legs: Sequence[Leg], origin: str, to: str, via: Sequence[str] = ()) -> tuple[Leg, ...]:
    """Chain of legs with the least change of velocity.

    Parameters
    ----------
    legs : sequence of Leg
        The network.
    origin, to : str
        Its ends.
    via : sequence of str
        Places that it passes in this order.

    Returns
    -------
    tuple of Leg
        Empty where both ends are one place.

    Raises
    ------
    InvalidInput
        No chain connects two of the places; names what can be reached.

    Source
    ------
    Dijkstra (1959), Numerische Mathematik 1, 269; each stop counts as 100 m/s and each day as 0.09 m/s.
    """
    chain: list[Leg] = []
    here = origin
    for goal in [*via, to]:
        chain += _cheapest(legs, here, goal)
        here = goal
    return tuple(chain)


def _cheapest(legs: Sequence[Leg], origin: str, to: str) -> list[Leg]:
    best: dict[str, tuple[float, Leg | None]] = {origin: (0.0, None)}
    heap = [(0.0, origin)]
    while heap:
        cost, place = heapq.heappop(heap)
        if cost > best[place][0]:
            continue
        for leg in legs:
            if leg.origin == place:
                total = cost + leg.delta_v + A_STOP + A_DAY * leg.duration
                if leg.to not in best or total < best[leg.to][0]:
                    best[leg.to] = (total, leg)
                    heapq.heappush(heap, (total, leg.to))
    if to not in best:
        reached = ", ".join(sorted(set(best) - {origin})) or "nothing"
        raise InvalidInput(f"no legs lead from {origin} to {to}; from there one reaches {reached}; give a leg for it")
    chain: list[Leg] = []
    place = to
    while place != origin:
        last = best[place][1]
        assert last is not None  # only the origin has none
        chain.append(last)
        place = last.origin
    return chain[::-1]
