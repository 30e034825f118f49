"""Kernels of nested terrain: heights of the finest level that has data, each level in its own map projection.

A level is a row of numbers, see the constants below; the heights of all levels lie one after another in one array.

Compiled without counts of references to arrays: counting them takes longer than the arithmetic.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

from moonstead.surface.terrain_kernels import grid_height

# columns of a level
RIGHT, UP, AXIS = 0, 3, 6  # unit vectors (3,) of the map's x and y at its centre, and of the centre itself
STRETCH = 9  # [m] map coordinates are STRETCH p / (OFFSET + p . AXIS) of a unit vector p
OFFSET = 10  # [1] 1 stereographic, 0 gnomonic
X, Y, SPACING = 11, 12, 13  # [m] centre of the first pixel, distance of pixels
ROWS, COLUMNS, FIRST = 14, 15, 16  # [1] shape, place of the first height among those of all levels
PERIOD = 17  # [pixel] columns around the sphere of an equirectangular map; 0: not equirectangular
LATITUDE, LONGITUDE = 18, 19  # [rad] centre of the map
SHRINK_X, SHRINK_Y = 20, 21  # [m/m] least ground per map distance in the cap
CAP, CAP_COSINE = 22, 25  # unit vector (3,) and cosine of the radius of a cap around the level
CEILING, CEILING_COLUMNS = 26, 27  # [1] place of the first ceiling, ceilings in a row
WIDTH = 28

BLOCK = 8  # pixels along the side of a block with one ceiling


@njit(cache=True, error_model="numpy", _nrt=False)
def level_position(levels, k, radius, x, y, z):
    """Column and row [pixel] of a unit vector on a level; NaN where its map cannot show the point."""
    if levels[k, PERIOD] > 0.0:
        period = levels[k, PERIOD]
        east = math.atan2(y, x) - levels[k, LONGITUDE]
        up = radius * (math.atan2(z, math.sqrt(x * x + y * y)) - levels[k, LATITUDE])
        column = east / (2.0 * math.pi) * period - levels[k, X] / levels[k, SPACING]
        column -= math.floor(column / period) * period
        return column, (levels[k, Y] - up) / levels[k, SPACING]
    below = levels[k, OFFSET] + levels[k, AXIS] * x + levels[k, AXIS + 1] * y + levels[k, AXIS + 2] * z
    if not below > 0.0:
        return math.nan, math.nan
    grow = levels[k, STRETCH] / below
    right = grow * (levels[k, RIGHT] * x + levels[k, RIGHT + 1] * y + levels[k, RIGHT + 2] * z)
    up = grow * (levels[k, UP] * x + levels[k, UP + 1] * y + levels[k, UP + 2] * z)
    return (right - levels[k, X]) / levels[k, SPACING], (levels[k, Y] - up) / levels[k, SPACING]


@njit(cache=True, error_model="numpy", _nrt=False)
def pixel_height(flat, levels, k, column, row):
    """Bilinear height [m] at a column and row [pixel] inside a level; NaN beside a hole."""
    columns = int(levels[k, COLUMNS])
    left = min(int(column), columns - 2)
    top = min(int(row), int(levels[k, ROWS]) - 2)
    east = column - left
    down = row - top
    i = int(levels[k, FIRST]) + top * columns + left
    upper = (1.0 - east) * flat[i] + east * flat[i + 1]
    lower = (1.0 - east) * flat[i + columns] + east * flat[i + columns + 1]
    return (1.0 - down) * upper + down * lower


@njit(cache=True, error_model="numpy", _nrt=False)
def inside(levels, k, column, row):
    """Whether a column and row [pixel] lie between the outermost pixel centres of a level."""
    return 0.0 <= column <= levels[k, COLUMNS] - 1.0 and 0.0 <= row <= levels[k, ROWS] - 1.0


@njit(cache=True, error_model="numpy", _nrt=False)
def nested_height(flat, levels, heights, north, south, radius, x, y, z):
    """Height [m] at a unit vector: of the finest level that has data there, else of the global grid."""
    for k in range(levels.shape[0]):
        if x * levels[k, CAP] + y * levels[k, CAP + 1] + z * levels[k, CAP + 2] < levels[k, CAP_COSINE]:
            continue
        column, row = level_position(levels, k, radius, x, y, z)
        if inside(levels, k, column, row):
            height = pixel_height(flat, levels, k, column, row)
            if math.isfinite(height):
                return height
    return grid_height(heights, north, south, math.atan2(z, math.sqrt(x * x + y * y)), math.atan2(y, x))


@njit(cache=True, error_model="numpy", _nrt=False)
def nested_heights_kernel(flat, levels, radius, latitude, longitude, out, which):
    """Write heights [m] (N,) at points [rad] (N,) and the level (N,) they come from; NaN and -1 where none has data."""
    for i in range(latitude.size):
        out[i] = math.nan
        which[i] = -1
        if not (math.isfinite(latitude[i]) and math.isfinite(longitude[i])):
            continue
        outward = math.cos(latitude[i])
        x = outward * math.cos(longitude[i])
        y = outward * math.sin(longitude[i])
        z = math.sin(latitude[i])
        for k in range(levels.shape[0]):
            if x * levels[k, CAP] + y * levels[k, CAP + 1] + z * levels[k, CAP + 2] < levels[k, CAP_COSINE]:
                continue
            column, row = level_position(levels, k, radius, x, y, z)
            if inside(levels, k, column, row):
                height = pixel_height(flat, levels, k, column, row)
                if math.isfinite(height):
                    out[i] = height
                    which[i] = k
                    break
