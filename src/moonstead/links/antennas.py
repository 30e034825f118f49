"""Gain, beam and pointing of parabolic antennas."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

APERTURE_EFFICIENCY = 0.6  # [1] typical of a well-kept Cassegrain dish; Maral & Bousquet (2009), section 5.2
BEAMWIDTH_FACTOR = np.radians(70.0)  # [rad] half-power width times diameter over wavelength, same section


def parabolic_gain_dbi(diameter: ArrayLike, frequency: ArrayLike, efficiency: ArrayLike = APERTURE_EFFICIENCY) -> Array:
    """Gain of a circular dish on its axis.

    Parameters
    ----------
    diameter : (...) [m]
        Diameter of the aperture.
    frequency : (...) [Hz]
        Carrier frequency.
    efficiency : (...) [1]
        Aperture efficiency with surface, illumination and blockage, in (0, 1].

    Returns
    -------
    (...) [dBi]
        ``10 log10(efficiency (pi D f / c)^2)``.

    Raises
    ------
    InvalidInput
        A diameter or frequency is not positive, or an efficiency lies outside (0, 1].

    Source
    ------
    G. Maral, M. Bousquet, Satellite Communications Systems, 5th ed. (2009), section 5.2.
    """
    diameter, frequency, efficiency = (np.asarray(x, dtype=np.float64) for x in (diameter, frequency, efficiency))
    _require_positive("diameter", diameter, "m")
    _require_positive("frequency", frequency, "Hz")
    if np.any(efficiency <= 0.0) or np.any(efficiency > 1.0):
        raise InvalidInput(f"aperture efficiency must lie in (0, 1]; got {efficiency}")
    return 10.0 * np.log10(efficiency) + 20.0 * np.log10(np.pi * diameter * frequency / SPEED_OF_LIGHT)


def half_power_beamwidth(diameter: ArrayLike, frequency: ArrayLike) -> Array:
    """Full angle in which a dish keeps at least half of its gain.

    Parameters
    ----------
    diameter : (...) [m]
        Diameter of the aperture.
    frequency : (...) [Hz]
        Carrier frequency.

    Returns
    -------
    (...) [rad]
        ``70 deg * wavelength / D``, for the usual tapered illumination; between 58 and 72 deg for others.

    Raises
    ------
    InvalidInput
        A diameter or frequency is not positive.

    Source
    ------
    G. Maral, M. Bousquet, Satellite Communications Systems, 5th ed. (2009), section 5.2.
    """
    diameter, frequency = np.asarray(diameter, dtype=np.float64), np.asarray(frequency, dtype=np.float64)
    _require_positive("diameter", diameter, "m")
    _require_positive("frequency", frequency, "Hz")
    return np.asarray(BEAMWIDTH_FACTOR * SPEED_OF_LIGHT / (frequency * diameter))


def pointing_loss_db(offset: ArrayLike, beamwidth: ArrayLike) -> Array:
    """Gain lost by looking beside the target.

    Parameters
    ----------
    offset : (...) [rad]
        Angle between the antenna's axis and the target.
    beamwidth : (...) [rad]
        Half-power beamwidth, full angle.

    Returns
    -------
    (...) [dB]
        ``12 (offset / beamwidth)^2``: the main lobe as a parabola in dB, 3 dB at half the beamwidth.
        NaN beyond one beamwidth, where the main lobe ends and the model with it.

    Raises
    ------
    InvalidInput
        A beamwidth is not positive.

    Source
    ------
    G. Maral, M. Bousquet, Satellite Communications Systems, 5th ed. (2009), sections 5.2 and 5.4.
    """
    offset, beamwidth = np.asarray(offset, dtype=np.float64), np.asarray(beamwidth, dtype=np.float64)
    _require_positive("beamwidth", beamwidth, "rad")
    ratio = np.abs(offset / beamwidth)
    return np.where(ratio <= 1.0, 12.0 * ratio**2, np.nan)


def _require_positive(name: str, value: Array, unit: str) -> None:
    if np.any(value <= 0.0):
        raise InvalidInput(f"{name} must be positive [{unit}]; the smallest given is {float(np.nanmin(value)):g}")
