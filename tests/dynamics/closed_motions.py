"""Motions that are known without integrating the equations of motion: two bodies, and constant thrust besides."""

from __future__ import annotations

from decimal import Decimal, localcontext
from math import factorial

import numpy as np

REAL = np.longdouble
SERIES_BELOW = 0.5  # of Stumpff's argument: closer to zero their closed forms cancel
TERMS = 14
DIGITS = 32
ORDER = 30  # of the Taylor series in the separated motions
SHRUNK = Decimal("1e-28")  # [1] last term of a series over its first


def two_bodies(state, gm, seconds):
    """State (6,) [m, m/s] some seconds later, by universal variables in extended precision.

    Source: Battin (1999), An Introduction to the Mathematics and Methods of Astrodynamics, section 4.5.
    """
    position, velocity = (np.asarray(part, dtype=REAL) for part in (state[:3], state[3:]))
    gm, seconds = REAL(gm), REAL(seconds)
    root = np.sqrt(gm)
    r = np.sqrt(position @ position)
    sigma = position @ velocity / root
    alpha = 2 / r - velocity @ velocity / gm
    chi = _anomaly(r, sigma, alpha, root * seconds)
    c, s = _stumpff(alpha * chi**2)
    f = 1 - chi**2 / r * c
    g = seconds - chi**3 / root * s
    then = f * position + g * velocity
    distance = np.sqrt(then @ then)
    f_rate = root / (distance * r) * chi * (alpha * chi**2 * s - 1)
    g_rate = 1 - chi**2 / distance * c
    return np.concatenate((then, f_rate * position + g_rate * velocity)).astype(np.float64)


def _anomaly(r, sigma, alpha, target):
    """The universal anomaly: the root of a function that only rises, bracketed first, then found by Newton's method."""

    def time_and_distance(chi):
        c, s = _stumpff(alpha * chi**2)
        time = sigma * chi**2 * c + (1 - alpha * r) * chi**3 * s + r * chi
        return time, chi**2 * c + sigma * chi * (1 - alpha * chi**2 * s) + r * (1 - alpha * chi**2 * c)

    low = high = REAL(0)
    stride = np.sqrt(r) * np.sign(target)
    while (time_and_distance(high)[0] - target) * np.sign(target) < 0:
        low, high = high, high + stride
    low, high = sorted((low, high))
    chi = (low + high) / 2
    for _ in range(200):
        time, distance = time_and_distance(chi)
        if time > target:
            high = chi
        else:
            low = chi
        better = chi - (time - target) / distance
        if not low < better < high:
            better = (low + high) / 2
        if abs(better - chi) <= 2 * np.finfo(REAL).eps * abs(chi):
            return better
        chi = better
    return chi


def _stumpff(z):
    if abs(z) < SERIES_BELOW:
        c = sum((-z) ** k / REAL(factorial(2 * k + 2)) for k in range(TERMS))
        return c, sum((-z) ** k / REAL(factorial(2 * k + 3)) for k in range(TERMS))
    x = np.sqrt(abs(z))
    if z > 0:
        return 2 * np.sin(x / 2) ** 2 / z, (x - np.sin(x)) / x**3
    return 2 * np.sinh(x / 2) ** 2 / -z, (np.sinh(x) - x) / x**3


def two_bodies_and_thrust(state, gm, acceleration, seconds):
    """State (6,) [m, m/s] some seconds later under a point mass and an acceleration (3,) [m/s^2] that never changes.

    In parabolic coordinates u = r + z, v = r - z about the direction of thrust and in the time s with dt = (u + v) ds
    the motion separates: u'' = 4 c + 8 E u + 6 F u^2 and v'' = 4 d + 8 E v - 6 F v^2 with constants c and d whose sum
    is 2 gm, so that u and v are Weierstrass functions. Here both are summed as Taylor series of 32 digits.

    Source: Biscani & Izzo (2014), MNRAS 439, 810, doi:10.1093/mnras/stt2501; Lantoine & Russell (2011), Celest. Mech.
    Dyn. Astron. 109, 333.
    """
    strength = float(np.linalg.norm(acceleration))
    third = np.asarray(acceleration, dtype=np.float64) / strength
    first = np.cross(third, [0.0, 0.0, 1.0] if abs(third[2]) < 0.9 else [1.0, 0.0, 0.0])
    first /= np.linalg.norm(first)
    axes = np.array([first, np.cross(third, first), third])
    with localcontext() as context:
        context.prec = DIGITS
        turned = [_dot(axis, part) for part in (state[:3], state[3:]) for axis in axes]
        answer = _separated(turned, Decimal(float(gm)), Decimal(strength), Decimal(float(seconds)))
    answer = np.array([float(x) for x in answer])
    return np.concatenate((axes.T @ answer[:3], axes.T @ answer[3:]))


def _dot(a, b):
    return sum((Decimal(float(x)) * Decimal(float(y)) for x, y in zip(a, b, strict=True)), Decimal(0))


def _separated(state, gm, strength, seconds):
    x, y, z, vx, vy, vz = state
    r = (x * x + y * y + z * z).sqrt()
    energy = (vx * vx + vy * vy + vz * vz) / 2 - gm / r - strength * z
    spin = x * vy - y * vx
    u, v = r + z, r - z
    r_rate = (x * vx + y * vy + z * vz) / r
    u_rate, v_rate = (r_rate + vz) * 2 * r, (r_rate - vz) * 2 * r

    def constant(w, rate, sign):
        return (rate * rate / 4 + spin * spin - 2 * energy * w * w - sign * strength * w**3) / (2 * w)

    c, d = constant(u, u_rate, 1), constant(v, v_rate, -1)
    assert abs(c + d - 2 * gm) < gm * Decimal("1e-20")
    turn, time = Decimal(0), Decimal(0)
    sign = 1 if seconds > 0 else -1
    while True:
        us = _taylor(u, u_rate, 4 * c, 8 * energy, 6 * strength)
        vs = _taylor(v, v_rate, 4 * d, 8 * energy, -6 * strength)
        # turn' = spin (1 / u + 1 / v)
        turns = [spin * (p + q) for p, q in zip(_inverse(us), _inverse(vs), strict=True)]
        sums = [p + q for p, q in zip(us, vs, strict=True)]
        step = sign * min(_reach(us), _reach(vs), _reach(turns) if spin else Decimal("Infinity"))
        last = abs(time + _integral(sums, step)) >= abs(seconds)
        if last:
            step = _crossing(sums, seconds - time, step)
        time += _integral(sums, step)
        turn += _integral(turns, step)
        u, u_rate, v, v_rate = _value(us, step), _slope(us, step), _value(vs, step), _slope(vs, step)
        if last:
            break
    rho = (u * v).sqrt()
    z, rate = (u - v) / 2, u + v
    rho_rate = (u_rate * v + u * v_rate) / (2 * rho) / rate
    angle_rate = spin / (u * v)
    start = _direction(x, y)
    cosine, sine = _cosine_and_sine(turn)
    cosine, sine = cosine * start[0] - sine * start[1], sine * start[0] + cosine * start[1]
    return (
        *(rho * cosine, rho * sine, z),
        rho_rate * cosine - rho * angle_rate * sine,
        rho_rate * sine + rho * angle_rate * cosine,
        (u_rate - v_rate) / 2 / rate,
    )


def _taylor(value, slope, constant, linear, quadratic):
    """Taylor coefficients of the solution of w'' = constant + linear w + quadratic w^2."""
    series = [value, slope]
    for n in range(ORDER - 1):
        square = sum((series[k] * series[n - k] for k in range(n + 1)), Decimal(0))
        force = linear * series[n] + quadratic * square + (constant if n == 0 else 0)
        series.append(force / ((n + 1) * (n + 2)))
    return series


def _inverse(series):
    """Taylor coefficients of one over a series."""
    inverse = [1 / series[0]]
    for n in range(1, len(series)):
        inverse.append(-sum((series[k] * inverse[n - k] for k in range(1, n + 1)), Decimal(0)) / series[0])
    return inverse


def _reach(series):
    """How far a series may be used: there its last two terms have shrunk to nothing."""
    size = max(abs(series[0]), Decimal("1e-30"))
    steps = [
        (SHRUNK * size / abs(series[n])) ** (Decimal(1) / n)
        for n in (len(series) - 2, len(series) - 1)
        if series[n] != 0
    ]
    return min(steps, default=Decimal("Infinity"))


def _value(series, step):
    total = Decimal(0)
    for coefficient in reversed(series):
        total = total * step + coefficient
    return total


def _slope(series, step):
    return _value([n * coefficient for n, coefficient in enumerate(series)][1:], step)


def _integral(series, step):
    return step * _value([coefficient / (n + 1) for n, coefficient in enumerate(series)], step)


def _crossing(sums, seconds, step):
    """Step after which so many seconds have passed: Newton's method on a time that only rises."""
    step *= seconds / _integral(sums, step)
    for _ in range(12):
        step -= (_integral(sums, step) - seconds) / _value(sums, step)
    return step


def _direction(x, y):
    length = (x * x + y * y).sqrt()
    return (x / length, y / length) if length else (Decimal(1), Decimal(0))


def _cosine_and_sine(angle):
    """By the series of a sixty-fourth of the angle, doubled six times."""
    part = angle / 64
    cosine, sine, term = Decimal(0), Decimal(0), Decimal(1)
    for n in range(40):
        sign = -1 if n % 4 in (2, 3) else 1
        if n % 2 == 0:
            cosine += sign * term
        else:
            sine += sign * term
        term = term * part / (n + 1)
    for _ in range(6):
        cosine, sine = cosine * cosine - sine * sine, 2 * sine * cosine
    return cosine, sine
