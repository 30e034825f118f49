"""The relief that the terrain around a site leaves out: members of an ensemble that all agree with the grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.surface.fine_relief import (
    HURST_EXPONENT,
    PIXELS_PER_BASELINE,
    TILE_SIZE,
    FineBands,
    SelfAffineGround,
    fine_bands,
    highland_rise,
    self_affine_ground,
)
from moonstead.surface.local_map import from_map, onto_map
from moonstead.surface.nested import NestedTerrain

if TYPE_CHECKING:
    from moonstead.surface.terrain import GlobalTerrain

__all__ = ["ReliefEnsemble", "relief_ensemble"]

Array = NDArray[np.float64]

CELLS = 14  # from the middle to the raster's edge
SMALLEST_WAVELENGTH = 40.0  # [m] two pixels of 20 m, the finest grids that published shares of light come from
WIDEST_CUT = 480.0  # [m] two pixels of 240 m, the coarsest of them
SURVEY = 2.5  # [cells] radius of the smooth window in which roughness is measured
TILE_ERROR = 0.5  # [m] rms height error of 5 m tiles, 0.3 to 0.5 m: NASA PGDA product 78; Barker et al. (2021)
PIXEL_PARTS = (-1.0 / 3.0, 0.0, 1.0 / 3.0)  # of a pixel, where a mean over it is taken


@dataclass(frozen=True, eq=False)
class ReliefEnsemble:
    """Random relief around a site, in members that each could be what the terrain leaves out.

    Attributes
    ----------
    latitude, longitude : float [rad]
        The site, middle of the azimuthal equidistant map on which all lies.
    spacing : float [m]
        Of the raster's pixels.
    relief : (M, n, n) float32 [m]
        Waves that the raster holds, less what the grid shows of them; rows go north, columns east.
    scale : (n, n) float32 [1]
        Share of the fine bands that the terrain lacks.
    error : (n, n) float32 [m]
        Size of the height error of tiles.
    bands : FineBands
        Waves too short for the raster.
    sizes : (M, B) [m]
        Size of each band.
    shifts : (M, B + 1, 2) [m]
        Place of each member on the bands' tiles.
    rise : float [m]
        Root mean square difference of two heights one cell of the grid apart, as the ground around the site says.
    """

    latitude: float
    longitude: float
    spacing: float
    relief: NDArray[np.float32]
    scale: NDArray[np.float32]
    error: NDArray[np.float32]
    bands: FineBands
    sizes: Array
    shifts: Array
    rise: float


def relief_ensemble(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    members: int = 128,
    seed: int = 1,
    tile_error: float = TILE_ERROR,
) -> ReliefEnsemble:
    """Relief that the terrain leaves out, as an ensemble.

    Each member is random self-affine ground less what the global grid would show of it: its means over the grid's
    pixels, bilinear between them. So members add nothing where the grid is dense (along the parallels next to a pole)
    and most between its rows. The Hurst exponent comes from the literature. The size is known only between two bounds:
    the median of the highlands, and the size at which the members' means bend from pixel to pixel as much as the
    grid's own heights do around the site (more than the median at craters' rims, whose walls are no random ground);
    each member draws its size between them, evenly on a logarithmic scale. Waves shorter than the raster holds have
    the size of the median highlands, cut at a wavelength drawn between 40 and 480 m: two pixels of the grids of 20 to
    240 m that published shares of light were found on. Where a finer tile lies, only what is below its resolution is
    left, and its own height error.

    Parameters
    ----------
    terrain : GlobalTerrain or NestedTerrain
        The known ground.
    latitude, longitude : float [rad]
        The site.
    members : int
        How many.
    seed : int
        Of the random numbers: the same seed gives the same ensemble.
    tile_error : float [m]
        Root mean square height error of tiles finer than the global grid.

    Returns
    -------
    ReliefEnsemble

    Raises
    ------
    InvalidInput
        There is no member, or the error is negative.

    Source
    ------
    Roughness: Rosenburg et al. (2011), JGR 116, E02001, doi:10.1029/2010JE003716. An ensemble of self-affine clones
    for the uncertainty of light: Barker et al. (2021), PSS 203, 105119, doi:10.1016/j.pss.2020.105119. Scaling:
    Turcotte (1997), Fractals and Chaos in Geology and Geophysics, chapter 7.
    """
    from scipy.ndimage import gaussian_filter

    if members < 1 or not tile_error >= 0.0:
        raise InvalidInput(
            f"an ensemble needs one member or more and an error of 0 m or more; got {members}, {tile_error!r}"
        )
    base = terrain.base if isinstance(terrain, NestedTerrain) else terrain
    cell = base.resolution
    spacing = cell / PIXELS_PER_BASELINE
    ground = self_affine_ground(cell, spacing)
    half = int(CELLS * PIXELS_PER_BASELINE)
    axis = np.arange(-half, half + 1) * spacing
    x, y = np.meshgrid(axis, axis)
    grid = _GridMeans(base, latitude, longitude, x, y, ground)
    random = np.random.default_rng(seed)
    fields = np.empty((members, *x.shape), dtype=np.float32)
    bends = []
    later = np.empty(0)
    for member in range(members):
        heights, later = ground.heights(random) if member % 2 == 0 else (later, later)
        means = grid.means(heights)
        fields[member] = grid.window(heights) - grid.between(means)
        bends.append(np.average(grid.bends(means) ** 2, weights=grid.weights))
    # local size of the ground: how much more its rows bend than those of unit ground
    found, count = (np.zeros(x.shape) for _ in range(2))
    np.add.at(found, grid.pixels, grid.bends(grid.heights) ** 2 * grid.weights)
    np.add.at(count, grid.pixels, grid.weights)
    window = SURVEY * PIXELS_PER_BASELINE
    smooth = gaussian_filter(found, window) / np.maximum(gaussian_filter(count, window), 1e-12)
    local = np.sqrt(smooth / np.mean(bends))
    literature = highland_rise(cell)
    lower, upper = np.log(literature), np.log(np.maximum(local, 1e-3))
    known, error = _known(terrain, latitude, longitude, x, y, spacing, cell, tile_error)
    draw = random.uniform(size=members)
    cut = np.exp(random.uniform(math.log(SMALLEST_WAVELENGTH), math.log(WIDEST_CUT), size=members))
    for member in range(members):
        fields[member] *= np.exp(lower + draw[member] * (upper - lower)) * known
    bands = fine_bands(ground.shortest, SMALLEST_WAVELENGTH)
    sizes = np.array(
        [
            [
                literature * ground.deviation(longest, max(shortest, least))
                for longest, shortest in zip(bands.bounds[:-1], bands.bounds[1:], strict=True)
            ]
            for least in cut
        ]
    )
    spots = random.uniform(0.0, TILE_SIZE, size=(members, bands.spacings.size + 1, 2))
    shifts = spots * np.append(bands.spacings, bands.spacings[-1])[None, :, None]
    return ReliefEnsemble(
        latitude,
        longitude,
        spacing,
        fields,
        known.astype(np.float32),
        error.astype(np.float32),
        bands,
        sizes,
        shifts,
        float(local[half, half]),
    )


def _known(
    terrain: GlobalTerrain | NestedTerrain,
    latitude: float,
    longitude: float,
    x: Array,
    y: Array,
    spacing: float,
    cell: float,
    tile_error: float,
) -> tuple[Array, Array]:
    """Share (n, n) [1] of the missing relief that a nest of tiles leaves, and size of its height error (n, n) [m]."""
    if not isinstance(terrain, NestedTerrain):
        return np.ones_like(x), np.zeros_like(x)
    resolution = terrain.resolution_at(*from_map(latitude, longitude, x, y, terrain.radius))
    share = np.minimum(resolution / cell, 1.0) ** HURST_EXPONENT
    share = np.where(2.0 * resolution > SMALLEST_WAVELENGTH, share, 0.0)
    return share, np.where(resolution < 0.5 * cell, tile_error, 0.0)


class _GridMeans:
    """What a global grid shows of random ground: its means over pixels and the surface between them."""

    def __init__(
        self, base: GlobalTerrain, latitude: float, longitude: float, x: Array, y: Array, ground: SelfAffineGround
    ) -> None:
        from scipy import sparse

        rows, columns = base.heights.shape
        self.half = x.shape[0] // 2
        lat, lon = from_map(latitude, longitude, x, y, base.radius)
        place = (lon + math.pi) / (2.0 * math.pi) * columns - 0.5
        place -= np.floor(place / columns) * columns
        left = np.minimum(place.astype(np.int64), columns - 1)
        right = (left + 1) % columns
        east = place - left
        row = np.clip((0.5 * math.pi - lat) / math.pi * rows - 0.5, 0.0, rows - 1.000001)
        top = row.astype(np.int64)
        down = row - top
        corners = np.stack([top * columns + left, top * columns + right, (top + 1) * columns + left])
        corners = np.concatenate((corners, ((top + 1) * columns + right)[None])).reshape(4, -1)
        weights = np.stack([(1 - down) * (1 - east), (1 - down) * east, down * (1 - east), down * east]).reshape(4, -1)
        nodes, inverse = np.unique(corners, return_inverse=True)
        points = np.tile(np.arange(x.size), 4)
        self.shape = x.shape
        self._between = sparse.csr_matrix((weights.ravel(), (points, inverse.ravel())), shape=(x.size, nodes.size))
        self.heights = base.heights.ravel()[nodes]
        node_row, node_column = np.divmod(nodes, columns)
        node_lat = 0.5 * math.pi - (node_row + 0.5) / rows * math.pi
        node_lon = (node_column + 0.5) / columns * 2.0 * math.pi - math.pi
        wide = float(np.max(np.cos(node_lat))) * base.resolution > ground.spacing
        parts = [(north, across) for north in PIXEL_PARTS for across in (PIXEL_PARTS if wide else (0.0,))]
        size = ground.amplitude.shape[0]
        taken: Any = sparse.csr_matrix((nodes.size, size * size))
        for north, across in parts:
            at_lat = np.clip(node_lat + north * math.pi / rows, -0.5 * math.pi, 0.5 * math.pi)
            at_lon = node_lon + across * 2.0 * math.pi / columns
            node_x, node_y = onto_map(latitude, longitude, at_lat, at_lon, base.radius)
            taken = taken + _sampling(node_x / ground.spacing + size // 2, node_y / ground.spacing + size // 2, size)
        self._means = (taken / len(parts)).tocsr()
        above, below = (np.searchsorted(nodes, nodes + step) for step in (-columns, columns))
        inside = (above < nodes.size) & (below < nodes.size)
        above, below = (np.minimum(index, nodes.size - 1) for index in (above, below))
        inside &= (nodes[above] == nodes - columns) & (nodes[below] == nodes + columns)
        node_x, node_y = onto_map(latitude, longitude, node_lat, node_lon, base.radius)
        pixel = [np.rint(axis / ground.spacing).astype(np.int64) + self.half for axis in (node_y, node_x)]
        inside &= np.all([(index >= 0) & (index < x.shape[0]) for index in pixel], axis=0)
        self._rows = np.flatnonzero(inside), above[inside], below[inside]
        self.pixels = pixel[0][inside], pixel[1][inside]
        self.weights = np.cos(node_lat[inside])  # pixels crowd towards a pole

    def means(self, heights: Array) -> Array:
        """Means (nodes,) [m] over the grid's pixels of random ground (P, P) [m]."""
        return np.asarray(self._means @ heights.ravel(), dtype=np.float64)

    def between(self, means: Array) -> Array:
        """Surface (n, n) [m] that the grid draws through its nodes."""
        return np.asarray(self._between @ means, dtype=np.float64).reshape(self.shape)

    def window(self, heights: Array) -> Array:
        """Part (n, n) [m] of random ground that the raster shows."""
        middle = heights.shape[0] // 2
        span = slice(middle - self.half, middle + self.half + 1)
        return heights[span, span]

    def bends(self, means: Array) -> Array:
        """Second differences [m] along meridians."""
        here, above, below = self._rows
        return np.asarray(means[above] - 2.0 * means[here] + means[below], dtype=np.float64)


def _sampling(column: Array, row: Array, size: int) -> Any:
    """Matrix (N, P * P) [1] that reads a periodic field at points in pixels, bilinear."""
    from scipy import sparse

    left, low = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    east, north = column - left, row - low
    index, weight = [], []
    for up, share in ((0, 1.0 - north), (1, north)):
        for aside, part in ((0, 1.0 - east), (1, east)):
            index.append(((low + up) % size) * size + (left + aside) % size)
            weight.append(share * part)
    points = np.tile(np.arange(column.size), 4)
    return sparse.csr_matrix(
        (np.concatenate(weight), (points, np.concatenate(index))), shape=(column.size, size * size)
    )
