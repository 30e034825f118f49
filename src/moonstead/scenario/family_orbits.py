"""Orbits of the three-body problem, named by their family and flown under all forces."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from moonstead.scenario.common import Duration, Number, Part, described, optional, refuse

Ratio = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?:[1-9][0-9]?$")]
FamilyName = Literal[
    "lyapunov",
    "halo",
    "nrho",
    "butterfly",
    "axial",
    "vertical",
    "dro",
    "dpo",
    "short-period",
    "long-period",
    "resonant",
]
SEVERAL_POINTS = ("lyapunov", "halo", "nrho", "axial", "vertical", "short-period", "long-period")


class FamilyOrbit(Part):
    """A periodic orbit of the Earth-Moon three-body problem, carried over to all forces for the whole scenario."""

    kind: Literal["family"] = described("A member of a family of three-body orbits, flown under all forces.")
    family: FamilyName = described("Which family.", "nrho")
    point: Literal["L1", "L2", "L3", "L4", "L5"] | None = optional(
        None, "Libration point, where the family exists at several.", "L2"
    )
    branch: Literal["north", "south"] | None = optional(None, "Of families with a mirror image.", "south")
    period: Duration | None = optional(None, "Period of the member; or give jacobi or resonance.", "6.56 d")
    jacobi: Number | None = optional(None, "Jacobi constant of the member, normalised.", 3.0493)
    resonance: Ratio | None = optional(
        None, "9:2 is nine revolutions in two synodic months; of the family resonant, its own p:q.", "9:2"
    )
    phase: Number | None = optional(
        None, "Revolutions since the passage nearest to the Moon, at the start of the scenario.", 0.5, ge=0.0, lt=1.0
    )
    avoid_eclipses: tuple[Literal["earth", "moon"], ...] = optional(
        (), "Bodies whose shadow is missed by choosing the phase.", ["earth"]
    )

    @model_validator(mode="after")
    def _says_which_member(self) -> Self:
        given = [key for key in ("period", "jacobi", "resonance") if getattr(self, key) is not None]
        if self.family == "resonant":
            if self.resonance is None or len(given) != 2:
                raise refuse(
                    "a resonant orbit needs its resonance and one of period and jacobi",
                    'write for example resonance = "2:1" and jacobi = 2.5',
                )
        elif len(given) != 1:
            raise refuse(
                f"one member of the family is wanted; {len(given)} of period, jacobi and resonance are given",
                'write one of them, for example resonance = "9:2"',
                given[-1] if given else None,
            )
        if self.point is None and self.family in SEVERAL_POINTS:
            raise refuse(f"the family {self.family} exists at several points", 'write for example point = "L2"')
        if self.phase is not None and self.avoid_eclipses:
            raise refuse("the phase is said and searched at once", "leave out phase, or avoid_eclipses", "phase")
        return self
