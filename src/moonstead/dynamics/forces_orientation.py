"""The axes of the central body as series of a quaternion: no angle is left to be turned into a matrix at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from moonstead.dynamics.forces_ephemeris import Grid, in_vectors, parts_of_interval

if TYPE_CHECKING:
    from moonstead.foundation.data import DataContext

Array = NDArray[np.float64]

# IERS Conventions (2010), eq. 5.15
SPIN_RATE = 2.0 * np.pi * 1.002_737_811_911_354_48 / 86_400.0  # [rad/s] of UT1
MOON_INTERVAL = 4.0 * 86_400.0  # [s] longest record: the quaternion turns by 26 degrees, the terms fall below 1e-16
EARTH_INTERVAL = 21_600.0  # [s] longest record: a quarter of a turn
TERMS = 14
TWO_TURNS = 4.0 * np.pi  # a quaternion's period
TWO_TURNS_REST = 4.0 * 1.2246467991473532e-16  # what 4 pi lacks in float64


def moon_axes(first: float, last: float, data: DataContext) -> Grid:
    """The rotation from the ICRF to the Moon's principal axes.

    Parameters
    ----------
    first, last : float [s TDB past J2000]
        What the series must cover.
    data : DataContext
        Lunar orientation.

    Returns
    -------
    Grid
        Quaternion w, x, y, z [1] and four zeros.

    Raises
    ------
    OutsideSpan
        The orientation does not cover the span.

    Source
    ------
    R3(psi) R1(theta) R3(phi) as in binary PCK files (NAIF, PCK Required Reading); its quaternion: Shuster (1993),
    A survey of attitude representations, J. Astronaut. Sci. 41, 439.
    """
    table = data.lunar_orientation.chebyshev(first, last)
    series = np.array(table.coefficients)
    # the phase of psi, some thousand radians, would cost four digits of the angle
    turns = np.floor(series[:, 2, 0] / TWO_TURNS)
    series[:, 2, 0] = np.fmod(series[:, 2, 0], TWO_TURNS) - turns * TWO_TURNS_REST
    parts = int(np.ceil(table.interval / MOON_INTERVAL))
    terms = series.shape[2]
    angles = np.einsum("ptk,rck->rptc", parts_of_interval(parts, terms), series)
    values = np.einsum("nk,rpkc->rpnc", _basis(terms), angles).reshape(-1, TERMS, 3)
    phi, theta, psi = values[..., 0], 0.5 * values[..., 1], values[..., 2]
    plus, minus = 0.5 * (phi + psi), 0.5 * (phi - psi)
    cosine, sine = np.cos(theta), np.sin(theta)
    quaternion = (cosine * np.cos(plus), sine * np.cos(minus), sine * np.sin(minus), cosine * np.sin(plus))
    return Grid(table.start, table.interval / parts, in_vectors(chebyshev_fit(np.stack(quaternion, axis=-1))))


def earth_axes(first: float, last: float, data: DataContext) -> Grid:
    """The rotation from the ICRF to the terrestrial frame.

    Parameters
    ----------
    first, last : float [s TDB past J2000]
        What the series must cover.
    data : DataContext
        Earth orientation.

    Returns
    -------
    Grid
        Quaternion w, x, y, z [1] and four zeros.

    Source
    ------
    Rotation of the frame ``ITRF`` as R3(c) R2(b) R1(a); the quaternion as the product of three: Shuster (1993),
    A survey of attitude representations, J. Astronaut. Sci. 41, 439.
    """
    from moonstead.foundation.frames.standard import ITRF

    records = int(np.ceil((last - first) / EARTH_INTERVAL)) or 1
    interval = max((last - first) / records, 1.0)
    nodes = np.cos(np.pi * (np.arange(TERMS) + 0.5) / TERMS)
    begin = interval * np.arange(records)[:, None]
    within = interval * 0.5 * (1.0 + nodes)[None, :]
    times = first + (begin + within)
    matrix = ITRF.from_icrf(times.reshape(-1), data).matrix.reshape(records, TERMS, 3, 3)
    a = 0.5 * np.arctan2(-matrix[..., 2, 1], matrix[..., 2, 2])
    b = 0.5 * np.arcsin(matrix[..., 2, 0])
    # `times` are rounded to 0.1 us, in which the Earth spins by 1e-11: the rounded ones serve for the slow part alone
    slow = np.arctan2(-matrix[..., 1, 0], matrix[..., 0, 0]) - SPIN_RATE * ((times - first) - begin)
    slow -= 2.0 * np.pi * np.round((slow - slow[:, :1]) / (2.0 * np.pi))
    c = 0.5 * (slow + SPIN_RATE * within)
    w, x, y, z = np.cos(a) * np.cos(b), np.sin(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a) * np.sin(b)
    cosine, sine = np.cos(c), np.sin(c)
    quaternion = (w * cosine - z * sine, x * cosine + y * sine, y * cosine - x * sine, w * sine + z * cosine)
    return Grid(first, interval, in_vectors(chebyshev_fit(np.stack(quaternion, axis=-1))))


def chebyshev_fit(values: Array) -> Array:
    """Coefficients of the polynomials through values at the zeros of the Chebyshev polynomial T_T.

    Parameters
    ----------
    values : (R, T, C) [any unit]
        R records of C components.

    Returns
    -------
    (R, C, T) [any unit]
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


def _basis(terms: int) -> Array:
    """T_0 .. T_(terms - 1) at the zeros of T_TERMS, one row for each zero."""
    angle = np.pi * (np.arange(TERMS) + 0.5) / TERMS
    return np.asarray(np.cos(angle[:, None] * np.arange(terms)[None, :]))
