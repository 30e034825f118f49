"""How much of a disc, the Sun's above all, stands above a horizon."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = ["disc_fraction_above", "limb_darkened_fraction_above"]

Array = NDArray[np.float64]

VISIBLE_LIGHT = 550e-9  # [m] where daylight is brightest to a panel and to the eye
LAW_HOLDS = (417e-9, 2400e-9)  # [m] wavelengths that the exponent was fitted over, from the Balmer jump on


def disc_fraction_above(elevation: ArrayLike, angular_radius: ArrayLike) -> Array:
    """Fraction of a uniformly bright disc that stands above a straight horizon.

    Parameters
    ----------
    elevation : (N,) [rad]
        Angle of the disc's centre above the horizon in its own azimuth; negative below it.
    angular_radius : (N,) or scalar [rad]
        Apparent radius of the disc.

    Returns
    -------
    (N,) [1]
        0 where the disc is hidden, 1 where it is whole; NaN where an input is NaN.

    Raises
    ------
    InvalidInput
        An angular radius is zero or negative.

    Source
    ------
    Area of a circular segment. Use for lunar illumination: Mazarico et al. (2011), Icarus 211, 1066,
    doi:10.1016/j.icarus.2010.10.030.
    """
    height = _height_in_radii(elevation, angular_radius)
    return 1.0 - (np.arccos(height) - height * np.sqrt(1.0 - height * height)) / np.pi


def limb_darkened_fraction_above(
    elevation: ArrayLike, angular_radius: ArrayLike, wavelength: float = VISIBLE_LIGHT
) -> Array:
    """Fraction of the Sun's light that comes from the part of its disc above a straight horizon.

    The disc darkens towards its limb as mu^alpha, with mu the cosine of the angle between the line of sight and the
    Sun's vertical. A strip of the disc then shines as a power of its half chord, and the fraction is a regularised
    incomplete beta function with both parameters (alpha + 3) / 2; alpha = 0 gives back `disc_fraction_above`.

    Parameters
    ----------
    elevation : (N,) [rad]
        Angle of the disc's centre above the horizon in its own azimuth; negative below it.
    angular_radius : (N,) or scalar [rad]
        Apparent radius of the Sun.
    wavelength : float [m]
        Of the light, 417 to 2400 nm.

    Returns
    -------
    (N,) [1]
        0 where the Sun is hidden, 1 where it is whole; NaN where an input is NaN.

    Raises
    ------
    InvalidInput
        An angular radius is not positive, or the wavelength lies outside the law's range.

    Source
    ------
    Hestroffer & Magnan (1998), A&A 333, 338, equation 5: alpha = -0.023 + 0.292 um / wavelength.
    """
    from scipy.special import betainc

    if not LAW_HOLDS[0] <= wavelength <= LAW_HOLDS[1]:
        raise InvalidInput(f"the limb darkening law holds from 417 to 2400 nm; got {wavelength * 1e9:g} nm")
    shape = 0.5 * (3.0 - 0.023 + 0.292e-6 / wavelength)
    height = _height_in_radii(elevation, angular_radius)
    return np.asarray(betainc(shape, shape, 0.5 * (1.0 + height)), dtype=np.float64)


def _height_in_radii(elevation: ArrayLike, angular_radius: ArrayLike) -> Array:
    """Height of the centre above the horizon in radii, cut to where something changes; (N,) [1]."""
    elevation = np.atleast_1d(np.asarray(elevation, dtype=np.float64))
    radius = np.asarray(angular_radius, dtype=np.float64)
    if np.any(radius <= 0.0):
        raise InvalidInput(f"angular_radius must be positive [rad]; the smallest given is {float(np.nanmin(radius)):g}")
    return np.clip(elevation / radius, -1.0, 1.0)
