"""How much of a disc, the Sun's above all, stands above a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = [
    "DiscStrips",
    "disc_fraction_above",
    "disc_strips",
    "limb_darkened_fraction_above",
    "limb_darkening_exponent",
]

Array = NDArray[np.float64]

VISIBLE_LIGHT = 550e-9  # [m] where daylight is brightest to a panel and to the eye
LAW_HOLDS = (417e-9, 2400e-9)  # [m] wavelengths that the exponent was fitted over, from the Balmer jump on
TABLE_SIZE = 1025  # straight lines between so many values stray from the light above an edge by 1e-6


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

    shape = 0.5 * (3.0 + limb_darkening_exponent(wavelength))
    height = _height_in_radii(elevation, angular_radius)
    return np.asarray(betainc(shape, shape, 0.5 * (1.0 + height)), dtype=np.float64)


def limb_darkening_exponent(wavelength: float = VISIBLE_LIGHT) -> float:
    """Exponent alpha of the Sun's limb darkening, mu^alpha.

    Parameters
    ----------
    wavelength : float [m]
        Of the light, 417 to 2400 nm.

    Returns
    -------
    float [1]
        0.51 in visible light.

    Raises
    ------
    InvalidInput
        The wavelength lies outside the law's range.

    Source
    ------
    Hestroffer & Magnan (1998), A&A 333, 338, equation 5: alpha = -0.023 + 0.292 um / wavelength.
    """
    if not LAW_HOLDS[0] <= wavelength <= LAW_HOLDS[1]:
        raise InvalidInput(f"the limb darkening law holds from 417 to 2400 nm; got {wavelength * 1e9:g} nm")
    return -0.023 + 0.292e-6 / wavelength


@dataclass(frozen=True, eq=False)
class DiscStrips:
    """A disc cut into upright strips, ready for a skyline that is not straight over its width.

    Attributes
    ----------
    nodes : (K,) [1]
        Where the strips stand beside the middle, in radii.
    chords : (K,) [1]
        Their half lengths in radii.
    weights : (K,) [1]
        Their shares of the disc's light; the sum is 1.
    table : (L,) [1]
        Share of a strip's light above an edge, at L equal steps of the strip's middle from one half chord under the
        edge to one above it.
    """

    nodes: NDArray[np.float64]
    chords: NDArray[np.float64]
    weights: NDArray[np.float64]
    table: NDArray[np.float64]


@lru_cache(maxsize=8)
def disc_strips(count: int, exponent: float = 0.0) -> DiscStrips:
    """Strips of a disc whose light falls towards its limb as mu^exponent.

    A strip at x radii shines in all as (1 - x^2)^((exponent + 1) / 2), which is the weight of Gauss-Gegenbauer
    quadrature; along the strip the light above an edge is a regularised incomplete beta function.

    Parameters
    ----------
    count : int
        Number of strips, 1 or more; 1 takes the skyline as level under the whole disc.
    exponent : float [1]
        0 for an even disc, `limb_darkening_exponent` for the Sun.

    Returns
    -------
    DiscStrips

    Raises
    ------
    InvalidInput
        The count is below 1 or the exponent not between 0 and 2.

    Source
    ------
    Quadrature: Abramowitz & Stegun (1964), 25.4.38 and table 22.2. Limb darkening: Hestroffer & Magnan (1998), A&A
    333, 338, equation 1. Strips of the Sun on a skyline: Mazarico et al. (2011), Icarus 211, 1066, section 2,
    doi:10.1016/j.icarus.2010.10.030.
    """
    from scipy.special import betainc, roots_gegenbauer

    if count < 1:
        raise InvalidInput(f"a disc has at least one strip; got {count}")
    if not 0.0 <= exponent <= 2.0:
        raise InvalidInput(f"the exponent of limb darkening lies between 0 and 2; got {exponent!r}")
    height = np.linspace(0.0, 1.0, TABLE_SIZE)
    if count == 1:
        # one edge cuts the whole disc, whose light along any diameter's direction is that of all its strips
        shape = 0.5 * (3.0 + exponent)
        return DiscStrips(np.zeros(1), np.ones(1), np.ones(1), np.asarray(betainc(shape, shape, height)))
    nodes, weights = roots_gegenbauer(count, 0.5 * exponent + 1.0)
    shape = 0.5 * exponent + 1.0
    chords = np.sqrt(1.0 - nodes * nodes)
    return DiscStrips(
        np.ascontiguousarray(nodes), chords, weights / np.sum(weights), np.asarray(betainc(shape, shape, height))
    )


def _height_in_radii(elevation: ArrayLike, angular_radius: ArrayLike) -> Array:
    """Height of the centre above the horizon in radii, cut to where something changes; (N,) [1]."""
    elevation = np.atleast_1d(np.asarray(elevation, dtype=np.float64))
    radius = np.asarray(angular_radius, dtype=np.float64)
    if np.any(radius <= 0.0):
        raise InvalidInput(f"angular_radius must be positive [rad]; the smallest given is {float(np.nanmin(radius)):g}")
    return np.clip(elevation / radius, -1.0, 1.0)
