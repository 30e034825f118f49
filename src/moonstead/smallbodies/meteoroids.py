"""The steady rain of meteoroids: how many of which mass and speed meet a surface near the Moon or the Earth."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS, body
from moonstead.foundation.errors import InvalidInput
from moonstead.smallbodies.effects.interval import Interval

__all__ = [
    "FLUX_FACTOR",
    "focusing_factor",
    "ground_factor",
    "gruen_flux",
    "meteoroid_density",
    "meteoroid_speeds",
    "shielding_factor",
]

Array = NDArray[np.float64]

GRAM = 1e-3  # [kg]
LIGHTEST, HEAVIEST = 1e-21, 1e-1  # [kg] 1e-18 to 100 g: span of Gruen's formula
FLUX_FACTOR = Interval(1.0 / 3.0, 1.0, 3.0)  # [1] of the flux: NASA TM-4527 (1994), table 7-2 (recalled)
ENTRY_ALTITUDE = 100e3  # [m] over the Earth, where meteor speeds are counted
SLOWEST, MIDDLE, FAST, FASTEST = 11.1, 16.3, 55.0, 72.2  # [km/s] edges of the distribution of speeds


def gruen_flux(mass: ArrayLike) -> Array:
    """Number of meteoroids of a mass or more that strike one side of a turning plate at 1 au, far from any body.

    Parameters
    ----------
    mass : (N,) [kg]
        Least mass, 1e-21 to 0.1 kg.

    Returns
    -------
    (N,) [1/m2/s]

    Raises
    ------
    InvalidInput
        A mass lies outside the span of the formula.

    Source
    ------
    Gruen, Zook, Fechtig & Giese (1985), Icarus 62, 244, doi:10.1016/0019-1035(85)90121-6, equation A3.
    """
    given = np.asarray(mass, dtype=np.float64)
    if not np.all((given >= LIGHTEST) & (given <= HEAVIEST)):
        raise InvalidInput(f"Gruen's flux is known for masses from {LIGHTEST:g} to {HEAVIEST:g} kg")
    m = given / GRAM
    return np.asarray(
        (2.2e3 * m**0.306 + 15.0) ** -4.38
        + 1.3e-9 * (m + 1e11 * m**2 + 1e27 * m**4) ** -0.36
        + 1.3e-16 * (m + 1e6 * m**2) ** -0.85
    )


def focusing_factor(body_name: str, distance: float, speed: ArrayLike) -> Array:
    """How much a body's gravity gathers meteoroids.

    Parameters
    ----------
    body_name : str
        ``"MOON"``, ``"EARTH"`` or another body.
    distance : float [m]
        From its centre.
    speed : (N,) [m/s]
        Of the meteoroids far from it.

    Returns
    -------
    (N,) [1]
        Flux there over that far away: ``1 + v_esc^2 / v^2``.

    Raises
    ------
    InvalidInput
        The distance lies inside the body or a speed is not positive.

    Source
    ------
    Opik (1951), Proc. R. Irish Acad. 54A, 165.
    """
    fast, about = np.asarray(speed, dtype=np.float64), body(body_name)
    if not (distance >= 0.99 * about.mean_radius and np.all(fast > 0.0)):
        raise InvalidInput(
            f"focusing by {about.name} needs a distance of {about.mean_radius:g} m or more and speeds > 0"
        )
    return 1.0 + 2.0 * about.gm / distance / fast**2


def shielding_factor(body_name: str, distance: float) -> float:
    """Share of the sky that a body leaves open, for a surface that turns.

    Parameters
    ----------
    body_name : str
        ``"MOON"``, ``"EARTH"`` or another body.
    distance : float [m]
        From its centre.

    Returns
    -------
    float [1]
        One half on the ground: ``(1 + cos(eta)) / 2``, ``sin(eta) = R / r``.

    Raises
    ------
    InvalidInput
        The distance lies inside the body.

    Source
    ------
    NASA TM-4527 (1994), Natural Orbital Environment Guidelines, section 7 (recalled): solid angle of a cone.
    """
    about = body(body_name)
    if not distance >= 0.99 * about.mean_radius:
        raise InvalidInput(f"shielding by {about.name} needs a distance of {about.mean_radius:g} m or more")
    return 0.5 * (1.0 + math.sqrt(max(1.0 - (about.mean_radius / distance) ** 2, 0.0)))


def ground_factor(tilt: ArrayLike) -> Array:
    """Flux on a surface on the ground over that on the same surface in free space.

    Parameters
    ----------
    tilt : (N,) [rad]
        Of its outward normal from the zenith: 0 for a roof, pi/2 for a wall.

    Returns
    -------
    (N,) [1]
        1 for a roof, which sees its whole half of the sky; one half for a wall.

    Source
    ------
    View factor of the sky, ``(1 + cos(tilt)) / 2``: meteoroids come evenly from all of the sky.
    """
    return np.asarray(0.5 * (1.0 + np.cos(np.asarray(tilt, dtype=np.float64))))


def meteoroid_density(mass: ArrayLike) -> Array:
    """Usual bulk density of meteoroids of a mass.

    Parameters
    ----------
    mass : (N,) [kg]

    Returns
    -------
    (N,) [kg/m3]
        2000 below 1e-6 g, 1000 up to 0.01 g, 500 above.

    Source
    ------
    NASA TM-4527 (1994), section 7 (recalled).
    """
    grams = np.asarray(mass, dtype=np.float64) / GRAM
    return np.where(grams < 1e-6, 2000.0, np.where(grams <= 0.01, 1000.0, 500.0))


def meteoroid_speeds(
    body_name: str = "MOON", distance: float = LUNAR_MAP_RADIUS, count: int = 24
) -> tuple[Array, Array]:
    """Speeds of meteoroids near a body and the share of the flux that has each.

    Parameters
    ----------
    body_name : str
        ``"MOON"``, ``"EARTH"`` or another body.
    distance : float [m]
        From its centre.
    count : int [1]
        How many speeds.

    Returns
    -------
    speed : (count,) [m/s]
        At the distance, falling from far away.
    share : (count,) [1]
        Of the flux there, sum 1.

    Raises
    ------
    InvalidInput
        The distance lies inside the body.

    Source
    ------
    Speeds of meteors at the Earth's atmosphere after Erickson (1968) and Kessler (1969), in NASA TM-4527 (1994),
    section 7 (recalled): ``0.112`` from 11.1 to 16.3 km/s, ``3.328e5 s^-5.34`` to 55, ``1.695e-4`` to 72.2. The Earth's
    focusing is taken out and that of the body put in.
    """
    edges = np.concatenate(
        (
            np.linspace(SLOWEST, MIDDLE, count // 3 + 1)[:-1],
            np.geomspace(MIDDLE, FAST, count - count // 3),
            [FASTEST],
        )
    )
    middle = 0.5 * (edges[1:] + edges[:-1])
    share = np.diff([_speed_share(edge) for edge in edges])
    earth = body("EARTH")
    escape = 2.0 * earth.gm / (earth.mean_radius + ENTRY_ALTITUDE)
    far_squared = np.maximum((1e3 * middle) ** 2 - escape, 1e6)
    share = share * far_squared / (1e3 * middle) ** 2 * focusing_factor(body_name, distance, np.sqrt(far_squared))
    return np.sqrt(far_squared + 2.0 * body(body_name).gm / distance), share / share.sum()


def _speed_share(speed: float) -> float:
    """Integral of the distribution of speeds from the slowest up to a speed [km/s]."""
    total = 0.112 * (min(speed, MIDDLE) - SLOWEST)
    if speed > MIDDLE:
        total += 3.328e5 / 4.34 * (MIDDLE**-4.34 - min(speed, FAST) ** -4.34)
    if speed > FAST:
        total += 1.695e-4 * (min(speed, FASTEST) - FAST)
    return total
