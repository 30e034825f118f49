"""Kernel of a spherical-harmonic field for sixteen positions at a time: coefficients are read once for all.

Pines's variables as in `gravity_kernels`, but with trajectories beside each other in place of orders. The derivative of
A(n, m) by u is A(n, m + 1) but for a factor, so that one recurrence serves all sums. Two vectors of eight, a and b, go
through the loop together: they share what is read, and while one waits for a result, the other computes.

Source
------
Pines (1973), Uniform representation of the gravitational potential and its derivatives, AIAA J. 11, 1508,
doi:10.2514/3.50619.
"""

from numba import njit

from moonstead.dynamics.vector_kernels import LANES, load_lanes, spread, spread_from, sqrt_lanes, store_lanes

WIDTH = 2 * LANES  # trajectories that are integrated together
ROW = 7  # numbers in a row of `batch_gravity.field_columns`


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _variables(point, at, radius):
    """Inverse distance [1/m], direction s, t, u and ratio of the radii q [1] of eight points."""
    x = load_lanes(point, at)
    y = load_lanes(point, at + WIDTH)
    z = load_lanes(point, at + 2 * WIDTH)
    inverse = 1.0 / sqrt_lanes(x * x + y * y + z * z)
    return inverse, x * inverse, y * inverse, z * inverse, radius * inverse


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _write(variables, gm, sum_1, sum_2, sum_3, sum_4, out, at):
    """Write eight accelerations [m/s^2] from the sums over all orders."""
    inverse, s, t, u, q = variables
    a3 = q * sum_3
    a4 = -(sum_4 + u * a3)
    factor = gm * inverse * inverse
    store_lanes(out, at, factor * (q * sum_1 + s * a4))
    store_lanes(out, at + WIDTH, factor * (q * sum_2 + t * a4))
    store_lanes(out, at + 2 * WIDTH, factor * (a3 + u * a4))


@njit(cache=True, error_model="numpy", _nrt=False)
def gravity_lanes(point, gm, radius, degree, starts, rows, out):
    """Write sixteen accelerations (48,) [m/s^2] at points (48,) [m]: sixteen x, then y, then z, in the body's axes.

    `degree` may be any up to the field's; `starts` and `rows` come from `batch_gravity.field_columns`.
    """
    variables_a = _variables(point, 0, radius)
    variables_b = _variables(point, LANES, radius)
    _, s_a, t_a, u_a, q_a = variables_a
    _, s_b, t_b, u_b, q_b = variables_b
    one = spread(1.0)
    real_a = one  # of (s + i t)^m q^m
    real_b = one
    imaginary_a = spread(0.0)
    imaginary_b = spread(0.0)
    real_1_a = spread(0.0)  # of the power m - 1
    real_1_b = spread(0.0)
    imaginary_1_a = spread(0.0)
    imaginary_1_b = spread(0.0)
    sum_1_a = spread(0.0)
    sum_1_b = spread(0.0)
    sum_2_a = spread(0.0)
    sum_2_b = spread(0.0)
    sum_3_a = spread(0.0)
    sum_3_b = spread(0.0)
    sum_4_a = spread(0.0)
    sum_4_b = spread(0.0)
    uq_a = u_a * q_a
    uq_b = u_b * q_b
    qq_a = -(q_a * q_a)
    qq_b = -(q_b * q_b)
    sq_a = s_a * q_a
    sq_b = s_b * q_b
    tq_a = t_a * q_a
    tq_b = t_b * q_b
    for m in range(degree + 1):
        a = one
        b = one
        old_a = spread(0.0)  # -q^2 A(n - 1, m), ready one turn ahead so that a turn waits for one instruction alone
        old_b = spread(0.0)
        first_c_a = spread(0.0)
        first_c_b = spread(0.0)
        first_s_a = spread(0.0)
        first_s_b = spread(0.0)
        second_c_a = spread(0.0)
        second_c_b = spread(0.0)
        second_s_a = spread(0.0)
        second_s_b = spread(0.0)
        third_c_a = spread(0.0)
        third_c_b = spread(0.0)
        third_s_a = spread(0.0)
        third_s_b = spread(0.0)
        at = ROW * starts[m]
        for _ in range(degree + 1 - m):
            coefficient = spread_from(rows, at + 1)
            first_c_a += a * coefficient
            first_c_b += b * coefficient
            coefficient = spread_from(rows, at + 2)
            first_s_a += a * coefficient
            first_s_b += b * coefficient
            coefficient = spread_from(rows, at + 3)
            second_c_a += a * coefficient
            second_c_b += b * coefficient
            coefficient = spread_from(rows, at + 4)
            second_s_a += a * coefficient
            second_s_b += b * coefficient
            coefficient = spread_from(rows, at + 5)
            third_c_a += a * coefficient
            third_c_b += b * coefficient
            coefficient = spread_from(rows, at + 6)
            third_s_a += a * coefficient
            third_s_b += b * coefficient
            coefficient = spread_from(rows, at)
            next_a = (coefficient * uq_a) * a + old_a
            next_b = (coefficient * uq_b) * b + old_b
            old_a = qq_a * a
            old_b = qq_b * b
            a = next_a
            b = next_b
            at += ROW
        sum_1_a += first_c_a * real_1_a + first_s_a * imaginary_1_a
        sum_1_b += first_c_b * real_1_b + first_s_b * imaginary_1_b
        sum_2_a += first_s_a * real_1_a - first_c_a * imaginary_1_a
        sum_2_b += first_s_b * real_1_b - first_c_b * imaginary_1_b
        sum_3_a += third_c_a * real_1_a + third_s_a * imaginary_1_a
        sum_3_b += third_c_b * real_1_b + third_s_b * imaginary_1_b
        sum_4_a += second_c_a * real_a + second_s_a * imaginary_a
        sum_4_b += second_c_b * real_b + second_s_b * imaginary_b
        real_1_a = real_a
        real_1_b = real_b
        imaginary_1_a = imaginary_a
        imaginary_1_b = imaginary_b
        real_a = real_1_a * sq_a - imaginary_1_a * tq_a
        real_b = real_1_b * sq_b - imaginary_1_b * tq_b
        imaginary_a = real_1_a * tq_a + imaginary_1_a * sq_a
        imaginary_b = real_1_b * tq_b + imaginary_1_b * sq_b
    _write(variables_a, gm, sum_1_a, sum_2_a, sum_3_a, sum_4_a, out, 0)
    _write(variables_b, gm, sum_1_b, sum_2_b, sum_3_b, sum_4_b, out, LANES)
