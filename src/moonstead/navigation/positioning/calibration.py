"""Constants of a whole file: what a receiver and its satellites add to each signal all day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.positioning.epochs import OUTCOMES, Problem, Solution

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

GENERATION_BIAS = 3.0  # [m] between generations of BeiDou in a receiver
SIGNALS_BIAS = 30.0  # [m] between the two signals of a system in a receiver


@dataclass(frozen=True, slots=True, eq=False)
class Constants:
    """What the constants of S satellites are assumed to be before anything is measured: their means are 0.

    Attributes
    ----------
    groups : (S,) int
        Systems: satellites that share a clock, and the receiver's delay between its two signals.
    offset : (S,) int
        Generation whose common offset a satellite has; -1 for those that define the clock.
    common, alone : (S,) [m]
        One sigma of what both signals of a satellite have, and of what each has alone.
    """

    groups: Indices
    offset: Indices
    common: Array
    alone: Array

    def scaled(self, factor: Array) -> Constants:
        """The same with variances of `common` multiplied by factors (K,) [1] of the systems."""
        return replace(self, common=self.common * np.sqrt(factor[self.groups]))

    def prior(self) -> Array:
        """Covariance (2S, 2S) [m2], both signals of a satellite side by side."""
        size = self.groups.size
        prior = np.zeros((size, 2, size, 2))
        here = np.arange(size)
        for signal in (0, 1):
            prior[here, signal, here, signal] += self.alone**2
            for other in (0, 1):
                prior[here, signal, here, other] += self.common**2
        same = self.groups[:, None] == self.groups[None, :]
        prior[:, 1, :, 1] += SIGNALS_BIAS**2 * same
        kin = (self.offset[:, None] == self.offset[None, :]) & (self.offset[:, None] >= 0)
        prior += GENERATION_BIAS**2 * kin[:, None, :, None]
        return prior.reshape(2 * size, 2 * size)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Biases of signals, constant over a file.

    Attributes
    ----------
    bias, sigma : (S, 2) [m]
        To be taken from the codes of each satellite, and how well they are known.
    offset_sigma : (X,) [m]
        How well the mean offset between the signals of each system is known, then that of each generation.
    """

    bias: Array
    sigma: Array
    offset_sigma: Array


def calibrate(problem: Problem, solution: Solution, satellite: Indices, constants: Constants) -> Calibration:
    """Biases of the signals of each satellite, from the redundancy of all epochs together.

    Each epoch keeps its own position, clocks and vertical ionosphere: nothing is assumed about the receiver's motion.
    The differences among satellites of one system show in the residuals, because geometry changes while biases do not.

    Parameters
    ----------
    problem : Problem
        Rows, lengths in [m], with offsets held at their prior values.
    solution : Solution
        Of that problem.
    satellite : (N,) int
        Satellite of each row.
    constants : Constants
        What is assumed.

    Returns
    -------
    Calibration
        In [m].

    Source
    ------
    Least squares with the epochs' unknowns eliminated (Schur complement): Koch (1999), Parameter Estimation and
    Hypothesis Testing in Linear Models, section 3.2.7.
    """
    from moonstead.foundation.kernel_cache import prepare

    prepare()
    from moonstead.navigation.positioning.calibration_kernels import reduce_epochs

    size = 2 * constants.groups.size
    normal, right = np.zeros((size, size)), np.zeros(size)
    reduce_epochs(
        problem.start,
        solution.state,
        problem.variance,
        np.nan_to_num(solution.residuals),
        solution.unit,
        problem.ionosphere,
        problem.clock,
        problem.clocks,
        solution.inverse,
        (solution.status == OUTCOMES.index("solved")).astype(np.uint8),
        np.stack([2 * satellite, 2 * satellite + 1], axis=1),
        normal,
        right,
    )
    covariance = np.linalg.inv(normal + np.linalg.inv(constants.prior()))
    bias = covariance @ right
    seen = np.zeros(size, dtype=bool)
    seen[np.stack([2 * satellite, 2 * satellite + 1], axis=1)[solution.state == 1]] = True
    return Calibration(
        bias.reshape(-1, 2),
        np.sqrt(np.maximum(np.diag(covariance), 0.0)).reshape(-1, 2),
        _offset_sigmas(covariance, seen.reshape(-1, 2), constants, problem.offset_prior.shape[0], problem.clocks),
    )


def _offset_sigmas(covariance: Array, seen: NDArray[np.bool_], constants: Constants, count: int, clocks: int) -> Array:
    """One sigma (X,) [m] of the mean difference between the signals of each system, and between generations."""
    sigmas = np.zeros(count)
    for number in range(count):
        weights = np.zeros(seen.shape)
        if number < clocks:
            both = (constants.groups == number) & seen[:, 0] & seen[:, 1]
            weights[both, 1], weights[both, 0] = _mean(both), -_mean(both)
        else:
            new = (constants.offset == number - clocks) & seen[:, 0]
            old = np.isin(constants.groups, constants.groups[new]) & (constants.offset < 0) & seen[:, 0]
            weights[new, 0], weights[old, 0] = _mean(new), -_mean(old)
        vector = weights.ravel()
        sigmas[number] = np.sqrt(max(float(vector @ covariance @ vector), 0.0))
    return sigmas


def _mean(chosen: NDArray[np.bool_]) -> float:
    """Weight of each in a mean."""
    return 1.0 / max(int(np.count_nonzero(chosen)), 1)
