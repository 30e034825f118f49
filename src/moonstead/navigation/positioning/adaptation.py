"""What a file says about its own errors: constant biases of signals, and how large each kind of error is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.positioning.calibration import Constants, calibrate
from moonstead.navigation.positioning.epochs import UNUSED, USED, Limits, Problem, Solution, solve
from moonstead.navigation.positioning.error_budget import ErrorParts

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

SAMPLE = 150  # epochs, evenly spread, that the errors are learnt from: a day has no more independent ones
FEWEST = 10  # solved epochs below which nothing is learnt
ROUNDS = 4
WIDE = 5.0  # [m] of the vertical ionosphere while biases are learnt: the model's own mean error must not enter them
HELD = 1e-3  # [m] of offsets that constants of the satellites take over
BEST_OFFSET = 0.1  # [m] below which no offset between signals is believed to be constant over a day
# [1], [m] factors of variances are kept between, or as large as makes the error 5 m: more is no matter of statistics
LEAST, MOST, WORST = 1e-3, 25.0, 5.0
PSEUDO = 30.0  # [1] weight of the assumed size of an error, in degrees of freedom


@dataclass(frozen=True, slots=True, eq=False)
class Adapted:
    """What was learnt.

    Attributes
    ----------
    bias, sigma : (S, 2) [m]
        Of each satellite's signals: to be taken from the codes; and how well they are known.
    offset_prior : (X, 2) [m], [m2]
        Of the offsets that are left in each epoch.
    parts : ErrorParts
        With their factors.
    sampled : int
        Epochs it was learnt from; 0 where there were too few, and nothing is changed.
    """

    bias: Array
    sigma: Array
    offset_prior: Array
    parts: ErrorParts
    sampled: int


def adapt(
    problem: Problem, parts: ErrorParts, satellite: Indices, constants: Constants, limits: Limits, initial: Array
) -> Adapted:
    """Learn biases and sizes of errors from the residuals of a sample of epochs.

    Biases first, by all epochs of the sample together; then the size of each kind of error by comparing its share of
    the residuals with what was assumed; and again, four times. No position is assumed and no motion excluded.

    Parameters
    ----------
    problem : Problem
        All rows, lengths in [m].
    parts : ErrorParts
        Errors assumed.
    satellite : (N,) int
        Satellite of each row.
    constants : Constants
        What the constants of the satellites are assumed to be.
    limits : Limits
        Of the tests.
    initial : (E, 3) [m]
        Rough positions, ITRF.

    Returns
    -------
    Adapted
        Lengths in [m].

    Source
    ------
    Variance components: Foerstner (1979), Zeitschrift fuer Vermessungswesen 104, 41; Koch (1999), section 3.6.
    """
    epochs = problem.start.size - 1
    picked = np.arange(0, epochs, max(1, epochs // SAMPLE))
    rows = np.concatenate([np.arange(problem.start[epoch], problem.start[epoch + 1]) for epoch in picked])
    small, begin = _sample(problem, picked, rows), initial[picked]
    now, who = parts.take(rows), satellite[rows]
    found = solve(small, limits, begin)
    untouched = Adapted(np.zeros((constants.groups.size, 2)), np.full((constants.groups.size, 2), np.nan),
                        problem.offset_prior, parts, 0)  # fmt: skip
    held = np.column_stack([problem.offset_prior[:, 0], np.full(len(problem.offset_prior), HELD**2)])
    free = np.where(small.ionosphere_prior > 0.0, WIDE**2, 0.0)
    untested = replace(limits, testing=False, largest_pdop=np.inf)
    for _ in range(ROUNDS):
        good = found.status == 0
        if np.count_nonzero(good) < FEWEST:
            return untouched
        again = replace(
            small,
            offset_prior=held,
            ionosphere_prior=free,
            variance=now.variance(calibrated=False),
            state=np.where((found.state == USED) & good[_epoch_of(small)][:, None], USED, UNUSED).astype(np.uint8),
        )
        learnt = calibrate(again, solve(again, untested, found.position), who, constants.scaled(now.satellite_factor))
        prior = np.column_stack([held[:, 0], np.maximum(learnt.offset_sigma, BEST_OFFSET) ** 2])
        trial = replace(
            small,
            code=np.ascontiguousarray(small.code - learnt.bias[who]),
            offset_prior=prior,
            variance=now.variance(calibrated=True),
        )
        found = solve(trial, limits, begin)
        now = _resized(now, trial, found)
    factors = {name: getattr(now, name) for name in ("satellite_factor", "noise_factor", "slant_factor")}
    return Adapted(learnt.bias, learnt.sigma, prior, replace(parts, **factors), int(np.count_nonzero(good)))


def _sample(problem: Problem, picked: Indices, rows: Indices) -> Problem:
    """The same problem for some epochs."""
    lengths = problem.start[picked + 1] - problem.start[picked]
    return replace(
        problem,
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        satellite=problem.satellite[rows],
        code=problem.code[rows],
        variance=problem.variance[rows],
        ionosphere=problem.ionosphere[rows],
        clock=problem.clock[rows],
        extra=problem.extra[rows],
        ionosphere_prior=problem.ionosphere_prior[picked],
        state=problem.state[rows],
    )


def _epoch_of(problem: Problem) -> Indices:
    return np.repeat(np.arange(problem.start.size - 1), np.diff(problem.start))


def _resized(parts: ErrorParts, problem: Problem, solution: Solution) -> ErrorParts:
    """Factors by what the residuals are and what they should be."""
    from moonstead.navigation.positioning.variance_components_kernels import weigh_parts

    satellite, noise, slant = parts.scaled()
    sums = np.zeros((2 * problem.clocks + 1, 2))
    weigh_parts(
        problem.start,
        solution.state,
        problem.variance,
        np.nan_to_num(solution.residuals),
        solution.unit,
        problem.ionosphere,
        problem.clock,
        problem.clocks,
        solution.inverse,
        (solution.status == 0).astype(np.uint8),
        satellite,
        noise,
        slant,
        parts.share,
        sums,
    )
    ratio = (sums[:, 0] + PSEUDO) / (np.maximum(sums[:, 1], 0.0) + PSEUDO)
    count = problem.clocks
    bound = np.tile(MOST, 2 * count)
    for number in range(count):
        mine = parts.clock == number
        if np.any(mine):
            bound[number] = max(MOST, WORST**2 / float(np.median(parts.satellite[mine])))
            bound[count + number] = max(MOST, WORST**2 / float(np.median(parts.noise[mine])))
    bent = float(np.clip(parts.slant_factor * ratio[-1], LEAST, MOST))
    return replace(
        parts,
        satellite_factor=np.clip(parts.satellite_factor * ratio[:count], LEAST, bound[:count]),
        noise_factor=np.clip(parts.noise_factor * ratio[count : 2 * count], LEAST, bound[count:]),
        slant_factor=bent if parts.slant_known else parts.slant_factor,
    )
