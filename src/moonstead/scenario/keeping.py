"""How a spacecraft is kept in its orbit: what is not known, and what is not done exactly."""

from __future__ import annotations

from typing import Annotated, Literal

from moonstead.scenario.common import Angle, Count, Length, Part, Quantity, Share, Speed, optional

Impulse = Annotated[float, Quantity("time", above=0.0, maximum=1e6, example="230 s")]
Small = Annotated[float, Quantity("speed", minimum=0.0, example="3 cm/s")]
KeepingMethod = Literal["x-axis", "target-point"]


class Keeping(Part):
    """Station keeping; errors are three standard deviations, as error budgets quote them."""

    method: KeepingMethod = optional(
        "target-point", "Aim at velocities of later plane crossings, or weigh burns against later departures.", "x-axis"
    )
    navigation_position: Length = optional(10e3, "Error of the estimated position along each axis.", "10 km")
    navigation_velocity: Speed = optional(0.1, "Error of the estimated velocity along each axis.", "10 cm/s", ge=0.0)
    burn_size: Share = optional(0.015, "Error of a burn's size, as a share of it.", "1.5 %")
    burn_direction: Angle = optional(0.017453292519943295, "Error of a burn's direction.", "1 deg", ge=0.0)
    unload: Small = optional(0.0, "What unloading the momentum wheels leaves at each perilune, on each axis.", "3 mm/s")
    sunlight: Share = optional(0.3, "Error of the force of sunlight.", "30 %")
    minimum_burn: Small = optional(0.03, "Smaller burns are not made.", "3 cm/s")
    specific_impulse: Impulse | None = optional(None, "Of the engine; with the mass it gives the propellant.", "230 s")
    runs: Count = optional(100, "Runs with drawn errors.", 100, ge=2, le=10_000)
    seed: Count = optional(1, "The same seed draws the same errors.", 1, ge=0)
