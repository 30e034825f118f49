"""Kernels of a spherical-harmonic field: acceleration and its gradient in the body's own axes.

Pines's variables (r, s, t, u) keep both poles regular; the derived Legendre functions carry the factor
``(R/r)**(n - m)`` and the powers are those of ``(s + i t) R/r``, so that neither overflows. Orders are taken eight at a
time: the recurrence over the degree n is a chain, the orders m beside each other are not.

Row k of a block holds the degrees n = m + k of its orders m. The functions are scaled by `packed_field` so that they
begin with 1 and follow ``A(k) = alpha(k) u q A(k - 1) - q**2 A(k - 2)`` with q = R/r. Sums weighted by k come from sums
of the running sums, ``sum k x(k) = K sum x(k) - sum of partial sums``; the central term, 1 beside some 1e-4, is kept
out of them.

Source
------
Pines (1973), Uniform representation of the gravitational potential and its derivatives, AIAA J. 11, 1508,
doi:10.2514/3.50619; fully normalised recurrences as in Lundberg & Schutz (1988), J. Guid. Control Dyn. 11, 249,
doi:10.2514/3.20266.
"""

import math

from numba import njit

from moonstead.dynamics.places_tables import BITS, BITS_1, BITS_2, CENTRAL, DEGREE, LANES, LIMITS, ORDERS, ROW, ROWS
from moonstead.dynamics.vector_kernels import load_lanes, spread, sum_lanes


@njit(cache=True, error_model="numpy", _nrt=False)
def degree_needed(q, field, place):
    """The degree [1] beyond which a field adds less than 1e-17 of the whole at q = R/r."""
    degree = int(field[place + DEGREE])
    while degree > 0 and q < field[place + LIMITS + degree - 1]:
        degree -= 1
    return degree


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _powers(zr, zi, field, place):
    """Real and imaginary parts of the powers of zr + i zi whose binary digits stand at `place` of a field."""
    bit = load_lanes(field, place)
    real = (1.0 - bit) + bit * zr
    imaginary = bit * zi
    for digit in range(1, 3):
        square = zr * zr - zi * zi
        zi = 2.0 * zr * zi
        zr = square
        bit = load_lanes(field, place + digit * LANES)
        turn_real = (1.0 - bit) + bit * zr
        turn_imaginary = bit * zi
        old = real
        real = old * turn_real - imaginary * turn_imaginary
        imaginary = old * turn_imaginary + imaginary * turn_real
    return real, imaginary


@njit(cache=True, error_model="numpy", _nrt=False)
def gravity_acceleration(x, y, z, gm, radius, field, place, out):
    """Write the acceleration (3,) [m/s^2] at (x, y, z) [m], all in the body's axes.

    The field that stands at `place` of `field` comes from `packed_field`.
    """
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    s = x * inverse
    t = y * inverse
    u = z * inverse
    q = radius * inverse
    qq = q * q
    uq = u * q
    full = int(field[place + DEGREE])
    degree = degree_needed(q, field, place)
    zr = s * q
    zi = t * q
    zr2 = zr * zr - zi * zi
    zi2 = 2.0 * zr * zi
    zr4 = zr2 * zr2 - zi2 * zi2
    zi4 = 2.0 * zr2 * zi2
    zr8 = zr4 * zr4 - zi4 * zi4
    zi8 = 2.0 * zr4 * zi4
    zr3 = zr * zr2 - zi * zi2
    zi3 = zr * zi2 + zi * zr2
    zr7 = zr4 * zr3 - zi4 * zi3
    zi7 = zr4 * zi3 + zi4 * zr3
    real, imaginary = _powers(zr, zi, field, place + BITS)
    real_1, imaginary_1 = _powers(zr, zi, field, place + BITS_1)
    order = load_lanes(field, place + ORDERS)
    sum_1 = spread(0.0)
    sum_2 = spread(0.0)
    sum_3 = spread(0.0)
    sum_4 = spread(0.0)
    at = place + int(field[place + ROWS])
    for block in range(degree // LANES + 1):
        count = degree + 1 - LANES * block
        a = spread(1.0)
        a_old = spread(0.0)
        d = spread(0.0)  # derivative of a by u, over q
        d_old = spread(0.0)
        a_c = load_lanes(field, at + LANES)
        a_s = load_lanes(field, at + 2 * LANES)
        d_c = spread(0.0)
        d_s = spread(0.0)
        ka_c = load_lanes(field, at + LANES)  # sums of the running sums of a
        ka_s = load_lanes(field, at + 2 * LANES)
        for k in range(1, count):
            row = at + k * ROW
            alpha = load_lanes(field, row)
            cosine = load_lanes(field, row + LANES)
            sine = load_lanes(field, row + 2 * LANES)
            alpha_u = alpha * uq
            d_new = alpha_u * d + (alpha * a - d_old * qq)
            a_new = alpha_u * a - a_old * qq
            a_old = a
            a = a_new
            d_old = d
            d = d_new
            a_c += a * cosine
            a_s += a * sine
            d_c += d * cosine
            d_s += d * sine
            ka_c += a_c
            ka_s += a_s
        at += (full + 1 - LANES * block) * ROW
        weight = 2.0 * order + float(count + 1)
        h_c = weight * a_c - ka_c + d_c * uq  # the sums of A(n+1, m+1) = (n + m + 1) A(n, m) + u A'(n, m)
        h_s = weight * a_s - ka_s + d_s * uq
        sum_1 += order * (a_c * real_1 + a_s * imaginary_1)
        sum_2 += order * (a_s * real_1 - a_c * imaginary_1)
        sum_3 += d_c * real + d_s * imaginary
        sum_4 += h_c * real + h_s * imaginary
        order = order + float(LANES)
        real_1 = real * zr7 - imaginary * zi7
        imaginary_1 = real * zi7 + imaginary * zr7
        old = real
        real = old * zr8 - imaginary * zi8
        imaginary = old * zi8 + imaginary * zr8
    a1 = q * sum_lanes(sum_1)
    a2 = q * sum_lanes(sum_2)
    a3 = q * sum_lanes(sum_3)
    a4 = -sum_lanes(sum_4) - field[place + CENTRAL]
    factor = gm * inverse * inverse
    out[0] = factor * (a1 + s * a4)
    out[1] = factor * (a2 + t * a4)
    out[2] = factor * (a3 + u * a4)


@njit(cache=True, error_model="numpy", _nrt=False)
def gravity_gradient(x, y, z, gm, radius, field, place, out, gradient):
    """Write the acceleration (3,) [m/s^2] and its gradient (3, 3) [1/s^2] at (x, y, z) [m], all in the body's axes.

    The other arguments are those of `gravity_acceleration`. Second derivatives: Pines (1973), with
    A(n+1, m+1) = (n + m + 1) A(n, m) + u A'(n, m) in place of functions of higher degree, and the second derivative
    along r from Laplace's equation.
    """
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    s = x * inverse
    t = y * inverse
    u = z * inverse
    q = radius * inverse
    qq = q * q
    uq = u * q
    full = int(field[place + DEGREE])
    degree = degree_needed(q, field, place)
    zr = s * q
    zi = t * q
    zr2 = zr * zr - zi * zi
    zi2 = 2.0 * zr * zi
    zr4 = zr2 * zr2 - zi2 * zi2
    zi4 = 2.0 * zr2 * zi2
    zr8 = zr4 * zr4 - zi4 * zi4
    zi8 = 2.0 * zr4 * zi4
    zr3 = zr * zr2 - zi * zi2
    zi3 = zr * zi2 + zi * zr2
    zr7 = zr4 * zr3 - zi4 * zi3
    zi7 = zr4 * zi3 + zi4 * zr3
    real, imaginary = _powers(zr, zi, field, place + BITS)
    real_1, imaginary_1 = _powers(zr, zi, field, place + BITS_1)
    real_2, imaginary_2 = _powers(zr, zi, field, place + BITS_2)
    zr6 = zr4 * zr2 - zi4 * zi2
    zi6 = zr4 * zi2 + zi4 * zr2
    order = load_lanes(field, place + ORDERS)
    sum_1 = spread(0.0)
    sum_2 = spread(0.0)
    sum_3 = spread(0.0)
    sum_4 = spread(0.0)
    sum_11 = spread(0.0)
    sum_12 = spread(0.0)
    sum_13 = spread(0.0)
    sum_23 = spread(0.0)
    sum_33 = spread(0.0)
    sum_14 = spread(0.0)
    sum_24 = spread(0.0)
    sum_34 = spread(0.0)
    at = place + int(field[place + ROWS])
    for block in range(degree // LANES + 1):
        count = degree + 1 - LANES * block
        a = spread(1.0)
        a_old = spread(0.0)
        d = spread(0.0)  # derivative of a by u, over q
        d_old = spread(0.0)
        e = spread(0.0)  # second derivative of a by u, over 2 q^2
        e_old = spread(0.0)
        a_c = load_lanes(field, at + LANES)
        a_s = load_lanes(field, at + 2 * LANES)
        d_c = spread(0.0)
        d_s = spread(0.0)
        e_c = spread(0.0)
        e_s = spread(0.0)
        ka_c = load_lanes(field, at + LANES)  # sums of the running sums of a and d
        ka_s = load_lanes(field, at + 2 * LANES)
        kd_c = spread(0.0)
        kd_s = spread(0.0)
        for k in range(1, count):
            row = at + k * ROW
            alpha = load_lanes(field, row)
            cosine = load_lanes(field, row + LANES)
            sine = load_lanes(field, row + 2 * LANES)
            alpha_u = alpha * uq
            e_new = alpha_u * e + (alpha * d - e_old * qq)
            d_new = alpha_u * d + (alpha * a - d_old * qq)
            a_new = alpha_u * a - a_old * qq
            a_old = a
            a = a_new
            d_old = d
            d = d_new
            e_old = e
            e = e_new
            a_c += a * cosine
            a_s += a * sine
            d_c += d * cosine
            d_s += d * sine
            e_c += e * cosine
            e_s += e * sine
            ka_c += a_c
            ka_s += a_s
            kd_c += d_c
            kd_s += d_s
        at += (full + 1 - LANES * block) * ROW
        weight = 2.0 * order + float(count + 1)
        h_c = weight * a_c - ka_c + d_c * uq  # the sums of A(n+1, m+1) = (n + m + 1) A(n, m) + u A'(n, m)
        h_s = weight * a_s - ka_s + d_s * uq
        weight += 1.0
        k_c = weight * d_c - kd_c + e_c * (2.0 * uq)  # of A(n+1, m+2), over q
        k_s = weight * d_s - kd_s + e_s * (2.0 * uq)
        twice = order * (order - 1.0)
        sum_1 += order * (a_c * real_1 + a_s * imaginary_1)
        sum_2 += order * (a_s * real_1 - a_c * imaginary_1)
        sum_3 += d_c * real + d_s * imaginary
        sum_4 += h_c * real + h_s * imaginary
        sum_11 += twice * (a_c * real_2 + a_s * imaginary_2)
        sum_12 += twice * (a_s * real_2 - a_c * imaginary_2)
        sum_13 += order * (d_c * real_1 + d_s * imaginary_1)
        sum_23 += order * (d_s * real_1 - d_c * imaginary_1)
        sum_33 += e_c * real + e_s * imaginary
        sum_14 += order * (h_c * real_1 + h_s * imaginary_1)
        sum_24 += order * (h_s * real_1 - h_c * imaginary_1)
        sum_34 += k_c * real + k_s * imaginary
        order = order + float(LANES)
        real_1 = real * zr7 - imaginary * zi7
        imaginary_1 = real * zi7 + imaginary * zr7
        real_2 = real * zr6 - imaginary * zi6
        imaginary_2 = real * zi6 + imaginary * zr6
        old = real
        real = old * zr8 - imaginary * zi8
        imaginary = old * zi8 + imaginary * zr8
    a1 = q * sum_lanes(sum_1)
    a2 = q * sum_lanes(sum_2)
    a3 = q * sum_lanes(sum_3)
    a4 = -sum_lanes(sum_4) - field[place + CENTRAL]
    factor = gm * inverse * inverse
    out[0] = factor * (a1 + s * a4)
    out[1] = factor * (a2 + t * a4)
    out[2] = factor * (a3 + u * a4)
    a11 = qq * sum_lanes(sum_11)
    a12 = qq * sum_lanes(sum_12)
    a13 = qq * sum_lanes(sum_13)
    a23 = qq * sum_lanes(sum_23)
    a33 = 2.0 * qq * sum_lanes(sum_33)
    a14 = -q * sum_lanes(sum_14)
    a24 = -q * sum_lanes(sum_24)
    a34 = -q * sum_lanes(sum_34)
    a44 = -(a33 + 3.0 * a4 + 2.0 * (s * a14 + t * a24 + u * a34))
    factor *= inverse
    gradient[0, 0] = factor * (a11 + s * s * a44 + a4 + 2.0 * s * a14)
    gradient[0, 1] = factor * (a12 + s * t * a44 + s * a24 + t * a14)
    gradient[0, 2] = factor * (a13 + s * u * a44 + s * a34 + u * a14)
    gradient[1, 1] = factor * (-a11 + t * t * a44 + a4 + 2.0 * t * a24)
    gradient[1, 2] = factor * (a23 + t * u * a44 + t * a34 + u * a24)
    gradient[2, 2] = factor * (a33 + u * u * a44 + a4 + 2.0 * u * a34)
    gradient[1, 0] = gradient[0, 1]
    gradient[2, 0] = gradient[0, 2]
    gradient[2, 1] = gradient[1, 2]
