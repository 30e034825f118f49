"""Many runs of station keeping with drawn errors: what it costs, and which runs lose their orbit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.burns import ImpulsiveBurn
from moonstead.dynamics.executed_burn import ExecutedBurn
from moonstead.dynamics.propagate_many import propagate_many
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.orbits.keeping.annual_cost import AnnualCost, FailedRun
from moonstead.orbits.keeping.controllers import Controller
from moonstead.orbits.keeping.keeping_errors import KeepingErrors, draw_errors, executed
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
STEP_TOLERANCE = 1e-9  # [1] of true motion: decimetres a revolution
BLOCK = 1024  # runs that are computed together


@dataclass(frozen=True, eq=False)
class KeptRuns:
    """What happened in many runs of station keeping.

    Attributes
    ----------
    cost : AnnualCost
        Change of velocity in a year, with percentiles and failed runs.
    burn_tdb : (K,) [s TDB past J2000]
        When burns may be made.
    burns : (N, K) [m/s]
        Length of each burn as it was executed; 0 where none was made, NaN after a run has failed.
    departures : (N, K) [m]
        Distance from the reference at the same time, before each burn; NaN after a run has failed.
    unsolved : int
        Plans, of all runs, that do not meet the aim of the method; the best burn found was made.
    predictions : int
        Flights in the full model that all plans took.
    interrupted : bool
        Whether the user stopped the computation: runs are fewer then, or shorter, than asked.
    """

    cost: AnnualCost
    burn_tdb: Array
    burns: Array
    departures: Array
    unsolved: int
    predictions: int
    interrupted: bool = False


def keep_orbit(
    controller: Controller,
    reference: ReferenceOrbit,
    errors: KeepingErrors,
    data: DataContext,
    *,
    runs: int,
    seed: int,
    duration: float | None = None,
    lost_beyond: float = 15e6,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> KeptRuns:
    """Many runs of station keeping about a reference orbit, in the full model of the reference.

    Every run flies its own true state: departures, burns with errors of execution, unloads of momentum at perilune and
    its own radiation pressure. Plans are made from states with errors of navigation. Interrupted by the keyboard, it
    answers with the runs that are finished, or with all runs as far as they came.

    Parameters
    ----------
    controller : Controller
        What plans the burns.
    reference : ReferenceOrbit
        What the controller keeps.
    errors : KeepingErrors
        Standard deviations.
    data : DataContext
        Ephemeris, orientation and gravity field.
    runs : int
        How many.
    seed : int
        The same seed gives the same runs; run 7 has the same errors whatever the number of runs.
    duration : float or None [s]
        From the first burn; None for as long as the reference serves the controller.
    lost_beyond : float [m]
        A run that is farther from the reference at a time of burns has lost its orbit.
    threads : int or None
        For `propagate_many`.
    progress : callable or None
        Told how many burn times of all blocks of runs are done, and how many there are.

    Returns
    -------
    KeptRuns
        Cost [m/s in a year] and what happened at each time.

    Raises
    ------
    InvalidInput
        No runs are asked for, or the reference is shorter than the duration.

    Source
    ------
    Monte Carlo analyses of Davis et al. (2017), AAS 17-269, and Guzzetti et al. (2017), AAS 17-395.
    """
    if runs < 1:
        raise InvalidInput(f"at least one run is needed; got {runs}")
    crossings = _burn_crossings(controller, reference, duration)
    steps, tdb = crossings.size - 1, reference.crossing_tdb[crossings]
    flight = _Flight(controller, reference, errors, data, crossings, seed, lost_beyond, threads)
    blocks = [range(first, min(first + BLOCK, runs)) for first in range(0, runs, BLOCK)]
    done: list[_Block] = []
    stopped: int | None = None
    for number, block in enumerate(blocks):
        part = _Block.empty(block, steps)
        try:
            for k in flight.steps(part):
                if progress is not None:
                    progress(number * steps + k + 1, len(blocks) * steps)
        except KeyboardInterrupt:
            if not done:  # shorter runs are an answer too
                if part.steps_done == 0:
                    raise
                stopped = part.steps_done
                done.append(part)
            else:
                stopped = steps
            break
        done.append(part)
    last = steps if stopped is None else stopped
    burns = np.concatenate([each.burns for each in done])[:, :last]
    departures = np.concatenate([each.departures for each in done])[:, :last]
    failures = tuple(sorted((each for part in done for each in part.failures), key=lambda one: one.run))
    span = float(tdb[last] - tdb[0])
    yearly = JULIAN_YEAR / span
    cost, count = burns.sum(axis=1) * yearly, np.sum(burns > 0.0, axis=1) * yearly
    lost = [each.run for each in failures]
    cost[lost] = count[lost] = np.nan
    answer = AnnualCost(controller.name, span, cost, count, failures)
    return KeptRuns(
        answer,
        tdb[:last],
        burns,
        departures,
        sum(each.unsolved for each in done),
        sum(each.predictions for each in done),
        stopped is not None,
    )


def _burn_crossings(controller: Controller, reference: ReferenceOrbit, duration: float | None) -> NDArray[np.int64]:
    crossings = controller.burn_crossings
    tdb = reference.crossing_tdb[crossings]
    if duration is not None:
        if tdb.size < 2 or tdb[-1] - tdb[0] < duration:
            raise InvalidInput(
                f"the reference serves this control for {(tdb[-1] - tdb[0]) / SECONDS_PER_DAY:.5g} d, less than the "
                f"{duration / SECONDS_PER_DAY:.5g} d asked: fly it for longer"
            )
        crossings = crossings[: int(np.searchsorted(tdb, tdb[0] + duration)) + 1]
    if crossings.size < 2:
        raise InvalidInput("the reference serves this control for a single burn: fly it for longer")
    return crossings


@dataclass(eq=False)
class _Block:
    """Runs that are computed together, as far as they are."""

    runs: range
    burns: Array
    departures: Array
    failures: list[FailedRun]
    unsolved: int
    predictions: int
    steps_done: int

    @classmethod
    def empty(cls, runs: range, steps: int) -> _Block:
        unknown = np.full((len(runs), steps), np.nan)
        return cls(runs, unknown, unknown.copy(), [], 0, 0, 0)


@dataclass(frozen=True, eq=False)
class _Flight:
    """What all blocks share."""

    controller: Controller
    reference: ReferenceOrbit
    errors: KeepingErrors
    data: DataContext
    crossings: NDArray[np.int64]
    seed: int
    lost_beyond: float
    threads: int | None

    def steps(self, block: _Block) -> Iterator[int]:
        """Fly a block from burn to burn; gives the number of each step that is finished."""
        here = self.reference.crossing_tdb[self.crossings]
        wanted = self.reference.crossing_states[self.crossings]
        perilunes = self.reference.perilune_tdb
        perilunes = perilunes[(perilunes > here[0]) & (perilunes < here[-1])]
        draws = draw_errors(self.errors, block.runs, here.size - 1, perilunes.size, self.seed)
        state = np.array(wanted[0] + draws.insertion)
        alive = np.arange(len(block.runs))
        for k in range(here.size - 1):
            plan = self.controller.plan(k, state[alive] + draws.navigation[alive, k])
            large = np.linalg.norm(plan.delta_v, axis=1, keepdims=True) >= self.errors.minimum_burn
            burnt = executed(np.where(large, plan.delta_v, 0.0), self.errors.execution, draws.execution[alive, k])
            block.unsolved += int(np.count_nonzero(~plan.solved))
            block.predictions += plan.predictions
            block.burns[alive, k] = np.linalg.norm(burnt, axis=1)
            block.departures[alive, k] = np.linalg.norm(state[alive, :3] - wanted[k, :3], axis=1)
            state[alive, 3:] += burnt
            inside = np.flatnonzero((perilunes > here[k]) & (perilunes < here[k + 1]))
            unloads = [
                ExecutedBurn(ImpulsiveBurn(float(perilunes[p]), (0.0, 0.0, 0.0)), draws.unloads[alive, p])
                for p in inside
            ]
            flights = propagate_many(
                state[alive],
                float(here[k]),
                float(here[k + 1]),
                self.reference.model,
                self.data,
                step_tolerance=STEP_TOLERANCE,
                radiation_scale=draws.radiation[alive],
                burns=unloads,
                threads=self.threads,
            )
            state[alive] = flights.final
            away = np.linalg.norm(flights.final[:, :3] - wanted[k + 1, :3], axis=1)
            lost = ~flights.arrived | ~(away <= self.lost_beyond)
            for row in np.flatnonzero(lost):
                met = flights.ending_body[row]
                why = f"{away[row] / 1e3:.0f} km from the reference" if flights.arrived[row] else "the flight failed"
                failed = FailedRun(
                    block.runs.start + int(alive[row]), float(flights.end_tdb[row]), f"met the {met}" if met else why
                )
                block.failures.append(failed)
            alive = alive[~lost]
            block.steps_done = k + 1
            yield k
            if not alive.size:
                return
