"""A gravity field laid out for eight trajectories at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def field_columns(
    cosine: NDArray[np.float64], sine: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Lay out a field order by order, as `batch_gravity_kernels` reads it.

    Parameters
    ----------
    cosine, sine : (N + 1, N + 1) [1]
        Fully normalised coefficients C(n, m), S(n, m).

    Returns
    -------
    starts : (N + 1,)
        First row of each order m; its rows are those of the degrees m to N.
    rows : (rows * 7,) [1]
        Factor of the step to the next degree, then coefficients of A(n, m) in three sums, cosine and sine each:
        times m; times n + m + 1; and those of order m - 1, whose derivative of A(n, m - 1) by u is A(n, m) but for a
        factor.

    Source
    ------
    Recurrence: Lundberg & Schutz (1988), J. Guid. Control Dyn. 11, 249, doi:10.2514/3.20266, here in a normalisation
    in which A(m, m) is 1 and the older term has the factor 1; derivative: Pines (1973), AIAA J. 11, 1508,
    doi:10.2514/3.50619.
    """
    degree = cosine.shape[0] - 1
    rows: list[NDArray[np.float64]] = []
    starts, seed = np.zeros(degree + 1, dtype=np.int64), 1.0
    for m in range(degree + 1):
        if m > 0:
            seed *= np.sqrt((2 * m + 1) / (2 * m) * (2.0 if m == 1 else 1.0))
        n = np.arange(m, degree + 1, dtype=np.float64)
        alpha, beta = np.zeros((2, n.size))
        alpha[1:] = np.sqrt((2 * n[1:] + 1) * (2 * n[1:] - 1) / ((n[1:] - m) * (n[1:] + m)))
        k = n[2:]
        beta[2:] = np.sqrt((2 * k + 1) * (k + m - 1) * (k - m - 1) / ((2 * k - 3) * (k + m) * (k - m)))
        size = np.full(n.size, seed)  # of a fully normalised A(n, m) in ours
        size[1:2] = seed * alpha[1:2]
        for i in range(2, n.size):
            size[i] = beta[i] * size[i - 2]
        block = np.zeros((n.size, 7))
        block[:-1, 0] = alpha[1:] * size[:-1] / size[1:]
        for part, table in enumerate((cosine, sine)):
            column = table[m:, m] * size
            block[:, 1 + part] = m * column
            block[:, 3 + part] = (n + m + 1) * column
            if m > 0:
                halved = 0.5 if m == 1 else 1.0
                block[:, 5 + part] = table[m:, m - 1] * size * np.sqrt((n - m + 1) * (n + m) * halved)
        starts[m] = sum(map(len, rows))
        rows.append(block)
    return starts, np.ascontiguousarray(np.concatenate(rows)).reshape(-1)
