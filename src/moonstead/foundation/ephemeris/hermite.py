"""Hermite interpolation of many windows at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def hermite_values_and_rates(times: Array, values: Array, rates: Array, at: Array) -> tuple[Array, Array]:
    """Polynomial through values and derivatives of each window, and its derivative.

    Parameters
    ----------
    times : (N, W) [s]
        Sample times of each window.
    values, rates : (N, W, C) [any unit]
        Values and their derivatives by time.
    at : (N,) [s]
        Where to interpolate.

    Returns
    -------
    (N, C), (N, C) [any unit]
        Values and derivatives of the polynomials of degree 2 W - 1, in the units given.

    Source
    ------
    Neville's scheme with every node doubled: Stoer & Bulirsch, Introduction to Numerical Analysis, section 2.1.5.
    """
    count, window, components = values.shape
    nodes = np.repeat(times, 2, axis=1)
    offset = (at[:, None] - times)[:, :, None]
    work = np.empty((count, 2 * window - 1, components))
    slope = np.empty_like(work)
    work[:, 0::2], slope[:, 0::2] = values + rates * offset, rates
    step = np.diff(times, axis=1)[:, :, None]
    work[:, 1::2] = (offset[:, :-1] * values[:, 1:] - offset[:, 1:] * values[:, :-1]) / step
    slope[:, 1::2] = np.diff(values, axis=1) / step
    for level in range(2, 2 * window):
        left, right = nodes[:, :-level], nodes[:, level:]
        ahead, behind = (right - at[:, None])[:, :, None], (at[:, None] - left)[:, :, None]
        span = (right - left)[:, :, None]
        slope = (ahead * slope[:, :-1] + behind * slope[:, 1:] + np.diff(work, axis=1)) / span
        work = (ahead * work[:, :-1] + behind * work[:, 1:]) / span
    return work[:, 0], slope[:, 0]


def hermite_states(times: Array, packets: Array, tdb: Array) -> Array:
    """States from positions and velocities: one polynomial through both, velocity its derivative.

    Parameters
    ----------
    times : (N, W) [s TDB past J2000]
        Sample times of each window.
    packets : (N, W, 6) [km, km/s]
        Positions and velocities.
    tdb : (N,) [s TDB past J2000]
        Where to interpolate.

    Returns
    -------
    (N, 6) [km, km/s]

    Source
    ------
    NAIF, SPK Required Reading, types 12 and 13; scheme as `hermite_values_and_rates`.
    """
    return np.concatenate(hermite_values_and_rates(times, packets[:, :, :3], packets[:, :, 3:], tdb), axis=1)


def hermite_states_with_accelerations(times: Array, packets: Array, tdb: Array) -> Array:
    """States from positions with their derivatives, and velocities with theirs.

    Parameters
    ----------
    times : (N, W) [s TDB past J2000]
        Sample times of each window.
    packets : (N, W, 12) [km, km/s, km/s, km/s^2]
        Position and its derivative, velocity and its derivative, three words each.
    tdb : (N,) [s TDB past J2000]
        Where to interpolate.

    Returns
    -------
    (N, 6) [km, km/s]

    Source
    ------
    NAIF, SPK Required Reading, type 18, subtype 0; scheme as `hermite_values_and_rates`.
    """
    values = np.concatenate((packets[:, :, 0:3], packets[:, :, 6:9]), axis=2)
    rates = np.concatenate((packets[:, :, 3:6], packets[:, :, 9:12]), axis=2)
    return hermite_values_and_rates(times, values, rates, tdb)[0]
