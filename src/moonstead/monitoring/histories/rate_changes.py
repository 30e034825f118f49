"""Burns along the track: where the mean motion changes between the sets of a history."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.monitoring.histories.local_fits import MEDIAN_TO_SIGMA, LocalFits, late_ramp, local_fits

Array = NDArray[np.float64]

WIDTHS = tuple(days * SECONDS_PER_DAY for days in (1.5, 2.5, 4.0, 6.0, 9.0, 12.0))  # [s] half windows that are tried
SPANS = tuple(days * SECONDS_PER_DAY for days in (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0))  # [s] of tracking in a fit
ERA = 120.0 * SECONDS_PER_DAY  # [s] either side, over which the noise is learnt
QUIETEST = 1e-4  # [m/s] last digits of two-line sets are worth 12 m along the orbit: so much in a day or two
FEWEST = 20  # changes that the noise of an era is learnt from
APART = 10.0 * SECONDS_PER_DAY  # [s] between changes that are taken in one pass
SEARCHED = 2.0 * SECONDS_PER_DAY  # [s] either side of the gap where a change shows most
TOGETHER = SECONDS_PER_DAY  # [s] changes closer than this are told as one
TIME_STEPS = tuple(days * SECONDS_PER_DAY for days in (0.5, 0.12, 0.03, 0.008, 0.002))  # [s] of a search
PASSES = 12  # that remove what is found and look again
# What may be left of a change beside it, as a part of it: fits do not weigh their tracking quite as `late_ramp` has it.
REMNANT = 0.15
SHADOW = 3.0 * SECONDS_PER_DAY  # [s] past the span, over which a remnant is looked for
CHI_SQUARE_95 = 3.84  # of one degree of freedom


@dataclass(frozen=True)
class RateChange:
    """A change of the rate at which an object moves along its orbit.

    Attributes
    ----------
    time, earliest, latest : float [s]
        When, on the clock of the series, and between which times: meant to hold at 95 %, for 85 % of Envisat's burns
        it did.
    change, sigma : float [m/s]
        Of the rate; positive is ahead.
    span : float [s]
        Tracking that the sets about it were fitted to.
    """

    time: float
    earliest: float
    latest: float
    change: float
    sigma: float
    span: float


def rate_changes(seconds: Array, along: Array, false_alarms: float) -> list[RateChange]:
    """Changes of rate in the way along the orbit, strongest first removed, until nothing significant is left.

    At every gap between sets a kink is fitted to the sets in windows of several widths. Its noise is learnt, for each
    era and width, from the scatter of the kinks themselves (median deviation), so that errors of the sets that belong
    together and changes of drag count; the width with the least noise is taken. The strongest kinks are refined in time
    and span, taken off the series, and all is repeated.

    Parameters
    ----------
    seconds : (N,) [s]
        Epochs, in order.
    along : (N,) [m]
        Way along the orbit.
    false_alarms : float [1]
        Chance that anything is found in the whole history where there is nothing (Bonferroni over all gaps).

    Returns
    -------
    list of RateChange
        In the order of time.

    Source
    ------
    Own, as `manoeuvres` says.
    """
    if seconds.size < FEWEST:
        return []
    gaps = 0.5 * (seconds[1:] + seconds[:-1])
    threshold = -NormalDist().inv_cdf(0.5 * false_alarms / gaps.size)
    rest = along - np.polyval(np.polyfit(seconds - seconds[0], along, 1), seconds - seconds[0])
    scatter = local_fits(seconds, rest, gaps[:: max(1, gaps.size // 500)], WIDTHS[2], 0.0).scatter
    noise = float(np.median(scatter[np.isfinite(scatter)])) if np.any(np.isfinite(scatter)) else np.inf
    found: list[RateChange] = []
    jumps: list[float] = []
    span = 0.0
    for _ in range(PASSES):
        change, sigma = _kinks(seconds, rest, gaps, span)
        excess = np.nan_to_num(np.abs(change) / np.maximum(threshold * sigma, _remnants(gaps, found)))
        for time in (*jumps, *(one.time for one in found)):
            excess[np.abs(gaps - time) < SEARCHED] = 0.0
        starts = _strongest(gaps, excess)
        if not starts:
            break
        for start in starts:
            strength = abs(float(change[np.searchsorted(gaps, start)]))
            one, jumped = _refined(seconds, rest, start, strength, _about(span) if span else SPANS, noise)
            if one is None or jumped:
                jumps.append(start)
                continue
            found.append(one)
            rest = rest - one.change * late_ramp(seconds - one.time, one.span)
        found, rest = _again(seconds, rest, found, starts, _about(span) if span else SPANS, noise)
        found, rest = _pruned(seconds, rest, found, gaps, sigma, threshold)
        span = float(np.median([one.span for one in found])) if found else 0.0
    at = np.array([one.time for one in found])
    spread = np.interp(at, gaps[np.isfinite(sigma)], sigma[np.isfinite(sigma)]) if found else at
    return _merged([replace(one, sigma=float(each)) for one, each in zip(found, spread, strict=True)])


def _merged(found: list[RateChange]) -> list[RateChange]:
    """Changes in the order of time; those within a day of each other as one, at the time of the larger."""
    result: list[RateChange] = []
    for one in sorted(found, key=lambda each: each.time):
        last = result[-1] if result else None
        if last is None or one.time - last.time > TOGETHER:
            result.append(one)
            continue
        larger = max(last, one, key=lambda each: abs(each.change))
        result[-1] = replace(larger, change=last.change + one.change, sigma=math.hypot(last.sigma, one.sigma))
    return result


def _about(span: float) -> tuple[float, ...]:
    """Spans near one: fits of one object use about the same."""
    return tuple(each for each in SPANS if 0.5 * span <= each <= 2.0 * span)


def _kinks(seconds: Array, rest: Array, gaps: Array, span: float) -> tuple[Array, Array]:
    """Kinks (K,) [m/s] at the gaps and their standard deviations, from the best width for each."""
    change, sigma = np.full(gaps.size, np.nan), np.full(gaps.size, np.inf)
    for width in WIDTHS:
        fits = local_fits(seconds, rest, gaps, width, min(span, width))
        spread = fits.sigma * noise_of_eras(gaps, fits)
        better = spread < sigma
        change, sigma = np.where(better, fits.change, change), np.where(better, spread, sigma)
    return change, np.where(np.isinf(sigma), np.nan, np.maximum(sigma, QUIETEST))


def noise_of_eras(times: Array, fits: LocalFits) -> Array:
    """Scatter of changes over what unit noise would give, learnt from the changes themselves.

    Parameters
    ----------
    times : (K,) [s]
        Where the changes were fitted, in order.
    fits : LocalFits
        The changes.

    Returns
    -------
    (K,) [any unit]
        Median deviation over the era about each time; NaN where nothing is known anywhere.

    Source
    ------
    Median absolute deviation, times 1.4826 for a normal distribution.
    """
    ratio = fits.change / fits.sigma
    known = np.isfinite(ratio)
    nodes = np.arange(times[0], times[-1] + ERA, 0.5 * ERA)
    levels = np.full(nodes.size, np.nan)
    for k, node in enumerate(nodes):
        here = known & (np.abs(times - node) < ERA)
        if np.sum(here) >= FEWEST:
            levels[k] = MEDIAN_TO_SIGMA * np.median(np.abs(ratio[here]))
    good = np.isfinite(levels)
    return np.interp(times, nodes[good], levels[good]) if np.any(good) else np.full(times.size, np.nan)


def _remnants(times: Array, found: list[RateChange]) -> Array:
    """Changes (K,) [m/s] that may be left of those already found."""
    left = np.zeros(times.size)
    for one in found:
        near = np.abs(times - one.time) < one.span + SHADOW
        left[near] = np.maximum(left[near], REMNANT * abs(one.change))
    return left


def _strongest(gaps: Array, excess: Array) -> list[float]:
    """Gaps whose kink is above the threshold and the strongest for some days."""
    starts: list[float] = []
    for k in np.argsort(-excess):
        if excess[k] < 1.0:
            break
        if all(abs(gaps[k] - start) > APART for start in starts):
            starts.append(float(gaps[k]))
    return starts


def _refined(
    seconds: Array, rest: Array, start: float, strength: float, spans: tuple[float, ...], noise: float
) -> tuple[RateChange | None, bool]:
    """The change near a time, refined in time and span; and whether a jump of the series fits better.

    Residuals count first up to what the grid of times leaves of a change of this strength [m/s], so that the way to
    a strong one is seen from afar; then up to the noise alone.
    """
    width = WIDTHS[-2]
    times = start + np.arange(-SEARCHED, 1.01 * SEARCHED, TIME_STEPS[0])
    far = max(noise, strength * TIME_STEPS[0])
    seen = min(_best(seconds, rest, times, width, span, far) for span in spans)
    if not np.isfinite(seen[0]):
        return None, False
    for step in TIME_STEPS[1:]:
        near = seen[1] + step * np.arange(-4.0, 4.1)
        seen = _best(seconds, rest, near, width, seen[2], max(noise, strength * step))
    times = np.concatenate((times, seen[1] + TIME_STEPS[0] * np.arange(-1.0, 1.1)))
    best = min(_best(seconds, rest, times, width, span, noise) for span in spans)
    jump = local_fits(seconds, rest, times, width, 0.0, level=True, noise=noise).misfit
    for step in TIME_STEPS[1:]:
        near = best[1] + step * np.arange(-4.0, 4.1)
        best = min(best, _best(seconds, rest, near, width, best[2], noise))
    jumped = bool(np.any(jump < best[0]))
    _, time, span, change = best
    earliest, latest = _interval(seconds, rest, best, spans, noise)
    one = RateChange(time, earliest, latest, change, np.nan, span)
    return one, jumped


def _interval(
    seconds: Array, rest: Array, best: tuple[float, float, float, float], spans: tuple[float, ...], noise: float
) -> tuple[float, float]:
    """Times between which a change is likely, whatever the span.

    Fits that share tracking share errors: as many sets as a span holds count as one.
    """
    misfit, time, span, _ = best
    width = WIDTHS[-2]
    near = int(np.sum(np.abs(seconds - time) < width))
    together = max(1.0, near * span / (2.0 * width))
    limit = misfit + CHI_SQUARE_95 * together * misfit / max(near - 6, 1)
    times = time + TIME_STEPS[1] * np.arange(-25.0, 25.1)
    gap = int(np.clip(np.searchsorted(seconds, time), 1, seconds.size - 1))
    earliest, latest = min(time, float(seconds[gap - 1])), max(time, float(seconds[gap]))
    for each in spans:
        likely = times[local_fits(seconds, rest, times, width, each, noise=noise).misfit <= limit]
        if likely.size:
            earliest, latest = min(earliest, float(likely.min())), max(latest, float(likely.max()))
    return earliest, latest


def _best(
    seconds: Array, rest: Array, times: Array, width: float, span: float, noise: float
) -> tuple[float, float, float, float]:
    """Least misfit over times, with the time, the span and the change."""
    fits = local_fits(seconds, rest, times, width, span, noise=noise)
    misfit = np.where(np.isfinite(fits.misfit), fits.misfit, np.inf)
    k = int(np.argmin(misfit))
    return float(misfit[k]), float(times[k]), span, float(fits.change[k])


def _again(
    seconds: Array, rest: Array, found: list[RateChange], starts: list[float], spans: tuple[float, ...], noise: float
) -> tuple[list[RateChange], Array]:
    """Changes near new ones, each refined with all others taken off."""
    result = []
    for one in found:
        if any(abs(one.time - start) < 2.5 * APART for start in starts):
            own = rest + one.change * late_ramp(seconds - one.time, one.span)
            better, _ = _refined(seconds, own, one.time, abs(one.change), spans, noise)
            one = one if better is None else better
            rest = own - one.change * late_ramp(seconds - one.time, one.span)
        result.append(one)
    return result, rest


def _pruned(
    seconds: Array, rest: Array, found: list[RateChange], gaps: Array, sigma: Array, threshold: float
) -> tuple[list[RateChange], Array]:
    """The changes without those that are no more significant beside the others, and the series with them put back."""
    good = np.isfinite(sigma)
    kept = sorted(found, key=lambda one: -abs(one.change))
    for one in reversed(kept.copy()):
        others = [other for other in kept if other is not one]
        need = threshold * np.interp(one.time, gaps[good], sigma[good])
        if abs(one.change) < max(need, float(_remnants(np.array([one.time]), others)[0])):
            kept = others
            rest = rest + one.change * late_ramp(seconds - one.time, one.span)
    return kept, rest
