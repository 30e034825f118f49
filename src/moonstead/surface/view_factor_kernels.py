"""Kernels of view factors: which ground each facet of a height map sees, in bands below its skyline."""

# mypy: allow-untyped-defs, allow-untyped-calls

import math

from numba import njit


@njit(cache=True)
def band_weight(low, high, upright, leaning, width):
    """View factor [1] of the band between two elevations [rad] in a sector of azimuth `width` [rad].

    `upright` and `leaning` [1] are the facet's normal along the vertical and along the sector's azimuth.
    """
    rise = math.sin(high) ** 2 - math.sin(low) ** 2
    spread = high - low + math.sin(high) * math.cos(high) - math.sin(low) * math.cos(low)
    return width / (2.0 * math.pi) * (upright * rise + leaning * spread)


@njit(cache=True)
def facet_normal(heights, row, column, spacing):
    """Normal [1] of a pixel from central differences, one-sided at the edges: x right, y up the map, z vertical."""
    rows, columns = heights.shape
    left, right = max(column - 1, 0), min(column + 1, columns - 1)
    upper, lower = max(row - 1, 0), min(row + 1, rows - 1)
    x = -(heights[row, right] - heights[row, left]) / (spacing * (right - left))
    y = -(heights[upper, column] - heights[lower, column]) / (spacing * (lower - upper))
    length = math.sqrt(x * x + y * y + 1.0)
    return x / length, y / length, 1.0 / length


@njit(cache=True)
def view_factor_kernel(
    heights, spacing, curvature, highest, azimuths, stride, first, normals, skyline, starts, targets, weights, row,
    touched,
):  # fmt: skip
    """Write what each pixel of a map sees; returns the number of pairs.

    heights (n, m) [m] with row 0 on top; spacing [m]; curvature [1/m] of the body; highest [m] height; azimuths (K,)
    [rad] equally spaced, clockwise from the top of the map; `stride` and `first` step [pixel]. Writes normals (n m, 3)
    [1], skyline (n m, K) [rad] as it stands within the map, and for pixel p the targets and
    weights [1] at starts[p] to starts[p + 1]; where targets has no room it only counts.
    row (n m,) [1] must be zero, touched (n m,) is scratch.
    """
    rows, columns = heights.shape
    width = 2.0 * math.pi / azimuths.size
    filling = targets.size > 0
    count = 0
    starts[0] = 0
    for i in range(rows):
        for j in range(columns):
            place = i * columns + j
            x, y, z = facet_normal(heights, i, j, spacing)
            normals[place, 0] = x
            normals[place, 1] = y
            normals[place, 2] = z
            found = 0
            for k in range(azimuths.size):
                east, north = math.sin(azimuths[k]), math.cos(azimuths[k])
                leaning = x * east + y * north
                edge = math.atan2(-leaning, z)  # the facet's own plane; nothing below it is seen
                best = math.tan(edge)
                seen = edge
                crest = -math.inf
                reach = first
                while True:
                    r, c = i - north * reach, j + east * reach
                    if not (0.0 <= r <= rows - 1.0 and 0.0 <= c <= columns - 1.0):
                        break
                    r0, c0 = min(int(r), rows - 2), min(int(c), columns - 2)
                    a, b = r - r0, c - c0
                    height = (1.0 - a) * ((1.0 - b) * heights[r0, c0] + b * heights[r0, c0 + 1]) + a * (
                        (1.0 - b) * heights[r0 + 1, c0] + b * heights[r0 + 1, c0 + 1]
                    )
                    distance = reach * spacing
                    rise = (height - heights[i, j]) / distance - 0.5 * curvature * distance
                    crest = max(crest, rise)
                    if rise > best:
                        best = rise
                        angle = math.atan(rise)
                        target = int(r + 0.5) * columns + int(c + 0.5)
                        if target != place:
                            if row[target] == 0.0:
                                touched[found] = target
                                found += 1
                            row[target] += band_weight(seen, angle, z, leaning, width)
                            seen = angle
                    if (highest - heights[i, j]) / distance < best:
                        break
                    reach += stride
                skyline[place, k] = math.atan(crest) if crest > -math.inf else edge
            for q in range(found):
                if filling:
                    targets[count] = touched[q]
                    weights[count] = row[touched[q]]
                row[touched[q]] = 0.0
                count += 1
            starts[place + 1] = count
    return count
