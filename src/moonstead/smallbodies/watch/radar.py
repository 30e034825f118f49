"""Whether a planetary radar gets an echo: the signal-to-noise ratio of one track."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import BOLTZMANN, SPEED_OF_LIGHT

Array = NDArray[np.float64]

RADAR_ALBEDO = 0.1  # [1] echo power over that of a perfect mirror of the same section; Ostro's planning figures
SLOW_ROTATION, FAST_ROTATION = 4.0 * 3600.0, 600.0  # [s] Ostro's planning figure; usual for bodies below 100 m
SEEN = 7.0  # [1] signal-to-noise ratio that counts as detected; single echoes have been found at less


@dataclass(frozen=True, slots=True)
class Radar:
    """A planetary radar that sends and receives with the same dish.

    Attributes
    ----------
    code : str
        Of the Minor Planet Center.
    name : str
        What reports call it.
    power : float [W]
        Sent.
    frequency : float [Hz]
        Of the carrier.
    diameter : float [m]
        Of the dish.
    efficiency : float [1]
        Of its aperture.
    noise_temperature : float [K]
        Of the receiver and the sky.
    switching : float [s]
        From sending to receiving; a target with a shorter echo needs a second dish.
    """

    code: str
    name: str
    power: float
    frequency: float
    diameter: float
    efficiency: float
    noise_temperature: float
    switching: float

    @property
    def gain(self) -> float:
        """Of the dish over an isotropic one [1]."""
        return self.efficiency * (math.pi * self.diameter * self.frequency / SPEED_OF_LIGHT) ** 2


# Brozovic (2014), Goldstone Solar System Radar (70 m, 440 kW, 8560 MHz, 5 s); efficiency and temperature recalled
# from Naidu et al. (2016), AJ 152, 99, doi:10.3847/0004-6256/152/4/99
GOLDSTONE = Radar("253", "Goldstone DSS-14", 440e3, 8.56e9, 70.0, 0.64, 18.0, 5.0)


def radar_snr(
    radar: Radar,
    distance: ArrayLike,
    diameter: float,
    *,
    rotation_period: float = SLOW_ROTATION,
    track: float = 3600.0,
    albedo: float = RADAR_ALBEDO,
) -> Array:
    """Signal-to-noise ratio of a track on a sphere that turns once in a period, seen from its equator.

    Half of the track sends and half receives. The echo is spread over the Doppler width of the rotation, matched by
    the filter; power falls with the fourth power of the distance.

    Parameters
    ----------
    radar : Radar
        Who sends and listens.
    distance : (N,) [m]
        Of the target.
    diameter : float [m]
        Of the target.
    rotation_period : float [s]
        Of the target; unknown for most, and faster means weaker.
    track : float [s]
        Whole time on the target.
    albedo : float [1]
        Radar cross-section over geometric cross-section.

    Returns
    -------
    (N,) [1]
        Ratio to the standard deviation of the noise.

    Source
    ------
    Ostro (1993), Rev. Mod. Phys. 65, 1235, doi:10.1103/RevModPhys.65.1235, equations of section II.
    """
    wavelength = SPEED_OF_LIGHT / radar.frequency
    section = albedo * 0.25 * math.pi * diameter**2
    bandwidth = 4.0 * math.pi * diameter / (wavelength * rotation_period)
    far = np.atleast_1d(np.asarray(distance, dtype=np.float64))
    received = radar.power * radar.gain**2 * wavelength**2 * section / ((4.0 * math.pi) ** 3 * far**4)
    noise = BOLTZMANN * radar.noise_temperature * math.sqrt(bandwidth / (0.5 * track))
    ratio: Array = received / noise
    return ratio
