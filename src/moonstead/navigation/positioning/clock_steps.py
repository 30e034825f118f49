"""Steps of clocks that no oscillator makes: a reset, a system whose time jumps, a signal that is not real."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.navigation.positioning.answer import PositionSeries

Array = NDArray[np.float64]

LEAST = 5.0 / SPEED_OF_LIGHT  # [s] five metres
BEYOND = 10.0  # [1] times the usual scatter of the changes
TO_SIGMA = 1.4826  # median of absolute values to standard deviation of a normal distribution
HALF_WIDTH = 5  # changes on either side that tell what is usual
RESET = 1e-3  # [s] receivers keep their clocks near by whole milliseconds
NEAR = 2e-6  # [s] by which a reset may miss that, from the drift between two epochs
FEWEST = 5  # changes below which nothing is usual


@dataclass(frozen=True, slots=True)
class ClockStep:
    """A step between two epochs.

    Attributes
    ----------
    gpst : float [s of GPST]
        First epoch after it.
    clock : str
        ``"receiver"``, or two systems: ``"C-G"`` is the clock against BeiDou less that against GPS.
    size : float [s]
        By how much.
    reset : bool
        Whether it is a whole number of milliseconds of the receiver's clock: receivers do that on purpose.
    """

    gpst: float
    clock: str
    size: float
    reset: bool


def clock_steps(series: PositionSeries) -> tuple[ClockStep, ...]:
    """Steps of the receiver's clock and of the offsets between systems.

    A position does not feel a step that all satellites of a system share, so tests of residuals cannot see it: the
    clocks show it.

    Parameters
    ----------
    series : PositionSeries
        Positions with their clocks.

    Returns
    -------
    tuple of ClockStep
        In the order of time.

    Source
    ------
    Changes from epoch to epoch less their running median, against their scatter (median of absolute values).
    """
    found: list[ClockStep] = []
    first = series.clocks[:, 0] if series.clocks.shape[1] else np.zeros(0)
    found += _steps(series.gpst, first, "receiver")
    for number, name in enumerate(series.clock_names[1:], start=1):
        found += _steps(series.gpst, series.clocks[:, number] - first, f"{name}-{series.clock_names[0]}")
    return tuple(sorted(found, key=lambda step: step.gpst))


def _steps(gpst: Array, clock: Array, name: str) -> list[ClockStep]:
    """Steps of one clock."""
    known = np.flatnonzero(np.isfinite(clock))
    if known.size <= FEWEST:
        return []
    time, value = gpst[known], clock[known]
    gap = np.diff(time)
    rate = np.diff(value) / np.where(gap > 0.0, gap, np.nan)
    padded = np.pad(rate, HALF_WIDTH, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * HALF_WIDTH + 1)
    change = (rate - np.nanmedian(windows, axis=1)) * gap
    limit = max(LEAST, BEYOND * TO_SIGMA * float(np.nanmedian(np.abs(change))))
    rows = np.flatnonzero(np.abs(change) > limit)
    return [
        ClockStep(float(time[row + 1]), name, size, name == "receiver" and _is_reset(size))
        for row, size in zip(rows.tolist(), change[rows].tolist(), strict=True)
    ]


def _is_reset(size: float) -> bool:
    whole = round(size / RESET)
    return whole != 0 and abs(size - whole * RESET) < NEAR
