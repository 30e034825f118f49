"""Temperature of the ground at every depth, from the flux that its surface absorbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.surface.ground_heat_columns import (
    LANES,
    ColumnGrid,
    carried,
    column_grid,
    corrected,
    deep_correction,
    first_guess,
)
from moonstead.surface.regolith import Regolith

__all__ = ["GroundHeat", "ground_heat"]

Array = NDArray[np.float64]

PASSES = 2  # solutions of a stage: the second with the properties of the first
MOST_CYCLES = 40
DRIFT = 0.01  # [K] change of any cell over a cycle that counts as periodic
SETTLED = 10.0  # times that drift may remain of the correction: it is an estimate from the mean conductance
FLUX_LIMIT = 1e5  # [W/m2] seventy Suns: a flux beyond it is in the wrong unit


@dataclass(frozen=True, eq=False)
class GroundHeat:
    """Temperatures of C columns over the time that drove them.

    Attributes
    ----------
    tdb : (N,) [s TDB past J2000]
        Times of the driving flux.
    surface : (N, C) [K]
        Of the surface; no rows where no series was asked for.
    surface_warmest, surface_coldest, surface_mean : (C,) [K]
        Extremes and mean of the surface over the time.
    depth : (m,) [m]
        Middle of each cell.
    warmest, coldest, mean : (m, C) [K]
        Extremes and mean of each cell.
    probe_depth : (K,) [m]
        That were asked for; within the top cell its middle.
    probe : (N, K, C) [K]
        Temperatures there, linear between cells.
    absorbed, emitted, from_below, stored : (C,) [J/m2]
        Energy absorbed at the surface, radiated, come up from the interior, and left in the ground, over the time.
    drift : (C,) [K]
        Largest change of any cell from the first time to the last.
    cycles : int
        Times that the series was run through, the last one included.
    """

    tdb: Array
    surface: Array
    surface_warmest: Array
    surface_coldest: Array
    surface_mean: Array
    depth: Array
    warmest: Array
    coldest: Array
    mean: Array
    probe_depth: Array
    probe: Array
    absorbed: Array
    emitted: Array
    from_below: Array
    stored: Array
    drift: Array
    cycles: int

    def imbalance(self) -> Array:
        """Energy (C,) [1] that is lost or made by rounding, over what the column radiates."""
        return np.asarray(np.abs(self.absorbed + self.from_below - self.emitted - self.stored) / self.emitted)

    def column(self, number: int) -> GroundHeat:
        """Heat of one of the columns alone, by its number."""
        one = slice(number, number + 1)
        sliced = {
            field.name: getattr(self, field.name)[..., one]
            for field in fields(self)
            if field.name not in ("tdb", "depth", "probe_depth", "cycles")
        }
        return replace(self, **sliced)

    def at_depth(self, depth: float) -> tuple[Array, Array, Array]:
        """Warmest, coldest and mean temperature at a depth, linear between cells.

        Parameters
        ----------
        depth : float [m]
            Below the surface, within the column.

        Returns
        -------
        three of (C,) [K]

        Raises
        ------
        InvalidInput
            The depth lies above the ground or below the column.
        """
        if not 0.0 <= depth <= self.depth[-1]:
            raise InvalidInput(f"the columns reach from 0 to {self.depth[-1]:.3g} m; got a depth of {depth!r} m")
        nodes = np.concatenate(([0.0], self.depth))
        tops = (self.surface_warmest, self.surface_coldest, self.surface_mean)
        warmest, coldest, mean = (
            np.array([np.interp(depth, nodes, column) for column in np.vstack((top, inside)).T])
            for top, inside in zip(tops, (self.warmest, self.coldest, self.mean), strict=True)
        )
        return warmest, coldest, mean


def ground_heat(
    regolith: Regolith,
    tdb: ArrayLike,
    absorbed: ArrayLike,
    *,
    depths: Sequence[float] = (),
    grid: ColumnGrid | None = None,
    series: bool = True,
    tolerance: float = DRIFT,
    passes: int = PASSES,
) -> GroundHeat:
    """Temperature of columns of ground under a flux that repeats itself.

    The series is run through until the ground is at the end what it was at the beginning; after each time the profile
    is moved to where the mean flux at each depth would be that from the interior, so that decades are not waited for.
    Heat flows downwards only; it enters by `absorbed` and by radiation of the surface to black space it leaves.

    Parameters
    ----------
    regolith : Regolith
        Constants of the ground.
    tdb : (N,) [s TDB past J2000]
        Times, rising; the span is taken as one period: whole lunations, so that day follows night across its ends.
    absorbed : (N,) or (N, C) [W/m2]
        Flux absorbed by each surface from Sun and surroundings, linear between the times.
    depths : sequence of float [m]
        Where to keep the temperature as a series.
    grid : ColumnGrid, optional
        Cells; by default from 2 mm at the surface to 2 m.
    series : bool
        Whether to keep the series of the surface.
    tolerance : float [K]
        Change of any cell over the period that counts as none.
    passes : int
        Solutions of each implicit stage: 1 is quick, 2 follows the change of the properties within a step.

    Returns
    -------
    GroundHeat

    Raises
    ------
    InvalidInput
        Times do not rise, a flux is negative, not finite or beyond 100 kW/m2, or a depth lies below the column.
    NumericalFailure
        No periodic state in 40 rounds, or ground colder than 10 K, where the heat capacity is not known.

    Source
    ------
    Hayne et al. (2017), doi:10.1002/2017JE005387, equations A1 and A7: conduction and the balance of the surface.
    Time steps: Alexander (1977), doi:10.1137/0714068.
    """
    time, flux = _checked(tdb, absorbed)
    cells = grid or column_grid()
    if any(not 0.0 <= depth <= cells.bottom for depth in depths):
        raise InvalidInput(f"depths must lie between 0 and {cells.bottom:.3g} m, the bottom of the column; {depths!r}")
    wanted = np.clip(np.asarray(depths, dtype=np.float64), cells.depth[0], cells.depth[-1])
    above = np.clip(np.searchsorted(cells.depth, wanted, side="right") - 1, 0, cells.depth.size - 2)
    share = (wanted - cells.depth[above]) / (cells.depth[above + 1] - cells.depth[above])
    probes = np.concatenate((above, above + 1)).astype(np.int64)
    steps = np.diff(time)
    blocks = [
        _periodic(
            regolith, cells, steps, np.ascontiguousarray(flux[:, k : k + LANES]), probes, series, tolerance, passes
        )
        for k in range(0, flux.shape[1], LANES)
    ]
    joined = {name: np.concatenate([block[name] for block in blocks], axis=-1) for name in blocks[0]}
    span = float(time[-1] - time[0])
    both = joined.pop("probe")
    upper, lower = both[:, : wanted.size], both[:, wanted.size :]
    return GroundHeat(
        tdb=time,
        depth=cells.depth,
        probe_depth=wanted,
        probe=upper + share[:, None] * (lower - upper),
        cycles=int(np.max(joined.pop("cycles"))),
        from_below=np.full(flux.shape[1], regolith.heat_flow * span),
        **joined,
    )


def _checked(tdb: ArrayLike, absorbed: ArrayLike) -> tuple[Array, Array]:
    time = np.ascontiguousarray(tdb, dtype=np.float64)
    flux = np.asarray(absorbed, dtype=np.float64)
    flux = flux[:, None] if flux.ndim == 1 else flux
    if time.ndim != 1 or time.size < 2 or not np.all(np.diff(time) > 0.0):
        raise InvalidInput("heat in the ground needs two times or more [s TDB past J2000], rising")
    if flux.ndim != 2 or len(flux) != time.size or flux.shape[1] == 0:
        raise InvalidInput(f"{time.size} times do not pair with absorbed flux of shape {np.shape(absorbed)}")
    if not np.all((flux >= 0.0) & (flux <= FLUX_LIMIT)):
        raise InvalidInput(
            f"absorbed flux must lie between 0 and {FLUX_LIMIT:.0f} W/m2; got {np.min(flux):g} to {np.max(flux):g}"
        )
    return time, flux


def _periodic(
    regolith: Regolith,
    cells: ColumnGrid,
    steps: Array,
    flux: Array,
    probes: NDArray[np.int64],
    series: bool,
    tolerance: float,
    passes: int,
) -> dict[str, Array]:
    """Run up to eight columns until they repeat; the last run is what is told."""
    columns = flux.shape[1]
    padded = np.ascontiguousarray(np.pad(flux, ((0, 0), (0, LANES - columns)), mode="edge"))
    temperature, skin = first_guess(regolith, cells, steps, padded)
    for cycle in range(1, MOST_CYCLES + 1):
        before = temperature.copy()
        told = carried(regolith, cells, steps, padded, temperature, skin, probes, series, passes)
        drift = np.max(np.abs(temperature - before), axis=0)
        correction = deep_correction(regolith, cells, told["mean"], told.pop("downward"))
        if np.all(drift <= tolerance) and np.all(np.max(np.abs(correction), axis=0) <= SETTLED * tolerance):
            told |= {"drift": drift, "cycles": np.full(LANES, cycle)}
            return {name: values[..., :columns] for name, values in told.items()}
        temperature = corrected(temperature, correction)
    raise NumericalFailure(
        f"the ground is not periodic after {MOST_CYCLES} rounds: it still changes by {np.max(drift):.3g} K; "
        "the series must end about where it begins, after whole lunations"
    )
