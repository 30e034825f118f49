"""How the tables of the perturbing bodies are laid out for kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LANES = 8
BODIES = 32  # places for bodies: three vectors of planets and padding, then two of asteroids
HEAVY = 16  # the first two vectors: Sun, planets, Moon, which also pull by relativity
SUN, VENUS, EARTH, MARS, JUPITER, SATURN, URANUS, NEPTUNE, MOON, MERCURY, PLUTO = range(11)
FIRST_ASTEROID = HEAVY

PLANET_NAMES = (
    "SUN",
    "VENUS",
    "EARTH",
    "MARS BARYCENTER",
    "JUPITER BARYCENTER",
    "SATURN BARYCENTER",
    "URANUS BARYCENTER",
    "NEPTUNE BARYCENTER",
    "MOON",
    "MERCURY BARYCENTER",
    "PLUTO BARYCENTER",
)

# places in PerturberTables.clock
FAST, SLOW, BELT, AXES = 0, 2, 4, 6
MOON_SHARE = 8
CLOCK = 9


class PerturberTables(NamedTuple):
    """Arrays that kernels read; everything from the solar system barycentre in ICRF axes.

    Attributes
    ----------
    clock : (9,) [s TDB past J2000, s, 1]
        Begin and length of the records of `fast`, `slow`, `belt`, `axes`; mass of the Moon by that of Earth and Moon.
    gm : (32,) [m^3/s^2]
        Of the bodies in their places; 0 in places without a body.
    fast : (R, 14, 8) [m]
        Chebyshev coefficients T_0 .. of Moon from Earth (x, y, z), Mercury (x, y, z), two zeros.
    slow : (R, 4, 13, 8) [m]
        Vectors 0, 1, 2: x, y, z of Sun, Venus, Earth-Moon barycentre, Mars, Jupiter, Saturn, Uranus, Neptune;
        vector 3: x, y, z of Pluto and five zeros.
    belt : (R, 6, T, 8) [m]
        Vectors 2c and 2c + 1: component c of the first and the last eight asteroids; no records without asteroids.
    axes : (R, 14, 8) [1]
        Quaternion w, x, y, z from the ICRF to the Moon's principal axes, four zeros.
    field : (2, 5, 5) [m^(n+3)/s^2]
        Moon: unnormalised C and S by degree n and order, times GM and the reference radius to the power n.
    radii : (11,) [m]
        Of the places 0 to 10: where a flight ends, and within which a body pulls as if it were of even density.
    """

    clock: Array
    gm: Array
    fast: Array
    slow: Array
    belt: Array
    axes: Array
    field: Array
    radii: Array
