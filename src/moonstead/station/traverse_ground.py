"""The ground of a traverse: a map that holds both ends, with the skyline of every pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.station.traverse_schedule import Traverse
from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.horizon_map import HorizonMap, horizon_map
from moonstead.surface.horizon_map_levels import horizon_levels, target_window

if TYPE_CHECKING:
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["GroundPath", "MapFrame", "ground_path", "map_frame", "pixel_of", "traverse_ground"]

Array = NDArray[np.float64]

AZIMUTHS = 180  # every 2 degrees: four diameters of the Sun, interpolated
PIXELS = 200  # along an edge of a map whose spacing is left open
FINEST = 8.0  # [1] pixels to each of the terrain's: more would only repeat its bilinear patches
MARGIN = 0.3  # [1] of the distance between the ends, around both
LEAST_MARGIN = 8  # [pixels]
FARTHEST = 400e3  # [m] a gnomonic map stretches by 4 % there


@dataclass(frozen=True, slots=True)
class MapFrame:
    """Where the map of a traverse lies.

    Attributes
    ----------
    latitude, longitude : float [rad]
        Its centre, midway between the two ends.
    half_width : float [m]
        From the centre to its edges.
    spacing : float [m]
        Of its pixels.
    distance : float [m]
        Between the two ends, along the sphere.
    """

    latitude: float
    longitude: float
    half_width: float
    spacing: float
    distance: float


@dataclass(frozen=True, eq=False)
class GroundPath:
    """A plan on the ground, one value for each of its events.

    Attributes
    ----------
    latitude, longitude : (P,) [rad]
        In the map's frame.
    height : (P,) [m]
        Above the map's sphere.
    distance : (P,) [m]
        Driven so far, along the slopes between pixel centres.
    """

    latitude: Array
    longitude: Array
    height: Array
    distance: Array


def map_frame(
    origin: tuple[float, float],
    goal: tuple[float, float],
    radius: float,
    resolution: float,
    spacing: float | None = None,
    margin: float | None = None,
) -> MapFrame:
    """Square map that holds both ends of a traverse.

    Parameters
    ----------
    origin, goal : (latitude, longitude) [rad]
        The two ends.
    radius : float [m]
        Of the terrain's sphere.
    resolution : float [m]
        Of the terrain there.
    spacing : float [m], optional
        Of the pixels; by default the map is 200 pixels wide, or as fine as an eighth of the terrain's resolution.
    margin : float [m], optional
        Around both ends; by default 0.3 of their distance, 8 pixels at least.

    Returns
    -------
    MapFrame

    Raises
    ------
    InvalidInput
        The two ends are the same or more than 400 km apart, or spacing or margin are not positive.

    Source
    ------
    Midpoint of a great circle: the sum of two unit vectors.
    """
    first, last = (
        np.array([math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b)]) for b, a in (origin, goal)
    )
    distance = radius * math.atan2(float(np.linalg.norm(np.cross(first, last))), float(first @ last))
    if not 0.0 < distance <= FARTHEST:
        raise InvalidInput(
            f"the ends of a traverse must lie apart, by {FARTHEST / 1e3:.0f} km at most; got {distance / 1e3:.6g} km"
        )
    around = MARGIN * distance if margin is None else margin
    step = max((distance + 2.0 * around) / PIXELS, resolution / FINEST) if spacing is None else spacing
    if not (step > 0.0 and around > 0.0):
        raise InvalidInput(f"spacing and margin of a map must be positive; got {spacing!r} and {margin!r} m")
    middle = first + last
    return MapFrame(
        latitude=math.atan2(middle[2], math.hypot(middle[0], middle[1])),
        longitude=math.atan2(middle[1], middle[0]),
        half_width=0.5 * distance + max(around, LEAST_MARGIN * step),
        spacing=float(step),
        distance=distance,
    )


def traverse_ground(
    terrain: GlobalTerrain | NestedTerrain, frame: MapFrame, mast: float, azimuth_count: int = AZIMUTHS
) -> HorizonMap:
    """Heights and skylines of the map of a traverse.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground.
    frame : MapFrame
        Where the map lies.
    mast : float [m]
        Height of the rover's panels and antenna above the ground.
    azimuth_count : int
        Directions of the skylines.

    Returns
    -------
    HorizonMap
        Its grid is the map.

    Raises
    ------
    InvalidInput
        As `horizon_levels` and `horizon_map`.

    Source
    ------
    As `horizon_map`.
    """
    levels = horizon_levels(terrain, frame.latitude, frame.longitude, frame.half_width, frame.spacing)
    rows, columns = target_window(levels[0], frame.half_width)
    return horizon_map(levels, azimuth_count, mast, rows, columns)


def pixel_of(grid: GnomonicGrid, latitude: float, longitude: float) -> tuple[int, int]:
    """Row and column of the pixel that holds a place.

    Parameters
    ----------
    grid : GnomonicGrid
        The map.
    latitude, longitude : float [rad]
        The place in the map's frame.

    Returns
    -------
    tuple of 2 int

    Raises
    ------
    InvalidInput
        The place lies outside the map.

    Source
    ------
    As `MapProjection.forward`.
    """
    x, y = (float(a) for a in grid.projection.forward(latitude, longitude))
    column, row = (x - grid.x[0]) / grid.spacing, (grid.y[0] - y) / grid.spacing
    inside = math.isfinite(column) and math.isfinite(row)
    if not inside or not (-0.5 <= row < grid.y.size - 0.5 and -0.5 <= column < grid.x.size - 0.5):
        raise InvalidInput(
            f"latitude {math.degrees(latitude):.4f}, longitude {math.degrees(longitude):.4f} deg lies outside the map "
            f"{grid.name}"
        )
    return round(row), round(column)


def ground_path(grid: GnomonicGrid, plan: Traverse) -> GroundPath:
    """Places and heights of a plan's events.

    Parameters
    ----------
    grid : GnomonicGrid
        The map that it was made on.
    plan : Traverse
        The plan.

    Returns
    -------
    GroundPath

    Source
    ------
    As `MapProjection.inverse`; lengths are those of the chords between pixel centres on the ground.
    """
    latitude, longitude = grid.projection.inverse(grid.x[plan.column], grid.y[plan.row])
    height = grid.heights[plan.row, plan.column].astype(np.float64)
    radius = grid.projection.radius + height
    place = radius[:, None] * np.stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)), axis=1
    )
    steps = np.linalg.norm(np.diff(place, axis=0), axis=1)
    return GroundPath(latitude, longitude, height, np.concatenate(([0.0], np.cumsum(steps))))
