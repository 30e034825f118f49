"""What stands between a site and a body of its sky: the round Moon itself, or a ridge."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.horizon import HorizonProfile

__all__ = ["Obstruction", "obstruction", "smooth_dip"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Obstruction:
    """Why a body was not seen from a site over an interval.

    Attributes
    ----------
    terrain_share : float [1]
        Share of the samples in which the body would be seen on a smooth sphere: there the terrain alone hides it. In
        the others it stands below the horizon of the smooth sphere: season, rotation or orbit.
    tdb : float [s TDB past J2000]
        When the body came nearest to being seen.
    azimuth : float [rad]
        Of the body then, from north over east.
    elevation : float [rad]
        Of its upper limb then.
    skyline : float [rad]
        Elevation of the ground in that azimuth.
    distance : float [m]
        Ground distance to the ridge that makes it.
    """

    terrain_share: float
    tdb: float
    azimuth: float
    elevation: float
    skyline: float
    distance: float

    @property
    def by_terrain(self) -> bool:
        """Whether the terrain hid it for most of the interval."""
        return self.terrain_share > 0.5


def smooth_dip(height: float, radius: float) -> float:
    """Depression of the horizon of a smooth sphere.

    Parameters
    ----------
    height : float [m]
        Of the eye above the sphere; below it the horizon is level.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    float [rad]
        Angle of the horizon below the horizontal, not negative.

    Source
    ------
    Closed form: arccosine of radius over radius and height.
    """
    return math.acos(radius / (radius + height)) if height > 0.0 else 0.0


def obstruction(
    tdb: ArrayLike,
    azimuth: ArrayLike,
    elevation: ArrayLike,
    angular_radius: ArrayLike,
    horizon: HorizonProfile,
    radius: float,
) -> Obstruction:
    """What hides a body over an interval in which it is not seen.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Samples of the interval.
    azimuth, elevation : (N,) [rad]
        Of the body's centre at the site.
    angular_radius : (N,) or scalar [rad]
        Of its disc; 0 for a spacecraft.
    horizon : HorizonProfile
        Skyline of the site.
    radius : float [m]
        Of the sphere that heights count from.

    Returns
    -------
    Obstruction
        With the ridge at the moment in which least was lacking.

    Raises
    ------
    InvalidInput
        There is no sample.

    Source
    ------
    Definition: the smooth sphere hides what stands below `smooth_dip`, the terrain what stands below the skyline only.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if tdb.size == 0:
        raise InvalidInput("an obstruction needs at least one sample of the interval; got none")
    azimuth = np.broadcast_to(np.asarray(azimuth, dtype=np.float64), tdb.shape)
    limb = np.broadcast_to(np.asarray(elevation, dtype=np.float64) + np.asarray(angular_radius), tdb.shape)
    skyline = horizon.at(azimuth)
    risen = limb > -smooth_dip(horizon.height, radius)
    nearest = int(np.argmax(limb - skyline))
    return Obstruction(
        terrain_share=float(np.mean(risen)),
        tdb=float(tdb[nearest]),
        azimuth=float(np.mod(azimuth[nearest], 2.0 * math.pi)),
        elevation=float(limb[nearest]),
        skyline=float(skyline[nearest]),
        distance=_distance(horizon, float(azimuth[nearest])),
    )


def _distance(horizon: HorizonProfile, azimuth: float) -> float:
    """Ground distance [m] of the skyline at the sample nearest to an azimuth [rad]."""
    count = horizon.azimuth.size
    return float(horizon.distance[round(azimuth / (2.0 * math.pi) * count) % count])
