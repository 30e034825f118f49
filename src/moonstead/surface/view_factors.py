"""How much sky and how much ground a facet sees: view factors from a skyline, and between the pixels of a map."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.bodies import LUNAR_MAP_RADIUS
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare

__all__ = ["GroundViews", "ground_views", "sky_view_factor"]

Array = NDArray[np.float64]

STRIDE = 0.5  # [pixel] of the march: bilinear ground has no crest that is much narrower
SECTORS = 72  # of azimuth


@dataclass(frozen=True, eq=False)
class GroundViews:
    """What the P = n m facets of a map see of each other and of the sky, row by row from the top left.

    Attributes
    ----------
    shape : tuple of 2 int
        Rows and columns of the map.
    normals : (P, 3) [1]
        Of each facet: right, up the map, vertical.
    area : (P,) [m2]
        Of each facet on its slope.
    matrix : scipy.sparse.csr_array (P, P) [1]
        View factor from the facet of a row to the facet of a column: ``area[i] matrix[i, j] = area[j] matrix[j, i]``.
    sky : (P,) [1]
        View factor of the sky; all that is seen adds up to 1.
    far : (P,) [1]
        View factor of ground beyond the map, below a skyline that was given.
    azimuth : (K,) [rad]
        Of `skyline`, clockwise from the top of the map.
    skyline : (P, K) [rad]
        Elevation of the skyline within the map, negative where the ground falls away.
    """

    shape: tuple[int, int]
    normals: Array
    area: Array
    matrix: Any
    sky: Array
    far: Array
    azimuth: Array
    skyline: Array

    def single(self) -> GroundViews:
        """The same in single precision, for many times at once."""
        return replace(self, matrix=self.matrix.astype(np.float32), far=self.far.astype(np.float32))

    def from_ground(self, radiosity: ArrayLike) -> NDArray[Any]:
        """Irradiance (P,) or (P, N) [W/m2] of each facet by facets of the radiosity (P,) or (P, N) [W/m2].

        Ground beyond the map shines as the mean of the map does.
        """
        leaving = np.asarray(radiosity)
        seen = np.asarray(self.matrix @ leaving)
        if np.any(self.far):
            seen += np.multiply.outer(self.far, np.tensordot(self.area / np.sum(self.area), leaving, axes=1))
        return seen


def sky_view_factor(azimuth: ArrayLike, elevation: ArrayLike, tilt: float = 0.0, aspect: float = 0.0) -> float:
    """Share of what leaves a facet that goes to the sky above its skyline; the rest goes to ground.

    Parameters
    ----------
    azimuth : (K,) [rad]
        Equally spaced directions from north over east, all around.
    elevation : (K,) [rad]
        Of the skyline there.
    tilt : float [rad]
        Of the facet's normal from the zenith.
    aspect : float [rad]
        Azimuth that the facet leans towards.

    Returns
    -------
    float [1]
        1 for level ground under an open sky; (1 + cos tilt) / 2 for a slope on a plain.

    Raises
    ------
    InvalidInput
        The azimuths are not equally spaced, differ in number from the elevations, or the tilt is not in [0, pi].

    Source
    ------
    Dozier & Frew (1990), IEEE Trans. Geosci. Remote Sens. 28, 963, doi:10.1109/36.58986, equation 7b, with the facet's
    own plane as a further skyline.
    """
    directions = np.asarray(azimuth, dtype=np.float64)
    skyline = np.asarray(elevation, dtype=np.float64)
    width = 2.0 * math.pi / max(directions.size, 1)
    if directions.ndim != 1 or directions.shape != skyline.shape or directions.size < 4:
        raise InvalidInput(f"a skyline needs 4 azimuths or more with one elevation each; got {directions.shape}")
    if not np.allclose(np.diff(directions), width, rtol=0.0, atol=1e-9):
        raise InvalidInput("the azimuths of a skyline must be equally spaced all around [rad]")
    if not 0.0 <= tilt <= math.pi:
        raise InvalidInput(f"the tilt of a facet must lie in [0, pi] rad; got {tilt!r}")
    leaning = math.sin(tilt) * np.cos(directions - aspect)
    plane = np.arctan2(-leaning, math.cos(tilt))
    low = np.clip(np.maximum(skyline, plane), -0.5 * math.pi, 0.5 * math.pi)
    rise = 1.0 - np.sin(low) ** 2
    spread = 0.5 * math.pi - low - np.sin(low) * np.cos(low)
    return float(width / (2.0 * math.pi) * np.sum(math.cos(tilt) * rise + leaning * spread))


def ground_views(
    heights: ArrayLike,
    spacing: float,
    *,
    far_skyline: ArrayLike | None = None,
    sectors: int = SECTORS,
    radius: float = LUNAR_MAP_RADIUS,
) -> GroundViews:
    """View factors between all facets of a map of heights, and to the sky.

    From each facet the march outwards raises the skyline step by step; each rise is a band of the ground that causes
    it, with the view factor of that band in closed form. Pairs are then made equal in both directions, so that no
    energy is lost between facets.

    Parameters
    ----------
    heights : (n, m) [m]
        Heights on square pixels, row 0 on top.
    spacing : float [m]
        Between pixels.
    far_skyline : (n, m, K) [rad], optional
        Skyline of each pixel with all ground beyond the map, at `sectors` azimuths clockwise from the top of the map;
        what it hides of the map's own sky counts as ground that is like the map.
    sectors : int
        Directions of view.
    radius : float [m]
        Of the body, whose curvature lowers far ground.

    Returns
    -------
    GroundViews
        Rows of the matrix, sky and far ground add up to 1.

    Raises
    ------
    InvalidInput
        The map is smaller than 3 by 3, has holes, or the spacing, the sectors or the far skyline do not fit.

    Source
    ------
    Bands: as `sky_view_factor`. Exchange between facets of terrain: Paige et al. (2010), Science 330, 479,
    doi:10.1126/science.1187726, supporting text.
    """
    ground = np.ascontiguousarray(heights, dtype=np.float64)
    if ground.ndim != 2 or min(ground.shape) < 3 or not np.all(np.isfinite(ground)):
        raise InvalidInput(f"view factors need a map of 3 by 3 finite heights [m] or more; got {ground.shape}")
    if not (math.isfinite(spacing) and spacing > 0.0 and sectors >= 8 and radius > 0.0):
        raise InvalidInput(
            f"view factors need a positive spacing [m] and 8 sectors or more; got {spacing!r}, {sectors!r}"
        )
    azimuth = np.arange(sectors, dtype=np.float64) * (2.0 * math.pi / sectors)
    normals, skyline, matrix = _march(ground, float(spacing), azimuth, 1.0 / radius)
    area = spacing**2 / normals[:, 2]
    far = np.zeros(ground.size)
    if far_skyline is not None:
        far = _far(np.asarray(far_skyline, dtype=np.float64), normals, azimuth, skyline)
    matrix = _balanced(matrix, area)
    seen = np.asarray(matrix.sum(axis=1)).ravel()
    far = np.minimum(far, np.maximum(1.0 - seen, 0.0))
    return GroundViews(ground.shape, normals, area, matrix, 1.0 - seen - far, far, azimuth, skyline)


def _march(ground: Array, spacing: float, azimuth: Array, curvature: float) -> tuple[Array, Array, Any]:
    prepare()
    from scipy.sparse import csr_array

    from moonstead.surface.view_factor_kernels import view_factor_kernel

    size = ground.size
    normals, skyline = np.empty((size, 3)), np.empty((size, azimuth.size))
    starts = np.empty(size + 1, dtype=np.int64)
    targets, weights = np.empty(0, dtype=np.int32), np.empty(0)
    row, touched = np.zeros(size), np.empty(size, dtype=np.int64)
    highest = float(np.max(ground))
    for _ in range(2):  # the first time only counts
        count = view_factor_kernel(
            ground, spacing, curvature, highest, azimuth, STRIDE, 1.0, normals, skyline, starts, targets, weights,
            row, touched,
        )  # fmt: skip
        if count == 0:
            break
        targets, weights = (
            (np.empty(count, dtype=np.int32), np.empty(count)) if targets.size == 0 else (targets, weights)
        )
    return normals, skyline, csr_array((weights, targets, starts), shape=(size, size))


def _balanced(matrix: Any, area: Array) -> Any:
    """Pairs made equal in both directions: their mean, and no row above 1."""
    from scipy.sparse import csr_array, diags_array

    exchange = diags_array(area) @ matrix
    exchange = 0.5 * (exchange + exchange.T)
    share = np.asarray(exchange.sum(axis=1)).ravel() / area
    excess = np.sqrt(np.maximum(share, 1.0))
    scale = diags_array(1.0 / excess)
    return csr_array(diags_array(1.0 / area) @ (scale @ exchange @ scale))


def _far(skyline: Array, normals: Array, azimuth: Array, own: Array) -> Array:
    """View factor (P,) [1] of what stands between the map's own skyline and a given one."""
    if skyline.reshape(-1, skyline.shape[-1]).shape != own.shape:
        raise InvalidInput(f"the far skyline must have shape (n, m, {azimuth.size}) [rad]; got {skyline.shape}")
    given = skyline.reshape(own.shape)
    leaning = normals[:, :1] * np.sin(azimuth) + normals[:, 1:2] * np.cos(azimuth)
    low = np.maximum(own, np.arctan2(-leaning, normals[:, 2:]))
    high = np.maximum(given, low)
    rise = np.sin(high) ** 2 - np.sin(low) ** 2
    spread = high - low + np.sin(high) * np.cos(high) - np.sin(low) * np.cos(low)
    return np.asarray(np.sum(normals[:, 2:] * rise + leaning * spread, axis=1) / azimuth.size)
