"""The body that strikes: mass, density, speed and steepness."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.errors import InvalidInput

__all__ = ["MEGATON", "USUAL_DENSITY", "Impactor", "impactor_of_diameter", "impactor_of_energy"]

MEGATON = 4.184e15  # [J] of TNT, by definition
USUAL_DENSITY = 2600.0  # [kg/m3] as Sentry takes it
LIGHTEST, HEAVIEST = 1.0, 23_000.0  # [kg/m3] an empty rocket stage has 23; osmium 22 600


@dataclass(frozen=True, slots=True)
class Impactor:
    """A body as it reaches the ground.

    Attributes
    ----------
    mass : float [kg]
    density : float [kg/m3]
        Mean, with all that is hollow.
    speed : float [m/s]
        Relative to the ground.
    elevation : float [rad]
        Of the path above the horizontal: pi/2 straight down.
    """

    mass: float
    density: float
    speed: float
    elevation: float = 0.25 * math.pi

    def __post_init__(self) -> None:
        if not (0.0 < self.mass < math.inf and 0.0 < self.speed < 2.998e8):
            raise InvalidInput(f"an impactor needs a positive mass [kg] and speed [m/s]; got {self.mass}, {self.speed}")
        if not LIGHTEST <= self.density <= HEAVIEST:
            raise InvalidInput(
                f"the density of an impactor must lie between {LIGHTEST:g} and {HEAVIEST:g} kg/m3; got {self.density}"
            )
        if not 0.0 < self.elevation <= 0.5 * math.pi:
            raise InvalidInput(
                f"a path that strikes rises between 0 and pi/2 over the horizontal [rad]; got {self.elevation}; "
                "is it in degrees?"
            )

    @property
    def radius(self) -> float:
        """Of the sphere [m] of its mass and density."""
        return float((3.0 * self.mass / (4.0 * math.pi * self.density)) ** (1.0 / 3.0))

    @property
    def energy(self) -> float:
        """Kinetic energy [J]."""
        return 0.5 * self.mass * self.speed**2

    @property
    def vertical_speed(self) -> float:
        """Component [m/s] straight down, which takes the place of the speed in laws found for vertical impacts."""
        return self.speed * math.sin(self.elevation)


def impactor_of_diameter(diameter: float, density: float, speed: float, elevation: float = 0.25 * math.pi) -> Impactor:
    """Sphere of a diameter.

    Parameters
    ----------
    diameter : float [m]
    density : float [kg/m3]
    speed : float [m/s]
    elevation : float [rad]
        Of the path above the horizontal.

    Returns
    -------
    Impactor

    Raises
    ------
    InvalidInput
        A value that no impactor has.

    Source
    ------
    Volume of a sphere.
    """
    if not 0.0 < diameter < 1e7:
        raise InvalidInput(f"an impactor's diameter must be positive and below 1e7 m; got {diameter}")
    return Impactor(math.pi / 6.0 * density * diameter**3, density, speed, elevation)


def impactor_of_energy(
    energy: float, speed: float, density: float = USUAL_DENSITY, elevation: float = 0.25 * math.pi
) -> Impactor:
    """Body of an energy and a speed.

    Parameters
    ----------
    energy : float [J]
    speed : float [m/s]
    density : float [kg/m3]
    elevation : float [rad]
        Of the path above the horizontal.

    Returns
    -------
    Impactor

    Raises
    ------
    InvalidInput
        A value that no impactor has.

    Source
    ------
    Kinetic energy, m v^2 / 2.
    """
    if not (0.0 < energy < math.inf and 0.0 < speed < math.inf):
        raise InvalidInput(f"energy [J] and speed [m/s] of an impactor must be positive; got {energy} and {speed}")
    return Impactor(2.0 * energy / speed**2, density, speed, elevation)
