"""Authority: plain numpy twins of the planner's kernels, and scipy's shortest paths."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from tick_by_tick import MOVES

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.map_projection import MapProjection
from moonstead.station.rovers import ROVERS, drive_energy_per_metre, drive_speed
from moonstead.station.traverse import drive_table
from moonstead.station.traverse_kernels import (
    count_runs_kernel,
    fill_runs_kernel,
    pop,
    push,
    remaining_kernel,
)
from moonstead.surface.gnomonic_grid import GnomonicGrid

SINGLE = 3e-7  # [1] results are kept in single precision


@pytest.fixture(scope="module")
def rough():
    heights = np.random.default_rng(4).normal(0.0, 2.0, (14, 17))
    x, y = 20.0 * (np.arange(17) - 3.0) + 4e4, -20.0 * (np.arange(14) - 5.0) - 3e4
    projection = MapProjection("gnomonic", -1.5, 0.3, LUNAR_MAP_RADIUS)
    return GnomonicGrid(projection, x, y, heights.astype(np.float32), 20.0, "MOON_ME", "rough")


def twin(grid, rover, keep_out):
    """Duration and energy of every drive, one by one, with lengths from latitudes and longitudes."""
    rows, columns = grid.heights.shape
    duration, energy = (np.full((8, rows * columns), np.inf) for _ in range(2))
    latitude, longitude = grid.coordinates()
    place = np.stack(
        (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)), axis=-1
    )
    heights = grid.heights.astype(float)
    east = np.gradient(heights, grid.spacing, axis=1, edge_order=1)
    north = -np.gradient(heights, grid.spacing, axis=0, edge_order=1)
    for k, (down, right) in enumerate(MOVES):
        for row in range(rows):
            for column in range(columns):
                i, j = row + down, column + right
                if not (0 <= i < rows and 0 <= j < columns):
                    continue
                if keep_out[row, column] or keep_out[i, j] or keep_out[row, j] or keep_out[i, column]:
                    continue
                ground = LUNAR_MAP_RADIUS * 2.0 * math.asin(0.5 * np.linalg.norm(place[i, j] - place[row, column]))
                rise = heights[i, j] - heights[row, column]
                slope = math.atan2(rise, ground)
                across = abs(east[row, column] * -down - north[row, column] * right) / math.hypot(down, right)
                speed = float(drive_speed(rover, slope))
                if speed == 0.0 or math.atan(across) > rover.max_sideways:
                    continue
                length = math.hypot(ground, rise)
                duration[k, row * columns + column] = length / speed
                energy[k, row * columns + column] = float(drive_energy_per_metre(rover, slope)) * length
    return duration, energy


def test_drives_agree_with_their_twin(rough):
    keep_out = np.random.default_rng(5).random(rough.heights.shape) < 0.1
    rover = replace(ROVERS["viper"], max_downhill=0.2, max_sideways=0.12)
    drives = drive_table(rough, rover, keep_out)
    duration, energy = twin(rough, rover, keep_out)
    np.testing.assert_array_equal(np.isfinite(drives.duration), np.isfinite(duration))
    allowed = np.isfinite(duration)
    assert 0.2 < allowed.mean() < 0.9
    # chords of 20 m between unit vectors keep 11 digits of their 1e-5 rad: 1e-6 is left
    np.testing.assert_allclose(drives.duration[allowed], duration[allowed], rtol=1e-6 + SINGLE)
    np.testing.assert_allclose(drives.energy[allowed], energy[allowed], rtol=1e-5, atol=1e-2)


def test_costs_to_the_goal_agree_with_scipy(rough):
    drives = drive_table(rough, ROVERS["viper"])
    rows, columns = drives.shape
    starts, ends, costs = [], [], []
    for k, (down, right) in enumerate(MOVES):
        for cell in np.flatnonzero(np.isfinite(drives.duration[k])):
            starts.append(cell)
            ends.append((cell // columns + down) * columns + cell % columns + right)
            costs.append(0.7 * float(drives.duration[k, cell]) + 0.01 * float(drives.energy[k, cell]))
    graph = coo_array((costs, (ends, starts)), shape=(rows * columns, rows * columns)).tocsr()
    goal = 7 * columns + 9
    expected = dijkstra(graph, indices=goal)
    remaining, room = np.empty(rows * columns), 8 * rows * columns + 1
    remaining_kernel(
        drives.duration,
        drives.energy,
        columns,
        goal,
        0.7,
        0.01,
        np.empty(room),
        np.empty(room, dtype=np.int32),
        remaining,
    )
    np.testing.assert_allclose(remaining, expected, rtol=1e-12)


def test_runs_agree_with_the_bits_they_are_made_of():
    generator = np.random.default_rng(7)
    lit, earth = generator.random((2, 6, 21)) < 0.6
    packed = [np.packbits(each, axis=1) for each in (lit, earth)]
    for begin in (0, 5):
        first = np.zeros(7, dtype=np.int64)
        count_runs_kernel(*packed, begin, 21, first[1:])
        first = np.cumsum(first)
        start, state = np.empty(first[-1], dtype=np.int32), np.empty(first[-1], dtype=np.uint8)
        fill_runs_kernel(*packed, begin, 21, first, start, state)
        for cell in range(6):
            told = np.repeat(state[first[cell] : first[cell + 1]], np.diff([*start[first[cell] : first[cell + 1]], 21]))
            np.testing.assert_array_equal(told, lit[cell, begin:] + 2 * earth[cell, begin:])
            assert np.all(np.diff(state[first[cell] : first[cell + 1]].astype(int)) != 0)


def test_the_heap_sorts():
    keys = np.random.default_rng(8).random(300)
    heap, items, size = np.empty(300), np.empty(300, dtype=np.int32), 0
    for item, key in enumerate(keys):
        size = push(heap, items, size, key, item)
    order = [pop(heap, items, size) for size in range(300, 0, -1)]
    np.testing.assert_array_equal(order, np.argsort(keys))
