"""Which number of a RINEX navigation record means what: one table for reader and writer.

A record is its epoch line with three numbers, then lines of four. Words of a layout are names of columns of
`BroadcastMessages`, or special:

``a0 a1 a2`` clock; ``week toe transmission`` times of the message; ``px .. az`` state in km; ``fit_hours``;
``extra0 ..`` kept as they are; ``-`` spare.
"""

from __future__ import annotations

from moonstead.formats.broadcast_messages import DELAY_COLUMNS, ORBIT_COLUMNS

_CLOCK = "a0 a1 a2 "
_ELEMENTS = (
    "crs mean_motion_difference mean_anomaly "
    "cuc eccentricity cus sqrt_semi_major_axis "
    "{third} cic node cis "
    "inclination crc argument_of_perigee node_rate "
    "inclination_rate "
)
_LEGACY = _CLOCK + "issue " + _ELEMENTS.format(third="toe")
_MODERN = _CLOCK + "semi_major_axis_rate " + _ELEMENTS + "mean_motion_difference_rate "
_GPS_MODERN = (
    _MODERN.format(third="extra0") + "extra1 extra2 extra3 health tgd extra4 isc_l1ca isc_l2c isc_l5i isc_l5q "
)
_BDS_MODERN = _MODERN.format(third="toe") + "source extra0 extra1 extra2 extra3 extra4 "
_STATE = _CLOCK.replace("a2", "transmission") + "px vx ax health py vy ay {second} pz vz az issue"

LAYOUTS: dict[tuple[str, str], tuple[str, ...]] = {
    key: tuple(text.split())
    for key, text in {
        ("G", "LNAV"): _LEGACY + "source week extra0 accuracy health tgd issue_of_clock transmission fit_hours - -",
        ("J", "LNAV"): _LEGACY + "source week extra0 accuracy health tgd issue_of_clock transmission extra1 - -",
        ("I", "LNAV"): _LEGACY + "- week - accuracy health tgd - transmission - - -",
        ("E", "INAV"): _LEGACY + "source week - accuracy health bgd_e5a bgd_e5b transmission - - -",
        ("E", "FNAV"): _LEGACY + "source week - accuracy health bgd_e5a bgd_e5b transmission - - -",
        ("C", "D1"): _LEGACY + "- week - accuracy health tgd1 tgd2 transmission issue_of_clock - -",
        ("C", "D2"): _LEGACY + "- week - accuracy health tgd1 tgd2 transmission issue_of_clock - -",
        ("G", "CNAV"): _GPS_MODERN + "transmission extra5 - -",
        ("J", "CNAV"): _GPS_MODERN + "transmission extra5 - -",
        ("G", "CNV2"): _GPS_MODERN + "isc_l1cd isc_l1cp - - transmission extra5 - -",
        ("J", "CNV2"): _GPS_MODERN + "isc_l1cd isc_l1cp - - transmission extra5 - -",
        ("C", "CNV1"): _BDS_MODERN
        + "isc_b1cd - tgd_b1cp tgd_b2ap extra5 health extra6 issue_of_clock transmission - - issue",
        ("C", "CNV2"): _BDS_MODERN
        + "- isc_b2ad tgd_b1cp tgd_b2ap extra5 health extra6 issue_of_clock transmission - - issue",
        ("C", "CNV3"): _BDS_MODERN + "extra5 health extra6 tgd_b2bi transmission - - -",
        ("R", "FDMA"): _STATE.format(second="channel") + " source delta_tau extra0 extra1",
        ("S", "SBAS"): _STATE.format(second="accuracy"),
    }.items()
}
# Before RINEX 3.05 GLONASS records end after four lines.
SHORT_FDMA = 15  # numbers
STATE_WORDS = ("px", "py", "pz", "vx", "vy", "vz", "ax", "ay", "az")
KILOMETRE = 1e3  # [m]
HOUR = 3600.0  # [s]
SBAS_NOT_MONITORED = 32_767.0  # [m] written for the accuracy code 15
UNKNOWN = 0.9e9  # from here on a number means "not known": RINEX writes .999999999999E+09
# Kinds that a file before RINEX 4 holds of each system; Galileo says it in its data sources, BeiDou by its satellite.
LEGACY_KINDS = {"G": "LNAV", "J": "LNAV", "I": "LNAV", "E": "INAV", "C": "D1", "R": "FDMA", "S": "SBAS"}
MOST_NUMBERS = max(len(layout) for layout in LAYOUTS.values())
BEIDOU_GEOSTATIONARY = (*range(1, 6), *range(59, 64))  # ranging codes 1-5, 59-63: BDS-SIS-ICD B1I 3.0, section 5.2.4
# Accuracy index F_T of GLONASS [m], GLONASS ICD 5.1, table 4.4; 15 is "not used".
GLONASS_ACCURACY = (1.0, 2.0, 2.5, 4.0, 5.0, 7.0, 10.0, 12.0, 14.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)


def lines_after_epoch(system: str, kind: str) -> int:
    """Lines of four numbers that follow the epoch line of a record of RINEX 4.

    Parameters
    ----------
    system, kind : str
        Letter of the system, message type.

    Returns
    -------
    int
    """
    return (len(LAYOUTS[system, kind]) - 3 + 3) // 4


def column_of(word: str) -> tuple[str, int] | None:
    """Field of `BroadcastMessages` and its column that a word names; None for special words.

    Parameters
    ----------
    word : str
        Of a layout.

    Returns
    -------
    (str, int) or None
    """
    if word in ORBIT_COLUMNS:
        return "orbit", ORBIT_COLUMNS.index(word)
    if word in DELAY_COLUMNS:
        return "delays", DELAY_COLUMNS.index(word)
    if word in STATE_WORDS:
        return "state", STATE_WORDS.index(word)
    if word in ("a0", "a1", "a2"):
        return "clock", int(word[1])
    if word.startswith("extra"):
        return "extra", int(word[5:])
    return None
