"""Kernels of Lambert's problem: arrays in, arrays out."""

import math

from numba import njit

SOLVED = 0
TOO_SHORT = 1
SAME_DIRECTION = 2
HALF_TURN = 3
NOT_A_PROBLEM = 4
NOT_CONVERGED = 5

STRAIGHT = 1e-8  # [1] sine of the angle between the positions below which their plane is noise
NEAR_PARABOLA = 0.1  # [1] distance of x from 1 within which the series serves: 24 terms give all digits
SERIES_TERMS = 60
MOST_STEPS = 80


@njit(cache=True)
def _time(x, lam, one_minus_lam2, turns):
    """Time of flight T of Izzo (2015) and its first two derivatives by x."""
    lam2 = lam * lam
    e = (1.0 - x) * (1.0 + x)
    y = math.sqrt(1.0 - lam2 * e)
    # y - lam x without the difference of equal numbers
    eta = one_minus_lam2 / (y + lam * x) if lam * x > 0.0 else y - lam * x
    if abs(x - 1.0) < NEAR_PARABOLA:
        one_minus_lam = one_minus_lam2 / (1.0 + lam) if lam > 0.0 else 1.0 - lam
        s = 0.5 * one_minus_lam * e * eta / (y + x)
        f = 1.0
        f1 = 0.0
        f2 = 0.0
        term = 1.0
        term1 = 0.0
        term2 = 0.0
        for n in range(SERIES_TERMS):
            ratio = (3.0 + n) / (2.5 + n)
            # derivatives of term * s by s
            term2 = ratio * (term2 * s + 2.0 * term1)
            term1 = ratio * (term1 * s + term)
            term = ratio * term * s
            f += term
            f1 += term1
            f2 += term2
            if abs(term) + abs(term1) + abs(term2) < 1e-17:
                break
        eta1 = -lam * eta / y
        eta2 = -lam * (eta1 / y - eta * lam2 * x / (y * y * y))
        s1 = -0.5 * eta * eta / y
        s2 = -eta * eta1 / y + 0.5 * eta * eta * lam2 * x / (y * y * y)
        cube, cube1 = eta * eta * eta, 3.0 * eta * eta * eta1
        cube2 = 6.0 * eta * eta1 * eta1 + 3.0 * eta * eta * eta2
        q = 4.0 / 3.0
        time = 0.5 * (q * cube * f + 4.0 * lam * eta)
        rate = 0.5 * (q * (cube1 * f + cube * f1 * s1) + 4.0 * lam * eta1)
        bend = 0.5 * (q * (cube2 * f + 2.0 * cube1 * f1 * s1 + cube * (f2 * s1 * s1 + f1 * s2)) + 4.0 * lam * eta2)
        if turns > 0:
            whole = turns * math.pi / (e * math.sqrt(e))
            time += whole
            rate += 3.0 * x * whole / e
            bend += 3.0 * whole / e + 15.0 * x * x * whole / (e * e)
        return time, rate, bend
    root = math.sqrt(abs(e))
    angle = math.atan2(eta * root, x * y + lam * e) + turns * math.pi if e > 0.0 else math.asinh(eta * root)
    rest = x - lam * y
    if lam * x > 0.0:
        rest = one_minus_lam2 * (x * x * (1.0 + lam2) - lam2) / (x + lam * y)
    time = (angle / root - rest) / e
    lam3 = lam2 * lam
    rate = (3.0 * time * x - 2.0 + 2.0 * lam3 * x / y) / e
    bend = (3.0 * time + 5.0 * x * rate + 2.0 * one_minus_lam2 * lam3 / (y * y * y)) / e
    return time, rate, bend


@njit(cache=True)
def _least_time(lam, one_minus_lam2, turns):
    """Place x and least time of flight with so many whole turns, in (-1, 1)."""
    low, high = -1.0, 1.0
    x = 0.0
    time = 0.0
    for _ in range(MOST_STEPS):
        time, rate, bend = _time(x, lam, one_minus_lam2, turns)
        if rate < 0.0:
            low = x
        else:
            high = x
        e = (1.0 - x) * (1.0 + x)
        y = math.sqrt(1.0 - lam * lam * e)
        third = (7.0 * x * bend + 8.0 * rate - 6.0 * one_minus_lam2 * lam**5 * x / y**5) / e
        step = rate * bend / (bend * bend - 0.5 * rate * third)
        following = x - step
        if not (low < following < high):
            following = 0.5 * (low + high)
        done = abs(following - x) < 1e-13
        x = following
        if done:
            break
    return x, time


@njit(cache=True)
def _root(goal, lam, one_minus_lam2, turns, long_period):
    """Place x where the time of flight is `goal`, and whether it was found."""
    # time falls with x on the left of its least value (everywhere for no whole turn) and rises on the right
    low, high = -1.0, math.inf
    falling = True
    if turns == 0:
        root = math.sqrt(one_minus_lam2)
        middle = math.atan2(root, lam) + lam * root
        one_minus_lam = one_minus_lam2 / (1.0 + lam) if lam > 0.0 else 1.0 - lam
        parabola = 2.0 / 3.0 * one_minus_lam * (1.0 + lam + lam * lam)
        if goal >= middle:
            x = (middle / goal) ** (2.0 / 3.0) - 1.0
        elif goal < parabola:
            fifth = one_minus_lam * (1.0 + lam + lam**2 + lam**3 + lam**4)
            x = 2.5 * parabola * (parabola - goal) / (goal * fifth) + 1.0
        else:
            x = (middle / goal) ** (math.log(2.0) / math.log(middle / parabola)) - 1.0
    else:
        best, least = _least_time(lam, one_minus_lam2, turns)
        if goal < least:
            return best, TOO_SHORT
        if long_period:
            falling = False
            guess = (8.0 * goal / (turns * math.pi)) ** (2.0 / 3.0)
            low, high = best, 1.0
        else:
            guess = ((turns + 1.0) * math.pi / (8.0 * goal)) ** (2.0 / 3.0)
            low, high = -1.0, best
        x = (guess - 1.0) / (guess + 1.0)
        if not (low < x < high):
            x = 0.5 * (low + high)
    for _ in range(MOST_STEPS):
        time, rate, bend = _time(x, lam, one_minus_lam2, turns)
        miss = time - goal
        if (miss > 0.0) == falling:
            low = x
        else:
            high = x
        step = 2.0 * miss * rate / (2.0 * rate * rate - miss * bend)
        if abs(step) <= 4e-16 * (1.0 + abs(x)) or abs(miss) <= 2e-16 * goal:
            return x - step, SOLVED
        following = x - step
        if not (low < following < high):
            following = 0.5 * (low + high) if high < math.inf else 2.0 * x + 1.0
        x = following
    # a few last digits may go on changing places: that is rounding, not failure
    if abs(miss) <= 1e-13 * goal:
        return x, SOLVED
    return x, NOT_CONVERGED


@njit(cache=True)
def lambert_kernel(first, second, elapsed, gm, turns, long_period, normal, departure, arrival, angle, status):
    """Write the velocities (N, 3) [m/s] at both ends, the angle turned through (N,) [rad] and a status (N,).

    Positions (N, 3) [m], times (N,) [s], `gm` [m^3/s^2]; `normal` (3,)
    [1] points to the side from which the motion is seen counter-clockwise.
    """
    for i in range(elapsed.size):
        status[i] = NOT_A_PROBLEM
        angle[i] = math.nan
        for k in range(3):
            departure[i, k] = math.nan
            arrival[i, k] = math.nan
        ax, ay, az = first[i, 0], first[i, 1], first[i, 2]
        bx, by, bz = second[i, 0], second[i, 1], second[i, 2]
        r1 = math.sqrt(ax * ax + ay * ay + az * az)
        r2 = math.sqrt(bx * bx + by * by + bz * bz)
        if not (r1 > 0.0 and r2 > 0.0 and elapsed[i] > 0.0 and r1 + r2 + elapsed[i] < math.inf):
            continue
        ax, ay, az, bx, by, bz = ax / r1, ay / r1, az / r1, bx / r2, by / r2, bz / r2
        nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        sine = math.sqrt(nx * nx + ny * ny + nz * nz)
        cosine = ax * bx + ay * by + az * bz
        if sine < STRAIGHT:
            status[i] = SAME_DIRECTION if cosine > 0.0 else HALF_TURN
            angle[i] = 2.0 * math.pi * turns if cosine > 0.0 else math.pi * (2.0 * turns + 1.0)
            continue
        side = 1.0 if nx * normal[0] + ny * normal[1] + nz * normal[2] >= 0.0 else -1.0
        nx, ny, nz = side * nx / sine, side * ny / sine, side * nz / sine
        short = math.atan2(sine, cosine)
        angle[i] = (short if side > 0.0 else 2.0 * math.pi - short) + 2.0 * math.pi * turns
        half_sine, half_cosine = math.sin(0.5 * short), math.cos(0.5 * short)
        mean = math.sqrt(r1 * r2)
        chord = math.hypot(r1 - r2, 2.0 * mean * half_sine)
        s = 0.5 * (r1 + r2 + chord)
        lam = side * mean * half_cosine / s
        one_minus_lam2 = chord / s
        goal = math.sqrt(2.0 * gm / s) / s * elapsed[i]
        x, found = _root(goal, lam, one_minus_lam2, turns, long_period)
        status[i] = found
        if found != SOLVED:
            continue
        y = math.sqrt(1.0 - lam * lam * (1.0 - x) * (1.0 + x))
        gamma = math.sqrt(0.5 * gm * s)
        rho, sigma = (r1 - r2) / chord, 2.0 * mean * half_sine / chord
        minus, plus = lam * y - x, lam * y + x
        radial1, radial2 = gamma * (minus - rho * plus) / r1, -gamma * (minus + rho * plus) / r2
        along = gamma * sigma * (one_minus_lam2 / (y - lam * x) if lam * x < 0.0 else y + lam * x)
        along1, along2 = along / r1, along / r2
        departure[i, 0] = radial1 * ax + along1 * (ny * az - nz * ay)
        departure[i, 1] = radial1 * ay + along1 * (nz * ax - nx * az)
        departure[i, 2] = radial1 * az + along1 * (nx * ay - ny * ax)
        arrival[i, 0] = radial2 * bx + along2 * (ny * bz - nz * by)
        arrival[i, 1] = radial2 * by + along2 * (nz * bx - nx * bz)
        arrival[i, 2] = radial2 * bz + along2 * (nx * by - ny * bx)
