"""Spans over which a phase keeps its unknown whole cycles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.kernel_cache import prepare
from moonstead.navigation.ppp.combinations import Combinations

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

LONGEST_GAP = 300.0  # [s] over which the ionosphere can not be foretold to half a wavelength
SLIP, SLIP_GROWTH = 0.04, 2e-4  # [m], [m/s] of the geometry-free phase; one cycle on both bands of GPS shows 0.054 m
SIGMAS, LEAST_SCATTER, FIRST_SCATTER = 4.0, 0.15, 0.5  # [1], [cycles], [cycles] of the wide lane
MEMORY = 40.0  # epochs of the wide lane's running mean
SHORTEST = 10  # epochs: a shorter arc tells less than its ambiguity asks
STEP, STEP_SIGMAS, STEP_WINDOW = 0.04, 5.0, 8  # [m], [1], epochs: a jump of residuals that shows a slip


def phase_arcs(combinations: Combinations) -> Indices:
    """Number the arcs of all phases, a new one wherever a cycle may have slipped.

    A new arc begins after a loss of lock, a gap of five minutes, a jump of the geometry-free phase or of the wide lane.
    One slip too many costs little; those that stay unseen show in the residuals (`split_at_steps`).

    Parameters
    ----------
    combinations : Combinations
        Of E epochs and S satellites.

    Returns
    -------
    (E, S) int
        Number of the arc, -1 where there is no measurement or the arc is shorter than ten epochs.

    Source
    ------
    Blewitt (1990), Geophys. Res. Lett. 17, 199, doi:10.1029/GL017i003p00199 (TurboEdit).
    """
    prepare()
    from moonstead.navigation.ppp.arcs_kernels import find_arcs

    valid = np.isfinite(combinations.code) & np.isfinite(combinations.phase)
    limits = np.array([LONGEST_GAP, SLIP, SLIP_GROWTH, SIGMAS, LEAST_SCATTER, FIRST_SCATTER, MEMORY])
    arc = np.empty(valid.shape, dtype=np.int64)
    find_arcs(
        combinations.gpst, valid, combinations.lost, combinations.wide_lane, combinations.geometry_free, limits, arc
    )
    return arc


def renumbered(arc: Indices, shortest: int = SHORTEST) -> Indices:
    """Arcs numbered from zero without holes, short ones dropped.

    Parameters
    ----------
    arc : (M,) int
        Arc of each row, -1 for none.
    shortest : int
        Fewest rows of an arc.

    Returns
    -------
    (M,) int
        -1 for rows of no arc, or of one that is too short.

    Source
    ------
    Counting.
    """
    counts = np.bincount(arc[arc >= 0], minlength=1)
    number = np.full(counts.size, -1, dtype=np.int64)
    long = counts >= shortest
    number[long] = np.arange(int(np.sum(long)))
    return np.where(arc >= 0, number[np.maximum(arc, 0)], -1)


def split_at_steps(arc: Indices, residual: Array, scatter: Array) -> tuple[Indices, int]:
    """Arcs cut where their phase residuals step from one level to another.

    Parameters
    ----------
    arc : (M,) int
        Arc of each row, -1 for none; the rows of an arc follow each other in time.
    residual : (M,) [m]
        Phase less model after a fit.
    scatter : (M,) [m]
        Standard deviation of each residual.

    Returns
    -------
    arcs, cuts : (M,) int, int
        With new numbers for what follows a step, and how many steps there were; one for each arc at most.

    Source
    ------
    Difference of the medians of eight epochs before and after.
    """
    order = np.argsort(arc, kind="stable")
    order = order[arc[order] >= 0]
    ends = np.flatnonzero(np.diff(arc[order])) + 1
    cut, cuts, fresh = np.array(arc), 0, int(arc.max(initial=-1)) + 1
    for rows in np.split(order, ends):
        if rows.size < 2 * STEP_WINDOW:
            continue
        level = np.median(np.lib.stride_tricks.sliding_window_view(residual[rows], STEP_WINDOW), axis=1)
        step = np.abs(level[STEP_WINDOW:] - level[:-STEP_WINDOW])
        place = int(np.argmax(step))
        if step[place] > max(STEP, STEP_SIGMAS * float(np.median(scatter[rows])) / np.sqrt(STEP_WINDOW)):
            cut[rows[place + STEP_WINDOW :]] = fresh
            fresh, cuts = fresh + 1, cuts + 1
    return cut, cuts
