"""Axes of a place: east, north and up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import Frame
from moonstead.foundation.frames.rotation import Rotation
from moonstead.foundation.frames.turns import turned

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Topocentric:
    """Axes of a place: x east, y north, z up.

    Up is the normal of the reference surface at that latitude: of the sphere for a planetocentric latitude, of the
    ellipsoid for a geodetic one. At a pole, "north" is the direction in which the meridian of `longitude` crosses it.
    Azimuth is atan2(x, y), clockwise from north; elevation is asin(z / r).

    Attributes
    ----------
    body_fixed : Frame
        Axes that turn with the body, for example `MOON_ME`.
    latitude, longitude : float [rad]
        Of the place in those axes, longitude positive to the east.

    Raises
    ------
    InvalidInput
        The latitude is beyond a pole, or an angle is not finite.
    """

    body_fixed: Frame
    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse places that do not exist."""
        if not abs(self.latitude) <= math.pi / 2 or not math.isfinite(self.longitude):
            raise InvalidInput(
                f"a place needs a latitude within +-pi/2 and a finite longitude [rad], got {self.latitude!r} and "
                f"{self.longitude!r}; convert degrees first"
            )

    @property
    def name(self) -> str:
        """Name that tells the place."""
        degrees = math.degrees(self.latitude), math.degrees(self.longitude)
        return f"TOPOCENTRIC({self.body_fixed.name}, {degrees[0]:.6f} deg, {degrees[1]:.6f} deg)"

    @cached_property
    def axes(self) -> Array:
        """East, north and up (3, 3) [1] as rows, in body-fixed axes."""
        sine, cosine = math.sin(self.latitude), math.cos(self.latitude)
        along, across = math.cos(self.longitude), math.sin(self.longitude)
        return np.array(
            [
                [-across, along, 0.0],
                [-sine * along, -sine * across, cosine],
                [cosine * along, cosine * across, sine],
            ]
        )

    def from_icrf(self, tdb: Array, data: DataContext) -> Rotation:
        """Rotation from the ICRF to this frame at times (N,) [s TDB past J2000]."""
        return turned(self.axes, self.body_fixed.from_icrf(tdb, data))
