"""What broadcast navigation messages say, as plain columns: one row for each message, whatever the system.

Numbers are as the message gives them, in SI; all times are GPS time. Nothing is evaluated here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Texts = NDArray[np.str_]

# Columns of `BroadcastMessages.orbit`: osculating elements at the reference time, their rates and harmonic terms.
ORBIT_COLUMNS = (
    "sqrt_semi_major_axis",  # [m^0.5]
    "eccentricity",  # [1]
    "mean_anomaly",  # [rad]
    "argument_of_perigee",  # [rad]
    "node",  # [rad] longitude of the ascending node at the start of the week
    "inclination",  # [rad]
    "node_rate",  # [rad/s]
    "inclination_rate",  # [rad/s]
    "mean_motion_difference",  # [rad/s]
    "mean_motion_difference_rate",  # [rad/s2] 0 but in CNAV messages
    "semi_major_axis_rate",  # [m/s] 0 but in CNAV messages
    "cuc",  # [rad] harmonic terms of the argument of latitude ...
    "cus",  # [rad]
    "crc",  # [m] ... of the radius ...
    "crs",  # [m]
    "cic",  # [rad] ... and of the inclination
    "cis",  # [rad]
)
# Columns of `BroadcastMessages.state`: GLONASS and SBAS give a state and the acceleration that others cause.
STATE_COLUMNS = ("x", "y", "z", "vx", "vy", "vz", "ax", "ay", "az")  # ITRF [m, m/s, m/s2]
# Columns of `BroadcastMessages.delays` [s]: what a message says about its signals' delays.
DELAY_COLUMNS = (
    "tgd",  # GPS, QZSS, NavIC: L1 P(Y) (NavIC: L5) against the ionosphere-free clock
    "isc_l1ca",
    "isc_l2c",
    "isc_l5i",
    "isc_l5q",
    "isc_l1cd",
    "isc_l1cp",
    "bgd_e5a",  # Galileo: E1 against E1/E5a
    "bgd_e5b",  # Galileo: E1 against E1/E5b
    "tgd1",  # BeiDou: B1I against B3I
    "tgd2",  # BeiDou: B2I against B3I
    "tgd_b1cp",  # BeiDou: B1C pilot against B3I
    "tgd_b2ap",
    "isc_b1cd",
    "isc_b2ad",
    "tgd_b2bi",
    "delta_tau",  # GLONASS: G2 behind G1
)
KINDS = ("LNAV", "CNAV", "CNV1", "CNV2", "CNV3", "INAV", "FNAV", "D1", "D2", "FDMA", "SBAS")


@dataclass(frozen=True, slots=True, eq=False)
class BroadcastMessages:
    """N broadcast messages.

    Attributes
    ----------
    satellite : (N,) str
        "G01" ...
    kind : (N,) str
        One of `KINDS`: the message type, as RINEX 4 names it (BeiDou ``D1`` and ``D2`` where it writes D1, D2).
    reference : (N,) [s of GPST]
        Reference time of the orbit: toe; t_b for GLONASS, t0 for SBAS.
    clock_reference : (N,) [s of GPST]
        Reference time of the clock: toc; t_b for GLONASS.
    transmission : (N,) [s of GPST]
        When the message was sent; NaN where the file does not say.
    clock : (N, 3) [s, s/s, s/s2]
        Polynomial of the clock offset. GLONASS: -tau_n, gamma_n, 0.
    orbit : (N, len(ORBIT_COLUMNS)) [mixed]
        Elements; NaN for GLONASS and SBAS.
    state : (N, 9) [m, m/s, m/s2]
        State of GLONASS and SBAS in the ITRF (PZ-90.11); NaN elsewhere.
    delays : (N, len(DELAY_COLUMNS)) [s]
        Group delays; NaN where the message has none.
    health : (N,) int
        Health word as it stands in the file: 0 is healthy (SBAS: see its standard); -1 where the field is empty.
    accuracy : (N,) [m]
        URA, SISA or their like; NaN where the message promises nothing or tells not to use it.
    issue : (N,) int
        IODE, AODE, IODnav; age of data E_n of GLONASS in days; -1 where the field is empty.
    issue_of_clock : (N,) int
        IODC, AODC; -1 where there is none.
    fit_interval : (N,) [s]
        Curve-fit interval of GPS and QZSS; NaN where the message has none.
    source : (N,) int
        Data sources of Galileo, codes on L2 of GPS, satellite type of BeiDou CNAV, status flags of GLONASS; -1 empty.
    channel : (N,) int
        Frequency channel of GLONASS; 0 elsewhere.
    extra : (N, 8) [as in the file]
        Other numbers of the record in its own order, kept for writing: accuracy indices and flags of CNAV messages.
    """

    satellite: Texts
    kind: Texts
    reference: Array
    clock_reference: Array
    transmission: Array
    clock: Array
    orbit: Array
    state: Array
    delays: Array
    health: Integers
    accuracy: Array
    issue: Integers
    issue_of_clock: Integers
    fit_interval: Array
    source: Integers
    channel: Integers
    extra: Array

    def __len__(self) -> int:
        """Count of messages."""
        return int(self.satellite.size)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> BroadcastMessages:
        """Messages of chosen rows.

        Parameters
        ----------
        rows : (K,) int or (N,) bool
            Which, and in what order.

        Returns
        -------
        BroadcastMessages
        """
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def orbit_column(self, name: str) -> Array:
        """One column of `orbit` by its name in `ORBIT_COLUMNS`, (N,) [as in the file]."""
        return self.orbit[:, ORBIT_COLUMNS.index(name)]

    def delay(self, name: str) -> Array:
        """One column of `delays` by its name in `DELAY_COLUMNS`, (N,) [s]."""
        return self.delays[:, DELAY_COLUMNS.index(name)]


def no_messages(count: int = 0) -> BroadcastMessages:
    """Rows to be filled: NaN, -1 and empty texts.

    Parameters
    ----------
    count : int
        How many.

    Returns
    -------
    BroadcastMessages
    """

    def unknown(*width: int) -> Array:
        return np.full((count, *width), np.nan)

    return BroadcastMessages(
        satellite=np.full(count, "", dtype="<U3"),
        kind=np.full(count, "", dtype="<U4"),
        reference=unknown(),
        clock_reference=unknown(),
        transmission=unknown(),
        clock=unknown(3),
        orbit=unknown(len(ORBIT_COLUMNS)),
        state=unknown(len(STATE_COLUMNS)),
        delays=unknown(len(DELAY_COLUMNS)),
        health=np.full(count, -1, dtype=np.int64),
        accuracy=unknown(),
        issue=np.full(count, -1, dtype=np.int64),
        issue_of_clock=np.full(count, -1, dtype=np.int64),
        fit_interval=unknown(),
        source=np.full(count, -1, dtype=np.int64),
        channel=np.zeros(count, dtype=np.int64),
        extra=unknown(8),
    )


def joined(parts: list[BroadcastMessages]) -> BroadcastMessages:
    """Messages of several lists in one, in their order.

    Parameters
    ----------
    parts : list of BroadcastMessages
        At least one.

    Returns
    -------
    BroadcastMessages
    """
    return BroadcastMessages(
        **{
            each.name: np.concatenate([getattr(part, each.name) for part in parts])
            for each in fields(BroadcastMessages)
        }
    )
