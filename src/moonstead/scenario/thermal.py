"""How a facility keeps its temperature: outside, blanket, radiator, heater."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Strict, model_validator

from moonstead.scenario.common import (
    Area,
    Efficiency,
    Mass,
    Part,
    PositivePower,
    Share,
    Temperature,
    described,
    optional,
    refuse,
)


class Thermal(Part):
    """What a facility is to heat; with it, the heat that it needs to survive becomes a load of its bus."""

    area: Area = described("Area of the outside under the blanket.", "60 m2")
    mass: Mass = described(
        "Mass that takes the temperature of its inside; it stores heat as aluminium does.", "4000 kg"
    )
    minimum: Temperature = described("Least temperature of its inside, which the heater keeps.", "283 K")
    maximum: Temperature = described("Highest temperature of its inside, which the radiator must keep.", "303 K")
    blanket: Efficiency = optional(
        0.03, "Effective emittance of the blanket (multilayer insulation), seams and feedthroughs included.", "3 %"
    )
    radiator: Area | None = optional(
        None, "Area of its radiator. Left out: as large as its load needs at the worst time.", "12 m2"
    )
    radiator_faces: Literal["up", "side"] = optional(
        "up", "Where the radiator looks: up to the sky, or to the side, half of it to the ground.", "up"
    )
    absorptivity: Share = optional(0.15, "Share of sunlight that the clean outside absorbs.", "15 %")
    emissivity: Efficiency = optional(0.85, "Emissivity of the clean outside in the infrared.", "85 %")
    dust: Share = optional(0.0, "Share of the outside that regolith covers.", "10 %")
    louvres: Annotated[bool, Strict()] = optional(
        True, "Whether blades close the radiator in the cold, down to an emittance of 14 %."
    )
    heater: PositivePower | None = optional(None, "Most power of its heater. Left out: as much as it takes.", "3 kW")
    dissipation: Share = optional(1.0, "Share of its electric load that turns to heat inside it.", "100 %")

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if not self.minimum < self.maximum:
            raise refuse(
                f"the least temperature of {self.minimum:g} K is not below the highest of {self.maximum:g} K",
                "leave a range between them",
                "minimum",
            )
        if self.maximum > 500.0:
            raise refuse(f"nothing here lives at {self.maximum:g} K", "write it in kelvin, below 500 K", "maximum")
        if self.emissivity < 0.14 and self.louvres:
            raise refuse(
                "closed louvres emit 14 %, more than this outside",
                "raise the emissivity or write louvres = false",
                "emissivity",
            )
        return self
