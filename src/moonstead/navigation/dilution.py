"""Dilution of precision: how the geometry of satellites scales the errors of a position, on Earth or Moon."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import WGS84, Ellipsoid
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare

Array = NDArray[np.float64]

MASK = math.radians(5.0)  # [rad] least elevation in the definitions of GPS, GLONASS and BeiDou performance


@dataclass(frozen=True, eq=False)
class Sites:
    """Places on a body, with their axes, in the frame that turns with it.

    Attributes
    ----------
    position : (P, 3) [m]
        From the body's centre.
    east, north, up : (P, 3) [1]
        Unit vectors of each place.
    """

    position: Array
    east: Array
    north: Array
    up: Array

    def part(self, which: slice) -> Sites:
        """Some of the places."""
        return Sites(self.position[which], self.east[which], self.north[which], self.up[which])


@dataclass(frozen=True, eq=False)
class Dilution:
    """Geometry at sites over time.

    Attributes
    ----------
    count : (E, P)
        Satellites above the mask.
    variances : (E, P, 4) [1]
        Of east, north and up and the sum of those of all clocks, for ranges of variance 1; infinite where the
        satellites seen give no position.
    """

    count: NDArray[np.int64]
    variances: Array

    @property
    def position(self) -> Array:
        """PDOP (E, P) [1]."""
        return np.sqrt(self.variances[..., :3].sum(axis=-1))

    @property
    def horizontal(self) -> Array:
        """HDOP (E, P) [1]."""
        return np.sqrt(self.variances[..., :2].sum(axis=-1))

    @property
    def vertical(self) -> Array:
        """VDOP (E, P) [1]."""
        return np.sqrt(self.variances[..., 2])

    @property
    def time(self) -> Array:
        """TDOP (E, P) [1]: root of the sum over all clocks that are estimated."""
        return np.sqrt(self.variances[..., 3])

    @property
    def geometric(self) -> Array:
        """GDOP (E, P) [1]."""
        return np.sqrt(self.variances.sum(axis=-1))


def geodetic_sites(
    latitude: ArrayLike, longitude: ArrayLike, height: ArrayLike = 0.0, *, ellipsoid: Ellipsoid = WGS84
) -> Sites:
    """Places on an ellipsoid of revolution, or on a sphere as one without flattening.

    Parameters
    ----------
    latitude, longitude : (P,) [rad]
        Geodetic, positive to north and east.
    height : (P,) or float [m]
        Above the ellipsoid.
    ellipsoid : Ellipsoid
        Of the body; for the Moon one with flattening 0.

    Returns
    -------
    Sites
        In ITRF, or in the axes of the body.

    Raises
    ------
    InvalidInput
        A latitude is beyond a pole, or an angle or height is not finite.

    Source
    ------
    Geometry of the ellipsoid: IERS Conventions (2010), TN 36, eq. 4.13.
    """
    latitude, longitude, height = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (latitude, longitude, height))
    )
    if not (np.all(np.abs(latitude) <= 0.5 * math.pi) and np.all(np.isfinite(longitude + height))):
        raise InvalidInput(
            "a site needs a latitude within +-pi/2 [rad], a finite longitude [rad] and a finite height [m]; convert "
            "degrees first"
        )
    sine, cosine = np.sin(latitude), np.cos(latitude)
    along, across = np.cos(longitude), np.sin(longitude)
    squared = ellipsoid.flattening * (2.0 - ellipsoid.flattening)  # of the eccentricity
    normal = ellipsoid.equatorial_radius / np.sqrt(1.0 - squared * sine**2)
    position = np.stack(
        (
            (normal + height) * cosine * along,
            (normal + height) * cosine * across,
            (normal * (1.0 - squared) + height) * sine,
        ),
        axis=1,
    )
    east = np.stack((-across, along, np.zeros_like(along)), axis=1)
    north = np.stack((-sine * along, -sine * across, cosine), axis=1)
    up = np.stack((cosine * along, cosine * across, sine), axis=1)
    return Sites(position, east, north, up)


def dilution(
    satellites: ArrayLike, sites: Sites, *, mask: ArrayLike = MASK, system: ArrayLike | None = None
) -> Dilution:
    """Dilution of precision at sites, with one unknown clock for each system seen.

    Parameters
    ----------
    satellites : (E, S, 3) [m]
        Places in the sites' axes, NaN where a satellite is not there or not to be used.
    sites : Sites
        Where from.
    mask : float, (H,) or (P, H) [rad]
        Least elevation: one for all, or by azimuth in H equal sectors from north over east, of all or of each site.
    system : (S,) [1] or None
        Number of each satellite's system, from 0; None for one clock in common.

    Returns
    -------
    Dilution
        Infinite where fewer satellites than unknowns are seen or their lines of sight lie on a cone.

    Raises
    ------
    InvalidInput
        Shapes do not match, or a mask is not an elevation.

    Source
    ------
    Kaplan and Hegarty (2017), Understanding GPS/GNSS, 3rd ed., section 11.2; clocks eliminated from the normal
    equations.
    """
    prepare()
    from moonstead.navigation.dilution_kernels import MOST_SYSTEMS, dilution_kernel

    places = np.ascontiguousarray(satellites, dtype=np.float64)
    if places.ndim != 3 or places.shape[2] != 3:
        raise InvalidInput(f"satellites need places of shape (epochs, satellites, 3) [m]; got {places.shape}")
    horizon = np.asarray(mask, dtype=np.float64)
    number = sites.position.shape[0]
    if horizon.ndim > 2 or (horizon.ndim == 2 and horizon.shape[0] != number) or horizon.size == 0:
        raise InvalidInput(f"a mask is one elevation, or (H,) or ({number}, H) by azimuth; got shape {horizon.shape}")
    if not np.all(np.abs(horizon) <= 0.5 * math.pi):
        raise InvalidInput("a mask is an elevation within +-pi/2 [rad]; convert degrees first")
    of = np.zeros(places.shape[1], dtype=np.int64) if system is None else np.asarray(system, dtype=np.int64)
    if of.shape != (places.shape[1],) or (of.size and not (of.min() >= 0 and of.max() < MOST_SYSTEMS)):
        raise InvalidInput(
            f"each of {places.shape[1]} satellites needs the number of its system, 0 to {MOST_SYSTEMS - 1}"
        )
    shape = places.shape[0], number
    count, variances = np.zeros(shape, dtype=np.int64), np.empty((*shape, 4))
    dilution_kernel(
        places,
        np.ascontiguousarray(of),
        *(np.ascontiguousarray(part) for part in (sites.position, sites.east, sites.north, sites.up)),
        np.ascontiguousarray(np.sin(np.atleast_2d(horizon))),
        count,
        variances,
        np.empty((int(of.max(initial=0)) + 1, 4)),
    )
    return Dilution(count, variances)


def look_angles(satellites: ArrayLike, sites: Sites) -> tuple[Array, Array]:
    """Azimuth and elevation of satellites: what a sky plot shows.

    Parameters
    ----------
    satellites : (E, S, 3) [m]
        Places in the sites' axes.
    sites : Sites
        A single place.

    Returns
    -------
    azimuth, elevation : (E, S) [rad]
        Azimuth from north over east within [0, 2 pi); NaN where a satellite is not there.

    Raises
    ------
    InvalidInput
        There is more than one place.

    Source
    ------
    Geometry.
    """
    if sites.position.shape[0] != 1:
        raise InvalidInput(f"a sky is seen from one site; got {sites.position.shape[0]}")
    sight = np.asarray(satellites, dtype=np.float64) - sites.position[0]
    sight /= np.linalg.norm(sight, axis=-1, keepdims=True)
    east, north, up = (sight @ axis[0] for axis in (sites.east, sites.north, sites.up))
    return np.mod(np.arctan2(east, north), 2.0 * math.pi), np.arcsin(np.clip(up, -1.0, 1.0))
