"""Sizes of the pieces that an impact throws out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.interval import Interval

__all__ = ["FRAGMENT_DENSITY", "MASS_INDEX", "SPEED_INDEX", "fragments_per_mass", "largest_fragment"]

Array = NDArray[np.float64]

FRAGMENT_DENSITY = 2500.0  # [kg/m3] grains and breccias of the Moon: 2300 to 3200, Lunar Sourcebook, chapter 9
MASS_INDEX = Interval(0.6, 0.8, 0.9)  # [1] b of N(> m) ~ m^-b; see `fragments_per_mass`
SPEED_INDEX = Interval(0.3, 1.0, 3.0)  # [1] beta of d_max ~ v^-beta; see `largest_fragment`


def largest_fragment(
    launch_speed: ArrayLike, crater_diameter: float, rim_speed: float, index: float = SPEED_INDEX.nominal
) -> Array:
    """Diameter of the largest piece that leaves at a speed.

    Parameters
    ----------
    launch_speed : (N,) [m/s]
    crater_diameter : float [m]
        From rim to rim.
    rim_speed : float [m/s]
        At which the ground just outside the rim leaves.
    index : float [1]
        beta of the fall with the speed.

    Returns
    -------
    (N,) [m]
        At most the largest block on the rim.

    Raises
    ------
    InvalidInput
        A diameter or a speed is not positive.

    Source
    ------
    Largest block, 0.25 D^0.7 in metres: Lee et al. (1996), Icarus 120, 87, doi:10.1006/icar.1996.0039 (numbers
    recalled). Fall with the speed, exponents 0.3 to 3 over lunar craters of 0.8 to 660 km: Singer, Jolliff & McKinnon
    (2020), JGR 125, e2019JE006313, doi:10.1029/2019JE006313; the middle value 1 is a choice of ours within that span.
    """
    speed = np.asarray(launch_speed, dtype=np.float64)
    if not (crater_diameter > 0.0 and rim_speed > 0.0 and np.all(speed > 0.0)):
        raise InvalidInput("fragments need a positive crater diameter [m] and positive speeds [m/s]")
    return 0.25 * crater_diameter**0.7 * np.maximum(speed / rim_speed, 1.0) ** -index


def fragments_per_mass(
    diameter: ArrayLike, largest: ArrayLike, index: float = MASS_INDEX.nominal, density: float = FRAGMENT_DENSITY
) -> Array:
    """Number of pieces of a diameter or more in a mass of ejecta.

    Parameters
    ----------
    diameter : (N,) [m]
        Least diameter counted.
    largest : (N,) [m]
        Diameter of the largest piece.
    index : float [1]
        b of the law, between 0 and 1.
    density : float [kg/m3]
        Of a piece.

    Returns
    -------
    (N,) [1/kg]
        Zero from the largest piece on.

    Raises
    ------
    InvalidInput
        A diameter or the density is not positive, or the index is not between 0 and 1.

    Source
    ------
    ``N(> m) = C (m^-b - m_max^-b)`` with all mass in it: ``C = (1 - b) / b m_max^(b - 1)``. b = 0.6: Gault, Shoemaker &
    Moore (1963), NASA TN D-1767; 0.8: Koschny & Gruen (2001), Icarus 154, 402; 0.9: Horanyi et al. (2015), Nature 522,
    324 (dust measured over the Moon). The three indices are recalled.
    """
    size, top = np.asarray(diameter, dtype=np.float64), np.asarray(largest, dtype=np.float64)
    if not (np.all(size > 0.0) and np.all(top > 0.0) and density > 0.0 and 0.0 < index < 1.0):
        raise InvalidInput("fragments need positive diameters [m] and density [kg/m3], and an index between 0 and 1")
    mass, most = (math.pi / 6.0 * density * d**3 for d in (size, top))
    return (1.0 - index) / index * np.maximum((mass / most) ** -index - 1.0, 0.0) / most
