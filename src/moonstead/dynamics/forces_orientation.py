"""The Earth's rotation as a short table that a kernel can read at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.ephemeris.chebyshev import ChebyshevTable

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

# IERS Conventions (2010), eq. 5.15
SPIN_RATE = 2.0 * np.pi * 1.002_737_811_911_354_48 / 86_400.0  # [rad/s] of UT1
LONGEST_INTERVAL = 21_600.0  # [s] of a record; seen from the ICRF, polar motion turns once in a day
TERMS = 12


def spin_table(epoch: float, first: float, last: float, data: DataContext) -> tuple[float, ChebyshevTable]:
    """Angles a, b, c of ITRF = R3(spin + c) R2(b) R1(a), with spin growing by `SPIN_RATE` from the epoch on.

    Parameters
    ----------
    epoch, first, last : float [s TDB past J2000]
        Origin of the spin, and the span.
    data : DataContext
        Earth orientation.

    Returns
    -------
    angle : float [rad]
        Spin at the epoch.
    table : ChebyshevTable [rad]
        The slow angles.

    Source
    ------
    Rotation of the frame ``ITRF``; sidereal rate of UT1: IERS Conventions (2010), eq. 5.15.
    """
    from moonstead.foundation.frames.standard import ITRF

    records = int(np.ceil((last - first) / LONGEST_INTERVAL)) or 1
    interval = max((last - first) / records, 1.0)
    nodes = np.cos(np.pi * (np.arange(TERMS) + 0.5) / TERMS)
    times = (first + interval * (np.arange(records)[:, None] + 0.5 * (1.0 + nodes)[None, :])).reshape(-1)
    matrix = ITRF.from_icrf(times, data).matrix
    b = np.arcsin(matrix[:, 2, 0])
    a = np.arctan2(-matrix[:, 2, 1], matrix[:, 2, 2])
    turned = np.arctan2(-matrix[:, 1, 0], matrix[:, 0, 0])
    start = float(turned[0] - SPIN_RATE * (times[0] - epoch))
    slow = turned - start - SPIN_RATE * (times - epoch)
    slow -= 2.0 * np.pi * np.round(slow / (2.0 * np.pi))
    values = np.stack([a, b, slow], axis=1).reshape(records, TERMS, 3)
    return start, ChebyshevTable(first, interval, chebyshev_fit(values))


def chebyshev_fit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of the polynomials through values at the zeros of the Chebyshev polynomial T_T.

    Parameters
    ----------
    values : (R, T, 3) [any unit]
        R records of three components.

    Returns
    -------
    (R, 3, T) [any unit]
        Of T_0 to T_(T-1), in the unit of the values.

    Source
    ------
    Mason & Handscomb (2003), Chebyshev Polynomials, eq. 6.27: discrete orthogonality.
    """
    terms = values.shape[1]
    angle = np.pi * (np.arange(terms) + 0.5) / terms
    basis = np.cos(np.arange(terms)[:, None] * angle[None, :]) * (2.0 / terms)
    basis[0] *= 0.5
    return np.ascontiguousarray(np.einsum("kt,rtc->rck", basis, values))
