"""Sine and cosine of eight angles at a time, for kernels that are written lane by lane."""

from numba import njit

from moonstead.dynamics.vector_kernels import where_less

# Adding and subtracting 1.5 * 2^52 rounds a number below 2^51 to the nearest whole one.
ROUNDER = 6_755_399_441_055_744.0
INVERSE_PI = 0.318_309_886_183_790_67
# pi in three parts; the first two have 33 bits, so that their product with a whole number below 2^20 is exact.
PI_1 = 3.141_592_653_468_251_2
PI_2 = 1.215_420_101_260_793_2e-10
PI_3 = 4.044_532_497_591_901e-21


@njit(inline="always")
def round_lanes(x):
    """Nearest whole numbers [1] of numbers [1] below 2^51."""
    return (x + ROUNDER) - ROUNDER


@njit(inline="always")
def sin_cos_lanes(x):
    """Sines and cosines [1], to 4e-16, of angles [rad] below 1e6.

    The angle less a multiple of pi goes through polynomials of least error on half a turn: 2e-19 and 4e-18 off.
    """
    turns = round_lanes(x * INVERSE_PI)
    r = ((x - turns * PI_1) - turns * PI_2) - turns * PI_3
    odd = turns - 2.0 * round_lanes(turns * 0.5)  # -1, 0 or 1
    sign = 1.0 - 2.0 * odd * odd
    y = r * r
    sine = y * 2.721_574_924_597_944_5e-15 + -7.643_026_556_333_697e-13
    cosine = y * 4.608_976_969_480_383e-14 + -1.146_290_189_865_528_4e-11
    sine = y * sine + 1.605_894_087_842_525_8e-10
    cosine = y * cosine + 2.087_656_183_981_706_4e-09
    sine = y * sine + -2.505_210_689_056_833_2e-08
    cosine = y * cosine + -2.755_731_639_102_35e-07
    sine = y * sine + 2.755_731_921_122_959_3e-06
    cosine = y * cosine + 2.480_158_727_741_49e-05
    sine = y * sine + -1.984_126_984_120_867_6e-04
    cosine = y * cosine + -1.388_888_888_877_299e-03
    sine = y * sine + 8.333_333_333_333_186e-03
    cosine = y * cosine + 4.166_666_666_666_388e-02
    sine = y * sine + -0.166_666_666_666_666_66
    cosine = y * cosine + -0.499_999_999_999_999_7
    return sign * (r + r * (y * sine)), sign * (1.0 + y * cosine)


@njit(inline="always")
def turn_lanes(sine, cosine, by):
    """Sines and cosines [1] of angles turned by small ones [rad], at most 0.1, to 4e-16."""
    y = by * by
    less = 1.0 / 40_320.0 - y * (1.0 / 3_628_800.0)
    less = y * (-0.5 + y * (1.0 / 24.0 + y * (-1.0 / 720.0 + y * less)))  # cosine less 1
    small = 1.0 / 120.0 + y * (-1.0 / 5_040.0 + y * (1.0 / 362_880.0))
    small = by + by * (y * (-1.0 / 6.0 + y * small))
    return sine + (sine * less + cosine * small), cosine + (cosine * less - sine * small)


@njit(inline="always")
def remainder_lanes(x, period):
    """What remains of angles [rad] after whole periods [rad]; as of C's `fmod` its sign is that of the angle."""
    size = where_less(x, 0.0 * x, -x, x)
    count = round_lanes(size / period)
    rest = size - count * period
    rest = where_less(rest, 0.0 * x, rest + period, rest)
    return where_less(x, 0.0 * x, -rest, rest)
