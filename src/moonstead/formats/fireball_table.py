"""Fireballs that satellites of the United States recorded: the table of JPL's Center for Near Earth Object Studies."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.formats.element_rows import RowFault
from moonstead.formats.files import read_text
from moonstead.foundation.errors import FormatError, InvalidInput, OutsideSpan
from moonstead.foundation.time.epoch import Epoch

Array = NDArray[np.float64]

ROUNDING = 900.0  # [m/s] of the speed by components that are told in whole kilometres per second
KILOTON = 4.184e12  # [J] of TNT, by definition
COLUMNS = {
    "time": "Peak Brightness Date/Time (UT)",
    "latitude": "Latitude (deg.)",
    "longitude": "Longitude (deg.)",
    "altitude": "Altitude (km)",
    "speed": "Velocity (km/s)",
    "vx": "vx",
    "vy": "vy",
    "vz": "vz",
    "radiated": "Total Radiated Energy (J)",
    "energy": "Calculated Total Impact Energy (kt)",
}
_ANGLE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([NSEW])")


@dataclass(frozen=True, eq=False)
class FireballTable:
    """Fireballs in the order of their times; NaN where the table says nothing.

    Attributes
    ----------
    utc : tuple of str
        Time of peak brightness as the table has it, UT to the second.
    tdb : (N,) [s TDB past J2000]
        The same.
    latitude, longitude : (N,) [rad]
        Of the peak: geodetic, longitude to the east.
    altitude : (N,) [m]
        Of the peak.
    speed : (N,) [m/s]
        At the peak, relative to the turning Earth.
    velocity : (N, 3) [m/s]
        Likewise, along axes that turn with the Earth: x to the prime meridian, z to the pole.
    radiated_energy, impact_energy : (N,) [J]
        As light; in all, by an empirical relation.
    faults : tuple of RowFault
        Rows that were left out, with the reason.
    source : str
        The file.
    """

    utc: tuple[str, ...]
    tdb: Array
    latitude: Array
    longitude: Array
    altitude: Array
    speed: Array
    velocity: Array
    radiated_energy: Array
    impact_energy: Array
    faults: tuple[RowFault, ...]
    source: str

    def __len__(self) -> int:
        return len(self.utc)

    @property
    def contradicts(self) -> NDArray[np.bool_]:
        """Whether speed and components of the velocity (N,) differ by more than their rounding: one is wrong."""
        return np.abs(np.linalg.norm(self.velocity, axis=1) - self.speed) > ROUNDING


def read_fireballs(path: str | os.PathLike[str]) -> FireballTable:
    """Fireballs of a table of CNEOS.

    Parameters
    ----------
    path : path
        A file of comma-separated values as cneos.jpl.nasa.gov/fireballs gives it, plain or gzip.

    Returns
    -------
    FireballTable
        What stands twice is told among the faults and kept once.

    Raises
    ------
    MissingData
        There is no such file.
    FormatError
        The file has not the columns of that table, or not one good row.
    """
    reader = csv.DictReader(io.StringIO(read_text(path)))
    missing = [name for name in COLUMNS.values() if name not in (reader.fieldnames or ())]
    if missing:
        raise FormatError(
            f"{path}: not the fireball table of CNEOS, the columns {', '.join(missing)} are missing; save it as CSV "
            "from https://cneos.jpl.nasa.gov/fireballs/"
        )
    rows: list[tuple[float, str, list[float]]] = []
    faults: list[RowFault] = []
    known: set[tuple[str, ...]] = set()
    try:
        for row in reader:
            place = f"line {reader.line_num}"
            cells = tuple((row[name] or "").strip() for name in COLUMNS.values())
            if cells in known:
                faults.append(RowFault(place, ",".join(cells), "it stands here for a second time", "it counts once"))
                continue
            try:
                rows.append(_row(cells))
                known.add(cells)
            except (InvalidInput, OutsideSpan) as error:
                faults.append(
                    RowFault(place, ",".join(cells), str(error), "the row is left out; correct it in the file")
                )
    except csv.Error as error:
        faults.append(RowFault(f"line {reader.line_num}", "", str(error), "what follows is left out; fetch it again"))
    if not rows:
        raise FormatError(
            f"{path}: no row of it is a fireball; fetch it again from https://cneos.jpl.nasa.gov/fireballs/"
        )
    rows.sort(key=lambda row: row[0])
    numbers = np.array([row[2] for row in rows])
    return FireballTable(
        tuple(row[1] for row in rows),
        np.array([row[0] for row in rows]),
        np.radians(numbers[:, 0]),
        np.radians(numbers[:, 1]),
        1e3 * numbers[:, 2],
        1e3 * numbers[:, 3],
        1e3 * numbers[:, 4:7],
        numbers[:, 7],
        KILOTON * numbers[:, 8],
        tuple(faults),
        str(path),
    )


def _row(cells: tuple[str, ...]) -> tuple[float, str, list[float]]:
    """Time [s TDB], its text, and numbers in the table's units, of one row."""
    time, latitude, longitude, *others = cells
    utc = time.replace(" ", "T")
    tdb = Epoch.parse(utc, "UTC").tdb()
    numbers = [_angle(latitude, "NS", 90.0), _angle(longitude, "EW", 180.0)]
    if math.isnan(numbers[0]) != math.isnan(numbers[1]):
        raise InvalidInput("only one of latitude and longitude is told")
    for name, text in zip(tuple(COLUMNS)[3:], others, strict=True):
        numbers.append(_number(name, text))
    if math.isnan(numbers[8]) or not numbers[8] > 0.0 or not numbers[7] > 0.0:
        raise InvalidInput("an energy is missing or not positive")
    if np.isnan(numbers[4:7]).any() and not np.isnan(numbers[4:7]).all():
        raise InvalidInput("some components of the velocity are missing")
    return tdb, utc, numbers


def _angle(text: str, sides: str, most: float) -> float:
    if not text:
        return math.nan
    match = _ANGLE.fullmatch(text)
    if match is None or match[2] not in sides or float(match[1]) > most:
        raise InvalidInput(f"{text!r} is not an angle up to {most:g} with {sides[0]} or {sides[1]}")
    return float(match[1]) * (1.0 if match[2] == sides[0] else -1.0)


def _number(name: str, text: str) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(f"{name} {text!r} is not a number") from None
    if not math.isfinite(value) or (name in ("altitude", "speed") and value < 0.0):
        raise InvalidInput(f"{name} {text!r} is out of its range")
    return value
