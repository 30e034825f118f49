"""How often fireballs of an energy come: a power law by maximum likelihood, and from where on a list is complete."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

FEWEST = 8  # events for a slope
LEVEL = 0.95  # [1] of every interval
DEVIATIONS = 1.959963984540054  # [1] of a normal distribution at that level


@dataclass(frozen=True)
class EnergyLaw:
    """Events a year with at least an energy E: rate (E / threshold)^-slope.

    Attributes
    ----------
    threshold : float [J]
        Least energy that was used; below it the law is not told.
    events : int
        Used.
    years : float [1]
        Time in which they came.
    slope : float [1]
        Exponent of the cumulative law, positive.
    slope_interval : (2,) [1]
        95 %.
    rate : float [1]
        Events a year above the threshold.
    rate_interval : (2,) [1]
        95 %, of Poisson's distribution.
    misfit : float [1]
        Largest distance of the cumulative shares from the law (Kolmogorov-Smirnov).
    """

    threshold: float
    events: int
    years: float
    slope: float
    slope_interval: tuple[float, float]
    rate: float
    rate_interval: tuple[float, float]
    misfit: float

    def rate_above(self, energy: float) -> float:
        """Events a year [1] with at least an energy [J]; outside of the energies seen it is an extrapolation."""
        return self.rate * (energy / self.threshold) ** -self.slope

    def typical_of(self, years: float) -> float:
        """Energy [J] that is reached once in so many years [1] in the mean."""
        return self.threshold * (self.rate * years) ** (1.0 / self.slope)


def energy_law(energy: ArrayLike, years: float, threshold: float) -> EnergyLaw:
    """Power law of energies above a threshold.

    Parameters
    ----------
    energy : (N,) [J]
        Of all events in a list that is complete above the threshold.
    years : float [1]
        Time in which they came.
    threshold : float [J]
        Least energy to use.

    Returns
    -------
    EnergyLaw

    Raises
    ------
    InvalidInput
        Fewer than 8 events are above the threshold, or a number is not positive.

    Source
    ------
    Slope: Clauset, Shalizi & Newman (2009), SIAM Rev. 51, 661, doi:10.1137/070710111, eq. 3.1, without the bias of few
    events; its interval from the gamma distribution of the summed logarithms. Rate: Garwood (1936), Biometrika 28, 437.
    """
    from scipy.special import gammaincinv

    energy = np.asarray(energy, dtype=np.float64)
    if not (years > 0.0 and threshold > 0.0) or np.any(~(energy > 0.0)):
        raise InvalidInput("energies [J], years and threshold [J] must be positive")
    used = np.sort(energy[energy >= threshold])
    count = used.size
    if count < FEWEST:
        raise InvalidInput(
            f"{count} events are above {threshold:g} J, fewer than {FEWEST}: lower the threshold or take more years"
        )
    logarithms = np.log(used / threshold)
    total = float(np.sum(logarithms))
    if total <= 0.0:
        raise InvalidInput("all events have the energy of the threshold: no slope can be told")
    slope = (count - 1) / total
    tail = 0.5 * (1.0 - LEVEL)
    ends = [float(gammaincinv(count, level)) / total for level in (tail, 1.0 - tail)]
    low = float(gammaincinv(count, tail))
    high = float(gammaincinv(count + 1, 1.0 - tail))
    return EnergyLaw(
        threshold,
        count,
        years,
        slope,
        (ends[0], ends[1]),
        count / years,
        (low / years, high / years),
        _misfit(logarithms, slope),
    )


def complete_from(energy: ArrayLike) -> float:
    """Least energy from which on a list follows a power law.

    Each energy that stands in the list is tried; the one whose law lies closest to what is above it is taken. Whether
    a list misses faint events or their law bends cannot be told apart by this.

    Parameters
    ----------
    energy : (N,) [J]
        Of all events.

    Returns
    -------
    float [J]

    Raises
    ------
    InvalidInput
        There are fewer than 50 events, or an energy is not positive.

    Source
    ------
    Clauset, Shalizi & Newman (2009), SIAM Rev. 51, 661, doi:10.1137/070710111, section 3.3.
    """
    ordered = np.sort(np.asarray(energy, dtype=np.float64))
    most = 50
    if ordered.size < most:
        raise InvalidInput(
            f"{ordered.size} events are too few to see from which energy on they are complete; {most} do"
        )
    if not ordered[0] > 0.0:
        raise InvalidInput("energies must be positive [J]")
    tried, misfits = np.unique(ordered[: ordered.size - most + 1]), []
    for threshold in tried:
        logarithms = np.log(ordered[np.searchsorted(ordered, threshold) :] / threshold)
        total = float(np.sum(logarithms))
        misfits.append(_misfit(logarithms, (logarithms.size - 1) / total) if total > 0.0 else math.inf)
    return float(tried[int(np.argmin(misfits))])


def yearly_counts(tdb: ArrayLike, energy: ArrayLike, threshold: float, edges: ArrayLike) -> Array:
    """Events above a threshold in each of several intervals, with 95 % intervals of the mean number.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times of events.
    energy : (N,) [J]
        Energies.
    threshold : float [J]
        Least energy.
    edges : (K + 1,) [s TDB past J2000]
        Ends of the intervals, rising.

    Returns
    -------
    (K, 3) [1]
        Number, and low and high end of the mean that fits it.

    Raises
    ------
    InvalidInput
        The edges do not rise.

    Source
    ------
    Garwood (1936), Biometrika 28, 437.
    """
    from scipy.special import gammaincinv

    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or np.any(np.diff(edges) <= 0.0):
        raise InvalidInput("the edges of intervals must rise [s TDB past J2000]")
    chosen = np.asarray(tdb, dtype=np.float64)[np.asarray(energy, dtype=np.float64) >= threshold]
    number = np.histogram(chosen, edges)[0].astype(np.float64)
    tail = 0.5 * (1.0 - LEVEL)
    low = np.where(number > 0.0, gammaincinv(np.maximum(number, 1.0), tail), 0.0)
    return np.stack((number, low, gammaincinv(number + 1.0, 1.0 - tail)), axis=1)


def _misfit(logarithms: Array, slope: float) -> float:
    count = logarithms.size
    law = -np.expm1(-slope * logarithms)
    below, above = np.arange(count) / count, np.arange(1, count + 1) / count
    # rounded energies stand in steps: only the ends of each step count
    last = np.append(np.diff(logarithms) > 0.0, True)
    first = np.concatenate(([True], last[:-1]))
    return float(max(np.max(np.abs(above - law)[last]), np.max(np.abs(below - law)[first])))


def published_rate(energy: float) -> float:
    """Events a year with at least an energy, as Brown and others found them from 1994 to 2002.

    Parameters
    ----------
    energy : float [J]
        Least energy.

    Returns
    -------
    float [1]
        Events a year: 3.7 E^-0.90 with E in kilotons of TNT.

    Raises
    ------
    InvalidInput
        The energy is not positive.

    Source
    ------
    Brown et al. (2002), Nature 420, 294, doi:10.1038/nature01238, eq. 1 (recalled); the abstract's 5 kt a year and
    Tunguska (10 Mt) once in 1000 years follow from it.
    """
    if not energy > 0.0:
        raise InvalidInput(f"an energy must be positive [J]; got {energy!r}")
    return 3.7 * (energy / 4.184e12) ** -0.90


def spread_of_rate(law: EnergyLaw, energy: float) -> tuple[float, float]:
    """Interval of 95 % of the events a year above an energy, from slope and rate as if each were normal.

    Parameters
    ----------
    law : EnergyLaw
        From `energy_law`.
    energy : float [J]
        Least energy.

    Returns
    -------
    (2,) [1]
        Events a year.

    Source
    ------
    Propagation of two independent errors through the logarithm of the law.
    """
    slope_sigma = (law.slope_interval[1] - law.slope_interval[0]) / (2.0 * DEVIATIONS)
    rate_sigma = (law.rate_interval[1] - law.rate_interval[0]) / (2.0 * DEVIATIONS * law.rate)
    sigma = DEVIATIONS * math.hypot(rate_sigma, math.log(energy / law.threshold) * slope_sigma)
    middle = law.rate_above(energy)
    return middle * math.exp(-sigma), middle * math.exp(sigma)
