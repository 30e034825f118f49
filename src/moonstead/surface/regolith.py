"""What the ground of the Moon is to heat and light: density, conductivity, heat capacity, albedo, emissivity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = [
    "FENG_2020",
    "HIGHLAND",
    "MARE",
    "PUBLISHED",
    "VASAVADA_2012",
    "Regolith",
    "albedo",
    "conductivity",
    "contact_conductivity",
    "density",
    "heat_capacity",
    "specific_enthalpy",
]

Array = NDArray[np.float64]

RADIATIVE_REFERENCE = 350.0  # [K] at which `radiative_share` is stated
COLDEST = 10.0  # [K] the polynomial of the heat capacity holds above; it turns negative below 1.3 K
# [J/kg/K, ... /K^5] powers 0 to 4 of temperature, as Hayne et al. (2017) fit Hemingway (1973) and Ledlow (1992)
HEAT_CAPACITY = (-3.6125, 2.7431, 2.3616e-3, -1.2340e-5, 8.9093e-9)


@dataclass(frozen=True, slots=True)
class Regolith:
    """Constants of one published model of the uppermost metres of the Moon.

    Attributes
    ----------
    name : str
        What reports call it.
    surface_density, deep_density : float [kg/m3]
        Bulk density at the surface and far below `scale_depth`.
    surface_conductivity, deep_conductivity : float [W/m/K]
        By contact between grains, at the surface and far below.
    scale_depth : float [m]
        In which density and contact conductivity approach their deep values by a factor of e.
    radiative_share : float [1]
        Conductivity by radiation between grains over that by contact at 350 K; it grows as the cube of temperature.
    heat_capacity : tuple of 5 float [J/kg/K]
        Polynomial in temperature [K], lowest power first.
    normal_albedo : float [1]
        Bond albedo for a Sun in the zenith.
    albedo_cubic, albedo_eighth : float [1]
        Growth of the albedo with the angle of incidence: with its cube, at 45 degrees; with its eighth power, at 90.
    emissivity : float [1]
        Of the surface in the thermal infrared, over all directions.
    heat_flow : float [W/m2]
        From the interior.
    """

    name: str
    surface_density: float = 1100.0
    deep_density: float = 1800.0
    surface_conductivity: float = 7.4e-4
    deep_conductivity: float = 3.4e-3
    scale_depth: float = 0.07
    radiative_share: float = 2.7
    heat_capacity: tuple[float, float, float, float, float] = HEAT_CAPACITY
    normal_albedo: float = 0.12
    albedo_cubic: float = 0.06
    albedo_eighth: float = 0.25
    emissivity: float = 0.95
    heat_flow: float = 0.018

    def __post_init__(self) -> None:
        for what, value in (
            ("density", min(self.surface_density, self.deep_density)),
            ("conductivity", min(self.surface_conductivity, self.deep_conductivity)),
            ("scale depth", self.scale_depth),
        ):
            if not (math.isfinite(value) and value > 0.0):
                raise InvalidInput(f"regolith {self.name!r}: {what} must be positive; got {value!r}")
        if not (self.radiative_share >= 0.0 and self.heat_flow >= 0.0):
            raise InvalidInput(f"regolith {self.name!r}: radiative share and heat flow must not be negative")
        if not 0.0 <= self.normal_albedo < 1.0:
            raise InvalidInput(f"regolith {self.name!r}: albedo must lie in [0, 1); got {self.normal_albedo!r}")
        if not 0.0 < self.emissivity <= 1.0:
            raise InvalidInput(f"regolith {self.name!r}: emissivity must lie in (0, 1]; got {self.emissivity!r}")


# Hayne et al. (2017), table A1 and the global mean of its scale depth; mean highland and mare albedo
HIGHLAND = Regolith("Hayne 2017, highland")
MARE = Regolith("Hayne 2017, mare", normal_albedo=0.06)
# as used by Martinez & Siegler (2021), doi:10.1029/2021JE006829, for their standard model
FENG_2020 = Regolith("Feng 2020", surface_conductivity=8.0e-4, deep_conductivity=3.8e-3, scale_depth=0.06)
# Vasavada et al. (2012), doi:10.1029/2011JE003987, recalled: not checked against the paper
VASAVADA_2012 = Regolith(
    "Vasavada 2012",
    surface_density=1300.0,
    surface_conductivity=6.0e-4,
    deep_conductivity=7.0e-3,
    scale_depth=0.06,
    albedo_cubic=0.045,
    albedo_eighth=0.14,
)
PUBLISHED = (HIGHLAND, MARE, FENG_2020, VASAVADA_2012)


def density(regolith: Regolith, depth: ArrayLike) -> Array:
    """Bulk density of the ground.

    Parameters
    ----------
    regolith : Regolith
        Its constants.
    depth : (N,) [m]
        Below the surface.

    Returns
    -------
    (N,) [kg/m3]

    Source
    ------
    Hayne et al. (2017), JGR Planets 122, 2371, doi:10.1002/2017JE005387, equation A2.
    """
    fade = np.exp(-np.asarray(depth, dtype=np.float64) / regolith.scale_depth)
    return np.asarray(regolith.deep_density - (regolith.deep_density - regolith.surface_density) * fade)


def contact_conductivity(regolith: Regolith, depth: ArrayLike) -> Array:
    """Conductivity of the ground by contact between grains alone.

    Parameters
    ----------
    regolith : Regolith
        Its constants.
    depth : (N,) [m]
        Below the surface.

    Returns
    -------
    (N,) [W/m/K]

    Source
    ------
    Hayne et al. (2017), doi:10.1002/2017JE005387, appendix A: linear in density, so with the same scale depth.
    """
    fade = np.exp(-np.asarray(depth, dtype=np.float64) / regolith.scale_depth)
    deep = regolith.deep_conductivity
    return np.asarray(deep - (deep - regolith.surface_conductivity) * fade)


def conductivity(regolith: Regolith, depth: ArrayLike, temperature: ArrayLike) -> Array:
    """Thermal conductivity of the ground, by contact and by radiation between grains.

    Parameters
    ----------
    regolith : Regolith
        Its constants.
    depth : (N,) [m]
        Below the surface.
    temperature : (N,) [K]
        Of the ground there.

    Returns
    -------
    (N,) [W/m/K]

    Source
    ------
    Hayne et al. (2017), doi:10.1002/2017JE005387, equation A5: K_c (1 + chi (T / 350 K)^3).
    """
    heat = regolith.radiative_share * (np.asarray(temperature, dtype=np.float64) / RADIATIVE_REFERENCE) ** 3
    return contact_conductivity(regolith, depth) * (1.0 + heat)


def heat_capacity(regolith: Regolith, temperature: ArrayLike) -> Array:
    """Specific heat capacity of the ground.

    Parameters
    ----------
    regolith : Regolith
        Its constants.
    temperature : (N,) [K]
        10 K or more, where the polynomial holds.

    Returns
    -------
    (N,) [J/kg/K]

    Source
    ------
    Hayne et al. (2017), doi:10.1002/2017JE005387, appendix A, after Hemingway et al. (1973) and Ledlow et al. (1992),
    ApJ 348, 640.
    """
    return np.asarray(np.polynomial.polynomial.polyval(np.asarray(temperature, float), regolith.heat_capacity))


def specific_enthalpy(regolith: Regolith, temperature: ArrayLike) -> Array:
    """Heat in a kilogram of ground: the integral of the heat capacity from 0 K.

    Parameters
    ----------
    regolith : Regolith
        Its constants.
    temperature : (N,) [K]
        Of the ground.

    Returns
    -------
    (N,) [J/kg]

    Source
    ------
    Definition; the polynomial of `heat_capacity`, integrated.
    """
    integral = np.polynomial.polynomial.polyint(regolith.heat_capacity)
    return np.asarray(np.polynomial.polynomial.polyval(np.asarray(temperature, float), integral))


def albedo(regolith: Regolith, incidence: ArrayLike) -> Array:
    """Bond albedo of the ground for sunlight that comes in at an angle.

    Parameters
    ----------
    regolith : Regolith
        Its constants.
    incidence : (N,) [rad]
        Between the Sun and the normal of the ground; beyond pi/2 the value at pi/2.

    Returns
    -------
    (N,) [1]
        Never above 1.

    Source
    ------
    Keihm (1984), Icarus 60, 568; constants of Hayne et al. (2017), doi:10.1002/2017JE005387, equation A8:
    A_0 + a (theta / 45 deg)^3 + b (theta / 90 deg)^8.
    """
    quarter = np.clip(np.asarray(incidence, dtype=np.float64), 0.0, 0.5 * math.pi) / (0.25 * math.pi)
    grown = regolith.albedo_cubic * quarter**3 + regolith.albedo_eighth * (0.5 * quarter) ** 8
    return np.asarray(np.minimum(regolith.normal_albedo + grown, 1.0))
