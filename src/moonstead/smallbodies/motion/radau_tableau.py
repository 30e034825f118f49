"""The Radau step of `radau_tables` with its end as a ninth point, and its powers, as steps of many orbits want them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.smallbodies.motion.radau_tables import HIGHEST, NODES, PLACE, PLACE_END, SPEED, SPEED_END, C

Array = NDArray[np.float64]

POINTS = NODES


def _powers() -> Array:
    """Coefficients (8, 8): row k, of s^k; column j, of the Lagrange polynomial of point j."""
    rows = [HIGHEST[j] * np.poly(np.delete(C, j))[::-1] for j in range(POINTS)]
    return np.ascontiguousarray(np.array(rows).T)


# Shares [1] of the step; the last is its end, whose acceleration is not used.
SHARES = np.append(C, 1.0)
# r(SHARES[i]) = r + s h v + h^2 sum_j POSITION[i, j] a_j and v(SHARES[i]) = v + h sum_j VELOCITY[i, j] a_j
POSITION = np.ascontiguousarray(np.vstack((PLACE.T, PLACE_END)))
VELOCITY = np.ascontiguousarray(np.vstack((SPEED.T, SPEED_END)))
# the coefficient of s^k in the polynomial of the accelerations is sum_j POWERS[k, j] a_j
POWERS = _powers()
# a_j's Lagrange polynomial is prod_{k != j} (s - SHARES[k]) / DENOMINATORS[j]
DENOMINATORS = 1.0 / HIGHEST
