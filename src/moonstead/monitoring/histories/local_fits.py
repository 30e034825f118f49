"""Changes of a series at many times: curves through what lies before and after, fitted in windows all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_POINTS = 4  # on either side of a time that is tested
LEAST_REACH = 0.25  # [half windows] how far they must reach on either side
ROUNDS = 4  # of reweighting; the weights settle in three
TURNING = 2.0  # [scatter] residuals beyond it weigh less (Huber)
CAP = 4.0  # [noise] residuals beyond it count no more in the misfit
MEDIAN_TO_SIGMA = 1.4826  # [1] of a normal distribution
CHUNK = 2048  # windows that are fitted together


@dataclass(frozen=True, eq=False)
class LocalFits:
    """One change at each time that was tested.

    Attributes
    ----------
    change : (K,) [any unit]
        Of the series' slope [1/s of its unit] or level; NaN where there are too few points.
    sigma : (K,) [any unit]
        Standard deviation of the change for points of unit noise.
    scatter : (K,) [any unit]
        Of the points about the curve.
    misfit : (K,) [any unit]
        Sum of the squares of residuals, large ones capped.
    """

    change: Array
    sigma: Array
    scatter: Array
    misfit: Array


def late_ramp(after: Array, span: float) -> Array:
    """A ramp as the ends of running fits see it.

    Elements are fitted to the tracking of some days before their epoch. Where the rate changes within these days the
    fitted parabola ends beside the truth: behind it, then beyond it, until all tracking is younger than the change.

    Parameters
    ----------
    after : (...) [s]
        Time since the ramp begins.
    span : float [s]
        Days of tracking that a fit uses; 0 gives the ramp itself.

    Returns
    -------
    (...) [s]

    Source
    ------
    Value at the end of the least-squares parabola (Legendre polynomials to degree 2) through a ramp that begins at
    1 - u of the span: 9/2 u^2 - 6 u^3 + 5/2 u^4.
    """
    ramp = np.maximum(after, 0.0)
    if span <= 0.0:
        return ramp
    u = np.minimum(ramp / span, 1.0)
    return np.where(ramp > span, ramp, span * u * u * (4.5 + u * (-6.0 + 2.5 * u)))


def late_step(after: Array, span: float) -> Array:
    """A step as running means see it: the part of a fit's tracking that is younger than the change.

    Parameters
    ----------
    after : (...) [s]
        Time since the step.
    span : float [s]
        Days of tracking that a fit uses; 0 gives the step itself.

    Returns
    -------
    (...) [1]
        From 0 to 1.

    Source
    ------
    Mean of a step over the span before each time.
    """
    return (after > 0.0).astype(float) if span <= 0.0 else np.clip(after / span, 0.0, 1.0)


def local_fits(
    seconds: Array,
    series: Array,
    times: Array,
    width: float,
    span: float,
    *,
    level: bool = False,
    noise: float = np.inf,
) -> LocalFits:
    """Changes of a series at times, each from a robust fit of the points in a window about it.

    Parameters
    ----------
    seconds : (N,) [s]
        Times of the points, in order.
    series : (N,) [any unit]
        The points.
    times : (K,) [s]
        Where a change is sought.
    width : float [s]
        Half of the window.
    span : float [s]
        Days of tracking that a fit uses.
    level : bool
        Whether a change of level is sought, as `late_step` has it, on a straight line; else one of slope, as
        `late_ramp` has it, on a parabola.
    noise : float [any unit], optional
        Of a point, for the misfit.

    Returns
    -------
    LocalFits
        Changes of slope [1/s of the series' unit] or of level.

    Source
    ------
    Weighted least squares with the weights of Huber (1964), Ann. Math. Statist. 35, 73, doi:10.1214/aoms/1177703732.
    """
    parts = [
        _fit_chunk(seconds, series, times[k : k + CHUNK], width, span, level, noise)
        for k in range(0, times.size, CHUNK)
    ]
    return LocalFits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _fit_chunk(
    seconds: Array, series: Array, times: Array, width: float, span: float, level: bool, noise: float
) -> tuple[Array, Array, Array, Array]:
    first = np.searchsorted(seconds, times - width)
    last = np.searchsorted(seconds, times + width, side="right")
    index = first[:, np.newaxis] + np.arange(max(int(np.max(last - first)), 1))
    used = index < last[:, np.newaxis]
    index = np.minimum(index, seconds.size - 1)
    after = seconds[index] - times[:, np.newaxis]
    x = np.where(used, after / width, 0.0)
    y = np.where(used, series[index] - series[np.minimum(first, seconds.size - 1)][:, np.newaxis], 0.0)
    enough = np.sum(used & (x < 0.0), axis=1) >= LEAST_POINTS
    enough &= np.sum(used & (x > 0.0), axis=1) >= LEAST_POINTS
    enough &= (np.max(x, axis=1) > LEAST_REACH) & (np.min(x, axis=1) < -LEAST_REACH)
    one = np.ones_like(x)
    columns = (one, x, late_step(after, span)) if level else (one, x, x * x, late_ramp(after, span) / width)
    design = np.stack(columns, axis=-1)
    guard = 1e-9 * np.eye(design.shape[-1])  # keeps windows without enough points solvable; they are left out below
    weight = used.astype(float)
    for _ in range(ROUNDS):
        weighted = np.swapaxes(design * weight[..., np.newaxis], 1, 2)
        normal = weighted @ design + guard
        found = np.linalg.solve(normal, weighted @ y[..., np.newaxis])
        size = np.abs(y - (design @ found)[..., 0])
        scatter = MEDIAN_TO_SIGMA * _median_of_used(size, used)
        limit = TURNING * np.maximum(scatter, 1e-300)[:, np.newaxis]
        weight = used * np.minimum(1.0, limit / np.maximum(size, 1e-300))
    scale = 1.0 if level else 1.0 / width
    sigma = scale * np.sqrt(np.linalg.inv(normal)[:, -1, -1])
    misfit = np.sum(np.where(used, np.minimum(size, CAP * noise) ** 2, 0.0), axis=1)
    change = scale * found[:, -1, 0]
    return tuple(np.where(enough, column, np.nan) for column in (change, sigma, scatter, misfit))  # type: ignore[return-value]


def _median_of_used(values: Array, used: Mask) -> Array:
    """Medians (K,) of the used values of each row; 0 where none is used."""
    ordered = np.sort(np.where(used, values, np.inf), axis=1)
    count = np.maximum(np.sum(used, axis=1), 1)
    rows = np.arange(len(values))
    middle = 0.5 * (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2])
    return np.where(np.isfinite(middle), middle, 0.0)
