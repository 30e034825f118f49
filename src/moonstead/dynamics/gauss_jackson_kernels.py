"""Kernels of the summed multistep integrator (Gauss-Jackson): one evaluation of the forces a step, on a fixed grid.

The method looks back on accelerations as samples of a smooth function. Sunlight that a shadow cuts off is none, so the
sums hold the forces without any shadow; what shadows take away is integrated beside them, split at their edges, and
added to position and velocity (`shadow_kernels`). The idea is Encke's; for eclipses see Woodburn (2001), AAS 01-223.

What is integrated is D positions, D velocities and D accelerations, as in `variational_kernels`; `gauss_jackson_tables`
says what the bundles hold.

Numba compiles a callee anew for each literal argument; ``np.int64(0)`` and ``bool(1)`` are none.
"""

import math

import numpy as np
from numba import njit

from moonstead.dynamics.adaptive_kernels import BUFFER_FULL, DONE, NOT_FINITE, SURFACE
from moonstead.dynamics.edge_kernels import first_contact
from moonstead.dynamics.ephemeris_kernels import BODIES
from moonstead.dynamics.force_kernels import light_here, sun_share
from moonstead.dynamics.gauss_jackson_tables import (
    BODY_HIT,
    EVALUATIONS,
    HEAD,
    LARGEST_DRIFT,
    NODES,
    PHASE,
    SHARE,
    SPARE_NODES,
    STEP,
)
from moonstead.dynamics.places_tables import (
    BODY_COUNT,
    BODY_GM,
    DRAG_AREA,
    GM,
    INVERSE_C2,
    RADIATION,
    SURFACE_BODY,
    SURFACE_COUNT,
    SURFACE_RADIUS,
    THRUST,
)
from moonstead.dynamics.shadow_kernels import near_shadow, shadow_loss
from moonstead.dynamics.variational_kernels import derivative

SAG = 0.125  # of acceleration times h^2: how far the path sags below its ends within a step


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _pull_apart(position, shift, tables, work, out):
    """Write how the point masses' pull at a position differs after a small shift (3,) [m]; bodies as last evaluated."""
    for i in range(3):
        out[i] = 0.0
    for body in range(-1, tables.integers[BODY_COUNT]):
        gm = tables.numbers[GM]
        x = position[0]
        y = position[1]
        z = position[2]
        if body >= 0:
            gm = tables.numbers[tables.integers[BODY_GM] + body]
            x -= work[BODIES + 3 * body]
            y -= work[BODIES + 3 * body + 1]
            z -= work[BODIES + 3 * body + 2]
        square = x * x + y * y + z * z
        k = gm / (square * math.sqrt(square))
        along = 3.0 * k * (x * shift[0] + y * shift[1] + z * shift[2]) / square
        out[0] += along * x - k * shift[0]
        out[1] += along * y - k * shift[1]
        out[2] += along * z - k * shift[2]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _add_vector(row, vector, factor, column, out):
    """Add a multiple of a vector (3,) to the orbit and to the partials by radiation pressure in a row of (n, D)."""
    for i in range(3):
        out[row, i] += factor * vector[i]
        if column > 0:
            out[row, column + i] += factor * vector[i]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _put(vector, row, out):
    """Write a vector (D,) to a row of (n, D)."""
    for k in range(vector.size):
        out[row, k] = vector[k]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _corrected(row, grid, method, memory, positions, velocities, accelerations):
    """Write the state at the newest step, its acceleration without shadow, to a row of three arrays (n, D)."""
    head = memory.progress[HEAD]
    h = grid.step
    for k in range(memory.history.shape[1]):
        p = 0.0
        v = 0.0
        for j in range(method.position.size):
            p += method.position[j] * memory.history[head + j, k]
            v += method.velocity[j] * memory.history[head + j, k]
        positions[row, k] = h * h * (memory.sums[2, k] + p)
        velocities[row, k] = h * (memory.sums[0, k] + v)
        accelerations[row, k] = memory.history[head, k]
    _add_vector(row, memory.losses[1], 1.0, grid.light_column, positions)
    _add_vector(row, memory.losses[0], 1.0, grid.light_column, velocities)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _write_between(node, share, start, length, lost, scratch, grid, nodes):
    """Write a node a share [1] into a step of a length [s]: the quintics of the scratch, and what was lost by then."""
    s = share
    h = length
    nodes.times[node] = start + s * h
    for k in range(nodes.positions.shape[1]):
        p = scratch.positions[0, k]
        v = h * scratch.velocities[0, k]
        a = 0.5 * h * h * scratch.accelerations[0, k]
        gap = scratch.positions[1, k] - p - v - a
        slope = h * scratch.velocities[1, k] - v - 2.0 * a
        bend = 0.5 * h * h * scratch.accelerations[1, k] - a
        b = 10.0 * gap - 4.0 * slope + bend
        c = -15.0 * gap + 7.0 * slope - 2.0 * bend
        d = 6.0 * gap - 3.0 * slope + bend
        nodes.positions[node, k] = p + s * (v + s * (a + s * (b + s * (c + s * d))))
        nodes.velocities[node, k] = (v + s * (2.0 * a + s * (3.0 * b + s * (4.0 * c + s * 5.0 * d)))) / h
        nodes.accelerations[node, k] = (2.0 * a + s * (6.0 * b + s * (12.0 * c + s * 20.0 * d))) / (h * h)
    _add_vector(node, lost[3:], 1.0, grid.light_column, nodes.positions)
    _add_vector(node, lost[:3], 1.0, grid.light_column, nodes.velocities)


@njit(cache=True, error_model="numpy", _nrt=False)
def write_edges(found, start, scratch, tables, grid, memory, nodes):
    """Write nodes at the edges of shadow in a step that starts at a time [s]."""
    for e in range(found):
        node = memory.progress[NODES]
        _write_between(node, scratch.edges[e], start, grid.step, scratch.edge_losses[e], scratch, grid, nodes)
        share = sun_share(nodes.times[node], nodes.positions[node], tables, scratch.work, scratch.push)
        _add_vector(node, scratch.push, share - 1.0, grid.light_column, nodes.accelerations)
        nodes.edges[node] = 1
        memory.progress[NODES] = node + 1


@njit(cache=True, error_model="numpy", _nrt=False)
def evaluate(times, positions, velocities, tables, scratch, accelerations):
    """Write the accelerations (n, D) [m/s^2] without shadow at n times [s], from (n, D) [m] and [m/s]."""
    for j in range(times.size):
        derivative(
            times[j],
            positions[j],
            velocities[j],
            tables,
            scratch.work,
            scratch.gradient,
            scratch.damping,
            accelerations[j],
            bool(1),
        )


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _predict(grid, method, memory, tables, p, v, scratch):
    """Write the predicted position (D,), and the velocity where the forces want it."""
    h = grid.step
    head = memory.progress[HEAD]
    numbers = tables.numbers
    for k in range(p.size):
        total = 0.0
        for j in range(method.predict_position.size):
            total += method.predict_position[j] * memory.history[head + j, k]
        p[k] = h * h * (memory.sums[2, k] + (memory.sums[0, k] + total))
    dark = 1.0 - memory.measures[SHARE]
    for i in range(3):
        drift = memory.losses[1, i] + h * (memory.losses[0, i] - 0.5 * h * dark * scratch.push[i])
        p[i] += drift
        if grid.light_column > 0:
            p[grid.light_column + i] += drift
    if numbers[DRAG_AREA] != 0.0 or numbers[INVERSE_C2] != 0.0 or numbers[THRUST] != 0.0:
        _predict_velocity(grid, method, memory, v)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _predict_velocity(grid, method, memory, v):
    """Write the predicted velocity (D,) [m/s]."""
    head = memory.progress[HEAD]
    for k in range(v.size):
        total = 0.0
        for j in range(method.predict_velocity.size):
            total += method.predict_velocity[j] * memory.history[head + j, k]
        v[k] = grid.step * (memory.sums[0, k] + total)
    for i in range(3):
        v[i] += memory.losses[0, i]
        if grid.light_column > 0:
            v[grid.light_column + i] += memory.losses[0, i]


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _shade(now, grid, method, memory, tables, p, v, scratch):
    """Find what shadows take in the step to the predicted position; return the number of edges, or -1 for no shadow.

    The prediction took the darkness at the step's start for the whole step's. Where that was wrong the newest
    acceleration is moved to where the position should have been.
    """
    h = grid.step
    push = scratch.push
    new_push = scratch.point
    lost = scratch.lost
    work = scratch.work
    measures = memory.measures
    new = memory.progress[HEAD] - 1
    old_share = measures[SHARE]
    old_phase = memory.progress[PHASE]
    if old_phase == 0:
        square = p[0] * p[0] + p[1] * p[1] + p[2] * p[2]
        pull = memory.history[new, 0] ** 2 + memory.history[new, 1] ** 2 + memory.history[new, 2] ** 2
        if not near_shadow(p, h * h * math.sqrt(square * pull), tables, work):
            return -1
    light = light_here(now + h, p, tables, work, new_push)
    phase = int(0.5 * light)
    share = light - 2.0 * phase
    memory.progress[PHASE] = phase
    measures[SHARE] = share
    if share == 0.0 and old_share == 0.0 and phase == old_phase:
        for i in range(3):
            lost[i] = -0.5 * h * (push[i] + new_push[i])
            lost[3 + i] = -h * h * (push[i] / 3.0 + new_push[i] / 6.0)
            push[i] = new_push[i]
        return 0
    assumed = -0.5 * h * h * (1.0 - old_share)
    x = assumed * push[0]
    y = assumed * push[1]
    z = assumed * push[2]
    _corrected(np.int64(0), grid, method, memory, scratch.positions, scratch.velocities, scratch.accelerations)
    _predict_velocity(grid, method, memory, v)
    _put(p, np.int64(1), scratch.positions)
    _put(v, np.int64(1), scratch.velocities)
    _put(memory.history[new], np.int64(1), scratch.accelerations)
    _add_vector(np.int64(1), push, -assumed, grid.light_column, scratch.positions)
    found = shadow_loss(now, h, scratch, tables)
    push[0] = lost[3] - x
    push[1] = lost[4] - y
    push[2] = lost[5] - z
    _pull_apart(p, push, tables, work, scratch.point)
    for i in range(3):
        memory.history[new, i] += scratch.point[i]
    sun_share(now + h, p, tables, work, push)
    return found


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _add_up(memory):
    """Carry both sums on by the newest acceleration, with Kahan's compensation: the orbit's energy hangs on them."""
    sums = memory.sums
    new = memory.progress[HEAD] - 1
    for k in range(memory.history.shape[1]):
        part = sums[0, k] - sums[3, k]
        total = sums[2, k] + part
        sums[3, k] = (total - sums[2, k]) - part
        sums[2, k] = total
        part = memory.history[new, k] - sums[1, k]
        total = sums[0, k] + part
        sums[1, k] = (total - sums[0, k]) - part
        sums[0, k] = total


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _estimate(grid, method, memory, pull, square):
    """Carry the estimated error along the track on over the newest step.

    The forces were evaluated at the predicted position instead of the corrected one. The difference of both times the
    rate of the acceleration is the power that this feeds into the orbit, as the gradient of the forces is symmetric;
    energy that is off lets the mean motion be off.
    """
    h = grid.step
    head = memory.progress[HEAD]
    power = 0.0
    for i in range(3):
        predicted = 0.0
        corrected = 0.0
        slope = 0.0
        for j in range(method.position.size):
            predicted += method.predict_position[j] * memory.history[head + 1 + j, i]
            corrected += method.position[j] * memory.history[head + j, i]
            slope += method.slope[j] * memory.history[head + j, i]
        power += (predicted - corrected) * slope
    speed = math.sqrt(math.sqrt(square * pull))
    memory.drift[0] += 3.0 * h * h * power / speed
    memory.drift[1] += h * memory.drift[0]
    memory.measures[LARGEST_DRIFT] = max(memory.measures[LARGEST_DRIFT], abs(memory.drift[1]))


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _surface_below(p, sag, tables, work):
    """Index of a watched surface that the path may have met in the step to a position (D,), or -1."""
    numbers = tables.numbers
    integers = tables.integers
    for surface in range(integers[SURFACE_COUNT]):
        body = integers[integers[SURFACE_BODY] + surface]
        x = p[0]
        y = p[1]
        z = p[2]
        if body >= 0:
            x -= work[BODIES + 3 * body]
            y -= work[BODIES + 3 * body + 1]
            z -= work[BODIES + 3 * body + 2]
        lowest = numbers[integers[SURFACE_RADIUS] + surface] + sag
        if x * x + y * y + z * z < lowest * lowest:
            return surface
    return -1


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _land(time, surface, grid, method, memory, tables, scratch, nodes):
    """Write the node where the path first met a surface since the last node; return whether it did."""
    node = memory.progress[NODES]
    begun = nodes.times[node - 1]
    length = time - begun
    p = scratch.positions
    v = scratch.velocities
    a = scratch.accelerations
    _put(nodes.positions[node - 1], np.int64(0), p)
    _put(nodes.velocities[node - 1], np.int64(0), v)
    _put(nodes.accelerations[node - 1], np.int64(0), a)
    _corrected(np.int64(1), grid, method, memory, p, v, a)
    _add_vector(np.int64(1), scratch.push, memory.measures[SHARE] - 1.0, grid.light_column, a)
    share = first_contact(
        begun, length, p[0], v[0], a[0], p[1], v[1], a[1], surface, tables, scratch.work, scratch.point
    )
    if share < 0.0:
        return False
    for i in range(6):
        scratch.lost[i] = 0.0
    _write_between(node, share, begun, length, scratch.lost, scratch, grid, nodes)
    nodes.edges[node] = 0
    memory.progress[NODES] = node + 1
    memory.progress[BODY_HIT] = surface
    return True


@njit(cache=True, error_model="numpy", _nrt=False)
def advance(grid, method, tables, scratch, memory, nodes):
    """Continue to the end of the grid, a surface, or the end of the buffers; return the status.

    Parameters
    ----------
    grid : Grid
        Steps [s].
    method : Multistep
        Coefficients with K back points.
    tables : ForceTables
        The forces.
    scratch : Scratch
        Room.
    memory : Memory
        As `start` or an earlier call left it.
    nodes : Nodes
        What is kept.

    Source
    ------
    Summed form and its sums: Berry & Healy (2004), J. Astronaut. Sci. 52, 331, doi:10.1007/BF03546367.
    """
    h = grid.step
    column = grid.light_column
    history = memory.history
    progress = memory.progress
    losses = memory.losses
    lost = scratch.lost
    points = method.position.size
    p = scratch.position
    v = scratch.velocity
    lit = tables.numbers[RADIATION] != 0.0
    for i in range(3):
        scratch.push[i] = 0.0
    if lit:
        _corrected(np.int64(0), grid, method, memory, scratch.positions, scratch.velocities, scratch.accelerations)
        sun_share(grid.start + progress[STEP] * h, scratch.positions[0], tables, scratch.work, scratch.push)
    while progress[STEP] < grid.steps:
        if progress[NODES] + SPARE_NODES > nodes.times.size:
            return BUFFER_FULL
        if progress[HEAD] == 0:
            head = history.shape[0] - points
            for j in range(points):
                _put(history[j], head + j, history)
            progress[HEAD] = head
        now = grid.start + progress[STEP] * h
        new = progress[HEAD] - 1
        _predict(grid, method, memory, tables, p, v, scratch)
        derivative(now + h, p, v, tables, scratch.work, scratch.gradient, scratch.damping, history[new], bool(1))
        progress[EVALUATIONS] += 1
        square = p[0] * p[0] + p[1] * p[1] + p[2] * p[2]
        pull = history[new, 0] ** 2 + history[new, 1] ** 2 + history[new, 2] ** 2
        if not math.isfinite(pull):
            return NOT_FINITE
        found = -1
        if lit:
            found = _shade(now, grid, method, memory, tables, p, v, scratch)
            if found > 0:
                write_edges(found, now, scratch, tables, grid, memory, nodes)
                sun_share(now + h, p, tables, scratch.work, scratch.push)
        _add_up(memory)
        for i in range(3):
            losses[1, i] += h * losses[0, i]
            if found >= 0:
                losses[1, i] += lost[3 + i]
                losses[0, i] += lost[i]
        progress[HEAD] = new
        progress[STEP] += 1
        _estimate(grid, method, memory, pull, square)

        surface = _surface_below(p, SAG * h * h * math.sqrt(pull), tables, scratch.work)
        if surface >= 0 and _land(now + h, surface, grid, method, memory, tables, scratch, nodes):
            return SURFACE
        if progress[STEP] % grid.stride == 0:
            node = progress[NODES]
            nodes.times[node] = now + h
            _corrected(node, grid, method, memory, nodes.positions, nodes.velocities, nodes.accelerations)
            _add_vector(node, scratch.push, memory.measures[SHARE] - 1.0, column, nodes.accelerations)
            nodes.edges[node] = 0
            progress[NODES] = node + 1
    return DONE
