"""New objects and launches: the orbit that a launch leads to, and the launch that an object came from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.mean_elements import WGS72_GM, WGS72_J2, WGS72_RADIUS, MeanElements
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.frame import rotation
from moonstead.foundation.frames.standard import ITRF, TEME
from moonstead.orbits.launch_windows import inclination_of
from moonstead.orbits.launchers import LaunchSite

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

ASCENT = 300.0  # [s] from lift-off to the middle of the powered flight, while the Earth turns the site 1.25 degrees
PLANE_SIGMA = math.radians(1.0)  # of the plane about the site: dog-legs, and the node's drift between both epochs
LONGEST = 60.0 * SECONDS_PER_DAY  # [s] over which a first element set is carried back to a launch
GATE = 3.0  # [1] sigmas of the plane


@dataclass(frozen=True)
class Launch:
    """A launch that is known.

    Attributes
    ----------
    name : str
        What it is called.
    site : LaunchSite
        Where from.
    tdb : float [s TDB past J2000]
        Lift-off.
    azimuth : float or None [rad]
        Of the inertial velocity, clockwise from north; None where it is not known: the site's whole range counts.
    azimuth_sigma : float [rad]
        Of the azimuth.
    designator : str
        International designator of the launch, such as ``2021-035``; empty where it is not known.
    """

    name: str
    site: LaunchSite
    tdb: float
    azimuth: float | None = None
    azimuth_sigma: float = math.radians(1.0)
    designator: str = ""


@dataclass(frozen=True)
class ExpectedOrbit:
    """Where to look for what a launch has brought up.

    Attributes
    ----------
    inclinations : (2,) [rad]
        Least and largest.
    nodes : tuple of (float, float) [rad]
        Right ascensions of the ascending node in TEME at lift-off, from west to east of each interval; one while the
        azimuth runs to one side of east, two where it may run to both.
    normals : (K, 3) [1]
        Normals of planes over the range of azimuths, TEME.
    """

    inclinations: tuple[float, float]
    nodes: tuple[tuple[float, float], ...]
    normals: Array


@dataclass(frozen=True, eq=False)
class LaunchMatch:
    """What speaks for a launch as the origin of an object.

    Attributes
    ----------
    object_id : int
        Of the object.
    name : str
        Of the object.
    launch : Launch
        The launch.
    plane_angle : float [rad]
        Between the launch site and the object's plane at the time of the launch; small for the right launch.
    age : float [s]
        From lift-off to the element set that was used.
    sigmas : float [1]
        The angle, and an azimuth that does not fit, in units of what is allowed for.
    same_designator : bool or None
        Whether the object's international designator says the same; None where either is not known.
    """

    object_id: int
    name: str
    launch: Launch
    plane_angle: float
    age: float
    sigmas: float
    same_designator: bool | None


def expected_orbit(launch: Launch, data: DataContext) -> ExpectedOrbit:
    """The planes that a launch may lead into.

    Parameters
    ----------
    launch : Launch
        With the azimuth, or that of its site's range.
    data : DataContext
        Orientation of the Earth.

    Returns
    -------
    ExpectedOrbit

    Raises
    ------
    OutsideSpan
        The time lies before Earth orientation.

    Source
    ------
    Spherical triangle of site, pole and node: Vallado (2013), section 6.4.
    """
    low, high = launch.site.azimuths
    if launch.azimuth is not None:
        low, high = launch.azimuth - launch.azimuth_sigma, launch.azimuth + launch.azimuth_sigma
    azimuths = np.linspace(low, high, 33)
    up, north, east = _site_axes(launch, data)
    ahead = np.cos(azimuths)[:, None] * north + np.sin(azimuths)[:, None] * east
    normals = np.cross(up, ahead)
    tilts = np.array([inclination_of(launch.site.latitude, float(azimuth)) for azimuth in azimuths])
    nodes = np.mod(np.arctan2(normals[:, 0], -normals[:, 1]), 2.0 * np.pi)
    northward = np.cos(azimuths) >= 0.0
    spans = tuple(_interval(nodes[side]) for side in (northward, ~northward) if np.any(side))
    return ExpectedOrbit((float(np.min(tilts)), float(np.max(tilts))), spans, normals)


def match_launches(
    elements: MeanElements, launches: Sequence[Launch], data: DataContext, *, longest: float = LONGEST
) -> tuple[LaunchMatch, ...]:
    """Launches whose site lay in the plane of an object when they lifted off.

    The first set of each object after a launch is carried back to it by the drift that the Earth's oblateness gives its
    node; the plane has to hold the site.

    Parameters
    ----------
    elements : MeanElements
        Sets of one or many objects, a history or a catalogue.
    launches : sequence of Launch
        Those that are known.
    data : DataContext
        Orientation of the Earth.
    longest : float [s]
        Sets later than this after a launch are not carried back to it.

    Returns
    -------
    tuple of LaunchMatch
        Objects and launches that fit within three sigma; for each object the best launch first.

    Raises
    ------
    InvalidInput
        The longest time is not positive.
    OutsideSpan
        A launch lies before Earth orientation.

    Source
    ------
    Drift of node by J2: Vallado (2013), eq. 9-37. Plane and time of launch as the test: orbits of bodies in space are
    changed in plane at great cost alone.
    """
    if not longest > 0.0:
        raise InvalidInput(f"the longest time from launch to elements must be positive [s]; got {longest!r}")
    found: list[LaunchMatch] = []
    tdb = elements.tdb
    drift = node_drift(elements)
    for launch in launches:
        up, north, east = _site_axes(launch, data)
        later = np.flatnonzero((tdb > launch.tdb) & (tdb <= launch.tdb + longest))
        order = later[np.argsort(tdb[later], kind="stable")]
        _, first = np.unique(elements.object_id[order], return_index=True)
        for row in order[first]:
            age = float(tdb[row] - launch.tdb)
            node = float(elements.node[row] - drift[row] * age)
            tilt = float(elements.inclination[row])
            normal = np.array([math.sin(tilt) * math.sin(node), -math.sin(tilt) * math.cos(node), math.cos(tilt)])
            angle = math.asin(max(-1.0, min(1.0, float(normal @ up))))
            ahead = np.cross(normal, up)
            azimuth = math.atan2(float(ahead @ east), float(ahead @ north))
            sigmas = math.hypot(angle / PLANE_SIGMA, _azimuth_sigmas(azimuth, launch))
            if sigmas <= GATE:
                same = _same_designator(elements.designator[row], launch.designator)
                found.append(
                    LaunchMatch(int(elements.object_id[row]), elements.name[row], launch, abs(angle), age, sigmas, same)
                )
    return tuple(sorted(found, key=lambda match: (match.object_id, match.sigmas)))


def node_drift(elements: MeanElements) -> Array:
    """Secular drift of the nodes by the Earth's oblateness (N,) [rad/s].

    Parameters
    ----------
    elements : MeanElements
        N sets.

    Returns
    -------
    (N,) [rad/s]
        Negative for orbits that go east.

    Source
    ------
    Vallado (2013), eq. 9-37, with constants of WGS-72.
    """
    axis = elements.semi_major_axis
    motion = np.sqrt(WGS72_GM / axis**3)
    latus = axis * (1.0 - elements.eccentricity**2)
    return np.asarray(-1.5 * WGS72_J2 * (WGS72_RADIUS / latus) ** 2 * motion * np.cos(elements.inclination))


def _site_axes(launch: Launch, data: DataContext) -> tuple[Array, Array, Array]:
    """Up, north and east (3,) each of the site in TEME, in the middle of the ascent."""
    point = SurfacePoint.on_earth(launch.site.id, launch.site.latitude, launch.site.longitude, 0.0)
    turn = rotation(ITRF, TEME, np.array([launch.tdb + ASCENT]), data).matrix[0]
    up = turn @ (point.position / np.linalg.norm(point.position))
    east = np.cross(turn[:, 2], up)
    east /= np.linalg.norm(east)
    return up, np.cross(up, east), east


def _azimuth_sigmas(azimuth: float, launch: Launch) -> float:
    if launch.azimuth is not None:
        away = (azimuth - launch.azimuth + math.pi) % (2.0 * math.pi) - math.pi
        return away / max(launch.azimuth_sigma, 1e-9)
    low, high = launch.site.azimuths
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    away = abs((azimuth - middle + math.pi) % (2.0 * math.pi) - math.pi) - half
    return max(0.0, away) / math.radians(3.0)  # the range's edges are good to some degrees


def _same_designator(one: str, other: str) -> bool | None:
    if not one or not other:
        return None
    return one.startswith(other)


def _interval(angles: Array) -> tuple[float, float]:
    """Ends of the arc that holds angles which run on from each other."""
    unrolled = np.unwrap(angles)
    return float(np.min(unrolled) % (2.0 * np.pi)), float(np.max(unrolled) % (2.0 * np.pi))
