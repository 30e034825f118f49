"""What a wall stops: ballistic limits of single walls, of two walls and of regolith, and the chance of a hole."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.crater import REGOLITH, crater_volumes
from moonstead.smallbodies.effects.interval import Interval
from moonstead.smallbodies.meteoroids import FLUX_FACTOR, gruen_flux, meteoroid_density, meteoroid_speeds

__all__ = [
    "RegolithCover",
    "Shield",
    "SingleWall",
    "WhippleShield",
    "critical_diameter",
    "hole_probability",
    "meteoroid_holes",
]

Array = NDArray[np.float64]

SLOW, FAST = 3e3, 7e3  # [m/s] of the speed across the wall: between them a shield's bumper begins to shatter
GRAM_CM3 = 1e3  # [kg/m3]
KSI = 6.894757e6  # [Pa]
DEEPEST = 0.5  # [1] depth of a small crater in loose ground over its width, twice the usual: nothing comes through
SMALLEST, LARGEST = 1e-6, 10.0  # [m] pieces that a cover is asked about
OBLIQUITIES = 12  # [1] Gauss-Legendre points


@dataclass(frozen=True, slots=True)
class SingleWall:
    """One sheet of metal.

    Attributes
    ----------
    thickness : float [m]
    density : float [kg/m3]
        2780 for aluminium 2024.
    hardness : float [1]
        Brinell number, 120 for aluminium 2024-T4.
    sound_speed : float [m/s]
        5100 for aluminium.
    """

    thickness: float
    density: float = 2780.0
    hardness: float = 120.0
    sound_speed: float = 5100.0


@dataclass(frozen=True, slots=True)
class WhippleShield:
    """A thin bumper before a wall.

    Attributes
    ----------
    bumper : float [m]
        Thickness of the bumper.
    spacing : float [m]
        From the bumper to the wall.
    thickness : float [m]
        Of the wall.
    bumper_density : float [kg/m3]
        2710 for aluminium 6061.
    yield_stress : float [Pa]
        Of the wall: 47 ksi for aluminium 2024-T3, 0.2 % elongation.
    """

    bumper: float
    spacing: float
    thickness: float
    bumper_density: float = 2710.0
    yield_stress: float = 47.0 * KSI


@dataclass(frozen=True, slots=True)
class RegolithCover:
    """Loose regolith over a roof.

    Attributes
    ----------
    thickness : float [m]
    """

    thickness: float


Shield = SingleWall | WhippleShield | RegolithCover


def critical_diameter(
    shield: Shield, speed: ArrayLike, obliquity: ArrayLike = 0.0, density: ArrayLike = 1000.0
) -> Array:
    """Diameter of the smallest piece that makes a hole.

    Parameters
    ----------
    shield : SingleWall, WhippleShield or RegolithCover
        What is struck.
    speed : (N,) [m/s]
        Of the piece.
    obliquity : (N,) [rad]
        Of its path from the normal of the wall.
    density : (N,) [kg/m3]
        Of the piece.

    Returns
    -------
    (N,) [m]

    Raises
    ------
    InvalidInput
        A thickness, a speed or a density is not positive, or an obliquity reaches pi/2.

    Source
    ------
    Single walls: Cour-Palais, as in Christiansen, NASA/TP-2003-210788 (recalled): depth
    ``5.24 d^(19/18) BH^(-1/4) (rho_p/rho_t)^(1/2) (V cos(theta)/C)^(2/3)`` (exponent 2/3 of the densities from a ratio
    of 1.5 on), a hole from 1.8 times the depth. Two walls: Christiansen (1993), Int. J. Impact Eng. 14, 145,
    doi:10.1016/0734-743X(93)90016-Z, with its three spans of the normal speed: below 3, up to 7 km/s and above
    (constants recalled; they join at both edges). Regolith: `crater_volumes` of the piece, depth half the width.
    """
    fast, angle, heavy = np.broadcast_arrays(
        np.asarray(speed, dtype=np.float64),
        np.asarray(obliquity, dtype=np.float64),
        np.asarray(density, dtype=np.float64),
    )
    _require(shield, fast, angle, heavy)
    if isinstance(shield, SingleWall):
        return _single(shield, fast, np.cos(angle), heavy)
    if isinstance(shield, WhippleShield):
        return _whipple(shield, fast, np.cos(angle), heavy)
    return _regolith(shield, fast * np.cos(angle), heavy)


def meteoroid_holes(
    shield: Shield, factor: float = 1.0, body_name: str = "MOON", distance: float | None = None
) -> float:
    """Holes that meteoroids make in a shield per area and time.

    Parameters
    ----------
    shield : SingleWall, WhippleShield or RegolithCover
        What is struck.
    factor : float [1]
        Share of the free flux that reaches it: `ground_factor`, `shielding_factor`.
    body_name : str
        The body near by, whose focusing counts.
    distance : float [m]
        From its centre; the ground of the Moon where none is given.

    Returns
    -------
    float [1/m2/s]
        `FLUX_FACTOR` is its span.

    Raises
    ------
    InvalidInput
        The factor is negative, or the shield makes no sense.

    Source
    ------
    `gruen_flux` of the mass of `critical_diameter`, over `meteoroid_speeds` and over obliquities that come evenly from
    half of the sky, ``2 sin(theta) cos(theta)``. The flux is a straight sum over speeds: mass and speed independent.
    """
    if not factor >= 0.0:
        raise InvalidInput(f"a share of the flux cannot be negative; got {factor}")
    speeds, shares = meteoroid_speeds(body_name) if distance is None else meteoroid_speeds(body_name, distance)
    nodes, weights = np.polynomial.legendre.leggauss(OBLIQUITIES)
    # the square of the sine is even over a half of the sky
    angle, weight = np.arcsin(np.sqrt(0.5 * (1.0 + nodes))), 0.5 * weights
    fast, oblique = np.meshgrid(speeds, angle, indexing="ij")
    density = np.full(fast.shape, 1000.0)
    for _ in range(3):  # the density depends on the mass, in steps
        diameter = critical_diameter(shield, fast, oblique, density)
        mass = math.pi / 6.0 * density * diameter**3
        density = meteoroid_density(mass)
    rate = np.where(mass > 0.1, 0.0, gruen_flux(np.clip(mass, 1e-21, 0.1)))
    return float(factor * np.sum(shares[:, None] * weight[None, :] * rate))


def hole_probability(rate: float, area: float, duration: float, spread: Interval = FLUX_FACTOR) -> Interval:
    """Chance of one hole or more.

    Parameters
    ----------
    rate : float [1/m2/s]
        Of `meteoroid_holes`.
    area : float [m2]
        That is exposed.
    duration : float [s]
        How long.
    spread : Interval
        Factor by which the rate is uncertain.

    Returns
    -------
    Interval
        Chance [1].

    Raises
    ------
    InvalidInput
        A value is negative.

    Source
    ------
    Poisson's distribution: ``1 - exp(-rate A t)``.
    """
    if not (rate >= 0.0 and area >= 0.0 and duration >= 0.0):
        raise InvalidInput(f"rate, area and duration cannot be negative; got {rate}, {area}, {duration}")
    return spread.through(lambda factor: -math.expm1(-factor * rate * area * duration))


def _require(shield: Shield, speed: Array, angle: Array, density: Array) -> None:
    parts = [value for name in shield.__slots__ if isinstance(value := getattr(shield, name), float | int)]
    if not all(0.0 < part < math.inf for part in parts):
        raise InvalidInput(f"every figure of a shield must be positive; got {shield}")
    if not (np.all(speed > 0.0) and np.all(density > 0.0) and np.all((angle >= 0.0) & (angle < 0.5 * math.pi))):
        raise InvalidInput("pieces need positive speeds [m/s] and densities, and obliquities from 0 up to pi/2 [rad]")


def _single(wall: SingleWall, speed: Array, cosine: Array, density: Array) -> Array:
    ratio = density / wall.density
    power = np.where(ratio < 1.5, 0.5, 2.0 / 3.0)
    depth_scale = 5.24 * wall.hardness**-0.25 * ratio**power * (speed * cosine / wall.sound_speed) ** (2.0 / 3.0)
    return 0.01 * (100.0 * wall.thickness / 1.8 / depth_scale) ** (18.0 / 19.0)


def _whipple(shield: WhippleShield, speed: Array, cosine: Array, density: Array) -> Array:
    bumper, wall, spacing = 100.0 * shield.bumper, 100.0 * shield.thickness, 100.0 * shield.spacing
    heavy, sheet, stress = density / GRAM_CM3, shield.bumper_density / GRAM_CM3, shield.yield_stress / KSI
    across = speed * cosine
    fast = (
        3.918
        * wall ** (2 / 3)
        * heavy ** (-1 / 3)
        * sheet ** (-1 / 9)
        * spacing ** (1 / 3)
        * (stress / 70.0) ** (1 / 3)
    )
    slow = wall * math.sqrt(stress / 40.0) + bumper

    def below(kilometres: Array) -> Array:
        return (slow / (0.6 * cosine * np.sqrt(heavy) * kilometres ** (2 / 3))) ** (18 / 19)

    low, high = below(np.full(speed.shape, SLOW / 1e3)), fast * (FAST / 1e3) ** (-2 / 3)
    part = np.clip((across - SLOW) / (FAST - SLOW), 0.0, 1.0)
    found = np.where(across < SLOW, below(np.minimum(across, SLOW) / 1e3), low + part * (high - low))
    return 0.01 * np.where(across > FAST, fast * (np.maximum(across, FAST) / 1e3) ** (-2 / 3), found)


def _regolith(cover: RegolithCover, across: Array, density: Array) -> Array:
    low, high = np.full(across.shape, math.log(SMALLEST)), np.full(across.shape, math.log(LARGEST))
    for _ in range(48):
        middle = 0.5 * (low + high)
        volume = crater_volumes(0.5 * np.exp(middle), density, across, REGOLITH)
        stopped = DEEPEST * 2.0 * REGOLITH.radius_scale * volume ** (1.0 / 3.0) < cover.thickness
        low, high = np.where(stopped, middle, low), np.where(stopped, high, middle)
    return np.exp(0.5 * (low + high))
