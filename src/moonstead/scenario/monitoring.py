"""Space monitoring: what flies, whom to protect from it, and who watches."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    Angle,
    Area,
    Center,
    Count,
    Distance,
    Duration,
    Elevation,
    FilePath,
    Height,
    Id,
    Latitude,
    Length,
    Longitude,
    Name,
    Number,
    Part,
    Text,
    UtcTime,
    described,
    optional,
    refuse,
)
from moonstead.scenario.lunar_orbits import Inclination

LARGEST_NUMBER = 2**63 - 1  # of an object, which has 64 bits
PLACES = ("ground_station", "site", "latitude", "spacecraft", "orbit")

ObjectNumber = Annotated[int, Field(strict=True, ge=0, le=LARGEST_NUMBER)]
Errors = tuple[Distance, Distance, Distance]


class Monitoring(Part):
    """What is asked of space monitoring: close approaches, decay, coverage, fireballs."""

    catalogue: FilePath | None = optional(
        None,
        "Elements of what flies: a file (TLE, OMM, CSV, JSON) or the folder of a store. Left out: only spacecraft of "
        "this file.",
        "celestrak_active.csv",
    )
    start: UtcTime | None = optional(
        None, "From when close approaches are sought. Left out: the start of the scenario.", "2026-07-15T12:00:00Z"
    )
    duration: Duration = optional(86_400.0, "How long they are sought.", "7 d")
    distance: Length = optional(5e3, "Below which an approach about the Earth is told.", "5 km")
    moon_distance: Length = optional(50e3, "Below which an approach about the Moon is told.", "50 km")
    all_on_all: bool = optional(False, "Whether every object is screened, or the protected ones alone.", True)
    hard_body_radius: Length = optional(
        5.0, "Radius of an object whose size is not known, for the probability of collision.", "5 m"
    )
    element_error: Errors = optional(
        (100.0, 500.0, 100.0),
        "Error of a position from elements at their epoch, radial, along track, across, one sigma: they bring none.",
        ["100 m", "500 m", "100 m"],
    )
    element_error_growth: Errors = optional(
        (50.0, 1000.0, 50.0), "How much it grows in a day.", ["50 m", "1 km", "50 m"]
    )
    probability_limit: Number = optional(
        1e-4, "Probability of collision above which an encounter asks for a decision.", 1e-4, gt=0.0, lt=1.0
    )
    samples: Count = optional(
        100_000, "Draws of the Monte Carlo probability, where one is needed.", 100_000, ge=1000, le=100_000_000
    )
    space_weather: FilePath | None = optional(
        None, "Table of solar flux and geomagnetic indices as CelesTrak serves it, for decay.", "SW-All.csv.gz"
    )
    histories: tuple[FilePath, ...] = optional(
        (), "Files of element sets over time of objects whose decay is watched.", ["CZ5B_2021.tle"]
    )
    as_of: UtcTime | None = optional(
        None, "What was known then counts for decay. Left out: all of each history.", "2021-05-06T00:00:00Z"
    )
    fireballs: FilePath | None = optional(None, "Table of fireballs as CNEOS serves it.", "cneos_fireballs.csv")
    coverage_step: Duration = optional(120.0, "Between the moments at which sensors are asked what they see.", "2 min")
    coverage_duration: Duration = optional(86_400.0, "How long they are followed.", "24 h")
    coverage_height: Height = optional(0.0, "Height over the ground that has to be seen.", "50 km")

    @model_validator(mode="after")
    def _is_told_what_it_needs(self) -> Self:
        if self.histories and self.space_weather is None:
            raise refuse(
                "decay needs the solar flux and the geomagnetic indices, which are never fetched",
                'write `space_weather`, for example "SW-All.csv.gz"',
                "histories",
            )
        for key in ("element_error", "element_error_growth"):
            if min(getattr(self, key)) < 0.0 or (key == "element_error" and min(getattr(self, key)) == 0.0):
                raise refuse("a standard deviation is positive", "write three lengths above zero", key)
        return self


class Protected(Part):
    """An object that others must not come close to."""

    id: Id = described("Short name, unique among all protected objects.", "space-station")
    name: Name | None = optional(None, "Full name, as reports print it.", "International Space Station")
    description: Text | None = optional(None, "Free text for the report.", "Crewed.")
    partner: Id | None = optional(None, "Partner that owns it.", "cnsa")
    spacecraft: Id | None = optional(None, "Spacecraft of this file.", "relay-1")
    object: ObjectNumber | None = optional(None, "Or its number in the catalogue.", 25544)
    hard_body_radius: Length | None = optional(
        None, "Radius of the sphere around it. Left out: that of [monitoring].", "60 m"
    )
    position_error: Errors | None = optional(
        None,
        "Error of its position at the start, radial, along track, across, one sigma. Left out: that of elements.",
        ["50 m", "200 m", "50 m"],
    )
    position_error_growth: Errors | None = optional(
        None, "How much it grows in a day. Left out: as of elements.", ["10 m", "300 m", "10 m"]
    )
    probability_limit: Number | None = optional(
        None, "Probability of collision that asks for a decision. Left out: that of [monitoring].", 1e-4, gt=0.0, lt=1.0
    )

    @model_validator(mode="after")
    def _is_one_object(self) -> Self:
        if (self.spacecraft is None) == (self.object is None):
            raise refuse(
                "a protected object is a spacecraft of this file or an object of the catalogue",
                "write one of `spacecraft` and `object`",
                "spacecraft",
            )
        for key in ("position_error", "position_error_growth"):
            errors = getattr(self, key)
            if errors is not None and (min(errors) < 0.0 or (key == "position_error" and min(errors) == 0.0)):
                raise refuse("a standard deviation is positive", "write three lengths above zero", key)
        return self


class GeostationaryOrbit(Part):
    """Satellites that stand over the equator."""

    kind: Literal["geo"] = described("Kind of orbit.")
    longitudes: tuple[Longitude, ...] = described(
        "Where they stand, east positive.", ["-75 deg", "0 deg", "75 deg"], min_length=1
    )


class EccentricOrbit(Part):
    """Satellites that climb high over one hemisphere, at the inclination where the apogee stays."""

    kind: Literal["molniya", "tundra"] = described("Kind of orbit.")
    satellites: Count = described("How many share the ground track.", 3, ge=1, le=100)
    longitude: Longitude = described("East longitude of an apogee.", "80 deg")
    apogee: Literal["north", "south"] = optional("north", "Over which hemisphere.", "north")


class WalkerOrbit(Part):
    """Circular orbits in evenly spaced planes."""

    kind: Literal["walker"] = described("Kind of orbit.")
    center: Center = optional("EARTH", "What they fly about.", "EARTH")
    altitude: Length = described("Above the mean radius.", "1000 km")
    inclination: Inclination = described("Of all planes, 0 deg to 180 deg.", "87 deg")
    satellites: Count = described("In all planes together.", 24, ge=1, le=10_000)
    planes: Count = described("Evenly spaced.", 6, ge=1, le=1000)
    phasing: Count = optional(0, "Of Walker: from plane to plane, in shares of a turn over all satellites.", 1, ge=0)
    pattern: Literal["delta", "star"] = optional("delta", "Nodes over a whole turn, or over half of one.", "star")

    @model_validator(mode="after")
    def _fills_its_planes(self) -> Self:
        if self.satellites % self.planes:
            raise refuse(
                f"{self.satellites} satellites do not fill {self.planes} planes evenly",
                "write a multiple of `planes`",
                "satellites",
            )
        if self.phasing >= self.planes:
            raise refuse("the phasing of Walker is below the number of planes", "write a smaller one", "phasing")
        return self


SensorOrbit = Annotated[GeostationaryOrbit | EccentricOrbit | WalkerOrbit, Field(discriminator="kind")]


class Sensor(Part):
    """A radar, a telescope or a satellite that watches."""

    id: Id = described("Short name, unique among all sensors.", "fence")
    name: Name | None = optional(None, "Full name, as reports print it.", "Radar of the south")
    description: Text | None = optional(None, "Free text for the report.", "As published in 2024.")
    partner: Id | None = optional(None, "Partner that runs it.", "conae")
    kind: Literal["radar", "telescope", "satellite"] = described("What it is.", "telescope")
    ground_station: Id | None = optional(None, "It stands where this ground station does.", "kashi")
    site: Id | None = optional(None, "It stands at this site on the Moon.", "hub")
    latitude: Latitude | None = optional(
        None, "Geodetic latitude on the Earth (WGS 84); goes with longitude.", "26 deg"
    )
    longitude: Longitude | None = optional(None, "Longitude on the Earth, east positive.", "103 deg")
    height: Height = optional(0.0, "Height above the WGS 84 ellipsoid.", "2000 m")
    spacecraft: Id | None = optional(None, "It flies on this spacecraft.", "relay-1")
    orbit: SensorOrbit | None = optional(None, "It is a group of satellites of its own.")
    minimum_elevation: Elevation = optional(
        0.0, "Least elevation: at a sensor on the ground, or of a satellite over the ground it sees.", "10 deg"
    )
    field_of_view: Angle | None = optional(
        None, "Full angle of a satellite's view about the direction down. Left out: to the limb.", "17 deg", gt=0.0
    )
    maximum_range: Length | None = optional(None, "Farthest that it sees. Left out: any.", "3000 km")
    reference_area: Area | None = optional(None, "Radar cross section that it sees at `maximum_range`.", "1 m2")
    sun_exclusion: Angle = optional(0.0, "Least angle between its view and the Sun.", "30 deg")
    moon_exclusion: Angle = optional(0.0, "Least angle between its view and the Moon.", "10 deg")
    limiting_magnitude: Number | None = optional(None, "Faintest object of a telescope.", 18.0, ge=0.0, le=30.0)
    sun_below: Angle = optional(
        math.radians(12.0), "How far the Sun is below the horizon when a telescope on the ground works.", "12 deg"
    )

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        said = [key for key in PLACES if getattr(self, key) is not None]
        if (self.latitude is None) != (self.longitude is None):
            raise refuse("latitude and longitude go together", "write both", "latitude")
        if len(said) != 1:
            what = "says nowhere" if not said else f"says {' and '.join(f'`{key}`' for key in said)}"
            raise refuse(
                f"where a sensor is must be said once; it {what}",
                f"write one of {', '.join(f'`{key}`' for key in PLACES)}",
                said[-1] if said else "kind",
            )
        flies = self.spacecraft is not None or self.orbit is not None
        if flies and self.kind != "satellite":
            raise refuse(f"a {self.kind} stands on the ground", 'write kind = "satellite"', "kind")
        if not flies and self.kind == "satellite":
            raise refuse("a satellite flies", "write `spacecraft` or `orbit`", "kind")
        if self.kind != "telescope" and self.limiting_magnitude is not None and not flies:
            raise refuse("a radar sees no light", "leave `limiting_magnitude` out", "limiting_magnitude")
        if self.reference_area is not None and (self.kind != "radar" or self.maximum_range is None):
            raise refuse(
                "a radar cross section belongs to the range of a radar",
                "write it with `maximum_range` of a radar",
                "reference_area",
            )
        return self
