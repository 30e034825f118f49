"""Temperatures of a map of ground that shades, lights and warms itself, and where ice would last in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.ground_heat_columns import ColumnGrid, GroundColumns, column_grid
from moonstead.surface.regolith import Regolith
from moonstead.surface.scattered_light import emitted_between_facets, reflected_between_facets
from moonstead.surface.view_factors import GroundViews

__all__ = ["WATER_ICE_LIMIT", "TemperatureMap", "cold_traps", "temperature_map"]

Array = NDArray[np.float64]

WATER_ICE_LIMIT = 110.0  # [K] Williams et al. (2019), JGR Planets 124, 2505: 1 kg/m2 in 1e9 a, exposed
MAP_GRID = column_grid(4e-3, 1.3, 2.0)  # 20 cells: 0.03 K from 114 on the equator
COARSE_ROUNDS = 4  # runs through the year at every fourth time: light first, then with the heat of the run before
FINE_ROUNDS = 2  # and at every time
STRIDE = 4
SETTLED = 1e-4  # of the brightest facet: what the last reflection may add; 0.01 K where it is warm
MOST_VALUES = 300_000_000  # facets times times: 1.2 GB for each of two arrays
CHUNK = 128  # times of the exchange of light at once


@dataclass(frozen=True, eq=False)
class TemperatureMap:
    """Temperatures of the facets of a map over a year or some months.

    Attributes
    ----------
    warmest, coldest, mean : (n, m) [K]
        Of the surface.
    depth : (L,) [m]
        Middles of the cells of each column.
    profile : (L, n, m) [K]
        Mean temperature at these depths.
    area : (n, m) [m2]
        Of each facet on its slope.
    change : float [K]
        Largest difference between the warmest surfaces of the last two runs; another run would change less.
    """

    warmest: Array
    coldest: Array
    mean: Array
    depth: Array
    profile: Array
    area: Array
    change: float


def temperature_map(
    views: GroundViews,
    regolith: Regolith,
    tdb: ArrayLike,
    beam: ArrayLike,
    cosine: ArrayLike,
    *,
    grid: ColumnGrid | None = None,
    rounds: int = COARSE_ROUNDS,
) -> TemperatureMap:
    """Temperatures of a map whose facets light and warm each other.

    Sunlight is reflected between facets any number of times. Heat that facets send each other is that of the same
    moment in the round before: the series is taken as one period and run through several times.

    Parameters
    ----------
    views : GroundViews
        Who sees whom, of P facets.
    regolith : Regolith
        Of all facets.
    tdb : (N,) [s TDB past J2000]
        Times, rising, over one period.
    beam : (P, N) [W/m2]
        Sunlight through a plane that faces the Sun, with what skylines leave of it.
    cosine : (P, N) [1]
        Of the angle between the Sun and each facet's normal.
    grid : ColumnGrid, optional
        Cells of each column; by default 20 from 4 mm to 2 m.
    rounds : int
        Runs through every fourth moment of the series that settle the ground; two runs of all moments follow.

    Returns
    -------
    TemperatureMap

    Raises
    ------
    InvalidInput
        Shapes do not pair, or the map has more values than memory should hold.
    NumericalFailure
        Ground colder than its heat capacity is known for.

    Source
    ------
    Paige et al. (2010), Science 330, 479, doi:10.1126/science.1187726, supporting text: columns that exchange light
    and heat.
    """
    time = np.ascontiguousarray(tdb, dtype=np.float64)
    light, slant = np.asarray(beam), np.asarray(cosine)
    shape = (views.sky.size, time.size)
    if light.shape != shape or slant.shape != shape:
        raise InvalidInput(f"{shape[0]} facets and {shape[1]} times do not pair with {light.shape} and {slant.shape}")
    if shape[0] * shape[1] > MOST_VALUES:
        raise InvalidInput(
            f"{shape[0]} facets at {shape[1]} times are too many for one map; take a longer step, or parts of the map"
        )
    if rounds < 1:
        raise InvalidInput(f"a map needs a round or more to settle its ground; got {rounds}")
    quick = views.single()
    flux = np.empty(shape, dtype=np.float32)
    for k in range(0, time.size, CHUNK):
        part = slice(k, k + CHUNK)
        facing = np.clip(slant[:, part], 0.0, 1.0).astype(np.float32)
        direct = light[:, part].astype(np.float32) * facing
        flux[:, part] = reflected_between_facets(quick, regolith, direct, np.arccos(facing), SETTLED)
    columns = GroundColumns(regolith, grid or MAP_GRID, time, flux)
    some = np.unique(np.concatenate((np.arange(0, time.size, STRIDE), [time.size - 1])))
    warm = np.zeros((shape[0], some.size), dtype=np.float32)
    for _ in range(rounds):
        surface = np.empty(warm.shape, dtype=np.float32)
        columns.carry(time[some], flux[:, some], warm, surface)
        warm = _exchanged(quick, regolith, surface)
    after = np.clip(np.searchsorted(some, np.arange(time.size)), 1, some.size - 1)
    share = ((time - time[some[after - 1]]) / (time[some[after]] - time[some[after - 1]])).astype(np.float32)
    warm = warm[:, after - 1] * (1.0 - share) + warm[:, after] * share
    surface = np.empty(shape, dtype=np.float32)
    before = columns.carry(time, flux, warm, surface)["surface_warmest"]
    for _ in range(1, FINE_ROUNDS):
        warm = _exchanged(quick, regolith, surface)
        told = columns.carry(time, flux, warm, surface)
        change, before = float(np.max(np.abs(told["surface_warmest"] - before))), told["surface_warmest"]
    return TemperatureMap(
        warmest=told["surface_warmest"].reshape(views.shape),
        coldest=told["surface_coldest"].reshape(views.shape),
        mean=told["surface_mean"].reshape(views.shape),
        depth=columns.grid.depth,
        profile=told["mean"].reshape(-1, *views.shape),
        area=views.area.reshape(views.shape),
        change=change,
    )


def _exchanged(views: GroundViews, regolith: Regolith, surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """Heat (P, N) [W/m2] that facets absorb from each other at surface temperatures (P, N) [K]."""
    warm = np.empty_like(surface)
    for k in range(0, surface.shape[1], CHUNK):
        part = slice(k, k + CHUNK)
        warm[:, part] = emitted_between_facets(views, regolith.emissivity, surface[:, part], SETTLED)
    return warm


def cold_traps(found: TemperatureMap, limit: float = WATER_ICE_LIMIT) -> tuple[NDArray[np.bool_], float]:
    """Where the surface never gets warm enough to lose ice, and how large that is.

    Parameters
    ----------
    found : TemperatureMap
        Temperatures over at least a year.
    limit : float [K]
        Highest temperature at which ice lasts; 110 K for water in the open.

    Returns
    -------
    mask : (n, m) of bool [1]
        True in cold traps.
    area : float [m2]
        Of all of them, on the slope.

    Raises
    ------
    InvalidInput
        The limit is not positive.

    Source
    ------
    Williams et al. (2019), JGR Planets 124, 2505, doi:10.1029/2019JE006028: 110 K for water.
    """
    if not limit > 0.0:
        raise InvalidInput(f"the limit of a cold trap must be positive [K]; got {limit!r}")
    mask = found.warmest < limit
    return mask, float(np.sum(found.area[mask]))
