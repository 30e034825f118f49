"""Columns of ground: their cells, and one run of them through a series of fluxes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import STEFAN_BOLTZMANN
from moonstead.foundation.errors import InvalidInput, NumericalFailure
from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.regolith import (
    COLDEST,
    Regolith,
    conductivity,
    contact_conductivity,
    density,
    specific_enthalpy,
)

__all__ = [
    "LANES",
    "ColumnGrid",
    "GroundColumns",
    "carried",
    "column_grid",
    "corrected",
    "deep_correction",
    "first_guess",
]

Array = NDArray[np.float64]

FIRST_CELL = 2e-3  # [m] the daily wave fades by a factor of e in 4 to 7 cm; the tests halve the cells
GROWTH = 1.2  # of a cell over the one above
BOTTOM = 2.0  # [m] the yearly wave fades by a factor of e in 0.2 to 0.3 m
LANES = 8  # columns that the kernel carries at once, as in `dynamics.vector_kernels`
GENTLE = 0.8  # share of the correction of the deep profile that is applied after a run


@dataclass(frozen=True, eq=False, slots=True)
class ColumnGrid:
    """Cells of a column, from the surface down.

    Attributes
    ----------
    thickness : (m,) [m]
        Of each cell.
    """

    thickness: Array

    def __post_init__(self) -> None:
        thickness = np.ascontiguousarray(self.thickness, dtype=np.float64)
        if thickness.ndim != 1 or thickness.size < 3 or not np.all(thickness > 0.0):
            raise InvalidInput("a column needs three cells or more, each of positive thickness [m]")
        object.__setattr__(self, "thickness", thickness)

    @property
    def depth(self) -> Array:
        """Depth (m,) [m] of the middle of each cell."""
        return np.asarray(np.cumsum(self.thickness) - 0.5 * self.thickness)

    @property
    def bottom(self) -> float:
        """Depth [m] that the heat from the interior comes in at."""
        return float(np.sum(self.thickness))


def column_grid(first: float = FIRST_CELL, growth: float = GROWTH, bottom: float = BOTTOM) -> ColumnGrid:
    """Cells that grow with depth, as the waves of heat do.

    Parameters
    ----------
    first : float [m]
        Thickness of the uppermost cell.
    growth : float [1]
        Thickness of a cell over that of the one above.
    bottom : float [m]
        Depth that the cells reach, or exceed by part of a cell.

    Returns
    -------
    ColumnGrid

    Raises
    ------
    InvalidInput
        The first cell or the bottom is not positive, or cells would shrink or double.

    Source
    ------
    Hayne et al. (2017), doi:10.1002/2017JE005387, equations A31 to A33: a geometric series.
    """
    if not (0.0 < first < bottom < 1e3 and 1.0 <= growth <= 2.0):
        raise InvalidInput(
            f"cells need 0 < first < bottom [m] and a growth of 1 to 2; got {first!r}, {bottom!r}, {growth!r}"
        )
    count = bottom / first if growth == 1.0 else math.log1p(bottom / first * (growth - 1.0)) / math.log(growth)
    exponents = np.arange(max(3, math.ceil(count - 1e-9)), dtype=np.float64)
    return ColumnGrid(first * growth**exponents)


class GroundColumns:
    """Columns under many surfaces of a map, carried through a period again and again.

    Parameters
    ----------
    regolith : Regolith
        Constants of the ground.
    grid : ColumnGrid
        Cells.
    tdb : (N,) [s TDB past J2000]
        Times of the period.
    flux : (P, N) [W/m2]
        From which the first temperatures are guessed.
    """

    def __init__(self, regolith: Regolith, grid: ColumnGrid, tdb: Array, flux: NDArray[Any]) -> None:
        self.regolith = regolith
        self.grid = grid
        steps = np.diff(np.ascontiguousarray(tdb, dtype=np.float64))
        if steps.size == 0 or not np.all(steps > 0.0):
            raise InvalidInput("heat in the ground needs two times or more [s TDB past J2000], rising")
        size = len(flux)
        self._temperature = np.empty((grid.thickness.size, size))
        self._skin = np.empty(size)
        for k in range(0, size, LANES):
            part = slice(k, k + LANES)
            guess = first_guess(regolith, grid, steps, flux[part].T.astype(np.float64))
            self._temperature[:, part], self._skin[part] = guess

    def carry(self, tdb: Array, flux: NDArray[Any], warm: NDArray[Any], surface: NDArray[Any]) -> dict[str, Array]:
        """Carry all columns through the period once more.

        Parameters
        ----------
        tdb : (N,) [s TDB past J2000]
            Times over the whole period; another run may take others.
        flux, warm : (P, N) [W/m2]
            Absorbed light, and absorbed heat of other ground; their sum is what each surface gets.
        surface : (P, N) [K]
            Written: temperature of each surface.

        Returns
        -------
        mapping of str to arrays
            ``surface_warmest``, ``surface_coldest``, ``surface_mean`` (P,) [K] and ``mean`` (m, P) [K] of the cells.
        """
        parts = []
        steps = np.diff(tdb)
        none = np.empty(0, dtype=np.int64)
        size = self._skin.size
        for k in range(0, size, LANES):
            part = slice(k, min(k + LANES, size))
            pad = (0, LANES - (part.stop - k))
            driven = np.pad((flux[part] + warm[part]).T.astype(np.float64), ((0, 0), pad), mode="edge")
            temperature = np.pad(self._temperature[:, part], ((0, 0), pad), mode="edge")
            skin = np.pad(self._skin[part], pad, mode="edge")
            told = carried(
                self.regolith, self.grid, steps, np.ascontiguousarray(driven), temperature, skin, none, True, 1
            )
            correction = deep_correction(self.regolith, self.grid, told["mean"], told["downward"])
            temperature = corrected(temperature, correction)
            columns = part.stop - k
            surface[part] = told["surface"][:, :columns].T
            self._temperature[:, part], self._skin[part] = temperature[:, :columns], skin[:columns]
            names = ("surface_warmest", "surface_coldest", "surface_mean", "mean")
            parts.append({name: told[name][..., :columns] for name in names})
        return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def carried(
    regolith: Regolith,
    cells: ColumnGrid,
    steps: Array,
    flux: Array,
    temperature: Array,
    skin: Array,
    probes: NDArray[np.int64],
    series: bool,
    passes: int,
) -> dict[str, Array]:
    """Run eight columns through a series once.

    Parameters
    ----------
    regolith : Regolith
        Constants of the ground.
    cells : ColumnGrid
        The m cells of each column.
    steps : (N - 1,) [s]
        Between the times of the series.
    flux : (N, 8) [W/m2]
        Absorbed by each surface.
    temperature : (m, 8) [K]
        At the start; moved to the end.
    skin : (8,) [K]
        Temperature of the surfaces at the start; moved to the end.
    probes : (K,) [1]
        Cells whose series is kept.
    series : bool
        Whether to keep the series of the surface.
    passes : int
        Solutions of each implicit stage.

    Returns
    -------
    mapping of str to arrays
        ``surface`` (N, 8) and ``probe`` (N, K, 8) [K]; ``surface_warmest``, ``surface_coldest``, ``surface_mean`` (8,)
        and ``warmest``, ``coldest``, ``mean`` (m, 8) [K]; ``downward`` (m, 8) [W/m2], the mean flux through the top of
        each cell; ``absorbed``, ``emitted``, ``stored`` (8,) [J/m2].

    Raises
    ------
    NumericalFailure
        Ground colder than 10 K, where the heat capacity is not known.

    Source
    ------
    As `moonstead.surface.ground_heat.ground_heat`.
    """
    prepare()
    from moonstead.surface.regolith_kernels import column_kernel

    size = cells.thickness.size
    mass = density(regolith, cells.depth) * cells.thickness
    warmest, coldest, mean, downward = (np.empty((size, LANES)) for _ in range(4))
    surface = np.empty((len(flux) if series else 0, LANES))
    top, budget = np.vstack((np.empty((3, LANES)), skin)), np.empty((2, LANES))
    history = np.empty((len(flux), probes.size, LANES))
    energy = mass[:, None] * specific_enthalpy(regolith, temperature)
    before = np.sum(energy, axis=0)
    column_kernel(
        flux, steps, passes, cells.thickness, contact_conductivity(regolith, cells.depth), mass,
        regolith.radiative_share, np.array(regolith.heat_capacity), regolith.emissivity, regolith.heat_flow,
        temperature, energy, warmest, coldest, mean, downward, surface, top, budget, probes, history,
        np.empty((8, size, LANES)),
    )  # fmt: skip
    if not np.min(coldest) >= COLDEST:
        raise NumericalFailure(
            f"the ground falls to {np.min(coldest):.3g} K, below the {COLDEST:g} K that its heat capacity is known "
            "for; give the heat flow from the interior, or the flux from the surrounding ground"
        )
    skin[:] = top[3]
    return {
        "surface": surface,
        "surface_warmest": top[0],
        "surface_coldest": top[1],
        "surface_mean": top[2],
        "warmest": warmest,
        "coldest": coldest,
        "mean": mean,
        "downward": downward,
        "probe": history,
        "absorbed": budget[0],
        "emitted": budget[1],
        "stored": np.sum(energy, axis=0) - before,
    }


def first_guess(regolith: Regolith, cells: ColumnGrid, steps: Array, flux: Array) -> tuple[Array, Array]:
    """Temperatures to start from.

    Parameters
    ----------
    regolith : Regolith
        Constants of the ground.
    cells : ColumnGrid
        The m cells of each column.
    steps : (N - 1,) [s]
        Between the times of the series.
    flux : (N, C) [W/m2]
        Absorbed by each surface.

    Returns
    -------
    temperature : (m, C) [K]
        That radiates the mean flux, at all depths.
    skin : (C,) [K]
        That radiates the first flux.

    Source
    ------
    Equilibrium of radiation.
    """
    weight = np.concatenate((steps, [0.0])) + np.concatenate(([0.0], steps))
    lit = np.sum(weight[:, None] * flux, axis=0) / np.sum(weight) + regolith.heat_flow
    floor = max(regolith.heat_flow, regolith.emissivity * STEFAN_BOLTZMANN * (2.0 * COLDEST) ** 4)
    radiance = regolith.emissivity * STEFAN_BOLTZMANN
    steady = (np.maximum(lit, floor) / radiance) ** 0.25
    surface = (np.maximum(flux[0] + regolith.heat_flow, floor) / radiance) ** 0.25
    return np.repeat(steady[None, :], cells.thickness.size, axis=0), surface


def deep_correction(regolith: Regolith, cells: ColumnGrid, mean: Array, downward: Array) -> Array:
    """Change of each cell that would make the mean flux upwards that from the interior, at all depths.

    Parameters
    ----------
    regolith : Regolith
        Constants of the ground.
    cells : ColumnGrid
        The m cells of each column.
    mean : (m, C) [K]
        Mean temperatures of a run.
    downward : (m, C) [W/m2]
        Mean flux through the top of each cell.

    Returns
    -------
    (m, C) [K]
        Zero in the top cell.

    Source
    ------
    Conduction through cells in series, with the conductivities at the mean temperatures.
    """
    half = 0.5 * cells.thickness[:, None] / conductivity(regolith, cells.depth[:, None], mean)
    rise = (downward[1:] + regolith.heat_flow) * (half[1:] + half[:-1])
    return np.vstack((np.zeros((1, mean.shape[1])), np.cumsum(rise, axis=0)))


def corrected(temperature: Array, correction: Array) -> Array:
    """Temperatures after most of a correction.

    Parameters
    ----------
    temperature : (m, C) [K]
        Of the cells.
    correction : (m, C) [K]
        As `deep_correction` gives it.

    Returns
    -------
    (m, C) [K]
        Never below 10 K.

    Source
    ------
    Relaxation of a fixed point.
    """
    return np.maximum(temperature + GENTLE * correction, COLDEST)
