"""The way of a rover over the ground: where it drives, where it waits for the Sun, and when it arrives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.foundation.map_projection import MapProjection
from moonstead.station.rovers import LUNAR_GRAVITY, ROVERS, Rover
from moonstead.station.traverse_light import LightSlices
from moonstead.station.traverse_schedule import Labels, Traverse, schedule
from moonstead.surface.gnomonic_grid import GnomonicGrid

__all__ = ["DriveTable", "NoTraverse", "drive_table", "plan_traverse", "warm_up"]

EXACT = 1e-9  # [1] of the capacity: rounding
COARSEST = 0.1  # [1]
FIRST_LABELS = 1 << 17
MOST_LABELS = 60_000_000  # 5 GB


@dataclass(frozen=True, eq=False)
class DriveTable:
    """Time and energy of driving from each pixel to its eight neighbours: north, north-east, on with the clock.

    Attributes
    ----------
    duration : (8, pixels) float32 [s]
        inf where the drive is not allowed; pixels row by row.
    energy : (8, pixels) float32 [J]
        From the bus to the drive.
    shape : tuple of 2 int
        Rows and columns of the map.
    """

    duration: NDArray[np.float32]
    energy: NDArray[np.float32]
    shape: tuple[int, int]


@dataclass(frozen=True, slots=True)
class NoTraverse:
    """There is no way; `explain_failure` says what would help.

    Attributes
    ----------
    blocked : bool
        Whether slopes and keep-out areas alone already bar every way, whatever light and battery.
    fastest : float [s]
        Time of the fastest drive if light and battery did not matter; inf where blocked.
    expanded : int
        States that the search looked at.
    """

    blocked: bool
    fastest: float
    expanded: int


def drive_table(grid: GnomonicGrid, rover: Rover, keep_out: NDArray[np.bool_] | None = None) -> DriveTable:
    """Time and energy of each drive between neighbouring pixels, inf where the rover may not drive.

    Slopes are those between the two pixel centres along the drive, and the central difference of the ground across it
    at the start. A diagonal drive must not cut the corner of an area that is kept out of. Lengths are great circles.

    Parameters
    ----------
    grid : GnomonicGrid
        The ground. A pixel must be larger than the rover; what is smaller than a pixel is not seen.
    rover : Rover
        Its speeds, limits and resistance.
    keep_out : (rows, columns) bool, optional
        Pixels that it must not enter: rocks, holes, other people's ground.

    Returns
    -------
    DriveTable

    Raises
    ------
    InvalidInput
        The mask has another shape than the map.

    Source
    ------
    As `drive_speed` and `drive_energy_per_metre`.
    """
    prepare()
    from moonstead.station.traverse_kernels import edges_kernel

    shape = grid.heights.shape
    mask = np.zeros(shape, dtype=np.bool_) if keep_out is None else np.ascontiguousarray(keep_out, dtype=np.bool_)
    if mask.shape != shape:
        raise InvalidInput(f"keep_out has the shape {mask.shape}, the map {shape}")
    duration, energy = (np.empty((8, mask.size), dtype=np.float32) for _ in range(2))
    edges_kernel(
        np.ascontiguousarray(grid.heights),
        np.ascontiguousarray(grid.x),
        np.ascontiguousarray(grid.y),
        grid.projection.radius,
        mask,
        np.array([rover.max_uphill, rover.max_downhill, rover.max_sideways]),
        np.array(rover.slopes, dtype=np.float64),
        np.array(rover.speeds, dtype=np.float64),
        rover.mass * LUNAR_GRAVITY,
        rover.rolling_resistance,
        rover.drive_efficiency,
        duration,
        energy,
    )
    return DriveTable(duration, energy, (shape[0], shape[1]))


def plan_traverse(
    drives: DriveTable,
    rover: Rover,
    slices: LightSlices,
    origin: tuple[int, int],
    goal: tuple[int, int],
    *,
    departure: float | None = None,
    initial_charge: float = 1.0,
    time_weight: float = 1.0,
    energy_weight: float = 0.0,
    charge_resolution: float = EXACT,
) -> Traverse | NoTraverse:
    """Best way over place and time: when to drive, when to wait for the Sun, with the battery as a resource.

    The rover drives from pixel centre to pixel centre, king's moves, and may leave any pixel at any time. Light and
    sight of the Earth are constant within a slice of a pixel; a drive takes the light in which it sets out, its first
    half that of the pixel it leaves, its second half that of the pixel it goes to; at the instant of a change both the
    old and the new hold. Where the Sun shines the array gives its full power, elsewhere none. The battery stops at its
    capacity and never falls below its least charge. Time and charge are continuous, nothing is rounded to steps. With
    the default resolution the plan is the best there is within this model. The effort then grows with the number of
    ways that trade time for energy: on maps of more than some ten thousand pixels take a resolution of 0.01.

    Parameters
    ----------
    drives : DriveTable
        From `drive_table`.
    rover : Rover
        Its powers and its battery.
    slices : LightSlices
        Light and sight of the Earth on the same map. The last edge is the latest arrival.
    origin, goal : tuple of 2 int
        Row and column of the start and the end.
    departure : float [s TDB past J2000], optional
        Earliest time to leave; by default the first edge of the slices.
    initial_charge : float [1]
        State of charge at the start.
    time_weight : float [1/s]
        Cost of a second until arrival.
    energy_weight : float [1/J]
        Cost of a joule that the drive takes. With 1 and 0 the plan arrives earliest, with 0 and 1 it drives with the
        least energy.
    charge_resolution : float [1]
        States of a pixel whose charges differ by less than this share of the capacity, or whose times differ by less
        than it takes to win or lose that in standing, count as equal, and only one is followed. A coarse resolution
        never gives a plan that cannot be driven; it may give one that is later than the best, and overlook one that
        only just succeeds. Against 0.003, a way of 162 h with 71 h of waiting on 235 x 235 pixels came out 0.1 % later
        at 0.01, 0.25 % at 0.03 and 2 % at 0.1, in 0.4, 0.16 and 0.09 of the time.

    Returns
    -------
    Traverse or NoTraverse
        The plan, or that there is none.

    Raises
    ------
    InvalidInput
        A pixel, time, charge or weight is out of its range, or map and slices differ in shape.
    NumericalFailure
        The search needs more memory than it may take.

    Source
    ------
    A* with labels over safe intervals: Hart, Nilsson & Raphael (1968), doi:10.1109/TSSC.1968.300136; Phillips &
    Likhachev (2011), SIPP, doi:10.1109/ICRA.2011.5980306; resources and dominance: Desrochers & Soumis (1988),
    doi:10.1287/trsc.22.1.1 (papers recalled). The bound is the cost to the goal without light and battery.
    """
    prepare()
    from moonstead.station import traverse_kernels as kernels

    rows, columns = drives.shape
    if slices.shape != drives.shape:
        raise InvalidInput(f"the map has the shape {drives.shape}, the light {slices.shape}")
    for what, (row, column) in (("origin", origin), ("goal", goal)):
        if not (0 <= row < rows and 0 <= column < columns):
            raise InvalidInput(f"the {what} {row, column} lies outside the map of {rows} rows and {columns} columns")
    start = float(slices.edges[0]) if departure is None else float(departure)
    if not slices.edges[0] <= start < slices.edges[-1]:
        raise InvalidInput(
            f"departure must lie within the slices of light, {slices.edges[0]:.0f} to {slices.edges[-1]:.0f} s TDB "
            f"past J2000; got {start!r}"
        )
    if not rover.least_charge <= initial_charge <= 1.0:
        raise InvalidInput(f"initial_charge must lie in [{rover.least_charge:g}, 1]; got {initial_charge!r}")
    if not (0.0 <= time_weight < math.inf and 0.0 <= energy_weight < math.inf and time_weight + energy_weight > 0.0):
        raise InvalidInput(
            f"weights must not be negative, one must be positive; got {time_weight!r}, {energy_weight!r}"
        )

    if not EXACT <= charge_resolution <= COARSEST:
        raise InvalidInput(f"charge_resolution must lie in [{EXACT:g}, {COARSEST:g}]; got {charge_resolution!r}")

    cells, source, target = rows * columns, origin[0] * columns + origin[1], goal[0] * columns + goal[1]
    remaining = np.empty(cells)
    room = 8 * cells + 1
    keys, items = np.empty(room), np.empty(room, dtype=np.int32)
    kernels.remaining_kernel(
        drives.duration, drives.energy, columns, target, time_weight, energy_weight, keys, items, remaining
    )
    if not math.isfinite(remaining[source]):
        return NoTraverse(True, math.inf, 0)

    begin = int(np.searchsorted(slices.edges, start, side="right")) - 1
    edges = slices.edges - start
    edges[begin] = 0.0
    first, run_start, run_state = _runs(slices, begin)
    labels = Labels.empty(FIRST_LABELS)
    head = np.full(run_start.size, -1, dtype=np.int32)
    counters = np.zeros(8, dtype=np.int64)
    energy_now = initial_charge * rover.capacity
    lit = bool(run_state[first[source]] & kernels.LIT)
    end_of_run = edges[run_start[first[source] + 1]] if first[source] + 1 < first[source + 1] else edges[-1]
    fresh = np.array([0.0, end_of_run if lit else 0.0, energy_now, rover.capacity if lit else energy_now, 0.0, 0.0])
    weights = np.array([time_weight, energy_weight])
    numbers = (lit, False, rover.lit_rate, rover.dark_rate, 0.0, 0.0, weights)
    kernels.add_label(
        fresh, source, first[source], -1, kernels.STAY, first[source], *numbers, remaining[source],
        head, labels.whole, labels.measures, labels.keys, labels.items, counters,
    )  # fmt: skip
    powers = _powers(rover, charge_resolution)
    while True:
        status = kernels.search_kernel(
            drives.duration, drives.energy, columns, edges, first, run_start, run_state, remaining, target, powers,
            weights, rover.needs_earth, head, labels.whole, labels.measures, labels.keys, labels.items, counters, fresh,
        )  # fmt: skip
        if status != kernels.FULL:
            break
        if 2 * labels.keys.size > MOST_LABELS:
            raise NumericalFailure(
                f"the search keeps more than {labels.keys.size} states; take larger pixels, longer slices, a smaller "
                "map or a shorter time"
            )
        labels = labels.doubled()
    expanded = int(counters[kernels.EXPANDED])
    if status == kernels.NO_WAY:
        return NoTraverse(False, _fastest(drives, source, target, keys, items), expanded)
    found = int(counters[kernels.REACHED])
    cost = float(
        time_weight * labels.measures[found, kernels.FROM] + energy_weight * labels.measures[found, kernels.COST]
    )
    return schedule(labels, found, drives.duration, drives.energy, run_state, rover, start, columns, cost, expanded)


def _runs(slices: LightSlices, begin: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """First run of each pixel (cells + 1,), first slice of each run, and its state."""
    from moonstead.station.traverse_kernels import count_runs_kernel, fill_runs_kernel

    count = slices.edges.size - 1
    lit, earth = (bits.reshape(-1, bits.shape[2]) for bits in (slices.lit, slices.earth))
    first = np.zeros(len(lit) + 1, dtype=np.int64)
    count_runs_kernel(lit, earth, begin, count, first[1:])
    np.cumsum(first, out=first)
    run_start, run_state = np.empty(first[-1], dtype=np.int32), np.empty(first[-1], dtype=np.uint8)
    fill_runs_kernel(lit, earth, begin, count, first, run_start, run_state)
    return first, run_start, run_state


def _powers(rover: Rover, resolution: float) -> NDArray[np.float64]:
    """The numbers (11,) of a rover that the search takes; a limit of shadow that no battery lasts is left out."""
    by_battery = replace(rover, max_shadow=math.inf).dark_endurance
    return np.array(
        [
            rover.capacity,
            rover.least_energy,
            rover.lit_rate,
            rover.dark_rate,
            rover.hotel_power - rover.array_power,
            rover.hotel_power + rover.heater_power,
            rover.charge_efficiency,
            rover.discharge_efficiency,
            rover.max_shadow if rover.max_shadow < by_battery else math.inf,
            resolution,
            resolution * rover.capacity / max(-rover.dark_rate, rover.lit_rate, 1.0) if resolution > EXACT else 0.0,
        ]
    )


def _fastest(
    drives: DriveTable, source: int, target: int, keys: NDArray[np.float64], items: NDArray[np.int32]
) -> float:
    """Time [s] of the fastest drive when light and battery do not matter."""
    from moonstead.station.traverse_kernels import remaining_kernel

    remaining = np.empty(drives.duration.shape[1])
    remaining_kernel(drives.duration, drives.energy, drives.shape[1], target, 1.0, 0.0, keys, items, remaining)
    return float(remaining[source])


def warm_up() -> None:
    """Compile the kernels of the planner on a map of 3 x 3 pixels."""
    rover = ROVERS["heavy"]
    ground = GnomonicGrid(
        MapProjection("gnomonic", 0.0, 0.0, LUNAR_MAP_RADIUS),
        np.array([-10.0, 0.0, 10.0]),
        np.array([10.0, 0.0, -10.0]),
        np.zeros((3, 3), dtype=np.float32),
        10.0,
        "MOON_ME",
        "flat",
    )
    lit = np.ones((2, 3, 3), dtype=bool)
    lit[1, 1] = False
    plan_traverse(
        drive_table(ground, rover), rover, LightSlices.from_arrays(np.array([0.0, 1.0, 1e4]), lit), (0, 0), (2, 2)
    )
