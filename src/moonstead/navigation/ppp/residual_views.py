"""Where in the sky residuals are large: tables by elevation, and by elevation and azimuth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.positioning.answer import PositionSeries

Array = NDArray[np.float64]

ELEVATIONS = tuple(np.radians([0.0, 10.0, 20.0, 30.0, 45.0, 60.0, 90.0]))  # [rad] edges
SECTORS = 12  # of azimuth


@dataclass(frozen=True, eq=False)
class ResidualView:
    """Residuals of one system in A x B cells of the sky.

    Attributes
    ----------
    system : str
        Letter.
    elevation : (A + 1,) [rad]
        Edges of the rows.
    azimuth : (B + 1,) [rad]
        Edges of the columns, from north over east.
    count : (A, B) int
        Residuals in each cell.
    mean, rms : (A, B) [m]
        NaN where a cell is empty. A mean that stands out is multipath, or the antenna's own.
    """

    system: str
    elevation: Array
    azimuth: Array
    count: NDArray[np.int64]
    mean: Array
    rms: Array


def residual_views(
    series: PositionSeries, elevations: ArrayLike = ELEVATIONS, sectors: int = SECTORS
) -> tuple[ResidualView, ...]:
    """Residuals of the measurements used, gathered by direction, one view for each system.

    Parameters
    ----------
    series : PositionSeries
        With residuals, elevations and azimuths.
    elevations : (A + 1,) [rad]
        Rising edges.
    sectors : int
        Number of equal parts of the azimuth; 1 for a table by elevation alone.

    Returns
    -------
    tuple of ResidualView
        In the order of the letters.

    Raises
    ------
    InvalidInput
        Edges do not rise, or there is no sector.

    Source
    ------
    Mean and root mean square of each cell.
    """
    edges = np.asarray(elevations, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or np.any(np.diff(edges) <= 0.0) or sectors < 1:
        raise InvalidInput(f"elevations are rising edges [rad] and sectors at least 1; got {edges} and {sectors}")
    turns = np.linspace(0.0, 2.0 * np.pi, sectors + 1)
    letters = np.array([name[0] for name in series.satellites])
    good = series.used & np.isfinite(series.residuals) & np.isfinite(series.elevation)
    views = []
    for letter in sorted(set(letters.tolist())):
        mine = good & (letters == letter)
        value, up, around = series.residuals[mine], series.elevation[mine], series.azimuth[mine] % (2.0 * np.pi)
        count = np.histogram2d(up, around, (edges, turns))[0]
        total, square = (np.histogram2d(up, around, (edges, turns), weights=w)[0] for w in (value, value**2))
        with np.errstate(invalid="ignore"):
            views.append(
                ResidualView(letter, edges, turns, count.astype(np.int64), total / count, np.sqrt(square / count))
            )
    return tuple(views)
