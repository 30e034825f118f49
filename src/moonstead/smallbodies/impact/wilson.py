"""Intervals of a probability from a number of trials."""

from __future__ import annotations

import math

LEVEL_95 = 1.959963984540054  # [1] standard deviations: 95 % of a normal distribution


def wilson_interval(hits: float, trials: float, deviations: float = LEVEL_95) -> tuple[float, float]:
    """Interval of a probability from hits among trials.

    Parameters
    ----------
    hits, trials : float [1]
        Counts; of weighted trials the effective ones.
    deviations : float [1]
        Width in standard deviations; 1.96 for 95 %.

    Returns
    -------
    (float, float) [1]
        Ends; 0 and 1 without trials.

    Source
    ------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209, doi:10.1080/01621459.1927.10502953.
    """
    if trials <= 0.0:
        return 0.0, 1.0
    share, squared = hits / trials, deviations**2 / trials
    middle = (share + 0.5 * squared) / (1.0 + squared)
    half = math.sqrt(share * (1.0 - share) * squared + 0.25 * squared**2) / (1.0 + squared)
    return (0.0 if hits <= 0.0 else middle - half), (1.0 if hits >= trials else middle + half)
