"""Kernel of one spacecraft's path during a step of sixteen: the quintic through both ends of the step."""

import math

from numba import njit

from moonstead.dynamics.batch_gravity_kernels import WIDTH

PATH_SIZE = 18
SAG = 0.25  # [1] of acceleration times h^2: twice as far as a path may leave its chord


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def write_path(lane, h, p0, v0, a0, p1, v1, a1, path):
    """Write the polynomial (18,) [m] in the share of the step of h [s]; its ends are (48,) [m, m/s, m/s^2]."""
    for i in range(3):
        k = lane + i * WIDTH
        first = h * v0[k]
        second = 0.5 * h * h * a0[k]
        over = p1[k] - p0[k] - first - second
        slope = h * v1[k] - first - 2.0 * second
        bend = 0.5 * h * h * a1[k] - second
        path[i] = p0[k]
        path[3 + i] = first
        path[6 + i] = second
        path[9 + i] = 10.0 * over - 4.0 * slope + bend
        path[12 + i] = -15.0 * over + 7.0 * slope - 2.0 * bend
        path[15 + i] = 6.0 * over - 3.0 * slope + bend


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def place(s, path):
    """Position [m] a share s [1] into the step."""
    x = path[15]
    y = path[16]
    z = path[17]
    for k in range(12, -1, -3):
        x = path[k] + s * x
        y = path[k + 1] + s * y
        z = path[k + 2] + s * z
    return x, y, z


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def sag(lane, h, a0, a1):
    """How far [m] a path may leave its chord during a step of h [s]; accelerations at its ends are (48,) [m/s^2]."""
    first = a0[lane] ** 2 + a0[lane + WIDTH] ** 2 + a0[lane + 2 * WIDTH] ** 2
    last = a1[lane] ** 2 + a1[lane + WIDTH] ** 2 + a1[lane + 2 * WIDTH] ** 2
    return SAG * h * h * math.sqrt(max(first, last))


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def least_distance(x0, y0, z0, x1, y1, z1):
    """Distance [m] of the origin from the line between two points [m]."""
    dx = x1 - x0
    dy = y1 - y0
    dz = z1 - z0
    share = -(x0 * dx + y0 * dy + z0 * dz) / (dx * dx + dy * dy + dz * dz + 1e-30)
    share = min(max(share, 0.0), 1.0)
    return math.sqrt((x0 + share * dx) ** 2 + (y0 + share * dy) ** 2 + (z0 + share * dz) ** 2)
