"""Maps of a sphere on a plane: the projections that lunar products and this package use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

__all__ = ["MapProjection"]

Array = NDArray[np.float64]

POLE = 0.5 * math.pi
ROUNDING = 1e-9  # [rad] latitudes this far past a pole are rounding, not mistakes


@dataclass(frozen=True, slots=True)
class MapProjection:
    """A projection of the sphere on the plane, as x to the right and y upwards in metres.

    Attributes
    ----------
    kind : "polar-stereographic", "equirectangular" or "gnomonic"
        Polar stereographic maps are conformal; equirectangular ones have straight meridians and parallels; on gnomonic
        ones every great circle is a straight line.
    latitude, longitude : float [rad]
        Centre, where x = y = 0. At a pole the longitude names the meridian that points to -y (north pole) or to +y
        (south pole), as lunar polar maps are drawn.
    radius : float [m]
        Radius of the sphere.
    scale : float [1]
        Polar stereographic: scale at the pole. Equirectangular: scale of x, the cosine of the standard parallel.
        Gnomonic: must be 1.

    Raises
    ------
    InvalidInput
        The kind is unknown, a number is not finite or out of its range, or a polar map is not centred on a pole.

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, doi:10.3133/pp1395, formulas for the sphere: sections 12
    (equirectangular), 21 (stereographic) and 22 (gnomonic).
    """

    kind: Literal["polar-stereographic", "equirectangular", "gnomonic"]
    latitude: float
    longitude: float
    radius: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in ("polar-stereographic", "equirectangular", "gnomonic"):
            raise InvalidInput(
                f"no map projection is called {self.kind!r}; there are polar-stereographic, equirectangular, gnomonic"
            )
        if not all(map(math.isfinite, (self.latitude, self.longitude, self.radius, self.scale))):
            raise InvalidInput(f"the numbers of a map projection must be finite; got {self!r}")
        if abs(self.latitude) > POLE + ROUNDING:
            raise InvalidInput(
                f"the centre of a map lies beyond a pole: latitude {self.latitude:g} rad; is it degrees?"
            )
        if self.radius <= 0.0 or self.scale <= 0.0:
            raise InvalidInput(f"radius and scale of a map must be positive; got {self.radius:g} m, {self.scale:g}")
        if self.kind == "polar-stereographic" and abs(self.latitude) < POLE - ROUNDING:
            raise InvalidInput(
                f"a polar stereographic map is centred on a pole; got the latitude {math.degrees(self.latitude):g} deg"
            )
        if self.kind == "gnomonic" and self.scale != 1.0:
            raise InvalidInput(f"a gnomonic map has the scale 1 at its centre; got {self.scale:g}")

    def forward(self, latitude: ArrayLike, longitude: ArrayLike) -> tuple[Array, Array]:
        """Map coordinates of points on the sphere.

        Parameters
        ----------
        latitude, longitude : (N,) or scalar [rad]
            Points; any number of turns in longitude.

        Returns
        -------
        x, y : (N,) [m]
            NaN where the map cannot show the point: a gnomonic map shows the hemisphere about its centre, a polar
            stereographic one all but the opposite pole. On an equirectangular map x lies within half a turn of the
            centre.
        """
        lat, lon = np.broadcast_arrays(np.asarray(latitude, dtype=np.float64), np.asarray(longitude, dtype=np.float64))
        east = np.remainder(lon - self.longitude + math.pi, 2.0 * math.pi) - math.pi
        if self.kind == "equirectangular":
            return self.radius * self.scale * east, self.radius * (lat - self.latitude)
        if self.kind == "polar-stereographic":
            north = math.copysign(1.0, self.latitude)
            colatitude = POLE - north * lat
            with np.errstate(invalid="ignore"):
                inside = colatitude < math.pi - ROUNDING
            half = np.where(inside, 0.5 * colatitude, math.nan)
            from_pole = 2.0 * self.radius * self.scale * np.tan(half)
            return from_pole * np.sin(east), -north * from_pole * np.cos(east)
        sin_centre, cos_centre = math.sin(self.latitude), math.cos(self.latitude)
        sin_lat, cos_lat, cos_east = np.sin(lat), np.cos(lat), np.cos(east)
        towards = sin_centre * sin_lat + cos_centre * cos_lat * cos_east  # cosine of the arc from the centre
        with np.errstate(invalid="ignore"):
            stretch = self.radius / np.where(towards > 0.0, towards, math.nan)
        x = stretch * cos_lat * np.sin(east)
        return x, stretch * (cos_centre * sin_lat - sin_centre * cos_lat * cos_east)

    def inverse(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Points on the sphere of map coordinates.

        Parameters
        ----------
        x, y : (N,) or scalar [m]
            Map coordinates.

        Returns
        -------
        latitude, longitude : (N,) [rad]
            Longitude from -pi to pi. NaN where an equirectangular map ends: beyond its poles. There x may go round
            the sphere more than once.
        """
        right, up = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        if self.kind == "equirectangular":
            lat = self.latitude + up / self.radius
            with np.errstate(invalid="ignore"):
                lat = np.where(np.abs(lat) <= POLE + ROUNDING, lat, math.nan)
            east = right / (self.radius * self.scale)
        elif self.kind == "polar-stereographic":
            north = math.copysign(1.0, self.latitude)
            colatitude = 2.0 * np.arctan(np.hypot(right, up) / (2.0 * self.radius * self.scale))
            lat = north * (POLE - colatitude)
            east = np.arctan2(right, -north * up)
        else:
            sin_centre, cos_centre = math.sin(self.latitude), math.cos(self.latitude)
            outward = cos_centre * self.radius - sin_centre * up  # from the axis, in the meridian plane of the centre
            lat = np.arctan2(sin_centre * self.radius + cos_centre * up, np.hypot(outward, right))
            east = np.arctan2(right, outward)
        lon = np.remainder(east + self.longitude + math.pi, 2.0 * math.pi) - math.pi
        return np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
