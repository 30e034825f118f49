"""Propellant of a flight by the rocket equation: exactly linear in what it carries, for a given stack of stages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.logistics.profile import PERSON, FlightProfile
from moonstead.station.logistics.vehicles import Stage

Array = NDArray[np.float64]
MOST_EXPONENT = 20.0  # [1] of the rocket equation: half a milliard of masses for one
ROUNDING = 1e-6  # [kg] a thousandth of a gram: less is rounding of sums of 1e5 kg in double precision


@dataclass(frozen=True, slots=True, eq=False)
class Loading:
    """Propellant that a flight needs, as a linear form of what it carries.

    A form (1 + S,) has the constant of one flight [kg] and, for each stop, the kilograms for one kilogram of cargo.

    Attributes
    ----------
    profile : FlightProfile
        The flight.
    first : mapping of str to (1 + S,) [kg, 1]
        Propellant of each stage at the first departure, where no depot fills it before.
    fills : mapping of (str, str) to (1 + S,) [kg, 1]
        Propellant that each stage, second, needs when it leaves a depot's place, first.
    launch : (1 + S,) [kg, 1]
        Mass at the first departure, with what a depot there has filled.
    """

    profile: FlightProfile
    first: Mapping[str, Array]
    fills: Mapping[tuple[str, str], Array]
    launch: Array


def loading(profile: FlightProfile, crew: int = 0) -> Loading:
    """Least propellant of every stage as a linear form of the cargo.

    Parameters
    ----------
    profile : FlightProfile
        The flight.
    crew : int
        People on board, all the way or from where they board to where they leave.

    Returns
    -------
    Loading
        Exact: no mass is interpolated.

    Raises
    ------
    InvalidInput
        A burn is beyond any rocket.

    Source
    ------
    Rocket equation backwards from the last burn: with the mass after a burn a linear form, so is the propellant.
    """
    vehicle = profile.vehicle
    stages = {stage.name: stage for stage in vehicle.stages}
    size = 1 + len(profile.stops)
    here: set[str] = set(stages) - {step.stage for step in profile.steps if step.kind == "drop"}
    need = {name: np.zeros(size) for name in stages}
    cargo = np.zeros(size)
    unit = np.zeros(size)
    unit[0] = 1.0
    fills: dict[tuple[str, str], Array] = {}
    people = 0 if any(step.kind == "alight" for step in profile.steps) else crew

    def mass() -> Array:
        total = cargo + people * PERSON * unit
        for name in here:
            total = total + stages[name].dry * unit + need[name]
        return total

    launch = None
    filled = next((index for index, step in enumerate(profile.steps) if step.kind != "fill"), 0)
    for index, step in reversed(list(enumerate(profile.steps))):
        if index == filled - 1:
            launch = mass()
        if step.kind == "burn":
            stage = stages[step.stage]
            exponent = step.delta_v / stage.exhaust_velocity
            if exponent > MOST_EXPONENT:
                raise InvalidInput(
                    f"burn {step.burn!r} of {step.delta_v:.4g} m/s needs e^{exponent:.0f} times what is left with the "
                    f"{stage.specific_impulse:.4g} s of stage {stage.name!r}; no vehicle can"
                )
            need[step.stage] = need[step.stage] + mass() * math.expm1(exponent)
        elif step.kind == "coast":
            for name, stage in stages.items():
                need[name] = need[name] / stage.kept_share(step.duration)
        elif step.kind in ("drop", "leave"):
            here.add(step.stage)
        elif step.kind == "rejoin":
            here.discard(step.stage)
        elif step.kind == "unload":
            cargo = cargo.copy()
            cargo[1 + profile.stops.index(step.place)] = 1.0
        elif step.kind == "alight":
            people = crew
        elif step.kind == "board":
            people, cargo = 0, np.zeros(size)
        else:
            fills[step.place, step.stage] = need[step.stage]
            need[step.stage] = np.zeros(size)
    return Loading(profile, need, fills, mass() if launch is None else launch)


@dataclass(frozen=True, slots=True)
class BurnRecord:
    """One burn of a flight as flown.

    Attributes
    ----------
    burn, stage, place : str
        Name, who makes it, where the leg leads.
    delta_v : float [m/s]
        Change of velocity.
    time : float [s]
        After the departure.
    before, after : float [kg]
        Mass of all that flies.
    propellant : float [kg]
        Burnt.
    left : float [kg]
        In the stage's tanks after it; negative where it was not enough.
    """

    burn: str
    stage: str
    place: str
    delta_v: float
    time: float
    before: float
    after: float
    propellant: float
    left: float


@dataclass(frozen=True, slots=True)
class Flown:
    """A flight step by step.

    Attributes
    ----------
    departure_mass, final_mass : float [kg]
        At the first departure, filled, and at the end.
    burns : tuple of BurnRecord
        In order.
    boiled_off : float [kg]
        Propellant lost on the way by all stages.
    left : mapping of str to float [kg]
        Propellant of each stage when it goes or when the flight ends.
    short : BurnRecord or None
        First burn for which propellant lacks.
    """

    departure_mass: float
    final_mass: float
    burns: tuple[BurnRecord, ...]
    boiled_off: float
    left: Mapping[str, float]
    short: BurnRecord | None


def fly(
    profile: FlightProfile,
    propellant: Mapping[str, float],
    cargo: Mapping[str, float],
    *,
    crew: int = 0,
    fills: Mapping[tuple[str, str], float] | None = None,
) -> Flown:
    """Fly a loaded vehicle: mass and propellant after every burn.

    Parameters
    ----------
    profile : FlightProfile
        The flight.
    propellant : mapping of str to float [kg]
        In each stage at the departure.
    cargo : mapping of str to float [kg]
        For each stop.
    crew : int
        People on board.
    fills : mapping of (str, str) to float [kg], optional
        What the stage, second, holds after a depot at the place, first, has filled it.

    Returns
    -------
    Flown
        A burn without enough propellant is made all the same, and leaves a negative rest.

    Raises
    ------
    InvalidInput
        Cargo for a place where the flight does not stop.

    Source
    ------
    Rocket equation; boil-off by a constant share of the content in a day.
    """
    for place in cargo:
        if place not in profile.stops:
            raise InvalidInput(f"cargo for {place}, but the flight stops at {', '.join(profile.stops)}")
    stages: dict[str, Stage] = {stage.name: stage for stage in profile.vehicle.stages}
    tank = {name: float(propellant.get(name, 0.0)) for name in stages}
    boarding = next((index for index, step in enumerate(profile.steps) if step.kind == "board"), -1)
    later = {step.place for step in profile.steps[boarding:] if step.kind == "unload"} if boarding >= 0 else set()
    aboard = {place: mass for place, mass in cargo.items() if place not in later}
    people = 0 if boarding >= 0 else crew
    here = set(stages)
    clock = lost = 0.0
    records: list[BurnRecord] = []
    left: dict[str, float] = {}

    def mass() -> float:
        return sum(aboard.values()) + people * PERSON + sum(stages[name].dry + tank[name] for name in here)

    start = None
    for step in profile.steps:
        if start is None and step.kind != "fill":
            start = mass()
        if step.kind == "burn":
            before = mass()
            after = before * math.exp(-step.delta_v / stages[step.stage].exhaust_velocity)
            tank[step.stage] -= before - after
            records.append(
                BurnRecord(
                    step.burn,
                    step.stage,
                    step.place,
                    step.delta_v,
                    clock,
                    before,
                    after,
                    before - after,
                    tank[step.stage],
                )
            )
        elif step.kind == "coast":
            clock += step.duration
            for name, stage in stages.items():
                if name not in left:
                    gone = max(tank[name], 0.0) * (1.0 - stage.kept_share(step.duration))
                    tank[name] -= gone
                    lost += gone
        elif step.kind == "drop":
            here.discard(step.stage)
            left[step.stage] = tank[step.stage]
        elif step.kind == "leave":
            here.discard(step.stage)
        elif step.kind == "rejoin":
            here.add(step.stage)
        elif step.kind == "unload":
            aboard.pop(step.place, None)
        elif step.kind == "board":
            people = crew
            aboard |= {place: mass for place, mass in cargo.items() if place in later}
        elif step.kind == "alight":
            people = 0
        else:
            tank[step.stage] = (fills or {}).get((step.place, step.stage), tank[step.stage])
    short = next((one for one in records if one.left < -ROUNDING), None)
    return Flown(
        mass() if start is None else start,
        mass(),
        tuple(records),
        lost,
        left | {n: tank[n] for n in stages if n not in left},
        short,
    )
