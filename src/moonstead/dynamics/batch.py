"""Blocks of many flights, integrated sixteen at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import FiniteBurn, ImpulsiveBurn
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.dynamics.flights import ENDINGS, FAILED, FlightBlock
from moonstead.dynamics.forces_tables import ForceTables
from moonstead.dynamics.gauss_jackson_tableau import multistep
from moonstead.dynamics.propagated import REACHED, SURFACE
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

WIDTH = 16  # as in `batch_gravity_kernels`
FLYING, LOST = -1, -2  # as in `batch_nystrom_kernels`
POINTS = 13  # accelerations that an equal step looks back to
WORTH = 8 * POINTS  # equal steps in an arc, from which on their start pays


@dataclass(frozen=True, eq=False)
class Request:
    """All that blocks of one request have in common.

    Attributes
    ----------
    states : (N, 6) [m, m/s]
        At the start.
    push : (N,) [N m^2]
        Force by unhidden sunlight times the square of the distance.
    mass : (N,) [kg]
        At the start.
    burns : sequence of ExecutedBurn
        In any order.
    start, stop : float [s TDB past J2000]
        Span of the flights.
    times : (K,) [s TDB past J2000]
        In the order of flight.
    tables : ForceTables
        The forces; their epoch is the start.
    starts, rows : (M,), (R,) [1]
        The field, from `field_columns`.
    """

    states: Array
    push: Array
    mass: Array
    burns: tuple[ExecutedBurn, ...]
    start: float
    stop: float
    times: Array
    tables: ForceTables
    starts: NDArray[np.int64]
    rows: Array


@dataclass(frozen=True)
class Steps:
    """How steps are chosen.

    Attributes
    ----------
    tolerance : float [1]
        Estimated local error of an adaptive step over the distance and over the speed.
    length : float [s]
        Of equal steps of the summed multistep method, in arcs that are long enough; 0 for adaptive steps alone.
    """

    tolerance: float
    length: float = 0.0


def fly_block(request: Request, first: int, count: int, steps: Steps) -> FlightBlock:
    """Fly some consecutive flights.

    Parameters
    ----------
    request : Request
        All flights.
    first, count : int
        Number of the first, and how many.
    steps : Steps
        How steps are chosen.

    Returns
    -------
    FlightBlock
        Their endings, final states [m, m/s] and states at the request's times.

    Raises
    ------
    InvalidInput
        A burn uses more mass than there is.

    Source
    ------
    Dormand, El-Mikkawy & Prince (1987), IMA J. Numer. Anal. 7, 423, doi:10.1093/imanum/7.4.423, in `fly_lanes`; Berry &
    Healy (2004), J. Astronaut. Sci. 52, 331, doi:10.1007/BF03546367, in `cross_lanes`.
    """
    group = _Groups(request, first, count, steps)
    states = np.full((count, request.times.size, 6), np.nan)
    cuts = sorted(
        {request.start, request.stop, *request.times.tolist(), *(t for b in request.burns for t in _edges(b))},
        reverse=request.stop < request.start,
    )
    for here, there in zip(cuts, [*cuts[1:], None], strict=True):
        states[:, request.times == here] = group.states()[:, None]
        group.kick([b for b in request.burns if isinstance(b.burn, ImpulsiveBurn) and b.burn.tdb == here])
        if there is not None:
            group.fly(there, [b for b in request.burns if _thrusts(b, here, there)])
    return group.block(states)


def _edges(executed: ExecutedBurn) -> tuple[float, ...]:
    burn = executed.burn
    return (burn.tdb,) if isinstance(burn, ImpulsiveBurn) else (burn.start, burn.stop)


def _thrusts(executed: ExecutedBurn, here: float, there: float) -> bool:
    return isinstance(executed.burn, FiniteBurn) and executed.burn.start < 0.5 * (here + there) < executed.burn.stop


class _Groups:
    """Flights in groups of sixteen while they are under way; the last group is filled up with copies."""

    def __init__(self, request: Request, first: int, count: int, steps: Steps) -> None:
        self.request, self.first, self.count, self.steps = request, first, count, steps
        self.flights = slice(first, first + count)
        groups = -(-count // WIDTH)
        padded = np.full((groups, WIDTH, 6), np.nan)
        padded.reshape(-1, 6)[:count] = request.states[self.flights]
        known = np.all(np.isfinite(padded), axis=2)
        self.mass = np.ones(groups * WIDTH)
        self.mass[:count] = request.mass[self.flights]
        self.push = np.zeros(groups * WIDTH)
        self.push[:count] = request.push[self.flights]
        self.fates = np.where(known, FLYING, LOST).astype(np.int64)
        self.ends = np.zeros((groups, WIDTH))
        self.finals = np.full((groups, 6 * WIDTH), np.nan)
        for row, flying in zip(padded, known, strict=True):
            row[~flying] = row[np.argmax(flying)]
        self.vectors = np.ascontiguousarray(padded.transpose(0, 2, 1)).reshape(groups, 6 * WIDTH)
        self.control = np.zeros((groups, 5))
        self.control[:, 3] = steps.tolerance
        self.counters = np.zeros((groups, 3), dtype=np.int64)

    def states(self) -> Array:
        """States (B, 6) [m, m/s] now, NaN where a flight has ended."""
        now = self.vectors.reshape(-1, 6, WIDTH).transpose(0, 2, 1).reshape(-1, 6)[: self.count].copy()
        now[self.fates.reshape(-1)[: self.count] != FLYING] = np.nan
        return now

    def kick(self, burns: list[ExecutedBurn]) -> None:
        """Change velocities and masses by impulsive burns."""
        for executed in burns:
            rows = self.vectors.reshape(-1, 6, WIDTH).transpose(0, 2, 1).reshape(-1, 6)[: self.count]
            change = np.zeros((self.fates.size, 3))
            change[: self.count] = executed.change(rows, self.flights)
            view = self.vectors.reshape(-1, 6, WIDTH)
            view[:, 3:] += change.reshape(-1, WIDTH, 3).transpose(0, 2, 1)
            self.mass[: self.count] *= executed.mass_ratio(self.flights)

    def fly(self, there: float, burns: list[ExecutedBurn]) -> None:
        """Continue to a time [s TDB past J2000] under at most one finite burn."""
        flow, thrust = np.zeros(self.mass.size), np.zeros((self.mass.size, 3))
        for executed in burns:
            flow[: self.count] = executed.mass_flow(self.flights)
            thrust[: self.count] = executed.vectors[self.flights]
        duration = there - self.request.start - self.control[:, 0]
        left = self.mass - flow * np.repeat(duration, WIDTH)
        if np.any(left <= 0.0):
            raise InvalidInput(f"a burn before {there!r} s TDB past J2000 uses more mass than there is")
        kinds = np.vstack((self.push / self.mass, self.mass, flow, thrust.T)).reshape(6, -1, WIDTH)
        craft = np.ascontiguousarray(kinds.transpose(1, 0, 2)).reshape(-1, 6 * WIDTH)
        end = there - self.request.start
        self.control[:, 4] = self.control[:, 0] if burns else np.nan
        length = np.copysign(self.steps.length, end - self.control[0, 0])
        for k in range(len(self.control)):
            if length and (end - self.control[k, 0]) / length >= WORTH:
                self._cross(k, end, float(length), craft[k])
            self._adapt(k, end, craft[k])
        self.mass = left

    def _adapt(self, k: int, end: float, craft: Array) -> None:
        """Adaptive steps of a group to a time [s past the start]."""
        from moonstead.dynamics.batch_nystrom_kernels import fly_lanes

        self.control[k, 1] = end
        fly_lanes(
            self.control[k],
            self.counters[k],
            self.request.tables,
            self.request.starts,
            self.request.rows,
            craft,
            self.vectors[k, : 3 * WIDTH],
            self.vectors[k, 3 * WIDTH :],
            self.fates[k],
            self.ends[k],
            self.finals[k],
        )
        self.control[k, 0] = end

    def _cross(self, k: int, end: float, length: float, craft: Array) -> None:
        """Equal steps of a group towards a time [s past the start], until that or a surface is near."""
        from moonstead.dynamics.batch_gauss_jackson_kernels import cross_lanes

        method, begin = multistep(POINTS), float(self.control[k, 0])
        weights = (method.predict_position, method.predict_velocity, method.position, method.velocity)
        nodes = np.zeros((POINTS, 6 * WIDTH))
        for point in range(POINTS):
            if point > 0:
                self._adapt(k, begin + point * length, craft)
            nodes[point] = self.vectors[k]
        if np.all(self.fates[k] != FLYING):
            return
        control = np.array([self.control[k, 0], end, length, 0.0, self.control[k, 4]])
        cross_lanes(
            control,
            self.counters[k],
            np.array(weights),
            self.request.tables,
            self.request.starts,
            self.request.rows,
            craft,
            nodes,
            self.vectors[k, : 3 * WIDTH],
            self.vectors[k, 3 * WIDTH :],
            self.fates[k],
        )
        self.control[k, 0] = control[0]

    def block(self, states: Array) -> FlightBlock:
        """What became of all."""
        fates = self.fates.reshape(-1)[: self.count]
        flying = fates == FLYING
        ending = np.select(
            [flying, fates >= 0], [ENDINGS.index(REACHED), ENDINGS.index(SURFACE)], ENDINGS.index(FAILED)
        )
        ended = self.request.start + self.ends.reshape(-1)[: self.count]
        final = self.finals.reshape(-1, 6, WIDTH).transpose(0, 2, 1).reshape(-1, 6)[: self.count]
        final = np.where(flying[:, None], self.states(), final)
        final[fates == LOST] = np.nan
        return FlightBlock(
            first=self.first,
            ending=ending.astype(np.int8),
            body=np.where(fates >= 0, fates, -1).astype(np.int8),
            end_tdb=np.where(flying, self.request.stop, ended),
            final=final,
            states=states,
            evaluations=int(self.counters[:, 2].sum()) * WIDTH,
        )
