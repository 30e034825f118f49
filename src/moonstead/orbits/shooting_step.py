"""The smallest change of all nodes that closes the gaps between their arcs, to first order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import NumericalFailure

Array = NDArray[np.float64]

SINGULAR = 1e-13  # [1] of a diagonal over the largest: nodes that are held leave too little freedom


def least_change(transitions: Array, gaps: Array, free: Array) -> Array:
    """Changes of the nodes, of least sum of squares, after which each arc ends in the next node.

    Arc k takes node k to T_k of it; its end less node k + 1 is the gap. The changes x solve
    T_k x_k - x_(k+1) = -gap_k in all arcs. A QR factorisation of the transposed matrix, two blocks wide, does it in a
    time proportional to the number of arcs, and with the condition of the matrix itself, not of its square.

    Parameters
    ----------
    transitions : (N - 1, 6, 6) [1]
        Transition matrix of each arc, in the scaled variables of its ends.
    gaps : (N - 1, 6) [1]
        End of each arc less the node there, scaled.
    free : (N, 6) [1]
        1 for what may change, 0 for what is held.

    Returns
    -------
    (N, 6) [1]
        Changes, scaled; 0 where held.

    Raises
    ------
    NumericalFailure
        What is held leaves no way to close all gaps.

    Source
    ------
    Minimum-norm solution by orthogonal factorisation: Golub & Van Loan (2013), Matrix Computations, 4th ed.,
    section 5.6.2.
    """
    count = len(gaps)
    turns, diagonal, above = np.empty((count, 12, 12)), np.empty((count, 6, 6)), np.zeros((count, 6, 6))
    carried = (transitions[0] * free[0]).T
    stacked = np.zeros((12, 6))
    for k in range(count):
        stacked[:6] = carried
        stacked[6:] = -np.diag(free[k + 1])
        turn, triangle = np.linalg.qr(stacked, mode="complete")
        turns[k], diagonal[k] = turn, triangle[:6]
        if k + 1 < count:
            ahead = turn[6:].T @ (transitions[k + 1] * free[k + 1]).T
            above[k], carried = ahead[:6], ahead[6:]
    corners = np.abs(diagonal[:, range(6), range(6)])
    if corners.min() <= SINGULAR * corners.max():
        arc = int(np.argmin(corners.min(axis=1)))
        raise NumericalFailure(f"what is held of the nodes leaves no way to close the gap after node {arc}: free more")
    solved = np.empty((count, 6))
    rest = -gaps
    for k in range(count):
        wanted = rest[k] if k == 0 else rest[k] - above[k - 1].T @ solved[k - 1]
        solved[k] = np.linalg.solve(diagonal[k].T, wanted)
    change = np.zeros((count + 1, 6))
    change[:count] = solved
    for k in range(count - 1, -1, -1):
        change[k : k + 2] = (turns[k] @ change[k : k + 2].reshape(12)).reshape(2, 6)
    return change * free
