"""Kernels of light behind one skyline: a disc cut into upright strips, each against the skyline in its own azimuth."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit


@njit(cache=True)
def share_above(table, height):
    """Share [1] of a strip's light above an edge that lies `height` half chords under its middle."""
    if height >= 1.0:
        return 1.0
    if height <= -1.0:
        return 0.0
    place = 0.5 * (height + 1.0) * (table.size - 1)
    left = min(int(place), table.size - 2)
    part = place - left
    return table[left] + part * (table[left + 1] - table[left])


@njit(cache=True)
def skyline_at(skyline, azimuth):
    """Elevation [rad] of a skyline (M,), linear between azimuths equally spaced from 0, at any azimuth [rad]."""
    place = azimuth / (2.0 * math.pi)
    place = (place - math.floor(place)) * skyline.size
    left = int(place)
    part = place - left
    if left >= skyline.size:
        left = 0
    right = left + 1 if left + 1 < skyline.size else 0
    return skyline[left] + part * (skyline[right] - skyline[left])


@njit(cache=True)
def series_kernel(
    vectors, place, axes, skyline, radius, nodes, chords, weights, table, azimuth, elevation, angular, clearance, share
):
    """Write where a body stands and what of its disc is above the skyline; vectors (N, 3) [m] from the centre.

    `axes` (3, 3) are east, north and up of the place (3,) [m]; strips lie at `nodes` (K,) radii beside the middle,
    with half chords `chords` [radii] and shares `weights` of the disc's light; `table` is the light above an edge.
    """
    lowest = skyline[0]
    highest = skyline[0]
    for k in range(1, skyline.size):
        lowest = min(lowest, skyline[k])
        highest = max(highest, skyline[k])
    for i in range(vectors.shape[0]):
        x = vectors[i, 0] - place[0]
        y = vectors[i, 1] - place[1]
        z = vectors[i, 2] - place[2]
        east = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z
        north = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z
        up = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        level = math.sqrt(east * east + north * north)
        distance = math.sqrt(level * level + up * up)
        turn = math.atan2(east, north)
        if turn < 0.0:
            turn += 2.0 * math.pi
        height = math.atan2(up, level)
        size = math.asin(radius / distance)
        azimuth[i] = turn
        elevation[i] = height
        angular[i] = size
        clearance[i] = height - skyline_at(skyline, turn)
        if height - size >= highest:
            share[i] = 1.0
        elif height + size <= lowest:
            share[i] = 0.0
        else:
            narrowing = max(level / distance, math.sin(size))
            seen = 0.0
            for k in range(nodes.size):
                edge = skyline_at(skyline, turn + nodes[k] * size / narrowing)
                seen += weights[k] * share_above(table, (height - edge) / (chords[k] * size))
            share[i] = seen
