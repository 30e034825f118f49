"""Times in messages: TDB seconds as a calendar date, without leap seconds or time scales."""

from __future__ import annotations

import numpy as np

CALENDAR_REACH = 1e13  # [s] some 300 000 years; beyond it a date says nothing
J2000 = np.datetime64("2000-01-01T12:00:00", "s")


def calendar_text(tdb: float) -> str:
    """Calendar date and time in TDB, to the second.

    Parameters
    ----------
    tdb : float [s TDB past J2000]
        Time.

    Returns
    -------
    str
        For example ``"2035-01-01T00:00:00 TDB"``; the number itself where it is no time of the calendar.
    """
    if not abs(tdb) < CALENDAR_REACH:
        return f"{tdb!r} s TDB past J2000"
    return f"{J2000 + np.timedelta64(round(tdb), 's')} TDB"


def span_text(start: float, stop: float) -> str:
    """Both ends of a span as calendar dates in TDB.

    Parameters
    ----------
    start, stop : float [s TDB past J2000]
        The ends.

    Returns
    -------
    str
    """
    return f"{calendar_text(start)} to {calendar_text(stop)}"
