"""Compiling the kernels of screening ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.dynamics.mean_elements import MeanElements
from moonstead.monitoring.objects import Sgp4Objects
from moonstead.monitoring.screening.screen import screen


def warm_up() -> None:
    """Screen two made-up objects over two minutes."""
    one, whole = np.ones(2), np.arange(2, dtype=np.int64)
    zero = np.zeros(2)
    made_up = MeanElements(
        whole, ("", ""), ("", ""), 0 * whole, zero, 1e-3 * one, zero, one, zero, zero, np.array([0.0, 1.0]),
        zero, zero, zero, whole, whole, ("", ""),
    )  # fmt: skip
    screen(Sgp4Objects(made_up), 0.0, 120.0, 1e3)
