"""What the kernels of the summed multistep method work on, bundled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

# Places in `Memory.progress`
STEP = 0  # of the grid, newest
HEAD = 1  # of the history: where the newest acceleration stands
NODES = 2  # written
EVALUATIONS = 3
PHASE = 4  # of sunlight at the newest step
BODY_HIT = 5  # surface that ended the motion

# Places in `Memory.measures`
SHARE = 0  # [1] of the Sun that is visible at the newest step
LARGEST_DRIFT = 1  # [m] estimated error along the track so far

MOST_EDGES = 8  # of shadow within one step
SPARE_NODES = MOST_EDGES + 4  # that one step may need
HISTORY = 256  # accelerations kept besides those that a step looks back to


class Grid(NamedTuple):
    """An arc cut into equal steps.

    Attributes
    ----------
    start, step : float [s]
        First time past the epoch, and the step (signed).
    steps, stride : int
        Number of steps, and how many lie between two nodes; `steps` is a multiple of `stride`.
    light_column : int
        Column of the partials by radiation pressure among the D; 0 for none.
    """

    start: float
    step: float
    steps: int
    stride: int
    light_column: int


class Nodes(NamedTuple):
    """States that are kept: times (n,) [s], (n, D) [m, m/s, m/s^2], and (n,) 1 where the forces have an edge."""

    times: Array
    positions: Array
    velocities: Array
    accelerations: Array
    edges: NDArray[np.uint8]


class Memory(NamedTuple):
    """What a step leaves to the next one.

    Attributes
    ----------
    history : (R, D) [m/s^2]
        Accelerations without shadow, from `progress[HEAD]` on, newest first.
    sums : (4, D) [m/s^2]
        First sum, its rounding errors, second sum, its rounding errors.
    losses : (2, 3) [m/s, m]
        What shadows took from velocity and position since the arc's start.
    drift : (2,) [m/s, m]
        Estimated error along the track: its rate and itself.
    progress : (6,) int64
        Counters.
    measures : (2,) [1, m]
        Share of the Sun, largest drift.
    """

    history: Array
    sums: Array
    losses: Array
    drift: Array
    progress: Integers
    measures: Array


class Scratch(NamedTuple):
    """Room for one step: the forces' own, partial derivatives, vectors, the prediction, both ends, edges within it."""

    work: Array
    gradient: Array
    damping: Array
    point: Array
    push: Array
    lost: Array
    position: Array
    velocity: Array
    positions: Array
    velocities: Array
    accelerations: Array
    edges: Array
    edge_losses: Array
