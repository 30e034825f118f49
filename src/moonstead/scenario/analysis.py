"""How finely to compute; everything here has a default."""

from __future__ import annotations

from typing import Annotated, Literal

from moonstead.scenario.common import Count, Gain, Part, Quantity, optional

Step = Annotated[float, Quantity("time", minimum=1.0, maximum=7.0 * 86_400.0, example="10 min")]


class Analysis(Part):
    """Choices of the computation."""

    light_step: Step = optional(3600.0, "Step of the Sun's and Earth's visibility at the sites.", "1 h")
    ledger_step: Step = optional(600.0, "Step of the power ledger.", "10 min")
    ephemeris_step: Step = optional(300.0, "Step of exported ephemerides.", "5 min")
    gravity_degree: Count = optional(20, "Degree and order of the Moon's gravity field.", 20, ge=0, le=1200)
    horizon_azimuths: Count = optional(
        720, "Directions in which the terrain's horizon is computed.", 720, ge=36, le=7200
    )
    precession_cycle: bool = optional(
        False, "Whether to follow the light of each site through the Moon's whole cycle of 18.6 years as well.", True
    )
    aberration: Literal["geometric", "light-time", "apparent"] = optional(
        "light-time",
        "How the Sun, the Earth and spacecraft are seen: where they are, or where they seem.",
        "light-time",
    )
    required_eb_n0: Gain = optional(
        10.0**0.2, "Energy per bit over noise density that the links' code needs; kept as a factor.", "2 dB"
    )
    link_margin: Gain = optional(10.0**0.3, "Margin that every link budget keeps; kept as a factor.", "3 dB")
