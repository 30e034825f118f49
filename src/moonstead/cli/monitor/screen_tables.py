"""Tables of a screening, as CSV or Parquet."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from moonstead.monitoring.screening.screening import Screening

DAY_ZERO = np.datetime64("2000-01-01", "ms")
UNITS = {"_m_s": "m/s", "_m": "m", "_s": "s", "_utc": "UTC", "_tdb": "s TDB past J2000", "_name": "text"}


def encounter_columns(screening: Screening, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Columns of encounters by name, with the objects' names."""
    found, called = screening.encounters, np.array(names, dtype=object)
    return {
        "first_id": found.first_id,
        "second_id": found.second_id,
        "first_name": called[found.first_row],
        "second_name": called[found.second_row],
        "tca_utc": utc_milliseconds(found.tdb_tca),
        "tca_tdb": found.tdb_tca,
        "miss_distance_m": found.miss_distance,
        "relative_speed_m_s": found.relative_speed,
        "radial_m": found.radial,
        "along_m": found.along,
        "cross_m": found.cross,
    }


def write_encounters(screening: Screening, names: tuple[str, ...], path: Path) -> None:
    """One row for each encounter, in order of time."""
    _write("encounters", "Passages below the distance", encounter_columns(screening, names), path)


def write_intervals(screening: Screening, names: tuple[str, ...], path: Path) -> None:
    """One row for each proximity interval, in order of the pairs and of time."""
    found, called = screening.proximity_intervals, np.array(names, dtype=object)
    columns = {
        "first_id": found.first_id,
        "second_id": found.second_id,
        "first_name": called[found.first_row],
        "second_name": called[found.second_row],
        "start_utc": utc_milliseconds(found.start),
        "stop_utc": utc_milliseconds(found.stop),
        "least_utc": utc_milliseconds(found.tdb_least),
        "start_tdb": found.start,
        "stop_tdb": found.stop,
        "least_tdb": found.tdb_least,
        "least_distance_m": found.least_distance,
        "relative_speed_m_s": found.relative_speed,
    }
    _write("proximity_intervals", "Intervals in which slow pairs stay below the distance", columns, path)


def utc_milliseconds(tdb: ArrayLike) -> NDArray[Any]:
    """UTC to the millisecond as ISO 8601 text with Z; within a leap second the last millisecond before it is shown."""
    from moonstead.foundation.time.leap_seconds import utc_day_and_second
    from moonstead.foundation.time.scales import tai_seconds

    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    if not times.size:
        return np.zeros(0, dtype="U24")
    day, second, _ = utc_day_and_second(tai_seconds(times))
    milliseconds = day * 86_400_000.0 + np.minimum(np.round(second * 1e3), 86_399_999.0)
    return np.char.add(np.datetime_as_string(DAY_ZERO + milliseconds.astype(np.int64).astype("timedelta64[ms]")), "Z")


def _write(name: str, description: str, columns: dict[str, NDArray[Any]], path: Path) -> None:
    """A table that appears by one rename."""
    partial = path.with_name(f".{path.name}.part")
    if path.suffix.lower() == ".csv":
        with partial.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        partial.replace(path)
        return
    from moonstead.run.tables import Table, write_table

    units = {key: next((unit for end, unit in UNITS.items() if key.endswith(end)), "1") for key in columns}
    with tempfile.TemporaryDirectory(prefix="moonstead-") as scratch:
        partial.write_bytes(write_table(Table(name, columns, units, description), Path(scratch)).read_bytes())
    partial.replace(path)
