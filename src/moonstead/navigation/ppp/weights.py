"""How much each measurement says: by elevation, by what its system's residuals show, and whether it fits at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

PHASE_SIGMA = 0.002  # [m] of one band's phase in the zenith, multipath included
CODE_SIGMA = 0.3  # [m] of one band's code in the zenith
CODE_FACTOR = {"R": 2.0}  # chips of GLONASS are twice as long as those of the GPS C/A code
NORMAL_MEDIAN = 0.6745  # [1] median magnitude of a normal variable in standard deviations
REJECT_ABOVE, RECOVER_BELOW = 5.0, 4.0  # [1] standard deviations
WORST_FIRST = 0.25  # [1] of the largest residual: one fault makes others look bad
SCALES = (0.5, 20.0)  # [1] bounds of what residuals may make of the assumed noise
LAGS = 240  # epochs over which residuals may be alike
ALIKE = 0.05  # [1] correlation below which the sum over lags ends


def assumed_sigma(elevation: Array, frequency: Array, system: Indices, systems: tuple[str, ...]) -> Array:
    """Standard deviations of ionosphere-free phases and codes before anything is known of the receiver.

    Parameters
    ----------
    elevation : (M,) [rad]
        Of each row.
    frequency : (M, 2) [Hz]
        Carriers that were combined.
    system : (M,) int
        Place of the row's system in `systems`.
    systems : tuple of str
        Letters.

    Returns
    -------
    (M, 2) [m]
        Of phase and code.

    Source
    ------
    Noise that grows with 1 / sin(elevation), times the amplification of the combination.
    """
    first, second = frequency.T**2
    amplified = np.hypot(first, second) / np.abs(first - second) / np.sin(np.maximum(elevation, 0.03))
    factor = np.array([CODE_FACTOR.get(letter, 1.0) for letter in systems])[system]
    return np.stack([PHASE_SIGMA * amplified, CODE_SIGMA * factor * amplified], axis=1)


def shown_scales(relative: Array, used: NDArray[np.bool_], system: Indices, count: int) -> Array:
    """Factors by which residuals scatter more than assumed, for each system, of phases and of codes.

    Parameters
    ----------
    relative : (M, 2) [1]
        Residuals in units of the assumed standard deviation.
    used : (M, 2) bool
        Those that count.
    system : (M,) int
        Place of each row's system.
    count : int
        Number of systems.

    Returns
    -------
    (count, 2) [1]
        From 0.5 to 20; 1 where nothing is used.

    Source
    ------
    Median of the magnitude: half of the rows may be wrong.
    """
    scales = np.ones((count, 2))
    for place in range(count):
        for kind in range(2):
            rows = (system == place) & used[:, kind]
            if np.any(rows):
                scales[place, kind] = np.clip(np.median(np.abs(relative[rows, kind])) / NORMAL_MEDIAN, *SCALES)
    return scales


def correlation_factor(relative: Array, arc: Indices, used: NDArray[np.bool_]) -> float:
    """How much larger variances are because residuals of following epochs are alike.

    Parameters
    ----------
    relative : (M,) [1]
        Phase residuals in units of their standard deviation.
    arc : (M,) int
        Arc of each row; the rows of an arc follow each other.
    used : (M,) bool
        Those that count.

    Returns
    -------
    float [1]
        1 for independent residuals; the number of epochs that say as much as one independent epoch does.

    Source
    ------
    Variance of a mean of correlated numbers, 1 + 2 sum of correlations; Priestley, Spectral Analysis and Time Series,
    section 5.3.2. Multipath and errors of orbits, clocks and atmosphere last for minutes to an hour.
    """
    order = np.argsort(arc, kind="stable")
    order = order[(arc[order] >= 0) & used[order]]
    if order.size < 2:
        return 1.0
    value, name = relative[order], arc[order]
    power = float(np.mean(value**2))
    total = 1.0
    for lag in range(1, min(LAGS, value.size - 1)):
        same = name[lag:] == name[:-lag]
        if not np.any(same):
            break
        alike = float(np.mean(value[lag:][same] * value[:-lag][same])) / power
        if alike < ALIKE:
            break
        total += 2.0 * alike
    return total


def fitting(relative: Array, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which measurements fit: those beyond five standard deviations go, the worst first; those below four return.

    Parameters
    ----------
    relative : (M, 2) [1]
        Residuals in units of their standard deviation.
    used : (M, 2) bool
        Those of the last fit.

    Returns
    -------
    (M, 2) bool

    Source
    ------
    Baarda (1968), Publications on Geodesy 2(5): data snooping, with a bound that one in a million normal errors passes.
    Phases and codes each by their own worst.
    """
    size = np.abs(relative)
    worst = np.max(np.where(used, size, 0.0), axis=0, initial=0.0)
    return np.where(used, size <= np.maximum(REJECT_ABOVE, WORST_FIRST * worst), size <= RECOVER_BELOW)
