"""Measurements that do not fit: left out one by one, and taken back when they fit after all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

REJECT_ABOVE, RECOVER_BELOW = 8.0, 7.0  # [1] chi-square of a row of two numbers; Carpino et al. (2003), section 4
FEW_ROWS, FEW_ROWS_BASE = 400.0, 1.2  # [1] Carpino et al. (2003): the bounds are wider where rows are few
WORST_FIRST = 0.25  # [1] share of the largest chi-square that a row must have to be left out in the same pass
NINE_IN_TEN = 4.605  # [1] chi-square of a pair of normal numbers that one in ten exceeds
ENOUGH_ROWS = 50  # from which the scatter of the rows themselves is known well enough
QUANTILE_ERROR = 2.6  # [1] over the root of the number of rows: two standard errors of the quantile, relative
LEAST_SCATTER = 1e-3  # [1] of the assumed variance; less is no measurement but a simulation without noise
SMALLEST_SHARE = 1e-3  # [1] of a row's own variance that the fit to it can leave


def row_chi_square(residuals: Array, design: Array, covariances: Array, covariance: Array, used: Chosen) -> Array:
    """Chi-square of each row of m numbers, by the variance that its residual should have after the fit.

    Parameters
    ----------
    residuals : (N, m) [any unit]
        Measured less computed, not weighted.
    design : (N, m, k) [mixed]
        Change of the computed values with the parameters.
    covariances : (N, m, m) [mixed]
        Of the measurements' noise.
    covariance : (k, k) [mixed]
        Of the fitted parameters.
    used : (N,) bool
        Rows that the fit was made of: their residuals vary less than their noise, those of other rows more.

    Returns
    -------
    (N,) [1]
        Expected mean m for noise as assumed.

    Source
    ------
    Carpino, Milani & Chesley (2003), Icarus 166, 248, doi:10.1016/S0019-1035(03)00051-4, equations 5 to 7.
    """
    predicted = design @ covariance @ np.swapaxes(design, 1, 2)
    sign = np.where(used, -1.0, 1.0)[:, None, None]
    expected = covariances + sign * predicted
    # a row that alone determines a direction leaves no residual there; rounding must not make its variance negative
    root = np.linalg.cholesky(covariances)
    inverse = np.linalg.inv(root)
    relative = inverse @ expected @ np.swapaxes(inverse, 1, 2)
    values, axes = np.linalg.eigh(0.5 * (relative + np.swapaxes(relative, 1, 2)))
    along = np.einsum("nji,nj->ni", axes, np.einsum("nij,nj->ni", inverse, residuals))
    return np.asarray(np.sum(along**2 / np.maximum(values, SMALLEST_SHARE), axis=1))


def reselect(chi_square: Array, numbers: Array, used: Chosen, eligible: Chosen, parameters: int) -> Chosen:
    """Which rows the next fit should use.

    Parameters
    ----------
    chi_square : (N,) [1]
        Of each row, as `row_chi_square` gives it.
    numbers : (N,) [1]
        How many numbers each row holds: bounds scale with the quantile of one (2.6 sigma) or two numbers.
    used : (N,) bool
        Rows of the last fit.
    eligible : (N,) bool
        Rows that may be used at all.
    parameters : int
        Number of parameters: so many numbers and one more are kept in any case.

    Returns
    -------
    (N,) bool
        The new choice.

    Source
    ------
    Carpino, Milani & Chesley (2003), section 4: hysteresis between 8 and 7, wider for few rows, and the worst first,
    because one bad row may make good ones look bad.
    """
    count = int(np.sum(used))
    room = FEW_ROWS * FEW_ROWS_BASE**-count
    # the bound of 8 leaves 1.8 % of good pairs out; 5.6 leaves as many of single numbers out
    share = np.where(numbers > 1, 1.0, 0.7)
    worst = float(np.max(chi_square[used] / share[used], initial=0.0))
    bound = max(REJECT_ABOVE + room, WORST_FIRST * worst)
    chosen = np.where(used, chi_square <= bound * share, chi_square <= (RECOVER_BELOW + room) * share) & eligible
    needed = parameters + 1
    if np.sum(numbers[chosen]) < needed:
        return used
    return np.asarray(chosen)


def shown_scatter(chi_square: Array) -> float:
    """How much smaller the variance of rows of two numbers is than assumed, by what nine rows in ten show.

    Weights allow for errors that the rows of a night or a catalogue share. Those errors do not scatter: a row that is
    wrong by itself stands out against the scatter, not against the weights.

    Parameters
    ----------
    chi_square : (N,) [1]
        Of all rows, used or not, by the noise assumed of each alone.

    Returns
    -------
    float [1]
        Ratio of the variances, 1 at most and not below what chance lets expect; 1 for fewer than 50 rows.

    Source
    ------
    Quantile of the chi-square distribution of two degrees of freedom; up to one row in ten may be wrong.
    """
    if chi_square.size < ENOUGH_ROWS:
        return 1.0
    doubt = 1.0 + QUANTILE_ERROR / np.sqrt(chi_square.size)
    return float(np.clip(np.quantile(chi_square, 0.9) / NINE_IN_TEN * doubt, LEAST_SCATTER, 1.0))
