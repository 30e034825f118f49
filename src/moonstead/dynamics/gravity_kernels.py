"""Kernels of a spherical-harmonic field: acceleration and its gradient in the body's own axes.

Pines's variables (r, s, t, u) keep both poles regular; the derived Legendre functions carry the factor
``(R/r)**(n - m)`` and the powers are those of ``(s + i t) R/r``, so that neither overflows. Orders are taken eight at a
time: the recurrence over the degree n is a chain, the orders m beside each other are not.

Source
------
Pines (1973), Uniform representation of the gravitational potential and its derivatives, AIAA J. 11, 1508,
doi:10.2514/3.50619; fully normalised recurrences as in Lundberg & Schutz (1988), J. Guid. Control Dyn. 11, 249,
doi:10.2514/3.20266.
"""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import LANES, load_lanes, spread, sum_lanes

ROW = 5 * LANES  # numbers in a packed row: recurrence factors alpha and beta, cosines, sines, diagonal seeds
GRAVITY_WORK = 44  # numbers of scratch space
REAL = (
    2  # where in the scratch space power 0 stands; the two places before it serve powers -1 and -2, whose factor is 0
)
IMAGINARY = 20
ORDER = 36


@njit(cache=True, error_model="numpy", _nrt=False)
def _prepare(s, t, work):
    """Write the real and imaginary parts of (s + i t)**k, k = 0..15, and the orders 0..7; return power eight."""
    for k in range(GRAVITY_WORK):
        work[k] = 0.0
    real = 1.0
    imaginary = 0.0
    for k in range(2 * LANES):
        work[REAL + k] = real
        work[IMAGINARY + k] = imaginary
        real, imaginary = real * s - imaginary * t, real * t + imaginary * s
    for k in range(LANES):
        work[ORDER + k] = float(k)
    return work[REAL + LANES], work[IMAGINARY + LANES]


@njit(cache=True, error_model="numpy", _nrt=False)
def gravity_acceleration(x, y, z, gm, radius, starts, rows, work, out):
    """Write the acceleration (3,) [m/s^2] at (x, y, z) [m], all in the body's axes.

    `starts` (blocks + 1,) and `rows` (rows * ROW,) come from `packed_field`; `work` (GRAVITY_WORK,) is scratch space.
    """
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    s = x * inverse
    t = y * inverse
    u = z * inverse
    q = radius * inverse
    qq = q * q
    real8, imaginary8 = _prepare(s * q, t * q, work)
    order = load_lanes(work, ORDER)
    real = load_lanes(work, REAL)
    imaginary = load_lanes(work, IMAGINARY)
    real_1 = load_lanes(work, REAL - 1)
    imaginary_1 = load_lanes(work, IMAGINARY - 1)
    sum_1 = spread(0.0)
    sum_2 = spread(0.0)
    sum_3 = spread(0.0)
    sum_4 = spread(0.0)
    for block in range(starts.size - 1):
        a = spread(0.0)
        a_old = spread(0.0)
        d = spread(0.0)  # first derivative of a by u
        d_old = spread(0.0)
        a_c = spread(0.0)
        a_s = spread(0.0)
        d_c = spread(0.0)
        d_s = spread(0.0)
        na_c = spread(0.0)
        na_s = spread(0.0)
        n = float(LANES * block)
        for row in range(starts[block], starts[block + 1]):
            at = row * ROW
            alpha = load_lanes(rows, at) * q
            alpha_u = alpha * u
            beta = load_lanes(rows, at + LANES) * qq
            cosine = load_lanes(rows, at + 2 * LANES)
            sine = load_lanes(rows, at + 3 * LANES)
            d_new = alpha_u * d + (alpha * a - beta * d_old)
            a_new = alpha_u * a + (load_lanes(rows, at + 4 * LANES) - beta * a_old)
            a_old = a
            a = a_new
            d_old = d
            d = d_new
            na = n * a
            a_c += a * cosine
            a_s += a * sine
            d_c += d * cosine
            d_s += d * sine
            na_c += na * cosine
            na_s += na * sine
            n += 1.0
        h_c = na_c + (order + 1.0) * a_c + u * d_c  # the sums of A(n+1, m+1)
        h_s = na_s + (order + 1.0) * a_s + u * d_s
        sum_1 += order * (a_c * real_1 + a_s * imaginary_1)
        sum_2 += order * (a_s * real_1 - a_c * imaginary_1)
        sum_3 += d_c * real + d_s * imaginary
        sum_4 += h_c * real + h_s * imaginary
        order = order + float(LANES)
        if block == 0:
            real = load_lanes(work, REAL + LANES)
            imaginary = load_lanes(work, IMAGINARY + LANES)
            real_1 = load_lanes(work, REAL + LANES - 1)
            imaginary_1 = load_lanes(work, IMAGINARY + LANES - 1)
        else:
            old = real
            real = old * real8 - imaginary * imaginary8
            imaginary = old * imaginary8 + imaginary * real8
            old = real_1
            real_1 = old * real8 - imaginary_1 * imaginary8
            imaginary_1 = old * imaginary8 + imaginary_1 * real8
    a1 = q * sum_lanes(sum_1)
    a2 = q * sum_lanes(sum_2)
    a3 = sum_lanes(sum_3)
    a4 = -sum_lanes(sum_4)
    factor = gm * inverse * inverse
    out[0] = factor * (a1 + s * a4)
    out[1] = factor * (a2 + t * a4)
    out[2] = factor * (a3 + u * a4)


@njit(cache=True, error_model="numpy", _nrt=False)
def gravity_gradient(x, y, z, gm, radius, starts, rows, work, out, gradient):
    """Write the acceleration (3,) [m/s^2] and its gradient (3, 3) [1/s^2] at (x, y, z) [m], all in the body's axes.

    The other arguments are those of `gravity_acceleration`. Second derivatives: Pines (1973), with
    A(n+1, m+1) = (n + m + 1) A(n, m) + u A'(n, m) in place of functions of higher degree.
    """
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    s = x * inverse
    t = y * inverse
    u = z * inverse
    q = radius * inverse
    qq = q * q
    real8, imaginary8 = _prepare(s * q, t * q, work)
    order = load_lanes(work, ORDER)
    real = load_lanes(work, REAL)
    imaginary = load_lanes(work, IMAGINARY)
    real_1 = load_lanes(work, REAL - 1)
    imaginary_1 = load_lanes(work, IMAGINARY - 1)
    real_2 = load_lanes(work, REAL - 2)
    imaginary_2 = load_lanes(work, IMAGINARY - 2)
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
    sum_44 = spread(0.0)
    for block in range(starts.size - 1):
        a = spread(0.0)
        a_old = spread(0.0)
        d = spread(0.0)  # first derivative of a by u
        d_old = spread(0.0)
        e = spread(0.0)  # second derivative
        e_old = spread(0.0)
        a_c = spread(0.0)
        a_s = spread(0.0)
        d_c = spread(0.0)
        d_s = spread(0.0)
        na_c = spread(0.0)
        na_s = spread(0.0)
        e_c = spread(0.0)
        e_s = spread(0.0)
        nd_c = spread(0.0)
        nd_s = spread(0.0)
        nna_c = spread(0.0)
        nna_s = spread(0.0)
        n = float(LANES * block)
        for row in range(starts[block], starts[block + 1]):
            at = row * ROW
            alpha = load_lanes(rows, at) * q
            alpha_u = alpha * u
            beta = load_lanes(rows, at + LANES) * qq
            cosine = load_lanes(rows, at + 2 * LANES)
            sine = load_lanes(rows, at + 3 * LANES)
            e_new = alpha_u * e + (alpha * (2.0 * d) - beta * e_old)
            d_new = alpha_u * d + (alpha * a - beta * d_old)
            a_new = alpha_u * a + (load_lanes(rows, at + 4 * LANES) - beta * a_old)
            a_old = a
            a = a_new
            d_old = d
            d = d_new
            na = n * a
            e_old = e
            e = e_new
            nd = n * d
            nna = n * na
            a_c += a * cosine
            a_s += a * sine
            d_c += d * cosine
            d_s += d * sine
            na_c += na * cosine
            na_s += na * sine
            e_c += e * cosine
            e_s += e * sine
            nd_c += nd * cosine
            nd_s += nd * sine
            nna_c += nna * cosine
            nna_s += nna * sine
            n += 1.0
        h_c = na_c + (order + 1.0) * a_c + u * d_c  # the sums of A(n+1, m+1)
        h_s = na_s + (order + 1.0) * a_s + u * d_s
        sum_1 += order * (a_c * real_1 + a_s * imaginary_1)
        sum_2 += order * (a_s * real_1 - a_c * imaginary_1)
        sum_3 += d_c * real + d_s * imaginary
        sum_4 += h_c * real + h_s * imaginary
        k_c = nd_c + (order + 2.0) * d_c + u * e_c  # of A(n+1, m+2)
        k_s = nd_s + (order + 2.0) * d_s + u * e_s
        # of A(n+2, m+2) = (n + m + 3) A(n+1, m+1) + u A(n+1, m+2)
        l_c = nna_c + na_c * (order + 1.0) + u * nd_c + (order + 3.0) * h_c + u * k_c
        l_s = nna_s + na_s * (order + 1.0) + u * nd_s + (order + 3.0) * h_s + u * k_s
        twice = order * (order - 1.0)
        sum_11 += twice * (a_c * real_2 + a_s * imaginary_2)
        sum_12 += twice * (a_s * real_2 - a_c * imaginary_2)
        sum_13 += order * (d_c * real_1 + d_s * imaginary_1)
        sum_23 += order * (d_s * real_1 - d_c * imaginary_1)
        sum_33 += e_c * real + e_s * imaginary
        sum_14 += order * (h_c * real_1 + h_s * imaginary_1)
        sum_24 += order * (h_s * real_1 - h_c * imaginary_1)
        sum_34 += k_c * real + k_s * imaginary
        sum_44 += l_c * real + l_s * imaginary
        order = order + float(LANES)
        if block == 0:
            real = load_lanes(work, REAL + LANES)
            imaginary = load_lanes(work, IMAGINARY + LANES)
            real_1 = load_lanes(work, REAL + LANES - 1)
            imaginary_1 = load_lanes(work, IMAGINARY + LANES - 1)
            real_2 = load_lanes(work, REAL + LANES - 2)
            imaginary_2 = load_lanes(work, IMAGINARY + LANES - 2)
        else:
            old = real
            real = old * real8 - imaginary * imaginary8
            imaginary = old * imaginary8 + imaginary * real8
            old = real_1
            real_1 = old * real8 - imaginary_1 * imaginary8
            imaginary_1 = old * imaginary8 + imaginary_1 * real8
            old = real_2
            real_2 = old * real8 - imaginary_2 * imaginary8
            imaginary_2 = old * imaginary8 + imaginary_2 * real8
    a1 = q * sum_lanes(sum_1)
    a2 = q * sum_lanes(sum_2)
    a3 = sum_lanes(sum_3)
    a4 = -sum_lanes(sum_4)
    factor = gm * inverse * inverse
    out[0] = factor * (a1 + s * a4)
    out[1] = factor * (a2 + t * a4)
    out[2] = factor * (a3 + u * a4)
    a11 = qq * sum_lanes(sum_11)
    a12 = qq * sum_lanes(sum_12)
    a13 = q * sum_lanes(sum_13)
    a23 = q * sum_lanes(sum_23)
    a33 = sum_lanes(sum_33)
    a14 = -q * sum_lanes(sum_14)
    a24 = -q * sum_lanes(sum_24)
    a34 = -sum_lanes(sum_34)
    a44 = sum_lanes(sum_44)
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
