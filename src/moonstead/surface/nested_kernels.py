"""Kernels of nested terrain: heights of the finest level that has data, each level in its own map projection.

A level is a row of numbers, see the constants below; the heights of all levels lie one after another in one array.
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

BLOCK = 16  # pixels along the side of a block with one ceiling


@njit(cache=True)
def level_position(level, radius, x, y, z):
    """Column and row [pixel] of a unit vector on a level; NaN where its map cannot show the point."""
    if level[PERIOD] > 0.0:
        period = level[PERIOD]
        east = math.atan2(y, x) - level[LONGITUDE]
        up = radius * (math.atan2(z, math.sqrt(x * x + y * y)) - level[LATITUDE])
        column = east / (2.0 * math.pi) * period - level[X] / level[SPACING]
        column -= math.floor(column / period) * period
        return column, (level[Y] - up) / level[SPACING]
    below = level[OFFSET] + level[AXIS] * x + level[AXIS + 1] * y + level[AXIS + 2] * z
    if not below > 0.0:
        return math.nan, math.nan
    grow = level[STRETCH] / below
    right = grow * (level[RIGHT] * x + level[RIGHT + 1] * y + level[RIGHT + 2] * z)
    up = grow * (level[UP] * x + level[UP + 1] * y + level[UP + 2] * z)
    return (right - level[X]) / level[SPACING], (level[Y] - up) / level[SPACING]


@njit(cache=True)
def pixel_height(flat, level, column, row):
    """Bilinear height [m] at a column and row [pixel] inside a level; NaN beside a hole."""
    columns = int(level[COLUMNS])
    left = min(int(column), columns - 2)
    top = min(int(row), int(level[ROWS]) - 2)
    east = column - left
    down = row - top
    k = int(level[FIRST]) + top * columns + left
    upper = (1.0 - east) * flat[k] + east * flat[k + 1]
    lower = (1.0 - east) * flat[k + columns] + east * flat[k + columns + 1]
    return (1.0 - down) * upper + down * lower


@njit(cache=True)
def inside(level, column, row):
    """Whether a column and row [pixel] lie between the outermost pixel centres of a level."""
    return 0.0 <= column <= level[COLUMNS] - 1.0 and 0.0 <= row <= level[ROWS] - 1.0


@njit(cache=True)
def nested_height(flat, levels, heights, north, south, radius, x, y, z):
    """Height [m] at a unit vector: of the finest level that has data there, else of the global grid."""
    for k in range(levels.shape[0]):
        level = levels[k]
        if x * level[CAP] + y * level[CAP + 1] + z * level[CAP + 2] < level[CAP_COSINE]:
            continue
        column, row = level_position(level, radius, x, y, z)
        if inside(level, column, row):
            height = pixel_height(flat, level, column, row)
            if math.isfinite(height):
                return height
    return grid_height(heights, north, south, math.atan2(z, math.sqrt(x * x + y * y)), math.atan2(y, x))


@njit(cache=True)
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
            level = levels[k]
            if x * level[CAP] + y * level[CAP + 1] + z * level[CAP + 2] < level[CAP_COSINE]:
                continue
            column, row = level_position(level, radius, x, y, z)
            if inside(level, column, row):
                height = pixel_height(flat, level, column, row)
                if math.isfinite(height):
                    out[i] = height
                    which[i] = k
                    break
