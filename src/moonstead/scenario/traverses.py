"""Ways of rovers over the ground, and landings."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    Angle,
    Duration,
    Efficiency,
    Energy,
    Id,
    Latitude,
    Length,
    Longitude,
    Mass,
    Mast,
    Name,
    Part,
    Power,
    Quantity,
    Share,
    UtcTime,
    described,
    optional,
    refuse,
)

SteepAngle = Annotated[float, Quantity("angle", above=0.0, maximum=0.7853981633974484, example="15 deg")]
Glide = Annotated[float, Quantity("angle", above=0.0, maximum=1.5707963267948966, example="45 deg")]
PositiveSpeed = Annotated[float, Quantity("speed", above=0.0, example="0.2 m/s")]
DAY = 86_400.0  # [s]
SYNODIC_MONTH = 29.530589 * DAY  # [s]
LUNAR_ROVERS = Literal["yutu-2", "viper", "heavy"]


class Vehicle(Part):
    """What drives: a class of rovers, and what is different about this one."""

    like: LUNAR_ROVERS = optional("viper", "Class of rovers that gives all that is left out here.", "yutu-2")
    name: Name | None = optional(None, "Name of the rover.", "Explorer")
    mass: Mass | None = optional(None, "Mass with all that it carries.", "430 kg")
    slopes: tuple[Angle, ...] | None = optional(
        None, "Slopes along the drive at which the speed is known, rising; uphill is positive.", ["-15 deg", "15 deg"]
    )
    speeds: tuple[PositiveSpeed, ...] | None = optional(
        None, "Mean speed at each of these slopes, stops included.", ["0.1 m/s", "0.08 m/s"]
    )
    max_uphill: SteepAngle | None = optional(None, "Steepest slope that it climbs.", "15 deg")
    max_downhill: SteepAngle | None = optional(None, "Steepest slope that it goes down.", "15 deg")
    max_sideways: SteepAngle | None = optional(None, "Steepest slope across the drive.", "15 deg")
    rolling_resistance: Share | None = optional(
        None, "Force that holds it back on level ground, over its weight.", 0.15
    )
    drive_efficiency: Efficiency | None = optional(None, "Mechanical work over electric energy.", "40 %")
    hotel_power: Power | None = optional(None, "Power of all but the drive, always.", "150 W")
    heater_power: Power | None = optional(None, "Power on top of it in the dark.", "100 W")
    array_power: Power | None = optional(None, "Power of its array in the Sun.", "450 W")
    capacity: Energy | None = optional(None, "Energy in its full battery.", "5 kWh")
    least_charge: Share | None = optional(None, "State of charge that is never undercut.", "20 %")
    max_shadow: Duration | None = optional(None, "Longest time without the Sun.", "50 h")
    needs_earth: bool | None = optional(None, "Whether it drives only while it sees the Earth.", True)

    @model_validator(mode="after")
    def _speeds_pair_with_slopes(self) -> Self:
        if (self.slopes is None) != (self.speeds is None) or len(self.slopes or ()) != len(self.speeds or ()):
            raise refuse("each slope needs its speed", "write as many `slopes` as `speeds`", "speeds")
        if self.slopes is not None and (
            not self.slopes or any(b <= a for a, b in zip(self.slopes, self.slopes[1:], strict=False))
        ):
            raise refuse("the slopes of a table of speeds rise", "write the steepest descent first", "slopes")
        return self


class Place(Part):
    """A place on the Moon's surface in MOON_ME."""

    latitude: Latitude = described("Latitude, north positive.", "-88.70 deg")
    longitude: Longitude = described("Longitude, east positive.", "124.50 deg")


class RoverTraverse(Part):
    """A way from a site to a place or another site: where to drive, where to wait for the Sun."""

    id: Id = described("Short name, unique among all traverses.", "to-the-ridge")
    name: Name | None = optional(None, "Full name, as reports print it.", "From the hub to the ridge")
    site: Id = described("Site that it starts at; its terrain is driven on.", "hub")
    to: Place | None = optional(None, "Place that it goes to.", {"latitude": "-88.70 deg", "longitude": "124.50 deg"})
    to_site: Id | None = optional(None, "Site that it goes to, in place of `to`.", "ridge")
    facility: Id | None = optional(None, "Rover among the facilities that drives; for the report.", "rover")
    vehicle: Vehicle = Field(default_factory=Vehicle, description="What drives.")
    start: UtcTime | None = optional(None, "Earliest departure. Left out: the start of the scenario.")
    longest: Duration = optional(SYNODIC_MONTH, "Time in which it must arrive.", "29.5 d")
    initial_charge: Share = optional(1.0, "State of charge at the start.", "100 %")
    objective: Literal["arrival", "energy"] = optional("arrival", "What is made least: time or energy of driving.")
    spacing: Length | None = optional(None, "Width of the map's pixels. Left out: a 200th of the map.", "20 m")
    margin: Length | None = optional(None, "Ground around both ends. Left out: 0.3 of their distance.", "2 km")
    mast: Mast = optional(1.5, "Height of the rover's panels and antenna.", "1.5 m")
    slice: Duration = optional(7200.0, "Time for which light is taken as constant.", "1 h")

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.to is None) == (self.to_site is None):
            raise refuse("a traverse goes to one place", "write either `to` or `to_site`", "to")
        if self.to_site == self.site:
            raise refuse("the traverse ends where it starts", "name another site", "to_site")
        return self


class Landing(Part):
    """A landing at a site: hazards of the ground, and when the light is good."""

    id: Id = described("Short name, unique among all landings.", "cargo-1")
    name: Name | None = optional(None, "Full name, as reports print it.", "First cargo lander")
    site: Id = described("Site that it aims at.", "hub")
    approach: Angle = described("Direction of flight over the ground, clockwise from north.", "0 deg")
    glide: Glide = optional(0.7853981633974483, "Angle of the path above the horizontal.", "45 deg")
    baseline: Length = optional(10.0, "Distance between opposite feet.", "10 m")
    max_slope: SteepAngle = optional(0.13962634015954636, "Steepest ground under it.", "8 deg")
    max_roughness: Length = optional(0.5, "Largest root mean square roughness under it.", "0.5 m")
    max_rock: Length = optional(0.5, "Tallest rock under it.", "0.5 m")
    rocks: Share = optional(0.0, "Share of the ground that rocks cover.", "2 %")
    along: Length = optional(100.0, "Standard deviation of its touchdown along the approach.", "100 m")
    across: Length = optional(100.0, "Standard deviation across it.", "50 m")
    spacing: Length | None = optional(None, "Width of the map's pixels. Left out: half the baseline.", "5 m")
    least_sun: Angle = optional(0.008726646259971648, "Lowest Sun to land by.", "0.5 deg")
    highest_sun: Angle = optional(1.0471975511965976, "Highest Sun to land by.", "60 deg")
    needs_earth: bool = optional(True, "Whether half of the Earth's disc must be in sight.")
    light_after: Duration = optional(2.0 * DAY, "Time after the landing in which the Sun goes on shining.", "2 d")

    @model_validator(mode="after")
    def _sun_between(self) -> Self:
        if not self.least_sun < self.highest_sun:
            raise refuse("`least_sun` is not below `highest_sun`", "exchange them or move one", "least_sun")
        return self
