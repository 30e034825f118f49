"""Kernels of the terrain grid: bilinear heights on a sphere with both poles closed."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit


@njit(cache=True)
def grid_height(heights, north, south, latitude, longitude):
    """Height [m] at one point [rad] of a pixel-centred grid (rows from north, columns from 180 W eastwards)."""
    rows, columns = heights.shape
    column = (longitude + math.pi) / (2.0 * math.pi) * columns - 0.5
    column -= math.floor(column / columns) * columns
    left = min(int(column), columns - 1)
    right = left + 1 if left + 1 < columns else 0
    east = column - left
    row = (0.5 * math.pi - latitude) / math.pi * rows - 0.5
    # the first and last half cell reach from a ring of pixel centres to the single height of the pole
    if row <= 0.0:
        ring = (1.0 - east) * heights[0, left] + east * heights[0, right]
        return ring - 2.0 * row * (north - ring)
    if row >= rows - 1:
        ring = (1.0 - east) * heights[rows - 1, left] + east * heights[rows - 1, right]
        return ring + 2.0 * (row - (rows - 1)) * (south - ring)
    top = int(row)
    down = row - top
    upper = (1.0 - east) * heights[top, left] + east * heights[top, right]
    lower = (1.0 - east) * heights[top + 1, left] + east * heights[top + 1, right]
    return (1.0 - down) * upper + down * lower


@njit(cache=True)
def grid_heights_kernel(heights, north, south, latitude, longitude, out):
    """Write heights [m] (N,) at points [rad] (N,); a point that is not finite gets NaN."""
    for i in range(latitude.size):
        if math.isfinite(latitude[i]) and math.isfinite(longitude[i]):
            out[i] = grid_height(heights, north, south, latitude[i], longitude[i])
        else:
            out[i] = math.nan
