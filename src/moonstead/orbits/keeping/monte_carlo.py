"""Many runs of station keeping with drawn errors: what it costs, and which runs lose their orbit."""

from __future__ import annotations

from collections.abc import Callable
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
from moonstead.orbits.keeping.keeping_errors import Draws, KeepingErrors, draw_errors, executed
from moonstead.orbits.keeping.reference_orbit import ReferenceOrbit

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
STEP_TOLERANCE = 1e-9  # [1] of true motion: decimetres a revolution
BLOCK = 512  # runs that are computed together


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
    """

    cost: AnnualCost
    burn_tdb: Array
    burns: Array
    departures: Array
    unsolved: int
    predictions: int


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
    its own radiation pressure. Plans are made from states with errors of navigation.

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
        Told how many burn times of all blocks of runs are done, and how many there are. What it raises ends the
        computation.

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
    crossings = controller.burn_crossings
    tdb = reference.crossing_tdb[crossings]
    if duration is not None:
        if tdb.size < 2 or tdb[-1] - tdb[0] < duration:
            raise InvalidInput(
                f"the reference serves this control for {(tdb[-1] - tdb[0]) / SECONDS_PER_DAY:.5g} d, less than the "
                f"{duration / SECONDS_PER_DAY:.5g} d asked: fly it for longer"
            )
        count = int(np.searchsorted(tdb, tdb[0] + duration)) + 1
        crossings, tdb = crossings[:count], tdb[:count]
    if tdb.size < 2:
        raise InvalidInput("the reference serves this control for a single burn: fly it for longer")
    steps = tdb.size - 1
    blocks = [range(first, min(first + BLOCK, runs)) for first in range(0, runs, BLOCK)]
    burns, departures = np.full((runs, steps), np.nan), np.full((runs, steps), np.nan)
    failures: list[FailedRun] = []
    unsolved = predictions = 0
    perilunes = reference.perilune_tdb[(reference.perilune_tdb > tdb[0]) & (reference.perilune_tdb < tdb[-1])]
    for number, block in enumerate(blocks):
        draws = draw_errors(errors, block, steps, perilunes.size, seed)
        state = np.array(reference.crossing_states[crossings[0]] + draws.insertion)
        alive = np.arange(len(block))
        for k in range(steps):
            estimates = state[alive] + draws.navigation[alive, k]
            plan = controller.plan(k, estimates)
            planned = np.where(
                np.linalg.norm(plan.delta_v, axis=1, keepdims=True) >= errors.minimum_burn, plan.delta_v, 0.0
            )
            unsolved += int(np.count_nonzero(~plan.solved))
            predictions += plan.predictions
            done = executed(planned, errors.execution, draws.execution[alive, k])
            burns[block.start + alive, k] = np.linalg.norm(done, axis=1)
            away = state[alive, :3] - reference.crossing_states[crossings[k], :3]
            departures[block.start + alive, k] = np.linalg.norm(away, axis=1)
            state[alive, 3:] += done
            reached, ended, reason = _flown(
                state[alive], tdb[k], tdb[k + 1], perilunes, draws, alive, reference, data, threads
            )
            state[alive] = reached
            away = np.linalg.norm(reached[:, :3] - reference.crossing_states[crossings[k + 1], :3], axis=1)
            lost = np.array([bool(text) for text in reason]) | ~(away <= lost_beyond)
            for row in np.flatnonzero(lost):
                why = reason[row] or f"{away[row] / 1e3:.0f} km from the reference"
                failures.append(FailedRun(block.start + int(alive[row]), float(ended[row]), why))
            alive = alive[~lost]
            if progress is not None:
                progress(number * steps + k + 1, len(blocks) * steps)
            if not alive.size:
                break
    span = float(tdb[-1] - tdb[0])
    cost = np.sum(burns, axis=1) * JULIAN_YEAR / span
    count = np.sum(burns > 0.0, axis=1) * JULIAN_YEAR / span
    rows = [failure.run for failure in failures]
    cost[rows], number_of_burns = np.nan, np.array(count, dtype=np.float64)
    number_of_burns[rows] = np.nan
    answer = AnnualCost(controller.name, span, cost, number_of_burns, tuple(sorted(failures, key=lambda f: f.run)))
    return KeptRuns(answer, tdb[:-1], burns, departures, unsolved, predictions)


def _flown(
    states: Array,
    start: float,
    stop: float,
    perilunes: Array,
    draws: Draws,
    alive: NDArray[np.int64],
    reference: ReferenceOrbit,
    data: DataContext,
    threads: int | None,
) -> tuple[Array, Array, list[str]]:
    """True states (N, 6) at the next burn, when each flight ended, and why where it ended before."""
    inside = np.flatnonzero((perilunes > start) & (perilunes < stop))
    unloads = [
        ExecutedBurn(ImpulsiveBurn(float(perilunes[k]), (0.0, 0.0, 0.0)), draws.unloads[alive, k]) for k in inside
    ]
    flights = propagate_many(
        states,
        float(start),
        float(stop),
        reference.model,
        data,
        step_tolerance=STEP_TOLERANCE,
        radiation_scale=draws.radiation[alive],
        burns=unloads,
        threads=threads,
    )
    reasons = [
        "" if arrived else (f"met {name}" if name else "flight failed")
        for arrived, name in zip(flights.arrived, flights.ending_body, strict=True)
    ]
    return flights.final, flights.end_tdb, reasons
