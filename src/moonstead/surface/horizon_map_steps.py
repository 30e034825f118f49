"""Where lines of sight meet the ground near the eye: the same places for every pixel of a map."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["NEAR", "near_steps"]

NEAR = 48  # [pixels] along the main axis of a direction: so far the ground is looked at exactly
# [pixels] in the first cell, where a mast may look over the cell's bulge; ground nearer than the first is left out
FIRST_CELL = np.array([1 / 8, 3 / 16, 1 / 4, 3 / 8, 1 / 2, 3 / 4, 1.0])
QUARTERS = 4.0  # [pixels] cells this near are sampled at their quarters
HALVES = 16.0  # [pixels] and cells this near in their middle; further on a cell's bulge is below 0.1 degrees
SHORT = 1e-12  # [pixels] cells that are crossed on less than this are crossed at a corner


def near_steps(slope: float, spacing: float, pitch: int, radius: float) -> tuple[NDArray, ...]:
    """Where a line of sight meets the ground within `NEAR` pixels: all crossings, and points inside the nearest cells.

    Between pixel centres the ground is bilinear in height; drawn as in `flattened`, straight between them, it would
    hang below by the sphere's sagitta, which a lift gives back.

    Parameters
    ----------
    slope : float [1]
        Pixels aside for each pixel along.
    spacing : float [m]
        Of the pixels.
    pitch : int
        Values in the kernel's array for each place along.
    radius : float [m]
        Of the sphere.

    Returns
    -------
    eight arrays
        What `near_field_kernel` takes: offset, aside, weight [1/m], closeness [1/m] and lift [1] of crossings, then
        offset, weight [1/m], closeness [1/m] and lift [1] of points inside cells.

    Source
    ------
    A straight line crosses a bilinear surface along a parabola in each cell: its highest slope from the eye lies on
    a cell's edge, or inside where the cell bulges by its twist, at most an eighth of it (second differences).
    """
    stretch = math.hypot(1.0, slope)
    columns = np.arange(1.0, NEAR + 1.0)
    rows = np.arange(1.0, math.floor(NEAR * abs(slope)) + 1.0)
    places = np.concatenate((columns, rows / abs(slope) if slope else rows))  # pixels along
    sides = np.concatenate((slope * columns, math.copysign(1.0, slope) * rows))
    by_row = np.concatenate((np.zeros(columns.size, dtype=bool), np.ones(rows.size, dtype=bool)))
    order = np.argsort(places, kind="stable")
    places, sides, by_row = places[order], sides[order], by_row[order]
    between = np.where(by_row, places, sides)
    cell = np.floor(between)
    share = between - cell
    offset = np.where(by_row, cell * pitch + sides, places * pitch + cell).astype(np.int64)
    beside = np.where(by_row, pitch, 1).astype(np.int64)
    distance = places * stretch * spacing
    sagitta = spacing**2 / (2.0 * radius)
    weight = np.stack((1.0 - share, share), axis=1) / distance[:, None]
    crossings = _full(4, offset, beside, weight, 1.0 / distance, sagitta * share * (1.0 - share) / distance)

    begins = np.concatenate(([0.0], places[:-1]))
    first = FIRST_CELL / stretch
    inside = [first[first < places[0]]]
    for count, lower, upper in ((4, places[0], QUARTERS), (2, QUARTERS, HALVES)):
        cells = (places > lower) & (places <= upper) & (places > begins + SHORT)
        inside += [begins[cells] + (places - begins)[cells] * (q / count) for q in range(1, count)]
    at = np.concatenate(inside)
    along, aside = np.floor(at), np.floor(slope * at)
    u, v = at - along, slope * at - aside
    distance = at * stretch * spacing
    corners = np.stack(((1.0 - u) * (1.0 - v), (1.0 - u) * v, u * (1.0 - v), u * v), axis=1) / distance[:, None]
    lift = sagitta * (u * (1.0 - u) + v * (1.0 - v)) / distance
    inner = _full(2, (along * pitch + aside).astype(np.int64), corners, 1.0 / distance, lift)
    return *crossings, *inner


def _full(multiple: int, *columns: NDArray) -> tuple[NDArray, ...]:
    """Arrays of one length, the last row repeated up to a multiple; numbers in single precision."""
    missing = -len(columns[0]) % multiple
    padded = (np.concatenate((c, np.repeat(c[-1:], missing, axis=0))) for c in columns)
    return tuple(c if c.dtype == np.int64 else np.ascontiguousarray(c, dtype=np.float32) for c in padded)
