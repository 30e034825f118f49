"""The skyline of map pixels by marching along great circles over the same bilinear ground, in plain numpy."""

from __future__ import annotations

import math

import numpy as np

STEP = 0.125  # [pixels] of the level that is marched over


def bilinear(level, x, y):
    """Heights [m] of a level at map coordinates [m]; NaN outside."""
    column = (x - level.x[0]) / level.spacing
    row = (level.y[0] - y) / level.spacing
    inside = (column >= 0) & (column <= level.x.size - 1) & (row >= 0) & (row <= level.y.size - 1)
    j = np.clip(column.astype(int), 0, level.x.size - 2)
    i = np.clip(row.astype(int), 0, level.y.size - 2)
    u, v = column - j, row - i
    z = level.heights
    upper = z[i, j] * (1 - u) + z[i, j + 1] * u
    lower = z[i + 1, j] * (1 - u) + z[i + 1, j + 1] * u
    return np.where(inside, upper * (1 - v) + lower * v, np.nan)


def march(levels, row, column, grid_azimuth, mast=0.0):
    """Elevation [rad] of the skyline from one pixel of the first level in one direction on the map."""
    first = levels[0]
    radius = first.projection.radius
    x, y = first.x[column], first.y[row]
    up = np.array([x, y, radius])
    up /= np.linalg.norm(up)
    eye = (radius + float(first.heights[row, column]) + mast) * up
    heading = np.array([math.sin(grid_azimuth), math.cos(grid_azimuth), 0.0])
    heading -= (heading @ up) * up
    heading /= np.linalg.norm(heading)
    distance, begin = [], 0.0
    for level in levels:
        corners = [math.hypot(a - x, b - y) for a in level.x[[0, -1]] for b in level.y[[0, -1]]]
        step, end = STEP * level.spacing, max(corners)
        distance.append(np.arange(begin + step, end + step, step))
        begin = distance[-1][-1]
    arc = np.concatenate(distance) / radius
    ceiling = max(float(np.max(level.heights)) for level in levels)
    best = -0.5 * math.pi
    for part in np.split(arc, [200, 1000, 3000]):
        above = (radius + ceiling) * math.cos(part[0]) - np.linalg.norm(eye) if part.size else 0.0
        if part.size and best > max(0.0, math.atan2(above, (radius + ceiling) * math.sin(part[0]))):
            break  # ground as high as the highest of all would be hidden from here on
        best = max(best, _highest(levels, part, up, heading, eye))
    return best


def _highest(levels, arc, up, heading, eye):
    radius = levels[0].projection.radius
    point = np.outer(np.cos(arc), up) + np.outer(np.sin(arc), heading)
    map_x, map_y = (radius * point[:, k] / point[:, 2] for k in (0, 1))
    height = np.full(arc.size, np.nan)
    for level in levels:
        unknown = np.isnan(height)
        if unknown.any():
            height[unknown] = bilinear(level, map_x[unknown], map_y[unknown])
    known = ~np.isnan(height)
    if not known.any():
        return -0.5 * math.pi
    ray = (radius + height[known])[:, None] * point[known] - eye
    rise = ray @ up
    return float(np.max(np.arctan2(rise, np.linalg.norm(ray - np.outer(rise, up), axis=1))))


def differences(horizons, levels, count, seed, corner=(0, 0)):
    """Sweep minus march (count,) [rad] at random pixels and directions; `corner` is the window's first pixel."""
    random = np.random.default_rng(seed)
    pixels, azimuths = horizons.grid.heights.shape, horizons.grid_azimuth
    found = np.empty(count)
    for k in range(count):
        a, r, c = random.integers(azimuths.size), random.integers(pixels[0]), random.integers(pixels[1])
        swept = math.radians(0.01 * int(horizons.centidegrees[a, r, c]))
        found[k] = swept - march(levels, corner[0] + r, corner[1] + c, azimuths[a], horizons.mast)
    return found
