"""Earth orientation: UT1, polar motion and celestial-pole offsets from the files of the IERS."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import FrameType

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import ARCSECOND, SECONDS_PER_DAY
from moonstead.foundation.errors import HeldEarthOrientation, InvalidInput, MissingData, OutsideSpan
from moonstead.foundation.time.leap_seconds import tai_minus_utc

Array = NDArray[np.float64]

J2000_MODIFIED_JULIAN_DATE = 51_544.5  # [d]
FIRST_UTC = 41_317.0  # [d] modified Julian date of 1972-01-01, the first day of UTC with whole leap seconds
MODIFIED_JULIAN_DAY_ZERO = date(1858, 11, 17)

# Columns of `EarthOrientation.values`.
UT1_MINUS_TAI, POLE_X, POLE_Y, OFFSET_X, OFFSET_Y = range(5)

# finals2000A.all, byte ranges of ReadMe.finals2000A: Bulletin B first, Bulletin A where B is not there yet.
_FINALS = {
    "ut1": (slice(154, 165), slice(58, 68), 1.0),
    "pole_x": (slice(134, 144), slice(18, 27), ARCSECOND),
    "pole_y": (slice(144, 154), slice(37, 46), ARCSECOND),
    "offset_x": (slice(165, 175), slice(97, 106), 1e-3 * ARCSECOND),
    "offset_y": (slice(175, 185), slice(116, 125), 1e-3 * ARCSECOND),
}


@dataclass(frozen=True, slots=True)
class Orientation:
    """Earth orientation at N times.

    Attributes
    ----------
    ut1_minus_tai : (N,) [s]
    pole_x, pole_y : (N,) [rad]
        Position of the celestial intermediate pole in the ITRF.
    offset_x, offset_y : (N,) [rad]
        Corrections dX, dY to the pole of the IAU 2006/2000A precession-nutation.
    ut1_minus_tai_rate : (N,) [s/s]
    pole_x_rate, pole_y_rate, offset_x_rate, offset_y_rate : (N,) [rad/s]
        Time derivatives; zero where the last value is held.
    """

    ut1_minus_tai: Array
    pole_x: Array
    pole_y: Array
    offset_x: Array
    offset_y: Array
    ut1_minus_tai_rate: Array
    pole_x_rate: Array
    pole_y_rate: Array
    offset_x_rate: Array
    offset_y_rate: Array


@dataclass(frozen=True, eq=False)
class EarthOrientation:
    """UT1 - UTC, polar motion and celestial-pole offsets, one entry a day at 0h UTC.

    Between entries UT1 - TAI, the pole and its offsets are linear, as in astropy: against a smooth curve that costs up
    to 50 us of UT1 (2 cm on the equator) and 1 nrad of the pole. Diurnal and half-diurnal tides (up to 0.1 ms in UT1
    and 1 mas of the pole, 5 cm on the ground) are not in the IERS series and are not added. Predictions of the
    celestial-pole offsets end before those of UT1; from there on the offsets are held.

    Attributes
    ----------
    tai : (K,) [s TAI past 2000-01-01T12:00:00 TAI]
        Times of the entries.
    values : (K, 5) [s, rad, rad, rad, rad]
        UT1 - TAI, x_p, y_p, dX, dY.
    first_predicted : date
        First UTC day whose UT1 is a prediction.
    source : str
        Names of the files.
    """

    tai: Array
    values: Array
    first_predicted: date
    source: str

    @classmethod
    def installed(cls) -> EarthOrientation:
        """Read the files of the installed package astropy-iers-data."""
        import astropy_iers_data

        return cls.from_files(astropy_iers_data.IERS_A_FILE, astropy_iers_data.IERS_B_FILE)

    @classmethod
    def from_files(cls, finals: str | Path, c04: str | Path | None = None) -> EarthOrientation:
        """Read finals2000A.all and, where it covers a day, prefer the final C04 series.

        Parameters
        ----------
        finals : path
            IERS finals2000A.all (or .data, .daily): Bulletin B, else Bulletin A with a year of predictions.
        c04 : path, optional
            IERS EOP 20 C04 (eopc04.1962-now).

        Returns
        -------
        EarthOrientation
            Entries from 1972-01-01 on.

        Raises
        ------
        MissingData
            A file is not there.
        InvalidInput
            A file has another format, or days are missing inside its span.
        """
        days, rows, predicted = _read_finals(Path(finals))
        source = Path(finals).name
        if c04 is not None:
            final_days, final_rows = _read_c04(Path(c04))
            later = days > final_days[-1]
            days = np.concatenate([final_days, days[later]])
            rows = np.concatenate([final_rows, rows[later]])
            source = f"{Path(c04).name}, then {source}"
        if days.size < 2 or np.any(np.diff(days) != 1.0):
            raise InvalidInput(f"{source}: the entries must follow each other day by day; use the files whole")
        midnight = (days - J2000_MODIFIED_JULIAN_DATE) * SECONDS_PER_DAY
        # 90 s lie past any offset, so that the row is the one that begins at this midnight.
        offset = tai_minus_utc(midnight + 90.0)
        values = rows.copy()
        values[:, UT1_MINUS_TAI] -= offset
        return cls(midnight + offset, values, MODIFIED_JULIAN_DAY_ZERO + timedelta(days=predicted), source)

    @property
    def span(self) -> tuple[float, float]:
        """First and last entry [s TAI past 2000-01-01T12:00:00 TAI]."""
        return float(self.tai[0]), float(self.tai[-1])

    @property
    def last_day(self) -> date:
        """UTC day of the last prediction."""
        day = (self.tai[-1] - tai_minus_utc(self.tai[-1:])[0]) / SECONDS_PER_DAY + J2000_MODIFIED_JULIAN_DATE
        return MODIFIED_JULIAN_DAY_ZERO + timedelta(days=round(float(day)))

    def at(self, tai: Array) -> Orientation:
        """Orientation at times, held past the last entry.

        Parameters
        ----------
        tai : (N,) [s TAI past 2000-01-01T12:00:00 TAI]
            Times; `scales.tai_seconds` makes them from TDB.

        Returns
        -------
        Orientation
            NaN where a time is NaN.

        Raises
        ------
        OutsideSpan
            A time lies before the first entry.

        Warns
        -----
        HeldEarthOrientation
            A time lies past the last entry, so that its values are held: once for each place of the call.
        """
        tai = np.atleast_1d(np.asarray(tai, dtype=np.float64))
        if np.any(tai < self.tai[0]):
            count = int(np.count_nonzero(tai < self.tai[0]))
            first = MODIFIED_JULIAN_DAY_ZERO + timedelta(days=int(self.tai[0] // SECONDS_PER_DAY) + 51_545)
            raise OutsideSpan(
                f"Earth orientation was asked for {count} time(s) before its first entry; {self.source} begins "
                f"{first} UTC: use later times, or a file that begins earlier"
            )
        if np.any(tai > self.tai[-1]):
            _warn_outside_package(
                f"Earth orientation is held past its last prediction, {self.last_day} UTC ({self.source}): UT1 is "
                "known within 0.9 s, up to 420 m on the equator; newer IERS files move this date"
            )
        known = np.isfinite(tai)
        held = tai > self.tai[-1]
        time = np.minimum(np.where(known, tai, self.tai[0]), self.tai[-1])
        row = np.clip(np.searchsorted(self.tai, time, side="right") - 1, 0, self.tai.size - 2)
        slope = (self.values[row + 1] - self.values[row]) / (self.tai[row + 1] - self.tai[row])[:, np.newaxis]
        value = self.values[row] + slope * (time - self.tai[row])[:, np.newaxis]
        slope[held] = 0.0
        value[~known], slope[~known] = np.nan, np.nan
        return Orientation(*value.T, *slope.T)


def _read_finals(path: Path) -> tuple[Array, Array, int]:
    """Read days [MJD], rows (UT1-UTC [s], then angles [rad]) and the first predicted day."""
    days, rows = [], []
    predicted = 0
    last = [0.0] * 5
    for number, line in enumerate(_lines(path), start=1):
        if not line[58:68].strip():
            continue  # the file ends with days that have no prediction yet
        try:
            day = float(line[7:15])
            row = [
                _first_number(line, b, a, unit, held) for (b, a, unit), held in zip(_FINALS.values(), last, strict=True)
            ]
        except ValueError as error:
            raise InvalidInput(f"{path}, line {number}: not a line of finals2000A.all ({error})") from error
        if line[57] == "P" and not predicted:
            predicted = int(day)
        days.append(day)
        rows.append(row)
        last = row
    return (*_since_first_utc(days, rows, path), predicted or int(days[-1]) + 1)


def _first_number(line: str, preferred: slice, other: slice, unit: float, held: float) -> float:
    """Read the first of two columns that is filled; where neither is, hold the value of the day before."""
    text = line[preferred].strip() or line[other].strip()
    return float(text) * unit if text else held


def _read_c04(path: Path) -> tuple[Array, Array]:
    """Read days [MJD] and rows (UT1-UTC [s], then angles [rad])."""
    days, rows = [], []
    for number, line in enumerate(_lines(path), start=1):
        if line.startswith("#") or not line.strip():
            continue
        try:
            day, x, y, ut1, dx, dy = (float(text) for text in line.split()[4:10])
        except ValueError as error:
            raise InvalidInput(f"{path}, line {number}: not a line of EOP 20 C04 ({error})") from error
        days.append(day)
        rows.append([ut1, x * ARCSECOND, y * ARCSECOND, dx * ARCSECOND, dy * ARCSECOND])
    return _since_first_utc(days, rows, path)


def _since_first_utc(days: list[float], rows: list[list[float]], path: Path) -> tuple[Array, Array]:
    table = np.array(days)
    kept = table >= FIRST_UTC
    if not np.any(kept):
        raise InvalidInput(f"{path} holds no Earth orientation after 1972; give a whole file of the IERS")
    return table[kept], np.array(rows)[kept]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError as error:
        raise MissingData(f"no Earth orientation file at {path}; the package astropy-iers-data carries one") from error


def _warn_outside_package(message: str) -> None:
    """Warn at the line outside this package that led here, so that Python shows it once for that line."""
    depth = 2
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("moonstead."):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, HeldEarthOrientation, stacklevel=depth)
