"""A gravity field laid out for its kernels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.places_tables import BITS, BITS_1, BITS_2, CENTRAL, DEGREE, LANES, LIMITS, ORDERS, ROWS

Array = NDArray[np.float64]

NOTHING = 1e-18  # [1] of the whole acceleration: what a degree may add and still be left out


def packed_field(cosine: Array, sine: Array) -> Array:
    """Lay out recurrence factors and coefficients in rows of eight orders, as `gravity_kernels` reads them.

    Parameters
    ----------
    cosine, sine : (N + 1, N + 1) [1]
        Fully normalised coefficients C(n, m), S(n, m).

    Returns
    -------
    (K,) [1]
        A header (`places_tables`), then for each block of eight orders m and each k = 0 .. N - 8 block: the factor
        alpha of the recurrence, C and S of the degrees n = m + k, scaled so that the functions of each order begin
        with 1 and the other factor of the recurrence is 1.

    Source
    ------
    Lundberg & Schutz (1988), J. Guid. Control Dyn. 11, 249, doi:10.2514/3.20266: fully normalised recurrence over n.
    """
    degree = cosine.shape[0] - 1
    alpha, scale = _recurrence(degree)
    tables = np.zeros((degree + 1, 3, alpha.shape[1]))
    tables[:, 0] = alpha
    size = degree + 1
    for part, coefficients in ((1, cosine), (2, sine)):
        # each column moves up by its order, so that row k holds degree m + k
        padded = np.zeros((2 * degree + 1, size))
        padded[:size] = coefficients
        skewed: Array = np.ndarray((size, size), np.float64, padded, 0, (8 * size, 8 * (size + 1)))
        np.multiply(skewed, scale[:, :size], out=tables[:, part, :size])
    tables[0, 1, 0] = 0.0  # the central term
    blocks = [tables[: degree + 1 - first, :, first : first + LANES].reshape(-1) for first in range(0, size, LANES)]
    head = _header(degree, float(cosine[0, 0]), _limits(cosine, sine))
    return aligned(np.concatenate((head, *blocks)))


def aligned(numbers: Array) -> Array:
    """The same numbers from an address that vectors of eight can be loaded from in one piece.

    Parameters
    ----------
    numbers : (K,) [any unit]
        Any numbers.

    Returns
    -------
    (K,) [any unit]
        A copy.

    Source
    ------
    Intel 64 and IA-32 Architectures Optimization Reference Manual: loads that cross a cache line are split in two.
    """
    room = np.empty(numbers.size + LANES)
    first = -(room.ctypes.data // 8) % LANES
    room[first : first + numbers.size] = numbers
    return room[first : first + numbers.size]


@lru_cache(maxsize=4)
def _recurrence(degree: int) -> tuple[Array, Array]:
    """Factors alpha and the scales of the functions, both (N + 1, width), for k = n - m and m."""
    width = LANES * (degree // LANES + 1)
    k = np.arange(degree + 1, dtype=np.float64)[:, None]
    m = np.arange(width, dtype=np.float64)[None, :]
    n = k + m
    scale = np.ones((degree + 1, width))
    alpha = np.zeros((degree + 1, width))
    double = 2.0 * n
    beta = np.sqrt((double[2:] + 1.0) * (k[2:] - 1.0) * (m + n[2:] - 1.0) / ((double[2:] - 3.0) * k[2:] * (m + n[2:])))
    scale[2::2] = np.cumprod(beta[::2], axis=0)
    scale[3::2] = np.cumprod(beta[1::2], axis=0)
    square = (double[1:] + 1.0) * (double[1:] - 1.0) / (k[1:] * (m + n[1:]))
    alpha[1:] = np.sqrt(square) * (scale[:-1] / scale[1:])
    scale *= _sectoral(m[0])
    for table in (alpha, scale):
        table.flags.writeable = False
    return alpha, scale


def _sectoral(order: Array) -> Array:
    """Fully normalised functions A(m, m): their recurrence over the order."""
    m = order[1:]
    ratio = np.sqrt((2.0 * m + 1.0) / (2.0 * m) * np.where(m == 1.0, 2.0, 1.0))
    return np.concatenate(([1.0], np.cumprod(ratio)))


def _header(degree: int, central: float, limits: Array) -> Array:
    size = LIMITS + degree + 1
    head = np.zeros(-(-size // LANES) * LANES)
    orders = np.arange(LANES)
    head[ORDERS : ORDERS + LANES] = orders
    for place, shift in ((BITS, 0), (BITS_1, 1), (BITS_2, 2)):
        powers = np.maximum(orders - shift, 0)
        digits = (powers[None, :] >> np.arange(3)[:, None]) & 1
        head[place : place + 3 * LANES] = digits.reshape(-1)
    head[DEGREE], head[CENTRAL], head[ROWS] = degree, central, head.size
    head[LIMITS:size] = limits
    return head


def _limits(cosine: Array, sine: Array) -> Array:
    """For each degree the R/r below which no higher degree matters.

    A degree's acceleration over the central one is at most sqrt((n + 1) (2 n + 1)) (R/r)^n times the square root of the
    sum of its coefficients' squares, by the addition theorem; a factor sqrt(2 n) covers the gradient too.
    """
    n = np.arange(cosine.shape[0], dtype=np.float64)
    size = np.sqrt(np.einsum("nm,nm->n", cosine, cosine) + np.einsum("nm,nm->n", sine, sine))
    bound = size * (n + 1.0) * (2.0 * n + 1.0)
    with np.errstate(divide="ignore"):
        each = np.where(bound > 0.0, (NOTHING / bound) ** (1.0 / np.maximum(n, 1.0)), np.inf)
    limits = np.full(n.size, np.inf)
    limits[:-1] = np.minimum.accumulate(each[:0:-1])[::-1]
    return limits
