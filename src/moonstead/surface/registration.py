"""Whether two levels of terrain show the same ground in the same place: offsets fitted where they overlap."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.nested import NestedTerrain
from moonstead.surface.terrain import Ground
from moonstead.surface.tiles import TerrainTile

__all__ = ["Registration", "registration", "registrations", "require_same_ground"]

Array = NDArray[np.float64]

MOST_CELLS = 60  # along an edge of the overlap; more would only cost time
MOST_HOLES = 0.2  # [1] share of a cell that may be missing
FEWEST_CELLS = 9  # for a horizontal fit: three unknowns, and something left to judge it by
ROUNDS = 4  # of Gauss-Newton, each with the coarser ground taken anew at the shifted places
PARTS = 6  # along each side of the overlap, to see whether residuals hang together
ABSURD_HEIGHT = 1500.0  # [m] a narrow peak stands this much above a 3.8 km mean at the very most: measured 0.65 km
SAME_RELIEF = 0.3  # [1] least correlation of two maps of the same ground, averaged to the same cells; 0.9 is usual
RELIEF = 150.0  # [m] least spread of heights for which that correlation says something
SIGNIFICANT = 3.0  # standard errors
SHARE_OF_PIXEL = 0.5  # of the coarser level, horizontal offset that is worth a warning


@dataclass(frozen=True, slots=True)
class Registration:
    """How a finer level lies on a coarser one: shifting it by minus the offsets makes the two agree best.

    Attributes
    ----------
    name, below : str
        The finer and the coarser level.
    dx, dy : float [m]
        Offset of the finer level to the right and upwards on its own map; NaN where too few cells overlap.
    dz : float [m]
        Offset upwards.
    sigma_xy, sigma_z : float [m]
        Standard errors, from the scatter that the fit leaves.
    scatter : float [m]
        Root mean square of what is left.
    correlation : float [1]
        Of the heights of both levels over the cells; NaN below three cells.
    cells : int
        Number of cells that were compared.
    resolution : float [m]
        Of the coarser level, and of the cells or finer than them.
    relief : float [m]
        Least of the two standard deviations of heights over the cells.
    """

    name: str
    below: str
    dx: float
    dy: float
    dz: float
    sigma_xy: float
    sigma_z: float
    scatter: float
    correlation: float
    cells: int
    resolution: float
    relief: float

    @property
    def shift(self) -> float:
        """Horizontal offset [m]."""
        return math.hypot(self.dx, self.dy)

    @property
    def remark(self) -> str:
        """Sentence for the reader where the offset is significant and large; else empty."""
        parts = []
        if self.shift > max(SHARE_OF_PIXEL * self.resolution, SIGNIFICANT * self.sigma_xy):
            parts.append(f"{self.shift:.0f} m aside (dx {self.dx:.0f}, dy {self.dy:.0f}, each +-{self.sigma_xy:.0f} m)")
        if abs(self.dz) > max(self.scatter, SIGNIFICANT * self.sigma_z):
            parts.append(f"{self.dz:.0f} m in height (+-{self.sigma_z:.0f} m, scatter {self.scatter:.0f} m)")
        if not parts:
            return ""
        return (
            f"Terrain {self.name} lies {' and '.join(parts)} off {self.below} ({self.resolution:.0f} m) where both "
            "overlap: distant and near ground do not fit together better than that."
        )


def registration(tile: TerrainTile, below: Ground, below_name: str | None = None) -> Registration:
    """Offset of a tile against coarser ground, least squares over cells as large as the coarser pixels.

    Parameters
    ----------
    tile : TerrainTile
        The finer ground; averaged over each cell.
    below : GlobalTerrain or NestedTerrain
        The coarser ground; taken at the middle of each cell.
    below_name : str, optional
        What the coarser ground is called here; by default its own name.

    Returns
    -------
    Registration
        Height alone where fewer than 9 cells overlap.

    Raises
    ------
    InvalidInput
        No cell of the tile has enough heights.

    Source
    ------
    Nuth & Kääb (2011), The Cryosphere 5, 271, doi:10.5194/tc-5-271-2011, equation 3, solved for map coordinates.
    """
    resolution = float(np.max(below.resolution_at(*tile.center)))
    heights, x, y, side = _cells(tile, resolution)
    count = heights.size
    if count == 0:
        raise InvalidInput(
            f"terrain {tile.name} is so full of holes ({tile.hole_fraction:.0%}) that nothing can be checked"
        )
    shift, lift, errors = np.zeros(2), 0.0, np.full(3, math.nan)
    ground = _ground_at(tile, below, x, y)
    correlation = (
        float(np.corrcoef(heights, ground)[0, 1]) if count > 2 and np.std(ground) * np.std(heights) > 0 else math.nan
    )
    relief = float(min(np.std(heights), np.std(ground)))
    # cells finer than the coarser pixels are not independent of each other
    alone = min(1.0, (side / resolution) ** 2)
    fitted = count * alone >= FEWEST_CELLS
    residual = heights - ground
    for _ in range(ROUNDS if fitted else 0):
        step = 0.5 * resolution
        there = x - shift[0], y - shift[1]
        ground = _ground_at(tile, below, *there)
        east = _ground_at(tile, below, there[0] + step, there[1]) - _ground_at(tile, below, there[0] - step, there[1])
        north = _ground_at(tile, below, there[0], there[1] + step) - _ground_at(tile, below, there[0], there[1] - step)
        design = np.stack((-east / (2.0 * step), -north / (2.0 * step), np.ones(count)), axis=1)
        change, *_ = np.linalg.lstsq(design, heights - ground - lift, rcond=1e-6)
        # a linear fit is good for a pixel; steps beyond it are taken one by one
        shift = shift + np.clip(change[:2], -resolution, resolution)
        lift += float(change[2])
        residual = heights - ground - lift - design[:, :2] @ change[:2]
        spread = float(np.sum(residual**2)) / max(count - 3, 1) / alone * _clustering(residual, x, y)
        errors = np.sqrt(spread * np.diag(np.linalg.pinv(design.T @ design)))
    if not fitted:
        lift = float(np.median(residual))
        residual = residual - lift
        errors = np.array([math.nan, math.nan, float(np.std(residual)) / math.sqrt(max(count * alone, 1.0))])
        shift = np.full(2, math.nan)
    return Registration(
        tile.name,
        below_name or below.name,
        float(shift[0]),
        float(shift[1]),
        lift,
        float(np.max(errors[:2])),
        float(errors[2]),
        float(np.sqrt(np.mean(residual**2))),
        correlation,
        count,
        resolution,
        relief,
    )


def registrations(terrain: NestedTerrain) -> tuple[Registration, ...]:
    """How each level of a nested terrain lies on what is below it, the finest first."""
    found = []
    for place, tile in enumerate(terrain.tiles):
        # of two tiles of one resolution neither can judge the other
        lower = tuple(other for other in terrain.tiles[place + 1 :] if other.resolution > 1.5 * tile.resolution)
        below = NestedTerrain(lower, terrain.base)
        found.append(registration(tile, below, below.level_names[int(np.max(below.level_at(*tile.center)))]))
    return tuple(found)


def require_same_ground(terrain: NestedTerrain) -> None:
    """Refuse nested terrain whose levels cannot show the same ground.

    Parameters
    ----------
    terrain : NestedTerrain
        Levels that overlap.

    Raises
    ------
    InvalidInput
        A level stands kilometres above or below the next, or its relief has nothing to do with the one below: another
        place, mirrored rows, a wrong projection or unit.
    """
    for found in registrations(terrain):
        if abs(found.dz) > ABSURD_HEIGHT:
            raise InvalidInput(
                f"terrain {found.name} stands {found.dz / 1e3:+.2f} km from {found.below} where both overlap; heights "
                "must count from the sphere of 1737.4 km, in metres"
            )
        comparable = found.cells >= FEWEST_CELLS and found.relief > RELIEF
        if comparable and found.correlation < SAME_RELIEF:
            raise InvalidInput(
                f"terrain {found.name} does not show the ground of {found.below}: over {found.cells} cells their "
                f"heights correlate by {found.correlation:.2f}; is it another place, mirrored, in another projection?"
            )


def _cells(tile: TerrainTile, resolution: float) -> tuple[Array, Array, Array, float]:
    """Mean heights [m] of square cells of a tile, map coordinates [m] of their middles, and their side [m]."""
    rows, columns = tile.heights.shape
    scale = tile.spacing / tile.resolution  # map per ground
    wide = max(resolution * scale, max(rows, columns) * tile.spacing / MOST_CELLS)
    size = int(min(max(round(wide / tile.spacing), 1), max(min(rows, columns) // 3, 1)))
    down, across = rows // size, columns // size
    blocks = tile.heights[: down * size, : across * size].reshape(down, size, across, size)
    known = np.isfinite(blocks)
    share = known.mean(axis=(1, 3))
    total = np.where(known, blocks, 0.0).sum(axis=(1, 3), dtype=np.float64)
    kept = share >= 1.0 - MOST_HOLES
    middle = 0.5 * (size - 1)
    x = tile.x + (np.arange(across) * size + middle) * tile.spacing
    y = tile.y - (np.arange(down) * size + middle) * tile.spacing
    grid_x, grid_y = np.meshgrid(x, y)
    return total[kept] / (share[kept] * size * size), grid_x[kept], grid_y[kept], size * tile.spacing / scale


def _clustering(residual: Array, x: Array, y: Array) -> float:
    """How many cells stand for one [1]: variance of means over parts of the overlap, over that of independent cells."""
    part = [np.minimum((a - a.min()) / max(float(np.ptp(a)), 1.0) * PARTS, PARTS - 1).astype(np.intp) for a in (x, y)]
    place = part[0] * PARTS + part[1]
    counts, sums = np.bincount(place), np.bincount(place, weights=residual)
    held = counts > 0
    alone = float(np.mean(residual**2))
    return max(1.0, float(np.mean(sums[held] ** 2 / counts[held])) / alone) if alone > 0.0 else 1.0


def _ground_at(tile: TerrainTile, below: Ground, x: Array, y: Array) -> Array:
    return below.height(*tile.projection.inverse(x, y))
