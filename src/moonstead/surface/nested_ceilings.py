"""What no ground of a tile exceeds, block by block: a march may leap over blocks that cannot make the horizon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.kernel_cache import prepare
from moonstead.surface.tiles import TerrainTile

__all__ = ["block_ceilings", "with_ceilings"]

Array = NDArray[np.float64]


def block_ceilings(heights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Largest height of each block of pixels and of its eight neighbours.

    Parameters
    ----------
    heights : (rows, columns) [m]
        Of a tile, holes NaN.

    Returns
    -------
    (blocks down, blocks across) [m]
        Infinite at the rim of the tile and around holes, where other levels show.

    Source
    ------
    Maximum mipmap: Tevs et al. (2008), I3D, 183, doi:10.1145/1342250.1342279; one level, widened to the neighbours
    so that a leap of a block's length may start anywhere in the block.
    """
    prepare()
    from moonstead.surface.nested_kernels import BLOCK

    rows, columns = heights.shape
    down, across = -(-rows // BLOCK), -(-columns // BLOCK)
    padded = np.full((down * BLOCK, across * BLOCK), -np.inf, dtype=np.float32)
    padded[:rows, :columns] = heights
    largest = padded.reshape(down, BLOCK, across, BLOCK).max(axis=(1, 3))  # NaN where a hole is
    ringed = np.full((down + 2, across + 2), np.inf, dtype=np.float32)
    ringed[1:-1, 1:-1] = np.where(np.isnan(largest), np.inf, largest)
    upright = np.maximum(np.maximum(ringed[:-2], ringed[1:-1]), ringed[2:])
    return np.ascontiguousarray(np.maximum(np.maximum(upright[:, :-2], upright[:, 1:-1]), upright[:, 2:]))


def with_ceilings(tiles: Sequence[TerrainTile], levels: Array) -> tuple[Array, NDArray[np.float32]]:
    """Ceilings of all tiles, and where each tile's begin.

    Parameters
    ----------
    tiles : sequence of TerrainTile
        In the order of `levels`.
    levels : (levels, numbers) [mixed]
        As `level_rows` gives them.

    Returns
    -------
    levels : (levels, numbers) [mixed]
        A copy that names the first ceiling of each tile and how many stand in a row.
    ceilings : (blocks,) [m]
        One tile's after another's.

    Source
    ------
    As `block_ceilings`.
    """
    prepare()
    from moonstead.surface.nested_kernels import CEILING, CEILING_COLUMNS

    named, first, parts = levels.copy(), 0, [np.zeros(0, dtype=np.float32)]
    for row, tile in zip(named, tiles, strict=True):
        found = block_ceilings(tile.heights)
        row[CEILING], row[CEILING_COLUMNS] = first, found.shape[1]
        parts.append(found.ravel())
        first += found.size
    return named, np.concatenate(parts)
