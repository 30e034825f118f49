"""What the tests of the adaptive kernels share: a run into buffers, and the path that the buffers hold."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from moonstead.dynamics.flight import _adaptive_room
from moonstead.dynamics.propagated import PropagatedTrajectory, Statistics
from moonstead.foundation.kernel_cache import prepare

CAPACITY = 40_000


@dataclass(frozen=True)
class Run:
    """The nodes of a run and what it cost."""

    times: np.ndarray
    positions: np.ndarray
    velocities: np.ndarray
    accelerations: np.ndarray
    edges: np.ndarray
    statistics: Statistics
    status: int

    @property
    def end(self):
        return self.positions[-1, :3]

    @property
    def edge_times(self):
        return self.times[self.edges > 0]

    def path(self):
        """With dense output; times count from 0."""
        cuts = [0, *(np.nonzero(self.edges[1:-1])[0] + 1), self.times.size - 1]
        return PropagatedTrajectory(
            name="test",
            center="MOON",
            span=(self.times[0], self.times[-1]),
            epoch=0.0,
            times=self.times,
            positions=self.positions,
            velocities=self.velocities,
            accelerations=self.accelerations,
            arcs=np.array(list(pairwise(cuts))),
            masses=np.ones(len(cuts) - 1),
            mass_flows=np.zeros(len(cuts) - 1),
            ending="end of span",
            ending_body="",
            initial_tdb=self.times[0],
            statistics=self.statistics,
            method="nystrom",
            error_estimate=np.nan,
        )


def adaptive(tables, state, stop, tolerance, *, method=None, columns=0, max_step=None, start=0.0, capacity=CAPACITY):
    """Integrate from a state (6,) at `start` to `stop` [s past the epoch]; `columns` counts parameters, -1 for none."""
    prepare()
    from moonstead.dynamics import adaptive_kernels as kernels
    from moonstead.dynamics.ephemeris_kernels import work_size

    size = 3 if columns == 0 else 21 + 3 * max(columns, 0)
    times, edges = np.zeros(capacity), np.zeros(capacity, dtype=np.uint8)
    positions, velocities, accelerations = (np.zeros((capacity, size)) for _ in range(3))
    times[0], positions[0, :3], velocities[0, :3] = start, state[:3], state[3:]
    if size > 3:
        positions[0, 3:21], velocities[0, 3:21] = np.eye(6)[:3].T.reshape(-1), np.eye(6)[3:].T.reshape(-1)
    counters = np.array([1, 0, 0, 0])
    control = np.array([stop, 0.0, -1.0, -1.0])
    longest = abs(stop - start) if max_step is None else max_step
    status = kernels.integrate(
        kernels.NYSTROM if method is None else method,
        control,
        counters,
        tolerance,
        longest,
        tables,
        _adaptive_room(work_size(tables), size),
        times,
        positions,
        velocities,
        accelerations,
        edges,
    )
    count = counters[0]
    parts = (array[:count] for array in (times, positions, velocities, accelerations, edges))
    return Run(*parts, Statistics(*(int(x) for x in counters[1:])), status)
