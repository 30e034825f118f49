"""How the air lifts what an antenna or a telescope sees."""

from __future__ import annotations

import math
from dataclasses import dataclass

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

LOWEST = math.radians(3.0)  # apparent elevation below which the two terms are held: they diverge at the horizon
ROUNDS = 4  # the correction at the lowest elevation changes by a hundredth of itself in each
RADIO = 1.0  # [m] any wavelength above 100 um: the radio branch of the model


@dataclass(frozen=True)
class Air:
    """The air over a station.

    Attributes
    ----------
    pressure : float [Pa]
        At the station.
    temperature : float [K]
        At the station.
    humidity : float [1]
        Relative, 0 to 1.
    wavelength : float [m]
        Of the light; anything above 100 um is radio, which the water vapour lifts more.
    """

    pressure: float = 101_325.0
    temperature: float = 288.15
    humidity: float = 0.5
    wavelength: float = RADIO

    def __post_init__(self) -> None:
        sound = self.pressure >= 0.0 and self.temperature > 100.0 and 0.0 <= self.humidity <= 1.0
        if not (sound and self.wavelength > 0.0 and math.isfinite(self.pressure + self.temperature)):
            raise InvalidInput(
                f"air needs a pressure [Pa], a temperature above 100 K, a humidity of 0 to 1 and a wavelength [m]; "
                f"got {self}"
            )


def refraction(elevation: ArrayLike, air: Air) -> Array:
    """How much higher a thing far beyond the air appears than it stands.

    For a thing at the distance of a low orbit the lift is smaller by up to 2 % (its height over the air's scale
    height); that is left out.

    Parameters
    ----------
    elevation : (N,) [rad]
        True elevation.
    air : Air
        At the station.

    Returns
    -------
    (N,) [rad]
        Apparent less true elevation; below 3 degrees held at its value there.

    Source
    ------
    SOFA's ``refco`` (Stone 1996, PASP 108, 1051, doi:10.1086/133831; radio: Green 1985): dZ = A tan Z + B tan^3 Z.
    """
    first, third = erfa.refco(
        air.pressure / 100.0, air.temperature - 273.15, air.humidity, min(air.wavelength * 1e6, 1e6)
    )
    true = np.atleast_1d(np.asarray(elevation, dtype=np.float64))
    lift = np.zeros(true.shape)
    for _ in range(ROUNDS):
        tangent = 1.0 / np.tan(np.clip(true + lift, LOWEST, 0.5 * np.pi))
        lift = first * tangent + third * tangent**3
    return lift
