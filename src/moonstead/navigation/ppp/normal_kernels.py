"""Kernels of the batch estimate: normal equations with what belongs to one epoch eliminated, and their way back.

Rows are sorted by epoch. Each is one satellite at one epoch with a phase and a code. Unknowns of an epoch are the
receiver's clock against each system and, when it moves, its position; all others are global:

`layout` int64: static (1) or moving (0), number of systems, first column of the zenith delay, of the north and of the
east gradient, of the ambiguities, of the code biases, number of columns.
`start` (E + 1,) first row of each epoch; `node` (E, 2) int64 and `share` (E, 2): the node of zenith delay and gradient
before the epoch, and the share of the one after it.
`names` (M, 3) int64: system, ambiguity, code bias. `partials` (M, 6): east, north, up or x, y, z of the position, wet
mapping, north and east gradient mapping. `measured` (M, 2) [m] phase and code less model; `weight` (M, 2) [1/m2], 0
where not used. `prior` [1/m2] keeps the position of a moving receiver finite.
"""

import numpy as np
from numba import njit

WIDEST = 16  # most unknowns of one epoch: three coordinates and the clocks of all systems


@njit(cache=True)
def _global_columns(layout, node, share, name, partial, columns, values):
    """Write columns and values of one row's global unknowns, ambiguity and code bias last; returns their number."""
    count = 0
    if layout[0] == 1:
        for i in range(3):
            columns[count], values[count] = i, partial[i]
            count += 1
    for part in range(3):
        place = node[0] if part == 0 else node[1]
        after = share[0] if part == 0 else share[1]
        columns[count], values[count] = layout[2 + part] + place, partial[3 + part] * (1.0 - after)
        columns[count + 1], values[count + 1] = layout[2 + part] + place + 1, partial[3 + part] * after
        count += 2
    columns[count], values[count] = layout[5] + name[1], 1.0
    columns[count + 1], values[count + 1] = layout[6] + name[2], 1.0
    return count + 2


@njit(cache=True)
def _local_values(layout, name, partial, local):
    """Write the values of one row's unknowns of the epoch."""
    systems = layout[1]
    for i in range(systems):
        local[i] = 1.0 if i == name[0] else 0.0
    if layout[0] == 0:
        for i in range(3):
            local[systems + i] = partial[i]


@njit(cache=True)
def _factor(matrix, size):
    """Cholesky factor in the lower triangle, in place; an unknown that nothing tells about becomes a known zero."""
    for i in range(size):
        if matrix[i, i] <= 0.0:
            for k in range(size):
                matrix[i, k] = matrix[k, i] = 0.0
            matrix[i, i] = 1.0
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i, j]
            for k in range(j):
                total -= matrix[i, k] * matrix[j, k]
            if i == j:
                matrix[i, i] = np.sqrt(max(total, 1e-12))
            else:
                matrix[i, j] = total / matrix[j, j]


@njit(cache=True)
def _forward(factor, size, vector):
    for i in range(size):
        total = vector[i]
        for k in range(i):
            total -= factor[i, k] * vector[k]
        vector[i] = total / factor[i, i]


@njit(cache=True)
def _backward(factor, size, vector):
    for i in range(size - 1, -1, -1):
        total = vector[i]
        for k in range(i + 1, size):
            total -= factor[k, i] * vector[k]
        vector[i] = total / factor[i, i]


@njit(cache=True)
def _gather(layout, start, node, share, names, partials, weight, prior, e, matrix, mixed, touched, place, work):
    """Write the factor of an epoch's own normal matrix and the part that it shares with the global unknowns.

    `mixed` (P, WIDEST) has a row for each global unknown of the epoch, `touched` its column and `place` (P,), which
    comes and must be left as -1, the row of each column; `work` (2, WIDEST). Returns the number of rows.
    """
    size = layout[1] + (0 if layout[0] == 1 else 3)
    columns = np.empty(11, dtype=np.int64)
    local, values = work[0], work[1]
    matrix[:size, :size] = 0.0
    if layout[0] == 0:
        for i in range(layout[1], size):
            matrix[i, i] = prior
    many = 0
    for m in range(start[e], start[e + 1]):
        _local_values(layout, names[m], partials[m], local)
        count = _global_columns(layout, node[e], share[e], names[m], partials[m], columns, values)
        for kind in range(2):
            w = weight[m, kind]
            if w == 0.0:
                continue
            for i in range(size):
                for j in range(size):
                    matrix[i, j] += w * local[i] * local[j]
            skip = count - 1 if kind == 0 else count - 2  # phases have no code bias, codes no ambiguity
            for i in range(count):
                if i == skip:
                    continue
                at = columns[i]
                if place[at] < 0:
                    place[at] = many
                    touched[many] = at
                    mixed[many, :size] = 0.0
                    many += 1
                for k in range(size):
                    mixed[place[at], k] += w * values[i] * local[k]
    _factor(matrix, size)
    return many


@njit(cache=True)
def add_normals(layout, start, node, share, names, partials, measured, weight, prior, first, last, normal, right):
    """Add epochs to the upper triangle of `normal` (P, P) [1/m2] and to `right` (P,) [1/m].

    `measured` (M, 2) [m], `weight` (M, 2) and `prior` [1/m2]; epochs from `first` to `last`, exclusive.
    """
    size = layout[1] + (0 if layout[0] == 1 else 3)
    width = layout[7]
    columns, work = np.empty(11, dtype=np.int64), np.empty((2, WIDEST))
    local, values = work[0], work[1]
    matrix, side = np.empty((WIDEST, WIDEST)), np.empty(WIDEST)
    place, touched = np.full(width, -1, dtype=np.int64), np.empty(width, dtype=np.int64)
    mixed = np.empty((width, WIDEST))
    for e in range(first, last):
        many = _gather(
            layout, start, node, share, names, partials, weight, prior, e, matrix, mixed, touched, place, work
        )
        side[:] = 0.0
        for m in range(start[e], start[e + 1]):
            _local_values(layout, names[m], partials[m], local)
            count = _global_columns(layout, node[e], share[e], names[m], partials[m], columns, values)
            for kind in range(2):
                w = weight[m, kind]
                if w == 0.0:
                    continue
                for k in range(size):
                    side[k] += w * local[k] * measured[m, kind]
                skip = count - 1 if kind == 0 else count - 2
                for i in range(count):
                    if i == skip:
                        continue
                    at = columns[i]
                    right[at] += w * values[i] * measured[m, kind]
                    for j in range(count):
                        if j != skip and columns[j] >= at:
                            normal[at, columns[j]] += w * values[i] * values[j]
        _forward(matrix, size, side)
        for a in range(many):
            _forward(matrix, size, mixed[a])
        for a in range(many):
            at = touched[a]
            for k in range(size):
                right[at] -= mixed[a, k] * side[k]
            for b in range(many):
                to = touched[b]
                if to >= at:
                    total = 0.0
                    for k in range(size):
                        total += mixed[a, k] * mixed[b, k]
                    normal[at, to] -= total
            place[at] = -1


@njit(cache=True)
def solve_epochs(layout, start, node, share, names, partials, measured, weight, prior, estimate, epoch, residual):
    """Write unknowns of epochs (E, L) [m] and residuals (M, 2) [m] that belong to a global `estimate` (P,) [m].

    `measured` (M, 2) [m], `weight` (M, 2) and `prior` [1/m2].
    """
    size = layout[1] + (0 if layout[0] == 1 else 3)
    columns, values = np.empty(11, dtype=np.int64), np.empty(11)
    local, matrix, side = np.empty(WIDEST), np.empty((WIDEST, WIDEST)), np.empty(WIDEST)
    for e in range(start.size - 1):
        side[:] = 0.0
        matrix[:size, :size] = 0.0
        if layout[0] == 0:
            for i in range(layout[1], size):
                matrix[i, i] = prior
        for m in range(start[e], start[e + 1]):
            _local_values(layout, names[m], partials[m], local)
            count = _global_columns(layout, node[e], share[e], names[m], partials[m], columns, values)
            common = 0.0
            for i in range(count - 2):
                common += values[i] * estimate[columns[i]]
            for kind in range(2):
                residual[m, kind] = measured[m, kind] - common - estimate[columns[count - 2 + kind]]
                w = weight[m, kind]
                if w == 0.0:
                    continue
                for i in range(size):
                    side[i] += local[i] * w * residual[m, kind]
                    for j in range(size):
                        matrix[i, j] += w * local[i] * local[j]
        _factor(matrix, size)
        _forward(matrix, size, side)
        _backward(matrix, size, side)
        for i in range(size):
            epoch[e, i] = side[i]
        for m in range(start[e], start[e + 1]):
            _local_values(layout, names[m], partials[m], local)
            for kind in range(2):
                for i in range(size):
                    residual[m, kind] -= local[i] * side[i]


@njit(cache=True)
def epoch_covariances(layout, start, node, share, names, partials, weight, prior, covariance, answer):
    """Write the covariance (E, L, L) [m2] of each epoch's unknowns, with that of the global ones (P, P) [m2] in it.

    `weight` (M, 2) and `prior` [1/m2].
    """
    size = layout[1] + (0 if layout[0] == 1 else 3)
    width = layout[7]
    matrix, work = np.empty((WIDEST, WIDEST)), np.empty((2, WIDEST))
    place, touched = np.full(width, -1, dtype=np.int64), np.empty(width, dtype=np.int64)
    mixed, turned = np.empty((width, WIDEST)), np.empty((width, WIDEST))
    column = work[0]
    for e in range(start.size - 1):
        many = _gather(
            layout, start, node, share, names, partials, weight, prior, e, matrix, mixed, touched, place, work
        )
        for a in range(many):
            _forward(matrix, size, mixed[a])
            _backward(matrix, size, mixed[a])
        for a in range(many):
            for k in range(size):
                total = 0.0
                for b in range(many):
                    total += covariance[touched[a], touched[b]] * mixed[b, k]
                turned[a, k] = total
            place[touched[a]] = -1
        for i in range(size):
            column[:size] = 0.0
            column[i] = 1.0
            _forward(matrix, size, column)
            _backward(matrix, size, column)
            for j in range(size):
                total = column[j]
                for a in range(many):
                    total += mixed[a, i] * turned[a, j]
                answer[e, i, j] = total
