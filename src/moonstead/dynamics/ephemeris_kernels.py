"""Kernels of tabulated ephemerides and orientations: Chebyshev series in, positions and rotation matrices out."""

import math

from numba import njit


@njit(cache=True, error_model="numpy", _nrt=False)
def chebyshev_vector(series, t, start, interval, first, records, terms, out, place):
    """Write the vector of a table at time t [s] to out[place:place + 3].

    `series` holds (records, terms, 3) numbers from `first` on; record 0 begins at `start` [s].
    """
    index = math.floor((t - start) / interval)
    index = min(max(index, 0), records - 1)
    x = 2.0 * ((t - start) - index * interval) / interval - 1.0
    double = 2.0 * x
    at = first + 3 * terms * index
    a0 = 0.0
    a1 = 0.0
    a2 = 0.0
    b0 = 0.0
    b1 = 0.0
    b2 = 0.0
    for k in range(terms - 1, 0, -1):
        c0 = series[at + 3 * k] + (double * a0 - b0)
        c1 = series[at + 3 * k + 1] + (double * a1 - b1)
        c2 = series[at + 3 * k + 2] + (double * a2 - b2)
        b0 = a0
        b1 = a1
        b2 = a2
        a0 = c0
        a1 = c1
        a2 = c2
    out[place] = series[at] + (x * a0 - b0)
    out[place + 1] = series[at + 1] + (x * a1 - b1)
    out[place + 2] = series[at + 2] + (x * a2 - b2)


@njit(cache=True, error_model="numpy", _nrt=False)
def body_positions(t, timing, layout, series, weights, out, vector, place):
    """Write the positions of B bodies from the centre [m] at t [s past the epoch] to out[place:place + 3 B].

    Three numbers of scratch space are used at out[vector].
    """
    bodies = weights.shape[0]
    for k in range(3 * bodies):
        out[place + k] = 0.0
    for k in range(layout.shape[0]):
        chebyshev_vector(series, t, timing[k, 0], timing[k, 1], layout[k, 0], layout[k, 1], layout[k, 2], out, vector)
        for body in range(bodies):
            weight = weights[body, k]
            if weight != 0.0:
                at = place + 3 * body
                out[at] += weight * out[vector]
                out[at + 1] += weight * out[vector + 1]
                out[at + 2] += weight * out[vector + 2]


@njit(cache=True, error_model="numpy", _nrt=False)
def orientation_matrix(t, kind, timing, layout, angles, spin_angle, spin_rate, out, vector, place):
    """Write the rotation from the ICRF to the axes of the central body at t [s past the epoch], row by row.

    Its nine numbers go to out[place]; three numbers of scratch space are used at out[vector].

    Kind 1: Euler angles phi, theta, psi of R3(psi) R1(theta) R3(phi), as in binary PCK files.
    Kind 2: angles a, b, c of R3(spin + c) R2(b) R1(a) with spin growing linearly, for a pole close to the ICRF's.
    """
    chebyshev_vector(angles, t, timing[0], timing[1], layout[0], layout[1], layout[2], out, vector)
    if kind == 1:
        cf = math.cos(out[vector])
        sf = math.sin(out[vector])
        ct = math.cos(out[vector + 1])
        st = math.sin(out[vector + 1])
        cp = math.cos(out[vector + 2])
        sp = math.sin(out[vector + 2])
        out[place] = cp * cf - sp * ct * sf
        out[place + 1] = cp * sf + sp * ct * cf
        out[place + 2] = sp * st
        out[place + 3] = -sp * cf - cp * ct * sf
        out[place + 4] = -sp * sf + cp * ct * cf
        out[place + 5] = cp * st
        out[place + 6] = st * sf
        out[place + 7] = -st * cf
        out[place + 8] = ct
    else:
        ca = math.cos(out[vector])
        sa = math.sin(out[vector])
        cb = math.cos(out[vector + 1])
        sb = math.sin(out[vector + 1])
        spin = spin_angle + spin_rate * t + out[vector + 2]
        cc = math.cos(spin)
        sc = math.sin(spin)
        out[place] = cc * cb
        out[place + 1] = cc * sb * sa + sc * ca
        out[place + 2] = sc * sa - cc * sb * ca
        out[place + 3] = -sc * cb
        out[place + 4] = cc * ca - sc * sb * sa
        out[place + 5] = cc * sa + sc * sb * ca
        out[place + 6] = sb
        out[place + 7] = -cb * sa
        out[place + 8] = cb * ca
