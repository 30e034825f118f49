"""When satellites see a site on the Moon: by one, two or three at once, and for how long nobody."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.conditions import Horizon, elevation_above, not_occulted
from moonstead.dynamics.events import find_windows
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

RESOLUTION = 1.0  # [s] shorter looks and gaps may be missed


@dataclass(frozen=True, eq=False)
class Skyline:
    """Least elevation by azimuth, linear between its points, as plain numbers.

    Attributes
    ----------
    azimuth : (M,) [rad]
        From north over east, rising, within [0, 2 pi).
    elevation : (M,) [rad]
        Below it nothing is seen.

    Raises
    ------
    InvalidInput
        Azimuths do not rise within one turn, or the arrays do not match.
    """

    azimuth: Array
    elevation: Array

    def __post_init__(self) -> None:
        azimuth, elevation = (np.asarray(x, dtype=np.float64) for x in (self.azimuth, self.elevation))
        if azimuth.ndim != 1 or azimuth.shape != elevation.shape or azimuth.size < 2:
            raise InvalidInput(f"a skyline needs pairs of angles; got shapes {azimuth.shape} and {elevation.shape}")
        if np.any(np.diff(azimuth) <= 0.0) or azimuth[0] < 0.0 or azimuth[-1] >= 2.0 * math.pi:
            raise InvalidInput("the azimuths of a skyline rise within [0, 2 pi) [rad]")
        if not np.all(np.abs(elevation) < 0.5 * math.pi):
            raise InvalidInput("every elevation of a skyline is finite and within pi/2 [rad]")
        object.__setattr__(self, "azimuth", azimuth)
        object.__setattr__(self, "elevation", elevation)

    def at(self, azimuth: ArrayLike) -> Array:
        """Least elevation (N,) [rad] at azimuths (N,) [rad]."""
        return np.interp(np.mod(np.asarray(azimuth, dtype=np.float64), 2.0 * math.pi), *self._closed)

    @cached_property
    def _closed(self) -> tuple[Array, Array]:
        """Points from before 0 to beyond 2 pi."""
        around = np.concatenate(([self.azimuth[-1] - 2.0 * math.pi], self.azimuth, [self.azimuth[0] + 2.0 * math.pi]))
        return around, np.concatenate((self.elevation[-1:], self.elevation, self.elevation[:1]))

    @cached_property
    def slope(self) -> float:
        """Steepest change [rad/rad] of the elevation by azimuth."""
        around = np.append(self.azimuth, self.azimuth[0] + 2.0 * math.pi)
        return float(np.max(np.abs(np.diff(np.append(self.elevation, self.elevation[0])) / np.diff(around))))


@dataclass(frozen=True, eq=False)
class Coverage:
    """How well a site is seen.

    Attributes
    ----------
    windows : Windows
        When at least so many satellites as asked see it.
    """

    windows: Windows

    @property
    def fraction(self) -> float:
        """Share [1] of the span in which it is seen."""
        return self.windows.fraction()

    @property
    def gaps(self) -> Windows:
        """When it is not seen."""
        return ~self.windows

    @property
    def worst_gap(self) -> float:
        """Longest time [s] that it is not seen."""
        return self.gaps.longest()

    def worst_by(self, interval: float) -> Array:
        """Share of one stretch of time after another in which it is seen.

        Parameters
        ----------
        interval : float [s]
            Length of a stretch; a last one that is shorter is left out.

        Returns
        -------
        (K,) [1]
        """
        first, last = self.windows.span
        edges = first + interval * np.arange(int((last - first) // interval) + 1)
        return np.array([self.windows.within((a, b)).fraction() for a, b in pairwise(edges)])


def sight_windows(
    satellite: Trajectory,
    site: SurfacePoint,
    mask: float | Skyline,
    data: DataContext,
    *,
    span: tuple[float, float] | None = None,
    resolution: float = RESOLUTION,
) -> Windows:
    """When a satellite stands above a site's skyline.

    Parameters
    ----------
    satellite : Trajectory
        What is seen.
    site : SurfacePoint
        From where.
    mask : float [rad] or Skyline
        Least elevation.
    data : DataContext
        Ephemeris and orientation.
    span : (2,) [s TDB past J2000] or None
        Where to look; None for the satellite's own.
    resolution : float [s]
        Shorter windows and gaps may be missed.

    Returns
    -------
    Windows

    Source
    ------
    Geometry, without light time (0.05 s and less).
    """
    first, last = span or satellite.span
    horizon: float | Horizon = mask.at if isinstance(mask, Skyline) else mask
    slope = mask.slope if isinstance(mask, Skyline) else None
    condition = elevation_above(site, satellite, horizon, data, mask_slope=slope)
    return find_windows(condition, first, last, resolution=resolution)


def earth_windows(satellite: Trajectory, data: DataContext, *, span: tuple[float, float] | None = None) -> Windows:
    """When the Moon does not stand between a satellite and the centre of the Earth.

    Parameters
    ----------
    satellite : Trajectory
        About the Moon.
    data : DataContext
        Ephemeris.
    span : (2,) [s TDB past J2000] or None
        Where to look; None for the satellite's own.

    Returns
    -------
    Windows

    Source
    ------
    Geometry of a sphere.
    """
    first, last = span or satellite.span
    earth = BodyTrajectory("EARTH", "MOON", data)
    return find_windows(not_occulted(satellite, earth, "MOON", data), first, last, resolution=RESOLUTION)


def at_least(seen: Sequence[Windows], count: int) -> Coverage:
    """When at least so many of several windows hold at once.

    Parameters
    ----------
    seen : sequence of Windows
        One for each satellite, over the same span.
    count : int
        How many at once.

    Returns
    -------
    Coverage

    Raises
    ------
    InvalidInput
        There are no windows, their spans differ, or the count is below one.

    Source
    ------
    Counting of starts and stops in the order of time.
    """
    if not seen or len({windows.span for windows in seen}) > 1:
        raise InvalidInput("coverage counts the windows of one satellite or more over the same span")
    if count < 1:
        raise InvalidInput(f"coverage by at least {count} satellites says nothing: ask for 1 or more")
    edges = np.concatenate([np.concatenate((windows.starts, windows.stops)) for windows in seen])
    steps = np.concatenate([np.repeat([1, -1], len(windows)) for windows in seen])
    order = np.lexsort((-steps, edges))  # where one ends as another begins, the site is seen throughout
    edges, number = edges[order], np.cumsum(steps[order])
    enough = number >= count
    rises = np.flatnonzero(enough & ~np.concatenate(([False], enough[:-1])))
    falls = np.flatnonzero(~enough & np.concatenate(([False], enough[:-1])))
    return Coverage(Windows.of(edges[rises], edges[falls], seen[0].span))
