"""Messages that neither the message before nor the one after bears out: a digit flipped on its way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.navigation.broadcast.evaluation import MessageTables, evaluate

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Neighbours that are sound meet far closer: 35 m (unhealthy Galileo satellites) and 18 ns on two real days.
ORBITS_MEET, CLOCKS_MEET = 60.0, 1e-7  # [m], [s]
# Longest gap [s] for this comparison, twice the time for which a message holds.
GAPS = {"G": 14_400.0, "J": 14_400.0, "I": 14_400.0, "E": 14_400.0, "C": 7_200.0, "R": 1_860.0, "S": 300.0}
# Over longer gaps, of which one station's files are full, sound orbits meet within 2 km; clocks may have been switched.
FAR_ORBITS_MEET, LONGEST_GAP = 6.0e3, 90_000.0  # [m], [s]


def contradicted(messages: BroadcastMessages, tables: MessageTables) -> Flags:
    """Messages that disagree with a neighbour in time and agree with none.

    Two messages of a satellite are compared in the middle between their reference times. An error that keeps within
    60 m and 0.1 us stays unseen here; where the neighbours are hours away, 6 km and any clock.

    Parameters
    ----------
    messages : BroadcastMessages
        Of one kind for each system.
    tables : MessageTables
        Of these messages.

    Returns
    -------
    (M,) bool
    """
    count = len(messages)
    if not count:
        return np.zeros(0, dtype=bool)
    order = np.lexsort((messages.reference, messages.satellite))
    first, second = order[:-1], order[1:]
    gap = messages.reference[second] - messages.reference[first]
    near = gap <= np.array([GAPS[name[0]] for name in messages.satellite[first].tolist()], dtype=np.float64)
    linked = (messages.satellite[first] == messages.satellite[second]) & (gap <= LONGEST_GAP)
    middle = messages.reference[first]
    a = evaluate(messages, tables, first.astype(np.int64), middle, 0.5 * gap)
    b = evaluate(messages, tables, second.astype(np.int64), middle, 0.5 * gap)
    apart = np.linalg.norm(a.position - b.position, axis=1)
    meets = linked & (apart <= np.where(near, ORBITS_MEET, FAR_ORBITS_MEET))
    meets &= ~near | (np.abs(a.clock - b.clock) <= CLOCKS_MEET)
    broken = linked & ~meets
    none = np.zeros(1, dtype=bool)
    agrees = np.concatenate([none, meets]) | np.concatenate([meets, none])
    disagrees = np.concatenate([none, broken]) | np.concatenate([broken, none])
    found = np.zeros(count, dtype=bool)
    found[order] = disagrees & ~agrees
    return found
