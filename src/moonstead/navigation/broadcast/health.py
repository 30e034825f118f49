"""Whether a broadcast message calls its satellite usable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages

Flags = NDArray[np.bool_]

# Bits of the health word of Galileo in RINEX: 0 E1-B data validity, 1-2 E1-B health, 3 E5a validity, 4-5 E5a health,
# 6 E5b validity, 7-8 E5b health (RINEX 3.05, table A8).
GALILEO_BITS = {"INAV": 0b111_000_111, "FNAV": 0b000_111_000}
SBAS_BITS = 0b1001  # no ranging; message type 0 "do not use" (RINEX 3.05, table A16)


def healthy(messages: BroadcastMessages) -> Flags:
    """Whether each message calls its satellite healthy.

    Parameters
    ----------
    messages : BroadcastMessages
        Any.

    Returns
    -------
    (N,) bool
        True also where the file does not say. GPS, QZSS, NavIC, BeiDou, GLONASS: the whole health word is 0; Galileo:
        status and validity of the signals that carry the message; SBAS: ranging is on and not for test only.
    """
    word = messages.health
    relevant = np.full(word.shape, -1, dtype=np.int64)
    for kind, bits in GALILEO_BITS.items():
        relevant[messages.kind == kind] = bits
    relevant[messages.kind == "SBAS"] = SBAS_BITS
    return (word < 0) | ((word & relevant) == 0)
