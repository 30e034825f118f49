"""Kernel of the variance components: what residuals say about each kind of error, against what was assumed."""

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def weigh_parts(
    start, state, variance, residual, unit, slope, clock, clocks, inverse, solved, satellite, noise, slant, share, sums
):
    """Add up squares and their expectations for each kind of error.

    Parameters
    ----------
    start : (E + 1,) int
        First row of each epoch.
    state : (N, 2) uint8
        1 where used.
    variance : (N, 3) [m2]
        v11, v12, v22 as they were used.
    residual : (N, 2) [m]
    unit, slope : (N, 3), (N, 2) [1]
        Sights; derivatives by the vertical ionosphere.
    clock, clocks : (N,) int, int
    inverse : (E, M, M) [m2]
        Of the normal matrix; the vertical ionosphere is last.
    solved : (E,) uint8
    satellite, noise, slant : (N,), (N, 2), (N,) [m2]
        Variances assumed: of both signals alike; of each alone; of the slant ionosphere.
    share : (N, 2) [1]
        Of the slant ionosphere in each signal.
    sums : (2 K + 1, 2) [1]
        Out, added to: squares and expectations of satellite errors by clock, noise by clock, slant ionosphere.
    """
    size = inverse.shape[1]
    columns = np.zeros(5, dtype=np.int64)
    design = np.zeros((2, 5))
    weight, reduced, weighted = np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 5))
    force = np.zeros(2)
    for epoch in range(solved.size):
        if solved[epoch] == 0:
            continue
        for row in range(start[epoch], start[epoch + 1]):
            first, second = state[row, 0] == 1, state[row, 1] == 1
            if not first and not second:
                continue
            weight[:, :] = 0.0
            if first and second:
                determinant = variance[row, 0] * variance[row, 2] - variance[row, 1] ** 2
                weight[0, 0], weight[1, 1] = variance[row, 2] / determinant, variance[row, 0] / determinant
                weight[0, 1] = weight[1, 0] = -variance[row, 1] / determinant
            elif first:
                weight[0, 0] = 1.0 / variance[row, 0]
            else:
                weight[1, 1] = 1.0 / variance[row, 2]
            columns[0], columns[1], columns[2], columns[3], columns[4] = 0, 1, 2, 3 + clock[row], size - 1
            for a in range(2):
                for i in range(3):
                    design[a, i] = -unit[row, i]
                design[a, 3] = 1.0
                design[a, 4] = slope[row, a]
            for a in range(2):
                force[a] = 0.0
                for b in range(2):
                    if state[row, b] == 1:
                        force[a] += weight[a, b] * residual[row, b]
                for i in range(5):
                    weighted[a, i] = weight[a, 0] * design[0, i] + weight[a, 1] * design[1, i]
            for a in range(2):
                for b in range(2):
                    total = weight[a, b]
                    for i in range(5):
                        for j in range(5):
                            total -= weighted[a, i] * inverse[epoch, columns[i], columns[j]] * weighted[b, j]
                    reduced[a, b] = total
            k = clock[row]
            common = force[0] + force[1]
            sums[k, 0] += satellite[row] * common * common
            sums[k, 1] += satellite[row] * (reduced[0, 0] + 2.0 * reduced[0, 1] + reduced[1, 1])
            for a in range(2):
                sums[clocks + k, 0] += noise[row, a] * force[a] * force[a]
                sums[clocks + k, 1] += noise[row, a] * reduced[a, a]
            bent = share[row, 0] * force[0] + share[row, 1] * force[1]
            sums[2 * clocks, 0] += slant[row] * bent * bent
            sums[2 * clocks, 1] += slant[row] * (
                share[row, 0] ** 2 * reduced[0, 0]
                + 2.0 * share[row, 0] * share[row, 1] * reduced[0, 1]
                + share[row, 1] ** 2 * reduced[1, 1]
            )
