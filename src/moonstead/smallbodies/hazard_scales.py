"""How bad a possible impact is: Palermo and Torino scales, and the size and energy behind a magnitude."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.impactor import MEGATON, USUAL_DENSITY
from moonstead.smallbodies.effects.interval import Interval

__all__ = [
    "USUAL_ALBEDO",
    "SizeEstimate",
    "cumulative_palermo",
    "diameter_of_magnitude",
    "palermo_scale",
    "size_of_diameter",
    "size_of_magnitude",
    "torino_scale",
]

USUAL_ALBEDO = 0.154  # [1] with which Sentry turns H into a diameter
DIAMETER_AT_ZERO = 1_329_000.0  # [m] of a body with H = 0 and an albedo of 1
DENSITIES = (1_190.0, 3_500.0)  # [kg/m3] Bennu (JPL#118) to a stony body without pores
ALBEDO_SHARE = 0.05  # [1] of the near-Earth asteroids beyond each end of the albedo span
DARK, DARK_ALBEDO, BRIGHT_ALBEDO = 0.253, 0.030, 0.168  # [1] the two Rayleigh distributions of albedo
LONGEST_TORINO = 100.0  # [a] the scale speaks of the next century


@dataclass(frozen=True, slots=True)
class SizeEstimate:
    """What an absolute magnitude says about a body that nobody measured.

    Attributes
    ----------
    diameter : Interval
        [m]; 90 % of near-Earth albedos lie within, and H within two of its standard deviations.
    mass : Interval
        [kg]; over the diameters at the usual density, and over densities at the usual diameter, the wider of both.
    """

    diameter: Interval
    mass: Interval

    def energy(self, speed: float) -> Interval:
        """Kinetic energy [J] at a speed [m/s].

        Parameters
        ----------
        speed : float [m/s]
            Relative to what is struck.

        Returns
        -------
        Interval
            [J]
        """
        return self.mass.through(lambda mass: 0.5 * mass * speed**2)


def palermo_scale(probability: float, energy: float, years: float) -> float:
    """Hazard of one possible impact against that of all others of its energy until then, in powers of ten.

    Parameters
    ----------
    probability : float [1]
        Of the impact.
    energy : float [J]
        Of the impact.
    years : float [1]
        Julian years until then.

    Returns
    -------
    float [1]
        0: as likely as an impact of that energy or more by any body meanwhile; minus infinity for a probability of 0.

    Raises
    ------
    InvalidInput
        The probability lies outside 0 to 1, or energy or time are not positive.

    Source
    ------
    Chesley, Chodas, Milani, Valsecchi & Yeomans (2002), Icarus 159, 423, doi:10.1006/icar.2002.6910:
    PS = log10(p / (f_B dt)), f_B = 0.03 E^-0.8 per year with E in Mt of TNT.
    """
    if not (0.0 <= probability <= 1.0 and energy > 0.0 and years > 0.0):
        raise InvalidInput(
            f"the Palermo scale needs a probability in 0 to 1, an energy and a time above zero; got {probability}, "
            f"{energy} J, {years} years"
        )
    if probability == 0.0:
        return -math.inf
    background = 0.03 * (energy / MEGATON) ** -0.8
    return math.log10(probability / (background * years))


def cumulative_palermo(scales: Iterable[float]) -> float:
    """Palermo scale of several possible impacts together.

    Parameters
    ----------
    scales : iterable of float [1]
        Of each.

    Returns
    -------
    float [1]
        Minus infinity for none.

    Source
    ------
    Chesley et al. (2002), Icarus 159, 423, doi:10.1006/icar.2002.6910: the sum of the relative risks.
    """
    total = sum(10.0**scale for scale in scales)
    return math.log10(total) if total > 0.0 else -math.inf


def torino_scale(probability: float, energy: float, years: float = 0.0) -> int | None:
    """Hazard of one possible impact in a number for the public, 0 to 10.

    Parameters
    ----------
    probability : float [1]
        Of the impact on the Earth.
    energy : float [J]
        Of the impact.
    years : float [1]
        Julian years until then.

    Returns
    -------
    int or None
        The level; None beyond the hundred years that the scale speaks of.

    Raises
    ------
    InvalidInput
        The probability lies outside 0 to 1, or the energy is not positive.

    Source
    ------
    Binzel (2000), Planet. Space Sci. 48, 297, doi:10.1016/S0032-0633(00)00006-4, figure 2: lines of equal hazard
    log10(E) / 3 + log10(p) / 2 with E in Mt, a body below 1 Mt does not reach the ground; words as revised by Morrison,
    Chapman, Steel & Binzel (2004). The place of the lines is that of public code (NEOs.jl), not read in the paper.
    """
    if not (0.0 <= probability <= 1.0 and energy > 0.0):
        raise InvalidInput(
            f"the Torino scale needs a probability in 0 to 1 and an energy; got {probability}, {energy} J"
        )
    if years > LONGEST_TORINO:
        return None
    size = math.log10(energy / MEGATON)
    if probability == 0.0 or size < 0.0:
        return 0
    chance = math.log10(probability)
    local, regional = size < 2.0, size < 5.0
    if probability >= 0.99:
        return 8 if local else 9 if regional else 10
    hazard = size / 3.0 + 0.5 * (chance + 2.0)  # grows with both; the levels of little chance are its bands
    if hazard < -1.0 / 3.0:
        return 0
    if chance < -2.0:
        return 1 if hazard < 2.0 / 3.0 else 2 if hazard < 5.0 / 3.0 else 6
    if local:
        return 3
    if not regional:
        return 7
    return 4 if hazard < 5.0 / 3.0 else 5


def diameter_of_magnitude(magnitude: float, albedo: float = USUAL_ALBEDO) -> float:
    """Diameter of a sphere with an absolute magnitude and an albedo.

    Parameters
    ----------
    magnitude : float [1]
        H.
    albedo : float [1]
        Geometric, in V.

    Returns
    -------
    float [m]
        Of the sphere.

    Raises
    ------
    InvalidInput
        The albedo does not lie between 0 and 1.

    Source
    ------
    Pravec & Harris (2007), Icarus 190, 250, doi:10.1016/j.icarus.2007.02.023, appendix A: 1329 km p^-1/2 10^(-H/5).
    """
    if not 0.0 < albedo <= 1.0:
        raise InvalidInput(f"an albedo lies above 0 and up to 1; got {albedo}")
    return float(DIAMETER_AT_ZERO / math.sqrt(albedo) * 10.0 ** (-0.2 * magnitude))


def size_of_magnitude(magnitude: float, sigma: float = 0.0) -> SizeEstimate:
    """Diameter and mass behind an absolute magnitude, with the span that unknown albedo and density leave.

    Parameters
    ----------
    magnitude : float [1]
        H.
    sigma : float [1]
        Its standard deviation.

    Returns
    -------
    SizeEstimate
        Usual values as Sentry takes them: an albedo of 0.154 and 2600 kg/m3.

    Raises
    ------
    InvalidInput
        The magnitude or its deviation is not finite, or the deviation is negative.

    Source
    ------
    Wright, Mainzer, Masiero, Grav & Bauer (2016), AJ 152, 79, doi:10.3847/0004-6256/152/4/79: albedos of near-Earth
    asteroids are two Rayleigh distributions, 25.3 % about 0.030 and the others about 0.168 (recalled, not read again).
    """
    if not (math.isfinite(magnitude) and math.isfinite(sigma) and sigma >= 0.0):
        raise InvalidInput(
            f"a magnitude and its deviation are finite, the deviation not negative; got {magnitude}, {sigma}"
        )
    bright, dark = _albedo_quantile(1.0 - ALBEDO_SHARE), _albedo_quantile(ALBEDO_SHARE)
    diameter = Interval.around(
        diameter_of_magnitude(magnitude),
        (diameter_of_magnitude(magnitude + 2.0 * sigma, bright), diameter_of_magnitude(magnitude - 2.0 * sigma, dark)),
    )
    return size_of_diameter(diameter)


def size_of_diameter(diameter: Interval, density: float | None = None) -> SizeEstimate:
    """Size and mass of a body whose diameter is measured.

    Parameters
    ----------
    diameter : Interval
        [m]
    density : float or None [kg/m3]
        Where it is known too; None for the usual 2600 kg/m3, with the span that asteroids have.

    Returns
    -------
    SizeEstimate
        Masses of spheres.

    Raises
    ------
    InvalidInput
        The diameter or the density is not positive.

    Source
    ------
    A sphere's volume; densities as `DENSITIES` names them.
    """
    if not (diameter.low > 0.0 and (density is None or density > 0.0)):
        raise InvalidInput(f"a body has a diameter and a density above zero; got {diameter.low} m, {density} kg/m3")
    usual = USUAL_DENSITY if density is None else density
    masses = [math.pi / 6.0 * usual * size**3 for size in (diameter.low, diameter.nominal, diameter.high)]
    if density is None:
        masses += [math.pi / 6.0 * dense * diameter.nominal**3 for dense in DENSITIES]
    return SizeEstimate(diameter, Interval.around(masses[1], masses))


def _albedo_quantile(share: float) -> float:
    """Albedo [1] that a share of the near-Earth asteroids stays below."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        beyond = DARK * math.exp(-0.5 * (middle / DARK_ALBEDO) ** 2)
        beyond += (1.0 - DARK) * math.exp(-0.5 * (middle / BRIGHT_ALBEDO) ** 2)
        low, high = (middle, high) if 1.0 - beyond < share else (low, middle)
    return 0.5 * (low + high)
