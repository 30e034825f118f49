"""Kernel of the summed multistep method for sixteen spacecraft: one evaluation of the forces a step, on a fixed grid.

The sums hold the forces without any shadow; what shadows take is found step by step and added up beside them.
"""

import math

import numpy as np
from numba import njit

from moonstead.dynamics.batch_force_kernels import forces_lanes
from moonstead.dynamics.batch_gravity_kernels import WIDTH
from moonstead.dynamics.batch_nystrom_kernels import FLYING, SIZE
from moonstead.dynamics.batch_shadow_kernels import SHADOW_WORK, lane_loss
from moonstead.dynamics.batch_surface_kernels import contact
from moonstead.dynamics.ephemeris_kernels import BODIES
from moonstead.dynamics.places_tables import (
    BODY_COUNT,
    BODY_VECTORS,
    RADIATION,
    SURFACE_BODY,
    SURFACE_COUNT,
    SURFACE_RADIUS,
)
from moonstead.dynamics.vector_kernels import LANES, load_lanes, spread, store_lanes


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _weighted(weights, history, head, sums, more, factor, lost, out):
    """Write factor * (sums + more + the weighted history) + lost, all (48,) [mixed]."""
    points = weights.size
    for k in range(0, SIZE, LANES):
        total = spread(0.0)
        for j in range(points):
            at = head + j
            if at >= points:
                at -= points
            total += weights[j] * load_lanes(history, SIZE * at + k)
        total = total + load_lanes(more, k)
        store_lanes(out, k, load_lanes(lost, k) + factor * (load_lanes(sums, k) + total))


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _all_clear(surface, h, p, v, a, old_bodies, new_bodies, tables):
    """Whether no path of a step of h [s] to these states can have touched a surface, at a rough look at its end."""
    integers = tables.integers
    body = integers[integers[SURFACE_BODY] + surface]
    x = 0.0
    y = 0.0
    z = 0.0
    way = 0.0
    if body >= 0:
        x = new_bodies[3 * body]
        y = new_bodies[3 * body + 1]
        z = new_bodies[3 * body + 2]
        way = 2.0 * math.sqrt(
            (x - old_bodies[3 * body]) ** 2 + (y - old_bodies[3 * body + 1]) ** 2 + (z - old_bodies[3 * body + 2]) ** 2
        )
    nearest = math.inf
    sinking = 0.0
    pull = 0.0
    for k in range(WIDTH):
        dx = p[k] - x
        dy = p[k + WIDTH] - y
        dz = p[k + 2 * WIDTH] - z
        square = dx * dx + dy * dy + dz * dz
        nearest = min(nearest, square)
        along = dx * v[k] + dy * v[k + WIDTH] + dz * v[k + 2 * WIDTH]
        sinking = max(sinking, along * along / square)
        pull = max(pull, a[k] ** 2 + a[k + WIDTH] ** 2 + a[k + 2 * WIDTH] ** 2)
    # the radial speed changes by no more than the pull: the centrifugal part only lifts the path
    return (
        math.sqrt(nearest) - way - abs(h) * (math.sqrt(sinking) + 2.0 * abs(h) * math.sqrt(pull))
        > (tables.numbers[integers[SURFACE_RADIUS] + surface])
    )


@njit(cache=True, error_model="numpy", nogil=True)
def cross_lanes(control, counters, method, tables, starts, rows, craft, nodes, p0, v0, fates):
    """Take equal steps from the last of K nodes until the end is less than a step away, or a surface is near.

    Parameters
    ----------
    control : (5,) [s, s, s, 1, s]
        Time of the last node, end time, step (signed), unused, start of a burn (NaN without one). The time is
        carried on.
    counters : (3,) int64
        Steps taken, steps tried in vain, evaluations of sixteen forces at once.
    method : (4, K) [1]
        Weights of the latest accelerations, newest first: predicted position and velocity, position and velocity.
    tables, starts, rows, craft, fates
        As in `fly_lanes`.
    nodes : (K, 96) [m, m/s]
        Positions and velocities at equidistant times.
    p0, v0 : (48,) [m, m/s]
        Are written: the states at the time that was reached.
    """
    points = method.shape[1]
    history = np.zeros(points * SIZE)
    work = np.zeros(BODIES + LANES * tables.integers[BODY_VECTORS])
    scratch = np.zeros(SHADOW_WORK)
    local = np.zeros(SIZE)
    nothing = np.zeros(SIZE)
    sums = np.zeros(SIZE)
    double = np.zeros(SIZE)
    lost_p = np.zeros(SIZE)
    lost_v = np.zeros(SIZE)
    p1 = np.zeros(SIZE)
    v1 = np.zeros(SIZE)
    old_p = np.zeros(SIZE)
    old_v = np.zeros(SIZE)
    bodies = 3 * tables.integers[BODY_COUNT]
    old_bodies = np.zeros(max(bodies, 1))
    new_bodies = np.zeros(max(bodies, 1))
    radiation = tables.numbers[RADIATION] != 0.0
    t = control[0]
    h = control[2]
    burn_start = control[4]
    steps = int((control[1] - t) / h)
    head = 0
    taken = 0
    for n in range(-points, steps):
        old = head
        if n >= 0:
            for k in range(SIZE):
                lost_p[k] += h * lost_v[k]
            _weighted(method[0], history, head, double, sums, h * h, lost_p, p1)
            _weighted(method[1], history, head, sums, nothing, h, lost_v, v1)
        else:
            for k in range(SIZE):
                p1[k] = nodes[n + points, k]
                v1[k] = nodes[n + points, SIZE + k]
        head = head - 1 if head > 0 else points - 1
        a1 = history[SIZE * head : SIZE * (head + 1)]
        forces_lanes(t + (n + 1) * h, p1, v1, burn_start, tables, starts, rows, craft, work, local, a1)
        counters[2] += 1
        for k in range(bodies):
            new_bodies[k] = work[BODIES + k]
        if n >= 0:
            for k in range(SIZE):
                double[k] += sums[k]
                sums[k] += a1[k]
            _weighted(method[2], history, head, double, nothing, h * h, lost_p, p1)
            _weighted(method[3], history, head, sums, nothing, h, lost_v, v1)
            a0 = history[SIZE * old : SIZE * (old + 1)]
            if radiation:
                for k in range(SIZE):
                    old_p[k] = p1[k]
                    old_v[k] = v1[k]
                for k in range(WIDTH):
                    if fates[k] == FLYING:
                        lane_loss(k, t + n * h, h, p0, v0, a0, p1, v1, a1, burn_start, tables, craft, work, scratch)
                for k in range(SIZE):
                    lost_p[k] += p1[k] - old_p[k]
                    lost_v[k] += v1[k] - old_v[k]
            near = False
            for surface in range(tables.integers[SURFACE_COUNT]):
                if _all_clear(surface, h, p1, v1, a1, old_bodies, new_bodies, tables):
                    continue
                for k in range(WIDTH):
                    if fates[k] == FLYING and not near:
                        share = contact(
                            k, t + n * h, h, p0, v0, a0, p1, v1, a1, old_bodies, new_bodies, surface, tables, work,
                            scratch,
                        )  # fmt: skip
                        near = share >= 0.0
            if near:
                break
            taken += 1
        for k in range(bodies):
            old_bodies[k] = new_bodies[k]
        for k in range(SIZE):
            p0[k] = p1[k]
            v0[k] = v1[k]
        if n == -1:
            _weighted(method[3], history, head, nothing, nothing, -1.0, nothing, sums)
            _weighted(method[2], history, head, nothing, nothing, -1.0, nothing, double)
            for k in range(SIZE):
                sums[k] += v1[k] / h
                double[k] += p1[k] / (h * h)
    counters[0] += taken
    control[0] = t + taken * h
