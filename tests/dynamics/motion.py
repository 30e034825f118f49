"""What the tests of motion share: the three cases of the engine comparison."""

from __future__ import annotations

import numpy as np

from moonstead.dynamics.propagate import OrbitState

EPOCH = 946_728_000.0  # [s TDB past J2000] 2030-01-01T00:00:00 TDB
DAY = 86_400.0  # [s]
CASES = {
    # 100 km above the Moon, circular, polar
    "A": (
        [55074.35716849375, 1684432.8821640938, 733414.3990043009],
        [43.27646245082007, -652.9614258298493, 1496.4067716593987],
    ),
    # 200 x 16 000 km, 24 h; it sinks below the mean sphere within 10 days
    "B": (
        [-1063124.4860309623, -792334.9249078972, 1413441.0825968648],
        [307.54385550954266, -1933.8021646053232, -852.71441760016],
    ),
    # 9:2 near-rectilinear halo orbit, from its apolune
    "C": (
        [-513587.2397599223, 16333849.683022105, -65530157.47839235],
        [-62.7833955767683, 38.2965597390079, 11.855885706067486],
    ),
}


def case(name: str) -> OrbitState:
    return OrbitState(np.concatenate(CASES[name]), EPOCH)
