"""From two places and a rover to a plan, or to the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from moonstead.foundation.errors import InvalidInput
from moonstead.station.rovers import Rover
from moonstead.station.traverse import NoTraverse, drive_table, plan_traverse
from moonstead.station.traverse_ground import GroundPath, ground_path, map_frame, pixel_of, traverse_ground
from moonstead.station.traverse_light import LightSlices, light_slices
from moonstead.station.traverse_report import Explanation, explain_failure
from moonstead.station.traverse_schedule import Traverse
from moonstead.surface.gnomonic_grid import GnomonicGrid

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext
    from moonstead.surface.nested import NestedTerrain
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["Journey", "Objective", "find_traverse"]

Objective = Literal["arrival", "energy"]

EXACT_PIXELS = 2_500  # up to here the search takes no more than seconds without a resolution
MANY_PIXELS = 20_000
COARSE, COARSER = 1e-2, 3e-2  # [1] resolution of the charge on larger maps, and on those with many pixels
ROVER_SIZE = 20.0  # [m] pixels larger than this hide what stops a rover
SLICE = 7200.0  # [s]


@dataclass(frozen=True, eq=False)
class Journey:
    """A traverse that was asked for.

    Attributes
    ----------
    grid : GnomonicGrid
        The map.
    slices : LightSlices
        Its light and sight of the Earth.
    origin, goal : tuple of 2 int
        Row and column of both ends.
    distance : float [m]
        Between them, along the sphere.
    plan : Traverse, optional
        None where there is no way.
    path : GroundPath, optional
        The plan on the ground.
    explanation : Explanation, optional
        Why there is none.
    charge_resolution : float [1]
        Of the search; below 1e-6 the plan is the best of its model.
    remarks : tuple of str
        What map and slices cannot show.
    """

    grid: GnomonicGrid
    slices: LightSlices
    origin: tuple[int, int]
    goal: tuple[int, int]
    distance: float
    plan: Traverse | None
    path: GroundPath | None
    explanation: Explanation | None
    charge_resolution: float
    remarks: tuple[str, ...]


def find_traverse(
    terrain: GlobalTerrain | NestedTerrain,
    origin: tuple[float, float],
    goal: tuple[float, float],
    rover: Rover,
    start: float,
    stop: float,
    data: DataContext,
    *,
    spacing: float | None = None,
    margin: float | None = None,
    mast: float = 1.5,
    slice_length: float = SLICE,
    initial_charge: float = 1.0,
    objective: Objective = "arrival",
) -> Journey:
    """Way of a rover between two places on a terrain, under the Sun and the Earth as they will stand.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The ground, in ``MOON_ME``.
    origin, goal : (latitude, longitude) [rad]
        The two ends; each is moved to the middle of its pixel.
    rover : Rover
        What drives.
    start, stop : float [s TDB past J2000]
        Earliest departure and latest arrival.
    data : DataContext
        Where the ephemeris comes from.
    spacing, margin : float [m], optional
        Of the map: see `map_frame`.
    mast : float [m]
        Height of the rover's panels and antenna.
    slice_length : float [s]
        For which light and sight of the Earth hold; the Sun moves by its own diameter in an hour.
    initial_charge : float [1]
        State of charge at the start.
    objective : "arrival" or "energy"
        What the plan makes least.

    Returns
    -------
    Journey

    Raises
    ------
    InvalidInput
        Both ends lie in one pixel, the span or the slices are empty, or as `map_frame` and `plan_traverse`.

    Source
    ------
    As `plan_traverse`, `light_slices` and `horizon_map`.
    """
    if not (start < stop and 0.0 < slice_length < math.inf):
        raise InvalidInput(
            f"a traverse needs start < stop and slices of some length; got {start!r} to {stop!r}, {slice_length!r} s"
        )
    resolution = float(np.max(terrain.resolution_at(*zip(origin, goal, strict=True))))
    frame = map_frame(origin, goal, terrain.radius, resolution, spacing, margin)
    horizons = traverse_ground(terrain, frame, mast)
    grid = horizons.grid
    ends = pixel_of(grid, *origin), pixel_of(grid, *goal)
    if ends[0] == ends[1]:
        raise InvalidInput(
            f"both ends of the traverse lie in one pixel of {grid.spacing:g} m, {frame.distance:.0f} m apart; take a "
            "finer spacing, and a terrain that knows the ground between them"
        )
    count = math.ceil((stop - start) / slice_length)
    slices = light_slices(horizons, start + (stop - start) / count * np.arange(count + 1.0), data)
    weights = {"arrival": (1.0, 0.0), "energy": (0.0, 1.0)}[objective]
    charge_resolution = 1e-9
    if grid.heights.size > EXACT_PIXELS:
        charge_resolution = COARSE if grid.heights.size <= MANY_PIXELS else COARSER
    plan = plan_traverse(
        drive_table(grid, rover),
        rover,
        slices,
        *ends,
        initial_charge=initial_charge,
        time_weight=weights[0],
        energy_weight=weights[1],
        charge_resolution=charge_resolution,
    )
    remarks = _remarks(grid, rover, resolution, slice_length, charge_resolution)
    if isinstance(plan, NoTraverse):
        why = explain_failure(grid, rover, slices, *ends, initial_charge=initial_charge)
        return Journey(grid, slices, *ends, frame.distance, None, None, why, charge_resolution, remarks)
    return Journey(grid, slices, *ends, frame.distance, plan, ground_path(grid, plan), None, charge_resolution, remarks)


def _remarks(
    grid: GnomonicGrid, rover: Rover, resolution: float, slice_length: float, charge_resolution: float
) -> tuple[str, ...]:
    """What the answer cannot know, in sentences."""
    remarks = []
    if max(resolution, grid.spacing) > ROVER_SIZE:
        remarks.append(
            f"The terrain has one height every {resolution:.0f} m and the map one pixel every {grid.spacing:.0f} m: "
            "craters, scarps and rocks that stop a rover are not in it, slopes are too gentle and nearby shadows are "
            "missing. This is a sketch of the region, no traverse to drive; that needs pixels of some metres."
        )
    longest = grid.spacing / min(rover.speeds)
    if longest > slice_length:
        remarks.append(
            f"One drive from pixel to pixel takes up to {longest / 3600.0:.1f} h, longer than the slices of light of "
            f"{slice_length / 3600.0:.1f} h: it keeps the light in which it sets out. Take smaller pixels."
        )
    if charge_resolution > 1e-6:
        remarks.append(
            f"States of the battery within {charge_resolution:.0%} count as equal on this map: the plan can be driven, "
            "a slightly better one may exist."
        )
    return tuple(remarks)
