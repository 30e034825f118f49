"""Codes freed of geometry, clocks and ionosphere by the carrier phases of the same file: noise and multipath remain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.rinex_observation_contents import ObservationFile
from moonstead.navigation.positioning.observables import Pseudoranges, gather

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


def multipath_view(
    observations: ObservationFile, systems: str, channels: Mapping[str, int] | None = None
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], Array]:
    """Noise and multipath of the codes that positions are made of, epoch by epoch.

    Parameters
    ----------
    observations : ObservationFile
        Codes and phases.
    systems : str
        Letters.
    channels : mapping of str to int, optional
        GLONASS frequency channels that the file does not name.

    Returns
    -------
    satellites : (S,) tuple of str
    signals : (S,) tuple of (str, str)
        Codes of each satellite.
    multipath : (E, S, 2) [m]
        Less the mean of each arc; NaN where a phase is missing.

    Source
    ------
    `multipath_arcs`.
    """
    rows, _ = gather(observations, systems, channels)
    arcs = multipath_arcs(rows)
    out = np.full((rows.gpst.size, len(rows.satellites), 2), np.nan)
    for signal in (0, 1):
        value = arcs.value[:, signal]
        good = np.isfinite(value)
        count = np.bincount(arcs.arc[good], minlength=1)
        mean = np.bincount(arcs.arc[good], value[good], minlength=1) / np.maximum(count, 1)
        here = arcs.rows[good]
        out[rows.epoch[here], rows.satellite[here], signal] = value[good] - mean[arcs.arc[good]]
    return rows.satellites, rows.signals, out
