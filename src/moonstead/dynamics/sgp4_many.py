"""Whole catalogues by SGP4: many objects at the same times, or each at its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import WGS72, Satrec

from moonstead.foundation.constants import SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.leap_seconds import tai_minus_utc
from moonstead.foundation.time.scales import tai_seconds

if TYPE_CHECKING:
    from moonstead.dynamics.mean_elements import MeanElements

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Status = NDArray[np.uint8]

OLD_TAI_MINUS_UTC = 10.0  # [s] taken before 1972, when UTC ran within a second of it
DAYS_FROM_1950 = 18263.5  # [d] from 1950 January 0.0, where SGP4 counts from, to 2000-01-01T12:00
MINUTE = 60.0  # [s]


class Sgp4Set:
    """Objects of mean elements, ready to be flown by SGP4/SDP4; order and number are those of the elements.

    Time runs in SI seconds from the epoch of the elements, so a leap second in between is counted.

    Parameters
    ----------
    elements : MeanElements
        One set for each object, (N,).

    Source
    ------
    Vallado, Crawford, Hujsak & Kelso (2006), Revisiting Spacetrack Report #3, AIAA 2006-6753; constants of WGS-72,
    improved mode of operation.
    """

    def __init__(self, elements: MeanElements) -> None:
        self._elements = elements
        tai = elements.epoch_second + elements.epoch_fraction
        offset = tai_minus_utc(tai)
        days = (tai - np.where(np.isnan(offset), OLD_TAI_MINUS_UTC, offset)) / SECONDS_PER_DAY + DAYS_FROM_1950
        self._satellites = [self._initialised(row, float(days[row])) for row in range(len(elements))]

    def __len__(self) -> int:
        """Number of objects."""
        return len(self._satellites)

    def states(self, tdb: ArrayLike, rows: ArrayLike | None = None) -> tuple[Array, Status]:
        """States of all objects, or of some, at the same times.

        Parameters
        ----------
        tdb : (T,) [s TDB past J2000]
            Times, however far from the epochs of the elements.
        rows : (N,) of int, optional
            Which objects, in this order; all where not given.

        Returns
        -------
        states : (T, 6, N) [m, m/s]
            Relative to the Earth in TEME: components before objects; NaN where SGP4 fails.
        status : (T, N)
            0 where good, else SGP4's error code; `sgp4_trajectory.status_text` tells what it means.

        Raises
        ------
        InvalidInput
            A row is no row of the set.

        Source
        ------
        As the class.
        """
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        chosen = np.arange(len(self)) if rows is None else self._rows(rows)
        states = np.full((tdb.size, 6, chosen.size), np.nan)
        status = np.zeros((tdb.size, chosen.size), dtype=np.uint8)
        for column, row in enumerate(chosen):
            found, status[:, column] = self._fly(int(row), tdb)
            states[:, :, column] = found
        return states, status

    def pair_states(self, rows: ArrayLike, tdb: ArrayLike) -> tuple[Array, Status]:
        """State of an object at a time, for many pairs of both.

        Parameters
        ----------
        rows : (K,) of int
            Object of each pair.
        tdb : (K,) [s TDB past J2000]
            Time of each pair.

        Returns
        -------
        states : (K, 6) [m, m/s]
            Relative to the Earth in TEME; NaN where SGP4 fails.
        status : (K,)
            As of `states`.

        Raises
        ------
        InvalidInput
            A row is no row of the set, or there are not as many rows as times.

        Source
        ------
        As the class.
        """
        chosen = self._rows(rows)
        tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
        if chosen.shape != tdb.shape:
            raise InvalidInput(f"each pair needs one row and one time; got {chosen.size} rows and {tdb.size} times")
        states, status = np.full((chosen.size, 6), np.nan), np.zeros(chosen.size, dtype=np.uint8)
        for row in np.unique(chosen):
            here = chosen == row
            states[here], status[here] = self._fly(int(row), tdb[here])
        return states, status

    def _rows(self, rows: ArrayLike) -> Integers:
        chosen = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if chosen.size and (chosen.min() < 0 or chosen.max() >= len(self)):
            raise InvalidInput(f"rows run from 0 to {len(self) - 1}; got {chosen.min()} to {chosen.max()}")
        return chosen

    def _fly(self, row: int, tdb: Array) -> tuple[Array, Status]:
        satellite = self._satellites[row]
        since = (tai_seconds(tdb) - self._elements.epoch_second[row]) - self._elements.epoch_fraction[row]
        day = np.full(tdb.size, satellite.jdsatepoch)
        code, position, velocity = satellite.sgp4_array(day, satellite.jdsatepochF + since / SECONDS_PER_DAY)
        found = np.concatenate((position, velocity), axis=1) * 1000.0
        found[code != 0] = np.nan
        return found, code

    def _initialised(self, row: int, days: float) -> Satrec:
        sets, satellite = self._elements, Satrec()
        satellite.sgp4init(
            WGS72,
            "i",
            0,
            days,
            sets.drag_term[row],
            sets.mean_motion_rate[row] * MINUTE**2,
            sets.mean_motion_second[row] * MINUTE**3,
            sets.eccentricity[row],
            sets.argument_of_perigee[row],
            sets.inclination[row],
            sets.mean_anomaly[row],
            sets.mean_motion[row] * MINUTE,
            sets.node[row],
        )
        return satellite
