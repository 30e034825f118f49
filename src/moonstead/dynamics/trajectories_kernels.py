"""Kernels of tabulated trajectories: arrays in, arrays out."""

from numba import njit


@njit(cache=True)
def hermite_kernel(tdb, first, nodes, states, width, out):
    """Write states (N, 6) [m, m/s] of Hermite polynomials at `tdb` (N,) [s].

    Each runs through `width` of the `states` (M, 6) [m, m/s] at `nodes` (M,) [s], from node `first` (N,) on. It meets
    position and velocity at its nodes; the velocity written is its derivative.
    """
    for n in range(tdb.size):
        for k in range(6):
            out[n, k] = 0.0
        for i in range(first[n], first[n] + width):
            here = tdb[n] - nodes[i]
            basis = 1.0  # Lagrange polynomial of node i, its slope here, and its slope at the node
            slope = 0.0
            own_slope = 0.0
            for j in range(first[n], first[n] + width):
                if j != i:
                    inverse = 1.0 / (nodes[i] - nodes[j])
                    factor = (tdb[n] - nodes[j]) * inverse
                    slope = slope * factor + basis * inverse
                    basis *= factor
                    own_slope += inverse
            square = basis * basis
            square_slope = 2.0 * basis * slope
            linear = 1.0 - 2.0 * here * own_slope
            of_position = linear * square
            of_velocity = here * square
            of_position_slope = linear * square_slope - 2.0 * own_slope * square
            of_velocity_slope = square + here * square_slope
            for k in range(3):
                out[n, k] += of_position * states[i, k] + of_velocity * states[i, k + 3]
                out[n, k + 3] += of_position_slope * states[i, k] + of_velocity_slope * states[i, k + 3]


@njit(cache=True)
def lagrange_kernel(tdb, first, nodes, states, width, out):
    """Write states (N, 6) [m, m/s] of Lagrange polynomials at `tdb` (N,) [s].

    Each runs through `width` of the `states` (M, 6) [m, m/s] at `nodes` (M,) [s], from node `first` (N,) on. Position
    and velocity are interpolated each for itself.
    """
    for n in range(tdb.size):
        for k in range(6):
            out[n, k] = 0.0
        for i in range(first[n], first[n] + width):
            basis = 1.0
            for j in range(first[n], first[n] + width):
                if j != i:
                    basis *= (tdb[n] - nodes[j]) / (nodes[i] - nodes[j])
            for k in range(6):
                out[n, k] += basis * states[i, k]
