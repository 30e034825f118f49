"""What the kernel of adaptive integration works on, bundled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STAGES = 17  # the most of any method
MOST_EDGES = 8  # inside one step


class AdaptiveRoom(NamedTuple):
    """Scratch space of steps with D numbers of position.

    Attributes
    ----------
    work : (K,) [mixed]
        Of the forces.
    gradient, damping : (3, 3) [1/s^2, 1/s]
        Of the forces.
    stage_velocities, stage_accelerations : (STAGES, D) [m/s, m/s^2]
        Of a step.
    position : (D,) [m]
        Of a stage.
    change, rest : (2, D) [m, m/s]
        What a step adds, and what rounding left of the sums so far.
    point, jerk : (3,) [m, m/s^3]
        At an edge.
    edge_times, edge_phases : (MOST_EDGES,) [s, 1]
        Edges inside a step.
    """

    work: Array
    gradient: Array
    damping: Array
    stage_velocities: Array
    stage_accelerations: Array
    position: Array
    change: Array
    rest: Array
    point: Array
    jerk: Array
    edge_times: Array
    edge_phases: NDArray[np.int64]
