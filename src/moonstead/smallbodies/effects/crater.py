"""The crater of an impact: size by scaling laws in ground of several kinds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.impactor import Impactor
from moonstead.smallbodies.effects.interval import Interval

__all__ = ["GROUNDS", "MOON_GRAVITY", "Crater", "Ground", "crater", "crater_volume", "crater_volumes"]

Array = NDArray[np.float64]

MOON_GRAVITY = 1.625  # [m/s2] GM / R^2 on the map sphere: 4.9028e12 / 1.7374e6^2
DENSITY_EXPONENT = 0.33  # [1] nu, for all kinds of ground: Holsapple, see `crater_volumes`
RIM_OVER_EXCAVATION = 1.3  # [1] diameter of the rim over that at the old surface: Holsapple, see `crater_volumes`
DEPTH_OVER_RIM = Interval(0.1, 0.2, 0.25)  # [1] small fresh craters of the Moon: Pike (1977), 0.196 D; flat ones 0.1
LARGEST_SIMPLE = 15e3  # [m] rim diameter above which lunar craters collapse: Pike (1977), 15 to 20 km
SLOWEST = 1e3  # [m/s] below it the blow is no point source: Holsapple's warning


@dataclass(frozen=True, slots=True)
class Ground:
    """What is struck, as scaling laws know it.

    Attributes
    ----------
    name : str
        What reports call it.
    scale, strength_scale : float [1]
        K1 and K2 of the law.
    exponent : float [1]
        Coupling exponent mu: 1/3 for momentum, 2/3 for energy.
    strength : float [Pa]
        Effective strength Y.
    density : float [kg/m3]
    radius_scale : float [1]
        K_r: radius at the old surface over the cube root of the volume.
    """

    name: str
    scale: float
    strength_scale: float
    exponent: float
    strength: float
    density: float
    radius_scale: float


REGOLITH = Ground("lunar regolith", 0.132, 0.26, 0.41, 1e4, 1500.0, 1.1)
GROUNDS = (
    REGOLITH,
    Ground("dry sand", 0.132, 0.0, 0.41, 0.0, 1700.0, 1.4),
    Ground("dry soil", 0.132, 0.26, 0.41, 2e5, 1700.0, 1.1),
    Ground("soft rock", 0.095, 0.215, 0.55, 1e6, 2100.0, 1.1),
    Ground("hard rock", 0.095, 0.257, 0.55, 1e7, 3200.0, 1.1),
)


@dataclass(frozen=True, slots=True)
class Crater:
    """A crater as it will be found.

    Attributes
    ----------
    diameter : Interval
        From rim to rim [m].
    excavation_diameter : Interval
        At the level of the old surface [m].
    depth : Interval
        Below the rim [m].
    volume : Interval
        Below the old surface [m3].
    ground : str
        The kind of ground of the nominal values; the spans are those of all kinds.
    caveat : str
        What speaks against the figures; empty where nothing does.
    """

    diameter: Interval
    excavation_diameter: Interval
    depth: Interval
    volume: Interval
    ground: str
    caveat: str


def crater_volumes(
    radius: ArrayLike, density: ArrayLike, vertical_speed: ArrayLike, ground: Ground, gravity: float = MOON_GRAVITY
) -> Array:
    """Volumes of craters below the old surface.

    Parameters
    ----------
    radius : (N,) [m]
        Of the spheres that strike.
    density : (N,) [kg/m3]
        Of them.
    vertical_speed : (N,) [m/s]
        Straight down.
    ground : Ground
        What is struck.
    gravity : float [m/s2]
        At the surface.

    Returns
    -------
    (N,) [m3]

    Raises
    ------
    InvalidInput
        A value is not positive.

    Source
    ------
    Holsapple (1993), Annu. Rev. Earth Planet. Sci. 21, 333, doi:10.1146/annurev.ea.21.050193.002001, in the form and
    with the constants of Holsapple, Craters from Impacts and Explosions (theory of the crater calculator of the Lunar
    and Planetary Institute): ``pi_V = K1 (pi_2 (rho/delta)^((6 nu - 2 - mu)/(3 mu)) +
    (K2 pi_3 (rho/delta)^((6 nu - 2)/(3 mu)))^((2 + mu)/2))^(-3 mu/(2 + mu))``, ``pi_2 = g a / U^2``,
    ``pi_3 = Y / (rho U^2)``, ``V = pi_V m / rho``; oblique impacts by the vertical component of the speed.
    """
    size, delta, speed = (np.asarray(value, dtype=np.float64) for value in (radius, density, vertical_speed))
    if not (gravity > 0.0 and np.all(size > 0.0) and np.all(delta > 0.0) and np.all(speed > 0.0)):
        raise InvalidInput("craters need positive sizes [m], densities, vertical speeds [m/s] and gravity [m/s2]")
    mu, nu, ratio = ground.exponent, DENSITY_EXPONENT, ground.density / delta
    weight = gravity * size / speed**2 * ratio ** ((6.0 * nu - 2.0 - mu) / (3.0 * mu))
    strength = ground.strength / (ground.density * speed**2) * ratio ** ((6.0 * nu - 2.0) / (3.0 * mu))
    resistance = weight + (ground.strength_scale * strength) ** (0.5 * (2.0 + mu))
    mass = 4.0 / 3.0 * math.pi * delta * size**3
    return np.asarray(ground.scale * resistance ** (-3.0 * mu / (2.0 + mu)) * mass / ground.density)


def crater_volume(impactor: Impactor, ground: Ground, gravity: float = MOON_GRAVITY) -> float:
    """Volume of the crater of an impactor below the old surface.

    Parameters
    ----------
    impactor : Impactor
        Its vertical speed counts.
    ground : Ground
        What is struck.
    gravity : float [m/s2]
        At the surface.

    Returns
    -------
    float [m3]

    Source
    ------
    `crater_volumes`.
    """
    return float(crater_volumes(impactor.radius, impactor.density, impactor.vertical_speed, ground, gravity))


def crater(impactor: Impactor, gravity: float = MOON_GRAVITY) -> Crater:
    """Size of the crater, with the span over kinds of ground.

    Parameters
    ----------
    impactor : Impactor
        What strikes.
    gravity : float [m/s2]
        At the surface.

    Returns
    -------
    Crater
        Nominal for regolith.

    Source
    ------
    `crater_volume`; depth of fresh simple craters: Pike (1977), in Impact and Explosion Cratering, p. 489.
    """
    volumes = [crater_volume(impactor, ground, gravity) for ground in GROUNDS]
    across = [2.0 * g.radius_scale * v ** (1.0 / 3.0) for g, v in zip(GROUNDS, volumes, strict=True)]
    excavation = Interval.around(across[0], across)
    rim = excavation.through(lambda diameter: RIM_OVER_EXCAVATION * diameter)
    depth = Interval(rim.low * DEPTH_OVER_RIM.low, rim.nominal * DEPTH_OVER_RIM.nominal, rim.high * DEPTH_OVER_RIM.high)
    return Crater(rim, excavation, depth, Interval.around(volumes[0], volumes), GROUNDS[0].name, _caveat(impactor, rim))


def _caveat(impactor: Impactor, rim: Interval) -> str:
    told = []
    if impactor.vertical_speed < SLOWEST:
        told.append("the vertical speed is below 1 km/s, where scaling laws of point sources begin to fail")
    if impactor.elevation < math.radians(15.0):
        told.append("below 15 degrees craters are elongated and much of the body flies on")
    if rim.high > LARGEST_SIMPLE:
        told.append("craters of more than 15 km collapse and become wider and flatter than this")
    return "; ".join(told)
