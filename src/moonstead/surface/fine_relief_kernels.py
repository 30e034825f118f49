"""Kernels of the ensemble: skylines over known ground with random relief on it, and light behind many skylines."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def raster_value(raster, column, row):
    """Value [any unit] between pixels of a square raster, bilinear; 0 outside of it."""
    size = raster.shape[0]
    if not (column >= 0.0 and row >= 0.0 and column < size - 1 and row < size - 1):
        return 0.0
    left = int(column)
    low = int(row)
    east = column - left
    north = row - low
    lower = raster[low, left] + east * (raster[low, left + 1] - raster[low, left])
    upper = raster[low + 1, left] + east * (raster[low + 1, left + 1] - raster[low + 1, left])
    return lower + north * (upper - lower)


@njit(cache=True, nogil=True, error_model="numpy")
def tile_value(tile, spacing, x, y):
    """Value [any unit] of a periodic field (P, P) at a point [m], bilinear; P is a power of two."""
    size = tile.shape[0]
    column = x / spacing
    row = y / spacing
    left = math.floor(column)
    low = math.floor(row)
    east = column - left
    north = row - low
    left = left & (size - 1)
    low = low & (size - 1)
    right = (left + 1) & (size - 1)
    high = (low + 1) & (size - 1)
    lower = tile[low, left] + east * (tile[low, right] - tile[low, left])
    upper = tile[high, left] + east * (tile[high, right] - tile[high, left])
    return lower + north * (upper - lower)


@njit(cache=True, nogil=True, error_model="numpy")
def relief_skylines_kernel(
    ground,
    heights,
    distance,
    sine,
    cosine,
    x,
    y,
    mast,
    radius,
    farthest,
    farthest_fine,
    relief,
    scale,
    error,
    spacing,
    tiles,
    spacings,
    sizes,
    shifts,
    tangent,
):
    """Write the tangent (K, A) [1] of the skylines of K eyes over known ground with random relief on it.

    Eye k stands at (x, y) [m] of the map, a mast above ground[k] [m]; `heights` (K, A, S) [m] is the known ground along
    its rays at distances (S,) [m]. Relief lies on it up to the distance `farthest` [m]: `relief`, `scale`, `error`
    (n, n) [m, 1, m] have the map's origin in their middle; `sizes` (B,) [m] are the bands on the tiles where the scale
    is 1, up to `farthest_fine` [m]; `shifts` (B + 1, 2) [m] the place on each tile, the last for errors. Where scale
    and error are the same everywhere they may be (1, 1). No division by zero: distances are positive.
    """
    middle = 0.5 * (relief.shape[0] - 1)
    bands = sizes.size
    last = bands - 1
    plain = scale.shape[0] == 1
    share = float(scale[0, 0])
    amount = float(error[0, 0])
    for k in range(ground.size):
        eye = ground[k] + mast
        for a in range(-1, sine.size):  # first of all the eye's own ground
            best = -1e9
            for s in range(distance.size if a >= 0 else 1):
                height = ground[k]
                east = x[k]
                north = y[k]
                away = 0.0
                if a >= 0:
                    away = distance[s]
                    height = heights[k, a, s]
                    east += sine[a] * away
                    north += cosine[a] * away
                if away < farthest:
                    column = east / spacing + middle
                    row = north / spacing + middle
                    height += raster_value(relief, column, row)
                    if away < farthest_fine:
                        if not plain:
                            share = raster_value(scale, column, row)
                            amount = raster_value(error, column, row)
                        if share > 0.0:
                            for band in range(bands):
                                height += (
                                    share
                                    * sizes[band]
                                    * tile_value(
                                        tiles[band], spacings[band], east + shifts[band, 0], north + shifts[band, 1]
                                    )
                                )
                        if amount > 0.0:
                            height += amount * tile_value(
                                tiles[last], spacings[last], east + shifts[bands, 0], north + shifts[bands, 1]
                            )
                if a < 0:
                    eye = height + mast
                else:
                    angle = away / radius
                    sink = 0.5 * angle * angle * (1.0 - angle * angle / 12.0)
                    sine_of_angle = angle * (1.0 - angle * angle / 6.0)
                    here = (height * (1.0 - sink) - eye - radius * sink) / ((radius + height) * sine_of_angle)
                    best = max(best, here)
            if a >= 0:
                tangent[k, a] = best


@njit(cache=True, nogil=True, error_model="numpy")
def ensemble_light_kernel(azimuth, elevation, sine, cosine, angular, weight, east, north, skylines, table, mean, night):
    """Write the mean share [1] of a disc and the longest run of samples without it, behind each skyline (K, A) [rad].

    `azimuth`, `elevation`, `angular` (N,) [rad] are the disc's path over the middle of a map, `sine` and `cosine` (N,)
    [1] those of the azimuth, `weight` (N,) [1] what else lets through of the disc. Eye k stands `east` and `north`
    (K,) [rad] of the middle: towards the disc it stands that much higher. `table` is the light above a level edge. No
    division by zero: the disc has a size.
    """
    steps = skylines.shape[1]
    cells = table.size - 1
    for k in range(skylines.shape[0]):
        total = 0.0
        run = 0
        longest = 0
        for i in range(azimuth.size):
            position = azimuth[i] / (2.0 * math.pi)
            position = (position - math.floor(position)) * steps
            left = min(int(position), steps - 1)
            right = left + 1 if left + 1 < steps else 0
            edge = skylines[k, left] + (position - left) * (skylines[k, right] - skylines[k, left])
            height = elevation[i] + east[k] * sine[i] + north[k] * cosine[i]
            strip = 0.5 + 0.5 * (height - edge) / angular[i]
            share = 0.0
            if strip >= 1.0:
                share = weight[i]
            elif strip > 0.0:
                place = strip * cells
                cell = min(int(place), cells - 1)
                share = weight[i] * (table[cell] + (place - cell) * (table[cell + 1] - table[cell]))
            total += share
            if share > 0.0:
                run = 0
            else:
                run += 1
                longest = max(longest, run)
        mean[k] = total / azimuth.size
        night[k] = longest
