"""Dust on solar arrays: how it gathers, and what cleaning brings back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
# [1] in 2000 days, of five covered horizontal cells 1 m above the ground at Apollo 12, 14 and 15, if all of it was
# dust: B. J. O'Brien, M. Hollick, Space Weather 11 (2013), doi:10.1002/2013SW000978
APOLLO_LOSS = (0.04, 0.10)
APOLLO_TIME = 2000.0 * SECONDS_PER_DAY  # [s]


def apollo_loss_per_year() -> tuple[float, float]:
    """Least and greatest share of the light [1] that a year of natural dust took from cells of Apollo.

    Upper limits: radiation aged the cells too. Landings nearby are not in it.

    Source
    ------
    B. J. O'Brien, M. Hollick, Lunar weather measurements at three Apollo sites 1969-1976, Space Weather 11 (2013),
    doi:10.1002/2013SW000978: 4 % to 10 % in 2000 days, at most 100 ug/cm2 a year.
    """
    low, high = (1.0 - (1.0 - loss) ** (JULIAN_YEAR / APOLLO_TIME) for loss in APOLLO_LOSS)
    return low, high


def dust_transmission(
    tdb: ArrayLike,
    start: float,
    loss_per_year: float,
    *,
    first: float = 1.0,
    cleaned: Sequence[float] = (),
    recovery: float = 1.0,
) -> Array:
    """Share of sunlight that passes the dust on cells.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    start : float [s TDB past J2000]
        When dust begins to gather.
    loss_per_year : float [1]
        Share of the light that a Julian year of dust takes, of what was left.
    first : float [1]
        Transmission up to the start.
    cleaned : sequence of float [s TDB past J2000]
        When the cells are cleaned, in any order; times before the start do nothing.
    recovery : float [1]
        Share of what dust took that a cleaning brings back.

    Returns
    -------
    (N,) [1]
        At a time of cleaning that of the cleaned cells.

    Raises
    ------
    InvalidInput
        A share lies outside its range or the start is not finite.

    Source
    ------
    Definition: the loss is in proportion to the light left, as for grains that fall at random (Lambert and Beer).
    """
    if not np.isfinite(start):
        raise InvalidInput(f"dust needs a finite start [s TDB past J2000]; got {start!r}")
    if not 0.0 <= loss_per_year < 1.0:
        raise InvalidInput(f"the loss of light to dust must lie in [0, 1) per year; got {loss_per_year!r}")
    if not 0.0 < first <= 1.0 or not 0.0 <= recovery <= 1.0:
        raise InvalidInput(f"transmission must lie in (0, 1] and recovery in [0, 1]; got {first!r} and {recovery!r}")
    time = np.asarray(tdb, dtype=np.float64)
    begins, clear = [start], [first]
    for moment in sorted(t for t in cleaned if t > start):
        before = clear[-1] * (1.0 - loss_per_year) ** ((moment - begins[-1]) / JULIAN_YEAR)
        begins.append(moment)
        clear.append(before + recovery * (1.0 - before))
    since = np.maximum(np.searchsorted(begins, time, side="right") - 1, 0)
    age = np.maximum(time - np.array(begins)[since], 0.0)
    return np.asarray(np.array(clear)[since] * (1.0 - loss_per_year) ** (age / JULIAN_YEAR))
