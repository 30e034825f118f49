"""The Runge-Kutta-Nystrom method with the end of a step as an eighteenth stage, and velocities at all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.nystrom_tableau import NODES, STAGE_WEIGHTS, STAGES, VELOCITY_WEIGHTS, WEIGHTS

ORDER = 6  # of the velocities within a step: the relativistic term, 1e-9 of the whole, needs no more


def _velocity_weights() -> NDArray[np.float64]:
    """Weights [1] of earlier accelerations that integrate polynomials up to each stage's time exactly."""
    weights = np.zeros((STAGES + 1, STAGES))
    for stage in range(1, STAGES):
        powers = np.arange(min(stage, ORDER))
        nodes = NODES[:stage][None, :] ** powers[:, None]
        integrals = NODES[stage] ** (powers + 1) / (powers + 1)
        weights[stage, :stage] = np.linalg.lstsq(nodes, integrals, rcond=None)[0]
    weights[STAGES] = VELOCITY_WEIGHTS
    return weights


ALL_NODES = np.append(NODES, 1.0)
ALL_WEIGHTS = np.vstack((STAGE_WEIGHTS, WEIGHTS))
ALL_VELOCITY_WEIGHTS = _velocity_weights()
