"""Chebyshev series on equal intervals: SPK types 2, 3 and 20 and binary PCK type 2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.constants import J2000_JULIAN_DATE, SECONDS_PER_DAY
from moonstead.foundation.ephemeris.segment_data import count_at, in_chunks, native, require_words
from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChebyshevTable:
    """Chebyshev series of three components on equal intervals.

    Attributes
    ----------
    start : float [s TDB past J2000]
        Begin of the first interval.
    interval : float [s]
        Length of each interval.
    coefficients : (n_records, 3, n_coefficients) [m or rad]
        Coefficients of the polynomials T_0, T_1, ... of the time in each interval, scaled to -1 .. 1.
    """

    start: float
    interval: float
    coefficients: Array


@dataclass(frozen=True, slots=True)
class ChebyshevRecords:
    """The records of a segment of type 2 or 3: midpoint, half length, then the coefficients.

    Attributes
    ----------
    start, interval : float [s TDB past J2000], [s]
        Begin of the first record and length of all.
    components : int
        3 where velocity is the derivative of position, 6 where it has its own series.
    records : (n_records, 2 + components * n_coefficients) memory map [as in the file]
        Midpoint and half length [s], then coefficients [km, km/s] of an SPK or [rad] of a PCK file.
    """

    start: float
    interval: float
    components: int
    records: Array

    def states(self, tdb: Array) -> Array:
        """Values and rates (N, 6) [km, km/s] or [rad, rad/s], as in the file, at times (N,) [s TDB past J2000]."""
        return in_chunks(self._states, tdb)

    def _states(self, tdb: Array) -> Array:
        index = record_index(tdb, self.start, self.interval, len(self.records))
        rows = native(self.records[index])
        middle, half = rows[:, 0], rows[:, 1]
        coefficients = rows[:, 2:].reshape(tdb.size, self.components, -1).transpose(2, 1, 0)
        scaled = (tdb - middle) / half
        if self.components == 6:
            return chebyshev_values(coefficients, scaled).T
        values, rates = chebyshev_values_and_rates(coefficients, scaled)
        return np.concatenate((values, rates / half)).T

    def cut(self, start: float, stop: float) -> ChebyshevTable:
        """The series that cover a span.

        Parameters
        ----------
        start, stop : float [s TDB past J2000]
            What the series must cover.

        Returns
        -------
        ChebyshevTable
            Coefficients in the unit of the file: [km] or [rad].
        """
        first, last = record_index(np.array([start, stop]), self.start, self.interval, len(self.records))
        rows = native(self.records[first : last + 1])
        series = rows[:, 2:].reshape(len(rows), self.components, -1)[:, :3]
        return ChebyshevTable(self.start + first * self.interval, self.interval, np.ascontiguousarray(series))


def read_chebyshev(words: Array, kind: int) -> ChebyshevRecords:
    """Records of a segment of SPK type 2 or 3 or of PCK type 2.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.
    kind : int
        SPK or PCK type, 2 or 3.

    Returns
    -------
    ChebyshevRecords
        The series, still in the file.

    Raises
    ------
    InvalidInput
        The segment is damaged.

    Source
    ------
    NAIF, SPK Required Reading, types 2 and 3; PCK Required Reading, type 2.
    """
    components = {2: 3, 3: 6}[kind]
    count, size = count_at(words, -1, "number of records"), count_at(words, -2, "record size")
    require_words(words, count * size + 4, f"type {kind}")
    start, interval = float(words[-4]), float(words[-3])
    if (size - 2) % components or size < 2 + components or not interval > 0.0:
        raise InvalidInput(
            f"a type {kind} segment has records of {size} words every {interval!r} s: "
            "the file is damaged; copy it again"
        )
    return ChebyshevRecords(start, interval, components, words[: count * size].reshape(count, size))


def record_index(tdb: Array, start: float, interval: float, count: int) -> NDArray[np.intp]:
    """Which of many equal records holds each time; the last one includes its end.

    Parameters
    ----------
    tdb : (N,) [s TDB past J2000]
        Times.
    start, interval : float [s TDB past J2000], [s]
        Begin of the first record and length of all.
    count : int
        Number of records.

    Returns
    -------
    (N,) int
        Index of a record; times before the first or after the last get the nearest.
    """
    index = ((tdb - start) / interval).astype(np.intp)
    return np.minimum(np.maximum(index, 0), count - 1)


def chebyshev_values(coefficients: Array, scaled: Array) -> Array:
    """Sums of Chebyshev series.

    Parameters
    ----------
    coefficients : (K, C, N) [any unit]
        Of the polynomials T_0 to T_(K-1), for C components at N times.
    scaled : (N,) [1]
        Times scaled to -1 .. 1.

    Returns
    -------
    (C, N) [any unit]
        In the unit of the coefficients.

    Source
    ------
    Clenshaw (1955), Math. Comp. 9, 118, doi:10.1090/S0025-5718-1955-0071856-0; order of operations as in NAIF's CHBVAL,
    so that results agree to the last digits.
    """
    double = 2.0 * scaled
    above = above2 = np.zeros(coefficients.shape[1:])
    for series in coefficients[:0:-1]:
        above, above2 = series + (double * above - above2), above
    values: Array = coefficients[0] + (scaled * above - above2)
    return values


def chebyshev_values_and_rates(coefficients: Array, scaled: Array) -> tuple[Array, Array]:
    """Sums of Chebyshev series and their derivatives by the scaled time.

    Parameters
    ----------
    coefficients : (K, C, N) [any unit]
        Of the polynomials T_0 to T_(K-1), for C components at N times.
    scaled : (N,) [1]
        Times scaled to -1 .. 1.

    Returns
    -------
    (C, N), (C, N) [any unit]
        Both in the unit of the coefficients.

    Source
    ------
    Clenshaw's recurrence and its derivative; order of operations as in NAIF's CHBINT.
    """
    double = 2.0 * scaled
    above = above2 = rate = rate2 = np.zeros(coefficients.shape[1:])
    for series in coefficients[:0:-1]:
        rate, rate2 = 2.0 * above + double * rate - rate2, rate
        above, above2 = series + (double * above - above2), above
    return coefficients[0] + (scaled * above - above2), above + scaled * rate - rate2


@dataclass(frozen=True, slots=True)
class VelocityRecords:
    """The records of a segment of type 20: Chebyshev series of velocity and the position at the midpoint.

    Attributes
    ----------
    start, interval : float [s TDB past J2000], [s]
        Begin of the first record and length of all.
    length_unit, time_unit : float [km], [s]
        Units of the coefficients.
    records : (n_records, 3, n_coefficients + 1) memory map [as in the file]
        For each component the coefficients of velocity, then the position at the midpoint, in the units above.
    """

    start: float
    interval: float
    length_unit: float
    time_unit: float
    records: Array

    def states(self, tdb: Array) -> Array:
        """States (N, 6) [km, km/s] at times (N,) [s TDB past J2000]."""
        return in_chunks(self._states, tdb)

    def _states(self, tdb: Array) -> Array:
        index = record_index(tdb, self.start, self.interval, len(self.records))
        rows = native(self.records[index])
        velocity, middle = rows[:, :, :-1].transpose(2, 1, 0), rows[:, :, -1].T
        half = 0.5 * self.interval
        scaled = (tdb - (self.start + (index + 0.5) * self.interval)) / half
        integral = integrated_series(velocity)
        path = chebyshev_values(integral, scaled) - chebyshev_values(integral, np.zeros_like(scaled))
        position = self.length_unit * (middle + path * (half / self.time_unit))
        speed = self.length_unit / self.time_unit
        return np.concatenate((position, speed * chebyshev_values(velocity, scaled))).T


def read_velocity_chebyshev(words: Array) -> VelocityRecords:
    """Records of a segment of SPK type 20.

    Parameters
    ----------
    words : (K,) [as in the file]
        The words of the segment.

    Returns
    -------
    VelocityRecords
        The series, still in the file.

    Raises
    ------
    InvalidInput
        The segment is damaged.

    Source
    ------
    NAIF, SPK Required Reading, type 20.
    """
    count, size = count_at(words, -1, "number of records"), count_at(words, -2, "record size")
    require_words(words, count * size + 7, "type 20")
    length_unit, time_unit, date, day_fraction, interval = (float(x) for x in words[-7:-2])
    if size % 3 or size < 6 or not interval > 0.0:
        raise InvalidInput(
            f"a type 20 segment has records of {size} words every {interval!r} d: the file is damaged; copy it again"
        )
    start = ((date - J2000_JULIAN_DATE) + day_fraction) * SECONDS_PER_DAY
    records = words[: count * size].reshape(count, 3, size // 3)
    return VelocityRecords(start, interval * SECONDS_PER_DAY, length_unit, time_unit, records)


def integrated_series(coefficients: Array) -> Array:
    """Coefficients of an integral of a Chebyshev series; its constant term is zero.

    Parameters
    ----------
    coefficients : (K, ...) [any unit]
        Of the polynomials T_0 to T_(K-1).

    Returns
    -------
    (K + 1, ...) [any unit]
        Of the integral by the scaled time, in the unit of the coefficients.

    Source
    ------
    Mason & Handscomb (2003), Chebyshev Polynomials, eq. 2.43: 2 * integral of T_n = T_(n+1)/(n+1) - T_(n-1)/(n-1).
    """
    count = len(coefficients)
    integral = np.zeros((count + 1, *coefficients.shape[1:]))
    integral[1] = coefficients[0]
    for n in range(1, count):
        integral[n + 1] += coefficients[n] / (2.0 * (n + 1))
        if n > 1:
            integral[n - 1] -= coefficients[n] / (2.0 * (n - 1))
    return integral
