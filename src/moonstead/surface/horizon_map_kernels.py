"""Kernel of horizon maps: from slopes on the flattened map to elevations in hundredths of a degree."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["elevation_kernel"]

ROWS = 16  # turned at once: one line of the processor's cache
HALF_PI = np.float32(0.5 * math.pi)
CENTIDEGREES = np.float32(18_000.0 / math.pi)

# arctan(u) / u in u^2 for |u| <= 1, good to 2e-8: Abramowitz & Stegun (1964), 4.4.49
A2, A4, A6, A8 = (
    np.float32(-0.3333314528),
    np.float32(0.1999355085),
    np.float32(-0.1420889944),
    np.float32(0.1065626393),
)
A10, A12, A14, A16 = (
    np.float32(-0.0752896400),
    np.float32(0.0429096138),
    np.float32(-0.0161657367),
    np.float32(0.0028662257),
)


# fastmath: slopes are finite; without it the selection of arctan's branch is not a vector
@njit(cache=True, nogil=True, fastmath=True)
def elevation_kernel(steepest, first, row_step, column_step, x, y, radius, sine, cosine, stretch, out):
    """Write elevations (n, m) int16 [0.01 deg] from slopes [1] of lines of sight on the flattened map.

    The slope of pixel (r, c) stands at first + r * row_step + c * column_step. `x` (m,) and `y` (n,) [m] are float32
    map coordinates, `sine` and `cosine` those of the direction on the map, `stretch` (n, m) [m] is distance from the
    sphere's centre to the map's pixel, squared, over the depth of the eye below it.
    """
    rows, columns = out.shape
    one, zero, half = np.float32(1.0), np.float32(0.0), np.float32(0.5)
    turned = np.empty(ROWS * columns, np.float32)
    width = np.uint64(columns)
    square = radius * radius
    for top in range(0, rows, ROWS):
        deep = min(ROWS, rows - top)
        if column_step == 1:
            for r in range(deep):
                p = first + (top + r) * row_step
                for c in range(columns):
                    turned[r * columns + c] = steepest[p + c]
        else:
            for c in range(columns):
                p = first + top * row_step + c * column_step
                for r in range(deep):
                    turned[r * columns + c] = steepest[p + r * row_step]
        for r in range(deep):
            up = y[top + r]
            line = out[top + r]
            widths = stretch[top + r]
            begin = np.uint64(r * columns)
            for c in range(width):
                forward = x[c] * sine + up * cosine
                across = x[c] * cosine - up * sine
                tangent = (turned[begin + c] * widths[c] + forward) / np.sqrt(square + across * across)
                size = abs(tangent)
                steep = size > one
                u = one / (size if steep else one) if steep else size
                w = u * u
                angle = w * (A10 + w * (A12 + w * (A14 + w * A16)))
                angle = u * (one + w * (A2 + w * (A4 + w * (A6 + w * (A8 + angle)))))
                angle = HALF_PI - angle if steep else angle
                angle = angle if tangent > zero else -angle
                line[c] = np.int16(np.floor(angle * CENTIDEGREES + half))
