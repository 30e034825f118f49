"""Lagrange interpolation of many windows at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def lagrange_states(times: Array, packets: Array, tdb: Array) -> Array:
    """Values at one time in each window; every component is interpolated on its own.

    Parameters
    ----------
    times : (N, W) [s]
        Sample times of each window.
    packets : (N, W, C) [any unit]
        Values at them.
    tdb : (N,) [s]
        Where to interpolate.

    Returns
    -------
    (N, C) [any unit]
        Values of the polynomials of degree W - 1, in the units of the packets.

    Source
    ------
    Neville's scheme: Press et al., Numerical Recipes, section 3.2.
    """
    work = packets
    at = tdb[:, None]
    for level in range(1, times.shape[1]):
        left, right = times[:, :-level], times[:, level:]
        span = (left - right)[:, :, None]
        work = ((at - right)[:, :, None] * work[:, :-1] + (left - at)[:, :, None] * work[:, 1:]) / span
    return work[:, 0]
