"""Kernel of the calibration: normal equations of constants of the whole file, each epoch's unknowns eliminated."""

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def reduce_epochs(
    start, state, variance, residual, unit, ionosphere, clock, clocks, inverse, solved, constant, normal, right
):
    """Add up the reduced normal equations.

    Parameters
    ----------
    start : (E + 1,) int
        First row of each epoch.
    state : (N, 2) uint8
        1 where used.
    variance : (N, 3) [m2]
        v11, v12, v22.
    residual : (N, 2) [m]
        After each epoch's own least squares.
    unit : (N, 3) [1]
    ionosphere : (N, 2) [1]
    clock : (N,) int
    clocks : int
    inverse : (E, M, M) [m2]
        Of the epoch's normal matrix.
    solved : (E,) uint8
    constant : (N, 2) int
        Which constant each signal of a row has.
    normal, right : (Q, Q) [1/m2], (Q,) [1/m]
        Out, added to.
    """
    size = inverse.shape[1]
    most = 0
    for epoch in range(solved.size):
        most = max(most, start[epoch + 1] - start[epoch])
    cross = np.zeros((2 * most, size))
    turned = np.zeros((2 * most, size))
    places = np.zeros(2 * most, dtype=np.int64)
    design = np.zeros((2, 5))
    columns = np.zeros(5, dtype=np.int64)
    weight = np.zeros((2, 2))
    for epoch in range(solved.size):
        if solved[epoch] == 0:
            continue
        count = 0
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
            for signal in range(2):
                for i in range(3):
                    design[signal, i] = -unit[row, i]
                design[signal, 3] = 1.0
                design[signal, 4] = ionosphere[row, signal]
            for a in range(2):
                if state[row, a] != 1:
                    continue
                places[count] = constant[row, a]
                cross[count, :] = 0.0
                for b in range(2):
                    if state[row, b] != 1:
                        continue
                    normal[constant[row, a], constant[row, b]] += weight[a, b]
                    right[constant[row, a]] += weight[a, b] * residual[row, b]
                    for i in range(5):
                        cross[count, columns[i]] += weight[a, b] * design[b, i]
                count += 1
        for k in range(count):
            for i in range(size):
                total = 0.0
                for j in range(size):
                    total += cross[k, j] * inverse[epoch, j, i]
                turned[k, i] = total
        for k in range(count):
            for m in range(count):
                total = 0.0
                for i in range(size):
                    total += turned[k, i] * cross[m, i]
                normal[places[k], places[m]] -= total
