"""Slope and roughness of the ground on a map, over a baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.gnomonic_grid import GnomonicGrid

__all__ = ["SlopeMap", "slope_map"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SlopeMap:
    """The plane that fits the ground best around each pixel of a map, and what is left over.

    Attributes
    ----------
    baseline : float [m]
        Side of the square that each plane is fitted to: an odd number of pixels between the outermost centres.
    slope : (n, m) [rad]
        Of the plane against the horizontal; NaN where the square leaves the map.
    aspect : (n, m) [rad]
        Direction in which the plane falls, on the map, from +y clockwise.
    roughness : (n, m) [m]
        Root mean square distance of the pixels from the plane, along the vertical.
    """

    baseline: float
    slope: Array
    aspect: Array
    roughness: Array


def slope_map(grid: GnomonicGrid, baseline: float) -> SlopeMap:
    """Slopes over a baseline: least-squares planes through all pixels of a square around each pixel.

    Parameters
    ----------
    grid : GnomonicGrid
        The ground.
    baseline : float [m]
        Length over which slopes matter: the distance between the feet of a lander, or the wheels of a rover. Rounded
        up to an even number of pixels, two at least; `SlopeMap.baseline` says what was taken.

    Returns
    -------
    SlopeMap

    Raises
    ------
    InvalidInput
        The baseline is not positive or wider than the map.

    Source
    ------
    Normal equations of a plane on a square of equally spaced points, in which the unknowns separate. Slopes shrink
    with a longer baseline: Rosenburg et al. (2011), JGR 116, E02001, doi:10.1029/2010JE003716.
    """
    from scipy.ndimage import correlate1d

    if not baseline > 0.0:
        raise InvalidInput(f"the baseline of a slope must be positive [m]; got {baseline!r}")
    half = max(1, int(np.ceil(0.5 * baseline / grid.spacing - 1e-9)))
    if 2 * half + 1 > min(grid.heights.shape):
        raise InvalidInput(
            f"a baseline of {baseline:g} m takes {2 * half + 1} pixels of {grid.spacing:g} m; the map has "
            f"{grid.heights.shape[0]} rows and {grid.heights.shape[1]} columns"
        )
    heights = grid.heights.astype(np.float64)
    heights -= heights.mean()
    offsets: Array = np.arange(-half, half + 1, dtype=np.float64) * grid.spacing
    ones: Array = np.ones(offsets.size)
    count, squares = offsets.size**2, offsets.size * float(np.sum(offsets**2))

    def windowed(values: Array, down: Array, right: Array) -> Array:
        once = correlate1d(values, down, axis=0, mode="constant", cval=np.nan)
        return np.asarray(correlate1d(once, right, axis=1, mode="constant", cval=np.nan))

    east = windowed(heights, ones, offsets) / squares
    south = windowed(heights, offsets, ones) / squares
    mean = windowed(heights, ones, ones) / count
    scatter = windowed(heights**2, ones, ones) / count - mean**2 - (east**2 + south**2) * squares / count
    return SlopeMap(
        baseline=2 * half * grid.spacing,
        slope=np.arctan(np.hypot(east, south)),
        aspect=np.mod(np.arctan2(-east, south), 2.0 * np.pi),
        roughness=np.sqrt(np.maximum(scatter, 0.0)),
    )
