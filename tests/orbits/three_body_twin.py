"""The kernel's Taylor series in plain numpy, for any precision that numpy has."""

from __future__ import annotations

import numpy as np

ORDER = 26


def powers(square: np.ndarray, exponent: float, n: int, series: np.ndarray) -> None:
    """Write term n of square ** exponent."""
    if n == 0:
        series[0] = square[0] ** square.dtype.type(exponent)
        return
    j = np.arange(n)
    factors = (exponent * (n - j) - j).astype(square.dtype)
    series[n] = np.sum(factors * square[n - j] * series[j]) / (n * square[0])


def product(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    return np.tensordot(a[: n + 1], b[n::-1], axes=(0, 0))


def flow(state, duration, mass_ratio, real=np.longdouble):
    """State (6,) and transition (6, 6) after a duration."""
    mu = real(mass_ratio)
    masses, places = (real(1) - mu, mu), (-mu, real(1) - mu)
    now, phi, t = np.asarray(state, dtype=real), np.eye(6, dtype=real), real(0)
    duration = real(duration)
    eps = np.finfo(real).eps
    while t < duration:
        r = np.zeros((3, ORDER + 2), dtype=real)
        r[:, 0], r[:, 1] = now[:3], now[3:]
        d = np.zeros((3, ORDER + 2, 6), dtype=real)
        d[:, 0], d[:, 1] = phi[:3], phi[3:]
        offsets = [np.zeros((3, ORDER + 2), dtype=real) for _ in places]
        squares, cubes, fifths = ([np.zeros(ORDER + 2, dtype=real) for _ in places] for _ in range(3))
        outer = [np.zeros((3, 3, ORDER + 2), dtype=real) for _ in places]
        gradient = np.zeros((3, 3, ORDER + 2), dtype=real)
        for n in range(ORDER):
            force = np.zeros(3, dtype=real)
            for k, (mass, place) in enumerate(zip(masses, places, strict=True)):
                away = offsets[k]
                away[:, n] = r[:, n]
                if n == 0:
                    away[0, 0] -= place
                for a in range(3):
                    for b in range(3):
                        outer[k][a, b, n] = product(away[a], away[b], n)
                squares[k][n] = np.trace(outer[k][:, :, n])
                powers(squares[k], -1.5, n, cubes[k])
                powers(squares[k], -2.5, n, fifths[k])
                for a in range(3):
                    force[a] -= mass * product(away[a], cubes[k], n)
                    gradient[a, a, n] -= mass * cubes[k][n]
                    for b in range(3):
                        gradient[a, b, n] += 3 * mass * product(outer[k][a, b], fifths[k], n)
            if n == 0:
                gradient[0, 0, 0] += 1
                gradient[1, 1, 0] += 1
            rate = (n + 1) * r[:, n + 1]
            force += np.array([2 * rate[1] + r[0, n], -2 * rate[0] + r[1, n], real(0)])
            r[:, n + 2] = force / ((n + 1) * (n + 2))
            change = np.zeros((3, 6), dtype=real)
            for a in range(3):
                for b in range(3):
                    change[a] += product(gradient[a, b], d[b], n)
            turn = (n + 1) * d[:, n + 1]
            change += np.array([2 * turn[1], -2 * turn[0], 0 * turn[2]])
            d[:, n + 2] = change / ((n + 1) * (n + 2))
        last = max(np.abs(r[:, ORDER]).max(), np.abs(r[:, ORDER + 1]).max() ** (real(ORDER) / (ORDER + 1)))
        step = min((eps * np.abs(now).max() / (ORDER * last)) ** (real(1) / ORDER), duration - t)
        exponents = step ** np.arange(ORDER + 2)
        slopes = np.arange(1, ORDER + 2) * exponents[:-1]
        now = np.concatenate([r @ exponents, r[:, 1:] @ slopes])
        phi = np.concatenate([np.tensordot(d, exponents, axes=(1, 0)), np.tensordot(d[:, 1:], slopes, axes=(1, 0))])
        t += step
    return now, phi
