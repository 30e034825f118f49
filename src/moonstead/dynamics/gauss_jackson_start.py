"""The first points of a grid, which the summed multistep method looks back to."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics import places_tables as at
from moonstead.dynamics.forces_tables import ForceTables
from moonstead.dynamics.gauss_jackson_tableau import Multistep
from moonstead.dynamics.gauss_jackson_tables import (
    EVALUATIONS,
    HEAD,
    NODES,
    PHASE,
    SHARE,
    STEP,
    Grid,
    Memory,
    Nodes,
    Scratch,
)

Array = NDArray[np.float64]

NOT_SETTLED = 5  # beside the statuses of `adaptive_kernels`
MOST_SWEEPS = 40  # Picard's iteration converges like the series of the cosine
SETTLED = 1e-15  # [1] change of the positions over the distance
LOOKS = 2  # at shadows, each after the points have settled: a shadow moves them by less than a metre
NOISE = 1e3  # times `SETTLED`: below it a change that no longer shrinks is rounding


def start(grid: Grid, method: Multistep, tables: ForceTables, scratch: Scratch, memory: Memory, nodes: Nodes) -> int:
    """Make the first K points of a grid around the last node, by Picard's iteration on the polynomial through them.

    The points lie on both sides of the node, where the sums are least sensitive to what the polynomial leaves out.

    Parameters
    ----------
    grid : Grid
        Steps [s].
    method : Multistep
        Coefficients with K back points.
    tables : ForceTables
        The forces.
    scratch : Scratch
        Room.
    memory : Memory
        Is filled.
    nodes : Nodes
        The last one holds the state; those of the grid that lie ahead are added.

    Returns
    -------
    int
        DONE, NOT_FINITE or NOT_SETTLED.

    Source
    ------
    Berry & Healy (2004), J. Astronaut. Sci. 52, 331, doi:10.1007/BF03546367, there with mid-correctors.
    """
    from moonstead.dynamics import gauss_jackson_kernels as kernels

    points, h, lit = method.position.size, grid.step, tables.numbers[at.RADIATION] != 0.0
    middle, last = points // 2, points - 1
    offset = np.arange(points) - middle
    times: Array = np.asarray(grid.start + offset * h, dtype=np.float64)
    node = int(memory.progress[NODES]) - 1
    p, v = (np.repeat(array[node][None], points, axis=0) for array in (nodes.positions, nodes.velocities))
    a = np.zeros_like(p)
    window = _Window(times, h, p, v, a, grid.light_column)
    kernels.evaluate(times, p, v, tables, scratch, a)
    a[:] = a[middle]
    memory.progress[EVALUATIONS] += points
    scale, old, looked = float(np.linalg.norm(p[middle, :3])), np.inf, 0
    for sweep in range(MOST_SWEEPS + 1):
        before = p[:, :3].copy()
        p[:] = p[middle] + h * (offset[:, None] * v[middle] + h * (method.start_position @ a))
        v[:] = v[middle] + h * (method.start_velocity @ a)
        window.add(p, window.carried[:, 1])
        window.add(v, window.carried[:, 0])
        change = float(np.max(np.abs(p[:, :3] - before)))
        if not np.isfinite(change):
            return int(kernels.NOT_FINITE)
        if change <= SETTLED * scale or (change <= NOISE * SETTLED * scale and change >= old):
            if not lit or looked == LOOKS or not window.lose(tables, scratch, kernels):
                break
            looked, old = looked + 1, np.inf
            continue
        if sweep == MOST_SWEEPS:
            return NOT_SETTLED
        old = change
        kernels.evaluate(times, p, v, tables, scratch, a)
        memory.progress[EVALUATIONS] += points

    memory.progress[HEAD] = memory.history.shape[0] - points
    memory.progress[STEP] = last - middle
    memory.history[-points:] = a[::-1]
    memory.losses[:] = window.carried[last]
    smooth_p, smooth_v = p[-1:].copy(), v[-1:].copy()
    window.add(smooth_p, -window.carried[-1:, 1])
    window.add(smooth_v, -window.carried[-1:, 0])
    memory.sums[0] = smooth_v[0] / h - method.velocity @ a[::-1]
    memory.sums[2] = smooth_p[0] / h**2 - method.position @ a[::-1]
    memory.sums[1] = memory.sums[3] = 0.0
    for j in range(middle, points):
        share = 1.0
        if lit:
            found = window.lose_in(j - 1, j, tables, scratch, kernels) if j > middle else 0
            if found:
                kernels.write_edges(found, times[j - 1], scratch, tables, grid, memory, nodes)
            share = kernels.sun_share(times[j], p[j], tables, scratch.work, scratch.push)
            memory.progress[PHASE] = int(0.5 * kernels.light_here(times[j], p[j], tables, scratch.work, scratch.push))
            memory.measures[SHARE] = share
        if (j - middle) % grid.stride == 0:
            here = node if j == middle else int(memory.progress[NODES])
            nodes.times[here], nodes.positions[here], nodes.velocities[here] = times[j], p[j], v[j]
            nodes.accelerations[here] = a[j]
            window.add(nodes.accelerations[here : here + 1], (share - 1.0) * scratch.push[None])
            if j > middle:
                nodes.edges[here] = 0
                memory.progress[NODES] = here + 1
    memory.measures[SHARE] = share
    return int(kernels.DONE)


class _Window:
    """The K points while they settle, and what shadows take between them, outwards from the middle."""

    def __init__(self, times: Array, h: float, p: Array, v: Array, a: Array, light_column: int) -> None:
        self.times, self.h, self.p, self.v, self.a = times, h, p, v, a
        self.columns = [0, light_column] if light_column else [0]
        self.own = np.zeros((len(p), 6))  # change of velocity and position in the step to each point
        self.carried = np.zeros((len(p), 2, 3))  # until each point: of velocity, of position

    def add(self, rows: Array, vectors: Array) -> None:
        """Add vectors (n, 3) to the orbit and to the partials by radiation pressure in rows (n, D)."""
        for column in self.columns:
            rows[:, column : column + 3] += vectors

    def lose(self, tables: ForceTables, scratch: Scratch, kernels: ModuleType) -> bool:
        """Find what shadows take between all points; return whether they take anything."""
        middle = len(self.p) // 2
        for j in range(middle + 1, len(self.p)):
            self.lose_in(j - 1, j, tables, scratch, kernels)
        for j in range(middle - 1, -1, -1):
            self.lose_in(j + 1, j, tables, scratch, kernels)
        return bool(np.any(self.carried))

    def lose_in(self, before: int, after: int, tables: ForceTables, scratch: Scratch, kernels: ModuleType) -> int:
        """Find what shadows take between two points; return the number of edges."""
        ends = [before, after]
        scratch.positions[:], scratch.velocities[:] = self.p[ends], self.v[ends]
        scratch.accelerations[:] = self.a[ends]
        self.add(scratch.positions[1:], -self.own[after, 3:][None])
        self.add(scratch.velocities[1:], -self.own[after, :3][None])
        h = self.h * (after - before)
        found = int(kernels.shadow_loss(self.times[before], h, scratch, tables))
        self.own[after] = scratch.lost
        velocity, position = self.carried[before]
        self.carried[after, 0] = velocity + scratch.lost[:3]
        self.carried[after, 1] = position + h * velocity + scratch.lost[3:]
        return found
