"""What the ground holds: maps of it, and deposits that are to be worked."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator

from moonstead.scenario.common import (
    Efficiency,
    FilePath,
    Id,
    Length,
    Mass,
    Name,
    Part,
    Quantity,
    Text,
    described,
    optional,
    refuse,
)

EnergyPerMass = Annotated[float, Quantity("energy per mass", above=0.0)]
Spread = Annotated[float, Quantity("ratio", minimum=0.0, maximum=100.0, example="40 %")]


class MappedResource(Part):
    """A map of what the ground holds, seen from orbit; the report gives its values at all sites."""

    id: Id = described("Short name, unique among all layers.", "elements")
    file: FilePath = described(
        "Table of Lunar Prospector (lpgrs_high1_elem_abundance_2deg.tab, hydrogenhd.txt), GeoTIFF or PDS map, relative "
        "to the scenario.",
        "lpgrs_high1_elem_abundance_2deg.tab",
    )
    quantity: Name | None = optional(
        None, "Of a table: the only quantity to take. Of a map: what its values are, where the file does not say.", "Th"
    )
    footprint: Length | None = optional(
        None, "Width of the ground that one value is the mean of. Left out: as published, or one pixel.", "150 km"
    )


class Deposit(Part):
    """Ground that is to be dug and worked for something that it holds.

    Two of three cases lie between a figure divided and multiplied by 1 + its spread.
    """

    id: Id = described("Short name, unique among all deposits.", "ilmenite-field")
    name: Name | None = optional(None, "Full name, as reports print it.", "Ilmenite-bearing soil")
    description: Text | None = optional(None, "Free text for the report.", "Grade assumed; no sample was taken.")
    site: Id = described("Site whose facilities work it.", "hub")
    resource: Name = described("What is made of it.", "oxygen")
    grade: Efficiency = described("Mass of the product that a mass of ground holds.", "3 %")
    grade_spread: Spread = optional(0.0, "How far the grade may be off.", "50 %")
    recovery: Efficiency = optional(1.0, "Share of it that the process gets out.", "60 %")
    recovery_spread: Spread = optional(0.0, "How far the recovery may be off.", "20 %")
    process_energy: EnergyPerMass = described("Energy of the process for a mass of product.", "24 kWh/kg")
    process_energy_spread: Spread = optional(0.0, "How far this energy may be off.", "25 %")
    excavation_energy: EnergyPerMass | None = optional(
        None, "Energy to dig, haul and dump a mass of ground. Left out: not counted.", "0.5 kWh/t"
    )
    excavation_energy_spread: Spread = optional(0.0, "How far this energy may be off.", "100 %")
    mass_moved: Mass = described("Ground that is moved over the scenario.", "100 t")

    @model_validator(mode="after")
    def _spread_of_something(self) -> Self:
        if self.excavation_energy is None and self.excavation_energy_spread > 0.0:
            raise refuse(
                "`excavation_energy_spread` without `excavation_energy`",
                "give the energy, or leave its spread out",
                "excavation_energy_spread",
            )
        return self
