"""How steady the clocks of satellites are: rate, Allan deviation, jumps, and how well they are predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.constants import SPEED_OF_LIGHT
from moonstead.foundation.errors import InvalidInput
from moonstead.navigation.satellites import satellite_facts

Array = NDArray[np.float64]

TAUS = (30.0, 300.0, 900.0, 3600.0, 21_600.0)  # [s]
JUMP = 10.0  # standard deviations of a step, robustly estimated, beyond which it is a jump
LEAST_JUMP = 1e-9  # [s] 0.3 m; smaller steps are the noise of a bad clock
GAUSSIAN = 0.6745  # median magnitude of a normal variable in its standard deviations
FEWEST = 8  # differences behind an Allan deviation


@dataclass(frozen=True)
class ClockRow:
    """One satellite's clock over the span of the data.

    Attributes
    ----------
    satellite, block : str
        "G01", "GPS IIF".
    entries : int
        Of the clock.
    rate : float [s/s]
        Mean frequency offset.
    drift : float [s/s^2]
        Change of the rate, of a parabola through all entries.
    allan_deviation : tuple of float [1]
        At `taus`; NaN where too few entries lie so far apart.
    taus : tuple of float [s]
        Averaging times.
    jumps : int
        Steps between neighbours far outside what the clock does otherwise.
    prediction_rms : float [m]
        Error of the clock predicted over the later half of the span from the earlier half, times the speed of light,
        with what all satellites of the system have in common removed; NaN where there are too few entries.
    prediction_span : float [s]
        How far it was predicted.
    """

    satellite: str
    block: str
    entries: int
    rate: float
    drift: float
    allan_deviation: tuple[float, ...]
    taus: tuple[float, ...]
    jumps: int
    prediction_rms: float
    prediction_span: float


def clock_stability(
    satellites: Sequence[str],
    gpst: ArrayLike,
    clock: ArrayLike,
    *,
    taus: Sequence[float] = TAUS,
    degree: int = 1,
) -> tuple[ClockRow, ...]:
    """A row for each satellite's clock.

    Parameters
    ----------
    satellites : sequence of str
        The S satellites.
    gpst : (E,) [s GPST past 1980-01-06]
        Epochs, rising, at multiples of one interval.
    clock : (E, S) [s]
        Clock offsets; NaN where there is none. Daily files differ in their time scale: that jump is common to all
        satellites of a system and is removed from predictions, not from Allan deviations.
    taus : sequence of float [s]
        Averaging times.
    degree : int
        Of the polynomial that predicts: 1, or 2 for clocks with an aging that the span shows.

    Returns
    -------
    tuple of ClockRow
        In the order of `satellites`.

    Raises
    ------
    InvalidInput
        Shapes do not fit, epochs do not rise, or the degree is neither 1 nor 2.

    Source
    ------
    Allan deviation: Riley (2008), NIST Special Publication 1065, section 5.2.4.
    """
    time = np.asarray(gpst, dtype=np.float64)
    table = np.asarray(clock, dtype=np.float64)
    if table.shape != (time.size, len(satellites)) or time.size < 3:
        raise InvalidInput(f"clock is {table.shape}; it must be (epochs, satellites), at least three epochs")
    if np.any(np.diff(time) <= 0.0):
        raise InvalidInput("epochs must rise; merge and sort them first")
    if degree not in (1, 2):
        raise InvalidInput(f"degree is {degree}; it must be 1 or 2")
    interval = float(np.min(np.diff(time)))
    middle = 0.5 * (time[0] + time[-1])
    errors = prediction_errors(satellites, time, table, middle, degree)
    rows = []
    for column, satellite in enumerate(satellites):
        known = np.isfinite(table[:, column])
        rate = drift = float("nan")
        if known.sum() >= 3:
            scaled = (time[known] - middle) / (time[-1] - time[0])
            bend, slope, _ = np.polyfit(scaled, table[known, column], 2)
            rate, drift = slope / (time[-1] - time[0]), 2.0 * bend / (time[-1] - time[0]) ** 2
        error = errors[:, column]
        there = np.isfinite(error)
        rms = float(np.sqrt(np.mean(error[there] ** 2))) * SPEED_OF_LIGHT if there.any() else float("nan")
        gridded = _on_grid(time, table[:, column], interval)
        rows.append(
            ClockRow(
                satellite=satellite,
                block=satellite_facts(satellite, middle).block,
                entries=int(known.sum()),
                rate=float(rate),
                drift=float(drift),
                allan_deviation=tuple(float(value) for value in allan_deviation(gridded, interval, taus)),
                taus=tuple(float(tau) for tau in taus),
                jumps=_jumps(gridded),
                prediction_rms=rms,
                prediction_span=float(time[-1] - middle),
            )
        )
    return tuple(rows)


def allan_deviation(clock: ArrayLike, interval: float, taus: Sequence[float]) -> Array:
    """Overlapping Allan deviation of a clock; gaps are left out.

    Parameters
    ----------
    clock : (E,) [s]
        Offsets at equal intervals; NaN where there is none.
    interval : float [s]
        Between them.
    taus : sequence of float [s]
        Averaging times; rounded to multiples of the interval.

    Returns
    -------
    (K,) [1]
        NaN where fewer than eight second differences exist, or a time is shorter than the interval.

    Raises
    ------
    InvalidInput
        The interval is not positive.

    Source
    ------
    Riley (2008), NIST Special Publication 1065, eq. 11: the mean square of x(t + 2 tau) - 2 x(t + tau) + x(t) over
    2 tau^2.
    """
    if not interval > 0.0:
        raise InvalidInput(f"interval is {interval:g} s; it must be positive")
    x = np.asarray(clock, dtype=np.float64)
    out = np.full(len(taus), np.nan)
    for number, tau in enumerate(taus):
        m = round(tau / interval)
        if m < 1 or 2 * m >= x.size:
            continue
        second = x[2 * m :] - 2.0 * x[m:-m] + x[: -2 * m]
        known = second[np.isfinite(second)]
        if known.size >= FEWEST:
            out[number] = np.sqrt(0.5 * np.mean(known**2)) / (m * interval)
    return out


def prediction_errors(
    satellites: Sequence[str], gpst: ArrayLike, clock: ArrayLike, until: float, degree: int = 1
) -> Array:
    """Clocks less their prediction from all entries up to a time.

    Parameters
    ----------
    satellites : sequence of str
        The S satellites.
    gpst : (E,) [s GPST past 1980-01-06]
        Epochs.
    clock : (E, S) [s]
        Clock offsets; NaN where there is none.
    until : float [s GPST past 1980-01-06]
        Last time that the prediction knows.
    degree : int
        Of the polynomial; it is carried on from the last known entry, so that what it misses of the past costs nothing.

    Returns
    -------
    (E, S) [s]
        NaN up to `until`, and where there is no clock. The median over the satellites of a system is removed at each
        epoch: the time scale, which no user of one system sees.

    Source
    ------
    Convention of broadcast clocks: offset and rate at the last upload; common time scale: Montenbruck, Steigenberger &
    Hauschild (2015), GPS Solutions 19, 321, doi:10.1007/s10291-014-0390-8.
    """
    time, table = np.asarray(gpst, dtype=np.float64), np.asarray(clock, dtype=np.float64)
    out = np.full(table.shape, np.nan)
    past, later = time <= until, time > until
    for column in range(table.shape[1]):
        known = past & np.isfinite(table[:, column])
        if known.sum() < degree + 2:
            continue
        last = time[known][-1]
        scale = max(last - time[known][0], 1.0)
        fitted = np.polyfit((time[known] - last) / scale, table[known, column], degree)
        fitted[-1] = table[known, column][-1]
        out[later, column] = table[later, column] - np.polyval(fitted, (time[later] - last) / scale)
    letters = np.array([satellite[:1] for satellite in satellites])
    for letter in np.unique(letters):
        mine = letters == letter
        some = np.isfinite(out[:, mine]).any(axis=1)
        out[np.ix_(some, mine)] -= np.nanmedian(out[np.ix_(some, mine)], axis=1, keepdims=True)
    return out


def _on_grid(gpst: ArrayLike, clock: ArrayLike, interval: float) -> Array:
    """Clock (G,) [s] at every multiple of an interval past the first epoch; NaN where there is no entry."""
    time = np.asarray(gpst, dtype=np.float64)
    place = np.round((time - time[0]) / interval).astype(np.int64)
    out = np.full(int(place[-1]) + 1, np.nan)
    out[place] = clock
    return out


def _jumps(clock: Array) -> int:
    """Steps between neighbours that are far from the median step."""
    step = np.diff(clock)
    step = step[np.isfinite(step)]
    if step.size < FEWEST:
        return 0
    off = np.abs(step - np.median(step))
    return int(np.count_nonzero(off > max(JUMP * float(np.median(off)) / GAUSSIAN, LEAST_JUMP)))
