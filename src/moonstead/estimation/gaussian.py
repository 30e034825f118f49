"""Means with triangular roots of their covariances, and how one passes into the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from moonstead.foundation.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Gaussian:
    """What is known of n numbers: their mean and a root of their covariance.

    Attributes
    ----------
    mean : (n,) [mixed]
        The expected values.
    root : (n, n) [mixed]
        S, lower triangular, with S S^T the covariance: it stays positive definite whatever rounding does.
    """

    mean: Array
    root: Array

    @property
    def covariance(self) -> Array:
        """S S^T (n, n) [mixed]."""
        product: Array = self.root @ self.root.T
        return product


@dataclass(frozen=True, eq=False)
class Passage:
    """How one Gaussian became the next, before anything was measured: what a smoother goes back along.

    Attributes
    ----------
    earlier : (n, p) [mixed]
        Columns whose products make up the covariance before: the root itself, or weighted sigma points less their mean.
    later : (n, p) [mixed]
        The same columns after the motion, without noise.
    noise : (n, q) [mixed]
        Root of the covariance of the noise that was added.
    predicted : (n,) [mixed]
        The mean after the motion.
    """

    earlier: Array
    later: Array
    noise: Array
    predicted: Array


def lower_root(columns: Array) -> Array:
    """Triangular root of a covariance that is given by columns, without forming the covariance.

    Parameters
    ----------
    columns : (n, p) [mixed]
        C, with C C^T the covariance.

    Returns
    -------
    (n, n) [mixed]
        Lower triangular S with S S^T = C C^T, no diagonal element negative.

    Source
    ------
    Bierman (1977), Factorization Methods for Discrete Sequential Estimation, chapter IV.
    """
    from scipy.linalg import qr

    size = columns.shape[0]
    if columns.shape[1] < size:
        columns = np.hstack((columns, np.zeros((size, size - columns.shape[1]))))
    triangle: Array = qr(columns.T, mode="r", check_finite=False)[0][:size].T
    # a negative diagonal is as good a root; positive ones make roots comparable
    return triangle * np.where(np.diag(triangle) < 0.0, -1.0, 1.0)


def gaussian(mean: ArrayLike, covariance: ArrayLike) -> Gaussian:
    """A Gaussian of its mean and covariance.

    Parameters
    ----------
    mean : (n,) [mixed]
        Expected values.
    covariance : (n, n) [mixed]
        Symmetric and positive semi-definite; directions that are known exactly are allowed.

    Returns
    -------
    Gaussian

    Raises
    ------
    InvalidInput
        The shapes do not match, a number is not finite, or the covariance has a negative eigenvalue beyond rounding.

    Source
    ------
    Eigenvalues of the covariance scaled to unit variances, triangularised by reflections.
    """
    middle, matrix = np.asarray(mean, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if middle.ndim != 1 or matrix.shape != (middle.size, middle.size):
        raise InvalidInput(f"a mean (n,) needs a covariance (n, n); got {middle.shape} and {matrix.shape}")
    if not (np.all(np.isfinite(middle)) and np.all(np.isfinite(matrix))):
        raise InvalidInput("mean and covariance must be finite")
    sigma = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    values, axes = np.linalg.eigh(0.5 * (matrix + matrix.T) / np.outer(scale, scale))
    if values[0] < -1e-9 * max(float(values[-1]), 1e-300):
        raise InvalidInput(f"the covariance is not positive: its least eigenvalue is {values[0]:.3g} of unit variances")
    return Gaussian(middle, lower_root(scale[:, None] * axes * np.sqrt(np.maximum(values, 0.0))))
