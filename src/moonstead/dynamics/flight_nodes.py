"""Buffers that a propagation writes its nodes to."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.propagated import REACHED, SURFACE, PropagatedTrajectory, Statistics
from moonstead.foundation.errors import NumericalFailure

Array = NDArray[np.float64]

FIRST_NODES = 256
MOST_BYTES = 2e9  # of all nodes: ten years of a low lunar orbit fit in
ORBIT, TRANSITION = 3, 18  # numbers of position that an orbit and its transition matrix take
LIGHT = "radiation"  # the parameter that shadows touch


class FlightNodes:
    """Nodes of one propagation, in the order of motion; the buffers grow.

    Parameters
    ----------
    state : (6,) [m, m/s]
        At the first node.
    time : float [s]
        Of the first node, past the epoch of the force tables.
    parameters : tuple of str
        Force parameters whose partials are carried along.
    with_transition : bool
        Whether the state-transition matrix is; with parameters it always is.
    """

    def __init__(self, state: Array, time: float, parameters: tuple[str, ...], with_transition: bool) -> None:
        size = ORBIT + TRANSITION + 3 * len(parameters) if with_transition or parameters else ORBIT
        self.light_column = ORBIT + TRANSITION + 3 * parameters.index(LIGHT) if LIGHT in parameters else 0
        self.count = 1
        self.statistics = np.zeros(3, dtype=np.int64)  # steps, steps in vain, evaluations
        self.drift = np.zeros(2)  # estimated error along the track: [m/s] and [m]
        self.largest_drift = 0.0
        self.times = np.zeros(FIRST_NODES)
        self.times[0] = time
        self.positions, self.velocities, self.accelerations = (np.zeros((FIRST_NODES, size)) for _ in range(3))
        self.edges = np.zeros(FIRST_NODES, dtype=np.uint8)
        self.arcs: list[tuple[int, int, float, float]] = []
        self.positions[0, :3], self.velocities[0, :3] = state[:3], state[3:]
        if size > ORBIT:
            self._write_transition(np.eye(6))

    @property
    def buffers(self) -> tuple[Array, Array, Array, Array, NDArray[np.uint8]]:
        """What a kernel writes to: times [s], (n, D) [m, m/s, m/s^2], flags of edges."""
        return self.times, self.positions, self.velocities, self.accelerations, self.edges

    def reserve(self, count: int) -> None:
        """Make room for so many nodes altogether.

        Parameters
        ----------
        count : int
            Nodes, those written included.

        Raises
        ------
        NumericalFailure
            They would fill the memory: the steps have shrunk beyond what such motion needs.
        """
        if count * sum(array[:1].nbytes for array in self.buffers) > MOST_BYTES:
            raise NumericalFailure(
                f"the flight would need {count} nodes, more than {MOST_BYTES / 1e9:g} GB: steps have become too short. "
                "Ask for a larger tolerance or a shorter span"
            )
        if count > self.times.size:
            more = max(count, 2 * self.times.size) - self.times.size
            self.times, self.positions, self.velocities, self.accelerations, self.edges = (
                np.concatenate((array, np.zeros((more, *array.shape[1:]), dtype=array.dtype))) for array in self.buffers
            )

    def grow(self) -> None:
        """Double the room."""
        self.reserve(2 * self.times.size)

    def last_state(self) -> Array:
        """State (6,) [m, m/s] at the last node."""
        return np.concatenate((self.positions[self.count - 1, :3], self.velocities[self.count - 1, :3]))

    def last_transition(self) -> Array:
        """State-transition matrix (6, 6) [mixed] from the start to the last node."""
        return np.ascontiguousarray(self._partials()[:, :6])

    def jump(self, change: Array, matrix: Array) -> None:
        """Add a node at the same time with another velocity.

        Parameters
        ----------
        change : (3,) [m/s]
            Of the velocity.
        matrix : (6, 6) [mixed]
            How the state behind depends on the state before.
        """
        self.reserve(self.count + 2)
        old, new = self.count - 1, self.count
        for array in self.buffers[:4]:
            array[new] = array[old]
        self.count += 1
        self.velocities[new, :3] += change
        if self.positions.shape[1] > ORBIT:
            self._write_partials(matrix @ self._partials())

    def close_arc(self, first: int, mass: float, flow: float) -> None:
        """Note the arc from a node to the last one, cut at edges of shadow.

        Parameters
        ----------
        first : int
            Node that the arc starts at.
        mass, flow : float [kg, kg/s]
            Mass there, and its loss.
        """
        inner = first + 1 + np.nonzero(self.edges[first + 1 : self.count - 1])[0]
        bounds = [first, *inner.tolist(), self.count - 1]
        for start, stop in pairwise(bounds):
            lost = flow * float(self.times[start] - self.times[first])
            if stop > start:
                self.arcs.append((start, stop, mass - lost, flow))

    def trajectory(
        self,
        name: str,
        center: str,
        epoch: float,
        start: float,
        stop: float,
        ended: str,
        method: str,
        error: float,
        parameters: tuple[str, ...],
    ) -> PropagatedTrajectory:
        """The nodes as a trajectory whose times rise.

        Parameters
        ----------
        name, center : str
            Of the trajectory, and the body it is measured from.
        epoch, start, stop : float [s TDB past J2000]
            Origin of the nodes' times, and the span that was asked for.
        ended : str
            Body whose surface ended the motion; empty where none did.
        method : str
            Integrator.
        error : float [m]
            Estimated error of the position.
        parameters : tuple of str
            Whose partials the nodes carry.

        Returns
        -------
        PropagatedTrajectory
            With dense output.
        """
        last = self.count - 1
        final = epoch + float(self.times[last]) if ended else stop
        arrays = [array[: self.count] for array in self.buffers[:4]]
        arcs = np.array([arc[:2] for arc in self.arcs], dtype=np.int64).reshape(-1, 2)
        masses, flows = (np.array([arc[k] for arc in self.arcs], dtype=np.float64) for k in (2, 3))
        if stop < start:
            masses = masses - flows * (self.times[arcs[:, 1]] - self.times[arcs[:, 0]])
            arrays = [array[::-1] for array in arrays]
            arcs, masses, flows = last - arcs[::-1, ::-1], masses[::-1], flows[::-1]
        times, positions, velocities, accelerations = (np.ascontiguousarray(array) for array in arrays)
        return PropagatedTrajectory(
            name=name,
            center=center,
            span=(float(min(start, final)), float(max(start, final))),
            epoch=epoch,
            times=times,
            positions=positions,
            velocities=velocities,
            accelerations=accelerations,
            arcs=np.ascontiguousarray(arcs),
            masses=np.ascontiguousarray(masses),
            mass_flows=np.ascontiguousarray(flows),
            ending=SURFACE if ended else REACHED,
            ending_body=ended,
            initial_tdb=start,
            statistics=Statistics(*(int(x) for x in self.statistics)),
            method=method,
            error_estimate=error,
            parameters=parameters,
        )

    def _partials(self) -> Array:
        node = self.count - 1
        upper = self.positions[node, ORBIT:].reshape(-1, 3).T
        return np.concatenate((upper, self.velocities[node, ORBIT:].reshape(-1, 3).T), axis=0)

    def _write_partials(self, matrix: Array) -> None:
        node = self.count - 1
        self.positions[node, ORBIT:] = matrix[:3].T.reshape(-1)
        self.velocities[node, ORBIT:] = matrix[3:].T.reshape(-1)

    def _write_transition(self, matrix: Array) -> None:
        partials = self._partials()
        partials[:, :6] = matrix
        self._write_partials(partials)
