"""Kernels of SGP4 before the flight: mean elements to the constants that a block of eight objects flies with.

Lengths are Earth radii of WGS 72, times minutes, angles radians, as in the papers. A table has one row of constants
for each block, LANES numbers for each constant: (blocks, constants, LANES).

Source
------
Hoots & Roehrich (1980), Spacetrack Report No. 3; Vallado, Crawford, Hujsak & Kelso (2006), Revisiting Spacetrack Report
#3, AIAA 2006-6753, and its improved mode. Lunar and solar terms and resonances: Hujsak (1979), A Restricted Four Body
Solution for Resonating Satellites, Project Space Track Report No. 1.
"""

import math

from numba import njit

from moonstead.dynamics.vector_kernels import LANES

# WGS 72 as SGP4 has it.
EARTH_RADIUS = 6378.135  # [km]
GM = 398_600.8  # [km3/s2]
J2 = 0.001_082_616
J3_OVER_J2 = -0.000_002_538_81 / J2
J4 = -0.000_001_655_97
ROOT_GM = 60.0 / math.sqrt(EARTH_RADIUS**3 / GM)  # [Earth radii^1.5/min]
TURN = 2.0 * math.pi
DEEP_PERIOD = 225.0  # [min] from here on the Moon and the Sun are counted

# Constants of all objects.
(
    STATUS,
    MEAN_ANOMALY,
    ARGUMENT,
    NODE,
    MEAN_ANOMALY_RATE,
    ARGUMENT_RATE,
    NODE_RATE,
    NODE_SQUARE,
    C1,
    B_C4,
    T2,
    MOTION,
    AXIS,
    ECCENTRICITY,
    X_LONG,
    A_Y,
    SIN_I,
    COS_I,
) = range(18)
COMMON = 18
# Further constants of near objects: drag beyond the first order, nought where the perigee lies below 220 km.
(
    ARGUMENT_DRAG,
    ANOMALY_DRAG,
    ETA,
    ANOMALY_START,
    D2,
    D3,
    D4,
    B_C5,
    SIN_ANOMALY_START,
    T3,
    T4,
    T5,
) = range(COMMON, COMMON + 12)
PAST_FIRST_ORDER = (ARGUMENT_DRAG, ANOMALY_DRAG, D2, D3, D4, B_C5, T3, T4, T5)
NEAR_SIZE = COMMON + 12
# Further constants of deep objects; 12 of the Sun's and 12 of the Moon's periodic terms follow each other.
(
    INCLINATION,
    SIDEREAL,
    ECCENTRICITY_SECULAR,
    INCLINATION_SECULAR,
    ANOMALY_SECULAR,
    NODE_SECULAR,
    ARGUMENT_SECULAR,
    SUN_ANOMALY,
    MOON_ANOMALY,
    RESONANCE,
    LONGITUDE,
    LONGITUDE_RATE,
) = range(COMMON, COMMON + 12)
SUN = COMMON + 12
MOON = SUN + 12
RESONANT = MOON + 12  # 3 terms of one day, or 10 of half a day
DEEP_SIZE = RESONANT + 10
# Places of the periodic terms after SUN and MOON.
E2, E3, I2, I3, L2, L3, L4, GH2, GH3, GH4, H2, H3 = range(12)
ONE_DAY, HALF_DAY = 1.0, 2.0

SUN_MOTION = 1.194_59e-5  # [rad/min]
MOON_MOTION = 1.583_521_8e-4
SUN_ECCENTRICITY = 0.016_75
MOON_ECCENTRICITY = 0.0549
EARTH_TURN = 4.375_269_088_011_299_66e-3  # [rad/min]
FLAT = 5.235_987_7e-2  # [rad] 3 degrees from the equator the node's rate is left out


@njit(cache=True, error_model="numpy")
def start_objects(days, drag, eccentricity, argument, inclination, anomaly, motion, node, deep, dest, near, far):
    """Write the constants of objects, all (N,): days from 1950 January 0.0, B*, and elements [rad], [rad/min].

    `deep` says which go to `far` (blocks, DEEP_SIZE, LANES) and not to `near` (blocks, NEAR_SIZE, LANES); `dest` is the
    place of each there.
    """
    for k in range(days.size):
        table = far if deep[k] else near
        block, lane = dest[k] // LANES, dest[k] % LANES
        _start(
            days[k],
            drag[k],
            eccentricity[k],
            argument[k],
            inclination[k],
            anomaly[k],
            motion[k],
            node[k],
            deep[k],
            table[block],
            lane,
        )


@njit(cache=True, error_model="numpy")
def brouwer_motion(motion, eccentricity, cosine):
    """Mean motion [rad/min] of Brouwer from Kozai's [rad/min] and the cosine [1] of the inclination."""
    axis = (ROOT_GM / motion) ** (2.0 / 3.0)
    square = 1.0 - eccentricity * eccentricity
    oblate = 0.75 * J2 * (3.0 * cosine * cosine - 1.0) / (math.sqrt(square) * square)
    step = oblate / (axis * axis)
    axis *= 1.0 - step * step - step * (1.0 / 3.0 + 134.0 * step * step / 81.0)
    return motion / (1.0 + oblate / (axis * axis))


@njit(cache=True, error_model="numpy")
def _start(days, drag, e, argument, inclination, anomaly, motion, node, deep, row, lane):
    """Write the constants of one object to `row` (constants, LANES)."""
    cosine, sine = math.cos(inclination), math.sin(inclination)
    cosine2 = cosine * cosine
    cosine4 = cosine2 * cosine2
    n = brouwer_motion(motion, e, cosine)
    a = (ROOT_GM / n) ** (2.0 / 3.0)
    square = 1.0 - e * e
    root = math.sqrt(square)
    con41 = 3.0 * cosine2 - 1.0
    con42 = 1.0 - 5.0 * cosine2
    theta = 1.0 - cosine2
    perigee = (a * (1.0 - e) - 1.0) * EARTH_RADIUS  # [km]
    s = 78.0
    if perigee < 156.0:
        s = perigee - 78.0
    if perigee < 98.0:
        s = 20.0
    q = ((120.0 - s) / EARTH_RADIUS) ** 4
    s = s / EARTH_RADIUS + 1.0
    inverse = 1.0 / (a * square)
    inverse *= inverse
    xi = 1.0 / (a - s)
    eta = a * e * xi
    eta2 = eta * eta
    e_eta = e * eta
    psi = abs(1.0 - eta2)
    density = q * xi**4
    density_psi = density / psi**3.5
    c2 = (
        density_psi
        * n
        * (
            a * (1.0 + 1.5 * eta2 + e_eta * (4.0 + eta2))
            + 0.375 * J2 * xi / psi * con41 * (8.0 + 3.0 * eta2 * (8.0 + eta2))
        )
    )
    c1 = drag * c2
    c3 = -2.0 * density * xi * J3_OVER_J2 * n * sine / e if e > 1e-4 else 0.0
    shape = -3.0 * con41 * (1.0 - 2.0 * e_eta + eta2 * (1.5 - 0.5 * e_eta)) + 0.75 * theta * (
        2.0 * eta2 - e_eta * (1.0 + eta2)
    ) * math.cos(2.0 * argument)
    c4 = 2.0 * n * density_psi * a * square
    c4 *= eta * (2.0 + 0.5 * eta2) + e * (0.5 + 2.0 * eta2) - J2 * xi / (a * psi) * shape
    c5 = 2.0 * density_psi * a * square * (1.0 + 2.75 * (eta2 + e_eta) + e_eta * eta2)

    first = 1.5 * J2 * inverse * n
    second = 0.5 * first * J2 * inverse
    third = -0.46875 * J4 * inverse * inverse * n
    node_first = -first * cosine
    anomaly_rate = n + 0.5 * first * root * con41 + 0.0625 * second * root * (13.0 - 78.0 * cosine2 + 137.0 * cosine4)
    argument_rate = (
        -0.5 * first * con42
        + 0.0625 * second * (7.0 - 114.0 * cosine2 + 395.0 * cosine4)
        + third * (3.0 - 36.0 * cosine2 + 49.0 * cosine4)
    )
    node_rate = node_first + (0.5 * second * (4.0 - 19.0 * cosine2) + 2.0 * third * (3.0 - 7.0 * cosine2)) * cosine
    row[STATUS, lane] = 0.0
    if not 0.0 <= e < 1.0:
        row[STATUS, lane] = 1.0
    elif not motion > 0.0:
        row[STATUS, lane] = 2.0
    row[MEAN_ANOMALY, lane] = anomaly
    row[ARGUMENT, lane] = argument
    row[NODE, lane] = node
    row[MEAN_ANOMALY_RATE, lane] = anomaly_rate
    row[ARGUMENT_RATE, lane] = argument_rate
    row[NODE_RATE, lane] = node_rate
    row[NODE_SQUARE, lane] = 3.5 * square * node_first * c1
    row[C1, lane] = c1
    row[B_C4, lane] = drag * c4
    row[T2, lane] = 1.5 * c1
    row[MOTION, lane] = n
    row[AXIS, lane] = a
    row[ECCENTRICITY, lane] = e
    row[A_Y, lane] = -0.5 * J3_OVER_J2 * sine
    row[X_LONG, lane] = long_period(sine, cosine)
    row[SIN_I, lane] = sine
    row[COS_I, lane] = cosine
    if deep:
        _start_deep(days, e, argument, inclination, anomaly, motion, node, row, lane)
        return
    row[ARGUMENT_DRAG, lane] = drag * c3 * math.cos(argument)
    row[ANOMALY_DRAG, lane] = -2.0 / 3.0 * density * drag / e_eta if e > 1e-4 else 0.0
    row[ETA, lane] = eta
    row[ANOMALY_START, lane] = (1.0 + eta * math.cos(anomaly)) ** 3
    row[B_C5, lane] = drag * c5
    row[SIN_ANOMALY_START, lane] = math.sin(anomaly)
    c1c1 = c1 * c1
    d2 = 4.0 * a * xi * c1c1
    step = d2 * xi * c1 / 3.0
    d3 = (17.0 * a + s) * step
    d4 = 0.5 * step * a * xi * (221.0 * a + 31.0 * s) * c1
    row[D2, lane] = d2
    row[D3, lane] = d3
    row[D4, lane] = d4
    row[T3, lane] = d2 + 2.0 * c1c1
    row[T4, lane] = 0.25 * (3.0 * d3 + c1 * (12.0 * d2 + 10.0 * c1c1))
    row[T5, lane] = 0.2 * (3.0 * d4 + 12.0 * c1 * d3 + 6.0 * d2 * d2 + 15.0 * c1c1 * (2.0 * d2 + c1c1))
    if perigee < 220.0:
        for k in PAST_FIRST_ORDER:
            row[k, lane] = 0.0


@njit(cache=True, error_model="numpy")
def long_period(sine, cosine):
    """Coefficient [Earth radii] of the J3 term in the longitude from sine and cosine [1] of the inclination; finite."""
    below = 1.0 + cosine if abs(1.0 + cosine) > 1.5e-12 else 1.5e-12
    return -0.25 * J3_OVER_J2 * sine * (3.0 + 5.0 * cosine) / below


@njit(cache=True, error_model="numpy")
def _sidereal_angle(days):
    """Greenwich mean sidereal time 1982 [rad] at days of UT from 1950 January 0.0."""
    century = (days + 2_433_281.5 - 2_451_545.0) / 36_525.0
    seconds = (
        67_310.548_41
        + (876_600.0 * 3600.0 + 8_640_184.812_866) * century
        + 0.093_104 * century * century
        - 6.2e-6 * century * century * century
    )
    return (seconds * (math.pi / 180.0) / 240.0) % TURN


@njit(cache=True, error_model="numpy")
def _third_body(
    e, argument, inclination, node, motion, perigee, tilt, longitude, strength, mean_motion, own_e, row, at, lane
):
    """Write the periodic terms of the Sun or the Moon from `row[at]` on; give their secular rates.

    `perigee`, `tilt` and `longitude` are the sine and cosine of its argument of perigee, inclination, and of the
    object's node counted from its own; `strength` its constant, `mean_motion` [rad/min] and `own_e` its orbit's.
    Rates of eccentricity, inclination, mean anomaly, argument (the part without inclination) and node.
    """
    sine, cosine = math.sin(inclination), math.cos(inclination)
    sine_w, cosine_w = math.sin(argument), math.cos(argument)
    e2 = e * e
    square = 1.0 - e2
    root = math.sqrt(square)
    sine_g, cosine_g = perigee
    sine_i, cosine_i = tilt
    sine_h, cosine_h = longitude
    a1 = cosine_g * cosine_h + sine_g * cosine_i * sine_h
    a3 = -sine_g * cosine_h + cosine_g * cosine_i * sine_h
    a7 = -cosine_g * sine_h + sine_g * cosine_i * cosine_h
    a8 = sine_g * sine_i
    a9 = sine_g * sine_h + cosine_g * cosine_i * cosine_h
    a10 = cosine_g * sine_i
    a2 = cosine * a7 + sine * a8
    a4 = cosine * a9 + sine * a10
    a5 = -sine * a7 + cosine * a8
    a6 = -sine * a9 + cosine * a10
    x1 = a1 * cosine_w + a2 * sine_w
    x2 = a3 * cosine_w + a4 * sine_w
    x3 = -a1 * sine_w + a2 * cosine_w
    x4 = -a3 * sine_w + a4 * cosine_w
    x5 = a5 * sine_w
    x6 = a6 * sine_w
    x7 = a5 * cosine_w
    x8 = a6 * cosine_w
    z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3
    z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4
    z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4
    z1 = 6.0 * (a1 * a1 + a2 * a2) + (2.0 * e2 + square) * z31
    z2 = 12.0 * (a1 * a3 + a2 * a4) + (2.0 * e2 + square) * z32
    z3 = 6.0 * (a3 * a3 + a4 * a4) + (2.0 * e2 + square) * z33
    z11 = -6.0 * a1 * a5 + e2 * (-24.0 * x1 * x7 - 6.0 * x3 * x5)
    z12 = -6.0 * (a1 * a6 + a3 * a5) + e2 * (-24.0 * (x2 * x7 + x1 * x8) - 6.0 * (x3 * x6 + x4 * x5))
    z13 = -6.0 * a3 * a6 + e2 * (-24.0 * x2 * x8 - 6.0 * x4 * x6)
    z21 = 6.0 * a2 * a5 + e2 * (24.0 * x1 * x5 - 6.0 * x3 * x7)
    z22 = 6.0 * (a4 * a5 + a2 * a6) + e2 * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8))
    z23 = 6.0 * a4 * a6 + e2 * (24.0 * x2 * x6 - 6.0 * x4 * x8)
    s3 = strength / motion
    s2 = -0.5 * s3 / root
    s4 = s3 * root
    s1 = -15.0 * e * s4
    s5 = x1 * x3 + x2 * x4
    s6 = x2 * x3 + x1 * x4
    s7 = x2 * x4 - x1 * x3
    row[at + E2, lane] = 2.0 * s1 * s6
    row[at + E3, lane] = 2.0 * s1 * s7
    row[at + I2, lane] = 2.0 * s2 * z12
    row[at + I3, lane] = 2.0 * s2 * (z13 - z11)
    row[at + L2, lane] = -2.0 * s3 * z2
    row[at + L3, lane] = -2.0 * s3 * (z3 - z1)
    row[at + L4, lane] = -2.0 * s3 * (-21.0 - 9.0 * e2) * own_e
    row[at + GH2, lane] = 2.0 * s4 * z32
    row[at + GH3, lane] = 2.0 * s4 * (z33 - z31)
    row[at + GH4, lane] = -18.0 * s4 * own_e
    row[at + H2, lane] = -2.0 * s2 * z22
    row[at + H3, lane] = -2.0 * s2 * (z23 - z21)
    node_rate = 0.0 if inclination < FLAT or inclination > math.pi - FLAT else -mean_motion * s2 * (z21 + z23)
    if sine != 0.0:
        node_rate /= sine
    return (
        s1 * mean_motion * s5,
        s2 * mean_motion * (z11 + z13),
        -mean_motion * s3 * (z1 + z3 - 14.0 - 6.0 * e2),
        s4 * mean_motion * (z31 + z33 - 6.0) - cosine * node_rate,
        node_rate,
    )


@njit(cache=True, error_model="numpy")
def _start_deep(days, e, argument, inclination, anomaly, motion, node, row, lane):
    """Write what the Moon, the Sun and the Earth's equator add for an object of a long period."""
    n = row[MOTION, lane]
    day = days + 18_261.5  # from 1900 January 0.5
    moon_node = (4.523_602_0 - 9.242_202_9e-4 * day) % TURN
    sine, cosine = math.sin(moon_node), math.cos(moon_node)
    cosine_i = 0.913_751_64 - 0.035_680_96 * cosine
    sine_i = math.sqrt(1.0 - cosine_i * cosine_i)
    sine_h = 0.089_683_511 * sine / sine_i
    cosine_h = math.sqrt(1.0 - sine_h * sine_h)
    moon_perigee = 5.835_151_4 + 0.001_944_368_0 * day
    from_node = math.atan2(0.397_854_16 * sine / sine_i, cosine_h * cosine + 0.917_448_67 * sine_h * sine)
    argument_moon = moon_perigee + from_node - moon_node
    sine_node, cosine_node = math.sin(node), math.cos(node)
    sun = _third_body(
        e,
        argument,
        inclination,
        node,
        n,
        (-0.980_884_58, 0.194_590_5),
        (0.397_854_16, 0.917_448_67),
        (sine_node, cosine_node),
        2.986_479_7e-6,
        SUN_MOTION,
        SUN_ECCENTRICITY,
        row,
        SUN,
        lane,
    )
    moon = _third_body(
        e,
        argument,
        inclination,
        node,
        n,
        (math.sin(argument_moon), math.cos(argument_moon)),
        (sine_i, cosine_i),
        (sine_node * cosine_h - cosine_node * sine_h, cosine_h * cosine_node + sine_h * sine_node),
        4.796_806_5e-7,
        MOON_MOTION,
        MOON_ECCENTRICITY,
        row,
        MOON,
        lane,
    )
    row[INCLINATION, lane] = inclination
    row[SIDEREAL, lane] = _sidereal_angle(days)
    row[ECCENTRICITY_SECULAR, lane] = sun[0] + moon[0]
    row[INCLINATION_SECULAR, lane] = sun[1] + moon[1]
    row[ANOMALY_SECULAR, lane] = sun[2] + moon[2]
    row[ARGUMENT_SECULAR, lane] = sun[3] + moon[3]
    row[NODE_SECULAR, lane] = sun[4] + moon[4]
    row[MOON_ANOMALY, lane] = (4.719_967_2 + 0.229_971_50 * day - moon_perigee) % TURN
    row[SUN_ANOMALY, lane] = (6.256_583_7 + 0.017_201_977 * day) % TURN
    row[RESONANCE, lane] = 0.0
    row[LONGITUDE, lane] = 0.0
    row[LONGITUDE_RATE, lane] = 0.0
    for k in range(10):
        row[RESONANT + k, lane] = 0.0
    if 0.003_490_658_5 < n < 0.005_235_987_7:
        _start_one_day(e, argument, inclination, anomaly, motion, node, row, lane)
    elif 8.26e-3 <= n <= 9.24e-3 and e >= 0.5:
        _start_half_day(e, inclination, anomaly, motion, node, row, lane)


@njit(cache=True, error_model="numpy")
def _start_one_day(e, argument, inclination, anomaly, motion, node, row, lane):
    """Write the terms of the resonance with the Earth's turn."""
    n = row[MOTION, lane]
    e2 = e * e
    cosine, sine = math.cos(inclination), math.sin(inclination)
    ratio = (n / ROOT_GM) ** (2.0 / 3.0)
    g200 = 1.0 + e2 * (-2.5 + 0.8125 * e2)
    g310 = 1.0 + 2.0 * e2
    g300 = 1.0 + e2 * (-6.0 + 6.609_37 * e2)
    f220 = 0.75 * (1.0 + cosine) * (1.0 + cosine)
    f311 = 0.9375 * sine * sine * (1.0 + 3.0 * cosine) - 0.75 * (1.0 + cosine)
    f330 = 1.875 * (1.0 + cosine) ** 3
    common = 3.0 * n * n * ratio * ratio
    row[RESONANT, lane] = common * f311 * g310 * 2.146_074_8e-6 * ratio
    row[RESONANT + 1, lane] = 2.0 * common * f220 * g200 * 1.789_167_9e-6
    row[RESONANT + 2, lane] = 3.0 * common * f330 * g300 * 2.212_301_5e-7 * ratio
    row[RESONANCE, lane] = ONE_DAY
    row[LONGITUDE, lane] = (anomaly + node + argument - row[SIDEREAL, lane]) % TURN
    row[LONGITUDE_RATE, lane] = (
        row[MEAN_ANOMALY_RATE, lane]
        + (row[ARGUMENT_RATE, lane] + row[NODE_RATE, lane])
        - EARTH_TURN
        + row[ANOMALY_SECULAR, lane]
        + row[ARGUMENT_SECULAR, lane]
        + row[NODE_SECULAR, lane]
        - n
    )


@njit(cache=True, error_model="numpy")
def _start_half_day(e, inclination, anomaly, motion, node, row, lane):
    """Write the terms of the resonance with half of the Earth's turn, of eccentric orbits alone."""
    n = row[MOTION, lane]
    e2 = e * e
    e3 = e * e2
    cosine, sine = math.cos(inclination), math.sin(inclination)
    cosine2, sine2 = cosine * cosine, sine * sine
    ratio = (n / ROOT_GM) ** (2.0 / 3.0)
    g201 = -0.306 - (e - 0.64) * 0.440
    if e <= 0.65:
        g211 = 3.616 - 13.2470 * e + 16.2900 * e2
        g310 = -19.302 + 117.3900 * e - 228.4190 * e2 + 156.5910 * e3
        g322 = -18.9068 + 109.7927 * e - 214.6334 * e2 + 146.5816 * e3
        g410 = -41.122 + 242.6940 * e - 471.0940 * e2 + 313.9530 * e3
        g422 = -146.407 + 841.8800 * e - 1629.014 * e2 + 1083.4350 * e3
        g520 = -532.114 + 3017.977 * e - 5740.032 * e2 + 3708.2760 * e3
    else:
        g211 = -72.099 + 331.819 * e - 508.738 * e2 + 266.724 * e3
        g310 = -346.844 + 1582.851 * e - 2415.925 * e2 + 1246.113 * e3
        g322 = -342.585 + 1554.908 * e - 2366.899 * e2 + 1215.972 * e3
        g410 = -1052.797 + 4758.686 * e - 7193.992 * e2 + 3651.957 * e3
        g422 = -3581.690 + 16178.110 * e - 24462.770 * e2 + 12422.520 * e3
        if e > 0.715:
            g520 = -5149.66 + 29936.92 * e - 54087.36 * e2 + 31324.56 * e3
        else:
            g520 = 1464.74 - 4664.75 * e + 3763.64 * e2
    if e < 0.7:
        g533 = -919.22770 + 4988.6100 * e - 9064.7700 * e2 + 5542.21 * e3
        g521 = -822.71072 + 4568.6173 * e - 8491.4146 * e2 + 5337.524 * e3
        g532 = -853.66600 + 4690.2500 * e - 8624.7700 * e2 + 5341.4 * e3
    else:
        g533 = -37995.780 + 161616.52 * e - 229838.20 * e2 + 109377.94 * e3
        g521 = -51752.104 + 218913.95 * e - 309468.16 * e2 + 146349.42 * e3
        g532 = -40023.880 + 170470.89 * e - 242699.48 * e2 + 115605.82 * e3
    f220 = 0.75 * (1.0 + 2.0 * cosine + cosine2)
    f221 = 1.5 * sine2
    f321 = 1.875 * sine * (1.0 - 2.0 * cosine - 3.0 * cosine2)
    f322 = -1.875 * sine * (1.0 + 2.0 * cosine - 3.0 * cosine2)
    f441 = 35.0 * sine2 * f220
    f442 = 39.3750 * sine2 * sine2
    f522 = (
        9.84375
        * sine
        * (sine2 * (1.0 - 2.0 * cosine - 5.0 * cosine2) + 0.333_333_33 * (-2.0 + 4.0 * cosine + 6.0 * cosine2))
    )
    f523 = sine * (
        4.921_875_12 * sine2 * (-2.0 - 4.0 * cosine + 10.0 * cosine2)
        + 6.562_500_12 * (1.0 + 2.0 * cosine - 3.0 * cosine2)
    )
    f542 = 29.53125 * sine * (2.0 - 8.0 * cosine + cosine2 * (-12.0 + 8.0 * cosine + 10.0 * cosine2))
    f543 = 29.53125 * sine * (-2.0 - 8.0 * cosine + cosine2 * (12.0 + 8.0 * cosine - 10.0 * cosine2))
    factor = 3.0 * n * n * ratio * ratio
    row[RESONANT, lane] = factor * 1.789_167_9e-6 * f220 * g201
    row[RESONANT + 1, lane] = factor * 1.789_167_9e-6 * f221 * g211
    factor *= ratio
    row[RESONANT + 2, lane] = factor * 3.739_379_2e-7 * f321 * g310
    row[RESONANT + 3, lane] = factor * 3.739_379_2e-7 * f322 * g322
    factor *= ratio
    row[RESONANT + 4, lane] = 2.0 * factor * 7.363_695_3e-9 * f441 * g410
    row[RESONANT + 5, lane] = 2.0 * factor * 7.363_695_3e-9 * f442 * g422
    factor *= ratio
    row[RESONANT + 6, lane] = factor * 1.142_863_9e-7 * f522 * g520
    row[RESONANT + 7, lane] = factor * 1.142_863_9e-7 * f523 * g532
    row[RESONANT + 8, lane] = 2.0 * factor * 2.176_580_3e-9 * f542 * g521
    row[RESONANT + 9, lane] = 2.0 * factor * 2.176_580_3e-9 * f543 * g533
    row[RESONANCE, lane] = HALF_DAY
    row[LONGITUDE, lane] = (anomaly + 2.0 * node - 2.0 * row[SIDEREAL, lane]) % TURN
    row[LONGITUDE_RATE, lane] = (
        row[MEAN_ANOMALY_RATE, lane]
        + row[ANOMALY_SECULAR, lane]
        + 2.0 * (row[NODE_RATE, lane] + row[NODE_SECULAR, lane] - EARTH_TURN)
        - n
    )
