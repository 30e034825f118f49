"""What keeping an orbit costs in a year, as a Monte Carlo of runs tells it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import STANDARD_GRAVITY
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

PERCENTILES = (5.0, 50.0, 95.0, 99.0)
CONFIDENCE = 0.95  # [1] of every interval here


@dataclass(frozen=True)
class FailedRun:
    """A run that lost its orbit.

    Attributes
    ----------
    run : int
        Its number, from 0.
    tdb : float [s TDB past J2000]
        When it was found lost.
    reason : str
        What happened.
    """

    run: int
    tdb: float
    reason: str


@dataclass(frozen=True, eq=False)
class AnnualCost:
    """Change of velocity that keeping an orbit takes in a year, over many runs with drawn errors.

    Statistics are over the runs that kept their orbit to the end; how many did not stands beside them in `failures` and
    `failed_fraction`. With failures the percentiles are those of the survivors alone and look better than the orbit is.

    Attributes
    ----------
    method : str
        How the orbit is kept.
    duration : float [s]
        Length of each run.
    delta_v : (N,) [m/s]
        In a year, for each run; NaN where the run failed.
    manoeuvres : (N,) [1]
        Number of burns in a year, for each run; NaN where the run failed.
    failures : tuple of FailedRun
        Every run that lost its orbit.

    Raises
    ------
    InvalidInput
        The arrays differ in length, are empty, or the runs without a cost are not those that failed.
    """

    method: str
    duration: float
    delta_v: Array
    manoeuvres: Array
    failures: tuple[FailedRun, ...] = ()

    def __post_init__(self) -> None:
        delta_v = np.ascontiguousarray(self.delta_v, dtype=np.float64)
        manoeuvres = np.ascontiguousarray(self.manoeuvres, dtype=np.float64)
        if delta_v.ndim != 1 or not delta_v.size or delta_v.shape != manoeuvres.shape:
            raise InvalidInput(
                f"an annual cost needs one change of velocity and one number of burns for each run; got shapes "
                f"{delta_v.shape} and {manoeuvres.shape}"
            )
        lost = np.zeros(delta_v.size, dtype=bool)
        lost[[failure.run for failure in self.failures]] = True
        if not np.array_equal(lost, ~(np.isfinite(delta_v) & np.isfinite(manoeuvres))):
            raise InvalidInput("exactly the runs that failed must have no cost (NaN)")
        if not (math.isfinite(self.duration) and self.duration > 0.0):
            raise InvalidInput(f"the length of a run must be positive and finite [s]; got {self.duration!r}")
        object.__setattr__(self, "delta_v", delta_v)
        object.__setattr__(self, "manoeuvres", manoeuvres)

    @property
    def runs(self) -> int:
        """How many runs there were, failed ones among them."""
        return self.delta_v.size

    @property
    def kept(self) -> Array:
        """Cost (K,) [m/s] in a year of the runs that kept their orbit, cheapest first."""
        return np.sort(self.delta_v[np.isfinite(self.delta_v)])

    def mean(self) -> float:
        """Mean cost [m/s] in a year; NaN where every run failed."""
        kept = self.kept
        return float(kept.mean()) if kept.size else math.nan

    def mean_interval(self) -> tuple[float, float]:
        """Interval [m/s] that holds the mean of infinitely many runs with 95 % confidence; infinite with one run."""
        kept = self.kept
        if kept.size < 2:
            return (0.0, math.inf)
        from scipy.stats import t

        half = float(t.ppf(0.5 + 0.5 * CONFIDENCE, kept.size - 1) * kept.std(ddof=1) / math.sqrt(kept.size))
        return (max(0.0, self.mean() - half), self.mean() + half)

    def percentile(self, percent: float) -> float:
        """Cost in a year that a share of the runs keeps below.

        Parameters
        ----------
        percent : float [%]
            The share, 0 to 100.

        Returns
        -------
        float [m/s]
            NaN where every run failed.

        Raises
        ------
        InvalidInput
            The share is none.

        Source
        ------
        Linear between order statistics: Hyndman & Fan (1996), Am. Stat. 50, 361, definition 7.
        """
        _require_share(percent)
        kept = self.kept
        return float(np.percentile(kept, percent)) if kept.size else math.nan

    def percentile_interval(self, percent: float) -> tuple[float, float]:
        """Interval that holds a percentile of infinitely many runs with 95 % confidence, whatever their distribution.

        Parameters
        ----------
        percent : float [%]
            The share, 0 to 100.

        Returns
        -------
        (low, high) [m/s]
            From 0 or to infinity where there are too few runs to bound it.

        Raises
        ------
        InvalidInput
            The share is none.

        Source
        ------
        Order statistics as bounds by the binomial distribution: David & Nagaraja (2003), Order Statistics, section 7.1.
        """
        _require_share(percent)
        from scipy.stats import binom

        kept = self.kept
        share, tail = 0.01 * percent, 0.5 * (1.0 - CONFIDENCE)
        low = int(binom.ppf(tail, kept.size, share)) - 1 if kept.size else -1
        high = int(binom.ppf(1.0 - tail, kept.size, share)) if kept.size else 0
        return (
            float(kept[low]) if low >= 0 else 0.0,
            float(kept[high]) if high < kept.size else math.inf,
        )

    def failed_fraction(self) -> float:
        """Share [1] of the runs that lost their orbit."""
        return len(self.failures) / self.runs

    def failed_interval(self) -> tuple[float, float]:
        """Interval that holds the probability of losing the orbit with 95 % confidence.

        Returns
        -------
        (low, high) [1]

        Source
        ------
        Clopper & Pearson (1934), Biometrika 26, 404.
        """
        from scipy.stats import beta

        lost, tail = len(self.failures), 0.5 * (1.0 - CONFIDENCE)
        low = float(beta.ppf(tail, lost, self.runs - lost + 1)) if lost else 0.0
        high = float(beta.ppf(1.0 - tail, lost + 1, self.runs - lost)) if lost < self.runs else 1.0
        return (low, high)

    def manoeuvres_per_year(self) -> float:
        """Mean number [1] of burns in a year of the runs that kept their orbit; NaN where every run failed."""
        kept = self.manoeuvres[np.isfinite(self.manoeuvres)]
        return float(kept.mean()) if kept.size else math.nan


def propellant_mass(delta_v: ArrayLike, mass: float, specific_impulse: float) -> NDArray[np.float64]:
    """Propellant that a change of velocity takes.

    Parameters
    ----------
    delta_v : (...,) [m/s]
        Change of velocity.
    mass : float [kg]
        Of the spacecraft before it.
    specific_impulse : float [s]
        Of the engine.

    Returns
    -------
    (...,) [kg]
        In the shape of `delta_v`.

    Raises
    ------
    InvalidInput
        Mass or specific impulse is not positive.

    Source
    ------
    Tsiolkovsky's equation, m (1 - exp(-dv / (g0 Isp))): Vallado (2013), Fundamentals of Astrodynamics and Applications,
    4th ed., section 6.5.
    """
    for what, value, unit in (("mass", mass, "kg"), ("specific impulse", specific_impulse, "s")):
        if not (math.isfinite(value) and value > 0.0):
            raise InvalidInput(f"the {what} must be positive and finite [{unit}]; got {value!r}")
    exponent = np.asarray(delta_v, dtype=np.float64) / (STANDARD_GRAVITY * specific_impulse)
    return np.asarray(-mass * np.expm1(-exponent))


def _require_share(percent: float) -> None:
    if not 0.0 <= percent <= 100.0:
        raise InvalidInput(f"a percentile lies within 0 and 100; got {percent!r}")
