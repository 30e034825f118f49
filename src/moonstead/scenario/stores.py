"""People, what is stored for them, and what turns one substance into another."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Strict, model_validator

from moonstead.scenario.common import (
    Count,
    Duration,
    Energy,
    Id,
    Mass,
    Name,
    Number,
    Part,
    Quantity,
    Share,
    ShareRate,
    Text,
    UtcTime,
    described,
    optional,
    refuse,
)

SubstanceName = Literal[
    "oxygen",
    "nitrogen",
    "hydrogen",
    "carbon-dioxide",
    "cabin-carbon-dioxide",
    "methane",
    "carbon",
    "potable-water",
    "grey-water",
    "humidity",
    "brine-water",
    "urine",
    "urine-solids",
    "food",
    "solid-waste",
    "crop-residue",
    "regolith",
    "ice-bearing-regolith",
    "oxygen-feedstock",
    "tailings",
    "metal-slag",
    "liquid-oxygen",
    "liquid-hydrogen",
    "hydrazine",
]
RecipeName = Literal[
    "water-electrolysis",
    "sabatier",
    "methane-pyrolysis",
    "carbon-dioxide-removal",
    "condensation",
    "urine-processing",
    "brine-processing",
    "water-processing",
    "crop-growth",
    "cabin-leak",
    "water-from-ice",
    "hydrogen-reduction",
    "hydrogen-reduction-of-soil",
    "carbothermal",
    "molten-regolith-electrolysis",
    "molten-salt-electrolysis",
    "vapour-pyrolysis",
]
GRADED = ("hydrogen-reduction", "hydrogen-reduction-of-soil", "water-from-ice")
LARGEST_CREW = 1000
DAY = 86_400.0  # [s]

MassRate = Annotated[float, Quantity("mass rate", above=0.0, example="20 kg/day")]
Content = Annotated[float, Quantity("mass", minimum=0.0, example="500 kg")]
Flag = Annotated[bool, Strict()]
Volume = Annotated[float, Quantity("volume", above=0.0)]
Hours = Annotated[float, Quantity("time", minimum=0.0, maximum=DAY, example="6 h")]


class Crew(Part):
    """People who stay at a site for a time."""

    id: Id = described("Short name, unique among all crews.", "visit-1")
    name: Name | None = optional(None, "Full name, as reports print it.", "First crew")
    description: Text | None = optional(None, "Free text for the report.", "Two launches, four people.")
    site: Id = described("Site where they live.", "hub")
    partner: Id | None = optional(None, "Partner that sends them.", "cnsa")
    since: UtcTime = described("When they arrive.", "2035-03-01T00:00:00Z")
    until: UtcTime = described("When they leave.", "2035-03-15T00:00:00Z")
    number: Count = described("How many people.", 4, ge=1, le=LARGEST_CREW)
    sleep: Hours = optional(8.0 * 3600.0, "Sleep of each person and day.", "8 h")
    exercise: Hours = optional(0.5 * 3600.0, "Exercise of each person and day.", "30 min")
    eva_per_week: Number = optional(0.0, "Activities outside in seven days, at most one a day.", 3.0, ge=0.0, le=7.0)
    eva_crew: Count = optional(2, "People on each activity outside.", 2, ge=1)
    eva_duration: Hours = optional(6.0 * 3600.0, "Length of each activity outside.", "6 h")
    hygiene: Content = optional(1.1, "Wash water of each person and day.", "1.1 kg")

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if not self.since < self.until:
            raise refuse("`until` is not after `since`", "exchange them or move one", "until")
        if self.sleep + self.exercise + self.eva_duration > DAY:
            raise refuse("sleep, exercise and activity outside take more than a day", "shorten one of them", "sleep")
        if self.eva_per_week > 0.0 and self.eva_crew > self.number:
            raise refuse(f"{self.eva_crew} of {self.number} people cannot go outside", "lower eva_crew", "eva_crew")
        return self


class Store(Part):
    """A tank, hopper or locker that holds one substance."""

    id: Id = described("Short name, unique among all stores.", "oxygen-tank")
    name: Name | None = optional(None, "Full name, as reports print it.", "Oxygen tank")
    description: Text | None = optional(None, "Free text for the report.", "Two tanks of Chang'e-8.")
    site: Id = described("Site that it stands at.", "hub")
    partner: Id | None = optional(None, "Partner that owns it.", "cnsa")
    substance: SubstanceName = described("What it holds.", "oxygen")
    capacity: Mass = described("Most that it holds.", "2 t")
    initial: Content = optional(0.0, "What it holds at the start of the scenario.", "500 kg")
    loss: ShareRate = optional(0.0, "Share of its content that leaks or boils off in time.", "0.1 %/day")
    when_full: Literal["stop", "vent"] = optional(
        "stop", "stop: plants that fill it wait; vent: what does not fit goes to the surroundings.", "vent"
    )

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.initial > self.capacity:
            raise refuse(
                f"the store starts with {self.initial:g} kg and holds {self.capacity:g} kg",
                "lower initial or raise capacity",
                "initial",
            )
        if self.loss * DAY >= 1.0:
            raise refuse("the store loses all that it holds within a day", "write a smaller loss", "loss")
        return self


class Amount(Part):
    """A mass of a substance in a recipe."""

    substance: SubstanceName = described("What is taken or given.", "oxygen")
    mass: Mass = described("How much for one kilogram of the rate.", "1.2 kg")


class Process(Part):
    """Something that turns substances into each other."""

    id: Id = described("Short name, unique among all processes.", "oxygen-plant")
    name: Name | None = optional(None, "Full name, as reports print it.", "Oxygen pilot plant")
    description: Text | None = optional(None, "Free text for the report.", "Carbothermal, of the kind of brassboards.")
    site: Id = described("Site where it runs.", "hub")
    recipe: RecipeName | None = optional(
        None,
        "A recipe of the library: rates count kilograms of oxygen (electrolysis, oxygen plants), of water (water from "
        "ice), of dry food (crops), else of what is taken. Left out: your own, by takes and gives.",
        "carbothermal",
    )
    takes: tuple[Amount, ...] = optional((), "Inputs of your own recipe, for one kilogram of the rate.")
    gives: tuple[Amount, ...] = optional((), "Outputs of your own recipe, into stores.")
    releases: tuple[Amount, ...] = optional((), "What your own recipe gives to the surroundings.")
    energy: Energy | None = optional(
        None, "Electric energy for one kilogram of the rate. Left out: that of the library.", "24.3 kWh"
    )
    rate: MassRate | None = optional(
        None, "Most that it does. Left out: what the power of its facility allows.", "20 kg/day"
    )
    facility: Id | None = optional(
        None, "Facility whose power drives it: without power it stands. Left out: it needs none.", "regolith-plant"
    )
    priority: Count = optional(5, "Order in which it gets what is short: 1 is first; people come first.", 3, ge=1, le=9)
    start_up: Duration | None = optional(None, "Time without product after each loss of power.", "6 h")
    grade: Share | None = optional(
        None,
        "Share of the ground's mass that counts: ilmenite (hydrogen-reduction), FeO (hydrogen-reduction-of-soil), "
        "ice (water-from-ice).",
        "5 %",
    )
    solar_heat: Flag = optional(False, "Whether mirrors give the heat, so that only the rest burdens the bus.", True)
    volume: Volume | None = optional(None, "Free volume of the cabin, for cabin-leak.", "120 m3")
    leak: ShareRate | None = optional(
        None, "Share of the cabin's air that leaks in time, for cabin-leak.", "0.05 %/day"
    )

    @model_validator(mode="after")
    def _is_a_recipe(self) -> Self:
        own = bool(self.takes or self.gives or self.releases)
        if own == (self.recipe is not None):
            message = (
                "a process needs a recipe" if not own else "a process has one recipe, by name or by its own amounts"
            )
            raise refuse(message, 'write recipe = "water-electrolysis", or takes and gives, not both', "recipe")
        if self.recipe == "cabin-leak":
            for key in ("volume", "leak"):
                if getattr(self, key) is None:
                    raise refuse(f"a cabin leak needs `{key}`", "add it", key)
            if self.leak is not None and self.leak * DAY >= 1.0:
                raise refuse("the cabin loses all of its air within a day", "write a smaller leak", "leak")
        elif self.volume is not None or self.leak is not None:
            key = "volume" if self.volume is not None else "leak"
            raise refuse(f"`{key}` belongs to cabin-leak", f"leave `{key}` out", key)
        if self.rate is None and self.facility is None and self.recipe != "cabin-leak":
            raise refuse("a process needs a rate or a facility", 'write for example rate = "20 kg/day"', "rate")
        if self.grade is not None and (self.recipe not in GRADED or not 0.0 < self.grade < 1.0):
            wrong = "must lie between 0 % and 100 %" if self.recipe in GRADED else f"means nothing to {self.recipe}"
            raise refuse(f"`grade` {wrong}", "correct it or leave it out", "grade")
        return self


class Delivery(Part):
    """A mass that arrives at a site."""

    date: UtcTime = described("When it is unloaded.", "2035-02-20T00:00:00Z")
    site: Id = described("Site where it is unloaded.", "hub")
    substance: SubstanceName = described("What it brings; the site needs a store of it.", "food")
    mass: Mass = described("How much.", "300 kg")
    partner: Id | None = optional(None, "Partner that brings it.", "cnsa")
