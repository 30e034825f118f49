"""Collocation at eight Radau points: the coefficients of a step of 15th order, found in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Series = list[Fraction]

POINTS = 8
DIGITS = 10**60


def _value(series: Series, x: Fraction) -> Fraction:
    total = Fraction(0)
    for term in reversed(series):
        total = total * x + term
    return total


def _derivative(series: Series) -> Series:
    return [k * term for k, term in enumerate(series)][1:]


def _integral(series: Series) -> Series:
    return [Fraction(0), *(term / (k + 1) for k, term in enumerate(series))]


def _points() -> list[Fraction]:
    """Zeros of the seventh derivative of x^8 (x - 1)^7 over x, and 0: Radau points with the left end, in [0, 1]."""
    series = [Fraction(0)] * POINTS + [Fraction(comb(7, k) * (-1) ** (7 - k)) for k in range(POINTS)]
    for _ in range(POINTS - 1):
        series = _derivative(series)
    series = series[1:]
    points = [Fraction(0)]
    for guess in np.sort(np.roots([float(term) for term in reversed(series)]).real):
        x = Fraction(float(guess))
        for _ in range(6):
            x -= _value(series, x) / _value(_derivative(series), x)
            x = Fraction(round(x * DIGITS), DIGITS)
        points.append(x)
    return points


def _basis(points: list[Fraction]) -> list[Series]:
    """Lagrange's polynomials of the points, by rising powers."""
    basis = []
    for k, here in enumerate(points):
        series = [Fraction(1)]
        for other in points[:k] + points[k + 1 :]:
            lower = [-other / (here - other) * term for term in series]
            upper = [term / (here - other) for term in series]
            series = [a + b for a, b in zip([*lower, Fraction(0)], [Fraction(0), *upper], strict=True)]
        basis.append(series)
    return basis


def _table(rows: list[list[Fraction]]) -> Array:
    return np.array([[float(value) for value in row] for row in rows])


_POINTS = _points()
_BASIS = _basis(_POINTS)
_ONCE = [_integral(series) for series in _BASIS]
_TWICE = [_integral(series) for series in _ONCE]
_ENDS = [*_POINTS, Fraction(1)]

# Shares [1] of the step; the last is its end, whose acceleration is not used.
SHARES = np.array([float(x) for x in _ENDS])
# r(SHARES[i]) = r + s h v + h^2 sum_j POSITION[i, j] a_j and v(SHARES[i]) = v + h sum_j VELOCITY[i, j] a_j
POSITION = _table([[_value(series, x) for series in _TWICE] for x in _ENDS])
VELOCITY = _table([[_value(series, x) for series in _ONCE] for x in _ENDS])
# the coefficient of s^k in the polynomial of the accelerations is sum_j POWERS[k, j] a_j
POWERS = _table([[series[k] for series in _BASIS] for k in range(POINTS)])
# a_j's Lagrange polynomial is prod_{k != j} (s - SHARES[k]) / DENOMINATORS[j]
DENOMINATORS = 1.0 / POWERS[POINTS - 1]
