"""Which epochs of an observation file follow each other, and whether the header agrees with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.gnss_faults import MOST_FAULTS, FaultLog
from moonstead.formats.gnss_time import gpst_from_civil, gpst_text
from moonstead.formats.rinex_observation_header import Header

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

EARLY = 43_200.0  # [s] by which an epoch may differ from the header's first: files are cut without mending headers
SHORT = 1.5  # [1] intervals by which the data may end before the header's last epoch: some round it up
LEFT_OUT = "it is left out"


def rising_epochs(gpst: Array, is_event: NDArray[np.bool_], lines: Whole, log: FaultLog) -> Whole:
    """Which epochs to keep: a longest series of rising times, the first of equal ones.

    Parameters
    ----------
    gpst : (N,) [s GPST past 1980-01-06]
        Epochs as they stand; NaN where there is no such date.
    is_event : (N,)
        Rows that are no epochs of observations.
    lines : (N,) [1]
        Their line numbers.
    log : FaultLog
        Takes the faults.

    Returns
    -------
    (E,)
        Rows.

    Source
    ------
    Longest increasing subsequence by patience sorting: Schensted (1961), Canad. J. Math. 13, 179,
    doi:10.4153/CJM-1961-015-3.
    """
    rows = np.flatnonzero(~is_event)
    _note(rows[np.isnan(gpst[rows])], lines, log, lambda row: ("the epoch has no date of the calendar", LEFT_OUT))
    rows = rows[np.isfinite(gpst[rows])]
    if rows.size < 2 or np.all(np.diff(gpst[rows]) > 0.0):
        return rows
    _, first = np.unique(gpst[rows], return_index=True)
    once = np.zeros(rows.size, dtype=bool)
    once[first] = True
    _note(rows[~once], lines, log, lambda row: (f"the epoch {gpst_text(gpst[row])} comes again", "the first is kept"))
    rows = rows[once]
    ends: list[float] = []  # least last time of a rising series of each length
    last: list[int] = []  # its place in rows
    before = np.full(rows.size, -1, dtype=np.int64)
    for place, time in enumerate(gpst[rows]):
        length = bisect_right(ends, time)
        if length:
            before[place] = last[length - 1]
        if length == len(ends):
            ends.append(time)
            last.append(place)
        else:
            ends[length], last[length] = time, place
    chain = np.zeros(rows.size, dtype=bool)
    place = last[-1]
    while place >= 0:
        chain[place] = True
        place = int(before[place])
    _note(rows[~chain], lines, log, lambda row: (f"the epoch {gpst_text(gpst[row])} does not follow in time", LEFT_OUT))
    return rows[chain]


def _note(rows: Whole, lines: Whole, log: FaultLog, say: Callable[[int], tuple[str, str]]) -> None:
    """Tell a page of faults in words and count the others."""
    for row in rows[:MOST_FAULTS].tolist():
        log.note(int(lines[row]), *say(row))
    log.count += max(rows.size - MOST_FAULTS, 0)


def check_span(header: Header, gpst: Array, interval: float, log: FaultLog) -> None:
    """Note where the data begin or end at another time than the header says: a wrong week, or a file cut off.

    Parameters
    ----------
    header : Header
        Of the file.
    gpst : (E,) [s GPST past 1980-01-06]
        Its epochs.
    interval : float [s]
        Between them.
    log : FaultLog
        Takes the faults.
    """
    first, last = (_header_time(reading, header.time_system) for reading in (header.first, header.last))
    if abs(first - gpst[0]) > EARLY:
        said = f"the header's first epoch is {gpst_text(first)}, that of the data {gpst_text(float(gpst[0]))}"
        log.note(0, said, "check the date of the file")
    if last - gpst[-1] > max(1.0, SHORT * interval):
        said = f"the header's last epoch is {gpst_text(last)}, that of the data {gpst_text(float(gpst[-1]))}"
        log.note(0, said, "check whether the file is whole")


def _header_time(reading: tuple[float, ...] | None, system: str) -> float:
    """GPS time of a header's reading; NaN without one."""
    if reading is None:
        return float("nan")
    year, month, day, hour, minute, second = reading
    return float(gpst_from_civil(year, month, day, hour, minute, second, system)[0])
