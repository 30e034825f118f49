"""The azimuthal equidistant map about a site: distances and directions from the site are true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["from_map", "onto_map"]

Array = NDArray[np.float64]


def from_map(latitude: float, longitude: float, x: ArrayLike, y: ArrayLike, radius: float) -> tuple[Array, Array]:
    """Points of the sphere from coordinates on the map about a site.

    Parameters
    ----------
    latitude, longitude : float [rad]
        The site. At a pole the longitude says where y points.
    x, y : (N,) [m]
        Towards the east and the north of the site.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    latitude, longitude : (N,) [rad]

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, section 25, doi:10.3133/pp1395.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    far = np.hypot(east, north)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(far > 0.0, np.sin(far / radius) / far, 1.0 / radius)
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    cosine = np.cos(far / radius)
    outward = cosine * cos_lat - north * ratio * sin_lat
    axial = cosine * sin_lat + north * ratio * cos_lat
    return np.arctan2(axial, np.hypot(outward, east * ratio)), np.arctan2(east * ratio, outward) + longitude


def onto_map(
    latitude: float, longitude: float, point_latitude: ArrayLike, point_longitude: ArrayLike, radius: float
) -> tuple[Array, Array]:
    """Coordinates of points of the sphere on the map about a site.

    Parameters
    ----------
    latitude, longitude : float [rad]
        The site.
    point_latitude, point_longitude : (N,) [rad]
        The points.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    x, y : (N,) [m]
        Towards the east and the north of the site.

    Source
    ------
    As `from_map`.
    """
    lat = np.asarray(point_latitude, dtype=np.float64)
    turn = np.asarray(point_longitude, dtype=np.float64) - longitude
    east = np.cos(lat) * np.sin(turn)
    north = np.cos(latitude) * np.sin(lat) - np.sin(latitude) * np.cos(lat) * np.cos(turn)
    towards = np.sin(latitude) * np.sin(lat) + np.cos(latitude) * np.cos(lat) * np.cos(turn)
    sine = np.hypot(east, north)
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = np.where(sine > 0.0, radius * np.arctan2(sine, towards) / sine, radius)
    return east * stretch, north * stretch
