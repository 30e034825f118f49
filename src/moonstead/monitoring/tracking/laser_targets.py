"""What is known of satellites that lasers range to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from moonstead.foundation.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class LaserTarget:
    """A satellite that lasers range to.

    Attributes
    ----------
    center_of_mass : float [m]
        From where light is sent back to the centre of mass, along the way; mean of systems that stations use.
    area_to_mass : float [m^2/kg]
        Of its disc.
    reflectivity : float [1]
        Coefficient of the pressure of sunlight.
    """

    center_of_mass: float
    area_to_mass: float
    reflectivity: float


# Diameter 0.60 m, 406.965 kg and 405.38 kg, centre of mass 0.251 m: ILRS mission pages (recalled); mass and area of
# LAGEOS-2 as in the set-up of Orekit's test. Reflectivity 1.13: Rubincam et al. (1987), J. Geophys. Res. 92, 11662.
LASER_TARGETS: Mapping[str, LaserTarget] = MappingProxyType(
    {
        "lageos1": LaserTarget(0.251, 0.2827 / 406.965, 1.13),
        "lageos2": LaserTarget(0.251, 0.2827 / 405.38, 1.13),
    }
)


def laser_target(name: str) -> LaserTarget:
    """What is known of a satellite.

    Parameters
    ----------
    name : str
        As CRD and CPF files call it.

    Returns
    -------
    LaserTarget

    Raises
    ------
    InvalidInput
        It is not listed here.

    Source
    ------
    Beside `LASER_TARGETS`.
    """
    if name.lower() not in LASER_TARGETS:
        raise InvalidInput(
            f"centre of mass and area of {name!r} are not known here (only of {', '.join(LASER_TARGETS)}): give them"
        )
    return LASER_TARGETS[name.lower()]
