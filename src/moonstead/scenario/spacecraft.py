"""Spacecraft: relays, orbital stations, satellites."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from moonstead.scenario.antennas import SpacecraftAntenna
from moonstead.scenario.common import Area, Id, Mass, Name, Number, Part, Text, described, optional, refuse
from moonstead.scenario.keeping import Keeping
from moonstead.scenario.orbits import Orbit


class Spacecraft(Part):
    """Something that flies."""

    id: Id = described("Short name that links refer to.", "relay-1")
    name: Name | None = optional(None, "Full name, as reports print it.", "Relay on a frozen ellipse")
    description: Text | None = optional(None, "Free text for the report.")
    partner: Id = described("Partner that owns it.", "cnsa")
    mass: Mass | None = optional(None, "Mass; with area it sets the pressure of sunlight.", "1200 kg")
    area: Area | None = optional(None, "Area that the Sun sees; without it sunlight does not push.", "12 m2")
    reflectivity: Number = optional(
        1.3, "Radiation pressure coefficient: 1 absorbs all light, 2 mirrors it back.", 1.5, ge=0.0, le=2.5
    )
    orbit: Orbit = described(
        "Where it is: one of the kinds family, frozen-ellipse, phased, low-frozen, elements, state, oem, spk, tle."
    )
    keeping: Keeping | None = optional(None, "How it is kept in its orbit; only orbits of the kind family are.")
    antennas: tuple[SpacecraftAntenna, ...] = Field((), alias="antenna", description="Its antennas.")

    @model_validator(mode="after")
    def _families_are_kept(self) -> Self:
        if self.keeping is not None and self.orbit.kind != "family":
            raise refuse(
                f"an orbit of the kind {self.orbit.kind} is not kept here",
                "leave `keeping` out; moonstead orbit keep-lunar tells what low orbits and ellipses take",
                "keeping",
            )
        return self

    @model_validator(mode="after")
    def _sunlight_needs_mass_and_area(self) -> Self:
        if (self.mass is None) != (self.area is None):
            lacking, given = ("mass", "area") if self.mass is None else ("area", "mass")
            raise refuse(
                f"`{given}` alone does not give the pressure of sunlight",
                f"add `{lacking}`, or leave both out to fly without it",
                given,
            )
        return self
