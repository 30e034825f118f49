"""Measurements cut into tracks: what one sensor saw without a long break."""

from __future__ import annotations

import numpy as np

from moonstead.foundation.errors import InvalidInput
from moonstead.monitoring.tracking.measurements import Measurements

LONGEST_GAP = 600.0  # [s] a low object that has set is back after more than an hour


def split_tracks(rows: Measurements, gap: float = LONGEST_GAP) -> tuple[Measurements, ...]:
    """Tracks of one object, or of objects that nobody has told apart in time.

    Parameters
    ----------
    rows : Measurements
        In any order.
    gap : float [s]
        A longer break begins a new track.

    Returns
    -------
    tuple of Measurements
        By receiver, then in the order of time.

    Raises
    ------
    InvalidInput
        The gap is not positive.

    Source
    ------
    Definition.
    """
    if not gap > 0.0:
        raise InvalidInput(f"the break between tracks must be positive [s]; got {gap!r}")
    found = []
    for receiver in np.unique(rows.receiver):
        mine = rows.select(rows.receiver == receiver).sorted()
        edges = np.flatnonzero(np.diff(mine.tdb) > gap) + 1
        found += [mine.select(part) for part in np.split(np.arange(len(mine)), edges)]
    return tuple(found)
