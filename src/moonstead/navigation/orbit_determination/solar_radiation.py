"""Accelerations by sunlight as parameters of a fit: the empirical models of CODE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.local_axes import unit
from moonstead.dynamics.shadow import visible_fraction
from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

# A term: axis of the Sun frame, multiple of the angle from the Sun in the orbit, "" constant, "C" cosine, "S" sine.
_FIVE = (("D", 0, ""), ("Y", 0, ""), ("B", 0, ""), ("B", 1, "C"), ("B", 1, "S"))
SOLAR_MODELS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "ecom": _FIVE,
    "ecom9": (*_FIVE, ("D", 1, "C"), ("D", 1, "S"), ("Y", 1, "C"), ("Y", 1, "S")),
    "ecom2": (*_FIVE, ("D", 2, "C"), ("D", 2, "S"), ("D", 4, "C"), ("D", 4, "S")),
    "box-wing": _FIVE,
}


@dataclass(frozen=True, slots=True, eq=False)
class SunFrame:
    """Axes D, Y, B at N places of a satellite in nominal attitude.

    Attributes
    ----------
    d, y, b : (N, 3) [1]
        To the Sun; along the axis of the solar panels, that is (to the Earth) x D; D x Y.
    argument : (N,) [rad]
        Angle in the orbit from the point nearest to the Sun to the satellite.
    elevation : (N,) [rad]
        Of the Sun above the orbital plane.
    strength : (N,) [1]
        Of sunlight against that at 1 au.
    """

    d: Array
    y: Array
    b: Array
    argument: Array
    elevation: Array
    strength: Array


def sun_frame(position: Array, velocity: Array, sun: Array) -> SunFrame:
    """Axes of the Sun frame of CODE.

    Parameters
    ----------
    position, velocity : (N, 3) [m], [m/s]
        Geocentric, ICRF.
    sun : (N, 3) [m]
        Geocentric place of the Sun, ICRF.

    Returns
    -------
    SunFrame

    Source
    ------
    Arnold, Meindl, Beutler, Dach, Schaer, Lutz, Prange, Sosnica, Mervart & Jaeggi (2015), J. Geod. 89, 775,
    doi:10.1007/s00190-015-0814-4, section 2.
    """
    to_sun = sun - position
    distance = np.linalg.norm(to_sun, axis=1)
    d, radial = to_sun / distance[:, None], unit(position)
    y = unit(np.cross(-radial, d))
    normal = unit(np.cross(position, velocity))
    seen = unit(sun)
    height = np.sum(seen * normal, axis=1)
    noon = unit(seen - height[:, None] * normal)
    argument = np.arctan2(np.sum(radial * np.cross(normal, noon), axis=1), np.sum(radial * noon, axis=1))
    strength = (ASTRONOMICAL_UNIT / distance) ** 2
    return SunFrame(d, y, np.cross(d, y), argument, np.arcsin(np.clip(height, -1.0, 1.0)), strength)


def solar_parameters(model: str) -> tuple[str, ...]:
    """Names of a model's parameters: ``("D0", "Y0", "B0", "B1C", "B1S")`` for ``"ecom"``.

    Parameters
    ----------
    model : str
        One of `SOLAR_MODELS`.

    Returns
    -------
    tuple of str

    Raises
    ------
    InvalidInput
        There is no such model.
    """
    if model not in SOLAR_MODELS:
        raise InvalidInput(f"no model of solar radiation {model!r}: use {', '.join(SOLAR_MODELS)}")
    return tuple(f"{axis}{multiple}{wave}" for axis, multiple, wave in SOLAR_MODELS[model])


def solar_partials(model: str, frame: SunFrame, share: Array) -> Array:
    """Change of the acceleration with each parameter of a model of solar radiation.

    Parameters
    ----------
    model : str
        ``"ecom"``: constants along D, Y, B and once-per-revolution waves along B. ``"ecom9"``: those waves along all
        three. ``"ecom2"``: the two and four times a revolution along D in their place. ``"box-wing"``: as ``"ecom"``,
        on top of the plates of `sunlight_on_plates`.
    frame : SunFrame
        At N places.
    share : (N,) [1]
        Visible share of the Sun.

    Returns
    -------
    (N, 3, P) [1]
        In ICRF axes, for each parameter [m/s^2 at 1 au]; D0 of a satellite is negative, some -1e-7 m/s^2.

    Raises
    ------
    InvalidInput
        There is no such model.

    Source
    ------
    ECOM: Beutler et al. (1994), Manuscripta Geodaetica 19, 367; its five parameters: Springer, Beutler & Rothacher
    (1999), GPS Solutions 3, 50, doi:10.1007/PL00012757. ECOM2 (D4B1): Arnold et al. (2015), eq. 7.
    """
    solar_parameters(model)
    axes = {"D": frame.d, "Y": frame.y, "B": frame.b}
    wave: dict[str, Callable[[Array], Array]] = {"": np.ones_like, "C": np.cos, "S": np.sin}
    columns = [
        axes[axis] * wave[kind](multiple * frame.argument)[:, None] for axis, multiple, kind in SOLAR_MODELS[model]
    ]
    return np.stack(columns, axis=2) * (share * frame.strength)[:, None, None]


def sunlight_share(position: Array, sun: Array, moon: Array) -> Array:
    """Visible share of the Sun past Earth and Moon.

    Parameters
    ----------
    position, sun, moon : (N, 3) [m]
        Geocentric, in the same axes.

    Returns
    -------
    (N,) [1]
        1 in full light, 0 in umbra; the smaller where both bodies stand before the Sun.

    Source
    ------
    As `visible_fraction`.
    """
    radius = body("SUN").mean_radius
    earth = visible_fraction(sun - position, -position, radius, body("EARTH").equatorial_radius)
    return np.minimum(earth, visible_fraction(sun - position, moon - position, radius, body("MOON").mean_radius))
