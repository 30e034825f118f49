"""Mean elements of many catalogue objects as columns: what SGP4 is fed with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput
from moonstead.foundation.time.leap_seconds import DAY, NOON, tai_of_utc
from moonstead.foundation.time.scales import TT_MINUS_TAI, tdb_minus_tt

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

# The constants inside SGP4: Hoots & Roehrich (1980), Spacetrack Report No. 3; Vallado et al. (2006), AIAA 2006-6753.
WGS72_GM = 3.986_008e14  # [m3/s2]
WGS72_RADIUS = 6_378_135.0  # [m]
WGS72_J2 = 0.001_082_616
TAI_MINUS_UTC_BEFORE_1972 = 10  # [s] UTC was steered within a second of it, closer than elements are dated

UNKNOWN = -1  # number of a set or of a revolution that the source does not give
TEXTS = ("name", "designator", "classification")
WHOLES = ("object_id", "epoch_second", "element_set", "revolution")


@dataclass(frozen=True, eq=False)
class MeanElements:
    """General-perturbations mean elements of N sets in the order of their source.

    Attributes
    ----------
    object_id : (N,) int64
        Catalogue number, of any length; one object may have many sets.
    name : N str
        Name of the object; empty where the source has none.
    designator : N str
        International designator such as ``1998-067A``; empty where the source has none.
    epoch_second, epoch_fraction : (N,) int64 [s], (N,) [s]
        Epoch in TAI past 2000-01-01T12:00:00 TAI: whole seconds and the rest, 0 <= rest < 1.
    mean_motion : (N,) [rad/s]
        In the sense of Kozai.
    eccentricity : (N,) [1]
        Mean eccentricity.
    inclination, node, argument_of_perigee, mean_anomaly : (N,) [rad]
        Mean angles in TEME.
    drag_term : (N,) [1/Earth radius]
        B*.
    mean_motion_rate : (N,) [rad/s2]
        Half of the first derivative of the mean motion, as sets give it.
    mean_motion_second : (N,) [rad/s3]
        Sixth of the second derivative of the mean motion.
    element_set, revolution : (N,) int64
        Number of the set, and revolution at epoch; -1 where the source has none.
    classification : N str
        ``U``, ``C`` or ``S``; empty where the source has none.

    Raises
    ------
    InvalidInput
        The columns are not of one length.
    """

    object_id: Whole
    name: tuple[str, ...]
    designator: tuple[str, ...]
    epoch_second: Whole
    epoch_fraction: Array
    mean_motion: Array
    eccentricity: Array
    inclination: Array
    node: Array
    argument_of_perigee: Array
    mean_anomaly: Array
    drag_term: Array
    mean_motion_rate: Array
    mean_motion_second: Array
    element_set: Whole
    revolution: Whole
    classification: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse columns of unequal length; give the arrays their types."""
        for column in fields(self):
            values = getattr(self, column.name)
            if column.name in TEXTS:
                object.__setattr__(self, column.name, tuple(values))
            else:
                kind = np.int64 if column.name in WHOLES else np.float64
                object.__setattr__(self, column.name, np.ascontiguousarray(values, dtype=kind))
            if len(getattr(self, column.name)) != len(self.object_id):
                raise InvalidInput(
                    f"column '{column.name}' of mean elements has {len(values)} rows, 'object_id' has "
                    f"{len(self.object_id)}; give every set a value in every column"
                )

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> MeanElements:
        """Elements of columns in any sequence type.

        Parameters
        ----------
        columns : mapping of str to N values
            One for each attribute, in its unit.

        Returns
        -------
        MeanElements

        Raises
        ------
        InvalidInput
            The columns are not of one length.
        """
        return cls(**columns)

    def __len__(self) -> int:
        """Number of sets."""
        return int(self.object_id.size)

    @cached_property
    def tdb(self) -> Array:
        """Epochs (N,) [s TDB past J2000]."""
        tt = self.epoch_second + self.epoch_fraction + TT_MINUS_TAI
        return self.epoch_second + (self.epoch_fraction + (TT_MINUS_TAI + tdb_minus_tt(tt)))

    @cached_property
    def semi_major_axis(self) -> Array:
        """Mean semi-major axes (N,) [m] as SGP4 finds them from the mean motion in the sense of Kozai."""
        return semi_major_axis(self.mean_motion, self.eccentricity, self.inclination)

    @property
    def perigee_distance(self) -> Array:
        """Distances (N,) [m] of the mean perigees from the Earth's centre."""
        return self.semi_major_axis * (1.0 - self.eccentricity)

    @property
    def apogee_distance(self) -> Array:
        """Distances (N,) [m] of the mean apogees from the Earth's centre."""
        return self.semi_major_axis * (1.0 + self.eccentricity)

    def select(self, rows: ArrayLike) -> MeanElements:
        """Some of the sets.

        Parameters
        ----------
        rows : (M,) int or (N,) bool [1]
            Which, in the order wanted.

        Returns
        -------
        MeanElements
        """
        chosen = np.asarray(rows)
        chosen = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        places = chosen.tolist()
        columns: dict[str, Any] = {}
        for column in fields(self):
            values = getattr(self, column.name)
            columns[column.name] = [values[k] for k in places] if column.name in TEXTS else values[chosen]
        return MeanElements(**columns)


def joined(parts: Iterable[MeanElements]) -> MeanElements:
    """All sets of several columns of elements, one after the other.

    Parameters
    ----------
    parts : iterable of MeanElements
        Any number, also none.

    Returns
    -------
    MeanElements
    """
    parts = tuple(parts)
    if len(parts) == 1:
        return parts[0]
    columns: dict[str, Any] = {}
    for column in fields(MeanElements):
        values = [getattr(part, column.name) for part in parts]
        if column.name in TEXTS:
            columns[column.name] = [text for texts in values for text in texts]
        else:
            columns[column.name] = np.concatenate(values) if values else np.empty(0)
    return MeanElements(**columns)


def semi_major_axis(mean_motion: ArrayLike, eccentricity: ArrayLike, inclination: ArrayLike) -> Array:
    """Mean semi-major axis in the sense of Brouwer of a mean motion in the sense of Kozai.

    Parameters
    ----------
    mean_motion : (N,) [rad/s]
        Positive.
    eccentricity : (N,) [1]
        Below 1.
    inclination : (N,) [rad]
        Mean inclination.

    Returns
    -------
    (N,) [m]

    Source
    ------
    Hoots & Roehrich (1980), Spacetrack Report No. 3, section 6 (a1, delta1, a0, delta0, n0'', a0''), with the
    constants of WGS 72.
    """
    motion, eccentricity = np.asarray(mean_motion, dtype=np.float64), np.asarray(eccentricity, dtype=np.float64)
    cosine = np.cos(np.asarray(inclination, dtype=np.float64))
    oblate = 0.75 * WGS72_J2 * (3.0 * cosine**2 - 1.0) / (1.0 - eccentricity**2) ** 1.5  # [Earth radii squared]
    first = np.cbrt(WGS72_GM / motion**2) / WGS72_RADIUS  # [Earth radii]
    step = oblate / first**2
    second = first * (1.0 - step / 3.0 - step**2 - 134.0 / 81.0 * step**3)
    brouwer = motion / (1.0 + oblate / second**2)
    axis: Array = np.cbrt(WGS72_GM / brouwer**2)
    return axis


def tai_of_utc_days(day: ArrayLike, second: ArrayLike) -> tuple[Whole, Array]:
    """Epochs as whole seconds and fraction of TAI from days of UTC and seconds of them.

    Before 1972 UTC is taken as TAI - 10 s: it was steered within a second of that, closer than elements are dated.

    Parameters
    ----------
    day : (N,) int [d past 2000-01-01]
        Days of UTC.
    second : (N,) [s]
        Seconds of the day, of any size.

    Returns
    -------
    epoch_second, epoch_fraction : (N,) int64 [s], (N,) [s]
        TAI past 2000-01-01T12:00:00 TAI, 0 <= fraction < 1.

    Source
    ------
    Leap seconds of IERS Bulletin C.
    """
    day = np.asarray(day, dtype=np.int64)
    second = np.asarray(second, dtype=np.float64)
    days, which = np.unique(day, return_inverse=True)
    starts = np.array([_midnight(int(one)) for one in days], dtype=np.int64)
    whole = np.floor(second)
    return (starts[which] if days.size else day) + whole.astype(np.int64), second - whole


def _midnight(day: int) -> int:
    """Whole second of TAI at which a day of UTC begins."""
    start = tai_of_utc(day, 0)
    return day * DAY - NOON + TAI_MINUS_UTC_BEFORE_1972 if start is None else start
