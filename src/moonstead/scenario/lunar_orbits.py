"""Lunar orbits that are found by search: frozen ellipses, relays phased behind them, low orbits that stay low."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import model_validator

from moonstead.scenario.common import Angle, Duration, Id, Length, Part, Quantity, described, optional, refuse

Inclination = Annotated[float, Quantity("angle", minimum=0.0, maximum=math.pi + 1e-12, example="88 deg")]


class FrozenEllipse(Part):
    """An elliptic lunar orbit whose shape and apsides stay put under the Earth's pull; its plane is searched."""

    kind: Literal["frozen-ellipse"] = described("A frozen ellipse about the Moon, found by search.")
    periselene: Length = described("Least height above the mean sphere of 1737.4 km.", "500 km")
    period: Duration = described("Time of one revolution.", "24 h")
    apsis: Literal["south", "north"] = described("Which pole the far side of the ellipse stands over.", "south")
    lifetime: Duration = optional(
        365.25 * 86_400.0, "How long the orbit must stay above the surface without control.", "8 yr"
    )
    sees: Id | None = optional(
        None, "Site that it should see as long as possible; without one it is the plane that stays highest.", "hub"
    )
    mask: Angle | None = optional(None, "Least elevation at that site; 5 deg without.", "5 deg")

    @model_validator(mode="after")
    def _masks_what_it_sees(self) -> Self:
        if self.mask is not None and self.sees is None:
            raise refuse("a mask without a site that is seen has no effect", 'add for example sees = "hub"', "mask")
        return self


class Phased(Part):
    """A relay on the frozen ellipse of another spacecraft, ahead of it by a phase that is kept without control."""

    kind: Literal["phased"] = described("On the frozen ellipse of another spacecraft, ahead of it by a phase.")
    leader: Id = described("Spacecraft whose orbit is a frozen-ellipse.", "relay-1")
    phase: Angle = described("How far ahead in mean anomaly.", "120 deg")


class LowFrozen(Part):
    """A low lunar orbit whose eccentricity vector comes back after each sidereal month, found by correction."""

    kind: Literal["low-frozen"] = described("A low lunar orbit that stays low, found by correction in the whole field.")
    altitude: Length = described("Semi-major axis less the mean radius.", "100 km")
    inclination: Inclination = described("To the lunar equator; 27, 50, 76 and 86 deg stay best.", "86 deg")
    node: Angle = optional(0.0, "Longitude of the ascending node, MOON_PA, at the scenario's start.", "0 deg")
