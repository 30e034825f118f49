"""Whole catalogues by SGP4: many objects at the same times, or each at its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.mean_elements import TAI_MINUS_UTC_BEFORE_1972, WGS72_GM, MeanElements
from moonstead.foundation.constants import J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.kernel_cache import prepare
from moonstead.foundation.time.leap_seconds import tai_minus_utc
from moonstead.foundation.time.scales import TT_MINUS_TAI, tdb_minus_tt

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Status = NDArray[np.uint8]

JULIAN_DATE_1950 = 2_433_281.5  # [d] of 1950 January 0.0, where SGP4 counts from
MINUTE = 60.0  # [s]
DEEP_PERIOD = 225.0 * MINUTE  # [s] from here on the Moon and the Sun are counted
LANES = 8  # as in `vector_kernels`
GATHERED = 32_768  # objects whose constants are copied at once: 15 MB
ROUND = 0.02  # eccentricity below which Kepler's equation takes the fewest steps
EARTH_TURN = 4.375_269e-3  # [rad/min]
EQUATORIAL = 0.25  # [rad] of inclination, above which the Moon never takes an object below SGP4's own limit of 0.2
NUMBERS = (
    "epoch_fraction",
    "mean_motion",
    "eccentricity",
    "inclination",
    "node",
    "argument_of_perigee",
    "mean_anomaly",
    "drag_term",
)


@dataclass(frozen=True, eq=False)
class _Family:
    """Near-Earth or deep-space objects in blocks of eight, ready for their kernel.

    Attributes
    ----------
    table : (B, constants, LANES) [SGP4 units]
        As `sgp4_start_kernels` writes it.
    rows : (B, LANES)
        Row of each object in the set; -1 where a lane is empty.
    second, fraction : (B, LANES) [s TAI past 2000-01-01T12:00:00 TAI]
        Epochs of the elements.
    """

    table: Array
    rows: Whole
    second: Whole
    fraction: Array

    def gathered(self, place: Whole) -> tuple[Array, Whole, Array]:
        """Table, seconds and fractions of blocks made of objects at other `place` (B, LANES)."""
        block, lane = place // LANES, place % LANES
        table = np.ascontiguousarray(self.table[block, :, lane].transpose(0, 2, 1))
        return table, self.second[block, lane], self.fraction[block, lane]


class Sgp4Set:
    """Objects of mean elements, ready to be flown by SGP4/SDP4; order and number are those of the elements.

    Time runs in SI seconds from the epoch of the elements, so a leap second in between is counted.

    Parameters
    ----------
    elements : MeanElements
        One set for each object, (N,).

    Raises
    ------
    InvalidInput
        A number of the elements is not finite.

    Source
    ------
    Vallado, Crawford, Hujsak & Kelso (2006), Revisiting Spacetrack Report #3, AIAA 2006-6753; constants of WGS-72,
    improved mode of operation.
    """

    def __init__(self, elements: MeanElements) -> None:
        _require_finite(elements)
        with np.errstate(invalid="ignore", divide="ignore"):
            period = 2.0 * np.pi * np.sqrt(elements.semi_major_axis**3 / WGS72_GM)
        self._count = len(elements)
        self._deep = period >= DEEP_PERIOD
        self._place = np.zeros(self._count, dtype=np.int64)
        order = np.lexsort(_alike(elements, self._deep))
        rows = _blocks(order[~self._deep[order]]), _blocks(order[self._deep[order]])
        for of_family in rows:
            used = of_family.ravel() >= 0
            self._place[of_family.ravel()[used]] = np.flatnonzero(used)
        tables = _constants(elements, self._deep, self._place, len(rows[0]), len(rows[1]))
        self._near, self._far = (
            _Family(table, own, elements.epoch_second[own], elements.epoch_fraction[own])
            for table, own in zip(tables, rows, strict=True)
        )

    def __len__(self) -> int:
        """Number of objects."""
        return self._count

    def states(self, tdb: ArrayLike, rows: ArrayLike | None = None) -> tuple[Array, Status]:
        """States of all objects, or of some, at the same times.

        Parameters
        ----------
        tdb : (T,) [s TDB past J2000]
            Times, however far from the epochs of the elements; fastest in order.
        rows : (N,) int, optional [1]
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
        base, seconds = _clock(tdb)
        chosen = None if rows is None else self._checked(rows)
        count = self._count if chosen is None else chosen.size
        states, status = np.empty((seconds.size, 6, count)), np.zeros((seconds.size, count), dtype=np.uint8)
        if chosen is not None:
            self._fly_gathered(chosen, base, np.zeros(count), seconds, states, status)
            return states, status
        for family, fly in ((self._near, _fly_near), (self._far, _fly_deep)):
            epochs = (family.second - base) + family.fraction
            fly(family.table, epochs, family.rows, seconds, states, status)
        return states, status

    def pair_states(self, rows: ArrayLike, tdb: ArrayLike) -> tuple[Array, Status]:
        """State of an object at a time, for many pairs of both.

        Parameters
        ----------
        rows : (K,) int [1]
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
        chosen = self._checked(rows)
        base, seconds = _clock(tdb)
        if chosen.shape != seconds.shape:
            raise InvalidInput(f"each pair needs one row and one time; got {chosen.size} rows and {seconds.size} times")
        states, status = np.empty((1, 6, chosen.size)), np.zeros((1, chosen.size), dtype=np.uint8)
        self._fly_gathered(chosen, base, seconds, np.zeros(1), states, status)
        return np.ascontiguousarray(states[0].T), status[0]

    def states_after(self, rows: ArrayLike, seconds: ArrayLike) -> tuple[Array, Status]:
        """State of an object at a time since its own epoch, for many pairs of both.

        Parameters
        ----------
        rows : (K,) int [1]
            Object of each pair.
        seconds : (K,) [s]
            Time since the epoch of the object's elements, of either sign.

        Returns
        -------
        states, status : (K, 6) [m, m/s], (K,)
            As of `pair_states`.

        Raises
        ------
        InvalidInput
            A row is no row of the set, or there are not as many rows as times.

        Source
        ------
        As the class.
        """
        chosen = self._checked(rows)
        seconds = np.atleast_1d(np.asarray(seconds, dtype=np.float64))
        if chosen.shape != seconds.shape:
            raise InvalidInput(f"each pair needs one row and one time; got {chosen.size} rows and {seconds.size} times")
        states, status = np.empty((1, 6, chosen.size)), np.zeros((1, chosen.size), dtype=np.uint8)
        self._fly_gathered(chosen, None, seconds, np.zeros(1), states, status)
        return np.ascontiguousarray(states[0].T), status[0]

    def _checked(self, rows: ArrayLike) -> Whole:
        chosen = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if chosen.size and (chosen.min() < 0 or chosen.max() >= self._count):
            raise InvalidInput(f"rows run from 0 to {self._count - 1}; got {chosen.min()} to {chosen.max()}")
        return chosen

    def _fly_gathered(
        self, chosen: Whole, base: int | None, later: Array, seconds: Array, states: Array, status: Status
    ) -> None:
        """Write the states of rows `chosen` (K,) at `seconds` (T,), each `later` (K,) by its own.

        Time counts from the whole second `base` of TAI; from each one's epoch where that is None.
        """
        for family, fly, own in ((self._near, _fly_near, ~self._deep), (self._far, _fly_deep, self._deep)):
            columns = np.flatnonzero(own[chosen])
            for first in range(0, columns.size, GATHERED):
                blocks = _blocks(columns[first : first + GATHERED])
                source = np.where(blocks < 0, columns[0], blocks)  # an empty lane flies along unseen
                table, second, fraction = family.gathered(self._place[chosen[source]])
                epochs = -later[source] if base is None else ((second - base) + fraction) - later[source]
                fly(table, epochs, blocks, seconds, states, status)


def warm_up() -> None:
    """Fly a made-up object near the Earth and one far from it, so that every kernel is compiled."""
    whole, nought, none = np.zeros(2, dtype=np.int64), np.zeros(2), ("", "")
    motion = np.array([1e-3, 1e-4])  # [rad/s]
    columns = (motion, nought, nought + 1.0, nought, nought, nought, nought, nought, nought)
    Sgp4Set(MeanElements(whole, none, none, whole, nought, *columns, whole, whole, none)).states([0.0])


def _fly_near(table: Array, epochs: Array, dest: Whole, seconds: Array, states: Array, status: Status) -> None:
    prepare()
    from moonstead.dynamics.sgp4_kernels import WORK_SIZE, fly_near

    fly_near(table, epochs, dest, seconds, np.zeros(WORK_SIZE), states, status)


def _fly_deep(table: Array, epochs: Array, dest: Whole, seconds: Array, states: Array, status: Status) -> None:
    prepare()
    from moonstead.dynamics.sgp4_deep_kernels import WALK_SIZE, fly_deep
    from moonstead.dynamics.sgp4_kernels import WORK_SIZE

    fly_deep(table, epochs, dest, seconds, np.zeros((len(table), WALK_SIZE)), np.zeros((2, WORK_SIZE)), states, status)


def _require_finite(elements: MeanElements) -> None:
    for name in NUMBERS:
        bad = np.flatnonzero(~np.isfinite(getattr(elements, name)))
        if bad.size:
            raise InvalidInput(
                f"'{name}' of element set {bad[0]} (object {elements.object_id[bad[0]]}) is "
                f"{getattr(elements, name)[bad[0]]}; leave out sets that are not whole"
            )


def _clock(tdb: ArrayLike) -> tuple[int, Array]:
    """A whole second of TAI near the first time, and the times (T,) [s TAI] past it without loss."""
    tdb = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    base = int(tdb[0]) if tdb.size and np.isfinite(tdb[0]) else 0
    return base, np.asarray((tdb - base) - (tdb_minus_tt(tdb) + TT_MINUS_TAI))


def _alike(elements: MeanElements, deep: NDArray[np.bool_]) -> tuple[Array, ...]:
    """Keys for `lexsort` that put objects together whose kernels take the same way; otherwise the order stays."""
    eccentric = ~deep & (elements.eccentricity > ROUND)
    resonant = deep & (np.abs(elements.mean_motion * MINUTE / EARTH_TURN - 1.0) < 0.25)
    equatorial = deep & (elements.inclination < EQUATORIAL)
    return eccentric.astype(float), equatorial.astype(float), resonant.astype(float)


def _blocks(rows: Whole) -> Whole:
    """Rows in blocks (B, LANES), the last one filled with -1."""
    blocks = np.full((-(-rows.size // LANES), LANES), -1, dtype=np.int64)
    blocks.ravel()[: rows.size] = rows
    return blocks


def _constants(
    elements: MeanElements, deep: NDArray[np.bool_], place: Whole, near_blocks: int, deep_blocks: int
) -> tuple[Array, Array]:
    """Tables of the near-Earth and the deep-space kernel; empty lanes hold noughts."""
    prepare()
    from moonstead.dynamics.sgp4_start_kernels import DEEP_SIZE, NEAR_SIZE, start_objects

    tai = elements.epoch_second + elements.epoch_fraction
    offset = tai_minus_utc(tai)
    utc = tai - np.where(np.isnan(offset), TAI_MINUS_UTC_BEFORE_1972, offset)
    tables = np.zeros((near_blocks, NEAR_SIZE, LANES)), np.zeros((deep_blocks, DEEP_SIZE, LANES))
    # the published code rounds the epoch to one Julian date; what depends on it is meant with that
    days = (utc / SECONDS_PER_DAY + J2000_JULIAN_DATE) - JULIAN_DATE_1950
    start_objects(
        days,
        elements.drag_term,
        elements.eccentricity,
        elements.argument_of_perigee,
        elements.inclination,
        elements.mean_anomaly,
        elements.mean_motion * MINUTE,
        elements.node,
        deep,
        place,
        *tables,
    )
    return tables
