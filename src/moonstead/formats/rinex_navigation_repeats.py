"""The same broadcast message received by many stations, kept once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.formats.gnss_faults import Fault
from moonstead.formats.gnss_time import gpst_text

# Receivers print the same bits with twelve digits and round the last one differently.
SAME = 1e-11  # [1] relative
MOST_TOLD = 50


def without_repeats(messages: BroadcastMessages) -> tuple[BroadcastMessages, tuple[Fault, ...]]:
    """Messages in the order of satellite, kind, reference time and transmission, each once.

    Parameters
    ----------
    messages : BroadcastMessages
        In any order.

    Returns
    -------
    messages : BroadcastMessages
        Of equal messages the one sent first.
    faults : tuple of Fault
        Messages of one satellite with the same reference times and issue that say different things; all are kept.
    """
    if not len(messages):
        return messages, ()
    sent = np.where(np.isnan(messages.transmission), np.inf, messages.transmission)
    order = np.lexsort(
        (sent, messages.issue, messages.clock_reference, messages.reference, messages.kind, messages.satellite)
    )
    messages = messages.take(order)
    said = np.concatenate([messages.orbit, messages.state, messages.clock, messages.delays], axis=1)
    said = np.concatenate([said, messages.health[:, np.newaxis]], axis=1)
    same_key = np.ones(len(messages) - 1, dtype=bool)
    for name in ("satellite", "kind", "reference", "clock_reference", "issue"):
        column = getattr(messages, name)
        same_key &= column[1:] == column[:-1]
    before, after = said[:-1], said[1:]
    close = np.abs(after - before) <= SAME * np.maximum(np.abs(after), np.abs(before))
    equal = np.all(close | (np.isnan(before) & np.isnan(after)), axis=1)
    repeated = np.concatenate([[False], same_key & equal])
    contradicting = np.flatnonzero(same_key & ~equal) + 1
    return messages.take(~repeated), _told(messages, contradicting)


def _told(messages: BroadcastMessages, rows: NDArray[np.int64]) -> tuple[Fault, ...]:
    faults = [
        Fault(
            0,
            f"{messages.satellite[row]} {messages.kind[row]} of {gpst_text(float(messages.reference[row]))}: two "
            "messages of the same issue say different things",
            "both are kept; the one sent later is used",
        )
        for row in rows[:MOST_TOLD]
    ]
    if rows.size > MOST_TOLD:
        faults.append(Fault(0, f"{rows.size - MOST_TOLD} more contradictions", "as above"))
    return tuple(faults)
