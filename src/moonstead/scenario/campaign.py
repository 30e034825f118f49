"""The campaign: what must arrive where over years, and what depots hold and make."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    Count,
    Id,
    Mass,
    Name,
    Part,
    Quantity,
    UtcTime,
    described,
    optional,
    refuse,
)
from moonstead.scenario.missions import SupplyClass
from moonstead.scenario.stores import MassRate

DAY = 86_400.0  # [s]
YEAR = 365.25 * DAY  # [s]
Step = Annotated[float, Quantity("time", minimum=DAY, maximum=YEAR, example="14 d")]
Gap = Annotated[float, Quantity("ratio", minimum=0.0, maximum=1.0, example="1 %")]
Time = Annotated[float, Quantity("time", minimum=1.0, maximum=86_400.0, example="60 s")]
Fuel = Literal["hypergolic", "hydrolox", "methalox", "kerolox", "xenon"]


class Demand(Part):
    """A mass of one class that a place needs: once by a date, or all the time."""

    id: Id = described("Short name, unique among all demands.", "reactor")
    name: Name | None = optional(None, "Full name, as reports print it.", "Second reactor")
    place: Id = described("Site, spacecraft or orbit that needs it.", "hub")
    supply_class: SupplyClass = Field(..., alias="class", description="Class of supply.")
    mass: Mass | None = optional(None, "How much, once.", "6 t")
    rate: MassRate | None = optional(None, "How much in time, without end.", "400 kg/yr")
    initial: Annotated[float, Quantity("mass", minimum=0.0)] = optional(
        0.0, "What lies there when the rate begins, and is used first.", "100 kg"
    )
    by: UtcTime | None = optional(None, "When the mass must be there, or when the rate begins.")
    until: UtcTime | None = optional(None, "When the rate ends. Left out: with the campaign.")

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if (self.mass is None) == (self.rate is None):
            raise refuse("a demand is a mass or a rate", "write either `mass` or `rate`", "mass")
        if self.mass is not None and self.initial > 0.0:
            raise refuse("`initial` belongs to a rate", "write only the mass that is missing", "initial")
        if self.mass is not None and self.by is None:
            raise refuse("a mass is needed by a date", "write `by`", "by")
        if self.by is not None and self.until is not None and not self.by < self.until:
            raise refuse("`until` is not after `by`", "exchange them or move one", "until")
        return self


class Depot(Part):
    """A store of propellant that vehicles are filled from."""

    id: Id = described("Short name, unique among all depots.", "polar-depot")
    place: Id = described("Site, spacecraft or orbit where it is.", "llo")
    fuel: Fuel = described("Kind of propellant.", "methalox")
    capacity: Mass = described("Most that it holds.", "40 t")
    initial: Annotated[float, Quantity("mass", minimum=0.0)] = optional(0.0, "What it holds at the start.", "5 t")
    makes: Annotated[float, Quantity("mass rate", minimum=0.0, example="10 t/yr")] = optional(
        0.0, "What plants on the ground make for it.", "10 t/yr"
    )
    since: UtcTime | None = optional(None, "When it can be used.", "2035-01-01T00:00:00Z")
    loss: Annotated[float, Quantity("ratio per time", minimum=0.0)] = optional(
        0.0, "Share of its content that boils off in time.", "0.05 %/day"
    )


class Campaign(Part):
    """How the flights of years are planned: which vehicles bring what, and when."""

    start: UtcTime | None = optional(None, "First day. Left out: the start of the scenario.")
    stop: UtcTime | None = optional(None, "Last day. Left out: the stop of the scenario.", "2045-01-01T00:00:00Z")
    step: Step = optional(30.0 * DAY, "Length of the steps of the plan.", "30 d")
    objective: Literal["launches", "mass", "lateness"] = optional(
        "launches", "What is made least: launches, mass that leaves the Earth, or lateness.", "mass"
    )
    time_limit: Time = optional(60.0, "Longest time of the search; the gap is told when it ends early.", "60 s")
    gap: Gap = optional(0.001, "Distance from the best bound at which the search may end.", "1 %")
    crew_supplies: Literal["open-loop", "none"] = optional(
        "open-loop",
        "Whether each [[crew]] needs what people use without any recycling, at the site when they come.",
        "none",
    )
    most_launches_per_partner: Count | None = optional(
        None, "Most launches of one partner in a year. Left out: as the vehicles allow.", 4, ge=1
    )

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start is not None and self.stop is not None and not self.start < self.stop:
            raise refuse("`stop` is not after `start`", "move one of them", "stop")
        return self
