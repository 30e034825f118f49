"""Whether a vehicle can fly a mission: which limit fails, by how much, and the most that it could bring."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from moonstead.station.logistics.masses import ROUNDING, Flown, Loading, fly, loading
from moonstead.station.logistics.profile import FlightProfile


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a flight.

    Attributes
    ----------
    name : str
        ``"hold"``, ``"seats"``, ``"launcher"`` or ``"tank of ..."``.
    wanted, allowed : float [kg]
        What the mission asks for and what there is; people for seats.
    most_cargo : float [kg]
        Cargo at which this limit is met exactly; infinite where cargo does not matter, negative where even the empty
        vehicle is too heavy.
    text : str
        In words, where it fails; else empty.
    """

    name: str
    wanted: float
    allowed: float
    most_cargo: float
    text: str

    @property
    def holds(self) -> bool:
        """Whether the mission keeps it."""
        return not self.text


@dataclass(frozen=True, slots=True, eq=False)
class FlightCheck:
    """A mission held against its vehicle.

    Attributes
    ----------
    profile : FlightProfile
        The flight.
    cargo : mapping of str to float [kg]
        For each stop.
    crew : int
        People on board.
    limits : tuple of Limit
        All of them.
    most_cargo : float [kg]
        Most that it could bring in the same proportions; 0 where not even the empty vehicle can fly.
    propellant : mapping of str to float [kg]
        Least load of each stage; what its tanks hold where that is less.
    flown : Flown
        The flight with that load.
    """

    profile: FlightProfile
    cargo: Mapping[str, float]
    crew: int
    limits: tuple[Limit, ...]
    most_cargo: float
    propellant: Mapping[str, float]
    flown: Flown

    @property
    def feasible(self) -> bool:
        """Whether every limit holds."""
        return all(limit.holds for limit in self.limits)

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences on the limits that fail."""
        return tuple(limit.text for limit in self.limits if not limit.holds)


def check_flight(profile: FlightProfile, cargo: Mapping[str, float], crew: int = 0) -> FlightCheck:
    """Hold a mission against the tanks, the launcher, the hold and the seats of its vehicle.

    Parameters
    ----------
    profile : FlightProfile
        Vehicle and way.
    cargo : mapping of str to float [kg]
        For each stop.
    crew : int
        People on board, all the way.

    Returns
    -------
    FlightCheck
        Each limit with what fails and the nearest figure that would hold.

    Raises
    ------
    InvalidInput
        Cargo for a place where the flight does not stop.

    Source
    ------
    `masses.loading`: propellant is linear in cargo, so the most cargo is the least of the limits' own.
    """
    vehicle = profile.vehicle
    form = loading(profile, crew)
    mass = np.array([1.0, *(float(cargo.get(stop, 0.0)) for stop in profile.stops)])
    total = float(mass[1:].sum())
    share = mass[1:] / total if total > 0.0 else np.eye(mass.size - 1)[-1]
    tanks = {stage.name: stage.propellant for stage in vehicle.stages}
    wanted = {name: float(one @ mass) for name, one in form.first.items()}
    propellant = {name: min(value, tanks[name]) for name, value in wanted.items()}
    filled = {key: min(float(one @ mass), tanks[key[1]]) for key, one in form.fills.items()}
    flown = fly(profile, propellant, cargo, crew=crew, fills=filled)
    limits = [
        Limit("hold", total, vehicle.cargo, vehicle.cargo, _hold(profile, total)),
        Limit("seats", float(crew), float(vehicle.crew), math.inf, _seats(profile, crew)),
    ]
    if profile.launched and vehicle.injected is not None:
        launch, most = float(form.launch @ mass), _most(form.launch, share, vehicle.injected)
        over = launch - vehicle.injected
        text = (
            f"{vehicle.name} weighs {launch / 1e3:.4g} t at {vehicle.injected_to}, its launcher brings "
            f"{vehicle.injected / 1e3:.4g} t: {over:.0f} kg too much" + _nearest(most)
            if over > ROUNDING
            else ""
        )
        limits.append(Limit("launcher", launch, vehicle.injected, most, text))
    limits += _tanks(form, mass, share, tanks, flown)
    most = min(limit.most_cargo for limit in limits)
    if crew > vehicle.crew:
        most = 0.0
    return FlightCheck(profile, dict(cargo), crew, tuple(limits), max(most, 0.0), propellant, flown)


def _most(form: np.ndarray, share: np.ndarray, limit: float) -> float:
    slope = float(form[1:] @ share)
    return (limit - float(form[0])) / slope if slope > 0.0 else math.inf if form[0] <= limit else -math.inf


def _nearest(most: float) -> str:
    if most < 0.0:
        return "; not even without cargo can it fly this way"
    return f"; with at most {most / 1e3:.4g} t of cargo it would fly"


def _hold(profile: FlightProfile, total: float) -> str:
    vehicle = profile.vehicle
    if total <= vehicle.cargo + ROUNDING:
        return ""
    return (
        f"cargo {total / 1e3:.4g} t: {vehicle.name} has room for {vehicle.cargo / 1e3:.4g} t, "
        f"{total - vehicle.cargo:.0f} kg less"
    )


def _seats(profile: FlightProfile, crew: int) -> str:
    vehicle = profile.vehicle
    return "" if crew <= vehicle.crew else f"{crew} people on board: {vehicle.name} has {vehicle.crew} seats"


def _tanks(form: Loading, mass: np.ndarray, share: np.ndarray, tanks: Mapping[str, float], flown: Flown) -> list[Limit]:
    found = []
    names = [(name, one, "") for name, one in form.first.items()]
    names += [(name, one, place) for (place, name), one in form.fills.items()]
    for name, one, place in names:
        need, holds = float(one @ mass), tanks[name]
        if need <= 0.0:
            continue
        most = _most(one, share, holds)
        text = ""
        if need > holds + ROUNDING:
            burn = next((record for record in flown.burns if record.stage == name and record.left < -ROUNDING), None)
            lacks = need - holds
            during = f' in burn "{burn.burn}" ({burn.delta_v:.4g} m/s)' if burn else ""
            filled = f", filled at {place}," if place else ""
            text = (
                f"stage {name}{filled} needs {need / 1e3:.4g} t of propellant and holds {holds / 1e3:.4g} t: "
                f"lacks {lacks:.0f} kg{during}" + _nearest(most)
            )
        found.append(Limit(f"tank of {name}" + (f" at {place}" if place else ""), need, holds, most, text))
    return found
