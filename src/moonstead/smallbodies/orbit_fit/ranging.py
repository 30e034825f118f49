"""Systematic ranging: which ranges and range rates agree with a short arc, on a grid refined where they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.bodies import body
from moonstead.foundation.constants import ASTRONOMICAL_UNIT, SPEED_OF_LIGHT
from moonstead.smallbodies.orbit_fit.ranging_fit import FittedOrbits, Observer
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows
from moonstead.smallbodies.orbit_fit.short_arc import EARTH, PULLING, short_arc_positions

Array = NDArray[np.float64]
Chosen = NDArray[np.bool_]

NEAREST = 2.0e6  # [m] range from the observer: lower than any satellite stays up
FARTHEST = 40.0 * ASTRONOMICAL_UNIT  # [m]
FASTEST = 80.0e3  # [m/s] range rate of a bound orbit about the Sun that is seen from the Earth
COLUMNS, ROWS = 30, 32  # [1] cells of the first grid in ln range and range rate
INTERSTELLAR = 120.0e3  # [m/s] speed above escape that is tried where no bound orbit fits
AGREEING = 30.0  # [1] rise of the sum of squares within which orbits are kept: a share below 1e-6
LEVELS = 16  # [1] halvings of a cell
MOST_CELLS = 1500  # [1] that are refined at one level
EXPLORED = 2  # [1] levels at which the best third is halved whatever is predicted
TRUST = 1.5  # [1] by which a fall of the sum of squares may exceed its quadratic prediction
CLIP = 3.0  # [1] standard errors beyond which a row's pull no longer grows


@dataclass(frozen=True, eq=False)
class Cells:
    """Rectangles in ln range and range rate, with the best orbit of each centre.

    Attributes
    ----------
    fitted : FittedOrbits
        N orbits [mixed], range and range rate those of the centres.
    half : (N, 2) [mixed]
        Half sides.
    """

    fitted: FittedOrbits
    half: Array

    @property
    def centre(self) -> Array:
        """Logarithm of the range and range rate of the centres, (N, 2) [mixed]."""
        return self.fitted.orbits[:, 6:8]

    def chosen(self, which: Chosen | NDArray[np.int64]) -> Cells:
        """The cells of a mask or of positions."""
        return Cells(self.fitted.chosen(which), self.half[which])


def first_cells(observer: Observer, rows: RangingRows, direction: Array, rate: Array, *, unbound: bool) -> Cells:
    """The grid that every search begins with, the same for every object.

    Parameters
    ----------
    observer : Observer
        Whose sight it is.
    rows : RangingRows
        Observations of a short arc.
    direction, rate : (3,) [1], [rad/s]
        Where the body is seen at the epoch, and how it moves.
    unbound : bool
        Also try orbits that leave the solar system.

    Returns
    -------
    Cells
        From 2000 km to 40 au, up to escape from the solar system, [mixed].

    Source
    ------
    Admissible region: Milani et al. (2004), CMDA 90, 57, doi:10.1007/s10569-004-6593-5.
    """
    fastest = FASTEST + (INTERSTELLAR if unbound else 0.0)
    edges = np.linspace(np.log(NEAREST), np.log(FARTHEST), COLUMNS + 1)
    count = round(ROWS * fastest / FASTEST)
    speeds = np.linspace(-fastest, fastest, count + 1)
    middle = 0.5 * (edges[1:] + edges[:-1])
    paces = 0.5 * (speeds[1:] + speeds[:-1])
    centre = np.stack(np.meshgrid(middle, paces, indexing="ij"), axis=-1).reshape(-1, 2)
    half = np.tile([0.5 * (edges[1] - edges[0]), 0.5 * (speeds[1] - speeds[0])], (centre.shape[0], 1))
    orbits = _at(centre, direction, rate)
    possible = may_be_bound(observer, orbits, half, unbound=unbound)
    return Cells(observer.fit(orbits[possible], rows, free=4, clip=CLIP), half[possible])


def refined(
    observer: Observer, rows: RangingRows, cells: Cells, *, finest: float, best: float = np.inf, unbound: bool = False
) -> Cells:
    """Halve cells where good orbits may lie, until each is narrow against what the rows tell; drop the others.

    Parameters
    ----------
    observer : Observer
        Whose sight it is.
    rows : RangingRows
        Observations.
    cells : Cells
        To begin with, fitted to these rows [mixed].
    finest : float [1]
        Width of a cell, in standard errors of ln range at given range rate and the other way round, that is narrow.
    best : float [1]
        A sum of squares known to be reached.
    unbound : bool
        Keep orbits that leave the solar system.

    Returns
    -------
    Cells
        That may hold orbits within 30 of the best sum of squares.

    Source
    ------
    Each centre has the gradient and, by its normal matrix, the curvature of the sum of squares: a cell is dropped when
    the quadratic's lowest value in it, taken half as deep again, is no match for the best.
    """
    done: list[Cells] = []
    for level in range(LEVELS):
        best = min(best, float(np.min(cells.fitted.chi_square, initial=np.inf)))
        chi_square = cells.fitted.chi_square
        lowest, width = _prospects(cells)
        keep = lowest < best + AGREEING
        if level < EXPLORED:
            keep[np.argsort(chi_square)[: chi_square.size // 3]] = True
        narrow = (width < finest) & np.isfinite(chi_square)[:, None]
        ready = keep & narrow.all(axis=1) & cells.fitted.settled
        done.append(cells.chosen(ready))
        open_ = keep & ~ready
        if open_.sum() > MOST_CELLS:
            order = np.argsort(np.where(open_, lowest, np.inf))
            open_ = np.zeros_like(open_)
            open_[order[:MOST_CELLS]] = True
        if not open_.any():
            break
        cells = _halved(observer, rows, cells.chosen(open_), narrow[open_], unbound)
    else:
        done.append(cells)
    result = joined(done)
    best = float(np.min(result.fitted.chi_square, initial=best))
    return result.chosen(_prospects(result)[0] < best + AGREEING)


def refitted(observer: Observer, rows: RangingRows, cells: Cells) -> Cells:
    """The same cells with orbits that fit other rows.

    Parameters
    ----------
    observer : Observer
        Whose sight it is.
    rows : RangingRows
        Other observations.
    cells : Cells
        Of an earlier search.

    Returns
    -------
    Cells
        Centres and sides [mixed] stay.

    Source
    ------
    As `Observer.fit`.
    """
    return Cells(observer.fit(cells.fitted.orbits, rows, free=4, clip=CLIP), cells.half)


def joined(parts: list[Cells]) -> Cells:
    """Several sets of cells [mixed] as one."""
    return Cells(
        FittedOrbits(
            *(
                np.concatenate([getattr(part.fitted, name) for part in parts])
                for name in ("orbits", "chi_square", "normal", "gradient", "settled")
            )
        ),
        np.concatenate([part.half for part in parts]),
    )


def _at(centre: Array, direction: Array, rate: Array) -> Array:
    """Orbits (N, 8) at ranges and range rates; the body stands ahead of where its light comes from."""
    light_time = np.exp(centre[:, :1]) / SPEED_OF_LIGHT
    ahead = direction + rate * light_time
    ahead /= np.linalg.norm(ahead, axis=1)[:, None]
    across = rate - np.sum(ahead * rate, axis=1)[:, None] * ahead
    return np.concatenate([ahead, across, centre], axis=1)


def may_be_bound(observer: Observer, orbits: Array, half: Array, *, unbound: bool) -> Chosen:
    """Whether cells hold an orbit that is bound to the Sun, the Earth's pull aside.

    Parameters
    ----------
    observer : Observer
        Whose sight it is.
    orbits : (N, 8) [mixed]
        At the centres.
    half : (N, 2) [mixed]
        Half sides of the cells.
    unbound : bool
        Allow 120 km/s more than the speed of escape.

    Returns
    -------
    (N,) bool
        False where every orbit of the cell is faster.

    Source
    ------
    Milani et al. (2004), CMDA 90, 57, section 2.
    """
    excess = INTERSTELLAR if unbound else 0.0
    places = short_arc_positions(observer.forces, observer.tdb)
    sun = places[PULLING.index("SUN")]
    possible = np.zeros(orbits.shape[0], dtype=np.bool_)
    for shift in (-1.0, 0.0, 1.0):
        moved = np.array(orbits)
        moved[:, 6] += shift * half[:, 0]
        states = observer.states(moved)
        radial = np.sum(moved[:, :3] * states[:, 3:], axis=1)
        states[:, 3:] -= np.clip(radial, -half[:, 1], half[:, 1])[:, None] * moved[:, :3]
        escape = np.sqrt(2.0 * body("SUN").gm / np.linalg.norm(states[:, :3] - sun, axis=1))
        near = np.sqrt(2.0 * body("EARTH").gm / np.linalg.norm(states[:, :3] - places[EARTH], axis=1))
        possible |= np.linalg.norm(states[:, 3:], axis=1) < escape + near + excess
    return possible


def _prospects(cells: Cells) -> tuple[Array, Array]:
    """Lowest sum of squares to expect in each cell (N,), and its sides in conditional standard errors (N, 2)."""
    matrix, slope = cells.fitted.reduced()
    half = cells.half
    a, b, c = (matrix[:, i, j] * half[:, i] * half[:, j] for i, j in ((0, 0), (0, 1), (1, 1)))
    g, h = slope[:, 0] * half[:, 0], slope[:, 1] * half[:, 1]
    a, c = np.maximum(a, 0.0), np.maximum(c, 0.0)
    x, y = np.zeros_like(a), np.zeros_like(a)
    tiny = np.finfo(float).tiny
    for _ in range(12):  # of one coordinate at a time: a convex quadratic in a box
        x = np.clip((g - b * y) / np.maximum(a, tiny), -1.0, 1.0)
        y = np.clip((h - b * x) / np.maximum(c, tiny), -1.0, 1.0)
    fall = 2.0 * (g * x + h * y) - (a * x * x + 2.0 * b * x * y + c * y * y)
    chi_square = cells.fitted.chi_square
    lowest = np.where(np.isfinite(chi_square), chi_square - TRUST * np.maximum(fall, 0.0), np.inf)
    return lowest, 2.0 * np.sqrt(np.stack([a, c], axis=1))


def _halved(observer: Observer, rows: RangingRows, cells: Cells, narrow: Chosen, unbound: bool) -> Cells:
    """Cells cut in two along each side that is not narrow, or along both where the fit failed."""
    cut = ~narrow
    cut[~cut.any(axis=1)] = True
    orbits, halves = [], []
    for along_range in (-1, 0, 1):
        for along_rate in (-1, 0, 1):
            which = ((along_range != 0) == cut[:, 0]) & ((along_rate != 0) == cut[:, 1])
            half = np.where(cut[which], 0.5, 1.0) * cells.half[which]
            child = np.array(cells.fitted.orbits[which])
            child[:, 6] += along_range * half[:, 0]
            child[:, 7] += along_rate * half[:, 1]
            orbits.append(child)
            halves.append(half)
    orbit, half = np.concatenate(orbits), np.concatenate(halves)
    possible = may_be_bound(observer, orbit, half, unbound=unbound)
    return Cells(observer.fit(orbit[possible], rows, free=4, clip=CLIP), half[possible])
