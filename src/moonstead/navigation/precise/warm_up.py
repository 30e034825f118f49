"""Compiling the kernels of precise products ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.formats.sp3 import PreciseOrbits
from moonstead.navigation.precise.nodes import NODES
from moonstead.navigation.precise.source import PreciseSource


def warm_up() -> None:
    """Run the kernels of precise orbits and clocks on one satellite."""
    epochs = np.arange(0.0, 900.0 * NODES, 900.0)
    shape = (NODES, 1)
    orbits = PreciseOrbits(
        satellites=("G01",),
        gpst=epochs,
        position=np.full((*shape, 3), 1.5e7),
        clock=np.zeros(shape),
        velocity=None,
        clock_rate=None,
        sigma_exponent=np.zeros((*shape, 4), dtype=np.int16),
        flags=np.zeros(shape, dtype=np.uint8),
        accuracy_exponent=np.zeros(1, dtype=np.int16),
        interval=900.0,
        day=np.zeros(NODES, dtype=np.int16),
    )
    PreciseSource(orbits).states(np.zeros(1, dtype=np.int64), epochs[:1])
