"""A gravity field laid out for its kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LANES = 8  # orders beside each other in a row, as in `vector_kernels`


def packed_field(
    cosine: NDArray[np.float64], sine: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Lay out recurrence factors and coefficients in rows of eight orders, as `gravity_kernels` reads them.

    Parameters
    ----------
    cosine, sine : (N + 1, N + 1) [1]
        Fully normalised coefficients C(n, m), S(n, m).

    Returns
    -------
    starts : (blocks + 1,)
        First row of each block of eight orders; the last entry is the number of rows.
    rows : (rows * 40,) [1]
        For each degree of each block: factors alpha and beta of the recurrence over the degree, C, S, and the diagonal
        seed where the degree equals the order.

    Source
    ------
    Lundberg & Schutz (1988), J. Guid. Control Dyn. 11, 249, doi:10.2514/3.20266.
    """
    degree = cosine.shape[0] - 1
    n = np.arange(degree + 1, dtype=np.float64)[:, None]
    width = LANES * (degree // LANES + 1)
    m = np.arange(width, dtype=np.float64)[None, :]
    below = n > m
    with np.errstate(invalid="ignore", divide="ignore"):
        alpha = np.where(below, np.sqrt((2 * n + 1) * (2 * n - 1) / ((n - m) * (n + m))), 0.0)
        beta = np.sqrt((2 * n + 1) * (n + m - 1) * (n - m - 1) / ((2 * n - 3) * (n + m) * (n - m)))
    beta = np.where(n >= m + 2, beta, 0.0)
    order = m[0, 1:]
    ratio = np.sqrt((2 * order + 1) / (2 * order) * np.where(order == 1, 2.0, 1.0))
    seed = np.where(n == m, np.concatenate(([1.0], np.cumprod(ratio)))[None, :], 0.0)
    wide_cosine, wide_sine = np.zeros((2, degree + 1, width))
    wide_cosine[:, : degree + 1] = np.tril(cosine)
    wide_sine[:, : degree + 1] = np.tril(sine)
    tables = np.stack([alpha, beta, wide_cosine, wide_sine, seed], axis=1)
    blocks = [tables[start:, :, start : start + LANES].reshape(-1) for start in range(0, degree + 1, LANES)]
    counts = [degree + 1 - start for start in range(0, degree + 1, LANES)]
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), np.ascontiguousarray(np.concatenate(blocks))
