"""Kernel of impacts among sixteen spacecraft: whether and when a step's path meets a surface."""

import math

from numba import njit

from moonstead.dynamics.batch_gravity_kernels import WIDTH
from moonstead.dynamics.batch_path_kernels import least_distance, place, sag, write_path
from moonstead.dynamics.ephemeris_kernels import BODIES, body_positions
from moonstead.dynamics.places_tables import SURFACE_BODY, SURFACE_RADIUS

BODY_SAG = 0.1  # [1] of a body's way in a step: more than it bends
PARTS = 16  # of a step, at whose ends heights are looked at
SHARE = 1e-10  # [1] of a step, how closely a contact is located on its path


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _may_touch(lane, h, body, radius, p0, p1, a0, a1, old_bodies, new_bodies):
    """Whether a path may come down to a radius [m] about a body during a step of h [s]."""
    x = 0.0
    y = 0.0
    z = 0.0
    old_x = 0.0
    old_y = 0.0
    old_z = 0.0
    if body >= 0:
        x = new_bodies[3 * body]
        y = new_bodies[3 * body + 1]
        z = new_bodies[3 * body + 2]
        old_x = old_bodies[3 * body]
        old_y = old_bodies[3 * body + 1]
        old_z = old_bodies[3 * body + 2]
    distance = least_distance(
        p0[lane] - old_x,
        p0[lane + WIDTH] - old_y,
        p0[lane + 2 * WIDTH] - old_z,
        p1[lane] - x,
        p1[lane + WIDTH] - y,
        p1[lane + 2 * WIDTH] - z,
    )
    bend = BODY_SAG * math.sqrt((x - old_x) ** 2 + (y - old_y) ** 2 + (z - old_z) ** 2)
    return distance <= radius + bend + sag(lane, h, a0, a1)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def height(t, x, y, z, surface, tables, work):
    """Height [m] of a place [m] over a surface at t [s]."""
    integers = tables.integers
    body = integers[integers[SURFACE_BODY] + surface]
    if body >= 0:
        body_positions(t, tables, work)
        at = BODIES + 3 * body
        x -= work[at]
        y -= work[at + 1]
        z -= work[at + 2]
    return math.sqrt(x * x + y * y + z * z) - tables.numbers[integers[SURFACE_RADIUS] + surface]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def contact(lane, t, h, p0, v0, a0, p1, v1, a1, old_bodies, new_bodies, surface, tables, work, path):
    """Share [1] of a step of h [s] at which one spacecraft first touches a surface, or -1.

    The ends of the step are (48,) [m, m/s, m/s^2]; the bodies' places [m] hold there.
    """
    integers = tables.integers
    body = integers[integers[SURFACE_BODY] + surface]
    radius = tables.numbers[integers[SURFACE_RADIUS] + surface]
    if not _may_touch(lane, h, body, radius, p0, p1, a0, a1, old_bodies, new_bodies):
        return -1.0
    write_path(lane, h, p0, v0, a0, p1, v1, a1, path)
    first = 0.0  # the latest share that is known to be above the surface
    last = -1.0
    before = math.inf
    left = math.inf
    k = 0
    while k <= PARTS and last < 0.0:
        s = k / PARTS
        x, y, z = place(s, path)
        right = height(t + s * h, x, y, z, surface, tables, work)
        if right <= 0.0:
            last = s
        elif k > 1 and left < right and left <= before:
            # a dip between three samples that may reach below zero
            dip = s - 1.0 / PARTS + 0.5 * (before - right) / ((before - 2.0 * left + right) * PARTS)
            x, y, z = place(dip, path)
            if height(t + dip * h, x, y, z, surface, tables, work) <= 0.0:
                first = s - 2.0 / PARTS
                last = dip
        if last < 0.0:
            first = s
        before = left
        left = right
        k += 1
    while last - first > SHARE:
        middle = 0.5 * (first + last)
        x, y, z = place(middle, path)
        if height(t + middle * h, x, y, z, surface, tables, work) > 0.0:
            first = middle
        else:
            last = middle
    return last
