"""Coefficients of the summed multistep method for second-order equations, in ordinate form."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POINTS = (7, 9, 11, 13)  # back points on offer; odd numbers put the leading error along the track, which grows fastest


class Multistep(NamedTuple):
    """Weights of the latest accelerations, newest first, and what the start and the estimate of the error need.

    Attributes
    ----------
    predict_position, predict_velocity : (K,) [1]
        Of the next position over h^2 and of the next velocity over h.
    position, velocity : (K,) [1]
        Of the present position and velocity.
    start_velocity, start_position : (K, K) [1]
        Integrals, once and twice, from the middle one of K equidistant points (number K // 2) to each, of the
        polynomial through the accelerations at all.
    slope : (K,) [1]
        Of the derivative of the acceleration over 1 / h.
    """

    predict_position: Array
    predict_velocity: Array
    position: Array
    velocity: Array
    start_velocity: Array
    start_position: Array
    slope: Array


@cache
def multistep(points: int) -> Multistep:
    """Coefficients of the summed Adams and Stoermer-Cowell formulas with so many back points.

    Parameters
    ----------
    points : int
        Accelerations that a step looks back to; the order of the positions is two higher.

    Returns
    -------
    Multistep
        Exact rational numbers, rounded once.

    Source
    ------
    Henrici (1962), Discrete Variable Methods in Ordinary Differential Equations, sections 5.1 and 6.1 (generating
    functions); summed form: Berry & Healy (2004), J. Astronaut. Sci. 52, 331, doi:10.1007/BF03546367.
    """
    terms = points + 3
    adams_moulton = [Fraction(1)]
    for i in range(1, terms):
        adams_moulton.append(-sum((adams_moulton[i - j] / (j + 1) for j in range(1, i + 1)), Fraction(0)))
    cowell = [sum((adams_moulton[i] * adams_moulton[k - i] for i in range(k + 1)), Fraction(0)) for k in range(terms)]
    adams = _running_sums(adams_moulton)
    stoermer = _running_sums(cowell)
    velocity, position = _start(points)
    return Multistep(
        predict_position=_ordinates(stoermer[2:], points),
        predict_velocity=_ordinates(adams[1:], points),
        position=_ordinates(cowell[2:], points),
        velocity=_ordinates(adams_moulton[1:], points),
        start_velocity=velocity,
        start_position=position,
        slope=_ordinates([Fraction(0), *(Fraction(1, k) for k in range(1, points))], points),
    )


def _running_sums(terms: list[Fraction]) -> list[Fraction]:
    return [sum(terms[: k + 1], Fraction(0)) for k in range(len(terms))]


def _ordinates(coefficients: list[Fraction], points: int) -> Array:
    """Weights of function values, newest first, from those of backward differences."""
    weights = [Fraction(0)] * points
    for k in range(points):
        for j in range(k + 1):
            weights[j] += coefficients[k] * (-1) ** j * comb(k, j)
    return _floats(weights)


def _start(points: int) -> tuple[Array, Array]:
    once, twice = np.zeros((points, points)), np.zeros((points, points))
    center = points // 2
    for i in range(points):
        basis = [Fraction(1)]  # of the Lagrange polynomial that is 1 at point i, powers rising
        for j in range(points):
            if j != i:
                shifted = [Fraction(0), *basis]
                basis = [(a - (j - center) * b) / (i - j) for a, b in zip(shifted, [*basis, Fraction(0)], strict=True)]
        for j in range(points):
            x = Fraction(j - center)
            once[j, i] = float(sum((c * x ** (k + 1) / (k + 1) for k, c in enumerate(basis)), Fraction(0)))
            twice[j, i] = float(sum((c * x ** (k + 2) / ((k + 1) * (k + 2)) for k, c in enumerate(basis)), Fraction(0)))
    return once, twice


def _floats(values: list[Fraction]) -> Array:
    return np.array([float(value) for value in values])
