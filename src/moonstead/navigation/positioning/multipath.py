"""Codes freed of geometry, clocks and ionosphere by the carrier phases of the same file: noise and multipath remain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.navigation.positioning.observables import Pseudoranges

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

BREAK = 5.0  # [m] a step of the combination that no multipath makes: a cycle slip
GAP = 5.0  # [1] intervals of the file after which an arc begins anew


@dataclass(frozen=True, slots=True, eq=False)
class MultipathArcs:
    """Multipath combinations of both codes, satellite by satellite.

    Attributes
    ----------
    rows : (K,) int
        Rows of the file, in the order of satellite and time.
    arc : (K,) int
        Number of the arc, rising: between two slips, gaps or satellites.
    value : (K, 2) [m]
        Combination of each code, with a constant of the arc that nobody knows; NaN where there is no code.
    """

    rows: Indices
    arc: Indices
    value: Array


def multipath_arcs(rows: Pseudoranges) -> MultipathArcs:
    """Multipath combinations where both carrier phases are there.

    Parameters
    ----------
    rows : Pseudoranges
        Codes and phases in [m].

    Returns
    -------
    MultipathArcs

    Source
    ------
    Estey & Meertens (1999), GPS Solutions 3, 42, doi:10.1007/PL00012778: MP1 and MP2 of TEQC.
    """
    order = np.lexsort((rows.epoch, rows.satellite))
    order = order[np.all(np.isfinite(rows.phase[order]), axis=1)]
    first, second = rows.phase[order].T
    ratio = (rows.frequency[order, 0] / rows.frequency[order, 1]) ** 2
    ionosphere = 2.0 / (ratio - 1.0) * (first - second)  # twice the delay of the first carrier, and a constant
    value = rows.code[order] - np.stack([first + ionosphere, second + ratio * ionosphere], axis=1)
    time, satellite = rows.gpst[rows.epoch[order]], rows.satellite[order]
    interval = float(np.median(np.diff(rows.gpst))) if rows.gpst.size > 1 else 1.0
    new = np.ones(order.size, dtype=bool)
    new[1:] = (
        (np.diff(satellite) != 0)
        | (np.diff(time) > GAP * interval)
        | np.any(np.nan_to_num(np.abs(np.diff(value, axis=0))) > BREAK, axis=1)
        | rows.slip[order][1:]
    )
    return MultipathArcs(order, np.cumsum(new) - 1, value)
