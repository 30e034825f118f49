"""Threats from space: asteroids and comets to be watched, shields against meteoroids, cameras for impact flashes."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from moonstead.scenario.common import (
    Angle,
    Area,
    Count,
    Duration,
    FilePath,
    Height,
    Id,
    Length,
    Mass,
    Name,
    Number,
    Part,
    Speed,
    Text,
    UtcTime,
    described,
    optional,
    refuse,
)

Acceleration = Literal["A1", "A2", "A3"]
ShieldKind = Literal["wall", "whipple", "regolith"]


class Deflection(Part):
    """How the body could be moved out of the way: a spacecraft that strikes it."""

    mass: Mass = optional(600.0, "Of the spacecraft.", "600 kg")
    speed: Speed = optional(6e3, "At which it strikes.", "6 km/s", gt=0.0)
    miss: Length = optional(1e7, "Distance from the centre by which the body is to miss.", "10000 km")
    leads: tuple[Duration, ...] = optional(
        (31_557_600.0, 94_672_800.0, 157_788_000.0), "Times before the passage.", ["1 yr", "3 yr", "5 yr"]
    )


class Threat(Part):
    """An asteroid or comet that may hit the Earth or the Moon."""

    id: Id = described("Short name, unique among all threats.", "2024-yr4")
    name: Name | None = optional(None, "Name or designation, as reports print it.", "2024 YR4")
    description: Text | None = optional(None, "Free text for the report.", "As it was known in June 2025.")
    observations: tuple[FilePath, ...] = optional(
        (), "Files of observations: MPC 80 columns, ADES, tables of radar.", ["2024yr4.psv"]
    )
    object: Name | None = optional(None, "Which object, where the files hold several.", "2024 YR4")
    orbit: FilePath | None = optional(None, "Published orbit with its covariance, in place of them.", "2024-yr4.json")
    solve_for: tuple[Acceleration, ...] = optional((), "Accelerations to be fitted besides the orbit.", ["A2"])
    until: UtcTime = described("How far ahead impacts are sought.", "2033-01-01T00:00:00Z")
    magnitude: Number | None = optional(None, "Absolute magnitude H, where the files have none.", 23.9)
    diameter: Length | None = optional(None, "Diameter, where it was measured. Left out: from H.", "60 m")
    diameter_spread: Length = optional(0.0, "By how much the measured diameter may be off, either way.", "7 m")
    density: Number | None = optional(
        None,
        "Density of the body [kg/m3]. Left out: 2600, with the span that asteroids have.",
        2600.0,
        ge=200.0,
        le=9000.0,
    )
    earth_altitude: Height = optional(100e3, "Where an impact on the Earth counts.", "100 km")
    clones: Count = optional(1000, "Random orbits of the check.", 1000, ge=100, le=1_000_000)
    watch_from: UtcTime | None = optional(None, "From when it is looked for. Left out: the start of the scenario.")
    watch_years: Number = optional(3.0, "For how many years it is looked for.", 3.0, gt=0.0, le=30.0)
    sensors: tuple[Name, ...] = optional((), "Codes of the stations that look. Left out: the shipped table.", ["G96"])
    history: bool = optional(False, "Whether to tell what would have been said after each night.", True)
    deflection: Deflection | None = optional(None, "How it could be moved. Left out: that is not computed.")

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if bool(self.observations) == (self.orbit is not None):
            raise refuse("a threat has observations or a published orbit", "write one of both", "observations")
        if self.history and not self.observations:
            raise refuse("only observations have a history", "leave `history` out", "history")
        if self.diameter_spread and (self.diameter is None or self.diameter_spread >= self.diameter):
            raise refuse(
                "a diameter's spread is smaller than the diameter", "write both, in the same unit", "diameter_spread"
            )
        if self.solve_for and not self.observations:
            raise refuse("only observations are fitted", "leave `solve_for` out", "solve_for")
        return self


class MeteoroidShield(Part):
    """What stands between a facility or spacecraft and the meteoroids."""

    id: Id = described("Short name, unique among all shields.", "habitat-hull")
    of: Id = described("Facility or spacecraft that it protects.", "habitat")
    kind: ShieldKind = optional("whipple", "One wall, a bumper before a wall, or regolith.", "whipple")
    area: Area = described("That is exposed.", "80 m2")
    thickness: Length = described("Of the wall, or of the regolith.", "3.2 mm")
    bumper: Length | None = optional(None, "Thickness of the bumper.", "1.3 mm")
    spacing: Length | None = optional(None, "From the bumper to the wall.", "100 mm")
    tilt: Angle = optional(0.0, "Of its outward normal from the zenith: a roof has 0, a wall 90 deg.", "90 deg")
    exposure: Duration | None = optional(None, "How long it is exposed. Left out: the span of the scenario.", "10 yr")

    @model_validator(mode="after")
    def _has_its_parts(self) -> Self:
        both = self.bumper is not None and self.spacing is not None
        if self.kind == "whipple" and not both:
            raise refuse("a shield of two walls needs `bumper` and `spacing`", 'write them, or kind = "wall"', "kind")
        if self.kind != "whipple" and (self.bumper is not None or self.spacing is not None):
            raise refuse(f"a {self.kind} has no bumper", 'leave it out, or write kind = "whipple"', "kind")
        return self


class FlashCamera(Part):
    """A camera of a spacecraft that watches the night side of the Moon for impact flashes."""

    id: Id = described("Short name, unique among all flash cameras.", "flash-watch")
    spacecraft: Id = described("Where it flies.", "relay-1")
    limiting_magnitude: Number = described("Faintest star in one frame.", 9.0, ge=-5.0, le=25.0)
    field_of_view: Angle = optional(3.141592653589793, "Full angle, towards the Moon's centre.", "20 deg", gt=0.0)
    exposure: Duration = optional(0.033, "Of one frame.", "33 ms")
