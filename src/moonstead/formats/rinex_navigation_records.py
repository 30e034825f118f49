"""From the numbers of navigation records to columns of broadcast messages, and what is wrong with them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.broadcast_messages import BroadcastMessages, joined, no_messages
from moonstead.formats.gnss_faults import FaultLog
from moonstead.formats.gnss_time import (
    BDT_WEEK,
    GPST_MINUS_BDT,
    SECONDS_PER_WEEK,
    gpst_from_civil,
    leap_seconds,
)
from moonstead.formats.rinex_navigation_find import Records
from moonstead.formats.rinex_navigation_header import NavigationHeader
from moonstead.formats.rinex_navigation_layout import (
    GLONASS_ACCURACY,
    HOUR,
    KILOMETRE,
    LAYOUTS,
    SBAS_NOT_MONITORED,
    UNKNOWN,
    column_of,
)
from moonstead.formats.rinex_navigation_others import EarthOrientationRecord, read_other_records
from moonstead.formats.rinex_navigation_text import Lines, numbers, record_numbers, whole_numbers

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

SYSTEM_TIMES = {"G": "GPS", "E": "GAL", "C": "BDT", "J": "QZS", "I": "IRN", "S": "GPS", "R": "UTC"}
WEEK, DAY = float(SECONDS_PER_WEEK), 86_400.0  # [s]
FNAV_SOURCE = 0b10  # Galileo data sources, RINEX 3.05 table A8: bit 1 F/NAV on E5a-I
HALF_DAY = 43_200.0  # [s]
SENT_WITHIN = 14_400.0  # [s] of the reference time; real ones of all systems within 2 h
# What an orbit of any navigation satellite obeys; a digit that flipped rarely does.
SEMI_MAJOR_AXES = (2.0e7, 4.6e7)  # [m] GLONASS 25.5e6 to inclined geosynchronous 42.2e6
MOST_ECCENTRIC = 0.2  # [1] QZSS has 0.08
MOST_CLOCK = 0.1  # [s] the fields of all messages end far below
STATE_RADII = {"R": (2.3e7, 2.8e7), "S": (3.9e7, 4.6e7)}  # [m]
MOST_SPEED = 5.0e3  # [m/s] in the turning frame


def read_records(
    lines: Lines, header: NavigationHeader, records: Records, log: FaultLog
) -> tuple[BroadcastMessages, list[EarthOrientationRecord]]:
    """Messages of all records; ionosphere and time records of RINEX 4 go into the header.

    Parameters
    ----------
    lines : Lines
        The file.
    header : NavigationHeader
        Its header, which gets the models of the ionosphere and the time corrections of RINEX 4 records.
    records : Records
        As `find_records` gives them.
    log : FaultLog
        Takes what could not be used.

    Returns
    -------
    BroadcastMessages, list of EarthOrientationRecord
    """
    shift = 1 if header.version < 3.0 else 0
    groups = [no_messages()]
    keys = {
        (name[0], kind, count)
        for name, kind, count in zip(
            records.satellite.tolist(), records.kind.tolist(), records.count.tolist(), strict=True
        )
    }
    letters = records.satellite.astype("<U1")
    for system, kind, count in sorted(keys):
        chosen = np.flatnonzero((letters == system) & (records.kind == kind) & (records.count == count))
        rows = records.row[chosen]
        epochs = _epochs(lines, rows, system, shift)
        value, bad = record_numbers(lines, rows, count, shift)
        messages = _messages(system, kind, records.satellite[chosen], epochs, value, header.version)
        good = _usable(messages, epochs, bad, rows, log)
        groups.append(messages.take(good))
    return joined(groups), read_other_records(lines, header, records.others, log)


def _epochs(lines: Lines, rows: Whole, system: str, shift: int) -> Array:
    """Times of the epoch lines [s of GPST]; NaN where there is no such date."""
    if shift:
        short = whole_numbers(lines.table(rows, 3, 5))
        year = np.where(short < 0, -1, short + np.where(short < 80, 2000, 1900))
        columns = ((6, 8), (9, 11), (12, 14), (15, 17))
        second = numbers(lines.table(rows, 17, 22))[0]
    else:
        year = whole_numbers(lines.table(rows, 4, 8))
        columns = ((9, 11), (12, 14), (15, 17), (18, 20))
        second = whole_numbers(lines.table(rows, 21, 23)).astype(np.float64)
    month, day, hour, minute = (whole_numbers(lines.table(rows, *column)) for column in columns)
    second = np.where(np.isnan(second), -1.0, second)
    # a receiver may write 60 where it rounds up to the next minute
    carried = np.where(second == 60.0, 0.0, second)
    epochs = gpst_from_civil(year, month, day, hour, minute, carried, SYSTEM_TIMES[system])
    return epochs + np.where(second == 60.0, 60.0, 0.0)


def _messages(
    system: str, kind: str, satellite: NDArray[np.str_], epochs: Array, value: Array, version: float
) -> BroadcastMessages:
    """Columns out of the numbers of records of one kind."""
    found = no_messages(epochs.size)
    special: dict[str, Array] = {}
    for number, word in zip(value.T, LAYOUTS[system, kind], strict=False):
        place = column_of(word)
        if place is None:
            special[word] = number
        else:
            getattr(found, place[0])[:, place[1]] = number
    found.satellite[:] = satellite
    found.kind[:] = kind
    for name in ("health", "issue", "issue_of_clock", "source"):
        getattr(found, name)[:] = _integers(special.get(name))
    found.channel[:] = np.maximum(_integers(special.get("channel"), empty=0), -99)
    found.clock_reference[:] = epochs
    if system in STATE_RADII:
        _finish_state(found, special, epochs, version, system)
    else:
        _finish_orbit(found, special, epochs, system)
    found.delays[np.abs(found.delays) >= UNKNOWN] = np.nan
    return found


def _finish_state(
    found: BroadcastMessages, special: dict[str, Array], epochs: Array, version: float, system: str
) -> None:
    found.state[:] *= KILOMETRE
    found.clock[:, 2] = 0.0
    found.reference[:] = epochs
    if system == "R":
        # RINEX 2 counts the frame time from midnight, RINEX 3 from the start of the week, both in UTC
        cycle = DAY if version < 3.0 else WEEK
        frame = special["transmission"]
        of_cycle = np.mod(epochs - leap_seconds(epochs), cycle)
        found.transmission[:] = epochs + _wrapped(frame - of_cycle, cycle)
        index = found.extra[:, 0]
        known = (index >= 0) & (index < len(GLONASS_ACCURACY))
        table = np.array(GLONASS_ACCURACY)
        found.accuracy[known] = table[index[known].astype(np.int64)]
    else:
        found.transmission[:] = epochs + _wrapped(special["transmission"] - np.mod(epochs, WEEK), WEEK)
        found.accuracy[:] = np.where(special["accuracy"] < SBAS_NOT_MONITORED, special["accuracy"], np.nan)
    found.transmission[np.abs(special["transmission"]) >= UNKNOWN] = np.nan


def _finish_orbit(found: BroadcastMessages, special: dict[str, Array], epochs: Array, system: str) -> None:
    behind = GPST_MINUS_BDT if system == "C" else 0
    of_week = np.mod(epochs - behind, WEEK)
    # CNAV of GPS and QZSS has one reference time for orbit and clock (IS-GPS-200, 30.3.3.1.1)
    toe = special.get("toe", of_week)
    found.reference[:] = epochs + _wrapped(toe - of_week, WEEK)
    found.reference[(toe < 0.0) | (toe >= WEEK)] = np.nan
    sent = special["transmission"]
    of_reference = np.mod(found.reference - behind, WEEK)
    found.transmission[:] = found.reference + _wrapped(sent - of_reference, WEEK)
    # programs that do not know the time write 0, the start of the week
    found.transmission[np.abs(found.transmission - found.reference) > SENT_WITHIN] = np.nan
    found.transmission[np.abs(sent) >= UNKNOWN] = np.nan
    for column in ("mean_motion_difference_rate", "semi_major_axis_rate"):
        rate = found.orbit_column(column)
        rate[np.isnan(rate)] = 0.0
    if "accuracy" in special:
        found.accuracy[:] = np.where(special["accuracy"] > 0.0, special["accuracy"], np.nan)
    elif system in "GJ":
        found.accuracy[:] = _accuracy_of_index(found.extra[:, 3])
    if "fit_hours" in special:
        hours = special["fit_hours"]
        found.fit_interval[:] = np.where(hours > 0.0, hours * HOUR, np.nan)
    elif system == "J" and found.kind[0] == "LNAV":
        found.fit_interval[found.extra[:, 1] == 0.0] = 2.0 * HOUR
    if found.kind[0] == "INAV" and "source" in special:
        fnav = (found.source >= 0) & ((found.source & FNAV_SOURCE) > 0) & ((found.source & 0b101) == 0)
        found.kind[fnav] = "FNAV"
    if "week" in special:
        _check_week(found, special["week"], system)


def _check_week(found: BroadcastMessages, week: Array, system: str) -> None:
    """Times become unknown where the week number contradicts the date by more than a handover explains."""
    behind = GPST_MINUS_BDT if system == "C" else 0
    own = np.floor((found.reference - behind) / WEEK)
    of_week = found.reference - behind - own * WEEK
    near_handover = np.minimum(of_week, WEEK - of_week) <= HALF_DAY
    stated = np.where(week < 0.0, np.nan, week)
    # weeks without rollover, of ten bits, or of GPS in the place of BeiDou's
    as_gps = stated + (BDT_WEEK if system == "C" else 0)
    apart = np.fmin(np.abs(_wrapped(stated - own, 1024.0)), np.abs(_wrapped(as_gps - own, 1024.0)))
    wrong = apart > np.where(near_handover, 1.0, 0.0)
    found.reference[wrong] = np.nan


def _usable(messages: BroadcastMessages, epochs: Array, bad: Flags, rows: Whole, log: FaultLog) -> Flags:
    """Rows that can be used; the others are faults, with the reason."""
    system = str(messages.satellite[0])[0] if len(messages) else ""
    reasons: list[tuple[Any, str]] = [
        (np.isnan(epochs), "has no valid date"),
        (np.any(bad, axis=1), "has a field that is no number"),
        (np.isnan(messages.clock[:, :2]).any(axis=1), "has no clock"),
        (np.abs(messages.clock[:, 0]) > MOST_CLOCK, "has a clock offset above 0.1 s"),
    ]
    if system in STATE_RADII:
        low, high = STATE_RADII[system]
        radius = np.linalg.norm(messages.state[:, :3], axis=1)
        speed = np.linalg.norm(messages.state[:, 3:6], axis=1)
        reasons += [
            (np.isnan(messages.state).any(axis=1), "has gaps in its state"),
            ((radius < low) | (radius > high) | (speed > MOST_SPEED), "gives a state that no such satellite has"),
        ]
    else:
        axis = messages.orbit_column("sqrt_semi_major_axis") ** 2
        eccentricity = messages.orbit_column("eccentricity")
        odd = (axis < SEMI_MAJOR_AXES[0]) | (axis > SEMI_MAJOR_AXES[1])
        odd |= (eccentricity < 0.0) | (eccentricity > MOST_ECCENTRIC)
        odd |= np.abs(messages.orbit_column("inclination")) > math.pi
        reasons += [
            (np.isnan(messages.reference), "has a week or time of week that contradicts its date"),
            (np.isnan(messages.orbit).any(axis=1), "has gaps in its elements"),
            (odd, "gives an orbit that no such satellite has"),
        ]
    good = np.ones(len(messages), dtype=bool)
    for fault, text in reasons:
        for row in np.flatnonzero(fault & good):
            log.note(int(rows[row]) + 1, f"the record of {messages.satellite[row]} {text}", "it was left out")
        good &= ~fault
    return good


def _accuracy_of_index(index: Array) -> Array:
    """URA of an index [m], nominal: IS-GPS-200, 30.3.3.1.1.4; NaN for 15 and -16, "no prediction"."""
    known = (index > -16.0) & (index < 15.0)
    power = np.where(index <= 6.0, 1.0 + index / 2.0, index - 2.0)
    return np.where(known, np.exp2(np.where(known, power, 0.0)), np.nan)


def _wrapped(difference: Array, cycle: float) -> Array:
    """The difference modulo `cycle` that is nearest to 0, in the unit of both."""
    return np.asarray(difference - cycle * np.round(difference / cycle))


def _integers(value: Array | None, empty: int = -1) -> Whole | int:
    """Whole numbers; `empty` where the field is empty or no 53-bit number."""
    if value is None:
        return empty
    known = np.abs(value) < UNKNOWN
    return np.where(known, np.where(known, value, 0.0), float(empty)).astype(np.int64)
