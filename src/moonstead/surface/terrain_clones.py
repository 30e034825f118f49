"""Other grounds that a tile might as well be: the same heights with an error of known size and length added."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput, MissingData
from moonstead.surface.tiles import TerrainTile

__all__ = ["clone_files", "published_clone", "terrain_clones"]

Array = NDArray[np.float64]

CLEARANCE = 6.0  # correlation lengths between a field and its periodic copy: exp(-6) is 0.25 %
LARGEST_ERROR = 500.0  # [m] that a clone of a 5 m map can have; Barker et al. (2021) state 0.3 to 0.5 m as usual
SAME_PIXELS = 1e-3  # [pixel] maps whose pixels agree to this are the same grid
IS_THE_GROUND = 0.9  # [1] a field of errors does not follow the ground like this


def terrain_clones(
    tile: TerrainTile, sigma: float, correlation_length: float, count: int, seed: int
) -> Iterator[TerrainTile]:
    """Tiles whose heights carry random errors, normally distributed and correlated over a length.

    The errors are a stationary, isotropic Gaussian field with the covariance sigma^2 exp(-d / L), whose power falls
    as (1 + (k L)^2)^(-3/2).

    Parameters
    ----------
    tile : TerrainTile
        The ground; its holes stay holes.
    sigma : float [m]
        Standard deviation of the errors.
    correlation_length : float [m]
        Length L on the ground over which they are alike.
    count : int
        How many clones.
    seed : int
        Of the random numbers. A clone depends on the seed and its place in the sequence, not on the count.

    Returns
    -------
    iterator of TerrainTile
        Each is made when it is asked for.

    Raises
    ------
    InvalidInput
        A number is not positive, or the length is shorter than a pixel or longer than the tile.

    Source
    ------
    Use of clones: Barker et al. (2021), PSS 203, 105119, doi:10.1016/j.pss.2020.105119. Spectrum of an exponential
    covariance in the plane: Chilès & Delfiner (2012), Geostatistics, table A.1; simulation on a periodic grid: Dietrich
    & Newsam (1997), SIAM J. Sci. Comput. 18, 1088, doi:10.1137/S1064827592240555.
    """
    rows, columns = tile.heights.shape
    widest = max(rows, columns) * tile.resolution
    if not (sigma > 0.0 and count >= 1 and math.isfinite(sigma)):
        raise InvalidInput(f"clones need a positive sigma [m] and a positive count; got {sigma!r} m, {count!r}")
    if not tile.resolution <= correlation_length <= widest:
        raise InvalidInput(
            f"the correlation length must lie between a pixel and the width of the tile, {tile.resolution:.3g} and "
            f"{widest:.3g} m; got {correlation_length!r} m"
        )
    return _clones(tile, sigma, correlation_length / tile.resolution, count, seed)


def _clones(tile: TerrainTile, sigma: float, length: float, count: int, seed: int) -> Iterator[TerrainTile]:
    from scipy.fft import irfft2, next_fast_len, rfft2

    margin = math.ceil(CLEARANCE * length)
    shape = tuple(int(next_fast_len(size + margin, real=True)) for size in tile.heights.shape)
    down, across = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    wave = 2.0 * math.pi * length * np.hypot(down[:, None], across[None, :])
    amplitude = (1.0 + wave**2) ** -0.75
    twice = np.full(across.size, 2.0)  # columns of the half spectrum stand for two, but for the first and the last
    twice[0] = 1.0
    if shape[1] % 2 == 0:
        twice[-1] = 1.0
    amplitude *= sigma / math.sqrt(float(np.sum(amplitude**2 * twice)) / (shape[0] * shape[1]))
    for number in range(count):
        noise = np.random.default_rng([seed, number]).standard_normal(shape)
        error = irfft2(rfft2(noise) * amplitude, s=shape)[: tile.heights.shape[0], : tile.heights.shape[1]]
        yield _with_error(tile, error, f"{tile.name}, clone {number + 1}")


def clone_files(path: Path) -> list[Path]:
    """Files of error clones that belong to a site tile of PGDA product 78, in the order of their numbers.

    They lie beside the tile or in a folder ``Clones`` there, as ``Site01_final_adj_5mpp_0001_err.tif`` beside
    ``Site01_final_adj_5mpp_surf.tif``.
    """
    stem = path.name.removesuffix(path.suffix).removesuffix("_surf")
    found = [each for folder in (path.parent, path.parent / "Clones") for each in folder.glob(f"{stem}_*_err.tif")]
    return sorted(each for each in found if each.stem.removesuffix("_err").rpartition("_")[2].isdigit())


def published_clone(tile: TerrainTile, path: Path) -> TerrainTile:
    """Tile with the errors of a published clone added.

    Parameters
    ----------
    tile : TerrainTile
        The ground that the clone belongs to, whole or a window of it.
    path : Path
        File of height errors [m] on the same pixels.

    Returns
    -------
    TerrainTile
        A hole of the clone is a hole of the result.

    Raises
    ------
    InvalidInput
        The file lies on other pixels, holds heights instead of errors, or errors beyond 500 m.
    MissingData
        There is no such file, or rasterio is not installed.

    Source
    ------
    Barker et al. (2021), PSS 203, 105119, doi:10.1016/j.pss.2020.105119; that the files hold errors to be added is
    quoted from a public user of them, and checked here.
    """
    from moonstead.formats.raster_map_files import raster_header, read_raster

    if not path.is_file():
        raise MissingData(f"{path}: there is no such file; clones of PGDA product 78 end in _NNNN_err.tif")
    header = raster_header(path)
    left, right, bottom, top = tile.extent
    half = 0.4 * tile.spacing  # inside the outermost pixels, so that no further one is touched
    apart = (header.x - tile.x) / tile.spacing, (tile.y - header.y) / tile.spacing, header.spacing / tile.spacing - 1.0
    aligned = all(abs(value - round(value)) < SAME_PIXELS for value in apart) and abs(apart[2]) < SAME_PIXELS
    if not aligned or header.projection != tile.projection:
        raise InvalidInput(
            f"{path.name}: its pixels are not those of terrain {tile.name}; take the clones of that tile"
        )
    error = np.asarray(
        read_raster(path, (left - half, bottom - half, right + half, top + half)).values, dtype=np.float64
    )
    if error.shape != tile.heights.shape:
        raise InvalidInput(f"{path.name}: it does not hold all of terrain {tile.name}; take the clones of that tile")
    known = np.isfinite(error) & np.isfinite(tile.heights)
    if known.sum() < 2 or np.max(np.abs(error[known])) > LARGEST_ERROR or _follows(error[known], tile.heights[known]):
        raise InvalidInput(
            f"{path.name}: these are heights, not height errors of {LARGEST_ERROR:.0f} m at most; name the file as "
            "terrain itself"
        )
    return _with_error(tile, error, f"{tile.name}, {path.stem}")


def _follows(error: Array, heights: NDArray[np.float32]) -> bool:
    if np.std(error) == 0.0 or np.std(heights) == 0.0:
        return False
    return bool(np.corrcoef(error, heights)[0, 1] > IS_THE_GROUND)


def _with_error(tile: TerrainTile, error: Array, name: str) -> TerrainTile:
    heights = np.ascontiguousarray(tile.heights + error, dtype=np.float32)
    if tile.is_round:
        heights[:, -1] = heights[:, 0]
    heights.flags.writeable = False
    return replace(tile, name=name, heights=heights)
