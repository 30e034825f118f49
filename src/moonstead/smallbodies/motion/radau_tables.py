"""Collocation at eight Radau points: the numbers of an integrator of order 15."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Exact = NDArray[np.floating]  # of the widest kind

NODES = 8  # of a step, the first at its begin; as many as a vector has lanes
_EXACT = np.longdouble
_POINTS = 12  # of the quadrature, exact to degree 23


def _legendre(order: int, x: Exact) -> tuple[Exact, Exact]:
    """P_n and its derivative."""
    before: Exact = np.ones_like(x)
    value: Exact = x.copy()
    for n in range(2, order + 1):
        before, value = value, ((2 * n - 1) * x * value - (n - 1) * before) / n
    return value, order * (x * value - before) / (x * x - 1)


def _radau_nodes() -> Exact:
    """Roots of P_(n-1) + P_n on 0 .. 1, the first of them 0."""
    series = np.zeros(NODES + 1)
    series[-2:] = 1.0
    x = np.sort(np.polynomial.legendre.legroots(series)).astype(_EXACT)[1:]
    for _ in range(4):
        (low, low_rate), (high, high_rate) = _legendre(NODES - 1, x), _legendre(NODES, x)
        x = x - (low + high) / (low_rate + high_rate)
    return np.concatenate((np.zeros(1, _EXACT), (x + 1) / 2))


def _gauss() -> tuple[Exact, Exact]:
    """Points and weights of quadrature on 0 .. 1."""
    x = np.polynomial.legendre.leggauss(_POINTS)[0].astype(_EXACT)
    for _ in range(4):
        value, rate = _legendre(_POINTS, x)
        x = x - value / rate
    rate = _legendre(_POINTS, x)[1]
    return (x + 1) / 2, 1 / ((1 - x * x) * rate * rate)


def _basis(nodes: Exact, s: Exact) -> Exact:
    """Lagrange polynomials (NODES, ...) of the nodes at s."""
    others = [np.delete(nodes, i) for i in range(NODES)]
    return np.stack([np.prod([(s - c) / (nodes[i] - c) for c in others[i]], axis=0) for i in range(NODES)])


def _integrals(ends: Exact) -> tuple[Exact, Exact]:
    """First and second integrals (NODES, E) of the Lagrange polynomials from 0 to the ends."""
    points, weights = _gauss()
    s = ends[:, None] * points
    values = _basis(_C, s)
    first = ends * np.sum(weights * values, axis=2)
    second = ends * np.sum(weights * (ends[:, None] - s) * values, axis=2)
    return first, second


def _series(values: Exact) -> Array:
    """Chebyshev coefficients (T, NODES), T_0 first, of polynomials with values (NODES, T) at the zeros of T_T."""
    terms = values.shape[1]
    angle = np.pi * (np.arange(terms) + 0.5) / terms
    fit = np.cos(np.arange(terms)[:, None] * angle) * (2.0 / terms)
    fit[0] *= 0.5
    return np.ascontiguousarray(fit @ values.astype(np.float64).T)


def _zeros(terms: int) -> Exact:
    return ((1.0 + np.cos(np.pi * (np.arange(terms) + 0.5) / terms)) / 2.0).astype(_EXACT)


def _plain(values: Exact) -> Array:
    return np.ascontiguousarray(values, dtype=np.float64)


_C = _radau_nodes()
_TO_SPEED, _TO_PLACE = _integrals(_C)
_STEP_SPEED, _STEP_PLACE = _integrals(np.ones(1, _EXACT))

C = _plain(_C)
"""Nodes (8,) [1] in parts of a step."""
SPEED = _plain(_TO_SPEED)
"""First integrals (8, 8): row i, the acceleration at node i; column j, from the begin of the step to node j."""
PLACE = _plain(_TO_PLACE)
"""Second integrals (8, 8) likewise."""
SPEED_END = _plain(_STEP_SPEED[:, 0])
"""First integrals (8,) over the whole step."""
PLACE_END = _plain(_STEP_PLACE[:, 0])
"""Second integrals (8,) over the whole step."""
HIGHEST = _plain(1 / np.prod(_C[:, None] - _C[None, :] + np.eye(NODES, dtype=_EXACT), axis=1))
"""Weights (8,) of the accelerations in the coefficient of the highest power; also barycentric weights."""
DENSE_PLACE = _series(_integrals(_zeros(NODES + 2))[1])
"""Chebyshev coefficients (10, 8) of the second integrals as functions of the place in the step."""
DENSE_SPEED = _series(_integrals(_zeros(NODES + 2))[0])
"""Chebyshev coefficients (10, 8) of the first integrals."""
