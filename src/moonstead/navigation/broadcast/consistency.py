"""Messages that neither the message before nor the one after bears out: a digit flipped on its way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.navigation.broadcast.evaluation import MessageTables, evaluate

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]

# Neighbours that are sound meet far closer: within 35 m (unhealthy Galileo satellites) on two real days.
ORBITS_MEET = 60.0  # [m]
# Longest gap [s] for this comparison, twice the time for which a message holds.
GAPS = {"G": 14_400.0, "J": 14_400.0, "I": 14_400.0, "E": 14_400.0, "C": 7_200.0, "R": 1_860.0, "S": 300.0}
# Over longer gaps, of which one station's files are full, sound orbits meet within 2 km.
FAR_ORBITS_MEET, LONGEST_GAP = 6.0e3, 90_000.0  # [m], [s]
# Satellites switch clocks in full health (C06 on 2022-001, twice in two hours): only where the messages before and
# after agree with each other, the one between them is wrong.
CLOCKS_AGREE, CLOCK_APART = 1e-7, 3e-7  # [s]


def contradicted(messages: BroadcastMessages, tables: MessageTables) -> Flags:
    """Messages that the neighbours in time contradict.

    An orbit is contradicted that disagrees with a neighbour in the middle between both reference times and agrees with
    none; a clock, that lies apart from the messages before and after it, which agree with each other. Errors within
    60 m (6 km where the neighbours are hours away) and 0.3 us stay unseen, and clocks of first and last messages.

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
    found = np.zeros(len(messages), dtype=bool)
    if len(messages) < 2:
        return found
    order = np.lexsort((messages.reference, messages.satellite))
    found[order] = _orbits(messages, tables, order) | _clocks(messages, tables, order)
    return found


def _orbits(messages: BroadcastMessages, tables: MessageTables, order: Indices) -> Flags:
    first, second = order[:-1], order[1:]
    gap = messages.reference[second] - messages.reference[first]
    near = gap <= np.array([GAPS[name[0]] for name in messages.satellite[first].tolist()], dtype=np.float64)
    linked = (messages.satellite[first] == messages.satellite[second]) & (gap <= LONGEST_GAP)
    start = messages.reference[first]
    # rows that are not linked are left out: a flipped year would have a GLONASS orbit integrated over centuries
    a, b = (evaluate(messages, tables, np.where(linked, rows, -1), start, 0.5 * gap) for rows in (first, second))
    apart = np.linalg.norm(a.position - b.position, axis=1)
    meets = linked & (apart <= np.where(near, ORBITS_MEET, FAR_ORBITS_MEET))
    none = np.zeros(1, dtype=bool)
    agrees = np.concatenate([none, meets]) | np.concatenate([meets, none])
    disagrees = np.concatenate([none, linked & ~meets]) | np.concatenate([linked & ~meets, none])
    return disagrees & ~agrees


def _clocks(messages: BroadcastMessages, tables: MessageTables, order: Indices) -> Flags:
    before, middle, after = order[:-2], order[1:-1], order[2:]
    one = messages.satellite[before] == messages.satellite[after]
    one &= messages.reference[after] - messages.reference[before] <= LONGEST_GAP
    wrong = np.zeros(middle.size, dtype=bool)
    for other in (before, after):
        halfway = 0.5 * (messages.reference[other] - messages.reference[middle])
        times = messages.reference[middle]
        linked = (np.where(one, rows, -1) for rows in (before, middle, after))
        a, b, c = (evaluate(messages, tables, rows, times, halfway).clock for rows in linked)
        wrong |= (np.abs(a - c) <= CLOCKS_AGREE) & (np.minimum(np.abs(b - a), np.abs(b - c)) > CLOCK_APART)
    none = np.zeros(1, dtype=bool)
    return np.concatenate([none, one & wrong, none])
