"""Coverage by a formula: footprints, streets of coverage, the fewest polar satellites, shares of time by latitude."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import WGS84
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

QUADRATURE_NODES = 4000
MOST_IN_A_PLANE = 200


def footprint(altitude: ArrayLike, least_elevation: ArrayLike, radius: float = WGS84.equatorial_radius) -> Array:
    """Angle at the centre of a sphere from the point under a satellite to the edge of what it sees.

    Parameters
    ----------
    altitude : (N,) or float [m]
        Of the satellite over the sphere.
    least_elevation : (N,) or float [rad]
        Of the satellite over the horizon at the edge, 0 to pi/2.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (N,) or () [rad]

    Raises
    ------
    InvalidInput
        An altitude is not positive, or an elevation lies outside 0 to pi/2.

    Source
    ------
    Wertz & Larson (1999), Space Mission Analysis and Design, 3rd ed., section 5.2.
    """
    altitude, elevation = np.asarray(altitude, dtype=np.float64), np.asarray(least_elevation, dtype=np.float64)
    if np.any(altitude <= 0.0) or np.any(elevation < 0.0) or np.any(elevation > 0.5 * math.pi):
        raise InvalidInput("a footprint needs a positive altitude [m] and an elevation from 0 to pi/2 [rad]")
    return np.asarray(np.arccos(radius / (radius + altitude) * np.cos(elevation)) - elevation)


def cap_share(angle: ArrayLike) -> Array:
    """Share of a sphere within an angle of a point.

    Parameters
    ----------
    angle : (N,) or float [rad]
        From 0 to pi.

    Returns
    -------
    (N,) or () [1]

    Source
    ------
    Area of a spherical cap.
    """
    return np.asarray(np.sin(0.5 * np.asarray(angle, dtype=np.float64)) ** 2)


def street_half_width(angle: float, each: int) -> float:
    """Half width of the band that the satellites of one plane cover without a gap.

    Parameters
    ----------
    angle : float [rad]
        Footprint of each satellite.
    each : int
        Satellites in the plane, evenly spaced.

    Returns
    -------
    float [rad]
        0 where their footprints do not overlap.

    Raises
    ------
    InvalidInput
        The angle lies outside 0 to pi/2, or there are fewer than 2 satellites.

    Source
    ------
    Rider (1985), J. Astronaut. Sci. 33, 31: cos(angle) = cos(half width) cos(pi / each).
    """
    if not 0.0 < angle < 0.5 * math.pi or each < 2:
        raise InvalidInput(f"a street needs a footprint below pi/2 [rad] and 2 satellites; got {angle!r} and {each}")
    ratio = math.cos(angle) / math.cos(math.pi / each) if each > 2 else math.inf
    return math.acos(ratio) if ratio < 1.0 else 0.0


@dataclass(frozen=True)
class PolarStar:
    """Polar planes that cover a whole sphere all the time.

    Attributes
    ----------
    planes, each : int
        Planes, and satellites in each.
    half_width : float [rad]
        Of one plane's street.
    spacing : float [rad]
        Between planes that turn the same way side by side; the seam between opposite ones takes the rest.
    """

    planes: int
    each: int
    half_width: float
    spacing: float

    @property
    def total(self) -> int:
        """All satellites."""
        return self.planes * self.each


def fewest_polar(angle: float) -> PolarStar:
    """Fewest satellites in polar planes that see every place at any time.

    Neighbours that turn the same way are phased so that the bulge of one fills the gap of the other; along the seam,
    where they meet head on, only the streets count.

    Parameters
    ----------
    angle : float [rad]
        Footprint of each satellite.

    Returns
    -------
    PolarStar

    Raises
    ------
    InvalidInput
        The angle lies outside 0 to pi/2, or is so small that a plane needs more than 200 satellites.

    Source
    ------
    Beste (1978), IEEE Trans. Aerosp. Electron. Syst. AES-14, 466; Adams & Rider (1987), J. Astronaut. Sci. 35, 155:
    (planes - 1) (angle + half width) + 2 half width >= pi.
    """
    if not 0.0 < angle < 0.5 * math.pi:
        raise InvalidInput(f"a footprint lies above 0 and below pi/2 [rad]; got {angle!r}")
    best: PolarStar | None = None
    for each in range(3, MOST_IN_A_PLANE + 1):
        half = street_half_width(angle, each)
        if half == 0.0:
            continue
        planes = max(1, math.ceil((math.pi - 2.0 * half) / (angle + half) + 1.0 - 1e-12))
        if best is None or planes * each < best.total:
            best = PolarStar(planes, each, half, angle + half)
    if best is None:
        raise InvalidInput(
            f"a footprint of {math.degrees(angle):.3g} deg needs more than {MOST_IN_A_PLANE} satellites in a plane"
        )
    return best


def seen_share(latitude: ArrayLike, inclination: float, angle: float) -> Array:
    """Share of time for which one satellite on a circular orbit sees a place, whose track never repeats.

    Parameters
    ----------
    latitude : (N,) [rad]
        On a sphere.
    inclination : float [rad]
        Of the orbit.
    angle : float [rad]
        Footprint of the satellite.

    Returns
    -------
    (N,) [1]
        Of many independent satellites each place is missed by all with the product of their shares missed.

    Raises
    ------
    InvalidInput
        The footprint lies outside 0 to pi/2, or the inclination outside 0 to pi.

    Source
    ------
    The satellite's place in its orbit and the node's longitude are each evenly spread: the mean, over one turn, of the
    half width in longitude of the footprint at that latitude, over pi. Quadrature at even steps.
    """
    if not 0.0 < angle < 0.5 * math.pi or not 0.0 <= inclination <= math.pi:
        raise InvalidInput("a footprint lies above 0 and below pi/2, an inclination from 0 to pi [rad]")
    place = np.atleast_1d(np.asarray(latitude, dtype=np.float64))[:, None]
    turn = 2.0 * np.pi * (np.arange(QUADRATURE_NODES) + 0.5) / QUADRATURE_NODES
    below = np.arcsin(math.sin(inclination) * np.sin(turn))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (math.cos(angle) - np.sin(place) * np.sin(below)) / (np.cos(place) * np.cos(below))
    half = np.arccos(np.clip(np.nan_to_num(cosine, nan=1.0, posinf=1.0, neginf=-1.0), -1.0, 1.0))
    return np.asarray(np.mean(half, axis=1) / np.pi)
