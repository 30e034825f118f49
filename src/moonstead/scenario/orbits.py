"""Ways to say where a spacecraft is."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from moonstead.scenario.common import (
    Angle,
    Axes,
    Center,
    Count,
    Distance,
    FilePath,
    Length,
    Name,
    Number,
    Part,
    Speed,
    UtcTime,
    described,
    optional,
    refuse,
)
from moonstead.scenario.family_orbits import FamilyOrbit
from moonstead.scenario.lunar_orbits import FrozenEllipse, Inclination, LowFrozen, Phased


class OrbitShape(Part):
    """Size, shape, plane and place of an osculating ellipse."""

    semi_major_axis: Length | None = optional(
        None, "Semi-major axis; goes with eccentricity, instead of the two altitudes.", "2737.4 km"
    )
    eccentricity: Number | None = optional(None, "Eccentricity, 0 to below 1.", 0.01)
    periapsis_altitude: Distance | None = optional(
        None, "Height of the periapsis above the mean sphere; goes with apoapsis_altitude.", "200 km"
    )
    apoapsis_altitude: Distance | None = optional(None, "Height of the apoapsis above the mean sphere.", "16000 km")
    inclination: Inclination = described("Inclination to the frame's equator, 0 deg to 180 deg.", "88 deg")
    node: Angle = described("Longitude of the ascending node (right ascension in inertial axes).", "30 deg")
    argument_of_periapsis: Angle = described("From the node to the periapsis.", "90 deg")
    true_anomaly: Angle | None = optional(None, "From the periapsis to the spacecraft; or give mean_anomaly.", "0 deg")
    mean_anomaly: Angle | None = optional(None, "Mean anomaly; or give true_anomaly.", "0 deg")

    def shape(self, radius: float) -> tuple[float, float]:
        """Semi-major axis [m] and eccentricity [1], from whichever pair was written.

        Parameters
        ----------
        radius : float [m]
            Mean radius of the central body, which altitudes count from.
        """
        if self.semi_major_axis is not None and self.eccentricity is not None:
            return self.semi_major_axis, self.eccentricity
        assert self.periapsis_altitude is not None and self.apoapsis_altitude is not None
        near, far = radius + self.periapsis_altitude, radius + self.apoapsis_altitude
        return 0.5 * (near + far), (far - near) / (far + near)

    @model_validator(mode="after")
    def _says_everything_once(self) -> Self:
        axis = (self.semi_major_axis is not None, self.eccentricity is not None)
        altitudes = (self.periapsis_altitude is not None, self.apoapsis_altitude is not None)
        if not (axis == (True, True) and not any(altitudes)) and not (altitudes == (True, True) and not any(axis)):
            raise refuse(
                "the shape of the orbit must be said once, by two keys",
                "write semi_major_axis and eccentricity, or periapsis_altitude and apoapsis_altitude",
            )
        if self.eccentricity is not None and not 0.0 <= self.eccentricity < 1.0:
            raise refuse(
                f"eccentricity {self.eccentricity:g} is no bound orbit",
                'write a number from 0 to below 1; for a flyby use kind = "state"',
                "eccentricity",
            )
        if all(altitudes) and self.apoapsis_altitude < self.periapsis_altitude:  # type: ignore[operator]
            raise refuse("the apoapsis lies below the periapsis", "exchange the two altitudes", "apoapsis_altitude")
        if (self.true_anomaly is None) == (self.mean_anomaly is None):
            raise refuse(
                "the place on the orbit must be said once",
                'write true_anomaly = "0 deg" or mean_anomaly = "0 deg"',
                None if self.true_anomaly is None else "mean_anomaly",
            )
        return self


class Elements(OrbitShape):
    """Osculating elements about a body."""

    kind: Literal["elements"] = described("Osculating elements.")
    center: Center = described("Body at the focus.", "MOON")
    frame: Axes = described(
        "Axes of the angles. Body-fixed axes are taken as they stand at the epoch and then held.", "MOON_PA"
    )
    epoch: UtcTime = described("When the elements hold.")


class Coordinates(Part):
    """Position and velocity."""

    position: tuple[Distance, Distance, Distance] = described(
        "Coordinates of the position.", ["6500 km", "0 km", "100 km"]
    )
    velocity: tuple[Speed, Speed, Speed] = described("Coordinates of the velocity.", ["0 km/s", "0.8 km/s", "0.1 km/s"])


class State(Coordinates):
    """A position and a velocity at a time."""

    kind: Literal["state"] = described("Position and velocity.")
    center: Center = described("Body that the position is measured from.", "MOON")
    frame: Axes = described("Axes of position and velocity; in turning axes the velocity is seen from them.", "ICRF")
    epoch: UtcTime = described("When the state holds.")


class OemFile(Part):
    """A trajectory in a CCSDS orbit ephemeris message."""

    kind: Literal["oem"] = described("A CCSDS orbit ephemeris message.")
    file: FilePath = described("Path relative to the scenario.", "relay.oem")
    object: Name | None = optional(None, "OBJECT_NAME or OBJECT_ID to take, where the file has several.", "RELAY-1")


class SpkFile(Part):
    """A trajectory in a SPICE kernel."""

    kind: Literal["spk"] = described("A SPICE SPK file.")
    file: FilePath = described("Path relative to the scenario.", "relay.bsp")
    target: Count | Name = described("NAIF id (or name) of the object in the file.", -60001, union_mode="left_to_right")


class Tle(Part):
    """A two-line element set, flown with SGP4."""

    kind: Literal["tle"] = described("A two-line element set of an Earth satellite.")
    lines: tuple[Name, Name] | None = optional(None, "The two lines; or give file.")
    file: FilePath | None = optional(
        None, "File of element sets, relative to the scenario; or give lines.", "stations.tle"
    )
    number: Count | None = optional(None, "Catalogue number to take from the file.", 25544, ge=1, le=339_999)

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.lines is None) == (self.file is None):
            raise refuse("a TLE orbit needs either `lines` or `file`", "write exactly one of the two")
        if self.file is not None and self.number is None:
            raise refuse(
                "a file of element sets needs the catalogue number", "add for example number = 25544", "number"
            )
        return self


Orbit = Annotated[
    FrozenEllipse | Phased | LowFrozen | FamilyOrbit | Elements | State | OemFile | SpkFile | Tle,
    Field(discriminator="kind"),
]
