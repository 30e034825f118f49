"""Kernel of one step of the Runge-Kutta-Nystrom method of order 12(10), for forces that do not depend on velocity.

A step costs seventeen evaluations: sixteen stages, and the acceleration at its end, which dense output wants and the
next step starts from. The position's error is known after fourteen, where most steps tried in vain end.
"""

import math

import numpy as np
from numba import njit

from moonstead.dynamics.error_kernels import length, velocity_scale
from moonstead.dynamics.nystrom_tableau import (
    ERROR,
    INNER,
    INNER_ACCELERATION_WEIGHTS,
    INNER_SHARES,
    INNER_VELOCITY_WEIGHTS,
    INNER_WEIGHTS,
    NODES,
    POSITION_STAGES,
    STAGE_WEIGHTS,
    STAGES,
    VELOCITY_ERROR,
    VELOCITY_WEIGHTS,
    WEIGHTS,
)
from moonstead.dynamics.variational_kernels import derivative

ORDER = 11  # in which the error falls with the step
LIMITS = np.array([1, POSITION_STAGES, STAGES])  # in an array, for numba would compile once more for each literal
HOPELESS = 1e3  # error over the tolerance beyond which a step cannot even tell where edges lie


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _stages(first, last, t, h, phase, p0, v0, stage_a, p, tables, work, gradient, damping):
    """Evaluate the forces at the stages from one to before another; return whether they have an edge there."""
    size = p0.size
    changed = False
    for s in range(first, last):
        for k in range(size):
            p[k] = 0.0
        for j in range(s):
            weight = STAGE_WEIGHTS[s, j]
            if weight != 0.0:
                for k in range(size):
                    p[k] += weight * stage_a[j, k]
        share = NODES[s] * h
        for k in range(size):
            p[k] = p0[k] + (share * v0[k] + h * h * p[k])
        found = derivative(t + share, p, v0, tables, work, gradient, damping, stage_a[s], bool(0))
        changed = changed or found != phase
    return changed


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _weighted(stages, weights, stage_a):
    """Length [m/s^2] of a weighted sum of the orbit's accelerations."""
    square = 0.0
    for k in range(3):
        total = 0.0
        for j in range(stages):
            total += weights[j] * stage_a[j, k]
        square += total * total
    return math.sqrt(square)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def nystrom_step(
    t, h, phase, tolerance, tables, p0, v0, p1, v1, rest, change, stage_v, stage_a, p, work, gradient, damping, counters
):
    """Try a step; return its error over the tolerance [1] and whether the forces had an edge inside it.

    Parameters
    ----------
    t, h : float [s]
        Start and length.
    phase : int
        Of the forces behind the start.
    tolerance : float [1]
        Error of the embedded method over the distance and over the speed, the larger.
    tables : ForceTables
        The forces.
    p0, v0 : (D,) [m, m/s]
        The start.
    p1, v1 : (D,) [m, m/s]
        The end is written here; the velocity only where the error of position allows a verdict.
    rest : (2, D) [m, m/s]
        What rounding has kept from position and velocity.
    change : (2, D) [m, m/s]
        The change of position and velocity is written here, the rest included.
    stage_v, stage_a : (17, D) [m/s, m/s^2]
        Scratch space; the first row of `stage_a` holds the acceleration at the start.
    p, work, gradient, damping : (D,), `work_size`, (3, 3), (3, 3)
        Scratch space.
    counters : (4,) int64
        The last counts force evaluations.
    """
    size = p0.size
    changed = _stages(LIMITS[0], LIMITS[1], t, h, phase, p0, v0, stage_a, p, tables, work, gradient, damping)
    counters[3] += POSITION_STAGES - 1
    for k in range(size):
        total = 0.0
        for j in range(POSITION_STAGES):
            total += WEIGHTS[j] * stage_a[j, k]
        change[0, k] = rest[0, k] + h * (v0[k] + rest[1, k]) + h * h * total
        p1[k] = p0[k] + change[0, k]
    error = h * h * _weighted(LIMITS[1], ERROR, stage_a) / (tolerance * length(p1))
    if not error <= (HOPELESS if changed else 1.0):
        return error, False
    late = _stages(LIMITS[1], LIMITS[2], t, h, phase, p0, v0, stage_a, p, tables, work, gradient, damping)
    changed = changed or late
    counters[3] += STAGES - POSITION_STAGES
    for k in range(size):
        total = 0.0
        for j in range(STAGES):
            total += VELOCITY_WEIGHTS[j] * stage_a[j, k]
        change[1, k] = rest[1, k] + h * total
        v1[k] = v0[k] + change[1, k]
    speed = velocity_scale(p1, v1, tables)
    return max(error, abs(h) * _weighted(LIMITS[2], VELOCITY_ERROR, stage_a) / (tolerance * speed)), changed


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def inner_nodes(node, h, times, positions, velocities, accelerations, stage_a):
    """Write the nodes inside the step of h [s] that has just led from a node to the one behind them.

    They cost no evaluation: positions and velocities are integrals of the polynomial through the accelerations at the
    stages and at the end, which dense output would lack otherwise.
    """
    size = positions.shape[1]
    new = node + INNER + 1
    for i in range(INNER):
        inner = node + 1 + i
        times[inner] = times[node] + INNER_SHARES[i] * h
        share = times[inner] - times[node]
        for k in range(size):
            p = INNER_WEIGHTS[i, STAGES] * accelerations[new, k]
            v = INNER_VELOCITY_WEIGHTS[i, STAGES] * accelerations[new, k]
            a = INNER_ACCELERATION_WEIGHTS[i, STAGES] * accelerations[new, k]
            for j in range(STAGES):
                p += INNER_WEIGHTS[i, j] * stage_a[j, k]
                v += INNER_VELOCITY_WEIGHTS[i, j] * stage_a[j, k]
                a += INNER_ACCELERATION_WEIGHTS[i, j] * stage_a[j, k]
            positions[inner, k] = positions[node, k] + (share * velocities[node, k] + h * h * p)
            velocities[inner, k] = velocities[node, k] + h * v
            accelerations[inner, k] = a
