"""Maps of light: mean, longest night and sight of the Earth at every pixel whose skyline is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.trajectories import SurfacePoint
from moonstead.foundation.bodies import body as body_named
from moonstead.foundation.data import DataContext
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.frames.standard import MOON_ME
from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.disc import DiscStrips, disc_strips, limb_darkening_exponent
from moonstead.surface.light_series import past_the_earth
from moonstead.surface.moon_sky import MoonSky

if TYPE_CHECKING:
    from moonstead.surface.gnomonic_grid import GnomonicGrid
    from moonstead.surface.horizon_map import HorizonMap

__all__ = ["LightMap", "SightMap", "light_map", "map_axes", "pixel_light", "sight_map"]

Array = NDArray[np.float64]
Progress = Callable[[float], None]

CENTIDEGREE = np.pi / 18_000.0  # [rad]
SAME_STEP = 1e-6  # [1] of a step
ROWS_AT_ONCE = 16  # between two reports of progress


@dataclass(frozen=True, eq=False)
class LightMap:
    """Light at every pixel of a grid over a span.

    Attributes
    ----------
    grid : GnomonicGrid
        The pixels.
    mast : float [m]
        Height of the eye above the ground.
    start, stop : float [s TDB past J2000]
        The span: half a step before the first sample to half a step after the last.
    mean_fraction : (n, m) [1]
        Mean share of the Sun's light.
    lit_any : (n, m) [1]
        Share of the time with any part of the Sun.
    longest_night, longest_light : (n, m) [s]
        Longest spells without and with any part of the Sun, in whole steps. One that touches an end of the span may
        last longer.
    """

    grid: GnomonicGrid
    mast: float
    start: float
    stop: float
    mean_fraction: Array
    lit_any: Array
    longest_night: Array
    longest_light: Array


@dataclass(frozen=True, eq=False)
class SightMap:
    """Sight of the Earth's centre at every pixel of a grid over a span.

    Attributes
    ----------
    grid : GnomonicGrid
        The pixels.
    mast : float [m]
        Height of the eye above the ground.
    start, stop : float [s TDB past J2000]
        The span.
    seen : (n, m) [1]
        Share of the time with the Earth's centre above the skyline.
    longest_gap, longest_sight : (n, m) [s]
        Longest spells without and with it, in whole steps.
    """

    grid: GnomonicGrid
    mast: float
    start: float
    stop: float
    seen: Array
    longest_gap: Array
    longest_sight: Array


def light_map(
    horizons: HorizonMap,
    sky: MoonSky,
    data: DataContext,
    *,
    strips: int = 1,
    eclipses: bool = True,
    progress: Progress | None = None,
) -> LightMap:
    """Mean light and longest nights at every pixel of a map.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of the pixels.
    sky : MoonSky
        The span, in equal steps.
    data : DataContext
        Where eclipses come from.
    strips : int
        Upright strips across the Sun; 1 takes the skyline as level under the whole disc, which does not bias a mean
        over many days.
    eclipses : bool
        Whether the Earth may hide the Sun; taken at the middle of the map, as its shadow is 9000 km wide.
    progress : callable, optional
        Told the share done, 0 to 1.

    Returns
    -------
    LightMap
        200 x 200 pixels and a year by the hour take a quarter of a minute.

    Raises
    ------
    InvalidInput
        The sky's steps are not equal, the map's frame is not ``MOON_ME``, or `strips` is below 1.

    Source
    ------
    Method: Mazarico et al. (2011), Icarus 211, 1066, section 2, doi:10.1016/j.icarus.2010.10.030. Azimuths on the
    gnomonic map: derivative of Snyder (1987), equations 22-4 and 22-5.
    """
    step = _step(sky, horizons)
    factor = _past_the_earth(horizons.grid, sky, data) if eclipses else np.ones(sky.tdb.size)
    pieces = disc_strips(strips, limb_darkening_exponent())
    mean, above, below_run, above_run = _run(horizons, sky.sun, factor, "SUN", 0.0, pieces, progress)
    span = float(sky.tdb[0]) - 0.5 * step, float(sky.tdb[-1]) + 0.5 * step
    return LightMap(horizons.grid, horizons.mast, *span, mean, above, below_run * step, above_run * step)


def sight_map(horizons: HorizonMap, sky: MoonSky, *, progress: Progress | None = None) -> SightMap:
    """Sight of the Earth at every pixel of a map.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of the pixels.
    sky : MoonSky
        The span, in equal steps; the Earth moves by its own radius in two hours or more.
    progress : callable, optional
        Told the share done, 0 to 1.

    Returns
    -------
    SightMap

    Raises
    ------
    InvalidInput
        The sky's steps are not equal, or the map's frame is not ``MOON_ME``.

    Source
    ------
    As `light_map`.
    """
    step = _step(sky, horizons)
    _, above, below_run, above_run = _run(
        horizons, sky.earth, np.ones(sky.tdb.size), "EARTH", 0.5, disc_strips(1), progress
    )
    span = float(sky.tdb[0]) - 0.5 * step, float(sky.tdb[-1]) + 0.5 * step
    return SightMap(horizons.grid, horizons.mast, *span, above, below_run * step, above_run * step)


def pixel_light(
    horizons: HorizonMap,
    rows: ArrayLike,
    columns: ArrayLike,
    sky: MoonSky,
    data: DataContext,
    *,
    body: str = "SUN",
    strips: int = 1,
    eclipses: bool = True,
) -> NDArray[np.float32]:
    """Light over time at some pixels of a map.

    Parameters
    ----------
    horizons : HorizonMap
        Skylines of the pixels.
    rows, columns : (K,) of int [1]
        The pixels.
    sky : MoonSky
        The span.
    data : DataContext
        Where eclipses come from.
    body : "SUN" or "EARTH"
        Whose disc.
    strips : int
        As in `light_map`.
    eclipses : bool
        Whether the Earth may hide the Sun.

    Returns
    -------
    (K, N) float32 [1]
        Share of the light (Sun) or of the disc (Earth).

    Raises
    ------
    InvalidInput
        A pixel lies outside the map, the map's frame is not ``MOON_ME``, or the body is neither Sun nor Earth.

    Source
    ------
    As `light_map`.
    """
    prepare()
    from moonstead.surface.light_map_kernels import pixel_series_kernel

    _require_frame(horizons)
    if body not in ("SUN", "EARTH"):
        raise InvalidInput(f"a map knows the light of the SUN and the sight of the EARTH; got {body!r}")
    row, column = (np.atleast_1d(np.asarray(index, dtype=np.int64)) for index in (rows, columns))
    height, width = horizons.grid.heights.shape
    if row.shape != column.shape or np.any((row < 0) | (row >= height) | (column < 0) | (column >= width)):
        raise InvalidInput(f"pixels must lie within {height} rows and {width} columns, in pairs")
    sun = body == "SUN"
    factor = _past_the_earth(horizons.grid, sky, data) if eclipses and sun else np.ones(sky.tdb.size)
    pieces = disc_strips(strips, limb_darkening_exponent() if sun else 0.0)
    share = np.empty((row.size, sky.tdb.size), dtype=np.float32)
    pixel_series_kernel(
        _on_the_map(horizons.grid, sky.sun if sun else sky.earth),
        factor,
        np.asarray(horizons.centidegrees),
        horizons.grid.projection.radius,
        _eyes(horizons),
        np.asarray(horizons.grid.x),
        np.asarray(horizons.grid.y),
        row,
        column,
        body_named(body).mean_radius,
        *_strips(pieces),
        np.empty(horizons.centidegrees.shape[0] + 1),
        np.empty(sky.tdb.size),
        share,
    )
    return share


def _run(
    horizons: HorizonMap,
    vectors: Array,
    factor: Array,
    body: str,
    threshold: float,
    pieces: DiscStrips,
    progress: Progress | None,
) -> tuple[Array, Array, Array, Array]:
    """Mean share, share of samples above the threshold, and longest runs of samples below and above it; (n, m)."""
    prepare()
    from moonstead.surface.light_map_kernels import light_map_kernel

    grid = horizons.grid
    shape = grid.heights.shape
    found: tuple[Array, Array, Array, Array] = (np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape))
    seen, eye = _on_the_map(grid, vectors), _eyes(horizons)
    skyline, share = np.empty(horizons.centidegrees.shape[0] + 1), np.empty(len(vectors))
    for first in range(0, shape[0], ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE, shape[0])
        light_map_kernel(
            seen,
            factor,
            np.asarray(horizons.centidegrees),
            grid.projection.radius,
            eye,
            np.asarray(grid.x),
            np.asarray(grid.y),
            first,
            last,
            body_named(body).mean_radius,
            threshold,
            *_strips(pieces),
            skyline,
            share,
            *found,
        )
        if progress is not None:
            progress(last / shape[0])
    return found


def _step(sky: MoonSky, horizons: HorizonMap) -> float:
    """Step [s] of a sky, after the checks that every map needs."""
    _require_frame(horizons)
    if sky.tdb.size < 2:
        raise InvalidInput("a map of light needs a sky of two times or more")
    step = (sky.tdb[-1] - sky.tdb[0]) / (sky.tdb.size - 1)
    if np.any(np.abs(np.diff(sky.tdb) - step) > SAME_STEP * step):
        raise InvalidInput("the longest nights of a map are counted in steps: the sky's times must be equally spaced")
    return float(step)


def _require_frame(horizons: HorizonMap) -> None:
    if horizons.grid.frame != MOON_ME.name:
        raise InvalidInput(f"the sky is known along MOON_ME; the map {horizons.grid.name} is in {horizons.grid.frame}")


def map_axes(grid: GnomonicGrid) -> Array:
    """Axes of a gnomonic map in its body-fixed frame.

    Parameters
    ----------
    grid : GnomonicGrid
        The map.

    Returns
    -------
    (3, 3) [1]
        Unit vectors in rows: +x, +y, and outwards at the centre.

    Source
    ------
    Snyder (1987), USGS Professional Paper 1395, section 22, doi:10.3133/pp1395.
    """
    latitude, longitude = grid.projection.latitude, grid.projection.longitude
    sin_lat, cos_lat, sin_lon, cos_lon = (f(a) for a in (latitude, longitude) for f in (np.sin, np.cos))
    return np.array(
        [
            [-sin_lon, cos_lon, 0.0],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        ]
    )


def _on_the_map(grid: GnomonicGrid, vectors: Array) -> Array:
    """Vectors (N, 3) [m] along the map's axes."""
    return np.ascontiguousarray(vectors @ map_axes(grid).T)


def _past_the_earth(grid: GnomonicGrid, sky: MoonSky, data: DataContext) -> Array:
    """Share (N,) [1] of the Sun that the Earth leaves at the middle of a map."""
    latitude, longitude = grid.projection.latitude, grid.projection.longitude
    return past_the_earth(SurfacePoint("middle of the map", "MOON", MOON_ME, latitude, longitude), sky, data)


def _eyes(horizons: HorizonMap) -> Array:
    """Heights of the eyes (n, m) [m] above the sphere."""
    return np.asarray(horizons.grid.heights, dtype=np.float64) + horizons.mast


def _strips(pieces: DiscStrips) -> tuple[Array, Array, Array, Array]:
    return pieces.nodes, pieces.chords, pieces.weights, pieces.table
