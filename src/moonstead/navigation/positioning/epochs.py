"""Least squares of all epochs at once: the door to the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Small = NDArray[np.uint8]

UNUSED, USED, EXCLUDED = 0, 1, 2
OUTCOMES = ("solved", "few satellites", "weak geometry", "no convergence", "not trusted")  # the kernel's numbers
MOST_FREEDOM = 200  # degrees of freedom; more take the bound of so many


@dataclass(frozen=True, slots=True)
class Limits:
    """When an epoch, or a measurement, is believed.

    Attributes
    ----------
    largest_w : float [1]
        Normalised residual (w-test) above which a measurement is left out.
    largest_pdop : float [1]
        Position dilution above which geometry is called weak.
    most_excluded : int
        Measurements that an epoch may lose.
    missed : float [1]
        Probability that a fault as large as the protection level is missed.
    false_alarm : float [1]
        Probability that the sum of squares of a good epoch is called too large.
    testing : bool
        Whether to test at all.
    """

    largest_w: float = 4.0
    largest_pdop: float = 30.0
    most_excluded: int = 8
    missed: float = 1e-3
    false_alarm: float = 1e-6
    testing: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Rows of corrected pseudoranges, epoch by epoch.

    Attributes
    ----------
    start : (E + 1,) int
        First row of each epoch.
    satellite : (N, 3) [m]
        ITRF at transmission.
    code : (N, 2) [m]
        Corrected pseudoranges.
    variance : (N, 3) [m2]
        v11, v12, v22 of the two signals.
    ionosphere : (N, 2) [1]
        Derivatives by the vertical delay of the epoch; 0 where that is not estimated.
    clock : (N,) int
        Clock of the row.
    clocks : int
        How many there are.
    extra : (N, 2) int
        Offset of both signals, and of the second alone; -1 for none.
    offset_prior : (X, 2) [m], [m2]
        Mean and variance of the offsets.
    ionosphere_prior : (E,) [m2]
        Variance of the vertical delay's correction; 0 where it is not estimated.
    state : (N, 2) uint8
        1 to be used.
    """

    start: Indices
    satellite: Array
    code: Array
    variance: Array
    ionosphere: Array
    clock: Indices
    clocks: int
    extra: Indices
    offset_prior: Array
    ionosphere_prior: Array
    state: Small


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the kernel found; rows as in the problem.

    Attributes
    ----------
    status : (E,) int
        Index into `OUTCOMES`.
    position : (E, 3) [m]
        ITRF, also of epochs that are not trusted; NaN where there is none.
    covariance : (E, 3, 3) [m2]
    unknowns : (E, M) [m]
        Position, clocks, offsets, vertical ionosphere.
    state : (N, 2) uint8
        0 not used, 1 used, 2 excluded.
    residuals : (N, 2) [m]
    elevation, azimuth : (N,) [rad]
    dilution, protection : (E, 4) [1], (E, 2) [m]
    squares, freedom, largest_w : (E,) [1]
        Weighted sum of squares, its degrees of freedom, largest w-test that is left.
    unit : (N, 3) [1]
        From receiver to satellite.
    inverse : (E, M, M) [m2]
        Inverse normal matrix.
    """

    status: Indices
    position: Array
    covariance: Array
    unknowns: Array
    state: Small
    residuals: Array
    elevation: Array
    azimuth: Array
    dilution: Array
    protection: Array
    squares: Array
    freedom: Array
    largest_w: Array
    unit: Array
    inverse: Array


def solve(problem: Problem, limits: Limits, initial: Array | None = None) -> Solution:
    """Weighted least squares of each epoch by itself, with tests and exclusion.

    A measurement whose normalised residual is the largest and above the limit is left out and the epoch solved again:
    a satellite, or one of its two signals, whichever fault explains the residuals best. An epoch whose remaining sum
    of squares is still too large, or that runs out of redundancy, is not trusted.

    Parameters
    ----------
    problem : Problem
        Rows.
    limits : Limits
        Bounds of the tests.
    initial : (E, 3) [m], optional
        Where to begin, ITRF; without, or where NaN, the last solution or the Earth's centre.

    Returns
    -------
    Solution
        Lengths in [m].

    Source
    ------
    Baarda (1968), A testing procedure for use in geodetic networks (w-test); Teunissen (1990), detection,
    identification, adaptation; protection levels: Walter & Enge (1995), Weighted RAIM for precision approach, ION GPS,
    with the bound of the w-test in the place of the chi-square's.
    """
    from scipy.special import chdtri, ndtri

    from moonstead.foundation.kernel_cache import prepare

    prepare()
    from moonstead.navigation.positioning.single_point_kernels import solve_epochs

    epochs, rows = problem.start.size - 1, problem.clock.size
    size = 4 + problem.clocks + problem.offset_prior.shape[0]
    bounds = np.zeros(MOST_FREEDOM + 1)
    bounds[1:] = chdtri(np.arange(1, MOST_FREEDOM + 1), limits.false_alarm)
    controls = np.array(
        [limits.largest_w, limits.largest_pdop, limits.most_excluded, -ndtri(limits.missed), float(limits.testing)]
    )

    def nothing(*shape: int) -> Array:
        return np.full(shape, np.nan)

    begin = nothing(epochs, 3) if initial is None else np.ascontiguousarray(initial, dtype=np.float64)
    state = problem.state.copy()
    residuals, direction, unit = nothing(rows, 2), nothing(rows, 2), nothing(rows, 3)
    unknowns, covariance, position = nothing(epochs, size), nothing(epochs, 3, 3), nothing(epochs, 3)
    dilution, protection, test = nothing(epochs, 4), nothing(epochs, 2), nothing(epochs, 3)
    status, inverse = np.zeros(epochs, dtype=np.int64), np.zeros((epochs, size, size))
    solve_epochs(
        problem.start,
        problem.satellite,
        problem.code,
        problem.variance,
        problem.ionosphere,
        problem.clock,
        problem.extra,
        problem.offset_prior,
        problem.ionosphere_prior,
        begin,
        controls,
        bounds,
        state,
        residuals,
        direction,
        unknowns,
        covariance,
        position,
        dilution,
        protection,
        test,
        status,
        unit,
        inverse,
    )
    return Solution(
        status=status,
        position=position,
        covariance=covariance,
        unknowns=unknowns,
        state=state,
        residuals=residuals,
        elevation=direction[:, 0],
        azimuth=direction[:, 1],
        dilution=dilution,
        protection=protection,
        squares=test[:, 0],
        freedom=test[:, 1],
        largest_w=test[:, 2],
        unit=unit,
        inverse=inverse,
    )
