"""Covariances that are none: what is wrong with them, and the nearest that is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROUNDING = 1e-12  # [1] of the largest eigenvalue of the correlation: negative eigenvalues above it are rounding


@dataclass(frozen=True, eq=False)
class RepairedCovariance:
    """A covariance without negative eigenvalues.

    Attributes
    ----------
    matrix : (n, n) [any unit]
        Positive semi-definite.
    least_eigenvalue : float [1]
        Least eigenvalue of the correlation matrix before: negative where the given matrix was no covariance.
    clipped : int
        How many eigenvalues were raised.
    changed : float [1]
        Largest change of a standard deviation, as a share of it.
    positive_definite_position : bool
        Whether the part of the position was positive definite before.
    """

    matrix: Array
    least_eigenvalue: float
    clipped: int
    changed: float
    positive_definite_position: bool

    @property
    def was_repaired(self) -> bool:
        """Whether anything was changed beyond rounding."""
        return self.clipped > 0


def repair_covariance(covariance: Array) -> RepairedCovariance:
    """The nearest covariance, by raising negative eigenvalues of its correlation matrix to zero.

    Parameters
    ----------
    covariance : (n, n) [any unit]
        Symmetric up to rounding; position first.

    Returns
    -------
    RepairedCovariance
        In the units given, with what was wrong.

    Source
    ------
    Hall, Hejduk & Johnson (2017), Remediating non-positive definite state covariances for collision probability
    estimation, AAS 17-567: eigenvalue clipping; here on the correlation matrix, so that metres and metres a second
    weigh alike.
    """
    matrix = 0.5 * (covariance + covariance.T)
    variances = np.diag(matrix)
    scale = np.where(variances > 0.0, np.sqrt(np.maximum(variances, 0.0)), 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    floor = ROUNDING * max(float(values[-1]), 0.0)
    low = values < -floor
    position = np.linalg.eigvalsh(matrix[:3, :3] / np.outer(scale[:3], scale[:3]))
    if np.any(low):
        matrix = scale[:, None] * ((vectors * np.maximum(values, 0.0)) @ vectors.T) * scale
    after = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    before = np.sqrt(np.maximum(variances, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        changes = np.where(before > 0.0, np.abs(after / before - 1.0), np.where(after > 0.0, np.inf, 0.0))
    return RepairedCovariance(
        matrix, float(values[0]), int(np.count_nonzero(low)), float(np.max(changes)), bool(position[0] > 0.0)
    )


def clipped(covariance: Array) -> Array:
    """Covariance whose negative eigenvalues, if any, are raised to zero, see `repair_covariance`.

    Parameters
    ----------
    covariance : (n, n) [any unit]
        Symmetric up to rounding.

    Returns
    -------
    (n, n) [any unit]
        Positive semi-definite up to rounding.

    Source
    ------
    Hall, Hejduk & Johnson (2017), AAS 17-567.
    """
    return repair_covariance(covariance).matrix
