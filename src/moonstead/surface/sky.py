"""Where bodies stand in the sky of a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.observe import Aberration, azimuth_elevation, observe
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.data import DataContext

__all__ = ["SkyTrack", "sky_track"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SkyTrack:
    """Path of a body through the sky of a site.

    Attributes
    ----------
    body : str
        The body.
    tdb : (N,) [s TDB past J2000]
        Times at the site.
    azimuth, elevation : (N,) [rad]
        Of the body's centre: from north over east, and above the plane normal to the vertical of the reference surface.
    distance : (N,) [m]
        From the site to the body's centre.
    angular_radius : (N,) [rad]
        Of the disc of the body's mean radius.
    """

    body: str
    tdb: Array
    azimuth: Array
    elevation: Array
    distance: Array
    angular_radius: Array


def sky_track(
    site: SurfacePoint, body: str, tdb: ArrayLike, data: DataContext, aberration: Aberration = "apparent"
) -> SkyTrack:
    """Path of a body through the sky of a site, without refraction.

    Parameters
    ----------
    site : SurfacePoint
        Where the observer stands.
    body : str
        Name of a body of the ephemeris: ``"SUN"``, ``"EARTH"``.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Where ephemeris and orientation come from.
    aberration : "geometric", "light-time" or "apparent"
        As in `observe`. Between the first and the last the Sun of the Moon moves by 20 arcseconds, the Earth by 1.

    Returns
    -------
    SkyTrack
        N directions.

    Raises
    ------
    OutsideSpan
        A time lies outside the ephemeris.
    InvalidInput
        The body is unknown.

    Source
    ------
    Geometry of `observe` and `azimuth_elevation`; the angular radius is the arcsine of radius over distance.
    """
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    states = observe(BodyTrajectory(body, site.body, data), site, tdb, site.topocentric, data, aberration)
    azimuth, elevation, distance = azimuth_elevation(states)
    angular_radius = np.arcsin(body_named(body).mean_radius / distance)
    return SkyTrack(body, tdb, azimuth, elevation, distance, angular_radius)
