"""A campaign: what must arrive where over years, what there is to bring it, and the flights that follow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.imports import CLASSES_OF_SUPPLY
from moonstead.station.logistics.legs import Leg
from moonstead.station.logistics.profile import FlightProfile
from moonstead.station.logistics.vehicles import Vehicle

Array = NDArray[np.float64]
Objective = Literal["launches", "mass", "lateness"]
OBJECTIVES = ("launches", "mass", "lateness")
MOST_STEPS = 2000  # ten years of two days; finer steps make no better plan


@dataclass(frozen=True, slots=True)
class Need:
    """A mass of one class that a place needs, once or all the time.

    Attributes
    ----------
    name : str
        Unique in a campaign.
    place : str
        Where.
    supply_class : int
        Key of `station.imports.CLASSES_OF_SUPPLY`.
    start : float [s TDB past J2000]
        When the mass must be there, or when the use begins.
    mass : float [kg]
        Once, at `start`; 0 for a rate.
    rate : float [kg/s]
        From `start` to `stop`.
    stop : float [s TDB past J2000]
        End of the use.
    """

    name: str
    place: str
    supply_class: int
    start: float
    mass: float = 0.0
    rate: float = 0.0
    stop: float = math.inf

    def __post_init__(self) -> None:
        if self.supply_class not in CLASSES_OF_SUPPLY:
            raise InvalidInput(f"need {self.name!r}: classes of supply are 1 to 10; got {self.supply_class!r}")
        if (self.mass > 0.0) == (self.rate > 0.0) or min(self.mass, self.rate) < 0.0:
            raise InvalidInput(f"need {self.name!r} must have either a positive mass [kg] or a positive rate [kg/s]")

    def used(self, start: float, stop: float) -> float:
        """Mass [kg] that falls due from `start` [s TDB past J2000] on, before `stop` [s TDB past J2000]."""
        if self.mass > 0.0:
            return self.mass if start <= self.start < stop else 0.0
        return self.rate * max(min(stop, self.stop) - max(start, self.start), 0.0)


@dataclass(frozen=True, slots=True)
class FuelDepot:
    """A store of propellant that vehicles are filled from.

    Attributes
    ----------
    name, place, fuel : str
        Unique name, where, which kind; a place has one depot of each kind.
    capacity, initial : float [kg]
        Most that it holds, and what it holds at the start.
    makes : float [kg/s]
        Most that plants on the ground make for it.
    since : float [s TDB past J2000]
        When it can be used and plants begin.
    loss_per_day : float [1]
        Share of the content that boils off in a day.
    """

    name: str
    place: str
    fuel: str
    capacity: float
    initial: float = 0.0
    makes: float = 0.0
    since: float = -math.inf
    loss_per_day: float = 0.0

    def __post_init__(self) -> None:
        if not self.capacity > 0.0 or not 0.0 <= self.initial <= self.capacity:
            raise InvalidInput(
                f"depot {self.name!r}: the content must lie in [0, capacity] and the capacity above 0 [kg]"
            )
        if not 0.0 <= self.loss_per_day < 1.0 or self.makes < 0.0:
            raise InvalidInput(f"depot {self.name!r}: the loss of a day must lie in [0, 1), the production not below 0")

    @property
    def decay(self) -> float:
        """Loss [1/s] as the rate of an exponential decay."""
        return -math.log1p(-self.loss_per_day) / SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Committed:
    """A flight that is already decided; it takes its launch and brings its cargo.

    Attributes
    ----------
    vehicle : str
        Name of the vehicle.
    departure : float [s TDB past J2000]
        When it leaves.
    brings : tuple of (float, str, int, float) [mixed]
        Time of arrival [s TDB past J2000], place, class of supply and mass [kg] of its cargo.
    """

    vehicle: str
    departure: float
    brings: tuple[tuple[float, str, int, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Campaign:
    """Everything that a plan of flights follows from.

    Attributes
    ----------
    start, stop : float [s TDB past J2000]
        Of the campaign.
    step : float [s]
        Length of its steps; what arrives within a step can be used from its end on.
    vehicles : tuple of Vehicle
        What flies.
    legs : tuple of Leg
        Ways between places.
    needs : tuple of Need
        What must arrive.
    depots : tuple of FuelDepot
        Where vehicles are filled.
    committed : tuple of Committed
        Flights already decided.
    objective : str
        What is made least: ``"launches"``, ``"mass"`` that leaves the Earth, or ``"lateness"``.
    per_partner : float [1]
        Most launches of one partner within any Julian year.
    """

    start: float
    stop: float
    step: float
    vehicles: tuple[Vehicle, ...]
    legs: tuple[Leg, ...]
    needs: tuple[Need, ...] = ()
    depots: tuple[FuelDepot, ...] = ()
    committed: tuple[Committed, ...] = ()
    objective: Objective = "launches"
    per_partner: float = math.inf

    def __post_init__(self) -> None:
        if not (self.stop > self.start and self.step > 0.0):
            raise InvalidInput("a campaign must run forward in steps of positive length [s]")
        if self.steps > MOST_STEPS:
            raise InvalidInput(
                f"the campaign has {self.steps} steps; at most {MOST_STEPS} are planned: lengthen `step`"
            )
        if self.objective not in OBJECTIVES:
            raise InvalidInput(f"the objective is one of {', '.join(OBJECTIVES)}; got {self.objective!r}")
        for kind, names in (
            ("vehicle", [one.name for one in self.vehicles]),
            ("need", [one.name for one in self.needs]),
            ("depot", [(one.place, one.fuel) for one in self.depots]),
        ):
            if len(set(names)) < len(names):
                raise InvalidInput(f"two entries name one {kind}; give each its own")

    @property
    def steps(self) -> int:
        """Number of steps."""
        return math.ceil((self.stop - self.start) / self.step - 1e-9)

    @property
    def edges(self) -> Array:
        """Edges of the steps (K + 1,) [s TDB past J2000]; the last step may be shorter."""
        return np.minimum(self.start + self.step * np.arange(self.steps + 1), self.stop)


@dataclass(frozen=True, slots=True)
class Item:
    """Something on a flight.

    Attributes
    ----------
    what : str
        Name of the need that it meets; for propellant of the depot that it goes to.
    supply_class : int
        Key of `station.imports.CLASSES_OF_SUPPLY`.
    fuel : str
        Kind of propellant; empty for other cargo.
    place : str
        Where it is unloaded.
    mass : float [kg]
        How much.
    """

    what: str
    supply_class: int
    fuel: str
    place: str
    mass: float


@dataclass(frozen=True, slots=True, eq=False)
class PlannedFlight:
    """One flight of a plan.

    Attributes
    ----------
    name : str
        Unique in the plan.
    profile : FlightProfile
        Vehicle and way.
    departure : float [s TDB past J2000]
        When it leaves.
    items : tuple of Item
        What it carries.
    propellant : mapping of str to float [kg]
        In each stage at the departure.
    fills : mapping of (str, str) to float [kg]
        What each stage, second, holds after a depot at the place, first, has filled it.
    departure_mass : float [kg]
        With all that it carries.
    """

    name: str
    profile: FlightProfile
    departure: float
    items: tuple[Item, ...]
    propellant: Mapping[str, float]
    fills: Mapping[tuple[str, str], float]
    departure_mass: float

    @property
    def cargo(self) -> dict[str, float]:
        """Mass for each stop [kg]."""
        found = dict.fromkeys(self.profile.stops, 0.0)
        for item in self.items:
            found[item.place] += item.mass
        return found

    @property
    def arrival(self) -> float:
        """Arrival at its last stop [s TDB past J2000]."""
        return self.departure + self.profile.arrivals[self.profile.stops[-1]]


@dataclass(frozen=True, slots=True)
class Late:
    """A part of a need that comes late or never.

    Attributes
    ----------
    need : str
        Name of the need.
    due, met : float [s TDB past J2000]
        When it was due, and when it arrives; infinite for never.
    mass : float [kg]
        How much.
    """

    need: str
    due: float
    met: float
    mass: float


@dataclass(frozen=True, slots=True, eq=False)
class CampaignPlan:
    """Flights that serve a campaign, and how good they are known to be.

    Attributes
    ----------
    campaign : Campaign
        What was planned.
    flights : tuple of PlannedFlight
        By date.
    late : tuple of Late
        What comes late or never.
    made : mapping of str to (K,) [kg]
        What plants make for each depot in each step.
    launches : int
        Flights that leave the Earth, without those already decided.
    launched_mass : float [kg]
        Of them where their launchers let go.
    cost, bound : float [1]
        What was made least (see `plan_model`), and what no plan can undercut.
    status : str
        ``"optimal"``: proven within the wanted gap; ``"time limit"`` or ``"interrupted"``: the best that was found.
    seconds : float [s]
        Time of the search.
    """

    campaign: Campaign
    flights: tuple[PlannedFlight, ...]
    late: tuple[Late, ...]
    made: Mapping[str, Array] = field(default_factory=dict)
    launches: int = 0
    launched_mass: float = 0.0
    cost: float = 0.0
    bound: float = 0.0
    status: str = "optimal"
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """Distance of the cost from its bound [1], as a share of the cost."""
        return max(self.cost - self.bound, 0.0) / self.cost if self.cost > 0.0 else 0.0
