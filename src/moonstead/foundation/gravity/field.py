"""A gravity field as a table of normalised coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GravityField:
    """Spherical harmonic coefficients of a body's gravitational potential.

    The potential is ``gm / r * sum over n, m of (radius / r)**n * P_nm(sin latitude) * (c cos m lon + s sin m lon)``
    with fully normalised (geodesy, 4 pi) Legendre functions P_nm.

    Attributes
    ----------
    name : str
        Name of the model.
    body : str
        NAIF name of the body.
    gm : float [m^3/s^2]
        Gravitational parameter that the coefficients belong to.
    radius : float [m]
        Reference radius of the coefficients.
    degree : int
        Highest degree and order.
    c, s : (degree + 1, degree + 1) [1]
        Coefficients, row n, column m; zero above the diagonal. Read-only.
    tide_system : str
        ``"tide-free"``, ``"zero-tide"``, ``"mean-tide"``, or ``"not stated"`` where the file does not say.
    frame : str
        Body-fixed axes of the coefficients: ``"MOON_PA"`` or ``"ITRF"``.
    source : str
        File and paper.
    """

    name: str
    body: str
    gm: float
    radius: float
    degree: int
    c: Array
    s: Array
    tide_system: str
    frame: str
    source: str


def cut_square(triangle: Array, degree: int) -> Array:
    """Square of coefficients from rows (n, 0..n) written one after the other.

    Parameters
    ----------
    triangle : (L,) [1]
        Coefficients in the order (0, 0), (1, 0), (1, 1), (2, 0), ...
    degree : int
        Highest degree to keep.

    Returns
    -------
    (degree + 1, degree + 1) [1]
        Row n, column m; zero above the diagonal. Read-only, C-contiguous.
    """
    square = np.zeros((degree + 1, degree + 1))
    square[np.tril_indices(degree + 1)] = triangle[: triangle_size(degree)]
    square.flags.writeable = False
    return square


def triangle_size(degree: int) -> int:
    """Number of coefficients (n, m) with m <= n up to a degree."""
    return (degree + 1) * (degree + 2) // 2


def triangle(
    path: object, degree: int, n: NDArray[np.int64], m: NDArray[np.int64], c: Array, s: Array
) -> tuple[Array, Array]:
    """Coefficients in the order (0, 0), (1, 0), (1, 1), (2, 0), ... from rows in any order.

    Parameters
    ----------
    path : path
        The file, for messages.
    degree : int
        Highest degree to keep.
    n, m : (K,)
        Degree and order of each row.
    c, s : (K,) [1]
        Coefficients of each row.

    Returns
    -------
    (L,), (L,) [1]
        C and S. C_00 is 1 and degree 1 is zero where the file leaves them out.

    Raises
    ------
    InvalidInput
        A row is missing, comes twice, or is no number.

    Source
    ------
    Definition of the order; C_00 = 1 and no degree 1 in coordinates about the centre of mass.
    """
    kept = n <= degree
    n, m, c, s = n[kept], m[kept], c[kept], s[kept]
    if np.any((m < 0) | (m > n)):
        bad = int(np.argmax((m < 0) | (m > n)))
        raise InvalidInput(
            f"{path} has a coefficient of degree {n[bad]} and order {m[bad]}; order runs from 0 to degree"
        )
    if not (np.all(np.isfinite(c)) and np.all(np.isfinite(s))):
        bad = int(np.argmin(np.isfinite(c) & np.isfinite(s)))
        raise InvalidInput(f"{path} has no number for degree {n[bad]}, order {m[bad]}; copy the file again")
    place = n * (n + 1) // 2 + m
    seen = np.bincount(place, minlength=triangle_size(degree))
    wrong = np.flatnonzero(seen != 1)
    wrong = wrong[(wrong > 2) | (seen[wrong] > 1)]
    if wrong.size:
        row = int((np.sqrt(8 * wrong[0] + 1) - 1) // 2)
        order, times = wrong[0] - row * (row + 1) // 2, seen[wrong[0]]
        how = "lacks" if times == 0 else f"has {times} times"
        raise InvalidInput(f"{path} {how} the coefficient of degree {row}, order {order}; copy the file again")
    ordered_c, ordered_s = np.zeros(seen.size), np.zeros(seen.size)
    ordered_c[0] = 1.0
    ordered_c[place], ordered_s[place] = c, s
    return ordered_c, ordered_s


def require_degree(path: object, asked: int, available: int) -> None:
    """Refuse a degree that a file does not have.

    Parameters
    ----------
    path : path
        The file, for messages.
    asked, available : int
        Degree that is wanted, and highest degree of the file.

    Raises
    ------
    InvalidInput
        The degree is negative or above the available one.
    """
    if not 0 <= asked <= available:
        raise InvalidInput(f"degree {asked} was asked; {path} has degrees 0 to {available}: ask for one of them")
