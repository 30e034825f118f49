"""Kernel of one step of DOP853, the method for forces that depend on velocity."""

import math

from numba import njit

from moonstead.dynamics.dormand_prince_tableau import ERROR_3, ERROR_5, NODES, STAGE_WEIGHTS, STAGES, WEIGHTS
from moonstead.dynamics.error_kernels import length, velocity_scale
from moonstead.dynamics.variational_kernels import derivative

ORDER = 8  # in which the error falls with the step


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def dormand_prince_step(
    t, h, phase, tolerance, tables, p0, v0, p1, v1, rest, change, stage_v, stage_a, p, work, gradient, damping, counters
):
    """Try a step; return its error over the tolerance [1] and whether the forces had an edge inside it.

    Arguments and results are those of `nystrom_step`, but stages have velocities (17, D) of their own. The error is
    Hairer's, of orders 5 and 3: Hairer, Norsett & Wanner (1993), Solving Ordinary Differential Equations I, II.10.
    """
    size = p0.size
    changed = False
    for k in range(size):
        stage_v[0, k] = v0[k]
    for s in range(1, STAGES):
        v = stage_v[s]
        for k in range(size):
            p[k] = p0[k]
            v[k] = v0[k]
        for j in range(s):
            weight = h * STAGE_WEIGHTS[s, j]
            if weight != 0.0:
                for k in range(size):
                    p[k] += weight * stage_v[j, k]
                    v[k] += weight * stage_a[j, k]
        found = derivative(t + NODES[s] * h, p, v, tables, work, gradient, damping, stage_a[s], bool(0))
        changed = changed or found != phase
    counters[3] += STAGES - 1
    for k in range(size):
        total_p = 0.0
        total_v = 0.0
        for j in range(STAGES):
            total_p += WEIGHTS[j] * stage_v[j, k]
            total_v += WEIGHTS[j] * stage_a[j, k]
        change[0, k] = rest[0, k] + h * total_p
        change[1, k] = rest[1, k] + h * total_v
        p1[k] = p0[k] + change[0, k]
        v1[k] = v0[k] + change[1, k]
    scale_p = 1.0 / (tolerance * length(p1))
    scale_v = 1.0 / (tolerance * velocity_scale(p1, v1, tables))
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
    return error, changed
