"""Telescopes on the ground, on the Moon and in space, and when each sees an object in cislunar space."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.conditions import closer_than, elevation_above, separation_above
from moonstead.dynamics.events import Condition, find_windows
from moonstead.dynamics.observe import icrf_position
from moonstead.dynamics.sunlight_conditions import in_umbra
from moonstead.dynamics.trajectories import BodyTrajectory, SurfacePoint
from moonstead.dynamics.trajectory import Trajectory
from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.visibility.brightness import DiffuseSphere, sphere_magnitude
from moonstead.monitoring.visibility.light_conditions import brighter_than, off_the_limb

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

RESOLUTION = 10.0  # [s] shorter windows and gaps may be missed
HIDING = ("MOON", "EARTH")  # bodies that throw shadows and stand in the way
SAMPLES = 400  # of the magnitude within the time that an object is seen


@dataclass(frozen=True)
class Telescope:
    """Who looks, and what stands in the way.

    Attributes
    ----------
    place : Trajectory
        A `SurfacePoint` on the Earth or the Moon, or anything that flies.
    limiting_magnitude : float [1]
        Faintest V.
    least_elevation : float [rad]
        Of the object over the horizon of a surface point.
    sun_below : float or None [rad]
        How far the Sun has to be below the horizon of a surface point; None where there is no air.
    sun_exclusion : float [rad]
        Least angle between object and Sun.
    moon_exclusion, earth_exclusion : float [rad]
        Least angles between the object and the limb of Moon or Earth. What is nearer than the limb, before or behind
        the disc, is never seen.
    largest_range : float [m]
        Farthest that it is pointed to.

    Raises
    ------
    InvalidInput
        An angle is out of its range, or the range is not positive.
    """

    place: Trajectory
    limiting_magnitude: float
    least_elevation: float = 0.0
    sun_below: float | None = None
    sun_exclusion: float = 0.0
    moon_exclusion: float = 0.0
    earth_exclusion: float = 0.0
    largest_range: float = math.inf

    def __post_init__(self) -> None:
        exclusions = (self.sun_exclusion, self.moon_exclusion, self.earth_exclusion)
        if not all(0.0 <= angle < math.pi for angle in exclusions):
            raise InvalidInput(f"exclusion angles lie from 0 to below pi [rad]; got {exclusions}")
        if abs(self.least_elevation) >= 0.5 * math.pi or not math.isfinite(self.limiting_magnitude):
            raise InvalidInput("the least elevation lies within pi/2 [rad], the limiting magnitude is finite")
        if not self.largest_range > 0.0:
            raise InvalidInput(f"the largest range must be positive [m]; got {self.largest_range!r}")

    @property
    def name(self) -> str:
        """What reports call it: the name of its place."""
        return self.place.name


@dataclass(frozen=True, eq=False)
class Visibility:
    """When one telescope sees one object.

    Attributes
    ----------
    telescope, target : str
        Names.
    windows : Windows
        When it sees it.
    demands : mapping of str to Windows
        When each demand by itself holds, over the whole span.
    brightest, median_magnitude : float [1]
        V while it is seen; NaN where it never is.
    """

    telescope: str
    target: str
    windows: Windows
    demands: Mapping[str, Windows]
    brightest: float
    median_magnitude: float

    @property
    def fraction(self) -> float:
        """Share [1] of the span in which it is seen."""
        return self.windows.fraction()

    @property
    def longest_gap(self) -> float:
        """Longest time [s] without sight; at the ends of the span as far as it was searched."""
        return (~self.windows).longest()


def demands_of(
    telescope: Telescope, target: Trajectory, sphere: DiffuseSphere, data: DataContext
) -> dict[str, Condition]:
    """What has to hold for a telescope to see an object.

    Parameters
    ----------
    telescope : Telescope
        Who looks.
    target : Trajectory
        What is looked at.
    sphere : DiffuseSphere
        Its size and albedo.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    dict of str to Condition
        ``"lit"``, ``"bright"``, ``"sun"``, ``"moon"``, ``"earth"``, ``"elevation"``, ``"night"``, ``"range"``: those
        that matter.

    Source
    ------
    Geometry, without light time (1.3 s from the Moon) and refraction; brightness by `sphere_magnitude`.
    """
    place = telescope.place
    on = place.body if isinstance(place, SurfacePoint) else None
    sun = BodyTrajectory("SUN", "EARTH", data)
    demands: dict[str, Condition] = {
        "lit": ~in_umbra(target, HIDING, data),
        "bright": brighter_than(target, place, sphere, telescope.limiting_magnitude, data),
    }
    if telescope.sun_exclusion > 0.0:
        demands["sun"] = separation_above(place, target, sun, telescope.sun_exclusion, data)
    for body, angle in (("MOON", telescope.moon_exclusion), ("EARTH", telescope.earth_exclusion)):
        if on != body:
            demands[body.lower()] = off_the_limb(target, place, body, angle, data)
    if isinstance(place, SurfacePoint):
        demands["elevation"] = elevation_above(place, target, telescope.least_elevation, data)
        if telescope.sun_below is not None:
            demands["night"] = ~elevation_above(place, sun, -telescope.sun_below, data)
    if math.isfinite(telescope.largest_range):
        demands["range"] = closer_than(place, target, telescope.largest_range, data)
    return demands


def visibility(
    telescope: Telescope,
    target: Trajectory,
    sphere: DiffuseSphere,
    span: tuple[float, float],
    data: DataContext,
    *,
    resolution: float = RESOLUTION,
) -> Visibility:
    """When a telescope sees an object.

    Parameters
    ----------
    telescope : Telescope
        Who looks.
    target : Trajectory
        What is looked at; it covers the span.
    sphere : DiffuseSphere
        Its size and albedo.
    span : (2,) [s TDB past J2000]
        What to search.
    data : DataContext
        Ephemeris and orientation.
    resolution : float [s]
        Shorter windows and gaps of each demand may be missed; all longer ones are found.

    Returns
    -------
    Visibility

    Raises
    ------
    InvalidInput
        The span is empty.
    OutsideSpan
        A trajectory or the data do not cover it.

    Source
    ------
    As `demands_of`.
    """
    found = {
        name: find_windows(condition, *span, resolution=resolution)
        for name, condition in demands_of(telescope, target, sphere, data).items()
    }
    windows = reduce(and_, found.values())
    magnitudes = _magnitudes(telescope.place, target, sphere, windows, data)
    if magnitudes.size == 0:
        return Visibility(telescope.name, target.name, windows, found, math.nan, math.nan)
    return Visibility(
        telescope.name, target.name, windows, found, float(np.min(magnitudes)), float(np.median(magnitudes))
    )


def seen_by_any(seen: Sequence[Visibility]) -> Windows:
    """When at least one of several telescopes sees an object.

    Parameters
    ----------
    seen : sequence of Visibility
        Of one object, all over the same span.

    Returns
    -------
    Windows

    Raises
    ------
    InvalidInput
        There is none, or the spans differ.

    Source
    ------
    Definition: the union of sets.
    """
    if not seen:
        raise InvalidInput("no telescope looked: give at least one")
    return reduce(or_, [one.windows for one in seen])


def magnitude(target: Trajectory, observer: Trajectory, sphere: DiffuseSphere, tdb: Array, data: DataContext) -> Array:
    """Apparent V magnitude of a diffuse sphere on a trajectory, as if nothing stood before the Sun.

    Parameters
    ----------
    target, observer : Trajectory
        What is seen and from where.
    sphere : DiffuseSphere
        Its size and albedo.
    tdb : (N,) [s TDB past J2000]
        Times.
    data : DataContext
        Ephemeris and orientation.

    Returns
    -------
    (N,) [1]

    Raises
    ------
    OutsideSpan
        A time lies outside a trajectory or the ephemeris.

    Source
    ------
    As `sphere_magnitude`, without light time.
    """
    here = icrf_position(target, target.center, tdb, data)
    to_sun = data.ephemeris.position("SUN", target.center, tdb) - here
    to_observer = icrf_position(observer, target.center, tdb, data) - here
    across = np.linalg.norm(np.cross(to_sun, to_observer), axis=1)
    phase = np.arctan2(across, np.sum(to_sun * to_observer, axis=1))
    return sphere_magnitude(sphere, np.linalg.norm(to_observer, axis=1), phase, np.linalg.norm(to_sun, axis=1))


def _magnitudes(
    place: Trajectory, target: Trajectory, sphere: DiffuseSphere, windows: Windows, data: DataContext
) -> Array:
    """Magnitudes at moments spread evenly over the time in which the object is seen."""
    if len(windows) == 0:
        return np.zeros(0)
    lengths = windows.durations()
    passed = (np.arange(SAMPLES) + 0.5) / SAMPLES * float(np.sum(lengths))
    ends = np.cumsum(lengths)
    window = np.minimum(np.searchsorted(ends, passed), lengths.size - 1)
    tdb = windows.starts[window] + passed - (ends[window] - lengths[window])
    return magnitude(target, place, sphere, tdb, data)
