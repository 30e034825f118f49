"""Codes smoothed by carrier phases, free of the ionosphere's change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.positioning.multipath import multipath_arcs
from moonstead.navigation.positioning.observables import Pseudoranges

Array = NDArray[np.float64]


def smoothed(rows: Pseudoranges, longest: float) -> tuple[Array, Array]:
    """What smoothing adds to each code, and by how much it lessens the noise.

    A code becomes the phases' range plus the mean of what it differed from it up to now, at most over `longest`.

    Parameters
    ----------
    rows : Pseudoranges
        Codes and phases.
    longest : float [s]
        Time over which is averaged; the file's interval or less changes nothing.

    Returns
    -------
    change, gain : (N, 2) [m], (N, 2) [1]
        To be added to the codes; factor of their noise as if it were independent from epoch to epoch, 0.2 at least
        because multipath is not.

    Source
    ------
    Hatch (1982), The synergism of GPS code and carrier measurements; free of divergence with two carriers:
    McGraw & Young (2005), Dual frequency smoothing DGPS performance evaluation studies, ION NTM, 170.
    """
    arcs = multipath_arcs(rows)
    change, gain = np.zeros(rows.code.shape), np.ones(rows.code.shape)
    if not arcs.rows.size:
        return change, gain
    interval = float(np.median(np.diff(rows.gpst))) if rows.gpst.size > 1 else longest
    width = max(1, round(longest / interval))
    place = np.arange(arcs.rows.size)
    first = np.maximum.accumulate(np.where(np.diff(arcs.arc, prepend=-1) != 0, place, 0))
    begin = np.maximum(first, place - width + 1)
    for signal in (0, 1):
        value = arcs.value[:, signal]
        good = np.isfinite(value)
        # sums about the arc's first value: totals over a day of numbers of 1e6 m would round to centimetres
        base = np.where(good, value, 0.0) - np.where(good, _first_good(value, good, first), 0.0)
        total, count = np.concatenate([[0.0], np.cumsum(base)]), np.concatenate([[0], np.cumsum(good)])
        number = np.maximum(count[place + 1] - count[begin], 1)
        mean = (total[place + 1] - total[begin]) / number
        change[arcs.rows, signal] = np.where(good, mean - base, 0.0)
        gain[arcs.rows, signal] = np.where(good, np.maximum(1.0 / np.sqrt(number), 0.2), 1.0)
    return change, gain


def _first_good(value: Array, good: NDArray[np.bool_], first: NDArray[np.int64]) -> Array:
    """First finite value of each arc, for all its rows."""
    place = np.where(good, np.arange(value.size), value.size)
    starts = np.unique(first)
    earliest = np.minimum.reduceat(place, starts)
    found = np.append(value, 0.0)[np.minimum(earliest, value.size)]
    return np.asarray(found[np.searchsorted(starts, first)])
