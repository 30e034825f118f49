"""Compiling the kernels of broadcast messages ahead of their first use."""

from __future__ import annotations

import numpy as np

from moonstead.formats.broadcast_messages import no_messages
from moonstead.navigation.broadcast.source import BroadcastSource


def warm_up() -> None:
    """Run the kernels of broadcast messages on one message."""
    messages = no_messages(1)
    messages.satellite[:], messages.kind[:] = "G01", "LNAV"
    messages.reference[:], messages.clock_reference[:], messages.transmission[:] = 0.0, 0.0, 0.0
    messages.clock[:], messages.orbit[:] = 0.0, 0.0
    messages.orbit[:, 0] = 5153.0
    BroadcastSource.from_messages(messages).states(np.zeros(1, dtype=np.int64), np.zeros(1))
