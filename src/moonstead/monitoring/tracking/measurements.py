"""Columns of tracking measurements, whatever sensor they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.trajectory import Trajectory
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

RANGE, RANGE_RATE, AZIMUTH_ELEVATION, RIGHT_ASCENSION_DECLINATION = range(4)
KINDS = ("range", "range-rate", "azimuth-elevation", "right-ascension-declination")
NUMBERS = np.array([1, 1, 2, 2])  # that a row of each kind holds
ONE_WAY = -1  # in place of a transmitter: the object itself sends


@dataclass(frozen=True, eq=False)
class Measurements:
    """N rows of tracking, in any order, of one object.

    Attributes
    ----------
    kind : (N,) int
        Place in `KINDS`.
    tdb : (N,) [s TDB past J2000]
        When the signal was received; of a counted range rate, the end of the count.
    value : (N, 2) [m], [m/s] or [rad]
        Range: half of the way from transmitter to receiver, one-way the whole. Range rate: its rate, or its mean over
        the count. Azimuth (clockwise from north) and elevation, as the antenna points. Right ascension and declination
        in the ICRF. The second number of ranges is NaN.
    sigma : (N, 2) [m], [m/s] or [rad]
        Standard deviations; of an azimuth or a right ascension on the sky, that is times the cosine of the height.
    receiver : (N,) int
        Place in `observers`.
    transmitter : (N,) int
        Place in `observers`; `ONE_WAY` where the object itself sends. Angles have no use for it.
    count_time : (N,) [s]
        Of counted range rates; 0 for the rate at once.
    observers : tuple of Trajectory
        Ground stations (`SurfacePoint`) and spacecraft.
    """

    kind: Rows
    tdb: Array
    value: Array
    sigma: Array
    receiver: Rows
    transmitter: Rows
    count_time: Array
    observers: tuple[Trajectory, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse columns that do not fit together."""
        count = np.size(self.tdb)
        for name, shape in (("kind", (count,)), ("receiver", (count,)), ("transmitter", (count,))):
            column = np.asarray(getattr(self, name), dtype=np.int64)
            object.__setattr__(self, name, _shaped(name, column, shape))
        for name, shape2 in (
            ("tdb", (count,)),
            ("value", (count, 2)),
            ("sigma", (count, 2)),
            ("count_time", (count,)),
        ):
            object.__setattr__(self, name, _shaped(name, np.asarray(getattr(self, name), dtype=np.float64), shape2))
        object.__setattr__(self, "observers", tuple(self.observers))
        self._require_sound()

    def _require_sound(self) -> None:
        many = len(self.observers)
        if np.any((self.kind < 0) | (self.kind >= len(KINDS))):
            raise InvalidInput(f"a kind of measurement is a place in {', '.join(KINDS)}; got {self.kind.tolist()[:9]}")
        if np.any((self.receiver < 0) | (self.receiver >= many)):
            raise InvalidInput(f"a receiver lies outside the {many} observers that are given")
        if np.any((self.transmitter < ONE_WAY) | (self.transmitter >= many)):
            raise InvalidInput(f"a transmitter lies outside the {many} observers that are given")
        used = self.used_numbers
        if not (np.all(np.isfinite(self.tdb)) and np.all(np.isfinite(self.value[used]))):
            raise InvalidInput("measurements need finite times and values; leave out rows that have none")
        if not np.all(self.sigma[used] > 0.0):
            raise InvalidInput("standard deviations of measurements must be positive")
        if not np.all(self.count_time >= 0.0):
            raise InvalidInput("count times of range rates must not be negative")

    def __len__(self) -> int:
        """Number of rows."""
        return int(self.tdb.size)

    @property
    def used_numbers(self) -> NDArray[np.bool_]:
        """Which of the two numbers of each row mean something (N, 2)."""
        return np.column_stack((np.ones(self.tdb.size, dtype=bool), NUMBERS[self.kind] == 2))

    def select(self, rows: ArrayLike) -> Measurements:
        """Some of the rows.

        Parameters
        ----------
        rows : (M,) int [1]
            Their numbers; or a mask of all rows.

        Returns
        -------
        Measurements
            In the order of the numbers.
        """
        chosen = np.asarray(rows)
        chosen = chosen if chosen.size else np.empty(0, dtype=np.int64)
        names = ("kind", "tdb", "value", "sigma", "receiver", "transmitter", "count_time")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def sorted(self) -> Measurements:
        """The same rows in the order of time."""
        return self.select(np.argsort(self.tdb, kind="stable"))


def measurements(
    kind: str,
    tdb: ArrayLike,
    value: ArrayLike,
    sigma: ArrayLike,
    observer: Trajectory,
    *,
    two_way: bool = True,
    count_time: float = 0.0,
) -> Measurements:
    """Rows of one kind by one observer.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    tdb : (N,) [s TDB past J2000]
        When the signal was received.
    value : (N,) or (N, 2) [m], [m/s] or [rad]
        As `Measurements` has them.
    sigma : float, (2,), (N,) or (N, 2) [m], [m/s] or [rad]
        Standard deviations; two numbers are those of both angles of every row.
    observer : Trajectory
        Who receives, and sends too where `two_way`.
    two_way : bool
        Whether ranges and range rates go up and down.
    count_time : float [s]
        Of counted range rates.

    Returns
    -------
    Measurements

    Raises
    ------
    InvalidInput
        The kind is unknown or the shapes do not fit.

    Source
    ------
    Definition of the columns: `Measurements`.
    """
    if kind not in KINDS:
        raise InvalidInput(f"measurements of {kind!r} are not known; known are {', '.join(KINDS)}")
    code = KINDS.index(kind)
    times = np.atleast_1d(np.asarray(tdb, dtype=np.float64))
    width = int(NUMBERS[code])
    columns, spreads = np.full((times.size, 2), np.nan), np.full((times.size, 2), np.nan)
    given, noise = np.asarray(value, dtype=np.float64), np.asarray(sigma, dtype=np.float64)
    try:
        columns[:, :width] = given.reshape(times.size, width)
        if width == 2 and noise.shape == (times.size,) and times.size != 2:
            noise = noise[:, None]
        spreads[:, :width] = noise[:, None] if width == 1 and noise.ndim == 1 and noise.size > 1 else noise
    except ValueError:
        raise InvalidInput(
            f"{times.size} rows of {kind} need {width} numbers each; got values {given.shape}, sigmas {noise.shape}"
        ) from None
    way = 0 if two_way and width == 1 else ONE_WAY
    whole = np.ones(times.size, dtype=np.int64)
    return Measurements(
        code * whole, times, columns, spreads, 0 * whole, way * whole, np.full(times.size, count_time), (observer,)
    )


def joined(parts: Sequence[Measurements]) -> Measurements:
    """Rows of several sources as one; observers that are the same object stand in it once.

    Parameters
    ----------
    parts : sequence of Measurements
        At least one.

    Returns
    -------
    Measurements
        Rows in the order of the parts.

    Raises
    ------
    InvalidInput
        There is no part.
    """
    if not parts:
        raise InvalidInput("nothing to join: give at least one set of measurements")
    observers: list[Trajectory] = []
    receiver, transmitter = [], []
    for part in parts:
        place = np.empty(len(part.observers) + 1, dtype=np.int64)
        place[ONE_WAY] = ONE_WAY  # the last one, as numpy counts
        for number, observer in enumerate(part.observers):
            known = next((k for k, other in enumerate(observers) if other is observer), len(observers))
            if known == len(observers):
                observers.append(observer)
            place[number] = known
        receiver.append(place[part.receiver])
        transmitter.append(place[part.transmitter])
    return Measurements(
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.tdb for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.sigma for part in parts]),
        np.concatenate(receiver),
        np.concatenate(transmitter),
        np.concatenate([part.count_time for part in parts]),
        tuple(observers),
    )


def _shaped(name: str, column: NDArray[np.generic], shape: tuple[int, ...]) -> NDArray[np.generic]:
    if column.shape != shape:
        raise InvalidInput(f"the column {name!r} of measurements has shape {column.shape}; {shape} is needed")
    return np.ascontiguousarray(column)
