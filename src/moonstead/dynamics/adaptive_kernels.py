"""Kernel of adaptive integration: steps into node buffers, with edges of the forces and surfaces hit exactly.

What is integrated is told in `variational_kernels`. The step is that of one of two methods; all else they share.
"""

import math

from numba import njit

from moonstead.dynamics import dormand_prince_kernels, nystrom_kernels
from moonstead.dynamics.dormand_prince_kernels import dormand_prince_step
from moonstead.dynamics.edge_kernels import (
    EDGE_TIME,
    SURFACE_TRIES,
    contact_change,
    find_edges,
    first_contact,
    hidden_shadow,
    settle_edge,
)
from moonstead.dynamics.error_kernels import length
from moonstead.dynamics.nystrom_kernels import HOPELESS, inner_nodes, nystrom_step
from moonstead.dynamics.nystrom_tableau import INNER
from moonstead.dynamics.places_tables import HIDING_COUNT, SURFACE_COUNT
from moonstead.dynamics.variational_kernels import derivative

NYSTROM = 0
DORMAND_PRINCE = 1

DONE = 0
BUFFER_FULL = 1
STEP_TOO_SMALL = 2
SURFACE = 3
NOT_FINITE = 4

NYSTROM_ORDER = nystrom_kernels.ORDER
DORMAND_PRINCE_ORDER = dormand_prince_kernels.ORDER
NYSTROM_START = 1.5  # first step over the dynamic time, at a tolerance of 1
DORMAND_PRINCE_START = 0.1
SAFETY = 0.9
SHRINK = 0.25
GROW = 5.0
LEAST_ERROR = 1e-6  # over the tolerance, as far as the control heeds it
MOST_TRIALS = 100  # of one step


@njit(cache=True, error_model="numpy", _nrt=False)
def integrate(
    method, control, counters, tolerance, max_step, tables, room, times, positions, velocities, accelerations, edges
):
    """Continue from the last node until the end, a surface, the end of the buffers, or a failure; return the status.

    Parameters
    ----------
    method : int
        NYSTROM, for forces that do not depend on velocity, or DORMAND_PRINCE.
    control : (4,) [s, s, 1, 1]
        End time, next step (0: to be chosen; signed), phase of the forces (-1: to be found), index of the surface hit.
    counters : (4,) int64
        Nodes written, steps taken, steps rejected, force evaluations.
    tolerance : float [1]
        Estimated error of a step over the distance and over the speed: NYSTROM that of its embedded method of order 10,
        the larger of both; DORMAND_PRINCE that of DOP853, the mean square of both.
    max_step : float [s]
        Longest step.
    tables : ForceTables
        The forces.
    room : AdaptiveRoom
        Scratch space.
    times, positions, velocities, accelerations : (capacity,), (capacity, D) [s, m, m/s, m/s^2]
        Nodes; the first ``counters[0]`` are filled, all but the last acceleration.
    edges : (capacity,) uint8
        Set to 1 at nodes where the forces have an edge.

    Source
    ------
    Control of the step by the trend of its error: Gustafsson (1994), ACM Transactions on Mathematical Software 20, 496,
    doi:10.1145/198429.198437. Compensated sums: Kahan (1965), Communications of the ACM 8, 40.
    """
    size = positions.shape[1]
    work = room.work
    gradient = room.gradient
    damping = room.damping
    stage_v = room.stage_velocities
    stage_a = room.stage_accelerations
    p = room.position
    change = room.change
    rest = room.rest
    point = room.point
    jerk = room.jerk
    edge_times = room.edge_times
    edge_phases = room.edge_phases
    for k in range(size):
        rest[0, k] = 0.0
        rest[1, k] = 0.0
    edge = 0  # the next of the edges that are known to lie ahead
    edge_count = 0
    inner = INNER if method == NYSTROM else 0  # nodes written inside a step
    order = NYSTROM_ORDER if method == NYSTROM else DORMAND_PRINCE_ORDER
    shadow = (1 << (2 * tables.integers[HIDING_COUNT])) - 1  # the digits of the phase that tell it

    end = control[0]
    node = counters[0] - 1
    direction = 1.0 if end >= times[node] else -1.0
    phase = derivative(
        times[node], positions[node], velocities[node], tables, work, gradient, damping, accelerations[node], bool(0)
    )
    counters[3] += 1
    if control[2] >= 0.0:
        phase = int(control[2])
    h = abs(control[1])
    if h == 0.0:
        dynamic_time = math.sqrt(length(positions[node]) / max(length(accelerations[node]), 1e-30))
        start = NYSTROM_START if method == NYSTROM else DORMAND_PRINCE_START
        h = start * dynamic_time * tolerance ** (1.0 / order)

    old_step = 0.0
    old_error = 1.0
    growth = GROW
    trials = 0
    contact = 0.0  # length of a step that is to end on a surface
    tries = 0
    status = DONE
    while True:
        t = times[node]
        if direction * (end - t) <= 1e-9 * max(1.0, 1e-6 * abs(t)):
            status = DONE
            break
        new = node + 1 + inner
        if new >= times.size:
            status = BUFFER_FULL
            break
        while edge < edge_count and direction * (edge_times[edge] - t) <= 10.0 * EDGE_TIME + 1e-13 * abs(t):
            phase = edge_phases[edge]
            edges[node] = 1
            edge += 1
        if edge == edge_count:
            edge = 0
            edge_count = 0
        goal = edge_times[edge] if edge < edge_count else end
        left = direction * (goal - t)
        h = min(h, max_step)
        long = h
        arrives = False
        if contact != 0.0:
            long = contact
        elif h >= left:
            long = left
            arrives = True
        elif 1.9 * h > left:
            long = 0.5 * left
        if long <= 1e-14 * abs(t) + 1e-11 or trials > MOST_TRIALS:
            status = STEP_TOO_SMALL
            break
        trials += 1
        times[new] = goal if arrives else t + direction * long
        step = times[new] - t  # what the clock shows, to the last digit
        long = abs(step)
        p0 = positions[node]
        v0 = velocities[node]
        a0 = accelerations[node]
        p1 = positions[new]
        v1 = velocities[new]
        a1 = accelerations[new]
        for k in range(size):
            stage_a[0, k] = a0[k]
        if method == NYSTROM:
            error, changed = nystrom_step(
                t,
                step,
                phase,
                tolerance,
                tables,
                p0,
                v0,
                p1,
                v1,
                rest,
                change,
                stage_v,
                stage_a,
                p,
                work,
                gradient,
                damping,
                counters,
            )
        else:
            error, changed = dormand_prince_step(
                t,
                step,
                phase,
                tolerance,
                tables,
                p0,
                v0,
                p1,
                v1,
                rest,
                change,
                stage_v,
                stage_a,
                p,
                work,
                gradient,
                damping,
                counters,
            )
        if not math.isfinite(error):
            counters[2] += 1
            if 2 * trials > MOST_TRIALS:
                status = NOT_FINITE
                break
            h = 0.1 * long
            contact = 0.0
            continue

        changed = changed and edge_count == 0 and error < HOPELESS
        if error <= 1.0 or changed:
            end_phase = derivative(times[new], p1, v1, tables, work, gradient, damping, a1, bool(0))
            counters[3] += 1
            if method == NYSTROM:
                inner_nodes(node, step, times, positions, velocities, accelerations, stage_a)
            hint = -1.0
            if edge_count == 0 and not changed:
                changed = end_phase != phase
                if not changed and (phase & shadow) == 0:
                    hint = hidden_shadow(t, step, p0, v0, a0, p1, v1, a1, tables, work, point)
                    changed = hint > 0.0
            if changed:
                edge_count = find_edges(
                    node,
                    new,
                    phase,
                    hint,
                    times,
                    positions,
                    velocities,
                    accelerations,
                    tables,
                    work,
                    point,
                    edge_times,
                    edge_phases,
                )
                if edge_count > 0:
                    counters[2] += 1
                    contact = 0.0
                    continue
        if error > 1.0:
            counters[2] += 1
            h = long * max(SHRINK, SAFETY * error ** (-1.0 / order))
            growth = 1.0
            contact = 0.0
            continue

        if contact == 0.0:
            share = -1.0
            for k in range(tables.integers[SURFACE_COUNT]):
                found = first_contact(t, step, p0, v0, a0, p1, v1, a1, k, tables, work, point)
                if found >= 0.0 and (share < 0.0 or found < share):
                    share = found
                    control[3] = float(k)
            if share * long > EDGE_TIME:
                contact = share * long
                tries = 0
                trials = 0
                if share < 1.0:
                    counters[2] += 1
                    continue
        if contact != 0.0 and tries < SURFACE_TRIES:
            # the quintic only proposed the moment; the step itself is now right, so its own height corrects it
            longer = contact_change(t, step, p1, v1, int(control[3]), tables, work, point)
            if longer != 0.0 and long + longer > 0.0:
                contact = long + longer
                tries += 1
                counters[2] += 1
                continue
        for k in range(size):
            rest[0, k] = change[0, k] - (p1[k] - p0[k])
            rest[1, k] = change[1, k] - (v1[k] - v0[k])
        for k in range(node + 1, new + 1):
            edges[k] = 0
        trials = 0
        if arrives and edge < edge_count:
            shift = settle_edge(times[new], direction, phase, p1, v1, a1, tables, work, point, jerk)
            if shift != 0.0:
                for k in range(3, size):
                    p1[k] += shift * (v1[k] + 0.5 * shift * a1[k])
                    v1[k] += shift * a1[k]
                times[new] += shift
                derivative(times[new], p1, v1, tables, work, gradient, damping, a1, bool(0))
                counters[3] += 1
            phase = edge_phases[edge]
            edges[new] = 1
            edge += 1
        node = new
        counters[0] = node + 1
        counters[1] += 1
        if contact != 0.0:
            status = SURFACE
            break
        error = max(error, LEAST_ERROR)
        trend = 1.0
        if old_step != 0.0:
            trend = min(1.0, long / old_step * (old_error / error) ** (1.0 / order))
        grown = long * min(growth, max(SHRINK, SAFETY * error ** (-1.0 / order) * trend))
        growth = GROW
        if long > 0.9 * h:
            h = grown
            old_step = long
            old_error = error
        else:
            h = max(h, grown)
    control[1] = direction * h
    control[2] = float(phase)
    return status
