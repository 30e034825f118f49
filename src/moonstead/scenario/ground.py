"""Ground stations and the networks they form."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from moonstead.scenario.common import (
    Band,
    Efficiency,
    Elevation,
    Height,
    Id,
    Latitude,
    Length,
    Longitude,
    Name,
    Part,
    PositivePower,
    Temperature,
    described,
    optional,
)


class ShippedStation(Part):
    """A ground station of the table that comes with the program."""

    use: Id = described("Name in the table of ground stations (`moonstead data --stations` lists them).", "kashi")
    id: Id = optional("", "Name in this scenario. Left out: the name in the table.", "kashi")
    partner: Id | None = optional(None, "Partner that runs it.", "cnsa")
    minimum_elevation: Elevation | None = optional(
        None, "Least elevation that it works at. Left out: as in the table.", "10 deg"
    )

    def model_post_init(self, context: Any, /) -> None:
        """Take the name of the table where none is given."""
        if not self.id:
            object.__setattr__(self, "id", self.use)


class OwnStation(Part):
    """A ground station that the scenario describes itself."""

    id: Id = described("Name in this scenario.", "my-dish")
    name: Name | None = optional(None, "Full name, as reports print it.", "Kunming 40 m")
    partner: Id | None = optional(None, "Partner that runs it.", "apsco")
    latitude: Latitude = described("Geodetic latitude (WGS 84), north positive.", "25.0 deg")
    longitude: Longitude = described("Longitude, east positive.", "102.8 deg")
    height: Height = described("Height above the WGS 84 ellipsoid.", "1974 m")
    diameter: Length = described("Diameter of the dish.", "40 m")
    bands: tuple[Band, ...] = described("Frequency bands that it works in.", ["S", "X"], min_length=1)
    power: PositivePower | None = optional(
        None, "Power of the transmitter. Left out: the usual one of its kind.", "10 kW"
    )
    noise_temperature: Temperature | None = optional(
        None, "Noise temperature of the receiving system. Left out: the usual one of its band.", "35 K"
    )
    efficiency: Efficiency = optional(0.6, "Aperture efficiency of the dish.", "60 %")
    minimum_elevation: Elevation = optional(0.174532925199432955, "Least elevation that it works at.", "10 deg")


def _which(value: object) -> str:
    if isinstance(value, ShippedStation):
        return "ShippedStation"
    return "ShippedStation" if isinstance(value, dict) and "use" in value else "OwnStation"


GroundStation = Annotated[
    Annotated[ShippedStation, Tag("ShippedStation")] | Annotated[OwnStation, Tag("OwnStation")], Discriminator(_which)
]


class Network(Part):
    """Several ground stations under one name."""

    id: Id = described("Name that links refer to.", "earth")
    name: Name | None = optional(None, "Full name, as reports print it.", "Joint ground segment")
    stations: tuple[Id, ...] = described("Its ground stations.", ["kashi", "my-dish"], min_length=1)
