"""Things on the surface that use, make, store or carry something."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.antennas import Radio
from moonstead.scenario.common import (
    Angle,
    Area,
    Count,
    DataRate,
    Distance,
    Duration,
    Efficiency,
    Elevation,
    Energy,
    Id,
    Length,
    Mass,
    Mast,
    Name,
    Part,
    PositivePower,
    Power,
    Share,
    ShareRate,
    Temperature,
    Text,
    UtcTime,
    described,
    optional,
    refuse,
)
from moonstead.scenario.thermal import Thermal

Duty = Literal["always", "sunlit", "dark", "earth-visible"]
Mounting = Literal["fixed", "vertical-tracking", "two-axis-tracking"]
JULIAN_YEAR = 365.25 * 86_400.0  # [s]


class Placed(Part):
    """What every facility has."""

    id: Id = described("Short name, unique among all facilities.", "mast-array")
    name: Name | None = optional(None, "Full name, as reports print it.", "Solar array on the mast")
    description: Text | None = optional(None, "Free text for the report.", "Delivered by ILRS-1.")
    site: Id = described("Site that it stands at.", "hub")
    partner: Id = described("Partner that owns it.", "cnsa")
    since: UtcTime | None = optional(None, "When it starts to work. Left out: from the start of the scenario.")
    until: UtcTime | None = optional(None, "When it ends to work. Left out: to the stop of the scenario.")

    @model_validator(mode="after")
    def _works_forward(self) -> Self:
        if self.since is not None and self.until is not None and not self.since < self.until:
            raise refuse("`until` is not after `since`", "exchange them or move one", "until")
        return self


class Consumer(Placed):
    """A facility that draws power and may produce data."""

    load: Power = described("Electric power that it draws while its duty holds.", "12 kW")
    standby: Power = optional(0.0, "Electric power that it draws otherwise, to survive.", "150 W")
    duty: Duty = optional(
        "always",
        "When it works: always, sunlit (some of the Sun above the terrain), dark (none of it), "
        "or earth-visible (the Earth's centre above the terrain).",
        "always",
    )
    priority: Count = optional(5, "Order in which loads are kept when power is short: 1 is shed last.", 1, ge=1, le=9)
    reserve: Share = optional(
        0.0,
        "State of charge of the batteries at which it is shed, so that more important loads last longer.",
        "40 %",
    )
    data_rate: DataRate = optional(0.0, "Data that it produces while it works.", "20 kbit/s")
    thermal: Thermal | None = optional(
        None, "How it keeps its temperature; the heat to survive becomes a load beside `standby`."
    )


class Module(Consumer):
    """A habitat, laboratory or command module."""

    kind: Literal["module"] = described("A module.")


class Instrument(Consumer):
    """A scientific instrument."""

    kind: Literal["instrument"] = described("An instrument.")


class Rover(Consumer):
    """A rover or hopper that charges at its site."""

    kind: Literal["rover"] = described("A rover.")


class Plant(Consumer):
    """A plant that makes something of what the Moon has."""

    kind: Literal["plant"] = described("A processing plant.")


class Built(Placed):
    """What makes or stores power: it weighs something and may fail."""

    mass: Mass | None = optional(
        None, "Mass of all of it, by which sizing weighs it. Left out: an assumed mass for its kind.", "900 kg"
    )
    failure_rate: ShareRate = optional(
        0.0, "Failures to expect in time, of sizing to a probability of survival; 100 %/yr is one a year.", "20 %/yr"
    )
    repair_time: Duration | None = optional(None, "Mean time until a failure is repaired. Left out: never.", "30 d")
    strings: Count = optional(1, "Equal parts that it is made of; a failure takes one of them.", 4, ge=1, le=1000)


class SolarArray(Built):
    """Photovoltaic panels on the ground or on a mast."""

    kind: Literal["solar-array"] = described("A solar array.")
    area: Area = described("Area of cells.", "60 m2")
    efficiency: Efficiency = optional(0.28, "Efficiency of the cells with their electronics, when new.", "28 %")
    mounting: Mounting = described(
        "fixed (needs azimuth and tilt), vertical-tracking (vertical panels that turn with the Sun's azimuth), "
        "or two-axis-tracking.",
        "vertical-tracking",
    )
    azimuth: Angle | None = optional(None, "Where a fixed array faces, clockwise from north.", "0 deg")
    tilt: Angle | None = optional(
        None, "Angle between a fixed array's normal and the zenith: 0 deg lies flat, 90 deg is vertical.", "90 deg"
    )
    mast: Mast = optional(0.0, "Height of the panels' centre above the ground.", "10 m")
    degradation: ShareRate = optional(0.0, "Share of the output that is lost in time.", "1 %/yr")
    dust: Share = optional(0.0, "Share of the light that dust takes.", "5 %")
    dust_rate: ShareRate = optional(
        0.0, "Share of the light that gathering dust takes in time, of what was left.", "1.5 %/yr"
    )
    cleaning: Duration | None = optional(None, "Time between cleanings. Left out: never cleaned.", "180 d")
    cleaning_recovery: Share = optional(1.0, "Share of what gathered dust took that a cleaning brings back.", "90 %")
    temperature_loss: Share = optional(
        0.0, "Share of the power that is lost for each kelvin of the cells above 28 deg C.", "0.22 %"
    )
    surroundings: Temperature = optional(
        150.0, "Mean temperature that both sides of the cells see; counts with a temperature loss.", "150 K"
    )
    position: tuple[Distance, Distance] | None = optional(
        None,
        "East and north of the site's point. Arrays of a site that have a position shade each other.",
        ["20 m", "-5 m"],
    )
    width: Length | None = optional(
        None, "Horizontal side of the array, one rectangle for its shade. Left out: a square.", "4 m"
    )

    @model_validator(mode="after")
    def _fixed_arrays_face_somewhere(self) -> Self:
        if self.dust_rate * JULIAN_YEAR >= 1.0:
            raise refuse("dust would take all of the light in a year", "write a share below 100 %/yr", "dust_rate")
        if self.mounting == "fixed":
            for key, value, example in (("azimuth", self.azimuth, "0 deg"), ("tilt", self.tilt, "90 deg")):
                if value is None:
                    raise refuse(f"a fixed array needs `{key}`", f'add {key} = "{example}"', key)
        elif self.azimuth is not None or self.tilt is not None:
            key = "azimuth" if self.azimuth is not None else "tilt"
            raise refuse(f"a {self.mounting} array turns, so `{key}` means nothing", f"leave `{key}` out", key)
        return self


class Battery(Built):
    """Rechargeable storage on its site's bus."""

    kind: Literal["battery"] = described("A battery.")
    capacity: Energy = described("Energy that it holds when full.", "2 MWh")
    charge_power: PositivePower = described("Most power that it takes.", "40 kW")
    discharge_power: PositivePower = described("Most power that it gives.", "40 kW")
    efficiency: Efficiency = optional(0.92, "Efficiency of charging and discharging together.", "92 %")
    minimum_charge: Share = optional(0.0, "Share of the capacity that is never touched.", "20 %")
    initial_charge: Share = optional(1.0, "Share of the capacity that it starts with.", "100 %")
    order: Count = optional(
        1, "Stores of the lowest order are used first; batteries of a site with the same order are one.", 1, ge=1, le=9
    )
    temperature: Temperature | None = optional(
        None, "Of its cells. Left out: 25 deg C. Cold takes capacity and power, warmth ages.", "288 K"
    )
    ageing: Literal["none", "xu-2018"] = optional(
        "none", "How its capacity fades with time and cycles: not at all, or by the law of Xu et al. (2018).", "xu-2018"
    )
    age: Duration | None = optional(
        None, "For how long it has worked at the start, as hard as in the span. Left out: new.", "3 yr"
    )

    @model_validator(mode="after")
    def _starts_above_its_minimum(self) -> Self:
        if self.temperature is not None and not 233.15 <= self.temperature <= 333.15:
            raise refuse(
                f"cells at {self.temperature:g} K are not described",
                "batteries are known from 233 K to 333 K",
                "temperature",
            )
        if self.ageing != "none" and self.temperature is not None and self.temperature < 273.15:
            raise refuse(
                f"ageing at {self.temperature:g} K is not described",
                "keep the cells at 273 K or more, or leave ageing out",
                "temperature",
            )
        if self.age is not None and self.ageing == "none":
            raise refuse("an age means nothing without ageing", 'add ageing = "xu-2018"', "age")
        if self.initial_charge < self.minimum_charge:
            raise refuse(
                f"the battery starts at {self.initial_charge:.0%}, below its minimum of {self.minimum_charge:.0%}",
                "raise initial_charge or lower minimum_charge",
                "initial_charge",
            )
        return self


class FuelCell(Built):
    """A regenerative fuel cell: an electrolyser, a fuel cell, and tanks for hydrogen, oxygen and water."""

    kind: Literal["fuel-cell"] = described("A regenerative fuel cell.")
    electrolyser_power: PositivePower = described("Most power that it takes.", "20 kW")
    cell_power: PositivePower = described("Most power that it gives.", "10 kW")
    hydrogen: Mass = described("Hydrogen in the full tank.", "50 kg")
    electrolyser_efficiency: Efficiency = described(
        "Energy in the gases (141.8 MJ for each kg of hydrogen) over energy from the bus.", "80 %"
    )
    cell_efficiency: Efficiency = described("Energy to the bus over energy in the gases.", "50 %")
    minimum_filling: Share = optional(0.0, "Share of the hydrogen that stays in the tank.", "2 %")
    initial_filling: Share = optional(1.0, "Share of the hydrogen that it starts with.", "100 %")
    order: Count = optional(2, "Stores of the lowest order are used first.", 2, ge=1, le=9)

    @model_validator(mode="after")
    def _starts_above_its_minimum(self) -> Self:
        if self.initial_filling < self.minimum_filling or self.minimum_filling >= 1.0:
            raise refuse(
                f"the tank starts at {self.initial_filling:.0%}, with a minimum of {self.minimum_filling:.0%}",
                "raise initial_filling or lower minimum_filling",
                "initial_filling",
            )
        return self


class Generator(Built):
    """A source of power that needs no Sun."""

    kind: Literal["reactor", "radioisotope"] = described("A fission reactor or a radioisotope generator.", "reactor")
    power: PositivePower = described("Electric power that it gives to the bus.", "100 kW")
    degradation: ShareRate = optional(
        0.0,
        "Share of the power that is lost in time; for a radioisotope generator on top of the decay of Pu-238.",
        "0.8 %/yr",
    )
    start_up: Duration | None = optional(
        None, "Of a reactor: from zero to full power after `since` and after each outage. Left out: at once.", "12 h"
    )
    outages: tuple[tuple[UtcTime, UtcTime], ...] = optional(
        (), "Intervals without power.", [["2035-06-01T00:00:00Z", "2035-06-15T00:00:00Z"]]
    )

    @model_validator(mode="after")
    def _outages_run_forward(self) -> Self:
        if self.start_up is not None and self.kind != "reactor":
            raise refuse("a radioisotope generator gives its power at once", "leave `start_up` out", "start_up")
        for first, last in self.outages:
            if not first < last:
                raise refuse(
                    f"the outage from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} does not run forward",
                    "write [start, stop] with the start first",
                    "outages",
                )
        return self


class SurfaceAntenna(Placed, Radio):
    """An antenna at a site."""

    kind: Literal["antenna"] = described("An antenna.")
    mast: Mast = optional(0.0, "Height of the antenna above the ground.", "10 m")
    load: Power = optional(0.0, "Electric power that it draws from the bus.", "0.3 kW")
    standby: Power = optional(0.0, "Electric power that it draws otherwise, to survive.", "20 W")
    duty: Duty = optional("always", "When it draws its load: always, sunlit, dark or earth-visible.", "always")
    priority: Count = optional(2, "Order in which loads are kept when power is short: 1 is shed last.", 2, ge=1, le=9)
    minimum_elevation: Elevation = optional(0.0, "Least elevation above the terrain that it works at.", "0 deg")


Facility = Annotated[
    Module | Instrument | Rover | Plant | SolarArray | Battery | FuelCell | Generator | SurfaceAntenna,
    Field(discriminator="kind"),
]
Load = Module | Instrument | Rover | Plant
