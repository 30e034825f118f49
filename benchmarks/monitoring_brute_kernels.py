"""Kernel of the brute force that screening is held against: minima of distance among samples of every pair."""

from numba import njit


@njit(cache=True)
def sampled_minima(positions, limit, found):
    """Write pairs and samples (M, 3) where the distance of a pair has a minimum below `limit` [m]; their number.

    `positions` (T, 3, N) [m] are NaN where an object has none: no minimum is found there.
    """
    count, square = 0, limit * limit
    for i in range(positions.shape[2]):
        for j in range(i + 1, positions.shape[2]):
            before, here = 0.0, 0.0
            for k in range(positions.shape[0]):
                x = positions[k, 0, i] - positions[k, 0, j]
                y = positions[k, 1, i] - positions[k, 1, j]
                z = positions[k, 2, i] - positions[k, 2, j]
                after = x * x + y * y + z * z
                if k > 1 and here < square and here <= before and here < after:
                    if count < found.shape[0]:
                        found[count, 0], found[count, 1], found[count, 2] = i, j, k - 1
                    count += 1
                before, here = here, after
    return count
