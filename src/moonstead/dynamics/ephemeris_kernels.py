"""Kernels of tabulated ephemerides and orientation: Chebyshev series in, positions and a rotation matrix out."""

import math

from numba import njit

from moonstead.dynamics.places_tables import (
    AXES_SERIES,
    BODY_SERIES,
    BODY_VECTORS,
    GRID_LAYOUT,
    GRID_TIMES,
    LANES,
    SERIES_WORK,
    TURNS,
)
from moonstead.dynamics.vector_kernels import load_lanes, spread, store_lanes

# Scratch space (work_size,) of one force evaluation.
QUATERNION = SERIES_WORK[1]
MATRIX = QUATERNION + LANES  # nine numbers, row by row: from the ICRF to the axes of the centre
WIND = MATRIX + 9  # three numbers
DENSER = WIND + 3  # three numbers: gradient of the density of air
BODIES = SERIES_WORK[0]  # positions of the bodies from the centre [m], three numbers each


@njit(cache=True, error_model="numpy", _nrt=False)
def work_size(tables):
    """How many numbers [1] of scratch space the forces need."""
    return BODIES + LANES * tables.integers[BODY_VECTORS]


@njit(cache=True, error_model="numpy", _nrt=False)
def tabulated(t, at, numbers, integers, series, work):
    """Write the sum of series on some grids at t [s past the epoch] to the scratch space; integers[at:] tells which."""
    first = integers[at]
    grids = integers[at + 1]
    vectors = integers[at + 2]
    place = integers[at + 3]
    for vector in range(vectors):
        total = spread(0.0)
        for grid in range(first, first + grids):
            times = integers[GRID_TIMES] + 3 * grid
            layout = integers[GRID_LAYOUT] + 3 * grid
            records = integers[layout + 1]
            terms = integers[layout + 2]
            after = t - numbers[times]
            index = min(max(math.floor(after * numbers[times + 2]), 0), records - 1)
            x = 2.0 * (after - index * numbers[times + 1]) * numbers[times + 2] - 1.0
            double = 2.0 * x
            at = integers[layout] + LANES * terms * (vectors * index + vector)
            a = spread(0.0)
            b = spread(0.0)
            for k in range(terms - 1, 0, -1):
                c = double * a + (load_lanes(series, at + LANES * k) - b)
                b = a
                a = c
            total = total + (x * a + (load_lanes(series, at) - b))
        store_lanes(work, place + LANES * vector, total)


@njit(cache=True, error_model="numpy", _nrt=False)
def body_positions(t, tables, work):
    """Write the positions of all bodies from the centre [m] at t [s past the epoch] to work[BODIES:]."""
    integers = tables.integers
    tabulated(t, integers[BODY_SERIES], tables.numbers, integers, tables.series, work)


@njit(cache=True, error_model="numpy", _nrt=False)
def orientation_matrix(t, tables, work):
    """Write the rotation from the ICRF to the axes of the centre at t [s past the epoch] to work[MATRIX:], if known."""
    integers = tables.integers
    if integers[TURNS] == 0:
        return
    tabulated(t, integers[AXES_SERIES], tables.numbers, integers, tables.series, work)
    w = work[QUATERNION]
    x = work[QUATERNION + 1]
    y = work[QUATERNION + 2]
    z = work[QUATERNION + 3]
    work[MATRIX] = w * w + x * x - y * y - z * z
    work[MATRIX + 1] = 2.0 * (x * y + w * z)
    work[MATRIX + 2] = 2.0 * (x * z - w * y)
    work[MATRIX + 3] = 2.0 * (x * y - w * z)
    work[MATRIX + 4] = w * w - x * x + y * y - z * z
    work[MATRIX + 5] = 2.0 * (y * z + w * x)
    work[MATRIX + 6] = 2.0 * (x * z + w * y)
    work[MATRIX + 7] = 2.0 * (y * z - w * x)
    work[MATRIX + 8] = w * w - x * x - y * y + z * z
