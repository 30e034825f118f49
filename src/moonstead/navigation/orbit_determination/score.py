"""Messages scored against a precise product, as those of the systems themselves are."""

from __future__ import annotations

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.sp3 import PreciseOrbits
from moonstead.navigation.broadcast.source import BroadcastSource
from moonstead.navigation.monitoring.comparison import compare
from moonstead.navigation.monitoring.groups import signal_groups
from moonstead.navigation.monitoring.sisre import SisreRow, sisre_row


def score_messages(messages: BroadcastMessages, precise: PreciseOrbits) -> tuple[SisreRow, ...]:
    """Signal-in-space range errors of messages by group of satellites.

    Parameters
    ----------
    messages : BroadcastMessages
        Of any satellites.
    precise : PreciseOrbits
        Truth.

    Returns
    -------
    tuple of SisreRow
        A row for each group, means of the group removed.

    Raises
    ------
    InvalidInput
        The two have no satellite in common.

    Source
    ------
    As `sisre_row`.
    """
    errors = compare(BroadcastSource.from_messages(messages), precise)
    groups = signal_groups(errors.satellites, float(errors.gpst[0]))
    return tuple(sisre_row(group.name, errors.part(group.columns), group.weights) for group in groups)
