"""Kernel of adaptive integration: DOP853 steps into node buffers, with shadow edges and surfaces hit exactly.

What is integrated is D positions, D velocities and D accelerations: D = 3 for an orbit; with the state-transition
matrix D = 21, its six columns being position-like in their upper and velocity-like in their lower half.
"""

import math

import numpy as np
from numba import njit

from moonstead.dynamics.force_kernels import forces, height, light_phase, work_size
from moonstead.dynamics.integrator_tableau import ERROR_3, ERROR_5, NODES, STAGE_WEIGHTS, STAGES, WEIGHTS
from moonstead.dynamics.places_tables import GM, RADIATION, SURFACE_BODY, SURFACE_COUNT, SWITCH_COUNT

DONE = 0
BUFFER_FULL = 1
STEP_TOO_SMALL = 2
SURFACE = 3
NOT_FINITE = 4

SAFETY = 0.9  # step control as in Hairer's program DOP853
SHRINK = 0.333
GROW = 6.0
DAMPING = 0.04  # weight of the step before (Gustafsson's control): halves the steps tried in vain on ellipses
EXPONENT = 0.125 - 0.2 * DAMPING
LEAST_ERROR = 1e-4  # of the step before, as far as the control heeds it
AFTER_EDGE = 1.0 / 3.0  # first step behind an edge, in steps before it: keeps short arcs well interpolated
EDGE_TIME = 1e-9  # [s] how closely an edge of shadow is located
SURFACE_TIME = 1e-10  # [s] how closely an impact is located on the quintic of its step
SURFACE_HEIGHT = 1e-3  # [m] how closely an impact is located in the end
SURFACE_TRIES = 12
FASTEST_BODY = 6e4  # [m/s] no planet moves faster, Mercury's perihelion included
SLOW = 1e-3  # floor of the velocity scale in circular velocities, for the apex of a straight fall


@njit(cache=True, error_model="numpy", _nrt=False)
def derivative(t, position, velocity, tables, work, gradient, damping, acceleration):
    """Write the accelerations (D,) [m/s^2] and their derivatives [mixed], and return the phase of sunlight."""
    size = position.size
    if size == 3:
        return forces(t, position, velocity, tables, work, acceleration, gradient, damping, False, False)
    phase = forces(t, position, velocity, tables, work, acceleration, gradient, damping, True, False)
    for column in range(3, size, 3):
        for i in range(3):
            total = 0.0
            for j in range(3):
                total += gradient[i, j] * position[column + j] + damping[i, j] * velocity[column + j]
            acceleration[column + i] = total
    return phase


@njit(cache=True, error_model="numpy", _nrt=False)
def quintic(share, h, position_0, velocity_0, acceleration_0, position_1, velocity_1, acceleration_1, out):
    """Write the position (3,) a share [1] into a step of h [s] from both ends' positions, velocities, accelerations."""
    s = share
    s3 = s * s * s
    r0 = 1.0 - s3 * (10.0 - s * (15.0 - 6.0 * s))
    v0 = s - s3 * (6.0 - s * (8.0 - 3.0 * s))
    a0 = 0.5 * s * s - s3 * (1.5 - s * (1.5 - 0.5 * s))
    v1 = -s3 * (4.0 - s * (7.0 - 3.0 * s))
    a1 = s3 * (0.5 - s * (1.0 - 0.5 * s))
    for i in range(3):
        out[i] = (
            r0 * position_0[i]
            + (1.0 - r0) * position_1[i]
            + h * (v0 * velocity_0[i] + v1 * velocity_1[i])
            + h * h * (a0 * acceleration_0[i] + a1 * acceleration_1[i])
        )


@njit(cache=True, error_model="numpy", _nrt=False)
def _first_contact(t, h, p0, v0, a0, p1, v1, a1, surface, tables, work, point):
    """Share [1] of a step at which a surface is first touched, or -1."""
    end_height = height(t + h, p1, surface, tables, work)
    low = 0.0
    high = 1.0
    if end_height > 0.0:
        speed = max(math.sqrt(v0[0] ** 2 + v0[1] ** 2 + v0[2] ** 2), math.sqrt(v1[0] ** 2 + v1[1] ** 2 + v1[2] ** 2))
        if tables.integers[tables.integers[SURFACE_BODY] + surface] >= 0:
            speed += FASTEST_BODY
        if end_height > 2.0 * speed * abs(h):
            return -1.0
        left = 0.0
        right = 1.0
        while right - left > 1e-4:
            first = left + (right - left) / 3.0
            second = right - (right - left) / 3.0
            quintic(first, h, p0, v0, a0, p1, v1, a1, point)
            first_height = height(t + first * h, point, surface, tables, work)
            quintic(second, h, p0, v0, a0, p1, v1, a1, point)
            second_height = height(t + second * h, point, surface, tables, work)
            if first_height < 0.0:
                right = first
                break
            if second_height < 0.0:
                right = second
                break
            if first_height < second_height:
                right = second
            else:
                left = first
        quintic(right, h, p0, v0, a0, p1, v1, a1, point)
        if height(t + right * h, point, surface, tables, work) > 0.0:
            return -1.0
        high = right
    while (high - low) * abs(h) > SURFACE_TIME:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        quintic(middle, h, p0, v0, a0, p1, v1, a1, point)
        if height(t + middle * h, point, surface, tables, work) > 0.0:
            low = middle
        else:
            high = middle
    return high


@njit(cache=True, error_model="numpy")
def integrate(control, counters, tolerance, max_step, tables, times, positions, velocities, accelerations, edges):
    """Continue from the last node until the end, a surface, the end of the buffers, or a failure; return the status.

    Parameters
    ----------
    control : (4,) [s, s, 1, 1]
        End time, next step (0: to be chosen; signed), phase of sunlight (-1: to be found), index of the surface hit.
    counters : (4,) int64
        Nodes written, steps taken, steps rejected, force evaluations.
    tolerance : float [1]
        Local error of a step over the distance and over the speed, Euclidean norms.
    max_step : float [s]
        Longest step.
    tables : ForceTables
        The forces.
    times, positions, velocities, accelerations : (capacity,), (capacity, D) [s, m, m/s, m/s^2]
        Nodes; the first ``counters[0]`` are filled, all but the last acceleration.
    edges : (capacity,) uint8
        Set to 1 at nodes where the forces have an edge.
    """
    size = positions.shape[1]
    work = np.zeros(work_size(tables))
    gradient = np.zeros((3, 3))
    damping = np.zeros((3, 3))
    stage_v = np.zeros((STAGES, size))
    stage_a = np.zeros((STAGES, size))
    phases = np.zeros(STAGES, np.int64)
    p = np.zeros(size)
    v = np.zeros(size)
    point = np.zeros(3)

    end = control[0]
    node = counters[0] - 1
    direction = 1.0 if end >= times[node] else -1.0
    phase_0 = derivative(
        times[node], positions[node], velocities[node], tables, work, gradient, damping, accelerations[node]
    )
    counters[3] += 1
    phase = int(control[2]) if control[2] >= 0.0 else phase_0
    h = control[1]
    if h == 0.0:
        r = math.sqrt(positions[node, 0] ** 2 + positions[node, 1] ** 2 + positions[node, 2] ** 2)
        a = math.sqrt(accelerations[node, 0] ** 2 + accelerations[node, 1] ** 2 + accelerations[node, 2] ** 2)
        h = 0.1 * math.sqrt(r / max(a, 1e-30)) * tolerance**0.125
    h = direction * min(abs(h), max_step)

    landing = 0  # 1: this step ends on an edge of shadow, 2: on a surface
    phase_behind = 0
    next_step = h
    trials = 0
    old_error = LEAST_ERROR
    growth = GROW
    tries = 0
    status = DONE
    while True:
        t = times[node]
        left = end - t
        if direction * left <= 1e-9 * max(1.0, 1e-6 * abs(t)):
            status = DONE
            break
        if node + 1 >= times.size:
            status = BUFFER_FULL
            break
        if landing == 0:
            next_step = h
            if abs(h) > max_step:
                h = direction * max_step
            if direction * (h - left) >= 0.0:
                h = left
            elif direction * (1.9 * h - left) > 0.0:
                h = 0.5 * left
        if abs(h) <= 1e-14 * abs(t) + 1e-11 or trials > 100:
            status = STEP_TOO_SMALL
            break
        trials += 1
        new = node + 1
        p0 = positions[node]
        v0 = velocities[node]
        for k in range(size):
            stage_v[0, k] = v0[k]
            stage_a[0, k] = accelerations[node, k]
        for s in range(1, STAGES):
            for k in range(size):
                p[k] = p0[k]
                v[k] = v0[k]
            for j in range(s):
                weight = h * STAGE_WEIGHTS[s, j]
                if weight != 0.0:
                    for k in range(size):
                        p[k] += weight * stage_v[j, k]
                        v[k] += weight * stage_a[j, k]
            phases[s] = derivative(t + NODES[s] * h, p, v, tables, work, gradient, damping, stage_a[s])
            for k in range(size):
                stage_v[s, k] = v[k]
        counters[3] += STAGES - 1
        for k in range(size):
            total_p = 0.0
            total_v = 0.0
            for j in range(STAGES):
                total_p += WEIGHTS[j] * stage_v[j, k]
                total_v += WEIGHTS[j] * stage_a[j, k]
            positions[new, k] = p0[k] + h * total_p
            velocities[new, k] = v0[k] + h * total_v

        r = math.sqrt(positions[new, 0] ** 2 + positions[new, 1] ** 2 + positions[new, 2] ** 2)
        speed = math.sqrt(velocities[new, 0] ** 2 + velocities[new, 1] ** 2 + velocities[new, 2] ** 2)
        scale_p = 1.0 / (tolerance * r)
        scale_v = 1.0 / (tolerance * max(speed, SLOW * math.sqrt(tables.numbers[GM] / r)))
        error_3 = 0.0
        error_5 = 0.0
        for k in range(3):
            p3 = 0.0
            p5 = 0.0
            v3 = 0.0
            v5 = 0.0
            for j in range(STAGES):
                p3 += ERROR_3[j] * stage_v[j, k]
                p5 += ERROR_5[j] * stage_v[j, k]
                v3 += ERROR_3[j] * stage_a[j, k]
                v5 += ERROR_5[j] * stage_a[j, k]
            error_3 += (p3 * scale_p) ** 2 + (v3 * scale_v) ** 2
            error_5 += (p5 * scale_p) ** 2 + (v5 * scale_v) ** 2
        denominator = error_5 + 0.01 * error_3
        error = abs(h) * error_5 / math.sqrt(6.0 * denominator) if denominator > 0.0 else 0.0
        if not math.isfinite(error):
            counters[2] += 1
            if trials > 50:
                status = NOT_FINITE
                break
            h *= 0.1
            landing = 0
            continue

        has_edges = tables.numbers[RADIATION] != 0.0 or tables.integers[SWITCH_COUNT] > 0
        if has_edges and landing == 0 and error < 1e3:
            changed = 0
            for s in range(1, STAGES):
                if phases[s] != phase and (changed == 0 or NODES[s] < NODES[changed]):
                    changed = s
            if changed > 0:
                derivative(t + h, positions[new], velocities[new], tables, work, gradient, damping, accelerations[new])
                counters[3] += 1
                low = 0.0
                high = NODES[changed]
                quintic(
                    high, h, p0, v0, accelerations[node], positions[new], velocities[new], accelerations[new], point
                )
                seen = light_phase(t + high * h, point, tables, work)
                if seen != phase:
                    while (high - low) * abs(h) > EDGE_TIME:
                        middle = 0.5 * (low + high)
                        if middle in (low, high):
                            break
                        quintic(
                            middle,
                            h,
                            p0,
                            v0,
                            accelerations[node],
                            positions[new],
                            velocities[new],
                            accelerations[new],
                            point,
                        )
                        here = light_phase(t + middle * h, point, tables, work)
                        if here == phase:
                            low = middle
                        else:
                            high = middle
                            seen = here
                    phase_behind = seen
                    counters[2] += 1
                    if high * abs(h) <= 10.0 * EDGE_TIME + 1e-13 * abs(t):
                        # the edge is where this step starts
                        phase = phase_behind
                        edges[node] = 1
                    else:
                        h *= high
                        landing = 1
                    continue

        if error > 1.0:
            counters[2] += 1
            h *= max(SHRINK, SAFETY * error**-EXPONENT)
            growth = 1.0
            landing = 0
            continue

        derivative(t + h, positions[new], velocities[new], tables, work, gradient, damping, accelerations[new])
        counters[3] += 1
        if landing != 2:
            share = -1.0
            for k in range(tables.integers[SURFACE_COUNT]):
                contact = _first_contact(
                    t,
                    h,
                    p0,
                    v0,
                    accelerations[node],
                    positions[new],
                    velocities[new],
                    accelerations[new],
                    k,
                    tables,
                    work,
                    point,
                )
                if contact >= 0.0 and (share < 0.0 or contact < share):
                    share = contact
                    control[3] = float(k)
            if share >= 0.0 and share * abs(h) > 1e-9:
                if share < 1.0:
                    h *= share
                    landing = 2
                    tries = 0
                    counters[2] += 1
                    trials = 0
                    continue
                landing = 2
        if landing == 2 and tries < SURFACE_TRIES:
            # the quintic only proposed the moment; the step itself is now right, so its own height corrects it
            surface = int(control[3])
            above = height(t + h, positions[new], surface, tables, work)
            for k in range(3):
                point[k] = positions[new, k] + velocities[new, k]
            rate = height(t + h + 1.0, point, surface, tables, work) - above
            if abs(above) > SURFACE_HEIGHT and rate != 0.0:
                change = min(max(-above / rate, -0.5 * abs(h)), 0.5 * abs(h))
                if direction * (h + change) > 0.0:
                    h += change
                    tries += 1
                    counters[2] += 1
                    continue
        times[new] = end if h == left else t + h
        edges[new] = 0
        node = new
        counters[0] = node + 1
        counters[1] += 1
        trials = 0
        if landing == 2:
            status = SURFACE
            break
        grown = h * min(growth, max(SHRINK, SAFETY * max(error, 1e-12) ** -EXPONENT * old_error**DAMPING))
        old_error = max(error, LEAST_ERROR)
        growth = GROW
        if landing == 1:
            phase = phase_behind
            edges[node] = 1
            h = direction * min(abs(grown), AFTER_EDGE * abs(next_step))
            landing = 0
        elif abs(h) < abs(next_step) and abs(grown) < abs(next_step):
            h = next_step
        else:
            h = grown
    control[1] = next_step if landing != 0 else h
    control[2] = float(phase)
    return status
