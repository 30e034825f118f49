"""Stability of periodic orbits from their monodromy matrix."""

from __future__ import annotations

import cmath
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]

PLANAR_COUPLING = 1e-9  # [1] of the matrix's size: less than this between plane and vertical is rounding


@dataclass(frozen=True, slots=True)
class Stability:
    """Indices of the two pairs of eigenvalues that are not fixed at 1.

    Attributes
    ----------
    first, second : complex [1]
        (l + 1 / l) / 2 of each pair: real and within -1 and 1 where the pair lies on the unit circle, 1 at a tangent
        bifurcation, -1 at a period doubling, cos(2 pi p / q) at other multiplications, complex for four eigenvalues
        off both. For an orbit in the plane the second is that across it.
    index : float [1]
        (|l| + 1 / |l|) / 2 of the largest eigenvalue: 1 is stable.
    """

    first: complex
    second: complex
    index: float


def stability(monodromy: ArrayLike) -> Stability:
    """Stability indices of a periodic orbit, with the pair of eigenvalues 1 taken out exactly.

    Taking all six eigenvalues from the matrix turns the double eigenvalue 1 into two that differ from it by the square
    root of rounding, which hides how stable an orbit is; here the quartic that remains is solved.

    Parameters
    ----------
    monodromy : (6, 6) [1]
        Derivative of the state after one period by the state.

    Returns
    -------
    Stability
        Both indices and that of the largest eigenvalue.

    Raises
    ------
    InvalidInput
        It is no matrix of six rows and columns.

    Source
    ------
    Broucke (1969), AIAA Journal 7, 1003, doi:10.2514/3.5267; index as in JPL's catalogue: Vaquero & Senent (2018),
    poliastro and JPL documentation, nu = (|l| + 1/|l|) / 2.
    """
    matrix = np.asarray(monodromy, dtype=np.float64)
    if matrix.shape != (6, 6):
        raise InvalidInput(f"a monodromy matrix has six rows and columns; this one has the shape {matrix.shape}")
    plane, across = [0, 1, 3, 4], [2, 5]
    mixed = max(np.abs(matrix[np.ix_(plane, across)]).max(), np.abs(matrix[np.ix_(across, plane)]).max())
    if mixed <= PLANAR_COUPLING * np.abs(matrix).max():
        first: complex = complex(0.5 * (np.trace(matrix[np.ix_(plane, plane)]) - 2.0))
        second: complex = complex(0.5 * np.trace(matrix[np.ix_(across, across)]))
    else:
        alpha = 2.0 - np.trace(matrix)
        beta = 0.5 * (alpha * alpha + 2.0 - np.trace(matrix @ matrix))
        root = cmath.sqrt(alpha * alpha - 4.0 * beta + 8.0)
        large = -0.25 * (alpha + root if (alpha * root.real) >= 0.0 else alpha - root)
        # the sum of both is -alpha / 2, their product (beta - 2) / 4
        small = -0.5 * alpha - large
        first, second = (large, small) if abs(large) >= abs(small) else (small, large)
    return Stability(first, second, max(_modulus_index(first), _modulus_index(second)))


def _modulus_index(half_sum: complex) -> float:
    """(|l| + 1 / |l|) / 2 from (l + 1 / l) / 2 [1]."""
    if abs(half_sum.imag) == 0.0:
        return max(1.0, abs(half_sum.real))
    largest = max(abs(half_sum + cmath.sqrt(half_sum**2 - 1.0)), abs(half_sum - cmath.sqrt(half_sum**2 - 1.0)))
    return 0.5 * (largest + 1.0 / largest)
