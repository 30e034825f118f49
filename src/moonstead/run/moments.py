"""Times and windows as tables and people read them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.time.leap_seconds import utc_day_and_second
from moonstead.foundation.time.scales import tai_seconds
from moonstead.run.tables import Table

MILLENNIUM = np.datetime64("2000-01-01", "ms")


def utc_text(tdb: ArrayLike) -> NDArray[Any]:
    """UTC to the second, as ISO 8601 text with Z; within a leap second the second before is shown.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.

    Returns
    -------
    (N,) of str
        For example ``"2035-01-01T00:00:00Z"``.
    """
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if not times.size:
        return np.zeros(0, dtype="U20")
    day, second, _ = utc_day_and_second(tai_seconds(times))
    whole = day * 86_400.0 + np.minimum(np.round(second, 3), 86_399.999)
    stamps = MILLENNIUM + np.round(whole * 1e3).astype(np.int64).astype("timedelta64[ms]")
    return np.char.add(np.datetime_as_string(stamps.astype("datetime64[s]")), "Z")


def window_table(name: str, windows: Windows, description: str, **more: tuple[ArrayLike, str]) -> Table:
    """Table of windows: start and stop in TDB and UTC, and duration.

    Parameters
    ----------
    name : str
        What the table is called.
    windows : Windows
        One row for each.
    description : str
        One sentence on what a row is.
    **more : (values, unit)
        Further columns by name, with values (K,) [any unit] and the unit as text.

    Returns
    -------
    Table
        `windows_of` gives the windows back.
    """
    columns: dict[str, Any] = {
        "start": windows.starts,
        "stop": windows.stops,
        "start_utc": utc_text(windows.starts),
        "stop_utc": utc_text(windows.stops),
        "duration": windows.durations(),
    }
    units = {
        "start": "s TDB past J2000",
        "stop": "s TDB past J2000",
        "start_utc": "UTC",
        "stop_utc": "UTC",
        "duration": "s",
    }
    for column, (values, unit) in more.items():
        columns[column], units[column] = np.asarray(values), unit
    notes = {"span_start": repr(windows.span[0]), "span_stop": repr(windows.span[1])}
    return Table(name, columns, units, description, notes)


def windows_of(table: Table) -> Windows:
    """Windows that `window_table` wrote."""
    span = float(table.notes["span_start"]), float(table.notes["span_stop"])
    return Windows.of(table.columns["start"], table.columns["stop"], span)
