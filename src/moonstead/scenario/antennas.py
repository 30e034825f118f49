"""What every antenna has, wherever it stands."""

from __future__ import annotations

import math
from typing import Self

from pydantic import model_validator

from moonstead.scenario.common import (
    Band,
    Efficiency,
    Gain,
    Id,
    Length,
    Part,
    PositivePower,
    Temperature,
    described,
    optional,
    refuse,
)


class Radio(Part):
    """A dish, or an antenna of known gain, with its transmitter and receiver."""

    band: Band = described("Frequency band.", "X")
    diameter: Length | None = optional(None, "Diameter of the dish; write either this or `gain`.", "1.2 m")
    gain: Gain | None = optional(
        None,
        "Gain on the axis, for antennas that are no dish; kept as a factor. Write either this or `diameter`.",
        "6 dBi",
    )
    efficiency: Efficiency = optional(0.6, "Aperture efficiency of the dish.", "60 %")
    power: PositivePower | None = optional(
        None, "Power of the transmitter. Left out: the antenna only receives.", "20 W"
    )
    noise_temperature: Temperature | None = optional(
        None, "Noise temperature of the receiving system. Left out: the usual one of its kind.", "290 K"
    )

    @property
    def gain_dbi(self) -> float | None:
        """Gain [dBi] where it was given; None for a dish, whose gain follows from its diameter."""
        return None if self.gain is None else 10.0 * math.log10(self.gain)

    @model_validator(mode="after")
    def _size_is_given_once(self) -> Self:
        if self.diameter is None and self.gain is None:
            raise refuse("the antenna has neither a diameter nor a gain", 'write diameter = "1.2 m" or gain = "6 dBi"')
        if self.diameter is not None and self.gain is not None:
            raise refuse("the antenna has both a diameter and a gain", "keep one of the two", "gain")
        return self


class SpacecraftAntenna(Radio):
    """An antenna on a spacecraft; it points where its links need it."""

    id: Id = described("Name of the antenna on its spacecraft; links write spacecraft.antenna.", "surface")
