"""The light of an impact: how bright, how long, and whether a place sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.interval import Interval

__all__ = [
    "EARTH_DISTANCE",
    "LUMINOUS_EFFICIENCY",
    "Flash",
    "flash",
    "heat_at_site",
    "luminous_magnitude",
    "sight_distance",
]

EARTH_DISTANCE = 384.4e6  # [m] mean
LUMINOUS_EFFICIENCY = Interval(5e-4, 2e-3, 5e-3)  # [1] share of the energy that is visible light; see `flash`
HEAT_EFFICIENCY = Interval(1e-4, 3e-3, 1e-2)  # [1] share that is heat radiation: Collins et al. (2005), equation 32
ZERO_MAGNITUDE = 3.5e-9  # [W/m2] in the R band: 10^(-(21.1 + 0.555)/2.5) erg/s/cm2/A over 1607 A, Suggs et al. (2014)
INTO = 2.0  # [1] f of f pi d^2: light leaves into half the sky, from ground that shines by Lambert's law
# the flash of 2013-09-11: Madiedo et al. (2014), MNRAS 439, 2364, doi:10.1093/mnras/stu083
KNOWN_ENERGY = 15.6 * 4.184e9  # [J] for an efficiency of 0.002
KNOWN_PEAK = 2.9  # [mag]
KNOWN_DURATION = 8.3  # [s]


@dataclass(frozen=True, slots=True)
class Flash:
    """Light of an impact seen from a distance.

    Attributes
    ----------
    magnitude : Interval
        Nominal: mean over the flash. Low: its peak for the largest efficiency. High: its mean for the least [1].
    duration : Interval
        From the bright peak to the last light [s].
    """

    magnitude: Interval
    duration: Interval


def luminous_magnitude(energy: float, distance: float, duration: float) -> float:
    """Magnitude of light of some energy that shines for some time.

    Parameters
    ----------
    energy : float [J]
        Of the visible light.
    distance : float [m]
        To the eye.
    duration : float [s]
        Over which the light is spread evenly.

    Returns
    -------
    float [1]
        In the R band.

    Raises
    ------
    InvalidInput
        A value is not positive.

    Source
    ------
    Suggs et al. (2014), Icarus 238, 23, doi:10.1016/j.icarus.2014.04.032: ``E = f pi d^2 F t``, f = 2.
    """
    if not (energy > 0.0 and distance > 0.0 and duration > 0.0):
        raise InvalidInput(
            f"light needs a positive energy, distance and duration; got {energy}, {distance}, {duration}"
        )
    return -2.5 * math.log10(energy / (INTO * math.pi * distance**2 * duration) / ZERO_MAGNITUDE)


def flash(energy: float, distance: float = EARTH_DISTANCE) -> Flash:
    """Light of an impact, extrapolated from the brightest flash that was measured.

    Parameters
    ----------
    energy : float [J]
        Of the impact.
    distance : float [m]
        To the eye.

    Returns
    -------
    Flash

    Raises
    ------
    InvalidInput
        A value is not positive.

    Source
    ------
    Madiedo et al. (2014), MNRAS 439, 2364: 15.6 t of TNT, 2.9 mag, over 8 s; lengths and times of an explosion grow as
    the cube root of its energy (Hopkinson's law). The efficiency is known for small flashes only: 0.002 and a span of
    5e-4 to 5e-3, Bouley et al. (2012), Icarus 218, 115, and Liakos et al. (2024), A&A 687, A14 (span recalled).
    """
    if not 0.0 < energy < math.inf:
        raise InvalidInput(f"a flash needs a positive energy [J]; got {energy}")
    growth = (energy / KNOWN_ENERGY) ** (1.0 / 3.0)
    known_light = LUMINOUS_EFFICIENCY.nominal * KNOWN_ENERGY
    peak = 10.0 ** (-0.4 * KNOWN_PEAK) * ZERO_MAGNITUDE * INTO * math.pi * EARTH_DISTANCE**2 / known_light  # [1/s]
    bright, whole = growth / peak, growth * KNOWN_DURATION
    share = LUMINOUS_EFFICIENCY
    return Flash(
        Interval(
            luminous_magnitude(share.high * energy, distance, bright),
            luminous_magnitude(share.nominal * energy, distance, whole),
            luminous_magnitude(share.low * energy, distance, whole),
        ),
        Interval(bright, whole, max(whole, bright)),
    )


def sight_distance(first_height: float, second_height: float = 0.0, radius: float = LUNAR_MAP_RADIUS) -> float:
    """How far apart along the surface two points of some height see each other over a smooth sphere.

    Parameters
    ----------
    first_height, second_height : float [m]
        Above the ground.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    float [m]

    Source
    ------
    Tangent to the sphere: ``R (acos(R/(R+h1)) + acos(R/(R+h2)))``.
    """
    return radius * sum(math.acos(radius / (radius + max(height, 0.0))) for height in (first_height, second_height))


def heat_at_site(energy: float, distance: float, height: float = 10.0) -> Interval:
    """Heat radiation that falls on a surface that faces the impact.

    Parameters
    ----------
    energy : float [J]
        Of the impact.
    distance : float [m]
        Along the surface.
    height : float [m]
        Of the site's highest thing over the ground.

    Returns
    -------
    Interval
        Fluence [J/m2]; zero where the fireball stays under the horizon of a smooth Moon.

    Raises
    ------
    InvalidInput
        The energy or the distance is not positive.

    Source
    ------
    Collins, Melosh & Marcus (2005), equations 31 to 34: radius of the fireball ``0.002 E^(1/3)``, fluence
    ``eta E / (2 pi d^2)``. Their fireball is one in air; without air it grows thinner and cools earlier.
    """
    if not (0.0 < energy < math.inf and distance > 0.0):
        raise InvalidInput(f"heat needs a positive energy [J] and distance [m]; got {energy} and {distance}")
    if distance > sight_distance(0.002 * energy ** (1.0 / 3.0), height):
        return Interval(0.0, 0.0, 0.0)
    spread = energy / (2.0 * math.pi * distance**2)
    return Interval(HEAT_EFFICIENCY.low * spread, HEAT_EFFICIENCY.nominal * spread, HEAT_EFFICIENCY.high * spread)
