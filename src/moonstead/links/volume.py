"""How many bits pass in each contact window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.dynamics.windows import Windows
from moonstead.foundation.errors import InvalidInput, OutsideSpan

Array = NDArray[np.float64]

# Three-point Gauss-Legendre rule on [0, 1]: exact for a polynomial of degree 5.
GAUSS_NODES = 0.5 + 0.5 * np.sqrt(0.6) * np.array([-1.0, 0.0, 1.0])
GAUSS_WEIGHTS = np.array([5.0, 8.0, 5.0]) / 18.0


@dataclass(frozen=True, slots=True, eq=False)
class RateSteps:
    """Data rates of a modem that can only take some values, by the range up to which each holds.

    Attributes
    ----------
    reach : (K,) [m]
        Rising ranges; beyond the last nothing is sent.
    rate : (K,) [bit/s]
        Falling rates: ``rate[k]`` is used where the range is at most ``reach[k]`` and above ``reach[k - 1]``.
    """

    reach: Array
    rate: Array

    def __post_init__(self) -> None:
        if (
            self.reach.shape != self.rate.shape
            or np.any(np.diff(self.reach) <= 0.0)
            or np.any(np.diff(self.rate) >= 0.0)
        ):
            raise InvalidInput(
                f"rate steps need rising ranges with falling rates, one each; got reach {self.reach} m and rate"
                f" {self.rate} bit/s"
            )

    def __call__(self, distance: ArrayLike) -> Array:
        """Rate (...) [bit/s] at ranges (...) [m]; 0 beyond the last reach, NaN where the range is NaN."""
        distance = np.asarray(distance, dtype=np.float64)
        rates = np.append(self.rate, 0.0)[np.searchsorted(self.reach, distance, side="left")]
        return np.where(np.isnan(distance), np.nan, rates)


def inverse_square_steps(rates: ArrayLike, reference_rate: float, reference_distance: float) -> RateSteps:
    """Reach of each rate on a link whose achievable rate falls with the square of the range.

    Parameters
    ----------
    rates : (K,) [bit/s]
        Rates the modem can take, in any order.
    reference_rate : float [bit/s]
        Highest rate with the wanted margin at `reference_distance`, from `link_budget`.
    reference_distance : float [m]
        Range of the reference.

    Returns
    -------
    RateSteps
        ``reach = reference_distance sqrt(reference_rate / rate)``.

    Raises
    ------
    InvalidInput
        A rate or the reference is not positive, or a rate is given twice.

    Source
    ------
    Friis equation with everything but the range fixed: C/N0 goes with range^-2.
    """
    falling = np.sort(np.atleast_1d(np.asarray(rates, dtype=np.float64)))[::-1]
    if falling.size == 0 or falling[-1] <= 0.0 or not reference_rate > 0.0 or not reference_distance > 0.0:
        raise InvalidInput(
            f"rates [bit/s] and the reference must be positive; got {falling}, {reference_rate!r} bit/s at"
            f" {reference_distance!r} m"
        )
    return RateSteps(reference_distance * np.sqrt(reference_rate / falling), falling)


def data_volume(
    windows: Windows, tdb: ArrayLike, distance: ArrayLike, rate: RateSteps | Callable[[Array], Array]
) -> Array:
    """Bits that pass in each window while the range, and with it the rate, changes.

    Parameters
    ----------
    windows : Windows
        Contacts [s TDB past J2000], K of them.
    tdb : (N,) [s TDB past J2000]
        Rising times of the range samples; they must cover all windows.
    distance : (N,) [m]
        Range at `tdb`, taken as linear in between: its error is at most step^2 / 8 times the range's acceleration.
    rate : RateSteps or callable
        Information rate (...) [bit/s] at ranges (...) [m]. With `RateSteps` each change of rate is placed where
        the range reaches its step; a callable must be smooth.

    Returns
    -------
    (K,) [bit]
        Volume of each window; NaN where a range within it is NaN.

    Raises
    ------
    InvalidInput
        Times do not rise or do not pair with the ranges.
    OutsideSpan
        A window begins before the first sample or ends after the last.

    Source
    ------
    Gauss-Legendre quadrature (three points) on each piece of linear range.
    """
    tdb, distance = np.asarray(tdb, dtype=np.float64), np.asarray(distance, dtype=np.float64)
    if tdb.ndim != 1 or tdb.shape != distance.shape or tdb.size < 2 or np.any(np.diff(tdb) <= 0.0):
        raise InvalidInput("range samples need at least two rising times, one range each")
    if not len(windows):
        return np.zeros(0)
    if windows.starts[0] < tdb[0] or windows.stops[-1] > tdb[-1]:
        raise OutsideSpan(
            f"ranges are sampled from {tdb[0]!r} to {tdb[-1]!r} [s TDB past J2000], but the windows reach from"
            f" {windows.starts[0]!r} to {windows.stops[-1]!r}; sample the whole span of the windows"
        )
    nodes = [tdb, windows.starts, windows.stops]
    if isinstance(rate, RateSteps):
        nodes.append(_crossings(tdb, distance, rate.reach))
    edges = np.unique(np.concatenate(nodes))
    middle = 0.5 * (edges[:-1] + edges[1:])
    owner = np.searchsorted(windows.starts, middle, side="right") - 1
    inside = windows.contains(middle)
    left, right, owner = edges[:-1][inside], edges[1:][inside], owner[inside]
    at = left[:, None] + (right - left)[:, None] * GAUSS_NODES
    bits = (right - left) * (rate(np.interp(at, tdb, distance)) @ GAUSS_WEIGHTS)
    return np.bincount(owner, weights=bits, minlength=len(windows)).astype(np.float64)


def _crossings(tdb: Array, distance: Array, levels: Array) -> Array:
    """Times at which the linear range passes one of the levels."""
    before, after = distance[:-1, None] - levels, distance[1:, None] - levels
    piece, level = np.nonzero(before * after < 0.0)
    share = before[piece, level] / (before[piece, level] - after[piece, level])
    return tdb[piece] + share * (tdb[piece + 1] - tdb[piece])
