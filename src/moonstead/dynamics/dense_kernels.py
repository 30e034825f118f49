"""Kernel of dense output: states between nodes from positions, velocities and accelerations at up to four nodes."""

import numpy as np
from numba import njit

MOST_NODES = 4


@njit(cache=True, error_model="numpy")
def interpolate(queries, steps, first, count, times, positions, velocities, accelerations, states):
    """Write states (N, 2 D): positions then velocities, of the Hermite polynomials through the chosen nodes.

    Parameters
    ----------
    queries : (N,) [s]
        Times.
    steps : (N,) int64
        The step that each time lies in.
    first, count : (steps,) int64
        First node and number of nodes that serve a step.
    times, positions, velocities, accelerations : (nodes,), (nodes, D) [s, m, m/s, m/s^2]
        Nodes.
    states : (N, 2 D) [m, m/s]
        Results.

    Source
    ------
    Osculatory interpolation by divided differences: de Boor (2001), A Practical Guide to Splines,
    chapter I.
    """
    size = positions.shape[1]
    z = np.zeros(3 * MOST_NODES)
    table = np.zeros(3 * MOST_NODES)
    for q in range(queries.size):
        step = steps[q]
        start = first[step]
        nodes = count[step]
        scale = times[step + 1] - times[step]
        x = (queries[q] - times[step]) / scale
        total = 3 * nodes
        for i in range(nodes):
            z[3 * i] = (times[start + i] - times[step]) / scale
            z[3 * i + 1] = z[3 * i]
            z[3 * i + 2] = z[3 * i]
        near = step - start  # the Newton form starts at the step's own node, where rounding is least
        if near > 0:
            for i in range(3):
                z[i], z[3 * near + i] = z[3 * near + i], z[i]
        for k in range(size):
            for i in range(nodes):
                node = start + i
                if near > 0:
                    if i == 0:
                        node = start + near
                    elif i == near:
                        node = start
                table[3 * i] = positions[node, k]
                table[3 * i + 1] = positions[node, k]
                table[3 * i + 2] = positions[node, k]
            for order in range(1, total):
                for i in range(total - 1, order - 1, -1):
                    gap = z[i] - z[i - order]
                    if gap != 0.0:
                        table[i] = (table[i] - table[i - 1]) / gap
                    else:
                        node = start + i // 3
                        if near > 0:
                            if i // 3 == 0:
                                node = start + near
                            elif i // 3 == near:
                                node = start
                        if order == 1:
                            table[i] = velocities[node, k] * scale
                        else:
                            table[i] = 0.5 * accelerations[node, k] * scale * scale
            value = table[total - 1]
            slope = 0.0
            for i in range(total - 2, -1, -1):
                slope = value + slope * (x - z[i])
                value = table[i] + value * (x - z[i])
            states[q, k] = value
            states[q, size + k] = slope / scale
