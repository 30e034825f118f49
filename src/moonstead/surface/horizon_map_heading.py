"""Directions on a map, each turned so that it looks along the first axis of pixels; ground made flat for sight."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.surface.gnomonic_grid import GnomonicGrid
from moonstead.surface.hull_sweep_kernels import DEEP, LANES

__all__ = ["Extent", "Heading", "Turned", "flattened"]

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Extent = tuple[float, float]  # [pixels] lowest and highest place

LEVEL = 1e-12  # [1] slopes of a line against a pixel axis below this are rounding of 0


@dataclass(frozen=True)
class Heading:
    """One direction on a map, as seen from the axis of pixels that is closest to it.

    Attributes
    ----------
    sine, cosine : float [1]
        Of the angle from +y clockwise.
    by_rows : bool
        Whether the main axis runs from row to row.
    backwards : bool
        Whether it runs from the last pixel to the first.
    slope : float [1]
        Pixels aside for each pixel along, from -1 to 1.
    """

    sine: float
    cosine: float
    by_rows: bool
    backwards: bool
    slope: float

    @classmethod
    def of(cls, azimuth: float) -> Heading:
        """Heading of an angle [rad] on the map."""
        right, down = math.sin(azimuth), -math.cos(azimuth)
        by_rows = abs(down) > abs(right)
        main, aside = (down, right) if by_rows else (right, down)
        slope = aside / abs(main)
        return cls(right, -down, by_rows, main < 0.0, slope if abs(slope) > LEVEL else 0.0)

    @property
    def stretch(self) -> float:
        """Length [pixel] of a line for each pixel along."""
        return math.hypot(1.0, self.slope)

    def turned(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map with the main axis first and pointing ahead."""
        values = values if self.by_rows else values.T
        return values[::-1] if self.backwards else values

    def centre_aside(self, level: GnomonicGrid) -> float:
        """Place aside [pixel] at which the map's centre lies on a level."""
        return float(-level.x[0] if self.by_rows else level.y[0]) / level.spacing

    def turned_range(self, rows: Extent, columns: Extent, sizes: tuple[int, ...]) -> tuple[Extent, Extent]:
        """Where a rectangle of the map lies after `turned`.

        Parameters
        ----------
        rows, columns : (lowest, highest) [pixel]
            The rectangle.
        sizes : (int, int)
            Rows and columns of the map.

        Returns
        -------
        along, aside : (lowest, highest) [pixel]
        """
        main, aside = (rows, columns) if self.by_rows else (columns, rows)
        last = (sizes[0] if self.by_rows else sizes[1]) - 1
        return ((last - main[1], last - main[0]) if self.backwards else main), aside


@dataclass(frozen=True)
class Turned:
    """Flattened ground of one level with the main axis first, in a frame of deep ground.

    Attributes
    ----------
    values : (K,) float32 [m]
        Flat; pixel (along, aside) stands at along * pitch + margin + aside.
    shape : (int, int)
        Pixels along and aside.
    pitch, margin : int
        Values for each place along, and before the first pixel aside.
    """

    values: Single
    shape: tuple[int, int]
    pitch: int
    margin: int

    @classmethod
    def of(cls, ground: Single, near: int) -> Turned:
        """Ground (along, aside) float32 [m] in a frame that steps of `near` pixels do not leave."""
        margin = max(near, LANES) + 2
        along, aside = ground.shape
        framed = np.full((along + near + 2, aside + 2 * margin), DEEP, dtype=np.float32)
        framed[:along, margin : margin + aside] = ground
        return cls(framed.ravel(), (along, aside), framed.shape[1], margin)


def flattened(height: Array, x: Array, y: Array, radius: float) -> Array:
    """Depth (n, m) [m] at which points of a gnomonic map are drawn so that lines of sight are straight lines.

    Parameters
    ----------
    height : (n, m) [m]
        Above the sphere.
    x, y : (m,), (n,) [m]
        Map coordinates.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    (n, m) [m]
        R - R^2 / Z, Z being distance from the sphere's centre along the map's axis: a projective map of space, which
        keeps straight lines straight. At the map's centre it is h R / (R + h).

    Source
    ------
    A projective map of space keeps straight lines straight: Coxeter, Projective Geometry. This one is written so that
    depths near the centre of the map are heights.
    """
    secant = np.sqrt(radius**2 + x[None, :] ** 2 + y[:, None] ** 2)
    return np.asarray(radius * (1.0 - secant / (radius + height)), dtype=np.float64)
