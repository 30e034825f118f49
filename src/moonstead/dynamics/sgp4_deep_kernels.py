"""Kernels of SGP4 in flight: eight deep-space objects at a time, with the Moon, the Sun and resonances.

The resonances are integrated in steps of half a day from the epoch, for each object alone; where it stands is carried
from one time to the next, so that times in order cost one walk.

Source
------
Hoots & Roehrich (1980), Spacetrack Report No. 3; Hujsak (1979), Project Space Track Report No. 1; Vallado, Crawford,
Hujsak & Kelso (2006), AIAA 2006-6753.
"""

import math

from numba import njit

from moonstead.dynamics.sgp4_kernels import TILE, finish_lanes, put_block, spoilt_lanes
from moonstead.dynamics.sgp4_start_kernels import (
    ANOMALY_SECULAR,
    ARGUMENT,
    ARGUMENT_RATE,
    ARGUMENT_SECULAR,
    AXIS,
    B_C4,
    C1,
    DEEP_SIZE,
    E2,
    E3,
    EARTH_TURN,
    ECCENTRICITY,
    ECCENTRICITY_SECULAR,
    GH2,
    GH3,
    GH4,
    H2,
    H3,
    HALF_DAY,
    I2,
    I3,
    INCLINATION,
    INCLINATION_SECULAR,
    J3_OVER_J2,
    L2,
    L3,
    L4,
    LONGITUDE,
    LONGITUDE_RATE,
    MEAN_ANOMALY,
    MEAN_ANOMALY_RATE,
    MOON,
    MOON_ANOMALY,
    MOON_ECCENTRICITY,
    MOON_MOTION,
    MOTION,
    NODE,
    NODE_RATE,
    NODE_SECULAR,
    NODE_SQUARE,
    ONE_DAY,
    RESONANCE,
    RESONANT,
    SIDEREAL,
    STATUS,
    SUN,
    SUN_ANOMALY,
    SUN_ECCENTRICITY,
    SUN_MOTION,
    T2,
    TURN,
)
from moonstead.dynamics.vector_kernels import (
    LANES,
    any_less,
    greater,
    load_lanes,
    spread,
    store_lanes,
    where_less,
)
from moonstead.dynamics.vector_trigonometry_kernels import remainder_lanes, sin_cos_lanes

STEP = 720.0  # [min] of the resonances
EQUATORIAL = 0.2  # [rad] of inclination, below which node and perigee are found together
SMALLEST_BELOW = 1.5e-12  # as in `long_period`
# Rows of LANES numbers in a block's walk along the resonance.
WALKED = 0  # [min] whole steps from the epoch
WALK_LONGITUDE = 1
WALK_MOTION = 2
MOTION_RATE = 3
LONGITUDE_SPEED = 4
MOTION_SECOND = 5
WALK_SIZE = 6 * LANES
ONE_DAY_ANGLES = (0.131_309_08, 2.884_319_8, 0.374_480_87)  # [rad]
# Terms of half a day: multiples of the argument of perigee and of the longitude, and the angle [rad].
HALF_DAY_TERMS = (
    (2.0, 1.0, 5.768_639_6),
    (0.0, 1.0, 5.768_639_6),
    (1.0, 1.0, 0.952_408_98),
    (-1.0, 1.0, 0.952_408_98),
    (2.0, 2.0, 1.801_499_8),
    (0.0, 2.0, 1.801_499_8),
    (1.0, 1.0, 1.050_833_0),
    (-1.0, 1.0, 1.050_833_0),
    (1.0, 2.0, 4.410_889_8),
    (-1.0, 2.0, 4.410_889_8),
)


@njit(cache=True, error_model="numpy")
def _rates(table, at, lane, walk):
    """Write the rates of one object's resonance where its walk stands."""
    longitude = walk[WALK_LONGITUDE * LANES + lane]
    rate = 0.0
    second = 0.0
    terms = at + RESONANT * LANES + lane
    if table[at + RESONANCE * LANES + lane] == ONE_DAY:
        for k in range(3):
            angle = (k + 1.0) * (longitude - ONE_DAY_ANGLES[k])
            rate += table[terms + k * LANES] * math.sin(angle)
            second += (k + 1.0) * table[terms + k * LANES] * math.cos(angle)
    else:
        argument = table[at + ARGUMENT * LANES + lane]
        argument += table[at + ARGUMENT_RATE * LANES + lane] * walk[WALKED * LANES + lane]
        for k in range(10):
            of_argument, of_longitude, phase = HALF_DAY_TERMS[k]
            angle = of_argument * argument + of_longitude * longitude - phase
            rate += table[terms + k * LANES] * math.sin(angle)
            second += of_longitude * table[terms + k * LANES] * math.cos(angle)
    speed = walk[WALK_MOTION * LANES + lane] + table[at + LONGITUDE_RATE * LANES + lane]
    walk[MOTION_RATE * LANES + lane] = rate
    walk[LONGITUDE_SPEED * LANES + lane] = speed
    walk[MOTION_SECOND * LANES + lane] = second * speed


@njit(cache=True, error_model="numpy")
def _begin_walk(table, at, lane, walk):
    """Put one object's walk back to its epoch."""
    walk[WALKED * LANES + lane] = 0.0
    walk[WALK_LONGITUDE * LANES + lane] = table[at + LONGITUDE * LANES + lane]
    walk[WALK_MOTION * LANES + lane] = table[at + MOTION * LANES + lane]
    for k in range(MOTION_RATE, MOTION_SECOND + 1):
        walk[k * LANES + lane] = 0.0
    if table[at + RESONANCE * LANES + lane] > 0.0:
        _rates(table, at, lane, walk)


@njit(cache=True, error_model="numpy")
def _walk_on(table, at, lane, t, walk):
    """Walk one object's resonance to the last whole step before t [min], from the epoch again where it is past it."""
    walked = walk[WALKED * LANES + lane]
    if t * walked < 0.0 or abs(t) < abs(walked):
        _begin_walk(table, at, lane, walk)
        walked = 0.0
    step = STEP if t > 0.0 else -STEP
    while abs(t - walked) >= STEP:
        walk[WALK_LONGITUDE * LANES + lane] += walk[LONGITUDE_SPEED * LANES + lane] * step + walk[
            MOTION_RATE * LANES + lane
        ] * (0.5 * STEP * STEP)
        walk[WALK_MOTION * LANES + lane] += walk[MOTION_RATE * LANES + lane] * step + walk[
            MOTION_SECOND * LANES + lane
        ] * (0.5 * STEP * STEP)
        walked += step
        walk[WALKED * LANES + lane] = walked
        _rates(table, at, lane, walk)


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _periodic_lanes(table, at, body, angle, mean_motion, eccentricity, t):
    """Periodic terms by the Sun or the Moon: eccentricity, inclination, longitude, argument and node."""
    angle = angle + mean_motion * t
    sine, _ = sin_cos_lanes(angle)
    sine, cosine = sin_cos_lanes(angle + (2.0 * eccentricity) * sine)
    f2 = 0.5 * sine * sine - 0.25
    f3 = -0.5 * sine * cosine
    at += body * LANES
    return (
        load_lanes(table, at + E2 * LANES) * f2 + load_lanes(table, at + E3 * LANES) * f3,
        load_lanes(table, at + I2 * LANES) * f2 + load_lanes(table, at + I3 * LANES) * f3,
        load_lanes(table, at + L2 * LANES) * f2
        + load_lanes(table, at + L3 * LANES) * f3
        + load_lanes(table, at + L4 * LANES) * sine,
        load_lanes(table, at + GH2 * LANES) * f2
        + load_lanes(table, at + GH3 * LANES) * f3
        + load_lanes(table, at + GH4 * LANES) * sine,
        load_lanes(table, at + H2 * LANES) * f2 + load_lanes(table, at + H3 * LANES) * f3,
    )


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _equatorial(lane, work):
    """Turn node, argument and anomaly of one object of small inclination by its lunar and solar terms.

    `work` holds rows of LANES: inclination with its terms, node, argument, anomaly, terms of longitude, argument, node
    and inclination. Lyddane's modification.
    """
    inclination, node = work[lane], work[LANES + lane]
    argument, anomaly = work[2 * LANES + lane], work[3 * LANES + lane]
    d_longitude, d_argument = work[4 * LANES + lane], work[5 * LANES + lane]
    d_node, d_inclination = work[6 * LANES + lane], work[7 * LANES + lane]
    sine_i, cosine_i = math.sin(inclination), math.cos(inclination)
    sine, cosine = math.sin(node), math.cos(node)
    alpha = sine_i * sine + d_node * cosine + d_inclination * cosine_i * sine
    beta = sine_i * cosine - d_node * sine + d_inclination * cosine_i * cosine
    sum_of_angles = anomaly + argument + cosine_i * node + d_longitude + d_argument - d_inclination * node * sine_i
    turned = math.atan2(alpha, beta)
    if abs(node - turned) > math.pi:
        turned += TURN if turned < node else -TURN
    anomaly += d_longitude
    work[LANES + lane] = turned
    work[2 * LANES + lane] = sum_of_angles - anomaly - cosine_i * turned
    work[3 * LANES + lane] = anomaly


@njit(cache=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _deep_lanes(table, at, t, walk, w, out):
    """Write states and statuses of the block of `table` that begins `at`, at minutes t since its epochs.

    `walk` (WALK_SIZE,) is the block's, begun; `w` (WORK_SIZE,) is scratch space.
    """
    zero, one = spread(0.0), spread(1.0)
    code = load_lanes(table, at + STATUS * LANES)
    anomaly = load_lanes(table, at + MEAN_ANOMALY * LANES) + load_lanes(table, at + MEAN_ANOMALY_RATE * LANES) * t
    argument = load_lanes(table, at + ARGUMENT * LANES) + load_lanes(table, at + ARGUMENT_RATE * LANES) * t
    node = load_lanes(table, at + NODE * LANES) + load_lanes(table, at + NODE_RATE * LANES) * t
    node += load_lanes(table, at + NODE_SQUARE * LANES) * t * t
    e = load_lanes(table, at + ECCENTRICITY * LANES) + load_lanes(table, at + ECCENTRICITY_SECULAR * LANES) * t
    inclination = load_lanes(table, at + INCLINATION * LANES)
    inclination += load_lanes(table, at + INCLINATION_SECULAR * LANES) * t
    argument += load_lanes(table, at + ARGUMENT_SECULAR * LANES) * t
    node += load_lanes(table, at + NODE_SECULAR * LANES) * t
    anomaly += load_lanes(table, at + ANOMALY_SECULAR * LANES) * t
    axis = load_lanes(table, at + AXIS * LANES)
    resonance = load_lanes(table, at + RESONANCE * LANES)
    if any_less(zero, resonance):
        store_lanes(w, 0, t)
        for lane in range(LANES):
            if table[at + RESONANCE * LANES + lane] > 0.0:
                _walk_on(table, at, lane, w[lane], walk)
        past = t - load_lanes(walk, WALKED * LANES)
        rate = load_lanes(walk, MOTION_RATE * LANES)
        half = 0.5 * past * past
        motion = load_lanes(walk, WALK_MOTION * LANES) + rate * past
        motion += load_lanes(walk, MOTION_SECOND * LANES) * half
        longitude = load_lanes(walk, WALK_LONGITUDE * LANES) + load_lanes(walk, LONGITUDE_SPEED * LANES) * past
        longitude += rate * half
        theta = load_lanes(table, at + SIDEREAL * LANES) + EARTH_TURN * t
        found = where_less(
            resonance,
            spread(0.5 * (ONE_DAY + HALF_DAY)),
            longitude - node - argument + theta,
            longitude - 2.0 * node + 2.0 * theta,
        )
        anomaly = where_less(zero, resonance, found, anomaly)
        code = where_less(
            zero, resonance, where_less(zero, motion, code, where_less(code, one, spread(2.0), code)), code
        )
        store_lanes(w, 0, motion / load_lanes(table, at + MOTION * LANES))
        store_lanes(w, LANES, axis)
        for lane in range(LANES):
            if table[at + RESONANCE * LANES + lane] > 0.0:
                w[LANES + lane] *= w[lane] ** (-2.0 / 3.0)
        axis = load_lanes(w, LANES)
    shrink = 1.0 - load_lanes(table, at + C1 * LANES) * t
    e -= load_lanes(table, at + B_C4 * LANES) * t
    code = spoilt_lanes(code, e)
    e = greater(e, spread(1e-6))
    anomaly += load_lanes(table, at + MOTION * LANES) * (load_lanes(table, at + T2 * LANES) * t * t)
    node = remainder_lanes(node, TURN)

    de, di, dl, dgh, dh = _periodic_lanes(
        table, at, SUN, load_lanes(table, at + SUN_ANOMALY * LANES), SUN_MOTION, SUN_ECCENTRICITY, t
    )
    de_m, di_m, dl_m, dgh_m, dh_m = _periodic_lanes(
        table, at, MOON, load_lanes(table, at + MOON_ANOMALY * LANES), MOON_MOTION, MOON_ECCENTRICITY, t
    )
    di += di_m
    dl += dl_m
    dgh += dgh_m
    dh += dh_m
    inclination += di
    e += de + de_m
    sine_i, cosine_i = sin_cos_lanes(inclination)
    over = dh / sine_i
    turned_argument = argument + (dgh - cosine_i * over)
    turned_node = node + over
    turned_anomaly = anomaly + dl
    limit = spread(EQUATORIAL)
    if any_less(inclination, limit):
        store_lanes(w, 0, inclination)
        store_lanes(w, LANES, node)
        store_lanes(w, 2 * LANES, argument)
        store_lanes(w, 3 * LANES, anomaly)
        store_lanes(w, 4 * LANES, dl)
        store_lanes(w, 5 * LANES, dgh)
        store_lanes(w, 6 * LANES, dh)
        store_lanes(w, 7 * LANES, di)
        for lane in range(LANES):
            if w[lane] < EQUATORIAL:
                _equatorial(lane, w)
        turned_node = where_less(inclination, limit, load_lanes(w, LANES), turned_node)
        turned_argument = where_less(inclination, limit, load_lanes(w, 2 * LANES), turned_argument)
        turned_anomaly = where_less(inclination, limit, load_lanes(w, 3 * LANES), turned_anomaly)
        # an inclination below nought is one above with the node on the other side
        sine_i = where_less(inclination, zero, -sine_i, sine_i)
        turned_node = where_less(inclination, zero, turned_node + math.pi, turned_node)
        turned_argument = where_less(inclination, zero, turned_argument - math.pi, turned_argument)
    bad = where_less(e, zero, spread(3.0), where_less(one, e, spread(3.0), code))
    code = where_less(code, one, bad, code)
    below = 1.0 + cosine_i
    finish_lanes(
        axis * shrink * shrink,
        e,
        turned_anomaly,
        turned_argument,
        turned_node,
        sine_i,
        cosine_i,
        (-0.25 * J3_OVER_J2) * sine_i * (3.0 + 5.0 * cosine_i) / greater(below, spread(SMALLEST_BELOW)),
        (-0.5 * J3_OVER_J2) * sine_i,
        code,
        out,
    )


@njit(cache=True, error_model="numpy", nogil=True)
def fly_deep(table, epochs, dest, seconds, walks, work, states, status):
    """Write the states (T, 6, N) [m, m/s] and statuses (T, N) of deep-space objects at times (T,) [s].

    As `sgp4_kernels.fly_near`, with `table` (B, DEEP_SIZE, LANES); `walks` (B, WALK_SIZE) and `work` (2, WORK_SIZE)
    are scratch space.
    """
    flat = table.reshape(-1)
    for block in range(epochs.shape[0]):
        for lane in range(LANES):
            _begin_walk(flat, block * DEEP_SIZE * LANES, lane, walks[block])
    for tile in range(0, epochs.shape[0], TILE):
        for k in range(seconds.size):
            for block in range(tile, min(tile + TILE, epochs.shape[0])):
                t = (seconds[k] - load_lanes(epochs, block * LANES)) * (1.0 / 60.0)
                _deep_lanes(flat, block * DEEP_SIZE * LANES, t, walks[block], work[1], work[0])
                put_block(work[0], dest[block], states[k], status[k])
