"""Kernels of powered flight near a round body: arrays in, arrays out."""

import math

from numba import njit


@njit(cache=True)
def _rate(x, y, z, vx, vy, vz, gm, oblateness, pole, push):
    """Acceleration (3,) of gravity with its oblateness term and of thrust."""
    square = x * x + y * y + z * z
    distance = math.sqrt(square)
    central = -gm / (square * distance)
    along = x * pole[0] + y * pole[1] + z * pole[2]
    # oblateness is 1.5 J2 R^2; 5 (r.p)^2 / r^4 - 1 / r^2 along the radius, -2 (r.p) / r^2 along the pole
    radial = central * (1.0 - oblateness * (5.0 * along * along / square - 1.0) / square)
    polar = central * 2.0 * oblateness * along / square
    return (
        radial * x + polar * pole[0] + push[0],
        radial * y + polar * pole[1] + push[1],
        radial * z + polar * pole[2] + push[2],
    )


@njit(cache=True)
def powered_kernel(start, mass, arcs, exhaust_velocity, gm, oblateness, pole, steps, push, states, masses):
    """Write states (K steps + 1, 6) [m, m/s] and masses [kg] through K arcs of constant thrust and direction.

    `arcs` (K, 5): duration [s], thrust [N], direction (3,) of length one [1]; `oblateness` [m^2] is 1.5 J2 R^2,
    `pole` (3,) [1]; `push` (3,) [m/s^2] is room to work in. Runge and Kutta's classical fourth order.
    """
    x, y, z, u, v, w = start[0], start[1], start[2], start[3], start[4], start[5]
    left = mass
    row = 0
    states[0, 0], states[0, 1], states[0, 2] = x, y, z
    states[0, 3], states[0, 4], states[0, 5] = u, v, w
    masses[0] = left
    for k in range(arcs.shape[0]):
        h = arcs[k, 0] / steps
        flow = arcs[k, 1] / exhaust_velocity
        for _ in range(steps):
            half = left - 0.5 * h * flow
            full = left - h * flow
            for i in range(3):
                push[i] = arcs[k, 1] * arcs[k, 2 + i] / left
            a0, a1, a2 = _rate(x, y, z, u, v, w, gm, oblateness, pole, push)
            for i in range(3):
                push[i] = arcs[k, 1] * arcs[k, 2 + i] / half
            u1, v1, w1 = u + 0.5 * h * a0, v + 0.5 * h * a1, w + 0.5 * h * a2
            b0, b1, b2 = _rate(
                x + 0.5 * h * u, y + 0.5 * h * v, z + 0.5 * h * w, u1, v1, w1, gm, oblateness, pole, push
            )
            u2, v2, w2 = u + 0.5 * h * b0, v + 0.5 * h * b1, w + 0.5 * h * b2
            c0, c1, c2 = _rate(
                x + 0.5 * h * u1, y + 0.5 * h * v1, z + 0.5 * h * w1, u2, v2, w2, gm, oblateness, pole, push
            )
            for i in range(3):
                push[i] = arcs[k, 1] * arcs[k, 2 + i] / full
            u3, v3, w3 = u + h * c0, v + h * c1, w + h * c2
            d0, d1, d2 = _rate(x + h * u2, y + h * v2, z + h * w2, u3, v3, w3, gm, oblateness, pole, push)
            x += h * (u + 2.0 * u1 + 2.0 * u2 + u3) / 6.0
            y += h * (v + 2.0 * v1 + 2.0 * v2 + v3) / 6.0
            z += h * (w + 2.0 * w1 + 2.0 * w2 + w3) / 6.0
            u += h * (a0 + 2.0 * b0 + 2.0 * c0 + d0) / 6.0
            v += h * (a1 + 2.0 * b1 + 2.0 * c1 + d1) / 6.0
            w += h * (a2 + 2.0 * b2 + 2.0 * c2 + d2) / 6.0
            left = full
            row += 1
            states[row, 0], states[row, 1], states[row, 2] = x, y, z
            states[row, 3], states[row, 4], states[row, 5] = u, v, w
            masses[row] = left


@njit(cache=True)
def steered_kernel(start, mass, thrust, exhaust_velocity, gm, first, rate, duration, steps, path):
    """Write the planar path (steps + 1, 5) [m, rad, m/s, m/s, kg] of full thrust whose pitch has a linear tangent.

    `start` (4,) [m, rad, m/s, m/s]: distance, angle, radial and transverse velocity; tan(pitch above the local
    horizontal) is `first` [1] + `rate` [1/s] t. The horizontal part of thrust points along the motion where `thrust`
    is positive and against it where it is negative.
    """
    r, angle, u, v = start[0], start[1], start[2], start[3]
    left = mass
    force = abs(thrust)
    sign = 1.0 if thrust > 0.0 else -1.0
    flow = force / exhaust_velocity
    h = duration / steps
    path[0, 0], path[0, 1], path[0, 2], path[0, 3], path[0, 4] = r, angle, u, v, left
    for n in range(steps):
        t = n * h
        dr = du = dv = da = 0.0
        kr = ku = kv = 0.0
        for stage in range(4):
            shift = 0.0 if stage == 0 else (h if stage == 3 else 0.5 * h)
            rr, uu, vv = r + shift * kr, u + shift * ku, v + shift * kv
            tangent = first + rate * (t + shift)
            level = 1.0 / math.sqrt(1.0 + tangent * tangent)
            push = force / (left - flow * shift)
            kr = uu
            ku = vv * vv / rr - gm / (rr * rr) + push * tangent * level
            kv = -uu * vv / rr + sign * push * level
            weight = 1.0 if stage == 0 or stage == 3 else 2.0
            dr += weight * kr
            du += weight * ku
            dv += weight * kv
            da += weight * vv / rr
        r += h * dr / 6.0
        u += h * du / 6.0
        v += h * dv / 6.0
        angle += h * da / 6.0
        left -= flow * h
        path[n + 1, 0], path[n + 1, 1], path[n + 1, 2], path[n + 1, 3], path[n + 1, 4] = r, angle, u, v, left
