"""Messages scored against a precise product, as those of the systems themselves are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.sp3 import PreciseOrbits
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.monitoring.comparison import compare
from moonstead.navigation.monitoring.groups import signal_groups
from moonstead.navigation.monitoring.sisre import SisreRow, sisre_row

Array = NDArray[np.float64]


def score_messages(
    messages: BroadcastMessages, precise: PreciseOrbits, offsets: Array | None = None
) -> tuple[SisreRow, ...]:
    """Signal-in-space range errors of messages by group of satellites.

    Parameters
    ----------
    messages : BroadcastMessages
        Of any satellites.
    precise : PreciseOrbits
        Truth.

    offsets : (E, S, 3) [m], optional
        From centres of mass to antennas, as `antenna_offsets` gives them; without them the radial mean of each group is
        removed.

    Returns
    -------
    tuple of SisreRow
        A row for each group.

    Raises
    ------
    InvalidInput
        The two have no satellite in common.

    Source
    ------
    As `sisre_row`.
    """
    errors = compare(BroadcastSource.from_messages(messages), precise, offsets=offsets)
    groups = signal_groups(errors.satellites, float(errors.gpst[0]))
    return tuple(
        sisre_row(group.name, errors.part(group.columns), group.weights, remove_radial_mean=offsets is None)
        for group in groups
    )
