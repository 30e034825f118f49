"""How likely a power system lives through its span: failures, dust and light drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.station.grid_inputs import PreparedGrid
from moonstead.station.grid_ledger import first_shortage
from moonstead.station.loads import share_in_steps

Array = NDArray[np.float64]

JULIAN_YEAR = 365.25 * SECONDS_PER_DAY  # [s]
CONFIDENCE = 0.95  # [1] of the intervals given


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a source or store fails, and for how long.

    Attributes
    ----------
    per_year : float [1]
        Mean number of failures in a Julian year of work; they come at random (Poisson).
    repair : float [s]
        Mean time until it works again, exponential; infinite where nobody repairs.
    share : float [1]
        Of its power or capacity that is gone until then: 1, or one over the number of equal strings.
    """

    per_year: float
    repair: float
    share: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.per_year) and self.per_year >= 0.0) or not self.repair > 0.0:
            raise InvalidInput(
                "failures need a rate of at least 0 per year and a positive time of repair [s];"
                f" got {self.per_year!r} and {self.repair!r}"
            )
        if not 0.0 < self.share <= 1.0:
            raise InvalidInput(f"the share that fails must lie in (0, 1]; got {self.share!r}")


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is not known of the years ahead.

    Attributes
    ----------
    failures : mapping of str to Failures
        By the names of sources and stores.
    dust : mapping of str to (float, float) [1]
        Least and greatest share of the light that dust takes from an array in a year, by its name; evenly likely.
    output : float [1]
        Standard deviation of all sources' power about what is planned, the same for all of them over the span.
    demand : float [1]
        The same of the loads.
    """

    failures: Mapping[str, Failures] = field(default_factory=dict)
    dust: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    output: float = 0.0
    demand: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in self.dust.items():
            if not 0.0 <= low <= high < 1.0:
                raise InvalidInput(f"dust on {name!r} needs shares 0 <= low <= high < 1 a year; got {low!r}, {high!r}")
        for what, spread in (("output", self.output), ("demand", self.demand)):
            if not 0.0 <= spread < 0.5:
                raise InvalidInput(f"the spread of the {what} must lie in [0, 0.5); got {spread!r}")


@dataclass(frozen=True, slots=True)
class Future:
    """One draw of what may happen.

    Attributes
    ----------
    light : int
        Which of the light series comes true.
    outages : mapping of str to Windows
        When a source or store has failed.
    shares : mapping of str to float [1]
        Of it that is gone then.
    dust : mapping of str to float [1]
        Share of the light that dust takes from an array in a year.
    output, demand : float [1]
        Factors on all power made and wanted.
    """

    light: int
    outages: Mapping[str, Windows]
    shares: Mapping[str, float]
    dust: Mapping[str, float]
    output: float
    demand: float


@dataclass(frozen=True, slots=True)
class SurvivalEstimate:
    """Share of futures that were survived, with what chance leaves open.

    Attributes
    ----------
    survived, drawn : int
        Counts.
    probability : float [1]
        Their ratio.
    interval : (float, float) [1]
        In which the true probability lies with 95 % confidence.
    first_shortages : tuple of float [s TDB past J2000]
        Of the futures not survived, in the order drawn.
    """

    survived: int
    drawn: int
    probability: float
    interval: tuple[float, float]
    first_shortages: tuple[float, ...]


def draw_futures(
    uncertainty: Uncertainty, span: tuple[float, float], lights: int, count: int, seed: int
) -> tuple[Future, ...]:
    """Draw futures; the k-th is the same whatever their number, so that systems meet the same luck.

    Parameters
    ----------
    uncertainty : Uncertainty
        What is drawn.
    span : (float, float) [s TDB past J2000]
        In which things fail.
    lights : int
        Number of light series, equally likely.
    count : int
        How many.
    seed : int
        Of the random numbers.

    Returns
    -------
    tuple of Future
        Independent of each other.

    Raises
    ------
    InvalidInput
        There is nothing to draw from.

    Source
    ------
    Poisson process of failures with exponential repair; common random numbers: A. M. Law, Simulation Modeling and
    Analysis, 5th ed. (2015), section 11.2.
    """
    if lights < 1 or count < 1:
        raise InvalidInput(f"futures need at least one light series and one draw; got {lights} and {count}")
    return tuple(
        _future(uncertainty, span, lights, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(k,))))
        for k in range(count)
    )


def in_future(grids: Sequence[PreparedGrid], future: Future) -> PreparedGrid:
    """The grid as it would be in a future.

    Parameters
    ----------
    grids : sequence of PreparedGrid
        The same grid under each light series.
    future : Future
        What happens.

    Returns
    -------
    PreparedGrid
        With powers [W] and capacities [J] changed.

    Source
    ------
    Definition of `Future`; dust takes its share of what was left, from the start of the span.
    """
    grid = grids[future.light]
    middles = 0.5 * (grid.tdb[1:] + grid.tdb[:-1]) - grid.tdb[0]
    generation, capacity = grid.generation * future.output, grid.capacity.copy()
    for i, name in enumerate(grid.sources):
        if name in future.dust:
            generation[:, i] *= (1.0 - future.dust[name]) ** (middles / JULIAN_YEAR)
        if name in future.outages:
            generation[:, i] *= 1.0 - future.shares[name] * share_in_steps(future.outages[name], grid.tdb)
    for i, store in enumerate(grid.stores):
        if store.name in future.outages:
            gone = future.shares[store.name] * (share_in_steps(future.outages[store.name], grid.tdb) > 0.0)
            capacity[:, i] *= np.maximum(1.0 - gone, 1e-9)  # a store of nothing at all has no state of charge
    return replace(grid, generation=generation, capacity=capacity, demand=grid.demand * future.demand)


def estimate_survival(grids: Sequence[PreparedGrid], futures: Sequence[Future], priority: int) -> SurvivalEstimate:
    """Probability that no vital load is ever short.

    Parameters
    ----------
    grids : sequence of PreparedGrid
        The same grid under each light series.
    futures : sequence of Future
        From `draw_futures`.
    priority : int
        Loads up to this number are vital.

    Returns
    -------
    SurvivalEstimate
        With an exact interval of the binomial distribution.

    Raises
    ------
    InvalidInput
        There are no futures.
    NumericalFailure
        A step of some ledger could not be solved.

    Source
    ------
    Simulation of each future; C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404, doi:10.1093/biomet/26.4.404.
    """
    if not futures:
        raise InvalidInput("survival needs at least one future")
    times = [first_shortage(in_future(grids, future), priority) for future in futures]
    lost = tuple(time for time in times if np.isfinite(time))
    survived = len(times) - len(lost)
    return SurvivalEstimate(survived, len(times), survived / len(times), binomial_interval(survived, len(times)), lost)


def binomial_interval(hits: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval in which a probability lies that gave some hits in some trials.

    Parameters
    ----------
    hits, trials : int
        Counts.
    confidence : float [1]
        That the interval holds the probability, at least.

    Returns
    -------
    (float, float) [1]
        Lower and upper end.

    Raises
    ------
    InvalidInput
        Counts or confidence make no sense.

    Source
    ------
    C. J. Clopper, E. S. Pearson, Biometrika 26 (1934) 404, doi:10.1093/biomet/26.4.404, by quantiles of the beta
    distribution.
    """
    from scipy.special import betaincinv

    if not (0 <= hits <= trials and trials > 0 and 0.0 < confidence < 1.0):
        raise InvalidInput(f"an interval needs 0 <= hits <= trials and a confidence in (0, 1); got {hits} of {trials}")
    tail = 0.5 * (1.0 - confidence)
    low = float(betaincinv(hits, trials - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1.0 - tail)) if hits < trials else 1.0
    return low, high


def _future(uncertainty: Uncertainty, span: tuple[float, float], lights: int, rng: np.random.Generator) -> Future:
    light = int(rng.integers(lights))
    output, demand = (
        float(np.exp(spread * rng.standard_normal())) for spread in (uncertainty.output, uncertainty.demand)
    )
    dust = {name: float(rng.uniform(*shares)) for name, shares in uncertainty.dust.items()}
    outages, shares = {}, {}
    for name, failures in uncertainty.failures.items():
        starts, stops, time = [], [], span[0]
        while failures.per_year > 0.0:
            time += float(rng.exponential(JULIAN_YEAR / failures.per_year))
            if time >= span[1]:
                break
            repaired = time + (float(rng.exponential(failures.repair)) if np.isfinite(failures.repair) else np.inf)
            starts.append(time)
            stops.append(repaired)
            time = repaired
        if starts:
            outages[name] = Windows.of(starts, stops, span)
            shares[name] = failures.share
    return Future(light, outages, shares, dust, output, demand)
