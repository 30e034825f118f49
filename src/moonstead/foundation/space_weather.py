"""Solar flux and geomagnetic activity, which models of the upper atmosphere are driven with.

Flux is in solar flux units [sfu] of 1e-22 W/m^2/Hz, as all tables and models have it.
"""

from __future__ import annotations

import csv
import gzip
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput, MissingData, OutsideSpan

Array = NDArray[np.float64]

DAY_ZERO = date(1858, 11, 17)  # of modified Julian dates
COLUMNS = ("DATE", "F10.7_OBS", "F10.7_OBS_CENTER81", "AP_AVG")


@dataclass(frozen=True, eq=False)
class SpaceWeather:
    """Indices of the Sun and of the Earth's magnetic field, day by day; between the noons they run straight.

    Attributes
    ----------
    noon : (N,) [d]
        Modified Julian dates (UTC) of noons, rising; a single one stands for all times.
    f107 : (N,) [sfu]
        Solar flux at 10.7 cm of the day, as observed (not reduced to 1 au).
    f107a : (N,) [sfu]
        Its mean over the 81 days about the day.
    ap : (N,) [1]
        Daily planetary index Ap.
    source : str
        Where the numbers come from.

    Raises
    ------
    InvalidInput
        Columns of unequal length, days that do not rise, or values that are not finite or negative.
    """

    noon: Array
    f107: Array
    f107a: Array
    ap: Array
    source: str

    def __post_init__(self) -> None:
        for name in ("noon", "f107", "f107a", "ap"):
            column = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            if column.ndim != 1 or column.shape != np.shape(self.noon) or not column.size:
                raise InvalidInput(f"{name} of space weather has the shape {column.shape}: one value a day is needed")
            if not np.all(np.isfinite(column)) or np.any(column < 0.0):
                raise InvalidInput(f"{name} of space weather must be finite and not negative; check {self.source}")
            object.__setattr__(self, name, column)
        if np.any(np.diff(self.noon) <= 0.0):
            raise InvalidInput(f"the days of space weather must rise; check {self.source}")

    @classmethod
    def constant(cls, f107: float, f107a: float, ap: float) -> SpaceWeather:
        """The same weather at all times.

        Parameters
        ----------
        f107, f107a : float [sfu]
            Solar flux at 10.7 cm of a day, and its mean over 81 days: 70 at a quiet Sun, 150 on the average, 250 at an
            active Sun.
        ap : float [1]
            Daily planetary index Ap: 4 in quiet, 15 on the average, above 50 in storms.

        Returns
        -------
        SpaceWeather

        Raises
        ------
        InvalidInput
            A value is not finite or negative.
        """
        noon, flux, mean, index = (np.array([value], dtype=np.float64) for value in (0.0, f107, f107a, ap))
        return cls(noon, flux, mean, index, f"F10.7 {f107:g}, 81-day mean {f107a:g}, Ap {ap:g} throughout")

    @classmethod
    def from_file(cls, path: Path | str) -> SpaceWeather:
        """Daily values from a table as CelesTrak publishes it; days without all three values are left out.

        Parameters
        ----------
        path : path
            ``SW-All.csv`` or ``SW-Last5Years.csv``, also compressed to ``.gz``.

        Returns
        -------
        SpaceWeather
            Predictions of the flux alone, years ahead, are not among them: they say nothing of Ap.

        Raises
        ------
        MissingData
            There is no such file.
        InvalidInput
            It is not such a table.

        Source
        ------
        CelesTrak, Space Weather Data, format of the CSV files.
        """
        path = Path(path)
        try:
            with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
                reader = csv.DictReader(file)
                missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
                if missing:
                    raise InvalidInput(
                        f"{path} has no column {', '.join(missing)}: give a table such as SW-All.csv of CelesTrak"
                    )
                rows = [_row(row) for row in reader if all(row[name] for name in COLUMNS)]
        except OSError as error:
            raise MissingData(f"the space weather {path} cannot be read: {error.strerror or error}") from None
        except (ValueError, TypeError) as error:
            if isinstance(error, InvalidInput):
                raise
            raise InvalidInput(f"{path} is not a table of space weather such as SW-All.csv: {error}") from None
        if not rows:
            raise InvalidInput(f"{path} has no day with solar flux and Ap")
        noon, flux, mean, ap = np.array(rows, dtype=np.float64).T
        return cls(noon, flux, mean, ap, path.name)

    @property
    def span(self) -> tuple[float, float]:
        """First and last modified Julian date [d] of UTC that `at` answers; without bounds for constant weather."""
        if len(self.noon) == 1:
            return -math.inf, math.inf
        return float(self.noon[0]) + 1.0, float(self.noon[-1])  # the flux asked is that of the day before

    def at(self, mjd: ArrayLike) -> tuple[Array, Array, Array]:
        """Indices as models of the atmosphere want them.

        Parameters
        ----------
        mjd : (N,) [d]
            Modified Julian dates, UTC.

        Returns
        -------
        f107 : (N,) [sfu]
            Solar flux of the day before.
        f107a : (N,) [sfu]
            81-day mean.
        ap : (N,) [1]
            Daily Ap. All three run straight from noon to noon, where the models' own steps at midnight would kick.

        Raises
        ------
        OutsideSpan
            A date is outside the table.
        """
        times = np.atleast_1d(np.asarray(mjd, dtype=np.float64))
        first, last = self.span
        if times.size and not (first <= times.min() and times.max() <= last):
            raise OutsideSpan(
                f"space weather was asked from {_day(times.min())} to {_day(times.max())}, but {self.source} covers "
                f"{_day(first)} to {_day(last)}: take a longer table, or constant weather"
            )
        return (
            np.interp(times - 1.0, self.noon, self.f107),
            np.interp(times, self.noon, self.f107a),
            np.interp(times, self.noon, self.ap),
        )


def _row(row: dict[str, str]) -> tuple[float, float, float, float]:
    flux, mean, ap = (float(row[name]) for name in COLUMNS[1:])
    return (date.fromisoformat(row["DATE"]) - DAY_ZERO).days + 0.5, flux, mean, ap


def _day(mjd: float) -> str:
    return date.fromordinal(DAY_ZERO.toordinal() + math.floor(mjd)).isoformat()
