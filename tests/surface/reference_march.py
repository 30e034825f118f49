"""Ground on maps, and its skyline by marching along great circles over the bilinear surface, in plain numpy."""

from __future__ import annotations

import math

import numpy as np

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.map_projection import MapProjection
from moonstead.surface.gnomonic_grid import GnomonicGrid

STEP = 0.125  # [pixels] of the level that is marched over
FINE = STEP / 8
SHORT = math.radians(0.2)  # differences above this are looked at with fine steps
POLE = MapProjection("gnomonic", -0.5 * math.pi, 0.0, LUNAR_MAP_RADIUS)


def grid_of(heights, spacing, projection=POLE, name="made"):
    """Grid about the map's centre from heights [m]."""
    rows, columns = heights.shape
    x = (np.arange(columns) - (columns - 1) / 2) * spacing
    y = -(np.arange(rows) - (rows - 1) / 2) * spacing
    return GnomonicGrid(projection, x, y, heights.astype(np.float32), spacing, "MOON_ME", name)


def grid_from(height, count, spacing, projection=POLE):
    """Grid about the map's centre from a function of x and y [m]."""
    axis = (np.arange(count) - (count - 1) / 2) * spacing
    return grid_of(height(*np.meshgrid(axis, -axis)) + np.zeros((count, count)), spacing, projection)


def fractal(count, spacing, longest, slope, seed):
    """Relief without waves above a length [m], with an rms slope."""
    random = np.random.default_rng(seed)
    k = np.hypot(*np.meshgrid(np.fft.fftfreq(count, spacing), np.fft.rfftfreq(count, spacing), indexing="ij"))
    k[0, 0] = 1.0
    waves = (random.normal(size=k.shape) + 1j * random.normal(size=k.shape)) * k**-1.9 * (k > 1.0 / longest)
    relief = np.fft.irfft2(waves, s=(count, count))
    return relief * (math.tan(slope) * spacing / np.diff(relief, axis=1).std())


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


def march(levels, row, column, grid_azimuth, mast=0.0, step=STEP):
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
        length, end = step * level.spacing, max(corners)
        distance.append(np.arange(begin + length, end + length, length))
        begin = distance[-1][-1]
    arc = np.concatenate(distance) / radius
    arc = arc[arc >= STEP * first.spacing / radius * (1.0 - 1e-9)]
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
    """Sweep minus march (count,) [rad] at random pixels and directions; `corner` is the window's first pixel.

    A march is short where a crest lies between two of its steps; where it is far off it is asked again, eight times
    finer from an eighth of a pixel on.
    """
    random = np.random.default_rng(seed)
    pixels, azimuths = horizons.grid.heights.shape, horizons.grid_azimuth
    found = np.empty(count)
    for k in range(count):
        a, r, c = random.integers(azimuths.size), random.integers(pixels[0]), random.integers(pixels[1])
        swept = math.radians(0.01 * int(horizons.centidegrees[a, r, c]))
        place = corner[0] + r, corner[1] + c, azimuths[a], horizons.mast
        found[k] = swept - march(levels, *place)
        if abs(found[k]) > SHORT:
            found[k] = swept - march(levels, *place, step=FINE)
    return found
