"""Kernel of the horizon on nested terrain: rays along great circles that leap over ground too low to matter.

Compiled without counts of references to arrays: counting them takes longer than the arithmetic.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

from moonstead.surface.horizon_kernels import GOLDEN, NARROWINGS, stride
from moonstead.surface.nested_kernels import (
    BLOCK,
    CAP,
    CAP_COSINE,
    CEILING,
    CEILING_COLUMNS,
    COLUMNS,
    PERIOD,
    ROWS,
    SHRINK_X,
    SHRINK_Y,
    SPACING,
    inside,
    level_position,
    nested_height,
    pixel_height,
)
from moonstead.surface.terrain_kernels import grid_height

NARROWEST = 0.125  # [1] of the spacing: steps follow pixels that the map squeezes down to this


@njit(cache=True, error_model="numpy", _nrt=False)
def arcs_in_caps(levels, origin, heading, starts, stops):
    """Write the arcs [rad] (levels,) at which a great circle enters and leaves the cap of each level."""
    for k in range(levels.shape[0]):
        ahead = heading[0] * levels[k, CAP] + heading[1] * levels[k, CAP + 1] + heading[2] * levels[k, CAP + 2]
        here = origin[0] * levels[k, CAP] + origin[1] * levels[k, CAP + 1] + origin[2] * levels[k, CAP + 2]
        nearest = math.sqrt(ahead * ahead + here * here)
        if levels[k, CAP_COSINE] <= -1.0:
            starts[k] = -math.inf
            stops[k] = math.inf
        elif nearest <= levels[k, CAP_COSINE]:
            starts[k] = math.inf
            stops[k] = -math.inf
        else:
            middle = math.atan2(ahead, here)
            half = math.acos(levels[k, CAP_COSINE] / nearest)
            starts[k] = middle - half
            stops[k] = middle + half


@njit(cache=True, error_model="numpy", _nrt=False)
def beyond_edge(levels, k, column, row):
    """Ground distance [m] from outside a level that cannot be shorter to any of its pixels."""
    right = column - (levels[k, COLUMNS] - 1.0)
    left = levels[k, PERIOD] - column if levels[k, PERIOD] > 0.0 else -column
    aside = max(left, right) if levels[k, PERIOD] == 0.0 else min(left, right)
    away = max(-row, row - (levels[k, ROWS] - 1.0))
    return max(aside * levels[k, SHRINK_X], away * levels[k, SHRINK_Y], 0.0) * levels[k, SPACING]


@njit(cache=True, error_model="numpy", _nrt=False)
def ground_pixel(levels, k):
    """Least distance [m] on the ground between pixel centres of a level, where its map does not squeeze them more."""
    return levels[k, SPACING] * max(NARROWEST, min(levels[k, SHRINK_X], levels[k, SHRINK_Y]))


@njit(cache=True, error_model="numpy", _nrt=False)
def ground_at(flat, levels, heights, north, south, radius, starts, stops, coarse, arc, x, y, z):
    """Level, height [m], column, row [pixel] at a point of a ray, and how far [m] no finer level can begin.

    At the edge and in the holes of a finer level that is at least its own step of `coarse` pixels.
    """
    limit = math.inf
    for k in range(levels.shape[0]):
        if arc < starts[k]:
            limit = min(limit, radius * (starts[k] - arc))
            continue
        if arc > stops[k]:
            continue
        column, row = level_position(levels, k, radius, x, y, z)
        if inside(levels, k, column, row):
            height = pixel_height(flat, levels, k, column, row)
            if math.isfinite(height):
                return k, height, column, row, limit
            limit = min(limit, coarse * ground_pixel(levels, k))  # behind the hole this level goes on
        else:
            limit = min(limit, max(beyond_edge(levels, k, column, row), coarse * ground_pixel(levels, k)))
    height = grid_height(heights, north, south, math.atan2(z, math.sqrt(x * x + y * y)), math.atan2(y, x))
    return -1, height, 0.0, 0.0, limit


@njit(cache=True, error_model="numpy", _nrt=False)
def tangent_of(height, eye, radius, cosine, sine):
    """Tangent [1] of the elevation of ground of a height [m] at an arc given by its cosine and sine."""
    return (height * cosine - eye - radius * (1.0 - cosine)) / ((radius + height) * sine)


@njit(cache=True, error_model="numpy", _nrt=False)
def highest_tangent(ceiling, eye, radius, arc, length):
    """Largest tangent [1] that ground up to a ceiling [m] can have between an arc and one `length` [rad] further."""
    if ceiling < eye:  # it looks highest where the line of sight touches the sphere of the ceiling
        arc = min(max(arc, math.acos((radius + ceiling) / (radius + eye))), arc + length)
    return tangent_of(ceiling, eye, radius, math.cos(arc), math.sin(arc))


@njit(cache=True, error_model="numpy", _nrt=False)
def tangent_at(flat, levels, heights, north, south, radius, eye, origin, heading, distance):
    """Tangent [1] of the elevation of the ground at a distance [m] along a great circle."""
    arc = distance / radius
    cosine = math.cos(arc)
    sine = math.sin(arc)
    x = cosine * origin[0] + sine * heading[0]
    y = cosine * origin[1] + sine * heading[1]
    z = cosine * origin[2] + sine * heading[2]
    height = nested_height(flat, levels, heights, north, south, radius, x, y, z)
    return tangent_of(height, eye, radius, cosine, sine)


@njit(cache=True, error_model="numpy", _nrt=False)
def nested_horizon_kernel(
    flat,
    levels,
    ceilings,
    heights,
    north,
    south,
    radius,
    eye,
    top,
    origin,
    headings,
    reach,
    first,
    least,
    fine,
    coarse,
    growth,
    starts,
    stops,
    elevation,
    distance,
):
    """Write elevation [rad] and ground distance [m] (M,) of the horizon for headings (M, 3); returns the samples taken.

    `flat`, `levels` and `ceilings` are those of `NestedTerrain`, `heights`, `north` and `south` [m] those of its base.
    `origin` (3,) and `headings` are unit vectors: up at the site and the horizontal directions of view. `eye` [m] is
    the observer's height above the sphere, `top` [m] bounds all ground within `reach` [m]. `first` [m] is the first
    sample, `least` [m] the smallest step, `growth` [1] the step per distance; `fine` and `coarse` [1] are steps in
    pixels: steps are held at `coarse` pixels of the level at hand, on the base as in `horizon_kernel`.
    `starts` and `stops` (levels,) [rad] are scratch.
    """
    half_column = math.pi * radius / heights.shape[1]
    base_pixel = math.pi * radius / heights.shape[0]
    samples = 0
    sinks = math.acos(min(1.0, (radius + top) / (radius + eye)))  # beyond this arc even the highest ground only sinks
    for k in range(headings.shape[0]):
        heading = headings[k]
        arcs_in_caps(levels, origin, heading, starts, stops)
        best = -math.inf
        where = first
        s0 = first
        s1 = first
        t0 = -math.inf
        t1 = -math.inf
        step = 0.0
        before = -2  # level of the sample at s0
        level = -2
        limit = math.inf
        s2 = first
        while True:
            arc = s2 / radius
            cosine = math.cos(arc)
            sine = math.sin(arc)
            found, height, column, row, limit = ground_at(
                flat,
                levels,
                heights,
                north,
                south,
                radius,
                starts,
                stops,
                coarse,
                arc,
                cosine * origin[0] + sine * heading[0],
                cosine * origin[1] + sine * heading[1],
                cosine * origin[2] + sine * heading[2],
            )
            t2 = tangent_of(height, eye, radius, cosine, sine)
            samples += 1
            if t2 > best:
                best = t2
                where = s2
            # a crest between samples: worth a closer look where ground of 45 degrees could lift it over the best
            if t1 >= t0 and t1 >= t2 and t1 + max(step, s1 - s0) / s1 > best:
                low = s0
                high = s2
                a = high - GOLDEN * (high - low)
                b = low + GOLDEN * (high - low)
                ta = tangent_at(flat, levels, heights, north, south, radius, eye, origin, heading, a)
                tb = tangent_at(flat, levels, heights, north, south, radius, eye, origin, heading, b)
                for _ in range(NARROWINGS):
                    if ta > tb:
                        high = b
                        b = a
                        tb = ta
                        a = high - GOLDEN * (high - low)
                        ta = tangent_at(flat, levels, heights, north, south, radius, eye, origin, heading, a)
                    else:
                        low = a
                        a = b
                        ta = tb
                        b = low + GOLDEN * (high - low)
                        tb = tangent_at(flat, levels, heights, north, south, radius, eye, origin, heading, b)
                samples += NARROWINGS
                if ta > best:
                    best = ta
                    where = a
                if tb > best:
                    best = tb
                    where = b
            if s2 >= reach or (arc > sinks and tangent_of(top, eye, radius, cosine, sine) < best):
                break
            before = level
            level = found
            s0 = s1
            t0 = t1
            s1 = s2
            t1 = t2
            if level >= 0:
                squeeze = min(levels[level, SHRINK_X], levels[level, SHRINK_Y])
                ceiling = ceilings[
                    int(levels[level, CEILING])
                    + (int(row) // BLOCK) * int(levels[level, CEILING_COLUMNS])
                    + int(column) // BLOCK
                ]
                leap = min((BLOCK - 1.0) * levels[level, SPACING] * squeeze, limit)
                step = coarse * ground_pixel(levels, level)
                # what lies between this sample and the last has to be under the same ceiling
                if (
                    leap > step
                    and before == level
                    and tangent_of(ceiling, eye, radius, cosine, sine) <= best
                    and highest_tangent(ceiling, eye, radius, s0 / radius, (s1 - s0 + leap) / radius) <= best
                ):
                    s2 = min(s1 + leap, reach)
                    s0 = s2
                    s1 = s2
                    t0 = math.inf  # no crest here: both neighbours are known to be lower than the best
                    t1 = -math.inf
                    step = 0.0
                    continue
            else:
                step = stride(
                    origin, heading, arc, half_column, growth * s1, least, fine * base_pixel, coarse * base_pixel
                )
            step = max(least, min(growth * s1, step, limit))
            s2 = min(s1 + step, reach)
        elevation[k] = math.atan(best)
        distance[k] = where
    return samples
