"""States that given messages describe at given times, in force or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages
from moonstead.foundation.kernel_cache import prepare

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

# Gravitational parameter [m3/s2] and turn of the Earth [rad/s] by which each system evaluates its messages:
# IS-GPS-200, table 20-IV; Galileo OS SIS ICD 2.1, table 67; BDS-SIS-ICD B1I 3.0, table 5-11; IS-QZSS-PNT; NavIC ICD.
CONSTANTS = {
    "G": (3.986_005e14, 7.292_115_146_7e-5),
    "J": (3.986_005e14, 7.292_115_146_7e-5),
    "I": (3.986_005e14, 7.292_115_146_7e-5),
    "E": (3.986_004_418e14, 7.292_115_146_7e-5),
    "C": (3.986_004_418e14, 7.292_115_0e-5),
    "R": (3.986_004_418e14, 7.292_115e-5),
    "S": (3.986_005e14, 7.292_115_146_7e-5),
}
WEEK = 604_800.0  # [s]
BEIDOU_BEHIND = 14.0  # [s]


@dataclass(frozen=True, slots=True, eq=False)
class MessageTables:
    """What the kernels need of M messages beside their columns.

    Attributes
    ----------
    model : (M,) int
        KEPLER, GEOSTATIONARY, GLONASS or SBAS.
    constants : (M, 2) [m3/s2, rad/s]
        Gravitational parameter, turn of the Earth.
    week_second : (M,) [s]
        Reference time in the week of the system.
    """

    model: Indices
    constants: Array
    week_second: Array


@dataclass(frozen=True, slots=True, eq=False)
class MessageStates:
    """States of N pairs of message and time; NaN where there is no message.

    Attributes
    ----------
    position : (N, 3) [m]
        ITRF.
    velocity : (N, 3) [m/s]
        In the turning frame.
    clock, clock_drift, relativity : (N,) [s], [s/s], [s]
        As in `SatelliteStates`.
    """

    position: Array
    velocity: Array
    clock: Array
    clock_drift: Array
    relativity: Array


def message_tables(messages: BroadcastMessages) -> MessageTables:
    """Model and constants of each message.

    Parameters
    ----------
    messages : BroadcastMessages
        Any.

    Returns
    -------
    MessageTables
    """
    prepare()
    from moonstead.navigation.broadcast.orbit_kernels import GEOSTATIONARY, GLONASS, KEPLER, SBAS

    models = {"D2": GEOSTATIONARY, "FDMA": GLONASS, "SBAS": SBAS}
    model = np.array([models.get(kind, KEPLER) for kind in messages.kind.tolist()], dtype=np.int64)
    letters = messages.satellite.astype("<U1").tolist()
    constants = np.array([CONSTANTS[letter] for letter in letters], dtype=np.float64).reshape(-1, 2)
    behind = np.array([BEIDOU_BEHIND if letter == "C" else 0.0 for letter in letters])
    return MessageTables(model, constants, np.mod(messages.reference - behind, WEEK))


def evaluate(
    messages: BroadcastMessages, tables: MessageTables, rows: Indices, gpst: Array, offset: Array
) -> MessageStates:
    """States of messages at ``gpst + offset``.

    Parameters
    ----------
    messages : BroadcastMessages
        Any.
    tables : MessageTables
        Of these messages.
    rows : (N,) int
        Message of each pair; -1 for none.
    gpst : (N,) [s of GPST]
        Times.
    offset : (N,) [s]
        Small times to be added.

    Returns
    -------
    MessageStates

    Source
    ------
    IS-GPS-200, tables 20-IV and 30-II; Galileo OS SIS ICD 2.1, 5.1.1; BDS-SIS-ICD B1I 3.0, 5.2.4.12, B1C 1.0, 7.7;
    GLONASS ICD 5.1, A.3.1.2; NavIC SIS ICD 1.1, appendix A; SBAS: RTCA DO-229, A.4.4.11.
    """
    prepare()
    from moonstead.navigation.broadcast.orbit_kernels import states_kernel

    count = rows.size
    position, velocity = np.full((count, 3), np.nan), np.full((count, 3), np.nan)
    bias, drift, relativity = (np.full(count, np.nan) for _ in range(3))
    states_kernel(
        rows, gpst, offset, tables.model, tables.constants, messages.orbit, messages.state, messages.reference,
        tables.week_second, messages.clock, messages.clock_reference, position, velocity, bias, drift, relativity,
    )  # fmt: skip
    return MessageStates(position, velocity, bias, drift, relativity)
