"""Burns across the track: where the inclination changes between the sets of a history."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.monitoring.histories.local_fits import local_fits
from moonstead.monitoring.histories.rate_changes import noise_of_eras

Array = NDArray[np.float64]

WIDTH = 18.0 * SECONDS_PER_DAY  # [s] half window: twice the longest tracking in a fit
SPANS = tuple(days * SECONDS_PER_DAY for days in (0.0, 3.0, 6.0, 9.0))  # [s] of tracking in a fit
APART = WIDTH + SPANS[-1]  # [s] of changes closer than the reach of a window the clearest is taken
FEWEST = 20  # sets
LEAST = 5e-6  # [rad] three units of the last digit of a two-line element set
ALIKE_WITHIN = 10.0 * SECONDS_PER_DAY  # [s] of the best time
ALIKE = 0.9  # [of the best] significance at which another time will do as well


@dataclass(frozen=True)
class PlaneChange:
    """A change of the inclination.

    Attributes
    ----------
    time, earliest, latest : float [s]
        When, on the clock of the series, and how early and late it may have been.
    change, sigma : float [rad]
        Of the inclination.
    """

    time: float
    earliest: float
    latest: float
    change: float
    sigma: float


def plane_changes(seconds: Array, inclination: Array, false_alarms: float) -> list[PlaneChange]:
    """Changes of the inclination, the strongest of those that lie close together.

    At every gap between sets a step is sought, at once or growing while older tracking leaves the fits. Its noise
    is learnt, for each era and span, from the scatter of the steps themselves.

    Parameters
    ----------
    seconds : (N,) [s]
        Epochs, in order.
    inclination : (N,) [rad]
        Mean inclinations.
    false_alarms : float [1]
        Chance that anything is found in the whole history where there is nothing (Bonferroni over gaps and spans).

    Returns
    -------
    list of PlaneChange
        In the order of time.

    Source
    ------
    Own, as `manoeuvres` says.
    """
    found: list[PlaneChange] = []
    if seconds.size < FEWEST:
        return found
    gaps = 0.5 * (seconds[1:] + seconds[:-1])
    threshold = -NormalDist().inv_cdf(0.5 * false_alarms / (gaps.size * len(SPANS)))
    best, change, sigma = _steps(seconds, inclination, gaps)
    for k in np.argsort(-best):
        if best[k] <= threshold or abs(change[k]) < LEAST:
            break
        if any(abs(gaps[k] - one.time) < APART for one in found):
            continue
        alike = gaps[(np.abs(gaps - gaps[k]) < ALIKE_WITHIN) & (best > ALIKE * best[k])]
        times = float(gaps[k]), float(alike.min()), float(alike.max())
        found.append(PlaneChange(*times, float(change[k]), float(sigma[k])))
    return sorted(found, key=lambda one: one.time)


def _steps(seconds: Array, inclination: Array, gaps: Array) -> tuple[Array, Array, Array]:
    """Significance of steps (K,) with the span that shows each best, the steps and their standard deviations [rad]."""
    best, change, sigma = (np.zeros(gaps.size) for _ in range(3))
    for span in SPANS:
        fits = local_fits(seconds, inclination, gaps, WIDTH, span, level=True)
        spread = np.maximum(fits.sigma * noise_of_eras(gaps, fits), 0.1 * LEAST)
        power = np.nan_to_num(np.abs(fits.change) / spread)
        better = power > best
        best = np.where(better, power, best)
        change, sigma = np.where(better, fits.change, change), np.where(better, spread, sigma)
    return best, change, sigma
