"""Kernel of the horizon: one ray per azimuth along great circles over the terrain grid."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit

from moonstead.surface.terrain_kernels import grid_height

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
NARROWINGS = 24  # each narrows a bracket to 0.618: one cell to 4 cm


@njit(cache=True)
def sight_tangent(heights, north, south, radius, eye, origin, heading, distance):
    """Tangent [1] of the elevation of the ground at a distance [m] along a great circle."""
    angle = distance / radius
    cosine = math.cos(angle)
    sine = math.sin(angle)
    x = cosine * origin[0] + sine * heading[0]
    y = cosine * origin[1] + sine * heading[1]
    z = cosine * origin[2] + sine * heading[2]
    height = grid_height(heights, north, south, math.atan2(z, math.sqrt(x * x + y * y)), math.atan2(y, x))
    drop = 2.0 * radius * math.sin(0.5 * angle) ** 2
    return (height * cosine - eye - drop) / ((radius + height) * sine)


@njit(cache=True)
def stride(origin, heading, angle, column, growth, least, fine, coarse):
    """Next step [m] at an arc [rad]: a share of the distance, no longer than the grid around it deserves."""
    z = math.cos(angle) * origin[2] + math.sin(angle) * heading[2]
    width = column * math.sqrt(max(0.0, 1.0 - z * z))  # of a pixel from west to east, which shrinks towards a pole
    return max(least, min(growth, max(fine, min(coarse, width))))


@njit(cache=True)
def horizon_kernel(
    heights,
    north,
    south,
    radius,
    eye,
    ceiling,
    origin,
    headings,
    reach,
    first,
    least,
    fine,
    coarse,
    growth,
    elevation,
    distance,
):
    """Write elevation [rad] and ground distance [m] (M,) of the horizon for headings (M, 3); returns the samples taken.

    `origin` (3,) and `headings` are unit vectors: up at the site and the horizontal directions of view. `eye` [m] is
    the observer's height above the sphere, `ceiling` [m] bounds all ground within `reach` [m]. `first` [m] is the
    first sample, `least` [m] the smallest step, `growth` [1] the step per distance; steps that would outgrow the pixels
    from west to east are held at that width or at `fine` [m], all others at `coarse` [m].
    """
    column = 2.0 * math.pi * radius / heights.shape[1] * 0.5
    samples = 0
    # beyond this arc the ceiling itself can only sink
    sinks = math.acos(min(1.0, (radius + ceiling) / (radius + eye)))
    for k in range(headings.shape[0]):
        heading = headings[k]
        best = -math.inf
        where = first
        s0 = first
        s1 = first
        t0 = -math.inf
        t1 = sight_tangent(heights, north, south, radius, eye, origin, heading, s1)
        while True:
            if t1 > best:
                best = t1
                where = s1
            samples += 1
            last = s1 >= reach
            angle = s1 / radius
            step = stride(origin, heading, angle, column, growth * s1, least, fine, coarse)
            s2 = min(s1 + step, reach)
            t2 = -math.inf
            if not last:
                t2 = sight_tangent(heights, north, south, radius, eye, origin, heading, s2)
            # a crest between samples: worth a closer look where ground of 45 degrees could lift it over the best
            if t1 >= t0 and t1 >= t2 and t1 + step / s1 > best:
                low = s0
                high = s2
                a = high - GOLDEN * (high - low)
                b = low + GOLDEN * (high - low)
                ta = sight_tangent(heights, north, south, radius, eye, origin, heading, a)
                tb = sight_tangent(heights, north, south, radius, eye, origin, heading, b)
                for _ in range(NARROWINGS):
                    if ta > tb:
                        high = b
                        b = a
                        tb = ta
                        a = high - GOLDEN * (high - low)
                        ta = sight_tangent(heights, north, south, radius, eye, origin, heading, a)
                    else:
                        low = a
                        a = b
                        ta = tb
                        b = low + GOLDEN * (high - low)
                        tb = sight_tangent(heights, north, south, radius, eye, origin, heading, b)
                samples += NARROWINGS
                if ta > best:
                    best = ta
                    where = a
                if tb > best:
                    best = tb
                    where = b
            if last:
                break
            s0 = s1
            t0 = t1
            s1 = s2
            t1 = t2
            angle = s1 / radius
            drop = 2.0 * radius * math.sin(0.5 * angle) ** 2
            highest = (ceiling * math.cos(angle) - eye - drop) / ((radius + ceiling) * math.sin(angle))
            if angle > sinks and highest < best:
                break
        elevation[k] = math.atan(best)
        distance[k] = where
    return samples
