"""What an impact throws out: how much ground leaves at which speed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.crater import MOON_GRAVITY
from moonstead.smallbodies.effects.impactor import Impactor
from moonstead.smallbodies.effects.interval import Interval

__all__ = ["EJECTA_GROUNDS", "EjectaGround", "EjectaLaw", "ejecta_law", "ejecta_laws", "escaping_mass"]

Array = NDArray[np.float64]

INNERMOST = 1.2  # [1] n1: nothing leaves nearer to the middle than that many radii of the impactor
DENSITY_EXPONENT = 0.4  # [1] nu
RINGS = 400  # [1] rings of ground between the innermost and the rim, in steps of equal ratio


@dataclass(frozen=True, slots=True)
class EjectaGround:
    """Constants of the ejecta of one kind of ground.

    Attributes
    ----------
    name : str
        What reports call it.
    exponent : float [1]
        Coupling exponent mu.
    mass_scale, speed_scale : float [1]
        k and C1.
    gravity_radius, strength_radius : float [1]
        H1 and H2 of the crater's radius; H2 is NaN where only gravity limits it. Where none is published for gravity,
        H1 is that of the cohesionless ground with the nearest exponent.
    edge : float [1]
        n2: nothing leaves further out than that many crater radii.
    edge_exponent : float [1]
        p of the fall of the speed at the edge.
    density : float [kg/m3]
    strength : float [Pa]
    """

    name: str
    exponent: float
    mass_scale: float
    speed_scale: float
    gravity_radius: float
    strength_radius: float
    edge: float
    edge_exponent: float
    density: float
    strength: float


SAND = EjectaGround("sand", 0.41, 0.3, 0.55, 0.59, math.nan, 1.3, 0.3, 1600.0, 0.0)
EJECTA_GROUNDS = (
    SAND,
    EjectaGround("glass spheres", 0.45, 0.5, 1.0, 0.8, math.nan, 1.3, 0.3, 1500.0, 0.0),
    EjectaGround("weakly cemented basalt", 0.46, 0.3, 0.18, 0.8, 0.38, 1.0, 0.3, 2600.0, 0.45e6),
    EjectaGround("sand and fly ash", 0.40, 0.3, 0.55, 0.59, 0.40, 1.0, 0.3, 1500.0, 4e3),
    EjectaGround("rock", 0.55, 0.3, 1.5, 0.68, 1.1, 1.0, 0.5, 3000.0, 30e6),
)


@dataclass(frozen=True, eq=False)
class EjectaLaw:
    """How much ground leaves at which speed.

    Attributes
    ----------
    ground : EjectaGround
        What was struck.
    crater_radius : float [m]
        At the old surface.
    speed : (K,) [m/s]
        Launch speeds of rings of ground, rising.
    faster : (K,) [kg]
        Mass that leaves at that speed or faster, falling to zero.
    """

    ground: EjectaGround
    crater_radius: float
    speed: Array
    faster: Array

    @property
    def mass(self) -> float:
        """All that is thrown out [kg]."""
        return float(self.faster[0])

    def mass_faster(self, speed: ArrayLike) -> Array:
        """Mass that leaves at a speed or faster.

        Parameters
        ----------
        speed : (N,) [m/s]
            Launch speed, above zero.

        Returns
        -------
        (N,) [kg]
            Interpolated in logarithms between rings.
        """
        asked = np.asarray(speed, dtype=np.float64)
        inside = np.exp(np.interp(np.log(np.maximum(asked, self.speed[0])), self._log_speed, self._log_faster))
        return np.where(asked > self.speed[-1], 0.0, inside)

    def mass_per_speed(self, speed: ArrayLike) -> Array:
        """Mass that leaves per unit of launch speed, -dM/dv.

        Parameters
        ----------
        speed : (N,) [m/s]
            Launch speed, above zero.

        Returns
        -------
        (N,) [kg s/m]
            Zero outside the span of speeds.
        """
        asked = np.asarray(speed, dtype=np.float64)
        place = np.clip(np.searchsorted(self.speed, asked, side="right"), 1, self.speed.size - 1)
        slope = np.diff(self._log_faster) / np.diff(self._log_speed)
        inside = (asked >= self.speed[0]) & (asked <= self.speed[-1])
        safe = np.where(inside, asked, self.speed[0])
        return np.where(inside, -slope[place - 1] * self.mass_faster(safe) / safe, 0.0)

    @property
    def _log_speed(self) -> Array:
        return np.log(self.speed)

    @property
    def _log_faster(self) -> Array:
        # the innermost ring has nothing inside it; the last one of the table still carries its share
        return np.log(np.maximum(self.faster, 1e-12 * self.faster[0]))


def ejecta_law(impactor: Impactor, ground: EjectaGround, gravity: float = MOON_GRAVITY) -> EjectaLaw:
    """Ejecta of an impact into one kind of ground.

    Parameters
    ----------
    impactor : Impactor
        Its vertical speed counts.
    ground : EjectaGround
        What is struck.
    gravity : float [m/s2]
        At the surface.

    Returns
    -------
    EjectaLaw

    Raises
    ------
    InvalidInput
        The crater is no larger than the impactor: nothing is thrown out.

    Source
    ------
    Housen & Holsapple (2011), Icarus 211, 856, doi:10.1016/j.icarus.2010.09.017, equations 8 to 14 and table 3 as
    reproduced by Raducan, Davison & Collins, arXiv:2105.01474, and Hirata & Ikeya (2021), arXiv:2205.06607, table B1:
    ``v / U = C1 ((x/a) (rho/delta)^nu)^(-1/mu) (1 - x/(n2 R))^p`` and
    ``M(<x) / m = 3 k / (4 pi) (rho/delta) ((x/a)^3 - n1^3)`` between n1 a and n2 R. The radius is the smaller of what
    gravity and strength allow.
    """
    a, speed, delta, rho = impactor.radius, impactor.vertical_speed, impactor.density, ground.density
    mu, nu = ground.exponent, DENSITY_EXPONENT
    size = (impactor.mass / rho) ** (1.0 / 3.0)
    radius = (
        size
        * ground.gravity_radius
        * (rho / delta) ** ((2.0 + mu - 6.0 * nu) / (3.0 * (2.0 + mu)))
        * (gravity * a / speed**2) ** (-mu / (2.0 + mu))
    )
    if ground.strength > 0.0:
        held = (
            size
            * ground.strength_radius
            * (rho / delta) ** ((1.0 - 3.0 * nu) / 3.0)
            * (ground.strength / (rho * speed**2)) ** (-0.5 * mu)
        )
        radius = min(radius, held)
    outermost = ground.edge * radius
    if not outermost > 1.5 * INNERMOST * a:
        raise InvalidInput(
            f"the crater in {ground.name} would be as small as the impactor ({radius:.3g} m against {a:.3g} m): "
            "no law of ejecta holds; the speed or the density is too low"
        )
    # the last ring stands just inside the edge, where the speed is zero
    places = np.geomspace(INNERMOST * a * (1.0 + 1e-6), outermost * (1.0 - 1e-6), RINGS)
    rings = np.concatenate((places, outermost * (1.0 - np.geomspace(1e-3, 1e-12, 60)[:-1])))
    x = np.unique(rings)[::-1]
    launch = (
        speed
        * ground.speed_scale
        * (x / a * (rho / delta) ** nu) ** (-1.0 / mu)
        * (1.0 - x / outermost) ** ground.edge_exponent
    )
    inside = impactor.mass * 3.0 * ground.mass_scale / (4.0 * math.pi) * (rho / delta) * ((x / a) ** 3 - INNERMOST**3)
    return EjectaLaw(ground, float(radius), launch, inside)


def ejecta_laws(impactor: Impactor, gravity: float = MOON_GRAVITY) -> tuple[EjectaLaw, ...]:
    """Ejecta of an impact into each kind of ground that it can throw out; the first is the nominal one, sand.

    Parameters
    ----------
    impactor : Impactor
        What strikes.
    gravity : float [m/s2]
        At the surface.

    Returns
    -------
    tuple of EjectaLaw

    Raises
    ------
    InvalidInput
        Not even sand is thrown out.

    Source
    ------
    `ejecta_law`.
    """
    laws = [ejecta_law(impactor, SAND, gravity)]
    for ground in EJECTA_GROUNDS[1:]:
        try:
            laws.append(ejecta_law(impactor, ground, gravity))
        except InvalidInput:
            continue  # too strong for this blow: nothing leaves, and sand bounds it from above
    return tuple(laws)


def escaping_mass(laws: tuple[EjectaLaw, ...], escape_speed: float) -> Interval:
    """Mass that leaves for good.

    Parameters
    ----------
    laws : tuple of EjectaLaw
        Of `ejecta_laws`: the first gives the nominal value.
    escape_speed : float [m/s]
        At the surface.

    Returns
    -------
    Interval
        Over the kinds of ground [kg].

    Source
    ------
    `EjectaLaw.mass_faster`.
    """
    masses = [float(law.mass_faster(escape_speed)) for law in laws]
    return Interval.around(masses[0], masses)
