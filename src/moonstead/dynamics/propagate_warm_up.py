"""Compiling the kernels of propagation ahead of their first use."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def warm_up(progress: Callable[[str], None] | None = None) -> None:
    """Compile, or load from the cache, every kernel that `propagate` and its dense output use.

    Parameters
    ----------
    progress : callable or None
        Told the name of each step before it starts.
    """
    from moonstead.dynamics.flight import FlightPlan, fly
    from moonstead.dynamics.forces import ForceModel
    from moonstead.dynamics.forces_tables import static_tables
    from moonstead.dynamics.step_control import GAUSS_JACKSON, NYSTROM, AdaptiveSteps, FixedSteps

    model = ForceModel(degree=0, third_bodies=())
    state = np.array([1.9e6, 0.0, 0.0, 0.0, 1.6e3, 0.0])
    plan = FlightPlan(state, 0.0, 900.0, model, static_tables(model), ())
    adaptive = AdaptiveSteps(NYSTROM, 1e-9)
    if progress is not None:
        progress("adaptive steps")
    flight = fly(plan, adaptive)
    if progress is not None:
        progress("dense output")
    path = flight.nodes.trajectory("warm-up", "MOON", 0.0, 0.0, 900.0, "", NYSTROM, 0.0, ())
    path.state(np.array([450.0]))
    if progress is not None:
        progress(GAUSS_JACKSON)
    fly(plan, FixedSteps(7, 10.0, adaptive))
