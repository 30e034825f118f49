"""Nights and spells of light from a series, with edges as sharp as one asks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.observe import Aberration
from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.dynamics.windows import Windows
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.surface.horizon import HorizonProfile
from moonstead.surface.light_series import STRIPS, LightSeries, light_series

__all__ = ["lit_windows", "sharpened_windows"]

Array = NDArray[np.float64]


def lit_windows(series: LightSeries, threshold: float = 0.0) -> Windows:
    """Windows with more than a share of the Sun's light, from samples: edges half way between two of them.

    Parameters
    ----------
    series : LightSeries
        Samples; each stands for the time half way to its neighbours.
    threshold : float [1]
        Share of the light: 0 asks for any part of the Sun, 0.5 for half of it.

    Returns
    -------
    Windows
        Over the span of the series; each edge within half a step. Spells shorter than a step may be missing:
        `light_windows` proves that none is.

    Raises
    ------
    InvalidInput
        There are fewer than two samples, or the threshold is not between 0 and 1.

    Source
    ------
    Definition.
    """
    _require(series, threshold)
    return _windows(series.tdb, series.sun_fraction > threshold, 0.5 * (series.tdb[1:] + series.tdb[:-1]))


def sharpened_windows(
    series: LightSeries,
    site: SurfacePoint,
    horizon: HorizonProfile,
    data: DataContext,
    threshold: float = 0.0,
    *,
    tolerance: float = 1.0,
    strips: int = STRIPS,
    aberration: Aberration = "apparent",
) -> Windows:
    """Windows of `lit_windows` with each edge found by bisection between its two samples.

    Parameters
    ----------
    series : LightSeries
        Samples of the same site and skyline.
    site : SurfacePoint
        The place.
    horizon : HorizonProfile
        Its skyline.
    data : DataContext
        Where ephemeris and orientation come from.
    threshold : float [1]
        Share of the light.
    tolerance : float [s]
        Largest error of an edge.
    strips : int
        As in `light_series`; use those of the series.
    aberration : "geometric", "light-time" or "apparent"
        As in `light_series`; use that of the series.

    Returns
    -------
    Windows
        Spells shorter than a step of the series may be missing.

    Raises
    ------
    InvalidInput
        There are fewer than two samples, the threshold is not between 0 and 1, the tolerance is not positive, or the
        skyline belongs to another place.

    Source
    ------
    Bisection of what `light_series` gives.
    """
    _require(series, threshold)
    if not tolerance > 0.0:
        raise InvalidInput(f"the tolerance of an edge must be positive [s]; got {tolerance!r}")
    lit = series.sun_fraction > threshold
    flips = np.flatnonzero(lit[1:] != lit[:-1])
    edges = 0.5 * (series.tdb[1:] + series.tdb[:-1])
    if flips.size:
        before, after, rising = series.tdb[flips], series.tdb[flips + 1], lit[flips + 1]
        for _ in range(int(np.ceil(np.log2(max(np.max(after - before) / tolerance, 1.0))))):
            middle = 0.5 * (before + after)
            found = light_series(site, horizon, middle, data, strips=strips, aberration=aberration).sun_fraction
            crossed = (found > threshold) == rising
            before, after = np.where(crossed, before, middle), np.where(crossed, middle, after)
        edges[flips] = 0.5 * (before + after)
    return _windows(series.tdb, lit, edges)


def _windows(tdb: Array, lit: NDArray[np.bool_], edges: Array) -> Windows:
    """Windows of a state (N,) with edges (N - 1,) [s TDB past J2000] between samples."""
    step = np.diff(np.concatenate(([False], lit, [False])).astype(np.int8))
    bounds = np.concatenate(([tdb[0]], edges, [tdb[-1]]))
    return Windows.of(bounds[np.flatnonzero(step > 0)], bounds[np.flatnonzero(step < 0)], (tdb[0], tdb[-1]))


def _require(series: LightSeries, threshold: float) -> None:
    if series.tdb.size < 2:
        raise InvalidInput("nights need a series of two samples or more")
    if not 0.0 <= threshold < 1.0:
        raise InvalidInput(f"the threshold is a share of the Sun's light, 0 or more and below 1; got {threshold!r}")
