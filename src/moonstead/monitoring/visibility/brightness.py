"""How bright a sunlit object is: a white sphere, and a plate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import ASTRONOMICAL_UNIT
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

SUN_MAGNITUDE = -26.76  # [1] apparent V at 1 au: Willmer (2018), Astrophys. J. Suppl. 236, 47, table 3
FAINTEST = 99.0  # [1] stands for no light at all


@dataclass(frozen=True)
class DiffuseSphere:
    """A sphere that scatters light evenly in all directions, as Lambert's law has it.

    Attributes
    ----------
    diameter : float [m]
        Of the sphere.
    albedo : float [1]
        Share of the light that it gives back (of Bond).

    Raises
    ------
    InvalidInput
        The diameter is not positive, or the albedo does not lie above 0 and up to 1.
    """

    diameter: float
    albedo: float = 0.2

    def __post_init__(self) -> None:
        if not (math.isfinite(self.diameter) and self.diameter > 0.0 and 0.0 < self.albedo <= 1.0):
            raise InvalidInput(
                f"a sphere needs a positive diameter [m] and an albedo up to 1; got {self.diameter!r}, {self.albedo!r}"
            )


def sphere_magnitude(
    sphere: DiffuseSphere, distance: ArrayLike, phase: ArrayLike, sun_distance: ArrayLike = ASTRONOMICAL_UNIT
) -> Array:
    """Apparent V magnitude of a diffuse sphere in sunlight.

    Parameters
    ----------
    sphere : DiffuseSphere
        The object.
    distance, sun_distance : (N,) or float [m]
        From the observer and from the Sun.
    phase : (N,) or float [rad]
        Angle Sun, object, observer.

    Returns
    -------
    (N,) or () [1]
        Beyond 50, and 99 at most, where nothing lit is seen.

    Raises
    ------
    InvalidInput
        A distance is not positive, or a phase lies outside 0 to pi.

    Source
    ------
    Lambert's sphere, as used for satellites: Hejduk (2011), "Specular and diffuse components in spherical satellite
    photometric modeling", AMOS conference.
    """
    distance, phase = np.asarray(distance, dtype=np.float64), np.asarray(phase, dtype=np.float64)
    sun_distance = np.asarray(sun_distance, dtype=np.float64)
    if np.any(~(distance > 0.0)) or np.any(~(sun_distance > 0.0)) or np.any(phase < 0.0) or np.any(phase > math.pi):
        raise InvalidInput("distances must be positive [m], phases lie from 0 to pi [rad]")
    # the geometric albedo of such a sphere is two thirds of Bond's, its face a quarter of the square of its diameter
    share = sphere.albedo * sphere.diameter**2 / 6.0 * lambert_phase(phase) / distance**2
    return _magnitude(share * (ASTRONOMICAL_UNIT / sun_distance) ** 2)


def lambert_phase(phase: ArrayLike) -> Array:
    """Brightness of a diffuse sphere over that at full phase.

    Parameters
    ----------
    phase : (N,) or float [rad]
        Angle Sun, object, observer, 0 to pi.

    Returns
    -------
    (N,) or () [1]

    Source
    ------
    Lambert's sphere: (sin phase + (pi - phase) cos phase) / pi.
    """
    phase = np.asarray(phase, dtype=np.float64)
    return np.asarray(np.maximum(0.0, (np.sin(phase) + (math.pi - phase) * np.cos(phase)) / math.pi))


def plate_magnitude(
    area: float,
    albedo: float,
    distance: ArrayLike,
    to_sun: ArrayLike,
    to_observer: ArrayLike,
    sun_distance: ArrayLike = ASTRONOMICAL_UNIT,
) -> Array:
    """Apparent V magnitude of a flat diffuse plate in sunlight.

    Parameters
    ----------
    area : float [m2]
        Of one side.
    albedo : float [1]
        Share of the light that it gives back.
    distance, sun_distance : (N,) or float [m]
        From the observer and from the Sun.
    to_sun, to_observer : (N,) or float [rad]
        Angles of Sun and observer from the plate's normal.

    Returns
    -------
    (N,) or () [1]
        99 where the observer sees the dark side.

    Raises
    ------
    InvalidInput
        Area or distance is not positive, or the albedo does not lie above 0 and up to 1.

    Source
    ------
    Lambert's law: albedo area cos cos / (pi distance^2).
    """
    distance, sun_distance = np.asarray(distance, dtype=np.float64), np.asarray(sun_distance, dtype=np.float64)
    if not (area > 0.0 and 0.0 < albedo <= 1.0) or np.any(~(distance > 0.0)) or np.any(~(sun_distance > 0.0)):
        raise InvalidInput("a plate needs positive area [m2] and distances [m], and an albedo above 0 and up to 1")
    faces = np.maximum(np.cos(to_sun), 0.0) * np.maximum(np.cos(to_observer), 0.0)
    share = albedo * area * faces / (math.pi * distance**2)
    return _magnitude(share * (ASTRONOMICAL_UNIT / sun_distance) ** 2)


def full_phase_range(sphere: DiffuseSphere, limiting_magnitude: float) -> float:
    """Distance at which a sphere at full phase and 1 au from the Sun has a magnitude.

    Parameters
    ----------
    sphere : DiffuseSphere
        The object.
    limiting_magnitude : float [1]
        Faintest V.

    Returns
    -------
    float [m]

    Source
    ------
    `sphere_magnitude`, solved for the distance.
    """
    return sphere.diameter * math.sqrt(sphere.albedo / 6.0) * 10.0 ** (0.2 * (limiting_magnitude - SUN_MAGNITUDE))


def _magnitude(share: Array) -> Array:
    with np.errstate(divide="ignore"):
        told = SUN_MAGNITUDE - 2.5 * np.log10(share)
    return np.asarray(np.minimum(told, FAINTEST))
