"""Sun and Earth seen from the Moon's centre: computed once, then turned into any site's sky by its parallax."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import BARYCENTER, Aberration
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME

__all__ = ["MoonSky", "moon_sky"]

Array = NDArray[np.float64]

ABERRATIONS = ("geometric", "light-time", "apparent")
VELOCITY_STEP = 21_600.0  # [s] between velocities; straight lines stray by 0.5 m/s: 2e-9 rad of aberration


@dataclass(frozen=True, eq=False)
class MoonSky:
    """Vectors from the Moon's centre to the Sun and to the Earth, along body-fixed axes.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    sun, earth : (N, 3) [m]
        In ``MOON_ME``. A site's view follows by subtracting its place; against a full calculation the Earth then
        strays by up to 0.5 urad (its aberration is that of the centre), the Sun by 1 nrad.
    aberration : str
        How they are seen: ``"geometric"``, ``"light-time"`` or ``"apparent"``.
    """

    tdb: Array
    sun: Array
    earth: Array
    aberration: str

    def __post_init__(self) -> None:
        if self.sun.shape != (self.tdb.size, 3) or self.earth.shape != (self.tdb.size, 3):
            raise InvalidInput(
                f"{self.tdb.size} times do not pair with vectors to the Sun {self.sun.shape} and Earth "
                f"{self.earth.shape}"
            )


def moon_sky(tdb: ArrayLike, data: DataContext, aberration: Aberration = "apparent") -> MoonSky:
    """Sun and Earth from the Moon's centre at many times, quickly: 18.6 years by the hour in a second.

    Light time is one step of straight flight, which bends by 5 mm for the Earth and 3 cm for the Sun.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times, rising.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric", "light-time" or "apparent"
        As in `observe`.

    Returns
    -------
    MoonSky
        For `light_series`, `light_map` and all that looks at one span from many places.

    Raises
    ------
    InvalidInput
        Times do not rise, or the aberration is unknown.
    OutsideSpan
        A time lies outside the ephemeris.

    Source
    ------
    Geometry, light time and stellar aberration to first order, as in `observe`.
    """
    times = np.ascontiguousarray(np.atleast_1d(np.asarray(tdb, dtype=np.float64)))
    if aberration not in ABERRATIONS:
        raise InvalidInput(f"aberration must be one of {', '.join(ABERRATIONS)}; got {aberration!r}")
    if times.ndim != 1 or times.size < 1 or not np.all(np.diff(times) > 0.0):
        raise InvalidInput("times of a sky must be a rising list of one or more [s TDB past J2000]")
    turn = MOON_ME.from_icrf(times, data)
    moon_velocity = _velocity("MOON", times, data) if aberration == "apparent" else None
    seen = []
    for body in ("SUN", "EARTH"):
        place = data.ephemeris.position(body, "MOON", times)
        distance = np.linalg.norm(place, axis=1)[:, None]
        if aberration != "geometric":
            place = place - _velocity(body, times, data) * (distance / SPEED_OF_LIGHT)
        if moon_velocity is not None:
            place = place + moon_velocity * (distance / SPEED_OF_LIGHT)
            place *= distance / np.linalg.norm(place, axis=1)[:, None]
        seen.append(np.ascontiguousarray(turn.position(place)))
    return MoonSky(times, seen[0], seen[1], aberration)


def _velocity(body: str, tdb: Array, data: DataContext) -> Array:
    """Velocity (N, 3) [m/s] relative to the solar system barycentre, between knots that are close enough."""
    knots = np.linspace(tdb[0], tdb[-1], 2 + int((tdb[-1] - tdb[0]) / VELOCITY_STEP))
    if knots.size >= tdb.size or tdb.size == 1:
        return np.asarray(data.ephemeris.state(body, BARYCENTER, tdb)[:, 3:], dtype=np.float64)
    rates = data.ephemeris.state(body, BARYCENTER, knots)[:, 3:]
    return np.stack([np.interp(tdb, knots, rates[:, axis]) for axis in range(3)], axis=1)
