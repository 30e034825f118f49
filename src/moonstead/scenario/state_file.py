"""What a state file may say: one spacecraft, where it is, what acts on it and how it burns."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from moonstead.foundation.bodies import BODIES
from moonstead.foundation.units import closest
from moonstead.scenario.common import (
    Area,
    Count,
    Duration,
    FilePath,
    Length,
    Mass,
    Name,
    Number,
    Part,
    Quantity,
    Speed,
    Text,
    described,
    optional,
    refuse,
)
from moonstead.scenario.moments import Moment
from moonstead.scenario.orbits import Coordinates, OrbitShape

Thrust = Annotated[float, Quantity("force", above=0.0)]
SpecificImpulse = Annotated[float, Quantity("time", above=0.0, example="320 s")]
BurnAxes = Literal["ICRF", "RTN"]


def _body(name: str) -> str:
    known = [found.name for found in BODIES]
    if name not in known:
        near = closest(name, known)
        remedy = f'did you mean "{near}"?' if near else f"write one of {', '.join(known)}"
        raise refuse(f'no body is called "{name}"', remedy)
    return name


def _frame(name: str) -> str:
    from moonstead.foundation.frames.standard import frame_names

    if name not in frame_names():
        near = closest(name, frame_names())
        remedy = f'did you mean "{near}"?' if near else f"write one of {', '.join(frame_names())}"
        raise refuse(f'no frame is called "{name}"', remedy)
    return name


def _line(text: str) -> str:
    if any(ord(character) < 32 for character in text):
        raise refuse(f"{text!r} is more than one line", "write it on one line")
    return text


def _text(*examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "examples": list(examples)})


BodyName = Annotated[str, AfterValidator(_body), _text("MOON")]
Line = Annotated[Name, AfterValidator(_line)]
FrameName = Annotated[str, AfterValidator(_frame), _text("ICRF")]


class StateOrbit(Coordinates):
    """A position and a velocity at a time."""

    kind: Literal["state"] = described("Position and velocity.")
    center: BodyName = described("Body or barycentre that the position is measured from.", "MOON")
    frame: FrameName = described(
        "Axes of position and velocity; in turning axes the velocity is seen from them.", "ICRF"
    )
    epoch: Moment = described("When the state holds.", "2030-01-01T00:00:00Z")


class ElementsOrbit(OrbitShape):
    """Osculating elements about a body."""

    kind: Literal["elements"] = described("Osculating elements.")
    center: BodyName = described("Body at the focus.", "MOON")
    frame: FrameName = described(
        "Axes of the angles. Body-fixed axes are taken as they stand at the epoch and then held.", "MOON_PA"
    )
    epoch: Moment = described("When the elements hold.", "2030-01-01T00:00:00Z")


class DegreeSwitch(Part):
    """A lower degree of the field, which serves farther out."""

    beyond: Length = described("Distance from the centre beyond which it serves.", "5000 km")
    degree: Count = described("Degree and order there; 0 is a point mass.", 20, ge=0, le=1200)


class Forces(Part):
    """What pulls: the central body and others."""

    center: BodyName | None = optional(
        None, "Body about which the motion is integrated. Left out: the centre of the orbit.", "MOON"
    )
    degree: Count = described(
        "Degree and order of the central body's gravity field; 0 is a point mass.", 50, ge=0, le=1200
    )
    gravity_field: Name | None = optional(
        None, "Data set of that field. Left out: the usual one of the body.", "grgm1200a"
    )
    degree_switches: tuple[DegreeSwitch, ...] = optional(
        (),
        "Lower degrees that serve farther out: distances rising, degrees falling. A choice of model, not of accuracy.",
    )
    third_bodies: tuple[BodyName, ...] = described("Other bodies that pull, as point masses.", ["EARTH", "SUN"])
    relativity: bool = optional(False, "Whether the Schwarzschild term of the central body acts.", True)


class SunPressure(Part):
    """Pressure of sunlight on a sphere; bodies hide the Sun with umbra and penumbra."""

    area: Area = described("Area that the Sun sees.", "12 m2")
    reflectivity: Number = described(
        "Radiation pressure coefficient: 1 absorbs all light, 2 mirrors it back.", 1.5, gt=0.0, le=2.5
    )
    hidden_by: tuple[BodyName, ...] = optional(("MOON", "EARTH"), "Bodies that may hide the Sun.", ["MOON", "EARTH"])


class AirDrag(Part):
    """Drag in the Earth's air."""

    area: Area = described("Area that the flow meets.", "12 m2")
    coefficient: Number = described("Drag coefficient.", 2.2, gt=0.0, le=10.0)
    model: Literal["standard", "nrlmsis"] = optional(
        "standard", "Air: standard is the same by day and night, nrlmsis (NRLMSIS 2.1) follows the Sun.", "nrlmsis"
    )
    space_weather: FilePath | None = optional(
        None, "Table of daily space weather for nrlmsis, as CelesTrak publishes it.", "SW-All.csv"
    )
    f107: Number | None = optional(
        None, "In place of a table: solar flux at 10.7 cm, in 1e-22 W/m2/Hz.", 150.0, gt=0.0, le=500.0
    )
    f107a: Number | None = optional(
        None, "In place of a table: the flux's mean over 81 days, in 1e-22 W/m2/Hz.", 150.0, gt=0.0, le=500.0
    )
    ap: Number | None = optional(None, "In place of a table: daily geomagnetic index Ap.", 15.0, ge=0.0, le=400.0)


class Impulse(Part):
    """A change of velocity at an instant."""

    kind: Literal["impulsive"] = described("A change of velocity at an instant.")
    at: Moment = described("When it happens.", "2030-01-02T00:00:00Z")
    axes: BurnAxes = described("ICRF, or RTN: radial outwards, transverse, along the orbit's normal.", "RTN")
    delta_v: tuple[Speed, Speed, Speed] = described("Change of velocity.", ["0 m/s", "25 m/s", "0 m/s"])
    specific_impulse: SpecificImpulse | None = optional(
        None, "Propellant that it costs by the rocket equation. Left out: the mass stays.", "320 s"
    )


class Thrusting(Part):
    """Constant thrust over a while."""

    kind: Literal["finite"] = described("Constant thrust over a while.")
    at: Moment = described("Time of ignition.", "2030-01-02T00:00:00Z")
    duration: Duration = described("From ignition to cut-off.", "120 s")
    axes: BurnAxes = described("ICRF for a fixed direction, RTN for one that turns with the orbit.", "RTN")
    direction: tuple[Number, Number, Number] = described("Direction of the force, of any length.", [0.0, 1.0, 0.0])
    thrust: Thrust = described("Force on the spacecraft.", "400 N")
    specific_impulse: SpecificImpulse = described("Exhaust velocity over standard gravity.", "320 s")


AnyOrbit = Annotated[StateOrbit | ElementsOrbit, Field(discriminator="kind")]
AnyBurn = Annotated[Impulse | Thrusting, Field(discriminator="kind")]


class StateFile(Part):
    """A spacecraft to be propagated. Values are in SI; what acts is said, never guessed."""

    name: Line = described("What answers and ephemerides call it.", "low orbiter")
    description: Text | None = optional(None, "Free text.")
    object_id: Line = optional("UNKNOWN", "International designator, for ephemerides.", "2030-001A")
    mass: Mass | None = optional(None, "Mass at the epoch; sunlight, air and propellant need it.", "1200 kg")
    orbit: AnyOrbit = described("Where it is: one of the kinds state, elements.")
    forces: Forces = described("What pulls.")
    radiation: SunPressure | None = optional(None, "Pressure of sunlight. Left out: none.")
    drag: AirDrag | None = optional(None, "Drag in air. Left out: none.")
    burns: tuple[AnyBurn, ...] = Field((), alias="burn", description="Burns of its engines.")

    @property
    def center(self) -> str:
        """Body about which the motion is integrated."""
        return self.forces.center or self.orbit.center
