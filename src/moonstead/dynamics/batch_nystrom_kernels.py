"""Kernel of the adaptive integration of sixteen spacecraft in step: Runge-Kutta-Nystrom 12(10) on vectors of eight.

All sixteen share one time grid, whose steps the worst of them decides. One that ends, on a surface or because its steps
shrink to nothing, is noted with its time and state, and its place is filled with a copy of another.
"""

import math

import numpy as np
from numba import njit

from moonstead.dynamics.batch_force_kernels import forces_lanes
from moonstead.dynamics.batch_gravity_kernels import WIDTH
from moonstead.dynamics.batch_nystrom_tableau import ALL_NODES, ALL_VELOCITY_WEIGHTS, ALL_WEIGHTS
from moonstead.dynamics.batch_shadow_kernels import SHADOW_WORK, lane_loss
from moonstead.dynamics.batch_surface_kernels import contact, height
from moonstead.dynamics.ephemeris_kernels import BODIES
from moonstead.dynamics.nystrom_tableau import ERROR, STAGES, VELOCITY_ERROR
from moonstead.dynamics.places_tables import BODY_COUNT, BODY_VECTORS, GM, INVERSE_C2, RADIATION, SURFACE_COUNT
from moonstead.dynamics.vector_kernels import LANES, load_lanes, spread, sqrt_lanes, store_lanes

SIZE = 3 * WIDTH
FLYING = -1  # what became of a spacecraft; else the index of the surface that it hit
FAILED = -2

SAFETY = 0.9
SHRINK = 0.2
GROW = 4.0
EXPONENT = 1.0 / 11.0
SLOW = 1e-3  # floor of the velocity scale in circular velocities, for the apex of a straight fall
SURFACE_HEIGHT = 1e-3  # [m] how closely an impact is located
SURFACE_TRIES = 12
# Places in `marks`.
LANDING = 0  # the spacecraft that the step ends on a surface for, or -1
SURFACE = 1
TRIES = 2


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _stage(stage, h, p0, v0, stages, with_velocity, point, speed):
    """Write positions, and velocities where they are wanted, at a stage."""
    last = min(stage, STAGES)
    for k in range(0, SIZE, LANES):
        total = spread(0.0)
        for j in range(last):
            total += ALL_WEIGHTS[stage, j] * load_lanes(stages, SIZE * j + k)
        store_lanes(point, k, load_lanes(p0, k) + h * (ALL_NODES[stage] * load_lanes(v0, k) + h * total))
        if with_velocity:
            total = spread(0.0)
            for j in range(last):
                total += ALL_VELOCITY_WEIGHTS[stage, j] * load_lanes(stages, SIZE * j + k)
            store_lanes(speed, k, load_lanes(v0, k) + h * total)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _worst(h, tolerance, gm, stages, p1, v1, errors):
    """Write the error (16,) [1] of each spacecraft over what is allowed; return the one with the largest."""
    for group in range(0, WIDTH, LANES):
        r2 = spread(0.0)
        v2 = spread(0.0)
        dp = spread(0.0)
        dv = spread(0.0)
        for k in range(group, SIZE, WIDTH):
            off = spread(0.0)
            off_velocity = spread(0.0)
            for j in range(STAGES):
                a = load_lanes(stages, SIZE * j + k)
                off += ERROR[j] * a
                off_velocity += VELOCITY_ERROR[j] * a
            dp += off * off
            dv += off_velocity * off_velocity
            off = load_lanes(p1, k)
            r2 += off * off
            off = load_lanes(v1, k)
            v2 += off * off
        floor = (SLOW * SLOW * gm) / sqrt_lanes(r2)
        total = (h * h) * dp / r2 + dv / (v2 + floor)
        store_lanes(errors, group, (abs(h) / tolerance) * sqrt_lanes(0.5 * total))
    worst = 0
    for k in range(WIDTH):
        if not math.isfinite(errors[k]):
            errors[k] = math.inf
        if errors[k] > errors[worst]:
            worst = k
    return worst


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _end(lane, fate, t, p, v, a, fates, ends, finals):
    """Note what became of one spacecraft and fill its place with another; return whether any flies on."""
    fates[lane] = fate
    ends[lane] = t
    other = lane
    for k in range(WIDTH):
        if fates[k] == FLYING:
            other = k
    for i in range(0, SIZE, WIDTH):
        finals[lane + i] = p[lane + i]
        finals[lane + SIZE + i] = v[lane + i]
        for k in range(WIDTH):
            if fates[k] != FLYING:
                p[k + i] = p[other + i]
                v[k + i] = v[other + i]
                a[k + i] = a[other + i]
    return fates[other] == FLYING


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _first_step(tolerance, p, a):
    """A short step [s] to begin with."""
    h = math.inf
    for k in range(WIDTH):
        r2 = p[k] ** 2 + p[k + WIDTH] ** 2 + p[k + 2 * WIDTH] ** 2
        a2 = a[k] ** 2 + a[k + WIDTH] ** 2 + a[k + 2 * WIDTH] ** 2
        h = min(h, math.sqrt(math.sqrt(r2 / max(a2, 1e-60))) * tolerance**EXPONENT)
    return h


@njit(cache=True, error_model="numpy", nogil=True)
def fly_lanes(control, counters, tables, starts, rows, craft, p0, v0, fates, ends, finals):
    """Continue sixteen flights to an end, or until none flies any more; return whether any does.

    Parameters
    ----------
    control : (5,) [s, s, s, 1, s]
        Time, end time, next step (positive; 0: to be chosen), tolerance, start of a burn (NaN without one).
    counters : (3,) int64
        Steps taken, steps tried in vain, evaluations of sixteen forces at once.
    tables : ForceTables
        The forces.
    starts, rows
        `batch_gravity.field_columns`.
    craft : (96,)
        See `batch_force_kernels`.
    p0, v0 : (48,) [m, m/s]
        States now; those of spacecraft that ended are copies of others.
    fates : (16,) int64
        FLYING, FAILED or the index of the surface that was hit.
    ends : (16,) [s]
        When it ended.
    finals : (96,) [m, m/s]
        Position and velocity then.
    """
    stages = np.zeros((STAGES + 1) * SIZE)
    work = np.zeros(BODIES + LANES * tables.integers[BODY_VECTORS])
    scratch = np.zeros(SHADOW_WORK)
    local = np.zeros(SIZE)
    p1 = p0.copy()
    v1 = v0.copy()
    errors = np.zeros(WIDTH)
    marks = np.full(3, -1)
    integers = tables.integers
    bodies = 3 * integers[BODY_COUNT]
    old_bodies = np.zeros(max(bodies, 1))
    new_bodies = np.zeros(max(bodies, 1))
    a1 = stages[SIZE * STAGES :]
    gm = tables.numbers[GM]
    radiation = tables.numbers[RADIATION] != 0.0
    relativity = tables.numbers[INVERSE_C2] != 0.0

    t = control[0]
    end = control[1]
    tolerance = control[3]
    burn_start = control[4]
    direction = 1.0 if end >= t else -1.0
    flying = False
    for k in range(WIDTH):
        flying = flying or fates[k] == FLYING
    h = 0.0
    next_step = direction * control[2]
    growth = GROW
    first = 0  # stage: the one at the place where the flight begins, then all behind it
    last = 0
    error = 0.0
    while flying:
        left = end - t
        if direction * left <= 1e-9 * max(1.0, 1e-6 * abs(t)):
            break
        if first == 1 and marks[LANDING] < 0:
            h = next_step
            if direction * (h - left) >= 0.0:
                h = left
            elif direction * (1.5 * h - left) > 0.0:
                h = 0.5 * left
        rejected = False
        for stage in range(first, last + 1):
            if stage > 0:
                _stage(stage, h, p0, v0, stages, relativity or stage == STAGES, p1, v1)
            if stage == STAGES:
                worst = _worst(h, tolerance, gm, stages, p1, v1, errors)
                error = errors[worst]
                if error > 1.0:
                    rejected = True
                    counters[1] += 1
                    marks[LANDING] = -1
                    growth = 1.0
                    h *= max(SHRINK, SAFETY * error**-EXPONENT) if math.isfinite(error) else 0.1
                    next_step = h
                    if abs(h) <= 1e-14 * abs(t) + 1e-9:
                        flying = _end(worst, FAILED, t, p0, v0, stages, fates, ends, finals)
                        next_step = 1e6 * h
                    break
            forces_lanes(
                t + ALL_NODES[stage] * h,
                p1,
                v1,
                burn_start,
                tables,
                starts,
                rows,
                craft,
                work,
                local,
                stages[SIZE * stage : SIZE * (stage + 1)],
            )
            counters[2] += 1
        if rejected:
            continue
        for k in range(bodies):
            new_bodies[k] = work[BODIES + k]
        if first == 0:
            for k in range(bodies):
                old_bodies[k] = new_bodies[k]
            if next_step == 0.0:
                next_step = direction * _first_step(tolerance, p0, stages)
            first = 1
            last = STAGES
            continue
        if radiation:
            for k in range(WIDTH):
                if fates[k] == FLYING:
                    lane_loss(k, t, h, p0, v0, stages, p1, v1, a1, burn_start, tables, craft, work, scratch)
        if marks[LANDING] < 0:
            share = 2.0
            for surface in range(integers[SURFACE_COUNT]):
                for k in range(WIDTH):
                    if fates[k] == FLYING:
                        here = contact(
                            k, t, h, p0, v0, stages, p1, v1, a1, old_bodies, new_bodies, surface, tables, work, scratch
                        )
                        if 0.0 <= here < share:
                            share = here
                            marks[LANDING] = k
                            marks[SURFACE] = surface
            if share <= 1.0:
                counters[1] += 1
                marks[TRIES] = 0
                h = direction * max(abs(h) * share, 1e-7)
                continue
        elif marks[TRIES] < SURFACE_TRIES:
            # the quintic only proposed the moment; the step itself is now right, so its own height corrects it
            i = marks[LANDING]
            j = i + WIDTH
            k = j + WIDTH
            above = height(t + h, p1[i], p1[j], p1[k], marks[SURFACE], tables, work)
            rate = (
                height(t + h + 1.0, p1[i] + v1[i], p1[j] + v1[j], p1[k] + v1[k], marks[SURFACE], tables, work) - above
            )
            change = min(max(-above / rate, -0.5 * abs(h)), 0.5 * abs(h)) if rate != 0.0 else 0.0
            if abs(above) > SURFACE_HEIGHT and direction * (h + change) > 0.0 and change != 0.0:
                h += change
                marks[TRIES] += 1
                counters[1] += 1
                continue
        t = end if h == left else t + h
        counters[0] += 1
        for k in range(bodies):
            old_bodies[k] = new_bodies[k]
        for k in range(SIZE):
            p0[k] = p1[k]
            v0[k] = v1[k]
            stages[k] = a1[k]
        if marks[LANDING] >= 0:
            flying = _end(marks[LANDING], marks[SURFACE], t, p0, v0, stages, fates, ends, finals)
            marks[LANDING] = -1
        else:
            grown = h * min(growth, max(SHRINK, SAFETY * max(error, 1e-12) ** -EXPONENT))
            if abs(h) >= abs(next_step) or abs(grown) > abs(next_step):
                next_step = grown
        growth = GROW
    control[0] = t
    control[2] = abs(next_step)
    return flying
