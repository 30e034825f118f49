"""Clocks of satellites, predicted from the day before: a polynomial, and how far noise carries the clock from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

FEWEST = 8  # values that show a clock's noise
DRIFTING = 3.0  # [1] standard deviations of the quadratic term that make it believed
RECENT = 21_600.0  # [s] before the last value that set where the prediction begins


@dataclass(frozen=True, eq=False)
class ClockPrediction:
    """A satellite's clock after the last value that was known.

    Attributes
    ----------
    satellite : str
        "R01" ...
    reference : float [s of GPST]
        Last known value.
    coefficients : (3,) [s, s/s, s/s^2]
        Polynomial of the time since `reference`; the last is 0 for a clock whose drift does not show.
    white : float [s]
        Standard deviation of a value about the clock itself.
    phase_walk : float [s^2/s]
        Growth of the variance by white noise of the frequency.
    frequency_walk : float [1/s]
        Growth of the variance of the frequency by its random walk.
    span : float [s]
        Length of the values that were fitted.
    """

    satellite: str
    reference: float
    coefficients: Array
    white: float
    phase_walk: float
    frequency_walk: float
    span: float

    def offset(self, gpst: ArrayLike) -> Array:
        """Clock less system time, without the periodic relativistic term.

        Parameters
        ----------
        gpst : (N,) [s of GPST]
            Times.

        Returns
        -------
        (N,) [s]
        """
        since = np.atleast_1d(np.asarray(gpst, dtype=np.float64)) - self.reference
        a0, a1, a2 = self.coefficients
        return np.asarray(a0 + since * (a1 + since * a2))

    def sigma(self, gpst: ArrayLike) -> Array:
        """Standard deviation of `offset` after the last known value.

        Parameters
        ----------
        gpst : (N,) [s of GPST]
            Times.

        Returns
        -------
        (N,) [s]

        Source
        ------
        Zucca & Tavella (2005), IEEE Trans. UFFC 52, 289, doi:10.1109/TUFFC.2005.1406554: variance q1 t + q2 t^3 / 3;
        the rate that was fitted over a span T adds q1 t^2 / T.
        """
        since = np.maximum(np.atleast_1d(np.asarray(gpst, dtype=np.float64)) - self.reference, 0.0)
        grown = self.phase_walk * since * (1.0 + since / self.span) + self.frequency_walk * since**3 / 3.0
        return np.asarray(np.sqrt(self.white**2 + grown))


def predict_clock(satellite: str, gpst: ArrayLike, clock: ArrayLike) -> ClockPrediction:
    """Predict a clock from its values over some hours or a day.

    A straight line, or a parabola where its curvature shows beyond the noise, is fitted to all values and then moved
    to go through the most recent ones.

    Parameters
    ----------
    satellite : str
        What messages call it.
    gpst : (M,) [s of GPST]
        Times, rising.
    clock : (M,) [s]
        Clock less system time; NaN is passed over.

    Returns
    -------
    ClockPrediction

    Raises
    ------
    InvalidInput
        There are fewer than eight values, or times do not rise.

    Source
    ------
    Second differences of a clock with white phase noise, white frequency noise and random walk of the frequency have
    the variance 6 w^2 + 2 q1 tau + (2/3) q2 tau^3: Zucca & Tavella (2005), doi:10.1109/TUFFC.2005.1406554.
    """
    times = np.atleast_1d(np.asarray(gpst, dtype=np.float64))
    values = np.atleast_1d(np.asarray(clock, dtype=np.float64))
    if times.shape != values.shape or np.any(np.diff(times) <= 0.0):
        raise InvalidInput(f"{satellite}: clocks at rising times are needed; got {values.shape} at {times.shape}")
    known = np.isfinite(values)
    if np.sum(known) < FEWEST:
        raise InvalidInput(f"{satellite}: {int(np.sum(known))} clock values are too few, give {FEWEST} or more")
    white, phase_walk, frequency_walk = _noise(times, values)
    times, values = times[known], values[known]
    reference, span = float(times[-1]), float(times[-1] - times[0])
    since = (times - reference) / span
    line = np.polynomial.polynomial.polyfit(since, values, 1)
    parabola = np.polynomial.polynomial.polyfit(since, values, 2)
    # a parabola that random noise of the frequency would bend as much says nothing
    by_noise = np.sqrt(phase_walk * span + frequency_walk * span**3 / 3.0 + white**2)
    bent = abs(parabola[2]) > DRIFTING * by_noise
    shape = parabola if bent else np.append(line, 0.0)
    recent = since * span >= -RECENT
    weight = np.exp(since[recent] * span / (RECENT / 6.0))
    left = values[recent] - np.polynomial.polynomial.polyval(since[recent], shape)
    if phase_walk * RECENT > white**2:
        weight = weight**6  # a wandering clock is where it was seen last
    shape[0] += float(np.sum(weight * left) / np.sum(weight))
    coefficients = shape / span ** np.arange(3)
    return ClockPrediction(satellite, reference, coefficients, white, phase_walk, frequency_walk, span)


def _noise(times: Array, values: Array) -> tuple[float, float, float]:
    """White noise [s], walk of the phase [s^2/s] and of the frequency [1/s] from second differences at several lags."""
    from scipy.optimize import nnls

    step = float(np.median(np.diff(times)))
    even = np.full(round((times[-1] - times[0]) / step) + 1, np.nan)
    even[np.rint((times - times[0]) / step).astype(np.int64)] = values
    rows, sides = [], []
    lag = 1
    while 4 * lag < even.size:
        second = even[2 * lag :] - 2.0 * even[lag:-lag] + even[: -2 * lag]
        second = second[np.isfinite(second)]
        if second.size >= 4:
            # robust against jumps; each lag tells its variance to a share that falls with the number of differences
            variance = (1.4826 * float(np.median(np.abs(second)))) ** 2
            weight = np.sqrt(second.size / lag) / max(variance, 1e-30)
            tau = lag * step
            rows.append([6.0 * weight, 2.0 * tau * weight, 2.0 / 3.0 * tau**3 * weight])
            sides.append(variance * weight)
        lag *= 2
    if not rows:
        raise InvalidInput("the clock has too many gaps for its noise to show")
    matrix = np.array(rows)
    scale = np.linalg.norm(matrix, axis=0)
    found = nnls(matrix / scale, np.array(sides))[0] / scale
    return float(np.sqrt(found[0])), float(found[1]), float(found[2])
