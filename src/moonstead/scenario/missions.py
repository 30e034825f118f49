"""Missions: who flies what, where to, when, with whom and what on board."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    Angle,
    Count,
    Duration,
    Id,
    Length,
    Mass,
    Name,
    Part,
    Text,
    UtcTime,
    described,
    optional,
    refuse,
)
from moonstead.scenario.stores import SubstanceName

SupplyClass = Literal[
    "propellants and fuels",
    "crew provisions",
    "crew operations",
    "maintenance and upkeep",
    "stowage and restraint",
    "exploration and research",
    "waste and disposal",
    "habitation and infrastructure",
    "transportation and carriers",
    "miscellaneous",
]
MissionKind = Literal["direct", "phasing", "free-return", "low-energy", "lunar-flyby", "low-thrust"]


class Cargo(Part):
    """Something on board."""

    name: Name | None = optional(None, "What it is, as reports print it.", "Second reactor")
    substance: SubstanceName | None = optional(None, "Substance that fills a store of the place it goes to.", "food")
    supply_class: SupplyClass | None = Field(
        None, alias="class", description="Class of supply, for what fills no store.", examples=["crew provisions"]
    )
    mass: Mass = described("How much, with its packing.", "250 kg")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.substance is None) == (self.supply_class is None):
            raise refuse("cargo is a substance or of a class of supply", "write either `substance` or `class`", "mass")
        return self


class Mission(Part):
    """A flight with a vehicle: from where to where, when, and what it carries."""

    id: Id = described("Short name, unique among all missions.", "cargo-1")
    name: Name | None = optional(None, "Full name, as reports print it.", "First cargo")
    description: Text | None = optional(None, "Free text for the report.", "Food ahead of the second visit.")
    partner: Id | None = optional(None, "Partner that flies it.", "cnsa")
    transport: Id | None = optional(None, "Vehicle; left out: only its way is computed.", "cargo-lander")
    origin: Id = Field("earth", alias="from", description="Where it starts: earth, leo, llo, a spacecraft or a site.")
    to: Id = described("Where it goes: leo, llo, nrho, mars, a spacecraft or a site.", "hub")
    via: tuple[Id, ...] = optional(
        (), "Places on the way. Left out: the way with the least change of velocity.", ["llo"]
    )
    depart: UtcTime = described("Planned departure, or the first day of the window.", "2035-08-18T00:00:00Z")
    latest: UtcTime | None = optional(None, "Last departure of the window. Left out: the planned one.")
    kind: MissionKind = optional("direct", "Kind of transfer.", "low-energy")
    flight_time: Duration | None = optional(None, "Time of the flight. Left out: that of its legs.", "4.5 d")
    parking_altitude: Length = optional(200e3, "Altitude of the orbit at the Earth.", "200 km")
    orbit_altitude: Length = optional(100e3, "Altitude of the orbit at the Moon.", "100 km")
    inclination: Angle = optional(1.5707963267948966, "Inclination of the orbit at the Moon.", "90 deg")
    crew: Count = optional(0, "People on board.", 3, ge=0, le=100)
    crews: tuple[Id, ...] = optional((), "Stays of people, of [[crew]], that begin with it.", ["first-visit"])
    stay: Duration | None = optional(None, "Time at the place it goes to, before it returns.", "14 d")
    returns: bool | None = optional(None, "Whether it comes back. Left out: if people are on board.", True)
    lander: Id | None = optional(
        None, "Mission whose vehicle waits in lunar orbit and brings people down and up.", "lander-1"
    )
    needs: tuple[Id, ...] = optional((), "Missions that must have arrived, or it does not go.", ["cargo-1"])
    cargo: tuple[Cargo, ...] = optional((), "What it brings.", [{"substance": "food", "mass": "250 kg"}])

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.origin == self.to:
            raise refuse("the mission ends where it starts", "name another place", "to")
        if self.latest is not None and not self.depart <= self.latest:
            raise refuse("`latest` is before `depart`", "exchange them or move one", "latest")
        if self.cargo and self.transport is None:
            raise refuse("cargo needs a vehicle", "name a `transport`", "transport")
        return self

    @property
    def comes_back(self) -> bool:
        """Whether it returns to where it came from."""
        return self.crew > 0 if self.returns is None else self.returns

    @property
    def window(self) -> tuple[datetime, datetime]:
        """First and last departure."""
        return self.depart, self.latest or self.depart
