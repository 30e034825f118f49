"""Kernel of the perturbing bodies at the points of a step: places, velocities, and what relativity needs of them.

Found once for all orbits that share the step. Times come as a start and what has passed since, so that what has passed
keeps its digits.
"""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import LANES, load_lanes, rough_inverse_sqrt, spread, store_lanes, where_less
from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.smallbodies.motion.perturber_tables import (
    AXES,
    BELT,
    EARTH,
    FAST,
    HEAVY,
    MERCURY,
    MOON,
    MOON_SHARE,
    PLANET_NAMES,
    PLUTO,
    SLOW,
)

PLANETS = len(PLANET_NAMES)
FAR = 1e17  # [m] where the places without a body lie
INVERSE_C2 = 1.0 / SPEED_OF_LIGHT**2

# Places in the numbers of one point; x, y, z in rows of sixteen.
PLACE = 0  # [m]
MOTION = 3 * HEAVY  # [m/s]
PULL = 6 * HEAVY  # [m/s2] acceleration by the other heavy bodies
TERM = 9 * HEAVY  # [m2/s2] twice the square of the speed less the potential of the others
ASTEROIDS = 10 * HEAVY  # [m]
MOON_AXES = 13 * HEAVY  # [1] nine numbers, row by row: from the ICRF to the Moon's principal axes
POINT = 14 * HEAVY


@njit(cache=True, error_model="numpy", _nrt=False)
def series_lanes(series, first, vectors, terms, x, rate, out, places, motions):
    """Write Chebyshev series [m] from a flat array, and their derivatives [m/s] where motions >= 0, by eights.

    `x` [1] lies within the record, `rate` [1/s] is its derivative; vector k goes to out[places + 8 k].
    """
    double = 2.0 * x
    for vector in range(vectors):
        at = first + LANES * terms * vector
        a = spread(0.0)
        b = spread(0.0)
        da = spread(0.0)
        db = spread(0.0)
        for k in range(terms - 1, 0, -1):
            if motions >= 0:
                dc = 2.0 * a + double * da - db
                db = da
                da = dc
            c = load_lanes(series, at + LANES * k) + double * a - b
            b = a
            a = c
        store_lanes(out, places + LANES * vector, load_lanes(series, at) + x * a - b)
        if motions >= 0:
            store_lanes(out, motions + LANES * vector, rate * (a + x * da - db))


@njit(cache=True, error_model="numpy", _nrt=False)
def record_of(clock, grid, records, t, after):
    """Record of a grid, place x [1] within it, and the rate of x [1/s] at t + after [s TDB past J2000]."""
    begin = clock[grid]
    length = clock[grid + 1]
    record = min(max(math.floor((t - begin + after) / length), 0), records - 1)
    local = (t - (begin + record * length)) + after
    return record, 2.0 * local / length - 1.0, 2.0 / length


@njit(cache=True, error_model="numpy", _nrt=False)
def bodies_at(t, after, tables, scratch, point, at):
    """Write places [m] and velocities [m/s] of the heavy bodies at t + after [s TDB past J2000] from point[at] on.

    `scratch` (80,) is overwritten.
    """
    records, terms = tables.fast.shape[0], tables.fast.shape[1]
    record, x, rate = record_of(tables.clock, FAST, records, t, after)
    fast = tables.fast.reshape(tables.fast.size)
    series_lanes(fast, LANES * terms * record, 1, terms, x, rate, scratch, 0, LANES)
    records, terms = tables.slow.shape[0], tables.slow.shape[2]
    record, x, rate = record_of(tables.clock, SLOW, records, t, after)
    slow = tables.slow.reshape(tables.slow.size)
    series_lanes(slow, 4 * LANES * terms * record, 4, terms, x, rate, scratch, 16, 48)
    share = tables.clock[MOON_SHARE]
    for half in range(2):
        row = at + (MOTION if half else PLACE)
        small = LANES * half
        large = 48 if half else 16
        for i in range(3):
            for body in range(LANES):
                point[row + HEAVY * i + body] = scratch[large + LANES * i + body]
            for body in range(LANES, HEAVY):
                point[row + HEAVY * i + body] = 0.0 if half else FAR
            earth = scratch[large + LANES * i + EARTH] - share * scratch[small + i]
            point[row + HEAVY * i + EARTH] = earth
            point[row + HEAVY * i + MOON] = earth + scratch[small + i]
            point[row + HEAVY * i + MERCURY] = scratch[small + 3 + i]
            point[row + HEAVY * i + PLUTO] = scratch[large + 3 * LANES + i]


@njit(cache=True, error_model="numpy", _nrt=False)
def relativity_of(tables, point, at):
    """Write what the heavy bodies do to each other: accelerations [m/s2] and the term [m2/s2] of each."""
    for group in range(0, HEAVY, LANES):
        x = load_lanes(point, at + PLACE + group)
        y = load_lanes(point, at + PLACE + HEAVY + group)
        z = load_lanes(point, at + PLACE + 2 * HEAVY + group)
        u = load_lanes(point, at + MOTION + group)
        v = load_lanes(point, at + MOTION + HEAVY + group)
        w = load_lanes(point, at + MOTION + 2 * HEAVY + group)
        term = 2.0 * (u * u + v * v + w * w)
        ax = spread(0.0)
        ay = spread(0.0)
        az = spread(0.0)
        for k in range(PLANETS):
            dx = point[at + PLACE + k] - x
            dy = point[at + PLACE + HEAVY + k] - y
            dz = point[at + PLACE + 2 * HEAVY + k] - z
            square = dx * dx + dy * dy + dz * dz
            inverse = where_less(square, spread(1.0), spread(0.0), rough_inverse_sqrt(square + 1.0))
            potential = tables.gm[k] * inverse
            term -= potential
            pull = potential * inverse * inverse
            ax += pull * dx
            ay += pull * dy
            az += pull * dz
        store_lanes(point, at + PULL + group, ax)
        store_lanes(point, at + PULL + HEAVY + group, ay)
        store_lanes(point, at + PULL + 2 * HEAVY + group, az)
        store_lanes(point, at + TERM + group, term)


@njit(cache=True, error_model="numpy", _nrt=False)
def asteroids_at(t, after, tables, point, at):
    """Write places [m] of the asteroids at t + after [s TDB past J2000], if the tables hold any."""
    records, terms = tables.belt.shape[0], tables.belt.shape[2]
    if records == 0:
        return
    record, x, rate = record_of(tables.clock, BELT, records, t, after)
    belt = tables.belt.reshape(tables.belt.size)
    series_lanes(belt, 6 * LANES * terms * record, 6, terms, x, rate, point, at + ASTEROIDS, -1)


@njit(cache=True, error_model="numpy", _nrt=False)
def moon_axes_at(t, after, tables, scratch, point, at):
    """Write the rotation [1] from the ICRF to the Moon's principal axes at t + after [s TDB past J2000]."""
    records, terms = tables.axes.shape[0], tables.axes.shape[1]
    record, x, rate = record_of(tables.clock, AXES, records, t, after)
    axes = tables.axes.reshape(tables.axes.size)
    series_lanes(axes, LANES * terms * record, 1, terms, x, rate, scratch, 0, -1)
    w = scratch[0]
    x = scratch[1]
    y = scratch[2]
    z = scratch[3]
    row = at + MOON_AXES
    point[row] = w * w + x * x - y * y - z * z
    point[row + 1] = 2.0 * (x * y + w * z)
    point[row + 2] = 2.0 * (x * z - w * y)
    point[row + 3] = 2.0 * (x * y - w * z)
    point[row + 4] = w * w - x * x + y * y - z * z
    point[row + 5] = 2.0 * (y * z + w * x)
    point[row + 6] = 2.0 * (x * z + w * y)
    point[row + 7] = 2.0 * (y * z - w * x)
    point[row + 8] = w * w - x * x - y * y + z * z
