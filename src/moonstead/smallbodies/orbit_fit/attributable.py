"""Where a search begins: a few rows of one station, and the motion on the sky that they show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.smallbodies.orbit_fit.ranging_rows import RangingRows

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

SAME_NIGHT = 0.15 * SECONDS_PER_DAY  # [s] between rows of one tracklet
LONGEST = 0.2 * SECONDS_PER_DAY  # [s] of a tracklet: longer ones are cut
FEWEST = 3  # rows
CROWD = 20.0 * SECONDS_PER_DAY  # [s] around a tracklet, where other nights help it
USEFUL = 900.0  # [s] span from which a tracklet shows its motion well
ROUNDS = 8  # of reweighting


def tracklets(rows: RangingRows) -> list[Whole]:
    """Rows of one station within a few hours, most promising first.

    Those come first that have three rows or more over a quarter of an hour and many other nights around them; among
    equals the earliest.

    Parameters
    ----------
    rows : RangingRows
        In the order of time [s].

    Returns
    -------
    list of (K,) int
        Positions of rows [1]; two at least in each.
    """
    found: list[Whole] = []
    for station in np.unique(rows.station):
        mine = np.flatnonzero(rows.station == station)
        begin = 0
        for k in range(1, mine.size + 1):
            ends = (
                k == mine.size
                or rows.tdb[mine[k]] - rows.tdb[mine[k - 1]] > SAME_NIGHT
                or rows.tdb[mine[k]] - rows.tdb[mine[begin]] > LONGEST
            )
            if ends:
                if k - begin >= 2:
                    found.append(mine[begin:k])
                begin = k
    times = np.array([rows.tdb[each[0]] for each in found])
    nights = np.array([np.unique((times[np.abs(times - t) < CROWD]) // SECONDS_PER_DAY).size for t in times])

    def worth(k: int) -> tuple[int, int, float]:
        span = rows.tdb[found[k][-1]] - rows.tdb[found[k][0]]
        shape = int(found[k].size >= FEWEST) + int(span >= USEFUL)
        return -shape, -int(nights[k]), float(times[k])

    return [found[k] for k in sorted(range(len(found)), key=worth)]


def attributable(rows: RangingRows, reference: int) -> tuple[Array, Array]:
    """Direction and its rate at the time of one row, from a robust polynomial through all of them.

    Parameters
    ----------
    rows : RangingRows
        A tracklet.
    reference : int
        Position of the row whose time [s] is meant.

    Returns
    -------
    (3,) [1] and (3,) [rad/s]
        Unit vector of the observed direction, and its rate, normal to it.

    Source
    ------
    Attributable: Milani et al. (2001), Icarus 151, 150, doi:10.1006/icar.2001.6594; weights: Huber (1964).
    """
    axes = rows.axes[reference]
    forward = rows.axes[:, 0] @ axes[0]
    place = (rows.axes[:, 0] @ axes[1:].T) / forward[:, None]
    time = rows.tdb - rows.tdb[reference]
    scale = max(float(np.ptp(time)), 1.0)
    degree = 2 if rows.count > FEWEST else 1
    design = np.vander(time / scale, degree + 1, increasing=True)
    weight = np.ones(rows.count)
    for _ in range(ROUNDS):
        root = np.sqrt(weight)[:, None]
        terms = np.linalg.lstsq(root * design, root * place, rcond=None)[0]
        off = np.linalg.norm(place - design @ terms, axis=1)
        middle = max(float(np.median(off)), 1e-9)
        weight = np.minimum(1.0, 2.0 * middle / np.maximum(off, 1e-12))
    direction = axes[0] + terms[0] @ axes[1:]
    length = np.linalg.norm(direction)
    direction /= length
    rate = (terms[1] / scale) @ axes[1:] / length
    return direction, rate - (rate @ direction) * direction
