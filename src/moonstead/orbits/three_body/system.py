"""Two bodies on circles about each other: the constants that give three-body orbits their size and pace."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.bodies import body
from moonstead.foundation.errors import InvalidInput

CATALOGUE = "JPL Three-Body Periodic Orbits, ssd.jpl.nasa.gov/tools/periodic_orbits.html"

# mean semi-major axes of the secondary about the primary [m]; JPL, Approximate Positions of the Planets (Standish),
# table 1, J2000, for the planets; the catalogue above for the Moon
_MEAN_DISTANCE = {("SUN", "EARTH"): 1.000_002_61 * 149_597_870_700.0, ("SUN", "MARS"): 1.523_710_34 * 149_597_870_700.0}
_STANDISH = "mean distance: Standish, Approximate Positions of the Planets (JPL), table 1; GM: DE440"


@dataclass(frozen=True, slots=True)
class ThreeBodySystem:
    """Constants of a circular restricted three-body problem; every orbit carries them.

    The barycentre is the origin, the primary lies at (-mass_ratio, 0, 0), the secondary at (1 - mass_ratio, 0, 0);
    lengths are in units of their distance, times in periods of their revolution over 2 pi.

    Attributes
    ----------
    primary, secondary : str
        NAIF names.
    mass_ratio : float [1]
        Mass of the secondary over the mass of both.
    length : float [m]
        Distance of the two.
    time : float [s]
        Period of their revolution over 2 pi.
    source : str
        Where the numbers come from.
    """

    primary: str
    secondary: str
    mass_ratio: float
    length: float
    time: float
    source: str

    def __post_init__(self) -> None:
        if not 0.0 < self.mass_ratio <= 0.5:
            raise InvalidInput(
                f"mass_ratio must lie in (0, 0.5], the secondary is the lighter one: {self.mass_ratio:g}"
            )
        if not (self.length > 0.0 and self.time > 0.0 and math.isfinite(self.length) and math.isfinite(self.time)):
            raise InvalidInput(f"length [m] and time [s] must be positive: {self.length:g}, {self.time:g}")

    @property
    def speed(self) -> float:
        """Unit of speed [m/s]."""
        return self.length / self.time


EARTH_MOON = ThreeBodySystem(
    "EARTH", "MOON", 0.01215058560962404, 389703.2648292776e3, 382981.2891290545, f"{CATALOGUE}, read 2026"
)


def three_body_system(primary: str, secondary: str) -> ThreeBodySystem:
    """Constants of two bodies from DE440 masses and their mean distance.

    Earth and Moon have the constants of JPL's catalogue. The Earth beside the Sun is taken with the mass of its Moon.

    Parameters
    ----------
    primary, secondary : str
        NAIF names: EARTH and MOON, SUN and EARTH, SUN and MARS.

    Returns
    -------
    ThreeBodySystem
        Mass ratio, length and time.

    Raises
    ------
    InvalidInput
        No mean distance of the two is known; make a `ThreeBodySystem` from your own constants.

    Source
    ------
    Kepler's third law; mean distances of Standish (JPL), masses of DE440: Park et al. (2021), AJ 161,
    105, doi:10.3847/1538-3881/abd414.
    """
    pair = (primary.upper(), secondary.upper())
    if pair == ("EARTH", "MOON"):
        return EARTH_MOON
    if pair not in _MEAN_DISTANCE:
        known = ", ".join("-".join(names) for names in (("EARTH", "MOON"), *_MEAN_DISTANCE))
        raise InvalidInput(f"no constants for {'-'.join(pair)}; there are {known}, or give your own ThreeBodySystem")
    heavy = body(pair[0]).gm
    light = body("EARTH BARYCENTER" if pair[1] == "EARTH" else "MARS BARYCENTER").gm
    length = _MEAN_DISTANCE[pair]
    total = heavy + light
    return ThreeBodySystem(*pair, light / total, length, math.sqrt(length**3 / total), _STANDISH)
