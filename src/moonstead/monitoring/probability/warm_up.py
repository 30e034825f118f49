"""Compiling the kernels of collision probability ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.monte_carlo import monte_carlo
from moonstead.monitoring.probability.rates import nc_3d


def warm_up() -> None:
    """Run the kernels of the rate of collisions and of Monte Carlo once; the compiled code stays in numba's cache."""
    state1 = np.array([7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0])
    state2 = np.array([7.0e6, 0.0, 50.0, 0.0, 0.0, 7.5e3])
    covariance = np.diag([100.0, 400.0, 100.0, 1e-4, 1e-4, 1e-4])
    encounter = Encounter(state1, state2, covariance, covariance, 10.0)
    nc_3d(encounter, (-10.0, 10.0))
    monte_carlo(encounter, 16, segment=(-10.0, 10.0))
