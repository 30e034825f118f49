"""Kernels of SGP4 in flight: eight near-Earth objects at a time, and what all objects share.

Lengths are Earth radii of WGS 72, times minutes, angles radians; states leave in m and m/s. Tables come from
`sgp4_start_kernels`. Kepler's equation is solved by Newton's method; only its first sine and cosine are computed, later
ones are turned by the small correction. What the last short-period terms add to angles is turned in the same way, so
that no arc tangent is needed.

Source
------
Hoots & Roehrich (1980), Spacetrack Report No. 3; Vallado, Crawford, Hujsak & Kelso (2006), Revisiting Spacetrack Report
#3, AIAA 2006-6753.
"""

import math

from numba import njit

from moonstead.dynamics.sgp4_start_kernels import (
    A_Y,
    ANOMALY_DRAG,
    ANOMALY_START,
    ARGUMENT,
    ARGUMENT_DRAG,
    ARGUMENT_RATE,
    AXIS,
    B_C4,
    B_C5,
    C1,
    COS_I,
    D2,
    D3,
    D4,
    EARTH_RADIUS,
    ECCENTRICITY,
    ETA,
    J2,
    MEAN_ANOMALY,
    MEAN_ANOMALY_RATE,
    MOTION,
    NEAR_SIZE,
    NODE,
    NODE_RATE,
    NODE_SQUARE,
    ROOT_GM,
    SIN_ANOMALY_START,
    SIN_I,
    STATUS,
    T2,
    T3,
    T4,
    T5,
    X_LONG,
)
from moonstead.dynamics.vector_kernels import (
    LANES,
    any_less,
    greater,
    lesser,
    load_lanes,
    spread,
    sqrt_lanes,
    store_lanes,
    where_less,
)
from moonstead.dynamics.vector_trigonometry_kernels import sin_cos_lanes, turn_lanes

METRES = 1000.0 * EARTH_RADIUS
METRES_PER_SECOND = METRES * ROOT_GM / 60.0
TILE = 8  # blocks that go through all times together: their constants stay in the first cache
WORK_SIZE = 8 * LANES  # numbers in a block's answer, six components and the status, and in scratch space
KEPLER_STEPS = 9  # steps whose sine and cosine the published code sees
KEPLER_DONE = 1e-8  # [rad] after such a step its square, which is the error, is below rounding
KEPLER_LEFT = 1e-12  # [rad] steps below it are not taken by the published code, which is seen in its last digit
SMALL_TURN = 0.1  # [rad] of `turn_lanes`


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _turn_far(sine, cosine, by):
    """Sines and cosines of angles turned by any other ones."""
    sine_by, cosine_by = sin_cos_lanes(by)
    return sine * cosine_by + cosine * sine_by, cosine * cosine_by - sine * sine_by


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def finish_lanes(axis, e, anomaly, argument, node, sine_i, cosine_i, x_long, a_y, code, out):
    """Write states (48,) [m, m/s] and statuses (8,) to `out` from the elements after secular and deep-space terms.

    `code` is the status so far; states are NaN where the last one is not nought.
    """
    one = spread(1.0)
    sine_w, cosine_w = sin_cos_lanes(argument)
    sine_n, cosine_n = sin_cos_lanes(node)
    inverse = 1.0 / (axis * (1.0 - e * e))
    ax = e * cosine_w
    ay = e * sine_w + inverse * a_y
    u = anomaly + argument + inverse * x_long * ax
    sine, cosine = sin_cos_lanes(u)
    gone = spread(0.0)  # eccentric longitude less the mean one
    for _ in range(KEPLER_STEPS):
        step = (ax * sine - ay * cosine - gone) / (1.0 - ax * cosine - ay * sine)
        step = lesser(greater(step, spread(-0.95)), spread(0.95))
        size = greater(step, -step)
        step = where_less(size, spread(KEPLER_LEFT), spread(0.0), step)
        gone += step
        if any_less(spread(SMALL_TURN), size):
            sine, cosine = sin_cos_lanes(u + gone)
        else:
            sine, cosine = turn_lanes(sine, cosine, step)
            if not any_less(spread(KEPLER_DONE), size):
                break
    e_cosine = ax * cosine + ay * sine
    e_sine = ax * sine - ay * cosine
    square = 1.0 - (ax * ax + ay * ay)
    parameter = axis * square
    radius = axis * (1.0 - e_cosine)
    root = sqrt_lanes(square)
    root_axis = sqrt_lanes(axis)
    inverse_radius = 1.0 / radius
    part = e_sine / (1.0 + root)
    sine_u = axis * inverse_radius * (sine - ay - ax * part)
    cosine_u = axis * inverse_radius * (cosine - ax + ay * part)
    sine_2u = 2.0 * cosine_u * sine_u
    cosine_2u = 1.0 - 2.0 * sine_u * sine_u
    inverse = 1.0 / parameter
    first = (0.5 * J2) * inverse
    second = first * inverse
    cosine2 = cosine_i * cosine_i
    con41 = 3.0 * cosine2 - 1.0
    theta = 1.0 - cosine2
    distance = radius * (1.0 - 1.5 * second * root * con41) + 0.5 * first * theta * cosine_2u
    turn_u = -0.25 * second * (7.0 * cosine2 - 1.0) * sine_2u
    turn_n = 1.5 * second * cosine_i * sine_2u
    turn_i = 1.5 * second * cosine_i * sine_i * cosine_2u
    if any_less(spread(SMALL_TURN / 1.5), second):  # of orbits through the Earth's inside
        sine_u, cosine_u = _turn_far(sine_u, cosine_u, turn_u)
        sine_n, cosine_n = _turn_far(sine_n, cosine_n, turn_n)
        sine_t, cosine_t = _turn_far(sine_i, cosine_i, turn_i)
    else:
        sine_u, cosine_u = turn_lanes(sine_u, cosine_u, turn_u)
        sine_n, cosine_n = turn_lanes(sine_n, cosine_n, turn_n)
        sine_t, cosine_t = turn_lanes(sine_i, cosine_i, turn_i)
    first /= axis * root_axis
    outward = root_axis * e_sine * inverse_radius - first * theta * sine_2u
    along = root_axis * root * inverse_radius + first * (theta * cosine_2u + 1.5 * con41)

    code = where_less(code, one, where_less(parameter, spread(0.0), spread(4.0), code), code)
    code = where_less(code, one, where_less(distance, one, spread(6.0), code), code)
    nan = spread(math.nan)
    distance *= where_less(spread(0.0), code, nan, spread(METRES))
    scale = where_less(spread(0.0), code, nan, spread(METRES_PER_SECOND))
    outward *= scale
    along *= scale
    mx = -sine_n * cosine_t
    my = cosine_n * cosine_t
    ux = mx * sine_u + cosine_n * cosine_u
    uy = my * sine_u + sine_n * cosine_u
    uz = sine_t * sine_u
    store_lanes(out, 0, distance * ux)
    store_lanes(out, LANES, distance * uy)
    store_lanes(out, 2 * LANES, distance * uz)
    store_lanes(out, 3 * LANES, outward * ux + along * (mx * cosine_u - cosine_n * sine_u))
    store_lanes(out, 4 * LANES, outward * uy + along * (my * cosine_u - sine_n * sine_u))
    store_lanes(out, 5 * LANES, outward * uz + along * (sine_t * cosine_u))
    store_lanes(out, 6 * LANES, code)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def spoilt_lanes(code, e):
    """Status [1] after the mean eccentricity [1] is known: 1 where it lies outside -0.001 to 1."""
    one = spread(1.0)
    bad = where_less(e, one, where_less(e, spread(-0.001), one, code), one)
    return where_less(code, one, bad, code)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _near_lanes(table, at, t, out):
    """Write states and statuses of the block of `table` that begins `at`, at minutes t since its epochs."""
    code = load_lanes(table, at + LANES * STATUS)
    anomaly = load_lanes(table, at + LANES * MEAN_ANOMALY) + load_lanes(table, at + LANES * MEAN_ANOMALY_RATE) * t
    argument = load_lanes(table, at + LANES * ARGUMENT) + load_lanes(table, at + LANES * ARGUMENT_RATE) * t
    t2 = t * t
    t3 = t2 * t
    t4 = t2 * t2
    node = load_lanes(table, at + LANES * NODE) + load_lanes(table, at + LANES * NODE_RATE) * t
    node += load_lanes(table, at + LANES * NODE_SQUARE) * t2
    _, cosine = sin_cos_lanes(anomaly)
    growth = 1.0 + load_lanes(table, at + LANES * ETA) * cosine
    growth = growth * growth * growth - load_lanes(table, at + LANES * ANOMALY_START)
    shift = load_lanes(table, at + LANES * ARGUMENT_DRAG) * t
    shift += load_lanes(table, at + LANES * ANOMALY_DRAG) * growth
    anomaly += shift
    argument -= shift
    sine, _ = sin_cos_lanes(anomaly)
    shrink = 1.0 - load_lanes(table, at + LANES * C1) * t - load_lanes(table, at + LANES * D2) * t2
    shrink -= load_lanes(table, at + LANES * D3) * t3
    shrink -= load_lanes(table, at + LANES * D4) * t4
    e = load_lanes(table, at + LANES * ECCENTRICITY) - load_lanes(table, at + LANES * B_C4) * t
    e -= load_lanes(table, at + LANES * B_C5) * (sine - load_lanes(table, at + LANES * SIN_ANOMALY_START))
    longitude = load_lanes(table, at + LANES * T2) * t2 + load_lanes(table, at + LANES * T3) * t3
    longitude += t4 * (load_lanes(table, at + LANES * T4) + t * load_lanes(table, at + LANES * T5))
    anomaly += load_lanes(table, at + LANES * MOTION) * longitude
    finish_lanes(
        load_lanes(table, at + LANES * AXIS) * shrink * shrink,
        greater(e, spread(1e-6)),
        anomaly,
        argument,
        node,
        load_lanes(table, at + LANES * SIN_I),
        load_lanes(table, at + LANES * COS_I),
        load_lanes(table, at + LANES * X_LONG),
        load_lanes(table, at + LANES * A_Y),
        spoilt_lanes(code, e),
        out,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def fly_near(table, epochs, dest, seconds, work, states, status):
    """Write the states (T, 6, N) [m, m/s] and statuses (T, N) of near-Earth objects at times (T,) [s].

    `table` (B, NEAR_SIZE, LANES) and `epochs` (B, LANES) [s] on the clock of `seconds`; `dest` (B, LANES) is the column
    of each object, negative where a lane is empty. `work` (WORK_SIZE,) is scratch space.
    """
    flat = table.reshape(-1)
    for tile in range(0, epochs.shape[0], TILE):
        for k in range(seconds.size):
            for block in range(tile, min(tile + TILE, epochs.shape[0])):
                t = (seconds[k] - load_lanes(epochs, block * LANES)) * (1.0 / 60.0)
                _near_lanes(flat, block * NEAR_SIZE * LANES, t, work)
                put_block(work, dest[block], states[k], status[k])


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def put_block(work, dest, states, status):
    """Move the answer of a block to its columns of `states` (6, N) [m, m/s] and `status` (N,)."""
    first = dest[0]
    if first >= 0 and dest[LANES - 1] == first + LANES - 1:
        for row in range(6):
            for lane in range(LANES):
                states[row, first + lane] = work[row * LANES + lane]
        for lane in range(LANES):
            status[first + lane] = int(work[6 * LANES + lane])
        return
    for lane in range(LANES):
        column = dest[lane]
        if column >= 0:
            for row in range(6):
                states[row, column] = work[row * LANES + lane]
            status[column] = int(work[6 * LANES + lane])
