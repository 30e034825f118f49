"""Vehicles that bring people and cargo, and what the ways between places ask of them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    Count,
    Duration,
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

BurnName = Literal["departure", "correction", "insertion", "rendezvous", "landing", "ascent", "return"]
OrbitName = Literal["earth", "leo", "gto", "tli", "llo", "nrho", "dro", "mars", "venus"]
ORBIT_NAMES = ("earth", "leo", "gto", "tli", "llo", "nrho", "dro", "mars", "venus")
MOST_LAUNCHES = 1000
DAY = 86_400.0  # [s]

Content = Annotated[float, Quantity("mass", minimum=0.0, example="7 t")]
Force = Annotated[float, Quantity("force", above=0.0, example="30 kN")]
Impulse = Annotated[float, Quantity("time", above=0.0, maximum=1e6, example="314 s")]
DeltaV = Annotated[float, Quantity("speed", minimum=0.0, maximum=1e5, example="850 m/s")]


class Stage(Part):
    """A stage of a vehicle: dry mass, propellant and engine."""

    id: Id = described("Short name, unique in its vehicle.", "lander")
    name: Name | None = optional(None, "Full name, as reports print it.", "Descent stage")
    dry: Mass = described("Mass without usable propellant.", "3.5 t")
    propellant: Content = optional(0.0, "Usable propellant of the full tanks.", "16 t")
    isp: Impulse | None = optional(None, "Specific impulse; a stage without it is carried and burns nothing.", "314 s")
    thrust: Force | None = optional(None, "Thrust of its engines.", "30 kN")
    fuel: Literal["hypergolic", "hydrolox", "methalox", "kerolox", "xenon"] = optional(
        "hypergolic", "Kind of propellant; decides which depot can fill it.", "methalox"
    )
    boil_off: ShareRate = optional(0.0, "Share of its propellant that boils off in time.", "0.1 %/day")
    burns: tuple[BurnName, ...] | None = optional(
        None, "Burns that it makes; it is dropped after the last of them. Left out: all.", ["insertion", "landing"]
    )
    kept: bool = optional(False, "Whether it stays with the vehicle after its last burn.", True)
    waits_in: OrbitName | None = optional(None, "Orbit that it waits in while the rest goes down and up.", "llo")

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.isp is None and self.propellant > 0.0:
            raise refuse("a stage with propellant needs its specific impulse", 'write for example isp = "314 s"', "isp")
        if self.boil_off * DAY >= 1.0:
            raise refuse("the stage loses all of its propellant within a day", "write a smaller boil_off", "boil_off")
        return self


class Transport(Part):
    """A vehicle with its launcher: what it weighs, what it can carry, how often it flies."""

    id: Id = described("Short name, unique among all vehicles.", "cargo-lander")
    name: Name | None = optional(None, "Full name, as reports print it.", "Cargo lander on Long March 10")
    description: Text | None = optional(None, "Free text for the report.", "One launch, storable propellant.")
    partner: Id | None = optional(None, "Partner that flies it.", "cnsa")
    launcher: Name | None = optional(None, "Launcher, as reports print it.", "Long March 10")
    launch_site: Id | None = optional(None, "Launch site, a name of the shipped table.", "wenchang")
    injected: Mass | None = optional(None, "Most that the launcher brings to `injected_to`.", "27 t")
    injected_to: Literal["leo", "gto", "tli", "llo", "nrho"] = optional("tli", "Where the launcher lets go.", "leo")
    stages: tuple[Stage, ...] = Field((), alias="stage", description="Stages; the first burns first.")
    cargo: Content = optional(0.0, "Most cargo that it has room for.", "7 t")
    crew: Count = optional(0, "People that it has seats for.", 3, ge=0, le=100)
    base: Id | None = optional(
        None, "Place that it works from again and again, filled by the depot there. Left out: it is launched.", "llo"
    )
    fleet: Count = optional(1, "How many work from the base.", 2, ge=1, le=100)
    available_from: UtcTime | None = optional(None, "First launch that is possible.", "2030-01-01T00:00:00Z")
    available_until: UtcTime | None = optional(None, "Last launch that is possible.", "2040-01-01T00:00:00Z")
    launches_per_year: Number | None = optional(None, "Most launches in a year.", 2.0, gt=0.0, le=MOST_LAUNCHES)
    interval: Duration | None = optional(None, "Least time between two launches.", "60 d")
    success: Share = optional(1.0, "Probability that a mission with it succeeds.", "95 %")

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        names = [stage.id for stage in self.stages]
        if len(set(names)) < len(names):
            raise refuse("two stages have one id", "give each stage its own id", "stage")
        if self.injected is not None and self.injected < sum(stage.dry for stage in self.stages):
            dry = sum(stage.dry for stage in self.stages)
            raise refuse(
                f"its stages weigh {dry:g} kg dry, the launcher brings {self.injected:g} kg to {self.injected_to}",
                "lower the dry masses or raise injected",
                "injected",
            )
        if self.base is not None and self.injected is not None:
            raise refuse("a vehicle with a base is not launched for its flights", "leave `injected` out", "injected")
        dates = (self.available_from, self.available_until)
        if dates[0] is not None and dates[1] is not None and not dates[0] < dates[1]:
            raise refuse("`available_until` is not after `available_from`", "exchange them", "available_until")
        return self


class LegBurn(Part):
    """One burn of a leg."""

    name: BurnName = described("What it is for; decides which stage makes it.", "insertion")
    delta_v: DeltaV = described("Change of velocity, losses included.", "850 m/s")


class Leg(Part):
    """A way from one place to another that is given by hand: its burns and its duration."""

    origin: Id = Field(..., alias="from", description="Where it starts: an orbit, a site or a spacecraft.")
    to: Id = described("Where it ends: an orbit, a site or a spacecraft.", "hub")
    duration: Duration = described("How long it takes.", "4 d")
    burns: tuple[LegBurn, ...] = optional(
        (), "Its burns in their order.", [{"name": "insertion", "delta_v": "850 m/s"}]
    )
    windows: tuple[tuple[UtcTime, UtcTime], ...] = optional(
        (), "First and last departure of each window. Left out: it can be flown at any time."
    )
    source: Text | None = optional(None, "Where the figures come from.", "SpaceNet 2.5r2, quick start")

    @model_validator(mode="after")
    def _is_a_way(self) -> Self:
        if self.origin == self.to:
            raise refuse("the leg ends where it starts", "name another place", "to")
        if any(not first <= last for first, last in self.windows):
            raise refuse("a window closes before it opens", "write the first departure, then the last", "windows")
        return self
