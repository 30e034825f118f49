"""Times and windows as tables and people read them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.time.leap_seconds import utc_day_and_second
from moonstead.foundation.time.scales import tai_seconds
from moonstead.run.tables import Table

SHORTEST_STEP = 0.1  # [1] of a step; Hermite polynomials of degree 7 keep their digits with it
MILLENNIUM = np.datetime64("2000-01-01", "ms")


def sample_times(first: float, last: float, step: float) -> NDArray[np.float64]:
    """Times in equal steps from the first, and the last.

    A day of UTC is not quite 86 400 s of TDB, so a span seldom holds whole steps: a sample nearer to the last than a
    tenth of a step is left out. Otherwise some microseconds would part the last two, and whoever interpolates through
    both, as readers of an ephemeris do, would divide noise by them.

    Parameters
    ----------
    first, last : float [s TDB past J2000]
        Ends of the span, both sampled.
    step : float [s]
        Between samples; the last step is 0.1 to 1.1 of it.

    Returns
    -------
    (N,) [s TDB past J2000]
        At least the two ends.
    """
    inner = np.arange(first, last, step)[1:]
    return np.concatenate(([first], inner[last - inner > SHORTEST_STEP * step], [last]))


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
