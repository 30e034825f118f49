"""What happens on a flight, in order: coasts, burns, stages that go, cargo that is unloaded, tanks that are filled."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from moonstead.foundation.errors import InvalidInput
from moonstead.station.logistics.legs import Leg, launch_leg
from moonstead.station.logistics.vehicles import Stage, Vehicle

AT_THE_END = ("insertion", "rendezvous", "landing")  # burns that end a leg; the others begin it
PERSON = 100.0  # [kg] with clothes and suit liner; SpaceNet's default crew member, recalled, unverified

Kind = Literal["coast", "burn", "drop", "leave", "rejoin", "unload", "fill", "board", "alight"]


@dataclass(frozen=True, slots=True)
class FlightStep:
    """One thing that happens on a flight.

    Attributes
    ----------
    kind : str
        ``"coast"``: time passes and propellant boils off; ``"burn"``: a stage burns; ``"drop"``: a stage goes;
        ``"leave"`` and ``"rejoin"``: a stage stays behind and is met again; ``"unload"``: all cargo for the place goes;
        ``"fill"``: a stage is filled from the depot; ``"board"`` and ``"alight"``: people, and the cargo for the stops
        ahead, come from another vehicle and people go back to it.
    place : str
        Where; for a coast where it leads.
    duration : float [s]
        Of a coast.
    burn : str
        Name of a burn.
    delta_v : float [m/s]
        Of a burn.
    stage : str
        Stage that burns, goes, waits or is filled.
    """

    kind: Kind
    place: str
    duration: float = 0.0
    burn: str = ""
    delta_v: float = 0.0
    stage: str = ""


@dataclass(frozen=True, slots=True)
class FlightProfile:
    """A vehicle on a chain of legs.

    Attributes
    ----------
    vehicle : Vehicle
        What flies.
    legs : tuple of Leg
        Out and, where it comes back, home.
    steps : tuple of FlightStep
        What happens, in order.
    stops : tuple of str
        Places where cargo is unloaded, in order.
    launched : bool
        Whether a launcher carries it.
    offsets : tuple of float [s]
        Departure of each leg after that of the first.
    arrivals : mapping of str to float [s]
        Arrival at each stop after the departure.
    """

    vehicle: Vehicle
    legs: tuple[Leg, ...]
    steps: tuple[FlightStep, ...]
    stops: tuple[str, ...]
    launched: bool
    offsets: tuple[float, ...]
    arrivals: Mapping[str, float] = field(default_factory=dict)

    @property
    def duration(self) -> float:
        """Time from the first departure to the last arrival [s]."""
        return sum(step.duration for step in self.steps)

    @property
    def delta_v(self) -> float:
        """Sum of all burns of the vehicle [m/s]."""
        return sum(step.delta_v for step in self.steps)


def flight_profile(
    vehicle: Vehicle,
    out: Sequence[Leg],
    *,
    back: Sequence[Leg] = (),
    stay: float = 0.0,
    waits: Mapping[str, float] | None = None,
    stops: Sequence[str] = (),
    fills: Mapping[str, Collection[str]] | None = None,
    boards: str | None = None,
) -> FlightProfile:
    """Put a vehicle on a chain of legs: who burns what, which stage goes when.

    Each burn is made by the first stage of the stack that makes burns of its name. Once a stage has burnt, those before
    it burn no more, unless they are kept, or it is one that waits on the way. A stage goes at the end of the leg with
    its last burn, unless it is kept or the flight ends there.

    Parameters
    ----------
    vehicle : Vehicle
        What flies.
    out : sequence of Leg
        Way there. A first leg that starts at ``earth`` is the launcher's.
    back : sequence of Leg
        Way home, if it comes back.
    stay : float [s]
        Time at the far end before it comes back.
    waits : mapping of str to float [s], optional
        Time that it waits at other places that it passes on its way there.
    stops : sequence of str
        Places where cargo is unloaded; default the far end.
    fills : mapping of str to collection of str, optional
        Places where depots fill its stages, and the kinds of propellant that they have.
    boards : str, optional
        Place on its way where people and cargo come on board, and where people leave it again; default at the start.

    Returns
    -------
    FlightProfile
        What happens, in order.

    Raises
    ------
    InvalidInput
        The legs do not join, no stage makes a burn, or the launcher lets go elsewhere.

    Source
    ------
    Staging as in SpaceNet: dead stages are dropped before the next burn.
    """
    legs = (*out, *back)
    if not legs:
        raise InvalidInput(f"vehicle {vehicle.name!r} has no way to fly; give it at least one leg")
    for first, second in pairwise(legs):
        if first.to != second.origin:
            raise InvalidInput(f"a leg to {first.to} is followed by one from {second.origin}; legs must join")
    launched = legs[0].origin == "earth"
    if launched and (vehicle.injected is None or legs[0].to != vehicle.injected_to):
        where = "no launcher" if vehicle.injected is None else f"a launcher that lets go at {vehicle.injected_to}"
        raise InvalidInput(f"vehicle {vehicle.name!r} has {where}; it cannot start with a launch to {legs[0].to}")
    made = _burning_stages(vehicle, legs, launched)
    last_leg = {stage: index for index, stages in enumerate(made) for stage in stages}
    passed = [leg.to for leg in legs]
    waiting = {s.name: s.waits_in for s in vehicle.stages if s.waits_in and passed.count(s.waits_in) > 1}
    goals = tuple(stops) or (out[-1].to if out else legs[-1].to,)
    steps: list[FlightStep] = []
    offsets: list[float] = []
    arrivals: dict[str, float] = {}
    gone: set[str] = set()
    clock = 0.0
    depots = fills or {}
    steps += _filled(vehicle, legs[0].origin, depots, gone)
    for index, leg in enumerate(legs):
        for name, place in waiting.items():
            if leg.origin == place and index == passed.index(place) + 1:
                steps.append(FlightStep("leave", leg.origin, stage=name))
        offsets.append(clock)
        early = [k for k, burn in enumerate(leg.burns) if burn.name not in AT_THE_END]
        late = [k for k in range(len(leg.burns)) if k not in early]
        burning = 0 if index == 0 and launched else 1
        for group, coast in ((early, leg.duration), (late, 0.0)):
            for k in group if burning else ():
                burn = leg.burns[k]
                steps.append(FlightStep("burn", leg.to, burn=burn.name, delta_v=burn.delta_v, stage=made[index][k]))
            if coast > 0.0:
                steps.append(FlightStep("coast", leg.to, coast))
                clock += coast
        for name, place in waiting.items():
            if leg.to == place and index == len(passed) - 1 - passed[::-1].index(place):
                steps.append(FlightStep("rejoin", leg.to, stage=name))
        if leg.to in goals and leg.to not in arrivals:
            arrivals[leg.to] = clock
            steps.append(FlightStep("unload", leg.to))
        boarding = leg.to == boards and index == passed.index(leg.to)
        if leg.to == boards and not boarding:
            steps.append(FlightStep("alight", leg.to))
        going = [s for s, last in last_leg.items() if last == index and s not in gone and index + 1 < len(legs)]
        for name in going:
            if not _stage(vehicle, name).kept:
                steps.append(FlightStep("drop", leg.to, stage=name))
                gone.add(name)
        pause = stay if index == len(out) - 1 and back else (waits or {}).get(leg.to, 0.0) if index < len(out) else 0.0
        if pause > 0.0:
            steps.append(FlightStep("coast", leg.to, pause))
            clock += pause
        if boarding:
            steps.append(FlightStep("board", leg.to))
        if index + 1 < len(legs):
            steps += _filled(vehicle, leg.to, depots, gone)
    missing = [goal for goal in goals if goal not in arrivals]
    if missing:
        raise InvalidInput(f"the flight of {vehicle.name!r} does not pass {missing[0]}; it passes {', '.join(passed)}")
    return FlightProfile(vehicle, legs, tuple(steps), goals, launched, tuple(offsets), arrivals)


def launched_way(vehicle: Vehicle, way: Sequence[Leg]) -> tuple[Leg, ...]:
    """Put the launcher's leg in front of a way that starts where it lets go."""
    return (launch_leg(vehicle.injected_to), *way)


def _filled(vehicle: Vehicle, place: str, depots: Mapping[str, Collection[str]], gone: set[str]) -> list[FlightStep]:
    there = [stage for stage in vehicle.stages if stage.name not in gone and stage.propellant > 0.0]
    return [FlightStep("fill", place, stage=stage.name) for stage in there if stage.fuel in depots.get(place, ())]


def _stage(vehicle: Vehicle, name: str) -> Stage:
    return next(stage for stage in vehicle.stages if stage.name == name)


def _burning_stages(vehicle: Vehicle, legs: Sequence[Leg], launched: bool) -> list[list[str]]:
    """Stage of each burn of each leg; a stage whose work lies behind it is not asked again."""
    made: list[list[str]] = []
    active = 0
    for index, leg in enumerate(legs):
        row: list[str] = []
        for burn in leg.burns if not (index == 0 and launched) else ():
            able = [s for k, s in enumerate(vehicle.stages) if s.makes(burn.name) and (k >= active or s.kept)]
            passed = [one.to for one in legs[:index]]
            able = [s for s in able if not (s.waits_in in passed and s.waits_in in [x.to for x in legs[index:]])]
            if not able:
                known = "; ".join(f"{s.name}: {', '.join(s.burns or ('all',))}" for s in vehicle.stages if s.propellant)
                raise InvalidInput(
                    f"no stage of {vehicle.name!r} makes the burn {burn.name!r} from {leg.origin} to {leg.to}; "
                    f"its stages make {known or 'none'}"
                )
            row.append(able[0].name)
            if not able[0].kept and able[0].waits_in is None:
                active = vehicle.stages.index(able[0])
        made.append(row)
    return made


def departures(profile: FlightProfile, earliest: float, latest: float) -> float | None:
    """First departure within a span for which every leg begins inside one of its windows.

    Parameters
    ----------
    profile : FlightProfile
        The flight; it does not wait on its way for a window.
    earliest, latest : float [s TDB past J2000]
        First and last departure that are wanted.

    Returns
    -------
    float or None [s TDB past J2000]
        None where there is no such departure.

    Source
    ------
    Exhaustive: a first departure is the earliest one, or opens a window of one of the legs.
    """
    first, last = profile.vehicle.available
    earliest, latest = max(earliest, first), min(latest, last)
    candidates = {earliest}
    for leg, offset in zip(profile.legs, profile.offsets, strict=True):
        candidates |= {start - offset for start, _ in leg.windows if earliest <= start - offset <= latest}
    for start in sorted(candidates):
        fits = all(
            not leg.windows or any(a <= start + offset <= b for a, b in leg.windows)
            for leg, offset in zip(profile.legs, profile.offsets, strict=True)
        )
        if fits and start <= latest and math.isfinite(start):
            return start
    return None
