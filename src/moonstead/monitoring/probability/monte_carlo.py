"""Probability of collision by counting: pairs drawn from both covariances and moved on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.monitoring.probability.encounter import Encounter
from moonstead.monitoring.probability.equinoctial import element_pair
from moonstead.monitoring.probability.passage import find_passage
from moonstead.monitoring.probability.rates import TAIL
from moonstead.monitoring.probability.segment import encounter_segment, orbit_periods

Array = NDArray[np.float64]

BLOCK = 16_384  # pairs between two looks at the clock
SLOW_BLOCK = 2_048
BRIEF = 0.02  # [1] of the shorter period: through a longer passage every pair is followed


@dataclass(frozen=True, slots=True)
class Counted:
    """A probability that was counted.

    Attributes
    ----------
    probability : float [1]
        Share of the pairs that touch.
    low, high : float [1]
        Clopper-Pearson interval of 95 %.
    hits, samples : int
        Pairs that touch, and all.
    contacts : int
        How often they touch: some pairs meet twice.
    followed : bool
        Whether every pair was followed over the whole span; else each was tested at its own closest approach.
    """

    probability: float
    low: float
    high: float
    hits: int
    samples: int
    contacts: int
    followed: bool


def monte_carlo(
    encounter: Encounter,
    samples: int,
    *,
    seed: int = 1,
    segment: tuple[float, float] | None = None,
    follow: bool | None = None,
    enough_hits: int | None = None,
    seconds: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Counted:
    """Count how often two uncertain objects touch.

    Parameters
    ----------
    encounter : Encounter
        Near closest approach, with covariances.
    samples : int
        How many pairs at most.
    seed : int
        The same seed gives the same count.
    segment : (float, float) or None [s]
        Between which times after that of the states; None for `encounter_segment`.
    follow : bool or None
        Whether to follow every pair over the span, for slow or repeated encounters; None decides by the passage.
    enough_hits : int or None
        Stop at the end of a block with so many pairs that touch.
    seconds : float or None [s]
        Stop at the end of a block after so long; the count then depends on the machine.
    progress : callable or None
        Told how many pairs are done.

    Returns
    -------
    Counted

    Raises
    ------
    InvalidInput
        A covariance is missing, or there are no samples.
    NumericalFailure
        The motion has no equinoctial elements.

    Source
    ------
    Hall et al. (2018), High-fidelity collision probabilities estimated using brute force Monte Carlo simulations, AAS
    18-244, with two-body motion; interval: Clopper & Pearson (1934), Biometrika 26, 404.
    """
    if samples < 1:
        raise InvalidInput(f"Monte Carlo needs at least one sample; got {samples}")
    if seed < 0:
        raise InvalidInput(f"a seed is not negative; got {seed}")
    prepare()
    from moonstead.monitoring.probability.sampling_kernels import sample_kernel

    pair = element_pair(encounter)
    bounds = encounter_segment(encounter) if segment is None else segment
    passage = find_passage(pair, encounter, bounds)
    slow = not passage.converged or 2.0 * TAIL * passage.sigma > BRIEF * min(orbit_periods(encounter))
    follow = slow if follow is None else follow
    roots = np.stack([_root(matrix) for matrix in pair.covariances])
    generator = np.random.Generator(np.random.SFC64(seed))
    hits = np.zeros(2, dtype=np.int64)
    done, begun = 0, time.monotonic()
    block = SLOW_BLOCK if follow else BLOCK
    draws, work = np.empty((block, 12)), np.zeros((24, 6))
    while done < samples:
        count = min(block, samples - done)
        generator.standard_normal(out=draws[:count])
        sample_kernel(
            draws[:count],
            pair.means,
            roots,
            pair.gm,
            passage.time if passage.converged else 0.0,
            bounds[0],
            bounds[1],
            pair.hard_body_radius,
            follow,
            work,
            hits,
        )
        done += count
        if progress is not None:
            progress(done)
        if enough_hits is not None and hits[0] >= enough_hits:
            break
        if seconds is not None and time.monotonic() - begun > seconds:
            break
    low, high = clopper_pearson(int(hits[0]), done)
    return Counted(int(hits[0]) / done, low, high, int(hits[0]), done, int(hits[1]), follow)


def clopper_pearson(hits: int, samples: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a share that was counted, which covers the truth at least as often as stated.

    Parameters
    ----------
    hits, samples : int
        How many of how many.
    confidence : float [1]
        How often the interval holds the truth.

    Returns
    -------
    (float, float) [1]

    Source
    ------
    Clopper & Pearson (1934), The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26, 404.
    """
    from scipy.special import betaincinv

    half = 0.5 * (1.0 - confidence)
    low = float(betaincinv(hits, samples - hits + 1, half)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, samples - hits, 1.0 - half)) if hits < samples else 1.0
    return low, high


def _root(covariance: Array) -> Array:
    """Square root (6, 6) of a covariance of elements: columns are the principal axes of its correlation."""
    sigma = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    return np.ascontiguousarray(scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))
